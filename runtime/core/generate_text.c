/* Searches for stop strings character by character: the first character that completes one decides,
 * so the result does not depend on how text is split into tokens. It holds back the longest end of
 * the text that a stop string begins with; no stop string can begin before that. Contract:
 * generate_text.h and rlx.h. */
#include "runtime/core/generate_text.h"

#include "runtime/base/error.h"
#include "runtime/base/utf8.h"

#include <string.h>

/* A stop string that is not UTF-8 would never occur, because text is UTF-8. */
static bool is_utf8(const char *text, size_t bytes)
{
    uint32_t point;
    for (size_t at = 0; at < bytes;) {
        if (!utf8_valid_at(text, bytes, at))
            return false;
        at += utf8_read(text, bytes, at, &point);
    }
    return true;
}

static rlx_status check_stop(const char *stop, size_t index, size_t *bytes, rlx_error *error)
{
    if (stop == NULL || stop[0] == 0)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, "stop string %zu is %s", index,
                        stop == NULL ? "NULL" : "empty");
    *bytes = strnlen(stop, RLX_STOP_STRING_BYTES_MAX + 1);
    if (*bytes > RLX_STOP_STRING_BYTES_MAX)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, "stop string %zu is longer than %d bytes",
                        index, RLX_STOP_STRING_BYTES_MAX);
    if (!is_utf8(stop, *bytes))
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "stop string %zu is not UTF-8, so it would never occur", index);
    return RLX_OK;
}

rlx_status text_stream_begin(struct text_stream *s, const rlx_model *model,
                             const rlx_generate_options *o, rlx_error *error)
{
    if (o->on_text == NULL && o->stop_count == 0)
        return RLX_OK;
    if (model->tokenizer.header == NULL)
        return rlx_fail(error, RLX_ERROR_NO_TOKENIZER,
                        "the model was compiled without a tokenizer: it makes ids, and no text "
                        "for on_text or stop strings");
    if (o->stop_count > RLX_STOP_STRINGS_MAX || (o->stop_count != 0 && o->stop == NULL))
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        o->stop == NULL ? "%zu stop strings, but stop is NULL"
                                        : "%zu stop strings: expected at most %d",
                        o->stop_count, RLX_STOP_STRINGS_MAX);
    for (size_t i = 0; i < o->stop_count; i++) {
        rlx_status status = check_stop(o->stop[i], i, &s->stop_bytes[i], error);
        if (status != RLX_OK)
            return status;
    }
    s->tokenizer = &model->tokenizer;
    s->on_text = o->on_text;
    s->context = o->context;
    s->show_special = o->show_special;
    s->stop = o->stop;
    s->stop_count = o->stop_count;
    s->detokenizer =
        (rlx_detokenizer){.skip_special = !o->show_special, .started = !o->begins_text};
    return RLX_OK;
}

/* The beginning of the longest stop string that ends at `end`; `end`: there is none. */
static size_t stop_begins(const struct text_stream *s, size_t end)
{
    size_t begin = end;
    for (size_t i = 0; i < s->stop_count; i++) {
        size_t bytes = s->stop_bytes[i];
        if (bytes <= end && end - bytes < begin && s->text[end - 1] == s->stop[i][bytes - 1] &&
            memcmp(s->text + end - bytes, s->stop[i], bytes) == 0)
            begin = end - bytes;
    }
    return begin;
}

/* How many of the last bytes may be the beginning of a stop string. */
static size_t may_begin(const struct text_stream *s, size_t bytes)
{
    size_t longest = 0;
    for (size_t i = 0; i < s->stop_count; i++) {
        size_t part = s->stop_bytes[i] - 1 < bytes ? s->stop_bytes[i] - 1 : bytes;
        while (part > longest && memcmp(s->text + bytes - part, s->stop[i], part) != 0)
            part--;
        longest = part > longest ? part : longest;
    }
    return longest;
}

/* Passes on the first `bytes`, and keeps the other `held` bytes. */
static enum text_end release(struct text_stream *s, size_t bytes, size_t held)
{
    bool go_on =
        bytes == 0 || s->on_text == NULL || s->on_text(s->context, s->text, bytes) == RLX_GO_ON;
    memmove(s->text, s->text + bytes, held);
    s->held = held;
    s->ended = !go_on;
    return go_on ? TEXT_GOES_ON : TEXT_ENOUGH;
}

static enum text_end stop_at(struct text_stream *s, size_t begin)
{
    release(s, begin, 0);
    s->ended = true;
    return TEXT_STOP_STRING;
}

/* `fresh` bytes were added after those that are held. */
static enum text_end take(struct text_stream *s, size_t fresh)
{
    size_t bytes = s->held + fresh;
    for (size_t end = s->held + 1; end <= bytes && s->stop_count != 0; end++) {
        size_t begin = stop_begins(s, end);
        if (begin != end)
            return stop_at(s, begin);
    }
    size_t held = may_begin(s, bytes);
    return release(s, bytes - held, held);
}

/* A control token that is not shown has no text, but it has a name. */
static bool is_stop_token(const struct text_stream *s, int32_t id)
{
    size_t bytes;
    const char *name = tokenizer_token_name(s->tokenizer, id, &bytes);
    if (s->show_special || name == NULL || !tokenizer_is_special(s->tokenizer, id))
        return false;
    for (size_t i = 0; i < s->stop_count; i++)
        if (s->stop_bytes[i] == bytes && memcmp(s->stop[i], name, bytes) == 0)
            return true;
    return false;
}

enum text_end text_stream_token(struct text_stream *s, int32_t id, bool ends)
{
    size_t fresh = 0;
    if (s->tokenizer == NULL || s->ended)
        return TEXT_GOES_ON;
    if (!ends && is_stop_token(s, id)) {
        text_stream_end(s);
        return TEXT_STOP_STRING;
    }
    /* An id outside the vocabulary (the model may have more rows) has no text. */
    if (detokenizer_step(s->tokenizer, &s->detokenizer, id, s->text + s->held, RLX_DETOKENIZE_MAX,
                         &fresh, NULL) != RLX_OK ||
        fresh == 0)
        return TEXT_GOES_ON;
    return take(s, fresh);
}

void text_stream_end(struct text_stream *s)
{
    size_t fresh = 0;
    if (s->tokenizer == NULL || s->ended)
        return;
    detokenizer_flush(s->tokenizer, &s->detokenizer, s->text + s->held, RLX_DETOKENIZE_MAX, &fresh,
                      NULL);
    if (fresh != 0)
        take(s, fresh); /* a stop string may contain U+FFFD */
    if (!s->ended)
        release(s, s->held, 0);
    s->ended = true;
}
