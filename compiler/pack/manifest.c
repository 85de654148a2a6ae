/* Writes the manifest. In: the parts of an artifact. Out: JSON with members in a fixed order,
 * without times, paths or anything else that differs between two builds of the same input. Digests
 * are hexadecimal text, because many readers turn JSON numbers into doubles. */
#include "compiler/pack/manifest.h"
#include "compiler/hir/rows.h"
#include "compiler/pack/artifact_writer.h"
#include "compiler/pack/sampling.h"
#include "compiler/tokenizer/describe.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

const char *base_name(struct arena *a, const char *path)
{
    size_t end = strlen(path);

    while (end > 1 && path[end - 1] == '/')
        end--;
    size_t begin = end;
    while (begin > 0 && path[begin - 1] != '/')
        begin--;
    return arena_text(a, path + begin, end - begin);
}

static void put(json_t *object, const char *key, json_t *value)
{
    int failed = json_object_set_new(object, key, value);

    if (failed != 0)
        unreachable("the manifest cannot be built");
}

static json_t *number(uint64_t value)
{
    return json_integer((json_int_t)value);
}

/* Names come from the model's file: bytes that are not UTF-8 are left out. */
static json_t *string(const char *text)
{
    json_t *value = json_string(text);

    if (value != NULL)
        return value;
    char *clean = malloc(strlen(text) + 1), *to = clean;
    if (clean == NULL)
        out_of_memory(0);
    for (; *text != 0; text++)
        if ((unsigned char)*text < 0x80)
            *to++ = *text;
    *to = 0;
    value = json_string(clean);
    free(clean);
    return value;
}

static json_t *hexadecimal(uint64_t value)
{
    char text[20];

    snprintf(text, sizeof text, "%016llx", (unsigned long long)value);
    return json_string(text);
}

/* Where the user left the choice and no level has faster products of integers or bf16, products
 * read f32. */
static enum activations chosen_activations(const struct artifact *a)
{
    bool rounds = a->activations != ACTIVATIONS_auto;

    for (uint32_t i = 0; i < a->level_count; i++) {
        const struct target_traits *t = &a->levels[i].target->levels[a->levels[i].level].traits;
        rounds = rounds || t->integer_products || t->integer_prompts || t->bf16_dot;
    }
    return rounds ? a->activations : ACTIVATIONS_exact;
}

const char *numerics_name(const struct artifact *a)
{
    switch (chosen_activations(a)) {
    case ACTIVATIONS_exact:
        return hir_kv_type(a->graph) == DTYPE_f32 ? "exact" : "f32";
    case ACTIVATIONS_i16:
        return "i16";
    case ACTIVATIONS_i8:
        return "i8";
    case ACTIVATIONS_auto:
        break;
    }
    return "default";
}

/* NULL: there is no recommendation. */
static json_t *describe_sampling(const struct recommended_sampling *s)
{
    json_t *object = NULL;

    for (uint32_t i = 0; i < SAMPLING_COUNT; i++) {
        if (!s->given[i])
            continue;
        if (object == NULL)
            object = json_object();
        double value = s->value[i];
        put(object, sampling_name((enum sampling_option)i),
            value == (double)(json_int_t)value ? json_integer((json_int_t)value)
                                               : json_real(value));
    }
    return object;
}

static json_t *describe_model(const struct artifact *a)
{
    const struct model *m = a->model;
    const struct hyper_parameters *h = &m->hyper;
    json_t *object = json_object();
    uint64_t parameters = 0;

    for (uint32_t i = 0; i < m->tensor_count; i++) {
        uint64_t count = 1;
        for (uint32_t axis = 0; axis < m->tensors[i].rank; axis++)
            count *= m->tensors[i].shape[axis];
        parameters += count;
    }
    put(object, "name", string(m->name == NULL ? "" : m->name));
    put(object, "source", string(base_name(a->arena, a->source)));
    put(object, "format", string(m->format == NULL ? "" : m->format));
    if (a->graph == NULL)
        return object;
    put(object, "architecture", string(str_text(m->strings, h->architecture)));
    put(object, "parameters", number(parameters));
    put(object, "tensors", number(m->tensor_count));
    put(object, "vocabulary", number(h->vocabulary));
    put(object, "hidden", number(h->hidden));
    put(object, "layers", number(h->layers));
    put(object, "heads", number(h->heads));
    put(object, "kv_heads", number(h->kv_heads));
    put(object, "head_dim", number(h->head_dim));
    put(object, "feed_forward", number(h->feed_forward));
    put(object, "context", number(h->context));
    if (h->sliding_window != 0)
        put(object, "sliding_window", number(h->sliding_window));
    return object;
}

