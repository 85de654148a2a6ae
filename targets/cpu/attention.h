/* Shared by the kernels that touch K and V: k_attention*.c, and those of heads.h.
 */
#ifndef RLXC_CPU_ATTENTION_H
#define RLXC_CPU_ATTENTION_H

#include "targets/cpu/cpu.h"
#include "targets/cpu/segments.h"

/* ---- k_attention.c ---- */

enum { KEY_TILE = 64 /* keys */, VECTORS = KEY_TILE / LANES };

struct attention {
    const struct builder *b;
    const struct kernel_attention *k;
    uint32_t group;         /* queries of one row */
    uint32_t chunk, chunks; /* queries whose sums are in registers together; how many such */
    uint32_t key_vectors;   /* vectors of 16 keys in registers together */
    uint32_t value_vectors; /* vectors of 16 outputs in registers together */
    uint32_t width;         /* head_dim in vectors of 16 */
    bool pairs;             /* products are those of pairs of bf16, */
    bool matrices;          /* in registers that hold matrices */
    LLVMValueRef reach;     /* i64: keys before its own that a query sees; NULL: not windowed */
    LLVMValueRef scale, softcap; /* f32, launch values; pairs: attention_score's two factors */
    LLVMValueRef rows;           /* of the run */
    LLVMValueRef cross_keys;     /* class cross: how many there are */
    LLVMValueRef head;
    /* The part of a row tile that is met: its rows of one segment. */
    LLVMValueRef first_row, end_row;
    LLVMValueRef part_chunks;  /* of its queries; NULL: as many as of a whole row tile */
    LLVMValueRef past;         /* a row stands at position past + row */
    LLVMValueRef keys;         /* positions that its segment has, new ones included */
    LLVMValueRef first_place;  /* class scratch: where its position 0 is */
    LLVMValueRef states[2];    /* where K and V begin */
    LLVMValueRef head_scales;  /* kv q8_0: those of the head's keys, */
    LLVMValueRef key_scales;   /* and as they stand for positions of the key tile; else NULL */
    LLVMValueRef value_scales; /* kv q8_0: those of the key tile that is met */
    LLVMValueRef key, end_key; /* the first and one past the last that the tile meets, */
    LLVMValueRef all_keys[2];  /* and that all tiles of its row tile meet */
    LLVMValueRef position;     /* of the first key of the key tile that is met */
    LLVMValueRef seen;         /* keys of the key tile that is met, from its first on */
    LLVMValueRef fetch_end;    /* bytes that are worth fetching (attention_fetch); NULL: all */
    /* Stack arrays; n is a query (row * group + q head), padded to whole chunks. */
    LLVMValueRef queries;      /* f32 [chunks][head_dim][chunk]; pairs: bf16 [n][query width]; q8_0
                             without them: i16 [n][query width], of four 0, 2, 1, 3 */
    LLVMValueRef query_scales; /* f32 [n] with q8_0 */
    LLVMValueRef scores; /* f32 [n][64], then the weights; pairs: f32 [chunk][64], then the weights
                            as bf16 in the first half of each */
    LLVMValueRef key_pairs, value_pairs; /* with pairs (k_attention_bf16.c) */
    LLVMValueRef outputs;                /* f32 [n][width * 16] */
    LLVMValueRef sums;                   /* f32 [n][16] */
    LLVMValueRef maxima;                 /* f32 [n] */
    LLVMValueRef corrections;            /* f32 [n]: exp(old maximum - new) */
    LLVMValueRef first_key, last_key;    /* i32 [n]: what it sees */
};

uint32_t attention_query_count(const struct attention *t);
/* Elements of a query as it stands: head_dim to 16, of matrices to 32, then zeros. */
uint32_t attention_query_width(const struct attention *t);
LLVMValueRef infinity(const struct builder *b, int sign);
LLVMValueRef number_at(const struct builder *b, LLVMValueRef array, LLVMValueRef index);
LLVMValueRef attention_first_seen(const struct attention *t, LLVMValueRef row);
LLVMValueRef attention_last_seen(const struct attention *t, LLVMValueRef row);
/* A row tile from first_row on, part by part: first_row, end_row and what belongs to their segment.
 * Code between these two serves every part. */
struct parts {
    struct loop loop;
    bool loops;
};
void attention_begin_parts(struct attention *t, struct parts *parts);
void attention_end_parts(const struct attention *t, struct parts *parts);
/* What the part's rows see between them. */
void attention_find_keys(struct attention *t);

/* ---- k_attention_queries.c ---- */

/* The elements of a query, and empty sums. */
void attention_open_query(const struct attention *t, LLVMValueRef query);
/* The end: outputs over sums into the row, if there is such a row. */
void attention_store_query(const struct attention *t, LLVMValueRef query);
LLVMValueRef attention_head_offset(const struct attention *t, LLVMValueRef query);

/* ---- k_attention_keys.c ---- */

/* Maxima, sums and outputs of the part's queries over the keys key .. end_key - 1. */
void attention_mix(struct attention *t);
/* The outputs that a chunk of queries has so far, `count` vectors of each at `to`, times what new
 * maxima make of them: sums[query * count + vector]. */
void attention_correct(const struct attention *t, LLVMValueRef query, LLVMValueRef to,
                       uint32_t count, LLVMValueRef *sums);
