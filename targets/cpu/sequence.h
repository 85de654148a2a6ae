/* Kernels that take the rows of a segment one after the other (scan, conv): a tile is 16 columns of
 * a segment. In: the number of a tile; out: where its columns, rows and carried state stand.
 */
#ifndef RLXC_CPU_SEQUENCE_H
#define RLXC_CPU_SEQUENCE_H

#include "targets/cpu/cpu.h"

struct sequence {
    LLVMValueRef column_tile;   /* i64 */
    LLVMValueRef column;        /* bytes to the first column from the start of a row */
    LLVMValueRef mask;          /* lanes that are columns; NULL: all */
    LLVMValueRef first, end;    /* rows of the run, i64 */
    LLVMValueRef before, after; /* the carried state of the segment, at the first column */
};

struct sequence_arguments {
    uint32_t segments, before, after;
};

struct sequence sequence_of(const struct builder *b, LLVMValueRef tile, uint32_t columns,
                            struct sequence_arguments arguments);
LLVMValueRef sequence_load(const struct builder *b, const struct sequence *s, LLVMValueRef from);
void sequence_store(const struct builder *b, const struct sequence *s, LLVMValueRef value,
                    LLVMValueRef to);
/* The columns of row `row` of a matrix argument. */
LLVMValueRef sequence_row(const struct builder *b, const struct sequence *s, uint32_t argument,
                          LLVMValueRef row);

#endif
