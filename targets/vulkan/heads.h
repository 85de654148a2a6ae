/* Shared by kernels over heads of queries, keys and values (k_kv_write.c, k_append.c, k_rope.c,
 * k_attention.c) and over segments (k_scan.c, k_conv.c): text that several of them print. Private to
 * the Vulkan target.
 */
#ifndef RLX_TARGETS_VULKAN_HEADS_H
#define RLX_TARGETS_VULKAN_HEADS_H

#include "targets/vulkan/vulkan.h"

/* ---- segments and states: states.c ---- */

/* Declares `segment` (struct Segment) of row `row`. */
void vulkan_segment(struct vulkan_shader *s, uint32_t depth, uint32_t row_segments,
                    const char *row);
/* Row `row` counted from the first of its segment: "(r - segment.first_row)", or "r". */
const char *vulkan_row_in_segment(struct vulkan_shader *s, uint32_t row_segments, const char *row);
uint32_t vulkan_positions(const struct head_shape *shape); /* that a state has room for */
/* Declares key_head, the address of position 0 of head `head` in the state of keys, and of q8_0
 * key_scales, that of its scale; of values value_head and value_scales. */
void vulkan_state_head(struct vulkan_shader *s, uint32_t depth, const struct head_shape *shape,
                       bool is_value, const char *head);

/* ---- what is done to heads, and where they go: heads.c ---- */

/* A tile of heads: queries, which go to `out`, then perhaps a head of keys and one of values, which
 * go to the states at `place`. The body has declared, of those heads that there are:
 *
 *     uint64_t from_queries, to_queries, from_key, from_value     addresses
 *     uint64_t angles, key_angles                                 of the row in the table, and in
 *                                                                 that of keys, if they have one
 *     uint place, and what vulkan_state_head declares
 */
struct vulkan_heads {
    const struct head_shape *shape; /* of the states; NULL: there are none */
    uint32_t head_dim;
    uint32_t queries;
    bool has_key, has_value;
    /* What is done to queries and keys. */
    const char *query_norm, *key_norm; /* the weights' names; NULL: no norm */
    const char *value_norm;            /* likewise, of values, which are not turned */
    /* Norms are of all heads of a row: the body has declared their factors, query_factor and
     * key_factor, and the weights of these heads begin at query_norm and at key_norm. No value_norm. */
    bool all_heads;
    bool norm_last; /* norms of queries and keys come after the rotary embedding */
    bool has_key_angles;
    float epsilon;
    uint32_t n_rot; /* 0: no rotary embedding */
    bool interleaved, hadamard;
};
/* The body that does all of it, and what stands before main. */
void vulkan_print_heads(struct vulkan_shader *s, const struct vulkan_heads *h);
/* "    for (uint i = thread; ...": the first tile of a row zeroes its counters, 64 bytes for each of
 * kv_heads; `head` counts the tiles of row r. */
void vulkan_zero_counters(struct vulkan_shader *s, uint32_t kv_heads, const char *head);

#endif
