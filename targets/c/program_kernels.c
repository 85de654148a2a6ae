/* Kernels as functions of one file. In: the programs of a model; out: which kernels they run, each
 * text once, kernels.h and kernels.c. */
#include "targets/c/program.h"

#include <string.h>

/* Kernels differ in what this target does not depend on, such as which symbol counts the rows: then
 * their text is the same, and one function serves them. */
static const char *find_equal(struct c_functions *f, struct strings *texts, const char **by_text,
                              uint32_t kernel, bool *is_new)
{
    struct arena scratch = {0};
    struct text text = {.arena = &scratch};

    c_kernel_text(&f->kernels[kernel], "f", &text);
    str_id id = str_find(texts, text.data, text.bytes);
    *is_new = id == 0;
    if (*is_new)
        id = str_intern(texts, text.data, text.bytes);
    arena_free(&scratch);
    return *is_new ? NULL : by_text[id];
}

void c_functions_find(struct c_functions *f, const struct lir_program *programs, uint32_t count,
                      struct c_words *words, struct arena *a)
{
    const struct lir_kernels *kernels = programs[0].kernels;
    struct strings texts;
    const char **by_text = arena_new(a, const char *, kernels->count + 1); /* "" is the first */
    uint32_t *order = arena_new(a, uint32_t, kernels->count);

    *f = (struct c_functions){.arena = a, .kernels = kernels->all, .order = order};
    f->names = arena_new(a, const char *, kernels->count);
    strings_init(&texts, a);
    for (uint32_t p = 0; p < count; p++) {
        for (uint32_t i = 0; i < programs[p].step_count; i++) {
            const uint32_t kernel = programs[p].steps[i].kernel;
            bool is_new;
            if (f->names[kernel] != NULL)
                continue;
            f->names[kernel] = find_equal(f, &texts, by_text, kernel, &is_new);
            if (!is_new)
                continue;
            f->names[kernel] = c_word(words, c_kernel_word(a, &f->kernels[kernel]));
            by_text[texts.count - 1] = f->names[kernel];
            order[f->count++] = kernel;
        }
    }
}

/* ---- kernels.h ---- */

static void sizes_text(const struct c_sizes *sizes, struct text *out)
{
    text_add(out, "/* Sizes of a run: where each stands in rlx_code_run.dims. */\nenum {\n");
    for (uint32_t i = 0; i < sizes->count; i++) {
        text_add(out, "    %s = %u,", sizes->names[i], i);
        if (sizes->formulas[i] != NULL)
            text_add(out, " /* %s */", sizes->formulas[i]);
        text_add(out, "\n");
    }
    text_add(out, "};\n");
}

void c_functions_header(const struct c_functions *f, const struct c_sizes *sizes,
                        const char *const *entries, uint32_t entry_count, struct text *out)
{
    text_add(out,
             "/* What the files of the model share: the sizes of a run, the kernels (kernels.c), "
             "and the\n * functions of its entries (entry_*.c). */\n"
             "#ifndef KERNELS_H\n#define KERNELS_H\n\n"
             "#include <rlx/kernel.h>\n#include <rlx/model_code.h>\n\n"
             "#include <stddef.h>\n#include <stdint.h>\n\n");
    sizes_text(sizes, out);
    text_add(out, "\n/* Kernels, in the order of their first use. */\n\n");
    for (uint32_t i = 0; i < f->count; i++) {
        c_prototype(&f->kernels[f->order[i]], f->names[f->order[i]], out);
        text_add(out, ";\n");
    }
    text_add(out, "\n/* Entries. */\n\n");
    for (uint32_t i = 0; i < entry_count; i++)
        text_add(out, "rlx_code_fn %s;\n", entries[i]);
    text_add(out, "\n#endif\n");
}

/* ---- kernels.c ---- */

/* Headers of the C library that this code needs. */
static void includes_text(const struct text *code, struct text *out)
{
    text_add(out, "#include <math.h>\n%s#include <string.h>\n",
             strstr(code->data, "bool ") != NULL ? "#include <stdbool.h>\n" : "");
}

void c_functions_text(const struct c_functions *f, const char *model, struct text *out)
{
    struct text code = {.arena = f->arena};
    struct c_helpers helpers = {0};

    for (uint32_t i = 0; i < f->count; i++) {
        const struct c_helpers own = c_helpers(&f->kernels[f->order[i]]);
        c_helpers_add(&helpers, &own);
    }
    if (!c_helpers_are_none(&helpers)) {
        text_add(&code, "\n/* ---- helpers ---- */\n\n");
        c_helpers_text(&helpers, &code);
    }
    text_add(&code, "\n/* ---- kernels ---- */\n");
    for (uint32_t i = 0; i < f->count; i++) {
        text_add(&code, "\n");
        c_kernel_text(&f->kernels[f->order[i]], f->names[f->order[i]], &code);
    }
    c_comment(out,
              arena_printf(f->arena,
                           "The kernels of %s, in the order in which a run first calls them. A "
                           "matrix [rows][n] is float; its rows follow each other at a multiple of "
                           "16 elements. Weights are packed in groups of 16 rows, as each kernel "
                           "says.",
                           model));
    text_add(out, "#include \"kernels.h\"\n\n");
    includes_text(&code, out);
    text_add_bytes(out, code.data, code.bytes);
}

void c_kernel_file_text(const struct lir_kernel *k, const char *name, struct text *out)
{
    struct text code = {.arena = out->arena};
    const struct c_helpers helpers = c_helpers(k);

    if (!c_helpers_are_none(&helpers)) {
        c_helpers_text(&helpers, &code);
        text_add(&code, "\n");
    }
    c_kernel_text(k, name, &code);
    text_add(out, "#include <rlx/kernel.h>\n\n#include <stddef.h>\n");
    includes_text(&code, out);
    text_add(out, "\n");
    text_add_bytes(out, code.data, code.bytes);
}
