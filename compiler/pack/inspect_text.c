/* Shows an artifact as text. In: an opened artifact, whose tables may still hold anything; out:
 * lines for people. It checks every index at use, reports what is wrong, and shows the rest. */
#include "compiler/pack/inspect.h"

#include "compiler/lir/lir.h"
#include "rlx/kernel.h"
#include "runtime/base/cpu.h"

#include <jansson.h>
#include <string.h>

static const char *const section_names[INSPECT_KINDS] = {
    [RLX_SECTION_STRINGS] = "strings",     [RLX_SECTION_INFO] = "info",
    [RLX_SECTION_MANIFEST] = "manifest",   [RLX_SECTION_LEVELS] = "levels",
    [RLX_SECTION_CODE] = "code",           [RLX_SECTION_KERNELS] = "kernels",
    [RLX_SECTION_VARIANTS] = "variants",   [RLX_SECTION_STEPS] = "steps",
    [RLX_SECTION_ARGS] = "args",           [RLX_SECTION_STATES] = "states",
    [RLX_SECTION_WEIGHTS] = "weights",     [RLX_SECTION_TENSORS] = "tensors",
    [RLX_SECTION_TOKENIZER] = "tokenizer", [RLX_SECTION_LICENSE] = "license",
    [RLX_SECTION_TEMPLATE] = "template",   [RLX_SECTION_SAMPLING] = "sampling",
    [RLX_SECTION_VALUES] = "values",
};
static const char *const home_names[RLX_HOME_COUNT] = {"weight", "state", "scratch",
                                                       "thread", "input", "output"};
static const char *const phase_names[] = {"prefill", "decode", "encoder", "inference"};
static const char *const dim_names[] = {"BATCH", "SEQ", "ROWS", "PAST_SEQ", "OUT_ROWS", "KEYS"};

typedef unsigned long long number; /* the type that %llu prints */

static bool room_for_line(struct inspected *in)
{
    if (in->lines_left == 0)
        return false;
    if (--in->lines_left == 0)
        text_add(in->out, "… and more\n");
    return in->lines_left != 0;
}

static void bad_index(struct inspected *in, const char *what, uint64_t index)
{
    diag_error(in->diags, (struct place){.file = in->name, .object = what},
               "there is no entry %llu", (number)index);
}

static void show_sections(struct inspected *in)
{
    text_add(in->out, "sections\n          offset           bytes    entries  kind\n");
    for (uint32_t kind = 1; kind < INSPECT_KINDS; kind++) {
        const struct rlx_section *s = &in->sections[kind];
        if (s->kind != 0)
            text_add(in->out, "  %14llu  %14llu  %9u  %s%s\n", (number)s->offset, (number)s->bytes,
                     s->count, section_names[kind], s->flags & RLX_SECTION_BULK ? " (bulk)" : "");
    }
}

static void show_info(struct inspected *in)
{
    struct rlx_info info;

    inspect_entry(in, RLX_SECTION_INFO, 0, &info, sizeof info);
    text_add(in->out, "model\n  name          %s\n", inspect_string(in, info.name));
    text_add(in->out, "  source        %s\n", inspect_string(in, info.source));
    text_add(in->out, "  compiler      %s\n", inspect_string(in, info.compiler));
    text_add(in->out, "  vocabulary    %u\n", info.vocabulary);
    if (in->sections[RLX_SECTION_LEVELS].kind == 0)
        return;
    text_add(in->out, "  architecture  %s\n", inspect_string(in, info.architecture));
    text_add(in->out, "  parameters    %llu\n", (number)info.parameters);
    text_add(in->out, "  layers        %u, hidden %u, heads %u of %u, kv heads %u\n", info.layers,
             info.hidden, info.heads, info.head_dim, info.kv_heads);
    text_add(in->out, "  context       %u\n", info.context);
    text_add(in->out, "  numerics      %s, KV cache %s\n", inspect_string(in, info.numerics),
             info.kv_element == RLX_F16   ? "f16"
             : info.kv_element == RLX_F32 ? "f32"
             : info.kv_element == RLX_Q8  ? "q8"
                                          : "of an unknown type");
    text_add(in->out, "  state         %llu bytes at full context\n", (number)info.state_bytes);
    text_add(in->out, "  one token     reads %llu bytes of weights\n", (number)info.decode_bytes);
    text_add(in->out, "  digest        %016llx (weights %016llx)\n", (number)info.model_digest,
             (number)info.weight_digest);
}

