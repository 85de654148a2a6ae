/* Describes a tokenizer for reports. In: a vocabulary and its pipeline. Out: lines of text. */
#include "compiler/tokenizer/describe.h"

#include "compiler/base/base.h"

enum { MOST_SHOWN = 48 }; /* bytes of a text */

static void add_quoted(struct text *out, const struct step_text *s)
{
    uint32_t shown = s->bytes <= MOST_SHOWN ? s->bytes : MOST_SHOWN;
    while (shown < s->bytes && shown > 0 && ((uint8_t)s->text[shown] & 0xc0) == 0x80)
        shown--;
    text_add_quoted(out, arena_text(out->arena, s->text, shown));
    if (shown < s->bytes)
        text_add(out, "…");
}

static void describe_split(const struct text_step *s, struct text *out)
{
    static const char *const behaviors[] = {"isolated", "removed", "merged with what precedes",
                                            "merged with what follows", "joined where adjacent"};
    text_add(out, "split at %s", s->literal ? "" : "matches of ");
    add_quoted(out, &s->expression);
    text_add(out, ": %s%s", s->invert ? "what lies between is " : "", behaviors[s->behavior]);
}

static void describe_replacement(const struct text_step *s, struct text *out)
{
    text_add(out, "replace ");
    add_quoted(out, &s->expression);
    text_add(out, " by ");
    add_quoted(out, &s->content);
}

static void describe_text_in_front(const struct text_step *s, struct text *out)
{
    text_add(out, s->kind == STEP_prefix ? "put " : "prepend ");
    add_quoted(out, &s->content);
    if (s->kind == STEP_prefix)
        text_add(out, " in front of %s unless it is there",
                 s->prefix == PREFIX_first_unless_present ? "the text" : "each piece");
}

static void describe_step(const struct text_step *s, struct text *out)
{
    static const char *const forms[] = {"NFC", "NFD", "NFKC", "NFKD"};
    switch (s->kind) {
    case STEP_form:
        text_add(out, "normalize to %s", forms[s->form]);
        break;
    case STEP_lowercase:
        text_add(out, "lower case");
        break;
    case STEP_isolate_ideographs:
        text_add(out, "spaces around ideographs");
        break;
    case STEP_replace:
        describe_replacement(s, out);
        break;
    case STEP_strip:
        text_add(out, "strip white space%s",
                 s->left && s->right ? ""
                 : s->left           ? " on the left"
                                     : " on the right");
        break;
    case STEP_prepend:
    case STEP_prefix:
        describe_text_in_front(s, out);
        break;
    case STEP_charsmap:
        text_add(out, "map characters by a table of %u bytes%s", s->content.bytes,
                 s->by_graphemes ? ", grapheme clusters whole" : "");
        break;
    case STEP_split:
        describe_split(s, out);
        break;
    case STEP_byte_level:
        text_add(out, "bytes from here on");
        break;
    }
    text_add(out, "\n");
}

static void describe_model(const struct vocabulary *v, struct text *out)
{
    static const char *const models[] = {"BPE", "unigram", "WordPiece", "word level"};
    const struct pipeline *p = &v->pipeline;
    uint32_t added = 0;
    for (uint32_t i = 0; i < v->token_count; i++)
        added += v->tokens[i].added;
    text_add(out, "%s, %u tokens, %u of them added", models[p->model], v->token_count, added);
    if (p->model == MODEL_bpe && !v->by_score)
        text_add(out, ", %u merges", v->merge_count);
    if (v->by_score)
        text_add(out, ", merges by score");
    if (v->whole_words)
        text_add(out, ", words that are tokens stay whole");
    if (p->byte_fallback)
        text_add(out, ", unknown characters become bytes");
    text_add(out, "\n");
}

void tokenizer_describe(const struct vocabulary *v, struct text *out)
{
    const struct pipeline *p = &v->pipeline;
    describe_model(v, out);
    for (uint32_t i = 0; i < p->normalizers.count; i++)
        describe_step(&p->normalizers.all[i], out);
    for (uint32_t i = 0; i < p->pre_tokenizers.count; i++)
        describe_step(&p->pre_tokenizers.all[i], out);
    if (v->front_count || v->back_count)
        text_add(out, "%u ids before and %u after a text, if asked for\n", v->front_count,
                 v->back_count);
}
