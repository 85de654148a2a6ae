/* Shared by the files of attention (k_attention.c, k_attention_keys.c, k_attention_chunks.c), and
 * private to them: how a workgroup shares its work.
 *
 * A tile has rows of one segment or several; the rows of one are a part. The queries of a part (rows
 * times the heads that share keys) go in blocks, and each block through the keys in tiles of 64:
 *
 *     products   a product of a query and a key is the sum of SLICES sums: slice s has the elements
 *                (of int8: the quads of them) s, s + SLICES, ... A thread takes several keys and
 *                queries together, of a block of few queries for one slice, else for all
 *     scores     sums of slices times `scale`
 *     greatest   8 of a query's scores each
 *     weights    exp(score - the greatest so far)
 *     values     a thread takes a few elements of a head, of every VALUE_SLOTS-th query
 *
 * with a barrier after each. The order of operations on a query is the same in all blocks.
 */
#ifndef RLX_TARGETS_VULKAN_ATTENTION_H
#define RLX_TARGETS_VULKAN_ATTENTION_H

#include "targets/vulkan/heads.h"

enum { KEY_TILE = 64, GREATEST_PARTS = 8, SLICES = 8, ATTENTION_FEW = 4 /* queries of a block */ };

struct attention_shape {
    uint32_t group;   /* queries of a row that share keys */
    uint32_t block;   /* queries at once */
    uint32_t threads; /* of the workgroup */
    /* Products of a thread: keys and queries, and whether the slices are threads of their own. */
    uint32_t keys, key_queries;
    bool slices_apart;
    /* Values of a thread: elements that follow each other, and how often as many; queries. */
    uint32_t width, times, value_queries;
    uint32_t value_threads, value_slots; /* threads for a head, and queries side by side */
};
struct attention_shape vulkan_attention_shape(const struct kernel_attention *k);
/* Elements of a query in shared memory. */
uint32_t vulkan_attention_query_width(const struct kernel_attention *k);

/* What stands before main, and one tile of keys, positions key_tile .. key_tile + 63, for a block:
 * k_attention_keys.c. */
void vulkan_attention_keys_before(struct vulkan_shader *s, const struct attention_shape *a);
void vulkan_attention_keys(struct vulkan_shader *s, const struct attention_shape *a,
                           uint32_t depth);
/* The loop over what a thread mixed, in `mixed[at]` and `sum[u]`, of query `which` of the part:
 * vulkan_attention_end_mixed closes it. The loop over elements i < head_dim is inside of it. */
void vulkan_attention_begin_queries(struct vulkan_shader *s, uint32_t depth);
void vulkan_attention_begin_elements(struct vulkan_shader *s, uint32_t depth);
void vulkan_attention_end_elements(struct vulkan_shader *s, uint32_t depth);

/* Kernels with split_kv, k_attention_chunks.c: declares kv_head, row_tile and `chunk_of_tile`; cuts
 * keys_first and keys_end of a part down to its chunk; leaves a block for others; and joins what all
 * chunks left. */
void vulkan_attention_chunk_of_tile(struct vulkan_shader *s);
void vulkan_attention_cut(struct vulkan_shader *s, uint32_t depth);
void vulkan_attention_leave(struct vulkan_shader *s, uint32_t depth);
void vulkan_attention_join(struct vulkan_shader *s, uint32_t depth);

#endif
