/* Attributes as data: a line for each member of attrs.def. The printer, the parser, the verifier
 * and the builder walk it. */
#ifndef RLXC_ATTR_H
#define RLXC_ATTR_H

#include "compiler/hir/hir.h"

enum attr_type {
#define T(name, c_type) ATTR_TYPE_##name,
    ATTR_TYPES(T)
#undef T
};

struct attr_field {
    const char *name;
    uint8_t kind;    /* enum attr_kind */
    uint8_t type;    /* enum attr_type */
    uint8_t range;   /* a line of attr_ranges.def */
    uint8_t always;  /* printed and required also where it is zero */
    uint16_t offset; /* in struct hir_attr */
};

enum { /* the first line of a kind, and each line */
#define ATTR_KIND(kind) ATTR_BEGIN_##kind, ATTR_BEFORE_##kind = ATTR_BEGIN_##kind - 1,
#define ATTR(kind, type, always, name, member, range) ATTR_FIELD_##kind##_##member,
#define ATTR_END(kind)
#include "compiler/hir/attrs.def"
#undef ATTR_KIND
#undef ATTR
#undef ATTR_END
       ATTR_FIELD_COUNT
};
_Static_assert(ATTR_FIELD_COUNT <= UINT8_MAX, "attr_begin has bytes");
extern const struct attr_field attr_fields[ATTR_FIELD_COUNT];
/* Those of a kind: from attr_begin[kind] to before attr_begin[kind + 1]. */
extern const uint8_t attr_begin[];

/* Whether an op with this kind of attribute can do without being given one. */
bool attr_may_be_absent(enum attr_kind kind);
/* Copies the members of a kind; all other bytes become zero. */
void attr_copy(struct hir_attr *to, enum attr_kind kind, const struct hir_attr *from);
/* What is wrong with the attribute of an op; NULL: nothing. `arena` has room for the answer. */
const char *attr_problem(struct arena *arena, enum hir_op op, const struct hir_attr *attr,
                         enum dtype dtype);

extern const char *const output_role_names[];
/* The name of value `i` of a type that goes by name; NULL from the end on. */
const char *attr_word(enum attr_type type, uint32_t i);
static inline bool attr_goes_by_name(enum attr_type type)
{
    return type >= ATTR_TYPE_layout;
}

static inline const void *attr_field_at(const struct hir_attr *attr, const struct attr_field *field)
{
    return (const char *)attr + field->offset;
}

static inline void *attr_field_to(struct hir_attr *attr, const struct attr_field *field)
{
    return (char *)attr + field->offset;
}

static inline uint32_t attr_field_u32(const struct hir_attr *attr, const struct attr_field *field)
{
    return *(const uint32_t *)attr_field_at(attr, field);
}

static inline double attr_field_number(const struct hir_attr *attr, const struct attr_field *field)
{
    return *(const double *)attr_field_at(attr, field);
}

static inline const struct scalar_code *attr_field_code(const struct hir_attr *attr,
                                                        const struct attr_field *field)
{
    return attr_field_at(attr, field);
}

#endif
