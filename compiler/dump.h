/* Dumps: the intermediate forms of a build, one file each, under names that stay the same from
 * build to build: 01-import.hir, 02-fold.hir, …, 20-decode-b1-s1.x86-64-v3.hir (after its late
 * passes) and .lir, kernel-NAME.x86-64-v3.ll, kernel-NAME.vulkan1.2.glsl, and .c beside .lir and
 * each kernel's.
 */
#ifndef RLXC_DUMP_H
#define RLXC_DUMP_H

#include "compiler/late/late.h"
#include "compiler/lir/target.h"

#include <pthread.h>

enum { DUMP_FIRST_PROGRAM = 20 };

struct dump {
    const char *directory;
    bool hir, lir, ll, assembly, source, glsl, spv, spvasm; /* which kinds to write */
    struct diags *diags;
    const char *variant;  /* names of files of the current variant begin with this */
    const char *level;    /* of the current kernels */
    pthread_mutex_t lock; /* kernels may come from several threads */
    bool failed;
};

/* Makes the directory. */
bool dump_open(struct dump *dump, const char *directory, struct diags *d);
/* Before all passes. */
void dump_import(struct dump *dump, const struct hir_graph *g);
/* After pass `number`, from 0. Signature of pass_run.dump. */
void dump_graph(void *dump, uint32_t number, const char *pass, const struct hir_graph *g);
/* Before a variant: files of what follows get its name. */
void dump_variant(struct dump *dump, uint32_t number, const struct variant *v, const char *level);
/* Writes the graph after the last late pass. Signature of pass_run.dump. */
void dump_late_graph(void *dump, uint32_t number, const char *pass, const struct hir_graph *g);
void dump_program(struct dump *dump, const struct lir_program *p);
/* Signature of target_dump.write. */
void dump_kernel(void *dump, const char *name, const char *kind, const char *text, size_t bytes);
/* The same in the language of a target whose code is text, as .c. */
void dump_program_source(struct dump *dump, const struct target *source,
                         const struct lir_program *p);
void dump_kernel_sources(struct dump *dump, const struct target *source,
                         const struct lir_kernels *kernels);
void dump_close(struct dump *dump);

#endif
