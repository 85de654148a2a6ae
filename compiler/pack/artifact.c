/* Writes an artifact in this order: header, code images, weights, tables, table of sections, then
 * the header again with its final contents. In: the parts of struct artifact. Out: bytes as
 * rlx/artifact.h describes them. Tables are small and built in memory; weights are streamed. */
#include "compiler/pack/artifact.h"

#include "compiler/pack/digest.h"
#include "compiler/pack/manifest.h"
#include "compiler/pack/sampling.h"
#include "rlx/artifact.h"
#include "rlx/kernel.h"
#include "rlx/tokenizer_format.h"

#include <string.h>
#include <xxhash.h>

/* From this size on, weights begin at a large page, so that all of them are in large pages. */
enum { MAX_SECTIONS = 24, TABLE_ALIGN = 64, LARGE_WEIGHTS = 1 << 24 };

_Static_assert((int)HOME_weight == (int)RLX_HOME_WEIGHT && (int)HOME_state == (int)RLX_HOME_STATE &&
                   (int)HOME_scratch == (int)RLX_HOME_SCRATCH &&
                   (int)HOME_thread == (int)RLX_HOME_THREAD &&
                   (int)HOME_input == (int)RLX_HOME_INPUT &&
                   (int)HOME_output == (int)RLX_HOME_OUTPUT,
               "homes have the same numbers in programs and in files");
_Static_assert((int)PHASE_prefill == (int)RLX_PHASE_PREFILL &&
                   (int)PHASE_inference == (int)RLX_PHASE_INFERENCE,
               "phases too");
_Static_assert((int)STEP_barrier == (int)RLX_STEP_BARRIER &&
                   (int)STEP_replicated == (int)RLX_STEP_REPLICATED &&
                   (int)STEP_shared == (int)RLX_STEP_SHARED,
               "flags of steps too");
_Static_assert((int)LIR_MAX_VALUES == RLX_LAUNCH_VALUES, "and room for values");

/* An artifact while it is written. */
struct writer {
    const struct artifact *artifact;
    struct arena *arena;
    struct out *out;
    uint64_t base; /* where the artifact begins in the output */
    struct strings strings;
    uint32_t *string_offsets; /* by str_id */
    uint32_t string_count, string_capacity, string_bytes;
    struct weight_plan plan;
    struct rlx_section sections[MAX_SECTIONS];
    const void *tables[MAX_SECTIONS]; /* bytes of the sections that are not bulk */
    uint32_t section_count;
    struct rlx_info info;
    uint64_t *weight_digests;
    uint64_t code_bytes;
};

/* Strings are interned and written in the order of their ids, so that tables can be built before
 * the section is written. */
static uint32_t string(struct writer *w, const char *text)
{
    str_id id = str_of(&w->strings, text == NULL ? "" : text);

    while (w->string_count <= id) {
        uint32_t bytes = w->strings.all[w->string_count].bytes + 1;
        ARENA_PUSH(w->arena, w->string_offsets, w->string_count, w->string_capacity) =
            w->string_bytes;
        w->string_bytes += bytes;
    }
    return w->string_offsets[id];
}

static struct rlx_section *add_section(struct writer *w, enum rlx_section_kind kind, uint32_t flags,
                                       uint64_t offset, uint64_t bytes)
{
    assert(w->section_count < MAX_SECTIONS);
    struct rlx_section *s = &w->sections[w->section_count++];
    *s = (struct rlx_section){
        .kind = kind, .flags = flags, .offset = offset - w->base, .bytes = bytes};
    return s;
}

static bool write_table(struct writer *w, enum rlx_section_kind kind, const void *entries,
                        uint32_t count, uint32_t entry_bytes)
{
    if (!out_pad(w->out, TABLE_ALIGN))
        return false;
    struct rlx_section *s =
        add_section(w, kind, RLX_SECTION_REQUIRED, w->out->bytes, (uint64_t)count * entry_bytes);
    s->count = count;
    s->entry_bytes = entry_bytes;
    w->tables[w->section_count - 1] = entries;
    return count == 0 || out_write(w->out, entries, s->bytes);
}

