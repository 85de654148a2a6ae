/* Damaged tables of normalizers, and text: they are refused, or every use reads only inside of
 * them. In: a byte, how many changes; the changes, u24 offset and u8 value each; text. */
#include "tests/support/normalizing.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static uint8_t *block; /* good tables */
static uint32_t block_bytes;

/* A charsmap of one key: "a" becomes "bc". */
static const char charsmap[] = "\x0c\x00\x00\x00"
                               "\x00\x80\x01\x00\x61\x0d\x00\x00\x00\x00\x00\x80"
                               "bc";

static void make_block(void)
{
    static struct normalizing n;
    pipeline_add_bert_normalizer(&n.vocabulary, &n.arena, "", true, true, false, true);
    add_normalizer(&n, STEP_form)->form = FORM_nfkc;
    struct text_step *s = add_normalizer(&n, STEP_replace);
    s->literal = true;
    s->expression = text_of(" ");
    s->content = text_of("\xe2\x96\x81");
    add_normalizer(&n, STEP_strip)->left = true;
    add_normalizer(&n, STEP_prepend)->content = text_of("_");
    s = add_normalizer(&n, STEP_charsmap);
    s->content = (struct step_text){charsmap, sizeof charsmap};
    s->by_graphemes = true;
    if (!normalizing_open(&n))
        abort();
    block = n.tables.block;
    block_bytes = n.tables.bytes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct normal normal;
    struct normal_work work = {.scan.capacity = 0};
    size_t changes = bytes ? data[0] : 0;
    if (!block)
        make_block();
    if (bytes < 1 + changes * 4)
        return 0;
    uint8_t *copy = aligned_alloc(8, block_bytes);
    if (!copy)
        abort();
    memcpy(copy, block, block_bytes);
    for (size_t i = 0; i < changes; i++) {
        const uint8_t *c = data + 1 + 4 * i;
        copy[(c[0] | (uint32_t)c[1] << 8 | (uint32_t)c[2] << 16) % block_bytes] = c[3];
    }
    if (normal_open(&normal, copy, block_bytes, NULL))
        normal_apply(&normal, (const char *)data + 1 + changes * 4, bytes - 1 - changes * 4, &work);
    else if (changes == 0)
        abort();
    normal_work_free(&work);
    free(copy);
    return 0;
}
