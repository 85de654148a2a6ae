/* Predicts and prints. Contract and model of time: plan.h. */
#include "compiler/plan.h"

#include "compiler/lir/target.h"
#include "runtime/base/amount.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One row per sequence gives logits, except in short runs, which need all rows to verify drafts. */
static struct extent extent_of(const struct packed_variant *v, uint64_t depth)
{
    uint64_t rows = v->rows.last;

    return (struct extent){.rows = rows,
                           .out_rows = v->variant.phase == PHASE_prefill ? 1 : rows,
                           .past = depth,
                           .segments = v->variant.batch};
}

/* How much longer the slowest thread works than it would if tiles divided evenly. */
static double unevenness(uint64_t tiles, uint32_t threads)
{
    return tiles == 0 ? 1 : (double)(ceil_div(tiles, threads) * threads) / (double)tiles;
}

/* Seconds of one step; sets `reads` if memory limits it. */
static double step_seconds(const struct packed_level *level, const struct lir_kernel *k,
                           const struct lir_step *s, const struct work *w, const struct machine *m,
                           bool *reads)
{
    static const enum peak peaks[] = {
        [SPEED_int8] = PEAK_INT8, [SPEED_bf16] = PEAK_BF16, [SPEED_f32] = PEAK_F32};
    struct target_speed speed = level->target->speed(level->level, k);
    double peak = m->peak[peaks[speed.peak]];
    double read = (double)(w->weight_bytes + w->kv_bytes) / (m->read * speed.of_read);
    double compute = peak == 0 ? 0
                               : (double)(w->linear + w->attention + w->elements) * speed.passes /
                                     (peak * speed.of_peak);

    if ((s->flags & STEP_replicated) != 0)
        compute *= m->threads;
    else
        compute *= unevenness(w->tiles, m->threads);
    *reads = read >= compute;
    return speed.start + (*reads ? read : compute);
}

/* A layer begins with the first step that is named layers.N.…, and ends where the next one does, or
 * where the rows of logits are chosen. */
static void count_layers(const struct lir_program *p, struct plan *plan)
{
    uint32_t steps = 0, barriers = 0, number, current = UINT32_MAX;

    for (uint32_t i = 0; i < p->lm_head_step; i++) {
        if (sscanf(str_text(p->strings, p->steps[i].name), "layers.%9u.", &number) == 1 &&
            number != current) {
            current = number;
            steps = barriers = 0;
        }
        if (current == UINT32_MAX)
            continue;
        steps += (p->steps[i].flags & STEP_tail) == 0;
        barriers += (p->steps[i].flags & STEP_barrier) != 0;
        plan->layer_steps = (uint32_t)max_u64(plan->layer_steps, steps);
        plan->layer_barriers = (uint32_t)max_u64(plan->layer_barriers, barriers);
    }
}

struct plan plan_variant(const struct packed_level *level, const struct lir_program *p,
                         const struct packed_variant *v, uint64_t depth,
                         const struct machine *machine)
{
    struct plan plan = {.extent = extent_of(v, depth), .steps = lir_launches(p)};
    double reading = 0;

    count_layers(p, &plan);
    for (uint32_t i = 0; i < p->step_count; i++) {
        const struct lir_step *s = &p->steps[i];
        const struct lir_kernel *k = &p->kernels->all[s->kernel];
        struct work w = step_work(p, s, &plan.extent);
        bool reads = false;
        plan.weight_bytes += w.weight_bytes;
        plan.kv_bytes += w.kv_bytes;
        if (k->kind == KERNEL_matmul)
            plan.linear[k->matmul.format.act] += w.linear;
        plan.attention += w.attention;
        plan.barriers += (s->flags & STEP_barrier) != 0;
        if (machine == NULL || level->target->speed == NULL)
            continue;
        double seconds = step_seconds(level, k, s, &w, machine, &reads);
        plan.seconds += seconds + ((s->flags & STEP_barrier) != 0 ? machine->barrier : 0);
        reading += reads ? seconds : 0;
    }
    plan.reading = plan.seconds > 0 ? reading / plan.seconds : 0;
    return plan;
}

static bool fits(const struct planned *all, const struct packed_variant *v)
{
    if (v->variant.phase == PHASE_encoder || all->context == 0)
        return true;
    uint64_t rows = v->variant.batch > 1 ? 1 : v->rows.last; /* of each sequence */

    return all->depth + rows <= all->context;
}

