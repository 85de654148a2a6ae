/* Rows of coded tensors. In: parts that were checked; out: numbers, scales and zero points of some
 * columns, and rows made of them. Contract: coded.h. */
#include "compiler/import/coded.h"

#include "compiler/base/float16.h"
#include "compiler/import/quant.h"

#include <math.h>
#include <string.h>

/* ---- elements of parts ---- */

uint32_t part_type_bytes(enum part_type type)
{
    static const uint8_t all[] = {0,
#define PART(name, safetensors, bytes) bytes,
                                  PART_TYPES(PART)
#undef PART
    };
    return all[type];
}

static const char *const type_names[] = {"",
#define PART(name, safetensors, bytes) safetensors,
                                         PART_TYPES(PART)
#undef PART
};

const char *part_type_name(enum part_type type)
{
    return type_names[type];
}

enum part_type part_type_of(const char *safetensors)
{
    for (uint32_t i = 1; i < countof(type_names); i++)
        if (strcmp(type_names[i], safetensors) == 0)
            return (enum part_type)i;
    return PART_none;
}

static const uint8_t *data_of(const struct model *m, const struct part *p)
{
    return m->files[p->file].data + p->offset;
}

double part_number(const struct model *m, const struct part *p, uint64_t i)
{
    const uint8_t *at = data_of(m, p) + i * part_type_bytes(p->type);
    uint16_t half;
    int32_t word;
    int64_t long_word;
    float single;

    switch (p->type) {
    case PART_u8:
        return *at;
    case PART_i8:
        return (int8_t)*at;
    case PART_i32:
        memcpy(&word, at, sizeof word);
        return word;
    case PART_i64:
        memcpy(&long_word, at, sizeof long_word);
        return (double)long_word;
    case PART_f16:
    case PART_bf16:
        memcpy(&half, at, sizeof half);
        return (double)(p->type == PART_f16 ? f16_to_f32(half) : bf16_to_f32(half));
    case PART_f32:
        memcpy(&single, at, sizeof single);
        return (double)single;
    case PART_f8_e4m3:
    case PART_none:
        break;
    }
    unreachable("a part without numbers");
}

static uint32_t word_at(const uint8_t *data, uint64_t i)
{
    uint32_t word;

    memcpy(&word, data + 4 * i, sizeof word);
    return word;
}

/* Integer `packed` of the packed axis, `other` of the other one. */
static int32_t integer(const struct coded_integers *n, const uint8_t *data, uint64_t packed,
                       uint64_t other)
{
    static const uint8_t place[] = {0, 4, 1, 5, 2, 6, 3, 7}; /* of the nibble of an element */
    uint64_t bit;

    if (n->part.type == PART_i8)
        return (int8_t)data[packed * n->step + other * n->stride];
    if (n->part.type == PART_f8_e4m3)
        return data[packed * n->step + other * n->stride];
    if (n->part.type == PART_u8)
        return data[packed / 2 * n->step + other * n->stride] >> (packed % 2 == 0 ? 4 : 0) & 15;
    if (n->alternating)
        packed = packed / 8 * 8 + place[packed % 8];
    bit = packed * n->bits;
    uint64_t at = bit / 32 * n->step + other * n->stride, shift = bit % 32;
    uint64_t value = (word_at(data, at) + n->added) >> shift;
    if (shift + n->bits > 32)
        value |= (uint64_t)(word_at(data, at + n->step) + n->added) << (32 - shift);
    return (int32_t)(value & ((1u << n->bits) - 1));
}

/* ---- groups ---- */

float coded_scale(const struct model *m, const struct coded *c, uint64_t row, uint64_t group)
{
    const uint64_t i = row / c->group_rows * c->row_step + group * c->column_step;
    double value = part_number(m, &c->scales, i);

    if (c->scale_table == NULL)
        return (float)value;
    float outer = (float)part_number(m, &c->outer_scales, i / c->outer_block);
    float product = c->scale_table[(uint8_t)value] * outer;
    return product + c->scale_offset;
}

