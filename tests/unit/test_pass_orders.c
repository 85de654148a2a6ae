/* Passes say in their tables which ones they run after. In every order that this allows, a graph
 * computes the same, and its program can be made: early passes, then late ones for a prompt, a
 * short run and a batch. */
#include "compiler/late/late.h"
#include "compiler/lir/lir.h"
#include "tests/support/diagnostics.h"
#include "tests/support/lir_models.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_PASSES = 16, MAX_ORDERS = 200 };

struct orders { /* of one table */
    const struct pass_table *table;
    struct hir_pass all[MAX_ORDERS][MAX_PASSES];
    uint32_t count;
};

static bool list_has(const char *list, const char *name)
{
    size_t bytes = strlen(name);

    for (const char *at = list; (at = strstr(at, name)) != NULL; at += bytes)
        if ((at == list || at[-1] == ',') && (at[bytes] == 0 || at[bytes] == ','))
            return true;
    return false;
}

/* Whether a pass that must come before `i` is not in `order` yet. */
static bool must_wait(const struct pass_table *t, uint32_t i, const uint32_t *order, uint32_t count)
{
    for (uint32_t j = 0; j < t->count; j++) {
        bool placed = false;
        for (uint32_t k = 0; k < count; k++)
            placed = placed || order[k] == j;
        if (!placed && list_has(t->all[i].after, t->all[j].name))
            return true;
    }
    return false;
}

/* All orders that begin with the `count` passes in `order`. */
static void extend(struct orders *o, uint32_t *order, uint32_t count)
{
    const struct pass_table *t = o->table;

    if (count == t->count) {
        assert_true(o->count < MAX_ORDERS);
        for (uint32_t i = 0; i < count; i++)
            o->all[o->count][i] = t->all[order[i]];
        o->count++;
        return;
    }
    for (uint32_t i = 0; i < t->count; i++) {
        bool used = false;
        for (uint32_t k = 0; k < count; k++)
            used = used || order[k] == i;
        if (used || must_wait(t, i, order, count))
            continue;
        order[count] = i;
        extend(o, order, count + 1);
    }
}

static struct orders *all_orders(const struct pass_table *table)
{
    struct orders *o = calloc(1, sizeof *o);
    uint32_t order[MAX_PASSES];

    assert_true(table->count <= MAX_PASSES);
    o->table = table;
    extend(o, order, 0);
    return o;
}

/* ---- one graph in one order ---- */

struct unit {
    struct arena arena;
    struct strings strings;
    struct diags diags;
};

/* The input of a text test. */
static void read_graph(struct unit *u, const char *name, struct hir_graph *g)
{
    char *path = arena_printf(&u->arena, "tests/text/late/%s.hir", name), text[32768];
    FILE *file = fopen(path, "rb");

    if (file == NULL)
        fail_msg("%s: cannot be read", path);
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    char *end = strstr(text, "# report");
    assert_non_null(end);
    hir_init(g, &u->arena, &u->strings, "");
    if (!hir_parse(g, path, text, (size_t)(end - text), &u->diags))
        fail_msg("%s", diags_text(&u->diags, &u->arena));
}

static const char *order_text(struct unit *u, const struct pass_table *t)
{
    struct text text = {.arena = &u->arena};

    for (uint32_t i = 0; i < t->count; i++)
        text_add(&text, "%s ", t->all[i].name);
    return text.data;
}

static void check(struct unit *u, bool good, const struct pass_table *t)
{
    if (!good)
        fail_msg("in the order %s:\n%s", order_text(u, t), diags_text(&u->diags, &u->arena));
}

static struct unit *make_unit(void)
{
    struct unit *u = calloc(1, sizeof *u);

    u->diags = (struct diags){.arena = &u->arena};
    strings_init(&u->strings, &u->arena);
    return u;
}

static void free_unit(struct unit *u)
{
    arena_free(&u->arena);
    free(u);
}

