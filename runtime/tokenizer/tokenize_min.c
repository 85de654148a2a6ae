/* A lower bound of the number of tokens of a text. In: text; out: the bound, for the price of a
 * look at each byte. Every token covers some bytes of the text, at most as many as the section
 * says; bytes that may have no token of their own do not count.
 */
#include "runtime/tokenizer/tokenize_parts.h"

/* Special tokens that take any amount of white space around them. */
static bool takes_space(const struct tokenizer *t)
{
    const struct rlx_tokenizer_special *specials = tokenizer_table(t, RLX_TABLE_SPECIALS);
    for (uint32_t i = 0; i < tokenizer_table_count(t, RLX_TABLE_SPECIALS); i++)
        if (specials[i].flags & (RLX_SPECIAL_LEFT | RLX_SPECIAL_RIGHT))
            return true;
    return false;
}

/* The bytes that end in a token whatever is around them; false: there is no bound. */
static bool find_counted(const struct tokenizer *t, bool counted[256])
{
    const uint32_t *bytes = tokenizer_table(t, RLX_TABLE_BYTES);
    const struct rlx_tokenizer_header *h = t->header;
    bool all = true, printable_only = takes_space(t);
    for (int i = 0; i < 256; i++) {
        counted[i] = bytes[i] < h->token_count;
        all = all && counted[i];
    }
    if (!all && h->flags & RLX_TOKENIZER_CHARACTERS) {
        if (h->unknown == RLX_NO_SYMBOL || h->flags & RLX_TOKENIZER_FUSE_UNKNOWN)
            return false;
        for (int i = 0; i < 256; i++) /* a character without bytes is an unknown token */
            counted[i] = true;
    }
    for (int i = 0; i < 256 && printable_only; i++)
        counted[i] = counted[i] && i > ' ' && i < 0x7f;
    return true;
}

size_t tokenizer_min_tokens(const struct tokenizer *t, const char *text, size_t bytes)
{
    bool counted[256];
    size_t count = 0;
    if (t->header->max_covered == 0 || !find_counted(t, counted))
        return 0;
    for (size_t i = 0; i < bytes; i++)
        count += counted[(uint8_t)text[i]];
    return count / t->header->max_covered;
}
