/* Normalization forms as tables. In: utf8proc's properties, without what came after Unicode 9,
 * because the tokenizers library knows no later forms. Decompositions and combining classes never
 * change (Unicode Character Encoding Stability Policies), so leaving out later characters is
 * enough. Out: records of code points, and compositions. */
#include "compiler/import/tokenizer/pipeline_steps.h"
#include "compiler/tokenizer/pack_normal_parts.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { MAX_DECOMPOSED = 24, VERSION_forms = 9, FORM_FLAGS = 4 };

struct form_tables {
    struct arena *arena;
    int decompose; /* utf8proc's options */
    bool composes;
    uint16_t *records;                /* [NORMAL_POINTS]: number of its record */
    uint8_t *flags;                   /* [NORMAL_POINTS] */
    uint32_t plain[256 * FORM_FLAGS]; /* record + 1 by class and flags, without decomposition */
    struct rlx_form_record *all;
    uint32_t count, capacity;
    uint32_t *points;
    uint32_t point_count, point_capacity;
    struct rlx_form_composition *compositions;
    uint32_t composition_count, composition_capacity;
};

static bool is_inert(uint32_t c)
{
    return (c >= 0xd800 && c < 0xe000) || unicode_newer_than(c, VERSION_forms);
}

static bool is_hangul(uint32_t c)
{
    return c >= 0xac00 && c < 0xac00 + 11172;
}

static uint8_t class_of(uint32_t c)
{
    return is_inert(c) ? 0 : (uint8_t)utf8proc_get_property((utf8proc_int32_t)c)->combining_class;
}

/* The full decomposition; without any, a count of 1 and the point itself. */
static int decompose(uint32_t point, int options, int32_t out[MAX_DECOMPOSED])
{
    int boundary = 0;
    if (is_inert(point)) {
        out[0] = (int32_t)point;
        return 1;
    }
    utf8proc_ssize_t count =
        utf8proc_decompose_char((utf8proc_int32_t)point, out, MAX_DECOMPOSED, options, &boundary);
    assert(count >= 1 && count <= MAX_DECOMPOSED);
    return (int)count;
}

/* The one point that a sequence composes to, or -1. */
static int32_t compose(const int32_t *points, int count)
{
    int32_t copy[MAX_DECOMPOSED + 1];
    memcpy(copy, points, sizeof *copy * (size_t)count);
    utf8proc_ssize_t left =
        utf8proc_normalize_utf32(copy, count, UTF8PROC_COMPOSE | UTF8PROC_STABLE);
    return left == 1 ? copy[0] : -1;
}

static void find_compositions(struct form_tables *f)
{
    for (uint32_t c = 0; c < NORMAL_POINTS; c++) {
        int32_t full[MAX_DECOMPOSED];
        int count = is_hangul(c) ? 1 : decompose(c, UTF8PROC_DECOMPOSE, full);
        if (count == 1 || compose(full, count) != (int32_t)c)
            continue;
        int32_t first = compose(full, count - 1);
        assert(first >= 0);
        ARENA_PUSH(f->arena, f->compositions, f->composition_count, f->composition_capacity) =
            (struct rlx_form_composition){(uint32_t)first, (uint32_t)full[count - 1], c};
        f->flags[full[count - 1]] = RLX_FORM_SECOND | RLX_FORM_TOUCHED;
    }
    for (uint32_t c = 0x1161; c <= 0x11c2; c++)
        if (c <= 0x1175 || c >= 0x11a8)
            f->flags[c] = RLX_FORM_SECOND | RLX_FORM_TOUCHED;
}

static int compare_compositions(const void *x, const void *y)
{
    const struct rlx_form_composition *a = x, *b = y;
    if (a->first != b->first)
        return a->first < b->first ? -1 : 1;
    return a->second < b->second ? -1 : a->second > b->second;
}

/* Whether the form may change the point where it stands. */
static bool is_touched(const struct form_tables *f, uint32_t c, const int32_t *parts, int count)
{
    if (class_of(c) || (!f->composes && (count > 1 || parts[0] != (int32_t)c)))
        return true;
    return f->composes && (compose(parts, count) != (int32_t)c || f->flags[parts[0]] ||
                           class_of((uint32_t)parts[0]));
}

/* The record of points that have no decomposition of their own. */
static uint32_t plain_record(struct form_tables *f, uint8_t class, uint8_t flags)
{
    uint32_t *known = &f->plain[class * FORM_FLAGS + flags];
    if (*known == 0) {
        ARENA_PUSH(f->arena, f->all, f->count, f->capacity) =
            (struct rlx_form_record){.combining_class = class, .flags = flags};
        *known = f->count;
    }
    return *known - 1;
}

static void add_record(struct form_tables *f, uint32_t c)
{
    int32_t parts[MAX_DECOMPOSED];
    uint8_t class = class_of(c);
    if (is_hangul(c) || is_inert(c)) {
        f->records[c] =
            (uint16_t)plain_record(f, 0, is_hangul(c) && !f->composes ? RLX_FORM_TOUCHED : 0);
        return;
    }
    int count = decompose(c, f->decompose, parts);
    uint8_t flags = f->flags[c];
    if (is_touched(f, c, parts, count))
        flags |= RLX_FORM_TOUCHED;
    if (count == 1 && parts[0] == (int32_t)c) {
        f->records[c] = (uint16_t)plain_record(f, class, flags);
        return;
    }
    f->records[c] = (uint16_t)f->count;
    ARENA_PUSH(f->arena, f->all, f->count, f->capacity) =
        (struct rlx_form_record){f->point_count, (uint8_t)count, class, flags, 0};
    for (int i = 0; i < count; i++)
        ARENA_PUSH(f->arena, f->points, f->point_count, f->point_capacity) = (uint32_t)parts[i];
}

void pack_form(enum normal_form form, struct table_bytes *t)
{
    struct form_tables f = {.arena = t->arena,
                            .decompose = UTF8PROC_DECOMPOSE,
                            .composes = form == FORM_nfc || form == FORM_nfkc};
    uint32_t start = t->count;
    if (form == FORM_nfkc || form == FORM_nfkd)
        f.decompose |= UTF8PROC_COMPAT;
    f.records = arena_new(f.arena, uint16_t, NORMAL_POINTS);
    f.flags = arena_new(f.arena, uint8_t, NORMAL_POINTS);
    plain_record(&f, 0, 0); /* number 0 */
    if (f.composes) {
        find_compositions(&f);
        qsort(f.compositions, f.composition_count, sizeof *f.compositions, compare_compositions);
    }
    for (uint32_t c = 0; c < NORMAL_POINTS; c++)
        add_record(&f, c);
    assert(f.count <= UINT16_MAX);
    struct rlx_normal_form header = {.record_count = f.count,
                                     .point_count = f.point_count,
                                     .composition_count = f.composition_count,
                                     .composes = f.composes};
    table_add(t, &header, sizeof header);
    header.page_count = table_add_pages(t, f.records, sizeof *f.records);
    table_add(t, f.all, f.count * sizeof *f.all);
    table_add(t, f.points, f.point_count * sizeof *f.points);
    table_add(t, f.compositions, f.composition_count * sizeof *f.compositions);
    memcpy(t->data + start, &header, sizeof header);
}
