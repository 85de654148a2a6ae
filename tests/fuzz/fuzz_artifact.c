/* The checked reader of artifacts on arbitrary bytes: it may refuse or show them, but never reads
 * outside, and always ends. */
#include "compiler/pack/inspect.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct arena arena = {0};
    struct diags diags = {.arena = &arena};
    struct text text = {.arena = &arena};
    struct inspected in;
    uint64_t manifest_bytes;

    if (inspect_open(&in, "fuzz", data, bytes, &diags)) {
        const char *manifest = inspect_manifest(&in, &manifest_bytes);
        if (manifest != NULL && manifest_bytes != 0)
            text_add_bytes(&text, manifest, manifest_bytes < 100 ? manifest_bytes : 100);
        inspect_text(&in, true, &text);
        inspect_verify(&in);
    }
    arena_free(&arena);
    return 0;
}
