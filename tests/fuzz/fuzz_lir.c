/* Text of low-level programs: parsed, verified and printed again; what is valid also as C. */
#include "compiler/lir/target.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

extern const struct target target_c;

/* The text is not compiled here: printing must end, whatever names and sizes the program has. */
static void print_as_c(const struct lir_program *p, struct arena *a)
{
    struct diags diags = {.arena = a};
    struct target_sources sources;

    if (!target_c.print(0, p, 1, a, &sources, &diags) || sources.count < 4)
        abort();
}

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
        if (lir_verify(&program, &diags))
            print_as_c(&program, &arena);
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
