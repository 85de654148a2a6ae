/* Any bytes as text, on small vocabularies of both kinds: nothing fails, byte-level text comes back
 * unchanged, and streaming gives whole characters. */
#include "compiler/import/vocabulary.h"
#include "compiler/tokenizer/pack.h"
#include "runtime/tokenizer/tokenize.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static struct arena arena;

static void add_token(struct vocabulary *v, const char *text, enum token_kind kind, float score)
{
    ARENA_PUSH(&arena, v->tokens, v->token_count, v->token_capacity) =
        (struct vocabulary_token){.text = arena_text(&arena, text, strlen(text)),
                                  .bytes = (uint32_t)strlen(text),
                                  .kind = kind,
                                  .score = score,
                                  .added = kind == TOKEN_control || kind == TOKEN_user_defined};
}

static void add_merge(struct vocabulary *v, const char *left, const char *right)
{
    ARENA_PUSH(&arena, v->merges, v->merge_count, v->merge_capacity) =
        (struct vocabulary_merge){left, right, (uint32_t)strlen(left), (uint32_t)strlen(right)};
    add_token(v, arena_printf(&arena, "%s%s", left, right), TOKEN_normal, 0);
}

/* GPT-2's spelling of a byte. */
static const char *spell(uint32_t byte)
{
    uint32_t point = byte;
    if (byte <= 32)
        point = 256 + byte;
    else if (byte >= 127 && byte <= 160)
        point = 256 + 33 + byte - 127;
    else if (byte == 173)
        point = 256 + 67;
    return point < 128 ? arena_printf(&arena, "%c", (char)point)
                       : arena_printf(&arena, "%c%c", (char)(0xc0 | point >> 6),
                                      (char)(0x80 | (point & 63)));
}

static void make_byte_level(struct vocabulary *v, const char *split, bool nfc)
{
    v->kind = VOCABULARY_byte_level;
    v->split = vocabulary_split_by_name(split, strlen(split))->split;
    v->nfc = nfc;
    for (uint32_t b = 0; b < 256; b++)
        add_token(v, spell(b), TOKEN_normal, 0);
    add_merge(v, "a", "a");
    add_merge(v, "aa", "a");
    add_merge(v, spell(' '), "a");
    add_merge(v, spell(0xc3), spell(0xa9));
    add_merge(v, spell('\n'), spell('\n'));
    add_token(v, "<|x|>", TOKEN_control, 0);
    add_token(v, "<|x|><", TOKEN_user_defined, 0);
}

static void make_characters(struct vocabulary *v)
{
    v->kind = VOCABULARY_characters;
    v->by_score = v->from_gguf = v->strip_space = true;
    v->prefix = PREFIX_stretch;
    for (uint32_t b = 0; b < 256; b++)
        add_token(v, arena_printf(&arena, "<0x%02X>", b), TOKEN_byte, 0);
    static const char *const texts[] = {"\xe2\x96\x81",
                                        "a",
                                        "b",
                                        "\xe2\x96\x81"
                                        "a",
                                        "ab",
                                        "aba",
                                        "\xe2\x96\x81"
                                        "ab",
                                        "\xc3\xa9",
                                        "\xe2\x96\x81\xe2\x96\x81",
                                        "b\xe6\x97\xa5"};
    for (uint32_t i = 0; i < sizeof texts / sizeof *texts; i++)
        add_token(v, texts[i], TOKEN_normal, -(float)(i / 2));
    add_token(v, "<|x|>", TOKEN_control, 0);
}

/* Tokens that take white space, and one that begins with it. */
static void add_strips(struct vocabulary *v)
{
    static const char *const texts[] = {"<|r|>", "\n", " b", "<|l|>"};
    for (int i = 0; i < 4; i++) {
        add_token(v, texts[i], TOKEN_user_defined, 0);
        struct vocabulary_token *t = &v->tokens[v->token_count - 1];
        t->right_strip = i != 2;
        t->left_strip = i == 1 || i == 3;
        t->normalized = i >= 2;
        t->unmerged = true;
    }
}

/* "": SentencePiece. Texts of the odd ones are not what their tokens spell. */
static const char *const splits[] = {"gpt-2", "llama-bpe", "smollm", "", "tekken"};
enum { KINDS = sizeof splits / sizeof *splits };

static struct tokenizer make(int kind)
{
    struct vocabulary v = {.unknown = UINT32_MAX};
    struct model m = {.arena = &arena, .vocabulary = &v};
    struct diags d = {.arena = &arena};
    struct tokenizer t;
    uint8_t *section;
    uint64_t bytes;
    if (*splits[kind] == 0)
        make_characters(&v);
    else
        make_byte_level(&v, splits[kind], kind == 1);
    if (kind == 1)
        add_strips(&v);
    if (!tokenizer_pack(&m, &arena, &section, &bytes, &d) ||
        tokenizer_open(&t, section, bytes, NULL) != RLX_OK)
        abort();
    return t;
}

static void try_text(const struct tokenizer *t, const char *text, size_t bytes, bool exact)
{
    size_t count, capacity = 4 * bytes + 8, joined = 0, more; /* normalization may lengthen */
    int32_t *ids = malloc(capacity * sizeof *ids);
    rlx_detokenizer state = {0};
    char piece[RLX_DETOKENIZE_MAX];
    if (!ids ||
        tokenizer_encode(t, text, bytes, RLX_PARSE_SPECIAL, ids, capacity, &count, NULL) != RLX_OK)
        abort();
    if (tokenizer_least_tokens(t, text, bytes) > count)
        abort();
    for (size_t i = 0; i < count; i++) {
        const char *token = tokenizer_token_bytes(t, ids[i], &more);
        if (!token || (exact && (joined + more > bytes || memcmp(token, text + joined, more) != 0)))
            abort();
        joined += more;
        if (detokenizer_step(t, &state, ids[i], piece, sizeof piece, &more, NULL) != RLX_OK ||
            state.pending_count > 3)
            abort();
    }
    if (exact && joined != bytes)
        abort();
    free(ids);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static struct tokenizer tokenizers[KINDS];
    if (!tokenizers[0].header)
        for (int i = 0; i < KINDS; i++)
            tokenizers[i] = make(i);
    for (int i = 0; i < KINDS; i++)
        try_text(&tokenizers[i], (const char *)data, bytes, i % 2 == 0);
    return 0;
}
