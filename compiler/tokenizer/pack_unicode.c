/* Unicode tables of a tokenizer's section: the classes for splitting into words, and normalization
 * form C if the vocabulary uses it. In: utf8proc's tables. Out: tables CLASS_*, CASE_* and
 * NFC_*. */
#include "compiler/tokenizer/pack_parts.h"

#include <string.h>
#include <utf8proc.h>

enum { POINTS = 0x110000, MOST_DECOMPOSED = 4 };

static bool is_surrogate(int32_t point)
{
    return point >= 0xd800 && point < 0xe000;
}

static bool is_hangul(int32_t point)
{
    return point >= 0xac00 && point < 0xac00 + 11172;
}

static bool is_white_space(int32_t c)
{
    return (c >= 9 && c <= 13) || c == ' ' || c == 0x85 || c == 0xa0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
           c == 0x205f || c == 0x3000;
}

/* The full canonical decomposition; if there is none, a count of 1 and the point itself. */
static int decompose(int32_t point, int32_t out[MOST_DECOMPOSED])
{
    int boundary = 0;
    utf8proc_ssize_t count =
        utf8proc_decompose_char(point, out, MOST_DECOMPOSED, UTF8PROC_DECOMPOSE, &boundary);
    assert(count >= 1 && count <= MOST_DECOMPOSED);
    return (int)count;
}

/* Whether composing the decomposition returns the point, that is, whether form C has it. */
static int32_t compose(const int32_t *points, int count)
{
    int32_t copy[MOST_DECOMPOSED + 1];
    memcpy(copy, points, sizeof *copy * (size_t)count);
    utf8proc_ssize_t left =
        utf8proc_normalize_utf32(copy, count, UTF8PROC_COMPOSE | UTF8PROC_STABLE);
    return left == 1 ? copy[0] : -1;
}

static uint8_t class_of(int32_t point)
{
    if (is_surrogate(point))
        return RLX_CLASS_OTHER;
    if (is_white_space(point))
        return RLX_CLASS_SPACE;
    switch (utf8proc_category(point)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
        return RLX_CLASS_LETTER | RLX_CLASS_WORD;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
        return RLX_CLASS_NUMBER | RLX_CLASS_WORD;
    case UTF8PROC_CATEGORY_NO:
        return RLX_CLASS_NUMBER;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_PC:
        return RLX_CLASS_OTHER | RLX_CLASS_WORD;
    default:
        return RLX_CLASS_OTHER;
    }
}

/* Marks what normalization may change: combining marks, points that decompose, and second halves of
 * compositions. */
static void mark_nfc(uint8_t *classes)
{
    for (int32_t c = 0; c < POINTS; c++) {
        int32_t parts[MOST_DECOMPOSED];
        if (is_surrogate(c) || is_hangul(c))
            continue;
        int count = decompose(c, parts);
        bool kept = compose(parts, count) == c;
        if (utf8proc_get_property(c)->combining_class || !kept)
            classes[c] |= RLX_CLASS_NFC;
        if (count > 1 && kept)
            classes[parts[count - 1]] |= RLX_CLASS_NFC;
    }
    for (int32_t c = 0x1161; c <= 0x1175; c++)
        classes[c] |= RLX_CLASS_NFC;
    for (int32_t c = 0x11a8; c <= 0x11c2; c++)
        classes[c] |= RLX_CLASS_NFC;
}

/* Four bits per code point, in pages; equal pages are stored once. */
static void pack_pages(struct packing *p, const uint8_t *values,
                       enum rlx_tokenizer_table_kind index_kind,
                       enum rlx_tokenizer_table_kind pages_kind)
{
    uint8_t *index = arena_alloc(p->arena, RLX_CLASS_PAGES, 1);
    uint8_t(*pages)[128] = arena_alloc(p->arena, 256 * 128, 1);
    uint32_t page_count = 0;
    for (uint32_t i = 0; i < RLX_CLASS_PAGES; i++) {
        uint8_t page[128];
        uint32_t same = 0;
        for (uint32_t k = 0; k < 128; k++)
            page[k] = (uint8_t)(values[i * 256 + 2 * k] | values[i * 256 + 2 * k + 1] << 4);
        while (same < page_count && memcmp(pages[same], page, sizeof page) != 0)
            same++;
        assert(same < 256);
        if (same == page_count)
            memcpy(pages[page_count++], page, sizeof page);
        index[i] = (uint8_t)same;
    }
    packing_set_table(p, index_kind, index, RLX_CLASS_PAGES, 1);
    packing_set_table(p, pages_kind, pages, page_count * 128, 1);
}