/* ---- states ---- */

static const char *const class_names[] = {
#define W(name) #name,
    STATE_CLASS_WORDS(W)
#undef W
};

/* Bytes of one sequence's states, by class: every program places all of them. */
static void count_states(const struct planned *all, uint64_t bytes[countof(class_names)])
{
    const struct lir_program *p = &all->levels[0].programs[0];

    memset(bytes, 0, countof(class_names) * sizeof *bytes);
    for (buf_id b = 1; b < p->buffer_count; b++) {
        const struct lir_buffer *buffer = &p->buffers[b];
        if (buffer->home == HOME_state || buffer->home == HOME_carried_in)
            bytes[hir_attr(p->graph, buffer->source)->state.class] += buffer->bytes;
    }
}

/* ---- memory ---- */

/* Bytes that a device with memory of its own needs for a level and one sequence. */
static uint64_t level_bytes(const struct planned *all, const struct packed_level *level)
{
    static const enum home homes[] = {HOME_scratch, HOME_input, HOME_output};
    uint64_t states[countof(class_names)], bytes = all->weights->bytes;

    count_states(all, states);
    for (uint32_t i = 0; i < countof(states); i++)
        bytes += states[i];
    for (uint32_t h = 0; h < countof(homes); h++) {
        uint64_t largest = 0;
        for (uint32_t v = 0; v < all->variant_count; v++)
            largest = max_u64(largest, level->programs[v].home_bytes[homes[h]]);
        bytes += largest;
    }
    return bytes;
}

static void add_memory(const struct planned *all, const struct packed_level *level,
                       struct text *out)
{
    const double needs = (double)level_bytes(all, level),
                 has = all->machine != NULL ? all->machine->memory : 0;
    char needed[AMOUNT_BYTES], room[AMOUNT_BYTES];

    text_add(out, "; one sequence needs %s of memory", amount_of_bytes(needs, needed));
    if (has != 0)
        text_add(out, needs <= has ? ", of %s" : ", but the machine has %s",
                 amount_of_bytes(has, room));
}

/* ---- text ---- */

/* Where there are others than rows. */
static void add_states(const struct planned *all, struct text *out)
{
    uint64_t bytes[countof(class_names)];
    char amount[AMOUNT_BYTES];
    const char *between = "states: ";

    count_states(all, bytes);
    if (bytes[STATE_ring] + bytes[STATE_carried] + bytes[STATE_cross] == 0)
        return;
    for (uint32_t i = 0; i < countof(class_names); i++) {
        if (bytes[i] == 0)
            continue;
        text_add(out, "%s%s %s", between, class_names[i],
                 amount_of_bytes((double)bytes[i], amount));
        between = ", ";
    }
    if (bytes[STATE_carried] != 0)
        text_add(out, "; a checkpoint takes %s",
                 amount_of_bytes((double)bytes[STATE_carried], amount));
    text_add(out, "\n");
}

static void add_machine(const struct machine *m, struct text *out)
{
    text_add(out, "machine: %u threads read %.1f GB/s and compute", m->threads, m->read / 1e9);
    for (uint32_t p = 0; p < PEAK_COUNT; p++)
        text_add(out, "%s %.0f %s", p == 0 ? "" : ",", m->peak[p] / 1e9, peak_name[p]);
    text_add(out, " GOP/s; a barrier takes %.2f us\n", m->barrier * 1e6);
}

/* Of the first column. */
static int name_width(const struct planned *all)
{
    struct arena a = {0};
    size_t width = 18;

    for (uint32_t v = 0; v < all->variant_count; v++)
        width = max_u64(width, strlen(variant_name(&a, &all->variants[v].variant)));
    arena_free(&a);
    return (int)width;
}

static void add_row(const struct planned *all, const struct packed_level *level, uint32_t index,
                    struct text *out)
{
    static const char *const bound[] = {"computing", "both", "reading"};
    const struct packed_variant *v = &all->variants[index];
    const struct lir_program *p = &level->programs[index];
    struct plan plan = plan_variant(level, p, v, all->depth, all->machine);

