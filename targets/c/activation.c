/* Buffers of activations. In: their format; out: source text that finds a row in them. Each tile
 * has all its rows one after the other, then scale and sums of every block. */
#include "targets/c/c.h"

uint32_t c_activation_stride(uint32_t k)
{
    return (uint32_t)round_up(k, 16);
}

void c_activation_row(const struct act_format *f, uint32_t k, const char *buffer, bool written,
                      uint32_t depth, struct text *out)
{
    const bool integers = act_is_integer((enum act)f->act);
    const char *type = written ? "uint8_t *const" : "const uint8_t *const";
    const uint32_t rows = f->tile_rows, element_bytes = act_element_bytes(f),
                   width = integers ? k : (uint32_t)round_up(k, 2),
                   row_bytes = width * element_bytes,
                   row_blocks =
                       integers ? k / act_block((enum act)f->act, k) * act_scale_bytes(f) : 0;
    const unsigned long long tile_bytes = act_tile_bytes(f, k);

    if (rows == 1) {
        c_code_line(out, depth, "%s elements = %s + r * %llu;", type, buffer, tile_bytes);
        if (integers)
            c_code_line(out, depth, "%s blocks = elements + %u;", type, row_bytes);
        return;
    }
    c_code_line(out, depth, "%s tile = %s + r / %u * %llu;", type, buffer, rows, tile_bytes);
    c_code_line(out, depth, "%s elements = tile + r %% %u * %u;", type, rows, row_bytes);
    if (integers)
        c_code_line(out, depth, "%s blocks = tile + %llu + r %% %u * %u;", type,
                    (unsigned long long)rows * row_bytes, rows, row_blocks);
}
