/* A session that uses states of all classes: tests/artifacts/format-2.0.hir is encoded, decoded, cut
 * back, forked and exported. In: a compiled model of that graph; out: the numbers that it gives, in
 * order. The includer defines states_fail, which does not return. */
#ifndef STATES_WALK_H
#define STATES_WALK_H

#include <rlx/rlx.h>

#include <string.h>

_Noreturn static void states_fail(const char *why);

enum {
    FRAMES = 29,
    HIDDEN_ROWS = (FRAMES + 1) / 2,
    WIDTH = 32,
    VOCABULARY = 24,
    PROMPT = 7,
    STEPS = 12,
    BLOCK = 4,
    NUMBERS = HIDDEN_ROWS * WIDTH + (2 * (1 + STEPS) + BLOCK + 1) * VOCABULARY + 2 * 64 + 2 * STEPS,
};

struct numbers {
    float all[NUMBERS];
    size_t count;
};

static void keep(struct numbers *n, const float *values, size_t count)
{
    if (count > NUMBERS - n->count)
        states_fail("more numbers than expected");
    memcpy(n->all + n->count, values, count * sizeof *values);
    n->count += count;
}

#define GOOD(call)                   \
    do {                             \
        rlx_error error = {0};       \
        if ((call) != RLX_OK)        \
            states_fail(error.text); \
    } while (0)

static int32_t token_at(size_t i)
{
    return (int32_t)(i * 7 % 11 + i % 3);
}

/* Entry encode from made-up frames: fills the cross states, which entry main reads. */
static void encode(rlx_session *s, struct numbers *n)
{
    rlx_instance *instance = rlx_session_instance(s);
    rlx_output hidden = rlx_output_default();
    static float mel[FRAMES][16];

    for (int i = 0; i < FRAMES * 16; i++)
        mel[i / 16][i % 16] = (float)(i * 37 % 101) / 64 - 0.75F;
    GOOD(rlx_instance_set_input(instance, "encode", "mel", mel, sizeof mel, &error));
    GOOD(rlx_instance_run(instance, "encode", &error));
    GOOD(rlx_instance_get_output(instance, "encode", "hidden", &hidden, &error));
    if (hidden.rows != HIDDEN_ROWS || hidden.width != WIDTH)
        states_fail("hidden has another shape");
    for (size_t r = 0; r < hidden.rows; r++)
        keep(n, hidden.data + r * hidden.stride, WIDTH);
    GOOD(rlx_instance_commit(instance, &error));
}

/* A prompt, then single tokens. */
static void decode(rlx_session *s, struct numbers *n)
{
    int32_t ids[PROMPT];
    const float *row;

    for (size_t i = 0; i < PROMPT; i++)
        ids[i] = token_at(i);
    GOOD(rlx_session_prefill_logits(s, ids, PROMPT, &row, &error));
    keep(n, row, VOCABULARY);
    for (size_t i = PROMPT; i < PROMPT + STEPS; i++) {
        GOOD(rlx_session_decode_logits(s, token_at(i), &row, &error));
        keep(n, row, VOCABULARY);
    }
}

static rlx_go keep_row(void *context, size_t position, const float *row)
{
    (void)position;
    keep(context, row, VOCABULARY);
    return RLX_GO_ON;
}

/* A block on trial, of which two tokens stay, and a token after them. */
static void try_block(rlx_session *s, struct numbers *n)
{
    const int32_t ids[BLOCK] = {3, 1, 4, 15};
    const float *row;

    GOOD(rlx_session_run_block(s, ids, BLOCK, keep_row, n, &error));
    GOOD(rlx_session_commit(s, 2, &error));
    GOOD(rlx_session_decode_logits(s, 9, &row, &error));
    keep(n, row, VOCABULARY);
}

/* Two sequences at once: the greedy tokens of both. */
static void step_together(rlx_session *s, struct numbers *n)
{
    rlx_session *both[2] = {s, NULL};

    GOOD(rlx_session_fork(s, &both[1], &error));
    GOOD(rlx_session_append(both[1], (const int32_t[]){5, 8}, 2, &error));
    for (int i = 0; i < STEPS; i++) {
        int32_t ids[2];
        GOOD(rlx_sessions_step(both, 2, ids, &error));
        keep(n, (const float[]){(float)ids[0], (float)ids[1]}, 2);
    }
    rlx_session_close(both[1]);
}

/* All of this, from a model at `path`. */
static void states_walk(const char *path, uint32_t threads, struct numbers *n)
{
    rlx_session_options options = {.struct_bytes = sizeof options, .threads = threads};
    static float rows[(PROMPT + STEPS) * WIDTH];
    rlx_model *opened;
    rlx_session *s;

    *n = (struct numbers){.count = 0};
    GOOD(rlx_model_open(path, &opened, &error));
    GOOD(rlx_model_verify(opened, &error));
    GOOD(rlx_session_open(opened, &options, &s, &error));
    encode(s, n);
    decode(s, n);
    decode(s, n); /* all over again */
    try_block(s, n);
    step_together(s, n);
    GOOD(rlx_session_export_state(s, "past_k_0", rows, PROMPT + STEPS, &error));
    keep(n, rows, 64);
    GOOD(rlx_session_export_state(s, "past_v_0", rows, PROMPT + STEPS, &error));
    keep(n, rows + (PROMPT + STEPS) * WIDTH - 64, 64);
    if (n->count != NUMBERS)
        states_fail("fewer numbers than expected");
    rlx_session_close(s);
    rlx_model_close(opened);
}

#endif
