/* The default sampling of a model. In: the SAMPLING section of the artifact, with the publisher's
 * recommendation. Out: sampling, with our defaults for what the publisher leaves open. Contract:
 * rlx.h. */
#include "runtime/core/model.h"

#include "runtime/base/caller_struct.h"

_Static_assert((int)RLX_SAMPLING_TEMPERATURE == (int)RLX_GIVEN_TEMPERATURE &&
                   (int)RLX_SAMPLING_TOP_K == (int)RLX_GIVEN_TOP_K &&
                   (int)RLX_SAMPLING_TOP_P == (int)RLX_GIVEN_TOP_P &&
                   (int)RLX_SAMPLING_MIN_P == (int)RLX_GIVEN_MIN_P &&
                   (int)RLX_SAMPLING_REPETITION_PENALTY == (int)RLX_GIVEN_REPETITION_PENALTY &&
                   (int)RLX_SAMPLING_PENALTY_WINDOW == (int)RLX_GIVEN_PENALTY_WINDOW,
               "bits have the same meaning in files and in the library");

enum {
    DRAW = RLX_GIVEN_TEMPERATURE | RLX_GIVEN_TOP_K | RLX_GIVEN_TOP_P | RLX_GIVEN_MIN_P,
    KNOWN = DRAW | RLX_GIVEN_REPETITION_PENALTY | RLX_GIVEN_PENALTY_WINDOW
};

/* A publisher who names some of the four has tried them with the defaults of transformers and vLLM
 * for the others: off, and a temperature of 1. */
static void take_draw(rlx_sampling *s, const struct rlx_sampling_entry *e)
{
    s->temperature = e->given & RLX_GIVEN_TEMPERATURE ? e->temperature : 1;
    s->top_k = e->given & RLX_GIVEN_TOP_K ? e->top_k : 0;
    s->top_p = e->given & RLX_GIVEN_TOP_P ? e->top_p : 1;
    s->min_p = e->given & RLX_GIVEN_MIN_P ? e->min_p : 0;
}

rlx_sampling artifact_sampling(const struct artifact *a)
{
    rlx_sampling s = rlx_sampling_default();
    s.temperature = 0.7F;
    s.top_p = 0.95F;
    s.min_p = 0.05F;
    if (a->sampling.base == NULL)
        return s;
    const struct rlx_sampling_entry *e = table_at(&a->sampling, 0);
    s.from_model = e->given & KNOWN;
    if (e->given & DRAW)
        take_draw(&s, e);
    if (e->given & RLX_GIVEN_PENALTY_WINDOW)
        s.penalty_window = e->penalty_window;
    /* A penalty with an empty window has no effect, and a session would refuse it. */
    if (e->given & RLX_GIVEN_REPETITION_PENALTY && s.penalty_window != 0)
        s.repetition_penalty = e->repetition_penalty;
    return s;
}

rlx_status rlx_model_get_sampling(const rlx_model *model, rlx_sampling *sampling)
{
    if (model == NULL || sampling == NULL)
        return RLX_ERROR_BAD_ARGUMENT;
    rlx_sampling filled = artifact_sampling(&model->artifact);
    return caller_struct_write(&caller_sampling, &filled, sampling, NULL);
}