static bool write_bytes(struct writer *w, enum rlx_section_kind kind, uint32_t flags,
                        const void *data, uint64_t bytes)
{
    if (!out_pad(w->out, TABLE_ALIGN))
        return false;
    add_section(w, kind, flags, w->out->bytes, bytes);
    w->tables[w->section_count - 1] = data;
    return bytes == 0 || out_write(w->out, data, bytes);
}

/* ---- levels, kernels, variants, steps ---- */

struct tables {
    struct rlx_level *levels;
    struct rlx_kernel *kernels;
    uint32_t kernel_count, kernel_capacity;
    struct rlx_variant_entry *variants;
    uint32_t variant_count, variant_capacity;
    struct rlx_step *steps;
    uint32_t step_count, step_capacity;
    struct rlx_arg *args;
    uint32_t arg_count, arg_capacity;
    uint32_t *values;
    uint32_t value_count, value_capacity;
};

static bool write_code(struct writer *w, struct tables *t)
{
    const struct artifact *a = w->artifact;

    if (!out_pad(w->out, RLX_PAGE))
        return false;
    uint64_t start = w->out->bytes;
    t->levels = arena_new(w->arena, struct rlx_level, a->level_count);
    for (uint32_t i = 0; i < a->level_count; i++) {
        const struct packed_level *level = &a->levels[i];
        const struct target_level *about = &level->target->levels[level->level];
        t->levels[i] = (struct rlx_level){
            .name = string(w, about->name),
            .target = string(w, level->target->name),
            .features = about->features,
            .image_offset = w->out->bytes - w->base,
            .image_bytes = level->code.image_bytes,
            .image_digest = XXH3_64bits(level->code.image, level->code.image_bytes),
        };
        w->code_bytes += level->code.image_bytes;
        if (!out_write(w->out, level->code.image, level->code.image_bytes) ||
            !out_pad(w->out, RLX_PAGE))
            return false;
    }
    add_section(w, RLX_SECTION_CODE, RLX_SECTION_REQUIRED | RLX_SECTION_BULK, start,
                w->out->bytes - start);
    return true;
}

static uint64_t buffer_offset(const struct lir_program *p, buf_id id)
{
    uint64_t inside;
    const struct lir_buffer *b = buffer_root(p, id, &inside);

    return id == 0 ? 0 : b->offset + inside;
}

static uint64_t io_offset(const struct lir_program *p, const struct lir_io *io)
{
    return io == NULL ? 0 : buffer_offset(p, io->buffer);
}

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
        place = w->plan.states[w->plan.state_of[root->source] - 1].offset;
        break;
    default:
        place = root->offset;
        break;
    }
    return (struct rlx_arg){.offset = place + inside,
                            .home = root->home,
                            .bytes = (uint32_t)min_u64(p->buffers[id].bytes, UINT32_MAX)};
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

static void add_steps(struct writer *w, struct tables *t, const struct lir_program *p)
{
    for (uint32_t i = 0; i < p->step_count; i++) {
        const struct lir_step *step = &p->steps[i];
        const struct lir_kernel *k = &p->kernels->all[step->kernel];
        uint32_t arg_count = lir_slot_count(k), values[LIR_MAX_VALUES];
        uint32_t value_count = lir_launch_values(k, step, values);
        ARENA_PUSH(w->arena, t->steps, t->step_count, t->step_capacity) = (struct rlx_step){
            .kernel = step->kernel,
            .first_arg = t->arg_count,
            .arg_count = (uint16_t)arg_count,
            .flags = step->flags,
            .tile_symbol = step->tile_symbol,
            .tile_unit = step->tile_unit,
            .tiles = step->tiles,
            .name = string(w, str_text(p->strings, step->name)),
            .first_value = value_count != 0 ? add_values(w, t, values, value_count) : 0,
            .value_count = value_count,
        };
        for (uint32_t slot = 0; slot < arg_count; slot++)
            ARENA_PUSH(w->arena, t->args, t->arg_count, t->arg_capacity) =
                make_arg(w, p, p->args[step->first_arg + lir_slot_argument(k, slot)]);
    }
}

