/* One run of a compiled variant: the way that every token, batch and entry takes. In: the parts of
 * the run, each the next rows of one sequence, and the sizes that the model's own symbols have.
 * Out: outputs on the device, and sequences that are longer, or on trial. */
#ifndef RLX_RUNTIME_RUN_H
#define RLX_RUNTIME_RUN_H

#include "runtime/core/sequence.h"

struct run_part {
    struct state_sequence *sequence;
    uint32_t rows;
    bool is_apart; /* the entry reads and writes no states of positions: it begins at position 0 */
    bool only_reads; /* it writes none */
};

struct run {
    struct device *device;
    const struct rlx_variant_entry *variant;
    struct device_segment *segments; /* the device's: until the next run begins */
    uint32_t count;
    int64_t dims[RLX_DIM_COUNT];
};

/* Fills the slots that follow from others. */
void model_derive_sizes(const rlx_model *model, int64_t dims[RLX_DIM_COUNT]);

/* Sets the symbols that count the rows of cross states as the sequence holds them, where they are
 * open. */
void run_set_cross_rows(int64_t *dims, const struct state_sequence *sequence);

/* The first input or output with this name, or with this role, of the entry's variants; RLX_NO_SLOT
 * if there is none. Counts from the variant's first_io. */
uint32_t run_find_role(const rlx_model *model, const struct rlx_variant_entry *variant,
                       enum rlx_role role);
static inline const struct rlx_io *run_io(const rlx_model *m, const struct rlx_variant_entry *v,
                                          uint32_t index)
{
    return table_at(&m->artifact.io, v->first_io + index);
}

/* Prepares a run of parts, at most the variant's batch, on the device of their sequences.
 * `sizes`: of the model's own symbols, by slot; the others are not read. NULL: there are none. */
void run_begin(struct run *run, const struct rlx_variant_entry *variant,
               const struct run_part *parts, uint32_t count, const int64_t *sizes);
/* Runs the steps of the variant before lm_head_step. False: `stop`, which may be NULL, ended it. */
bool run_body(const struct run *run, const struct device_stop *stop);
/* The steps from `first` on, 0 or lm_head_step, for `count` of the rows: `out_rows` is their input.
 */
bool run_rows(struct run *run, uint32_t first, uint32_t count, const struct device_stop *stop);
/* The run is over: every sequence is longer. */
void run_advance(struct run *run, const struct run_part *parts);

#endif
