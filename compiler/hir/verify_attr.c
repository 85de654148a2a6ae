/* What an attribute must obey. In: an op and its attribute; out: what is wrong with it. Each value
 * by itself: its type and its range in attrs.def. Several values together: a function per kind. */
#include "compiler/hir/attr.h"

#include <math.h>

/* ---- one value ---- */

static bool range_holds(uint8_t range, double x)
{
    const bool holds[] = {
#define ATTR_RANGE(name, holds, expected) holds,
#include "compiler/hir/attr_ranges.def"
#undef ATTR_RANGE
    };
    return holds[range];
}

static const char *range_words(uint8_t range)
{
    static const char *const words[] = {
#define ATTR_RANGE(name, holds, expected) expected,
#include "compiler/hir/attr_ranges.def"
#undef ATTR_RANGE
    };
    return words[range];
}

/* What was expected of a value; NULL where it is right. */
static const char *expected_of(const struct hir_attr *attr, const struct attr_field *f)
{
    enum attr_type type = (enum attr_type)f->type;

    if (type == ATTR_TYPE_code || type == ATTR_TYPE_size) /* the shape rules check these */
        return NULL;
    if (attr_goes_by_name(type))
        return attr_word(type, attr_field_u32(attr, f)) != NULL ? NULL : "a known name";
    if (type == ATTR_TYPE_flag)
        return attr_field_u32(attr, f) <= 1 ? NULL : "0 or 1";
    double x = type == ATTR_TYPE_number ? attr_field_number(attr, f) : attr_field_u32(attr, f);
    return range_holds(f->range, x) ? NULL : range_words(f->range);
}

/* ---- several values ---- */

static const char *weight_problem(enum hir_op op, const struct hir_attr *attr, enum dtype dtype)
{
    uint32_t layout = attr->weight.layout;

    if (layout != LAYOUT_none && layout_info[layout].dtype != dtype)
        return "layout: expected one of the weight's own type";
    if (op != HIR_concat && attr->weight.axis != 0)
        return "axis: expected one of concat alone";
    return NULL;
}

static const char *table_problem(const struct hir_attr *attr)
{
    uint32_t scaling = attr->table.scaling;

    if (scaling != HIR_ROPE_default && scaling != HIR_ROPE_still && attr->table.factor <= 0)
        return "factor: expected a finite number above 0";
    if (scaling == HIR_ROPE_llama3 && (attr->table.low <= 0 || attr->table.low > attr->table.high))
        return "low, high: expected finite numbers, 0 < low <= high";
    if (scaling == HIR_ROPE_yarn && (attr->table.beta_fast <= 0 || attr->table.beta_slow <= 0))
        return "beta_fast, beta_slow: expected finite numbers above 0";
    if ((scaling == HIR_ROPE_llama3 || scaling == HIR_ROPE_yarn || attr->table.growth != 0) &&
        attr->table.original_context == 0)
        return "original_context: expected a number above 0";
    if (attr->table.offset != 0 && attr->table.growth == 0)
        return "offset: expected 0 where nothing grows";
    return NULL;
}

static const char *quant_problem(const struct hir_attr *attr)
{
    bool integer = act_is_integer((enum act)attr->quant.act);

    if (!integer && (attr->quant.bias != 0 || attr->quant.block_sums != 0))
        return "bias, block_sums: expected 0 where act is neither i16 nor i8";
    if (attr->quant.act == ACT_i8_row && (attr->quant.bias == 0 || attr->quant.block_sums != 0))
        return "bias, block_sums: expected a bias and no sums of halves where act is i8_row";
    if (attr->quant.in_products != 0 && attr->quant.act != ACT_f32)
        return "in_products: expected 0 where act is not f32";
    if (attr->quant.by_product != 0 && (attr->quant.act != ACT_f32 || attr->quant.in_products != 0))
        return "by_product: expected 0 where act is not f32, and with in_products";
    return NULL;
}

static const char *product_problem(enum hir_op op, const struct hir_attr *attr)
{
    const struct hir_op_info *activation = &hir_op_info[attr->product.activation];
    bool gated = op == HIR_gated_matmul || op == HIR_gated_expert_matmul;

    if (op != HIR_expert_mix && attr->product.scattered != 0)
        return "scattered: expected 0 where experts are not mixed";
    if (!gated && attr->product.activation != HIR_none)
        return "activation: expected one of a gated product alone";
    if (gated && attr->product.activation == HIR_none && attr->product.code.bytes != 0)
        return NULL;
    if (gated && (activation->code == NULL || activation->max != 1))
        return "activation: expected an elementwise op of one operand";
    return NULL;
}

static const char *route_problem(const struct hir_attr *attr)
{
    const bool has_groups = attr->route.groups != 0;

    if (attr->route.epsilon != 0 && !attr->route.normalized)
        return "epsilon: expected 0 where the weights are not normalized";
    if (has_groups != (attr->route.chosen_groups != 0) ||
        has_groups != (attr->route.group_best != 0))
        return "groups, chosen_groups, group_best: expected all of them or none";
    if (attr->route.chosen_groups > attr->route.groups)
        return "chosen_groups: expected at most as many as groups";
    return NULL;
}

static const char *attention_problem(const struct hir_attr *attr)
{
    if (attr->attention.mask == MASK_none && attr->attention.window != 0)
        return "window: expected 0 where the mask is none";
    if (attr->attention.anchored && attr->attention.window == 0)
        return "anchored: expected 0 where there is no window";
    if (attr->attention.act != ACT_f32 && attr->attention.act != ACT_bf16)
        return "act: expected f32 or bf16";
    if (attr->attention.act == ACT_bf16 && attr->attention.head_dim % 2 != 0)
        return "act: expected f32 where head_dim is odd";
    if (attr->attention.matrices && attr->attention.act != ACT_bf16)
        return "matrices: expected 0 where act is not bf16";
    if (attr->attention.chunk % 64 != 0)
        return "chunk: expected a multiple of 64";
    return NULL;
}

const char *attr_problem(struct arena *arena, enum hir_op op, const struct hir_attr *attr,
                         enum dtype dtype)
{
    enum attr_kind kind = (enum attr_kind)hir_op_info[op].attr;

    for (uint32_t i = attr_begin[kind]; i < attr_begin[kind + 1]; i++) {
        const struct attr_field *f = &attr_fields[i];
        const char *expected = expected_of(attr, f);
        if (expected != NULL)
            return arena_printf(arena, "%s: expected %s", f->name, expected);
    }
    switch (kind) {
    case ATTR_weight:
        return weight_problem(op, attr, dtype);
    case ATTR_table:
        return table_problem(attr);
    case ATTR_quant:
        return quant_problem(attr);
    case ATTR_product:
        return product_problem(op, attr);
    case ATTR_route:
        return route_problem(attr);
    case ATTR_formula:
        return attr->formula.tile_columns % 16 == 0 ? NULL
                                                    : "tile_columns: expected a multiple of 16";
    case ATTR_attention:
        return attention_problem(attr);
    default:
        return NULL;
    }
}
