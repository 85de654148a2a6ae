/* The scheme of bitsandbytes. In: the part with the numbers; out: its struct coded, checked as
 * coded_schemes.c does it.
 *
 *   weight u8, a nibble for each element; absmax, for each 64 of them; quant_map [16]; a description in
 *   JSON. With double quantization, absmax are places in nested_quant_map, times nested_absmax, plus an
 *   offset
 */
#include "compiler/base/out.h"
#include "compiler/import/coded.h"
#include "compiler/import/import.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* What the description of a tensor says; false: an error. */
struct description {
    uint64_t rows, columns, block, outer_block;
    double offset;
};

static bool read_size(const json_t *from, uint64_t *size)
{
    if (!json_is_integer(from) || json_integer_value(from) < 1 ||
        json_integer_value(from) > INT32_MAX)
        return false;
    *size = (uint64_t)json_integer_value(from);
    return true;
}

static bool read_description(const struct joining *j, struct description *out)
{
    static const char *const kinds[] = {".weight.quant_state.bitsandbytes__nf4",
                                        ".weight.quant_state.bitsandbytes__fp4"};
    const struct part *p = joining_find(j, kinds[0]);
    struct json_report report;

    p = p != NULL ? p : joining_find(j, kinds[1]);
    if (p == NULL || p->type != PART_u8)
        return diag_error(j->d, joining_place(j, j->main),
                          "expected its description, '%s%s' or that of fp4, found none", j->base,
                          kinds[0]);
    json_t *root =
        json_parse((const char *)j->m->files[p->file].data + p->offset, p->bytes, true, &report);
    const json_t *shape = json_object_get(root, "shape"),
                 *nested = json_object_get(root, "nested_blocksize"),
                 *offset = json_object_get(root, "nested_offset");
    bool good =
        json_array_size(shape) == 2 && read_size(json_array_get(shape, 0), &out->rows) &&
        read_size(json_array_get(shape, 1), &out->columns) &&
        read_size(json_object_get(root, "blocksize"), &out->block) &&
        (nested == NULL || (read_size(nested, &out->outer_block) && json_is_number(offset)));
    out->offset = json_number_value(offset);
    json_decref(root);
    return good ||
           diag_error(j->d, joining_place(j, p),
                      "expected a description with a shape of two axes and a blocksize, and "
                      "with a nested_offset beside a nested_blocksize, found another");
}

/* Values of a part of f32, `count` of them; NULL: an error. */
static const float *read_table(const struct joining *j, const char *suffix, uint32_t count)
{
    const struct part *p = joining_find(j, suffix);

    if (p == NULL || p->type != PART_f32 || part_elements(p) != count) {
        diag_error(j->d, joining_place(j, j->main), "expected %u values of F32 in '%s%s', found %s",
                   count, j->base, suffix, p == NULL ? "none" : "others");
        return NULL;
    }
    float *values = arena_new(j->m->arena, float, count);
    for (uint32_t i = 0; i < count; i++) {
        values[i] = (float)part_number(j->m, p, i);
        if (!isfinite(values[i])) {
            diag_error(j->d, joining_place(j, p), "expected finite values, found %g",
                       (double)values[i]);
            return NULL;
        }
    }
    return values;
}

static bool find_nested(const struct joining *j, const struct description *says, uint64_t scales)
{
    const struct part *outer = joining_find(j, ".weight.nested_absmax");

    j->coded->scale_table = read_table(j, ".weight.nested_quant_map", 256);
    if (j->coded->scale_table == NULL)
        return false;
    if (outer == NULL || outer->type != PART_f32 || says->outer_block == 0 ||
        part_elements(outer) != ceil_div(scales, says->outer_block))
        return diag_error(j->d, joining_place(j, j->main),
                          "expected a value in '%s.weight.nested_absmax' for each %" PRIu64
                          " scales, found others",
                          j->base, says->outer_block);
    j->coded->outer_scales = *outer;
    j->coded->outer_block = says->outer_block;
    j->coded->scale_offset = (float)says->offset;
    return true;
}

bool join_bitsandbytes(const struct joining *j)
{
    struct coded *c = j->coded;
    const struct part *scales = joining_find(j, ".weight.absmax");
    struct description says = {0};

    if (!read_description(j, &says))
        return false;
    c->table = read_table(j, ".weight.quant_map", 16);
    if (c->table == NULL)
        return false;
    if (says.columns % says.block != 0 || says.columns % 2 != 0 ||
        j->main->bytes != says.rows * says.columns / 2)
        return joining_misfit(j, j->main, "a nibble for each element of rows of whole blocks");
    const uint64_t groups = says.columns / says.block;
    if (scales == NULL || part_elements(scales) != says.rows * groups ||
        (scales->type != PART_f32 && scales->type != PART_u8))
        return diag_error(j->d, joining_place(j, j->main),
                          "expected a scale in '%s.weight.absmax' for each %" PRIu64
                          " elements, found others",
                          j->base, says.block);
    c->scales = *scales;
    c->numbers.bits = 4;
    c->numbers.step = 1;
    c->numbers.stride = says.columns / 2;
    c->group_rows = c->column_step = 1;
    c->group_columns = says.block;
    c->row_step = groups;
    j->tensor->shape[0] = says.rows;
    j->tensor->shape[1] = says.columns;
    return scales->type != PART_u8 || find_nested(j, &says, says.rows * groups);
}
