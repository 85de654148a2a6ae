/* Text of low-level programs: parsed, verified and printed again. */
#include "compiler/lir/lir.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct arena arena = {0};
    struct strings strings;
    struct diags diags = {.arena = &arena};
    struct lir_kernels kernels = {.arena = &arena}, again_kernels = {.arena = &arena};
    struct lir_program program, again;
    struct text first = {.arena = &arena}, second = {.arena = &arena};

    strings_init(&strings, &arena);
    if (lir_parse(&program, &kernels, &arena, &strings, "fuzz.lir", (const char *)data, bytes,
                  &diags)) {
        lir_verify(&program, &diags);
        lir_text(&program, &first);
        if (!lir_parse(&again, &again_kernels, &arena, &strings, "again.lir", first.data,
                       first.bytes, &diags))
            abort();
        lir_text(&again, &second);
        if (first.bytes != second.bytes)
            abort();
    }
    arena_free(&arena);
    return 0;
}
