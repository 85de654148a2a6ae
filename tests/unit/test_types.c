/* Types of weights: what choose-type makes of a graph that reads a model's tensors, and what the
 * user is told. The model itself never changes. */
#include "compiler/types.h"
#include "compiler/passes/passes.h"
#include "compiler/quant_rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

enum { MATRICES = 3, ROWS = 16 };

/* The graph of an embedding, a product and the lm_head, whose weights are these three tensors. */
static const char *const names[MATRICES] = {"model.embed_tokens.weight", "lm_head.weight",
                                            "model.layers.0.mlp.up_proj.weight"};

struct fixture {
    struct arena arena;
    struct strings strings;
    struct diags diags;
    struct tensor tensors[MATRICES], before[MATRICES];
    struct model model;
    struct hir_graph graph;
};

static hir_id weight(struct fixture *f, uint32_t tensor)
{
    struct hir_graph *g = &f->graph;
    const struct tensor *t = &f->tensors[tensor];
    dim_id dims[2] = {dim_const(&g->dims, (int64_t)t->shape[0]),
                      dim_const(&g->dims, (int64_t)t->shape[1])};
    static const struct hir_attr no_layout = {0};

    return hir_declare(g, HIR_weight, t->dtype, hir_shape(g, 2, dims), names[tensor], &no_layout,
                       NULL, 0);
}

static void make_graph(struct fixture *f)
{
    struct hir_graph *g = &f->graph;
    dim_id rows = dim_symbol(&g->dims, SYMBOL_ROWS);
    hir_id tokens = hir_declare(g, HIR_input, DTYPE_i32, hir_shape(g, 1, &rows), "tokens",
                                &(const struct hir_attr){.input = {INPUT_tokens}}, NULL, 0);
    hir_id x = hir_add2(g, HIR_embed, weight(f, 0), tokens);

    hir_output(g, "hidden", hir_add2(g, HIR_matmul, x, weight(f, 2)), OUTPUT_data);
    hir_output(g, "logits", hir_add2(g, HIR_matmul, x, weight(f, 1)), OUTPUT_logits);
}

/* Each matrix has ROWS rows of `columns` elements. */
static struct fixture *fixture_open(enum dtype stored, uint64_t columns)
{
    struct fixture *f = test_calloc(1, sizeof *f);

    strings_init(&f->strings, &f->arena);
    f->diags.arena = &f->arena;
    for (uint32_t i = 0; i < MATRICES; i++)
        f->tensors[i] = (struct tensor){.name = str_of(&f->strings, names[i]),
                                        .source_name = str_of(&f->strings, names[i]),
                                        .dtype = stored,
                                        .rank = 2,
                                        .shape = {ROWS, columns}};
    memcpy(f->before, f->tensors, sizeof f->before);
    f->model = (struct model){.arena = &f->arena,
                              .strings = &f->strings,
                              .path = "test",
                              .tensors = f->tensors,
                              .tensor_count = MATRICES};
    hir_init(&f->graph, &f->arena, &f->strings, "types");
    make_graph(f);
    return f;
}

static void fixture_close(struct fixture *f)
{
    assert_memory_equal(f->tensors, f->before, sizeof f->tensors);
    arena_free(&f->arena);
    test_free(f);
}

static void choose(struct fixture *f, const struct type_choice *choice)
{
    struct pass_run run = {.arena = &f->arena, .context = {.types = choice}, .only = "choose-type"};

    assert_true(run_passes(&run, &early_passes, &f->graph, &f->diags));
    warn_of_types(&f->model, &f->graph, choice, &f->diags);
}

static enum dtype type_of(const struct fixture *f, uint32_t tensor)
{
    return (enum dtype)hir_at(&f->graph, hir_find(&f->graph, names[tensor]))->dtype;
}

