/* The table of passes, the loop that runs them, and a property: random graphs compute the same
 * after every pass. tests/text/passes shows what each pass does to which graph.
 */
#include "compiler/passes/passes.h"
#include "tests/support/diagnostics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

struct unit {
    struct arena arena;
    struct diags diags;
    struct strings strings;
    struct hir_graph graph;
};

static struct unit *make_unit(void)
{
    struct unit *u = calloc(1, sizeof *u);

    u->diags = (struct diags){.arena = &u->arena};
    strings_init(&u->strings, &u->arena);
    hir_init(&u->graph, &u->arena, &u->strings, "unit");
    return u;
}

static void free_unit(struct unit *u)
{
    arena_free(&u->arena);
    free(u);
}

static const char *printed(struct unit *u)
{
    return diags_text(&u->diags, &u->arena);
}

static const char *graph_text(struct unit *u, const struct hir_graph *g)
{
    struct text text = {.arena = &u->arena};

    hir_text(g, &text);
    return text.data;
}

static void parse(struct unit *u, struct hir_graph *g, const char *text)
{
    hir_init(g, &u->arena, &u->strings, "");
    bool good = hir_parse(g, "test", text, strlen(text), &u->diags) && hir_verify(g, &u->diags);
    assert_string_equal(printed(u), "");
    assert_true(good);
}

/* ---- the table and the loop ---- */

static void test_order(void **state)
{
    struct unit *u = make_unit();

    (void)state;
    assert_true(pass_order_holds(&early_passes, &u->diags));
    assert_string_equal(printed(u), "");
    assert_non_null(pass_find(&early_passes, "fuse-qkv", 8));
    assert_null(pass_find(&early_passes, "fuse-qk", 7));
    assert_true(pass_find(&early_passes, "fuse-norm", 9)->required);
    assert_true(pass_find(&early_passes, "choose-layout", 13)->required);
    assert_false(pass_find(&early_passes, "fuse-qkv", 8)->required);
    free_unit(u);
}

static void test_names_are_checked(void **state)
{
    struct unit *u = make_unit();
    struct pass_run run = {.arena = &u->arena,
                           .only = "fold,fuse_qkv",
                           .leave_out = "cse,fuse-norm",
                           .stop_after = "dce"};

    (void)state;
    assert_false(pass_run_valid(&run, &u->diags));
    assert_int_equal(u->diags.error_count, 2);
    assert_non_null(strstr(printed(u), "pass 'fuse_qkv': expected one of fold, cse, dce, "));
    assert_non_null(strstr(printed(u), "pass 'fuse-norm': cannot be left out"));
    assert_false(run_passes(&run, &early_passes, &u->graph, &u->diags));
    assert_int_equal(run.time_count, 0);
    free_unit(u);
}

static const char small[] = "graph \"small\"\n"
                            " %1 = input i32 [ROWS] role=tokens \"tokens\"\n"
                            " %2 = weight f32 [9, 12] \"embedding\"\n"
                            " %3 = embed %2 %1 f32 [ROWS, 12]\n"
                            " %4 = number f32 [] value=1\n"
                            " %5 = mul %3 %4 f32 [ROWS, 12]\n"
                            " output \"y\" %5\n";

struct dumped {
    char names[512];
    uint32_t count;
};

static void dump(void *context, uint32_t number, const char *pass, const struct hir_graph *g)
{
    struct dumped *d = context;
    size_t used = strlen(d->names);

    assert_int_equal(number, d->count++);
    assert_true(g->node_count > 1);
    snprintf(d->names + used, sizeof d->names - used, "%s ", pass);
}

static void test_which_passes_run(void **state)
{
    static const struct {
        const char *only, *leave_out, *stop_after, *ran;
    } cases[] = {
        {NULL, NULL, NULL,
         "fold cse dce order-columns pack-weights choose-type ring-states fuse-norm fuse-qkv fuse-swiglu "
         "choose-layout late-dce "},
        {"dce,fold", NULL, NULL, "fold dce "},
        {"", NULL, NULL, ""},
        {NULL, "dce,fuse-qkv,late-dce", NULL,
         "fold cse order-columns pack-weights choose-type ring-states fuse-norm fuse-swiglu "
         "choose-layout "},
        {NULL, "cse", "dce", "fold dce "},
    };

    (void)state;
    for (size_t i = 0; i < countof(cases); i++) {
        struct unit *u = make_unit();
        struct dumped dumped = {.names = ""};
        struct pass_run run = {.arena = &u->arena,
                               .only = cases[i].only,
                               .leave_out = cases[i].leave_out,
                               .stop_after = cases[i].stop_after,
                               .check = true,
                               .dump = dump,
                               .dump_context = &dumped};
        parse(u, &u->graph, small);
        assert_true(run_passes(&run, &early_passes, &u->graph, &u->diags));
        assert_string_equal(dumped.names, cases[i].ran);
        assert_int_equal(run.time_count, dumped.count);
        free_unit(u);
    }
}

