/* The schemes of coded tensors: which parts a tensor has, and what their shapes say. In: the part
 * with the numbers; out: its struct coded, checked so that no row reads outside of any part. Shapes
 * are [rows, columns] of the parts as files have them; a tensor is [out, in].
 *
 *   MXFP4                NAME_blocks u8 [experts, out, in / 32, 16], NAME_scales u8 [experts, out,
 *                        in / 32]; byte j of a block has elements 2 j and 2 j + 1
 *   GPTQ                 qweight i32 [in * bits / 32, out], qzeros i32 [groups, out * bits / 32],
 *                        scales [groups, out]; g_idx i32 [in], the group of each column
 *   AWQ                  qweight i32 [in, out / 8], qzeros i32 [groups, out / 8], scales [groups,
 *                        out]; the nibbles of a word are elements 0 2 4 6 1 3 5 7
 *   compressed-tensors   weight_packed i32 [out, in * bits / 32], weight_shape, weight_scale [out,
 *                        groups], weight_zero_point i32 [out * bits / 32, groups], weight_g_idx;
 *                        numbers and zero points both stand above their minimum
 *   bytes                weight i8 or f8_e4m3 [out, in]; weight_scale or weight_scale_inv [1],
 *                        [out, groups] or one for each block; weight_zero_point i8 [out, groups],
 *                        weight_g_idx
 *   bitsandbytes         coded_bitsandbytes.c
 *
 * Sources: the GptOssForCausalLM checkpoints and the integrations of Hugging Face transformers; the
 * packing of AutoGPTQ, AutoAWQ, compressed-tensors and bitsandbytes. */
#include "compiler/import/coded.h"
#include "compiler/base/out.h"
#include "compiler/import/import.h"

#include <inttypes.h>
#include <string.h>

/* ---- parts and their shapes ---- */

struct place joining_place(const struct joining *j, const struct part *p)
{
    return (struct place){.file = j->m->files[p->file].path,
                          .object = str_text(j->m->strings, p->source_name)};
}

bool joining_misfit(const struct joining *j, const struct part *p, const char *expected)
{
    struct text shape = {.arena = j->d->arena};

    for (uint32_t i = 0; i < p->rank; i++)
        text_add(&shape, "%s%" PRIu64, i == 0 ? "" : ", ", p->shape[i]);
    return diag_error(j->d, joining_place(j, p), "expected %s, found the shape [%s] of %s",
                      expected, p->rank == 0 ? "" : shape.data, part_type_name(p->type));
}

uint64_t part_elements(const struct part *p)
{
    return p->bytes / part_type_bytes(p->type);
}

static bool is_float(const struct part *p)
{
    return p->type == PART_f16 || p->type == PART_bf16 || p->type == PART_f32;
}

/* Finds a part of scales, which the tensor must have; false: an error. */
static bool find_scales(const struct joining *j, const char *suffix)
{
    const struct part *p = joining_find(j, suffix);

    if (p == NULL)
        return diag_error(j->d, joining_place(j, j->main),
                          "expected its scales, '%s%s', found none", j->base, suffix);
    if (!is_float(p))
        return diag_error(j->d, joining_place(j, p),
                          "expected scales of F16, BF16 or F32, found others");
    j->coded->scales = *p;
    return true;
}

/* The columns group by group; NULL unless each group has as many as one of columns in order. */
static const uint32_t *sort_columns(const struct joining *j, const uint32_t *group_of,
                                    uint64_t columns, uint64_t groups)
{
    const uint64_t each = j->coded->group_columns;
    uint32_t *order = arena_new(j->m->arena, uint32_t, columns);
    uint64_t *next = arena_new(j->d->arena, uint64_t, groups); /* place of a group */

    if (each * groups != columns)
        return NULL;
    for (uint64_t i = 0; i < groups; i++)
        next[i] = i * each;
    for (uint64_t i = 0; i < columns; i++) {
        const uint64_t group = group_of[i];
        if (next[group] == (group + 1) * each)
            return NULL;
        order[next[group]++] = (uint32_t)i;
    }
    return order;
}

