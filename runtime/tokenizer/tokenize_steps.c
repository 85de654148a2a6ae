/* From a normalized stretch to words: the steps of a section, depth first. In: a stretch without
 * added tokens. Out: each word goes to the model. A piece passes from step to step. A step that
 * cuts passes each part on before it looks for the next, so nothing keeps lists of pieces; a step
 * that changes text writes into a buffer of its own, which deeper steps do not touch.
 */
#include "runtime/tokenizer/tokenize_parts.h"

#include <string.h>

/* A text of STEP_TEXTS; empty where the section is damaged. */
static const char *step_text(const struct tokenizer *t, uint32_t offset, uint32_t *bytes)
{
    const char *texts = tokenizer_table(t, RLX_TABLE_STEP_TEXTS);
    uint32_t count = tokenizer_table_count(t, RLX_TABLE_STEP_TEXTS);
    if (offset > count || *bytes > count - offset) {
        *bytes = 0;
        return texts;
    }
    return texts + offset;
}

static struct piece written(struct encoding *e, const struct bytes *out, struct piece p)
{
    e->no_memory = e->no_memory || out->failed;
    return (struct piece){out->data, out->failed ? 0 : out->count, p.first};
}

/* Each match becomes the content; without a match the piece stays where it is. */
static struct piece replace(struct encoding *e, const struct rlx_tokenizer_step *s,
                            struct bytes *out, struct piece p)
{
    uint32_t match_bytes = s->match_bytes, content_bytes = s->content_bytes;
    const char *match = step_text(e->tokenizer, s->match, &match_bytes);
    const char *content = step_text(e->tokenizer, s->content, &content_bytes);
    const char *found = match_bytes ? memmem(p.text, p.bytes, match, match_bytes) : NULL;
    size_t at = 0;
    if (!found)
        return p;
    out->count = 0;
    for (; found; found = memmem(p.text + at, p.bytes - at, match, match_bytes)) {
        bytes_add(out, p.text + at, (size_t)(found - p.text) - at);
        bytes_add(out, content, content_bytes);
        at = (size_t)(found - p.text) + match_bytes;
    }
    bytes_add(out, p.text + at, p.bytes - at);
    return written(e, out, p);
}

static struct piece prefix(struct encoding *e, const struct rlx_tokenizer_step *s,
                           struct bytes *out, struct piece p)
{
    uint32_t bytes = s->content_bytes;
    const char *content = step_text(e->tokenizer, s->content, &bytes);
    bool present = p.bytes >= bytes && memcmp(p.text, content, bytes) == 0;
    if (present || ((s->flags & RLX_STEP_FIRST) && !p.first))
        return p;
    out->count = 0;
    bytes_add(out, content, bytes);
    bytes_add(out, p.text, p.bytes);
    return written(e, out, p);
}

static void run_from(struct encoding *e, uint32_t step, struct piece p);

static void split(struct encoding *e, uint32_t step, const struct rlx_tokenizer_step *s,
                  struct piece p)
{
    struct scan_pieces pieces;
    size_t start, end;
    if (!scan_pieces_start(&pieces, &e->tokenizer->scanners, s->scanner, p.text, p.bytes,
                           s->flags & RLX_STEP_SPELLED, (enum rlx_split_behavior)s->behavior,
                           s->flags & RLX_STEP_INVERT, &e->step_memory[step])) {
        e->no_memory = true;
        return;
    }
    while (!e->no_memory && scan_pieces_next(&pieces, &start, &end))
        run_from(e, step + 1, (struct piece){p.text + start, end - start, p.first && start == 0});
}

/* Runs the steps from that one on. Their number bounds the depth. */
static void run_from(struct encoding *e, uint32_t step, struct piece p)
{
    const struct rlx_tokenizer_step *steps = tokenizer_table(e->tokenizer, RLX_TABLE_STEPS);
    uint32_t count = tokenizer_table_count(e->tokenizer, RLX_TABLE_STEPS);
    for (; step < count && p.bytes && !e->no_memory; step++) {
        switch (steps[step].kind) {
        case RLX_STEP_SPLIT:
            split(e, step, &steps[step], p);
            return;
        case RLX_STEP_REPLACE:
            p = replace(e, &steps[step], &e->step_texts[step], p);
            break;
        case RLX_STEP_PREFIX:
            p = prefix(e, &steps[step], &e->step_texts[step], p);
            break;
        default:
            return; /* refused by tokenizer_open */
        }
    }
    if (p.bytes && !e->no_memory)
        encode_word(e, p.text, p.bytes);
}

void encode_piece(struct encoding *e, struct piece p)
{
    run_from(e, 0, p);
}