static void check_early(const char *name, const struct pass_table *order)
{
    struct unit *u = make_unit();
    struct hir_graph before, g;
    struct pass_run run = {.arena = &u->arena};

    read_graph(u, name, &before);
    read_graph(u, name, &g);
    check(u, run_passes(&run, order, &g, &u->diags), order);
    check(u, graphs_agree(&before, &g, 7, 1e-5, &u->diags), order);
    free_unit(u);
}

static void check_late(const char *name, const struct pass_table *order, struct variant v,
                       enum activations activations)
{
    const uint32_t level = activations == ACTIVATIONS_exact ? PLAIN_norms : PLAIN_bf16;
    const struct specialization s = {&v, activations, &plain_target, level, false};
    struct unit *u = make_unit();
    struct hir_graph g, late, before;
    struct pass_run early = {.arena = &u->arena},
                    run = {.arena = &u->arena, .context = {.specialization = &s}};
    struct lir_kernels kernels = {.arena = &u->arena};
    struct lir_program p;

    read_graph(u, name, &g);
    check(u, run_passes(&early, &early_passes, &g, &u->diags), &early_passes);
    check(u, specialize(&g, &s, &u->arena, &before, &u->diags), order);
    check(u, specialize(&g, &s, &u->arena, &late, &u->diags), order);
    check(u, run_passes(&run, order, &late, &u->diags), order);
    double tolerance = activations == ACTIVATIONS_exact ? 1e-5 : 0.05;
    check(u, graphs_agree(&before, &late, 7, tolerance, &u->diags), order);
    check(u, lower(&late, &g, &v, &plain_target, level, &kernels, &p, &u->diags), order);
    schedule(&p, &plain_levels[level].traits);
    plan_memory(&p);
    check(u, lir_verify(&p, &u->diags), order);
    free_unit(u);
}

/* ---- tests ---- */

static const char *const graphs[] = {"pipeline_llama_prefill", "pipeline_gemma_prefill"};

static void early_passes_in_every_order(void **state)
{
    struct orders *o = all_orders(&early_passes);

    (void)state;
    print_message("  %u orders\n", o->count);
    assert_true(o->count > 1);
    for (uint32_t i = 0; i < o->count; i++) {
        const struct pass_table order = {"early", o->all[i], early_passes.count};
        for (uint32_t j = 0; j < countof(graphs); j++)
            check_early(graphs[j], &order);
    }
    free(o);
}

static void late_passes_in_every_order(void **state)
{
    const struct variant variants[] = {variant_prefill(1, 64), variant_decode(1, 10, 4)};
    struct orders *o = all_orders(&late_passes);

    (void)state;
    print_message("  %u orders\n", o->count);
    assert_true(o->count > 1);
    for (uint32_t i = 0; i < o->count; i++) {
        const struct pass_table order = {"late", o->all[i], late_passes.count};
        for (uint32_t j = 0; j < countof(graphs); j++)
            for (uint32_t k = 0; k < countof(variants); k++) {
                check_late(graphs[j], &order, variants[k], ACTIVATIONS_exact);
                check_late(graphs[j], &order, variants[k], ACTIVATIONS_auto);
            }
    }
    free(o);
}

/* An order against `after` is named. */
static void wrong_orders_are_found(void **state)
{
    struct unit *u = make_unit();
    struct hir_pass all[MAX_PASSES];
    uint32_t last = late_passes.count - 1;

    (void)state;
    memcpy(all, late_passes.all, late_passes.count * sizeof *all);
    all[last] = late_passes.all[last - 1]; /* scatter-mixes after join-tails */
    all[last - 1] = late_passes.all[last];
    const struct pass_table order = {"late", all, late_passes.count};
    assert_false(pass_order_holds(&order, &u->diags));
    assert_non_null(
        strstr(diags_text(&u->diags, &u->arena), "expected to stand after 'scatter-mixes'"));
    free_unit(u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(early_passes_in_every_order),
        cmocka_unit_test(late_passes_in_every_order),
        cmocka_unit_test(wrong_orders_are_found),
    };
    return cmocka_run_group_tests_name("pass orders", tests, NULL, NULL);
}
