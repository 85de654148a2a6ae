/* Buffers of activations. In: their format; out: source text that finds a row in them. Each tile
 * has all its rows one after the other, then scale and sums of every block. */
#include "targets/c/c.h"

uint32_t c_activation_stride(uint32_t k)
{
    return (uint32_t)round_up(k, 16);
}

static void pointer(const char *name, bool written, const char *indent, struct text *out)
{
    text_add(out, "%s%suint8_t *const %s = ", indent, written ? "" : "const ", name);
}

void c_activation_row(const struct act_format *f, uint32_t k, const char *buffer, bool written,
                      const char *indent, struct text *out)
{
    const bool integers = act_is_integer((enum act)f->act);
    const uint32_t rows = f->tile_rows, element_bytes = f->act == ACT_i8 ? 1 : 2,
                   width = integers ? k : (uint32_t)round_up(k, 2),
                   row_bytes = width * element_bytes,
                   row_blocks = integers ? k / 32 * (act_block_bytes(f) - 32 * element_bytes) : 0;
    const unsigned long long tile_bytes = act_tile_bytes(f, k);

    if (rows == 1) {
        pointer("elements", written, indent, out);
        text_add(out, "%s + r * %llu;\n", buffer, tile_bytes);
    } else {
        pointer("tile", written, indent, out);
        text_add(out, "%s + r / %u * %llu;\n", buffer, rows, tile_bytes);
        pointer("elements", written, indent, out);
        text_add(out, "tile + r %% %u * %u;\n", rows, row_bytes);
    }
    if (!integers)
        return;
    pointer("blocks", written, indent, out);
    if (rows == 1)
        text_add(out, "elements + %u;\n", row_bytes);
    else
        text_add(out, "tile + %llu + r %% %u * %u;\n", (unsigned long long)rows * row_bytes, rows,
                 row_blocks);
}
