/* The known ways of splitting text into words. In: a name, a published regular expression, or what
 * a file tells otherwise. Out: the parts of a split.
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
    {"gpt-2 phi-2 roberta-bpe mpt olmo jais a.x-4.0 mellum modern-bert gigachat jina-es jina-de "
     "jina-v2-es jina-v2-de jina-v1-en jina-v2-code exaone4 trillion granite-docling",
     "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
     {GPT2_PARTS},
     false},
    {"llama-bpe llama3 llama-v3 falcon3 falcon-h1 pixtral midm-2.0 lfm2 jina-v5-nano",
     LLAMA3_PATTERN("\\p{N}{1,3}"),
     {LLAMA3_PARTS, .digits = 3},
     true},
    {"dbrx smaug-bpe chatglm-bpe", NULL, {LLAMA3_PARTS, .digits = 3}, false},
    {"qwen2 deepseek-r1-qwen stablelm2 megrez kormo f2llmv2 hunyuan solar-open grok-2",
     LLAMA3_PATTERN("\\p{N}"),
     {LLAMA3_PARTS, .digits = 1},
     false},
    {"tekken",
     "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
     "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*"
     "|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
     {.words = true,
      .prefix_any = true,
      .newlines = true,
      .cased = true,
      .slashes = true,
      .digits = 1},
     true},
    {"smollm starcoder refact command-r codeshell exaone minerva-7b mellum2",
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

const struct vocabulary_split *vocabulary_split_infer(const char *architecture,
                                                      const struct vocabulary *v)
{
    /* Where only one split was ever used. tokens 0: any number of them; a text: of token `id`. */
    static const struct {
        const char *architecture;
        uint32_t tokens, id;
        const char *text, *name;
    } known[] = {
        {"qwen2", 0, 0, NULL, "qwen2"},
        {"qwen3", 0, 0, NULL, "qwen2"},
        {"llama", 128256, 0, NULL, "llama-bpe"},
        {"llama", 0, 128000, "<|begin_of_text|>", "llama-bpe"}, /* with more tokens behind it */
    };
    for (size_t i = 0; i < countof(known); i++) {
        const char *text = known[i].text;
        uint32_t id = known[i].id;
        if (strcmp(architecture, known[i].architecture) == 0 &&
            (known[i].tokens == 0 || v->token_count == known[i].tokens) &&
            (text == NULL || (id < v->token_count && v->tokens[id].bytes == strlen(text) &&
                              memcmp(v->tokens[id].text, text, strlen(text)) == 0)))
            return vocabulary_split_by_name(known[i].name, strlen(known[i].name));
    }
    return NULL;
}

const char *vocabulary_split_names(struct arena *a)
{
    const char *names = "";
    for (size_t i = 0; i < countof(splits); i++)
        names = arena_printf(a, "%s%s%.*s", names, i == 0 ? "" : ", ",
                             (int)strcspn(splits[i].names, " "), splits[i].names);
    return names;
}
