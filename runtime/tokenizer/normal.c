/* The steps of a block of normalization tables, one after the other. In: text. Out: text in one of
 * two buffers, each step writing to the one that it does not read; or the input where no step
 * changes it. */
#include "runtime/tokenizer/normal_parts.h"

#include <stdlib.h>

char *normal_room(struct normal_out *o, size_t count)
{
    struct bytes *b = o->bytes;
    if (count > o->limit || b->count > o->limit - count) {
        o->too_long = true;
        return NULL;
    }
    if (!bytes_reserve(b, count)) {
        o->no_memory = true;
        return NULL;
    }
    return b->data + b->count;
}

static bool add(struct normal_out *o, const char *data, size_t count)
{
    char *to = count ? normal_room(o, count) : NULL;
    if (count && !to)
        return false;
    if (count)
        memcpy(to, data, count);
    o->bytes->count += count;
    return true;
}

bool normal_keep(struct normal_out *o, size_t at)
{
    size_t kept = o->kept;
    o->kept = at;
    return add(o, o->text + kept, at - kept);
}

bool normal_replace(struct normal_out *o, size_t start, size_t end, const char *content,
                    size_t count)
{
    o->changed = true;
    if (!normal_keep(o, start))
        return false;
    o->kept = end;
    return add(o, content, count);
}

static size_t character_end(const char *text, size_t bytes, size_t at)
{
    uint32_t point;
    return at + utf8_read(text, bytes, at, &point);
}

/* For steps that ask whether a piece begins where the whole text begins. The tokenizers library
 * knows the origin of each character: that of a replacement is the last character of its match, so
 * a match of several loses the first; and so does one that becomes nothing. */
static void note_front(size_t start, size_t end, size_t count, struct normal_out *o)
{
    if (start == 0 && end > 0 && (count == 0 || character_end(o->text, end, 0) < end))
        o->front_lost = true;
}

/* An empty literal, which is between all characters. */
static void insert_everywhere(const char *text, size_t bytes, const char *content, size_t count,
                              struct normal_out *o)
{
    for (size_t at = 0;; at = character_end(text, bytes, at)) {
        if (!normal_replace(o, at, at, content, count) || at == bytes)
            return;
    }
}

static void replace_literal(const char *text, size_t bytes, const char *literal,
                            size_t literal_bytes, const char *content, size_t count,
                            struct normal_out *o)
{
    if (literal_bytes == 0) {
        insert_everywhere(text, bytes, content, count, o);
        return;
    }
    for (size_t at = 0; at < bytes;) {
        const char *found = literal_bytes == 1
                                ? memchr(text + at, literal[0], bytes - at)
                                : memmem(text + at, bytes - at, literal, literal_bytes);
        if (!found)
            return;
        at = (size_t)(found - text);
        note_front(at, at + literal_bytes, count, o);
        if (!normal_replace(o, at, at + literal_bytes, content, count))
            return;
        at += literal_bytes;
    }
}

static void replace_matches(const struct normal *n, uint32_t scanner, const char *text,
                            size_t bytes, const char *content, size_t count,
                            struct scan_memory *memory, struct normal_out *o)
{
    struct scan scan;
    size_t start, end;
    if (!scan_start(&scan, n->scanners, scanner, text, bytes, false, memory)) {
        o->no_memory = true;
        return;
    }
    while (scan_next(&scan, &start, &end) && normal_replace(o, start, end, content, count))
        note_front(start, end, count, o);
}

/* The property White_Space of Unicode. */
static bool is_white_space(uint32_t c)
{
    return (c >= 9 && c <= 13) || c == ' ' || c == 0x85 || c == 0xa0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
           c == 0x205f || c == 0x3000;
}

/* Where the character that ends at `end` begins. */
static size_t character_start(const char *text, size_t end, uint32_t *point)
{
    size_t at = end - 1;
    while (at > 0 && end - at < 4 && (text[at] & 0xc0) == 0x80)
        at--;
    if (at + utf8_read(text, end, at, point) == end)
        return at;
    *point = POINT_INVALID;
    return end - 1;
}

static void strip(uint32_t flags, struct normal_text *t)
{
    uint32_t point;
    size_t start = 0, end = t->bytes;
    while ((flags & RLX_STRIP_LEFT) && start < end) {
        uint32_t length = utf8_read(t->text, end, start, &point);
        if (!is_white_space(point))
            break;
        start += length;
    }
    while ((flags & RLX_STRIP_RIGHT) && end > start) {
        size_t before = character_start(t->text, end, &point);
        if (!is_white_space(point))
            break;
        end = before;
    }
    t->text += start;
    t->bytes = end - start;
}

