/* What each argument of a kernel is, as kernel_kinds.def says it: the scheduler, the verifier and
 * the evaluator read it here. */
#ifndef RLXC_ARGUMENTS_H
#define RLXC_ARGUMENTS_H

#include "compiler/lir/lir.h"

enum role {
    ROLE_index,      /* i32 [rows] */
    ROLE_row_states, /* i64 [rows] */
    ROLE_weight,     /* packed, in the kernel's layout */
    ROLE_vector,     /* f32 [width], padded to 16 */
    ROLE_matrix,     /* f32 [rows, width], `stride` elements apart */
    ROLE_activation, /* in the kernel's format */
    ROLE_table,      /* f32 [context, n_rot] */
    ROLE_keys,
    ROLE_values, /* state */
    ROLE_work,   /* partials and arrivals of attention */
    ROLE_any,    /* not used: any address */
};

struct argument {
    enum role role;
    uint64_t width; /* of vectors and matrices */
    uint64_t rows;  /* that exist at the upper bounds */
    uint64_t bytes; /* that the kernel may touch, without the lanes after a row */
};

/* Argument i (inputs, then outputs) of a step that runs this kernel, at the upper bounds of its
 * program. */
struct argument lir_argument(const struct lir_program *p, const struct lir_step *s, uint32_t i);

static inline uint32_t kernel_arguments(const struct lir_kernel *k)
{
    return (uint32_t)k->input_count + k->output_count;
}

/* The buffer under an argument, after following its views. */
static inline buf_id root_of(const struct lir_program *p, buf_id b)
{
    return p->buffers[b].is_view ? p->buffers[b].inside : b;
}

static inline const struct lir_kernel *step_kernel(const struct lir_program *p,
                                                   const struct lir_step *s)
{
    return &p->kernels->all[s->kernel];
}

/* What `later` reads of `earlier` was written by the same thread: both cut their work into the same
 * tiles (schedule.c). */
bool same_tiles(const struct lir_program *p, const struct lir_step *earlier,
                const struct lir_step *later);
/* The launch that a kernel's kind and the step's values prescribe: tiles, tile_symbol, tile_unit. */
void kernel_tiles(const struct lir_kernel *k, struct lir_step *out);

/* First and last use of each root buffer, by epoch or (thread home) by step, as planning defines
 * them (memplan.c). Buffers without a reader and writer get first > last. */
struct live {
    uint32_t first, last;
};
void live_ranges(const struct lir_program *p, struct live *out);

#endif
