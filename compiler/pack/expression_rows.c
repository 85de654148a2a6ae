/* Rows of weight expressions as bytes. In: an op and some of its rows; out: where their bytes are.
 * Contract: expression.h. */
#include "compiler/pack/expression.h"

#include "compiler/import/quant.h"

#include <stdlib.h>
#include <string.h>

enum { BAND_BYTES = 4 << 20 };

/* ---- computed rows ---- */

static struct expression_band *find_band(struct expression_reader *reader,
                                         const struct expression *x, uint32_t at, uint64_t first,
                                         uint64_t count)
{
    for (uint32_t i = 0; i < EXPRESSION_BANDS; i++) {
        struct expression_band *b = &reader->bands[i];
        if (b->x == x && b->at == at && first >= b->first && first + count <= b->first + b->rows)
            return b;
    }
    return NULL;
}

/* The values that rows are encoded from: those of the op, or of what it packs. A value under a
 * transpose is computed for many rows at once, because any of them takes a walk over the matrix. */
static const float *computed_rows(struct expression_reader *reader, const struct expression *x,
                                  uint32_t at, uint64_t first, uint64_t count, uint64_t ahead)
{
    const struct expression_op *o = &x->ops[at];
    struct expression_band *b = find_band(reader, x, at, first, count);
    uint64_t band = o->turned ? BAND_BYTES / sizeof(float) / o->width : 0;

    if (b != NULL)
        return b->values + (first - b->first) * o->width;
    uint64_t rows = max_u64(count, min_u64(min_u64(ahead, o->rows - first), band));
    b = &reader->bands[reader->next_band++ % EXPRESSION_BANDS];
    if (b->capacity < rows * o->width) {
        free(b->values);
        b->capacity = rows * o->width;
        b->values = malloc(b->capacity * sizeof *b->values);
        if (b->values == NULL)
            out_of_memory(b->capacity * sizeof *b->values);
    }
    expression_values(x, o->op == HIR_pack ? o->operands[0] : at,
                      (struct region){first, rows, 0, o->width, b->values, o->width});
    b->x = x;
    b->at = at;
    b->first = first;
    b->rows = rows;
    return b->values;
}

/* That of the columns of a row: of a tensor that is packed in another type; else NULL. */
static const float *importance_of(const struct expression *x, const struct expression_op *o,
                                  uint64_t row)
{
    const struct tensor *t = o->op == HIR_pack ? x->ops[o->operands[0]].tensor : NULL;

    return t == NULL || t->importance == NULL
               ? NULL
               : t->importance + row / (o->rows / t->importance_matrices) * o->width;
}

/* Notes a tensor with values that a type does not hold. */
static void refuse(struct expression_reader *reader, const struct tensor *t, enum dtype dtype)
{
    reader->refused = t;
    reader->refused_type = dtype;
}

static void encode_rows(struct expression_reader *reader, const struct expression *x, uint32_t at,
                        uint64_t first, uint64_t count, uint64_t ahead, const uint8_t **rows,
                        uint8_t *to)
{
    const struct expression_op *o = &x->ops[at];
    const float *values = computed_rows(reader, x, at, first, count, ahead);
    uint64_t bytes = expression_row_bytes(x, at);

    for (uint64_t i = 0; i < count; i++, to += bytes) {
        bool encodes = quant_encode_weighted((enum dtype)o->dtype, values + i * o->width,
                                             importance_of(x, o, first + i), o->width, to);
        assert(encodes);
        (void)encodes;
        rows[i] = to;
        if (quant_is_finite((enum dtype)o->dtype, to, o->width))
            continue;
        refuse(reader, expression_tensor(x, at, first + i, 0), (enum dtype)o->dtype);
    }
}

/* ---- moved bytes ---- */

