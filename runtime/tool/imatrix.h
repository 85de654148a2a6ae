/* An importance matrix in the making: for each weight the sums of squares of what it is multiplied
 * with, and of how many rows; and its file, as llama.cpp and rlxc read it. */
#ifndef RLX_IMATRIX_H
#define RLX_IMATRIX_H

#include "runtime/tool/command.h"

/* An output of the entry "observe": its name lists weights (compiler/observe.c). */
struct imatrix_value {
    const char *output; /* its name */
    const char *names;  /* of the weights, a space between them */
    char chosen[16];    /* the output that says which expert has each row; "": none */
    uint32_t experts;   /* 1 without experts */
    size_t width;
    double *sums;     /* [experts, width] of squares */
    uint64_t *counts; /* [experts] of rows */
};

struct imatrix {
    struct imatrix_value *values;
    size_t count;
    uint64_t windows;
    uint32_t window_tokens;
    const char *text; /* the name of the file */
};

/* Writes a GGUF file: of each weight NAME.in_sum2 f32 [experts, width] and NAME.counts f32
 * [experts, 1]. Returns an exit code, after a message if it is not 0. */
int imatrix_write(const struct imatrix *m, const char *path);

#endif
