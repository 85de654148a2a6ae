/* What layout_pack.c and layout_pack_plain.c share. */
#ifndef RLXC_LAYOUT_PACK_H
#define RLXC_LAYOUT_PACK_H

#include "compiler/hir/layout.h"

/* layout_pack_group for layouts of plain elements. */
void pack_plain_group(enum layout layout, const uint8_t *const rows[ROW_GROUP], uint64_t k,
                      uint8_t *group);

#endif