    text_add(out, "%-*s %8.1f %8.1f %9.1f %7.1f %7.1f %7.1f %6u %8u %7u %8u %8.2f", name_width(all),
             variant_name(out->arena, &v->variant), (double)plan.weight_bytes / 1e6,
             (double)plan.kv_bytes / 1e6,
             (double)(plan.linear[ACT_i8] + plan.linear[ACT_i16]) / 1e9,
             (double)plan.linear[ACT_bf16] / 1e9, (double)plan.linear[ACT_f32] / 1e9,
             (double)plan.attention / 1e9, plan.steps, plan.barriers, plan.layer_steps,
             plan.layer_barriers,
             (double)(p->home_bytes[HOME_scratch] + p->home_bytes[HOME_output] +
                      p->home_bytes[HOME_input]) /
                 1e6);
    if (plan.seconds > 0)
        text_add(out, " %9.2f %10.1f  %s", plan.seconds * 1e3,
                 (double)plan.extent.rows / plan.seconds,
                 bound[plan.reading < 0.2   ? 0
                       : plan.reading < 0.8 ? 1
                                            : 2]);
    text_add(out, "\n");
}

void plan_text(const struct planned *all, struct text *out)
{
    const char *name = all->model->name != NULL ? all->model->name : "model";
    const double kv = (double)all->weights->state_bytes;
    uint64_t states[countof(class_names)];
    char bytes[4][AMOUNT_BYTES];

    count_states(all, states);
    text_add_printable(out, name);
    text_add(out, ": %s of weights, %s of them read for a token",
             amount_of_bytes((double)all->weights->bytes, bytes[0]),
             amount_of_bytes((double)all->weights->decode_bytes, bytes[1]));
    if (all->model->hyper.experts != 0)
        text_add(out, " (%u of %u experts of a layer)", all->model->hyper.expert_slots,
                 all->model->hyper.experts);
    if (all->context != 0)
        text_add(out, "; cache %s per token, %s for %u",
                 amount_of_bytes((double)states[STATE_rows] / (double)round_up(all->context, 64),
                                 bytes[2]),
                 amount_of_bytes(kv, bytes[3]), all->context);
    text_add(out, "\n");
    add_states(all, out);
    type_uses_text(all->model, all->types, out);
    if (all->machine != NULL)
        add_machine(all->machine, out);
    for (uint32_t i = 0; i < all->level_count; i++) {
        const struct packed_level *level = &all->levels[i];
        text_add(out, "\n%s, %llu tokens before", level->target->levels[level->level].name,
                 (unsigned long long)all->depth);
        add_memory(all, level, out);
        text_add(out, "\n%-*s %8s %8s %9s %7s %7s %7s %6s %8s %7s %8s %8s%s\n", name_width(all),
                 "variant", "weights", "cache", "integer", "bf16", "f32", "attend", "steps",
                 "barriers", "a layer", "barriers", "scratch",
                 all->machine != NULL ? "      time   tokens/s  spent" : "");
        text_add(out, "%-*s %8s %8s %9s %7s %7s %7s %6s %8s %7s %8s %8s%s\n", name_width(all), "",
                 "MB", "MB", "GOP", "GOP", "GOP", "GOP", "", "", "", "", "MB",
                 all->machine != NULL ? "        ms" : "");
        for (uint32_t v = 0; v < all->variant_count; v++)
            if (fits(all, &all->variants[v]))
                add_row(all, level, v, out);
    }
}

/* ---- JSON ---- */

static json_t *machine_json(const struct machine *m)
{
    json_t *out = json_pack("{s:i, s:f, s:f}", "threads", (int)m->threads, "read", m->read / 1e9,
                            "barrier", m->barrier * 1e6);

    for (uint32_t p = 0; p < PEAK_COUNT; p++)
        json_object_set_new(out, peak_name[p], json_real(m->peak[p] / 1e9));
    if (m->memory != 0)
        json_object_set_new(out, "memory", json_real(m->memory / 1e9));
    return out;
}

/* Bytes by class; what a checkpoint keeps is what is carried. */
static json_t *states_json(const struct planned *all)
{
    uint64_t bytes[countof(class_names)];
    json_t *out = json_object();

    count_states(all, bytes);
    for (uint32_t i = 0; i < countof(class_names); i++)
        if (i != STATE_scratch)
            json_object_set_new(out, class_names[i], json_integer((json_int_t)bytes[i]));
    json_object_set_new(out, "checkpoint", json_integer((json_int_t)bytes[STATE_carried]));
    return out;
}

