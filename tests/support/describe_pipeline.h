/* A pipeline as text, for comparisons: one step after another, separated by "; ". */
#ifndef TESTS_DESCRIBE_PIPELINE_H
#define TESTS_DESCRIBE_PIPELINE_H

#include "compiler/import/vocabulary.h"

#include <stdio.h>
#include <string.h>

/* Texts of more than this many bytes are shown by their ends. */
enum { DESCRIBED_TEXT = 40, DESCRIBED_BYTES = 4096 };

struct described {
    char text[DESCRIBED_BYTES];
    size_t used;
};

static inline void describe_bytes(struct described *d, const char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes && d->used + 5 < sizeof d->text; i++) {
        unsigned char c = (unsigned char)text[i];
        d->used += (size_t)snprintf(d->text + d->used, sizeof d->text - d->used,
                                    c < 32 || c == 127 || c == 255 ? "\\x%02x" : "%c", c);
    }
}

static inline void describe(struct described *d, const char *text)
{
    describe_bytes(d, text, strlen(text));
}

static inline void describe_text(struct described *d, const char *quotes, struct step_text t)
{
    bool cut = t.bytes > DESCRIBED_TEXT;

    describe_bytes(d, quotes, 1);
    describe_bytes(d, t.text, cut ? DESCRIBED_TEXT / 2 : t.bytes);
    if (cut) {
        describe(d, "...");
        describe_bytes(d, t.text + t.bytes - DESCRIBED_TEXT / 2, DESCRIBED_TEXT / 2);
    }
    describe_bytes(d, quotes + 1, 1);
}

static inline void describe_step(struct described *d, const struct text_step *s)
{
    static const char *const kinds[] = {
        [STEP_form] = "form",       [STEP_lowercase] = "lowercase",
        [STEP_replace] = "replace", [STEP_isolate_ideographs] = "isolate ideographs",
        [STEP_strip] = "strip",     [STEP_prepend] = "prepend",
        [STEP_prefix] = "prefix",   [STEP_charsmap] = "charsmap",
        [STEP_split] = "split",     [STEP_byte_level] = "bytes",
    };
    static const char *const forms[] = {"NFC", "NFD", "NFKC", "NFKD"};
    static const char *const behaviors[] = {"isolated", "removed", "with previous", "with next",
                                            "contiguous"};

    describe(d, d->used ? "; " : "");
    describe(d, kinds[s->kind]);
    describe(d, s->kind == STEP_form ? " " : "");
    describe(d, s->kind == STEP_form ? forms[s->form] : "");
    describe(d, s->left ? " left" : "");
    describe(d, s->right ? " right" : "");
    describe(d, s->by_graphemes ? " by graphemes" : "");
    if (s->expression.text) {
        describe(d, " ");
        describe_text(d, s->literal ? "''" : "//", s->expression);
    }
    if (s->content.text) {
        describe(d, s->kind == STEP_replace ? " by " : " ");
        describe_text(d, "''", s->content);
    }
    if (s->kind == STEP_prefix)
        describe(d, s->prefix == PREFIX_first_unless_present ? " first" : " each");
    if (s->kind == STEP_split) {
        describe(d, s->invert ? " inverted " : " ");
        describe(d, behaviors[s->behavior]);
    }
}

static inline void describe_decoder(struct described *d, const struct decoder_step *s)
{
    static const char *const kinds[] = {
        [DECODE_byte_level] = "bytes", [DECODE_byte_fallback] = "byte fallback",
        [DECODE_replace] = "replace",  [DECODE_fuse] = "fuse",
        [DECODE_strip] = "strip",      [DECODE_metaspace] = "metaspace",
        [DECODE_marks] = "marks",      [DECODE_word_piece] = "word piece",
        [DECODE_suffix] = "suffix",
    };

    describe(d, d->used ? "; " : "");
    describe(d, kinds[s->kind]);
    if (s->expression.text) {
        describe(d, " ");
        describe_text(d, "''", s->expression);
    }
    if (s->content.text) {
        describe(d, s->kind == DECODE_replace ? " by " : " ");
        describe_text(d, "''", s->content);
    }
    if (s->start || s->stop) {
        char counts[32];
        snprintf(counts, sizeof counts, " %u %u", s->start, s->stop);
        describe(d, counts);
    }
    describe(d, s->cleanup ? " cleanup" : "");
}

static inline void describe_steps(struct described *d, const struct text_steps *steps)
{
    d->used = 0;
    d->text[0] = 0;
    for (uint32_t i = 0; i < steps->count; i++)
        describe_step(d, &steps->all[i]);
}

static inline void describe_decoders(struct described *d, const struct decoder_steps *steps)
{
    d->used = 0;
    d->text[0] = 0;
    for (uint32_t i = 0; i < steps->count; i++)
        describe_decoder(d, &steps->all[i]);
}

#endif
