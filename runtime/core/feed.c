/* Runs tokens: cuts them into runs that compiled variants serve, fills the inputs, runs the body
 * once, and the lm_head once per slice of wanted rows. In: the session's history from `past` on.
 * Out: states that are longer by these rows, or on trial, and logits. */
#include "runtime/core/session.h"

#include "runtime/base/error.h"

#include <time.h>

/* The best variant of a class (short runs: decode; longer runs: prefill): the one whose range
 * includes `rows`, else the smallest that is large enough, else the largest. */
static const struct rlx_variant_entry *find_variant(const rlx_session *s, size_t rows, bool decode,
                                                    bool *exact)
{
    const struct device *d = s->instance.device;
    const struct rlx_variant_entry *larger = NULL, *largest = NULL;
    for (uint32_t i = 0; i < d->level->variant_count; i++) {
        const struct rlx_variant_entry *v = device_variant(d, i);
        if (v->entry != s->main.entry || v->batch != 1 || v->phase == RLX_PHASE_ENCODER ||
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

bool session_choose(const rlx_session *s, size_t count, struct choice *out)
{
    const uint32_t ring = s->instance.sequence.rules.run_rows;
    const bool is_cut = count > ring;
    if (is_cut)
        count = ring;
    bool decode = count <= s->instance.model->artifact.info->short_run_max;
    out->variant = find_variant(s, count, decode, &out->exact);
    if (out->variant == NULL)
        out->variant = find_variant(s, count, !decode, &out->exact);
    if (out->variant == NULL)
        return false;
    uint32_t max = out->variant->last_rows;
    out->rows = count < max ? (uint32_t)count : max;
    out->exact &= !is_cut;
    return true;
}

void session_short_run_rows(const rlx_session *s, struct speculation *sp)
{
    struct choice c;
    uint32_t rows = 1;
    for (; rows <= SPECULATION_ROWS && rows <= s->instance.model->artifact.info->short_run_max;
         rows++) {
        if (!session_choose(s, rows, &c) || c.rows != rows ||
            c.variant->phase != RLX_PHASE_DECODE || c.variant->lm_head_rows < rows)
            break;
        uint32_t last = c.variant->last_rows;
        sp->served[rows] = (uint8_t)(last < SPECULATION_ROWS ? last : SPECULATION_ROWS);
    }
    sp->max_rows = rows - 1;
}

uint32_t session_logits_stride(const rlx_session *s, const struct rlx_variant_entry *v)
{
    return run_io(s->instance.model, v, s->main.logits)->stride;
}

float *session_run_lm_head(rlx_session *s, struct run *run, uint32_t from, uint32_t first,
                           uint32_t count, const struct device_stop *stop)
{
    const rlx_model *m = s->instance.model;
    struct device *d = run->device;
    int32_t *out_rows = d->ops->input(d, run_io(m, run->variant, s->main.out_rows));
    for (uint32_t i = 0; i < count; i++)
        out_rows[i] = (int32_t)(first + i);
    if (!run_rows(run, from, count, stop))
        return NULL;
    return d->ops->output(d, run_io(m, run->variant, s->main.logits));
}

/* What one run of a feed does with the sequence once its states are complete. */
static void end_run(rlx_session *s, const struct feed *f, struct run *run,
                    const struct run_part *part)
{
    if (f->is_trial)
        sequence_try(&s->instance.sequence, &run->segments[0], run->variant, run->dims);
    else
        run_advance(run, part);
}

static void give_logits(struct feed *f, float *rows, size_t first, size_t count, uint32_t stride)
{
    f->logits = (struct kept_logits){rows, first, count, stride};
}

/* All rows, lm_head_rows at a time. The states are complete after the first of these passes. */
static bool run_all_rows(rlx_session *s, struct run *run, struct feed *f,
                         const struct run_part *part, const struct device_stop *stop)
{
    const struct rlx_variant_entry *v = run->variant;
    const uint32_t stride = session_logits_stride(s, v);
    const size_t past = run->segments[0].past;
    bool goes_on = true;
    uint32_t from = 0;
    for (uint32_t first = 0; first < part->rows && goes_on; first += v->lm_head_rows) {
        uint32_t left = part->rows - first;
        uint32_t count = left < v->lm_head_rows ? left : v->lm_head_rows;
        float *logits = session_run_lm_head(s, run, from, first, count, stop);
        if (logits == NULL && from == 0)
            return false;
        goes_on = logits != NULL;
        from = v->lm_head_step;
        for (uint32_t i = 0; i < count && goes_on; i++) {
            const float *row = logits + (size_t)i * stride;
            goes_on = f->on_row(f->context, past + first + i, row) == RLX_GO_ON;
        }
        if (logits != NULL)
            give_logits(f, logits, past + first + 1, count, stride);
    }
    end_run(s, f, run, part);
    return goes_on;
}

static void fill_tokens(const rlx_session *s, const struct run *run)
{
    const rlx_model *m = s->instance.model;
    struct device *d = run->device;
    const uint32_t past = run->segments[0].past, rows = run->segments[0].rows;
    int32_t *tokens = d->ops->input(d, run_io(m, run->variant, s->main.tokens));
    for (uint32_t i = 0; i < rows; i++)
        tokens[i] = s->history[past + i];
    if (s->main.positions == RLX_NO_SLOT)
        return;
    int32_t *positions = d->ops->input(d, run_io(m, run->variant, s->main.positions));
    for (uint32_t i = 0; i < rows; i++)
        positions[i] = (int32_t)(past + i);
}

/* One run. `last`: it includes the last token. False: on_row or `stop` ended it. */
static bool run_variant(rlx_session *s, struct run *run, struct feed *f,
                        const struct run_part *part, bool last, const struct device_stop *stop)
{
    const uint32_t stride = session_logits_stride(s, run->variant);
    const size_t past = run->segments[0].past;
    float *rows = NULL;
    bool whole;
    fill_tokens(s, run);
    if (f->rows == FEED_ALL)
        return run_all_rows(s, run, f, part, stop);
    if (f->rows == FEED_LAST && last) {
        whole = (rows = session_run_lm_head(s, run, 0, part->rows - 1, 1, stop)) != NULL;
        give_logits(f, rows, past + part->rows, 1, stride);
    } else if (f->rows == FEED_SHORT_RUN) {
        whole = (rows = session_run_lm_head(s, run, 0, 0, part->rows, stop)) != NULL;
        give_logits(f, rows, past + 1, part->rows, stride);
    } else {
        whole = run_body(run, stop);
    }
    if (whole)
        end_run(s, f, run, part);
    return whole;
}

double session_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* The next run of a feed; `done` counts its tokens. `goes_on`: neither on_row nor the caller ended
 * the feed. */
static rlx_status feed_run(rlx_session *s, struct feed *f, size_t *done,
                           const struct device_stop *stop, bool *goes_on, rlx_error *error)
{
    const rlx_model *m = s->instance.model;
    int64_t sizes[RLX_DIM_COUNT] = {0};
    struct choice c;
    struct run run;
    rlx_status status = RLX_OK;
    size_t rows = f->count - *done;
    if (f->run_rows != 0 && rows > f->run_rows)
        rows = f->run_rows;
    if (!session_choose(s, rows, &c))
        return rlx_fail(error, RLX_ERROR_NO_VARIANT,
                        "no compiled variant of level %s runs %zu new tokens of one sequence",
                        artifact_string(&m->artifact, s->instance.device->level->name), rows);
    s->timings.larger_variant_runs += !c.exact;
    const struct run_part part = {.sequence = &s->instance.sequence, .rows = c.rows};
    if (s->main.has_data)
        status = instance_sizes(&s->instance, s->main.entry, sizes, error);
    if (status != RLX_OK)
        return status;
    run_begin(&run, c.variant, &part, 1, sizes);
    if (s->main.has_data)
        status = instance_write_inputs(&s->instance, s->main.entry, c.variant, run.dims, error);
    if (status != RLX_OK)
        return status;
    *done += c.rows;
    *goes_on = run_variant(s, &run, f, &part, *done == f->count, stop) &&
               (*done == f->count || !session_stops(s));
    return RLX_OK;
}

/* Cross states must hold something, because attention over nothing is not a number. */
static rlx_status need_cross_rows(const rlx_session *s, rlx_error *error)
{
    const struct state_sequence *q = &s->instance.sequence;
    const struct artifact *a = &s->instance.model->artifact;
    const struct entry_effects *e = &s->instance.entries[s->main.entry];
    if ((e->reads >> RLX_CLASS_CROSS & 1) == 0)
        return RLX_OK;
    for (uint32_t i = 0; i < a->states.count; i++) {
        const struct rlx_state_entry *state = table_at(&a->states, i);
        if (state->class_ == RLX_CLASS_CROSS && q->cross_rows[state->rows_slot] == 0)
            return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                            "state '%s' holds no rows yet: run the entry that fills it on "
                            "rlx_session_instance and commit",
                            artifact_string(a, state->name));
    }
    return RLX_OK;
}

static void keep_logits(rlx_session *s, const struct feed *f, bool ends_prompt)
{
    if (f->logits.rows != NULL)
        s->kept = f->logits;
    if (ends_prompt)
        session_checkpoint(s);
}

rlx_status session_feed(rlx_session *s, struct feed *f, rlx_error *error)
{
    struct state_sequence *q = &s->instance.sequence;
    double start = session_seconds();
    rlx_status status = need_cross_rows(s, error);
    if (status != RLX_OK)
        return status;
    sequence_settle(q);
    /* A single token after others counts as generation, with or without proposals after it;
     * everything else counts as a prompt. */
    bool generates = f->rows == FEED_SHORT_RUN || (f->count == 1 && q->past != 0);
    const struct device_stop *stop = generates ? NULL : &s->stop;
    size_t done = 0, before = q->past;
    bool goes_on = true;
    session_claim_output(s->instance.device, s);
    session_changed(s);
    while (status == RLX_OK && done < f->count && goes_on)
        status = feed_run(s, f, &done, stop, &goes_on, error);
    if (status == RLX_OK)
        status = device_check(s->instance.device, error);
    if (status != RLX_OK)
        return status;
    f->seconds = session_seconds() - start;
    if (generates) {
        s->timings.generated_tokens++;
        s->timings.generate_seconds += f->seconds;
    } else {
        s->timings.prompt_tokens += sequence_end(q) - before;
        s->timings.prompt_seconds += f->seconds;
    }
    if (!f->is_trial)
        keep_logits(s, f, !generates && goes_on && f->count != 0);
    if (!goes_on)
        return rlx_fail(error, RLX_ERROR_STOPPED, "stopped by the caller");
    return RLX_OK;
}
