/* Shared by the files of the C target; private to them. In: kernels and programs; out: C11 that a
 * person can read. A kernel becomes one function of plain loops with its constants filled in: the
 * evaluator (compiler/lir/lir_eval.c), printed.
 *
 * The function of a kernel is
 *
 *     void NAME(size_t rows, [size_t segment_count,] [size_t keys,] ARGUMENTS..., VALUES...)
 *
 * rows           dims[rows_symbol]
 * segment_count  dims[BATCH]; only of kernels that walk through segments (scan, conv of ROWS)
 * keys           dims[keys_symbol]; only of attention over states of the class cross
 * ARGUMENTS      present ones in the order of kernel_kinds.def, inputs before outputs, named as
 *                there (operands: as parameter_name says). Work memory that threads share (partials,
 *                counters) has no parameter. Types by role: index, row_segments const int32_t *;
 *                segments const struct rlx_segment *; weight const uint8_t *; activation const
 *                float * (f32) or const uint8_t *; keys and values uint8_t *; all others float *,
 *                const where only read
 * VALUES         launch values of attention: uint32_t window (windowed), float scale, float softcap
 *                (capped)
 */
#ifndef RLX_TARGETS_C_H
#define RLX_TARGETS_C_H

#include "compiler/lir/arguments.h"
#include "compiler/lir/target.h"

/* ---- signature.c: parameters, for definitions and for calls ---- */

enum c_parameter_kind { C_ROWS, C_SEGMENT_COUNT, C_KEYS, C_ARGUMENT, C_VALUE };
struct c_parameter {
    enum c_parameter_kind kind;
    uint32_t index;   /* C_ARGUMENT: of the kernel's kind; C_VALUE: launch value */
    const char *type; /* "const float *"; ends with a space or a star */
    const char *name; /* "x", "weight" */
};
enum { C_MAX_PARAMETERS = 3 + LIR_MAX_ARGS + LIR_MAX_VALUES };
/* How many. */
uint32_t c_parameters(const struct lir_kernel *k, struct c_parameter out[C_MAX_PARAMETERS]);
const char *c_parameter_name(const struct lir_kernel *k, uint32_t argument);
/* "void NAME(size_t rows, const float *x, ...)", wrapped at 100 columns, without what follows. */
void c_prototype(const struct lir_kernel *k, const char *name, struct text *out);

/* ---- helpers.c: functions that kernels call, printed once per file ---- */

enum c_helper { /* bits */
                C_HALF_TO_FLOAT = 1 << 0,
                C_FLOAT_TO_HALF = 1 << 1,
                C_BF16_TO_FLOAT = 1 << 2,
                C_FLOAT_TO_BF16 = 1 << 3,
                C_HADAMARD = 1 << 4,
};
/* Those that a kernel calls, with what they call themselves. */
uint32_t c_helpers(const struct lir_kernel *k);
void c_helpers_text(uint32_t helpers, struct text *out);

/* ---- kernel.c: a whole function, its comment first ---- */

void c_kernel_text(const struct lir_kernel *k, const char *name, struct text *out);

/* One for each kind: the body between the braces, indented by 4, and the comment's sentences (what
 * it computes, with shapes), which wrap by themselves. */
struct c_body {
    struct text *comment, *code;
};
void c_print_embed(const struct lir_kernel *k, struct c_body *b);
void c_print_gather_rows(const struct lir_kernel *k, struct c_body *b);
void c_print_norm_quant(const struct lir_kernel *k, struct c_body *b);
void c_print_matmul(const struct lir_kernel *k, struct c_body *b);
void c_print_map(const struct lir_kernel *k, struct c_body *b);
void c_print_unfold(const struct lir_kernel *k, struct c_body *b);
void c_print_kv_write(const struct lir_kernel *k, struct c_body *b);
void c_print_append(const struct lir_kernel *k, struct c_body *b);
void c_print_rope(const struct lir_kernel *k, struct c_body *b);
void c_print_attention(const struct lir_kernel *k, struct c_body *b);
void c_print_scan(const struct lir_kernel *k, struct c_body *b);
void c_print_conv(const struct lir_kernel *k, struct c_body *b);

/* ---- program.c: entries; target.c: struct target ---- */

/* Files of a model's code: kernels.h, kernels.c, one ENTRY file per entry, variants.c. */
bool c_programs_text(const struct lir_program *programs, uint32_t count, struct arena *a,
                     struct target_sources *out, struct diags *d);
/* Of one program, its kernels under the names of lir_kernel_name; its `thread` home follows its
 * `scratch` home. */
void c_program_text(const struct lir_program *p, struct text *out);
/* Of one kernel, with what it needs. */
void c_kernel_file_text(const struct lir_kernel *k, const char *name, struct text *out);

#endif
