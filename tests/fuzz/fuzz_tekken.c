/* Any bytes as tekken.json: refused with a message, or a vocabulary that is consistent. */
#include "compiler/import/tokenizer/vocabulary_files.h"

#include "tests/support/checked_vocabulary.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct arena arena = {0};
    struct diags diags = {.arena = &arena};
    struct vocabulary v = {0};
    struct file f = {.path = "tekken.json", .data = data, .bytes = bytes};
    json_t *root = json_read_object(&f, &diags);
    json_t *description = root ? vocabulary_from_tekken(f.path, root, &diags) : NULL;

    if (description && tokenizer_json_read(f.path, description, &v, &arena, &diags)) {
        check_vocabulary(&v);
        if (v.token_count == 0 || v.pipeline.pre_tokenizers.count != 2)
            abort();
    } else if (diags.error_count == 0) {
        abort(); /* refused in silence */
    }
    json_decref(description);
    json_decref(root);
    arena_free(&arena);
    return 0;
}
