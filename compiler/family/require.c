/* Tensors that parts require. In: a name, and the shape that follows from the hyper-parameters;
 * out: a weight node of that shape. If a tensor is missing, or has another shape or an unsuitable
 * type, the error names the hyper-parameters that determine the shape. The node is made in any
 * case, so that building continues and finds the next problem. */
#include "compiler/family/layers.h"

#include "compiler/import/quant.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MAX_NAME = 160, MAX_LEFTOVER_WARNINGS = 10 };

const char *from_text(const struct layers *b, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    const char *text = arena_vprintf(b->graph->arena, format, arguments);
    va_end(arguments);
    return text;
}

static const struct tensor *find(const struct layers *b, const char *name)
{
    str_id id = str_find(b->model->strings, name, strlen(name));

    return id == 0 ? NULL : model_tensor(b->model, id);
}

bool has_tensor(const struct layers *b, const char *format, ...)
{
    char name[MAX_NAME];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(name, sizeof name, format, arguments);
    va_end(arguments);
    str_id id = str_find(b->model->strings, name, strlen(name));
    return find(b, name) != NULL || (id != 0 && model_unread(b->model, id) != NULL);
}

bool any_layer_has(const struct layers *b, const char *name)
{
    for (uint32_t layer = 0; layer < b->hyper->layers; layer++)
        if (has_tensor(b, "model.layers.%u.%s", layer, name))
            return true;
    return false;
}

/* Whether another layer has what this is of its layer. */
static bool others_have(const struct layers *b, const char *name)
{
    unsigned layer;
    int rest = 0;

    return sscanf(name, "model.layers.%u.%n", &layer, &rest) == 1 && rest != 0 &&
           any_layer_has(b, name + rest);
}

bool use_bias(struct layers *b, enum bias_rule rule, const char *format, ...)
{
    char name[MAX_NAME];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(name, sizeof name, format, arguments);
    va_end(arguments);
    const struct tensor *t = find(b, name);
    bool stored = has_tensor(b, "%s", name);
    if (!stored && (rule == BIAS_expected || (rule == BIAS_as_stored && others_have(b, name))) &&
        b->missing_biases.count++ == 0)
        b->missing_biases.first = str_of(b->model->strings, name);
    if (t != NULL && rule == BIAS_never) {
        b->used[t - b->model->tensors] = true;
        if (b->left_biases.count++ == 0)
            b->left_biases.first = t->name;
    }
    return stored && rule != BIAS_never;
}

static void shape_text(struct text *out, uint32_t rank, const uint64_t *shape)
{
    text_add_bytes(out, "[", 1);
    for (uint32_t i = 0; i < rank; i++)
        text_add(out, "%s%llu", i == 0 ? "" : ", ", (unsigned long long)shape[i]);
    text_add_bytes(out, "]", 1);
}

/* Reports a problem with a tensor once, with a note that says where the expectation came from. */
__attribute__((format(printf, 4, 5))) static void
complain(struct layers *b, const char *name, const char *from, const char *format, ...)
{
    va_list arguments;
    const struct diag *last = b->diags->last;
    const char *object = arena_printf(b->graph->arena, "tensor '%s'",
                                      model_source_name(b->model, str_of(b->model->strings, name)));
    va_start(arguments, format);
    diag_verror(b->diags, (struct place){.file = b->model->path, .object = object}, format,
                arguments);
    va_end(arguments);
    if (b->diags->last != last)
        diag_note(b->diags, "from %s", from);
}

/* The tensor is missing, or cannot be read. Types are reported together at the end. */
static void refuse_absent(struct layers *b, const char *name, const char *from,
                          const char *expected)
{
    const struct model *m = b->model;
    const struct unread_tensor *unread = model_unread(m, str_of(m->strings, name));

    if (unread == NULL)
        complain(b, name, from, "is missing; expected shape %s", expected);
    else if (unread->type == NULL)
        complain(b, name, from, "expected shape %s, found %s", expected, unread->shape);
    else
        b->needed[unread - m->unread] = true;
}

static bool check_shape(struct layers *b, const struct tensor *t, const char *name, uint32_t rank,
                        const uint64_t *shape, const char *from)
{
    struct text expected = {.arena = b->graph->arena}, found = {.arena = b->graph->arena};

    shape_text(&expected, rank, shape);
    if (t == NULL) {
        refuse_absent(b, name, from, expected.data);
        return false;
    }
    shape_text(&found, t->rank, t->shape);
    if (strcmp(expected.data, found.data) != 0) {
        complain(b, name, from, "expected shape %s, found %s", expected.data, found.data);
        return false;
    }
    return true;
}

