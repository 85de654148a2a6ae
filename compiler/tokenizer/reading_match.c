/* Expressions and literals, and the pieces that a split makes of their matches. In: text. Out: all
 * of it in order, as matches and what lies between. Follows the iteration of the tokenizers
 * library: an empty match right after another match does not count, and the search goes on one
 * character later. */
#include "compiler/tokenizer/reading_parts.h"

#include <string.h>

enum { MAX_STEPS = 1 << 20 }; /* of one search */

bool pattern_open(struct pattern *e, struct step_text text, bool literal, struct arena *a,
                  const char **why)
{
    *e = (struct pattern){.literal = text};
    if (literal)
        return true;
    const char *pattern = dialect_rewrite(text, a, why);
    if (!pattern)
        return false;
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    PCRE2_UCHAR message[128] = "out of memory";
    PCRE2_SIZE offset = 0;
    int error = 0;
    if (context) {
        pcre2_set_newline(context, PCRE2_NEWLINE_LF);
        e->code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_UTF | PCRE2_UCP,
                                &error, &offset, context);
        pcre2_compile_context_free(context);
    }
    e->limits = pcre2_match_context_create(NULL);
    if (e->limits)
        pcre2_set_match_limit(e->limits, MAX_STEPS);
    if (e->code && e->limits)
        return true;
    if (error)
        pcre2_get_error_message(error, message, sizeof message);
    pattern_close(e);
    *why = arena_printf(a, "%s, at byte %zu of %s", (const char *)message, (size_t)offset, pattern);
    return false;
}

void pattern_close(struct pattern *e)
{
    pcre2_code_free(e->code);
    pcre2_match_context_free(e->limits);
    *e = (struct pattern){0};
}

static void add_match(struct arena *a, struct matches *out, uint32_t start, uint32_t end,
                      bool matches)
{
    ARENA_PUSH(a, out->all, out->count, out->capacity) = (struct match){start, end, matches};
}

static void find_literal(const struct pattern *e, struct step_text text, struct arena *a,
                         struct matches *out)
{
    uint32_t done = 0;
    const char *at;
    while (e->literal.bytes && (at = memmem(text.text + done, text.bytes - done, e->literal.text,
                                            e->literal.bytes)) != NULL) {
        uint32_t start = (uint32_t)(at - text.text);
        if (start > done)
            add_match(a, out, done, start, false);
        done = start + e->literal.bytes;
        add_match(a, out, start, done, true);
    }
    if (done < text.bytes)
        add_match(a, out, done, text.bytes, false);
}

/* 1: found; 0: no more; -1: gave up. */
static int next_match(const struct pattern *e, struct step_text text, pcre2_match_data *data,
                      uint32_t from, uint32_t *start, uint32_t *end)
{
    int found = pcre2_match(e->code, (PCRE2_SPTR)text.text, text.bytes, from,
                            from ? PCRE2_NO_UTF_CHECK : 0, data, e->limits);
    if (found < 0)
        return found == PCRE2_ERROR_NOMATCH ? 0 : -1;
    const PCRE2_SIZE *offsets = pcre2_get_ovector_pointer(data);
    *start = (uint32_t)offsets[0];
    *end = (uint32_t)offsets[1];
    return *start <= *end ? 1 : -1;
}

bool pattern_find(const struct pattern *e, struct step_text text, struct arena *a,
                  struct matches *out)
{
    out->count = 0;
    if (!e->code) {
        find_literal(e, text, a, out);
        return true;
    }
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    uint32_t from = 0, done = 0, start, end, point;
    int64_t last_end = -1;
    int found = data ? 1 : -1;
    while (found > 0 && from <= text.bytes && text.bytes) {
        found = next_match(e, text, data, from, &start, &end);
        if (found <= 0)
            break;
        if (start == end && last_end == end) {
            from += from < text.bytes ? character_at(text, from, &point) : 1;
            continue;
        }
        from = end;
        last_end = end;
        if (start > done)
            add_match(a, out, done, start, false);
        add_match(a, out, start, end, true);
        done = end;
    }
    if (done < text.bytes)
        add_match(a, out, done, text.bytes, false);
    pcre2_match_data_free(data);
    return found >= 0;
}

/* Two neighbours become one. */
static bool joins(enum split_behavior behavior, bool before, bool matches)
{
    switch (behavior) {
    case SPLIT_isolated:
    case SPLIT_removed:
        return false;
    case SPLIT_merged_with_previous:
        return matches && !before;
    case SPLIT_merged_with_next: /* read from the end */
        return matches && !before;
    case SPLIT_contiguous:
        return matches == before;
    }
    unreachable("an unknown behavior");
}

void split_matches(const struct matches *in, enum split_behavior behavior, bool invert,
                   struct arena *a, struct matches *out)
{
    bool backwards = behavior == SPLIT_merged_with_next, before = false;
    out->count = 0;
    for (uint32_t i = 0; i < in->count; i++) {
        struct match m = in->all[backwards ? in->count - 1 - i : i];
        bool matches = m.matches != invert;
        if (behavior == SPLIT_removed && matches)
            continue;
        if (out->count && joins(behavior, before, matches)) {
            struct match *last = &out->all[out->count - 1];
            last->start = backwards ? m.start : last->start;
            last->end = backwards ? last->end : m.end;
        } else {
            add_match(a, out, m.start, m.end, matches);
        }
        before = matches;
    }
    for (uint32_t i = 0; backwards && i < out->count / 2; i++) {
        struct match other = out->all[i];
        out->all[i] = out->all[out->count - 1 - i];
        out->all[out->count - 1 - i] = other;
    }
}