/* As the manifest describes it: a line for each part of the pipeline. */
static void show_tokenizer(struct inspected *in)
{
    uint64_t bytes = 0;
    const char *manifest = inspect_manifest(in, &bytes);
    json_t *root = manifest ? json_loadb(manifest, bytes, 0, NULL) : NULL;
    const json_t *lines = json_object_get(root, "tokenizer");

    for (size_t i = 0; i < json_array_size(lines) && room_for_line(in); i++) {
        const char *line = json_string_value(json_array_get(lines, i));
        text_add(in->out, i == 0 ? "tokenizer\n  " : "  ");
        text_add_printable(in->out, line != NULL ? line : "?");
        text_add(in->out, "\n");
    }
    json_decref(root);
}

static void show_sampling(struct inspected *in)
{
    struct rlx_sampling_entry s;

    if (!inspect_entry(in, RLX_SECTION_SAMPLING, 0, &s, sizeof s))
        return;
    text_add(in->out, "recommended sampling\n");
    if (s.given & RLX_GIVEN_TEMPERATURE)
        text_add(in->out, "  temperature         %g\n", (double)s.temperature);
    if (s.given & RLX_GIVEN_TOP_K)
        text_add(in->out, "  top_k               %u\n", s.top_k);
    if (s.given & RLX_GIVEN_TOP_P)
        text_add(in->out, "  top_p               %g\n", (double)s.top_p);
    if (s.given & RLX_GIVEN_MIN_P)
        text_add(in->out, "  min_p               %g\n", (double)s.min_p);
    if (s.given & RLX_GIVEN_REPETITION_PENALTY)
        text_add(in->out, "  repetition_penalty  %g\n", (double)s.repetition_penalty);
    if (s.given & RLX_GIVEN_PENALTY_WINDOW)
        text_add(in->out, "  penalty_window      %u\n", s.penalty_window);
}

static void show_argument(struct inspected *in, uint64_t index)
{
    struct rlx_arg arg;

    if (!inspect_entry(in, RLX_SECTION_ARGS, index, &arg, sizeof arg)) {
        bad_index(in, "args", index);
        return;
    }
    text_add(in->out, " %s+%llu[%u]", arg.home < RLX_HOME_COUNT ? home_names[arg.home] : "unknown",
             (number)arg.offset, arg.bytes);
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
    text_add(in->out, "      %s%s%s%s %s", inspect_string(in, step.name),
             step.flags & RLX_STEP_BARRIER ? " barrier" : "",
             step.flags & RLX_STEP_REPLICATED ? " replicated" : "",
             step.flags & (RLX_STEP_REPLICATED | RLX_STEP_SHARED) ? "" : " own",
             inspect_string(in, kernel.name));
    text_add(in->out, " tiles %u", step.tiles);
    if (step.tile_unit != 0)
        text_add(in->out, " x %s/%u",
                 step.tile_symbol < countof(dim_names) ? dim_names[step.tile_symbol] : "unknown",
                 step.tile_unit);
    for (uint32_t i = 0; i < min_u64(step.arg_count, 16); i++)
        show_argument(in, (uint64_t)step.first_arg + i);
    show_values(in, &step, inspect_string(in, kernel.kind));
    text_add(in->out, "\n");
}

static void show_variant(struct inspected *in, const struct rlx_level *level, uint64_t index,
                         bool verbose)
{
    struct rlx_variant_entry v;

    if (!inspect_entry(in, RLX_SECTION_VARIANTS, index, &v, sizeof v)) {
        bad_index(in, "variants", index);
        return;
    }
    text_add(in->out,
             "    %s: %s, batch %u, %u to %u new tokens, %u steps (lm_head from %u, %u rows), key "
             "%016llx\n",
             inspect_string(in, v.name),
             v.phase < countof(phase_names) ? phase_names[v.phase] : "unknown phase", v.batch,
             v.first_rows, v.last_rows, v.step_count, v.lm_head_step, v.lm_head_rows,
             (number)v.key);
    text_add(in->out, "      bytes: scratch %llu, each thread %llu, input %llu, output %llu\n",
             (number)v.home_bytes[RLX_HOME_SCRATCH], (number)v.home_bytes[RLX_HOME_THREAD],
             (number)v.home_bytes[RLX_HOME_INPUT], (number)v.home_bytes[RLX_HOME_OUTPUT]);
    if (v.first_step > inspect_count(in, RLX_SECTION_STEPS) ||
        v.step_count > inspect_count(in, RLX_SECTION_STEPS) - v.first_step) {
        bad_index(in, "steps", (uint64_t)v.first_step + v.step_count);
        return;
    }
    for (uint32_t i = 0; verbose && i < v.step_count && room_for_line(in); i++)
        show_step(in, level, (uint64_t)v.first_step + i);
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
        text_add(in->out, "    %8llu bytes at %8llu  %s\n", (number)kernel.code_bytes,
                 (number)kernel.entry, inspect_string(in, kernel.name));
    }
}