/* Vectors are read elementwise, so they must be plain; matrices are packed. */
static bool check_dtype(struct layers *b, const struct tensor *t, const char *name, uint32_t rank,
                        const char *from)
{
    if (rank == 1 && t->dtype != DTYPE_f32 && t->dtype != DTYPE_f16 && t->dtype != DTYPE_bf16) {
        complain(b, name, from, "expected type f32, f16 or bf16, found %s",
                 dtype_info[t->dtype].name);
        return false;
    }
    if (t->dtype == DTYPE_none || t->dtype == DTYPE_i32) {
        complain(b, name, from, "expected a type of numbers that weights may have, found %s",
                 t->dtype == DTYPE_none ? "none" : dtype_info[t->dtype].name);
        return false;
    }
    return true;
}

/* The matrix of which a tensor has the columns in another order. */
static hir_id put_in_order(struct layers *b, hir_id weight, str_id order)
{
    struct hir_graph *g = b->graph;
    const char *name = str_text(b->model->strings, order);
    const struct tensor *t = find(b, name);
    const size_t index = (size_t)(t - b->model->tensors);
    const dim_id size = dim_const(&g->dims, (int64_t)tensor_width(t));

    b->used[index] = true;
    if (b->weights[index] == 0)
        b->weights[index] =
            hir_declare(g, HIR_weight, DTYPE_i32, hir_shape(g, 1, &size), name, NULL, NULL, 0);
    return hir_add2(g, HIR_scatter_columns, weight, b->weights[index]);
}

static hir_id require(struct layers *b, uint32_t rank, const uint64_t *shape, const char *from,
                      const char *name)
{
    struct hir_graph *g = b->graph;
    const struct tensor *t = find(b, name);
    size_t index = t == NULL ? 0 : (size_t)(t - b->model->tensors);
    dim_id dims[3];

    if (t != NULL) {
        b->used[index] = true;
        if (b->weights[index] != 0)
            return b->weights[index];
    }
    enum dtype dtype = DTYPE_f32;
    if (check_shape(b, t, name, rank, shape, from) && check_dtype(b, t, name, rank, from))
        dtype = t->dtype;
    for (uint32_t i = 0; i < rank; i++)
        dims[i] = dim_const(&g->dims, (int64_t)shape[i]);
    struct hir_attr attr = {0};
    hir_id id = hir_declare(g, HIR_weight, dtype, hir_shape(g, rank, dims), name, &attr, NULL, 0);
    if (t != NULL && t->order != 0 && dtype == t->dtype)
        id = put_in_order(b, id, t->order);
    if (t != NULL)
        b->weights[index] = id;
    return id;
}

hir_id require_matrix(struct layers *b, uint64_t out, uint64_t in, const char *from,
                      const char *format, ...)
{
    char name[MAX_NAME];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(name, sizeof name, format, arguments);
    va_end(arguments);
    return require(b, 2, (const uint64_t[]){out, in}, from, name);
}

hir_id require_stack(struct layers *b, uint64_t count, uint64_t out, uint64_t in, const char *from,
                     const char *format, ...)
{
    char name[MAX_NAME];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(name, sizeof name, format, arguments);
    va_end(arguments);
    return require(b, 3, (const uint64_t[]){count, out, in}, from, name);
}

hir_id require_vector(struct layers *b, uint64_t width, const char *from, const char *format, ...)
{
    char name[MAX_NAME];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(name, sizeof name, format, arguments);
    va_end(arguments);
    return require(b, 1, &width, from, name);
}

hir_id require_width(struct layers *b, const char *format, ...)
{
    const uint32_t width = b->hyper->hidden;
    char name[MAX_NAME];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(name, sizeof name, format, arguments);
    va_end(arguments);
    return require_vector(b, width, from_text(b, "hidden size = %u", width), "%s", name);
}

double require_number(struct layers *b, const char *from, const char *format, ...)
{
    const uint64_t one = 1;
    char name[MAX_NAME];
    float value = 1;
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(name, sizeof name, format, arguments);
    va_end(arguments);
    const struct tensor *t = find(b, name);
    if (!check_shape(b, t, name, 1, &one, from) || !check_dtype(b, t, name, 1, from))
        return 1;
    b->used[t - b->model->tensors] = true;
    quant_decode(t->dtype, model_row(b->model, t, 0, NULL), 1, &value);
    if (!isfinite(value))
        complain(b, name, from, "expected a finite number, found %g", (double)value);
    return (double)value;
}

/* Whether a tensor makes keys or values of a layer that reads those of another. */
static bool makes_shared_kv(const struct layers *b, const char *name)
{
    unsigned layer;
    char what[2];

    return sscanf(name, "model.layers.%u.self_attn.%1[kv]_", &layer, what) == 2 &&
           layer < b->hyper->layers && b->hyper->layer[layer].shares_kv;
}

