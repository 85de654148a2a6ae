/* Decoding: ids become a list of texts, each decoder step maps the list, and what is left is
 * joined. In: ids. Out: text. In a GGUF file, the text of a special token is itself, whatever the
 * steps say. */
#include "compiler/tokenizer/reading_parts.h"

#include <string.h>

struct item {
    struct step_text text;
    bool verbatim;
};

struct items {
    struct item *all;
    uint32_t count, capacity;
};

static void add_item(struct arena *a, struct items *list, struct step_text text)
{
    ARENA_PUSH(a, list->all, list->count, list->capacity) = (struct item){text, false};
}

/* What is not UTF-8 becomes U+FFFD, one for each maximal part of a character. */
static struct step_text mend(struct step_text in, struct arena *a)
{
    struct text out = {.arena = a};
    for (uint32_t at = 0, part; at < in.bytes; at += part) {
        uint32_t valid = character_valid((const uint8_t *)in.text + at, in.bytes - at, &part);
        if (valid)
            text_add_bytes(&out, in.text + at, valid);
        else
            text_add_bytes(&out, "\xef\xbf\xbd", 3);
    }
    return view(&out);
}

static void byte_level(struct items *list, struct arena *a)
{
    for (uint32_t i = 0; i < list->count; i++) {
        struct step_text in = list->all[i].text;
        struct text out = {.arena = a};
        bool spelled = !list->all[i].verbatim;
        for (uint32_t at = 0, point; spelled && at < in.bytes;) {
            at += character_at(in, at, &point);
            int byte = spelled_byte(point);
            spelled = byte >= 0;
            text_add_bytes(&out, &(char){(char)byte}, 1);
        }
        if (spelled)
            list->all[i].text = view(&out);
    }
}

static int named_byte(const struct item *t)
{
    unsigned value;
    char name[7] = {0};
    if (t->verbatim || t->text.bytes != 6 || memcmp(t->text.text, "<0x", 3) != 0 ||
        t->text.text[5] != '>')
        return -1;
    memcpy(name, t->text.text + 3, 2);
    return strspn(name, "0123456789abcdefABCDEF") == 2 && sscanf(name, "%2x", &value) == 1
               ? (int)value
               : -1;
}

/* A run of bytes becomes their text, or as many U+FFFD as it has bytes. */
static void flush_bytes(struct text *run, struct arena *a, struct items *out)
{
    bool valid = true;
    for (uint32_t at = 0, part; at < run->bytes; at += part)
        valid = character_valid((const uint8_t *)run->data + at, run->bytes - at, &part) && valid;
    if (run->bytes && valid)
        add_item(a, out, (struct step_text){run->data, run->bytes});
    for (uint32_t i = 0; !valid && i < run->bytes; i++)
        add_item(a, out, (struct step_text){"\xef\xbf\xbd", 3});
    *run = (struct text){.arena = a};
}

static void byte_fallback(struct items *list, struct arena *a)
{
    struct items out = {0};
    struct text run = {.arena = a};
    for (uint32_t i = 0; i < list->count; i++) {
        int byte = named_byte(&list->all[i]);
        if (byte >= 0) {
            text_add_bytes(&run, &(char){(char)byte}, 1);
            continue;
        }
        flush_bytes(&run, a, &out);
        ARENA_PUSH(a, out.all, out.count, out.capacity) = list->all[i];
    }
    flush_bytes(&run, a, &out);
    *list = out;
}

static struct step_text replaced(struct step_text in, struct step_text what, struct step_text by,
                                 struct arena *a)
{
    struct text out = {.arena = a};
    uint32_t at = 0;
    const char *found;
    while (what.bytes &&
           (found = memmem(in.text + at, in.bytes - at, what.text, what.bytes)) != NULL) {
        text_add_bytes(&out, in.text + at, (size_t)(found - in.text) - at);
        text_add_bytes(&out, by.text, by.bytes);
        at = (uint32_t)(found - in.text) + what.bytes;
    }
    text_add_bytes(&out, in.text + at, in.bytes - at);
    return view(&out);
}

static void fuse(struct items *list, struct arena *a)
{
    struct text whole = {.arena = a};
    for (uint32_t i = 0; i < list->count; i++)
        text_add_bytes(&whole, list->all[i].text.text, list->all[i].text.bytes);
    list->count = 0;
    add_item(a, list, view(&whole));
}

static struct step_text stripped(const struct decoder_step *s, struct step_text in)
{
    struct step_text c = s->content;
    for (uint32_t i = 0;
         i < s->start && c.bytes && in.bytes >= c.bytes && memcmp(in.text, c.text, c.bytes) == 0;
         i++) {
        in.text += c.bytes;
        in.bytes -= c.bytes;
    }
    for (uint32_t i = 0; i < s->stop && c.bytes && in.bytes >= c.bytes &&
                         memcmp(in.text + in.bytes - c.bytes, c.text, c.bytes) == 0;
         i++)
        in.bytes -= c.bytes;
    return in;
}