/* Bytes for one sequence, by level. */
static json_t *memory_json(const struct planned *all)
{
    json_t *out = json_object();

    for (uint32_t i = 0; i < all->level_count; i++) {
        const struct packed_level *level = &all->levels[i];
        json_object_set_new(out, level->target->levels[level->level].name,
                            json_integer((json_int_t)level_bytes(all, level)));
    }
    return out;
}

static json_t *types_json(const struct planned *all)
{
    json_t *out = json_array();

    for (uint32_t i = 0; i < all->types->count; i++) {
        const struct type_use *use = &all->types->all[i];
        const double elements = (double)use->elements;
        json_array_append_new(
            out,
            json_pack("{s:s, s:s, s:s, s:b, s:i, s:f, s:f, s:I, s:I}", "in_model",
                      dtype_info[use->in_model].name, "packed", dtype_info[type_packed(use)].name,
                      "layout", layout_info[use->layout].name, "head", (int)use->is_head,
                      "matrices", (int)use->matrices, "bits_in_model", type_bits_in_model(use),
                      "bits_packed", type_bits_packed(use), "bytes_in_model",
                      (json_int_t)(elements * type_bits_in_model(use) / 8), "bytes_packed",
                      (json_int_t)(elements * type_bits_packed(use) / 8)));
    }
    return out;
}

static json_t *variant_json(const struct planned *all, const struct packed_level *level,
                            uint32_t index, struct arena *a)
{
    static const char *const act[ACT_COUNT] = {"f32", "bf16", "i16", "i8"};
    const struct packed_variant *v = &all->variants[index];
    const struct lir_program *p = &level->programs[index];
    struct plan plan = plan_variant(level, p, v, all->depth, all->machine);
    json_t *linear = json_object();

    for (uint32_t i = 0; i < ACT_COUNT; i++)
        json_object_set_new(linear, act[i], json_integer((json_int_t)plan.linear[i]));
    json_t *out =
        json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:o, s:I, s:i, s:i, s:i, s:i, s:I, s:I}", "level",
                  level->target->levels[level->level].name, "variant", variant_name(a, &v->variant),
                  "new_tokens", (json_int_t)plan.extent.rows, "logit_rows",
                  (json_int_t)plan.extent.out_rows, "weight_bytes", (json_int_t)plan.weight_bytes,
                  "build_cache_bytes", (json_int_t)plan.kv_bytes, "linear_operations", linear,
                  "attention_operations", (json_int_t)plan.attention, "steps", (int)plan.steps,
                  "barriers", (int)plan.barriers, "layer_steps", (int)plan.layer_steps,
                  "layer_barriers", (int)plan.layer_barriers, "scratch_bytes",
                  (json_int_t)(p->home_bytes[HOME_scratch] + p->home_bytes[HOME_input] +
                               p->home_bytes[HOME_output]),
                  "thread_bytes", (json_int_t)p->home_bytes[HOME_thread]);
    if (plan.seconds > 0) {
        json_object_set_new(out, "seconds", json_real(plan.seconds));
        json_object_set_new(out, "tokens_per_second",
                            json_real((double)plan.extent.rows / plan.seconds));
    }
    return out;
}

void plan_json(const struct planned *all, struct text *out)
{
    json_t *variants = json_array();
    json_t *root = json_pack("{s:s, s:I, s:I, s:I, s:i, s:I}", "model",
                             all->model->name != NULL ? all->model->name : "model", "weight_bytes",
                             (json_int_t)all->weights->bytes, "decode_bytes",
                             (json_int_t)all->weights->decode_bytes, "state_bytes",
                             (json_int_t)all->weights->state_bytes, "context", (int)all->context,
                             "depth", (json_int_t)all->depth);

    if (root == NULL) /* a name that is not UTF-8 */
        root = json_object();
    json_object_set_new(root, "types", types_json(all));
    json_object_set_new(root, "states", states_json(all));
    json_object_set_new(root, "memory_bytes", memory_json(all));
    if (all->machine != NULL)
        json_object_set_new(root, "machine", machine_json(all->machine));
    for (uint32_t i = 0; i < all->level_count; i++)
        for (uint32_t v = 0; v < all->variant_count; v++)
            if (fits(all, &all->variants[v]))
                json_array_append_new(variants, variant_json(all, &all->levels[i], v, out->arena));
    json_object_set_new(root, "variants", variants);
    char *printed = json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
    if (printed == NULL)
        unreachable("JSON of a plan");
    text_add_bytes(out, printed, strlen(printed));
    text_add(out, "\n");
    free(printed);
    json_decref(root);
}
