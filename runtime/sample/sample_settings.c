/* The settings of a sampler: what a caller asks for, of whatever version, becomes what the sampler
 * can rely on. One table says what each option may be.
 */
#include "runtime/sample/sample.h"

#include "runtime/base/caller_struct.h"
#include "runtime/base/error.h"

#include <float.h>
#include <math.h>

static const struct range {
    const char *name;
    size_t offset;
    float min, max, off; /* off: what 0 stands for */
} ranges[] = {
    {"temperature", offsetof(rlx_sampling, temperature), 0, FLT_MAX, 0},
    {"top_p", offsetof(rlx_sampling, top_p), 0, 1, 1},
    {"min_p", offsetof(rlx_sampling, min_p), 0, 1, 0},
    {"repetition_penalty", offsetof(rlx_sampling, repetition_penalty), 0, FLT_MAX, 1},
    {"presence_penalty", offsetof(rlx_sampling, presence_penalty), -FLT_MAX, FLT_MAX, 0},
    {"frequency_penalty", offsetof(rlx_sampling, frequency_penalty), -FLT_MAX, FLT_MAX, 0},
};
enum { RANGES = sizeof ranges / sizeof ranges[0] };

static float *value_of(rlx_sampling *s, const struct range *range)
{
    return (float *)(void *)((char *)s + range->offset);
}

static rlx_status out_of_range(const struct range *range, float value, rlx_error *error)
{
    if (!isfinite(value))
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "sampling: %s: expected a finite number, found %g", range->name,
                        (double)value);
    if (range->max == FLT_MAX)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "sampling: %s: expected a number of at least %g, found %g", range->name,
                        (double)range->min, (double)value);
    return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                    "sampling: %s: expected a number from %g to %g, found %g", range->name,
                    (double)range->min, (double)range->max, (double)value);
}

rlx_status sampler_use(struct sampler *s, const rlx_sampling *settings, rlx_error *error)
{
    rlx_sampling r = rlx_sampling_default();
    rlx_status status = caller_struct_read(&caller_sampling, settings, &r, error);
    if (status != RLX_OK)
        return status;
    for (size_t i = 0; i < RANGES; i++) {
        float value = *value_of(&r, &ranges[i]);
        if (!isfinite(value) || value < ranges[i].min || value > ranges[i].max)
            return out_of_range(&ranges[i], value, error);
    }
    if (r.penalty_window == 0 && ((r.repetition_penalty != 0 && r.repetition_penalty != 1) ||
                                  r.presence_penalty != 0 || r.frequency_penalty != 0))
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "sampling: a penalty looks at penalty_window tokens, which is 0: set it to "
                        "64, or to UINT32_MAX for all");
    for (size_t i = 0; i < RANGES; i++)
        if (*value_of(&r, &ranges[i]) == 0)
            *value_of(&r, &ranges[i]) = ranges[i].off;
    s->settings = r;
    return RLX_OK;
}
