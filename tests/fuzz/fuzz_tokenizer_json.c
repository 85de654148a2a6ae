/* Any bytes as tokenizer.json: refused with a message, or a vocabulary whose tokens and merges are
 * consistent. */
#include "compiler/import/tokenizer/added_tokens.h"
#include "compiler/import/import.h"

#include "tests/support/checked_vocabulary.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

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
        check_vocabulary(&v);
    } else if (diags.error_count == 0) {
        abort(); /* refused in silence */
    }
    json_decref(root);
    arena_free(&arena);
    return 0;
}
