/* Where a program's inputs and outputs stand. */
#ifndef TESTS_PROGRAM_IO_H
#define TESTS_PROGRAM_IO_H

#include "compiler/lir/lir.h"

#include <rlx/kernel.h>

#include <string.h>

static inline buf_id input_of(const struct lir_program *p, enum input_role role)
{
    for (uint32_t i = 0; i < p->io_count; i++)
        if (!p->io[i].is_output && p->io[i].role == role)
            return p->io[i].buffer;
    return 0;
}

static inline buf_id logits_of(const struct lir_program *p)
{
    const struct lir_io *io = lir_find_output(p, OUTPUT_logits);

    return io == NULL ? 0 : io->buffer;
}

static inline uint32_t logits_stride(const struct lir_program *p)
{
    const struct lir_io *io = lir_find_output(p, OUTPUT_logits);

    return io == NULL ? 0 : io->stride;
}

/* One sequence has all rows of the run. */
static inline void put_segment(const struct lir_program *p, uint8_t *inputs, uint32_t rows,
                               uint32_t past)
{
    const struct rlx_segment segment = {.rows = rows, .past = past};

    memcpy(inputs + p->buffers[p->segments].offset, &segment, sizeof segment);
}

#endif
