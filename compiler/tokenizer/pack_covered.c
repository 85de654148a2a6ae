/* How many bytes of text one id stands for at most. In: the pipeline and the tokens. Out: a bound
 * that tokenizer_min_tokens divides by, or 0 where there is none: where text may be dropped, or a
 * word of any length may become one unknown token.
 */
#include "compiler/tokenizer/pack_parts.h"

/* How many bytes of text become one byte at most; 0: text may be dropped. Of the normalization
 * forms: three Hangul jamo of 3 bytes become a syllable of 3; mathematical letters of 4 bytes
 * become ASCII. Of lower case: U+212A becomes k. */
static uint32_t shrinking(const struct text_step *s)
{
    switch (s->kind) {
    case STEP_form:
        return s->form == FORM_nfc || s->form == FORM_nfd ? 3 : 4;
    case STEP_lowercase:
        return 3;
    case STEP_isolate_ideographs:
    case STEP_prepend:
    case STEP_prefix:
    case STEP_byte_level:
        return 1;
    case STEP_replace:
        return s->literal && s->content.bytes
                   ? (s->expression.bytes + s->content.bytes - 1) / s->content.bytes
                   : 0;
    case STEP_split:
        return s->behavior != SPLIT_removed;
    case STEP_strip:
    case STEP_charsmap:
        return 0;
    }
    return 0;
}

static uint64_t shrinking_of_all(const struct text_steps *steps)
{
    uint64_t product = 1;
    for (uint32_t i = 0; i < steps->count && product <= UINT32_MAX; i++)
        product *= shrinking(&steps->all[i]);
    return product;
}

uint32_t max_covered(const struct packing *p)
{
    enum { LONGEST_CHARACTER = 4 };
    const struct vocabulary *v = p->vocabulary;
    uint64_t longest = LONGEST_CHARACTER;
    if (v->pipeline.model != MODEL_bpe)
        return 0;
    for (uint32_t i = 0; i < v->token_count; i++)
        longest = max_u64(longest, v->tokens[i].bytes);
    uint64_t before = shrinking_of_all(&v->pipeline.normalizers),
             after = shrinking_of_all(&v->pipeline.pre_tokenizers);
    if (before > UINT32_MAX || after > UINT32_MAX || before * after > UINT32_MAX / longest)
        return 0;
    return (uint32_t)(longest * before * after);
}
