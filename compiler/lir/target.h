/* What the compiler asks of a code generator. A target keeps no state between calls. */
#ifndef RLXC_TARGET_H
#define RLXC_TARGET_H

#include "compiler/base/build_cache.h"
#include "compiler/lir/lir.h"

/* What a target can do, for the code above it, which knows no target by name. */
struct target_traits {
    bool replicates; /* every thread can run a step whole, into its own `thread` memory */
    bool owns_tiles; /* of two steps in a row with equal tiles, the same thread runs tile i of both:
                        the later one need not wait */
    bool bf16_dot;   /* has a bf16 dot product: bf16 activations in prefill */
    bool integer_products; /* products of integers are faster than those of f32: quantized weights
                               take i8 and i16 activations, unless the user says otherwise */
    bool bf16_prompts; /* bf16 is faster than int8 for many rows, of quantized weights too (not by
                          expert) */
    bool row_products; /* products of int8 whose operands both have one scale per row (i8_row) */
    bool integer_prompts;   /* of int8 alone, for many rows: prompts take i8, short runs f32 */
    bool norms_in_products; /* products of f32 can norm what they read: in short runs, a norm needs
                               no step */
    bool norms_in_prompts;  /* in prompts neither, whose products have the code of short runs */
    bool norms_after_products; /* products of short runs can norm the rows that they make */
    bool norms_all_heads; /* kv_write of short runs can norm all heads of q, and of k, at once */
    bool splits_keys;     /* several threads share the keys of a run of few rows */
    /* Whether the last tile of a launch of these kernels (the last `count` - 1 are tails) can run
     * `tail`, too. NULL: there are no tails. */
    bool (*takes_tail)(const struct lir_kernel *const *launch, uint32_t count,
                       const struct lir_kernel *tail);
    const char *modules; /* levels of one name here have the same code for a kernel, which is stored
                            once for all; NULL: no other level has it */
    bool one_variant;    /* code for many rows serves few as well: the main entry needs no other */
    uint32_t tiles_max;  /* of a step; 0: any number */
};

struct target_level {
    const char *name; /* "x86-64-v3", "x86-64-v4-vnni-bf16" */
    uint16_t machine; /* an ELF machine (EM_X86_64) whose native code it is; 0: none */
    /* What such a machine must have. The bits mean something for this machine alone; those of
     * x86-64 are RLX_CPU_… (rlx/artifact.h). */
    uint64_t features;
    struct target_traits traits;
};

/* What choose_tile asks about: a product with a weight, or attention. */
enum tiled { TILED_product, TILED_attention };
struct tile_request {
    enum tiled what;
    uint64_t rows; /* of a run, at most */
    enum act act;  /* product: of its input; attention: of its products */
    /* product */
    enum layout layout;
    bool gated, by_expert; /* by expert: its rows are chosen, and packed one by one */
    uint32_t n, k;
    /* attention */
    uint32_t heads, kv_heads, head_dim;
    bool batched, split_kv;
};

/* Rows are those of an activation tile, those of an expert that are taken at once, or those of a tile of
 * attention. */
struct tile_choice {
    uint8_t groups; /* product: row groups of weights */
    uint8_t rows;
    bool staged;      /* product: unpack weights once for all rows of a run */
    uint8_t row_tile; /* product: rows of x that a tile has; 0: all of them */
    bool matrices;    /* attention: products of registers that hold matrices */
};

struct target_code {
    uint8_t *image; /* one flat, position-independent image without relocations */
    uint64_t image_bytes;
    uint64_t *entry;      /* by kernel: offset in the image */
    uint64_t *code_bytes; /* by kernel: for reports */
};

/* Further inputs and outputs of emit. `write` is called with the text of an intermediate form of
 * one kernel ("ll", "asm", "glsl", "spv", "spvasm"); `name` is the kernel's. */
struct target_dump {
    bool ll, assembly;      /* of a target that goes through LLVM */
    bool glsl, spv, spvasm; /* of one that goes through SPIR-V; spv is the module itself */
    void (*write)(void *context, const char *name, const char *kind, const char *text,
                  size_t bytes);
    void *context;
    struct build_cache *build_cache; /* where to keep code for equal kernels; NULL: nowhere */
};

/* A file that a target writes whose code is source text. */
struct target_source {
    const char *name; /* "kernels.c" */
    struct text text;
};

/* `digest`: XXH3-64 of the code, which the code also states (rlx_code_digest). */
struct target_sources {
    struct target_source *files;
    uint32_t count;
    uint64_t digest;
};

/* How fast a kernel runs, as shares of a machine's limits: the time of a step is `start` seconds
 * and the larger one of its bytes at `of_read` of the speed of reading and its operations, `passes`
 * times, at `of_peak` of the peak. Measured constants, for predictions. */
enum speed_peak { SPEED_int8, SPEED_bf16, SPEED_f32 };
struct target_speed {
    enum speed_peak peak;
    double passes, of_peak, of_read;
    double start;
};

struct target {
    const char *name;   /* "cpu" */
    uint32_t code_kind; /* section of the artifact */
    const struct target_level *levels;
    uint32_t level_count;
    /* Index of the best level that this machine has; -1: none. */
    int (*native_level)(void);
    /* Whether there is code for this kernel; reports why not. */
    bool (*accepts)(uint32_t level, const struct lir_kernel *k, struct diags *d);
    struct tile_choice (*choose_tile)(uint32_t level, const struct tile_request *r);
    /* NULL: not known. */
    struct target_speed (*speed)(uint32_t level, const struct lir_kernel *k);
    /* Code for all kernels. `threads` may be used to emit side by side; the bytes do not depend on
     * it. */
    bool (*emit)(uint32_t level, const struct lir_kernel *kernels, uint32_t count, uint32_t threads,
                 const struct target_dump *dump, struct arena *a, struct target_code *out,
                 struct diags *d);
    /* What a report says of a kernel and its code, beside its size: heads of columns, and a line's text
     * in these. NULL: nothing. */
    const char *columns;
    void (*describe)(const struct lir_kernel *k, const uint8_t *code, uint64_t bytes,
                     struct text *out);
    /* A target whose code is text has these instead of emit. print: the source of all programs of
     * one level, whose buffers have their places, those of weights too. print_program and
     * print_kernel: one of them for a dump, also where another target makes the code. */
    bool (*print)(uint32_t level, const struct lir_program *programs, uint32_t count,
                  struct arena *a, struct target_sources *out, struct diags *d);
    void (*print_program)(const struct lir_program *p, struct text *out);
    void (*print_kernel)(const struct lir_kernel *k, const char *name, struct text *out);
};

extern const struct target *const target_list[]; /* NULL at its end; defined in targets/targets.c */

#endif