int32_t coded_zero(const struct model *m, const struct coded *c, uint64_t row, uint64_t group)
{
    if (c->zeros.part.type == PART_none)
        return c->zero;
    int32_t stored = integer(&c->zeros, data_of(m, &c->zeros.part), row, group);
    return c->zeros.part.type == PART_i8 ? stored : (stored + c->zero) & ((1 << c->zeros.bits) - 1);
}

uint64_t coded_bytes(const struct coded *c)
{
    return c->numbers.part.bytes + c->zeros.part.bytes + c->scales.bytes + c->outer_scales.bytes;
}

/* ---- rows ---- */

/* Numbers of `count` columns from `column` on. */
static void read_numbers(const struct model *m, const struct coded *c, uint64_t row,
                         uint64_t column, uint64_t count, int32_t *to)
{
    const uint8_t *data = data_of(m, &c->numbers.part);

    for (uint64_t i = 0; i < count; i++) {
        const uint64_t at = c->order != NULL ? c->order[column + i] : column + i;
        to[i] = c->packed_rows ? integer(&c->numbers, data, row, at)
                               : integer(&c->numbers, data, at, row);
    }
}

static void row_of_blocks(const struct model *m, const struct tensor *t, uint64_t row, uint8_t *to)
{
    const struct coded *c = t->coded;
    int32_t numbers[QUANT_BLOCK];

    for (uint64_t at = 0; at < tensor_width(t); at += QUANT_BLOCK) {
        const uint64_t group = at / c->group_columns;
        const int32_t zero = coded_zero(m, c, row, group);
        read_numbers(m, c, row, at, QUANT_BLOCK, numbers);
        for (uint32_t i = 0; i < QUANT_BLOCK; i++)
            numbers[i] -= zero;
        quant_put_block(t->dtype, coded_scale(m, c, row, group), numbers, to);
        to += dtype_info[t->dtype].bytes;
    }
}

/* Groups of 32 numbers or more, a word in front of each: its scale, and its zero point, which is 0 where
 * the type has none. */
static void row_of_groups(const struct model *m, const struct tensor *t, uint64_t row, uint8_t *to)
{
    enum { HALF = QUANT_BLOCK / 2 };
    const struct coded *c = t->coded;
    int32_t numbers[QUANT_BLOCK];

    for (uint64_t at = 0; at < tensor_width(t); at += QUANT_BLOCK) {
        const uint64_t group = at / c->group_columns;
        if (at % dtype_info[t->dtype].block == 0) {
            const uint32_t word =
                f32_bits(coded_scale(m, c, row, group)) | (uint32_t)coded_zero(m, c, row, group);
            memcpy(to, &word, sizeof word);
            to += sizeof word;
        }
        read_numbers(m, c, row, at, QUANT_BLOCK, numbers);
        for (uint32_t j = 0; j < HALF; j++)
            *to++ = (uint8_t)(numbers[j] | numbers[HALF + j] << 4);
    }
}

/* Blocks of words and bytes: of f8_e4m3 as they are, else from 0 on. */
static void row_of_bytes(const struct model *m, const struct tensor *t, uint64_t row, uint8_t *to)
{
    const struct coded *c = t->coded;
    const struct dtype_info *info = &dtype_info[t->dtype];
    const uint32_t words = dtype_byte_words(t->dtype);
    const int32_t least = c->numbers.part.type == PART_i8 ? INT8_MIN : 0;
    int32_t number;

    for (uint64_t at = 0; at < tensor_width(t); at += info->block, to += info->bytes) {
        const uint64_t group = at / c->group_columns;
        const float pair[] = {coded_scale(m, c, row, group),
                              (float)(coded_zero(m, c, row, group) - least)};
        memcpy(to, pair, words * sizeof *pair);
        for (uint32_t i = 0; i < info->block; i++) {
            read_numbers(m, c, row, at + i, 1, &number);
            to[words * sizeof *pair + i] = (uint8_t)(number - least);
        }
    }
}

static float value_of(const struct coded *c, int32_t number, int32_t zero)
{
    if (c->numbers.part.type == PART_f8_e4m3)
        return e4m3_to_f32((uint8_t)number);
    return c->table != NULL ? c->table[number] : (float)(number - zero);
}

