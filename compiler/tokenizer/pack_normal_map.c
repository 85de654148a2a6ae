/* Maps of code points to sequences: lower case, isolated ideographs, and replacements of single
 * characters. In: steps. Out: the values of each code point; maps that follow each other as one;
 * their tables. */
#include "compiler/import/tokenizer/pipeline_steps.h"
#include "compiler/tokenizer/expression.h"
#include "compiler/tokenizer/pack_normal_parts.h"
#include "runtime/base/utf8.h"

#include <string.h>
#include <utf8proc.h>

enum { MAX_SEQUENCES = UINT16_MAX - RLX_MAP_SEQUENCE };

static bool is_surrogate(uint32_t point)
{
    return point >= 0xd800 && point < 0xe000;
}

static uint16_t add_sequence(struct point_map *m, struct arena *a, struct step_text text)
{
    ARENA_PUSH(a, m->sequences, m->count, m->capacity) = text;
    return (uint16_t)(m->count - 1 + RLX_MAP_SEQUENCE);
}

static struct step_text text_of_points(struct arena *a, const uint32_t *points, uint32_t count)
{
    char *text = arena_new(a, char, 4 * count + 1);
    uint32_t bytes = 0;
    for (uint32_t i = 0; i < count; i++)
        bytes += utf8_write(points[i], text + bytes);
    return (struct step_text){text, bytes};
}

/* Lower case of Unicode 16 and 17, for characters that utf8proc does not know. */
static uint32_t newer_lower(uint32_t c)
{
    static const struct {
        uint32_t first, last, lower;
    } newer[] = {
        {0x1c89, 0x1c89, 0x1c8a},    {0xa7cb, 0xa7cb, 0x264},  {0xa7cc, 0xa7cc, 0xa7cd},
        {0xa7ce, 0xa7ce, 0xa7cf},    {0xa7d2, 0xa7d2, 0xa7d3}, {0xa7d4, 0xa7d4, 0xa7d5},
        {0xa7da, 0xa7da, 0xa7db},    {0xa7dc, 0xa7dc, 0x19b},  {0x10d50, 0x10d65, 0x10d70},
        {0x16ea0, 0x16eb8, 0x16ebb},
    };
    for (size_t i = 0; i < countof(newer); i++)
        if (c >= newer[i].first && c <= newer[i].last)
            return newer[i].lower + (c - newer[i].first);
    return c;
}

/* Full mappings: the only one of several characters that needs no context is that of U+0130
 * (SpecialCasing.txt). */
static void map_lowercase(struct point_map *m, struct arena *a)
{
    for (uint32_t c = 0; c < NORMAL_POINTS; c++) {
        uint32_t lower[2] = {c, 0x307};
        if (is_surrogate(c))
            continue;
        lower[0] = c == 0x130 ? 'i' : (uint32_t)utf8proc_tolower((utf8proc_int32_t)c);
        if (lower[0] == c)
            lower[0] = newer_lower(c);
        if (lower[0] != c)
            m->values[c] = add_sequence(m, a, text_of_points(a, lower, c == 0x130 ? 2 : 1));
    }
}

static void map_ideographs(struct point_map *m)
{
    for (uint32_t c = 0; c < NORMAL_POINTS; c++)
        if (unicode_is_ideograph(c))
            m->values[c] = RLX_MAP_ISOLATED;
}

/* What a sequence or a choice of one child is. */
static const struct node *only_child(const struct expression *e, const struct node *n)
{
    while ((n->kind == NODE_sequence || n->kind == NODE_choice) && n->first != NODE_NONE &&
           e->nodes[n->first].next == NODE_NONE)
        n = &e->nodes[n->first];
    return n;
}

/* The set whose characters the expression matches, if it matches single ones; with `runs`, also
 * what matches runs of them. NULL if it is something else. */
static const struct point_set *single_set(const struct expression *e, bool runs)
{
    const struct node *n = only_child(e, &e->nodes[e->root]);
    if (n->kind == NODE_repeat && runs && n->min == 1)
        n = only_child(e, &e->nodes[n->first]);
    return n->kind == NODE_set ? &e->sets[n->set] : NULL;
}

/* A replacement of each character of a set. Expressions that do not parse are none; who compiles
 * them says why. */
static bool map_set(const struct text_step *s, struct arena *a, struct point_map *m)
{
    struct arena work = {0};
    struct diags ignored = {.arena = &work};
    const struct point_set *set = NULL;
    struct expression *e = s->literal ? NULL
                                      : expression_parse(s->expression.text, s->expression.bytes,
                                                         false, &work, (struct place){0}, &ignored);
    if (e)
        set = single_set(e, s->content.bytes == 0);
    uint16_t value = set ? add_sequence(m, a, s->content) : RLX_MAP_SAME;
    for (uint32_t i = 0; set && i < set->count; i++)
        for (uint32_t c = set->ranges[i].first; c <= set->ranges[i].last; c++)
            m->values[c] = value;
    arena_free(&work);
    return set != NULL;
}

