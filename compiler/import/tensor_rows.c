/* Rows of tensors, wherever they are: in a file, in memory, in slices of other tensors, or in coded
 * parts. In: a tensor and a row; out: its bytes. */
#include "compiler/import/coded.h"

#include <inttypes.h>
#include <string.h>

const uint8_t *model_data(const struct model *m, const struct tensor *t)
{
    assert(t->slice_count == 0 && t->coded == NULL);
    return t->memory != NULL ? t->memory : m->files[t->file].data + t->offset;
}

uint64_t tensor_rows(const struct tensor *t)
{
    uint64_t rows = 1;

    for (uint32_t i = 0; i + 1 < t->rank; i++)
        rows *= t->shape[i];
    return rows;
}

uint64_t tensor_width(const struct tensor *t)
{
    return t->rank == 0 ? 1 : t->shape[t->rank - 1];
}

uint64_t tensor_row_bytes(const struct tensor *t)
{
    return tensor_width(t) / dtype_info[t->dtype].block * dtype_info[t->dtype].bytes;
}

const uint8_t *model_row(const struct model *m, const struct tensor *t, uint64_t row, uint8_t *room)
{
    while (t->slice_count != 0) {
        const struct tensor_slice *s = t->slices;
        for (; row >= s->rows; s++)
            row -= s->rows;
        row += s->first;
        t = &s->of;
    }
    if (t->coded == NULL)
        return model_data(m, t) + row * tensor_row_bytes(t);
    assert(room != NULL);
    coded_row(m, t, row, room);
    return room;
}

void model_visit_rows(const struct model *m, const struct tensor *t, uint64_t first, uint64_t rows,
                      void (*visit)(void *context, const struct file *f, uint64_t offset,
                                    uint64_t bytes),
                      void *context)
{
    uint64_t end = first + rows, before = 0;

    if (t->coded != NULL) {
        coded_visit(m, t, first, rows, visit, context);
        return;
    }
    if (t->slice_count == 0 && t->memory == NULL)
        visit(context, &m->files[t->file], t->offset + first * tensor_row_bytes(t),
              rows * tensor_row_bytes(t));
    for (uint32_t i = 0; i < t->slice_count && before < end; i++) {
        const struct tensor_slice *s = &t->slices[i];
        uint64_t from = max_u64(first, before), until = min_u64(end, before + s->rows);
        if (from < until)
            model_visit_rows(m, &s->of, s->first + from - before, until - from, visit, context);
        before += s->rows;
    }
}

static void add(struct model *m, struct tensor t)
{
    t.source_name = t.source_name == 0 ? t.name : t.source_name;
    t.bytes = tensor_rows(&t) * tensor_row_bytes(&t);
    ARENA_PUSH(m->arena, m->tensors, m->tensor_count, m->tensor_capacity) = t;
}

bool model_add_slices(struct model *m, struct tensor t, const struct tensor_slice *slices,
                      uint32_t count, struct diags *d)
{
    struct place at = {.file = m->path, .object = str_text(m->strings, t.name)};
    struct tensor_slice *copy = arena_new(m->arena, struct tensor_slice, count);
    uint64_t rows = 0;

    for (uint32_t i = 0; i < count; i++) {
        const struct tensor *of = &slices[i].of;
        uint64_t there = tensor_rows(of);
        if (of->dtype != t.dtype || tensor_width(of) != tensor_width(&t))
            return diag_error(
                d, at,
                "expected rows of %" PRIu64 " elements of %s, found '%s' with %" PRIu64 " of %s",
                tensor_width(&t), dtype_info[t.dtype].name, str_text(m->strings, of->name),
                tensor_width(of), dtype_info[of->dtype].name);
        if (of->order != slices[0].of.order)
            return diag_error(d, at,
                              "expected parts whose columns stand in one order, found '%s' with "
                              "another one than '%s'",
                              str_text(m->strings, of->name),
                              str_text(m->strings, slices[0].of.name));
        if (slices[i].first > there || slices[i].rows > there - slices[i].first)
            return diag_error(d, at,
                              "expected rows inside the %" PRIu64 " of '%s', found %" PRIu64
                              " from %" PRIu64 " on",
                              there, str_text(m->strings, of->name), slices[i].rows,
                              slices[i].first);
        copy[i] = slices[i];
        rows += slices[i].rows;
    }
    if (rows != tensor_rows(&t))
        return diag_error(d, at, "expected %" PRIu64 " rows in its parts, found %" PRIu64,
                          tensor_rows(&t), rows);
    t.slices = copy;
    t.slice_count = count;
    t.order = count != 0 ? slices[0].of.order : 0;
    add(m, t);
    return true;
}

void model_add_coded(struct model *m, struct tensor t, const struct coded *coded)
{
    t.coded = coded;
    t.file = coded->numbers.part.file;
    add(m, t);
}

void model_add_memory(struct model *m, struct tensor t, const uint8_t *bytes)
{
    uint64_t size = tensor_rows(&t) * tensor_row_bytes(&t);
    uint8_t *copy = arena_alloc(m->arena, size, 64);

    memcpy(copy, bytes, size);
    t.memory = copy;
    add(m, t);
}