static void add_variant(struct writer *w, struct tables *t, const struct packed_variant *v,
                        const struct lir_program *p)
{
    struct rlx_variant_entry entry = {
        .key = variant_key(&v->variant),
        .name = string(w, variant_name(w->arena, &v->variant)),
        .phase = v->variant.phase,
        .batch = v->variant.batch,
        .seq = v->variant.seq,
        .first_rows = v->rows.first,
        .last_rows = v->rows.last,
        .first_step = t->step_count,
        .step_count = p->step_count,
        .lm_head_step = p->lm_head_step,
        .lm_head_rows = (uint32_t)p->upper[SYMBOL_OUT_ROWS],
        .tokens = io_offset(p, lir_find_input(p, INPUT_tokens)),
        .positions = io_offset(p, lir_find_input(p, INPUT_positions)),
        .out_rows = io_offset(p, lir_find_input(p, INPUT_out_rows)),
        .logits = io_offset(p, lir_find_output(p, OUTPUT_logits)),
        .segments = buffer_offset(p, p->segments),
        .row_segments = buffer_offset(p, p->row_segments),
    };

    for (uint32_t home = HOME_scratch; home < RLX_HOME_COUNT; home++)
        entry.home_bytes[home] = p->home_bytes[home];
    ARENA_PUSH(w->arena, t->variants, t->variant_count, t->variant_capacity) = entry;
    add_steps(w, t, p);
}

static void fill_tables(struct writer *w, struct tables *t)
{
    const struct artifact *a = w->artifact;

    for (uint32_t i = 0; i < a->level_count; i++) {
        const struct packed_level *level = &a->levels[i];
        struct rlx_level *entry = &t->levels[i];
        entry->first_kernel = t->kernel_count;
        entry->kernel_count = level->kernels.count;
        entry->first_variant = t->variant_count;
        entry->variant_count = a->variant_count;
        for (uint32_t k = 0; k < level->kernels.count; k++)
            ARENA_PUSH(w->arena, t->kernels, t->kernel_count, t->kernel_capacity) =
                (struct rlx_kernel){
                    .name = string(w, lir_kernel_name(w->arena, &level->kernels.all[k])),
                    .kind = string(w, kernel_kind_info[level->kernels.all[k].kind].name),
                    .key = lir_kernel_key(&level->kernels.all[k]),
                    .entry = level->code.entry[k],
                    .code_bytes = level->code.code_bytes[k],
                };
        for (uint32_t v = 0; v < a->variant_count; v++)
            add_variant(w, t, &a->variants[v], &level->programs[v]);
    }
}

static bool write_program_tables(struct writer *w, struct tables *t)
{
    return write_table(w, RLX_SECTION_LEVELS, t->levels, w->artifact->level_count,
                       sizeof *t->levels) &&
           write_table(w, RLX_SECTION_KERNELS, t->kernels, t->kernel_count, sizeof *t->kernels) &&
           write_table(w, RLX_SECTION_VARIANTS, t->variants, t->variant_count,
                       sizeof *t->variants) &&
           write_table(w, RLX_SECTION_STEPS, t->steps, t->step_count, sizeof *t->steps) &&
           write_table(w, RLX_SECTION_ARGS, t->args, t->arg_count, sizeof *t->args) &&
           write_bytes(w, RLX_SECTION_VALUES, RLX_SECTION_REQUIRED, t->values,
                       t->value_count * sizeof *t->values);
}

/* ---- weights and states ---- */

static bool write_weights(struct writer *w)
{
    const struct artifact *a = w->artifact;

    if (w->plan.bytes >= LARGE_WEIGHTS)
        out_skip(w->out, OUT_LARGE_PAGE);
    else if (!out_pad(w->out, RLX_PAGE))
        return false;
    uint64_t start = w->out->bytes;
    w->weight_digests = arena_new(w->arena, uint64_t, w->plan.weight_count);
    if (!weights_write(&w->plan, a->graph, a->model, &a->weights, w->out, w->weight_digests,
                       &w->info.weight_digest))
        return false;
    add_section(w, RLX_SECTION_WEIGHTS, RLX_SECTION_REQUIRED | RLX_SECTION_BULK, start,
                w->out->bytes - start);
    return true;
}

