/* rlx as an engine of the harness (child.h has the protocol):
 *
 *     engine_rlx MODEL.rlx
 *
 * Requests: "decode THREADS TOKENS DEPTH", "prefill THREADS TOKENS 0", "block THREADS TOKENS
 * TIMES", "batch THREADS SEQUENCES STEPS", and "repeat" or "wild THREADS TOKENS DRAFT": the next
 * tokens of a text that repeats itself, or of one that is sampled so wildly that nothing repeats,
 * with DRAFT (1) or without (0). The first request makes what it needs (threads, a context filled
 * up to DEPTH), outside of the timed part, and keeps it.
 */
#include "compiler/machine/limits.h"

#include <rlx/rlx.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_THREADS = 65, MAX_SEQUENCES = 16, CONTEXT = 8192, TEXT_MAX = 512 };
enum { PIECE = 48, TIMES = 4 }; /* the prompt that repeats itself */

/* The sessions of one number of threads: all beside the first. */
struct bench {
    rlx_session *plain, *deep, *sequence[MAX_SEQUENCES];
    rlx_session *text[2][2]; /* wild or not, drafted or not */
};

static rlx_model *model;
static rlx_model_info info = {.struct_bytes = sizeof info};
static struct bench benches[MAX_THREADS];
static rlx_error error;

static int32_t token_at(size_t i)
{
    return (int32_t)((i * 7919u + 13) % info.vocabulary);
}

static rlx_status open_session(rlx_session **session, unsigned threads, rlx_session *beside)
{
    rlx_session_options options = {.struct_bytes = sizeof options,
                                   .threads = threads,
                                   .context = info.context < CONTEXT ? info.context : CONTEXT,
                                   .share_with = beside};

    return *session != NULL ? RLX_OK : rlx_session_open(model, &options, session, &error);
}

/* Fills the session's context with `count` tokens. */
static rlx_status fill(rlx_session *session, size_t count)
{
    const float *row;
    int32_t *ids = malloc((count + 1) * sizeof *ids);

    if (ids == NULL)
        abort();
    for (size_t i = 0; i < count; i++)
        ids[i] = token_at(i);
    rlx_status status = rlx_session_prefill_logits(session, ids, count, &row, &error);
    free(ids);
    return status;
}

static rlx_status decode(struct bench *bench, unsigned threads, unsigned count, unsigned depth,
                         double *seconds)
{
    rlx_session **session = depth > 1 ? &bench->deep : &bench->plain;
    size_t past = depth > 1 ? depth : 1;
    const float *row;
    rlx_status status = depth > 1 ? open_session(session, threads, bench->plain) : RLX_OK;

    if (status == RLX_OK && rlx_session_tokens(*session) >= past && depth > 1)
        status = rlx_session_truncate(*session, past, &error);
    else if (status == RLX_OK)
        status = fill(*session, past);
    double start = limits_seconds();
    for (unsigned i = 0; i < count && status == RLX_OK; i++)
        status = rlx_session_decode_logits(*session, token_at(i), &row, &error);
    *seconds = limits_seconds() - start;
    return status;
}

static rlx_status prefill(struct bench *bench, unsigned count, double *seconds)
{
    double start = limits_seconds();
    rlx_status status = fill(bench->plain, count);

    *seconds = limits_seconds() - start;
    return status;
}

static rlx_go ignore_row(void *context, size_t position, const float *row)
{
    (void)context, (void)position, (void)row;
    return RLX_GO_ON;
}

static rlx_status block(struct bench *bench, unsigned count, unsigned times, double *seconds)
{
    int32_t ids[MAX_SEQUENCES];
    rlx_status status = count <= MAX_SEQUENCES ? fill(bench->plain, 1) : RLX_ERROR_BAD_ARGUMENT;

    for (size_t i = 0; i < MAX_SEQUENCES; i++)
        ids[i] = token_at(i);
    double start = limits_seconds();
    for (unsigned i = 0; i < times && status == RLX_OK; i++)
        status = rlx_session_run_block(bench->plain, ids, count, ignore_row, NULL, &error);
    *seconds = limits_seconds() - start;
    return status;
}

