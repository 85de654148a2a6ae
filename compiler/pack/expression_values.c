/* Values of weight expressions. In: an op and a region of its rows and columns; out: f32. Each op
 * asks its operands for the regions that it needs, a few hundred kilobytes at a time. Contract:
 * expression.h. */
#include "compiler/pack/expression.h"

#include "compiler/import/quant.h"

#include <stdlib.h>
#include <string.h>

enum {
    CHUNK_FLOATS = 1 << 16,  /* of an operand at a time */
    SPREAD_FLOATS = 1 << 20, /* the same of what is transposed */
    TURNED_ROWS = 64,        /* of what is transposed at a time */
    KEPT_FLOATS = 1 << 23,   /* that a transpose may read before it gives pages back */
    MAX_BLOCK = 256
};

static float *floats(uint64_t count)
{
    float *memory = count > SIZE_MAX / sizeof *memory ? NULL : malloc(count * sizeof *memory);

    if (memory == NULL)
        out_of_memory(count * sizeof *memory);
    return memory;
}

/* So many of `rows` rows with `columns` each are a chunk. */
static uint64_t chunk_rows(uint64_t rows, uint64_t columns)
{
    return min_u64(rows, max_u64(1, CHUNK_FLOATS / columns));
}

/* ---- leaves ---- */

/* Columns of a row of blocks. */
static void decode(enum dtype dtype, const uint8_t *row, uint64_t column, uint64_t columns,
                   float *to)
{
    const struct dtype_info *info = &dtype_info[dtype];
    float values[MAX_BLOCK];

    while (columns != 0) {
        const uint8_t *from = row + column / info->block * info->bytes;
        uint64_t inside = column % info->block, whole = columns - columns % info->block;
        if (inside == 0 && whole != 0) {
            quant_decode(dtype, from, whole, to);
        } else {
            whole = min_u64(info->block - inside, columns);
            quant_decode(dtype, from, info->block, values);
            memcpy(to, values + inside, whole * sizeof *to);
        }
        to += whole;
        column += whole;
        columns -= whole;
    }
}

static void tensor_values(const struct expression *x, const struct expression_op *o,
                          const struct region *r)
{
    bool made = o->tensor->coded != NULL || o->tensor->slice_count != 0;
    uint8_t *room =
        made ? (uint8_t *)floats(ceil_div(tensor_row_bytes(o->tensor), sizeof(float))) : NULL;

    for (uint64_t i = 0; i < r->rows; i++)
        decode((enum dtype)o->dtype, model_row(x->model, o->tensor, r->row + i, room), r->column,
               r->columns, r->to + i * r->stride);
    free(room);
}

/* ---- what moves elements ---- */

static void moved_values(const struct expression *x, const struct expression_op *o,
                         const struct region *r)
{
    uint64_t run;

    for (uint64_t done = 0; done < r->rows; done += run) {
        struct moved_row from = expression_find_row(x, o, r->row + done);
        run = min_u64(from.run, r->rows - done);
        expression_values(x, from.operand,
                          (struct region){from.row, run, r->column, r->columns,
                                          r->to + done * r->stride, r->stride});
    }
}

/* Each step-th row of what a transpose makes: cheaper with the rows in between than one by one. */
static void spread_values(const struct expression *x, const struct expression_op *o,
                          const struct region *r)
{
    uint64_t chunk = min_u64(r->rows, max_u64(1, SPREAD_FLOATS / r->columns / o->step)), rows;
    float *wide = floats(chunk * o->step * r->columns);

    for (uint64_t done = 0; done < r->rows; done += rows) {
        struct moved_row from = expression_find_row(x, o, r->row + done);
        uint64_t matrix = o->shape[o->axis], left = matrix - (r->row + done) % matrix;
        rows = min_u64(min_u64(chunk, left), r->rows - done);
        expression_values(x, from.operand,
                          (struct region){from.row, (rows - 1) * o->step + 1, r->column, r->columns,
                                          wide, r->columns});
        for (uint64_t i = 0; i < rows; i++)
            memcpy(r->to + (done + i) * r->stride, wide + i * o->step * r->columns,
                   r->columns * sizeof *wide);
    }
    free(wide);
}

/* Columns start, start + step, … */
static void sliced_values(const struct expression *x, const struct expression_op *o,
                          const struct region *r)
{
    uint64_t first = o->start + r->column * o->step, span = (r->columns - 1) * o->step + 1;
    uint64_t chunk = chunk_rows(r->rows, span), rows;

    if (o->step == 1) {
        struct region same = *r;
        same.column = first;
        expression_values(x, o->operands[0], same);
        return;
    }
    float *wide = floats(chunk * span);
    for (uint64_t done = 0; done < r->rows; done += rows) {
        rows = min_u64(chunk, r->rows - done);
        expression_values(x, o->operands[0],
                          (struct region){r->row + done, rows, first, span, wide, span});
        for (uint64_t i = 0; i < rows; i++)
            for (uint64_t j = 0; j < r->columns; j++)
                r->to[(done + i) * r->stride + j] = wide[i * span + j * o->step];
    }
    free(wide);
}

