/* Packed weights (compiler/hir/layout.def) in kernels: addresses of row groups, calls of what
 * layout_unpack.c prints, and sentences on the form. */
#include "targets/c/c.h"

const char *c_format_name(enum layout layout)
{
    return dtype_info[layout_info[layout].dtype].name;
}

static void picture_of_scales(enum layout layout, struct text *out)
{
    const struct layout_info *info = &layout_info[layout];
    const uint32_t columns = LAYOUT_BLOCK / info->scales,
                   count = info->unit / LAYOUT_BLOCK * info->scales;

    switch (info->form) {
    case SCALE_six_bits:
        text_add(out, "d and dmin binary16 [row], their factors for each 32 columns in 6 bits");
        break;
    case SCALE_i8:
        text_add(out, "d binary16 [row], its factors for each %u columns", columns);
        break;
    case SCALE_nibbles:
        text_add(out,
                 "d and dmin binary16 [row], their factors for each %u columns in the low and high "
                 "4 bits of a byte",
                 columns);
        break;
    case SCALE_unit:
        text_add(out, "scales binary16 [row]");
        break;
    case SCALE_zeros:
        text_add(out,
                 "float [%u][row] of %u columns each, whose low 8 bits are a zero point z "
                 "instead: scales, and minimums -scale * z",
                 info->unit / layout_multiple(layout), layout_multiple(layout));
        break;
    case SCALE_row:
        text_add(out, "scales of whole rows, float [row], in front of all");
        break;
    case SCALE_e8m0:
        text_add(out, "exponents E8M0 [%u][row] of scales", count);
        break;
    case SCALE_ue4m3:
        text_add(out, "scales UE4M3 [%u][row] for each %u columns", count, columns);
        break;
    default:
        text_add(out, layout_has_minimum(layout) ? "scales and minimums binary16 [2][row] each"
                                                 : "scales binary16 [2][row]");
        break;
    }
}

static void picture_of_integers(enum layout layout, struct text *out)
{
    const struct layout_info *info = &layout_info[layout];
    const uint32_t low = layout_low_bits(layout), high = info->bits - low;

    text_add(out, ", then for each %u columns ", high == 0 ? LAYOUT_BLOCK : 32 / high);
    if (high != 0)
        text_add(out, "bytes [row][column %% 4] with the high bits at bit %u * (column / 4), and ",
                 high);
    if (low == 8)
        text_add(out, "bytes [column / 4][row][column %% 4]");
    else if (low == 4)
        text_add(out, "bytes [column / 8][row][column %% 4] with the low 4 bits of columns 0..3 of "
                      "8 and above them those of 4..7");
    else if (low == 3)
        text_add(out, "bytes [3][row][column %% 4] with columns 0..3 of 8 in bits 0..2 and 4..7 in "
                      "bits 3..5; of columns 24..27 the low bits are in bits 6..7 of bytes [0], of "
                      "28..31 in those of [2], and the third bits of both in those of [1]");
    else
        text_add(out,
                 "bytes [column %% 16 / 8][row][column %% 4] with columns 0..3 of 8 in bits 0..1 "
                 "and 4..7 in bits 4..5, and those 16 further on above either");
}

void c_layout_picture(enum layout layout, struct text *out)
{
    const struct layout_info *info = &layout_info[layout];

    text_add(out, " Packed by %u columns: ", info->unit);
    picture_of_scales(layout, out);
    picture_of_integers(layout, out);
    if (info->table != NULL)
        text_add(out, "; places in the table of values");
    else if (info->bias != 0)
        text_add(out, "; %u more than the integers", info->bias);
    text_add(out, ".");
}

void c_layout_comment(enum layout layout, struct text *out)
{
    text_add(out, "weight is %s in groups of 16 rows, as unpack_%s has them.",
             c_format_name(layout), c_format_name(layout));
}

/* " + 64" */
static const char *after_head(enum layout layout, struct arena *a)
{
    const uint32_t head = layout_head_bytes(layout);

    return head == 0 ? "" : arena_printf(a, " + %u", head);
}

void c_pair_address(enum layout layout, uint32_t k, const char *weight, const char *pair,
                    struct text *out)
{
    text_add(out, "%s + %s * %llu%s", weight, pair,
             (unsigned long long)layout_groups_apart(layout, k, 2), after_head(layout, out->arena));
}

void c_group_address(enum layout layout, uint32_t k, const char *weight, const char *group,
                     struct text *out)
{
    const unsigned long long bytes = layout_group_bytes(layout, k);

    if (layout_info[layout].groups == 1)
        text_add(out, "%s + %s * %llu%s", weight, group, bytes, after_head(layout, out->arena));
    else
        text_add(out, "%s + %s / 2 * %llu + %s %% 2 * %u", weight, group, 2 * bytes, group,
                 layout_info[layout].bytes);
}

void c_unpack_call(enum layout layout, const char *packed, const char *column, const char *count,
                   struct text *out)
{
    text_add(out, "unpack_%s(%s, %s%s%s, w)", c_format_name(layout), packed, column,
             layout_is_quantized(layout) ? "" : ", ", layout_is_quantized(layout) ? "" : count);
}
