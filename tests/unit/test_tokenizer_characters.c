/* Byte-level BPE that begins with whole characters, against BPE that begins with bytes, in plain
 * loops: random vocabularies with all bytes, of which many merge parts of characters with their
 * neighbours, or list a merge before those that its sides come from; random words of few
 * characters.
 */
#include "runtime/tokenizer/tokenize_parts.h"
#include "tests/unit/tokenizer_cases.h"

enum { MERGES = 40, TOKENS = 256 + MERGES, MODELS = 400, WORDS = 40, MAX_CHARACTERS = 40 };

/* A vocabulary as bytes: token b < 256 is the byte b. */
struct bytes_model {
    char texts[TOKENS][64];
    uint32_t bytes[TOKENS], left[MERGES], right[MERGES], count; /* merge i gives token 256 + i */
    uint32_t order[MERGES];                                     /* by rank */
};

static uint64_t seed;

static uint32_t draw(uint32_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((seed >> 33) % below);
}

static const char *const characters[] = {"a",
                                         " ",
                                         "\xc3\xa9",
                                         "\xe4\xb8\xad",
                                         "\xe4\xb8\x8a",
                                         "\xe5\xad\x97",
                                         "\xef\xbc\x8c",
                                         "\xf0\x9f\x98\x80"};
enum { CHARACTERS = sizeof characters / sizeof *characters };

static uint32_t make_word(char *word)
{
    uint32_t bytes = 0;
    for (uint32_t left = 1 + draw(MAX_CHARACTERS); left > 0; left--) {
        const char *text = characters[draw(CHARACTERS)];
        uint32_t length = (uint32_t)strlen(text), cut = draw(24) == 0 ? 1 : 0;
        memcpy(word + bytes, text, length - cut); /* sometimes broken */
        bytes += length - cut;
    }
    return bytes;
}

static bool is_known(const struct bytes_model *m, const char *text, uint32_t bytes)
{
    for (uint32_t i = 0; i < 256 + m->count; i++)
        if (m->bytes[i] == bytes && memcmp(m->texts[i], text, bytes) == 0)
            return true;
    return false;
}

/* Plain BPE of word; the ids that are left. */
static uint32_t merge_plainly(const struct bytes_model *m, const char *word, uint32_t bytes,
                              uint32_t *ids)
{
    for (uint32_t i = 0; i < bytes; i++)
        ids[i] = (uint8_t)word[i];
    for (uint32_t rank = 0; rank < m->count; rank++) {
        uint32_t merge = m->order[rank];
        for (uint32_t i = 0; i + 1 < bytes; i++)
            if (ids[i] == m->left[merge] && ids[i + 1] == m->right[merge]) {
                ids[i] = 256 + merge;
                memmove(ids + i + 1, ids + i + 2, (bytes - i - 2) * sizeof *ids);
                bytes--;
                rank = UINT32_MAX; /* from the lowest rank again */
                break;
            }
    }
    return bytes;
}

/* Pairs of neighbours of random words; most of them first inside of characters, as in trained
 * vocabularies. */
static void make_merges(struct bytes_model *m)
{
    uint32_t ids[4 * MAX_CHARACTERS];
    char word[4 * MAX_CHARACTERS];
    for (uint32_t b = 0; b < 256; b++) {
        m->texts[b][0] = (char)b;
        m->bytes[b] = 1;
    }
    bool fragments = draw(2) == 0;
    for (uint32_t tries = 0; m->count < MERGES && tries < 1000; tries++) {
        const char *one = characters[draw(CHARACTERS)];
        uint32_t bytes = m->count < 14 && !fragments ? (uint32_t)strlen(one) : make_word(word);
        if (m->count < 14 && !fragments)
            memcpy(word, one, bytes);
        uint32_t count = merge_plainly(m, word, bytes, ids);
        if (count < 2)
            continue;
        uint32_t at = draw(count - 1), left = ids[at], right = ids[at + 1], new = 256 + m->count;
        uint32_t length = m->bytes[left] + m->bytes[right];
        char text[128];
        memcpy(text, m->texts[left], m->bytes[left]);
        memcpy(text + m->bytes[left], m->texts[right], m->bytes[right]);
        if (length > 30 || is_known(m, text, length))
            continue;
        memcpy(m->texts[new], text, length);
        m->bytes[new] = length;
        m->left[m->count] = left;
        m->right[m->count] = right;
        m->order[m->count] = m->count;
        m->count++;
    }
    for (uint32_t i = 0; draw(3) == 0 && i < 6; i++) { /* some come too early, or too late */
        uint32_t a = draw(m->count), b = draw(m->count), moved = m->order[a];
        m->order[a] = m->order[b];
        m->order[b] = moved;
    }
}

