/* Any graph that parses and verifies goes through all passes: none may fail, and the result
 * verifies and prints as text that parses. */
#include "compiler/passes/passes.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct arena arena = {0};
    struct diags diags = {.arena = &arena};
    struct strings strings;
    struct hir_graph graph, again;
    struct text text = {.arena = &arena};
    struct pass_run run = {.arena = &arena};

    strings_init(&strings, &arena);
    hir_init(&graph, &arena, &strings, "");
    if (hir_parse(&graph, "fuzz", (const char *)data, bytes, &diags) &&
        hir_verify(&graph, &diags)) {
        bool done = run_passes(&run, &early_passes, &graph, &diags);
        /* A weight that is packed and read elementwise is the one thing that a pass refuses. */
        if (done == (diags.error_count != 0))
            abort();
        hir_text(&graph, &text);
        hir_init(&again, &arena, &strings, "");
        if (done && !hir_parse(&again, "again", text.data, text.bytes, &diags)) {
            diags_print(&diags, stderr);
            abort();
        }
    }
    arena_free(&arena);
    return 0;
}
