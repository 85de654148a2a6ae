/* The works of `rlx bench`: a slice of each. In: a work. Out: its rate, and that of what it is
 * compared with, which takes turns with it inside the slice. */
#include "runtime/command_bench.h"

#include <stdlib.h>

/* The session has `depth` tokens in its cache, and at least one token of history. */
static rlx_status fill(const struct bench *b, rlx_session *session, uint32_t depth,
                       rlx_error *error)
{
    const float *row;
    uint32_t tokens = depth == 0 ? 1 : depth;

    if (rlx_session_tokens(session) >= tokens && rlx_session_past(session) >= depth && depth != 0 &&
        rlx_session_history(session)[0] == b->ids[0])
        return rlx_session_truncate(session, tokens, error);
    return rlx_session_prefill_logits(session, b->ids, tokens, &row, error);
}

static rlx_status prompt_slice(struct bench *b, struct bench_work *w, uint32_t repetition,
                               rlx_error *error)
{
    const float *row;
    double start = command_seconds();
    rlx_status status = rlx_session_prefill_logits(b->session, b->ids, w->size, &row, error);

    w->rate[repetition] = (double)w->size / (command_seconds() - start);
    return status;
}

static rlx_status decode_slice(struct bench *b, struct bench_work *w, uint32_t repetition,
                               rlx_error *error)
{
    rlx_session *session = w->session != NULL ? w->session : b->session;
    const float *row;
    rlx_status status = fill(b, session, w->depth, error);
    double start = command_seconds();

    for (uint32_t n = 0; n < w->size && status == RLX_OK; n++)
        status = rlx_session_decode_logits(session, b->ids[n], &row, error);
    w->rate[repetition] = (double)w->size / (command_seconds() - start);
    return status;
}

/* Steps of all sequences take turns with steps of the first one alone. */
static rlx_status batch_slice(struct bench *b, struct bench_work *w, uint32_t repetition,
                              rlx_error *error)
{
    uint32_t steps = b->options->new_tokens / 2;
    double together = 0, alone = 0;
    int32_t ids[BENCH_SEQUENCES];
    rlx_status status = RLX_OK;

    steps = steps == 0 ? 1 : steps;
    for (uint32_t i = 0; i < w->size && status == RLX_OK; i++)
        status = fill(b, b->sequences[i], b->depths[i % b->depth_count], error);
    for (uint32_t n = 0; n < steps && status == RLX_OK; n++) {
        double start = command_seconds();
        status = rlx_sessions_step(b->sequences, w->size, ids, error);
        double middle = command_seconds();
        together += middle - start;
        if (status == RLX_OK)
            status = rlx_session_step_cached(b->sequences[0], ids, error);
        alone += command_seconds() - middle;
    }
    w->rate[repetition] = w->size * (double)steps / together;
    w->one[repetition] = (double)steps / alone;
    return status;
}

static bool ignore_row(void *context, size_t position, const float *row)
{
    (void)context;
    (void)position;
    (void)row;
    return true;
}

/* A block that is thrown away takes turns with a single token that is. */
static rlx_status block_slice(struct bench *b, struct bench_work *w, uint32_t repetition,
                              rlx_error *error)
{
    rlx_session *session = w->session != NULL ? w->session : b->session;
    uint32_t runs = b->options->new_tokens / 2;
    double blocks = 0, singles = 0;
    rlx_status status = fill(b, session, w->depth, error);

    runs = runs == 0 ? 1 : runs;
    for (uint32_t n = 0; n < runs && status == RLX_OK; n++) {
        double start = command_seconds();
        status = rlx_session_run_block(session, b->ids, w->size, ignore_row, NULL, error);
        double middle = command_seconds();
        blocks += middle - start;
        if (status == RLX_OK)
            status = rlx_session_run_block(session, b->ids, 1, ignore_row, NULL, error);
        singles += command_seconds() - middle;
    }
    w->rate[repetition] = w->size * (double)runs / blocks;
    w->one[repetition] = (double)runs / singles;
    return status;
}

static rlx_status generate(const struct bench *b, const struct bench_work *w, uint32_t draft,
                           int32_t *ids, double *rate, rlx_error *error)
{
    rlx_generate_options o = {.struct_bytes = sizeof o,
                              .most = b->options->new_tokens,
                              .ignore_end = true,
                              .ids = ids,
                              .draft = draft,
                              .draft_most = b->options->draft_tokens};
    rlx_stop why;
    const float *row;
    size_t made = 0;

    rlx_session_set_sampling(w->session, &w->sampling);
    rlx_status status = rlx_session_prefill_logits(w->session, w->ids, w->id_count, &row, error);
    double start = command_seconds();
    if (status == RLX_OK)
        status = rlx_session_generate(w->session, &o, &made, &why, error);
    *rate = (double)made / (command_seconds() - start);
    return status;
}

/* The same text without and with a draft; that it is the same is checked. */
static rlx_status draft_slice(struct bench *b, struct bench_work *w, uint32_t repetition,
                              rlx_error *error)
{
    uint32_t count = b->options->new_tokens;
    int32_t *plain = calloc(count, sizeof *plain), *drafted = calloc(count, sizeof *drafted);
    rlx_timings before = {.struct_bytes = sizeof before}, after = before;
    rlx_status status = RLX_NO_MEMORY;

    rlx_session_get_timings(w->session, &before);
    if (plain != NULL && drafted != NULL)
        status = generate(b, w, RLX_DRAFT_NONE, plain, &w->one[repetition], error);
    if (status == RLX_OK)
        status = generate(b, w, RLX_DRAFT_LOOKUP, drafted, &w->rate[repetition], error);
    rlx_session_get_timings(w->session, &after);
    w->proposed += after.draft_proposed - before.draft_proposed;
    w->right += after.draft_accepted - before.draft_accepted;
    for (uint32_t i = 0; i < count && status == RLX_OK; i++) {
        if (plain[i] != drafted[i]) {
            snprintf(error->text, sizeof error->text,
                     "token %u is %d with a draft and %d without: please report this", i,
                     (int)drafted[i], (int)plain[i]);
            status = error->status = RLX_INTERNAL;
        }
    }
    free(plain);
    free(drafted);
    return status;
}

rlx_status bench_slice(struct bench *b, struct bench_work *w, uint32_t repetition, rlx_error *error)
{
    switch (w->kind) {
    case BENCH_PROMPT:
        return prompt_slice(b, w, repetition, error);
    case BENCH_DECODE:
        return decode_slice(b, w, repetition, error);
    case BENCH_BATCH:
        return batch_slice(b, w, repetition, error);
    case BENCH_BLOCK:
        return block_slice(b, w, repetition, error);
    case BENCH_DRAFT:
        break;
    }
    return draft_slice(b, w, repetition, error);
}
