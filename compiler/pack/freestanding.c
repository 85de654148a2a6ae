/* The freestanding form of a model's source: one object without libc, files or allocation. In: an
 * artifact, and the code of its programs. Out: everything else that stands in the folder, but for
 * the weights. Most of it is carried (runtime/source/freestanding); in files that end with .in, the
 * words between two @ are filled in here. Contract: source_folder.h. */
#include "compiler/pack/source_folder.h"

#include "compiler/import/vocabulary.h"
#include "compiler/lir/arguments.h"
#include "compiler/pack/artifact_writer.h"
#include "compiler/pack/carried_sources.h"
#include "compiler/pack/source_libm.h"
#include "compiler/pack/source_readme.h"
#include "runtime/base/amount.h"

#include <string.h>

/* Code addresses all of it by 32-bit distances; HOME_ALIGN also rounds what generate.c keeps beside
 * the homes: BOOK_BYTES. */
enum { HOME_ALIGN = 64, BOOK_BYTES = SYMBOL_MAX * 8 + HOME_ALIGN, END_COLUMNS = 12 };
static const uint64_t REACH_BYTES = INT32_MAX;

struct description {
    const struct artifact *artifact;
    const struct weight_plan *plan;
    const struct lir_program *programs; /* by variant */
    struct diags *diags;
    struct libm_names libm;
    uint64_t home[HOME_COUNT]; /* bytes; carried_in: of each */
    uint64_t memory_bytes;
    uint32_t vocabulary, token_limit, context, run_rows;
};

/* ---- what is served ---- */

bool freestanding_keeps(const struct packed_variant *v)
{
    return variant_is_main(&v->variant) && v->variant.batch == 1 &&
           v->variant.phase != PHASE_encoder;
}

static bool refuse(const struct description *f, const char *what, const char *name)
{
    return diag_error(f->diags, (struct place){.object = "--freestanding"},
                      "expected an entry " MAIN_ENTRY
                      " that makes logits from ids of tokens alone, found %s%s%s",
                      what, name == NULL ? "" : " ", name == NULL ? "" : name);
}

static const struct lir_io *find_input(const struct lir_program *p, enum input_role role)
{
    for (uint32_t i = 0; i < p->io_count; i++)
        if (!p->io[i].is_output && p->io[i].role == (uint8_t)role)
            return &p->io[i];
    return NULL;
}

static bool has_rows(const struct lir_io *io, uint32_t symbol)
{
    return io != NULL && io->dims[0].slot == symbol;
}

static bool check_io(const struct description *f, const struct lir_program *p)
{
    for (uint32_t i = 0; i < p->io_count; i++)
        if (!p->io[i].is_output && p->io[i].role == INPUT_data)
            return refuse(f, "the input", str_text(p->strings, p->io[i].name));
    if (!has_rows(find_input(p, INPUT_tokens), SYMBOL_ROWS))
        return refuse(f, "no input of tokens [ROWS]", NULL);
    if (!has_rows(lir_find_output(p, OUTPUT_logits), SYMBOL_OUT_ROWS))
        return refuse(f, "no logits [ROWS, vocabulary]", NULL);
    return true;
}

/* Cross states are what another entry makes of other inputs. */
static bool check_states(const struct description *f, const struct lir_program *p)
{
    for (uint32_t i = 1; i < p->buffer_count; i++) {
        const struct lir_buffer *b = &p->buffers[i];
        if (b->is_view || !home_is_state((enum home)b->home) || b->source == 0)
            continue;
        const uint32_t state = f->plan->state_of[b->source];
        if (state != 0 && f->plan->states[state - 1].class == STATE_cross)
            return refuse(f, "the cross state",
                          str_text(p->strings, hir_at(f->artifact->graph, b->source)->name));
    }
    return true;
}

static bool check_reach(const struct description *f)
{
    char memory[AMOUNT_BYTES], weights[AMOUNT_BYTES];

    if (f->memory_bytes + f->plan->bytes <= REACH_BYTES)
        return true;
    return diag_error(f->diags, (struct place){.object = "--freestanding"},
                      "expected weights and memory of less than 2 GiB in one object, found weights "
                      "of %s and memory of %s (--context=N, now %u, makes the memory smaller)",
                      amount_of_bytes((double)f->plan->bytes, weights),
                      amount_of_bytes((double)f->memory_bytes, memory), f->context);
}

/* ---- sizes ---- */

static uint64_t home_room(uint64_t bytes)
{
    return bytes == 0 ? HOME_ALIGN : round_up(bytes, HOME_ALIGN);
}

static uint32_t smaller_limit(uint32_t limit, uint32_t other)
{
    return other != 0 && other < limit ? other : limit;
}

