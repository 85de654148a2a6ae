/* Slices of the works of `rlx bench`. In: a work. Out: its rate, and the rate of what it is
 * compared with; the two take turns inside the slice. */
#include "runtime/tool/command_bench.h"

/* Gives the session `depth` tokens in its KV cache, and at least one token of history. */
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

/* Steps of all sequences together take turns with steps of single ones. */
static rlx_status batch_slice(struct bench *b, struct bench_work *w, uint32_t repetition,
                              rlx_error *error)
{
    uint32_t steps = b->new_tokens / 2;
    double together = 0, alone = 0;
    int32_t ids[COMMAND_SEQUENCES];
    rlx_status status = RLX_OK;

    steps = steps == 0 ? 1 : steps;
    for (uint32_t i = 0; i < w->size && status == RLX_OK; i++) {
        status = fill(b, b->sequences[i], bench_depth(b, i), error);
        if (status == RLX_OK) /* so that the first step has a token to run, as all others do */
            status = rlx_session_append(b->sequences[i], b->ids, 1, error);
    }
    for (uint32_t n = 0; n < steps && status == RLX_OK; n++) {
        double start = command_seconds();
        status = rlx_sessions_step(b->sequences, w->size, ids, error);
        double middle = command_seconds();
        together += middle - start;
        if (status == RLX_OK)
            status = rlx_session_step(b->sequences[n % w->size], ids, error);
        alone += command_seconds() - middle;
    }
    w->rate[repetition] = w->size * (double)steps / together;
    w->one[repetition] = (double)steps / alone;
    return status;
}

static rlx_go ignore_row(void *context, size_t position, const float *row)
{
    (void)context;
    (void)position;
    (void)row;
    return RLX_GO_ON;
}

/* A short run and a single token take turns; both are discarded. */
static rlx_status short_run_slice(struct bench *b, struct bench_work *w, uint32_t repetition,
                                  rlx_error *error)
{
    rlx_session *session = w->session != NULL ? w->session : b->session;
    uint32_t runs = b->new_tokens / 2;
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

/* Generates a part of a text, after what the session has. */
static rlx_status generate(const struct bench *b, rlx_session *session, uint32_t draft,
                           int32_t *ids, uint32_t count, double *seconds, rlx_error *error)
{
    rlx_generate_options o = {.struct_bytes = sizeof o,
                              .max = count,
                              .ignore_end = true,
                              .ids = ids,
                              .draft = draft,
                              .draft_max = b->options->draft_tokens};
    rlx_end why;
    size_t made = 0;
    double start = command_seconds();
    rlx_status status = rlx_session_generate(session, &o, &made, &why, error);

    *seconds += command_seconds() - start;
    return status;
}

static rlx_status compare(const int32_t *plain, const int32_t *drafted, uint32_t count,
                          rlx_error *error)
{
    for (uint32_t i = 0; i < count; i++) {
        if (plain[i] == drafted[i])
            continue;
        snprintf(error->text, sizeof error->text,
                 "token %u of a part is %d with a draft but %d without; please report this", i,
                 (int)drafted[i], (int)plain[i]);
        return error->status = RLX_ERROR_INTERNAL;
    }
    return RLX_OK;
}

/* Computes the work's prompt in the session, all but the last token: generating runs that one, so
 * that every token made costs a run. */
static rlx_status begin_text(const struct bench_work *w, rlx_session *session, rlx_error *error)
{
    const int32_t *last = &w->ids[w->id_count - 1];
    rlx_status status = rlx_session_use_sampling(session, &w->sampling, error);

    if (status == RLX_OK && rlx_session_tokens(session) >= w->id_count)
        status = rlx_session_truncate(session, w->id_count - 1, error);
    else if (status == RLX_OK)
        status = rlx_session_prefill(session, w->ids, w->id_count - 1, error);
    return status == RLX_OK ? rlx_session_append(session, last, 1, error) : status;
}

/* Generates the same text without and with a draft, part by part in turns, and checks that it is
 * the same. */
static rlx_status draft_slice(struct bench *b, struct bench_work *w, uint32_t repetition,
                              rlx_error *error)
{
    enum { PART = 32 };
    uint32_t count = b->new_tokens;
    int32_t ids[2][PART];
    double seconds[2] = {0};
    rlx_session *const sessions[2] = {w->plain, w->session};
    rlx_timings before = {.struct_bytes = sizeof before}, after = before;
    rlx_status status = RLX_OK;

    rlx_session_get_timings(w->session, &before);
    for (uint32_t i = 0; i < 2 && status == RLX_OK; i++)
        status = begin_text(w, sessions[i], error);
    for (uint32_t done = 0; done < count && status == RLX_OK; done += PART) {
        uint32_t part = count - done < PART ? count - done : PART;
        for (uint32_t turn = 0; turn < 2 && status == RLX_OK; turn++) {
            uint32_t draft = (turn + done / PART + repetition) % 2; /* so that neither is always
                                                                       first */
            status = generate(b, sessions[draft], draft, ids[draft], part, &seconds[draft], error);
        }
        if (status == RLX_OK)
            status = compare(ids[0], ids[1], part, error);
    }
    w->one[repetition] = (double)count / seconds[RLX_DRAFT_NONE];
    w->rate[repetition] = (double)count / seconds[RLX_DRAFT_LOOKUP];
    rlx_session_get_timings(w->session, &after);
    w->proposed += after.draft_proposed - before.draft_proposed;
    w->right += after.draft_accepted - before.draft_accepted;
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
    case BENCH_SHORT_RUN:
        return short_run_slice(b, w, repetition, error);
    case BENCH_DRAFT:
        break;
    }
    return draft_slice(b, w, repetition, error);
}