/* A line for each part of its pipeline. */
static json_t *describe_tokenizer(const struct artifact *a)
{
    json_t *lines = json_array();
    struct text text = {.arena = a->arena};

    tokenizer_describe(a->model->vocabulary, a->tokenizer_checked, &text);
    for (char *line = text.data, *end; *line != 0; line = end + 1) {
        end = strchr(line, '\n');
        *end = 0;
        if (json_array_append_new(lines, string(line)) != 0)
            unreachable("the manifest cannot be built");
    }
    return lines;
}

static json_t *describe_options(const struct artifact *a)
{
    static const char *const activations[] = {"auto", "f32", "i16", "i8"};
    json_t *object = json_object();

    put(object, "quant", string(a->quant));
    put(object, "quant_head", string(a->quant_head));
    if (a->imatrix != NULL) {
        put(object, "imatrix", hexadecimal(a->imatrix->digest));
        put(object, "imatrix_chunks", number(a->imatrix->chunks));
    }
    if (a->smooth != 0)
        put(object, "smooth", json_real((double)a->smooth));
    put(object, "activations", string(activations[a->activations]));
    put(object, "kv", string(dtype_info[hir_kv_type(a->graph)].name));
    put(object, "context", number(a->context));
    return object;
}

void level_activations_text(const struct packed_level *level, struct text *out)
{
    bool found[ACT_COUNT] = {false}, first = true;

    for (uint32_t i = 0; i < level->kernels.count; i++)
        if (level->kernels.all[i].kind == KERNEL_matmul)
            found[level->kernels.all[i].matmul.format.act] = true;
    for (uint32_t act = 0; act < ACT_COUNT; act++) {
        if (!found[act])
            continue;
        text_add(out, "%s%s", first ? "" : ", ", act_names[act]);
        first = false;
    }
    text_add(out, "%s", first ? act_names[ACT_f32] : "");
}

static json_t *describe_kernels(const struct packed_level *level, struct arena *a)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < lir_kernels_launched(&level->kernels); i++) {
        json_t *kernel = json_object();
        put(kernel, "name", string(lir_kernel_name(a, &level->kernels.all[i])));
        put(kernel, "key", hexadecimal(lir_kernel_key(&level->kernels.all[i])));
        put(kernel, "bytes", number(level->code.code_bytes[i]));
        json_array_append_new(list, kernel);
    }
    return list;
}

static json_t *describe_plans(const struct artifact *a, const struct packed_level *level)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < a->variant_count; i++) {
        const struct lir_program *p = &level->programs[i];
        json_t *plan = json_object();
        put(plan, "name", string(variant_name(a->arena, &a->variants[i].variant)));
        put(plan, "key", hexadecimal(variant_key(&a->variants[i].variant)));
        put(plan, "first_rows", number(a->variants[i].rows.first));
        put(plan, "last_rows", number(a->variants[i].rows.last));
        put(plan, "steps", number(lir_launches(p)));
        put(plan, "scratch_bytes", number(p->home_bytes[HOME_scratch]));
        put(plan, "thread_bytes", number(p->home_bytes[HOME_thread]));
        put(plan, "input_bytes", number(p->home_bytes[HOME_input]));
        put(plan, "output_bytes", number(p->home_bytes[HOME_output]));
        json_array_append_new(list, plan);
    }
    return list;
}

static json_t *describe_levels(const struct artifact *a)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < a->level_count; i++) {
        const struct packed_level *level = &a->levels[i];
        json_t *object = json_object();
        put(object, "name", string(level->target->levels[level->level].name));
        put(object, "target", string(level->target->name));
        struct text activations = {.arena = a->arena};
        level_activations_text(level, &activations);
        put(object, "activations", string(activations.data));
        put(object, "code_bytes", number(level->code.image_bytes));
        put(object, "variants", describe_plans(a, level));
        put(object, "kernels", describe_kernels(level, a->arena));
        json_array_append_new(list, object);
    }
    return list;
}

static json_t *describe_weights(const struct weight_plan *plan, uint64_t digest)
{
    json_t *object = json_object(), *layouts = json_object();

    put(object, "bytes", number(plan->bytes));
    put(object, "decode_bytes", number(plan->decode_bytes));
    put(object, "digest", hexadecimal(digest));
    for (uint32_t layout = 0; layout < LAYOUT_COUNT; layout++) {
        uint64_t count = 0, bytes = 0;
        for (uint32_t i = 0; i < plan->weight_count; i++) {
            if (plan->weights[i].layout != layout)
                continue;
            count++;
            bytes += plan->weights[i].bytes;
        }
        if (count == 0)
            continue;
        json_t *entry = json_object();
        put(entry, "count", number(count));
        put(entry, "bytes", number(bytes));
        put(layouts, layout == LAYOUT_none ? "f32 vectors and tables" : layout_info[layout].name,
            entry);
    }
    put(object, "layouts", layouts);
    return object;
}