/* Columns that stand in another order, from whole rows. */
static void ordered_values(const struct expression *x, const struct expression_op *o,
                           const struct region *r)
{
    const uint64_t width = o->width, chunk = chunk_rows(r->rows, width);
    const uint8_t *order = model_row(x->model, x->ops[o->operands[1]].tensor, 0, NULL);
    float *whole = floats(chunk * width);

    for (uint64_t done = 0, rows; done < r->rows; done += rows) {
        rows = min_u64(chunk, r->rows - done);
        expression_values(x, o->operands[0],
                          (struct region){r->row + done, rows, 0, width, whole, width});
        for (uint64_t i = 0; i < width; i++) {
            int32_t column;
            memcpy(&column, order + i * sizeof column, sizeof column);
            const uint64_t to = (uint64_t)column - r->column; /* beyond all, where it is before */
            for (uint64_t j = 0; j < rows && to < r->columns; j++)
                r->to[(done + j) * r->stride + to] = whole[j * width + i];
        }
    }
    free(whole);
}

static void joined_values(const struct expression *x, const struct expression_op *o,
                          const struct region *r)
{
    uint64_t begin = 0;

    for (uint32_t i = 0; i < o->operand_count; i++) {
        uint64_t end = begin + x->ops[o->operands[i]].width;
        uint64_t from = max_u64(begin, r->column), until = min_u64(end, r->column + r->columns);
        if (from < until)
            expression_values(x, o->operands[i],
                              (struct region){r->row, r->rows, from - begin, until - from,
                                              r->to + (from - r->column), r->stride});
        begin = end;
    }
}

/* Elements in a row stand in rows of another width: first the rest of one, then whole ones, then
 * the beginning of the last. */
static void flat_values(const struct expression *x, uint32_t at, uint64_t first, uint64_t count,
                        float *to)
{
    uint64_t width = x->ops[at].width, done;

    for (; count != 0; first += done, count -= done, to += done) {
        uint64_t column = first % width, rows = column == 0 ? count / width : 0;
        uint64_t columns = rows != 0 ? width : min_u64(width - column, count);
        done = max_u64(rows, 1) * columns;
        expression_values(
            x, at, (struct region){first / width, max_u64(rows, 1), column, columns, to, width});
    }
}

static void reshaped_values(const struct expression *x, const struct expression_op *o,
                            const struct region *r)
{
    if (r->columns == o->width && r->stride == o->width) {
        flat_values(x, o->operands[0], r->row * o->width, r->rows * o->width, r->to);
        return;
    }
    for (uint64_t i = 0; i < r->rows; i++)
        flat_values(x, o->operands[0], (r->row + i) * o->width + r->column, r->columns,
                    r->to + i * r->stride);
}

static void drop(void *context, const struct file *f, uint64_t offset, uint64_t bytes)
{
    (void)context;
    file_drop(f, offset, bytes);
}

/* Rows of one matrix: they are columns of the operand, whose rows are read a few at a time. */
static void turned_matrix(const struct expression *x, const struct expression_op *o,
                          const struct region *r)
{
    uint32_t from = o->operands[0];
    uint64_t matrix = r->row / o->shape[o->rank - 2], column = r->row % o->shape[o->rank - 2];
    uint64_t first = matrix * o->width + r->column, kept = 0, rows;
    float *tile = floats(TURNED_ROWS * r->rows);

    for (uint64_t done = 0; done < r->columns; done += rows) {
        rows = min_u64(TURNED_ROWS, r->columns - done);
        expression_values(x, from,
                          (struct region){first + done, rows, column, r->rows, tile, r->rows});
        for (uint64_t i = 0; i < r->rows; i++)
            for (uint64_t j = 0; j < rows; j++)
                r->to[i * r->stride + done + j] = tile[j * r->rows + i];
        kept += rows;
        if (kept * x->ops[from].width < KEPT_FLOATS && done + rows < r->columns)
            continue;
        expression_visit(x, from, first + done + rows - kept, kept, drop, NULL);
        kept = 0;
    }
    free(tile);
}

static void turned_values(const struct expression *x, const struct expression_op *o,
                          const struct region *r)
{
    uint64_t each = o->shape[o->rank - 2], rows;

    for (uint64_t done = 0; done < r->rows; done += rows) {
        rows = min_u64(each - (r->row + done) % each, r->rows - done);
        turned_matrix(x, o,
                      &(struct region){r->row + done, rows, r->column, r->columns,
                                       r->to + done * r->stride, r->stride});
    }
}

