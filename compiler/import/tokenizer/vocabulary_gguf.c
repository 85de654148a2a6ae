/* The vocabulary in a GGUF's metadata (tokenizer.ggml.*). In: the opened file. Out: m->vocabulary
 * and m->chat_template; texts point into the mapped file. Keys, and absent keys, mean what they
 * mean in llama.cpp, which made the format. Where llama.cpp's ids differ from those of the
 * publisher's tokenizer, the publisher's count: the model was trained with them.
 */
#include "compiler/import/tokenizer/vocabulary_gguf.h"

#include <string.h>

#define NONE UINT32_MAX

/* rwkv, plamo2 and hybriddna need models of their own: they are unknown here. */
static const struct gguf_tokenizer tokenizers[] = {
    {.name = "gpt2",
     .model = MODEL_bpe,
     .merges = true,
     .bos = NONE,
     .eos = NONE,
     .unknown = NONE,
     .sep = NONE,
     .add_pipeline = gguf_merges_pipeline},
    {.name = "llama",
     .model = MODEL_bpe,
     .characters = true,
     .byte_names = true,
     .add_bos = true,
     .space_prefix = true,
     .bos = 1,
     .eos = 2,
     .unknown = 0,
     .sep = NONE,
     .add_pipeline = gguf_llama_pipeline},
    {.name = "bert",
     .model = MODEL_wordpiece,
     .characters = true,
     .encloses = true,
     .bos = 101,
     .eos = NONE,
     .unknown = 100,
     .sep = 102,
     .add_pipeline = gguf_wordpiece_pipeline},
    {.name = "t5",
     .model = MODEL_unigram,
     .characters = true,
     .add_eos = true,
     .bos = NONE,
     .eos = 1,
     .unknown = 2,
     .sep = NONE,
     .add_pipeline = gguf_unigram_pipeline},
    {.name = "gemma4",
     .model = MODEL_bpe,
     .characters = true,
     .byte_names = true,
     .merges = true,
     .bos = NONE,
     .eos = NONE,
     .unknown = NONE,
     .sep = NONE,
     .add_pipeline = gguf_merges_pipeline},
    {.name = "whitespace",
     .model = MODEL_bpe,
     .characters = true,
     .byte_names = true,
     .merges = true,
     .drops_unknown = true,
     .bos = NONE,
     .eos = NONE,
     .unknown = NONE,
     .sep = NONE,
     .add_pipeline = gguf_merges_pipeline},
    {.name = "none"}, /* no vocabulary */
    {.name = "no_vocab"},
};

bool gguf_text_is(const char *text, uint64_t bytes, const char *word)
{
    return bytes == strlen(word) && memcmp(text, word, bytes) == 0;
}

static const struct pre_tokenizer *infer_pre(struct gguf_reading *r, const char *found)
{
    uint64_t bytes = 0;
    const char *text = "", *names = pre_tokenizer_names(r->model->arena);
    if (!gguf_find(r->gguf, "general.architecture") ||
        !gguf_get_string(r->gguf, "general.architecture", &text, &bytes, r->diags))
        bytes = 0;
    const char *architecture = arena_text(r->model->arena, text, bytes);
    const struct pre_tokenizer *pre = pre_tokenizer_infer(architecture, r->vocabulary);
    if (pre)
        diag_warning(r->diags, r->place,
                     "expected the name of the pre-tokenizer, found %s; using %.*s, which models "
                     "of architecture %s with %u tokens have (--pre-tokenizer=NAME for another)",
                     found, (int)strcspn(pre->names, " "), pre->names, architecture,
                     r->vocabulary->token_count);
    else
        diag_error(r->diags, r->place,
                   "expected the name of the pre-tokenizer, found %s; models of architecture '%s' "
                   "with %u tokens may have several; choose one with --pre-tokenizer=NAME (%s)",
                   found, architecture, r->vocabulary->token_count, names);
    return pre;
}

