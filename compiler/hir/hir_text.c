/* Prints a graph, one line per node; hir_parse.c reads the same text.
 *
 *     graph "llama" (SEQ in 1..512, PAST_SEQ in 0..8191)
 *       %1 = input               i32 [ROWS]                  role=tokens "tokens"
 *       %2 = weight              q8_0 [49152, 576]           "model.embed_tokens.weight"
 *       %3 = embed %2 %1         f32 [ROWS, 576]             "hidden.0"
 *       output "logits" %3 role=logits
 *
 * A line is: number, op, operands, type and shape, attributes, name. `entry "name"` stands before
 * the outputs of an entry, except where "main" is the only one.
 */
#include "compiler/hir/attr.h"
#include "compiler/hir/shape.h"

#include <string.h>

static bool is_zero(const struct hir_attr *attr, const struct attr_field *field)
{
    switch (field->type) {
    case ATTR_TYPE_number:
        return attr_field_number(attr, field) == 0;
    case ATTR_TYPE_code:
        return attr_field_code(attr, field)->bytes == 0;
    default:
        return attr_field_u32(attr, field) == 0;
    }
}

static void field_text(const struct hir_graph *g, const struct hir_attr *attr,
                       const struct attr_field *field, struct text *out)
{
    if (!field->always && is_zero(attr, field))
        return;
    text_add(out, "%s=", field->name);
    switch (field->type) {
    case ATTR_TYPE_number:
        number_text(out, attr_field_number(attr, field));
        break;
    case ATTR_TYPE_count:
    case ATTR_TYPE_flag:
        text_add(out, "%u", attr_field_u32(attr, field));
        break;
    case ATTR_TYPE_size:
        dim_text(&g->dims, attr_field_u32(attr, field), out);
        break;
    case ATTR_TYPE_code:
        text_add(out, "[");
        scalar_code_text(out, attr_field_code(attr, field));
        text_add(out, "]");
        break;
    default: {
        const char *name = attr_word((enum attr_type)field->type, attr_field_u32(attr, field));
        text_add(out, "%s", name == NULL ? "?" : name);
    }
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

/* The graph's own symbols, and bounds that are not the usual ones. */
static void symbols_text(const struct hir_graph *g, struct text *out)
{
    struct dims usual;
    const char *between = " (";

    dims_init(&usual, out->arena);
    for (uint32_t i = 0; i < g->dims.symbol_count; i++) {
        const struct dim *x = &g->dims.all[i + 1], *y = &usual.all[i + 1];
        if (i < SYMBOL_FIRST_FREE && x->min == y->min && x->max == y->max)
            continue;
        text_add(out, "%s%s in %lld..%lld", between, dim_symbol_name(&g->dims, i),
                 (long long)x->min, (long long)x->max);
        between = ", ";
    }
    text_add(out, "%s\n", between[0] == ',' ? ")" : "");
}

static void entry_text(const struct hir_graph *g, uint32_t entry, struct text *out)
{
    const struct hir_entry *e = &g->entries[entry];

    if (g->entry_count > 1 || strcmp(str_text(g->strings, e->name), "main") != 0) {
        text_add(out, "  entry ");
        text_add_quoted(out, str_text(g->strings, e->name));
        text_add(out, "\n");
    }
    for (uint32_t i = e->first_output; i < e->first_output + e->output_count; i++) {
        const struct hir_output *o = &g->outputs[i];
        text_add(out, "  output ");
        text_add_quoted(out, str_text(g->strings, o->name));
        text_add(out, " %%%u", o->node);
        if (o->role == OUTPUT_logits)
            text_add(out, " role=%s", output_role_names[o->role]);
        text_add(out, "\n");
    }
}

void hir_text(const struct hir_graph *g, struct text *out)
{
    text_add(out, "graph ");
    text_add_quoted(out, str_text(g->strings, g->name));
    symbols_text(g, out);
    for (hir_id id = 1; id < g->node_count; id++)
        node_text(g, id, out);
    for (uint32_t i = 0; i < g->entry_count; i++)
        entry_text(g, i, out);
}
