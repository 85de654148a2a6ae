/* Describes a tokenizer for reports. In: a vocabulary and its pipeline. Out: lines of text. */
#include "compiler/tokenizer/describe.h"

#include "compiler/base/base.h"

#include <string.h>

enum { MAX_SHOWN = 600 }; /* bytes of a text */

static void add_cut(struct text *out, const struct step_text *s,
                    void (*add)(struct text *, const char *))
{
    uint32_t shown = s->bytes <= MAX_SHOWN ? s->bytes : MAX_SHOWN;
    while (shown < s->bytes && shown > 0 && ((uint8_t)s->text[shown] & 0xc0) == 0x80)
        shown--;
    add(out, arena_text(out->arena, s->text, shown));
    if (shown < s->bytes)
        text_add(out, "…");
}

static void add_quoted(struct text *out, const struct step_text *s)
{
    add_cut(out, s, text_add_quoted);
}

/* A regular expression stands between slashes, as it is published. */
static void add_match(struct text *out, const struct text_step *s)
{
    if (s->literal) {
        add_quoted(out, &s->expression);
        return;
    }
    text_add(out, "/");
    add_cut(out, &s->expression, text_add_printable);
    text_add(out, "/");
}

static void describe_split(const struct text_step *s, struct text *out)
{
    static const char *const behaviors[] = {"isolated", "removed", "merged with what precedes",
                                            "merged with what follows", "joined where adjacent"};
    text_add(out, "split at ");
    add_match(out, s);
    text_add(out, ": %s%s", s->invert ? "what lies between is " : "", behaviors[s->behavior]);
}

static void describe_replacement(const struct text_step *s, struct text *out)
{
    text_add(out, "replace ");
    add_match(out, s);
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
        text_add(out, "spell each byte as a character");
        break;
    }
    text_add(out, "\n");
}

static void describe_source(const struct vocabulary *v, struct text *out)
{
    const char *slash = v->file ? strrchr(v->file, '/') : NULL;
    if (v->file) {
        text_add(out, ", from ");
        text_add_printable(out, slash ? slash + 1 : v->file);
    }
    if (v->pre_tokenizer)
        text_add(out, ", pre-tokenizer %s", v->pre_tokenizer);
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
    describe_source(v, out);
    text_add(out, "\n");
}

static void describe_decoder(const struct decoder_step *s, struct text *out)
{
    static const struct step_text space = {" ", 1};
    static const char *const names[] = {
        [DECODE_byte_level] = "spelled bytes",
        [DECODE_byte_fallback] = "<0x..> to bytes",
        [DECODE_replace] = "replace ",
        [DECODE_fuse] = "join",
        [DECODE_strip] = "strip ",
        [DECODE_metaspace] = "replace ",
        [DECODE_word_piece] = "a space before each but ",
        [DECODE_suffix] = "replace ",
        [DECODE_marks] = "replace ",
    };
    bool mark = s->kind == DECODE_metaspace || s->kind == DECODE_marks;
    text_add(out, "%s", names[s->kind]);
    if (s->kind == DECODE_replace || mark)
        add_quoted(out, &s->expression);
    if (s->kind == DECODE_strip || s->kind == DECODE_word_piece || s->kind == DECODE_suffix)
        add_quoted(out, &s->content);
    if (s->kind == DECODE_replace || s->kind == DECODE_suffix || mark) {
        text_add(out, " by ");
        add_quoted(out, s->kind == DECODE_replace ? &s->content : &space);
    }
    if (s->kind == DECODE_strip)
        text_add(out, " (%u in front, %u at the end)", s->start, s->stop);
    text_add(out, "%s", s->cleanup ? ", clean up spaces" : "");
}

static void describe_ids(const struct vocabulary *v, const uint32_t *ids, uint32_t count,
                         const char *where, struct text *out)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct vocabulary_token *t = ids[i] < v->token_count ? &v->tokens[ids[i]] : NULL;
        struct step_text text = {t && t->text ? t->text : "", t && t->text ? t->bytes : 0};
        text_add(out, "%s%u ", i == 0 ? where : ", ", ids[i]);
        add_quoted(out, &text);
    }
}

static void describe_surroundings(const struct vocabulary *v, struct text *out)
{
    text_add(out, "with --add-bos: ");
    describe_ids(v, v->front, v->front_count, "before a text ", out);
    text_add(out, "%s", v->front_count && v->back_count ? "; " : "");
    describe_ids(v, v->back, v->back_count, "after it ", out);
    text_add(out, "%s\n", v->front_count || v->back_count ? "" : "nothing");
}

void tokenizer_describe(const struct vocabulary *v, bool checked, struct text *out)
{
    const struct pipeline *p = &v->pipeline;
    describe_model(v, out);
    for (uint32_t i = 0; i < p->normalizers.count; i++)
        describe_step(&p->normalizers.all[i], out);
    for (uint32_t i = 0; i < p->pre_tokenizers.count; i++)
        describe_step(&p->pre_tokenizers.all[i], out);
    text_add(out, "decode: %s", p->decoders.count ? "" : "join");
    for (uint32_t i = 0; i < p->decoders.count; i++) {
        text_add(out, "%s", i == 0 ? "" : ", ");
        describe_decoder(&p->decoders.all[i], out);
    }
    text_add(out, "\n");
    describe_surroundings(v, out);
    text_add(out, checked ? "compared with a plain reading of its description\n"
                          : "not compared with a plain reading of its description\n");
}
