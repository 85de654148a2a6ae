/* The pre-tokenizers of a tokenizer.json. In: the member "pre_tokenizer". Out: steps. What each one
 * does is that of the tokenizers library, version 0.23.3. */
#include "compiler/import/tokenizer/tokenizer_json.h"

#include <string.h>

static struct text_step *add(struct tokenizer_reading *r, enum text_step_kind kind, const char *at)
{
    return step_add(&r->vocabulary->pipeline.pre_tokenizers, r->arena, kind, at);
}

static struct text_step *split(struct tokenizer_reading *r, const char *at, const char *expression,
                               enum split_behavior behavior)
{
    return step_add_split(&r->vocabulary->pipeline.pre_tokenizers, r->arena, at, expression,
                          behavior);
}

static bool read_behavior(struct tokenizer_reading *r, const char *at, const json_t *p,
                          enum split_behavior *behavior)
{
    static const char *const names[] = {
        [SPLIT_isolated] = "Isolated",
        [SPLIT_removed] = "Removed",
        [SPLIT_merged_with_previous] = "MergedWithPrevious",
        [SPLIT_merged_with_next] = "MergedWithNext",
        [SPLIT_contiguous] = "Contiguous",
    };
    const json_t *value = json_object_get(p, "behavior");

    for (size_t i = 0; json_is_string(value) && i < countof(names); i++)
        if (strcmp(names[i], json_string_value(value)) == 0) {
            *behavior = (enum split_behavior)i;
            return true;
        }
    return json_refuse(r, at, "behavior",
                       "Isolated, Removed, MergedWithPrevious, MergedWithNext or Contiguous",
                       value);
}

static bool read_split(struct tokenizer_reading *r, const char *at, const json_t *p)
{
    struct step_text expression;
    enum split_behavior behavior = SPLIT_isolated;
    bool literal, invert;

    if (!json_pattern(r, at, p, &expression, &literal) || !read_behavior(r, at, p, &behavior) ||
        !json_flag(r, at, p, "invert", false, &invert))
        return false;
    struct text_step *step = split(r, at, "", behavior);
    step->expression = expression;
    step->literal = literal;
    step->invert = invert;
    return true;
}

/* The prefix looks for a space, not for other white space; each piece gets one. After it, every
 * later step sees the characters that spell bytes. */
static bool read_byte_level(struct tokenizer_reading *r, const char *at, const json_t *p)
{
    const struct pipeline *pipeline = &r->vocabulary->pipeline;
    bool add_prefix, use_regex;

    if (!json_flag(r, at, p, "add_prefix_space", false, &add_prefix) ||
        !json_flag(r, at, p, "use_regex", true, &use_regex))
        return false;
    if (steps_have_bytes(&pipeline->normalizers) || steps_have_bytes(&pipeline->pre_tokenizers))
        return json_refuse(r, at, "type", "one ByteLevel", json_object_get(p, "type"));
    if (add_prefix) {
        struct text_step *step = add(r, STEP_prefix, at);
        step->content = step_text_literal(" ");
        step->prefix = PREFIX_unless_present;
    }
    if (use_regex)
        split(r, at, STEP_GPT2_EXPRESSION, SPLIT_isolated);
    add(r, STEP_byte_level, at);
    return true;
}

static bool read_metaspace(struct tokenizer_reading *r, const char *at, const json_t *p)
{
    struct step_text mark;
    enum metaspace_scheme scheme;
    bool cut;

    if (!json_metaspace(r, at, p, &mark, &scheme) || !json_flag(r, at, p, "split", true, &cut))
        return false;
    struct text_step *step = add(r, STEP_replace, at);
    step->expression = step_text_literal(" ");
    step->literal = true;
    step->content = mark;
    if (scheme != METASPACE_never) {
        step = add(r, STEP_prefix, at);
        step->content = mark;
        step->prefix =
            scheme == METASPACE_first ? PREFIX_first_unless_present : PREFIX_unless_present;
    }
    if (cut) {
        step = split(r, at, "", SPLIT_merged_with_next);
        step->expression = mark;
        step->literal = true;
    }
    return true;
}

