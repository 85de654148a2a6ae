/* Normalization forms C, D, KC and KD (Unicode Standard Annex 15). In: text and the tables of a
 * form. Out: the text in that form. It takes text in runs: a character that the form never touches,
 * and all after it that the form may touch. It decomposes, orders and composes only such runs.
 */
#include "runtime/tokenizer/normal_parts.h"

#include <stdlib.h>

enum {
    HANGUL_BASE = 0xac00,
    HANGUL_COUNT = 11172,
    LEAD_BASE = 0x1100,
    LEAD_COUNT = 19,
    VOWEL_BASE = 0x1161,
    VOWEL_COUNT = 21,
    TAIL_BASE = 0x11a7,
    TAIL_COUNT = 28,
    FEW_MARKS = 16, /* so many are ordered by insertion */
};

struct run_point {
    uint32_t point;
    uint8_t class; /* combining class */
    bool second;   /* RLX_FORM_SECOND */
};

struct run {
    const struct form_view *view;
    struct run_point *points, *ordered; /* `capacity` each */
    size_t count, capacity;
    bool failed;
};

bool form_view(const uint8_t *table, size_t bytes, struct form_view *v)
{
    const struct rlx_normal_form *form = (const void *)table;
    if (bytes < sizeof *form)
        return false;
    uint64_t fixed = sizeof *form + RLX_NORMAL_INDEX * 2,
             pages = (uint64_t)form->page_count * RLX_NORMAL_PAGE * 2,
             records = form->record_count * (uint64_t)sizeof *v->records,
             points = (uint64_t)form->point_count * 4,
             compositions = form->composition_count * (uint64_t)sizeof *v->compositions;
    if (form->record_count == 0 || fixed + pages + records + points + compositions > bytes)
        return false;
    v->form = form;
    v->index = (const void *)(table + sizeof *form);
    v->pages = v->index + RLX_NORMAL_INDEX;
    v->records = (const void *)(table + fixed + pages);
    v->points = (const void *)(table + fixed + pages + records);
    v->compositions = (const void *)(table + fixed + pages + records + points);
    return true;
}

static const struct rlx_form_record *record_of(const struct form_view *v, uint32_t point)
{
    uint32_t record =
        point < 0x110000 ? normal_page(v->index, v->pages, v->form->page_count, point) : 0;
    return &v->records[record < v->form->record_count ? record : 0];
}

static bool grow_run(struct run *r)
{
    size_t capacity = r->capacity * 2 + 64;
    struct run_point *points = realloc(r->points, capacity * sizeof *points);
    if (points)
        r->points = points;
    struct run_point *ordered = realloc(r->ordered, capacity * sizeof *ordered);
    if (ordered)
        r->ordered = ordered;
    if (points && ordered)
        r->capacity = capacity;
    r->failed = !points || !ordered;
    return !r->failed;
}

static void add_point(struct run *r, uint32_t point)
{
    const struct rlx_form_record *record = record_of(r->view, point);
    if (r->count == r->capacity && !grow_run(r))
        return;
    r->points[r->count++] =
        (struct run_point){point, record->combining_class, (record->flags & RLX_FORM_SECOND) != 0};
}

static void add_hangul(struct run *r, uint32_t syllable)
{
    uint32_t tail = syllable % TAIL_COUNT;
    add_point(r, LEAD_BASE + syllable / (VOWEL_COUNT * TAIL_COUNT));
    add_point(r, VOWEL_BASE + syllable / TAIL_COUNT % VOWEL_COUNT);
    if (tail)
        add_point(r, TAIL_BASE + tail);
}

static void add_decomposed(struct run *r, uint32_t point)
{
    const struct rlx_form_record *record = record_of(r->view, point);
    uint32_t point_count = r->view->form->point_count;
    if (point - HANGUL_BASE < HANGUL_COUNT)
        add_hangul(r, point - HANGUL_BASE);
    else if (record->count == 0 || record->first > point_count ||
             record->count > point_count - record->first)
        add_point(r, point);
    else
        for (uint32_t i = 0; i < record->count; i++)
            add_point(r, r->view->points[record->first + i]);
}

static void insert_marks(struct run_point *marks, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct run_point moving = marks[i];
        size_t k = i;
        for (; k > 0 && marks[k - 1].class > moving.class; k--)
            marks[k] = marks[k - 1];
        marks[k] = moving;
    }
}

/* By counting, so that a text of nothing but marks is no trap. */
static void count_marks(struct run_point *marks, struct run_point *ordered, size_t count)
{
    size_t starts[257] = {0};
    for (size_t i = 0; i < count; i++)
        starts[marks[i].class + 1]++;
    for (uint32_t class = 1; class < 257; class ++)
        starts[class] += starts[class - 1];
    for (size_t i = 0; i < count; i++)
        ordered[starts[marks[i].class]++] = marks[i];
    memcpy(marks, ordered, count * sizeof *marks);
}

