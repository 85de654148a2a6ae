/* Weight expressions as the packer evaluates them (hir_ops.def says what they are). In: a node of
 * the graph and the model's tensors; out: any row of its value, as f32 or as bytes of its type.
 *
 * An expression is a tree in postfix order, whose leaves are tensors and numbers. Every value is a
 * list of rows: all axes but the last count rows. Where an op only moves rows and whole blocks, its
 * bytes are those of the model, or blocks of another type with the same values (dtype_packed);
 * everything else is decoded, computed in f32 and encoded.
 */
#ifndef RLXC_EXPRESSION_H
#define RLXC_EXPRESSION_H

#include "compiler/hir/hir.h"
#include "compiler/import/model.h"

enum { EXPRESSION_MAX_OPS = 4096, EXPRESSION_BANDS = 4 };

struct expression_op {
    uint16_t op;   /* HIR_weight: a tensor; HIR_pack: values of another type */
    uint8_t dtype; /* of its rows as bytes */
    bool computed; /* rows come through f32; false: they are moved */
    bool turned;   /* it or an op below is a transpose, which reads a whole matrix for a few rows */
    uint32_t rank;
    uint64_t shape[HIR_MAX_RANK];
    uint64_t rows, width;
    uint32_t operands[HIR_MAX_OPERANDS], operand_count; /* ops before this one */
    const struct tensor *tensor;                        /* weight */
    float number;
    uint32_t axis;        /* slice, concat */
    uint64_t start, step; /* slice */
};

struct expression {
    const struct model *model;
    struct expression_op *ops; /* the last one is the root */
    uint32_t count, capacity;
};

/* Appends the tree of a node; *root is its op. False: `d` says that the model lacks a tensor, that
 * the tree is too large, or that a computed value has a type without an encoder. */
bool expression_add(struct expression *x, const struct hir_graph *g, hir_id id, struct arena *a,
                    uint32_t *root, struct diags *d);

/* Some columns of some rows, to memory whose rows stand `stride` floats apart. */
struct region {
    uint64_t row, rows, column, columns;
    float *to;
    uint64_t stride;
};
/* The values of a region: those that the op's bytes have. */
void expression_values(const struct expression *x, uint32_t at, struct region r);

/* What one thread keeps while it asks for rows. Zeroed before the first call; expression_forget
 * ends it. */
struct expression_reader {
    struct expression_band { /* rows of a value that is dear to compute a few at a time */
        const struct expression *x;
        uint32_t at;
        uint64_t first, rows, capacity; /* capacity: floats */
        float *values;
    } bands[EXPRESSION_BANDS];
    uint32_t next_band;
    const struct tensor *refused; /* a tensor whose values the type does not hold; NULL: none */
    enum dtype refused_type;
};
/* rows[i]: the bytes of row first + i, for i < count, where they stand in the model's files or at
 * to + i * (bytes of a row). `ahead` (at least count): so many rows the caller will ask for in
 * turn. */
void expression_rows(struct expression_reader *reader, const struct expression *x, uint32_t at,
                     uint64_t first, uint64_t count, uint64_t ahead, const uint8_t **rows,
                     uint8_t *to);
void expression_forget(struct expression_reader *reader);
uint64_t expression_row_bytes(const struct expression *x, uint32_t at);

/* Where row `row` of an op that moves whole rows stands: an operand, its row there, and how many
 * follow each other from it on. */
struct moved_row {
    uint32_t operand;
    uint64_t row, run;
};
/* False: the op changes rows themselves. */
bool expression_moves_rows(const struct expression *x, const struct expression_op *o);
struct moved_row expression_find_row(const struct expression *x, const struct expression_op *o,
                                     uint64_t row);

/* Calls `visit` for the parts of the model's files that rows [first, first + count) need; some more
 * where an op spreads rows. What a transpose reads is left out: it gives back itself what it read.
 */
void expression_visit(const struct expression *x, uint32_t at, uint64_t first, uint64_t count,
                      void (*visit)(void *context, const struct file *f, uint64_t offset,
                                    uint64_t bytes),
                      void *context);
/* The tensor from which the value at a row and column mainly comes, for messages. */
const struct tensor *expression_tensor(const struct expression *x, uint32_t at, uint64_t row,
                                       uint64_t column);

#endif
