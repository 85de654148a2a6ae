/* Token ids to text, as they arrive. In: ids one by one. Out: whole characters. The bytes of an
 * unfinished character wait in the caller's state; bytes that nothing can make valid become U+FFFD
 * at once: one for each maximal part (Unicode Standard, section 3.9), or one for each byte, as the
 * section says.
 */
#include "runtime/base/error.h"
#include "runtime/tokenizer/tokenize_parts.h"

#include <string.h>

struct output {
    char *text;
    size_t capacity, count;
    bool full, each_byte;
};

static void put(struct output *o, const void *data, size_t bytes)
{
    if (bytes > o->capacity - o->count) {
        o->full = true;
        return;
    }
    memcpy(o->text + o->count, data, bytes);
    o->count += bytes;
}

/* In place of one maximal part of a character. */
static void put_invalid(struct output *o, size_t bytes)
{
    for (size_t i = 0; i < (o->each_byte ? bytes : 1); i++)
        put(o, "\xef\xbf\xbd", 3);
}

/* How many bytes from `at` on are ASCII. */
static size_t ascii_run(const char *text, size_t bytes, size_t at)
{
    size_t end = at;
    while (end < bytes && (uint8_t)text[end] < 0x80)
        end++;
    return end - at;
}

/* Writes whole characters; what may still be finished goes to `state`. */
static void put_characters(rlx_detokenizer *state, const char *text, size_t bytes, struct output *o)
{
    size_t at = 0;
    state->pending_count = 0;
    while (at < bytes) {
        size_t whole = ascii_run(text, bytes, at);
        uint32_t point;
        if (whole == 0 && utf8_valid_at(text, bytes, at))
            whole = utf8_read(text, bytes, at, &point);
        if (whole != 0) {
            put(o, text + at, whole);
            at += whole;
            continue;
        }
        bool may_go_on;
        size_t part = utf8_part(text + at, bytes - at, &may_go_on);
        if (may_go_on) {
            memcpy(state->pending, text + at, part);
            state->pending_count = (uint8_t)part;
            return;
        }
        put_invalid(o, part);
        at += part;
    }
}

/* The waiting bytes first: byte by byte after them comes the beginning of the token, until what
 * waited is finished or broken. */
static void put_token(rlx_detokenizer *state, const char *text, size_t bytes, struct output *o)
{
    while (state->pending_count && bytes) {
        char joined[8];
        size_t count = state->pending_count;
        memcpy(joined, state->pending, count);
        joined[count] = text[0];
        if (utf8_valid_at(joined, count + 1, 0)) {
            put(o, joined, count + 1);
            state->pending_count = 0;
            text++;
            bytes--;
            continue;
        }
        bool may_go_on;
        utf8_part(joined, count + 1, &may_go_on);
        if (may_go_on) {
            state->pending[state->pending_count++] = (uint8_t)text[0];
            text++;
            bytes--;
        } else {
            put_invalid(o, count); /* what waited is one maximal part; the byte begins anew */
            state->pending_count = 0;
        }
    }
    if (bytes)
        put_characters(state, text, bytes, o);
}

/* What RLX_START_TOKEN says about this token in STARTS; NULL if nothing. */
static const char *find_start(const struct tokenizer *t, int32_t id, size_t *bytes)
{
    const struct rlx_tokenizer_start_text *all = tokenizer_table(t, RLX_TABLE_STARTS);
    uint32_t low = 0, high = tokenizer_table_count(t, RLX_TABLE_STARTS), end = high;
    uint32_t decoded = tokenizer_table_count(t, RLX_TABLE_DECODED);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (all[middle].id < (uint32_t)id)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == end || all[low].id != (uint32_t)id || all[low].offset > decoded ||
        all[low].bytes > decoded - all[low].offset)
        return NULL;
    *bytes = all[low].bytes;
    return (const char *)tokenizer_table(t, RLX_TABLE_DECODED) + all[low].offset;
}

/* The token's text where no token with text came before it. */
static const char *first_text(const struct tokenizer *t, rlx_detokenizer *state, int32_t id,
                              const char *text, size_t *bytes)
{
    uint32_t start = t->header->start;
    const char *special = start == RLX_START_TOKEN ? find_start(t, id, bytes) : NULL;
    state->started = special || *bytes;
    if (special || !*bytes || start == RLX_START_KEEP)
        return special ? special : text;
    size_t drop = 0, max = start == RLX_START_ONE_SPACE ? 1 : *bytes;
    while (drop < max && text[drop] == ' ')
        drop++;
    *bytes -= drop;
    return text + drop;
}

rlx_status detokenizer_step(const struct tokenizer *t, rlx_detokenizer *state, int32_t id,
                            char *text, size_t capacity, size_t *bytes, rlx_error *error)
{
    struct output o = {.text = text,
                       .capacity = capacity,
                       .each_byte = t->header->flags & RLX_TOKENIZER_EACH_BYTE};
    rlx_detokenizer next = *state;
    size_t count;
    const char *token = tokenizer_token_bytes(t, id, &count);
    *bytes = 0;
    if (!token)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, "token %d: expected an id from 0 to %u",
                        (int)id, t->header->token_count - 1);
    if (state->pending_count > 3)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "expected the state of a detokenizer to begin as zeros");
    if (state->skip_special && tokenizer_is_special(t, id))
        return RLX_OK;
    if (!next.started)
        token = first_text(t, &next, id, token, &count);
    if (next.space_waits)
        put_token(&next, " ", 1, &o);
    next.space_waits = token_flags(t, id) & RLX_TOKEN_SPACE;
    put_token(&next, token, count, &o);
    if (o.full)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "the text of token %d does not fit into %zu bytes", (int)id, capacity);
    *state = next;
    *bytes = o.count;
    return RLX_OK;
}

rlx_status detokenizer_flush(const struct tokenizer *t, rlx_detokenizer *state, char *text,
                             size_t capacity, size_t *bytes, rlx_error *error)
{
    struct output o = {.text = text,
                       .capacity = capacity,
                       .each_byte = t->header->flags & RLX_TOKENIZER_EACH_BYTE};
    *bytes = 0;
    if (state->pending_count)
        put_invalid(&o, state->pending_count);
    if (o.full)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "the end of the text does not fit into %zu bytes, expected room for 9",
                        capacity);
    state->pending_count = 0;
    *bytes = o.count;
    return RLX_OK;
}
