/* Compiles normalizers to a block of tables. In: the steps of a pipeline. Out: the block, with one
 * map for each run of steps that look at single characters. */
#include "compiler/tokenizer/pack_normal_parts.h"
#include "runtime/tokenizer/normal.h"

#include <string.h>

struct block {
    struct arena *arena, *work; /* for what stays, and for one step */
    struct table_bytes bytes;   /* after the header and the steps; offsets count from here */
    struct rlx_normal_step *steps;
    uint32_t count, capacity;
    struct point_map map; /* of the steps since the last one in `steps` */
    uint16_t *spare;      /* values of the next map */
    bool has_map;
    struct normal_tables *out;
    uint32_t expression_capacity;
};

void table_add(struct table_bytes *t, const void *data, size_t bytes)
{
    if (bytes == 0)
        return;
    t->data = arena_grow(t->arena, t->data, t->count, &t->capacity, (uint32_t)bytes, 1);
    memcpy(t->data + t->count, data, bytes);
    t->count += (uint32_t)bytes;
}

void table_align(struct table_bytes *t, uint32_t align)
{
    static const uint8_t zeros[8];
    table_add(t, zeros, round_up(t->count, align) - t->count);
}

uint32_t table_add_pages(struct table_bytes *t, const void *values, uint32_t size)
{
    const uint8_t *all = values;
    uint32_t page_bytes = RLX_NORMAL_PAGE * size, count = 0;
    uint16_t *index = arena_new(t->arena, uint16_t, RLX_NORMAL_INDEX);
    const uint8_t **pages = arena_new(t->arena, const uint8_t *, RLX_NORMAL_INDEX);
    for (uint32_t i = 0; i < RLX_NORMAL_INDEX; i++) {
        const uint8_t *page = all + (size_t)i * page_bytes;
        uint32_t same = 0;
        while (same < count && memcmp(pages[same], page, page_bytes) != 0)
            same++;
        if (same == count)
            pages[count++] = page;
        index[i] = (uint16_t)same;
    }
    table_add(t, index, RLX_NORMAL_INDEX * sizeof *index);
    for (uint32_t i = 0; i < count; i++)
        table_add(t, pages[i], page_bytes);
    return count;
}

/* `text` in the block; returns its offset. */
static uint32_t add_text(struct block *b, struct step_text text)
{
    uint32_t at = b->bytes.count;
    table_add(&b->bytes, text.text, text.bytes);
    return at;
}

static void add_step(struct block *b, struct rlx_normal_step step)
{
    ARENA_PUSH(b->arena, b->steps, b->count, b->capacity) = step;
}

static void add_table(struct block *b, enum rlx_normal_kind kind, const struct table_bytes *t)
{
    table_align(&b->bytes, 8);
    add_step(b, (struct rlx_normal_step){
                    .kind = kind, .table = b->bytes.count, .table_bytes = t->count});
    table_add(&b->bytes, t->data, t->count);
}

static void finish_map(struct block *b)
{
    struct table_bytes table = {.arena = b->work};
    if (!b->has_map)
        return;
    b->has_map = false;
    pack_map(&b->map, &table);
    add_table(b, RLX_NORMAL_MAP, &table);
}

/* Whether the step is a map. It joins those before it. */
static bool add_map(struct block *b, const struct text_step *s)
{
    struct point_map map = {.values = b->spare};
    memset(b->spare, 0, NORMAL_POINTS * sizeof *b->spare);
    if (!point_map_of(s, b->arena, &map))
        return false;
    if (b->has_map && point_map_join(&b->map, &map, b->arena))
        return true;
    finish_map(b);
    b->spare = b->map.values;
    b->map = map;
    b->has_map = true;
    return true;
}

static void add_replacement(struct block *b, const struct text_step *s)
{
    struct rlx_normal_step step = {.kind = RLX_NORMAL_LITERAL,
                                   .content = add_text(b, s->content),
                                   .content_bytes = s->content.bytes};
    if (s->literal) {
        step.expression = add_text(b, s->expression);
        step.expression_bytes = s->expression.bytes;
    } else {
        struct normal_tables *out = b->out;
        step.kind = RLX_NORMAL_MATCH;
        step.expression = out->expression_count;
        ARENA_PUSH(b->arena, out->expressions, out->expression_count, b->expression_capacity) =
            (struct normal_expression){s, b->count};
    }
    add_step(b, step);
}