/* Sorts each stretch of marks by class, keeping the order of equal ones. */
static void order_marks(struct run *r)
{
    for (size_t start = 0; start < r->count;) {
        size_t end = start;
        bool sorted = true;
        for (; end < r->count && r->points[end].class; end++)
            sorted = sorted && (end == start || r->points[end - 1].class <= r->points[end].class);
        if (!sorted && end - start <= FEW_MARKS)
            insert_marks(r->points + start, end - start);
        else if (!sorted)
            count_marks(r->points + start, r->ordered, end - start);
        start = end + (end < r->count);
    }
}

static uint32_t compose_hangul(uint32_t first, uint32_t second)
{
    uint32_t lead = first - LEAD_BASE, vowel = second - VOWEL_BASE, syllable = first - HANGUL_BASE,
             tail = second - TAIL_BASE;
    if (lead < LEAD_COUNT && vowel < VOWEL_COUNT)
        return HANGUL_BASE + (lead * VOWEL_COUNT + vowel) * TAIL_COUNT;
    if (syllable < HANGUL_COUNT && syllable % TAIL_COUNT == 0 && tail > 0 && tail < TAIL_COUNT)
        return first + tail;
    return 0;
}

/* The composition of two points, or 0. */
static uint32_t compose(const struct form_view *v, uint32_t first, uint32_t second)
{
    uint32_t low = 0, high = v->form->composition_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct rlx_form_composition *p = &v->compositions[middle];
        if (p->first < first || (p->first == first && p->second < second))
            low = middle + 1;
        else if (p->first == first && p->second == second)
            return p->result;
        else
            high = middle;
    }
    return compose_hangul(first, second);
}

/* Each point joins the last starter before it, unless one between them blocks it: a starter, or a
 * mark of the same or a higher class. */
static void compose_run(struct run *r)
{
    size_t used = 0, starter = SIZE_MAX;
    uint32_t last_class = 0;
    for (size_t i = 0; i < r->count; i++) {
        struct run_point p = r->points[i];
        bool adjacent = starter != SIZE_MAX && used == starter + 1;
        if (p.second && starter != SIZE_MAX && (adjacent || last_class < p.class)) {
            uint32_t whole = compose(r->view, r->points[starter].point, p.point);
            if (whole) {
                r->points[starter].point = whole;
                continue;
            }
        }
        if (p.class == 0)
            starter = used;
        last_class = p.class;
        r->points[used++] = p;
    }
    r->count = used;
}

/* The run in place of the text [start, end). */
static void finish_run(struct run *r, size_t start, size_t end, struct normal_out *o)
{
    order_marks(r);
    if (r->view->form->composes)
        compose_run(r);
    if (!normal_replace(o, start, end, NULL, 0))
        return;
    char *to = normal_room(o, r->count * 4);
    for (size_t i = 0; to && i < r->count; i++) {
        uint32_t length = utf8_write(r->points[i].point & 0x1fffff, to);
        to += length;
        o->bytes->count += length;
    }
    r->count = 0;
}

static bool is_touched(const struct form_view *v, uint32_t point)
{
    return record_of(v, point)->flags & RLX_FORM_TOUCHED;
}

/* Where the next run begins: at the character before the first one that the form may touch. */
static size_t next_run(const struct form_view *v, const char *text, size_t bytes, size_t at)
{
    size_t before = at;
    while (at < bytes) {
        size_t end = ascii_end(text, bytes, at);
        if (end > at) {
            before = end - 1;
            at = end;
            continue;
        }
        uint32_t point, length = utf8_read(text, bytes, at, &point);
        if (length > 1 && is_touched(v, point))
            return utf8_valid_at(text, bytes, before) ? before : at;
        before = at;
        at += length;
    }
    return bytes;
}

void normal_form(const struct form_view *v, const char *text, size_t bytes, struct normal_out *o)
{
    struct run run = {.view = v};
    for (size_t at = 0; !run.failed && !normal_failed(o);) {
        size_t start = at = next_run(v, text, bytes, at);
        if (at == bytes)
            break;
        while (at < bytes && !run.failed) {
            uint32_t point, length = utf8_read(text, bytes, at, &point);
            bool touched = utf8_valid_at(text, bytes, at) && is_touched(v, point);
            if (at != start && !touched)
                break;
            add_decomposed(&run, point);
            at += length;
        }
        if (!run.failed)
            finish_run(&run, start, at, o);
    }
    o->no_memory = o->no_memory || run.failed;
    free(run.points);
    free(run.ordered);
}
