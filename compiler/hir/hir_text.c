/* Prints a graph, one line per node; hir_parse.c reads the same text.
 *
 *     graph "llama" (SEQ in 1..512, PAST_SEQ in 0..8191)
 *       %1 = input               i32 [ROWS]                  "tokens"
 *       %2 = weight              q8_0 [49152, 576]           "model.embed_tokens.weight"
 *       %3 = embed %2 %1         f32 [ROWS, 576]             "hidden.0"
 *       output "logits" %3
 *
 * A line is: number, op, operands, type and shape, attributes, name. Symbols are listed where their
 * bounds are not the usual ones.
 */
#include "compiler/hir/attr.h"
#include "compiler/hir/scalar.h"
#include "compiler/hir/shape.h"

#define FIELD(kind, type, always, name, member)                                         \
    {                                                                                   \
        name, ATTR_##kind, FIELD_##type, always, offsetof(struct hir_attr, kind.member) \
    }

const struct attr_field attr_fields[ATTR_FIELD_COUNT] = {
    FIELD(weight, layout, 0, "layout", layout),
    FIELD(number, number, 1, "value", value),
    FIELD(table, number, 1, "theta", theta),
    FIELD(table, scaling, 0, "scaling", scaling),
    FIELD(table, number, 0, "factor", factor),
    FIELD(table, number, 0, "low", low),
    FIELD(table, number, 0, "high", high),
    FIELD(table, number, 0, "beta_fast", beta_fast),
    FIELD(table, number, 0, "beta_slow", beta_slow),
    FIELD(table, flag, 0, "exact_borders", exact_borders),
    FIELD(table, number, 0, "attention_factor", attention_factor),
    FIELD(table, count, 0, "original_context", original_context),
    FIELD(slice, count, 1, "axis", axis),
    FIELD(slice, size, 1, "start", start),
    FIELD(norm, number, 1, "epsilon", epsilon),
    FIELD(activation, map_op, 1, "activation", op),
    FIELD(rope, count, 1, "n_rot", n_rot),
    FIELD(rope, flag, 0, "interleaved", interleaved),
    FIELD(rope, number, 0, "epsilon", epsilon),
    FIELD(attention, count, 1, "heads", heads),
    FIELD(attention, count, 1, "kv_heads", kv_heads),
    FIELD(attention, count, 1, "head_dim", head_dim),
    FIELD(attention, number, 1, "scale", scale),
    FIELD(attention, mask, 1, "mask", mask),
    FIELD(attention, count, 1, "window", window),
    FIELD(attention, number, 0, "softcap", softcap),
};

const char *attr_value_name(enum attr_field_type type, uint32_t i)
{
    static const char *const scaling[] = {"default", "linear", "llama3", "yarn"};
    static const char *const mask[] = {"none", "causal"};

    switch (type) {
    case FIELD_layout:
        return i == 0 ? "none" : i < LAYOUT_COUNT ? layout_info[i].name : NULL;
    case FIELD_scaling:
        return i < countof(scaling) ? scaling[i] : NULL;
    case FIELD_mask:
        return i < countof(mask) ? mask[i] : NULL;
    case FIELD_map_op:
        return i < HIR_OP_COUNT ? hir_op_info[i].name : NULL;
    default:
        unreachable("an attribute that does not go by name");
    }
}

static void field_text(const struct hir_graph *g, const struct hir_attr *attr,
                       const struct attr_field *field, struct text *out)
{
    const char *name;
    bool number = field->type == FIELD_number;

    if (!field->always &&
        (number ? attr_field_number(attr, field) == 0 : attr_field_u32(attr, field) == 0))
        return;
    text_add(out, "%s=", field->name);
    switch (field->type) {
    case FIELD_number:
        number_text(out, attr_field_number(attr, field));
        break;
    case FIELD_count:
    case FIELD_flag:
        text_add(out, "%u", attr_field_u32(attr, field));
        break;
    case FIELD_size:
        dim_text(&g->dims, attr_field_u32(attr, field), out);
        break;
    default:
        name = attr_value_name((enum attr_field_type)field->type, attr_field_u32(attr, field));
        text_add(out, "%s", name == NULL ? "?" : name);
    }
    text_add(out, " ");
}

/* Spaces up to a column of the line that began at `line`. */
static void column(struct text *out, uint32_t line, uint32_t width)
{
    uint32_t used = out->bytes - line;

    text_add(out, "%*s", used < width ? (int)(width - used) : 1, "");
}

static void node_text(const struct hir_graph *g, hir_id id, struct text *out)
{
    const struct hir_node *n = hir_at(g, id);
    const struct hir_op_info *info = &hir_op_info[n->op];
    uint32_t line = out->bytes;

    text_add(out, "  %%%u = %s", id, info->name);
    for (uint32_t i = 0; i < n->operand_count; i++)
        text_add(out, " %%%u", hir_operand(g, id, i));
    column(out, line, 36);
    text_add(out, "%s ", dtype_info[n->dtype].name);
    shape_text(&g->dims, hir_shape_of(g, id), out);
    if (info->attr != ATTR_none || n->name != 0)
        column(out, line, 62);
    for (uint32_t i = 0; i < ATTR_FIELD_COUNT; i++)
        if (attr_fields[i].kind == info->attr)
            field_text(g, hir_attr(g, id), &attr_fields[i], out);
    if (n->name != 0)
        text_add_quoted(out, str_text(g->strings, n->name));
    while (out->data[out->bytes - 1] == ' ')
        out->data[--out->bytes] = 0;
    text_add(out, "\n");
}

/* The bounds that the maker of the graph gave. */
static void symbols_text(const struct hir_graph *g, struct text *out)
{
    struct dims usual;
    const char *between = " (";

    dims_init(&usual, out->arena);
    for (uint32_t i = 0; i < SYMBOL_MAX; i++) {
        const struct dim *x = &g->dims.all[i + 1], *y = &usual.all[i + 1];
        if (x->min == y->min && x->max == y->max)
            continue;
        text_add(out, "%s%s in %lld..%lld", between, symbol_name(i), (long long)x->min,
                 (long long)x->max);
        between = ", ";
    }
    text_add(out, "%s\n", between[0] == ',' ? ")" : "");
}

void hir_text(const struct hir_graph *g, struct text *out)
{
    text_add(out, "graph ");
    text_add_quoted(out, str_text(g->strings, g->name));
    symbols_text(g, out);
    for (hir_id id = 1; id < g->node_count; id++)
        node_text(g, id, out);
    for (uint32_t i = 0; i < g->output_count; i++) {
        text_add(out, "  output ");
        text_add_quoted(out, str_text(g->strings, g->outputs[i].name));
        text_add(out, " %%%u\n", g->outputs[i].node);
    }
}
