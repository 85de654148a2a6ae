/* One expression compiled to a scanner, for tests and fuzzers. */
#ifndef TESTS_SCANNER_CASES_H
#define TESTS_SCANNER_CASES_H

#include "compiler/tokenizer/scanner.h"

#include <string.h>

struct compiled_scanner {
    struct arena arena;
    struct diags diags;
    struct scanners scanners;
    struct scan_tables tables;
    struct scan_memory memory;
    uint32_t number;
};

/* False where it is refused; c->diags says why. */
static inline bool scanner_compile(struct compiled_scanner *c, const char *text, size_t bytes,
                                   bool literal)
{
    struct place place = {0};
    *c = (struct compiled_scanner){0};
    c->diags.arena = &c->arena;
    struct expression *e =
        expression_parse(text, (uint32_t)bytes, literal, &c->arena, place, &c->diags);
    if (e == NULL)
        return false;
    struct point_partition partition = {.arena = &c->arena};
    expression_partition(e, &partition);
    if (!scanners_start(&c->scanners, partition, &c->arena, place, &c->diags) ||
        !scanners_add(&c->scanners, e, place, &c->diags, &c->number))
        return false;
    c->tables = scanners_view(&c->scanners);
    return true;
}

static inline void scanner_free(struct compiled_scanner *c)
{
    arena_free(&c->arena);
    scan_memory_free(&c->memory);
}

#endif