static void row_of_floats(const struct model *m, const struct tensor *t, uint64_t row, uint8_t *to)
{
    const struct coded *c = t->coded;
    const uint64_t columns = tensor_width(t);
    int32_t number, zero = 0;
    uint64_t last = UINT64_MAX;
    float scale = 0;

    for (uint64_t i = 0; i < columns; i++) {
        uint64_t group = c->group_of != NULL ? c->group_of[i] : i / c->group_columns;
        if (group != last) {
            scale = coded_scale(m, c, row, group);
            zero = coded_zero(m, c, row, group);
            last = group;
        }
        read_numbers(m, c, row, i, 1, &number);
        float value = value_of(c, number, zero) * scale;
        memcpy(to + i * sizeof value, &value, sizeof value);
    }
}

/* Blocks of mxfp4: an exponent, then the nibbles of elements j and 16 + j. */
static void row_of_mxfp4(const struct model *m, const struct tensor *t, uint64_t row, uint8_t *to)
{
    enum { HALF = MXFP4_BLOCK / 2 };
    const struct coded *c = t->coded;
    const uint64_t count = tensor_width(t) / MXFP4_BLOCK;
    const uint8_t *from = data_of(m, &c->numbers.part) + row * count * MXFP4_BLOCK_BYTES;
    const uint8_t *exponents = data_of(m, &c->scales) + row * count;

    for (uint64_t i = 0; i < count; i++, from += MXFP4_BLOCK_BYTES, to += 1 + MXFP4_BLOCK_BYTES) {
        to[0] = exponents[i];
        for (uint32_t j = 0; j < HALF; j += 2) { /* bytes of elements j, j + 1 and 16 later */
            uint8_t low = from[j / 2], high = from[(HALF + j) / 2];
            to[1 + j] = (uint8_t)((low & 15) | high << 4);
            to[2 + j] = (uint8_t)(low >> 4 | (high & 0xf0));
        }
    }
}

void coded_row(const struct model *m, const struct tensor *t, uint64_t row, uint8_t *to)
{
    if (t->coded->is_mxfp4)
        row_of_mxfp4(m, t, row, to);
    else if (dtype_has_zeros(t->dtype) || dtype_floats(t->dtype) != NULL)
        row_of_groups(m, t, row, to);
    else if (dtype_byte_words(t->dtype) != 0)
        row_of_bytes(m, t, row, to);
    else if (t->dtype == DTYPE_f32)
        row_of_floats(m, t, row, to);
    else
        row_of_blocks(m, t, row, to);
}

/* ---- what rows are made of ---- */

typedef void (*file_visitor)(void *context, const struct file *f, uint64_t offset, uint64_t bytes);

/* The bytes of some rows, where the part has `rows` of them one after the other; else all bytes. */
static void visit_part(const struct model *m, const struct part *p, uint64_t rows, uint64_t first,
                       uint64_t count, file_visitor visit, void *context)
{
    const uint64_t each = rows == 0 ? 0 : p->bytes / rows;

    if (p->type == PART_none)
        return;
    if (each == 0 || each * rows != p->bytes)
        visit(context, &m->files[p->file], p->offset, p->bytes);
    else
        visit(context, &m->files[p->file], p->offset + first * each, count * each);
}

void coded_visit(const struct model *m, const struct tensor *t, uint64_t first, uint64_t rows,
                 file_visitor visit, void *context)
{
    const struct coded *c = t->coded;
    const uint64_t all = tensor_rows(t);
    const bool by_row = c->is_mxfp4 || (!c->packed_rows && c->numbers.stride > c->numbers.step);

    visit_part(m, &c->numbers.part, by_row ? all : 0, first, rows, visit, context);
    visit_part(m, &c->scales, c->is_mxfp4 ? all : 0, first, rows, visit, context);
    visit_part(m, &c->zeros.part, 0, first, rows, visit, context);
    visit_part(m, &c->outer_scales, 0, first, rows, visit, context);
    visit_part(m, &c->groups, 0, first, rows, visit, context);
}
