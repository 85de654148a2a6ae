/* Any bytes as tokenizer_config.json, vocab.json, merges.txt and vocab.txt, with zero bytes between
 * them: refused with a message, or a vocabulary that is consistent. */
#include "compiler/import/tokenizer/vocabulary_files.h"

#include "compiler/import/tokenizer/added_tokens.h"
#include "tests/support/checked_vocabulary.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

enum { CONFIG, VOCAB, MERGES, WORDS, PARTS };

static void split(const uint8_t *data, size_t bytes, struct file parts[PARTS])
{
    static const char *const names[] = {"tokenizer_config.json", "vocab.json", "merges.txt",
                                        "vocab.txt"};

    for (size_t i = 0; i < PARTS; i++) {
        const uint8_t *end = bytes == 0 || i == PARTS - 1 ? NULL : memchr(data, 0, bytes);
        size_t part = end == NULL ? bytes : (size_t)(end - data);
        parts[i] = (struct file){.path = names[i], .data = part ? data : NULL, .bytes = part};
        data += part + (end != NULL);
        bytes -= part + (end != NULL);
    }
}

/* Takes over `vocab` and `merges`. */
static void read(enum class_files files, json_t *config, json_t *vocab, json_t *merges,
                 struct arena *arena, struct diags *diags)
{
    const struct token_files beside = {.config = config};
    struct vocabulary v = {0};
    const struct tokenizer_class *class = class_find(config, config, files);

    bool known = class != NULL;
    class = known ? class : class_guess(vocab, files);
    if (class == NULL) {
        json_decref(vocab);
        json_decref(merges);
        return;
    }
    class_name_tokens(class, known ? NULL : vocab, config);
    uint32_t before = diags->error_count;
    json_t *description = class_describe(class, config, vocab, merges);
    if (tokenizer_json_read("x", description, &v, arena, diags) &&
        added_tokens_from_files(&beside, ".", &v, arena, diags)) {
        class_finish(class, config, &v);
        vocabulary_mark_known_ends(&v);
        check_vocabulary(&v);
    } else if (diags->error_count == before) {
        abort();
    }
    json_decref(description);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct arena arena = {0};
    struct diags diags = {.arena = &arena};
    struct file parts[PARTS];

    split(data, bytes, parts);
    json_t *config = parts[CONFIG].data ? json_read_object(&parts[CONFIG], &diags) : NULL;
    config = config ? config : json_object();
    json_t *vocab = json_read_object(&parts[VOCAB], &diags);
    json_t *merges = vocabulary_read_merges(&parts[MERGES], &diags);
    json_t *words = vocabulary_read_words(&parts[WORDS], &diags);
    if (words)
        read(CLASS_words, config, words, NULL, &arena, &diags);
    if (vocab && merges) {
        read(CLASS_merges, config, vocab, merges, &arena, &diags);
    } else {
        json_decref(vocab);
        json_decref(merges);
    }
    json_decref(config);
    arena_free(&arena);
    return 0;
}
