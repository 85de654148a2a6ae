/* Models over damaged tables: a small section of each model is packed, bytes of it are changed as
 * the input says, and words are encoded, if the section is still accepted. Nothing may be read
 * outside, no id may lie outside of the vocabulary, and time stays small. Input: the model; patches
 * of two bytes of place and one of contents, as many as the second byte says; the rest is the word.
 * */
#include "compiler/tokenizer/pack.h"
#include "runtime/tokenizer/tokenize_parts.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static const char *const texts[] = {
    "<unk>", "a",   "b",   "c",   "ab",     "abc",      "bc",        "##a",  "##b",
    "##ab",  "##c", "aa",  "aab", "aaaa",   "\xc3\xa9", "\303\251a", " ",    "\xe2\x96\x81",
    " a",    " ab", "cab", "ca",  "<0x61>", "<0xC3>",   "c</w>",     "a</w>"};
static const char *const merges[][2] = {{"a", "b"}, {"ab", "c"}, {"a", "a"},  {"aa", "b"},
                                        {"c", "a"}, {"c", "ab"}, {" ", "ab"}, {"aa", "aa"}};

struct section {
    uint8_t *data;
    uint64_t bytes;
};

/* 0 to 3: the models; 4: SentencePiece's BPE; 5: BPE with a suffix. */
static void describe(struct vocabulary *v, struct arena *a, uint32_t kind)
{
    v->file = "fuzz";
    v->tokens = arena_new(a, struct vocabulary_token, countof(texts));
    for (uint32_t i = 0; i < countof(texts); i++)
        v->tokens[v->token_count++] =
            (struct vocabulary_token){.text = texts[i],
                                      .bytes = (uint32_t)strlen(texts[i]),
                                      .score = -(double)(i % 5) - 0.1,
                                      .kind = kind != 4    ? TOKEN_normal
                                              : i == 0     ? TOKEN_unknown
                                              : i % 9 == 4 ? TOKEN_unused
                                              : i % 9 == 5 ? TOKEN_user_defined
                                                           : TOKEN_normal};
    v->pipeline.model = kind == 1   ? MODEL_unigram
                        : kind == 2 ? MODEL_wordpiece
                        : kind == 3 ? MODEL_word_level
                                    : MODEL_bpe;
    v->pipeline.float32_scores = v->by_score = kind == 4;
    v->fuse_unknown = kind % 2 == 0;
    v->pipeline.continuing_prefix = (struct step_text){"##", kind == 2 || kind == 5 ? 2 : 0};
    v->pipeline.end_suffix = (struct step_text){"</w>", kind == 5 ? 4 : 0};
    v->pipeline.max_word_characters = 100;
    v->merges = arena_new(a, struct vocabulary_merge, countof(merges));
    for (uint32_t i = 0; i < countof(merges) && kind == 0; i++)
        v->merges[v->merge_count++] =
            (struct vocabulary_merge){merges[i][0], merges[i][1], (uint32_t)strlen(merges[i][0]),
                                      (uint32_t)strlen(merges[i][1])};
}

enum { KINDS = 6 };

static const struct section *packed(uint32_t kind)
{
    static struct section sections[KINDS];
    static struct arena arena;
    struct section *s = &sections[kind];
    if (s->data)
        return s;
    struct vocabulary v = {0};
    struct diags diags = {.arena = &arena};
    struct model model = {.arena = &arena, .vocabulary = &v};
    describe(&v, &arena, kind);
    if (!tokenizer_pack(&model, &arena, &s->data, &s->bytes, &diags))
        abort();
    return s;
}

static void encode(const struct tokenizer *t, const char *word, size_t bytes)
{
    int32_t ids[256];
    struct encoding e = {.tokenizer = t, .ids = ids, .capacity = 256};
    for (int i = 0; i < 3; i++) {
        e.count = 0;
        encode_word(&e, word, bytes);
        e.work.words = 1 << 20; /* as if many words had come */
        for (size_t k = 0; k < e.count && k < e.capacity && !e.no_memory; k++)
            if ((uint32_t)ids[k] >= t->header->token_count)
                abort();
    }
    model_work_free(&e.work);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct tokenizer t;
    if (bytes < 2 || bytes > 4096)
        return 0;
    const struct section *s = packed(data[0] % KINDS);
    uint8_t *changed = aligned_alloc(8, s->bytes);
    size_t at = 2;
    if (!changed)
        abort();
    memcpy(changed, s->data, s->bytes);
    for (uint32_t i = 0; i < data[1] && at + 3 <= bytes; i++, at += 3)
        changed[(data[at] | data[at + 1] << 8) % s->bytes] = data[at + 2];
    if (tokenizer_open(&t, changed, s->bytes, NULL) == RLX_OK)
        encode(&t, (const char *)data + at, bytes - at);
    free(changed);
    return 0;
}