/* What embedding, head and another matrix become, by what they are and what was chosen. */
static const struct {
    enum dtype stored;
    struct type_choice choice;
    enum dtype embedding, head, other;
    bool warned;
} lm_head_cases[] = {
    {DTYPE_bf16,
     {.matrices = DTYPE_none, .lm_head = DTYPE_none, .lm_head_given = false},
     DTYPE_bf16,
     DTYPE_bf16,
     DTYPE_bf16,
     false},
    {DTYPE_bf16,
     {.matrices = DTYPE_q4_0, .lm_head = DTYPE_none, .lm_head_given = false},
     DTYPE_q8_0,
     DTYPE_q8_0,
     DTYPE_q4_0,
     false},
    {DTYPE_bf16,
     {.matrices = DTYPE_q8_0, .lm_head = DTYPE_none, .lm_head_given = false},
     DTYPE_q8_0,
     DTYPE_q8_0,
     DTYPE_q8_0,
     false},
    {DTYPE_bf16,
     {.matrices = DTYPE_q4_0, .lm_head = DTYPE_q4_0, .lm_head_given = true},
     DTYPE_q4_0,
     DTYPE_q4_0,
     DTYPE_q4_0,
     false},
    {DTYPE_bf16,
     {.matrices = DTYPE_q4_0, .lm_head = DTYPE_none, .lm_head_given = true},
     DTYPE_bf16,
     DTYPE_bf16,
     DTYPE_q4_0,
     false},
    {DTYPE_bf16,
     {.matrices = DTYPE_none, .lm_head = DTYPE_q8_0, .lm_head_given = true},
     DTYPE_q8_0,
     DTYPE_q8_0,
     DTYPE_bf16,
     false},
    {DTYPE_q6_k,
     {.matrices = DTYPE_q4_0, .lm_head = DTYPE_none, .lm_head_given = false},
     DTYPE_q6_k,
     DTYPE_q6_k,
     DTYPE_q4_0,
     true},
    {DTYPE_q6_k,
     {.matrices = DTYPE_q8_0, .lm_head = DTYPE_none, .lm_head_given = false},
     DTYPE_q8_0,
     DTYPE_q8_0,
     DTYPE_q8_0,
     true},
    {DTYPE_q5_0,
     {.matrices = DTYPE_q4_0, .lm_head = DTYPE_none, .lm_head_given = false},
     DTYPE_q5_0,
     DTYPE_q5_0,
     DTYPE_q4_0,
     true},
    {DTYPE_q5_0,
     {.matrices = DTYPE_none, .lm_head = DTYPE_q4_0, .lm_head_given = true},
     DTYPE_q4_0,
     DTYPE_q4_0,
     DTYPE_q5_0,
     true},
    {DTYPE_q4_0,
     {.matrices = DTYPE_q4_0, .lm_head = DTYPE_none, .lm_head_given = false},
     DTYPE_q4_0,
     DTYPE_q4_0,
     DTYPE_q4_0,
     false},
    {DTYPE_q8_0,
     {.matrices = DTYPE_q8_0, .lm_head = DTYPE_none, .lm_head_given = false},
     DTYPE_q8_0,
     DTYPE_q8_0,
     DTYPE_q8_0,
     false},
};

static void test_lm_head_keeps_its_bits(void **state)
{
    (void)state;
    for (uint32_t c = 0; c < countof(lm_head_cases); c++) {
        struct fixture *f = fixture_open(lm_head_cases[c].stored, 256);
        choose(f, &lm_head_cases[c].choice);
        assert_int_equal(type_of(f, 0), lm_head_cases[c].embedding);
        assert_int_equal(type_of(f, 1), lm_head_cases[c].head);
        assert_int_equal(type_of(f, 2), lm_head_cases[c].other);
        assert_int_equal(f->diags.warning_count, lm_head_cases[c].warned);
        fixture_close(f);
    }
}

/* Rows that are no multiple of a block keep their type, and the user is told once. */
static void test_odd_rows_keep_type(void **state)
{
    const struct type_choice choice = {.matrices = DTYPE_q8_0};
    struct fixture *f = fixture_open(DTYPE_f32, 48);

    (void)state;
    choose(f, &choice);
    for (uint32_t i = 0; i < MATRICES; i++)
        assert_int_equal(type_of(f, i), DTYPE_f32);
    assert_int_equal(f->diags.warning_count, 1);
    assert_string_equal(f->diags.first->text,
                        "3 matrices keep their type: rows must be a multiple of 32 elements for "
                        "q8_0, but these have 48");
    fixture_close(f);
}

/* Quantized matrices that change are counted by the type that they had. */
static void test_loss_is_told(void **state)
{
    const struct type_choice choice = {.matrices = DTYPE_q4_0};
    struct fixture *f = fixture_open(DTYPE_q4_1, 64);

    (void)state;
    choose(f, &choice);
    assert_int_equal(f->diags.warning_count, 1);
    assert_non_null(strstr(f->diags.first->text, "already quantized (1 of q4_1)"));
    fixture_close(f);
}

