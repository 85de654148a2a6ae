/* Attributes as text: one line for each member, read by the printer and the parser. */
#ifndef RLXC_ATTR_H
#define RLXC_ATTR_H

#include "compiler/hir/hir.h"

enum attr_field_type {
    FIELD_number, /* double */
    FIELD_count,  /* uint32_t */
    FIELD_flag,   /* uint32_t, 0 or 1 */
    FIELD_size,   /* dim_id */
    FIELD_layout, /* uint32_t, by name, as are the rest */
    FIELD_scaling,
    FIELD_mask,
    FIELD_map_op,
};

struct attr_field {
    const char *name;
    uint8_t kind;   /* enum attr_kind */
    uint8_t type;   /* enum attr_field_type */
    uint8_t always; /* printed and demanded also where it is zero */
    uint16_t offset;
};

enum { ATTR_FIELD_COUNT = 26 };
extern const struct attr_field attr_fields[ATTR_FIELD_COUNT];

/* The name of value `i` of a type that goes by name; NULL from the end on. */
const char *attr_value_name(enum attr_field_type type, uint32_t i);

static inline uint32_t attr_field_u32(const struct hir_attr *attr, const struct attr_field *field)
{
    return *(const uint32_t *)(const void *)((const char *)attr + field->offset);
}

static inline double attr_field_number(const struct hir_attr *attr, const struct attr_field *field)
{
    return *(const double *)(const void *)((const char *)attr + field->offset);
}

#endif
