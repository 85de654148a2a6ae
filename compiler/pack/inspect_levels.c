/* Shows the entries of an artifact, and the levels with their variants, steps and kernels. In: an
 * opened artifact, whose tables may still hold anything; out: lines for people. */
#include "compiler/pack/inspect_parts.h"

#include "compiler/lir/lir.h"
#include "rlx/kernel.h"
#include "runtime/base/cpu.h"
#include "runtime/base/shader_features.h"

#include <elf.h>
#include <string.h>

enum { MAX_USES = 4096 };

static const char *const home_names[RLX_HOME_COUNT] = {"weight",     "state",       "scratch",
                                                       "thread",     "input",       "output",
                                                       "carried_in", "carried_out", "adapter"};
static const char *const phase_names[] = {"prefill", "decode", "encoder", "inference"};

static void bad_index(struct inspected *in, const char *what, uint64_t index)
{
    text_add(in->out, " (no entry %llu of %s)\n", (number)index, what);
}

static void show_argument(struct inspected *in, uint64_t index)
{
    struct rlx_arg arg;

    if (!inspect_entry(in, RLX_SECTION_ARGS, index, &arg, sizeof arg)) {
        bad_index(in, "args", index);
        return;
    }
    text_add(in->out, " %s+%llu[%llu]",
             arg.home < RLX_HOME_COUNT ? home_names[arg.home] : "unknown", (number)arg.offset,
             (number)arg.bytes);
}

static void show_values(struct inspected *in, const struct rlx_step *step, const char *kind)
{
    const struct rlx_section *s = &in->sections[RLX_SECTION_VALUES];

    if (!range_inside(step->first_value, step->value_count, s->bytes / sizeof(uint32_t))) {
        bad_index(in, "values", (uint64_t)step->first_value + step->value_count);
        return;
    }
    for (uint32_t i = 0; i < min_u64(step->value_count, RLX_LAUNCH_VALUES); i++) {
        uint32_t bits;
        memcpy(&bits, in->data + s->offset + ((uint64_t)step->first_value + i) * sizeof bits,
               sizeof bits);
        lir_value_text(kind, i, bits, in->out);
    }
}

static void show_step(struct inspected *in, const struct rlx_level *level, uint64_t index)
{
    struct rlx_step step;
    struct rlx_kernel kernel;

    if (!inspect_entry(in, RLX_SECTION_STEPS, index, &step, sizeof step)) {
        bad_index(in, "steps", index);
        return;
    }
    if (step.kernel >= level->kernel_count ||
        !inspect_entry(in, RLX_SECTION_KERNELS, (uint64_t)level->first_kernel + step.kernel,
                       &kernel, sizeof kernel)) {
        bad_index(in, "kernels", step.kernel);
        return;
    }
    text_add(in->out, "      %s%s%s%s%s%s %s", inspect_string(in, step.name),
             step.flags & RLX_STEP_BARRIER ? " barrier" : "",
             step.flags & RLX_STEP_REPLICATED ? " replicated" : "",
             step.flags & RLX_STEP_REPLAY ? " replay" : "",
             step.flags & RLX_STEP_SCATTERED ? " scattered" : "",
             step.flags & (RLX_STEP_REPLICATED | RLX_STEP_SHARED) ? "" : " own",
             inspect_string(in, kernel.name));
    text_add(in->out, " tiles %u", step.tiles);
    if (step.tile_unit != 0)
        text_add(in->out, " x %s/%u", slot_name(in, step.tile_symbol), step.tile_unit);
    if (step.tile_bytes != 0)
        text_add(in->out, " of %llu bytes", (number)step.tile_bytes);
    for (uint32_t i = 0; i < step.arg_count; i++)
        show_argument(in, (uint64_t)step.first_arg + i);
    show_values(in, &step, inspect_string(in, kernel.kind));
    text_add(in->out, "\n");
}

/* "tokens i32 [ROWS] at 0", after a word for its direction. */
static void show_io(struct inspected *in, uint64_t index, bool places)
{
    static const char *const roles[] = {"?", "", " tokens", " positions", " out_rows", " logits"};
    struct rlx_io io;

    if (!inspect_entry(in, RLX_SECTION_IO, index, &io, sizeof io)) {
        bad_index(in, "io", index);
        return;
    }
    text_add(in->out, "%s %s %s [", io.direction == RLX_OUTPUT ? "output" : "input",
             inspect_string(in, io.name), element_name(io.element));
    for (uint32_t i = 0; i < min_u64(io.rank, RLX_RANK_MAX); i++) {
        if (io.dims[i].slot == RLX_NO_SLOT)
            text_add(in->out, "%s%u", i == 0 ? "" : ", ", io.dims[i].size);
        else
            text_add(in->out, "%s%s", i == 0 ? "" : ", ", slot_name(in, io.dims[i].slot));
    }
    text_add(in->out, "]");
    if (io.role != RLX_ROLE_DATA)
        text_add(in->out, " for%s", roles[io.role < countof(roles) ? io.role : 0]);
    if (places)
        text_add(in->out, " at %llu, %llu bytes, rows %u apart", (number)io.offset,
                 (number)io.bytes, io.stride);
    text_add(in->out, "\n");
}

/* The first variant of an entry, which has the same inputs and outputs as the others. */
static bool find_variant(const struct inspected *in, uint32_t entry, struct rlx_variant_entry *v)
{
    for (uint32_t i = 0; inspect_entry(in, RLX_SECTION_VARIANTS, i, v, sizeof *v); i++)
        if (v->entry == entry)
            return true;
    return false;
}

