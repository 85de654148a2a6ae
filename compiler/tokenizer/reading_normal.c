/* Normalizers, one after another. In: a stretch of text. Out: the stretch that they leave. */
#include "compiler/import/tokenizer/pipeline_steps.h"
#include "compiler/tokenizer/reading_parts.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

static void add_form(enum normal_form form, const char *text, uint32_t bytes, struct text *out)
{
    static const utf8proc_option_t options[] = {
        [FORM_nfc] = UTF8PROC_COMPOSE,
        [FORM_nfd] = UTF8PROC_DECOMPOSE,
        [FORM_nfkc] = UTF8PROC_COMPOSE | UTF8PROC_COMPAT,
        [FORM_nfkd] = UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT,
    };
    uint8_t *mapped = NULL;
    utf8proc_ssize_t mapped_bytes =
        utf8proc_map((const uint8_t *)text, bytes, &mapped, options[form] | UTF8PROC_STABLE);
    if (mapped_bytes >= 0)
        text_add_bytes(out, (const char *)mapped, (size_t)mapped_bytes);
    free(mapped);
}

/* The library's tables of forms are of Unicode 9: a newer character stays, and separates its
 * neighbours. */
static struct step_text to_form(enum normal_form form, struct step_text in, struct arena *a)
{
    struct text out = {.arena = a};
    uint32_t done = 0;
    for (uint32_t at = 0, bytes, point; at < in.bytes; at += bytes) {
        bytes = character_at(in, at, &point);
        if (!unicode_newer_than(point, 9))
            continue;
        add_form(form, in.text + done, at - done, &out);
        text_add_bytes(&out, in.text + at, bytes);
        done = at + bytes;
    }
    add_form(form, in.text + done, in.bytes - done, &out);
    return view(&out);
}

/* Of all characters only U+0130 has a lower-case mapping of two characters. */
static struct step_text to_lower_case(struct step_text in, struct arena *a)
{
    struct text out = {.arena = a};
    for (uint32_t at = 0, point; at < in.bytes;) {
        at += character_at(in, at, &point);
        if (point == 0x130)
            text_add_bytes(&out, "i\xcc\x87", 3);
        else
            add_character(&out, (uint32_t)utf8proc_tolower((utf8proc_int32_t)point));
    }
    return view(&out);
}

/* The blocks of BERT's tokenizer, with U+2B920 for U+2B820 as the tokenizers library has them. */
static bool is_ideograph(uint32_t p)
{
    return (p >= 0x4e00 && p <= 0x9fff) || (p >= 0x3400 && p <= 0x4dbf) ||
           (p >= 0x20000 && p <= 0x2a6df) || (p >= 0x2a700 && p <= 0x2b73f) ||
           (p >= 0x2b740 && p <= 0x2b81f) || (p >= 0x2b920 && p <= 0x2ceaf) ||
           (p >= 0xf900 && p <= 0xfaff) || (p >= 0x2f800 && p <= 0x2fa1f);
}

static struct step_text isolate_ideographs(struct step_text in, struct arena *a)
{
    struct text out = {.arena = a};
    for (uint32_t at = 0, point; at < in.bytes;) {
        uint32_t bytes = character_at(in, at, &point);
        text_add_bytes(&out, " ", is_ideograph(point));
        text_add_bytes(&out, in.text + at, bytes);
        text_add_bytes(&out, " ", is_ideograph(point));
        at += bytes;
    }
    return view(&out);
}

/* Beyond this, encoding gives up anyway. */
enum { MAX_EXPANDED = READING_MAX_MEMORY };

static bool replace(const struct pattern *e, struct step_text content, struct step_text in,
                    struct arena *a, struct step_text *result)
{
    struct matches found = {0};
    struct text out = {.arena = a};
    if (!pattern_find(e, in, a, &found))
        return false;
    for (uint32_t i = 0; i < found.count; i++) {
        const struct match *m = &found.all[i];
        if (m->matches && out.bytes < MAX_EXPANDED)
            text_add_bytes(&out, content.text, content.bytes);
        else
            text_add_bytes(&out, in.text + m->start, m->end - m->start);
    }
    *result = view(&out);
    return true;
}

