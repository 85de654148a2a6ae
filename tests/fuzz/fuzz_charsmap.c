/* A precompiled charsmap of hostile bytes, and text: the charsmap is refused, or maps any text, and
 * the ASCII characters that pass without a search are the ones that a search leaves alone. In: a
 * byte of flags (bit 0: by grapheme clusters, bits 1 to 7 the bytes of text, times 4), the text,
 * the charsmap. */
#include "tests/support/normalizing.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static struct rlx_normal_charsmap *charsmap_of(const struct normalizing *n)
{
    const struct rlx_normal_header *header = (const void *)n->tables.block;
    const struct rlx_normal_step *step = (const void *)(header + 1);
    return (void *)(n->tables.block + step->table);
}

/* The same with and without the table of ASCII characters. */
static void compare(struct normalizing *n, const char *text, size_t bytes)
{
    struct normal_text quick = normalize(n, text, bytes);
    if (quick.failure == NORMAL_no_memory || quick.bytes > bytes * 256 + RLX_NORMAL_ROOM)
        abort();
    char *copy = malloc(quick.bytes + 1);
    if (!copy)
        abort();
    memcpy(copy, quick.text, quick.bytes);
    memset(charsmap_of(n)->ascii, RLX_CHARSMAP_NEVER, 128);
    struct normal_text slow = normalize(n, text, bytes);
    if (slow.failure != quick.failure || slow.bytes != quick.bytes ||
        memcmp(slow.text, copy, slow.bytes) != 0)
        abort();
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct normalizing n = {.diags.arena = NULL};
    size_t text_bytes = bytes ? (size_t)(data[0] >> 1) * 4 : 0;
    if (bytes < 1 + text_bytes)
        return 0;
    struct text_step *s = add_normalizer(&n, STEP_charsmap);
    s->by_graphemes = data[0] & 1;
    s->content =
        (struct step_text){(const char *)data + 1 + text_bytes, (uint32_t)(bytes - 1 - text_bytes)};
    bool good = normalizing_open(&n);
    if (good != (n.diags.error_count == 0))
        abort();
    if (good)
        compare(&n, (const char *)data + 1, text_bytes);
    normalizing_close(&n);
    return 0;
}