static void measure(struct description *f)
{
    const struct lir_io *tokens = find_input(f->programs, INPUT_tokens);
    const struct lir_io *positions = find_input(f->programs, INPUT_positions);

    f->home[HOME_state] = home_room(f->plan->state_bytes);
    f->home[HOME_carried_in] = home_room(f->plan->carried_bytes);
    for (enum home home = HOME_scratch; home <= HOME_output; home++) {
        for (uint32_t v = 0; v < f->artifact->variant_count; v++)
            if (f->programs[v].home_bytes[home] > f->home[home])
                f->home[home] = f->programs[v].home_bytes[home];
        f->home[home] = home_room(f->home[home]);
    }
    f->memory_bytes = f->home[HOME_state] + 2 * f->home[HOME_carried_in] + f->home[HOME_scratch] +
                      f->home[HOME_input] + f->home[HOME_output] + BOOK_BYTES;
    f->vocabulary = (uint32_t)lir_io_width(lir_find_output(f->programs, OUTPUT_logits));
    f->token_limit = smaller_limit(f->vocabulary, program_limit(f->programs, tokens->buffer));
    f->context = f->artifact->context == 0 ? INT32_MAX : f->artifact->context;
    if (positions != NULL)
        f->context = smaller_limit(f->context, program_limit(f->programs, positions->buffer));
    f->run_rows = f->artifact->variants[f->artifact->variant_count - 1].rows.last;
}

/* ---- layout.h ---- */

static int64_t place_of(const struct lir_program *p, const struct lir_io *io)
{
    return io == NULL ? -1 : (int64_t)program_offset(p, io->buffer);
}

static void add_layout(const struct description *f, uint32_t index, struct text *out)
{
    const struct lir_program *p = &f->programs[index];

    text_add(out,
             "    {.rows = %u,\n     .tokens = %lld,\n     .positions = %lld,\n"
             "     .out_rows = %lld,\n     .segments = %lld,\n     .logits = %lld},\n",
             f->artifact->variants[index].rows.last,
             (long long)place_of(p, find_input(p, INPUT_tokens)),
             (long long)place_of(p, find_input(p, INPUT_positions)),
             (long long)place_of(p, find_input(p, INPUT_out_rows)),
             p->segments == 0 ? -1LL : (long long)program_offset(p, p->segments),
             (long long)place_of(p, lir_find_output(p, OUTPUT_logits)));
}

/* Sizes that follow from others. */
static void add_derived(const struct description *f, struct text *out)
{
    bool any = false;

    text_add(out, "\nstatic inline void derive_dims(int64_t *dims)\n{\n");
    for (uint32_t i = 0; i < SYMBOL_MAX; i++) {
        const struct dim_slot_info *s = &f->programs->slots[i];
        if (s->divide == 0)
            continue;
        any = true;
        text_add(out, "    dims[%u] = (%lld * dims[%u] + %lld) / %lld;\n", i,
                 (long long)s->multiply, s->symbol, (long long)s->add, (long long)s->divide);
    }
    text_add(out, "%s}\n", any ? "" : "    (void)dims; /* there are none */\n");
}

static void add_ends(const struct description *f, struct text *out)
{
    const struct vocabulary *v = f->artifact->model->vocabulary;
    uint32_t count = 0;

    text_add(out, "\nconst int32_t model_ends[] = {");
    for (uint32_t i = 0; v != NULL && i < v->token_count; i++)
        if (v->tokens[i].ends_generation && i < f->token_limit)
            text_add(out, "%s%u",
                     count++ == 0               ? ""
                     : count % END_COLUMNS == 1 ? ",\n    "
                                                : ", ",
                     i);
    text_add(out, "%s};\nconst size_t model_end_count = %u;\n", count == 0 ? "-1" : "", count);
}

static void layout_text(const struct description *f, struct text *out)
{
    text_add(
        out,
        "/* For generate.c alone: sizes of the model, and where the inputs and outputs of its\n"
        " * variants stand. */\n#include \"model.h\"\n\nenum {\n");
    text_add(out, "    STATE_BYTES = %llu,\n", (unsigned long long)f->home[HOME_state]);
    text_add(out, "    CARRIED_BYTES = %llu,\n", (unsigned long long)f->home[HOME_carried_in]);
    text_add(out, "    SCRATCH_BYTES = %llu,\n", (unsigned long long)f->home[HOME_scratch]);
    text_add(out, "    INPUT_BYTES = %llu,\n", (unsigned long long)f->home[HOME_input]);
    text_add(out, "    OUTPUT_BYTES = %llu,\n", (unsigned long long)f->home[HOME_output]);
    text_add(out, "    DIM_COUNT = %d,\n", SYMBOL_MAX);
    text_add(out, "    TOKEN_LIMIT = %u, /* ids are below it */\n", f->token_limit);
    text_add(out, "    VARIANT_COUNT = %u,\n", f->artifact->variant_count);
    text_add(out,
             "    ABSENT = -1 /* a place: there is none */\n};\n\n"
             "/* Of a variant: the rows of a run at most, and places in its inputs or outputs, in\n"
             " * bytes. */\n"
             "struct layout {\n    uint32_t rows;\n"
             "    int32_t tokens, positions, out_rows, segments, logits;\n};\n\n"
             "/* By variant; rows ascend. */\n"
             "static const struct layout layouts[VARIANT_COUNT] = {\n");
    for (uint32_t i = 0; i < f->artifact->variant_count; i++)
        add_layout(f, i, out);
    text_add(out, "};\n");
    add_derived(f, out);
    add_ends(f, out);
}

