/* What every vocabulary that an importer accepts has: consistent tokens, merges and steps. */
#ifndef TESTS_CHECKED_VOCABULARY_H
#define TESTS_CHECKED_VOCABULARY_H

#include "compiler/import/vocabulary.h"

#include <stdlib.h>

/* Reads every byte. */
static inline void check_step_text(struct step_text t)
{
    static volatile char last;

    if (t.bytes > 0 && t.text == NULL)
        abort();
    for (uint32_t i = 0; i < t.bytes; i++)
        last = t.text[i];
    (void)last;
}

static inline void check_steps(const struct text_steps *steps)
{
    for (uint32_t i = 0; i < steps->count; i++) {
        check_step_text(steps->all[i].expression);
        check_step_text(steps->all[i].content);
    }
}

static inline void check_ids(const struct vocabulary *v, const uint32_t *ids, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (ids[i] >= v->token_count || v->tokens[ids[i]].text == NULL)
            abort();
}

static inline void check_vocabulary(const struct vocabulary *v)
{
    for (uint32_t i = 0; i < v->token_count; i++) /* reads every byte, and the NUL that follows */
        if (v->tokens[i].text && (v->tokens[i].bytes > VOCABULARY_MAX_TEXT ||
                                  v->tokens[i].text[v->tokens[i].bytes] != 0))
            abort();
    for (uint32_t i = 0; i < v->merge_count; i++)
        if (!v->merges[i].left || !v->merges[i].right)
            abort();
    check_steps(&v->pipeline.normalizers);
    check_steps(&v->pipeline.pre_tokenizers);
    for (uint32_t i = 0; i < v->pipeline.decoders.count; i++) {
        check_step_text(v->pipeline.decoders.all[i].expression);
        check_step_text(v->pipeline.decoders.all[i].content);
    }
    check_ids(v, v->front, v->front_count);
    check_ids(v, v->back, v->back_count);
    if (v->unknown != UINT32_MAX)
        check_ids(v, &v->unknown, 1);
}

#endif
