/* Runs tokens: cuts them into runs that compiled variants serve, fills the inputs, runs the body
 * once, and the lm_head once per slice of wanted rows. In: the session's history from `past` on.
 * Out: a KV cache that is longer by these rows, and logits. */
#include "runtime/core/session.h"

#include "runtime/base/error.h"

#include <time.h>

/* The best variant of a class (short runs: decode; longer runs: prefill): the one whose range
 * includes `rows`, else the smallest that is large enough, else the largest. */
static const struct rlx_variant_entry *find_variant(const rlx_model *m, size_t rows, bool decode,
                                                    bool *exact)
{
    const struct rlx_variant_entry *larger = NULL, *largest = NULL;
    for (uint32_t i = 0; i < m->level->variant_count; i++) {
        const struct rlx_variant_entry *v = model_variant(m, i);
        if (v->entry != m->main.index || v->batch != 1 || v->phase == RLX_PHASE_ENCODER ||
            (v->phase == RLX_PHASE_DECODE) != decode)
            continue;
        if (v->first_rows <= rows && rows <= v->last_rows) {
            *exact = true;
            return v;
        }
        if (rows < v->first_rows && (larger == NULL || v->last_rows < larger->last_rows))
            larger = v;
        if (largest == NULL || v->last_rows > largest->last_rows)
            largest = v;
    }
    *exact = false;
    return larger ? larger : largest;
}

bool session_choose(const rlx_model *m, size_t count, struct choice *out)
{
    bool decode = count <= m->artifact.info->short_run_max;
    out->variant = find_variant(m, count, decode, &out->exact);
    if (out->variant == NULL)
        out->variant = find_variant(m, count, !decode, &out->exact);
    if (out->variant == NULL)
        return false;
    uint32_t max = out->variant->last_rows;
    out->rows = count < max ? (uint32_t)count : max;
    return true;
}

void session_short_run_rows(const rlx_model *m, struct speculation *sp)
{
    struct choice c;
    uint32_t rows = 1;
    for (; rows <= SPECULATION_ROWS && rows <= m->artifact.info->short_run_max; rows++) {
        if (!session_choose(m, rows, &c) || c.rows != rows ||
            c.variant->phase != RLX_PHASE_DECODE || c.variant->lm_head_rows < rows)
            break;
        uint32_t last = c.variant->last_rows;
        sp->served[rows] = (uint8_t)(last < SPECULATION_ROWS ? last : SPECULATION_ROWS);
    }
    sp->max_rows = rows - 1;
}

float *session_run_lm_head(rlx_session *s, const struct rlx_variant_entry *v, uint32_t from,
                           uint32_t first, uint32_t count, int64_t *dims,
                           const struct device_stop *stop)
{
    int32_t *out_rows = (int32_t *)(s->device->cpu.home[RLX_HOME_INPUT] +
                                    model_place(s->model, v, RLX_ROLE_OUT_ROWS));
    for (uint32_t i = 0; i < count; i++)
        out_rows[i] = (int32_t)(first + i);
    dims[RLX_DIM_OUT_ROWS] = count;
    if (!device_cpu_run(&s->device->cpu, s->state, v, from, v->step_count, dims, stop))
        return NULL;
    return (float *)(s->device->cpu.home[RLX_HOME_OUTPUT] +
                     model_place(s->model, v, RLX_ROLE_LOGITS));
}

/* All rows, lm_head_rows at a time. */
static bool run_all_rows(rlx_session *s, const struct choice *c, const struct feed *f,
                         int64_t *dims, const struct device_stop *stop)
{
    const struct rlx_variant_entry *v = c->variant;
    uint32_t from = 0;
    for (uint32_t first = 0; first < c->rows; first += v->lm_head_rows) {
        uint32_t count = c->rows - first < v->lm_head_rows ? c->rows - first : v->lm_head_rows;
        const float *logits = session_run_lm_head(s, v, from, first, count, dims, stop);
        if (logits == NULL) {
            s->past += from == 0 ? 0 : c->rows;
            return false;
        }
        from = v->lm_head_step;
        for (uint32_t i = 0; i < count; i++) {
            const float *row = logits + (size_t)i * s->model->main.logits_stride;
            if (f->on_row(f->context, s->past + first + i, row) != RLX_GO_ON) {
                s->past += c->rows;
                return false;
            }
        }
    }
    s->past += c->rows;
    return true;
}

