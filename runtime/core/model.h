/* An open model: a mapped artifact and the machine code for this CPU, if it has any. Immutable
 * after rlx_model_open. */
#ifndef RLX_RUNTIME_MODEL_H
#define RLX_RUNTIME_MODEL_H

#include "runtime/base/used_files.h"
#include "runtime/base/artifact_check.h"
#include "runtime/text/template.h"
#include "runtime/tokenizer/tokenize.h"

struct rlx_model {
    struct artifact artifact;
    struct tokenizer tokenizer;    /* header NULL: the artifact has none */
    struct template template;      /* of chats; header NULL: the artifact has none */
    const struct rlx_level *level; /* that of the first device that can run the model: it
                                      describes the model; a device knows its own. NULL: only a
                                      tokenizer */
    void *file;                    /* the artifact's bytes: a mapping, or the caller's memory */
    uint64_t file_bytes;
    bool is_borrowed; /* the bytes are the caller's */
    void *code;       /* executable mapping of the level's image; NULL: it is not machine code */
    uint64_t code_bytes;
    struct used_file *file_use, *code_use; /* NULL: memory of the caller */
    char *manifest;                        /* a copy that ends with a zero byte */
    char *name;                            /* name of the file, for messages */
    _Atomic uint32_t users; /* open sessions, plus the caller until it closes the model */
};

static inline const struct rlx_variant_entry *
level_variant(const rlx_model *m, const struct rlx_level *level, uint32_t index)
{
    return table_at(&m->artifact.variants, level->first_variant + index);
}

/* Of the level that describes the model. */
static inline const struct rlx_variant_entry *model_variant(const rlx_model *m, uint32_t index)
{
    return level_variant(m, m->level, index);
}

/* rlx_model_get_sampling; values in a checked artifact are always in range. */
rlx_sampling artifact_sampling(const struct artifact *a);

/* "f32"; "" for 0: of nothing. */
const char *model_element_name(uint32_t element);

#endif
