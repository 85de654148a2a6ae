/* Base64. In: text. Out: bytes. */
#include "compiler/base/base64.h"

static int digit(char c)
{
    return c >= 'A' && c <= 'Z'   ? c - 'A'
           : c >= 'a' && c <= 'z' ? c - 'a' + 26
           : c >= '0' && c <= '9' ? c - '0' + 52
           : c == '+'             ? 62
           : c == '/'             ? 63
                                  : -1;
}

bool base64_decode(const char *text, size_t bytes, uint8_t *out, size_t *used)
{
    *used = 0;
    if (bytes % 4 != 0)
        return false;
    for (size_t i = 0; i < bytes; i += 4) {
        bool last = i + 4 == bytes;
        int padding = !last || text[i + 3] != '=' ? 0 : text[i + 2] != '=' ? 1 : 2;
        uint32_t group = 0;
        for (int k = 0; k < 4 - padding; k++) {
            int value = digit(text[i + (size_t)k]);
            if (value < 0)
                return false;
            group |= (uint32_t)value << (18 - 6 * k);
        }
        if ((padding == 1 && group & 0xff) || (padding == 2 && group & 0xffff))
            return false;
        for (int k = 0; k < 3 - padding; k++)
            out[(*used)++] = (uint8_t)(group >> (16 - 8 * k));
    }
    return true;
}
