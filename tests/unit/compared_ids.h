/* Compares ids of texts, and texts of ids, with those in a file of cases. */
#ifndef TESTS_COMPARED_IDS_H
#define TESTS_COMPARED_IDS_H

#include "tests/unit/tokenizer_cases.h"

#include <stdio.h>

struct tally {
    const struct tokenizer *tokenizer;
    const char *name;
    size_t compared, wrong;
};

static inline int32_t *encode(const struct tokenizer *t, const char *text, size_t bytes,
                              uint32_t flags, size_t *count)
{
    size_t capacity = bytes + 16;
    int32_t *ids = malloc(capacity * sizeof *ids);
    rlx_error error;
    assert_int_equal(tokenizer_encode(t, text, bytes, flags, ids, capacity, count, &error), RLX_OK);
    assert_true(tokenizer_min_tokens(t, text, bytes) <= *count);
    return ids;
}

static inline void report(struct tally *tally, const json_t *line, const char *what,
                          const int32_t *ids, size_t count)
{
    tally->wrong++;
    if (tally->wrong > 5)
        return;
    char *dumped = json_dumps(json_object_get(line, "text"), JSON_ENCODE_ANY);
    char *expected = json_dumps(json_object_get(line, what), JSON_ENCODE_ANY);
    fprintf(stderr, "%s: %s of %.300s\n  expected %.400s\n  found   ", tally->name, what, dumped,
            expected);
    for (size_t i = 0; i < count && i < 60; i++)
        fprintf(stderr, " %d,", ids[i]);
    fprintf(stderr, "\n");
    free(dumped);
    free(expected);
}

static inline void compare_ids(struct tally *tally, const json_t *line, const char *what,
                               uint32_t flags)
{
    const json_t *text = json_object_get(line, "text"), *expected = json_object_get(line, what);
    if (!expected)
        return;
    size_t count;
    int32_t *ids =
        encode(tally->tokenizer, json_string_value(text), json_string_length(text), flags, &count);
    bool same = count == json_array_size(expected);
    for (size_t i = 0; same && i < count; i++)
        same = json_integer_value(json_array_get(expected, i)) == ids[i];
    if (!same)
        report(tally, line, what, ids, count);
    tally->compared++;
    free(ids);
}

/* The text of ids by the streaming decoder. */
static inline char *decode(const struct tokenizer *t, const json_t *ids, bool skip_special,
                           size_t *bytes)
{
    rlx_detokenizer state = {.skip_special = skip_special};
    char *text = malloc((json_array_size(ids) + 1) * RLX_DETOKENIZE_MAX);
    size_t i, more;
    json_t *id;
    *bytes = 0;
    json_array_foreach(ids, i, id)
    {
        assert_int_equal(detokenizer_step(t, &state, (int32_t)json_integer_value(id), text + *bytes,
                                          RLX_DETOKENIZE_MAX, &more, NULL),
                         RLX_OK);
        *bytes += more;
    }
    assert_int_equal(detokenizer_flush(t, &state, text + *bytes, RLX_DETOKENIZE_MAX, &more, NULL),
                     RLX_OK);
    *bytes += more;
    return text;
}

static inline void compare_text(struct tally *tally, const json_t *line, const char *ids,
                                const char *what, bool skip_special)
{
    const json_t *expected = json_object_get(line, what);
    if (!expected)
        return;
    size_t bytes;
    char *text = decode(tally->tokenizer, json_object_get(line, ids), skip_special, &bytes);
    tally->compared++;
    if (bytes != json_string_length(expected) ||
        memcmp(text, json_string_value(expected), bytes) != 0) {
        tally->wrong++;
        char *dumped = json_dumps(expected, JSON_ENCODE_ANY);
        if (tally->wrong <= 5)
            fprintf(stderr, "%s: %s: expected %.300s\n  found %.*s\n", tally->name, what, dumped,
                    (int)(bytes > 300 ? 300 : bytes), text);
        free(dumped);
    }
    free(text);
}

#endif
