/* The settings of a sampler: what a caller asks for, of whatever version, becomes what the sampler
 * can rely on. One table says what each option may be.
 */
#include "runtime/sample/sample.h"

#include "runtime/base/error.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* The structure as it was published first. */
enum { FIRST_VERSION_BYTES = offsetof(rlx_sampling, seed) + sizeof(uint64_t) };

static const struct range {
    const char *name;
    size_t offset;
    float least, most, off; /* off: what 0 stands for */
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

/* What the caller's version of the structure has, over the defaults. */
static rlx_sampling read_settings(const rlx_sampling *settings)
{
    rlx_sampling r = rlx_sampling_default();
    if (settings == NULL)
        return r;
    size_t bytes = settings->struct_bytes;
    bytes = bytes < FIRST_VERSION_BYTES ? FIRST_VERSION_BYTES : bytes;
    memcpy(&r, settings, bytes < sizeof r ? bytes : sizeof r);
    r.struct_bytes = sizeof r;
    return r;
}

void sampler_set(struct sampler *s, const rlx_sampling *settings)
{
    rlx_sampling r = read_settings(settings);
    for (size_t i = 0; i < RANGES; i++) {
        float *value = value_of(&r, &ranges[i]);
        if (!(*value >= ranges[i].least) || !isfinite(*value))
            *value = 0;
        if (*value > ranges[i].most)
            *value = ranges[i].most;
        if (*value == 0)
            *value = ranges[i].off;
    }
    s->settings = r;
}

void sampling_copy(const rlx_sampling *from, rlx_sampling *to)
{
    uint32_t bytes = to->struct_bytes;
    memcpy(to, from, bytes < sizeof *from ? bytes : sizeof *from);
    to->struct_bytes = bytes;
}

static rlx_status out_of_range(const struct range *range, float value, rlx_error *error)
{
    if (!isfinite(value))
        return rlx_fail(error, RLX_BAD_ARGUMENT, "sampling: %s: expected a finite number, found %g",
                        range->name, (double)value);
    if (range->most == FLT_MAX)
        return rlx_fail(error, RLX_BAD_ARGUMENT,
                        "sampling: %s: expected a number of at least %g, found %g", range->name,
                        (double)range->least, (double)value);
    return rlx_fail(error, RLX_BAD_ARGUMENT,
                    "sampling: %s: expected a number from %g to %g, found %g", range->name,
                    (double)range->least, (double)range->most, (double)value);
}

rlx_status sampler_use(struct sampler *s, const rlx_sampling *settings, rlx_error *error)
{
    if (settings != NULL && settings->struct_bytes < FIRST_VERSION_BYTES)
        return rlx_fail(error, RLX_BAD_ARGUMENT,
                        "sampling: struct_bytes is %u: set it to sizeof(rlx_sampling)",
                        settings->struct_bytes);
    rlx_sampling r = read_settings(settings);
    for (size_t i = 0; i < RANGES; i++) {
        float value = *value_of(&r, &ranges[i]);
        if (!isfinite(value) || value < ranges[i].least || value > ranges[i].most)
            return out_of_range(&ranges[i], value, error);
    }
    if (r.penalty_window == 0 && ((r.repetition_penalty != 0 && r.repetition_penalty != 1) ||
                                  r.presence_penalty != 0 || r.frequency_penalty != 0))
        return rlx_fail(error, RLX_BAD_ARGUMENT,
                        "sampling: a penalty looks at penalty_window tokens, which is 0: set it to "
                        "64, or to UINT32_MAX for all");
    sampler_set(s, &r);
    return RLX_OK;
}
