/* The files of a model's code. In: the programs of one level, whose buffers have their places; out:
 * kernels.h, kernels.c, entry_NAME.c for each entry, variants.c. compiler/pack/source_folder.c
 * writes them. */
#include "targets/c/program.h"

#include <string.h>
#include <xxhash.h>

/* Everything that is printed together. */
struct model_text {
    struct arena *arena;
    const struct lir_program *programs;
    uint32_t count;
    const char *name; /* of the model, for comments */
    struct c_words words;
    struct c_sizes sizes;
    struct c_functions functions;
    const char **prefixes; /* by program */
    struct target_sources *out;
    uint32_t capacity;
};

static struct text *add_file(struct model_text *m, const char *name)
{
    struct target_source *file = &ARENA_PUSH(m->arena, m->out->files, m->out->count, m->capacity);

    *file = (struct target_source){.name = name, .text = {.arena = m->arena}};
    return &file->text;
}

/* ---- names ---- */

/* Names in comments: what ends a comment, or a line, does not stand in them. */
static const char *in_comment(struct arena *a, const char *text)
{
    struct text clean = {.arena = a};

    text_add_printable(&clean, text);
    for (char *at = clean.data; (at = strstr(at, "*/")) != NULL;)
        *at = '_';
    for (char *at = clean.data; (at = strstr(at, "/*")) != NULL;)
        *at = '_';
    return clean.data;
}

static const char *entry_name(const struct lir_program *p)
{
    return p->variant.entry_name != NULL ? p->variant.entry_name : MAIN_ENTRY;
}

static bool is_same_entry(const struct lir_program *a, const struct lir_program *b)
{
    return strcmp(entry_name(a), entry_name(b)) == 0;
}

/* Several programs of one entry carry the names of their variants. */
static bool has_variants(const struct model_text *m, uint32_t program)
{
    for (uint32_t i = 0; i < m->count; i++)
        if (i != program && is_same_entry(&m->programs[i], &m->programs[program]))
            return true;
    return false;
}

/* "prefill-b1-s64" of "encode.prefill-b1-s64" */
static const char *variant_word(const struct lir_program *p)
{
    const char *dot = strrchr(p->name, '.');

    return dot == NULL ? p->name : dot + 1;
}

/* main, whose functions are main_body and so on. */
static void name_prefixes(struct model_text *m)
{
    struct c_words none = {.arena = m->arena}, words; /* reserved words are free here */

    strings_init(&none.taken, m->arena);
    c_words_init(&words, m->arena, &none);
    m->prefixes = arena_new(m->arena, const char *, m->count);
    for (uint32_t i = 0; i < m->count; i++) {
        const struct lir_program *p = &m->programs[i];
        m->prefixes[i] =
            c_word(&words, has_variants(m, i)
                               ? arena_printf(m->arena, "%s_%s", entry_name(p), variant_word(p))
                               : entry_name(p));
    }
}

/* ---- files ---- */

static const char **entry_functions(const struct model_text *m, uint32_t *count)
{
    const char **names = arena_new(m->arena, const char *, 3 * (size_t)m->count);

    *count = 0;
    for (uint32_t i = 0; i < m->count; i++) {
        names[(*count)++] = arena_printf(m->arena, "%s_body", m->prefixes[i]);
        names[(*count)++] = arena_printf(m->arena, "%s_rows", m->prefixes[i]);
        if (c_program_replays(&m->programs[i]))
            names[(*count)++] = arena_printf(m->arena, "%s_replay", m->prefixes[i]);
    }
    return names;
}

static void program_text(struct model_text *m, uint32_t index, struct c_words *file,
                         struct text *out)
{
    struct c_program c = {.program = &m->programs[index],
                          .arena = m->arena,
                          .functions = &m->functions,
                          .sizes = &m->sizes,
                          .prefix = m->prefixes[index],
                          .qualifier = "",
                          .file = file};

    if (has_variants(m, index))
        c.qualifier = arena_printf(m->arena, "%s_", variant_word(&m->programs[index]));
    c_program_init(&c);
    text_add(out, "\n");
    c_program_functions(&c, out);
}