bool point_map_of(const struct text_step *s, struct arena *a, struct point_map *out)
{
    switch (s->kind) {
    case STEP_lowercase:
        map_lowercase(out, a);
        return true;
    case STEP_isolate_ideographs:
        map_ideographs(out);
        return true;
    case STEP_replace:
        return map_set(s, a, out);
    default:
        return false;
    }
}

/* What a map makes of a text. */
static struct step_text apply(const struct point_map *m, struct step_text text, struct arena *a)
{
    struct table_bytes to = {.arena = a};
    for (uint32_t at = 0, length; at < text.bytes; at += length) {
        uint32_t point;
        length = utf8_read(text.text, text.bytes, at, &point);
        uint32_t value = length == 1 && point >= 0x80 ? RLX_MAP_SAME : m->values[point];
        if (value >= RLX_MAP_SEQUENCE) {
            struct step_text sequence = m->sequences[value - RLX_MAP_SEQUENCE];
            table_add(&to, sequence.text, sequence.bytes);
            continue;
        }
        if (value == RLX_MAP_ISOLATED)
            table_add(&to, " ", 1);
        table_add(&to, text.text + at, length);
        if (value == RLX_MAP_ISOLATED)
            table_add(&to, " ", 1);
    }
    return (struct step_text){(const char *)to.data, to.count};
}

static struct step_text isolated(struct arena *a, uint32_t point)
{
    return text_of_points(a, (const uint32_t[]){' ', point, ' '}, 3);
}

/* Whether the second map changes a code point that the first puts between spaces. */
static bool changes_isolated(const struct point_map *second, uint32_t point)
{
    return second->values[point] != RLX_MAP_SAME || second->values[' '] != RLX_MAP_SAME;
}

bool point_map_join(struct point_map *first, const struct point_map *second, struct arena *a)
{
    struct point_map joined = {.values = first->values};
    uint32_t count = first->count + second->count;
    for (uint32_t c = 0; c < NORMAL_POINTS; c++)
        count += first->values[c] == RLX_MAP_ISOLATED && changes_isolated(second, c);
    if (count > MAX_SEQUENCES)
        return false;
    for (uint32_t i = 0; i < first->count; i++)
        add_sequence(&joined, a, apply(second, first->sequences[i], a));
    for (uint32_t i = 0; i < second->count; i++)
        add_sequence(&joined, a, second->sequences[i]);
    for (uint32_t c = 0; c < NORMAL_POINTS; c++) {
        uint16_t two = second->values[c];
        if (first->values[c] == RLX_MAP_SAME)
            joined.values[c] = two >= RLX_MAP_SEQUENCE ? (uint16_t)(two + first->count) : two;
        else if (first->values[c] == RLX_MAP_ISOLATED && changes_isolated(second, c))
            joined.values[c] = add_sequence(&joined, a, apply(second, isolated(a, c), a));
    }
    *first = joined;
    return true;
}

static void fill_ascii(const struct point_map *m, uint8_t ascii[128])
{
    for (uint32_t c = 0; c < 128; c++) {
        uint32_t value = m->values[c];
        ascii[c] = value == RLX_MAP_SAME ? (uint8_t)c : RLX_MAP_LOOK_UP;
        if (value < RLX_MAP_SEQUENCE)
            continue;
        struct step_text text = m->sequences[value - RLX_MAP_SEQUENCE];
        if (text.bytes == 1 && (unsigned char)text.text[0] < 128)
            ascii[c] = (uint8_t)text.text[0];
    }
}

void pack_map(const struct point_map *m, struct table_bytes *t)
{
    struct rlx_normal_map header = {.sequence_count = m->count};
    uint32_t *ends = arena_new(t->arena, uint32_t, m->count + 1), start = t->count;
    for (uint32_t i = 0; i < m->count; i++)
        ends[i + 1] = ends[i] + m->sequences[i].bytes;
    header.text_bytes = ends[m->count];
    fill_ascii(m, header.ascii);
    table_add(t, &header, sizeof header);
    header.page_count = table_add_pages(t, m->values, sizeof *m->values);
    table_add(t, ends, (m->count + 1) * sizeof *ends);
    for (uint32_t i = 0; i < m->count; i++)
        table_add(t, m->sequences[i].text, m->sequences[i].bytes);
    memcpy(t->data + start, &header, sizeof header);
}