void show_entries(struct inspected *in)
{
    struct rlx_entry entry;
    struct rlx_variant_entry v;
    struct rlx_use use;

    for (uint32_t i = 0;
         i < ARTIFACT_ENTRIES && inspect_entry(in, RLX_SECTION_ENTRIES, i, &entry, sizeof entry);
         i++) {
        uint32_t reads = 0, writes = 0;
        for (uint64_t u = 0; u < entry.use_count && u < MAX_USES; u++)
            if (inspect_entry(in, RLX_SECTION_USES, entry.first_use + u, &use, sizeof use)) {
                reads += use.access & RLX_READS ? 1 : 0;
                writes += use.access & RLX_WRITES ? 1 : 0;
            }
        text_add(in->out, "entry %s: reads %u states, writes %u\n", inspect_string(in, entry.name),
                 reads, writes);
        if (!find_variant(in, i, &v))
            continue;
        for (uint32_t j = 0; j < v.io_count && room_for_line(in); j++) {
            text_add(in->out, "  ");
            show_io(in, (uint64_t)v.first_io + j, false);
        }
    }
}

static void show_variant(struct inspected *in, const struct rlx_level *level, uint64_t index,
                         bool verbose)
{
    struct rlx_variant_entry v;
    struct rlx_entry entry;

    if (!inspect_entry(in, RLX_SECTION_VARIANTS, index, &v, sizeof v)) {
        bad_index(in, "variants", index);
        return;
    }
    inspect_entry(in, RLX_SECTION_ENTRIES, v.entry, &entry, sizeof entry);
    text_add(in->out,
             "    %s: entry %s, %s, batch %u, %u to %u new tokens, %u steps (lm_head from %u, %u "
             "rows), key %016llx\n",
             inspect_string(in, v.name), inspect_string(in, entry.name),
             v.phase < countof(phase_names) ? phase_names[v.phase] : "unknown phase", v.batch,
             v.first_rows, v.last_rows, v.step_count, v.lm_head_step, v.lm_head_rows,
             (number)v.key);
    text_add(in->out, "      bytes: scratch %llu, each thread %llu, input %llu, output %llu\n",
             (number)v.home_bytes[RLX_HOME_SCRATCH], (number)v.home_bytes[RLX_HOME_THREAD],
             (number)v.home_bytes[RLX_HOME_INPUT], (number)v.home_bytes[RLX_HOME_OUTPUT]);
    for (uint32_t i = 0; verbose && i < v.io_count && room_for_line(in); i++) {
        text_add(in->out, "      ");
        show_io(in, (uint64_t)v.first_io + i, true);
    }
    for (uint32_t i = 0; verbose && i < v.step_count && room_for_line(in); i++)
        show_step(in, level, (uint64_t)v.first_step + i);
}

/* The code stands beside the artifact, as text. */
static bool is_source(const struct rlx_level *level)
{
    return level->machine == 0 && level->image_bytes == 0;
}

static void show_kernels(struct inspected *in, const struct rlx_level *level)
{
    struct rlx_kernel kernel;

    for (uint32_t i = 0; i < level->kernel_count && room_for_line(in); i++) {
        if (!inspect_entry(in, RLX_SECTION_KERNELS, (uint64_t)level->first_kernel + i, &kernel,
                           sizeof kernel)) {
            bad_index(in, "kernels", (uint64_t)level->first_kernel + i);
            return;
        }
        if (is_source(level))
            text_add(in->out, "    %s\n", inspect_string(in, kernel.name));
        else
            text_add(in->out, "    %8llu bytes at %8llu  %s\n", (number)kernel.code_bytes,
                     (number)kernel.entry, inspect_string(in, kernel.name));
    }
}

/* NULL: it has none that this version knows. */
static const char *feature_name(struct inspected *in, const struct rlx_level *level, uint32_t bit)
{
    if (level->machine == EM_X86_64)
        return cpu_feature_name(bit);
    return strcmp(inspect_string(in, level->target), "vulkan") == 0 ? shader_feature_name(bit)
                                                                    : NULL;
}

static void show_features(struct inspected *in, const struct rlx_level *level)
{
    const uint64_t features = level->features;

    for (uint32_t i = 0; i < 64; i++) {
        const char *name = feature_name(in, level, i);
        if ((features >> i & 1) == 0)
            continue;
        if (name != NULL)
            text_add(in->out, " %s", name);
        else
            text_add(in->out, " feature-%u", i);
    }
}

void show_levels(struct inspected *in, bool verbose)
{
    struct rlx_level level;

    for (uint32_t i = 0;
         inspect_entry(in, RLX_SECTION_LEVELS, i, &level, sizeof level) && room_for_line(in); i++) {
        text_add(in->out, "level %s of target %s", inspect_string(in, level.name),
                 inspect_string(in, level.target));
        if (is_source(&level)) {
            text_add(in->out, ": source code beside this file, digest %016llx",
                     (number)level.image_digest);
        } else {
            if (level.machine != 0)
                text_add(in->out, ", machine %u", level.machine);
            text_add(in->out, ": %llu bytes of code, needs", (number)level.image_bytes);
            show_features(in, &level);
        }
        text_add(in->out, "\n  variants: %u\n", level.variant_count);
        for (uint32_t v = 0; v < level.variant_count && room_for_line(in); v++)
            show_variant(in, &level, (uint64_t)level.first_variant + v, verbose);
        text_add(in->out, "  kernels: %u\n", level.kernel_count);
        show_kernels(in, &level);
    }
}