static bool write_tensors(struct writer *w)
{
    struct rlx_tensor *tensors = arena_new(w->arena, struct rlx_tensor, w->plan.weight_count);

    for (uint32_t i = 0; i < w->plan.weight_count; i++) {
        const struct packed_weight *weight = &w->plan.weights[i];
        tensors[i] = (struct rlx_tensor){
            .name = string(w, weight->name),
            .layout =
                string(w, weight->kind == PACKED_matrix ? layout_info[weight->layout].name : "f32"),
            .rows = weight->rows,
            .columns = weight->columns,
            .offset = weight->offset,
            .bytes = weight->bytes,
            .digest = w->weight_digests[i],
        };
    }
    return write_table(w, RLX_SECTION_TENSORS, tensors, w->plan.weight_count, sizeof *tensors);
}

static uint32_t element_of(enum dtype kv)
{
    return kv == DTYPE_q8_0 ? RLX_Q8 : kv == DTYPE_f16 ? RLX_F16 : RLX_F32;
}

static bool write_states(struct writer *w)
{
    struct rlx_state_entry *states =
        arena_new(w->arena, struct rlx_state_entry, w->plan.state_count);
    const struct hir_graph *g = w->artifact->graph;

    for (uint32_t i = 0; i < w->plan.state_count; i++) {
        const struct packed_state *state = &w->plan.states[i];
        states[i] = (struct rlx_state_entry){
            .name = string(w, str_text(g->strings, hir_at(g, state->source)->name)),
            .kind = state->is_value ? RLX_STATE_VALUE : RLX_STATE_KEY,
            .element = element_of(state->element),
            .layer = state->layer,
            .kv_heads = state->kv_heads,
            .head_dim = state->head_dim,
            .context = state->context,
            .offset = state->offset,
            .bytes = state->bytes,
        };
    }
    return write_table(w, RLX_SECTION_STATES, states, w->plan.state_count, sizeof *states);
}

/* ---- the whole ---- */

static uint64_t parameter_count(const struct model *m)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < m->tensor_count; i++) {
        uint64_t count = 1;
        for (uint32_t axis = 0; axis < m->tensors[i].rank; axis++)
            count *= m->tensors[i].shape[axis];
        sum += m->tensors[i].slice_count == 0 ? count : 0; /* slices are of others */
    }
    return sum;
}

static void fill_info(struct writer *w)
{
    const struct artifact *a = w->artifact;
    const struct model *m = a->model;
    const struct hyper_parameters *h = &m->hyper;
    struct rlx_info *info = &w->info;

    info->name = string(w, m->name);
    info->source = string(w, base_name(w->arena, m->path));
    info->compiler = string(w, "rlxc " RLX_VERSION);
    if (a->graph == NULL) {
        struct rlx_tokenizer_header header;
        memcpy(&header, a->tokenizer, sizeof header);
        info->vocabulary = header.token_count;
        return;
    }
    info->architecture = string(w, str_text(m->strings, h->architecture));
    info->vocabulary = h->vocabulary;
    info->hidden = h->hidden;
    info->layers = h->layers;
    info->heads = h->heads;
    info->kv_heads = h->kv_heads;
    info->head_dim = h->head_dim;
    info->context = a->context;
    info->numerics = string(w, numerics_name(a));
    info->kv_element = w->plan.state_count == 0 ? RLX_F32 : element_of(w->plan.states[0].element);
    const struct lir_io *logits = lir_find_output(&a->levels[0].programs[0], OUTPUT_logits);
    info->logits_stride = logits == NULL ? 0 : logits->stride;
    info->short_run_max = SHORT_RUN_MAX;
    info->lm_head_rows_max = LM_HEAD_ROWS_MAX;
    info->state_bytes = w->plan.state_bytes;
    info->parameters = parameter_count(m);
    info->decode_bytes = w->plan.decode_bytes;
}

static bool write_sampling(struct writer *w)
{
    struct rlx_sampling_entry *entry = arena_new(w->arena, struct rlx_sampling_entry, 1);

    if (!sampling_entry(&w->artifact->model->sampling, entry))
        return true;
    if (!write_table(w, RLX_SECTION_SAMPLING, entry, 1, sizeof *entry))
        return false;
    w->sections[w->section_count - 1].flags = 0; /* a reader that skips it runs the same model */
    return true;
}

