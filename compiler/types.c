/* Types of what is packed. In: the model, whose tensors have the types of its file, and its graph
 * after the passes, whose nodes have the types that are packed; out: warnings and a report. Also
 * chooses the type of the KV cache, before the passes. Contract: types.h.
 */
#include "compiler/types.h"

#include "compiler/kv_range.h"
#include "runtime/base/amount.h"

void choose_kv_type(const struct model *m, bool given, uint32_t threads, enum dtype *kv,
                    struct diags *d)
{
    struct place at = {.file = m->path};
    struct kv_range range;

    if (kv_range_fits(m, *kv, threads, &range))
        return;
    if (given) {
        diag_warning(d, at,
                     "%s of layer %u may reach %.3g, but %s KV cache limits them to %.0f; "
                     "--kv=f32 does not",
                     range.what, range.layer, range.max, *kv == DTYPE_f16 ? "an f16" : "a q8",
                     kv_range_max(*kv));
        return;
    }
    *kv = DTYPE_f32;
    diag_warning(
        d, at,
        "%s of layer %u may reach %.3g, more than f16 holds (65504), so the KV cache is f32; "
        "--kv=f16 or --kv=q8 would be smaller",
        range.what, range.layer, range.max);
}

/* By tensor: the type that the graph packs it in (DTYPE_none: the graph does not read it), its
 * layout, and whether as part of an expression, whose root has other rows. */
struct packed_tensor {
    enum dtype dtype;
    enum layout layout;
    bool is_part;
};

static struct packed_tensor *packed_types(const struct model *m, const struct hir_graph *g,
                                          struct arena *a)
{
    struct packed_tensor *packed = arena_new(a, struct packed_tensor, m->tensor_count);
    enum dtype *root = arena_new(a, enum dtype, g->node_count);     /* of the pack above a node */
    enum layout *layout = arena_new(a, enum layout, g->node_count); /* of a node or one above it */

    for (hir_id id = g->node_count - 1; id > 0; id--) { /* readers stand after what they read */
        const struct hir_node *n = hir_at(g, id);
        if (hir_op_info[n->op].attr == ATTR_weight && hir_attr(g, id)->weight.layout != LAYOUT_none)
            layout[id] = (enum layout)hir_attr(g, id)->weight.layout;
        for (uint32_t i = 0; i < n->operand_count; i++) {
            hir_id operand = hir_operand(g, id, i);
            if (n->op == HIR_pack || root[id] != DTYPE_none)
                root[operand] = n->op == HIR_pack ? (enum dtype)n->dtype : root[id];
            if (layout[id] != LAYOUT_none)
                layout[operand] = layout[id];
        }
        const struct tensor *t = n->op == HIR_weight ? model_tensor(m, n->name) : NULL;
        if (t != NULL)
            packed[t - m->tensors] =
                (struct packed_tensor){root[id] != DTYPE_none ? root[id] : (enum dtype)n->dtype,
                                       layout[id], root[id] != DTYPE_none};
    }
    return packed;
}

/* `lossy`: by type, the number of quantized matrices that change to another type. */
static void warn_of_loss(const struct model *m, const uint32_t lossy[DTYPE_COUNT], struct diags *d)
{
    struct text types = {.arena = d->arena};

    for (uint32_t i = 0; i < DTYPE_COUNT; i++)
        if (lossy[i] != 0)
            text_add(&types, "%s%u of %s", types.bytes == 0 ? "" : ", ", lossy[i],
                     dtype_info[i].name);
    if (types.bytes != 0)
        diag_warning(
            d, (struct place){.file = m->path},
            "matrices that are already quantized (%s) are rounded again and lose precision twice; "
            "use the original in F16, BF16 or F32, or --quant=keep",
            types.data);
}

void warn_of_types(const struct model *m, const struct hir_graph *g,
                   const struct type_choice *choice, struct diags *d)
{
    const struct packed_tensor *packed = packed_types(m, g, d->arena);
    const struct tensor *first_kept = NULL;
    enum dtype not_possible = DTYPE_none;
    uint32_t kept = 0, lossy[DTYPE_COUNT] = {0};

    for (uint32_t i = 0; i < m->tensor_count; i++) {
        const struct tensor *t = &m->tensors[i];
        if (t->rank != 2 || packed[i].dtype == DTYPE_none)
            continue;
        enum dtype wanted = type_in_place_of(
            type_wanted(choice, str_text(m->strings, t->name), t->dtype), t->shape[1]);
        lossy[t->dtype] += packed[i].dtype != t->dtype &&
                           packed[i].dtype != dtype_packed(t->dtype) && type_is_quantized(t->dtype);
        if (!packed[i].is_part && !type_fits_rows(wanted, t->shape[1]) && kept++ == 0) {
            first_kept = t;
            not_possible = wanted;
        }
    }
    if (kept != 0)
        diag_warning(
            d,
            (struct place){.file = m->path,
                           .object = str_text(m->strings, first_kept->source_name)},
            "%u matrices keep their type: rows must be a multiple of %u elements for %s, but these "
            "have %llu",
            kept, dtype_info[not_possible].block, dtype_info[not_possible].name,
            (unsigned long long)first_kept->shape[1]);
    warn_of_loss(m, lossy, d);
}

static bool is_packed_matrix(const struct tensor *t, const struct packed_tensor *packed)
{
    return (t->rank == 2 || t->rank == 3) && packed->dtype != DTYPE_none;
}

