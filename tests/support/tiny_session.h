/* The made-up model of tiny_artifact.h for sessions: its kernels, the reference logits (a loop over
 * the tokens), and fixtures. One source file per program includes it. */
#ifndef TINY_SESSION_H
#define TINY_SESSION_H

#include "tests/support/tiny_artifact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <cmocka.h>

/* ---- the kernels ---- */

static atomic_uint runs_of_write; /* rows written: shows what was computed */

/* Integers below 2048 as IEEE f16. */
static inline uint16_t small_half(uint32_t value)
{
    uint32_t exponent = 25;
    if (value == 0)
        return 0;
    while (value < 1024) {
        value <<= 1;
        exponent--;
    }
    return (uint16_t)(exponent << 10 | (value & 1023));
}

static inline size_t key_at(size_t head, size_t position, size_t dimension)
{
    return ((head * (TINY_POSITIONS / 16) + position / 16) * TINY_HEAD_DIM + dimension) * 16 +
           position % 16;
}

static inline void write_row(float *k, uint16_t *v, int32_t token, size_t at)
{
    atomic_fetch_add(&runs_of_write, 1);
    for (size_t h = 0; h < TINY_KV_HEADS; h++) {
        for (size_t d = 0; d < TINY_HEAD_DIM; d++) {
            k[key_at(h, at, d)] = (float)token + (float)h * 0.25F + (float)d * 0.5F;
            v[(h * TINY_POSITIONS + at) * 16 + d] = small_half((uint32_t)token + (uint32_t)d);
        }
    }
}

static inline float sum_row(const float *k, const uint16_t *v, size_t last)
{
    float sum = 0;
    for (size_t p = 0; p <= last; p++) {
        float token = k[key_at(1, p, 2)] - 1.25F;
        if (v[(TINY_POSITIONS + p) * 16 + 1] != small_half((uint32_t)token + 1))
            token = -1000;
        sum += (float)(p + 1) * token;
    }
    return sum;
}

static inline void kernel_write(const struct rlx_launch *l, uint64_t first, uint64_t end)
{
    const int32_t *tokens = l->args[0], *positions = l->args[1];
    for (uint64_t r = first; r < end; r++)
        write_row(l->args[2], l->args[3], tokens[r], (size_t)positions[r]);
}

static inline void kernel_sum(const struct rlx_launch *l, uint64_t first, uint64_t end)
{
    float *hidden = l->args[2];
    for (uint64_t r = first; r < end; r++)
        hidden[r] = sum_row(l->args[0], l->args[1], (size_t)l->dims[RLX_DIM_PAST_SEQ] + r);
}

/* Several sequences, each a segment of one row, whose states stand elsewhere. */
static inline void *of_row(const struct rlx_launch *l, uint32_t state, uint32_t segments,
                           uint64_t row)
{
    return (uint8_t *)l->args[state] + ((const struct rlx_segment *)l->args[segments])[row].state;
}

static atomic_uint runs_of_batches;

static inline void kernel_write_batch(const struct rlx_launch *l, uint64_t first, uint64_t end)
{
    const int32_t *tokens = l->args[0], *positions = l->args[1];
    if (first == 0)
        atomic_fetch_add(&runs_of_batches, 1);
    for (uint64_t r = first; r < end; r++)
        write_row(of_row(l, 2, 4, r), of_row(l, 3, 4, r), tokens[r], (size_t)positions[r]);
}

static inline void kernel_sum_batch(const struct rlx_launch *l, uint64_t first, uint64_t end)
{
    float *hidden = l->args[2];
    const int32_t *positions = l->args[3];
    for (uint64_t r = first; r < end; r++) {
        size_t last = (size_t)positions[r];
        bool sizes = (int64_t)last < l->dims[RLX_DIM_KEYS] && l->dims[RLX_DIM_SEQ] == 1 &&
                     l->dims[RLX_DIM_BATCH] == l->dims[RLX_DIM_ROWS];
        hidden[r] = sizes ? sum_row(of_row(l, 0, 4, r), of_row(l, 1, 4, r), last) : -1;
    }
}

