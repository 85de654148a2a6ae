/* The known ways of splitting text into words. In: the name that a GGUF file or the user gives, or
 * an architecture and a vocabulary. Out: the steps of pre_tokenizers.def. */
#include "compiler/import/tokenizer/pre_tokenizers.h"

#include "compiler/base/words.h"
#include "compiler/import/tokenizer/sentencepiece.h"
#include "compiler/import/tokenizer/text_steps.h"
#include "runtime/base/advice.h"

#include <string.h>

#define WHOLE_WORDS PRE_TOKENIZER_WHOLE_WORDS
#define ADD_BOS PRE_TOKENIZER_ADD_BOS
#define ALWAYS_BOS PRE_TOKENIZER_ALWAYS_BOS
#define CHARACTERS PRE_TOKENIZER_CHARACTERS
#define MARKED_SPACES (PRE_TOKENIZER_CHARACTERS | PRE_TOKENIZER_MARKED_SPACES)
#define SPLIT(text) {STEP_split, text, SPLIT_isolated},
#define REMOVE(text) {STEP_split, text, SPLIT_removed},
#define PUNCTUATION(behavior) {STEP_split, NULL, behavior},
#define BYTES {STEP_byte_level, NULL, SPLIT_isolated},
#define END                             \
    {                                   \
        STEP_form, NULL, SPLIT_isolated \
    }
#define PRE_TOKENIZER(names, flags, steps) {names, flags, {steps END}},

/* After the last step of each comes END. */
static const struct pre_tokenizer all[] = {
#include "compiler/import/tokenizer/pre_tokenizers.def"
};

const struct pre_tokenizer *pre_tokenizer_by_name(const char *name, size_t bytes)
{
    for (size_t i = 0; i < countof(all); i++)
        if (words_have(all[i].names, name, bytes))
            return &all[i];
    return NULL;
}

static bool has_token(const struct vocabulary *v, uint32_t id, const char *text)
{
    return id < v->token_count && v->tokens[id].bytes == strlen(text) &&
           memcmp(v->tokens[id].text, text, strlen(text)) == 0;
}

const struct pre_tokenizer *pre_tokenizer_infer(const char *architecture,
                                                const struct vocabulary *v)
{
    /* Architectures, or vocabularies of architectures, with one way only. tokens 0: any size of the
     * vocabulary; text: of token `id`. */
    static const struct {
        const char *architecture;
        uint32_t tokens, id;
        const char *text, *name;
    } known[] = {
        {"qwen2", 0, 0, NULL, "qwen2"},
        {"qwen2moe", 0, 0, NULL, "qwen2"},
        {"qwen3", 0, 0, NULL, "qwen2"},
        {"qwen3moe", 0, 0, NULL, "qwen2"},
        {"llama", 128256, 0, NULL, "llama-bpe"},
        {"llama", 0, 128000, "<|begin_of_text|>", "llama-bpe"}, /* and more tokens after it */
        {"llama", 102400, 0, NULL, "deepseek-llm"},
        {"llama", 32256, 0, NULL, "deepseek-coder"},
        {"deepseek2", 102400, 0, NULL, "deepseek-llm"},
        {"gpt2", 50257, 0, NULL, "gpt-2"},
        {"phi2", 0, 0, NULL, "phi-2"},
        {"gptneox", 0, 0, NULL, "olmo"},
        {"olmo", 0, 0, NULL, "olmo"},
        {"mpt", 0, 0, NULL, "mpt"},
        {"mamba", 0, 0, NULL, "olmo"},
        {"bloom", 0, 0, NULL, "bloom"},
        {"falcon", 65024, 0, NULL, "falcon"},
        {"starcoder", 0, 0, NULL, "starcoder"},
        {"starcoder2", 0, 0, NULL, "starcoder"},
        {"refact", 0, 0, NULL, "refact"},
        {"codeshell", 0, 0, NULL, "codeshell"},
        {"command-r", 0, 0, NULL, "command-r"},
        {"dbrx", 0, 0, NULL, "dbrx"},
        {"stablelm", 100352, 0, NULL, "stablelm2"},
    };

    for (size_t i = 0; i < countof(known); i++)
        if (strcmp(architecture, known[i].architecture) == 0 &&
            (known[i].tokens == 0 || v->token_count == known[i].tokens) &&
            (known[i].text == NULL || has_token(v, known[i].id, known[i].text)))
            return pre_tokenizer_by_name(known[i].name, strlen(known[i].name));
    return NULL;
}

const char *pre_tokenizer_names(struct arena *a)
{
    const char *names = "";
    for (size_t i = 0; i < countof(all); i++)
        names = arena_printf(a, "%s%s%.*s", names, i == 0 ? "" : ", ",
                             (int)strcspn(all[i].names, " "), all[i].names);
    return names;
}

/* Every name, then NULL. */
static const char **list_names(struct arena *a)
{
    uint32_t count = 0, capacity = 0;
    const char **list = NULL;

    for (size_t i = 0; i < countof(all); i++) {
        const char *at = all[i].names, *name;
        size_t bytes;
        while ((name = words_next(&at, &bytes)) != NULL)
            ARENA_PUSH(a, list, count, capacity) = arena_text(a, name, bytes);
    }
    ARENA_PUSH(a, list, count, capacity) = NULL;
    return list;
}

const char *pre_tokenizer_near(const char *name, size_t bytes, struct arena *a)
{
    enum { MAX = 4 };
    const unsigned changes = (unsigned)min_u64(bytes / 3, 3);
    const char *word = arena_text(a, name, bytes), *found = "";
    const char **names = list_names(a);

    for (int k = 0; k < MAX; k++) {
        const char *near = advice_nearest(names, word, changes);
        if (near == NULL)
            break;
        found = arena_printf(a, "%s%s%s", found, k == 0 ? "" : ", ", near);
        const char **out = names;
        for (const char **in = names; *in != NULL; in++)
            if (*in != near)
                *out++ = *in;
        *out = NULL;
    }
    return *found != 0 ? found : pre_tokenizer_names(a);
}

/* The text of a split; the set of punctuation is a table of the tokenizers library. */
static const char *expression_of(const struct pre_tokenizer_step *s, struct arena *a)
{
    return s->expression ? s->expression
                         : arena_printf(a, "[%s]", step_class(a, FROZEN_punctuation));
}

void pre_tokenizer_apply(const struct pre_tokenizer *p, struct vocabulary *v, struct arena *a)
{
    static const char object[] = "tokenizer.ggml.pre";
    struct text_steps *steps = &v->pipeline.pre_tokenizers;

    v->pre_tokenizer = arena_text(a, p->names, strcspn(p->names, " "));
    v->whole_words = (p->flags & PRE_TOKENIZER_WHOLE_WORDS) != 0;
    if (p->flags & PRE_TOKENIZER_MARKED_SPACES)
        sentencepiece_add_marks(&v->pipeline, a);
    for (const struct pre_tokenizer_step *s = p->steps; s->kind != STEP_form; s++)
        if (s->kind == STEP_split)
            step_add_split(steps, a, object, expression_of(s, a), s->behavior);
        else
            step_add(steps, a, s->kind, object);
}
