/* Shared by the files of attention (k_attention.c, k_attention_keys.c, k_attention_chunks.c), and
 * private to them: how a workgroup shares its work.
 *
 * A tile has rows of one segment or several; the rows of one are a part. The queries of a part (rows
 * times the heads that share keys) go in blocks, and each block through the keys in tiles of 64:
 *
 *     scores     thread: key `thread % 64`, and every KEY_SLOTS-th query of the block
 *     greatest   8 of a query's scores each
 *     weights    as scores
 *     values     thread: element `thread % VALUE_THREADS` of a head and those ELEMENTS - 1 that come
 *                VALUE_THREADS later, and every VALUE_SLOTS-th query of the block
 *
 * with a barrier after each. The order of operations on a query is the same in all blocks.
 */
#ifndef RLX_TARGETS_VULKAN_ATTENTION_H
#define RLX_TARGETS_VULKAN_ATTENTION_H

#include "targets/vulkan/heads.h"

enum { KEY_TILE = 64, GREATEST_PARTS = 8 };

struct attention_shape {
    uint32_t group;       /* queries of a row that share keys */
    uint32_t block;       /* queries at once */
    uint32_t query_width; /* elements of a query in shared memory */
    uint32_t threads, key_slots, value_threads, value_slots, elements;
    uint32_t key_queries, value_queries; /* of a block, that a thread has */
};
struct attention_shape vulkan_attention_shape(const struct kernel_attention *k);

/* One tile of keys, positions key_tile .. key_tile + 63, for a block: k_attention_keys.c. */
void vulkan_attention_keys(struct vulkan_shader *s, const struct attention_shape *a,
                           uint32_t depth);
/* "bf16(x)", or x: what products take. */
const char *vulkan_attention_rounded(struct vulkan_shader *s, const char *x);

/* Kernels with split_kv, k_attention_chunks.c: declares kv_head, row_tile and `chunk_of_tile`; cuts
 * keys_first and keys_end of a part down to its chunk; stores a block, or leaves it for others; and
 * joins what all chunks left. */
void vulkan_attention_chunk_of_tile(struct vulkan_shader *s);
void vulkan_attention_cut(struct vulkan_shader *s, uint32_t depth);
void vulkan_attention_leave(struct vulkan_shader *s, const struct attention_shape *a,
                            uint32_t depth);
void vulkan_attention_join(struct vulkan_shader *s, const struct attention_shape *a,
                           uint32_t depth);

#endif