void warn_of_importance(const struct model *m, const struct hir_graph *g, struct diags *d)
{
    const struct packed_tensor *packed = packed_types(m, g, d->arena);
    const struct tensor *first = NULL;
    uint32_t count = 0;

    for (uint32_t i = 0; i < m->tensor_count; i++) {
        const struct tensor *t = &m->tensors[i];
        if (!is_packed_matrix(t, &packed[i]) || packed[i].dtype == t->dtype ||
            !type_is_quantized(packed[i].dtype) || t->importance != NULL ||
            is_embedding_or_lm_head(str_text(m->strings, t->name)))
            continue;
        first = count++ == 0 ? t : first;
    }
    if (count != 0)
        diag_warning(
            d, (struct place){.file = m->path, .object = str_text(m->strings, first->source_name)},
            "%u matrices are quantized without importance, because the file of --imatrix has "
            "no data for them",
            count);
}

/* A line for each matrix whose type changes. */
static void report_changes(const struct model *m, const struct packed_tensor *packed,
                           const struct type_choice *choice, struct text *out)
{
    for (uint32_t i = 0; i < m->tensor_count; i++) {
        const struct tensor *t = &m->tensors[i];
        if (!is_packed_matrix(t, &packed[i]) || packed[i].dtype == t->dtype)
            continue;
        enum dtype wanted = type_wanted(choice, str_text(m->strings, t->name), t->dtype);
        bool instead = dtype_packed(wanted) != packed[i].dtype && !packed[i].is_part;
        text_add(out, "  %-28s  %s to %s%s%s\n", str_text(m->strings, t->source_name),
                 dtype_info[t->dtype].name, dtype_info[packed[i].dtype].name,
                 instead ? " in the place of " : "", instead ? dtype_info[wanted].name : "");
    }
}

bool wants_row_activations(const struct model *m, const struct type_choice *choice)
{
    return m->quantization.int8_rows || types_scale_rows(choice);
}

struct type_uses list_type_uses(const struct model *m, const struct hir_graph *g,
                                const struct type_choice *choice, struct arena *a)
{
    const struct packed_tensor *packed = packed_types(m, g, a);
    struct type_use(*uses)[DTYPE_COUNT][LAYOUT_COUNT] =
        arena_alloc(a, 2 * sizeof *uses, _Alignof(struct type_use));
    struct type_uses list = {.row_activations = wants_row_activations(m, choice)};

    for (uint32_t i = 0; i < m->tensor_count; i++) {
        const struct tensor *t = &m->tensors[i];
        bool is_head = is_embedding_or_lm_head(str_text(m->strings, t->name));
        if (!is_packed_matrix(t, &packed[i]))
            continue;
        struct type_use *use = &uses[is_head][t->dtype][packed[i].layout];
        *use = (struct type_use){t->dtype, packed[i].layout, is_head, use->matrices + 1,
                                 use->elements + tensor_rows(t) * tensor_width(t)};
    }
    for (uint32_t head = 0; head < 2; head++)
        for (uint32_t from = 0; from < DTYPE_COUNT; from++)
            for (uint32_t layout = 0; layout < LAYOUT_COUNT; layout++)
                if (uses[head][from][layout].matrices != 0)
                    ARENA_PUSH(a, list.all, list.count, list.capacity) = uses[head][from][layout];
    return list;
}

enum dtype type_packed(const struct type_use *use)
{
    return use->layout == LAYOUT_none ? DTYPE_f32 : layout_info[use->layout].dtype;
}

static double type_bits(enum dtype dtype)
{
    return 8.0 * dtype_info[dtype].bytes / dtype_info[dtype].block;
}

double type_bits_in_model(const struct type_use *use)
{
    return type_bits(use->in_model);
}

double type_bits_packed(const struct type_use *use)
{
    const struct layout_info *l = &layout_info[use->layout];

    return use->layout == LAYOUT_none ? type_bits(DTYPE_f32)
                                      : 8.0 * l->bytes / (l->unit * ROW_GROUP);
}

static void add_bits(const char *name, double bits, uint64_t elements, struct text *out)
{
    char bytes[AMOUNT_BYTES];

    text_add(out, "  %-12s  %5.2f  %9s", name, bits,
             amount_of_bytes((double)elements * bits / 8, bytes));
}

/* A line, where a matrix has one scale per row. */
static void row_activations_text(const struct type_uses *uses, struct text *out)
{
    bool found = false;

    for (uint32_t i = 0; i < uses->count; i++)
        found = found || layout_scales_rows(uses->all[i].layout);
    if (found)
        text_add(out, "  int8 activations of %s: one scale %s\n", dtype_info[DTYPE_i8_row].name,
                 uses->row_activations
                     ? "per row, where the processor multiplies so"
                     : "for each 32 columns (--quant=i8_row: one per row, faster and coarser)");
}

void type_uses_text(const struct model *m, const struct type_uses *uses, struct text *out)
{
    text_add(out, "types of matrices\n  matrices  %-12s  %5s  %9s  %-12s  %5s  %9s  layout\n",
             "in the model", "bits", "size", "packed", "bits", "size");
    for (uint32_t i = 0; i < uses->count; i++) {
        const struct type_use *use = &uses->all[i];
        text_add(out, "%10u", use->matrices);
        add_bits(dtype_info[use->in_model].name, type_bits_in_model(use), use->elements, out);
        add_bits(dtype_info[type_packed(use)].name, type_bits_packed(use), use->elements, out);
        text_add(out, "  %s%s\n", layout_info[use->layout].name,
                 !use->is_head   ? ""
                 : m->hyper.tied ? " (embedding, which is the lm_head too)"
                                 : " (embedding and lm_head)");
    }
    row_activations_text(uses, out);
}

void report_types(const struct model *m, const struct hir_graph *g,
                  const struct type_choice *choice, struct text *out)
{
    const struct type_uses uses = list_type_uses(m, g, choice, out->arena);

    type_uses_text(m, &uses, out);
    report_changes(m, packed_types(m, g, out->arena), choice, out);
}
