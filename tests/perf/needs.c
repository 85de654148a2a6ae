/* The least that a model needs: bytes, operations, and with measured rates the time of both. The
 * limit of a prompt is the sum of reading the weights once, of its linear operations at the peak of
 * their type, and of attention (exactly the causal pairs) at the peak of bf16; the lm_head runs for
 * one row and is in the bytes alone.
 */
#include "tests/perf/harness.h"

struct needs needs_of(const rlx_model_info *info, bool linear_in_bytes)
{
    json_error_t error;
    json_t *manifest = json_loads(info->manifest, 0, &error);
    double forward =
        json_number_value(json_object_get(json_object_get(manifest, "model"), "feed_forward"));
    double q = (double)info->heads * info->head_dim, kv = (double)info->kv_heads * info->head_dim;

    json_decref(manifest);
    return (struct needs){
        .weight_bytes = (double)info->decode_bytes,
        .position_bytes = (double)info->state_bytes / info->context,
        .linear = 2.0 * info->layers * info->hidden * (2 * q + 2 * kv + 3 * forward),
        .attention = 4.0 * info->layers * q,
        .linear_in_bytes = linear_in_bytes,
    };
}

static double bytes_seconds(const struct needs *needs, const struct work *work, double read)
{
    double past = work->b + work->a / 2.0; /* in the middle of the slice */

    return work->a * (needs->weight_bytes + past * needs->position_bytes) / read;
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