/* The groups of columns, where the file says them; none where they are in order. */
static bool read_order(const struct joining *j, const char *suffix, uint64_t columns,
                       uint64_t groups)
{
    const struct part *p = joining_find(j, suffix);
    struct coded *c = j->coded;
    bool in_order = true;

    if (p == NULL)
        return !j->m->quantization.has_orders || groups == 1 ||
               diag_error(
                   j->d, joining_place(j, j->main),
                   "expected the group of each column in '%s%s', because quantization_config "
                   "says that columns are in no order, found none",
                   j->base, suffix);
    if (p->type != PART_i32 || p->rank != 1 || p->shape[0] != columns)
        return joining_misfit(j, p, "the group of each column as I32");
    uint32_t *group_of = arena_new(j->m->arena, uint32_t, columns);
    for (uint64_t i = 0; i < columns; i++) {
        double group = part_number(j->m, p, i);
        if (!(group >= 0 && group < (double)groups))
            return diag_error(j->d, joining_place(j, p),
                              "expected groups from 0 to %" PRIu64
                              ", found %.0f for column %" PRIu64,
                              groups - 1, group, i);
        group_of[i] = (uint32_t)group;
        in_order = in_order && group_of[i] == i / c->group_columns;
    }
    if (in_order)
        return true;
    c->groups = *p;
    c->group_of = group_of;
    c->order = sort_columns(j, group_of, columns, groups);
    return true;
}

/* Columns of a group: as the configuration says, if that fits the number of groups. */
static uint64_t group_columns(const struct joining *j, uint64_t columns, uint64_t groups)
{
    const uint64_t said = j->m->quantization.group;

    return said != 0 && ceil_div(columns, said) == groups ? said : ceil_div(columns, groups);
}

static void set_shape(const struct joining *j, uint64_t rows, uint64_t columns)
{
    j->tensor->shape[0] = rows;
    j->tensor->shape[1] = columns;
}

/* ---- the schemes ---- */

static bool join_mxfp4(const struct joining *j)
{
    const struct part *blocks = j->main, *scales = joining_find(j, "_scales");
    struct tensor *t = j->tensor;

    if (scales == NULL)
        return diag_error(j->d, joining_place(j, blocks),
                          "expected its scales, '%s_scales', found none", j->base);
    if (blocks->rank != 4 || blocks->shape[3] != MXFP4_BLOCK_BYTES || scales->type != PART_u8 ||
        scales->rank != 3 || memcmp(blocks->shape, scales->shape, 3 * sizeof *blocks->shape) != 0)
        return diag_error(j->d, joining_place(j, blocks),
                          "expected blocks [experts, out, in / 32, 16] and scales [experts, out, "
                          "in / 32], found %u axes of %" PRIu64 " bytes and %u of %" PRIu64,
                          blocks->rank, blocks->bytes, scales->rank, scales->bytes);
    j->coded->is_mxfp4 = true;
    j->coded->scales = *scales;
    t->rank = 3;
    memcpy(t->shape, blocks->shape, sizeof t->shape);
    t->shape[2] *= MXFP4_BLOCK;
    t->shape[3] = 0;
    j->m->hyper.experts_turned = false;
    return true;
}

/* qzeros and scales of GPTQ and AWQ: *groups by *rows. */
static bool find_groups(const struct joining *j, const struct part **zeros, uint64_t *groups,
                        uint64_t *rows)
{
    const struct part *scales = &j->coded->scales;

    *zeros = joining_find(j, ".qzeros");
    if (!find_scales(j, ".scales"))
        return false;
    if (*zeros == NULL)
        return diag_error(j->d, joining_place(j, j->main),
                          "expected its zero points, '%s.qzeros', found none", j->base);
    if (scales->rank != 2)
        return joining_misfit(j, scales, "scales [groups, out]");
    if ((*zeros)->type != PART_i32 || (*zeros)->rank != 2 || (*zeros)->shape[0] != scales->shape[0])
        return joining_misfit(j, *zeros, "zero points of as many groups as the scales have");
    if (j->main->rank != 2)
        return joining_misfit(j, j->main, "a matrix of words");
    *groups = scales->shape[0];
    *rows = scales->shape[1];
    j->coded->group_rows = 1;
    j->coded->row_step = 1;
    j->coded->column_step = *rows;
    return true;
}

/* Zero points were stored minus 1 by subtracting from whole words, so that a 0 borrows from the next
 * one; but from each by itself where they cross words. */