static void show_features(struct inspected *in, uint64_t features)
{
    for (uint32_t i = 0; i < 64; i++) {
        const char *name = cpu_feature_name(i);
        if ((features >> i & 1) == 0)
            continue;
        if (name != NULL)
            text_add(in->out, " %s", name);
        else
            text_add(in->out, " feature-%u", i);
    }
}

static void show_levels(struct inspected *in, bool verbose)
{
    struct rlx_level level;

    for (uint32_t i = 0;
         inspect_entry(in, RLX_SECTION_LEVELS, i, &level, sizeof level) && room_for_line(in); i++) {
        text_add(in->out, "level %s of target %s: %llu bytes of code, needs",
                 inspect_string(in, level.name), inspect_string(in, level.target),
                 (number)level.image_bytes);
        show_features(in, level.features);
        text_add(in->out, "\n  variants: %u\n", level.variant_count);
        for (uint32_t v = 0; v < level.variant_count && room_for_line(in); v++) {
            if ((uint64_t)level.first_variant + v >= inspect_count(in, RLX_SECTION_VARIANTS)) {
                bad_index(in, "variants", (uint64_t)level.first_variant + v);
                break;
            }
            show_variant(in, &level, (uint64_t)level.first_variant + v, verbose);
        }
        text_add(in->out, "  kernels: %u\n", level.kernel_count);
        show_kernels(in, &level);
    }
}

static void show_states(struct inspected *in)
{
    struct rlx_state_entry s;
    uint32_t count = inspect_count(in, RLX_SECTION_STATES);

    if (count != 0)
        text_add(in->out, "states: %u\n          offset           bytes  name\n", count);
    for (uint32_t i = 0;
         inspect_entry(in, RLX_SECTION_STATES, i, &s, sizeof s) && room_for_line(in); i++)
        text_add(in->out, "  %14llu  %14llu  %s, %s of %u kv heads of %u, %u positions\n",
                 (number)s.offset, (number)s.bytes, inspect_string(in, s.name),
                 s.kind == RLX_STATE_VALUE ? "values" : "keys", s.kv_heads, s.head_dim, s.context);
}

static void show_tensors(struct inspected *in)
{
    struct rlx_tensor t;
    uint32_t count = inspect_count(in, RLX_SECTION_TENSORS);

    if (count != 0)
        text_add(in->out,
                 "weights: %u\n          offset           bytes  layout    [rows, columns] name\n",
                 count);
    for (uint32_t i = 0;
         inspect_entry(in, RLX_SECTION_TENSORS, i, &t, sizeof t) && room_for_line(in); i++) {
        text_add(in->out, "  %14llu  %14llu  %-9s [%llu, %llu] %s\n", (number)t.offset,
                 (number)t.bytes, inspect_string(in, t.layout), (number)t.rows, (number)t.columns,
                 inspect_string(in, t.name));
        if (!range_inside(t.offset, t.bytes, in->sections[RLX_SECTION_WEIGHTS].bytes))
            diag_error(in->diags,
                       (struct place){.file = in->name, .object = inspect_string(in, t.name)},
                       "it is not inside the weights of %llu bytes",
                       (number)in->sections[RLX_SECTION_WEIGHTS].bytes);
    }
}

bool inspect_text(struct inspected *in, bool verbose, struct text *out)
{
    in->out = out;
    text_add(out, "%s: rlx artifact %u.%u, %llu bytes", in->name, in->header.major,
             in->header.minor, (number)in->bytes);
    if (in->payload_offset != 0)
        text_add(out, " at offset %llu of an executable", (number)in->payload_offset);
    text_add(out, "\n");
    show_sections(in);
    show_info(in);
    show_tokenizer(in);
    show_sampling(in);
    show_levels(in, verbose);
    show_states(in);
    show_tensors(in);
    return in->diags->error_count == 0;
}