/* The characters that spell the bytes. */
static const char *spell(struct arena *a, const char *text, uint32_t bytes, uint32_t *spelled_bytes)
{
    char *out = arena_alloc(a, 2 * (size_t)bytes + 1, 1);
    uint32_t used = 0;
    for (uint32_t i = 0; i < bytes; i++) {
        uint32_t byte = (uint8_t)text[i], hidden = 0;
        for (uint32_t b = 0; b < byte; b++)
            hidden += b <= 32 || (b >= 127 && b <= 160) || b == 173;
        bool plain = !(byte <= 32 || (byte >= 127 && byte <= 160) || byte == 173);
        used += utf8_write(plain ? byte : 256 + hidden, out + used);
    }
    *spelled_bytes = used;
    return out;
}

static struct compiled *pack(const struct bytes_model *m, bool from_gguf)
{
    static struct text_step spelled = {.kind = STEP_byte_level, .object = "pre_tokenizer"};
    struct compiled *c = start_smallest();
    struct vocabulary *v = c->model.vocabulary;
    v->token_count = 256 + m->count;
    v->tokens = arena_new(&c->arena, struct vocabulary_token, v->token_count);
    v->merge_count = m->count;
    v->merges = arena_new(&c->arena, struct vocabulary_merge, m->count + 1);
    v->from_gguf = from_gguf;
    v->pipeline.pre_tokenizers = (struct text_steps){&spelled, 1, 1};
    for (uint32_t i = 0; i < v->token_count; i++) {
        v->tokens[i].kind = TOKEN_normal;
        v->tokens[i].text = spell(&c->arena, m->texts[i], m->bytes[i], &v->tokens[i].bytes);
    }
    for (uint32_t rank = 0; rank < m->count; rank++) {
        const struct vocabulary_token *l = &v->tokens[m->left[m->order[rank]]],
                                      *r = &v->tokens[m->right[m->order[rank]]];
        v->merges[rank] = (struct vocabulary_merge){l->text, r->text, l->bytes, r->bytes};
    }
    pack_model(c);
    return c;
}

static void compare_words(const struct bytes_model *m, const struct tokenizer *t)
{
    char word[4 * MAX_CHARACTERS];
    uint32_t expected[4 * MAX_CHARACTERS];
    int32_t ids[4 * MAX_CHARACTERS];
    for (uint32_t i = 0; i < WORDS; i++) {
        uint32_t bytes = make_word(word), count = merge_plainly(m, word, bytes, expected);
        size_t found = 0;
        rlx_error error = {0};
        assert_int_equal(
            tokenizer_encode(t, word, bytes, 0, ids, sizeof ids / sizeof *ids, &found, &error),
            RLX_OK);
        assert_int_equal(found, count);
        assert_memory_equal(ids, expected, count * sizeof *ids);
    }
}

static void characters_change_nothing(void **state)
{
    uint32_t with = 0;
    (void)state;
    for (uint32_t i = 0; i < MODELS; i++) {
        struct bytes_model *m = calloc(1, sizeof *m);
        seed = i;
        make_merges(m);
        struct compiled *c = pack(m, i % 2);
        with += tokenizer_table_count(&c->tokenizer, RLX_TABLE_CHARACTERS) > 0;
        compare_words(m, &c->tokenizer);
        free_vocabulary(c);
        free(m);
    }
    assert_in_range(with, MODELS / 2, MODELS);
}

static void merge(struct bytes_model *m, uint32_t left, uint32_t right)
{
    uint32_t new = 256 + m->count;
    memcpy(m->texts[new], m->texts[left], m->bytes[left]);
    memcpy(m->texts[new] + m->bytes[left], m->texts[right], m->bytes[right]);
    m->bytes[new] = m->bytes[left] + m->bytes[right];
    m->left[m->count] = left;
    m->right[m->count] = right;
    m->order[m->count] = m->count;
    m->count++;
}

static void expect_characters(const struct bytes_model *m, bool expected)
{
    struct compiled *c = pack(m, true);
    assert_int_equal(tokenizer_table_count(&c->tokenizer, RLX_TABLE_CHARACTERS) > 0, expected);
    free_vocabulary(c);
}

/* E4 B8, E4 B8 AD; then with "a" after all, and before all. */
static void ranks_decide(void **state)
{
    struct bytes_model *m = calloc(1, sizeof *m);
    (void)state;
    for (uint32_t b = 0; b < 256; b++) {
        m->texts[b][0] = (char)b;
        m->bytes[b] = 1;
    }
    merge(m, 0xe4, 0xb8);
    expect_characters(m, false);
    merge(m, 256, 0xad);
    expect_characters(m, true);
    merge(m, 'a', 257);
    expect_characters(m, true);
    m->order[0] = 2;
    m->order[2] = 0;
    expect_characters(m, false);
    free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(characters_change_nothing),
        cmocka_unit_test(ranks_decide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
