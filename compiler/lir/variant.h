/* Model variants and buckets: which entry and which sizes code is made for, and which of them serves
 * a length at run time. Rules: a decode with a past binds BATCH and PAST_SEQ, anything else BATCH and
 * SEQ; any decode then sets SEQ to its seq (the number of new tokens of each sequence); ROWS is BATCH
 * times seq, and so is SEQ of an encoder, whose rows its sequences share as they like; extras last,
 * in order, a later one overriding an earlier one.
 */
#ifndef RLXC_VARIANT_H
#define RLXC_VARIANT_H

#include "compiler/base/diag.h"
#include "compiler/hir/dim.h"

enum phase { PHASE_prefill, PHASE_decode, PHASE_encoder, PHASE_inference };

enum { VARIANT_MAX_EXTRA = SYMBOL_MAX - SYMBOL_FIRST_FREE };
#define MAIN_ENTRY "main" /* the entry that sessions run */

struct variant {
    enum phase phase;
    uint32_t entry;         /* in the graph's entries */
    const char *entry_name; /* NULL: MAIN_ENTRY */
    uint32_t batch, seq;
    bool has_past;
    uint32_t past_seq;
    struct {
        uint32_t symbol;
        uint32_t size;
    } extra[VARIANT_MAX_EXTRA];
    uint32_t extra_count;
};

struct variant variant_prefill(uint32_t batch, uint32_t seq);
struct variant variant_decode(uint32_t batch, uint32_t past_seq, uint32_t new_tokens);
struct variant variant_encoder(uint32_t batch, uint32_t seq);
struct variant variant_with_extra(struct variant v, uint32_t symbol,
                                  uint32_t size); /* at most VARIANT_MAX_EXTRA */
bool variant_is_main(const struct variant *v);

/* Whether programs can serve these sizes; else `d` says why not. */
bool variant_is_served(const struct variant *v, struct diags *d);

/* Sizes by symbol; -1 where the variant leaves a symbol open. */
void variant_bind(const struct variant *v, int64_t symbols[SYMBOL_MAX]);

/* XXH3-64 (seed 0) of, each little-endian: phase u32, batch u32, seq u32, has_past u32, past_seq
 * u32 (0 where absent), extra count u32, then symbol u32 and size u32 of each extra in order; then
 * the bytes of the entry's name unless it is MAIN_ENTRY. Equal on every host. */
uint64_t variant_key(const struct variant *v);
/* "prefill-b1-s512", "decode-b1-s1-p128", "encode.encoder-b4-s64" (entry "encode"): names files.
 * Bytes of an entry's name that are no letters, digits, '-' or '_' become '_' here. */
const char *variant_name(struct arena *a, const struct variant *v);

/* A bucket serves the sizes first..last; `last` sizes the buffers. */
struct bucket {
    uint32_t first, last;
};

enum { BUCKETS_MAX = 32 };
struct buckets {
    struct bucket all[BUCKETS_MAX];
    uint32_t count;
};

/* Powers of two: the first last is next_pow2(min), then doubling until max is covered; keys begin
 * at 1. ladder(1, 16) = [1,1] [2,2] [3,4] [5,8] [9,16]. */
bool bucket_ladder(uint32_t min, uint32_t max, struct buckets *out, struct diags *d);
/* Neither empty nor overlapping: each violation is an error that names the ranges. */
bool buckets_check(const struct buckets *b, struct diags *d);
/* Index of the bucket that has this size, or -1. */
int bucket_find(const struct buckets *b, uint32_t size);

/* The padded interchange form of a KV cache (targets that need it): keep[i] is 1 for i < past and
 * for i == upper; with a window of w keys only for i in [past + 1 - w, past) and upper. `keep` has
 * upper + 1 entries. */
void padded_keep_mask(uint32_t past, uint32_t upper, uint32_t window, float *keep);
/* Compacts [batch, rows, width] to [batch, past_len, width]: the first past_len - 1 rows of each
 * item, then its last row; no more than past_len rows in it: truncated to those that are there;
 * past_len 0: nothing. Returns the rows written per item. */
uint32_t padded_compact(const float *from, uint32_t batch, uint32_t rows, uint32_t width,
                        uint32_t past_len, float *to);

#endif