/* The first program of each entry makes its file. */
static void entry_file(struct model_text *m, uint32_t first, struct c_words *names)
{
    const struct lir_program *p = &m->programs[first];
    const char *word = c_word(names, arena_printf(m->arena, "entry_%s", entry_name(p)));
    struct text *out = add_file(m, arena_printf(m->arena, "%s.c", word));
    struct c_words file;

    c_comment(out, arena_printf(m->arena,
                                "The entry %s of %s: its steps in order, one function for each "
                                "layer. A step is a call of a kernel (kernels.c) on buffers that "
                                "stand at fixed places.",
                                in_comment(m->arena, entry_name(p)), m->name));
    text_add(out, "#include \"kernels.h\"\n");
    c_words_init(&file, m->arena, &m->words);
    for (uint32_t i = first; i < m->count; i++)
        if (is_same_entry(&m->programs[i], p))
            program_text(m, i, &file, out);
}

static void entry_files(struct model_text *m)
{
    struct c_words names;

    c_words_init(&names, m->arena, NULL);
    for (uint32_t i = 0; i < m->count; i++) {
        bool is_first = true;
        for (uint32_t j = 0; j < i; j++)
            is_first = is_first && !is_same_entry(&m->programs[j], &m->programs[i]);
        if (is_first)
            entry_file(m, i, &names);
    }
}

/* ---- variants.c ---- */

/* Of all text before this one, which states the digest. */
static uint64_t digest_of(const struct model_text *m)
{
    struct text all = {.arena = m->arena};

    for (uint32_t i = 0; i < m->out->count; i++) {
        text_add(&all, "%s\n", m->out->files[i].name);
        text_add_bytes(&all, m->out->files[i].text.data, m->out->files[i].text.bytes);
    }
    return XXH3_64bits(all.data, all.bytes);
}

static void variants_file(struct model_text *m)
{
    struct text *out = add_file(m, "variants.c");

    c_comment(out, arena_printf(m->arena,
                                "The variants of the entries of %s, in the order of the tables of "
                                "weights.bin, and the digest of this code, which weights.bin has, "
                                "too.",
                                m->name));
    text_add(out, "#include \"kernels.h\"\n\n"
                  "const struct rlx_code_variant rlx_code_variants[] = {\n");
    for (uint32_t i = 0; i < m->count; i++) {
        const char *prefix = m->prefixes[i];
        text_add(out, "    {.name = \"%s\",\n     .body = %s_body,\n     .rows = %s_rows",
                 m->programs[i].name, prefix, prefix);
        if (c_program_replays(&m->programs[i]))
            text_add(out, ",\n     .replay = %s_replay", prefix);
        text_add(out, "},\n");
    }
    text_add(out, "};\nconst uint32_t rlx_code_variant_count = %u;\n", m->count);
    m->out->digest = digest_of(m);
    text_add(out, "const uint64_t rlx_code_digest = UINT64_C(0x%016llx);\n",
             (unsigned long long)m->out->digest);
}

void c_programs_text(const struct lir_program *programs, uint32_t count, struct arena *a,
                     struct target_sources *out)
{
    struct model_text m = {.arena = a, .programs = programs, .count = count, .out = out};
    const struct hir_graph *g = programs[0].graph; /* NULL: it was parsed */
    uint32_t entry_count;

    *out = (struct target_sources){.files = NULL};
    m.name = in_comment(a, g == NULL ? programs[0].name : str_text(g->strings, g->name));
    c_words_init(&m.words, a, NULL);
    c_sizes_init(&m.sizes, &programs[0], &m.words);
    name_prefixes(&m);
    const char **entries = entry_functions(&m, &entry_count);
    for (uint32_t i = 0; i < entry_count; i++)
        c_word(&m.words, entries[i]);
    c_functions_find(&m.functions, programs, count, &m.words, a);
    struct text *header = add_file(&m, "kernels.h");
    c_functions_header(&m.functions, &m.sizes, entries, entry_count, header);
    c_functions_text(&m.functions, m.name, add_file(&m, "kernels.c"));
    entry_files(&m);
    variants_file(&m);
}

void c_program_text(const struct lir_program *p, struct text *out)
{
    struct c_words words;
    struct c_sizes sizes;
    struct c_functions functions = {.arena = out->arena, .kernels = p->kernels->all};
    struct c_program c = {.program = p,
                          .arena = out->arena,
                          .functions = &functions,
                          .sizes = &sizes,
                          .prefix = "run",
                          .qualifier = "",
                          .file = &words};

    c_words_init(&words, out->arena, NULL);
    c_sizes_init(&sizes, p, &words);
    functions.names = arena_new(out->arena, const char *, p->kernels->count);
    for (uint32_t i = 0; i < p->kernels->count; i++)
        functions.names[i] = c_word(&words, lir_kernel_name(out->arena, &p->kernels->all[i]));
    c_program_init(&c);
    c_program_functions(&c, out);
}
