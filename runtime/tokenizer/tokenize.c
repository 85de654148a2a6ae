/* Text to token ids. In: bytes. Out: ids. Added tokens are found first and cut the text into
 * stretches; each is normalized and cut again at the added tokens that are found after that; what
 * is left goes through the steps of the section to the model (tokenize_special.c, normal.c,
 * tokenize_steps.c, model_*.c).
 */
#include "runtime/tokenizer/tokenize.h"

#include "runtime/base/error.h"
#include "runtime/tokenizer/tokenize_special.h"

#include <stdlib.h>
#include <string.h>

static bool has_failed(const struct encoding *e)
{
    return e->no_memory || e->too_long;
}

/* What becomes of the text between the added tokens that were found in it. */
typedef void (*piece_function)(struct encoding *e, struct piece p);

static void encode_between(struct encoding *e, struct piece p, bool normalized, piece_function each)
{
    struct special_search search;
    struct found f;
    size_t at = 0;
    if (!specials_begin(&search, e, p.text, p.bytes, normalized))
        e->no_memory = true;
    while (!has_failed(e) && specials_next(&search, &f)) {
        if (f.start > at)
            each(e, (struct piece){p.text + at, f.start - at, p.first && at == 0});
        emit_id(e, f.id);
        at = f.end;
    }
    if (!has_failed(e) && at < p.bytes)
        each(e, (struct piece){p.text + at, p.bytes - at, p.first && at == 0});
    specials_end(&search);
}

static void encode_stretch(struct encoding *e, struct piece p)
{
    struct normal_text n = normal_apply(&e->normalizer, p.text, p.bytes, &e->normal);
    e->no_memory = e->no_memory || n.failure == NORMAL_no_memory;
    e->too_long = n.failure == NORMAL_too_long;
    if (n.failure == NORMAL_done)
        encode_between(e, (struct piece){n.text, n.bytes, p.first && !n.front_lost}, true,
                       encode_piece);
}

static void free_working_memory(struct encoding *e)
{
    model_work_free(&e->work);
    normal_work_free(&e->normal);
    for (size_t i = 0; i < RLX_MAX_STEPS; i++) {
        free(e->step_texts[i].data);
        scan_memory_free(&e->step_memory[i]);
    }
}

static void emit_table(struct encoding *e, enum rlx_tokenizer_table_kind kind)
{
    const uint32_t *ids = tokenizer_table(e->tokenizer, kind);
    for (uint32_t i = 0; i < tokenizer_table_count(e->tokenizer, kind); i++)
        if (ids[i] < e->tokenizer->header->token_count)
            emit_id(e, ids[i]);
}

/* Encodes, and frees the working memory. */
static rlx_status encode(struct encoding *e, const char *text, size_t bytes, size_t *count,
                         rlx_error *error)
{
    specials_prepare(e);
    e->normalizer = e->tokenizer->normal;
    e->normalizer.scanners = &e->tokenizer->scanners;
    if (e->flags & RLX_TOKENIZE_ADD_BOS)
        emit_table(e, RLX_TABLE_FRONT);
    encode_between(e, (struct piece){text, bytes, true}, false, encode_stretch);
    if ((e->flags & RLX_TOKENIZE_ADD_BOS) && !(e->flags & RLX_TOKENIZE_LEAVE_OPEN))
        emit_table(e, RLX_TABLE_BACK);
    free_working_memory(e);
    *count = has_failed(e) ? 0 : e->count;
    if (e->too_long)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "normalization makes more than %d times its length of the text",
                        RLX_NORMAL_GROWTH);
    if (e->no_memory)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory to tokenize %zu bytes of text",
                        bytes);
    if (e->count > e->capacity)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "the text has %zu tokens, expected at most %zu", e->count, e->capacity);
    return RLX_OK;
}

rlx_status tokenizer_encode(const struct tokenizer *t, const char *text, size_t bytes,
                            uint32_t flags, int32_t *ids, size_t capacity, size_t *count,
                            rlx_error *error)
{
    struct encoding e = {.tokenizer = t, .flags = flags, .ids = ids, .capacity = capacity};
    return encode(&e, text, bytes, count, error);
}

rlx_status tokenizer_encode_marked(const struct tokenizer *t, const struct marked_text *text,
                                   int32_t *ids, size_t capacity, size_t *count, rlx_error *error)
{
    struct encoding e = {.tokenizer = t,
                         .flags = RLX_TOKENIZE_PARSE_SPECIAL,
                         .marked = text,
                         .ids = ids,
                         .capacity = capacity};
    return encode(&e, text->text, text->bytes, count, error);
}
