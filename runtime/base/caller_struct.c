/* The sizes of the structures of rlx.h, and copies between versions. Contract: caller_struct.h. A
 * version only adds fields at the end, after the padding of the previous version. */
#include "runtime/base/caller_struct.h"

#include "runtime/base/error.h"

#include <string.h>

const struct caller_struct caller_model_info = {"rlx_model_info",
                                                {160, 168, sizeof(rlx_model_info)}};
const struct caller_struct caller_variant_info = {"rlx_variant_info", {sizeof(rlx_variant_info)}};
const struct caller_struct caller_session_options = {"rlx_session_options",
                                                     {12, sizeof(rlx_session_options)}};
const struct caller_struct caller_sampling = {"rlx_sampling", {32, sizeof(rlx_sampling)}};
const struct caller_struct caller_generate_options = {"rlx_generate_options",
                                                      {40, 48, sizeof(rlx_generate_options)}};
const struct caller_struct caller_saved_info = {"rlx_saved_info", {sizeof(rlx_saved_info)}};
const struct caller_struct caller_timings = {"rlx_timings", {48, sizeof(rlx_timings)}};

/* A new size needs a new entry in the table above. */
_Static_assert(sizeof(rlx_model_info) == 176 && sizeof(rlx_variant_info) == 64 &&
                   sizeof(rlx_session_options) == 40 && sizeof(rlx_sampling) == 48 &&
                   sizeof(rlx_generate_options) == 88 && sizeof(rlx_saved_info) == 48 &&
                   sizeof(rlx_timings) == 72,
               "published sizes stay in the table");

static uint32_t our_bytes(const struct caller_struct *s)
{
    uint32_t last = 0;
    for (uint32_t i = 0; i < CALLER_STRUCT_VERSIONS && s->bytes[i] != 0; i++)
        last = s->bytes[i];
    return last;
}

/* The caller's struct_bytes; 0 and an error if this structure never had that size. */
static uint32_t known_bytes(const struct caller_struct *s, const void *caller, rlx_error *error)
{
    uint32_t bytes;
    memcpy(&bytes, caller, sizeof bytes);
    bool known = bytes > our_bytes(s) && bytes <= CALLER_STRUCT_MAX;
    for (uint32_t i = 0; i < CALLER_STRUCT_VERSIONS && !known; i++)
        known = bytes != 0 && bytes == s->bytes[i];
    if (known)
        return bytes;
    rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
             "%s: struct_bytes is %u, expected sizeof(%s), which is %u: start from %s_default()",
             s->name, bytes, s->name, our_bytes(s), s->name);
    return 0;
}

rlx_status caller_struct_read(const struct caller_struct *s, const void *from, void *to,
                              rlx_error *error)
{
    const uint8_t *caller = from;
    uint32_t ours = our_bytes(s), own = sizeof ours;
    if (from == NULL)
        return RLX_OK;
    uint32_t bytes = known_bytes(s, from, error);
    if (bytes == 0)
        return RLX_ERROR_BAD_ARGUMENT;
    for (uint32_t i = ours; i < bytes; i++)
        if (caller[i] != 0)
            return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                            "%s: struct_bytes is %u, and byte %u is set: this library (rlx %s) "
                            "knows only the first %u bytes",
                            s->name, bytes, i, rlx_version(), ours);
    memcpy((uint8_t *)to + own, caller + own, (bytes < ours ? bytes : ours) - own);
    return RLX_OK;
}

rlx_status caller_struct_write(const struct caller_struct *s, const void *from, void *to,
                               rlx_error *error)
{
    uint32_t bytes = known_bytes(s, to, error), ours = our_bytes(s), own = sizeof ours;
    if (bytes == 0)
        return RLX_ERROR_BAD_ARGUMENT;
    memcpy((uint8_t *)to + own, (const uint8_t *)from + own, (bytes < ours ? bytes : ours) - own);
    if (bytes > ours)
        memset((uint8_t *)to + ours, 0, bytes - ours);
    return RLX_OK;
}
