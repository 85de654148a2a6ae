/* Text from files on a terminal: what a terminal would obey, or what would hide or turn round other
 * text, is shown as its bytes.
 */
#ifndef RLX_PRINTABLE_H
#define RLX_PRINTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* The bytes of the next character; 0 at the end of the text. `plain`: whether it may be printed as
 * it stands. Bytes that are no UTF-8 come one by one and are not plain. */
size_t printable_next(const char *text, bool *plain);
/* The text, with \xHH for each byte of what is not plain. */
void printable_write(const char *text, FILE *out);

#endif