static void run_pass(struct fixture *f, const char *name)
{
    struct pass_run run = {.arena = &f->arena, .only = name};

    assert_true(run_passes(&run, &early_passes, &f->graph, &f->diags));
}

/* The report counts what the graph reads, in the order of types. */
static void test_report(void **state)
{
    const struct type_choice choice = {.matrices = DTYPE_q4_0};
    struct fixture *f = fixture_open(DTYPE_bf16, 64);
    struct text text = {.arena = &f->arena};

    (void)state;
    choose(f, &choice);
    run_pass(f, "choose-layout");
    report_types(&f->model, &f->graph, &choice, &text);
    assert_string_equal(
        text.data,
        "types of matrices\n"
        "  matrices  in the model   bits       size  packed         bits       size  layout\n"
        "         1  bf16          16.00     2.0 kB  q4_0           4.50  576 bytes  q4_0_r16\n"
        "         2  bf16          16.00     4.1 kB  q8_0           8.50     2.2 kB  q8_0_r16 "
        "(embedding and lm_head)\n"
        "  model.embed_tokens.weight     bf16 to q8_0\n"
        "  lm_head.weight                bf16 to q8_0\n"
        "  model.layers.0.mlp.up_proj.weight  bf16 to q4_0\n");
    fixture_close(f);
}

/* Weights with a scale per row say what their activations have. */
static void test_report_rows(void **state)
{
    const struct type_choice choices[] = {{.matrices = DTYPE_none}, {.matrices = DTYPE_i8_row}};
    static const char *const lines[] = {
        "  int8 activations of i8_row: one scale for each 32 columns (--quant=i8_row: one per row, "
        "faster and coarser)\n",
        "  int8 activations of i8_row: one scale per row, where the processor multiplies so\n"};

    (void)state;
    for (size_t i = 0; i < countof(choices); i++) {
        struct fixture *f = fixture_open(DTYPE_i8_row, 64);
        struct text text = {.arena = &f->arena};
        run_pass(f, "choose-layout");
        report_types(&f->model, &f->graph, &choices[i], &text);
        assert_non_null(strstr(text.data, lines[i]));
        assert_null(strstr(text.data, lines[1 - i]));
        fixture_close(f);
    }
}

/* A format that no kernel reads shows the one that is packed in its place, with its size. */
static void test_report_recoded(void **state)
{
    const struct type_choice choice = {.matrices = DTYPE_none};
    struct fixture *f = fixture_open(DTYPE_iq2_xs, 512);
    struct text text = {.arena = &f->arena};

    (void)state;
    run_pass(f, "pack-weights");
    run_pass(f, "choose-layout");
    report_types(&f->model, &f->graph, &choice, &text);
    assert_string_equal(
        text.data,
        "types of matrices\n"
        "  matrices  in the model   bits       size  packed         bits       size  layout\n"
        "         1  iq2_xs         2.31     2.4 kB  iq2_t3         3.62     3.7 kB  iq2_t3_r16\n"
        "         2  iq2_xs         2.31     4.7 kB  iq2_t3         3.62     7.4 kB  iq2_t3_r16 "
        "(embedding and lm_head)\n"
        "  model.embed_tokens.weight     iq2_xs to iq2_t3\n"
        "  lm_head.weight                iq2_xs to iq2_t3\n"
        "  model.layers.0.mlp.up_proj.weight  iq2_xs to iq2_t3\n");
    fixture_close(f);
}