/* Files may repeat the frequencies, which follow from hyper-parameters, and the head of a tied
 * model, and have divisors of frequencies for other contexts, and keys and values that layers share.
 * Old checkpoints have masks. */
static bool may_be_left(const struct layers *b, const char *name)
{
    static const char *const buffers[] = {".attn.bias", ".attn.masked_bias", ".attention.bias",
                                          ".attention.masked_bias"};

    for (size_t i = 0; i < countof(buffers); i++)
        if (strstr(name, buffers[i]) != NULL)
            return true;
    return strstr(name, "rotary_emb.inv_freq") != NULL || strncmp(name, "rope.", 5) == 0 ||
           (b->hyper->tied && strcmp(name, "lm_head.weight") == 0) || makes_shared_kv(b, name);
}

/* Images or sounds, which a warning named when the configuration was read. */
static bool is_of_other_part(const struct layers *b, str_id id)
{
    return b->model->text_part && strstr(model_source_name(b->model, id), "language_model") == NULL;
}

__attribute__((format(printf, 3, 4))) static void warn_of(struct layers *b, str_id tensor,
                                                          const char *format, ...)
{
    char text[256];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    const char *object =
        arena_printf(b->graph->arena, "tensor '%s'", model_source_name(b->model, tensor));
    diag_warning(b->diags, (struct place){.file = b->model->path, .object = object}, "%s", text);
}

static void warn_of_biases(struct layers *b)
{
    if (b->missing_biases.count != 0)
        warn_of(b, b->missing_biases.first, "is missing (missing biases: %u): zeros replace them",
                b->missing_biases.count);
    if (b->left_biases.count != 0)
        warn_of(b, b->left_biases.first,
                "is not read (unread biases: %u): the configuration has no such biases",
                b->left_biases.count);
}

/* A scale or bias of a matrix that is read, or of the lm_head. llama.cpp applies it; transformers
 * ignores what a class does not have. */
static bool changes_matrix(const struct layers *b, const char *name)
{
    const char *end = strrchr(name, '.');

    if (!model_is_gguf(b->model) || end == NULL ||
        (strcmp(end, ".scale") != 0 && strcmp(end, ".bias") != 0))
        return false;
    const struct tensor *t =
        find(b, arena_printf(b->graph->arena, "%.*s.weight", (int)(end - name), name));
    return strcmp(name, "lm_head.bias") == 0 || (t != NULL && b->used[t - b->model->tensors]);
}

/* Whether a tensor is of a module that predicts further tokens: a layer of its own kind behind the
 * last one, or named so. */
static bool predicts_further(const struct layers *b, const char *name)
{
    unsigned layer;

    if (strncmp(name, "mtp", 3) == 0 || strstr(name, ".mtp") != NULL ||
        strstr(name, "mtp_") != NULL)
        return true;
    if (strncmp(name, "blk.", 4) == 0 && strstr(name, ".nextn.") != NULL)
        return true;
    return sscanf(name, "model.layers.%u.", &layer) == 1 && layer >= b->hyper->layers &&
           has_tensor(b, "model.layers.%u.eh_proj.weight", layer);
}

static void warn_of_left(struct layers *b, str_id id, uint32_t *left)
{
    const char *name = str_text(b->model->strings, id);

    if (changes_matrix(b, name))
        diag_error(b->diags,
                   (struct place){.file = b->model->path,
                                  .object = arena_printf(b->graph->arena, "tensor '%s'",
                                                         model_source_name(b->model, id))},
                   "expected no scale or bias of this matrix, found one: rlx does not compile it");
    else if (!may_be_left(b, name) && !predicts_further(b, name) && !is_of_other_part(b, id) &&
             ++*left <= MAX_LEFTOVER_WARNINGS)
        warn_of(b, id, "is not read by architecture '%s'",
                str_text(b->model->strings, b->hyper->architecture));
}

bool layers_end(struct layers *b)
{
    const struct model *m = b->model;
    uint32_t left = 0;

    model_refuse_types(m, b->needed, b->diags);
    warn_of_biases(b);
    for (uint32_t i = 0; i < m->tensor_count; i++)
        if (!b->used[i])
            warn_of_left(b, m->tensors[i].name, &left);
    for (uint32_t i = 0; i < m->unread_count; i++)
        if (!b->needed[i])
            warn_of_left(b, m->unread[i].name, &left);
    if (left > MAX_LEFTOVER_WARNINGS)
        diag_warning(b->diags, (struct place){.file = b->model->path},
                     "%u more tensors are not read", left - MAX_LEFTOVER_WARNINGS);
    return b->diags->error_count == b->errors_before;
}
