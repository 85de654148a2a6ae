/* Makes the SAMPLING section. In: recommended values as numbers. Out: an entry of the format, with
 * -1 replaced by what it means. */
#include "compiler/pack/sampling.h"

const char *sampling_name(enum sampling_option which)
{
    static const char *const names[SAMPLING_COUNT] = {
        [SAMPLING_temperature] = "temperature",
        [SAMPLING_top_k] = "top_k",
        [SAMPLING_top_p] = "top_p",
        [SAMPLING_min_p] = "min_p",
        [SAMPLING_repetition_penalty] = "repetition_penalty",
        [SAMPLING_penalty_window] = "penalty_window",
    };

    return names[which];
}

bool sampling_entry(const struct recommended_sampling *s, struct rlx_sampling_entry *out)
{
    static const uint32_t bits[SAMPLING_COUNT] = {
        [SAMPLING_temperature] = RLX_GIVEN_TEMPERATURE,
        [SAMPLING_top_k] = RLX_GIVEN_TOP_K,
        [SAMPLING_top_p] = RLX_GIVEN_TOP_P,
        [SAMPLING_min_p] = RLX_GIVEN_MIN_P,
        [SAMPLING_repetition_penalty] = RLX_GIVEN_REPETITION_PENALTY,
        [SAMPLING_penalty_window] = RLX_GIVEN_PENALTY_WINDOW,
    };
    double top_k = s->value[SAMPLING_top_k], window = s->value[SAMPLING_penalty_window];

    *out = (struct rlx_sampling_entry){
        .temperature = (float)s->value[SAMPLING_temperature],
        .top_k = top_k < 0 ? 0 : (uint32_t)top_k,
        .top_p = (float)s->value[SAMPLING_top_p],
        .min_p = (float)s->value[SAMPLING_min_p],
        .repetition_penalty = (float)s->value[SAMPLING_repetition_penalty],
        .penalty_window = window < 0 ? UINT32_MAX : (uint32_t)window,
    };
    for (uint32_t i = 0; i < SAMPLING_COUNT; i++)
        out->given |= s->given[i] ? bits[i] : 0;
    return out->given != 0;
}