/* Outputs of `count` queries from `query` on, times what new maxima make of them, in place. */
void attention_correct_outputs(const struct attention *t, LLVMValueRef query, int64_t count);
LLVMValueRef attention_load(const struct attention *t, LLVMValueRef from); /* 16 of a state */
/* Turns scores into weights, relative to the largest score so far. */
void attention_weigh(const struct attention *t, LLVMValueRef query);
/* A tile of few queries waits for memory, so it prefetches what comes next, in the order of
 * addresses. Each of its chunks has `count` rounds, of which this is number `index` of chunk
 * `chunk`; together they fetch key_tile_bytes. NULL: nothing. */
void attention_fetch(const struct attention *t, LLVMValueRef from, LLVMValueRef chunk,
                     LLVMValueRef index, uint32_t count, uint32_t key_tile_bytes);

/* ---- k_attention_mask.c ---- */

/* Scales, caps and masks 16 scores of a query; `first` is the i32 position of lane 0. */
LLVMValueRef attention_finish(const struct attention *t, LLVMValueRef score, LLVMValueRef query,
                              LLVMValueRef first);
/* 16 scores, minus infinity where the key stands after the last that the query sees. */
LLVMValueRef attention_mask(const struct attention *t, LLVMValueRef score, LLVMValueRef query,
                            LLVMValueRef first);
/* Windowed: the scores of `count` queries from `first_query` on, the first of the scores, become
 * minus infinity where the key stands before the query's window. Few key tiles have such keys, so
 * this is not part of attention_mask. */
void attention_mask_windows(const struct attention *t, LLVMValueRef first_query, uint32_t count);
/* The same of one query, on the way of its scores to weights. */
void attention_mask_window(const struct attention *t, LLVMValueRef query, LLVMValueRef *scores);

/* What a chunk sees of a key tile, which it does see something of. */
struct attention_view {
    LLVMValueRef chunk, position; /* the key tile's first key */
    LLVMValueRef first_query, last_query;
    LLVMValueRef seen;  /* keys that the chunk's last row sees, at most those that exist */
    LLVMValueRef whole; /* no row's last key stands before the end of the key tile */
};

/* k_attention_bf16.c: a key tile of 64 in pairs of bf16. */
uint64_t attention_pairs_bytes(const struct attention *t);
void attention_meet_pairs(const struct attention *t, LLVMValueRef keys, LLVMValueRef values,
                          LLVMValueRef position, LLVMValueRef seen);

/* k_attention_softmax.c: the same path's weights. */
/* Turns the launch's scale and softcap into factors for logarithms to base 2. */
void attention_scale_pairs(struct attention *t);
/* Products with 16 keys to scores, logarithms to base 2; `first` is the i32 position of lane 0. */
LLVMValueRef attention_score(const struct attention *t, LLVMValueRef score, LLVMValueRef first);
/* A query, at `slot` of its chunk: its scores to weights. */
void attention_weigh_pairs(const struct attention *t, LLVMValueRef slot, LLVMValueRef query);
/* The same once its correction is known, and what scores are relative to (f32). */
void attention_weigh_rows(const struct attention *t, LLVMValueRef slot, LLVMValueRef query,
                          LLVMValueRef base);
LLVMValueRef attention_base(const struct builder *b, LLVMValueRef maximum); /* f32, any width */
LLVMValueRef attention_power_of_two(const struct builder *b, LLVMValueRef x);

/* k_attention_matrices.c */
enum { ATTENTION_MATRIX_CHUNK = 32 };
void attention_open_matrices(const struct attention *t);
void attention_close_matrices(const struct attention *t);
void attention_meet_matrices(const struct attention *t, const struct attention_view *view);

/* ---- k_attention_q8.c: kv q8_0 ---- */

/* n values to integers in room for whole 16, zeros after; the scale as i16 with the bits of f16.
 */
LLVMValueRef q8_quantize(const struct builder *b, LLVMValueRef from, uint32_t n, LLVMValueRef to);
/* A head of f32 in place, as kernel_kinds.def says; there is room to whole 16, zeros after it. */
void hadamard_rotate_lanes(const struct builder *b, LLVMValueRef x, uint32_t head_dim);
/* Where the scale of a head's position is. */
LLVMValueRef q8_scale_place(const struct builder *b, LLVMValueRef state, LLVMValueRef head,
                            LLVMValueRef position, bool is_value);
LLVMValueRef q8_scales_at(const struct builder *b, LLVMValueRef scales,
                          LLVMValueRef index); /* 16 */
LLVMValueRef q8_scale_at(const struct builder *b, LLVMValueRef scales,
                         LLVMValueRef index); /* one */
void q8_copy_query(const struct attention *t, LLVMValueRef query, LLVMValueRef from);
void q8_score_chunk(const struct attention *t, LLVMValueRef chunk, LLVMValueRef keys,
                    LLVMValueRef next, LLVMValueRef position, uint32_t first);
LLVMValueRef q8_integers(const struct builder *b, LLVMValueRef from); /* 16 as f32 */
/* Elements 2 * pair and the next of 16 keys as f32, without their scales. */
void q8_key_pair(const struct attention *t, LLVMValueRef keys, LLVMValueRef pair, uint32_t vector,
                 LLVMValueRef out[2]);

/* k_attention_chunks.c: tiles that are chunks of keys. */
void emit_chunks(struct attention *t);

#endif
