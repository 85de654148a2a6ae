/* Shared by run_program.c and run_inputs.c: a program while it runs on both sides. Private to them. */
#ifndef TESTS_RUN_PARTS_H
#define TESTS_RUN_PARTS_H

#include "compiler/lir/arguments.h"
#include "compiler/lir/target.h"
#include "tests/text/run_program.h"
#include "tests/unit/c_code.h"
#include "tests/unit/vulkan_code.h"

#include <rlx/kernel.h>

enum { CODE, EVALUATOR, SIDES };

struct running {
    const char *path;
    struct lir_program program; /* whose weights have places of their own */
    const struct target *target;
    uint32_t level;
    struct target_code code;
    uint8_t *image; /* NULL: the code is C, or has pipelines */
    struct c_code c;
    struct vulkan_code vulkan;
    uint8_t *home[SIDES][HOME_COUNT];
    uint64_t home_bytes[HOME_COUNT];
    int64_t dims[SYMBOL_MAX];     /* by symbol, which a launch's sizes are as well */
    struct rlx_segment *segments; /* dims[BATCH] of them */
    bool *filled;                 /* weights and states, by buffer */
    double tolerance;
};

/* Sequences of a program, at most: each has states of its own. */
static inline uint64_t batch_of(const struct lir_program *p)
{
    return max_u64(1, (uint64_t)p->upper[SYMBOL_BATCH]);
}

static inline uint8_t *address(const struct running *r, uint32_t side, buf_id id)
{
    const struct lir_buffer *b = &r->program.buffers[id];
    uint64_t offset = b->offset + (b->is_view ? r->program.buffers[b->inside].offset : 0);

    return r->home[side][b->home] + offset;
}

void random_begin(uint64_t seed);
uint32_t random_bits(void);
float random_number(void); /* -1 .. 1 */
/* Rows and pasts of the dims[BATCH] sequences of a run of dims[ROWS] rows; one alone has `past`
 * positions. Sets what follows from them: PAST_SEQ, KEYS. */
void make_segments(struct running *r, int64_t past);
/* What a run finds, on both sides: weights and states once, inputs for each extent. */
void fill_inputs(struct running *r);

#endif