static void run_step(const struct normal *n, const struct rlx_normal_step *s, const char *text,
                     size_t bytes, struct scan_memory *memory, struct normal_out *o)
{
    const char *expression = (const char *)n->block + s->expression;
    const char *content = (const char *)n->block + s->content;
    const uint8_t *table = n->block + s->table;
    union {
        struct map_view map;
        struct form_view form;
        struct charsmap_view charsmap;
    } view;
    switch (s->kind) {
    case RLX_NORMAL_MAP:
        if (map_view(table, s->table_bytes, &view.map))
            normal_map(&view.map, text, bytes, o);
        break;
    case RLX_NORMAL_FORM:
        if (form_view(table, s->table_bytes, &view.form))
            normal_form(&view.form, text, bytes, o);
        break;
    case RLX_NORMAL_CHARSMAP:
        if (charsmap_view(table, s->table_bytes, &view.charsmap))
            normal_charsmap(&view.charsmap, text, bytes, o);
        break;
    case RLX_NORMAL_LITERAL:
        replace_literal(text, bytes, expression, s->expression_bytes, content, s->content_bytes, o);
        break;
    case RLX_NORMAL_MATCH:
        replace_matches(n, s->expression, text, bytes, content, s->content_bytes, memory, o);
        break;
    case RLX_NORMAL_PREPEND:
        normal_replace(o, 0, 0, content, s->content_bytes);
        break;
    default:
        break;
    }
}

/* The most that a step may make of a text of `bytes`. */
static size_t limit_of(size_t bytes)
{
    return bytes > (SIZE_MAX - RLX_NORMAL_ROOM) / RLX_NORMAL_GROWTH
               ? SIZE_MAX
               : bytes * RLX_NORMAL_GROWTH + RLX_NORMAL_ROOM;
}

struct normal_text normal_apply(const struct normal *n, const char *text, size_t bytes,
                                struct normal_work *work)
{
    struct normal_text now = {text, bytes, false, NORMAL_done};
    size_t limit = limit_of(bytes);
    uint32_t free_buffer = 0;
    for (uint32_t i = 0; i < n->step_count && now.bytes > 0; i++) {
        struct bytes *to = &work->buffers[free_buffer];
        struct normal_out o = {.bytes = to, .text = now.text, .limit = limit};
        to->count = 0;
        if (n->steps[i].kind == RLX_NORMAL_STRIP) {
            strip(n->steps[i].flags, &now);
            o.front_lost = now.text != o.text;
        } else {
            run_step(n, &n->steps[i], now.text, now.bytes, &work->scan, &o);
        }
        now.front_lost = now.front_lost || o.front_lost;
        if (o.changed && !normal_failed(&o))
            normal_keep(&o, now.bytes);
        if (normal_failed(&o)) {
            now.failure = o.too_long ? NORMAL_too_long : NORMAL_no_memory;
            return now;
        }
        if (o.changed) {
            now.text = to->data ? to->data : "";
            now.bytes = to->count;
            free_buffer = 1 - free_buffer;
        }
    }
    return now;
}

void normal_work_free(struct normal_work *w)
{
    free(w->buffers[0].data);
    free(w->buffers[1].data);
    scan_memory_free(&w->scan);
    *w = (struct normal_work){0};
}

static bool step_fits(const struct normal *n, const struct rlx_normal_step *s, size_t bytes)
{
    const uint8_t *table = n->block + s->table;
    struct map_view map;
    struct form_view form;
    struct charsmap_view charsmap;
    if (s->content > bytes || s->content_bytes > bytes - s->content || s->table > bytes ||
        s->table_bytes > bytes - s->table || s->table % 8)
        return false;
    switch (s->kind) {
    case RLX_NORMAL_MAP:
        return map_view(table, s->table_bytes, &map);
    case RLX_NORMAL_FORM:
        return form_view(table, s->table_bytes, &form);
    case RLX_NORMAL_CHARSMAP:
        return charsmap_view(table, s->table_bytes, &charsmap);
    case RLX_NORMAL_LITERAL:
        return s->expression <= bytes && s->expression_bytes <= bytes - s->expression;
    case RLX_NORMAL_MATCH:
        return n->scanners && s->expression < n->scanners->scanner_count;
    default:
        return s->kind < RLX_NORMAL_KINDS;
    }
}

bool normal_open(struct normal *n, const void *block, size_t bytes,
                 const struct scan_tables *scanners)
{
    const struct rlx_normal_header *header = block;
    *n = (struct normal){.block = block, .scanners = scanners};
    if (bytes == 0)
        return true;
    if (bytes < sizeof *header || header->bytes != bytes ||
        header->step_count > (bytes - sizeof *header) / sizeof *n->steps)
        return false;
    n->steps = (const void *)(header + 1);
    for (uint32_t i = 0; i < header->step_count; i++) {
        if (!step_fits(n, &n->steps[i], bytes))
            return false;
    }
    n->step_count = header->step_count;
    return true;
}
