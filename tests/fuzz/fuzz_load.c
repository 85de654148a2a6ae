/* The artifact loader on hostile bytes. An input that begins with 'P' is a list of changes to a
 * valid artifact, whose digest is then corrected, so that later checks are reached; any other input
 * is a file. An accepted artifact is walked as in the runtime. */
#include "runtime/base/artifact_check.h"
#include "runtime/core/model.h"
#include "runtime/sample/sample.h"
#include "tests/support/tiny_artifact.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static volatile uint64_t walked;

static void walk_string(const struct artifact *a, uint32_t string)
{
    walked += strlen(artifact_string(a, string));
}

static void walk_bytes(const uint8_t *data, uint64_t bytes)
{
    if (bytes != 0)
        walked += (uint64_t)data[0] + data[bytes - 1];
}

/* What is written there stays inside the homes. */
static void walk_io(const struct artifact *a, const struct rlx_variant_entry *v)
{
    for (uint32_t i = 0; i < v->io_count; i++) {
        const struct rlx_io *io = table_at(&a->io, v->first_io + i);
        const struct rlx_io_dim *last = &io->dims[io->rank - 1];
        uint64_t width = last->slot == RLX_NO_SLOT ? last->size : v->upper[last->slot];
        if (io->offset + width * 4 > v->home_bytes[io->home])
            abort();
        walk_string(a, io->name);
    }
}

static void walk_level(const struct artifact *a, const struct rlx_level *l)
{
    walk_string(a, l->name);
    for (uint32_t i = 0; i < l->kernel_count; i++) {
        const struct rlx_kernel *k = table_at(&a->kernels, l->first_kernel + i);
        walk_string(a, k->name);
        walk_bytes(a->code.data + (l->image_offset - a->code.offset) + k->entry, k->code_bytes);
    }
    for (uint32_t i = 0; i < l->variant_count; i++) {
        const struct rlx_variant_entry *v = table_at(&a->variants, l->first_variant + i);
        walk_string(a, v->name);
        walk_io(a, v);
        for (uint32_t j = 0; j < v->step_count; j++) {
            const struct rlx_step *s = table_at(&a->steps, v->first_step + j);
            uint32_t values[RLX_LAUNCH_VALUES] = {0};
            artifact_step_values(a, s, values);
            walked += values[0];
            walk_string(a, s->name);
            for (uint32_t k = 0; k < s->arg_count; k++) {
                const struct rlx_arg *arg = table_at(&a->args, s->first_arg + k);
                if (arg->home == RLX_HOME_WEIGHT)
                    walk_bytes(a->weights.data + arg->offset, arg->bytes);
            }
        }
    }
}

/* What is recommended can be sampled with. */
static void walk_sampling(const struct artifact *a)
{
    struct sampler sampler = {0};
    rlx_sampling sampling = artifact_sampling(a);
    if (sampler_use(&sampler, &sampling, NULL) != RLX_OK)
        abort();
}

static void walk(const struct artifact *a)
{
    walk_sampling(a);
    walk_string(a, a->info->name);
    for (uint32_t i = 0; i < a->entries.count; i++)
        walk_string(a, ((const struct rlx_entry *)table_at(&a->entries, i))->name);
    for (uint32_t i = 0; i < a->symbols.count; i++) {
        const struct rlx_symbol *s = table_at(&a->symbols, i);
        int64_t dims[RLX_SLOT_MAX] = {0};
        dims[s->symbol] =
            (int64_t)((const struct rlx_symbol *)table_at(&a->symbols, s->symbol))->max;
        if (artifact_slot_size(s, dims) < 0)
            abort();
        walk_string(a, s->name);
    }
    for (uint32_t i = 0; i < a->levels.count; i++)
        if (artifact_check_level("fuzz", a, i, NULL) == RLX_OK)
            walk_level(a, table_at(&a->levels, i));
    for (uint32_t i = 0; i < a->states.count; i++)
        walk_string(a, ((const struct rlx_state_entry *)table_at(&a->states, i))->name);
    for (uint32_t i = 0; i < a->tensors.count; i++) {
        const struct rlx_tensor *t = table_at(&a->tensors, i);
        walk_string(a, t->name);
        if (t->bytes != 0)
            walk_bytes(a->weights.data + t->offset, t->bytes);
    }
}

/* Each change: offset from the start of the tables u16 (65535 - n: byte n of the header), value u8,
 * count u8. */
static void change(struct tiny *t, const uint8_t *data, size_t bytes)
{
    for (; bytes >= 4; data += 4, bytes -= 4) {
        uint32_t at = data[0] | (uint32_t)data[1] << 8;
        uint32_t header = 65535 - at;
        size_t from = header < 64 ? header : TINY_TABLES + at % (t->bytes - TINY_TABLES);
        for (size_t i = 0; i < data[3] % 9u && from + i < t->bytes; i++)
            t->data[from + i] = data[2];
    }
    struct rlx_header *h = tiny_header(t);
    if (h->section_offset <= t->bytes && h->section_offset % 8 == 0 &&
        h->section_count <= TINY_SECTIONS &&
        h->section_count * sizeof(struct rlx_section) <= t->bytes - h->section_offset)
        tiny_seal(t);
}

/* The same through the front door, which takes programs with an artifact behind them too. */
static void open_in_memory(const struct tiny *t)
{
    size_t room = (t->bytes / RLX_MODEL_ALIGNMENT + 1) * RLX_MODEL_ALIGNMENT;
    uint8_t *copy = aligned_alloc(RLX_MODEL_ALIGNMENT, room);
    rlx_model_info info = rlx_model_info_default();
    rlx_model *model;
    rlx_error error = {0};
    if (copy == NULL)
        abort();
    memset(copy + t->bytes, 0, room - t->bytes);
    memcpy(copy, t->data, t->bytes);
    if (rlx_model_open_memory(copy, t->bytes, &model, &error) != RLX_OK) {
        if (model != NULL || error.text[0] == 0)
            abort();
    } else {
        if (rlx_model_get_info(model, &info) != RLX_OK)
            abort();
        walked += strlen(info.name) + strlen(info.manifest);
        rlx_model_verify(model, NULL);
        rlx_model_close(model);
    }
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct artifact artifact;
    rlx_error error;
    struct tiny t = {.data = malloc(bytes + 1), .bytes = bytes};
    if (t.data == NULL)
        abort();
    if (bytes != 0)
        memcpy(t.data, data, bytes);
    if (bytes != 0 && data[0] == 'P') {
        free(t.data);
        t = tiny_make(NULL);
        uint8_t *exact = malloc(t.bytes); /* so that a sanitizer sees the first byte behind it */
        if (exact == NULL)
            abort();
        memcpy(exact, t.data, t.bytes);
        free(t.data);
        t.data = exact;
        change(&t, data + 1, bytes - 1);
    }
    if (artifact_check("fuzz", t.data, t.bytes, &artifact, &error) == RLX_OK)
        walk(&artifact);
    open_in_memory(&t);
    free(t.data);
    return 0;
}
