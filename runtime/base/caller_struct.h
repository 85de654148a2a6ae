/* Structures of rlx.h that callers pass, in the version of rlx.h that they were compiled with. Each
 * begins with a uint32_t struct_bytes, which says which fields the caller knows. In: the caller's
 * structure. Out: the library's, or the other way round. */
#ifndef RLX_RUNTIME_CALLER_STRUCT_H
#define RLX_RUNTIME_CALLER_STRUCT_H

#include "rlx/rlx.h"

enum {
    CALLER_STRUCT_VERSIONS = 4,
    CALLER_STRUCT_MAX = 4096 /* bytes; a larger size is garbage */
};

/* The sizes by version: the last one is the library's, then zeros follow. */
struct caller_struct {
    const char *name;
    uint32_t bytes[CALLER_STRUCT_VERSIONS];
};

extern const struct caller_struct caller_model_info, caller_variant_info, caller_entry_info,
    caller_io_info, caller_state_info, caller_sampling, caller_session_options,
    caller_generate_options, caller_timings, caller_saved_info, caller_expert_counts,
    caller_instance_options, caller_output;

/* Copies the fields that the caller knows to `to`, the library's structure, which holds the
 * defaults. A NULL `from` changes nothing. RLX_ERROR_BAD_ARGUMENT: the structure never had that
 * size, or fields that the library does not know are set. */
rlx_status caller_struct_read(const struct caller_struct *s, const void *from, void *to,
                              rlx_error *error);

/* Copies the fields of `from`, the library's structure, that the caller knows; fields that the
 * library does not know become zero. RLX_ERROR_BAD_ARGUMENT: the structure never had that size;
 * `to` does not change. */
rlx_status caller_struct_write(const struct caller_struct *s, const void *from, void *to,
                               rlx_error *error);

#endif