static void test_times_and_report(void **state)
{
    struct unit *u = make_unit();
    struct pass_run run = {.arena = &u->arena, .only = "fold,dce"};
    struct text report = {.arena = &u->arena};

    (void)state;
    parse(u, &u->graph, small);
    assert_true(run_passes(&run, &early_passes, &u->graph, &u->diags));
    assert_string_equal(run.times[0].pass, "fold");
    assert_int_equal(run.times[0].nodes_before, 5);
    assert_int_equal(run.times[0].nodes_after, 4);
    assert_int_equal(run.times[1].nodes_after, 3);
    pass_report_text(&early_passes, &run.report, &report);
    assert_string_equal(report.data, "fold: 1 done, 0 left\n  done %5: mul: folded\n");
    free_unit(u);
}

/* ---- the comparison can say no ---- */

static const char two_outputs[] = "graph \"two\"\n"
                                  " %%1 = input i32 [ROWS] role=tokens \"tokens\"\n"
                                  " %%2 = weight f32 [9, 12] \"embedding\"\n"
                                  " %%3 = embed %%2 %%1 f32 [ROWS, 12] \"hidden.0\"\n"
                                  " %%4 = number f32 [] value=%s\n"
                                  " %%5 = add %%3 %%4 f32 [ROWS, 12] \"hidden.1\"\n"
                                  " %%6 = %s %%5 f32 [ROWS, 12]\n"
                                  " output \"x\" %%3\n"
                                  " output \"%s\" %%6\n";

static bool agree(struct unit *u, const char *number, const char *op, const char *output,
                  double tolerance)
{
    struct hir_graph a, b;

    parse(u, &a, arena_printf(&u->arena, two_outputs, "0.25", "square", "y"));
    parse(u, &b, arena_printf(&u->arena, two_outputs, number, op, output));
    return graphs_agree(&a, &b, 3, tolerance, &u->diags);
}

static void test_differences_are_found(void **state)
{
    static const struct {
        const char *number, *op, *output;
        double tolerance;
        const char *error;
    } cases[] = {
        {"0.25", "square", "y", 0, NULL},
        {"0.25001", "square", "y", 1e-3, NULL},
        {"0.25001", "square", "y", 1e-6, "y: element "},
        {"0.25", "silu", "y", 1e-3, "y: element "},
        {"0.25", "square", "z", 1e-3,
         "y: expected an output of 60 elements, found none of that size"},
        {"-0.25", "square", "y", 1e-3, "y: element "},
    };

    (void)state;
    for (size_t i = 0; i < countof(cases); i++) {
        struct unit *u = make_unit();
        bool same = agree(u, cases[i].number, cases[i].op, cases[i].output, cases[i].tolerance);
        assert_int_equal(same, cases[i].error == NULL);
        if (cases[i].error == NULL)
            assert_string_equal(printed(u), "");
        else
            assert_non_null(strstr(printed(u), cases[i].error));
        free_unit(u);
    }
}

/* A value that no output shows, under a name that both graphs have. */
static void test_named_values_are_compared(void **state)
{
    struct unit *u = make_unit();
    struct hir_graph a, b;
    static const char text[] = "graph \"named\"\n"
                               " %%1 = input i32 [ROWS] role=tokens \"tokens\"\n"
                               " %%2 = weight f32 [9, 12] \"embedding\"\n"
                               " %%3 = embed %%2 %%1 f32 [ROWS, 12]\n"
                               " %%4 = %s %%3 f32 [ROWS, 12] \"hidden.1\"\n"
                               " %%5 = square %%4 f32 [ROWS, 12]\n"
                               " output \"y\" %%5\n";

    (void)state;
    parse(u, &a, arena_printf(&u->arena, text, "neg"));
    parse(u, &b, arena_printf(&u->arena, text, "relu"));
    assert_false(graphs_agree(&a, &b, 3, 1e-6, &u->diags));
    u->diags = (struct diags){.arena = &u->arena};
    parse(u, &b,
          "graph \"named\"\n"
          " %1 = input i32 [ROWS] role=tokens \"tokens\"\n"
          " %2 = weight f32 [9, 12] \"embedding\"\n"
          " %3 = embed %2 %1 f32 [ROWS, 12] \"hidden.1\"\n"
          " %4 = neg %3 f32 [ROWS, 12]\n"
          " %5 = square %4 f32 [ROWS, 12]\n"
          " output \"y\" %5\n");
    assert_false(graphs_agree(&a, &b, 3, 1e-6, &u->diags));
    assert_non_null(strstr(printed(u), "hidden.1: element "));
    free_unit(u);
}

