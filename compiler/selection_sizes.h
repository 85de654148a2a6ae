/* Shared by selection_sizes.c, which reads the text of --variants, and selection_variants.c. Private
 * to them. */
#ifndef RLXC_SELECTION_SIZES_H
#define RLXC_SELECTION_SIZES_H

#include "compiler/selection.h"

enum size_kind { KIND_decode, KIND_short_runs, KIND_prefill, KIND_batch, KIND_encoder, KIND_COUNT };

struct size { /* one variant */
    const char *entry;
    enum size_kind kind;
    uint32_t rows, batch;
    struct {
        const char *symbol;
        uint32_t size;
    } extra[VARIANT_MAX_EXTRA];
    uint32_t extra_count;
};

struct sizes {
    struct size all[BUCKETS_MAX];
    uint32_t count;
    const struct hir_graph *graph; /* NULL: only the text is checked */
    char equals;                   /* '=', or '-' where one variant is named */
    struct diags *diags;
};

/* Where a mistake is: the option that has a list; who names one variant says it himself. */
struct place size_place(const struct sizes *s);
/* A list of sizes, or one. */
bool parse_sizes(const char *text, struct sizes *s);
bool parse_one_size(const char *text, struct sizes *s, struct size *out);
/* What an entry that makes no logits gets where nobody asks. */
struct size encoder_size(const struct sizes *s, const char *entry);

#endif