static bool write_strings(struct writer *w)
{
    struct text bytes = {.arena = w->arena};

    for (str_id id = 0; id < w->strings.count; id++)
        text_add_bytes(&bytes, w->strings.all[id].text, (size_t)w->strings.all[id].bytes + 1);
    return write_bytes(w, RLX_SECTION_STRINGS, RLX_SECTION_REQUIRED, bytes.data, bytes.bytes);
}

/* The table of sections and the header, which holds the digest of everything that must be intact
 * before the file is used. */
static bool write_header(struct writer *w)
{
    struct rlx_header header = {
        .major = RLX_MAJOR, .minor = RLX_MINOR, .header_bytes = sizeof header};
    XXH3_state_t *hash = XXH3_createState();

    if (hash == NULL)
        out_of_memory(0);
    XXH3_64bits_reset(hash);
    for (uint32_t i = 0; i < w->section_count; i++)
        if ((w->sections[i].flags & RLX_SECTION_BULK) == 0)
            XXH3_64bits_update(hash, w->tables[i], w->sections[i].bytes);
    XXH3_64bits_update(hash, w->sections, w->section_count * sizeof w->sections[0]);
    header.table_digest = XXH3_64bits_digest(hash);
    XXH3_freeState(hash);
    if (!out_pad(w->out, TABLE_ALIGN))
        return false;
    memcpy(header.magic, RLX_MAGIC, sizeof header.magic);
    header.section_count = w->section_count;
    header.section_entry_bytes = sizeof w->sections[0];
    header.section_offset = w->out->bytes - w->base;
    header.file_bytes = header.section_offset + w->section_count * sizeof w->sections[0];
    return out_write(w->out, w->sections, w->section_count * sizeof w->sections[0]) &&
           out_write_at(w->out, w->base, &header, sizeof header);
}

bool artifact_plan_weights(const struct artifact *a, struct weight_plan *out, struct diags *d)
{
    uint32_t count = 0;
    const struct lir_program **programs = arena_new(a->arena, const struct lir_program *,
                                                    (uint64_t)a->level_count * a->variant_count);

    for (uint32_t i = 0; i < a->level_count; i++)
        for (uint32_t v = 0; v < a->variant_count; v++)
            programs[count++] = &a->levels[i].programs[v];
    return weight_plan_make(programs, count, a->model, a->arena, out, d);
}

bool artifact_write(const struct artifact *a, struct out *out, struct artifact_summary *summary,
                    struct diags *d)
{
    struct writer *w = arena_new(a->arena, struct writer, 1);
    struct tables tables = {0};
    bool whole = a->graph != NULL;
    static const struct rlx_header placeholder;

    *w = (struct writer){.artifact = a, .arena = a->arena, .out = out, .base = out->bytes};
    assert(w->base % RLX_PAGE == 0);
    strings_init(&w->strings, a->arena);
    if (whole && !artifact_plan_weights(a, &w->plan, d))
        return false;
    if (!out_write(out, &placeholder, sizeof placeholder))
        return false;
    if (whole && !(write_code(w, &tables) && write_weights(w)))
        return false;
    fill_info(w);
    if (whole) {
        fill_tables(w, &tables);
        w->info.model_digest = kv_digest(a, &w->plan, w->weight_digests);
    }
    const char *manifest =
        manifest_text(a, whole ? &w->plan : NULL, w->info.weight_digest, w->info.model_digest);
    bool good =
        write_table(w, RLX_SECTION_INFO, &w->info, 1, sizeof w->info) &&
        (!whole || (write_program_tables(w, &tables) && write_states(w) && write_tensors(w))) &&
        (a->tokenizer == NULL ||
         write_bytes(w, RLX_SECTION_TOKENIZER, 0, a->tokenizer, a->tokenizer_bytes)) &&
        (a->template == NULL ||
         write_bytes(w, RLX_SECTION_TEMPLATE, 0, a->template, a->template_bytes)) &&
        write_sampling(w) && write_strings(w) &&
        write_bytes(w, RLX_SECTION_MANIFEST, 0, manifest, strlen(manifest)) && write_header(w);
    *summary = (struct artifact_summary){out->bytes - w->base, w->plan.bytes, w->code_bytes,
                                         w->plan.state_bytes};
    return good;
}
