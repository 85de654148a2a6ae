/* Penalties. In: a row of logits, and the history. Out: the row with the logits of tokens in the
 * window changed, and what they were. Each distinct token is changed once, whatever the order in
 * which tokens stand: repetition by Keskar et al., "CTRL", 2019, section 4.1, in the usual form for
 * both signs; then presence and frequency as the OpenAI API defines them.
 */
#include "runtime/sample/sample_parts.h"

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF /* as in sample.c */
#endif

static bool has_penalty(const rlx_sampling *s)
{
    return s->penalty_window != 0 &&
           (s->repetition_penalty != 1 || s->presence_penalty != 0 || s->frequency_penalty != 0);
}

/* The distinct tokens of the window, and in s->times how often each stands there. */
static uint32_t count_tokens(struct sampler *s, const int32_t *history, size_t tokens)
{
    const size_t window = s->settings.penalty_window;
    uint32_t distinct = 0;
    for (size_t i = tokens > window && window != UINT32_MAX ? tokens - window : 0; i < tokens;
         i++) {
        if (history[i] < 0 || (uint32_t)history[i] >= s->vocabulary)
            continue;
        if (s->times[history[i]]++ == 0)
            s->penalized[distinct++].id = history[i];
    }
    return distinct;
}

uint32_t penalize(struct sampler *s, float *row, const int32_t *history, size_t tokens)
{
    const rlx_sampling *settings = &s->settings;
    const float repetition = settings->repetition_penalty;
    if (!has_penalty(settings))
        return 0;
    uint32_t distinct = count_tokens(s, history, tokens);
    for (uint32_t i = 0; i < distinct; i++) {
        struct penalized *p = &s->penalized[i];
        float *logit = &row[p->id];
        p->before = *logit;
        *logit = *logit > 0 ? *logit / repetition : *logit * repetition;
        float less = (float)s->times[p->id] * settings->frequency_penalty;
        less += settings->presence_penalty;
        *logit -= less;
        s->times[p->id] = 0;
    }
    return distinct;
}