/* What rules make of embedding, head and another matrix of bf16. */
static const struct {
    const char *quant;
    bool head_given; /* as f16 */
    uint64_t columns;
    enum dtype embedding, head, other;
} rule_cases[] = {
    {"ffn_*=q4_k", false, 256, DTYPE_bf16, DTYPE_bf16, DTYPE_q4_k},
    {"blk.0.*=q4_k,q6_k", false, 256, DTYPE_q6_k, DTYPE_q6_k, DTYPE_q4_k},
    {"blk.?.ffn_up.weight=Q5_1", false, 256, DTYPE_bf16, DTYPE_bf16, DTYPE_q5_1},
    {"output=q4_k,token_embd=f32", false, 256, DTYPE_f32, DTYPE_q4_k, DTYPE_bf16},
    {"mlp.up_proj=mxfp4,lm_head=q8_0", true, 256, DTYPE_f16, DTYPE_q8_0, DTYPE_mxfp4},
    {"model.layers.0.*=keep,iq4_nl", false, 256, DTYPE_q8_0, DTYPE_q8_0, DTYPE_bf16},
    {"ffn_*=iq4_xs,q8_0", false, 256, DTYPE_q8_0, DTYPE_q8_0, DTYPE_iq4_xs},
    {"ffn_*=iq4_xs,q8_0", false, 96, DTYPE_q8_0, DTYPE_q8_0, DTYPE_iq4_nl},
    {"ffn_up=q5_k,*=q6_k", false, 256, DTYPE_q6_k, DTYPE_q6_k, DTYPE_q5_k},
    {"q4_k_m", false, 256, DTYPE_q4_k, DTYPE_q6_k, DTYPE_q4_k},
    {"q5_k_s", true, 256, DTYPE_f16, DTYPE_f16, DTYPE_q5_k},
    {"q4_k_m", false, 96, DTYPE_q5_0, DTYPE_q8_0, DTYPE_q5_0},
    {"ffn_up=q5_k,q4_k_m", false, 96, DTYPE_q5_0, DTYPE_q8_0, DTYPE_q5_1},
    {"q2_k", false, 256, DTYPE_q2_k, DTYPE_q6_k, DTYPE_q2_k},
    {"q2_k", false, 96, DTYPE_q4_0, DTYPE_q8_0, DTYPE_q4_0},
    {"iq4_xs", false, 256, DTYPE_iq4_xs, DTYPE_q6_k, DTYPE_iq4_xs},
    {"ffn_up=q2_k,q3_k_m", false, 256, DTYPE_q3_k, DTYPE_q6_k, DTYPE_q2_k},
    {"q4_k_m", false, 48, DTYPE_bf16, DTYPE_bf16, DTYPE_bf16},
};

static void test_rules(void **state)
{
    (void)state;
    for (uint32_t c = 0; c < countof(rule_cases); c++) {
        struct type_choice choice = {.lm_head_given = rule_cases[c].head_given,
                                     .lm_head = DTYPE_f16};
        struct fixture *f = fixture_open(DTYPE_bf16, rule_cases[c].columns);
        struct quant_rules rules;
        assert_true(quant_rules_read(rule_cases[c].quant, &f->arena, &rules, &f->diags));
        choice.matrices = rules.others;
        assert_true(quant_rules_apply(rule_cases[c].quant, &f->graph, NULL, &choice, &f->diags));
        choose(f, &choice);
        assert_int_equal(type_of(f, 0), rule_cases[c].embedding);
        assert_int_equal(type_of(f, 1), rule_cases[c].head);
        assert_int_equal(type_of(f, 2), rule_cases[c].other);
        fixture_close(f);
    }
}

static void expect_refused(const char *quant, const char *text)
{
    struct fixture *f = fixture_open(DTYPE_bf16, 256);
    struct type_choice choice = {0};

    assert_false(quant_rules_apply(quant, &f->graph, NULL, &choice, &f->diags));
    if (strstr(f->diags.first->text, text) == NULL)
        fail_msg("expected '%s' in '%s'", text, f->diags.first->text);
    fixture_close(f);
}

static void test_wrong_rules(void **state)
{
    (void)state;
    expect_refused("ffn_upp=q4_k", "no matrix matches 'ffn_upp' (did you mean ffn_up?); there are "
                                   "token_embd, ffn_up, output");
    expect_refused("blk.1.*=q4_k", "no matrix matches 'blk.1.*'");
    expect_refused("ffn_*=q4_k,ffn_up=q6_k",
                   "a pattern before it names each matrix that 'ffn_up' does");
    expect_refused("ffn_up=q4_k_m", "found 'q4_k_m'");
    expect_refused("ffn_up=i32", "found 'i32'");
    expect_refused("q4_k,q5_k", "found 'q4_k' and 'q5_k'");
    expect_refused("=q4_k", "expected PATTERN=TYPE, found '=q4_k'");
    expect_refused("q8_0,", "found 'q8_0' and ''");
    expect_refused("", "found ''");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_wrong_rules),
        cmocka_unit_test(test_lm_head_keeps_its_bits),
        cmocka_unit_test(test_odd_rows_keep_type),
        cmocka_unit_test(test_loss_is_told),
        cmocka_unit_test(test_report),
        cmocka_unit_test(test_report_rows),
        cmocka_unit_test(test_report_recoded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
