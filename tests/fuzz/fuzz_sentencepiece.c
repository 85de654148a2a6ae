/* Any bytes as a tokenizer.model of SentencePiece: refused with a message, or a vocabulary that is
 * consistent. */
#include "compiler/import/tokenizer/sentencepiece.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void check_steps(const struct pipeline *p)
{
    volatile unsigned char sum = 0;

    for (uint32_t i = 0; i < p->normalizers.count; i++) {
        const struct text_step *s = &p->normalizers.all[i];
        for (uint32_t k = 0; k < s->content.bytes; k++)
            sum = (unsigned char)(sum + s->content.text[k]);
    }
    for (uint32_t i = 0; i < p->decoders.count; i++)
        for (uint32_t k = 0; k < p->decoders.all[i].content.bytes; k++)
            sum = (unsigned char)(sum + p->decoders.all[i].content.text[k]);
    (void)sum;
}

static void check(const struct vocabulary *v)
{
    for (uint32_t i = 0; i < v->token_count; i++) /* reads every byte, and the NUL that follows */
        if (v->tokens[i].bytes == 0 || v->tokens[i].bytes > VOCABULARY_MAX_TEXT ||
            v->tokens[i].text[v->tokens[i].bytes] != 0 || v->tokens[i].kind < TOKEN_normal ||
            v->tokens[i].kind > TOKEN_byte)
            abort();
    if (v->unknown >= v->token_count || v->tokens[v->unknown].kind != TOKEN_unknown)
        abort();
    check_steps(&v->pipeline);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct arena arena = {0};
    struct diags diags = {.arena = &arena};
    struct vocabulary v = {0};
    bool good = sentencepiece_read("tokenizer.model", data, bytes, &v, &arena, &diags);

    if (good != (diags.error_count == 0))
        abort();
    if (good)
        check(&v);
    arena_free(&arena);
    return 0;
}
