/* Writes an artifact in this order: header, code images, weights, tables, table of sections, then
 * the header again with its final contents. In: the parts of struct artifact. Out: bytes as
 * rlx/artifact.h describes them. Tables are small and built in memory; weights are streamed. */
#include "compiler/pack/artifact_writer.h"

#include "compiler/import/vocabulary.h"
#include "compiler/pack/digest.h"
#include "compiler/pack/manifest.h"
#include "compiler/pack/sampling.h"
#include "rlx/tokenizer_format.h"

#include <string.h>
#include <xxhash.h>

/* From this size on, weights begin at a large page, so that all of them are in large pages. */
enum { TABLE_ALIGN = 64, LARGE_WEIGHTS = 1 << 24 };

/* Strings are interned and written in the order of their ids, so that tables can be built before
 * the section is written. */
uint32_t writer_string(struct writer *w, const char *text)
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

struct rlx_section *writer_section(struct writer *w, enum rlx_section_kind kind, uint32_t flags,
                                   uint64_t offset, uint64_t bytes)
{
    assert(w->section_count < MAX_SECTIONS);
    struct rlx_section *s = &w->sections[w->section_count++];
    *s = (struct rlx_section){
        .kind = kind, .flags = flags, .offset = offset - w->base, .bytes = bytes};
    return s;
}

bool writer_table(struct writer *w, enum rlx_section_kind kind, const void *entries, uint32_t count,
                  uint32_t entry_bytes)
{
    if (!out_pad(w->out, TABLE_ALIGN))
        return false;
    struct rlx_section *s =
        writer_section(w, kind, RLX_SECTION_REQUIRED, w->out->bytes, (uint64_t)count * entry_bytes);
    s->count = count;
    s->entry_bytes = entry_bytes;
    w->tables[w->section_count - 1] = entries;
    return count == 0 || out_write(w->out, entries, s->bytes);
}

bool writer_bytes(struct writer *w, enum rlx_section_kind kind, uint32_t flags, const void *data,
                  uint64_t bytes)
{
    if (!out_pad(w->out, TABLE_ALIGN))
        return false;
    writer_section(w, kind, flags, w->out->bytes, bytes);
    w->tables[w->section_count - 1] = data;
    return bytes == 0 || out_write(w->out, data, bytes);
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
    writer_section(w, RLX_SECTION_WEIGHTS, RLX_SECTION_REQUIRED | RLX_SECTION_BULK, start,
                   w->out->bytes - start);
    return true;
}

static bool write_tensors(struct writer *w)
{
    struct rlx_tensor *tensors = arena_new(w->arena, struct rlx_tensor, w->plan.weight_count);

    for (uint32_t i = 0; i < w->plan.weight_count; i++) {
        const struct packed_weight *weight = &w->plan.weights[i];
        tensors[i] = (struct rlx_tensor){
            .name = writer_string(w, weight->name),
            .layout = writer_string(
                w, weight->kind == PACKED_matrix ? layout_info[weight->layout].name : "f32"),
            .rows = weight->rows,
            .columns = weight->columns,
            .offset = weight->offset,
            .bytes = weight->bytes,
            .digest = w->weight_digests[i],
        };
    }
    return writer_table(w, RLX_SECTION_TENSORS, tensors, w->plan.weight_count, sizeof *tensors);
}

_Static_assert((int)STATE_rows + 1 == (int)RLX_CLASS_ROWS &&
                   (int)STATE_ring + 1 == (int)RLX_CLASS_RING &&
                   (int)STATE_carried + 1 == (int)RLX_CLASS_CARRIED &&
                   (int)STATE_cross + 1 == (int)RLX_CLASS_CROSS,
               "classes are one more in files");

static uint32_t element_of(enum dtype kv)
{
    return kv == DTYPE_q8_0 ? RLX_Q8 : kv == DTYPE_f16 ? RLX_F16 : RLX_F32;
}

