/* Writes what an artifact has of programs: code images, kernels, and for each level and variant its
 * steps and arguments. artifact_interface.c says what they take and give. */
#include "compiler/pack/artifact_writer.h"

#include "compiler/lir/arguments.h"
#include "rlx/kernel.h"

#include <string.h>
#include <xxhash.h>

_Static_assert((int)HOME_weight == (int)RLX_HOME_WEIGHT && (int)HOME_state == (int)RLX_HOME_STATE &&
                   (int)HOME_scratch == (int)RLX_HOME_SCRATCH &&
                   (int)HOME_thread == (int)RLX_HOME_THREAD &&
                   (int)HOME_input == (int)RLX_HOME_INPUT &&
                   (int)HOME_output == (int)RLX_HOME_OUTPUT &&
                   (int)HOME_carried_in == (int)RLX_HOME_CARRIED_IN &&
                   (int)HOME_carried_out == (int)RLX_HOME_CARRIED_OUT,
               "homes have the same numbers in programs and in files");
_Static_assert((int)PHASE_prefill == (int)RLX_PHASE_PREFILL &&
                   (int)PHASE_inference == (int)RLX_PHASE_INFERENCE,
               "phases too");
_Static_assert((int)STEP_barrier == (int)RLX_STEP_BARRIER &&
                   (int)STEP_replicated == (int)RLX_STEP_REPLICATED &&
                   (int)STEP_shared == (int)RLX_STEP_SHARED &&
                   (int)STEP_replay == (int)RLX_STEP_REPLAY &&
                   (int)STEP_scattered == (int)RLX_STEP_SCATTERED,
               "flags of steps too");
_Static_assert((int)LIR_MAX_VALUES == RLX_LAUNCH_VALUES, "and room for values");

/* Levels that share modules have one image, which is written once. */
static bool write_image(struct writer *w, uint32_t index)
{
    const struct packed_level *levels = w->artifact->levels;
    const struct target_code *code = &levels[index].code;

    if (index != 0 && code->image != NULL && code->image == levels[index - 1].code.image) {
        w->levels[index].image_offset = w->levels[index - 1].image_offset;
        return true;
    }
    w->levels[index].image_offset = w->out->bytes - w->base;
    w->code_bytes += code->image_bytes;
    return (code->image_bytes == 0 || out_write(w->out, code->image, code->image_bytes)) &&
           out_pad(w->out, RLX_PAGE);
}

bool writer_code(struct writer *w)
{
    const struct artifact *a = w->artifact;

    if (!out_pad(w->out, RLX_PAGE))
        return false;
    uint64_t start = w->out->bytes;
    w->levels = arena_new(w->arena, struct rlx_level, a->level_count);
    for (uint32_t i = 0; i < a->level_count; i++) {
        const struct packed_level *level = &a->levels[i];
        const struct target_level *about = &level->target->levels[level->level];
        w->levels[i] = (struct rlx_level){
            .name = writer_string(w, about->name),
            .target = writer_string(w, level->target->name),
            .machine = about->machine,
            .features = about->features,
            .image_bytes = level->code.image_bytes,
            .image_digest = level->sources.count != 0
                                ? level->sources.digest
                                : XXH3_64bits(level->code.image, level->code.image_bytes),
        };
        if (!write_image(w, i))
            return false;
    }
    writer_section(w, RLX_SECTION_CODE, RLX_SECTION_REQUIRED | RLX_SECTION_BULK, start,
                   w->out->bytes - start);
    return true;
}

/* ---- steps ---- */

/* The plan of the whole artifact places weights and states; the program's own plan places
 * everything else. */
static struct rlx_arg make_arg(const struct writer *w, const struct lir_program *p, buf_id id)
{
    uint64_t inside, place;

