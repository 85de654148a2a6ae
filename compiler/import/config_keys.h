/* The tables of config_keys.def, and the check for features of other models that rlx does not
 * compute. For config.c and import_gguf.c. */
#ifndef RLXC_CONFIG_KEYS_H
#define RLXC_CONFIG_KEYS_H

#include "compiler/import/import.h"

struct size_key {
    const char *json, *gguf; /* spellings; "": no such key */
    size_t offset;           /* of the uint32_t in hyper_parameters */
    uint32_t min, max;
};

/* The value with which a key has no effect. Absent and null never have one. */
enum same {
    SAME_nothing,    /* 0, false, an empty text, list or object, or a list of these */
    SAME_one,        /* 1 or a list of ones; in a GGUF file also 0, which means "not set" */
    SAME_true,       /* true */
    SAME_head_dim,   /* the size of a head */
    SAME_hidden,     /* the width */
    SAME_scale,      /* 1 / sqrt(head_dim); in a GGUF file also 0 */
    SAME_depth,      /* sqrt(layers) */
    SAME_qk_norm,    /* true if the architecture has it, else false */
    SAME_activation, /* words: that of the architecture */
    SAME_rms_norm,
    SAME_vision, /* nothing, or the word vision: of images alone, of which a text has none */
    SAME_rope,
    SAME_softmax, /* that word; in a GGUF file 1, or 0 */
};

/* How a value becomes a hyper-parameter. */
enum fact_kind {
    FACT_KIND_none,         /* not at all, or by other code */
    FACT_KIND_scale,        /* a positive number; in a GGUF file 0 means "not set" */
    FACT_KIND_inverse,      /* 1 / such a number */
    FACT_KIND_inverse_root, /* 1 / sqrt of such a number */
    FACT_KIND_cap,          /* a positive number, or 0 or false for none */
    FACT_KIND_flag,         /* true or false */
    FACT_KIND_count,        /* an integer, 0 or above */
    FACT_KIND_activation,   /* a word */
    FACT_KIND_score,        /* softmax or sigmoid; in a GGUF file 1 or 2, or 0 for "not set" */
};

/* A row of FACT, LAYERS or SAME. */
struct fact {
    const char *json, *gguf;
    enum same same;
    const char *what; /* what rlx does not compute where nobody reads it */
    uint64_t bit;     /* in architecture->reads; 0: no architecture reads it */
    enum fact_kind kind;
    size_t offset; /* of the field in hyper_parameters */
};

#define FACT(name, ...) +1
#define LAYERS(name, ...) +1
#define SAME(...) +1
#define SIZE(...)
#define KNOWN(gguf)
enum {
    FACT_COUNT = 0
#include "compiler/import/config_keys.def"
    ,
#undef FACT
#undef LAYERS
#undef SAME
#undef SIZE
#define FACT(...)
#define LAYERS(...)
#define SAME(...)
#define SIZE(...) +1
    SIZE_KEY_COUNT = 0
#include "compiler/import/config_keys.def"
};
#undef FACT
#undef LAYERS
#undef SAME
#undef SIZE
#undef KNOWN
extern const struct size_key size_keys[SIZE_KEY_COUNT];
extern const struct fact facts[FACT_COUNT];

/* Spelling `index` of "a|b|c"; NULL: there are no more. */
const char *config_spelling(struct arena *a, const char *spellings, uint32_t index);
/* Whether one of the tables has this key of GGUF files. */
bool config_knows_gguf_key(const char *key);

/* A value of either format. */
struct plain_value {
    enum { VALUE_nothing, VALUE_number, VALUE_text, VALUE_list } kind;
    bool boolean;     /* the number is 0 or 1 and was a bool, or a list has a bool */
    double number;    /* if `alike`, also that of all elements of a list */
    bool alike;       /* a list that is not empty and whose elements are all this number */
    uint64_t count;   /* of a list or object */
    const char *text; /* not NUL-terminated */
    uint64_t bytes;
};
struct plain_value plain_json(const json_t *value);
struct plain_value plain_gguf(const struct gguf *g, const struct gguf_value *v); /* NULL: absent */
/* A list with one number for each layer, all the same, is that number; no other list is. */
struct plain_value plain_by_layer(struct plain_value v, uint32_t layers);
/* Text to print after "found". */
const char *plain_found(struct arena *a, const struct plain_value *v);

/* Reads a fact of the architecture into its field; 0 if the value is nothing. False, after an
 * error: a value of another kind. */
bool config_read_fact(const struct fact *fact, const struct plain_value *v,
                      enum model_source source, struct hyper_parameters *h, struct place at,
                      struct diags *d);
/* The same of all that files of any format may leave out. */
void config_default_facts(const struct architecture *architecture, struct hyper_parameters *h);
/* What a file does not say is the architecture's default. */
void config_default_fact(const struct fact *fact, const struct architecture *architecture,
                         struct hyper_parameters *h);
/* Whether the architecture reads this key, by any row of the table. */
bool config_reads(const struct architecture *architecture, enum model_source source,
                  const char *key);
/* Reports an error that names the key if its value would change the results. */
bool config_check_same(const struct fact *key, const struct plain_value *v,
                       enum model_source source, const struct hyper_parameters *h,
                       const struct architecture *architecture, struct place at, struct diags *d);

#endif
