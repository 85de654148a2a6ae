/* Makes text from files safe for a terminal: characters that a terminal would obey, or that hide or
 * reorder other text, become escaped bytes. */
#ifndef RLX_PRINTABLE_H
#define RLX_PRINTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Length of the next character; 0 at the end of the text. `plain`: it may be printed unchanged.
 * Bytes that are not UTF-8 come one by one and are not plain. */
size_t printable_next(const char *text, bool *plain);
/* The text, with \xHH for each byte that is not plain. */
void printable_write(const char *text, FILE *out);

#endif
