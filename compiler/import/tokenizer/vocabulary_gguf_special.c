/* The tokens with a role in a GGUF's vocabulary. In: tokenizer.ggml.*_token_id and add_*_token.
 * Out: the ids before and after a text, the unknown token, ends of generation, the
 * names that templates use, and which special tokens take white space next to them. */
#include "compiler/import/tokenizer/vocabulary_gguf.h"

#include <ctype.h>
#include <string.h>

/* The token that a key names; UINT32_MAX if the file has -1, as older ones do. If the key is absent
 * or out of range: the `usual` token, if there is one. */
static uint32_t read_id(struct gguf_reading *r, const char *key, uint32_t usual)
{
    uint32_t count = r->vocabulary->token_count;
    const struct gguf_value *value = gguf_find(r->gguf, key);
    double id = usual = usual < count ? usual : UINT32_MAX;
    if (value && !gguf_get_f64(r->gguf, key, &id, r->diags))
        return UINT32_MAX;
    if (id >= 0 && id < count && id == (uint32_t)id)
        return (uint32_t)id;
    if (!value || id == -1 || id == UINT32_MAX)
        return UINT32_MAX;
    r->place.object = key;
    if (usual == UINT32_MAX)
        diag_warning(r->diags, r->place, "%.15g is not in the vocabulary of %u tokens: ignored", id,
                     count);
    else
        diag_warning(r->diags, r->place,
                     "%.15g is not in the vocabulary of %u tokens: using %u, as llama.cpp does", id,
                     count, usual);
    return usual;
}

/* The tokens that templates use by name. */
static void name_special_tokens(struct gguf_reading *r, uint32_t bos, uint32_t eos,
                                uint32_t unknown, uint32_t sep)
{
    const struct vocabulary *v = r->vocabulary;
    const struct {
        const char *name;
        uint32_t id;
    } all[] = {
        {"bos_token", bos},
        {"eos_token", eos},
        {"unk_token", unknown},
        {"pad_token", read_id(r, "tokenizer.ggml.padding_token_id", UINT32_MAX)},
        {"sep_token", sep},
        {"cls_token", read_id(r, "tokenizer.ggml.cls_token_id", UINT32_MAX)},
        {"mask_token", read_id(r, "tokenizer.ggml.mask_token_id", UINT32_MAX)},
    };

    for (size_t i = 0; i < countof(all); i++)
        if (all[i].id != UINT32_MAX && v->tokens[all[i].id].text != NULL)
            model_add_special_token(r->model, all[i].name, v->tokens[all[i].id].text,
                                    v->tokens[all[i].id].bytes);
}

/* The first token of that type, else the one that llama.cpp would take. */
static uint32_t usual_unknown(const struct gguf_reading *r)
{
    const struct vocabulary *v = r->vocabulary;

    if (r->kind->model == MODEL_unigram)
        for (uint32_t i = 0; i < v->token_count; i++)
            if (v->tokens[i].kind == TOKEN_unknown)
                return i;
    return r->kind->unknown;
}

/* The ids before and after a text. */
static void read_enclosing(struct gguf_reading *r, uint32_t bos, uint32_t eos, uint32_t sep)
{
    struct vocabulary *v = r->vocabulary;
    unsigned flags = r->pre ? r->pre->flags : 0;
    bool add_bos = r->kind->add_bos || (flags & PRE_TOKENIZER_ADD_BOS), add_eos = r->kind->add_eos;

    gguf_get_bool(r->gguf, "tokenizer.ggml.add_bos_token", &add_bos, r->diags);
    gguf_get_bool(r->gguf, "tokenizer.ggml.add_eos_token", &add_eos, r->diags);
    if (r->kind->encloses) {
        add_bos = add_eos = true;
        eos = sep;
    }
    if ((add_bos || (flags & PRE_TOKENIZER_ALWAYS_BOS)) && bos != UINT32_MAX)
        v->front[v->front_count++] = bos;
    if (add_eos && eos != UINT32_MAX)
        v->back[v->back_count++] = eos;
}

/* Phi-3's published tokenizer drops white space after its special tokens. GGUF cannot express that,
 * so the model's name decides. */
static void strip_after_specials(struct gguf_reading *r)
{
    const char *name = NULL;
    uint64_t bytes = 0;
    if (!gguf_find(r->gguf, "general.name") ||
        !gguf_get_string(r->gguf, "general.name", &name, &bytes, r->diags))
        return;
    bool phi = false;
    for (uint64_t i = 0; i + 4 <= bytes && !phi; i++)
        phi = tolower((unsigned char)name[i]) == 'p' &&
              tolower((unsigned char)name[i + 1]) == 'h' &&
              tolower((unsigned char)name[i + 2]) == 'i' &&
              (name[i + 3] == '3' || (i + 5 <= bytes && name[i + 3] == '-' && name[i + 4] == '3'));
    if (!phi)
        return;
    static const char *const kept[] = {"<unk>", "<s>", "<|endoftext|>"};
    struct vocabulary *v = r->vocabulary;
    for (uint32_t i = 0; i < v->token_count; i++) {
        struct vocabulary_token *t = &v->tokens[i];
        t->right_strip = t->added;
        for (size_t k = 0; k < countof(kept); k++)
            if (gguf_text_is(t->text, t->bytes, kept[k]))
                t->right_strip = false;
    }
}

/* The mask tokens of RoBERTa, XLM-RoBERTa and ModernBERT take the white space in front of them; the
 * formats cannot express that either. */
static void strip_before_masks(struct gguf_reading *r)
{
    static const char *const names[] = {"<mask>", "[MASK]"};
    struct vocabulary *v = r->vocabulary;

    if (r->kind->model != MODEL_unigram && gguf_has_characters(r))
        return;
    for (uint32_t i = 0; i < v->token_count; i++) {
        struct vocabulary_token *t = &v->tokens[i];
        for (size_t k = 0; k < countof(names); k++)
            if (t->added && gguf_text_is(t->text, t->bytes, names[k]))
                t->left_strip = true;
    }
}

void gguf_read_special_ids(struct gguf_reading *r)
{
    struct vocabulary *v = r->vocabulary;
    const struct gguf_tokenizer *k = r->kind;
    uint32_t usual = k->encloses ? read_id(r, "tokenizer.ggml.cls_token_id", k->bos) : k->bos;
    uint32_t bos = read_id(r, "tokenizer.ggml.bos_token_id", usual);
    uint32_t eos = read_id(r, "tokenizer.ggml.eos_token_id", k->eos);
    uint32_t unknown = read_id(r, "tokenizer.ggml.unknown_token_id", usual_unknown(r));
    uint32_t sep = read_id(r, "tokenizer.ggml.seperator_token_id", k->sep);
    v->unknown = gguf_has_characters(r) && !k->drops_unknown ? unknown : UINT32_MAX;
    const uint32_t ends[] = {eos, read_id(r, "tokenizer.ggml.eot_token_id", UINT32_MAX),
                             read_id(r, "tokenizer.ggml.eom_token_id", UINT32_MAX)};
    for (size_t i = 0; i < countof(ends); i++)
        if (ends[i] != UINT32_MAX)
            v->tokens[ends[i]].ends_generation = true;
    read_enclosing(r, bos, eos, sep);
    name_special_tokens(r, bos, eos, unknown, sep);
    strip_after_specials(r);
    strip_before_masks(r);
}
