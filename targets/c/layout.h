/* Parts of what layout_unpack.c prints. Private to its files. A quantized layout has 32 columns of 16
 * rows in a block. Its functions name the address of the unit `unit`, the number of the block in it
 * `block`, and where the integers of the block begin `quads`. */
#ifndef RLX_TARGETS_C_LAYOUT_H
#define RLX_TARGETS_C_LAYOUT_H

#include "targets/c/c.h"

/* ---- layout_plain.c ---- */

/* The function of a layout of plain elements. */
void c_unpack_plain(enum layout layout, struct text *out);

/* ---- layout_scales.c: scales, and minimums where the layout has them ---- */

/* Declares what all blocks of a unit share, and fills it. */
void c_unit_scales(enum layout layout, uint32_t depth, struct text *out);
/* Arrays `scales` and `minimums` of the block, where what c_unit_scales declares does not have them. */
void c_declare_block_scales(enum layout layout, uint32_t depth, struct text *out);
/* Fills these arrays; where `copies`, also with what the unit has. */
void c_block_scales(enum layout layout, bool copies, uint32_t depth, struct text *out);
/* Declares `scale` and `minimum` of row n. `half` says which 16 columns of the block: an expression. */
void c_row_scales(enum layout layout, const char *half, uint32_t depth, struct text *out);

/* ---- layout_integers.c ---- */

/* A word of a row holds a byte of so many quads of columns: 1, 2 or 4. */
uint32_t c_quads_of_word(enum layout layout);
/* Declares the table of values, where there is one, and `quads`. */
void c_table(enum layout layout, struct text *out);
void c_quads(enum layout layout, uint32_t depth, struct text *out);
/* Declares `q`, a byte for each of four columns of row n: quad number `which` of word i. */
void c_quad(enum layout layout, uint32_t which, uint32_t depth, struct text *out);
/* Element j of the four: an integer, or a float. */
void c_element(enum layout layout, bool integer, uint32_t j, struct text *out);

#endif
