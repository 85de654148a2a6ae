/* Shared by kernels over heads of queries, keys and values (k_kv_write.c, k_append.c, k_rope.c,
 * k_attention.c) and over segments (k_scan.c, k_conv.c): text that several of them print. Private to
 * the C target.
 */
#ifndef RLX_TARGETS_C_HEADS_H
#define RLX_TARGETS_C_HEADS_H

#include "targets/c/c.h"

/* A line of a body's code. */
#define c_line(body, ...) c_code_line((body)->code, __VA_ARGS__)

/* ---- the segment of row r, and where a position stands ---- */

/* "const struct rlx_segment *const segment = ...;"; nothing where `used` is false: then the
 * parameters are only named. */
void c_segment(struct c_body *b, uint32_t depth, const struct lir_kernel *k, uint32_t row_segments,
               bool used);
/* Of a kernel that takes segments one after the other: the loop over them, or for the only one
 * nothing, and `segment`. Returns the depth of what follows; `several` needs a brace in the end. */
uint32_t c_segments_loop(struct c_body *b, bool several);
/* Row r counted from the first of its segment: "r - segment->first_row", or "r". */
const char *c_row_in_segment(const struct lir_kernel *k, uint32_t row_segments);

/* ---- states ---- */

uint32_t c_positions(const struct head_shape *s);     /* that a state has room for */
const char *c_state_type(const struct head_shape *s); /* of an element: "uint16_t" */
/* The name of the address of a state of this row: "key_state", which it declares, or "keys". */
const char *c_state_base(struct c_body *b, uint32_t depth, const struct head_shape *s,
                         bool is_value, bool is_read);
uint64_t c_state_scales(const struct head_shape *s, bool is_value); /* q8_0: where scales begin */
/* Stores array `from`, a head, at `place` of head h of a state. */
void c_store_head(struct c_body *b, uint32_t depth, const struct head_shape *s, bool is_value,
                  const char *from);
/* Sentences: how a state is laid out, and which position stands where. */
void c_state_comment(struct c_body *b, const struct head_shape *s, bool is_value);
void c_place_comment(struct c_body *b, const struct head_shape *s);

/* ---- what is done to heads ---- */

struct c_rotation {
    uint32_t head_dim, n_rot;
    bool interleaved, hadamard;
    bool norm_last; /* after the rotation by n_rot */
    float epsilon;
    const char *norm; /* the weight's name; NULL: no norm */
    const char
        *row; /* with this before its name, c_factor has declared the factor of the norm, which
                         is of all heads of a row; NULL: of a head */
};
/* Declares "squares" and "factor", with `prefix` before them: what the norm of the array `from`, of
 * `width` elements, multiplies them by. */
void c_factor(struct c_body *b, uint32_t depth, const char *prefix, const char *from,
              uint32_t width, float epsilon);
/* From the array `from` to the array y, a head each; `cosine` and `sine` are of the row. */
void c_rotate_head(struct c_body *b, uint32_t depth, const struct c_rotation *r, const char *from);
void c_rotation_comment(struct c_body *b, const struct c_rotation *r);
/* Declares `cosine` and `sine` of row r, where n_rot is not 0. */
void c_angles(struct c_body *b, uint32_t depth, uint32_t n_rot, const char *table);

#endif
