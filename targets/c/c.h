/* Shared by the files of the C target; private to them. In: kernels and programs; out: C11 that a
 * person can read. A kernel becomes one function of plain loops with its constants filled in: the
 * evaluator (compiler/lir/lir_eval.c), printed.
 *
 * The function of a kernel is
 *
 *     void NAME(size_t rows, [size_t segment_count,] [size_t key_count,] ARGUMENTS..., VALUES...)
 *
 * rows           dims[rows_symbol]
 * segment_count  dims[BATCH]; only of kernels that walk through segments (scan, conv of ROWS)
 * key_count      dims[keys_symbol]; only of attention over states of the class cross
 * ARGUMENTS      present ones in the order of kernel_kinds.def, inputs before outputs, named as
 *                there (operands: as c_parameter_name says). Work memory that threads share (partials,
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
/* Returns how many. */
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
                C_LARGER = 1 << 5,
                C_SMALLER = 1 << 6,
                C_HALVES_TO_FLOATS = 1 << 7,
};
/* Besides these: what a kernel calls for weights of a layout. */
enum c_weight_helper { C_UNPACK, C_UNPACK_INTEGERS, C_DOT, C_WEIGHT_HELPERS };
/* A set of helpers: bits, and by kind a bit for each layout. */
struct c_helpers {
    uint32_t plain;
    uint64_t weight[C_WEIGHT_HELPERS];
};
bool c_helpers_are_none(const struct c_helpers *helpers);
void c_helpers_add(struct c_helpers *helpers, const struct c_helpers *more);
/* Those that a kernel calls, with what they call themselves. */
struct c_helpers c_helpers(const struct lir_kernel *k);
void c_helpers_text(const struct c_helpers *helpers, struct text *out);

/* ---- text.c: parts of source text ---- */

enum { C_LINE_WIDTH = 100 };
/* Prints as the same float: "0.5f", "-1e-05f". */
void c_float(struct text *out, float value);
/* Sentences as a comment whose lines end before column 100. */
void c_comment(struct text *out, const char *sentences);
/* A line of code, `depth` times four columns from the left; a long one becomes several. */
void c_code_line(struct text *out, uint32_t depth, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same, `indent` columns from the left, for a statement that is text already. */
void c_statement(struct text *out, uint32_t indent, const char *statement);
/* The pragma of OpenMP with its guards, before a loop whose rounds do not depend on each other;
 * `clauses`: " if (rows > 1)". */
void c_parallel(struct text *out, const char *clauses);

/* ---- scalar.c: formulas ---- */

/* A formula in infix, operands as they are given: an expression of floats in C, or without
 * `is_code` as a comment has it. A formula without code is its first operand. */
void c_formula(const struct scalar_code *code, const char *const *operands, bool is_code,
               struct text *out);
/* "bias[n]", "residual[r * 256 + n]", "c[r * 16]": operand i of a kernel at row `row` and column
 * `column`; without `is_code` "bias[n]", "residual[r][n]", "c[r]". */
const char *c_operand(struct arena *a, const struct lir_kernel *k, uint32_t i, const char *row,
                      const char *column, bool is_code);

/* ---- layout.c, layout_*.c: packed weights ---- */

/* "[2][16]" or "[16]": the scales of a block of 32 columns of 16 rows, and its minimums. */
const char *c_scale_shape(enum layout layout);
/* "q4_1": what helpers of a layout are called after. */
const char *c_format_name(enum layout layout);
/* The helpers: unpack_q4_1(packed, k, w) has 32 columns of 16 rows as floats w[column][row],
 * unpack_integers_q4_1(packed, k, w, scale, minimum) as integers less their bias, and
 * dot_q4_1(packed, columns, x, sum), of quantized layouts, makes the sums of one row of x. */
void c_weight_helper_text(enum layout layout, enum c_weight_helper what, struct text *out);
/* How columns stand in a group: " Packed by 64 columns: ...". */
void c_layout_picture(enum layout layout, struct text *out);
/* A sentence on how a weight is packed. */
void c_layout_comment(enum layout layout, struct text *out);
/* Where row group `group` of a weight begins: "weight + group * 15360". */
void c_group_address(enum layout layout, uint32_t k, const char *weight, const char *group,
                     struct text *out);
/* That of group 2 * `pair`. */
void c_pair_address(enum layout layout, uint32_t k, const char *weight, const char *pair,
                    struct text *out);
/* "unpack_q4_1(packed, k, w)": the 32 columns from `column` on of the group at `packed`, or the
 * `count` that there are; quantized layouts have always 32. */
void c_unpack_call(enum layout layout, const char *packed, const char *column, const char *count,
                   struct text *out);

/* ---- activation.c: buffers of activations, in the form that the evaluator has
 * (compiler/lir/eval_norm_quant.c) ---- */

/* The address of row r, and of integers also that of its scales and sums: declarations of
 * `elements` and `blocks`, pointers to const or not. */
void c_activation_row(const struct act_format *f, uint32_t k, const char *buffer, bool written,
                      uint32_t depth, struct text *out);
/* Elements between rows of f32. */
uint32_t c_activation_stride(uint32_t k);

/* ---- kernel.c: a whole function, its comment first ---- */

void c_kernel_text(const struct lir_kernel *k, const char *name, struct text *out);

/* One for each kind: the body between the braces, indented by 4, and the comment's sentences (what
 * it computes, with shapes), which wrap by themselves. */
struct c_body {
    struct text *comment, *code;
};
#define KERNEL(kind, KIND, title) void c_print_##kind(const struct lir_kernel *k, struct c_body *b);
#include "compiler/lir/kernel_kinds.def"

/* Declares `factor`, 1 / sqrt(mean of squares + epsilon) of the row at `xs`. */
void c_norm_factor(uint32_t width, float epsilon, bool centered, uint32_t depth, struct text *out);
/* Whether it calls dot_...: quantized weights and rows of f32 as they stand. */
bool c_matmul_has_dot(const struct lir_kernel *k);
/* Whether weights are rounded to bf16 as they are unpacked. */
bool c_matmul_rounds(const struct kernel_matmul *k);
/* stored_norms.c: of a kernel that norms what it stored; nothing of others. */
void c_stored_norms_comment(const struct lir_kernel *kernel, struct text *out);
void c_print_stored_norms(const struct lir_kernel *kernel, struct text *out);
/* Begins the loop over the rows of x that are multiplied together, and names what a row has of the
 * sums: sums[r - first]. By expert these are the pairs of one expert, from `first` to `end` of those
 * in order, and r is the row of x. */
void c_matmul_begin_rows(const struct kernel_matmul *k, uint32_t depth, struct text *out);
const char *c_matmul_sums(const struct kernel_matmul *k);
/* Parts of c_print_matmul for i8 and i16: what a block needs, and the products of a block. */
void c_print_matmul_integers_declarations(const struct kernel_matmul *k, uint32_t depth,
                                          struct text *out);
void c_print_matmul_integers_part(const struct kernel_matmul *k, const char *sum,
                                  const char *packed, uint32_t depth, struct text *out);

/* ---- program.c: entries; target.c: struct target ---- */

/* Files of a model's code: kernels.h, kernels.c, entry_NAME.c for each entry, variants.c. */
void c_programs_text(const struct lir_program *programs, uint32_t count, struct arena *a,
                     struct target_sources *out);
/* Of one program, its kernels under the names of lir_kernel_name; its `thread` home follows its
 * `scratch` home. */
void c_program_text(const struct lir_program *p, struct text *out);
/* Of one kernel, with what it needs. */
void c_kernel_file_text(const struct lir_kernel *k, const char *name, struct text *out);

#endif
