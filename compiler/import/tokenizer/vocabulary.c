/* What both sources of a vocabulary share. In: a vocabulary. Out: a token found by its text, the
 * flags of tokens with well-known names, warnings of tokens that the model has no rows for. */
#include "compiler/import/vocabulary.h"

#include "compiler/import/tokenizer/text_steps.h"
#include "runtime/base/utf8.h"

#include <string.h>

uint32_t vocabulary_find(const struct vocabulary *v, const char *text, size_t bytes)
{
    for (uint32_t i = 0; i < v->token_count; i++)
        if (v->tokens[i].text && v->tokens[i].bytes == bytes &&
            memcmp(v->tokens[i].text, text, bytes) == 0)
            return i;
    return UINT32_MAX;
}

static bool is_text(const struct vocabulary_token *t, const char *text)
{
    return t->bytes == strlen(text) && memcmp(t->text, text, t->bytes) == 0;
}

/* Names of special tokens begin so; most tokens do not, and are not compared with any. */
static bool begins_as_name(const struct vocabulary_token *t)
{
    return t->text != NULL && t->bytes != 0 && strchr("<_[", t->text[0]) != NULL;
}

/* One model family writes <|end|> between the parts of an answer; it also has these two tokens. */
static bool has_channels(const struct vocabulary *v)
{
    return vocabulary_find(v, "<|return|>", 10) != UINT32_MAX &&
           vocabulary_find(v, "<|call|>", 8) != UINT32_MAX;
}

/* In a GGUF file, tokens with these names are control tokens whatever their types say, as in
 * llama.cpp: code models mark the text before, after and in a gap with them. */
static void mark_known_controls(const struct vocabulary *v)
{
    static const char *const names[] = {
        "<|fim_prefix|>", "<|fim_suffix|>",  "<|fim_middle|>",  "<|fim_pad|>",     "<|repo_name|>",
        "<|file_sep|>",   "<|code_prefix|>", "<|code_suffix|>", "<|code_middle|>", "<fim-prefix>",
        "<fim-suffix>",   "<fim-middle>",    "<fim-pad>",       "<fim-repo>",      "<fim_prefix>",
        "<fim_suffix>",   "<fim_middle>",    "<fim_pad>",       "<reponame>",      "<PRE>",
        "<SUF>",          "<MID>",           "<PAD>",           "<REPO>",
    };

    for (uint32_t i = 0; i < v->token_count; i++)
        for (size_t k = 0; k < countof(names) && begins_as_name(&v->tokens[i]); k++)
            if (is_text(&v->tokens[i], names[k])) {
                v->tokens[i].added = true;
                v->tokens[i].kind = TOKEN_control;
            }
}

/* In a GGUF file, a token with such a name is a control token whatever its type says, as in
 * llama.cpp. But if its type was ordinary (</s> is HTML in some vocabularies), it does not end
 * generation. */
void vocabulary_mark_known_ends(struct vocabulary *v)
{
    static const char *const names[] = {
        "<|im_end|>",
        "<|endoftext|>",
        "<|eot_id|>",
        "<|eom_id|>",
        "<|end|>",
        "<end_of_turn>",
        "</s>",
        "<eos>",
        "<|end_of_text|>",
        "<|return|>",
        "<|call|>",
        "<EOT>",
        "_<EOT>",
        "[EOT]",
        "[EOS]",
        "<end_of_utterance>",
        "<|end_of_sentence|>",
        "<\357\275\234end\342\226\201of\342\226\201sentence\357\275\234>",
    };
    if (v->from_gguf)
        mark_known_controls(v);
    for (uint32_t i = 0; i < v->token_count; i++) {
        struct vocabulary_token *t = &v->tokens[i];
        if (!begins_as_name(t) || (!t->added && !v->from_gguf))
            continue;
        for (size_t k = 0; k < countof(names); k++) {
            if (!is_text(t, names[k]) || (is_text(t, "<|end|>") && has_channels(v)))
                continue;
            t->ends_generation |= t->added;
            t->added = true;
            t->kind = TOKEN_control;
        }
    }
}

/* GPT-2's spelling: printable Latin-1, and U+0100 to U+0143. */
static bool spells_bytes(const struct vocabulary_token *t)
{
    uint32_t point;

    for (uint32_t at = 0; at < t->bytes;) {
        at += utf8_read(t->text, t->bytes, at, &point);
        if (point < '!' || (point > '~' && point < 0xa1) || point == 0xad || point > 0x143)
            return false;
    }
    return true;
}

void vocabulary_mark_unspelled(struct vocabulary *v)
{
    if (!steps_have_bytes(&v->pipeline.normalizers) &&
        !steps_have_bytes(&v->pipeline.pre_tokenizers))
        return;
    for (uint32_t i = 0; i < v->token_count; i++)
        if (v->tokens[i].text && !spells_bytes(&v->tokens[i]))
            v->tokens[i].unmerged = true;
}

bool vocabulary_refuse_pre_tokenizer(const char *file, struct diags *d)
{
    return diag_error(d, (struct place){.file = file, .object = "--pre-tokenizer"},
                      "expected a GGUF file with a byte-level vocabulary, found a vocabulary that "
                      "itself says how to split text");
}

void vocabulary_check_rows(const struct model *m, struct diags *d)
{
    const struct vocabulary *v = m->vocabulary;
    uint32_t rows = m->hyper.vocabulary, first = rows;
    if (v == NULL || rows == 0)
        return;
    while (first < v->token_count && v->tokens[first].text == NULL)
        first++;
    if (first >= v->token_count)
        return;
    const struct vocabulary_token *t = &v->tokens[first];
    diag_warning(d, (struct place){.file = v->file},
                 "the tokenizer has %u tokens and the model rows for %u: a text with one of the "
                 "others cannot be run (the first is '%.*s', token %u)",
                 v->token_count, rows, (int)min_u64(t->bytes, 60), t->text, first);
}
