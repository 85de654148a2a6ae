/* The table of attributes (attr.h): its lines, its words, copying. What attributes must obey is in
 * verify_attr.c. */
#include "compiler/hir/attr.h"

#include <string.h>

enum {
#define ATTR_RANGE(name, holds, expected) RANGE_##name,
#include "compiler/hir/attr_ranges.def"
#undef ATTR_RANGE
};

const struct attr_field attr_fields[ATTR_FIELD_COUNT] = {
#define ATTR_KIND(kind)
#define ATTR(kind, type, always, name, member, range) \
    {name,          ATTR_##kind, ATTR_TYPE_##type,    \
     RANGE_##range, always,      offsetof(struct hir_attr, kind.member)},
#define ATTR_END(kind)
#include "compiler/hir/attrs.def"
#undef ATTR_KIND
#undef ATTR
#undef ATTR_END
};

const uint8_t attr_begin[] = {[ATTR_none] = 0,
#define ATTR_KIND(kind) [ATTR_##kind] = ATTR_BEGIN_##kind,
#define ATTR(kind, type, always, name, member, range)
#define ATTR_END(kind)
#include "compiler/hir/attrs.def"
#undef ATTR_KIND
#undef ATTR
#undef ATTR_END
                              ATTR_FIELD_COUNT};

#define W(name) #name,
const char *const act_names[ACT_COUNT] = {ACT_WORDS(W)};
static const char *const scaling_names[] = {HIR_ROPE_WORDS(W)};
static const char *const mask_names[] = {MASK_WORDS(W)};
static const char *const score_names[] = {SCORE_WORDS(W)};
static const char *const written_names[] = {WRITTEN_WORDS(W)};
static const char *const input_role_names[] = {INPUT_ROLE_WORDS(W)};
static const char *const state_class_names[] = {STATE_CLASS_WORDS(W)};
static const char *const state_role_names[] = {STATE_ROLE_WORDS(W)};
const char *const output_role_names[] = {OUTPUT_ROLE_WORDS(W)};
#undef W

const char *attr_word(enum attr_type type, uint32_t i)
{
    switch (type) {
    case ATTR_TYPE_layout:
        return i == 0 ? "none" : i < LAYOUT_COUNT ? layout_info[i].name : NULL;
    case ATTR_TYPE_map_op:
        return i < HIR_OP_COUNT ? hir_op_info[i].name : NULL;
    case ATTR_TYPE_scaling:
        return i < countof(scaling_names) ? scaling_names[i] : NULL;
    case ATTR_TYPE_mask:
        return i < countof(mask_names) ? mask_names[i] : NULL;
    case ATTR_TYPE_score:
        return i < countof(score_names) ? score_names[i] : NULL;
    case ATTR_TYPE_act:
        return i < ACT_COUNT ? act_names[i] : NULL;
    case ATTR_TYPE_which:
        return i < countof(written_names) ? written_names[i] : NULL;
    case ATTR_TYPE_input_role:
        return i < countof(input_role_names) ? input_role_names[i] : NULL;
    case ATTR_TYPE_state_class:
        return i < countof(state_class_names) ? state_class_names[i] : NULL;
    case ATTR_TYPE_state_role:
        return i < countof(state_role_names) ? state_role_names[i] : NULL;
    default:
        unreachable("an attribute that does not go by name");
    }
}

bool attr_may_be_absent(enum attr_kind kind)
{
    for (uint32_t i = attr_begin[kind]; i < attr_begin[kind + 1]; i++)
        if (attr_fields[i].always)
            return false;
    return true;
}

static void copy_field(struct hir_attr *to, const struct hir_attr *from, const struct attr_field *f)
{
    void *at = attr_field_to(to, f);
    const void *value = attr_field_at(from, f);

    if (f->type == ATTR_TYPE_code) {
        memcpy(at, value, sizeof(struct scalar_code));
    } else {
        memcpy(at, value, f->type == ATTR_TYPE_number ? sizeof(double) : sizeof(uint32_t));
    }
}

void attr_copy(struct hir_attr *to, enum attr_kind kind, const struct hir_attr *from)
{
    memset(to, 0, sizeof *to);
    for (uint32_t i = attr_begin[kind]; i < attr_begin[kind + 1]; i++)
        copy_field(to, from, &attr_fields[i]);
}
