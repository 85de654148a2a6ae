/* What the model needs of string.h: the program that it is linked into must have these four,
 * because a compiler calls them of itself. */
#ifndef MODEL_STRING_H
#define MODEL_STRING_H

#include <stddef.h>

void *memcpy(void *to, const void *from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *at, int value, size_t bytes);
int memcmp(const void *a, const void *b, size_t bytes);

#endif
