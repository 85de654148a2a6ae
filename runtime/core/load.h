/* The checked view of an artifact. In: the bytes of a .rlx file, which may be hostile. Out:
 * pointers to its tables, in which every offset, count, enumeration and string is valid, so that
 * the rest of the runtime can trust them. Format: rlx/artifact.h. */
#ifndef RLX_RUNTIME_LOAD_H
#define RLX_RUNTIME_LOAD_H

#include "rlx/artifact.h"
#include "rlx/rlx.h"

#include <string.h>

/* Entries may be longer than our struct if a newer compiler appended fields, so the table has a
 * step. */
struct table {
    const uint8_t *base;
    uint32_t count, entry_bytes;
};

static inline const void *table_at(const struct table *table, uint32_t index)
{
    return table->base + (uint64_t)index * table->entry_bytes;
}

/* A section that is not a table. `offset` is from the start of the file. */
struct span {
    const uint8_t *data;
    uint64_t offset, bytes;
};

struct artifact {
    const struct rlx_header *header;
    const struct rlx_info *info;
    struct table levels, kernels, variants, steps, args, states, tensors;
    struct table sampling; /* one entry, or none */
    struct span strings, manifest, code, weights, values, tokenizer, license, template;
    struct table sections;
};

/* `data` must be aligned to 8 bytes and outlive `out`. `name` is that of the file, for messages.
 * Does not read WEIGHTS and CODE. */
rlx_status artifact_check(const char *name, const uint8_t *data, uint64_t bytes,
                          struct artifact *out, rlx_error *error);

static inline const char *artifact_string(const struct artifact *a, uint32_t string)
{
    return (const char *)a->strings.data + string;
}

/* Entries of before 1.3 end where the values of a step would follow. */
static inline bool artifact_has_values(const struct artifact *a)
{
    return a->steps.entry_bytes >= sizeof(struct rlx_step);
}

/* What the step adds to a launch, whose values are zero before. */
static inline void artifact_step_values(const struct artifact *a, const struct rlx_step *s,
                                        uint32_t *values)
{
    if (artifact_has_values(a) && s->value_count != 0)
        memcpy(values, a->values.data + (uint64_t)s->first_value * sizeof *values,
               s->value_count * sizeof *values);
}

/* XXH3-64 of all sections that are not bulk, in the order of the table, then of the section table.
 */
uint64_t artifact_table_digest(const uint8_t *data, const struct rlx_header *header);

/* Bytes of one state by the format's formula; 0 if that does not fit in 64 bits. */
uint64_t artifact_state_bytes(const struct rlx_state_entry *state);

/* ---- between load.c (sections) and load_tables.c (their contents) ---- */

struct check {
    const char *name; /* of the file */
    const struct artifact *artifact;
    rlx_error *error;
};

/* "<file>: <sentence>", RLX_ERROR_BAD_FILE. */
rlx_status check_failed(const struct check *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
rlx_status check_tables(const struct check *c);

#endif
