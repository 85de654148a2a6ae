/* What each argument of a kernel is, as kernel_kinds.def says it: the scheduler, the verifier and
 * the evaluator read it here. */
#ifndef RLXC_ARGUMENTS_H
#define RLXC_ARGUMENTS_H

#include "compiler/lir/lir.h"

enum role {
    ROLE_index,        /* i32 [rows] */
    ROLE_segments,     /* struct rlx_segment [BATCH] */
    ROLE_row_segments, /* i32 [ROWS]: the segment of each row */
    ROLE_weight,       /* packed, in the kernel's layout */
    ROLE_vector,       /* f32 [width], padded to 16 */
    ROLE_columns,      /* i32 [width], padded to 16: numbers of columns */
    ROLE_matrix,       /* f32 [rows, width], `stride` elements apart */
    ROLE_body_matrix,  /* the same, of all rows of the body */
    ROLE_operand,      /* of a formula: a vector or a matrix; its stride tells them apart */
    ROLE_activation,   /* in the kernel's format */
    ROLE_table,        /* f32 [context, n_rot] */
    ROLE_keys,
    ROLE_values, /* state */
    ROLE_partials,
    ROLE_counters, /* work memory of attention */
    ROLE_chosen,   /* i32 [rows * width]: row after row */
    ROLE_order,    /* i32: what sort makes, as kernel_kinds.def says */
    ROLE_padded,   /* f32 [rows + 2 pad, width], row after row */
    ROLE_carried,  /* f32 [width]: what one sequence has of a carried state */
};

enum presence { PRESENCE_required, PRESENCE_forbidden, PRESENCE_optional };

struct argument_info { /* a row of the table */
    const char *name;
    enum role role;
    bool is_output;
    uint32_t max; /* a list: how many there may be; else 1 */
};
const struct argument_info *argument_info(const struct lir_kernel *k, uint32_t argument);
enum presence argument_presence(const struct lir_kernel *k, uint32_t argument);
uint64_t argument_width(const struct lir_kernel *k, uint32_t argument); /* elements per row */

/* The norms that a kernel makes of the rows that it stores, by argument, of which any may be absent. */
struct lir_after {
    uint32_t count; /* 0: none */
    uint32_t n, out;
    float epsilon;
    bool centered;
    struct {
        uint32_t weight, bias, residual, scale, normed;
    } norms[2];
};
struct lir_after lir_after(const struct lir_kernel *k);

/* i32 of the order of so many pairs: see sort. */
static inline uint64_t order_count(uint64_t experts, uint64_t pairs)
{
    return 2 * (experts + 1) + pairs;
}

struct argument {
    enum role role;
    uint64_t width; /* of vectors and matrices */
    uint64_t bytes; /* that the kernel may touch, without the lanes after a row */
};

/* A present argument of a step that runs this kernel, at the upper bounds of its program. A role of
 * operand or body_matrix becomes vector or matrix. */
struct argument lir_argument(const struct lir_program *p, const struct lir_step *s,
                             uint32_t argument);

/* How many rows an argument has for each row of the kernel: the slots of what has pairs. */
uint32_t argument_rows(const struct lir_kernel *k, uint32_t argument);

/* The buffer under an argument, after following its views; 0 is its own root. */
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
/* Whether two steps of one epoch may touch the same bytes, one of them writing. */
bool steps_race(const struct lir_program *p, const struct lir_step *earlier,
                const struct lir_step *later);
/* The launch that a kernel's kind and the step's values prescribe: tiles, tile_symbol, tile_unit.
 */
void kernel_tiles(const struct lir_kernel *k, struct lir_step *out);

/* First and last use of each root buffer, by epoch or (thread home) by step, as planning defines
 * them (memplan.c). Buffers without a reader and writer get first > last. */
struct live {
    uint32_t first, last;
};
void live_ranges(const struct lir_program *p, struct live *out);

#endif
