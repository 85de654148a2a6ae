/* Bytes of one weight. In: which of them; out: packed rows, f32 vectors, rows of a rope table.
 * Contract: weight_bytes.h. */
#include "compiler/pack/weight_bytes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void *room(void *memory, uint64_t *bytes, uint64_t wanted)
{
    if (wanted <= *bytes)
        return memory;
    free(memory);
    memory = aligned_alloc(64, round_up(wanted, 64));
    if (memory == NULL)
        out_of_memory(wanted);
    *bytes = wanted;
    return memory;
}

/* Row groups of each matrix, with those that fill its last pair. */
static uint64_t matrix_groups(const struct packed_weight *w)
{
    return w->units / w->matrices * layout_info[w->layout].groups;
}

/* The rows of a group of the packed matrix: a root of the expression, its first row there, and how
 * many of the group are not only there to fill it. */
static uint32_t find_group(const struct packed_weight *w, uint64_t group, uint32_t *root,
                           uint64_t *first)
{
    uint64_t matrix = group / matrix_groups(w), inside = group % matrix_groups(w);

    *root = w->roots[w->interleaved ? inside % 2 : 0];
    uint64_t rows = w->expression.ops[*root].rows / w->matrices;
    inside = (w->interleaved ? inside / 2 : inside) * ROW_GROUP;
    *first = matrix * rows + inside;
    return inside >= rows ? 0 : (uint32_t)min_u64(ROW_GROUP, rows - inside);
}

/* How many rows of a half stand before a group, or with `whole` also those of the group itself that
 * begins in the middle of a pair. */
static uint64_t rows_before(const struct packed_weight *w, uint32_t half, uint64_t group,
                            bool whole)
{
    const uint64_t halves = w->interleaved ? 2 : 1, each = matrix_groups(w);
    const uint64_t rows = w->expression.ops[w->roots[half]].rows / w->matrices;
    const uint64_t pairs = (group % each + (whole ? halves - 1 : 0)) / halves;

    return group / each * rows + min_u64(pairs * ROW_GROUP, rows);
}

typedef void (*file_visitor)(void *context, const struct file *f, uint64_t offset, uint64_t bytes);

/* The parts of the model's files that some units of a matrix are made of. */
static void visit_units(const struct packed_weight *w, uint64_t first, uint64_t count,
                        file_visitor visit, void *context)
{
    const uint64_t groups = layout_info[w->layout].groups; /* of a unit */

    for (uint32_t i = 0; i <= w->interleaved; i++) {
        uint64_t from = rows_before(w, i, first * groups, false);
        uint64_t end = rows_before(w, i, (first + count) * groups, true);
        if (from < end)
            expression_visit(&w->expression, w->roots[i], from, end - from, visit, context);
    }
}

static void want(void *context, const struct file *f, uint64_t offset, uint64_t bytes)
{
    (void)context;
    file_want(f, offset, bytes);
}

static void drop(void *context, const struct file *f, uint64_t offset, uint64_t bytes)
{
    (void)context;
    file_drop(f, offset, bytes);
}

/* Bytes that are in no file. */
static void mix_memory(struct build_cache_mixer *mixer, const struct tensor *t)
{
    if (t->memory != NULL)
        build_cache_mix(mixer, t->memory, t->bytes);
    for (uint32_t i = 0; i < t->slice_count; i++)
        mix_memory(mixer, &t->slices[i].of);
}

static void mix_bytes(void *context, const struct file *f, uint64_t offset, uint64_t bytes)
{
    build_cache_mix(context, &bytes, sizeof bytes);
    build_cache_mix(context, f->data + offset, bytes);
}

static void pack_groups(struct weight_packer *p, const struct packed_weight *w, uint64_t first,
                        uint64_t count, uint8_t *to)
{
    uint64_t bytes = expression_row_bytes(&w->expression, w->roots[0]);
    const uint64_t groups = layout_info[w->layout].groups; /* of a unit */

    p->rows = room(p->rows, &p->rows_bytes, ROW_GROUP * bytes);
    for (uint64_t g = 0; g < count * groups; g++) {
        const uint8_t *rows[ROW_GROUP] = {NULL};
        uint32_t root;
        uint64_t row;
        uint32_t here = find_group(w, first * groups + g, &root, &row);
        uint64_t ahead = (count * groups - g) * ROW_GROUP / (w->interleaved ? 2 : 1);
        if (here != 0)
            expression_rows(&p->reader, &w->expression, root, row, here, max_u64(ahead, here), rows,
                            p->rows);
        layout_pack_group(w->layout, rows, w->columns,
                          to + layout_group_at(w->layout, w->columns, g));
    }
}

static void vector_values(const struct packed_weight *w, float *to)
{
    const struct expression_op *root = &w->expression.ops[w->roots[0]];

    expression_values(&w->expression, w->roots[0],
                      (struct region){0, root->rows, 0, root->width, to, root->width});
}

static void pack_vector(struct weight_packer *p, const struct packed_weight *w, uint8_t *to)
{
    float *values = (float *)(void *)to;
    const uint64_t width = w->expression.ops[w->roots[0]].width;

    memset(to, 0, w->unit_bytes);
    if (w->expression.ops[w->roots[0]].dtype == DTYPE_i32) { /* an order */
        const struct tensor *t = w->expression.ops[w->roots[0]].tensor;
        memcpy(to, model_row(w->expression.model, t, 0, NULL), w->columns * sizeof(int32_t));
        return;
    }
    vector_values(w, values);
    for (uint64_t i = 0; i < w->columns; i++)
        if (!isfinite(values[i]))
            p->not_finite = expression_tensor(&w->expression, w->roots[0], i / width, i % width);
}

