/* Finds the markers of reasoning in a stream of text. Contract: reasoning.h. Reasoning precedes an
 * answer, so an answer that mentions markers is not reasoning. */
#include "runtime/tool/reasoning.h"

#include <string.h>

static const struct {
    const char *opening, *closing;
} markers[] = {
    {"<think>", "</think>"}, /* DeepSeek, Qwen, SmolLM3, GLM, MiniMax */
    {"<thinking>", "</thinking>"},
    {"<thought>", "</thought>"},
    {"<reasoning>", "</reasoning>"},
    {"<seed:think>", "</seed:think>"},              /* Seed-OSS */
    {"[THINK]", "[/THINK]"},                        /* Magistral, Ministral */
    {"<|START_THINKING|>", "<|END_THINKING|>"},     /* Command */
    {"<|begin_of_thought|>", "<|end_of_thought|>"}, /* Sky-T1, OpenThinker */
};
enum { MARKERS = sizeof markers / sizeof markers[0] };

static bool blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

void reasoning_begin(struct reasoning *r, const char *prompt_end, size_t bytes)
{
    *r = (struct reasoning){0};
    while (bytes > 0 && blank(prompt_end[bytes - 1]))
        bytes--;
    for (size_t i = 0; i < MARKERS; i++) {
        size_t length = strlen(markers[i].opening);
        if (bytes >= length && memcmp(prompt_end + bytes - length, markers[i].opening, length) == 0)
            r->closing = markers[i].closing;
    }
}

/* The markers that may come: the opening ones, or the closing one. NULL: no more. */
static const char *candidate(const struct reasoning *r, size_t i)
{
    if (r->closing != NULL)
        return i == 0 ? r->closing : NULL;
    return r->begun || i >= MARKERS ? NULL : markers[i].opening;
}

static void pass_marker(struct reasoning *r, size_t i)
{
    if (r->closing != NULL)
        r->closing = NULL;
    else
        r->closing = markers[i].closing;
}

enum fit { NO_MARKER, PART_OF_ONE, WHOLE_MARKER };

/* Compares the held text with all markers that may come. */
static enum fit held_fits(const struct reasoning *r, size_t *which)
{
    const char *text;

    for (size_t i = 0; (text = candidate(r, i)) != NULL; i++) {
        if (strncmp(text, r->held, r->held_bytes) != 0)
            continue;
        *which = i;
        return text[r->held_bytes] == 0 ? WHOLE_MARKER : PART_OF_ONE;
    }
    return NO_MARKER;
}

static void give_held(struct reasoning *r, size_t count, bool thought, reasoning_fn out,
                      void *context)
{
    for (size_t i = 0; i < count && !thought; i++)
        r->begun = r->begun || !blank(r->held[i]);
    out(context, r->held, count, thought);
    r->held_bytes -= count;
    memmove(r->held, r->held + count, r->held_bytes);
}

void reasoning_feed(struct reasoning *r, const char *text, size_t bytes, reasoning_fn out,
                    void *context)
{
    size_t which, i = 0;

    while (i < bytes) {
        if (r->begun && r->closing == NULL) { /* no more markers can come */
            out(context, text + i, bytes - i, false);
            return;
        }
        r->held[r->held_bytes++] = text[i++];
        enum fit fit;
        while (r->held_bytes > 0 && (fit = held_fits(r, &which)) != PART_OF_ONE) {
            bool thought = r->closing != NULL || fit == WHOLE_MARKER;
            give_held(r, fit == WHOLE_MARKER ? r->held_bytes : 1, thought, out, context);
            if (fit == WHOLE_MARKER)
                pass_marker(r, which);
        }
    }
}

void reasoning_end(struct reasoning *r, reasoning_fn out, void *context)
{
    if (r->held_bytes > 0)
        give_held(r, r->held_bytes, r->closing != NULL, out, context);
}

void reasoning_token(struct reasoning *r, const char *bytes, size_t count)
{
    const char *text;

    for (size_t i = 0; (text = candidate(r, i)) != NULL; i++) {
        if (strlen(text) == count && memcmp(text, bytes, count) == 0) {
            pass_marker(r, i);
            return;
        }
    }
}
