/* Shared by the files that print programs: program.c (files), program_words.c (names),
 * program_kernels.c (kernels as functions), program_groups.c (which steps become a function),
 * program_buffers.c (pointers), program_entry.c (calls), program_draw.c (the comment). Private to
 * them. */
#ifndef RLX_TARGETS_C_PROGRAM_H
#define RLX_TARGETS_C_PROGRAM_H

#include "targets/c/c.h"

/* ---- program_words.c: names ---- */

/* Identifiers that are in use. What `outer` has is in use, too. */
struct c_words {
    struct arena *arena;
    struct strings taken;
    const struct c_words *outer;
};
void c_words_init(struct c_words *w, struct arena *a, const struct c_words *outer);
/* An identifier like this text, which nothing else has: "layers.3.qkv" becomes layers_3_qkv, and
 * where that is taken layers_3_qkv_2. No word of C, no type of the C library. */
const char *c_word(struct c_words *w, const char *text);
/* The readable name of a kernel, not unique: "matmul_q8_0_640x256_add". */
const char *c_kernel_word(struct arena *a, const struct lir_kernel *k);

/* Names of sizes, by slot: of the enum (ROWS), of a variable that has the size (rows), and what a
 * derived one is computed from ("(FRAMES + 1) / 2", else NULL). */
struct c_sizes {
    const char *names[SYMBOL_MAX], *variables[SYMBOL_MAX], *formulas[SYMBOL_MAX];
    uint32_t count;
};
void c_sizes_init(struct c_sizes *s, const struct lir_program *p, struct c_words *w);

/* ---- program_kernels.c: kernels as functions ---- */

/* Kernels with equal text are one function. */
struct c_functions {
    struct arena *arena;
    const struct lir_kernel *kernels;
    const char **names;    /* by kernel; NULL: no step runs it */
    const uint32_t *order; /* a kernel for each function, in the order of first use */
    uint32_t count;
};
void c_functions_find(struct c_functions *f, const struct lir_program *programs, uint32_t count,
                      struct c_words *words, struct arena *a);
void c_functions_header(const struct c_functions *f, const struct c_sizes *sizes,
                        const char *const *entries, uint32_t entry_count, struct text *out);
void c_functions_text(const struct c_functions *f, const char *model, struct text *out);

/* ---- program_groups.c: steps that become one function ---- */

struct c_group { /* steps that become one function */
    const char *name;
    uint32_t first, end;
};

struct c_program {
    const struct lir_program *program;
    struct arena *arena;
    const struct c_functions *functions;
    const struct c_sizes *sizes;
    const char *prefix;          /* of its functions: "main", or "main_prefill_b1_s64" */
    const char *qualifier;       /* of the functions of its layers: "", or "prefill_b1_s64_" */
    struct c_words *file, words; /* names of functions; names inside them */
    const char **buffers;        /* names, by buffer */
    struct c_group *groups;      /* of the body, then of the rows */
    uint32_t group_count, first_of_rows; /* groups */
};
/* Names everything, and cuts the steps into functions. */
void c_program_init(struct c_program *c);
bool c_program_replays(const struct lir_program *p);
const char *c_step_name(const struct lir_program *p, uint32_t step);
/* Bytes of "layers.3" in "layers.3.qkv"; 0: the name has no layer. "hidden.3.rows" has none, since
 * hidden.3 is a value. */
size_t c_layer_bytes(const struct lir_program *p, const char *name);
bool c_is_of_layer(const struct lir_program *p, const char *name, const char *layer, size_t bytes);

/* ---- program_draw.c, program_entry.c ---- */

/* The comment that draws the program. */
void c_program_drawing(const struct c_program *c, struct text *out);
/* The comment and the functions. */
void c_program_functions(const struct c_program *c, struct text *out);

/* ---- program_buffers.c: pointers ---- */

/* The pointers that one function has declared. */
struct c_pointers {
    const struct c_program *c;
    const char **types;     /* by buffer: "float", "uint8_t"; NULL: not declared */
    bool sizes[SYMBOL_MAX]; /* declared */
    struct text declarations;
};
void c_name_buffers(struct c_program *c);
void c_pointers_init(struct c_pointers *p, const struct c_program *c);
/* Declares the size, or the argument of a step, if need be; adds its expression to `out`. */
void c_add_size(struct c_pointers *p, uint32_t slot, struct text *out);
void c_add_argument(struct c_pointers *p, const struct lir_step *s,
                    const struct c_parameter *parameter, struct text *out);
/* "[ROWS][640]": what an argument is. */
void c_shape_text(const struct c_program *c, const struct lir_step *s, uint32_t argument,
                  struct text *out);

#endif
