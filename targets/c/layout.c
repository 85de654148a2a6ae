/* Packed weights (compiler/hir/layout.def) in kernels: addresses of row groups, calls of what
 * layout_unpack.c prints, and a sentence on the form. */
#include "targets/c/c.h"

static const char *format_name(enum layout layout)
{
    return dtype_info[layout_info[layout].dtype].name;
}

void c_layout_comment(enum layout layout, struct text *out)
{
    text_add(out, "weight is %s in groups of 16 rows, as unpack_%s has them.", format_name(layout),
             format_name(layout));
}

void c_group_address(enum layout layout, uint32_t k, const char *weight, const char *group,
                     struct text *out)
{
    const unsigned long long bytes = layout_group_bytes(layout, k);

    if (layout_info[layout].groups == 1)
        text_add(out, "%s + %s * %llu", weight, group, bytes);
    else
        text_add(out, "%s + %s / 2 * %llu + %s %% 2 * %u", weight, group, 2 * bytes, group,
                 layout_info[layout].bytes);
}

void c_unpack_call(enum layout layout, const char *packed, const char *column, const char *count,
                   struct text *out)
{
    text_add(out, "unpack_%s(%s, %s%s%s, w)", format_name(layout), packed, column,
             layout_is_quantized(layout) ? "" : ", ", layout_is_quantized(layout) ? "" : count);
}
