/* The sizes of the structures of rlx.h, and copies between versions. Contract: caller_struct.h. A
 * version only adds fields at the end, after the padding of the previous version. */
#include "runtime/base/caller_struct.h"

#include "runtime/base/error.h"

#include <string.h>

/* One line per structure: its name in rlx.h without the prefix, then its size in each version,
 * oldest first. A new size needs a new column; published sizes stay. */
#define STRUCTURES(ROW)       \
    ROW(model_info, 168)      \
    ROW(variant_info, 72)     \
    ROW(entry_info, 24)       \
    ROW(io_info, 240)         \
    ROW(state_info, 72, 80)   \
    ROW(sampling, 48)         \
    ROW(session_options, 32)  \
    ROW(generate_options, 72) \
    ROW(timings, 72)          \
    ROW(saved_info, 48)       \
    ROW(expert_counts, 64)    \
    ROW(instance_options, 24) \
    ROW(output, 40)

#define DEFINE(name, ...) const struct caller_struct caller_##name = {"rlx_" #name, {__VA_ARGS__}};
#define IS_LISTED(name, ...) \
    _Static_assert(sizeof(rlx_##name) == LAST(__VA_ARGS__, 0, 0, 0, 0), "rlx_" #name);
#define LAST(a, b, c, d, ...) ((d) != 0 ? (d) : (c) != 0 ? (c) : (b) != 0 ? (b) : (a))
STRUCTURES(DEFINE)
STRUCTURES(IS_LISTED)

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