static struct step_text strip(const struct text_step *s, struct step_text in)
{
    uint32_t point, bytes;
    while (s->left && in.bytes) {
        bytes = character_at(in, 0, &point);
        if (!is_white_space(point))
            break;
        in.text += bytes;
        in.bytes -= bytes;
    }
    while (s->right && in.bytes) {
        bytes = character_before(in, in.bytes, &point);
        if (!is_white_space(point))
            break;
        in.bytes -= bytes;
    }
    return in;
}

static struct step_text joined(struct step_text first, struct step_text second, struct arena *a)
{
    struct text out = {.arena = a};
    text_add_bytes(&out, first.text, first.bytes);
    text_add_bytes(&out, second.text, second.bytes);
    return view(&out);
}

static struct step_text spell_bytes(struct step_text in, struct arena *a)
{
    struct text out = {.arena = a};
    for (uint32_t i = 0; i < in.bytes; i++)
        add_character(&out, byte_spelling((uint8_t)in.text[i]));
    return view(&out);
}

bool normalize_step(const struct text_step *s, const struct pattern *e, struct step_text in,
                    struct arena *a, struct step_text *out)
{
    switch (s->kind) {
    case STEP_form:
        *out = to_form(s->form, in, a);
        return true;
    case STEP_lowercase:
        *out = to_lower_case(in, a);
        return true;
    case STEP_isolate_ideographs:
        *out = isolate_ideographs(in, a);
        return true;
    case STEP_replace:
        return replace(e, s->content, in, a, out);
    case STEP_strip:
        *out = strip(s, in);
        return true;
    case STEP_prepend:
        *out = in.bytes ? joined(s->content, in, a) : in;
        return true;
    case STEP_charsmap:
        *out = charsmap_apply(s, in, a);
        return true;
    case STEP_byte_level:
        *out = spell_bytes(in, a);
        return true;
    case STEP_prefix:
    case STEP_split:
        unreachable("a pre-tokenizer among the normalizers");
    }
    unreachable("an unknown step");
}

bool normalize(const struct reading *r, struct step_text in, struct arena *a, struct step_text *out)
{
    const struct text_steps *steps = &r->vocabulary->pipeline.normalizers;
    for (uint32_t i = 0; i < steps->count; i++)
        if (!normalize_step(&steps->all[i], &r->normal[i], in, a, &in) ||
            a->used > r->scratch_limit)
            return false;
    *out = in;
    return true;
}

/* Whether the first character of the text is not the origin of any: white space that is stripped, a
 * match that becomes nothing, or one of several characters, whose replacement counts as coming from
 * the last. */
static bool loses_front(const struct text_step *s, const struct pattern *e, struct step_text in,
                        struct arena *a)
{
    struct matches found = {0};
    uint32_t point;
    if (in.bytes == 0)
        return false;
    uint32_t first = character_at(in, 0, &point);
    if (s->kind == STEP_strip)
        return s->left && is_white_space(point);
    if (s->kind != STEP_replace || !pattern_find(e, in, a, &found) || found.count == 0)
        return false;
    const struct match *m = &found.all[0];
    return m->matches && m->start == 0 && m->end > 0 && (s->content.bytes == 0 || m->end > first);
}

bool normalize_loses_front(const struct reading *r, struct step_text in, struct arena *a)
{
    const struct text_steps *steps = &r->vocabulary->pipeline.normalizers;
    for (uint32_t i = 0; i < steps->count; i++)
        if (loses_front(&steps->all[i], &r->normal[i], in, a) ||
            !normalize_step(&steps->all[i], &r->normal[i], in, a, &in))
            return true;
    return false;
}