/* Whether the verifier or the comparison says so: a message, never a crash. */
static void test_what_cannot_be_evaluated(void **state)
{
    static const struct {
        const char *input, *weight, *rows;
    } cases[] = {
        {"i32 [SEQ] role=tokens \"tokens\"", "[9, 12]", "SEQ"},
        {"i32 [ROWS] \"tokens\"", "[9000000, 12]", "ROWS"},
    };

    (void)state;
    for (size_t i = 0; i < countof(cases); i++) {
        struct unit *u = make_unit();
        const char *text = arena_printf(&u->arena,
                                        "graph \"g\"\n"
                                        " %%1 = input %s\n"
                                        " %%2 = weight f32 %s \"w\"\n"
                                        " %%3 = embed %%2 %%1 f32 [%s, 12]\n"
                                        " output \"y\" %%3\n",
                                        cases[i].input, cases[i].weight, cases[i].rows);
        struct pass_run run = {.arena = &u->arena, .check = true};
        assert_false(hir_parse(&u->graph, "test", text, strlen(text), &u->diags) &&
                     run_passes(&run, &early_passes, &u->graph, &u->diags));
        assert_string_not_equal(printed(u), "");
        free_unit(u);
    }
}

/* ---- random graphs ---- */

static uint32_t random_state;

static uint32_t pick(uint32_t below)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % below;
}

struct pool {
    hir_id ids[128];
    uint32_t count;
};

static hir_id any(const struct pool *p)
{
    return p->ids[pick(p->count)];
}

/* A value of rows [ROWS, 12] from those that there are; sometimes a whole pattern that some pass
 * looks for, more or less right. */
static hir_id random_value(struct hir_graph *g, struct pool *rows, const struct pool *vectors,
                           const struct pool *numbers)
{
    static const enum hir_op unary[] = {HIR_neg,  HIR_square, HIR_sigmoid,
                                        HIR_silu, HIR_tanh,   HIR_relu};
    static const enum hir_op binary[] = {HIR_add, HIR_sub, HIR_mul};
    static const char *const matrices[] = {"m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7"};
    hir_id x = any(rows), y = any(rows);
    dim_id square[2] = {dim_const(&g->dims, 12), dim_const(&g->dims, 12)};

    switch (pick(7)) {
    case 0:
        return hir_add1(g, unary[pick(countof(unary))], x);
    case 1:
        return hir_add2(g, binary[pick(countof(binary))], x, y);
    case 2:
        return pick(2) == 0 ? hir_add2(g, binary[pick(countof(binary))], x, any(numbers))
                            : hir_add2(g, binary[pick(countof(binary))], any(numbers), x);
    case 3:
        return hir_add2(g, binary[pick(countof(binary))], any(vectors), x);
    case 4: {
        hir_id mean = hir_add1(g, HIR_mean, hir_add1(g, HIR_square, pick(8) == 0 ? y : x));
        hir_id scale = hir_add1(g, HIR_rsqrt, hir_add2(g, HIR_add, mean, numbers->ids[0]));
        return hir_add2(g, HIR_mul, hir_add2(g, HIR_mul, x, scale), any(vectors));
    }
    case 5: {
        dim_id dims[3] = {dim_symbol(&g->dims, SYMBOL_ROWS), dim_const(&g->dims, 3),
                          dim_const(&g->dims, 4)};
        hir_id split =
            hir_declare(g, HIR_reshape, DTYPE_f32, hir_shape(g, 3, dims), NULL, NULL, &x, 1);
        return hir_declare(g, HIR_reshape, DTYPE_f32,
                           hir_shape_of(g, x)->rank == 2 ? hir_at(g, x)->shape : 0, NULL, NULL,
                           &split, 1);
    }
    default: {
        hir_id w = hir_declare(g, HIR_weight, pick(6) == 0 ? DTYPE_f16 : DTYPE_f32,
                               hir_shape(g, 2, square), matrices[pick(8)], NULL, NULL, 0);
        hir_id product = hir_add2(g, HIR_matmul, x, w);
        if (pick(2) == 0)
            return product;
        w = hir_declare(g, HIR_weight, DTYPE_f32, hir_shape(g, 2, square), matrices[pick(8)], NULL,
                        NULL, 0);
        hir_id up = hir_add2(g, HIR_matmul, pick(6) == 0 ? y : x, w),
               gate = hir_add1(g, HIR_silu, product);
        if (pick(4) == 0) /* so that others may read it */
            rows->ids[rows->count++] = pick(2) == 0 ? product : gate;
        return hir_add2(g, HIR_mul, gate, up);
    }
    }
}

