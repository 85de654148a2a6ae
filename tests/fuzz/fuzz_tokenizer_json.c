/* tokenizer.json from outside: any bytes. It is refused with a message, or becomes a vocabulary
 * whose tokens and merges hold together. */
#include "compiler/import/import.h"
#include "compiler/import/vocabulary.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void check(const struct vocabulary *v)
{
    for (uint32_t i = 0; i < v->token_count; i++) /* reads every byte, and the NUL that follows */
        if (v->tokens[i].text && (v->tokens[i].bytes > VOCABULARY_MAX_TEXT ||
                                  v->tokens[i].text[v->tokens[i].bytes] != 0))
            abort();
    for (uint32_t i = 0; i < v->merge_count; i++)
        if (!v->merges[i].left || !v->merges[i].right)
            abort();
    for (uint32_t i = 0; i < v->front_count; i++)
        if (v->front[i] >= v->token_count)
            abort();
    if (v->unknown != UINT32_MAX && v->unknown >= v->token_count)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct arena arena = {0};
    struct diags diags = {.arena = &arena};
    struct vocabulary v = {0};
    struct file f = {.path = "tokenizer.json", .data = data, .bytes = bytes};
    json_t *root = json_read_object(&f, &diags);
    if (root && tokenizer_json_read(f.path, root, &v, &arena, &diags)) {
        vocabulary_mark_known_ends(&v);
        check(&v);
    } else if (diags.error_count == 0) {
        abort(); /* refused in silence */
    }
    json_decref(root);
    arena_free(&arena);
    return 0;
}
