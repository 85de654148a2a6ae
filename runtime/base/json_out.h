/* Writes JSON member by member. In: names and values in the order of the output; out: text on a
 * stream, whose errors the caller asks for at the end. */
#ifndef RLX_JSON_OUT_H
#define RLX_JSON_OUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json_out {
    FILE *file;
    bool indented; /* each member on a line of its own, a space per level before it */
    bool compact;  /* no spaces */
    bool ascii;    /* other characters as \uXXXX */
    uint32_t depth;
    bool begun; /* the innermost container has a member */
};

/* `name` is NULL for elements of arrays and for the outermost value; it needs no escapes. */
void json_out_open(struct json_out *o, const char *name, char bracket); /* { or [ */
void json_out_close(struct json_out *o, char bracket);                  /* } or ] */
/* Bytes that are not UTF-8 become U+FFFD. */
void json_out_text(struct json_out *o, const char *name, const char *text, size_t bytes);
void json_out_string(struct json_out *o, const char *name, const char *text);
void json_out_integer(struct json_out *o, const char *name, int64_t value);
/* Six digits. A number that JSON cannot express, such as NaN, becomes null. */
void json_out_real(struct json_out *o, const char *name, double value);
/* As many digits as read back to the same number, likewise. */
void json_out_exact(struct json_out *o, const char *name, double value);
/* JSON as it is. */
void json_out_verbatim(struct json_out *o, const char *name, const char *json);

#endif