static rlx_status batch(struct bench *bench, unsigned threads, unsigned count, unsigned steps,
                        double *seconds)
{
    int32_t ids[MAX_SEQUENCES];
    rlx_status status = count <= MAX_SEQUENCES ? RLX_OK : RLX_ERROR_BAD_ARGUMENT;

    for (unsigned i = 0; i < count && status == RLX_OK; i++) {
        status = open_session(&bench->sequence[i], threads, bench->plain);
        ids[i] = token_at(i);
        if (status == RLX_OK)
            rlx_session_reset(bench->sequence[i]);
        if (status == RLX_OK)
            status = rlx_session_append(bench->sequence[i], &ids[i], 1, &error);
    }
    if (status == RLX_OK) /* the first step includes work that no other step has */
        status = rlx_sessions_step(bench->sequence, count, ids, &error);
    double start = limits_seconds();
    for (unsigned i = 0; i < steps && status == RLX_OK; i++)
        status = rlx_sessions_step(bench->sequence, count, ids, &error);
    *seconds = limits_seconds() - start;
    return status;
}

/* Sets the sampling and computes the prompt, all but the last token, again whenever the text has
 * become long. */
static rlx_status begin_text(rlx_session *session, bool wild)
{
    rlx_sampling sampling = {.struct_bytes = sizeof sampling,
                             .temperature = wild ? 5.0F : 0,
                             .top_p = 1,
                             .repetition_penalty = 1,
                             .seed = 1};
    size_t count = wild ? PIECE : PIECE * TIMES, tokens = rlx_session_tokens(session);
    int32_t ids[PIECE * TIMES];
    rlx_status status;

    if (tokens >= count && tokens < TEXT_MAX)
        return RLX_OK;
    rlx_session_set_sampling(session, &sampling);
    for (size_t i = 0; i < count; i++)
        ids[i] = token_at(i % PIECE);
    if (tokens >= count)
        status = rlx_session_truncate(session, count - 1, &error);
    else
        status = rlx_session_prefill(session, ids, count - 1, &error);
    return status == RLX_OK ? rlx_session_append(session, &ids[count - 1], 1, &error) : status;
}

static rlx_status text(struct bench *bench, unsigned threads, bool wild, unsigned count,
                       unsigned draft, double *seconds)
{
    rlx_session **session = &bench->text[wild][draft != 0];
    rlx_generate_options options = {.struct_bytes = sizeof options,
                                    .max = count,
                                    .ignore_end = true,
                                    .draft = draft != 0 ? RLX_DRAFT_LOOKUP : RLX_DRAFT_NONE};
    rlx_end why;
    size_t made;
    rlx_status status = open_session(session, threads, bench->plain);

    if (status == RLX_OK)
        status = begin_text(*session, wild);
    double start = limits_seconds();
    if (status == RLX_OK)
        status = rlx_session_generate(*session, &options, &made, &why, &error);
    *seconds = limits_seconds() - start;
    return status;
}

static rlx_status answer(const char *work, unsigned threads, unsigned a, unsigned b,
                         double *seconds)
{
    struct bench *bench = &benches[threads];
    rlx_status status = open_session(&bench->plain, threads, NULL);

    if (status != RLX_OK)
        return status;
    if (strcmp(work, "decode") == 0)
        return decode(bench, threads, a, b, seconds);
    if (strcmp(work, "prefill") == 0)
        return prefill(bench, a, seconds);
    if (strcmp(work, "block") == 0)
        return block(bench, a, b, seconds);
    if (strcmp(work, "batch") == 0)
        return batch(bench, threads, a, b, seconds);
    if (strcmp(work, "repeat") == 0 || strcmp(work, "wild") == 0)
        return text(bench, threads, work[0] == 'w', a, b, seconds);
    snprintf(error.text, sizeof error.text, "no such work");
    return RLX_ERROR_BAD_ARGUMENT;
}

int main(int argc, char **argv)
{
    char line[256], work[32];
    unsigned threads, a, b;
    double seconds = 0;

    if (argc != 2) {
        fprintf(stderr, "usage: engine_rlx MODEL.rlx\n");
        return 2;
    }
    if (rlx_model_open(argv[1], &model, &error) != RLX_OK) {
        fprintf(stderr, "engine_rlx: %s\n", error.text);
        return 1;
    }
    rlx_model_get_info(model, &info);
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("ready\n");
    while (fgets(line, sizeof line, stdin) != NULL) {
        if (sscanf(line, "%31s %u %u %u", work, &threads, &a, &b) != 4 || threads == 0 ||
            threads >= MAX_THREADS)
            printf("cannot read this request\n");
        else if (answer(work, threads, a, b, &seconds) != RLX_OK)
            printf("cannot %s\n", error.text);
        else
            printf("seconds %.9f\n", seconds);
    }
    return 0;
}
