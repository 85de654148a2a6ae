/* Small vocabularies of every kind, made by hand and packed: for fuzzers. */
#ifndef TESTS_SMALL_VOCABULARIES_H
#define TESTS_SMALL_VOCABULARIES_H

#include "compiler/import/tokenizer/text_steps.h"
#include "compiler/tokenizer/pack.h"

#include <stdlib.h>
#include <string.h>

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
static inline const char *spell(uint32_t byte)
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

static void add_split(struct vocabulary *v, const char *expression)
{
    step_add_split(&v->pipeline.pre_tokenizers, &arena, "", expression, SPLIT_isolated);
}

static void make_byte_level(struct vocabulary *v)
{
    step_add(&v->pipeline.pre_tokenizers, &arena, STEP_byte_level, "");
    step_add_decoder(&v->pipeline.decoders, &arena, DECODE_byte_level);
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

static const char *const pieces[] = {"\xe2\x96\x81",
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
static const struct step_text mark = {"\xe2\x96\x81", 3}, space = {" ", 1};

static void add_pieces(struct vocabulary *v)
{
    for (uint32_t b = 0; b < 256; b++)
        add_token(v, arena_printf(&arena, "<0x%02X>", b), TOKEN_byte, 0);
    for (uint32_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        add_token(v, pieces[i], TOKEN_normal, -(float)(i / 2));
    add_token(v, "<|x|>", TOKEN_control, 0);
    v->pipeline.byte_fallback = true;
    struct decoder_step *spaces = step_add_decoder(&v->pipeline.decoders, &arena, DECODE_replace);
    spaces->expression = mark;
    spaces->content = space;
    step_add_decoder(&v->pipeline.decoders, &arena, DECODE_byte_fallback);
    step_add_decoder(&v->pipeline.decoders, &arena, DECODE_fuse);
    struct decoder_step *strip = step_add_decoder(&v->pipeline.decoders, &arena, DECODE_strip);
    strip->content = space;
    strip->start = 1;
}

/* Metaspace, or as normalizers. */
static void mark_spaces(struct text_steps *steps)
{
    struct text_step *step = step_add(steps, &arena, STEP_replace, "");
    step->literal = true;
    step->expression = space;
    step->content = mark;
}

static void make_sentencepiece(struct vocabulary *v)
{
    v->by_score = v->from_gguf = true;
    step_add(&v->pipeline.normalizers, &arena, STEP_prepend, "")->content = space;
    mark_spaces(&v->pipeline.normalizers);
    add_pieces(v);
}

static void make_unigram(struct vocabulary *v)
{
    v->pipeline.model = MODEL_unigram;
    step_add(&v->pipeline.normalizers, &arena, STEP_form, "")->form = FORM_nfkc;
    mark_spaces(&v->pipeline.pre_tokenizers);
    struct text_step *step = step_add(&v->pipeline.pre_tokenizers, &arena, STEP_prefix, "");
    step->content = mark;
    step->prefix = PREFIX_first_unless_present;
    step = step_add_split(&v->pipeline.pre_tokenizers, &arena, "", "", SPLIT_merged_with_next);
    step->expression = mark;
    step->literal = true;
    add_pieces(v);
}

static void make_word_piece(struct vocabulary *v)
{
    v->pipeline.model = MODEL_wordpiece;
    v->pipeline.continuing_prefix = (struct step_text){"##", 2};
    v->pipeline.max_word_characters = 10;
    step_add(&v->pipeline.normalizers, &arena, STEP_lowercase, "");
    step_add_split(&v->pipeline.pre_tokenizers, &arena, "", "\\s+", SPLIT_removed);
    add_split(v, "\\p{P}");
    static const char *const words[] = {"[UNK]", "a", "##a", "ab", "##ba", "\xc3\xa9", "##b", "."};
    for (uint32_t i = 0; i < sizeof words / sizeof *words; i++)
        add_token(v, words[i], TOKEN_normal, 0);
    v->unknown = 0;
    struct decoder_step *step = step_add_decoder(&v->pipeline.decoders, &arena, DECODE_word_piece);
    step->content = (struct step_text){"##", 2};
    step->cleanup = true;
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

#define LLAMA3                                                                 \
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| " \
    "?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
#define TEKKEN                                                                                   \
    "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+|" \
    "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*|" \
    "\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"

/* Texts of the even ones are what their tokens spell. */
enum {
    GPT2,
    LLAMA3_NFC,
    SMOLLM,
    SENTENCEPIECE,
    TEKKEN_SLASHES,
    UNIGRAM,
    FALCON,
    WORD_PIECE,
    KINDS
};

static void describe(struct vocabulary *v, int kind)
{
    switch (kind) {
    case GPT2:
        add_split(v, STEP_GPT2_EXPRESSION);
        break;
    case LLAMA3_NFC:
        step_add(&v->pipeline.normalizers, &arena, STEP_form, "")->form = FORM_nfc;
        add_split(v, LLAMA3);
        break;
    case SMOLLM:
        add_split(v, "\\p{N}");
        add_split(v, STEP_GPT2_EXPRESSION);
        break;
    case TEKKEN_SLASHES:
        add_split(v, TEKKEN);
        break;
    case FALCON: /* steps after the bytes */
        step_add_split(&v->pipeline.pre_tokenizers, &arena, "", "\\p{P}", SPLIT_contiguous);
        break;
    case SENTENCEPIECE:
        make_sentencepiece(v);
        return;
    case UNIGRAM:
        make_unigram(v);
        return;
    case WORD_PIECE:
        make_word_piece(v);
        return;
    }
    make_byte_level(v);
    if (kind == FALCON)
        add_split(v, "[0-9][0-9][0-9]");
    if (kind == LLAMA3_NFC)
        add_strips(v);
}

/* The section of that kind, in the arena. */
static inline uint8_t *small_section(int kind, uint64_t *bytes)
{
    struct vocabulary v = {.unknown = UINT32_MAX};
    struct model m = {.arena = &arena, .vocabulary = &v};
    struct diags d = {.arena = &arena};
    uint8_t *section;
    describe(&v, kind);
    if (!tokenizer_pack(&m, &arena, &section, bytes, &d)) {
        diags_print(&d, stderr);
        abort();
    }
    return section;
}

#endif
