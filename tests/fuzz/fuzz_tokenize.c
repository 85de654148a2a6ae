/* Any bytes as text, on small vocabularies of all kinds: nothing fails, byte-level text comes back
 * unchanged, and streaming gives whole characters. */
#include "runtime/tokenizer/tokenize.h"
#include "tests/support/small_vocabularies.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void try_text(const struct tokenizer *t, const char *text, size_t bytes, bool exact)
{
    size_t count, capacity = 24 * bytes + 8, joined = 0, more; /* normalization may lengthen */
    int32_t *ids = malloc(capacity * sizeof *ids);
    rlx_detokenizer state = {0};
    char piece[RLX_DETOKENIZE_MAX];
    if (!ids || tokenizer_encode(t, text, bytes, RLX_TOKENIZE_PARSE_SPECIAL, ids, capacity, &count,
                                 NULL) != RLX_OK)
        abort();
    if (tokenizer_min_tokens(t, text, bytes) > count)
        abort();
    for (size_t i = 0; i < count; i++) {
        const char *token = tokenizer_token_bytes(t, ids[i], &more);
        if (!token || (exact && (joined + more > bytes || memcmp(token, text + joined, more) != 0)))
            abort();
        joined += more;
        if (detokenizer_step(t, &state, ids[i], piece, sizeof piece, &more, NULL) != RLX_OK ||
            state.pending_count > 3)
            abort();
    }
    if (exact && joined != bytes)
        abort();
    free(ids);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static struct tokenizer tokenizers[KINDS];
    if (!tokenizers[0].header)
        for (int i = 0; i < KINDS; i++) {
            uint64_t size;
            const uint8_t *section = small_section(i, &size);
            if (tokenizer_open(&tokenizers[i], section, size, NULL) != RLX_OK)
                abort();
        }
    for (int i = 0; i < KINDS; i++)
        try_text(&tokenizers[i], (const char *)data, bytes, i % 2 == 0);
    return 0;
}
