/* Shows an artifact as text. In: an opened artifact, whose tables may still hold anything; out:
 * lines for people. It checks every index at use, reports what is wrong, and shows the rest. */
#include "compiler/pack/inspect_parts.h"

#include <jansson.h>
#include <string.h>

bool room_for_line(struct inspected *in)
{
    if (in->lines_left == 0)
        return false;
    if (--in->lines_left == 0)
        text_add(in->out, "… and more\n");
    return in->lines_left != 0;
}

static void show_sections(struct inspected *in)
{
    text_add(in->out, "sections\n          offset           bytes    entries  kind\n");
    for (uint32_t kind = 1; kind < INSPECT_KINDS; kind++) {
        const struct rlx_section *s = &in->sections[kind];
        if (s->kind != 0)
            text_add(in->out, "  %14llu  %14llu  %9u  %s%s\n", (number)s->offset, (number)s->bytes,
                     s->count, artifact_section_name(kind),
                     s->flags & RLX_SECTION_BULK ? " (bulk)" : "");
    }
}

const char *element_name(uint32_t element)
{
    static const char *const names[] = {
        "none", [RLX_F32] = "f32", [RLX_F16] = "f16", [RLX_Q8] = "q8", [RLX_I32] = "i32"};

    return element < countof(names) && names[element] != NULL ? names[element]
                                                              : "of an unknown type";
}

const char *slot_name(struct inspected *in, uint32_t slot)
{
    struct rlx_symbol s;

    return inspect_entry(in, RLX_SECTION_SYMBOLS, slot, &s, sizeof s) ? inspect_string(in, s.name)
                                                                      : "unknown";
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
             element_name(info.kv_element));
    text_add(in->out, "  state         %llu bytes at full context", (number)info.state_bytes);
    if (info.carried_bytes != 0)
        text_add(in->out, ", and twice %llu bytes of carried states", (number)info.carried_bytes);
    text_add(in->out, "\n");
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

static void show_symbols(struct inspected *in)
{
    struct rlx_symbol s;

    if (inspect_count(in, RLX_SECTION_SYMBOLS) != 0)
        text_add(in->out, "sizes of a run\n");
    for (uint32_t i = 0;
         inspect_entry(in, RLX_SECTION_SYMBOLS, i, &s, sizeof s) && room_for_line(in); i++)
        text_add(in->out, "  %s, %llu to %llu\n", inspect_string(in, s.name), (number)s.min,
                 (number)s.max);
}

static void show_states(struct inspected *in)
{
    static const char *const classes[] = {"?", "rows", "ring", "carried", "cross"};
    static const char *const roles[] = {"?", "keys", "values", "data"};
    struct rlx_state_entry s;
    uint32_t count = inspect_count(in, RLX_SECTION_STATES);

    if (count != 0)
        text_add(in->out, "states: %u\n          offset           bytes  name\n", count);
    for (uint32_t i = 0;
         inspect_entry(in, RLX_SECTION_STATES, i, &s, sizeof s) && room_for_line(in); i++) {
        text_add(in->out, "  %14llu  %14llu  %s, %s %s of %s, layer %u: %u rows of %u x %u",
                 (number)s.offset, (number)s.bytes, inspect_string(in, s.name),
                 classes[s.class_ < countof(classes) ? s.class_ : 0],
                 roles[s.role < countof(roles) ? s.role : 0], element_name(s.element), s.layer,
                 s.capacity, s.heads, s.width);
        if (s.window != 0)
            text_add(in->out, ", window %u", s.window);
        if (s.class_ == RLX_CLASS_CROSS)
            text_add(in->out, ", counted by %s", slot_name(in, s.rows_slot));
        text_add(in->out, "\n");
    }
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
         inspect_entry(in, RLX_SECTION_TENSORS, i, &t, sizeof t) && room_for_line(in); i++)
        text_add(in->out, "  %14llu  %14llu  %-9s [%llu, %llu] %s\n", (number)t.offset,
                 (number)t.bytes, inspect_string(in, t.layout), (number)t.rows, (number)t.columns,
                 inspect_string(in, t.name));
}

bool inspect_text(struct inspected *in, bool verbose, struct text *out)
{
    in->out = out;
    text_add(out, "%s: rlx artifact %u.%u, %llu bytes", in->name, in->artifact.header->major,
             in->artifact.header->minor, (number)in->bytes);
    if (in->payload_offset != 0)
        text_add(out, " at offset %llu of an executable", (number)in->payload_offset);
    text_add(out, "\n");
    show_sections(in);
    show_info(in);
    show_tokenizer(in);
    show_sampling(in);
    show_symbols(in);
    show_entries(in);
    show_levels(in, verbose);
    show_states(in);
    show_tensors(in);
    return in->diags->error_count == 0;
}
