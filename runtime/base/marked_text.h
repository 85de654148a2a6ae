#ifndef RLX_MARKED_TEXT_H
#define RLX_MARKED_TEXT_H

#include <stddef.h>

/* Text with parts from somebody who may not write control tokens. */
struct text_range {
    size_t start, end; /* not empty */
};
struct marked_text {
    char *text;
    size_t bytes;
    struct text_range *plain; /* in order, without overlap: no control token touches them */
    size_t plain_count;
};

#endif
