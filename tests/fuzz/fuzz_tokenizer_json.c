/* Any bytes as tokenizer.json: refused with a message, or a vocabulary whose tokens and merges are
 * consistent. */
#include "compiler/import/added_tokens.h"
#include "compiler/import/import.h"

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

/* The files beside it stand in the same object. */
static void add_from_files(json_t *root, struct vocabulary *v, struct arena *arena,
                           struct diags *diags)
{
    struct token_files files = {json_incref(json_object_get(root, "config")),
                                json_object_get(root, "map"), json_object_get(root, "added")};

    added_tokens_merge_map(&files);
    if (!added_tokens_from_files(&files, ".", v, arena, diags) && diags->error_count == 0)
        abort();
    json_decref(files.config);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct arena arena = {0};
    struct diags diags = {.arena = &arena};
    struct vocabulary v = {0};
    struct file f = {.path = "tokenizer.json", .data = data, .bytes = bytes};
    json_t *root = json_read_object(&f, &diags);
    if (root && tokenizer_json_read(f.path, root, &v, &arena, &diags)) {
        add_from_files(root, &v, &arena, &diags);
        vocabulary_mark_known_ends(&v);
        check(&v);
    } else if (diags.error_count == 0) {
        abort(); /* refused in silence */
    }
    json_decref(root);
    arena_free(&arena);
    return 0;
}