/* ---- files with words to fill in ---- */

/* The model's name, where it may stand in a comment. */
static void add_name(const struct description *f, struct text *out)
{
    struct text name = {.arena = f->artifact->arena};

    text_add_printable(&name,
                       f->artifact->model->name == NULL ? "model" : f->artifact->model->name);
    for (uint32_t i = 0; i < name.bytes; i++)
        text_add(out, "%c", strchr("*/\\", name.data[i]) != NULL ? '_' : name.data[i]);
}

static void add_libm(const struct description *f, struct text *out)
{
    uint32_t column = 0;

    for (uint32_t i = 0; i < f->libm.count; i++) {
        const char *name = f->libm.name[i];
        if (column == 0 || column + 1 + strlen(name) > 92) {
            text_add(out, "%s *    ", column == 0 ? "" : "\n");
            column = 6;
        }
        text_add(out, " %s", name);
        column += (uint32_t)strlen(name) + 1;
    }
    if (column == 0)
        text_add(out, " * and nothing of libm.");
    else
        text_add(out,
                 "\n *\n * The last ones are of libm; a compiler may have instructions for them.");
}

static void add_numbers(const struct description *f, struct text *out)
{
    source_numbers_text(f->artifact, out);
}

/* False: there is no such word. */
static bool add_word(const struct description *f, const char *word, size_t length, struct text *out)
{
    const struct {
        const char *word;
        uint64_t value;
    } numbers[] = {
        {"VOCABULARY", f->vocabulary},     {"CONTEXT", f->context},
        {"RUN_ROWS", f->run_rows},         {"WEIGHT_BYTES", f->plan->bytes},
        {"MEMORY_BYTES", f->memory_bytes},
    };
    static const struct {
        const char *word;
        void (*add)(const struct description *f, struct text *out);
    } texts[] = {{"NAME", add_name}, {"LIBM", add_libm}, {"NUMBERS", add_numbers}};

    for (uint32_t i = 0; i < countof(numbers); i++)
        if (strlen(numbers[i].word) == length && memcmp(numbers[i].word, word, length) == 0) {
            text_add(out, "%llu", (unsigned long long)numbers[i].value);
            return true;
        }
    for (uint32_t i = 0; i < countof(texts); i++)
        if (strlen(texts[i].word) == length && memcmp(texts[i].word, word, length) == 0) {
            texts[i].add(f, out);
            return true;
        }
    return false;
}

static void fill_in(const struct description *f, const struct carried_source *from,
                    struct text *out)
{
    const char *at = from->data, *end = from->data + from->bytes;

    while (at < end) {
        const char *first = memchr(at, '@', (size_t)(end - at));
        const char *last = first == NULL ? NULL : memchr(first + 1, '@', (size_t)(end - first - 1));
        if (last == NULL)
            break;
        text_add_bytes(out, at, (size_t)(first - at));
        at = last + 1;
        if (!add_word(f, first + 1, (size_t)(last - first - 1), out)) {
            text_add(out, "@");
            at = first + 1;
        }
    }
    text_add_bytes(out, at, (size_t)(end - at));
}

/* ---- all files ---- */

static void add_file(struct target_sources *sources, const char *path, struct text text)
{
    sources->files[sources->count++] = (struct target_source){path, text};
}

static void add_carried(const struct description *f, const struct carried_source *from,
                        struct target_sources *sources)
{
    struct arena *a = f->artifact->arena;
    struct text text = {.arena = a};
    const size_t length = strlen(from->path);

    if (length > 3 && strcmp(from->path + length - 3, ".in") == 0) {
        fill_in(f, from, &text);
        add_file(sources, arena_text(a, from->path, length - 3), text);
    } else {
        text_add_bytes(&text, from->data, from->bytes);
        add_file(sources, from->path, text);
    }
}

static void add_files(struct description *f, struct target_sources *sources)
{
    struct arena *a = f->artifact->arena;
    struct target_source *files =
        arena_new(a, struct target_source, sources->count + carried_freestanding_source_count + 2);
    struct text layout = {.arena = a}, libm = {.arena = a};

    for (uint32_t i = 0; i < sources->count; i++) {
        files[i] = sources->files[i];
        libm_find(files[i].text.data, files[i].text.bytes, &f->libm);
    }
    sources->files = files;
    for (size_t i = 0; i < carried_freestanding_source_count; i++)
        add_carried(f, &carried_freestanding_sources[i], sources);
    layout_text(f, &layout);
    add_file(sources, "layout.h", layout);
    libm_header(&f->libm, &libm);
    add_file(sources, "include/math.h", libm);
}

bool freestanding_sources(const struct artifact *a, const struct weight_plan *plan,
                          struct target_sources *sources, struct diags *d)
{
    struct description f = {
        .artifact = a, .plan = plan, .programs = a->levels[0].programs, .diags = d};

    for (uint32_t i = 0; i < a->variant_count; i++)
        if (!check_io(&f, &f.programs[i]) || !check_states(&f, &f.programs[i]))
            return false;
    measure(&f);
    if (!check_reach(&f))
        return false;
    add_files(&f, sources);
    return true;
}
