/* The tables of config_keys.def, and the check for features of other models that rlx does not
 * compute. For config.c and import_gguf.c. */
#ifndef RLXC_CONFIG_KEYS_H
#define RLXC_CONFIG_KEYS_H

#include "compiler/import/import.h"

struct size_key {
    const char *json, *gguf; /* "": no such key */
    size_t offset;           /* of the uint32_t in hyper_parameters */
    uint32_t min, max;
};

/* The value with which a key has no effect. Absent and null never have one. */
enum same {
    SAME_nothing,  /* 0, false, an empty text, list or object, or a list of these */
    SAME_one,      /* 1 or a list of ones; in a GGUF file also 0, which means "not set" */
    SAME_true,     /* true */
    SAME_head_dim, /* the size of a head */
    SAME_hidden,   /* the width */
    SAME_scale,    /* 1 / sqrt(head_dim); in a GGUF file also 0 */
    SAME_depth,    /* sqrt(layers) */
    SAME_qk_norm,  /* true if the architecture has it, else false */
    SAME_silu,     /* words */
    SAME_rms_norm,
    SAME_rope,
};

struct same_key {
    const char *json, *gguf;
    enum same same;
    const char *what; /* what rlx does not compute */
};

enum {
#define SIZE(...) +1
#define SAME(...)
#define KNOWN(gguf)
    SIZE_KEY_COUNT = 0
#include "compiler/import/config_keys.def"
    ,
#undef SIZE
#undef SAME
#define SIZE(...)
#define SAME(...) +1
    SAME_KEY_COUNT = 0
#include "compiler/import/config_keys.def"
#undef SIZE
#undef SAME
#undef KNOWN
};
extern const struct size_key size_keys[SIZE_KEY_COUNT];
extern const struct same_key same_keys[SAME_KEY_COUNT];

/* Whether one of the tables has this key of GGUF files. */
bool config_knows_gguf_key(const char *key);

/* A value of either format. */
struct plain_value {
    enum { VALUE_nothing, VALUE_number, VALUE_text, VALUE_list } kind;
    bool boolean;     /* the number is 0 or 1 and was a bool */
    double number;    /* if `alike`, also that of all elements of a list */
    bool alike;       /* a list that is not empty and whose elements are all this number */
    uint64_t count;   /* of a list or object */
    const char *text; /* not NUL-terminated */
    uint64_t bytes;
};
struct plain_value plain_json(const json_t *value);
struct plain_value plain_gguf(const struct gguf *g, const struct gguf_value *v); /* NULL: absent */
/* Text to print after "found". */
const char *plain_found(struct arena *a, const struct plain_value *v);

/* Reports an error that names the key if its value would change the results. */
bool config_check_same(const struct same_key *key, const struct plain_value *v,
                       enum model_source source, const struct hyper_parameters *h,
                       const struct architecture *architecture, struct place at, struct diags *d);

#endif
