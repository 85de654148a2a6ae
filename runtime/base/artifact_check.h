/* The checked view of an artifact, shared by the runtime and rlxc inspect. In: the bytes of a .rlx
 * file, which may be hostile. Out: pointers to its tables, in which every offset, count,
 * enumeration and string is valid, so that users can trust them, or an error that names the table,
 * the entry, what was expected and what was found. Format: rlx/artifact.h.
 *
 * artifact_check covers what all levels share, and artifact_check_level what belongs to one, so
 * that opening a model costs the same however many levels its file has. */
#ifndef RLX_ARTIFACT_CHECK_H
#define RLX_ARTIFACT_CHECK_H

#include "rlx/artifact.h"
#include "rlx/rlx.h"

#include <stdbool.h>
#include <string.h>

/* Entries may be longer than our struct if a newer compiler appended fields, so the table has a
 * step. */
struct table {
    const uint8_t *base; /* NULL: the file has no such section */
    uint32_t count, entry_bytes;
};

static inline const void *table_at(const struct table *table, uint32_t index)
{
    return table->base + (uint64_t)index * table->entry_bytes;
}

static inline uint32_t table_index(const struct table *table, const void *entry)
{
    return (uint32_t)((uint64_t)((const uint8_t *)entry - table->base) / table->entry_bytes);
}

/* A section that is not a table. `offset` is from the start of the file. */
struct span {
    const uint8_t *data; /* NULL: the file has no such section */
    uint64_t offset, bytes;
};

struct artifact {
    const uint8_t *data; /* the whole file */
    const struct rlx_header *header;
    const struct rlx_info *info;
    struct table sections;
    struct table levels, kernels, entries, uses, symbols, variants, io, steps, args, states;
    struct table tensors;
    struct table sampling; /* one entry, or none */
    struct span strings, manifest, code, values, weights, tokenizer, template, license;
};

enum {
    ARTIFACT_STEP_ARGS = 64, /* arguments of a step at most */
    ARTIFACT_ENTRIES = 64,   /* entries at most */
    ARTIFACT_LEVELS = 64     /* levels at most */
};

/* Header and sections alone: true places, unknown contents. `data` must be aligned to 8 bytes and
 * outlive `out`. `name` is that of the file, for messages. */
rlx_status artifact_read(const char *name, const uint8_t *data, uint64_t bytes,
                         struct artifact *out, rlx_error *error);
/* The digest of all sections that are not bulk. Every check below presumes artifact_read. */
rlx_status artifact_check_digest(const char *name, const struct artifact *a, rlx_error *error);
/* The tables that all levels share, and the levels' own entries. */
rlx_status artifact_check_tables(const char *name, const struct artifact *a, rlx_error *error);
/* The kernels, variants and steps of one level; presumes artifact_check_tables. */
rlx_status artifact_check_level(const char *name, const struct artifact *a, uint32_t level,
                                rlx_error *error);
/* The first three. None of them reads WEIGHTS and CODE. */
rlx_status artifact_check(const char *name, const uint8_t *data, uint64_t bytes,
                          struct artifact *out, rlx_error *error);

/* Reads WEIGHTS and CODE, and compares their digests; presumes artifact_check_tables. */
rlx_status artifact_check_bulk(const char *name, const struct artifact *a, rlx_error *error);

/* XXH3-64 of all sections that are not bulk, in the order of the table, then of the section
 * table. */
uint64_t artifact_table_digest(const struct artifact *a);
/* "levels"; "unknown" for kinds that this version does not know. */
const char *artifact_section_name(uint32_t kind);

/* ---- reading what is checked ---- */

static inline const char *artifact_string(const struct artifact *a, uint32_t string)
{
    return (const char *)a->strings.data + string;
}

/* What the step adds to a launch, whose values are zero before. */
static inline void artifact_step_values(const struct artifact *a, const struct rlx_step *s,
                                        uint32_t *values)
{
    if (s->value_count != 0)
        memcpy(values, a->values.data + (uint64_t)s->first_value * sizeof *values,
               s->value_count * sizeof *values);
}

/* The entry with this name; RLX_NO_SLOT: none. */
uint32_t artifact_find_entry(const struct artifact *a, const char *name);
/* The size of a slot, from the sizes of the model's symbols in `dims`. */
static inline int64_t artifact_slot_size(const struct rlx_symbol *s, const int64_t *dims)
{
    return (s->multiply * dims[s->symbol] + s->add) / s->divide;
}

/* ---- states ---- */

static inline bool state_element_known(uint32_t element)
{
    return element == RLX_F32 || element == RLX_F16 || element == RLX_Q8;
}

/* Without the scales of RLX_Q8. */
static inline size_t state_element_bytes(uint32_t element)
{
    return element == RLX_Q8 ? 1 : element == RLX_F16 ? 2 : 4;
}

/* Elements from one row to the next, of one head; PLAIN: of all heads. */
uint64_t state_width(const struct rlx_state_entry *state);
/* Bytes of one state by the format's formula; 0 if that does not fit in 64 bits. */
uint64_t artifact_state_bytes(const struct rlx_state_entry *state);

#endif
