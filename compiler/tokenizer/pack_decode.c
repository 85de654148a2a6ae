/* What tokens decode to. In: the decoder's steps. Out: each token's text inside a text (tables
 * DECODED, DECODED_ENDS), and what the start of a text changes about that (header.start, table
 * STARTS).
 *
 * The tokenizers library maps the list of all tokens of a text. Here each token is mapped alone,
 * once as the first of a list and once as a later one, because text is wanted while tokens arrive.
 * What looks further than that is refused. One difference is left: of a run of byte tokens that is
 * not valid as a whole, the library gives U+FFFD for every byte; here, as in SentencePiece, the
 * characters in it that are valid come out.
 */
#include "compiler/tokenizer/pack_parts.h"

#include <string.h>

enum {
    /* A streaming decoder writes at most three bytes per byte of a token, so RLX_DETOKENIZE_MAX of
     * rlx.h is enough for any token. */
    MAX_DECODED = 1360,
    MAX_BETWEEN = 1 << 16, /* bytes between two steps */
    MAX_STEPS = 64,
};

struct decoding {
    struct packing *packing;
    bool first; /* of the list of tokens */
};

static bool is_text(const struct step_text *s, const char *text)
{
    return s->bytes == strlen(text) && memcmp(s->text, text, s->bytes) == 0;
}

static bool begins_with(struct symbol s, struct step_text prefix)
{
    return s.bytes >= prefix.bytes && memcmp(s.text, prefix.text, prefix.bytes) == 0;
}

static bool ends_with(struct symbol s, struct step_text suffix)
{
    return suffix.bytes && s.bytes >= suffix.bytes &&
           memcmp(s.text + s.bytes - suffix.bytes, suffix.text, suffix.bytes) == 0;
}

static struct symbol replaced(struct packing *p, struct symbol s, struct step_text match,
                              struct step_text content)
{
    if (!match.bytes || !s.bytes || !memmem(s.text, s.bytes, match.text, match.bytes))
        return s;
    struct text out = {.arena = p->arena};
    uint32_t at = 0;
    for (const char *found; at < s.bytes; at = (uint32_t)(found - s.text) + match.bytes) {
        found = memmem(s.text + at, s.bytes - at, match.text, match.bytes);
        if (!found || out.bytes > MAX_BETWEEN)
            break;
        text_add_bytes(&out, s.text + at, (size_t)(found - s.text) - at);
        text_add_bytes(&out, content.text, content.bytes);
    }
    text_add_bytes(&out, s.text + at, s.bytes - at);
    return (struct symbol){out.bytes ? out.data : "", out.bytes};
}

static struct symbol with_space(struct packing *p, struct symbol s)
{
    char *text = arena_alloc(p->arena, (size_t)s.bytes + 2, 1);
    text[0] = ' ';
    memcpy(text + 1, s.text, s.bytes);
    return (struct symbol){text, s.bytes + 1};
}

