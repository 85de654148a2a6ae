/* What the commands of rlxc ask of the compiler: a published model in, an artifact or an executable
 * out. compile.c has the pipeline on one screen. */
#ifndef RLXC_COMPILE_H
#define RLXC_COMPILE_H

#include "compiler/lir/lir.h"
#include "compiler/passes/types.h"

struct plan_request;
struct pass_run;
struct specialization;

/* EMIT_C with an output: a folder of source code; without one: a dump. */
enum {
    EMIT_HIR = 1,
    EMIT_LIR = 2,
    EMIT_LL = 4,
    EMIT_ASM = 8,
    EMIT_EXE = 16,
    EMIT_C = 32,
    EMIT_GLSL = 64,
    EMIT_SPV = 128,
    EMIT_SPVASM = 256
};
enum {
    EMIT_MACHINE_CODE = EMIT_LL | EMIT_ASM,
    EMIT_SHADERS = EMIT_GLSL | EMIT_SPV | EMIT_SPVASM,
    EMIT_DUMPS = EMIT_HIR | EMIT_LIR | EMIT_MACHINE_CODE | EMIT_SHADERS
};
enum {
    REPORT_FUSION = 1,
    REPORT_KERNELS = 2,
    REPORT_MEMORY = 4,
    REPORT_TYPES = 8,
    REPORT_TOKENIZER = 16
};

struct compile_options {
    const char *input;
    const char *weights;    /* --weights: `input` is a graph, whose weights are here; or NULL */
    const char *vocabulary; /* --tokenizer: of a graph; or NULL */
    const char *output;     /* NULL: pack nothing, make only what `emit` and `report` ask for */
    const char *targets;    /* --target; NULL: the default target */
    const char *levels;     /* --level; NULL: native, or all for an executable */
    const char *variants;   /* --variants; NULL: the default set */
    const char *quant, *quant_head; /* as the user wrote them */
    const char *imatrix;            /* --imatrix: an importance matrix; NULL: none */
    float smooth;                   /* --smooth (smooth.h); 0: not given */
    struct type_choice types;
    enum activations activations;
    bool kv_given;    /* the user chose types.kv */
    uint32_t context; /* 0: the model's own */
    uint32_t emit, report;
    const char *dump_directory; /* set if `emit` has a dump */
    bool freestanding;          /* source code without libc */
    bool observe;               /* with an entry for rlx imatrix (observe.h) */
    const char *runtime;        /* program for EMIT_EXE; NULL: the one next to rlxc */
    const char *leave_out;      /* passes, separated by commas; NULL: none */
    const char *build_cache;    /* folder of results to reuse; NULL: none */
    uint64_t build_cache_bytes; /* its size limit after a build */
    const char *chat_template;  /* file of a template that replaces the model's, or NULL */
    bool no_check_tokenizer;    /* the compiled tokenizer is not compared with its description */
    const char *pre_tokenizer;  /* import_options.pre_tokenizer */
    uint32_t threads;           /* 0: the processors that this process may use */
    bool verbose, quiet;
};

/* Whether the output is a folder of source code. */
static inline bool writes_source(const struct compile_options *o)
{
    return (o->emit & EMIT_C) != 0 && o->output != NULL;
}

/* The whole way of one variant on one level, from the artifact's graph to a program with every
 * buffer in its place. The late graph lives while this runs; the notes of late passes stay in
 * `run`. */
bool make_program(const struct hir_graph *g, const struct specialization *s, struct pass_run *run,
                  struct lir_kernels *kernels, struct lir_program *out, struct diags *d);

/* Reports go to stdout, progress to stderr, errors into `d`. False: nothing was written to
 * `output`. */
bool compile(const struct compile_options *options, struct diags *d);
/* Packs the vocabulary and the chat template alone; the model needs no weights. */
bool compile_tokenizer(const struct compile_options *options, struct diags *d);
/* Makes programs, and prints what each would do (plan.h). */
bool compile_plan(const struct compile_options *options, const struct plan_request *request,
                  struct diags *d);

#endif
