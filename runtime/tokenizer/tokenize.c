/* Text to token ids. In: bytes. Out: ids. Special tokens are found first and cut the text into
 * stretches; a stretch is normalized where the vocabulary asks for that, split into words, and each
 * word is merged (tokenize_special.c, unicode_nfc.c, tokenize_split.c, model.c).
 */
#include "runtime/tokenizer/tokenize.h"

#include "runtime/base/error.h"
#include "runtime/tokenizer/tokenize_parts.h"

#include <stdlib.h>
#include <string.h>

/* A stretch, normalized, without special tokens: puts the leading space in front where the
 * vocabulary wants one, then words. */
static void encode_piece(struct encoding *e, const char *text, size_t bytes, bool first)
{
    uint32_t prefix = e->tokenizer->header->prefix;
    bool wanted = prefix == RLX_PREFIX_UNLESS_SPACE || (prefix == RLX_PREFIX_FIRST && first);
    if (bytes == 0)
        return;
    if (!wanted || text[0] == ' ') {
        encode_words(e, text, bytes);
        return;
    }
    e->prefixed.count = 0;
    bytes_add(&e->prefixed, " ", 1);
    bytes_add(&e->prefixed, text, bytes);
    if (!e->prefixed.failed)
        encode_words(e, e->prefixed.data, e->prefixed.count);
}

/* SentencePiece vocabularies write spaces as U+2581; in a section both are a space. */
static void add_with_spaces(struct bytes *out, const char *text, size_t bytes)
{
    size_t start = 0;
    for (size_t i = 0; i + 3 <= bytes; i++) {
        if (memcmp(text + i, "\xe2\x96\x81", 3) != 0)
            continue;
        bytes_add(out, text + start, i - start);
        bytes_add(out, " ", 1);
        start = i + 3;
        i += 2;
    }
    bytes_add(out, text + start, bytes - start);
}

/* The stretch as the vocabulary wants it: in e->text, or where it is. */
static const char *normalize(struct encoding *e, const char *text, size_t *bytes)
{
    const struct rlx_tokenizer_header *h = e->tokenizer->header;
    bool characters = h->flags & RLX_TOKENIZER_CHARACTERS;
    if (!characters && !(h->flags & RLX_TOKENIZER_NFC) && h->prefix != RLX_PREFIX_STRETCH)
        return text;
    e->text.count = 0;
    if (h->prefix == RLX_PREFIX_STRETCH)
        bytes_add(&e->text, " ", 1);
    if (h->flags & RLX_TOKENIZER_NFC)
        e->no_memory = !nfc_append(e->tokenizer, text, *bytes, &e->text) || e->no_memory;
    else if (characters)
        add_with_spaces(&e->text, text, *bytes);
    else
        bytes_add(&e->text, text, *bytes);
    *bytes = e->text.count;
    return e->text.data;
}

static bool is_out_of_memory(const struct encoding *e)
{
    return e->no_memory || e->text.failed || e->prefixed.failed;
}

static void encode_stretch(struct encoding *e, const char *text, size_t bytes, bool first)
{
    struct found_list specials = {0};
    if (bytes == 0)
        return;
    text = normalize(e, text, &bytes);
    if (is_out_of_memory(e))
        return;
    e->no_memory = !find_specials(e, text, bytes, true, &specials);
    size_t at = 0;
    for (size_t i = 0; i < specials.count && !is_out_of_memory(e); i++) {
        const struct found *f = &specials.all[i];
        encode_piece(e, text + at, f->start > at ? f->start - at : 0, first && at == 0);
        emit_id(e, f->id);
        at = f->end;
    }
    if (!is_out_of_memory(e))
        encode_piece(e, text + at, bytes - at, first && at == 0);
    free(specials.all);
}

static void encode_text(struct encoding *e, const char *text, size_t bytes)
{
    struct found_list specials = {0};
    size_t at = 0;
    e->no_memory = !find_specials(e, text, bytes, false, &specials);
    for (size_t i = 0; i < specials.count && !is_out_of_memory(e); i++) {
        const struct found *f = &specials.all[i];
        encode_stretch(e, text + at, f->start > at ? f->start - at : 0, at == 0);
        emit_id(e, f->id);
        at = f->end;
    }
    if (!is_out_of_memory(e))
        encode_stretch(e, text + at, bytes - at, at == 0);
    free(specials.all);
}

/* Encodes after what stands in front, and frees the working memory. */
static rlx_status finish(struct encoding *e, const char *text, size_t bytes, size_t *count,
                         rlx_error *error)
{
    encode_text(e, text, bytes);
    bool no_memory = is_out_of_memory(e);
    model_work_free(&e->work);
    free(e->text.data);
    free(e->prefixed.data);
    *count = no_memory ? 0 : e->count;
    if (no_memory)
        return rlx_fail(error, RLX_NO_MEMORY, "no memory to tokenize %zu bytes of text", bytes);
    if (e->count > e->capacity)
        return rlx_fail(error, RLX_BAD_ARGUMENT, "the text has %zu tokens, expected at most %zu",
                        e->count, e->capacity);
    return RLX_OK;
}

rlx_status tokenizer_encode(const struct tokenizer *t, const char *text, size_t bytes,
                            uint32_t flags, int32_t *ids, size_t capacity, size_t *count,
                            rlx_error *error)
{
    struct encoding e = {.tokenizer = t, .flags = flags, .ids = ids, .capacity = capacity};
    const uint32_t *front = tokenizer_table(t, RLX_TABLE_PREFIX);
    for (uint32_t i = 0; (flags & RLX_ADD_BOS) && i < tokenizer_table_count(t, RLX_TABLE_PREFIX);
         i++)
        if (front[i] < t->header->token_count)
            emit_id(&e, front[i]);
    return finish(&e, text, bytes, count, error);
}

rlx_status tokenizer_encode_marked(const struct tokenizer *t, const struct marked_text *text,
                                   int32_t *ids, size_t capacity, size_t *count, rlx_error *error)
{
    struct encoding e = {.tokenizer = t,
                         .flags = RLX_PARSE_SPECIAL,
                         .marked = text,
                         .ids = ids,
                         .capacity = capacity};
    return finish(&e, text->text, text->bytes, count, error);
}