static void random_graph(struct hir_graph *g)
{
    dim_id rows = dim_symbol(&g->dims, SYMBOL_ROWS),
           dims[2] = {dim_const(&g->dims, 9), dim_const(&g->dims, 12)};
    struct pool values = {.count = 0}, vectors = {.count = 0}, numbers = {.count = 0};
    static const double some[] = {1e-5, 0, 1, 0.5};

    for (size_t i = 0; i < countof(some); i++)
        numbers.ids[numbers.count++] = hir_number(g, some[i]);
    for (uint32_t i = 0; i < 3; i++) {
        static const char *const names[] = {"v0", "v1", "v2"};
        vectors.ids[vectors.count++] =
            hir_declare(g, HIR_weight, i == 0 ? DTYPE_bf16 : DTYPE_f32, hir_shape(g, 1, &dims[1]),
                        names[i], NULL, NULL, 0);
    }
    hir_id operands[2] = {
        hir_declare(g, HIR_weight, DTYPE_f32, hir_shape(g, 2, dims), "embedding", NULL, NULL, 0),
        hir_declare(g, HIR_input, DTYPE_i32, hir_shape(g, 1, &rows), "tokens",
                    &(const struct hir_attr){.input = {INPUT_tokens}}, NULL, 0)};
    values.ids[values.count++] = hir_add(g, HIR_embed, NULL, operands, 2);
    for (uint32_t i = 0; i < 30; i++) {
        hir_id id = random_value(g, &values, &vectors, &numbers);
        if (pick(5) == 0)
            hir_name(g, id, "value.%u", i);
        values.ids[values.count++] = id;
    }
    hir_output(g, "logits", values.ids[values.count - 1], OUTPUT_logits);
    hir_output(g, "other", any(&values), OUTPUT_data);
    hir_output(g, "third", any(&values), OUTPUT_data);
}

/* Every pass leaves a graph that verifies, computes the same, prints and parses; a second run of
 * all passes finds nothing to do. */
static void test_random_graphs(void **state)
{
    uint32_t done = 0;

    (void)state;
    for (uint32_t seed = 1; seed <= 150; seed++) {
        struct unit *u = make_unit();
        struct hir_graph again;
        random_state = seed;
        random_graph(&u->graph);
        const char *before = graph_text(u, &u->graph);
        struct pass_run run = {.arena = &u->arena, .check = true, .seed = seed, .tolerance = 2e-5};
        if (!run_passes(&run, &early_passes, &u->graph, &u->diags))
            fail_msg("seed %u: %s\n%s", seed, printed(u), before);
        done += run.report.done;
        const char *after = graph_text(u, &u->graph);
        parse(u, &again, after);
        assert_string_equal(graph_text(u, &again), after);
        struct pass_run second = {.arena = &u->arena};
        assert_true(run_passes(&second, &early_passes, &u->graph, &u->diags));
        if (second.report.done != 0 || strcmp(graph_text(u, &u->graph), after) != 0)
            fail_msg("seed %u: the passes changed their own result\n%s", seed, after);
        free_unit(u);
    }
    assert_true(done > 150); /* the graphs are worth something */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_names_are_checked),
        cmocka_unit_test(test_which_passes_run),
        cmocka_unit_test(test_times_and_report),
        cmocka_unit_test(test_differences_are_found),
        cmocka_unit_test(test_named_values_are_compared),
        cmocka_unit_test(test_what_cannot_be_evaluated),
        cmocka_unit_test(test_random_graphs),
    };
    return cmocka_run_group_tests_name("passes", tests, NULL, NULL);
}
