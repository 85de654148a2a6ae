/* For tests of normalizers: steps packed, opened with the scanners of their expressions, and
 * applied. */
#ifndef TESTS_NORMALIZING_H
#define TESTS_NORMALIZING_H

#include "compiler/import/tokenizer/pipeline_steps.h"
#include "compiler/tokenizer/pack_normal.h"
#include "compiler/tokenizer/scanner.h"
#include "runtime/tokenizer/normal.h"

#include <string.h>

struct normalizing {
    struct arena arena;
    struct diags diags;
    struct vocabulary vocabulary; /* its pipeline has the steps */
    struct normal_tables tables;
    struct scanners scanners;
    struct scan_tables scans;
    struct normal normal;
    struct normal_work work;
};

static inline struct text_step *add_normalizer(struct normalizing *n, enum text_step_kind kind)
{
    struct text_steps *steps = &n->vocabulary.pipeline.normalizers;
    ARENA_PUSH(&n->arena, steps->all, steps->count, steps->capacity) =
        (struct text_step){.kind = kind};
    return &steps->all[steps->count - 1];
}

static inline struct step_text text_of(const char *text)
{
    return (struct step_text){text, (uint32_t)strlen(text)};
}

static inline bool compile_expressions(struct normalizing *n)
{
    struct place place = {.file = "test"};
    uint32_t count = n->tables.expression_count;
    struct expression **all = arena_new(&n->arena, struct expression *, count);
    struct point_partition partition = {.arena = &n->arena};
    for (uint32_t i = 0; i < count; i++) {
        const struct text_step *s = n->tables.expressions[i].published;
        all[i] = expression_parse(s->expression.text, s->expression.bytes, s->literal, &n->arena,
                                  place, &n->diags);
        if (!all[i])
            return false;
        expression_partition(all[i], &partition);
    }
    if (!scanners_start(&n->scanners, partition, &n->arena, place, &n->diags))
        return false;
    for (uint32_t i = 0, scanner; i < count; i++) {
        if (!scanners_add(&n->scanners, all[i], place, &n->diags, &scanner))
            return false;
        normal_set_scanner(&n->tables, i, scanner);
    }
    n->scans = (struct scan_tables){.scanners = n->scanners.all,
                                    .transitions = n->scanners.transitions,
                                    .class_index = n->scanners.class_index,
                                    .class_pages = n->scanners.class_pages,
                                    .scanner_count = n->scanners.count,
                                    .transition_count = n->scanners.transition_count,
                                    .class_page_count = n->scanners.class_page_count};
    return scan_tables_check(&n->scans);
}

/* False where the steps have no meaning; `diags` says why. */
static inline bool normalizing_open(struct normalizing *n)
{
    n->diags.arena = &n->arena;
    return pack_normal(&n->vocabulary.pipeline.normalizers, (struct place){.file = "test"},
                       &n->arena, &n->diags, &n->tables) &&
           (n->tables.expression_count == 0 || compile_expressions(n)) &&
           normal_open(&n->normal, n->tables.block, n->tables.bytes, &n->scans);
}

static inline struct normal_text normalize(struct normalizing *n, const char *text, size_t bytes)
{
    return normal_apply(&n->normal, text, bytes, &n->work);
}

static inline void normalizing_close(struct normalizing *n)
{
    normal_work_free(&n->work);
    arena_free(&n->arena);
    *n = (struct normalizing){0};
}

#endif
