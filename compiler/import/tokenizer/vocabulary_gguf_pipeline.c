/* What happens to text before and after the model, for each kind of vocabulary in GGUF files. In:
 * the vocabulary's tokens, and the keys that say how text is normalized. Out: v->pipeline. */
#include "compiler/import/tokenizer/pipeline_steps.h"
#include "compiler/import/tokenizer/sentencepiece.h"
#include "compiler/import/tokenizer/text_steps.h"
#include "compiler/import/tokenizer/vocabulary_gguf.h"

static bool read_flag(struct gguf_reading *r, const char *key, bool usual)
{
    gguf_get_bool(r->gguf, key, &usual, r->diags);
    return usual;
}

bool gguf_merges_pipeline(struct gguf_reading *r)
{
    struct vocabulary *v = r->vocabulary;
    struct pipeline *p = &v->pipeline;
    struct arena *a = r->model->arena;

    if (gguf_has_characters(r) && read_flag(r, "tokenizer.ggml.normalizer.lowercase", false))
        step_add(&p->normalizers, a, STEP_lowercase, "tokenizer.ggml.normalizer.lowercase");
    pre_tokenizer_apply(r->pre, v, a);
    if (gguf_has_characters(r)) {
        p->byte_fallback = v->fuse_unknown = true;
        sentencepiece_add_decoders(
            p, a, read_flag(r, "tokenizer.ggml.add_space_prefix", r->kind->space_prefix));
    } else {
        step_add_decoder(&p->decoders, a, DECODE_byte_level);
    }
    return true;
}

bool gguf_llama_pipeline(struct gguf_reading *r)
{
    static const char key[] = "tokenizer.ggml.add_space_prefix";
    struct pipeline *p = &r->vocabulary->pipeline;
    struct arena *a = r->model->arena;
    bool prefix = read_flag(r, key, r->kind->space_prefix);

    p->byte_fallback = true;
    if (prefix)
        step_add(&p->normalizers, a, STEP_prepend, key)->content = step_text_literal(" ");
    sentencepiece_add_marks(p, a);
    sentencepiece_add_decoders(p, a, prefix);
    return true;
}

/* The charsmap is an array of bytes. */
static bool read_charsmap(struct gguf_reading *r, struct step_text *map)
{
    bool wrong = false;
    const struct gguf_value *value =
        gguf_find_array(r, "tokenizer.ggml.precompiled_charsmap", false, UINT32_MAX, &wrong);

    if (value == NULL || value->count == 0)
        return !wrong;
    if (value->element != GGUF_u8 && value->element != GGUF_i8)
        return diag_error(r->diags, r->place, "expected an array of bytes");
    map->text = (const char *)r->gguf->file->data + value->offset;
    map->bytes = (uint32_t)value->count;
    return true;
}

bool gguf_unigram_pipeline(struct gguf_reading *r)
{
    struct sentencepiece_normalizer n = {
        .prefix = read_flag(r, "tokenizer.ggml.add_space_prefix", r->kind->space_prefix),
        .remove_spaces = read_flag(r, "tokenizer.ggml.remove_extra_whitespaces", false),
        .object = "tokenizer.ggml.precompiled_charsmap",
    };

    if (!read_charsmap(r, &n.charsmap))
        return false;
    r->vocabulary->fuse_unknown = true;
    sentencepiece_add_normalizer(&r->vocabulary->pipeline, r->model->arena, &n);
    sentencepiece_add_decoders(&r->vocabulary->pipeline, r->model->arena, n.prefix);
    return true;
}

bool gguf_wordpiece_pipeline(struct gguf_reading *r)
{
    struct vocabulary *v = r->vocabulary;
    struct pipeline *p = &v->pipeline;
    struct arena *a = r->model->arena;
    bool lowercase = read_flag(r, "tokenizer.ggml.normalizer.lowercase", true),
         strip = read_flag(r, "tokenizer.ggml.normalizer.strip_accents", lowercase);

    pipeline_add_bert_normalizer(v, a, NULL, true, true, strip, lowercase);
    step_add_split(&p->pre_tokenizers, a, NULL, "\\s", SPLIT_removed);
    step_add_split(&p->pre_tokenizers, a, NULL,
                   arena_printf(a, "[%s]", step_class(a, FROZEN_punctuation)), SPLIT_isolated);
    p->continuing_prefix = step_text_literal("##");
    p->max_word_characters = 100;
    struct decoder_step *decoder = step_add_decoder(&p->decoders, a, DECODE_word_piece);
    decoder->content = step_text_literal("##");
    decoder->cleanup = true;
    return true;
}
