/* The graph of one variant: bounds, origins, what is left of the artifact's graph, and which logits
 * it makes; and how a run over two tables goes on. tests/text/late shows late passes by example. */
#include "compiler/hir/rows.h"
#include "compiler/late/late.h"
#include "tests/support/lir_models.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct recipe small = {SAMPLE_SIZES, .dtype = DTYPE_f32};

struct unit {
    struct sample_model model;
    struct variant variant;
    struct specialization specialization;
    struct hir_graph graph; /* of the variant */
};

static struct unit *specialized(struct recipe recipe, struct variant v)
{
    struct unit *u = test_calloc(1, sizeof *u);

    sample_make(&u->model, &recipe, 1);
    u->variant = v;
    u->specialization =
        (struct specialization){&u->variant, ACTIVATIONS_exact, &plain_target, PLAIN_f32, false};
    bool good = specialize(&u->model.graph, &u->specialization, &u->model.arena, &u->graph,
                           &u->model.diags) &&
                hir_verify(&u->graph, &u->model.diags);
    diags_print(&u->model.diags, stderr);
    assert_true(good);
    return u;
}

static void release(struct unit *u)
{
    arena_free(&u->model.arena);
    test_free(u);
}

static void bounds_are_of_the_variant(void **state)
{
    static const struct {
        struct variant v;
        int64_t batch, rows, out_rows;
    } cases[] = {{{.phase = PHASE_decode, .batch = 1, .seq = 1}, 1, 1, 1},
                 {{.phase = PHASE_decode, .batch = 3, .seq = 1}, 3, 3, 3},
                 {{.phase = PHASE_decode, .batch = 1, .seq = 8, .has_past = true}, 1, 8, 8},
                 {{.phase = PHASE_prefill, .batch = 1, .seq = 512}, 1, 512, LM_HEAD_ROWS_MAX}};

    (void)state;
    for (uint32_t i = 0; i < countof(cases); i++) {
        struct unit *u = specialized(small, cases[i].v);
        assert_int_equal(dim_max(&u->graph.dims, SYMBOL_BATCH), cases[i].batch);
        assert_int_equal(dim_max(&u->graph.dims, SYMBOL_ROWS), cases[i].rows);
        assert_int_equal(dim_max(&u->graph.dims, SYMBOL_OUT_ROWS), cases[i].out_rows);
        assert_int_equal(dim_max(&u->graph.dims, SYMBOL_KEYS), INT32_MAX);
        /* the artifact's graph serves all variants */
        assert_int_equal(dim_max(&u->model.graph.dims, SYMBOL_ROWS), INT32_MAX);
        release(u);
    }
}

static void origins_name_what_was_there(void **state)
{
    struct unit *u = specialized(small, variant_prefill(1, 32));
    const struct hir_graph *before = &u->model.graph, *after = &u->graph;
    uint32_t made = 0;

    (void)state;
    for (hir_id id = 1; id < after->node_count; id++) {
        hir_id origin = after->origins[id];
        made += origin == 0;
        if (origin == 0)
            continue;
        assert_int_equal(hir_at(after, id)->op, hir_at(before, origin)->op);
        assert_int_equal(hir_at(after, id)->name, hir_at(before, origin)->name);
    }
    assert_int_equal(made, 2); /* out_rows, and the rows of the logits */
    struct pass_run run = {.arena = &u->model.arena, .tables = all_pass_tables};
    assert_true(run_late_passes(&run, &u->specialization, &u->graph, &u->model.diags));
    for (hir_id id = 1; id < u->graph.node_count; id++) { /* weights and states keep theirs */
        uint16_t op = hir_at(&u->graph, id)->op;
        if (op == HIR_weight || op == HIR_state || op == HIR_rope_table)
            assert_int_equal(hir_at(before, u->graph.origins[id])->name,
                             hir_at(&u->graph, id)->name);
    }
    release(u);
}

static void only_what_outputs_need_is_left(void **state)
{
    struct unit *u = test_calloc(1, sizeof *u);
    struct hir_graph *g = &u->model.graph;
    struct variant v = variant_prefill(1, 8);
    struct specialization s = {&v, ACTIVATIONS_exact, &plain_target, PLAIN_f32, false};

    (void)state;
    sample_make(&u->model, &small, 1);
    hir_id idle = hir_add1(g, HIR_silu, hir_find(g, "hidden.1"));
    hir_name(g, idle, "idle");
    assert_true(specialize(g, &s, &u->model.arena, &u->graph, &u->model.diags));
    assert_int_equal(hir_find(&u->graph, "idle"), 0);
    assert_int_equal(u->graph.node_count, g->node_count - 1 + 2);
    release(u);
}

