/* What happens to text before and after the model, for each kind of vocabulary in GGUF files. In: the
 * vocabulary's tokens, and the keys that say how text is normalized. Out: v->pipeline. */
#include "compiler/import/vocabulary_gguf.h"

#include <string.h>

static const char mark[] = "\u2581"; /* SentencePiece's space */

static struct step_text text_of(const char *text)
{
    return (struct step_text){text, (uint32_t)strlen(text)};
}

static void add_step(struct reading *r, struct text_steps *steps, struct text_step step)
{
    ARENA_PUSH(r->model->arena, steps->all, steps->count, steps->capacity) = step;
}

static void add_replace(struct reading *r, const char *expression, bool literal,
                        const char *content)
{
    add_step(r, &r->vocabulary->pipeline.normalizers,
             (struct text_step){.kind = STEP_replace,
                                .literal = literal,
                                .expression = text_of(expression),
                                .content = text_of(content)});
}

static void add_prepend(struct reading *r, const char *content)
{
    add_step(r, &r->vocabulary->pipeline.normalizers,
             (struct text_step){.kind = STEP_prepend, .content = text_of(content)});
}

static void add_decoder(struct reading *r, struct decoder_step step)
{
    struct decoder_steps *steps = &r->vocabulary->pipeline.decoders;
    ARENA_PUSH(r->model->arena, steps->all, steps->count, steps->capacity) = step;
}

/* U+2581 is a space, <0x0A> a byte; a space in front of the whole text goes if `prefix`. */
static void add_mark_decoders(struct reading *r, bool prefix)
{
    add_decoder(r, (struct decoder_step){.kind = DECODE_replace,
                                         .expression = text_of(mark),
                                         .content = text_of(" ")});
    add_decoder(r, (struct decoder_step){.kind = DECODE_byte_fallback});
    add_decoder(r, (struct decoder_step){.kind = DECODE_fuse});
    if (prefix)
        add_decoder(
            r, (struct decoder_step){.kind = DECODE_strip, .content = text_of(" "), .start = 1});
}

static bool read_flag(struct reading *r, const char *key, bool usual)
{
    gguf_get_bool(r->gguf, key, &usual, r->diags);
    return usual;
}

bool gguf_merges_pipeline(struct reading *r)
{
    struct vocabulary *v = r->vocabulary;
    struct pipeline *p = &v->pipeline;

    if ((r->pre->flags & PRE_TOKENIZER_CHARACTERS) &&
        read_flag(r, "tokenizer.ggml.normalizer.lowercase", false))
        add_step(r, &p->normalizers, (struct text_step){.kind = STEP_lowercase});
    pre_tokenizer_apply(r->pre, v, r->model->arena);
    if (r->pre->flags & PRE_TOKENIZER_CHARACTERS) {
        p->byte_fallback = v->fuse_unknown = true;
        add_mark_decoders(r, read_flag(r, "tokenizer.ggml.add_space_prefix", false));
    } else {
        add_decoder(r, (struct decoder_step){.kind = DECODE_byte_level});
    }
    return true;
}

bool gguf_llama_pipeline(struct reading *r)
{
    bool prefix = read_flag(r, "tokenizer.ggml.add_space_prefix", r->kind->space_prefix);

    r->vocabulary->pipeline.byte_fallback = true;
    if (prefix)
        add_prepend(r, mark);
    add_replace(r, " ", true, mark);
    add_mark_decoders(r, prefix);
    return true;
}

/* The charsmap is an array of bytes. */
static bool add_charsmap(struct reading *r)
{
    static const char key[] = "tokenizer.ggml.precompiled_charsmap";
    bool wrong = false;
    const struct gguf_value *map = gguf_find_array(r, key, false, UINT32_MAX, &wrong);

    if (map == NULL || map->count == 0)
        return !wrong;
    if (map->element != GGUF_u8 && map->element != GGUF_i8)
        return diag_error(r->diags, r->place, "expected an array of bytes");
    add_step(r, &r->vocabulary->pipeline.normalizers,
             (struct text_step){
                 .kind = STEP_charsmap,
                 .content = {(const char *)r->gguf->file->data + map->offset, (uint32_t)map->count},
                 .object = key});
    return true;
}

/* As SentencePiece normalizes; see sentencepiece.c. But in GGUF files each stretch between
 * added tokens is normalized apart, and a U+2581 at its end stays. */
bool gguf_unigram_pipeline(struct reading *r)
{
    bool prefix = read_flag(r, "tokenizer.ggml.add_space_prefix", r->kind->space_prefix),
         remove = read_flag(r, "tokenizer.ggml.remove_extra_whitespaces", false);

    r->vocabulary->fuse_unknown = true;
    if (prefix && !remove)
        add_prepend(r, " ");
    if (!add_charsmap(r))
        return false;
    if (remove) {
        add_replace(r, "\\A +| +\\z", false, "");
        add_replace(r, " {2,}", false, " ");
    }
    if (prefix && remove)
        add_prepend(r, " ");
    add_replace(r, " ", true, mark);
    add_mark_decoders(r, prefix);
    return true;
}

/* White space goes, and punctuation stands apart (BertPreTokenizer). */
static void add_bert_pre_tokenizer(struct reading *r)
{
    struct text_steps *steps = &r->vocabulary->pipeline.pre_tokenizers;

    add_step(r, steps,
             (struct text_step){
                 .kind = STEP_split, .expression = text_of("\\s+"), .behavior = SPLIT_removed});
    add_step(r, steps,
             (struct text_step){.kind = STEP_split,
                                .expression = text_of("[\\p{P}!-/:-@\\[-`{-~]"),
                                .behavior = SPLIT_isolated});
}

bool gguf_wordpiece_pipeline(struct reading *r)
{
    struct vocabulary *v = r->vocabulary;
    bool lowercase = read_flag(r, "tokenizer.ggml.normalizer.lowercase", true),
         strip = read_flag(r, "tokenizer.ggml.normalizer.strip_accents", lowercase);

    (void)strip;
    return diag_error(r->diags, r->place, "vocabularies of model 'bert' wait for their normalizer");
    add_bert_pre_tokenizer(r);
    v->pipeline.continuing_prefix = text_of("##");
    v->pipeline.max_word_characters = 100;
    add_decoder(r, (struct decoder_step){
                       .kind = DECODE_word_piece, .content = text_of("##"), .cleanup = true});
    return true;
}
