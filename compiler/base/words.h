/* Lists of words in one text, separated by single spaces: "left right both". */
#ifndef RLXC_WORDS_H
#define RLXC_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* The word at *at, which is not NUL-terminated, and moves *at past it; NULL at the end of the
 * list. */
static inline const char *words_next(const char **at, size_t *bytes)
{
    const char *word = *at;
    *bytes = strcspn(word, " ");
    *at += *bytes + (word[*bytes] == ' ');
    return *bytes != 0 ? word : NULL;
}

static inline bool words_have(const char *words, const char *word, size_t bytes)
{
    const char *known;
    size_t known_bytes;
    while ((known = words_next(&words, &known_bytes)) != NULL)
        if (known_bytes == bytes && memcmp(known, word, bytes) == 0)
            return true;
    return false;
}

#endif
