/* The least that a model needs: bytes, operations, and with measured rates the time of both. The
 * limit of a prompt is the sum of reading the weights once, of its linear operations at the peak of
 * their type, and of attention (exactly the causal pairs) at the peak of bf16; the lm_head runs for
 * one row and is in the bytes alone.
 */
#include "tests/perf/harness.h"

#include <math.h>

/* The rings of a model have one window here: the longest. */
static void count_states(const rlx_model *model, struct needs *needs)
{
    for (uint32_t i = 0; i < rlx_model_state_count(model); i++) {
        rlx_state_info s = rlx_state_info_default();
        if (rlx_model_get_state(model, i, &s, NULL) != RLX_OK)
            continue;
        *(s.window != 0 ? &needs->ring_bytes : &needs->position_bytes) +=
            (double)s.bytes / (double)s.capacity;
        needs->window = fmax(needs->window, (double)s.window);
    }
}

struct needs needs_of(const rlx_model *model, const rlx_model_info *info, bool linear_in_bytes)
{
    json_error_t error;
    json_t *manifest = json_loads(info->manifest, 0, &error);
    double forward =
        json_number_value(json_object_get(json_object_get(manifest, "model"), "feed_forward"));
    double q = (double)info->heads * info->head_dim, kv = (double)info->kv_heads * info->head_dim;

    json_decref(manifest);
    struct needs needs = {
        .weight_bytes = (double)info->decode_bytes,
        .linear = 2.0 * info->layers * info->hidden * (2 * q + 2 * kv + 3 * forward),
        .attention = 4.0 * info->layers * q,
        .linear_in_bytes = linear_in_bytes,
    };
    count_states(model, &needs);
    return needs;
}

static double bytes_seconds(const struct needs *needs, const struct work *work, double read)
{
    double past = work->b + work->a / 2.0; /* in the middle of the slice */
    double kv = past * needs->position_bytes + fmin(past, needs->window) * needs->ring_bytes;

    return work->a * (needs->weight_bytes + kv) / read;
}

static double prefill_seconds(const struct needs *needs, const struct work *work, double read,
                              const struct round *round)
{
    double pairs = work->a * (work->a + 1.0) / 2;

    return needs->weight_bytes / read + needs->linear * work->a / round->linear_peak.rate +
           needs->attention * pairs / round->attention_peak.rate;
}

double needs_share(const struct needs *needs, const struct work *work, const struct round *round,
                   enum regime *regime)
{
    const struct sample *one[] = {&round->ours, &round->one};
    const struct sample *read[] = {&round->ours, &round->read[0], &round->read[1],
                                   &round->attention_peak, &round->linear_peak};
    double speed = (round->read[0].rate + round->read[1].rate) / 2;

    switch (work->yardstick) {
    case YARD_ONE:
        *regime = regime_shared(one, 2);
        return round->ours.rate / round->one.rate;
    case YARD_PLAIN:
        *regime = regime_shared(one, 2);
        return round->one.seconds / round->ours.seconds;
    case YARD_TOKEN:
        *regime = regime_shared(one, 2);
        return round->one.rate * work->a / round->ours.rate;
    case YARD_BYTES:
        *regime = regime_shared(read, 3);
        return bytes_seconds(needs, work, speed) / round->ours.seconds;
    case YARD_PREFILL:
        *regime = regime_shared(read, 5);
        return prefill_seconds(needs, work, speed, round) / round->ours.seconds;
    }
    *regime = REGIME_MIXED;
    return 0;
}
