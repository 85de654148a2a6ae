/* The calling interface of a model that `rlxc build --emit=c` wrote as C source. Stands alone; the
 * written code and the program around it include it. A variant of an entry is two functions, or
 * three. They allocate nothing and keep nothing between calls: what outlives a run is in the states.
 */
#ifndef RLX_MODEL_CODE_H
#define RLX_MODEL_CODE_H

#include <stdint.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "weights.bin and the code that reads it are for little-endian machines"
#endif

/* Where a run finds its memory: the homes of rlx/artifact.h, each aligned to 64 bytes. */
struct rlx_code_run {
    const uint8_t *weights;
    uint8_t *state;   /* of the first segment; rlx_segment.state is added */
    uint8_t *scratch; /* working memory; nothing in it outlives the run */
    uint8_t *input, *output;
    uint8_t *carried_in, *carried_out;
    const int64_t *dims; /* sizes of this run, by slot: enum rlx_dim (rlx/kernel.h), then the
                            model's own */
};

typedef void rlx_code_fn(const struct rlx_code_run *run);

struct rlx_code_variant {
    const char *name;
    rlx_code_fn *body; /* everything before the steps whose rows are OUT_ROWS */
    rlx_code_fn *rows; /* these: it may run several times after a body, each for other rows */
    rlx_code_fn
        *replay; /* advances carried states again for the first rows; NULL: there are none */
};

/* By index in the artifact's table of variants. The artifact's level has the same digest. */
extern const struct rlx_code_variant rlx_code_variants[];
extern const uint32_t rlx_code_variant_count;
extern const uint64_t rlx_code_digest;

#endif
