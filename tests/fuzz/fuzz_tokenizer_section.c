/* A TOKENIZER section from arbitrary bytes: it is refused, or every use of it works without reading
 * outside. */
#include "runtime/tokenizer/tokenize.h"

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct tokenizer t;
    void *section = aligned_alloc(8, (bytes + 8) & ~(size_t)7);
    if (!section)
        abort();
    memcpy(section, data, bytes);
    if (tokenizer_open(&t, section, bytes, NULL) == RLX_OK)
        use(&t);
    free(section);
    return 0;
}
