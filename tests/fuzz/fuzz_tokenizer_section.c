/* A damaged TOKENIZER section: it is refused, or every use of it works without reading outside. In:
 * a byte that chooses a vocabulary, then changes: four bytes of place, one of value. With a first
 * byte beyond the vocabularies, the rest is the section. */
#include "runtime/tokenizer/tokenize.h"
#include "tests/support/small_vocabularies.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static const char sample[] =
    "Hello, it's  123 caf\xc3\xa9 e\xcc\x81\xcc\xa3 \xe1\x84\x80\xe1\x85\xa1\xe1\x86\xa8 "
    "\xe6\x97\xa5 \xf0\x9f\x98\x80\xff\n\n"
    "<|im_start|>user\n <|im_end|> <unk></s>\xe2\x96\x81The "
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

static void use(const struct tokenizer *t)
{
    int32_t ids[512];
    size_t count, more;
    char text[RLX_DETOKENIZE_MAX];
    rlx_detokenizer state = {0};
    for (uint32_t flags = 0; flags < 4; flags++) {
        rlx_status status =
            tokenizer_encode(t, sample, sizeof sample - 1, flags, ids, 512, &count, NULL);
        if (status == RLX_OK)
            for (size_t i = 0; i < count; i++)
                if (!tokenizer_token_bytes(t, ids[i], &more))
                    abort(); /* an id outside of the vocabulary */
    }
    for (int32_t id = -1; id < 2100; id++) {
        detokenizer_step(t, &state, id, text, sizeof text, &more, NULL);
        tokenizer_ends_generation(t, id);
    }
    detokenizer_flush(t, &state, text, sizeof text, &more, NULL);
}

static void use_section(const uint8_t *data, size_t bytes, const uint8_t *changes,
                        size_t change_bytes)
{
    struct tokenizer t;
    uint8_t *section = aligned_alloc(8, (bytes + 8) & ~(size_t)7);
    if (!section)
        abort();
    memcpy(section, data, bytes);
    for (size_t i = 0; i + 5 <= change_bytes; i += 5) {
        uint32_t place;
        memcpy(&place, changes + i, sizeof place);
        section[place % bytes] = changes[i + 4];
    }
    if (tokenizer_open(&t, section, bytes, NULL) == RLX_OK)
        use(&t);
    free(section);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static uint8_t *sections[KINDS];
    static uint64_t sizes[KINDS];
    for (int i = 0; i < KINDS && !sections[i]; i++)
        sections[i] = small_section(i, &sizes[i]);
    if (bytes == 0)
        return 0;
    if (data[0] < KINDS)
        use_section(sections[data[0]], sizes[data[0]], data + 1, bytes - 1);
    else if (bytes > 1)
        use_section(data + 1, bytes - 1, NULL, 0);
    return 0;
}