static void pack_table(struct weight_packer *p, const struct packed_weight *w, uint64_t first,
                       uint64_t count, uint8_t *to)
{
    float *divisors = NULL;

    if (w->expression.count != 0) {
        uint64_t bytes = w->expression.ops[w->roots[0]].width * sizeof(float);
        p->values = room(p->values, &p->values_bytes, bytes);
        vector_values(w, p->values);
        divisors = p->values;
    }
    for (uint64_t i = 0; i < count; i++)
        hir_rope_row(hir_attr(p->graph, w->source), (uint32_t)w->columns, divisors, first + i,
                     (float *)(void *)(to + i * w->unit_bytes));
}

static void pack_units(struct weight_packer *p, const struct packed_weight *w, uint64_t first,
                       uint64_t count, uint8_t *to)
{
    switch (w->kind) {
    case PACKED_vector:
        pack_vector(p, w, to);
        break;
    case PACKED_matrix:
        pack_groups(p, w, first, count, to);
        break;
    case PACKED_table:
        pack_table(p, w, first, count, to);
        break;
    }
}

/* Bytes [from, end) of a weight: packs whole units in place, and copies parts of a unit. */
static void pack_bytes(struct weight_packer *p, const struct packed_weight *w, uint64_t from,
                       uint64_t end, uint8_t *to)
{
    uint64_t unit = w->unit_bytes, bytes;

    for (uint64_t at = from; at < end; at += bytes, to += bytes) {
        uint64_t inside = at % unit, whole = inside == 0 ? (end - at) / unit : 0;
        if (whole != 0) {
            bytes = whole * unit;
            pack_units(p, w, at / unit, whole, to);
            continue;
        }
        bytes = min_u64(unit - inside, end - at);
        p->unit = room(p->unit, &p->unit_bytes, unit);
        pack_units(p, w, at / unit, 1, p->unit);
        memcpy(to, p->unit + inside, bytes);
    }
}

/* Whether the build cache pays off: only for rows that are computed. Moving the others takes no
 * longer than reading and comparing an entry. Rows of a transpose depend on all of a matrix. */
static bool is_cached(const struct packed_weight *w)
{
    bool computed = false, turned = false;

    for (uint32_t i = 0; i < w->expression.count; i++) {
        computed = computed || w->expression.ops[i].computed;
        turned = turned || w->expression.ops[i].turned;
    }
    return computed && !turned;
}

/* Everything that packed bytes [from, end) depend on: the stored rows, and what becomes of them. */
static struct build_cache_key bytes_key(struct build_cache *build_cache,
                                        const struct packed_weight *w, uint64_t from, uint64_t end)
{
    struct build_cache_mixer mixer = build_cache_mix_begin(build_cache, "weight");
    const uint64_t shape[] = {
        w->layout, w->columns, w->interleaved, w->matrices, w->expression.count, from, end};

    build_cache_mix(&mixer, shape, sizeof shape);
    for (uint32_t i = 0; i < w->expression.count; i++) {
        const struct expression_op *o = &w->expression.ops[i];
        const uint64_t facts[] = {o->op, o->dtype, o->rank, o->axis, o->start, o->step};
        build_cache_mix(&mixer, facts, sizeof facts);
        build_cache_mix(&mixer, o->shape, sizeof o->shape);
        build_cache_mix(&mixer, o->operands, sizeof o->operands);
        build_cache_mix(&mixer, &o->number, sizeof o->number);
        if (o->tensor != NULL)
            mix_memory(&mixer, o->tensor);
        if (o->tensor != NULL && o->tensor->importance != NULL)
            build_cache_mix(&mixer, o->tensor->importance,
                            o->tensor->importance_matrices * o->width * sizeof(float));
    }
    visit_units(w, from / w->unit_bytes, ceil_div(end, w->unit_bytes) - from / w->unit_bytes,
                mix_bytes, &mixer);
    return build_cache_mix_end(&mixer);
}

static void pack_matrix(struct weight_packer *p, const struct packed_weight *w, uint64_t from,
                        uint64_t end, uint8_t *to)
{
    struct build_cache *build_cache = is_cached(w) ? p->build_cache : NULL;
    uint64_t first = from / w->unit_bytes, last = ceil_div(end, w->unit_bytes), found = 0;
    struct build_cache_key key;

    visit_units(w, first, last - first, want, NULL);
    if (build_cache != NULL)
        key = bytes_key(build_cache, w, from, end);
    if (build_cache == NULL || !build_cache_find(build_cache, &key, to, end - from, &found) ||
        found != end - from) {
        pack_bytes(p, w, from, end, to);
        if (build_cache != NULL && p->reader.refused == NULL)
            build_cache_store(build_cache, &key, to, end - from);
    }
    visit_units(w, first, last - first, drop, NULL);
}

void weight_pack(struct weight_packer *p, const struct packed_weight *w, uint64_t from,
                 uint64_t end, uint8_t *to)
{
    if (w->kind == PACKED_matrix)
        pack_matrix(p, w, from, end, to);
    else
        pack_bytes(p, w, from, end, to);
}

void weight_packer_close(struct weight_packer *p)
{
    free(p->unit);
    free(p->rows);
    free(p->values);
    expression_forget(&p->reader);
}