/* ---- what computes ---- */

/* The row of an operand that broadcasts to row `row` of the op. */
static uint64_t broadcast_row(const struct expression_op *o, const struct expression_op *from,
                              uint64_t row)
{
    uint64_t found = 0, stride = 1;

    for (uint32_t i = 1; i < from->rank; i++) { /* axes but the last, from the last on */
        uint64_t size = o->shape[o->rank - 1 - i], here = from->shape[from->rank - 1 - i];
        found += (here == 1 ? 0 : row % size) * stride;
        row /= size;
        stride *= here;
    }
    return found;
}

/* Rows of an operand as the op reads them, to rows of `columns` floats, or of one. */
static void operand_values(const struct expression *x, const struct expression_op *o, uint32_t at,
                           const struct region *r, float *to)
{
    const struct expression_op *from = &x->ops[at];
    uint64_t columns = from->width == 1 ? 1 : r->columns;
    struct region same = {r->row, r->rows, from->width == 1 ? 0 : r->column, columns, to, columns};

    if (from->rows == o->rows) {
        expression_values(x, at, same);
        return;
    }
    same.rows = 1;
    for (uint64_t i = 0, last = 0; i < r->rows; i++, same.to += columns) {
        same.row = broadcast_row(o, from, r->row + i);
        if (i != 0 && same.row == last)
            memcpy(same.to, same.to - columns, columns * sizeof *to);
        else
            expression_values(x, at, same);
        last = same.row;
    }
}

static void mapped_values(const struct expression *x, const struct expression_op *o,
                          const struct region *r)
{
    uint64_t chunk = chunk_rows(r->rows, r->columns), each = chunk * r->columns, rows;
    float *memory = floats(o->operand_count * each), values[HIR_MAX_OPERANDS];
    const struct scalar_code *code = hir_op_info[o->op].code;

    for (uint64_t done = 0; done < r->rows; done += rows) {
        struct region part = *r;
        part.row = r->row + done;
        part.rows = rows = min_u64(chunk, r->rows - done);
        for (uint32_t k = 0; k < o->operand_count; k++)
            operand_values(x, o, o->operands[k], &part, memory + k * each);
        for (uint64_t i = 0; i < rows; i++)
            for (uint64_t j = 0; j < r->columns; j++) {
                for (uint32_t k = 0; k < o->operand_count; k++) {
                    bool one = x->ops[o->operands[k]].width == 1;
                    values[k] = memory[k * each + (one ? i : i * r->columns + j)];
                }
                r->to[(done + i) * r->stride + j] = scalar_eval(code, values);
            }
    }
    free(memory);
}

/* What the type leaves of the values: rows of whole blocks, there and back. */
static void stored_values(const struct expression *x, const struct expression_op *o,
                          const struct region *r)
{
    const struct dtype_info *info = &dtype_info[o->dtype];
    const bool whole = dtype_scales_rows((enum dtype)o->dtype);
    uint64_t first = whole ? 0 : r->column / info->block * info->block;
    uint64_t columns = whole ? o->width : round_up(r->column + r->columns, info->block) - first;
    uint64_t bytes = columns / info->block * info->bytes;
    float *row = floats(columns);
    uint8_t *blocks = (uint8_t *)floats(ceil_div(bytes, sizeof *row));

    for (uint64_t i = 0; i < r->rows; i++) {
        expression_values(x, o->operands[0],
                          (struct region){r->row + i, 1, first, columns, row, columns});
        quant_encode((enum dtype)o->dtype, row, columns, blocks);
        decode((enum dtype)o->dtype, blocks, r->column - first, r->columns, r->to + i * r->stride);
    }
    free(blocks);
    free(row);
}

void expression_values(const struct expression *x, uint32_t at, struct region r)
{
    const struct expression_op *o = &x->ops[at];

    if (o->op == HIR_weight)
        tensor_values(x, o, &r);
    else if (o->op == HIR_number)
        r.to[0] = o->number;
    else if (o->op == HIR_pack && o->computed && x->ops[o->operands[0]].dtype != o->dtype &&
             o->dtype != DTYPE_f32)
        stored_values(x, o, &r);
    else if (o->op == HIR_slice && o->turned && o->step > 1 && o->axis + 2 == o->rank)
        spread_values(x, o, &r);
    else if (expression_moves_rows(x, o))
        moved_values(x, o, &r);
    else if (o->op == HIR_reshape)
        reshaped_values(x, o, &r);
    else if (o->op == HIR_slice)
        sliced_values(x, o, &r);
    else if (o->op == HIR_concat)
        joined_values(x, o, &r);
    else if (o->op == HIR_transpose)
        turned_values(x, o, &r);
    else if (o->op == HIR_scatter_columns)
        ordered_values(x, o, &r);
    else
        mapped_values(x, o, &r);
}
