/* Base64 with padding (RFC 4648, section 4). */
#ifndef RLXC_BASE64_H
#define RLXC_BASE64_H

#include "compiler/base/base.h"

/* `out` has room for 3 bytes for each 4 characters. False if the text is not base64. */
bool base64_decode(const char *text, size_t bytes, uint8_t *out, size_t *used);

#endif
