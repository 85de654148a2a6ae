/* Runs a graph that a test has as text, on weights that it gives by name. */
#ifndef TESTS_EVALUATING_H
#define TESTS_EVALUATING_H

#include "compiler/hir/hir_eval.h"
#include "tests/support/compare.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <string.h>

static struct arena arena;
static struct strings strings;
static struct hir_graph graph, *const g = &graph;
static struct hir_eval eval;
static const char *const *weight_names; /* pairs are in weight_values */
static const float *const *weight_values;
static uint32_t weight_calls;

static inline const float *find_weight(void *context, const struct hir_graph *h, hir_id id)
{
    const char *name = str_text(h->strings, hir_at(h, id)->name);

    (void)context;
    weight_calls++;
    for (uint32_t i = 0; weight_names[i] != NULL; i++)
        if (strcmp(weight_names[i], name) == 0)
            return weight_values[i];
    return NULL;
}

/* Parses and verifies a graph, and makes an evaluator of it. */
static inline void open(const char *text, const char *const *names, const float *const *values)
{
    struct diags diags = {.arena = &arena};

    strings_init(&strings, &arena);
    hir_init(g, &arena, &strings, "");
    if (!hir_parse(g, "test", text, strlen(text), &diags) || !hir_verify(g, &diags))
        diags_print(&diags, stderr);
    assert_int_equal(diags.error_count, 0);
    weight_names = names;
    weight_values = values;
    weight_calls = 0;
    eval = (struct hir_eval){.weight = find_weight};
    hir_eval_open(&eval, g, &arena);
}

static inline void set_sizes(int64_t batch, int64_t seq, int64_t past)
{
    eval.symbols[SYMBOL_BATCH] = batch;
    eval.symbols[SYMBOL_SEQ] = seq;
    eval.symbols[SYMBOL_ROWS] = batch * seq;
    eval.symbols[SYMBOL_PAST_SEQ] = past;
    eval.symbols[SYMBOL_OUT_ROWS] = 1;
}

static inline void shut(void)
{
    hir_eval_close(&eval);
    arena_free(&arena);
}

static inline void check(const char *name, const float *expected, uint32_t count, double tolerance)
{
    const float *found = hir_eval_value(&eval, name);

    assert_non_null(found);
    expect_close(name, found, expected, 1, count, tolerance, 0);
}

/* Numbers that look random, between -1 and 1. */
static inline float *noise(uint32_t count, uint32_t seed)
{
    float *x = arena_new(&arena, float, count);

    for (uint32_t i = 0; i < count; i++) {
        seed = seed * 1664525 + 1013904223;
        x[i] = (float)((int32_t)seed >> 8) / (1 << 23);
    }
    return x;
}

#endif
