/* The general category of a code point as Unicode 16 has it, in the numbering of
 * utf8proc_category_t. */
#ifndef RLXC_POINT_NEWER_H
#define RLXC_POINT_NEWER_H

#include <stdint.h>

uint32_t point_category(uint32_t point);

#endif
