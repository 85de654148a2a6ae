/* Instances: the layer below sessions, for models of any shape. Include <rlx/rlx.h>.
 *
 * An instance is a model's states and working memory. It runs any entry: the caller sets inputs by
 * name, runs, and reads the outputs that it wants. rlx_model_get_entry, rlx_model_get_io and
 * rlx_model_get_state say what a model has. One thread may use an instance at a time.
 *
 *     rlx_instance_set_input(instance, "encode", "mel", frames, bytes, &error);
 *     rlx_instance_run(instance, "encode", &error);
 *     rlx_instance_get_output(instance, "encode", "hidden", &hidden, &error);
 *
 * Sizes. Dimensions are numbers or symbols, and a run binds each symbol once. An input with one
 * open dimension binds that dimension's symbol by its length, "tokens" of `ROWS` ids for example.
 * rlx_instance_set_extent binds the rest. BATCH, ROWS and PAST_SEQ follow from
 * rlx_instance_set_segments where it is called; without it, a run is one sequence of ROWS rows
 * after the positions that the states hold. A symbol that nothing binds is an error of
 * rlx_instance_run, which names it; so are two inputs that disagree, and sizes above a variant's
 * bounds.
 *
 * States. A run is on trial: it reads the states as they were after the last rlx_instance_commit,
 * and what it writes counts only from the next commit on. A run without a commit is forgotten by
 * the next run. Cross states have one memory: a run that writes them loses what they held, and they
 * hold no rows until its commit. A session whose entry main reads them runs its history again after
 * that. */
#ifndef RLX_INSTANCE_H
#define RLX_INSTANCE_H

#include <rlx/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t struct_bytes;
    uint32_t threads;         /* 0: one for each processor that this process may use */
    rlx_instance *share_with; /* share the threads and working memory of this instance of the same
                                 model; only one thread may use all of them at a time. `threads` and
                                 `device` are then unused. NULL: an instance of its own */
    const char *device;       /* rlx/device.h; NULL: the first of "cpu" and "vulkan" that the model
                                 has code for */
} rlx_instance_options;
RLX_DEFAULT_IS_ZERO(rlx_instance_options)

/* `options` may be NULL: the defaults. The model stays open until the instance closes. */
RLX_API rlx_status rlx_instance_open(rlx_model *model, const rlx_instance_options *options,
                                     rlx_instance **out, rlx_error *error);
/* `instance` may be NULL. The instance of a session closes with the session: this refuses to close
 * it and does nothing. */
RLX_API void rlx_instance_close(rlx_instance *instance);

/* ---- inputs ---- */

/* Copies an input of an entry: `bytes` bytes of f32 or i32 elements, in the order of its dimensions
 * and without gaps. It stays until it is set again. RLX_ERROR_BAD_ARGUMENT if the entry has no such
 * input, or if `bytes` is not the size of whole rows, or more than the largest variant takes. The
 * inputs of the roles positions and out_rows need not be set. Positions then go on from the past,
 * and outputs with OUT_ROWS rows have all rows of the run. A run makes at most 16 such rows: a
 * longer one needs out_rows, i32 numbers of rows. Allocates memory where an input is larger than
 * before. */
RLX_API rlx_status rlx_instance_set_input(rlx_instance *instance, const char *entry,
                                          const char *name, const void *data, size_t bytes,
                                          rlx_error *error);
/* Binds a symbol that no input binds: the model's own ones, or PAST_SEQ, the positions of states of
 * class rows that the next run builds on. It stays until it is set again; PAST_SEQ until the next
 * commit or reset, which set it to what the states hold. */
RLX_API rlx_status rlx_instance_set_extent(rlx_instance *instance, const char *symbol,
                                           uint64_t value, rlx_error *error);
/* Cuts the ROWS of the next run into sequences that do not see each other: a ragged batch. Rows of
 * segment i follow those of segment i - 1. `past`: positions that the states hold for it; 0 where
 * there is more than one segment, because an instance has the states of one sequence. The segments
 * stay until set again; a count of 0 goes back to one sequence. */
typedef struct {
    uint32_t rows, past;
} rlx_segment_rows;
RLX_API rlx_status rlx_instance_set_segments(rlx_instance *instance,
                                             const rlx_segment_rows *segments, size_t count,
                                             rlx_error *error);

/* ---- runs ---- */

/* Runs an entry with the inputs set. RLX_ERROR_NO_VARIANT if no compiled variant takes these sizes;
 * the sentence names the size and the bound. Allocates no memory once each entry has run. */
RLX_API rlx_status rlx_instance_run(rlx_instance *instance, const char *entry, rlx_error *error);
/* Keeps what the last run wrote into states: rows, carried states, and the numbers of rows of cross
 * states. An error if there was no run since the last commit. */
RLX_API rlx_status rlx_instance_commit(rlx_instance *instance, rlx_error *error);

/* An output of the last run. Nothing is copied: the rows are in the instance and stay valid until
 * its next run, feed or close. */
typedef struct {
    uint32_t struct_bytes;
    const float *data; /* row r begins at data + r * stride */
    size_t rows, width;
    size_t stride; /* elements from one row to the next, at least `width` */
} rlx_output;
RLX_DEFAULT_IS_ZERO(rlx_output)
/* RLX_ERROR_BAD_ARGUMENT if the last run was of another entry, or the entry has no such output. */
RLX_API rlx_status rlx_instance_get_output(rlx_instance *instance, const char *entry,
                                           const char *name, rlx_output *output, rlx_error *error);
/* Writes an output of the last run to the rows of a state from row 0 on, and sets the number of
 * rows that the state holds. A row of both must have the same number of values. */
RLX_API rlx_status rlx_instance_feed(rlx_instance *instance, const char *entry, const char *output,
                                     const char *state, rlx_error *error);

/* ---- states: rows of heads * width f32 values, whatever their element ---- */

/* Rows that a state holds: of class rows or ring, one for each position so far; of carried states
 * all; of cross states what was written or set. */
RLX_API rlx_status rlx_instance_state_rows(const rlx_instance *instance, const char *state,
                                           size_t *rows, rlx_error *error);
/* Says how many rows of a cross state count, or goes back to an earlier number of positions, which
 * all states of class rows and ring share. RLX_ERROR_BAD_ARGUMENT if the states cannot go back to
 * it, or if the number is larger than the capacity. */
RLX_API rlx_status rlx_instance_set_state_rows(rlx_instance *instance, const char *state,
                                               size_t rows, rlx_error *error);
/* Rows first .. first + count - 1. The rows must be among those that the state holds. */
RLX_API rlx_status rlx_instance_read_state(const rlx_instance *instance, const char *state,
                                           size_t first, size_t count, float *rows,
                                           rlx_error *error);
/* Writes rows within the capacity. The number of rows that the state holds grows to first + count
 * where it was smaller. */
RLX_API rlx_status rlx_instance_bind_state(rlx_instance *instance, const char *state, size_t first,
                                           size_t count, const float *rows, rlx_error *error);
/* All states as after opening: no positions, carried states zero, cross states without rows. Inputs
 * and extents stay. */
RLX_API void rlx_instance_reset(rlx_instance *instance);

#ifdef __cplusplus
}
#endif

#endif
