/* The user's choice of types, as the pass choose-type applies it: to weights by their name, and to
 * states. The choice knows no model file: what a weight is now is the type of its node.
 */
#ifndef RLXC_TYPES_H
#define RLXC_TYPES_H

#include "compiler/base/dtype.h"

/* The type of one matrix; DTYPE_none: as it is. */
struct type_rule {
    const char *name;
    enum dtype type;
};

struct type_choice {
    enum dtype matrices; /* all but embedding and lm_head; DTYPE_none: as they are */
    enum dtype lm_head;  /* embedding and lm_head, which may be the same; valid if lm_head_given */
    bool lm_head_given;  /* else it follows from `matrices` */
    enum dtype kv;       /* elements of the KV cache; DTYPE_none: as they are */
    const struct type_rule *rules; /* in the order of names; what they name is not asked above */
    uint32_t rule_count;
};

/* Whether the weight is the embedding or the lm_head. */
bool is_embedding_or_lm_head(const char *name);
bool type_is_quantized(enum dtype dtype);
/* The type that a matrix of type `now` should get; `now` where nothing was chosen. */
enum dtype type_wanted(const struct type_choice *choice, const char *name, enum dtype now);
/* Whether rows of so many elements consist of whole blocks. */
bool type_fits_rows(enum dtype dtype, uint64_t columns);
/* Whether the user chose a type with one scale per row, which activations then have too, for some
 * matrix. */
bool types_scale_rows(const struct type_choice *choice);
/* The type that takes the place of a format of 256 whose blocks do not fit the rows: one of 32, of at
 * least its bits, as llama-quantize chooses it. The type itself where it fits, or there is none. */
enum dtype type_in_place_of(enum dtype dtype, uint64_t columns);

#endif
