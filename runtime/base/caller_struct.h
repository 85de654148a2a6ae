/* Structures of rlx.h that callers hand over, of whichever version of it they were compiled with.
 * Each begins with a uint32_t struct_bytes, which says which fields the caller knows. In: the
 * caller's structure. Out: ours, or the other way round.
 */
#ifndef RLX_RUNTIME_CALLER_STRUCT_H
#define RLX_RUNTIME_CALLER_STRUCT_H

#include "rlx/rlx.h"

enum { CALLER_STRUCT_VERSIONS = 4, CALLER_STRUCT_MOST = 4096 /* bytes: a longer one is garbage */ };

/* Its sizes, version by version: the last one is ours, zeros stand behind it. */
struct caller_struct {
    const char *name;
    uint32_t bytes[CALLER_STRUCT_VERSIONS];
};

extern const struct caller_struct caller_model_info, caller_variant_info, caller_session_options,
    caller_sampling, caller_generate_options, caller_saved_info, caller_timings;

/* Takes the fields that the caller knows over those of `to`, which is ours and has the defaults. A
 * NULL `from` changes nothing. RLX_BAD_ARGUMENT: struct_bytes is no size that the structure ever
 * had, or fields behind ours are set. */
rlx_status caller_struct_read(const struct caller_struct *s, const void *from, void *to,
                              rlx_error *error);

/* Gives the caller the fields of `from`, which is ours, that it knows; those that we do not know
 * become zero. RLX_BAD_ARGUMENT: struct_bytes is no size that the structure ever had; `to` stays.
 * */
rlx_status caller_struct_write(const struct caller_struct *s, const void *from, void *to,
                               rlx_error *error);

#endif
