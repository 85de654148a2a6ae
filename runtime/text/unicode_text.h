/* UTF-8, and the Unicode tables of a tokenizer's section. */
#ifndef RLX_UNICODE_TEXT_H
#define RLX_UNICODE_TEXT_H

#include "runtime/text/tokenize.h"

enum { POINT_INVALID = 0xfffd }; /* what a byte that begins no valid character counts as */

/* Reads the character at text[at]; returns its length (1 where it is invalid: one byte,
 * POINT_INVALID). at < bytes. */
uint32_t utf8_read(const char *text, size_t bytes, size_t at, uint32_t *point);
uint32_t utf8_write(uint32_t point, char out[4]);
bool utf8_valid_at(const char *text, size_t bytes, size_t at); /* a valid character begins there */

/* rlx_class flags of a code point. */
uint32_t point_class(const struct tokenizer *t, uint32_t point);
/* rlx_case flags of it, where the split is RLX_SPLIT_CASED. */
uint32_t point_case(const struct tokenizer *t, uint32_t point);

/* Bytes that grow; malloc'd. After a failed growth `failed` is set and the contents stay. */
struct bytes {
    char *data;
    size_t count, capacity;
    bool failed;
};
void bytes_add(struct bytes *b, const char *data, size_t count);

/* Appends the text in normalization form C. False without memory. Invalid bytes pass unchanged. */
bool nfc_append(const struct tokenizer *t, const char *text, size_t bytes, struct bytes *out);

#endif
