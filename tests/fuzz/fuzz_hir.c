/* The text form of graphs, from arbitrary bytes: what parses must verify, print, and read back as
 * the same text. */
#include "compiler/hir/hir.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

/* The text of what was parsed, or NULL where it was refused. */
static const char *read_and_print(struct arena *arena, const char *data, size_t bytes)
{
    struct strings strings;
    struct hir_graph g;
    struct text text = {.arena = arena};
    struct diags diags = {.arena = arena};

    strings_init(&strings, arena);
    hir_init(&g, arena, &strings, "");
    bool good = hir_parse(&g, "fuzz", data, bytes, &diags);
    if (good != (diags.error_count == 0))
        abort();
    if (!good || !hir_verify(&g, &diags))
        return NULL;
    hir_text(&g, &text);
    return text.data;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct arena arena = {0};
    const char *first = read_and_print(&arena, (const char *)data, bytes);

    if (first != NULL) {
        const char *second = read_and_print(&arena, first, strlen(first));
        if (second == NULL || strcmp(first, second) != 0)
            abort();
    }
    arena_free(&arena);
    return 0;
}