static void add_one(struct coded *c)
{
    const uint32_t bits = c->zeros.bits;

    for (uint32_t at = 0; at < 32 && 32 % bits == 0; at += bits)
        c->zeros.added |= 1u << at;
    c->zero = 32 % bits == 0 ? 0 : 1;
}

static bool join_gptq(const struct joining *j)
{
    struct coded *c = j->coded;
    const struct part *zeros;
    uint64_t groups = 0, rows = 0;

    if (!find_groups(j, &zeros, &groups, &rows))
        return false;
    const uint64_t bits = zeros->shape[1] <= rows ? zeros->shape[1] * 32 / rows : 0;
    if ((bits != 2 && bits != 3 && bits != 4 && bits != 8) || zeros->shape[1] * 32 != rows * bits)
        return joining_misfit(j, zeros,
                              "zero points of 2, 3, 4 or 8 bits for each column of the scales");
    if (j->main->shape[1] != rows || j->main->shape[0] % (bits == 3 ? 3 : 1) != 0)
        return joining_misfit(j, j->main, "as many columns as the scales have, and whole numbers");
    const uint64_t columns = j->main->shape[0] * 32 / bits;
    if (groups > columns)
        return joining_misfit(j, &c->scales, "no more groups than columns");
    c->numbers.bits = (uint8_t)bits;
    c->numbers.step = rows;
    c->numbers.stride = 1;
    c->zeros = (struct coded_integers){
        .part = *zeros, .bits = (uint8_t)bits, .step = 1, .stride = zeros->shape[1]};
    if (j->m->quantization.zeros_lack_one)
        add_one(c);
    c->group_columns = group_columns(j, columns, groups);
    set_shape(j, rows, columns);
    return read_order(j, ".g_idx", columns, groups);
}

static bool join_awq(const struct joining *j)
{
    enum { BITS = 4, IN_WORD = 32 / BITS };
    struct coded *c = j->coded;
    const struct part *zeros;
    uint64_t groups = 0, rows = 0;

    if (!find_groups(j, &zeros, &groups, &rows))
        return false;
    const uint64_t words = rows / IN_WORD, columns = j->main->shape[0];
    if (rows % IN_WORD != 0 || zeros->shape[1] != words)
        return joining_misfit(j, zeros, "zero points of 4 bits for each column of the scales");
    if (j->main->shape[1] != words)
        return joining_misfit(j, j->main, "numbers of 4 bits for each column of the scales");
    if (groups > columns)
        return joining_misfit(j, &c->scales, "no more groups than columns");
    c->packed_rows = true;
    c->numbers.bits = BITS;
    c->numbers.alternating = true;
    c->numbers.step = 1;
    c->numbers.stride = words;
    c->zeros = c->numbers;
    c->zeros.part = *zeros;
    c->group_columns = group_columns(j, columns, groups);
    set_shape(j, rows, columns);
    return true;
}

/* Scales of all elements, of rows or of groups of a row, or of blocks. */
static bool place_scales(const struct joining *j, uint64_t rows, uint64_t columns)
{
    struct coded *c = j->coded;
    const struct part *s = &c->scales;
    const uint32_t *said = j->m->quantization.block;
    const uint64_t block_rows = said[0] != 0 ? said[0] : 128;
    const uint64_t block_columns = said[1] != 0 ? said[1] : 128;
    const uint64_t first = s->rank == 0 ? 1 : s->shape[0], groups = s->rank == 2 ? s->shape[1] : 1;

    c->row_step = groups;
    c->column_step = 1;
    if (s->rank <= 2 && first * groups == 1) {
        c->group_rows = rows;
        c->group_columns = columns;
    } else if (s->rank <= 2 && first == rows && columns % groups == 0) {
        c->group_rows = 1;
        c->group_columns = columns / groups;
    } else if (s->rank == 2 && first == ceil_div(rows, block_rows) &&
               groups == ceil_div(columns, block_columns)) {
        c->group_rows = block_rows;
        c->group_columns = block_columns;
    } else {
        return joining_misfit(j, s, "scales [1], [out], [out, groups] or of each block");
    }
    return true;
}