/* Rust's is_numeric: the categories Nd, Nl and No. */
static bool read_digits(struct tokenizer_reading *r, const char *at, const json_t *p)
{
    bool each;

    if (!json_flag(r, at, p, "individual_digits", -1, &each))
        return false;
    split(r, at, "\\p{N}", each ? SPLIT_isolated : SPLIT_contiguous);
    return true;
}

static void split_punctuation(struct tokenizer_reading *r, const char *at,
                              enum split_behavior behavior)
{
    const char *set = step_class(r->arena, FROZEN_punctuation);

    split(r, at, arena_printf(r->arena, "[%s]", set), behavior);
}

static bool read_punctuation(struct tokenizer_reading *r, const char *at, const json_t *p)
{
    enum split_behavior behavior = SPLIT_isolated;
    const json_t *value = json_object_get(p, "behavior");

    if (value && !json_is_null(value) && !read_behavior(r, at, p, &behavior))
        return false;
    split_punctuation(r, at, behavior);
    return true;
}

/* \w+|[^\w\s]+ in the library, but with the \w of Rust's expressions. */
static bool read_whitespace(struct tokenizer_reading *r, const char *at, const json_t *p)
{
    const char *set = step_class(r->arena, FROZEN_word);

    (void)p;
    split(r, at, arena_printf(r->arena, "[%s]+|[^%s\\s]+", set, set), SPLIT_removed)->invert = true;
    return true;
}

static bool read_whitespace_split(struct tokenizer_reading *r, const char *at, const json_t *p)
{
    (void)p;
    split(r, at, "\\s", SPLIT_removed);
    return true;
}

static bool read_bert(struct tokenizer_reading *r, const char *at, const json_t *p)
{
    (void)p;
    split(r, at, "\\s", SPLIT_removed);
    split_punctuation(r, at, SPLIT_isolated);
    return true;
}

static bool read_delimiter(struct tokenizer_reading *r, const char *at, const json_t *p)
{
    struct step_text delimiter;

    if (!json_character(r, at, p, "delimiter", &delimiter))
        return false;
    struct text_step *step = split(r, at, "", SPLIT_removed);
    step->expression = delimiter;
    step->literal = true;
    return true;
}

static bool read_fixed_length(struct tokenizer_reading *r, const char *at, const json_t *p)
{
    enum { USUAL = 5, MAX = 1000 };
    uint32_t length = USUAL;

    if (json_object_get(p, "length") && !json_count(r, at, p, "length", MAX, &length))
        return false;
    if (length == 0)
        return json_refuse(r, at, "length", "at least 1", json_object_get(p, "length"));
    split(r, at, arena_printf(r->arena, "(?m:.{1,%u})", length), SPLIT_isolated);
    return true;
}

bool tokenizer_json_pre_tokenizer(struct tokenizer_reading *r, const json_t *root)
{
    static const struct component kinds[] = {
        {"ByteLevel", "add_prefix_space use_regex trim_offsets", read_byte_level},
        {"Split", "pattern behavior invert", read_split},
        {"Metaspace", metaspace_keys, read_metaspace},
        {"Digits", "individual_digits", read_digits},
        {"Punctuation", "behavior", read_punctuation},
        {"Whitespace", "", read_whitespace},
        {"WhitespaceSplit", "", read_whitespace_split},
        {"BertPreTokenizer", "", read_bert},
        {"CharDelimiterSplit", "delimiter", read_delimiter},
        {"FixedLength", "length", read_fixed_length},
    };

    return component_read(r, "pre_tokenizer", json_object_get(root, "pre_tokenizer"), kinds,
                          countof(kinds), "pretokenizers");
}