    if (id == 0)
        return (struct rlx_arg){.home = RLX_HOME_INPUT};
    const struct lir_buffer *root = buffer_root(p, id, &inside);
    switch ((enum home)root->home) {
    case HOME_weight:
        place = w->plan.weights[w->plan.weight_of[root->source] - 1].offset;
        break;
    case HOME_state:
    case HOME_carried_in:
    case HOME_carried_out:
        place = w->plan.states[w->plan.state_of[root->source] - 1].offset;
        break;
    default:
        place = root->offset;
        break;
    }
    return (struct rlx_arg){
        .offset = place + inside, .bytes = p->buffers[id].bytes, .home = root->home};
}

/* A tile reads its share of a matrix, but one row of what is looked up by row. */
static uint64_t tile_bytes(const struct lir_program *p, const struct lir_step *step)
{
    const struct lir_kernel *k = step_kernel(p, step);
    uint64_t bytes = 0;

    for (uint32_t i = 0; i < lir_argument_count(k); i++) {
        buf_id id = p->args[step->first_arg + i];
        if (!lir_has(k, i) || p->buffers[root_of(p, id)].home != HOME_weight)
            continue;
        const struct argument argument = lir_argument(p, step, i);
        if (argument.role == ROLE_table)
            bytes += argument.width * sizeof(float);
        else if (argument.role == ROLE_weight && k->kind == KERNEL_embed)
            bytes += layout_group_bytes((enum layout)k->embed.layout, k->embed.k) / ROW_GROUP;
        else
            bytes += ceil_div(argument.bytes, step->tiles);
    }
    return bytes;
}

/* Steps with equal values share them, since most layers are alike. */
static uint32_t add_values(struct writer *w, struct tables *t, const uint32_t *values,
                           uint32_t count)
{
    for (uint32_t i = 0; i + count <= t->value_count; i += count)
        if (memcmp(&t->values[i], values, count * sizeof *values) == 0)
            return i;
    for (uint32_t i = 0; i < count; i++)
        ARENA_PUSH(w->arena, t->values, t->value_count, t->value_capacity) = values[i];
    return t->value_count - count;
}

static void add_arg(struct writer *w, struct tables *t, const struct lir_program *p, buf_id id)
{
    ARENA_PUSH(w->arena, t->args, t->arg_count, t->arg_capacity) = make_arg(w, p, id);
}

/* The arguments of a launch: those of its step, what it counts, and those of its tails. */
static void add_args(struct writer *w, struct tables *t, const struct lir_program *p,
                     uint32_t first)
{
    for (uint32_t i = first, end = lir_launch_end(p, first); i < end; i++) {
        const struct lir_step *s = &p->steps[i];
        const struct lir_kernel *k = step_kernel(p, s);
        for (uint32_t slot = 0; slot < lir_slot_count(k); slot++)
            add_arg(w, t, p, p->args[s->first_arg + lir_slot_argument(k, slot)]);
        if (s->counter != 0)
            add_arg(w, t, p, s->counter);
    }
}

/* A launch is a step of the file. */
static void add_steps(struct writer *w, struct tables *t, const struct lir_program *p)
{
    for (uint32_t i = 0; i < p->step_count; i = lir_launch_end(p, i)) {
        const struct lir_step *step = &p->steps[i];
        const uint32_t first_arg = t->arg_count;
        uint32_t values[LIR_MAX_VALUES];
        uint32_t value_count = lir_launch_values(step_kernel(p, step), step, values);
        add_args(w, t, p, i);
        ARENA_PUSH(w->arena, t->steps, t->step_count, t->step_capacity) = (struct rlx_step){
            .kernel = step->kernel,
            .first_arg = first_arg,
            .arg_count = (uint16_t)(t->arg_count - first_arg),
            .flags = step->flags,
            .tile_symbol = step->tile_symbol,
            .tile_unit = step->tile_unit,
            .tiles = step->tiles,
            .name = writer_string(w, str_text(p->strings, step->name)),
            .first_value = value_count != 0 ? add_values(w, t, values, value_count) : 0,
            .value_count = value_count,
            .tile_bytes = tile_bytes(p, step),
        };
    }
}

/* ---- variants ---- */

