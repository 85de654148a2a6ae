/* Normalizers of a published tokenizer, compiled to a block of tables (rlx/normal_format.h). */
#ifndef RLXC_PACK_NORMAL_H
#define RLXC_PACK_NORMAL_H

#include "compiler/base/diag.h"
#include "compiler/import/vocabulary.h"

/* A step whose matches a scanner finds. */
struct normal_expression {
    const struct text_step *published;
    uint32_t step; /* its number in the block */
};

struct normal_tables {
    uint8_t *block; /* aligned to 8 bytes; without steps, none */
    uint32_t bytes;
    struct normal_expression *expressions;
    uint32_t expression_count;
};

/* `steps`: kinds STEP_form to STEP_charsmap. `place` names the description, for messages. All that
 * is returned is in `a`. False where a step has no meaning: a charsmap that does not hold
 * together. Who compiles the expressions then calls normal_set_scanner for each. */
bool pack_normal(const struct text_steps *steps, struct place place, struct arena *a,
                 struct diags *d, struct normal_tables *out);
void normal_set_scanner(struct normal_tables *t, uint32_t expression, uint32_t scanner);

/* Text by packed steps: what a normalized added token looks like where it is searched. False where
 * the result would be longer than RLX_NORMAL_GROWTH allows. */
struct normal;
bool normal_token_text(const struct normal *n, struct step_text text, struct arena *a,
                       struct step_text *out);

#endif