static uint8_t case_of(int32_t point)
{
    switch (is_surrogate(point) ? UTF8PROC_CATEGORY_CS : utf8proc_category(point)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LT:
        return RLX_CASE_U;
    case UTF8PROC_CATEGORY_LL:
        return RLX_CASE_W;
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
        return RLX_CASE_U | RLX_CASE_W;
    default:
        return 0;
    }
}

void pack_classes(struct packing *p)
{
    uint8_t *values = arena_alloc(p->arena, POINTS, 1);
    for (int32_t c = 0; c < POINTS; c++)
        values[c] = class_of(c);
    if (p->vocabulary->nfc)
        mark_nfc(values);
    pack_pages(p, values, RLX_TABLE_CLASS_INDEX, RLX_TABLE_CLASS_PAGES);
    if (!p->vocabulary->split.cased)
        return;
    for (int32_t c = 0; c < POINTS; c++)
        values[c] = case_of(c);
    pack_pages(p, values, RLX_TABLE_CASE_INDEX, RLX_TABLE_CASE_PAGES);
}

static void pack_combining_classes(struct packing *p)
{
    struct rlx_nfc_class *ranges = NULL;
    uint32_t count = 0, capacity = 0;
    for (int32_t c = 0; c < POINTS; c++) {
        uint32_t class = is_surrogate(c) ? 0 : (uint32_t)utf8proc_get_property(c)->combining_class;
        if (!class)
            continue;
        if (count && ranges[count - 1].last + 1 == (uint32_t)c &&
            ranges[count - 1].combining_class == class)
            ranges[count - 1].last++;
        else
            ARENA_PUSH(p->arena, ranges, count, capacity) =
                (struct rlx_nfc_class){(uint32_t)c, (uint32_t)c, class};
    }
    packing_set_table(p, RLX_TABLE_NFC_CLASSES, ranges, count, sizeof *ranges);
}

static int compare_compositions(const struct rlx_nfc_composition *a,
                                const struct rlx_nfc_composition *b)
{
    if (a->first != b->first)
        return a->first < b->first ? -1 : 1;
    return a->second < b->second ? -1 : a->second > b->second;
}

/* Insertion sort: about a thousand, nearly in order. */
static void sort_compositions(struct rlx_nfc_composition *all, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        struct rlx_nfc_composition moving = all[i];
        uint32_t k = i;
        for (; k > 0 && compare_compositions(&moving, &all[k - 1]) < 0; k--)
            all[k] = all[k - 1];
        all[k] = moving;
    }
}

void pack_nfc(struct packing *p)
{
    struct rlx_nfc_decomposition *parts = NULL;
    struct rlx_nfc_composition *pairs = NULL;
    uint32_t *points = NULL;
    uint32_t part_count = 0, part_capacity = 0, pair_count = 0, pair_capacity = 0, point_count = 0,
             point_capacity = 0;
    for (int32_t c = 0; c < POINTS; c++) {
        int32_t full[MOST_DECOMPOSED];
        if (is_surrogate(c) || is_hangul(c))
            continue;
        int count = decompose(c, full);
        if (count == 1 && full[0] == c)
            continue;
        ARENA_PUSH(p->arena, parts, part_count, part_capacity) =
            (struct rlx_nfc_decomposition){(uint32_t)c, point_count << 3 | (uint32_t)count};
        for (int i = 0; i < count; i++)
            ARENA_PUSH(p->arena, points, point_count, point_capacity) = (uint32_t)full[i];
        if (count > 1 && compose(full, count) == c) {
            int32_t first = compose(full, count - 1);
            assert(first >= 0);
            ARENA_PUSH(p->arena, pairs, pair_count, pair_capacity) = (struct rlx_nfc_composition){
                (uint32_t)first, (uint32_t)full[count - 1], (uint32_t)c};
        }
    }
    sort_compositions(pairs, pair_count);
    pack_combining_classes(p);
    packing_set_table(p, RLX_TABLE_NFC_DECOMPOSITIONS, parts, part_count, sizeof *parts);
    packing_set_table(p, RLX_TABLE_NFC_POINTS, points, point_count, sizeof *points);
    packing_set_table(p, RLX_TABLE_NFC_COMPOSITIONS, pairs, pair_count, sizeof *pairs);
}
