/* Grids of the iq formats: lists of points, from which a block chooses one for each 4 or 8 of its
 * elements, by number. */
#ifndef RLXC_QUANT_GRID_H
#define RLXC_QUANT_GRID_H

#include "compiler/base/base.h"

enum grid { GRID_iq1, GRID_iq2_xxs, GRID_iq2_xs, GRID_iq2_s, GRID_iq3_xxs, GRID_iq3_s, GRID_COUNT };

/* 2048, 256, 512, 1024, 256 and 512 points; those of iq3 have 4 coordinates, the others 8.
 * Coordinate i is byte i of a point, from the lowest on: the place of a magnitude in iq2_values,
 * iq3_xxs_values or iq3_s_values, or of -1, 0 or 1 in the order of iq1_values: 0, 1, -1. */
const uint64_t *quant_grid(enum grid grid);

#endif