static void add_variant(struct writer *w, struct tables *t, const struct packed_variant *v,
                        const struct lir_program *p)
{
    const uint32_t launches = lir_launches(p);
    struct rlx_variant_entry entry = {
        .key = variant_key(&v->variant),
        .name = writer_string(w, variant_name(w->arena, &v->variant)),
        .entry = v->variant.entry,
        .phase = v->variant.phase,
        .batch = v->variant.batch,
        .seq = v->variant.seq,
        .first_rows = v->rows.first,
        .last_rows = v->rows.last,
        .first_step = t->step_count,
        .step_count = launches,
        .lm_head_step = launches - (p->step_count - p->lm_head_step), /* no tails from there on */
        .lm_head_rows = p->lm_head_step == p->step_count ? 0 : (uint32_t)p->upper[SYMBOL_OUT_ROWS],
        .first_io = t->io_count,
        .segments = program_offset(p, p->segments),
        .row_segments = program_offset(p, p->row_segments),
    };

    set_upper(w, p, entry.upper);
    if (entry.upper[SYMBOL_ROWS] == 0)
        entry.first_rows = entry.last_rows = 0;
    for (uint32_t home = HOME_scratch; home <= HOME_output; home++)
        entry.home_bytes[home] = p->home_bytes[home];
    add_io(w, t, p);
    entry.io_count = t->io_count - entry.first_io;
    ARENA_PUSH(w->arena, t->variants, t->variant_count, t->variant_capacity) = entry;
    add_steps(w, t, p);
}

/* ---- all ---- */

static void fill_tables(struct writer *w, struct tables *t)
{
    const struct artifact *a = w->artifact;

    for (uint32_t i = 0; i < a->graph->entry_count; i++)
        add_entry(w, t, i);
    add_symbols(w, t);
    for (uint32_t i = 0; i < a->level_count; i++) {
        const struct packed_level *level = &a->levels[i];
        struct rlx_level *entry = &w->levels[i];
        entry->first_kernel = t->kernel_count;
        entry->kernel_count = lir_kernels_launched(&level->kernels);
        entry->first_variant = t->variant_count;
        entry->variant_count = a->variant_count;
        for (uint32_t k = 0; k < entry->kernel_count; k++)
            ARENA_PUSH(w->arena, t->kernels, t->kernel_count, t->kernel_capacity) =
                (struct rlx_kernel){
                    .name = writer_string(w, lir_kernel_name(w->arena, &level->kernels.all[k])),
                    .kind = writer_string(w, kernel_kind_info[level->kernels.all[k].kind].name),
                    .key = lir_kernel_key(&level->kernels.all[k]),
                    .entry = level->code.entry[k],
                    .code_bytes = level->code.code_bytes[k],
                };
        for (uint32_t v = 0; v < a->variant_count; v++)
            add_variant(w, t, &a->variants[v], &level->programs[v]);
    }
}

#define WRITE_TABLE(KIND, name) \
    writer_table(w, RLX_SECTION_##KIND, t.name##s, t.name##_count, sizeof *t.name##s)

bool writer_programs(struct writer *w)
{
    struct tables t = {0};

    fill_tables(w, &t);
    return writer_table(w, RLX_SECTION_LEVELS, w->levels, w->artifact->level_count,
                        sizeof *w->levels) &&
           WRITE_TABLE(KERNELS, kernel) &&
           writer_table(w, RLX_SECTION_ENTRIES, t.entries, t.entry_count, sizeof *t.entries) &&
           WRITE_TABLE(USES, use) && WRITE_TABLE(SYMBOLS, symbol) &&
           WRITE_TABLE(VARIANTS, variant) &&
           writer_table(w, RLX_SECTION_IO, t.io, t.io_count, sizeof *t.io) &&
           WRITE_TABLE(STEPS, step) && WRITE_TABLE(ARGS, arg) &&
           writer_bytes(w, RLX_SECTION_VALUES, RLX_SECTION_REQUIRED, t.values,
                        t.value_count * sizeof *t.values);
}
