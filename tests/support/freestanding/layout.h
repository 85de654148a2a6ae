/* The layout.h of a model of this test's own (test_freestanding.c), as rlxc writes it. */
#include "model.h"

enum {
    STATE_BYTES = 64,
    CARRIED_BYTES = 64,
    SCRATCH_BYTES = 64,
    INPUT_BYTES = 192,
    OUTPUT_BYTES = 64,
    DIM_COUNT = 16,
    TOKEN_LIMIT = 10, /* ids are below it */
    VARIANT_COUNT = 2,
    ABSENT = -1 /* a place: there is none */
};

struct layout {
    uint32_t rows;
    int32_t tokens, positions, out_rows, segments, logits;
};

static const struct layout layouts[VARIANT_COUNT] = {
    {.rows = 1, .tokens = 0, .positions = 4, .out_rows = ABSENT, .segments = ABSENT, .logits = 0},
    {.rows = 4, .tokens = 64, .positions = 80, .out_rows = 96, .segments = 128, .logits = 16},
};

static inline void derive_dims(int64_t *dims)
{
    dims[6] = (1 * dims[2] + 1) / 2;
}

const int32_t model_ends[] = {9};
const size_t model_end_count = 1;