/* The one that the user names, else that of the file, else that of the architecture. */
static const struct pre_tokenizer *choose_pre(struct gguf_reading *r, const char *chosen)
{
    const char *name = chosen ? chosen : "";
    uint64_t bytes = strlen(name);
    r->place.object = "tokenizer.ggml.pre";
    if (!chosen && !gguf_find(r->gguf, "tokenizer.ggml.pre"))
        return infer_pre(r, "none (files from before May 2024 lack it)");
    if (!chosen && !gguf_get_string(r->gguf, "tokenizer.ggml.pre", &name, &bytes, r->diags))
        return NULL;
    if (gguf_text_is(name, bytes, "default"))
        return infer_pre(r, "'default'");
    const struct pre_tokenizer *pre = pre_tokenizer_by_name(name, bytes);
    if (!pre)
        diag_error(r->diags, r->place,
                   "expected a known pre-tokenizer, found '%.*s'; if it splits like a known one, "
                   "name that one with --pre-tokenizer=NAME (%s)",
                   (int)min_u64(bytes, 60), name, pre_tokenizer_near(name, bytes, r->model->arena));
    return pre;
}

static const char *read_template(struct gguf_reading *r, const char *key, uint32_t *bytes)
{
    const char *text;
    uint64_t length;
    if (!gguf_find(r->gguf, key) || !gguf_get_string(r->gguf, key, &text, &length, r->diags) ||
        length > UINT32_MAX)
        return NULL;
    *bytes = (uint32_t)length;
    return arena_text(r->model->arena, text, length);
}

/* The kind of vocabulary in tokenizer.ggml.model. */
static bool read_kind(struct gguf_reading *r)
{
    const char *name, *known = "";
    uint64_t bytes;

    r->place.object = "tokenizer.ggml.model";
    if (!gguf_get_string(r->gguf, "tokenizer.ggml.model", &name, &bytes, r->diags))
        return false;
    for (size_t i = 0; i < countof(tokenizers); i++) {
        const struct gguf_tokenizer *t = &tokenizers[i];
        if (gguf_text_is(name, bytes, t->name)) {
            r->kind = t;
            return true;
        }
        known = arena_printf(r->model->arena, "%s%s'%s'", known, i == 0 ? "" : ", ", t->name);
    }
    return diag_error(r->diags, r->place,
                      "expected a tokenizer of a known model (%s), found '%.*s'", known,
                      (int)min_u64(bytes, 60), name);
}

/* Byte-level vocabularies have a pre-tokenizer. The others with merges are pre-tokenized as their
 * kind says. */
static bool read_pre(struct gguf_reading *r, const char *chosen)
{
    const struct gguf_tokenizer *k = r->kind;

    if (k->characters && chosen != NULL)
        return vocabulary_refuse_pre_tokenizer(r->gguf->file->path, r->diags);
    if (k->merges)
        r->pre =
            k->characters ? pre_tokenizer_by_name(k->name, strlen(k->name)) : choose_pre(r, chosen);
    return !k->merges || r->pre != NULL;
}

bool gguf_has_characters(const struct gguf_reading *r)
{
    return r->kind->characters || (r->pre != NULL && (r->pre->flags & PRE_TOKENIZER_CHARACTERS));
}

static bool read_vocabulary(struct gguf_reading *r, const struct import_options *options)
{
    struct vocabulary *v = r->vocabulary;

    v->file = r->gguf->file->path;
    v->from_gguf = v->ascii_strip = true;
    v->pipeline.model = r->kind->model;
    v->by_score = r->kind->model == MODEL_bpe && !r->kind->merges;
    if (!gguf_read_tokens(r) || !read_pre(r, options->pre_tokenizer) ||
        (r->kind->merges && !gguf_read_merges(r)) || !r->kind->add_pipeline(r))
        return false;
    gguf_read_special_ids(r);
    vocabulary_mark_known_ends(v);
    return true;
}

bool vocabulary_from_gguf(const struct gguf *g, const struct import_options *options,
                          struct model *m, struct diags *d)
{
    struct gguf_reading r = {.gguf = g, .model = m, .diags = d, .place = {.file = g->file->path}};
    m->vocabulary = NULL;
    m->chat_template = read_template(&r, "tokenizer.chat_template", &m->chat_template_bytes);
    m->tool_template =
        read_template(&r, "tokenizer.chat_template.tool_use", &m->tool_template_bytes);
    if (!gguf_find(g, "tokenizer.ggml.model")) {
        r.place.object = "tokenizer.ggml.model";
        if (gguf_find(g, "tokenizer.ggml.tokens"))
            diag_warning(d, r.place, "is missing, so the vocabulary cannot be read: ignored");
        return true;
    }
    if (!read_kind(&r))
        return false;
    if (r.kind->add_pipeline == NULL)
        return true;
    r.vocabulary = arena_new(m->arena, struct vocabulary, 1);
    if (!read_vocabulary(&r, options))
        return false;
    m->vocabulary = r.vocabulary;
    return true;
}
