/* What both sources of a vocabulary share: the known ways of splitting text into words, and the
 * well-known names of tokens that end generation. In: names or published regular expressions. Out:
 * the parts of a split.
 */
#include "compiler/import/vocabulary.h"

#include <string.h>

#define GPT2_PARTS .words = true, .contractions = true, .number_space = true
#define LLAMA3_PARTS \
    .words = true, .contractions = true, .any_case = true, .prefix_any = true, .newlines = true

#define LLAMA3_PATTERN(numbers)                                           \
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|" numbers \
    "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"

/* Names are GGUF's; what a name stands for is llama.cpp's reading of it. */
static const struct vocabulary_split splits[] = {
    {"gpt-2 phi-2 roberta-bpe mpt olmo jais",
     "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
     {GPT2_PARTS},
     false},
    {"llama-bpe llama3 llama-v3 falcon3",
     LLAMA3_PATTERN("\\p{N}{1,3}"),
     {LLAMA3_PARTS, .digits = 3},
     true},
    {"dbrx smaug-bpe", NULL, {LLAMA3_PARTS, .digits = 3}, false},
    {"qwen2 deepseek-r1-qwen stablelm2 megrez",
     LLAMA3_PATTERN("\\p{N}"),
     {LLAMA3_PARTS, .digits = 1},
     false},
    {"smollm starcoder refact command-r codeshell",
     NULL,
     {GPT2_PARTS, .numbers_first = true},
     false},
};

static bool has_name(const char *names, const char *name, size_t bytes)
{
    while (*names) {
        size_t length = strcspn(names, " ");
        if (length == bytes && memcmp(names, name, bytes) == 0)
            return true;
        names += length + (names[length] == ' ');
    }
    return false;
}

const struct vocabulary_split *vocabulary_split_by_name(const char *name, size_t bytes)
{
    for (size_t i = 0; i < countof(splits); i++)
        if (has_name(splits[i].names, name, bytes))
            return &splits[i];
    return NULL;
}

const struct vocabulary_split *vocabulary_split_by_pattern(const char *pattern, size_t bytes)
{
    for (size_t i = 0; i < countof(splits); i++)
        if (splits[i].pattern && strlen(splits[i].pattern) == bytes &&
            memcmp(splits[i].pattern, pattern, bytes) == 0)
            return &splits[i];
    return NULL;
}

uint32_t vocabulary_find(const struct vocabulary *v, const char *text, size_t bytes)
{
    for (uint32_t i = 0; i < v->token_count; i++)
        if (v->tokens[i].text && v->tokens[i].bytes == bytes &&
            memcmp(v->tokens[i].text, text, bytes) == 0)
            return i;
    return UINT32_MAX;
}

static bool is_text(const struct vocabulary_token *t, const char *text)
{
    return t->bytes == strlen(text) && memcmp(t->text, text, t->bytes) == 0;
}

/* One model family writes <|end|> between the parts of one answer; it also has these two. */
static bool has_channels(const struct vocabulary *v)
{
    return vocabulary_find(v, "<|return|>", 10) != UINT32_MAX &&
           vocabulary_find(v, "<|call|>", 8) != UINT32_MAX;
}

/* A GGUF's token of such a name counts as a control token whatever its type says, as in llama.cpp;
 * but where it was an ordinary one
 * (</s> is HTML in some vocabularies), it does not end generation. */
void vocabulary_mark_known_ends(struct vocabulary *v)
{
    static const char *const names[] = {
        "<|im_end|>",
        "<|endoftext|>",
        "<|eot_id|>",
        "<|eom_id|>",
        "<|end|>",
        "<end_of_turn>",
        "</s>",
        "<eos>",
        "<|end_of_text|>",
        "<|return|>",
        "<|call|>",
        "<EOT>",
        "_<EOT>",
        "[EOT]",
        "[EOS]",
        "<end_of_utterance>",
        "<|end_of_sentence|>",
        "<\357\275\234end\342\226\201of\342\226\201sentence\357\275\234>",
    };
    for (uint32_t i = 0; i < v->token_count; i++) {
        struct vocabulary_token *t = &v->tokens[i];
        if (!t->text || (!t->added && !v->from_gguf))
            continue;
        for (size_t k = 0; k < countof(names); k++) {
            if (!is_text(t, names[k]) || (is_text(t, "<|end|>") && has_channels(v)))
                continue;
            t->ends_generation |= t->added;
            t->added = true;
            t->kind = TOKEN_control;
        }
    }
}