static struct step_text cleaned(struct step_text in, struct arena *a)
{
    static const char *const pairs[][2] = {
        {" .", "."},   {" ?", "?"},     {" !", "!"},     {" ,", ","},
        {" ' ", "'"},  {" n't", "n't"}, {" 'm", "'m"},   {" do not", " don't"},
        {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"},
    };
    for (size_t i = 0; i < countof(pairs); i++)
        in = replaced(in, (struct step_text){pairs[i][0], (uint32_t)strlen(pairs[i][0])},
                      (struct step_text){pairs[i][1], (uint32_t)strlen(pairs[i][1])}, a);
    return in;
}

static struct step_text word_piece(const struct decoder_step *s, struct step_text in, bool first,
                                   struct arena *a)
{
    struct step_text prefix = s->content;
    bool goes_on = in.bytes >= prefix.bytes && memcmp(in.text, prefix.text, prefix.bytes) == 0;
    struct text out = {.arena = a};
    if (!first && !goes_on)
        text_add_bytes(&out, " ", 1);
    uint32_t skip = !first && goes_on ? prefix.bytes : 0;
    text_add_bytes(&out, in.text + skip, in.bytes - skip);
    return s->cleanup ? cleaned(view(&out), a) : view(&out);
}

static struct step_text marks(const struct decoder_step *s, struct step_text in, bool first,
                              struct arena *a)
{
    static const struct step_text space = {" ", 1};
    struct step_text mark = s->expression;
    if (first && s->start && in.bytes >= mark.bytes && memcmp(in.text, mark.text, mark.bytes) == 0)
        in = (struct step_text){in.text + mark.bytes, in.bytes - mark.bytes};
    return replaced(in, mark, space, a);
}

/* Steps that map each text by itself, and by its place in the list. */
static struct step_text map_item(const struct decoder_step *s, struct step_text in, bool first,
                                 bool last, struct arena *a)
{
    static const struct step_text space = {" ", 1}, nothing = {"", 0};
    switch (s->kind) {
    case DECODE_replace:
        return replaced(in, s->expression, s->content, a);
    case DECODE_strip:
        return stripped(s, in);
    case DECODE_metaspace:
        return replaced(in, s->expression, first && s->start ? nothing : space, a);
    case DECODE_marks:
        return marks(s, in, first, a);
    case DECODE_word_piece:
        return word_piece(s, in, first, a);
    case DECODE_suffix:
        return replaced(in, s->content,
                        last                  ? nothing
                        : s->expression.bytes ? s->expression
                                              : space,
                        a);
    case DECODE_byte_level:
    case DECODE_byte_fallback:
    case DECODE_fuse:
        break;
    }
    unreachable("a step of the whole list");
}

static void apply_step(const struct decoder_step *s, struct items *list, struct arena *a)
{
    if (s->kind == DECODE_byte_level)
        byte_level(list, a);
    else if (s->kind == DECODE_byte_fallback)
        byte_fallback(list, a);
    else if (s->kind == DECODE_fuse)
        fuse(list, a);
    else
        for (uint32_t i = 0; i < list->count; i++)
            if (!list->all[i].verbatim)
                list->all[i].text = map_item(s, list->all[i].text, i == 0, i + 1 == list->count, a);
}

/* An added token that is looked for in normalized text decodes to its own normalized text. */
static struct step_text text_of(const struct reading *r, uint32_t id, struct arena *a)
{
    const struct vocabulary_token *t = &r->vocabulary->tokens[id];
    struct step_text text = {t->text, t->bytes};
    if (t->added && t->normalized && !r->vocabulary->from_gguf)
        normalize(r, text, a, &text);
    return text;
}

struct step_text reading_decode(const struct reading *r, const uint32_t *ids, uint32_t count,
                                struct arena *scratch)
{
    const struct vocabulary *v = r->vocabulary;
    struct items list = {0};
    for (uint32_t i = 0; i < count; i++) {
        const struct vocabulary_token *t = ids[i] < v->token_count ? &v->tokens[ids[i]] : NULL;
        if (t && t->text)
            ARENA_PUSH(scratch, list.all, list.count, list.capacity) =
                (struct item){text_of(r, ids[i], scratch),
                              t->added && v->from_gguf && v->pipeline.model != MODEL_wordpiece};
    }
    for (uint32_t i = 0; i < v->pipeline.decoders.count; i++)
        apply_step(&v->pipeline.decoders.all[i], &list, scratch);
    fuse(&list, scratch);
    return mend(list.all[0].text, scratch);
}