static json_t *describe_io(const struct artifact *a, const struct lir_io *io)
{
    static const char *const inputs[] = {
#define W(name) [INPUT_##name] = #name,
        INPUT_ROLE_WORDS(W)
#undef W
    };
    json_t *object = json_object(), *shape = json_array();

    put(object, "name", string(str_text(a->graph->strings, io->name)));
    put(object, "element", string(dtype_info[io->element].name));
    put(object, "role",
        string(!io->is_output              ? inputs[io->role]
               : io->role == OUTPUT_logits ? "logits"
                                           : "data"));
    for (uint32_t i = 0; i < io->rank; i++) {
        struct text size = {.arena = a->arena};
        if (io->dims[i].slot == LIR_FIXED)
            json_array_append_new(shape, number(io->dims[i].size));
        else {
            dim_text(&a->graph->dims, slot_size(&a->graph->dims, io->dims[i].slot), &size);
            json_array_append_new(shape, string(size.data));
        }
    }
    put(object, "shape", shape);
    return object;
}

/* All programs of an entry have the same inputs and outputs. */
static json_t *describe_entry(const struct artifact *a, uint32_t index)
{
    json_t *object = json_object(), *inputs = json_array(), *outputs = json_array();
    uint32_t variants = 0;

    for (uint32_t v = 0; v < a->variant_count; v++) {
        const struct lir_program *p = &a->levels[0].programs[v];
        if (p->variant.entry != index)
            continue;
        for (uint32_t i = 0; i < p->io_count && variants == 0; i++)
            json_array_append_new(p->io[i].is_output ? outputs : inputs, describe_io(a, &p->io[i]));
        variants++;
    }
    put(object, "name", string(str_text(a->graph->strings, a->graph->entries[index].name)));
    put(object, "variants", number(variants));
    put(object, "inputs", inputs);
    put(object, "outputs", outputs);
    return object;
}

static json_t *describe_entries(const struct artifact *a)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < a->graph->entry_count; i++)
        json_array_append_new(list, describe_entry(a, i));
    return list;
}

static json_t *describe_state(const struct weight_plan *plan)
{
    static const char *const classes[] = {
#define W(name) [STATE_##name] = #name,
        STATE_CLASS_WORDS(W)
#undef W
    };
    json_t *object = json_object(), *counts = json_object();
    enum dtype element = plan->state_count == 0 ? DTYPE_f32 : plan->states[0].element;

    put(object, "count", number(plan->state_count));
    put(object, "bytes", number(plan->state_bytes));
    if (plan->carried_bytes != 0)
        put(object, "carried_bytes", number(plan->carried_bytes));
    put(object, "element", string(dtype_info[element].name));
    for (uint32_t class = 0; class < countof(classes); class ++) {
        uint64_t count = 0;
        for (uint32_t i = 0; i < plan->state_count; i++)
            count += plan->states[i].class == class;
        if (count != 0)
            put(counts, classes[class], number(count));
    }
    put(object, "classes", counts);
    return object;
}

const char *manifest_text(const struct artifact *a, const struct weight_plan *plan,
                          uint64_t weight_digest, uint64_t model_digest)
{
    json_t *root = json_object();

    put(root, "compiler", string("rlxc " RLX_VERSION));
    put(root, "model", describe_model(a));
    json_t *sampling = describe_sampling(&a->model->sampling);
    if (sampling != NULL)
        put(root, "sampling", sampling);
    if (a->model->vocabulary != NULL)
        put(root, "tokenizer", describe_tokenizer(a));
    if (plan != NULL) {
        put(root, "options", describe_options(a));
        put(root, "numerics", string(numerics_name(a)));
        put(root, "entries", describe_entries(a));
        put(root, "levels", describe_levels(a));
        put(root, "weights", describe_weights(plan, weight_digest));
        put(root, "state", describe_state(plan));
        put(root, "digest", hexadecimal(model_digest));
    }
    char *text = json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(7));
    if (text == NULL)
        unreachable("the manifest cannot be written");
    const char *result = arena_printf(a->arena, "%s\n", text);
    free(text);
    json_decref(root);
    return result;
}
