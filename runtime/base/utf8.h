/* UTF-8. */
#ifndef RLX_UTF8_H
#define RLX_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { POINT_INVALID = 0xfffd }; /* what a byte that begins no valid character counts as */

/* Reads the character at text[at]; returns its length (1 if it is invalid: one byte,
 * POINT_INVALID). at < bytes. */
uint32_t utf8_read(const char *text, size_t bytes, size_t at, uint32_t *point);
uint32_t utf8_write(uint32_t point, char out[4]);
bool utf8_valid_at(const char *text, size_t bytes, size_t at); /* a valid character begins there */

/* How many bytes at text[0] begin a valid character, at least 1: a maximal part (Unicode Standard,
 * section 3.9). *may_go_on: the text ends there, and further bytes could finish the character.
 * bytes > 0. */
uint32_t utf8_part(const char *text, size_t bytes, bool *may_go_on);

#endif