/* A graph that chooses rows itself keeps its choice. */
static void logits_are_of_the_rows_asked_for(void **state)
{
    struct recipe own = small;
    struct unit *u = specialized(small, variant_prefill(1, 32));
    hir_id logits = hir_find_output(&u->graph, 0, OUTPUT_logits);

    (void)state;
    assert_int_equal(hir_at(&u->graph, logits)->op, HIR_gather_rows);
    assert_string_equal(str_text(&u->model.strings, hir_at(&u->graph, logits)->name),
                        "logits.rows");
    assert_int_equal(hir_rows_symbol(&u->graph, logits), SYMBOL_OUT_ROWS);
    release(u);
    own.late_rows = true;
    u = specialized(own, variant_prefill(1, 32));
    logits = hir_find_output(&u->graph, 0, OUTPUT_logits);
    assert_int_equal(hir_at(&u->graph, logits)->op, HIR_matmul);
    assert_int_equal(u->graph.node_count, u->model.graph.node_count);
    release(u);
}

/* ---- entries and states ---- */

static const char two_entries[] =
    "graph \"two\"\n"
    "  %1 = input i32 [ROWS] role=tokens \"tokens\"\n"
    "  %2 = input i32 [ROWS] role=positions \"positions\"\n"
    "  %3 = weight f32 [9, 16] \"embedding\"\n"
    "  %4 = embed %3 %1 f32 [ROWS, 16]\n"
    "  %5 = neg %4 f32 [ROWS, 16]\n"
    "  %6 = state f32 [BATCH, 1, 16] class=carried \"h\"\n"
    "  %7 = scan %6 %5 %4 f32 [ROWS, 16]\n"
    "  %8 = written %7 f32 [BATCH, 1, 16] which=state\n"
    "  %9 = state f32 [BATCH, 1, 16] class=carried \"g\"\n"
    "  %10 = scan %9 %5 %7 f32 [ROWS, 16]\n"
    "  %11 = written %10 f32 [BATCH, 1, 16] which=state\n"
    "  %12 = reshape %4 f32 [ROWS, 1, 16]\n"
    "  %13 = state f32 [BATCH, 64, 1, 16] class=ring role=key \"k\"\n"
    "  %14 = state f32 [BATCH, 64, 1, 16] class=ring role=value \"v\"\n"
    "  %15 = kv_append %13 %12 %2 f32 [BATCH, 64, 1, 16]\n"
    "  %16 = kv_append %14 %12 %2 f32 [BATCH, 64, 1, 16]\n"
    "  %17 = attention %12 %15 %16 %2 f32 [ROWS, 16] heads=1 kv_heads=1 head_dim=16 scale=1 "
    "mask=causal window=50\n"
    "  entry \"half\"\n"
    "  output \"y\" %7\n"
    "  output \"h\" %8\n"
    "  entry \"main\"\n"
    "  output \"logits\" %10 role=logits\n"
    "  output \"all\" %10\n"
    "  output \"h\" %8\n"
    "  output \"g\" %11\n"
    "  entry \"ring\"\n"
    "  output \"y\" %17\n"
    "  output \"k\" %15\n"
    "  output \"v\" %16\n";

struct parsed {
    struct arena arena;
    struct strings strings;
    struct diags diags;
    struct hir_graph graph, late;
};

static bool specialized_entry(struct parsed *x, struct variant v, const char *entry)
{
    *x = (struct parsed){0};
    x->diags.arena = &x->arena;
    strings_init(&x->strings, &x->arena);
    hir_init(&x->graph, &x->arena, &x->strings, "");
    assert_true(hir_parse(&x->graph, "two", two_entries, strlen(two_entries), &x->diags) &&
                hir_verify(&x->graph, &x->diags));
    v.entry = hir_find_entry(&x->graph, entry);
    v.entry_name = entry;
    struct specialization s = {&v, ACTIVATIONS_exact, &plain_target, PLAIN_f32, false};
    return specialize(&x->graph, &s, &x->arena, &x->late, &x->diags);
}

/* Only the output of role logits is of the rows asked for, even where another is the same node. */
static void an_entry_is_left(void **state)
{
    struct parsed x;

    (void)state;
    assert_true(specialized_entry(&x, variant_prefill(1, 32), "main"));
    assert_true(hir_verify(&x.late, &x.diags));
    assert_int_equal(x.late.entry_count, 1);
    assert_int_equal(x.late.output_count, 4);
    assert_int_equal(hir_at(&x.late, x.late.outputs[0].node)->op, HIR_gather_rows);
    assert_int_equal(hir_at(&x.late, x.late.outputs[1].node)->op, HIR_scan);
    assert_int_equal(hir_find(&x.late, "k"), 0);
    arena_free(&x.arena);
}

static void refused_entry(struct variant v, const char *entry, const char *why)
{
    struct parsed x;

    assert_false(specialized_entry(&x, v, entry));
    if (strstr(x.diags.first->text, why) == NULL)
        fail_msg("expected '%s', found '%s'", why, x.diags.first->text);
    arena_free(&x.arena);
}

static void states_limit_variants(void **state)
{
    struct parsed x;

    (void)state;
    refused_entry(variant_prefill(1, 8), "half", "writes 'h' and not this carried state");
    refused_entry(variant_encoder(2, 8), "ring", "may have 16");
    assert_true(specialized_entry(&x, variant_encoder(3, 5), "ring")); /* 64 - 50 + 1 rows */
    arena_free(&x.arena);
    assert_true(specialized_entry(&x, variant_decode(16, 0, 1), "ring"));
    arena_free(&x.arena);
}