static bool join_packed(const struct joining *j)
{
    struct coded *c = j->coded;
    const struct part *shape = joining_find(j, ".weight_shape");
    const struct part *zeros = joining_find(j, ".weight_zero_point");
    uint8_t bits = 8;

    if (shape == NULL || shape->rank != 1 || shape->shape[0] != 2 ||
        (shape->type != PART_i32 && shape->type != PART_i64))
        return diag_error(j->d, joining_place(j, j->main),
                          "expected its shape, two numbers in '%s.weight_shape', found none",
                          j->base);
    const double rows = part_number(j->m, shape, 0), columns = part_number(j->m, shape, 1);
    if (j->main->rank != 2 || rows != (double)j->main->shape[0] || !(columns >= 1) ||
        !(columns <= (double)j->main->shape[1] * 32))
        return joining_misfit(j, j->main, "as many rows and columns as its weight_shape says");
    const uint64_t words = j->main->shape[1], in = (uint64_t)columns, out = (uint64_t)rows;
    while (bits > 1 && ceil_div(in * bits, 32) != words)
        bits--;
    if (bits == 1)
        return joining_misfit(j, j->main, "words with 2 to 8 bits for each column");
    if (!find_scales(j, ".weight_scale") || !place_scales(j, out, in))
        return false;
    c->numbers.bits = bits;
    c->numbers.step = 1;
    c->numbers.stride = words;
    c->zero = 1 << (bits - 1);
    set_shape(j, out, in);
    if (zeros != NULL) {
        const uint64_t groups = c->row_step;
        if (c->group_rows != 1 || zeros->type != PART_i32 || zeros->rank != 2 ||
            zeros->shape[0] != ceil_div(out * bits, 32) || zeros->shape[1] != groups)
            return joining_misfit(j, zeros, "packed zero points for each scale");
        c->zeros =
            (struct coded_integers){.part = *zeros, .bits = bits, .step = groups, .stride = 1};
        c->zero = 0;
    }
    return read_order(j, ".weight_g_idx", in, c->row_step);
}

static bool join_bytes(const struct joining *j)
{
    struct coded *c = j->coded;
    const struct part *zeros = joining_find(j, ".weight_zero_point");
    const char *inverse = ".weight_scale_inv";

    if (j->main->rank != 2)
        return joining_misfit(j, j->main, "a matrix");
    const uint64_t rows = j->main->shape[0], columns = j->main->shape[1];
    if (!find_scales(j, joining_find(j, inverse) != NULL ? inverse : ".weight_scale") ||
        !place_scales(j, rows, columns))
        return false;
    c->numbers.bits = 8;
    c->numbers.step = 1;
    c->numbers.stride = columns;
    set_shape(j, rows, columns);
    if (zeros != NULL) {
        if (c->group_rows != 1 || zeros->type != PART_i8 ||
            part_elements(zeros) != part_elements(&c->scales))
            return joining_misfit(j, zeros, "a zero point of I8 for each scale");
        c->zeros =
            (struct coded_integers){.part = *zeros, .bits = 8, .step = c->row_step, .stride = 1};
    }
    return c->group_rows != 1 || read_order(j, ".weight_g_idx", columns, c->row_step);
}

/* ---- the table ---- */

const struct coded_scheme *coded_scheme_of(const struct model *m, const struct part *p)
{
    static const struct coded_scheme schemes[] = {
        {"_blocks", PART_u8, QUANTIZATION_none, join_mxfp4},
        {".qweight", PART_i32, QUANTIZATION_gptq, join_gptq},
        {".qweight", PART_i32, QUANTIZATION_awq, join_awq},
        {".weight_packed", PART_i32, QUANTIZATION_none, join_packed},
        {".weight", PART_i8, QUANTIZATION_none, join_bytes},
        {".weight", PART_f8_e4m3, QUANTIZATION_none, join_bytes},
        {".weight", PART_u8, QUANTIZATION_bitsandbytes, join_bitsandbytes},
    };
    const char *name = str_text(m->strings, p->name);
    const size_t bytes = strlen(name);

    for (size_t i = 0; i < countof(schemes); i++) {
        const struct coded_scheme *s = &schemes[i];
        const size_t end = strlen(s->suffix);
        if (s->type == p->type && bytes > end && strcmp(name + bytes - end, s->suffix) == 0 &&
            (s->method == QUANTIZATION_none || s->method == m->quantization.method))
            return s;
    }
    return NULL;
}