/* Spaces that tokenization put around punctuation and English contractions. */
static struct symbol cleaned(struct packing *p, struct symbol s)
{
    static const char *const pairs[][2] = {
        {" .", "."},   {" ?", "?"},     {" !", "!"},     {" ,", ","},
        {" ' ", "'"},  {" n't", "n't"}, {" 'm", "'m"},   {" do not", " don't"},
        {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"},
    };
    for (size_t i = 0; i < countof(pairs) && memchr(s.text, ' ', s.bytes); i++)
        s = replaced(p, s, (struct step_text){pairs[i][0], (uint32_t)strlen(pairs[i][0])},
                     (struct step_text){pairs[i][1], (uint32_t)strlen(pairs[i][1])});
    return s;
}

static struct symbol word_piece(const struct decoding *d, const struct decoder_step *step,
                                struct symbol s)
{
    if (!d->first) {
        if (begins_with(s, step->content))
            s = (struct symbol){s.text + step->content.bytes, s.bytes - step->content.bytes};
        else
            s = with_space(d->packing, s);
    }
    return step->cleanup ? cleaned(d->packing, s) : s;
}

/* At most so many times `content` off each end. */
static struct symbol stripped(const struct decoder_step *step, struct symbol s)
{
    struct step_text content = step->content;
    for (uint32_t i = 0; i < step->start && content.bytes && begins_with(s, content); i++)
        s = (struct symbol){s.text + content.bytes, s.bytes - content.bytes};
    for (uint32_t i = 0; i < step->stop && ends_with(s, content); i++)
        s.bytes -= content.bytes;
    return s;
}

static int hexadecimal(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

/* <0x0A>; -1 for any other text. */
static int named_byte(struct symbol s)
{
    if (s.bytes != 6 || memcmp(s.text, "<0x", 3) != 0 || s.text[5] != '>')
        return -1;
    int high = hexadecimal(s.text[3]), low = hexadecimal(s.text[4]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

static struct symbol fallen_back(struct packing *p, struct symbol s)
{
    int byte = named_byte(s);
    if (byte < 0)
        return s;
    char *one = arena_alloc(p->arena, 2, 1);
    one[0] = (char)byte;
    return (struct symbol){one, 1};
}

static struct symbol run_step(const struct decoding *d, const struct decoder_step *step,
                              struct symbol s, bool joined)
{
    static const struct step_text nothing = {"", 0}, space = {" ", 1};
    switch (step->kind) {
    case DECODE_byte_level:
        return spelled_bytes(d->packing, s.text, s.bytes);
    case DECODE_byte_fallback:
        return joined ? s : fallen_back(d->packing, s);
    case DECODE_replace:
        return replaced(d->packing, s, step->expression, step->content);
    case DECODE_fuse:
        return s;
    case DECODE_strip:
        return joined ? s : stripped(step, s);
    case DECODE_metaspace:
        return replaced(d->packing, s, step->expression, d->first && step->start ? nothing : space);
    case DECODE_marks:
        if (d->first && step->start && begins_with(s, step->expression))
            s = (struct symbol){s.text + step->expression.bytes, s.bytes - step->expression.bytes};
        return replaced(d->packing, s, step->expression, space);
    case DECODE_word_piece:
        return word_piece(d, step, s);
    case DECODE_suffix:
        if (ends_with(s, step->content))
            s.bytes -= step->content.bytes;
        return replaced(d->packing, s, step->content,
                        step->expression.bytes ? step->expression : space);
    }
    unreachable("an unknown step of a decoder");
}

/* What the decoder begins with. In the tokenizers library that of an added token which is found in
 * normalized text is its own normalized text. */
static struct symbol published(struct packing *p, const struct vocabulary_token *t)
{
    struct step_text text = {t->text, t->bytes};
    if (t->added && t->normalized && !p->vocabulary->from_gguf &&
        !normal_token_text(&p->normal, text, p->arena, &text))
        text.bytes = 0; /* pack_specials refuses it */
    return (struct symbol){text.text, text.bytes};
}

/* Added tokens of GGUF files stand for themselves, as in llama.cpp; but WordPiece puts spaces
 * between them, too. */
static struct symbol run_steps(const struct decoding *d, const struct vocabulary_token *t)
{
    const struct vocabulary *v = d->packing->vocabulary;
    const struct decoder_steps *steps = &v->pipeline.decoders;
    bool joined = false;
    if (!t->text)
        return (struct symbol){"", 0};
    struct symbol s = published(d->packing, t);
    if (v->from_gguf && t->added && v->pipeline.model != MODEL_wordpiece)
        return s;
    for (uint32_t i = 0; i < steps->count && s.bytes <= MAX_BETWEEN; i++) {
        s = run_step(d, &steps->all[i], s, joined);
        joined =
            joined || steps->all[i].kind == DECODE_fuse || steps->all[i].kind == DECODE_byte_level;
    }
    return s;
}

/* What the steps made on the way is forgotten. */
static struct symbol decode(const struct decoding *d, const struct vocabulary_token *t)
{
    char kept[MAX_DECODED];
    struct arena *a = d->packing->arena;
    struct arena_mark mark = arena_mark(a);
    struct symbol s = run_steps(d, t);
    if (s.bytes > MAX_DECODED)
        return s; /* check_length refuses it */
    memcpy(kept, s.text, s.bytes);
    arena_release(a, mark);
    return (struct symbol){arena_text(a, kept, s.bytes), s.bytes};
}

bool decoded_has_space(const struct packing *p, const struct vocabulary_token *t)
{
    const struct decoder_steps *steps = &p->vocabulary->pipeline.decoders;
    for (uint32_t i = 0; i < steps->count && t->text; i++)
        if (steps->all[i].kind == DECODE_suffix &&
            ends_with((struct symbol){t->text, t->bytes}, steps->all[i].content))
            return true;
    return false;
}

static bool refuse(struct packing *p, const char *what)
{
    struct place place = p->place;
    place.object = "decoder";
    return diag_error(p->diags, place, "expected steps that can run token by token, found %s",
                      what);
}

/* How `step` treats the start of a text. */
static bool find_start(struct packing *p, const struct decoder_step *step, bool joined,
                       enum rlx_tokenizer_start *start)
{
    bool by_token = step->kind == DECODE_word_piece ||
                    ((step->kind == DECODE_metaspace || step->kind == DECODE_marks) && step->start);
    if (joined && step->kind == DECODE_strip) {
        if (step->stop || (step->start && !is_text(&step->content, " ")))
            return refuse(p, "Strip after Fuse that takes more than spaces at the start");
        if (step->start > 1)
            return refuse(p, "Strip after Fuse that takes several spaces");
        *start = step->start ? RLX_START_ONE_SPACE : RLX_START_KEEP;
    } else if (joined && step->kind == DECODE_replace) {
        if (step->expression.bytes !=
            character_bytes(step->expression.text, step->expression.bytes))
            return refuse(p, "Replace of several characters after Fuse");
    } else if (joined && step->kind == DECODE_byte_level) {
        return refuse(p, "ByteLevel after Fuse");
    } else if (joined && (by_token || step->kind == DECODE_suffix)) {
        return refuse(p, "a step after Fuse that looks at single tokens");
    } else if (by_token) {
        *start = RLX_START_TOKEN;
    }
    return true;
}

static bool find_starts(struct packing *p)
{
    const struct decoder_steps *steps = &p->vocabulary->pipeline.decoders;
    bool joined = false;
    if (steps->count > MAX_STEPS)
        return diag_error(p->diags, p->place, "expected at most %d steps of decoders, found %u",
                          MAX_STEPS, steps->count);
    p->start = RLX_START_KEEP;
    for (uint32_t i = 0; i < steps->count; i++) {
        enum rlx_tokenizer_start start = RLX_START_KEEP;
        if (!find_start(p, &steps->all[i], joined, &start))
            return false;
        if (start != RLX_START_KEEP && p->start != RLX_START_KEEP)
            return refuse(p, "two steps that change the start of a text");
        p->start = start != RLX_START_KEEP ? start : p->start;
        p->each_byte = p->each_byte || (!joined && steps->all[i].kind == DECODE_byte_fallback);
        joined =
            joined || steps->all[i].kind == DECODE_fuse || steps->all[i].kind == DECODE_byte_level;
    }
    return true;
}

static struct symbol without_spaces(struct symbol s)
{
    while (s.bytes && s.text[0] == ' ')
        s = (struct symbol){s.text + 1, s.bytes - 1};
    return s;
}

static bool equal(struct symbol a, struct symbol b)
{
    return a.bytes == b.bytes && memcmp(a.text, b.text, a.bytes) == 0;
}

static bool check_length(struct packing *p, uint32_t token, struct symbol s, uint64_t before)
{
    if (s.bytes > MAX_DECODED)
        return diag_error(p->diags, p->place, "token %u: expected at most %d bytes, found %u",
                          token, MAX_DECODED, s.bytes);
    if (before + s.bytes > INT32_MAX / 2)
        return diag_error(p->diags, p->place, "expected tokens of less than 1 GiB together");
    return true;
}

/* Texts at the start that are not those inside a text without the spaces in front, and those of
 * first tokens that decode to nothing. They follow the others in DECODED. */
static bool pack_starts(struct packing *p, const struct symbol *inside, struct text *texts)
{
    const struct vocabulary *v = p->vocabulary;
    const struct decoding first = {p, true};
    struct rlx_tokenizer_start_text *starts = NULL;
    uint32_t count = 0, capacity = 0;
    for (uint32_t i = 0; i < v->token_count && p->start == RLX_START_TOKEN; i++) {
        struct symbol s = decode(&first, &v->tokens[i]);
        if (equal(s, without_spaces(inside[i])) && (s.bytes || !v->tokens[i].text))
            continue;
        if (!check_length(p, i, s, texts->bytes))
            return false;
        ARENA_PUSH(p->arena, starts, count, capacity) =
            (struct rlx_tokenizer_start_text){i, texts->bytes, s.bytes};
        text_add_bytes(texts, s.text, s.bytes);
    }
    packing_set_table(p, RLX_TABLE_STARTS, starts, count, sizeof *starts);
    return true;
}

bool pack_decoded(struct packing *p)
{
    const struct vocabulary *v = p->vocabulary;
    const struct decoding later = {p, false};
    struct symbol *inside = arena_new(p->arena, struct symbol, p->token_count);
    bool same = true;
    uint64_t bytes = 0;
    if (!find_starts(p))
        return false;
    for (uint32_t i = 0; i < p->token_count; i++) {
        inside[i] = i < v->token_count ? decode(&later, &v->tokens[i]) : (struct symbol){"", 0};
        same = same && equal(inside[i], p->symbols[i]);
        if (!check_length(p, i, inside[i], bytes))
            return false;
        bytes += inside[i].bytes;
    }
    struct text texts = {.arena = p->arena};
    uint32_t *ends = arena_new(p->arena, uint32_t, (size_t)p->token_count + 1);
    for (uint32_t i = 0; i < p->token_count; i++) {
        text_add_bytes(&texts, inside[i].text, inside[i].bytes);
        ends[i + 1] = texts.bytes;
    }
    if (!pack_starts(p, inside, &texts))
        return false;
    if (same && !p->tables[RLX_TABLE_STARTS].count)
        return true;
    packing_set_table(p, RLX_TABLE_DECODED, texts.data, texts.bytes, 1);
    packing_set_table(p, RLX_TABLE_DECODED_ENDS, ends, (uint64_t)p->token_count + 1, sizeof *ends);
    return true;
}