static void dump(void *context, uint32_t number, const char *pass, const struct hir_graph *g)
{
    struct text *names = context;

    (void)number;
    (void)g;
    text_add(names, "%s ", pass);
}

/* One run goes over both tables; where it stops in the first, the second does nothing. */
static void runs_go_on_in_the_second_table(void **state)
{
    static const struct {
        const char *only, *leave_out, *stop_after, *ran;
    } cases[] = {
        {NULL, NULL, "fuse-kv-write",
         "fold cse dce order-columns pack-weights choose-type ring-states fuse-norm fuse-qkv fuse-swiglu "
         "choose-layout late-dce choose-rows fuse-kv-write "},
        {NULL, NULL, "fold", "fold "},
        {"choose-tile,cse", NULL, NULL, "cse choose-tile "},
        {"fold,choose-rows,fuse-epilogue", "cse", NULL, "fold choose-rows fuse-epilogue "},
    };

    (void)state;
    for (uint32_t i = 0; i < countof(cases); i++) {
        struct unit *u = test_calloc(1, sizeof *u);
        sample_make(&u->model, &small, 1);
        struct variant v = variant_prefill(1, 8);
        struct specialization s = {&v, ACTIVATIONS_exact, &plain_target, PLAIN_f32, false};
        struct text names = {.arena = &u->model.arena};
        struct pass_run run = {.arena = &u->model.arena,
                               .tables = all_pass_tables,
                               .only = cases[i].only,
                               .leave_out = cases[i].leave_out,
                               .stop_after = cases[i].stop_after,
                               .dump = dump,
                               .dump_context = &names};
        assert_true(run_passes(&run, &early_passes, &u->model.graph, &u->model.diags));
        assert_true(specialize(&u->model.graph, &s, &u->model.arena, &u->graph, &u->model.diags));
        assert_true(run_late_passes(&run, &s, &u->graph, &u->model.diags));
        assert_string_equal(names.data, cases[i].ran);
        assert_int_equal(run.number, run.time_count);
        release(u);
    }
}

/* Every line says why it stands after others, and only such lines do. */
static void tables_say_why(void **state)
{
    struct arena a = {0};
    struct diags d = {.arena = &a};

    (void)state;
    for (const struct pass_table *const *table = all_pass_tables; *table != NULL; table++) {
        assert_true(pass_order_holds(*table, &d));
        for (uint32_t i = 0; i < (*table)->count; i++) {
            const struct hir_pass *pass = &(*table)->all[i];
            assert_int_equal(pass->after[0] == 0, pass->why[0] == 0);
            assert_true(pass->what[0] != 0 && pass->tolerance >= 0 && pass->tolerance < 1);
        }
    }
    const struct hir_pass turned[] = {
        {.name = "b", .after = "a"}, {.name = "a", .after = "b"}, {.name = "c", .after = "none"}};
    const struct pass_table wrong = {"wrong", turned, countof(turned)};
    assert_false(pass_order_holds(&wrong, &d));
    assert_int_equal(d.error_count, 2);
    assert_string_equal(pass_left_out(&late_passes, "choose-rows,fold,choose-activations", &a),
                        ",choose-activations");
    assert_string_equal(pass_left_out(&late_passes, NULL, &a), "");
    arena_free(&a);
}

/* A graph that a pass broke is found after the last one, too. */
static bool break_graph(struct pass_call *call)
{
    struct hir_graph *g = call->graph;

    hir_at(g, hir_find_output(g, 0, OUTPUT_logits))->dtype = DTYPE_i32;
    return true;
}

static void what_a_pass_broke_is_found(void **state)
{
    static const struct hir_pass all[] = {{.name = "break", .run = break_graph, .after = ""}};
    static const struct pass_table table = {"broken", all, 1};
    static const struct pass_table *const tables[] = {&table, NULL};

    (void)state;
    for (uint32_t last = 0; last < 2; last++) {
        struct unit *u = specialized(small, variant_prefill(1, 8));
        struct pass_run run = {
            .arena = &u->model.arena, .tables = tables, .verify_last = last != 0};
        assert_false(run_passes(&run, &table, &u->graph, &u->model.diags));
        const char *text = "after pass break";
        bool found = false;
        for (const struct diag *i = u->model.diags.first; i != NULL; i = i->next)
            found = found || strstr(i->text, text) != NULL;
        assert_true(found);
        release(u);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds_are_of_the_variant),
        cmocka_unit_test(origins_name_what_was_there),
        cmocka_unit_test(only_what_outputs_need_is_left),
        cmocka_unit_test(logits_are_of_the_rows_asked_for),
        cmocka_unit_test(an_entry_is_left),
        cmocka_unit_test(states_limit_variants),
        cmocka_unit_test(runs_go_on_in_the_second_table),
        cmocka_unit_test(tables_say_why),
        cmocka_unit_test(what_a_pass_broke_is_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