static bool add_published(struct block *b, const struct text_step *s, struct place place,
                          struct diags *d)
{
    struct table_bytes table = {.arena = b->work};
    switch (s->kind) {
    case STEP_form:
        pack_form(s->form, &table);
        add_table(b, RLX_NORMAL_FORM, &table);
        return true;
    case STEP_replace:
        add_replacement(b, s);
        return true;
    case STEP_strip:
        add_step(b, (struct rlx_normal_step){.kind = RLX_NORMAL_STRIP,
                                             .flags = (s->left ? RLX_STRIP_LEFT : 0u) |
                                                      (s->right ? RLX_STRIP_RIGHT : 0u)});
        return true;
    case STEP_prepend:
        add_step(b, (struct rlx_normal_step){.kind = RLX_NORMAL_PREPEND,
                                             .content = add_text(b, s->content),
                                             .content_bytes = s->content.bytes});
        return true;
    case STEP_charsmap:
        if (!pack_charsmap(s, place, &table, d))
            return false;
        add_table(b, RLX_NORMAL_CHARSMAP, &table);
        return true;
    default:
        return diag_error(d, place, "a step that cuts text is no normalizer");
    }
}

/* Header, steps and tables in one piece; offsets then count from its start. */
static bool assemble(struct block *b, struct place place, struct diags *d)
{
    uint64_t start = sizeof(struct rlx_normal_header) + b->count * (uint64_t)sizeof *b->steps,
             bytes = round_up(start + b->bytes.count, 8);
    if (b->count == 0)
        return true;
    if (bytes > NORMAL_BYTES)
        return diag_error(d, place, "expected normalizers of at most %d bytes", NORMAL_BYTES);
    for (uint32_t i = 0; i < b->count; i++) {
        struct rlx_normal_step *s = &b->steps[i];
        s->content += (uint32_t)start;
        s->table += (uint32_t)start;
        if (s->kind == RLX_NORMAL_LITERAL)
            s->expression += (uint32_t)start;
    }
    uint8_t *block = arena_alloc(b->arena, bytes, 8);
    struct rlx_normal_header header = {(uint32_t)bytes, b->count};
    memcpy(block, &header, sizeof header);
    memcpy(block + sizeof header, b->steps, b->count * sizeof *b->steps);
    if (b->bytes.count)
        memcpy(block + start, b->bytes.data, b->bytes.count);
    b->out->block = block;
    b->out->bytes = (uint32_t)bytes;
    return true;
}

static bool add_all(struct block *b, const struct text_steps *steps, struct place place,
                    struct diags *d)
{
    if (steps->count > NORMAL_STEPS)
        return diag_error(d, place, "expected at most %d steps of normalizers, found %u",
                          NORMAL_STEPS, steps->count);
    for (uint32_t i = 0; i < steps->count; i++) {
        const struct text_step *s = &steps->all[i];
        struct arena_mark mark = arena_mark(b->work);
        struct place at = place;
        if (s->object)
            at.object = s->object;
        if (!add_map(b, s)) {
            finish_map(b);
            if (!add_published(b, s, at, d))
                return false;
        }
        arena_release(b->work, mark);
        if (b->bytes.count > NORMAL_BYTES)
            break; /* assemble says so */
    }
    finish_map(b);
    return assemble(b, place, d);
}

bool pack_normal(const struct text_steps *steps, struct place place, struct arena *a,
                 struct diags *d, struct normal_tables *out)
{
    struct arena work = {0};
    struct block b = {.arena = a, .work = &work, .bytes.arena = a, .out = out};
    *out = (struct normal_tables){0};
    if (steps->count == 0)
        return true;
    b.map.values = arena_new(&work, uint16_t, NORMAL_POINTS);
    b.spare = arena_new(&work, uint16_t, NORMAL_POINTS);
    bool packed = add_all(&b, steps, place, d);
    arena_free(&work);
    return packed;
}

void normal_set_scanner(struct normal_tables *t, uint32_t expression, uint32_t scanner)
{
    struct rlx_normal_step *steps = (void *)(t->block + sizeof(struct rlx_normal_header));
    steps[t->expressions[expression].step].expression = scanner;
}

bool normal_token_text(const struct normal *n, struct step_text text, struct arena *a,
                       struct step_text *out)
{
    struct normal_work work = {0};
    struct normal_text t = normal_apply(n, text.text, text.bytes, &work);
    if (t.failure == NORMAL_no_memory)
        out_of_memory(0);
    bool fits = t.failure == NORMAL_done && t.bytes <= UINT32_MAX;
    if (fits)
        *out = (struct step_text){arena_text(a, t.text, t.bytes), (uint32_t)t.bytes};
    normal_work_free(&work);
    return fits;
}