/* Bytes [from, from + bytes) of the rows of an operand, taken one after the other. */
static void copy_bytes(struct expression_reader *reader, const struct expression *x, uint32_t at,
                       uint64_t from, uint64_t bytes, uint8_t *to)
{
    uint64_t each = expression_row_bytes(x, at), part;
    uint8_t *memory = malloc(each);
    const uint8_t *row;

    if (memory == NULL)
        out_of_memory(each);
    for (; bytes != 0; from += part, to += part, bytes -= part) {
        expression_rows(reader, x, at, from / each, 1, 1, &row, memory);
        part = min_u64(each - from % each, bytes);
        memcpy(to, row + from % each, part);
    }
    free(memory);
}

/* Rows that are cut, joined or counted in another width, all at whole blocks. */
static void piece_rows(struct expression_reader *reader, const struct expression *x, uint32_t at,
                       uint64_t first, uint64_t count, const uint8_t **rows, uint8_t *to)
{
    const struct expression_op *o = &x->ops[at];
    const struct dtype_info *info = &dtype_info[o->dtype];
    uint64_t bytes = expression_row_bytes(x, at);

    for (uint64_t i = 0; i < count; i++) {
        uint64_t row = first + i;
        rows[i] = to;
        if (o->op == HIR_concat) {
            for (uint32_t k = 0; k < o->operand_count; k++) {
                uint64_t part = expression_row_bytes(x, o->operands[k]);
                copy_bytes(reader, x, o->operands[k], row * part, part, to);
                to += part;
            }
            continue;
        }
        uint64_t from = o->op == HIR_slice ? row * expression_row_bytes(x, o->operands[0]) +
                                                 o->start / info->block * info->bytes
                                           : row * bytes;
        copy_bytes(reader, x, o->operands[0], from, bytes, to);
        to += bytes;
    }
}

/* Rows of a pack that keeps all values, in blocks of another type. */
static void recode_rows(struct expression_reader *reader, const struct expression *x, uint32_t at,
                        uint64_t first, uint64_t count, uint64_t ahead, const uint8_t **rows,
                        uint8_t *to)
{
    const struct expression_op *o = &x->ops[at];
    uint64_t bytes = count * expression_row_bytes(x, o->operands[0]);
    uint8_t *memory = malloc(bytes);

    if (memory == NULL)
        out_of_memory(bytes);
    expression_rows(reader, x, o->operands[0], first, count, ahead, rows, memory);
    for (uint64_t i = 0; i < count; i++, to += expression_row_bytes(x, at)) {
        quant_recode((enum dtype)x->ops[o->operands[0]].dtype, rows[i], o->width, to);
        rows[i] = to;
    }
    free(memory);
}

void expression_rows(struct expression_reader *reader, const struct expression *x, uint32_t at,
                     uint64_t first, uint64_t count, uint64_t ahead, const uint8_t **rows,
                     uint8_t *to)
{
    const struct expression_op *o = &x->ops[at];
    uint64_t run;

    if (o->computed) {
        encode_rows(reader, x, at, first, count, ahead, rows, to);
        return;
    }
    for (uint64_t i = 0; i < count && o->op == HIR_weight; i++) {
        rows[i] = model_row(x->model, o->tensor, first + i, to + i * expression_row_bytes(x, at));
        if (o->dtype == DTYPE_f8_e4m3 && !quant_is_finite(DTYPE_f8_e4m3, rows[i], o->width))
            refuse(reader, o->tensor, DTYPE_f8_e4m3);
    }
    if (o->op == HIR_weight)
        return;
    if (o->op == HIR_pack && x->ops[o->operands[0]].dtype != o->dtype) {
        recode_rows(reader, x, at, first, count, ahead, rows, to);
        return;
    }
    if (!expression_moves_rows(x, o)) {
        piece_rows(reader, x, at, first, count, rows, to);
        return;
    }
    for (uint64_t done = 0; done < count; done += run) {
        struct moved_row from = expression_find_row(x, o, first + done);
        run = min_u64(from.run, count - done);
        expression_rows(reader, x, from.operand, from.row, run, min_u64(from.run, ahead - done),
                        rows + done, to + done * expression_row_bytes(x, at));
    }
}

void expression_forget(struct expression_reader *reader)
{
    for (uint32_t i = 0; i < EXPRESSION_BANDS; i++)
        free(reader->bands[i].values);
    *reader = (struct expression_reader){0};
}
