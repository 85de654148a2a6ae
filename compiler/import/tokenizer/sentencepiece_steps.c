/* The normalizer and the decoder of SentencePiece as steps of a pipeline. In: the settings of a
 * model. Out: steps.
 *
 * The normalizer maps the longest prefix that its map has, again and again. Of the mapped text it
 * drops spaces at both ends and all but one of several, writes U+2581 for a space, drops U+2581 at
 * the end, and puts one in front. Text that only the removal of spaces makes empty gets no prefix.
 * */
#include "compiler/import/tokenizer/sentencepiece.h"

#include "compiler/import/tokenizer/text_steps.h"

static const char mark[] = "\u2581";

void sentencepiece_add_marks(struct pipeline *p, struct arena *a)
{
    step_add_replace(&p->normalizers, a, NULL, " ", mark)->literal = true;
}

static void add_prefix(struct pipeline *p, struct arena *a)
{
    step_add(&p->normalizers, a, STEP_prepend, NULL)->content = step_text_literal(" ");
}

void sentencepiece_add_normalizer(struct pipeline *p, struct arena *a,
                                  const struct sentencepiece_normalizer *n)
{
    struct text_steps *steps = &p->normalizers;

    if (n->prefix && !n->remove_spaces)
        add_prefix(p, a);
    if (n->charsmap.bytes != 0)
        step_add(steps, a, STEP_charsmap, n->object)->content = n->charsmap;
    if (n->remove_spaces) {
        step_add_replace(
            steps, a, NULL,
            n->removes_marks ? "(?<![ \u2581])[ \u2581]+\\z|\\A +" : "(?<! ) +\\z|\\A +", "");
        step_add_replace(steps, a, NULL, " {2,}", " ");
        if (n->prefix)
            add_prefix(p, a);
    }
    if (!n->spaces_stay)
        sentencepiece_add_marks(p, a);
}

void sentencepiece_add_decoders(struct pipeline *p, struct arena *a, bool prefix)
{
    struct decoder_step *step = step_add_decoder(&p->decoders, a, DECODE_replace);

    step->expression = step_text_literal(mark);
    step->content = step_text_literal(" ");
    step_add_decoder(&p->decoders, a, DECODE_byte_fallback);
    step_add_decoder(&p->decoders, a, DECODE_fuse);
    if (prefix) {
        step = step_add_decoder(&p->decoders, a, DECODE_strip);
        step->content = step_text_literal(" ");
        step->start = 1;
    }
}
