/* README.md of a model as source. Contract: source_readme.h. */
#include "compiler/pack/source_readme.h"

#include "compiler/hir/rows.h"
#include "compiler/pack/manifest.h"

#include <string.h>

/* The formats of the weights. */
static void formats_text(const struct packed_level *level, struct text *out)
{
    bool found[LAYOUT_COUNT] = {false}, first = true;

    for (uint32_t i = 0; i < level->kernels.count; i++) {
        const struct lir_kernel *k = &level->kernels.all[i];
        if (k->kind == KERNEL_matmul)
            found[k->matmul.layout] = true;
        else if (k->kind == KERNEL_embed)
            found[k->embed.layout] = true;
    }
    for (uint32_t layout = 1; layout < LAYOUT_COUNT; layout++) {
        if (!found[layout])
            continue;
        text_add(out, "%s%s", first ? "" : ", ", dtype_info[layout_info[layout].dtype].name);
        first = false;
    }
    text_add(out, "%s", first ? "f32" : "");
}

void source_numbers_text(const struct artifact *a, struct text *out)
{
    const struct packed_level *level = &a->levels[0];

    text_add(out, "Weights are ");
    formats_text(level, out);
    text_add(out, "; products read activations of ");
    level_activations_text(level, out);
    text_add(out, " and sum in f32; keys and values are kept as %s.",
             dtype_info[hir_kv_type(a->graph)].name);
}

void source_readme_text(const struct artifact *a, const struct target_sources *sources,
                        struct text *out)
{
    text_add(out, "# ");
    text_add_printable(out, a->model->name == NULL ? "A model" : a->model->name);
    text_add(
        out,
        " in C\n\n"
        "`make -j` builds `./model`, which needs a C11 compiler and its library alone; "
        "`./model --help` shows what it takes. For this\n"
        "very machine, with threads: `make -j CFLAGS=\"-O3 -march=native -fopenmp\"`. The "
        "program finds `weights.bin` beside itself.\n"
        "`make libmodel.a` is for programs of your own (`runtime/include/rlx/rlx.h`; link with "
        "`-lm -pthread`).\n\n"
        "Read in this order:\n\n");
    for (uint32_t i = 0; i < sources->count; i++)
        if (strncmp(sources->files[i].name, "entry_", 6) == 0)
            text_add(out,
                     "- `%s`: the graph, in its order: one function for each layer, one call for "
                     "each step.\n",
                     sources->files[i].name);
    text_add(out, "- `kernels.c`: what the calls compute: one function of plain loops for each.\n"
                  "- `variants.c`, `runtime/source/device_code.c`: who calls the entries.\n"
                  "- `runtime/`: tokenizer, chat template, sampling and command line, the same as "
                  "in rlx.\n\n");
    source_numbers_text(a, out);
    text_add(out, "\n");
}