static inline void kernel_copy(const struct rlx_launch *l, uint64_t first, uint64_t end)
{
    const float *hidden = l->args[0];
    float *own = l->args[1];
    for (int64_t r = 0; first < end && r < l->dims[RLX_DIM_ROWS]; r++)
        own[r] = hidden[r];
}

/* Two tiles per row: the halves of the vocabulary. */
static inline void lm_head_tiles(const struct rlx_launch *l, uint64_t first, uint64_t end,
                                 const uint32_t factors[2])
{
    const float *own = l->args[0];
    const int32_t *out_rows = l->args[1];
    float *logits = l->args[2];
    for (uint64_t tile = first; tile < end; tile++) {
        uint64_t row = tile / 2;
        int32_t from = tile % 2 ? TINY_VOCABULARY / 2 : 0,
                to = tile % 2 ? TINY_VOCABULARY : TINY_VOCABULARY / 2;
        for (int32_t i = from; i < to; i++)
            logits[row * TINY_STRIDE + (uint64_t)i] =
                (float)(((int64_t)own[out_rows[row]] * factors[0] + i * (int64_t)factors[1]) %
                        TINY_MODULUS);
    }
}

static inline void kernel_lm_head(const struct rlx_launch *l, uint64_t first, uint64_t end)
{
    lm_head_tiles(l, first, end, l->values);
}

/* ---- the truth ---- */

static inline float true_logit(const int32_t *tokens, size_t count, int32_t id)
{
    int64_t sum = 0;
    for (size_t p = 0; p < count; p++)
        sum += (int64_t)(p + 1) * tokens[p];
    return (float)((sum * 7 + id * 13) % TINY_MODULUS);
}

static inline int32_t true_next(const int32_t *tokens, size_t count)
{
    int32_t best = 0;
    for (int32_t id = 1; id < TINY_VOCABULARY; id++)
        if (true_logit(tokens, count, id) > true_logit(tokens, count, best))
            best = id;
    return best;
}

static inline void expect_row(const float *row, const int32_t *tokens, size_t count)
{
    for (int32_t id = 0; id < TINY_VOCABULARY; id++)
        assert_true(row[id] == true_logit(tokens, count, id));
}

/* ---- fixtures ---- */

static const int32_t prompt[TINY_CONTEXT] = {3,  49, 0,  7,  7,  12, 31, 22, 5,  48, 1,  19, 33, 2,
                                             40, 11, 6,  27, 8,  45, 13, 36, 24, 9,  17, 4,  38, 29,
                                             16, 42, 21, 35, 10, 47, 28, 15, 20, 44, 26, 30};

static rlx_model *model;

/* The artifact with code that runs. */
static inline struct tiny tiny_runnable(void)
{
    static const rlx_kernel_fn kernels[TINY_KERNELS] = {kernel_write,       kernel_sum,
                                                        kernel_copy,        kernel_lm_head,
                                                        kernel_write_batch, kernel_sum_batch};
    return tiny_make(kernels);
}

static inline int open_model(void **state)
{
    struct tiny t = tiny_runnable();
    rlx_error error;
    (void)state;
    rlx_status status = tiny_open(&t, &model, &error);
    free(t.data);
    return status == RLX_OK ? 0 : -1;
}

static inline int close_model(void **state)
{
    (void)state;
    rlx_model_close(model);
    return 0;
}

static inline rlx_session *open_session(uint32_t threads)
{
    rlx_session_options options = {.struct_bytes = sizeof options, .threads = threads};
    rlx_session *session;
    rlx_error error = {0};
    if (rlx_session_open(model, &options, &session, &error) != RLX_OK)
        fail_msg("%s", error.text);
    return session;
}

/* A history that has not run. */
static inline rlx_status write_history(rlx_session *s, const int32_t *ids, size_t count,
                                       rlx_error *error)
{
    rlx_session_reset(s);
    return rlx_session_append(s, ids, count, error);
}

static inline void expect_sizes(const rlx_session *s, size_t tokens, size_t past)
{
    assert_int_equal(rlx_session_tokens(s), tokens);
    assert_int_equal(rlx_session_past(s), past);
}

#endif