/* One run. `last`: it includes the last token. False: on_row or `stop` ended it. */
static bool run_variant(rlx_session *s, const struct choice *c, struct feed *f, bool last,
                        const struct device_stop *stop)
{
    const struct rlx_variant_entry *v = c->variant;
    uint8_t *input = s->device->cpu.home[RLX_HOME_INPUT];
    int32_t *tokens = (int32_t *)(input + model_place(s->model, v, RLX_ROLE_TOKENS));
    uint64_t place = model_place(s->model, v, RLX_ROLE_POSITIONS);
    int32_t *positions = place == RLX_ABSENT ? NULL : (int32_t *)(input + place);
    int64_t dims[RLX_DIM_COUNT] = {[RLX_DIM_BATCH] = 1,
                                   [RLX_DIM_SEQ] = c->rows,
                                   [RLX_DIM_ROWS] = c->rows,
                                   [RLX_DIM_PAST_SEQ] = (int64_t)s->past,
                                   [RLX_DIM_KEYS] = (int64_t)s->past + c->rows};
    if (v->segments != RLX_ABSENT)
        *(struct rlx_segment *)(input + v->segments) =
            (struct rlx_segment){.rows = c->rows, .past = (uint32_t)s->past};
    for (uint32_t i = 0; i < c->rows; i++) {
        tokens[i] = s->history[s->past + i];
        if (positions != NULL)
            positions[i] = (int32_t)(s->past + i);
    }
    if (f->rows == FEED_ALL)
        return run_all_rows(s, c, f, dims, stop);
    bool whole;
    if (f->rows == FEED_LAST && last)
        whole = (f->logits = session_run_lm_head(s, v, 0, c->rows - 1, 1, dims, stop)) != NULL;
    else if (f->rows == FEED_SHORT_RUN)
        whole = (f->logits = session_run_lm_head(s, v, 0, 0, c->rows, dims, stop)) != NULL;
    else
        whole = device_cpu_run(&s->device->cpu, s->state, v, 0, v->lm_head_step, dims, stop);
    s->past += whole ? c->rows : 0;
    return whole;
}

double session_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

rlx_status session_feed(rlx_session *s, struct feed *f, rlx_error *error)
{
    double start = session_seconds();
    /* A single token after others counts as generation, with or without proposals after it;
     * everything else counts as a prompt. */
    bool generates = f->rows == FEED_SHORT_RUN || (f->count == 1 && s->past != 0);
    const struct device_stop *stop = generates ? NULL : &s->stop;
    size_t done = 0, before = s->past;
    bool go_on = true;
    session_changed(s);
    while (done < f->count && go_on) {
        struct choice c;
        size_t rows = f->count - done;
        if (f->run_rows != 0 && rows > f->run_rows)
            rows = f->run_rows;
        if (!session_choose(s->model, rows, &c))
            return rlx_fail(error, RLX_ERROR_NO_VARIANT,
                            "no compiled variant of level %s runs %zu new tokens of one sequence",
                            artifact_string(&s->model->artifact, s->model->level->name), rows);
        if (!c.exact)
            s->timings.larger_variant_runs++;
        done += c.rows;
        go_on = run_variant(s, &c, f, done == f->count, stop) &&
                (done == f->count || !session_stops(s));
    }
    f->seconds = session_seconds() - start;
    if (generates) {
        s->timings.generated_tokens++;
        s->timings.generate_seconds += f->seconds;
    } else {
        s->timings.prompt_tokens += s->past - before;
        s->timings.prompt_seconds += f->seconds;
    }
    if (!go_on)
        return rlx_fail(error, RLX_ERROR_STOPPED, "stopped by the caller");
    return RLX_OK;
}