static bool write_states(struct writer *w)
{
    static const uint32_t roles[] = {[STATE_ROLE_data] = RLX_STATE_DATA,
                                     [STATE_ROLE_key] = RLX_STATE_KEY,
                                     [STATE_ROLE_value] = RLX_STATE_VALUE};
    static const uint32_t layouts[] = {[STATE_ROLE_data] = RLX_LAYOUT_PLAIN,
                                       [STATE_ROLE_key] = RLX_LAYOUT_KEYS,
                                       [STATE_ROLE_value] = RLX_LAYOUT_VALUES};
    struct rlx_state_entry *states =
        arena_new(w->arena, struct rlx_state_entry, w->plan.state_count);
    const struct hir_graph *g = w->artifact->graph;

    for (uint32_t i = 0; i < w->plan.state_count; i++) {
        const struct packed_state *state = &w->plan.states[i];
        states[i] = (struct rlx_state_entry){
            .name = writer_string(w, str_text(g->strings, hir_at(g, state->source)->name)),
            .class_ = state->class + 1,
            .role = roles[state->role],
            .element = element_of(state->element),
            .layout = state->class == STATE_carried ? RLX_LAYOUT_PLAIN : layouts[state->role],
            .layer = state->layer,
            .heads = state->heads,
            .width = state->width,
            .capacity = state->capacity,
            .rows_slot = state->rows_slot,
            .home = state->class == STATE_carried ? RLX_HOME_CARRIED_IN : RLX_HOME_STATE,
            .window = state->window,
            .offset = state->offset,
            .bytes = state->bytes,
        };
    }
    return writer_table(w, RLX_SECTION_STATES, states, w->plan.state_count, sizeof *states);
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

/* The cache has the type of the first keys. */
static void fill_states(struct writer *w)
{
    struct rlx_info *info = &w->info;

    info->state_bytes = w->plan.state_bytes;
    info->carried_bytes = w->plan.carried_bytes;
    for (uint32_t i = 0; i < w->plan.state_count; i++) {
        const struct packed_state *s = &w->plan.states[i];
        if (info->kv_element == 0 && s->role == STATE_ROLE_key)
            info->kv_element = element_of(s->element);
        if (s->layer >= info->layers)
            info->layers = s->layer + 1;
    }
}

/* The width of the logits of entry main, of which all variants are alike. */
static uint32_t vocabulary_of(const struct artifact *a)
{
    for (uint32_t i = 0; i < a->variant_count; i++) {
        const struct lir_io *logits = lir_find_output(&a->levels[0].programs[i], OUTPUT_logits);
        if (variant_is_main(&a->variants[i].variant) && logits != NULL)
            return (uint32_t)lir_io_width(logits);
    }
    return a->model->vocabulary != NULL ? a->model->vocabulary->token_count : 0;
}

static void fill_info(struct writer *w)
{
    const struct artifact *a = w->artifact;
    const struct model *m = a->model;
    const struct hyper_parameters *h = &m->hyper;
    struct rlx_info *info = &w->info;

    info->name = writer_string(w, m->name);
    info->source = writer_string(w, base_name(w->arena, a->source));
    info->compiler = writer_string(w, "rlxc " RLX_VERSION);
    if (a->graph == NULL) {
        struct rlx_tokenizer_header header;
        memcpy(&header, a->tokenizer, sizeof header);
        info->vocabulary = header.token_count;
        return;
    }
    info->architecture = writer_string(w, str_text(m->strings, h->architecture));
    info->vocabulary = vocabulary_of(a);
    info->hidden = h->hidden;
    info->layers = h->layers;
    info->heads = h->heads;
    info->kv_heads = h->kv_heads;
    info->head_dim = h->head_dim;
    info->context = a->context;
    info->numerics = writer_string(w, numerics_name(a));
    fill_states(w);
    info->short_run_max = SHORT_RUN_MAX;
    info->lm_head_rows_max = LM_HEAD_ROWS_MAX;
    info->parameters = parameter_count(m);
    info->decode_bytes = w->plan.decode_bytes;
}

static bool write_sampling(struct writer *w)
{
    struct rlx_sampling_entry *entry = arena_new(w->arena, struct rlx_sampling_entry, 1);

    if (!sampling_entry(&w->artifact->model->sampling, entry))
        return true;
    if (!writer_table(w, RLX_SECTION_SAMPLING, entry, 1, sizeof *entry))
        return false;
    w->sections[w->section_count - 1].flags = 0; /* a reader that skips it runs the same model */
    return true;
}

static bool write_strings(struct writer *w)
{
    struct text bytes = {.arena = w->arena};

    for (str_id id = 0; id < w->strings.count; id++)
        text_add_bytes(&bytes, w->strings.all[id].text, (size_t)w->strings.all[id].bytes + 1);
    return writer_bytes(w, RLX_SECTION_STRINGS, RLX_SECTION_REQUIRED, bytes.data, bytes.bytes);
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

void artifact_place_buffers(const struct weight_plan *plan, struct lir_program *p)
{
    for (buf_id id = 1; id < p->buffer_count; id++) {
        struct lir_buffer *b = &p->buffers[id];
        if (b->is_view || b->source == 0)
            continue;
        if (b->home == HOME_weight && plan->weight_of[b->source] != 0)
            b->offset = plan->weights[plan->weight_of[b->source] - 1].offset;
        else if (home_is_state((enum home)b->home) && plan->state_of[b->source] != 0)
            b->offset = plan->states[plan->state_of[b->source] - 1].offset;
    }
}

bool artifact_write_weights(const struct artifact *a, struct out *out,
                            struct artifact_summary *summary, struct diags *d)
{
    struct weight_plan plan;
    uint64_t digest;

    if (!artifact_plan_weights(a, &plan, d) ||
        !weights_write(&plan, a->graph, a->model, &a->weights, out,
                       arena_new(a->arena, uint64_t, plan.weight_count), &digest))
        return false;
    *summary = (struct artifact_summary){out->bytes, plan.bytes, 0, plan.state_bytes};
    return true;
}

bool artifact_write(const struct artifact *a, struct out *out, struct artifact_summary *summary,
                    struct diags *d)
{
    struct writer *w = arena_new(a->arena, struct writer, 1);
    bool whole = a->graph != NULL;
    static const struct rlx_header placeholder;

    *w = (struct writer){.artifact = a, .arena = a->arena, .out = out, .base = out->bytes};
    assert(w->base % RLX_PAGE == 0);
    strings_init(&w->strings, a->arena);
    if (whole && !artifact_plan_weights(a, &w->plan, d))
        return false;
    if (!out_write(out, &placeholder, sizeof placeholder))
        return false;
    if (whole && !(writer_code(w) && write_weights(w)))
        return false;
    fill_info(w);
    if (whole)
        w->info.model_digest = kv_digest(a, &w->plan, w->weight_digests);
    const char *manifest =
        manifest_text(a, whole ? &w->plan : NULL, w->info.weight_digest, w->info.model_digest);
    bool good = writer_table(w, RLX_SECTION_INFO, &w->info, 1, sizeof w->info) &&
                (!whole || (writer_programs(w) && write_states(w) && write_tensors(w))) &&
                (a->tokenizer == NULL ||
                 writer_bytes(w, RLX_SECTION_TOKENIZER, 0, a->tokenizer, a->tokenizer_bytes)) &&
                (a->template == NULL ||
                 writer_bytes(w, RLX_SECTION_TEMPLATE, 0, a->template, a->template_bytes)) &&
                write_sampling(w) && write_strings(w) &&
                writer_bytes(w, RLX_SECTION_MANIFEST, 0, manifest, strlen(manifest)) &&
                write_header(w);
    *summary = (struct artifact_summary){out->bytes - w->base, w->plan.bytes, w->code_bytes,
                                         w->plan.state_bytes};
    return good;
}
