/* PCRE2 as a second opinion about regular expressions: the matches in a text, in the order and with
 * the rules of the tokenizers library about empty ones. */
#ifndef TESTS_PCRE2_MATCHES_H
#define TESTS_PCRE2_MATCHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

struct pcre2_search {
    const pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *context;
    const char *text;
    size_t bytes, at, end; /* where to go on; the end of the last match, or SIZE_MAX */
    bool gave_up;          /* PCRE2 reached a limit */
};

static inline struct pcre2_search pcre2_start(const pcre2_code *code, pcre2_match_data *data,
                                              pcre2_match_context *context, const char *text,
                                              size_t bytes)
{
    return (struct pcre2_search){code, data, context, text, bytes, 0, SIZE_MAX, false};
}

/* The text is valid UTF-8. */
static inline bool pcre2_next(struct pcre2_search *s, size_t *start, size_t *end)
{
    while (s->bytes != 0 && s->at <= s->bytes) {
        int found = pcre2_match(s->code, (PCRE2_SPTR)s->text, s->bytes, s->at, PCRE2_NO_UTF_CHECK,
                                s->data, s->context);
        if (found < 0) {
            s->gave_up = found != PCRE2_ERROR_NOMATCH;
            return false;
        }
        const PCRE2_SIZE *where = pcre2_get_ovector_pointer(s->data);
        if (where[0] == where[1] && where[1] == s->end) {
            do
                s->at++;
            while (s->at < s->bytes && (s->text[s->at] & 0xc0) == 0x80);
            continue;
        }
        *start = where[0];
        *end = s->at = s->end = where[1];
        return true;
    }
    return false;
}

#endif
