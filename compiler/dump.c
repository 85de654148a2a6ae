/* Writes dumps. In: graphs, programs and texts of kernels; out: files in one directory, each
 * complete or absent. */
#include "compiler/dump.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

bool dump_open(struct dump *dump, const char *directory, struct diags *d)
{
    *dump = (struct dump){.directory = directory, .diags = d};
    pthread_mutex_init(&dump->lock, NULL);
    if (mkdir(directory, 0777) != 0 && errno != EEXIST)
        return diag_error(d, (struct place){.file = directory}, "cannot be created: %s",
                          strerror(errno));
    return true;
}

static void write_file(struct dump *dump, const char *path, const char *data, size_t bytes)
{
    struct out out;
    bool good = out_open(&out, path, dump->diags);

    if (good) {
        good = out_write(&out, data, bytes);
        good = out_commit(&out, false) && good;
    }
    dump->failed = dump->failed || !good;
}

static void write_graph(struct dump *dump, uint32_t number, const char *name,
                        const struct hir_graph *g)
{
    struct arena scratch = {0};
    struct text text = {.arena = &scratch};

    if (!dump->hir)
        return;
    hir_text(g, &text);
    write_file(dump,
               arena_printf(dump->diags->arena, "%s/%02u-%s.hir", dump->directory, number, name),
               text.data, text.bytes);
    arena_free(&scratch);
}

void dump_import(struct dump *dump, const struct hir_graph *g)
{
    write_graph(dump, 1, "import", g);
}

void dump_graph(void *dump, uint32_t number, const char *pass, const struct hir_graph *g)
{
    write_graph(dump, number + 2, pass, g);
}

void dump_variant(struct dump *dump, uint32_t number, const struct variant *v, const char *level)
{
    struct arena *a;

    if (dump->directory == NULL) /* nothing is dumped */
        return;
    a = dump->diags->arena;
    dump->variant =
        arena_printf(a, "%02u-%s.%s", DUMP_FIRST_PROGRAM + number, variant_name(a, v), level);
}

static void write_variant(struct dump *dump, const char *kind, const struct text *text)
{
    write_file(dump,
               arena_printf(dump->diags->arena, "%s/%s.%s", dump->directory, dump->variant, kind),
               text->data, text->bytes);
}

void dump_late_graph(void *context, uint32_t number, const char *pass, const struct hir_graph *g)
{
    struct dump *dump = context;
    struct arena scratch = {0};
    struct text text = {.arena = &scratch};

    (void)number;
    if (strcmp(pass, late_passes.all[late_passes.count - 1].name) == 0) {
        hir_text(g, &text);
        write_variant(dump, "hir", &text);
    }
    arena_free(&scratch);
}

void dump_program(struct dump *dump, const struct lir_program *p)
{
    struct arena scratch = {0};
    struct text text = {.arena = &scratch};

    if (!dump->lir)
        return;
    lir_text(p, &text);
    write_variant(dump, "lir", &text);
    arena_free(&scratch);
}

void dump_kernel(void *context, const char *name, const char *kind, const char *text, size_t bytes)
{
    struct dump *dump = context;

    pthread_mutex_lock(&dump->lock);
    write_file(dump,
               arena_printf(dump->diags->arena, "%s/kernel-%s.%s.%s", dump->directory, name,
                            dump->level, kind),
               text, bytes);
    pthread_mutex_unlock(&dump->lock);
}

void dump_program_source(struct dump *dump, const struct target *source,
                         const struct lir_program *p)
{
    struct arena scratch = {0};
    struct text text = {.arena = &scratch};

    source->print_program(p, &text);
    write_variant(dump, "c", &text);
    arena_free(&scratch);
}

void dump_kernel_sources(struct dump *dump, const struct target *source,
                         const struct lir_kernels *kernels)
{
    for (uint32_t i = 0; i < kernels->count; i++) {
        struct arena scratch = {0};
        struct text text = {.arena = &scratch};
        const char *name = lir_kernel_name(&scratch, &kernels->all[i]);
        source->print_kernel(&kernels->all[i], name, &text);
        dump_kernel(dump, name, "c", text.data, text.bytes);
        arena_free(&scratch);
    }
}

void dump_close(struct dump *dump)
{
    pthread_mutex_destroy(&dump->lock);
}
