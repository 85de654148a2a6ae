/* What lowering makes of a graph: its steps, the number of barriers, the kernels and places that they
 * share, and the reasons for refused graphs. test_lower_numbers.c looks at what they compute. */
#include "tests/support/lir_models.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

extern const struct target target_vulkan;

static const struct recipe small = {SAMPLE_SIZES, .dtype = DTYPE_f32};

static struct recipe with_dtype(struct recipe r, enum dtype dtype)
{
    r.dtype = dtype;
    return r;
}

static const struct numerics exact = {ACTIVATIONS_exact, DTYPE_f32};

/* ---- steps ---- */

struct lowered {
    struct sample_model model;
    struct lir_kernels kernels;
    struct lir_program program;
};

static struct lowered *lowered_for(const struct target *target, struct recipe recipe,
                                   struct variant v, struct numerics numerics)
{
    struct lowered *l = test_calloc(1, sizeof *l);
    const struct specialization s = {&v, numerics.activations, target, 0, false};

    sample_make(&l->model, &recipe, 1);
    l->kernels.arena = &l->model.arena;
    if (!sample_make_program(&l->model, &s, numerics.kv, &l->kernels, &l->program) ||
        !lir_verify(&l->program, &l->model.diags)) {
        diags_print(&l->model.diags, stderr);
        fail();
    }
    return l;
}

static struct lowered *lowered(struct recipe recipe, struct variant v, struct numerics numerics)
{
    return lowered_for(&plain_target, recipe, v, numerics);
}

static void release(struct lowered *l)
{
    arena_free(&l->model.arena);
    test_free(l);
}

/* "| " before a step that waits, "*" after a replicated one. */
static const char *outline(struct lowered *l)
{
    struct text out = {.arena = &l->model.arena};
    const struct lir_program *p = &l->program;

    text_add(&out, "%s", "");
    for (uint32_t i = 0; i < p->step_count; i++) {
        const struct lir_step *s = &p->steps[i];
        const struct lir_kernel *k = &p->kernels->all[s->kernel];
        text_add(&out, "%s%s%s%s", i == p->lm_head_step ? "/ " : "",
                 (s->flags & STEP_barrier) != 0 ? "| " : "", kernel_kind_info[k->kind].name,
                 (s->flags & STEP_replicated) != 0 ? "* " : " ");
    }
    return out.data;
}

static void decode_has_five_barriers_a_layer(void **state)
{
    const struct numerics usual = {ACTIVATIONS_auto, DTYPE_f16};
    struct recipe r = with_dtype(small, DTYPE_q8_0);
    r.layers = 1;
    struct lowered *l = lowered(r, variant_decode(1, 10, 1), usual);

    (void)state;
    assert_string_equal(
        outline(l),
        "embed* norm_quant* matmul | kv_write attention | norm_quant* matmul | norm_quant* matmul | norm_quant* matmul "
        "/ | gather_rows* norm_quant* matmul ");
    release(l);
    r.layers = 3;
    l = lowered(r, variant_decode(1, 10, 1), usual);
    uint32_t barriers = 0;
    for (uint32_t i = 0; i < l->program.step_count; i++)
        barriers += (l->program.steps[i].flags & STEP_barrier) != 0;
    assert_int_equal(barriers, 5 * 3); /* the first needs none, the lm_head does */
    release(l);
}

struct costs {
    uint32_t steps, barriers;
};

static struct costs costs_on_vulkan(struct recipe r, uint32_t layers, struct variant v)
{
    r.layers = layers;
    struct lowered *l =
        lowered_for(&target_vulkan, r, v, (struct numerics){ACTIVATIONS_auto, DTYPE_f16});
    struct costs all = {.steps = lir_launches(&l->program)};

    for (uint32_t i = 0; i < l->program.step_count; i++)
        all.barriers += (l->program.steps[i].flags & STEP_barrier) != 0;
    release(l);
    return all;
}

static void expect_layer(struct recipe r, struct variant v, uint32_t steps, uint32_t barriers)
{
    const struct costs two = costs_on_vulkan(r, 2, v), five = costs_on_vulkan(r, 5, v);

    assert_int_equal(five.steps - two.steps, 3 * steps);
    assert_int_equal(five.barriers - two.barriers, 3 * barriers);
}

/* Each step but a tail is a dispatch. Products norm what they read and what they make; only prompts norm
 * in steps of their own. The last tile of q, k and v writes the cache, if that is little. */
static void layers_of_vulkan(void **state)
{
    const struct variant one = variant_decode(1, 10, 1), block = variant_decode(1, 10, 16),
                         batch = variant_decode(8, 10, 1), prompt = variant_prefill(1, 64);
    const struct recipe llama = with_dtype(small, DTYPE_q4_0);
    struct recipe r = llama;

    (void)state;
    expect_layer(llama, one, 5, 5);
    expect_layer(llama, block, 5, 5);
    expect_layer(llama, batch, 5, 5);
    expect_layer(llama, prompt, 8, 8);
    r.qk_norm = r.bias = r.tied = true;
    expect_layer(r, one, 5, 5);
    expect_layer(r, batch, 5, 5);
    r.norms_after = true; /* products norm what they make, too */
    expect_layer(r, one, 5, 5);
    expect_layer(r, block, 5, 5);
    expect_layer(r, prompt, 10, 10);
    r.leave_out = "fuse-matmul-norm";
    expect_layer(r, one, 5, 5);
    r.leave_out = "fuse-matmul-norm,join-tails";
    expect_layer(r, one, 8, 8);
    r = llama;
    r.leave_out = "join-tails";
    expect_layer(r, one, 6, 6);
    r = llama;
    r.plain_qkv = r.plain_mlp = true; /* products of their own wait for the same */
    expect_layer(r, one, 9, 7);
}

/* f32 weights read what is there: only norms need a step. */
static void f32_activations_need_no_copy(void **state)
{
    struct recipe r = small;
    r.layers = 1;
    struct lowered *l = lowered(r, variant_decode(1, 10, 1), exact);

    (void)state;
    assert_string_equal(outline(l),
                        "embed* norm_quant* matmul | kv_write attention | matmul | norm_quant* "
                        "matmul | matmul / | gather_rows* norm_quant* matmul ");
    release(l);
}

static void short_runs_and_prefill(void **state)
{
    const struct numerics usual = {ACTIVATIONS_auto, DTYPE_f16};
    struct recipe r = with_dtype(small, DTYPE_q4_0);
    r.layers = 1;
    struct lowered *l = lowered(r, variant_decode(1, 10, 8), usual);

    (void)state;
    assert_string_equal(
        outline(l),
        "embed* norm_quant* matmul | kv_write | attention | norm_quant* matmul | norm_quant* matmul | norm_quant* matmul "
        "/ | gather_rows* norm_quant* matmul ");
    release(l);
    l = lowered(r, variant_prefill(1, 64), usual);
    assert_string_equal(
        outline(l),
        "embed | norm_quant | matmul | kv_write | attention "
        "/ | gather_rows* gather_rows* norm_quant* matmul | norm_quant* matmul | norm_quant* matmul | norm_quant* matmul ");
    release(l);
}

/* Prompts choose rows after the last attention; short runs before the last norm, where one value
 * goes on alone. */
static void rows_are_chosen_where_it_pays(void **state)
{
    const struct numerics usual = {ACTIVATIONS_auto, DTYPE_f16};
    struct recipe r = with_dtype(small, DTYPE_q4_0);

    (void)state;
    r.layers = 1;
    struct lowered *chosen = lowered(r, variant_decode(1, 10, 16), usual);
    r.late_rows = true;
    struct lowered *given = lowered(r, variant_decode(1, 10, 16), usual);
    assert_string_equal(outline(chosen), outline(given));
    assert_int_equal(chosen->program.home_bytes[HOME_scratch],
                     given->program.home_bytes[HOME_scratch]);
    assert_int_equal(chosen->program.home_bytes[HOME_thread],
                     given->program.home_bytes[HOME_thread]);
    release(chosen);
    release(given);
    /* What the lm_head reads of the body stays: the attention and the stream before it. */
    r.late_rows = false;
    struct lowered *l = lowered(r, variant_prefill(1, 17), usual);
    const struct lir_program *p = &l->program;
    uint32_t crossing = 0;
    for (buf_id b = 1; b < p->buffer_count; b++)
        crossing += p->buffers[b].home == HOME_scratch && !p->buffers[b].is_view &&
                    p->buffers[b].first < 5 && p->buffers[b].last == p->buffers[1].last;
    assert_int_equal(crossing, 2);
    release(l);
    r.parallel = true;
    l = lowered(r, variant_prefill(1, 64), usual);
    assert_string_equal(
        outline(l),
        "embed | norm_quant | matmul | kv_write | attention "
        "/ | gather_rows* gather_rows* norm_quant* matmul norm_quant* matmul | norm_quant* matmul "
        "| norm_quant* matmul ");
    release(l);
    r.two_ways = true;
    l = lowered(r, variant_decode(1, 10, 8), usual);
    assert_string_equal(
        outline(l),
        "embed* norm_quant* matmul | kv_write | attention "
        "/ | gather_rows* gather_rows* norm_quant* matmul norm_quant* matmul | norm_quant* matmul "
        "| norm_quant* matmul norm_quant* | matmul ");
    release(l);
}

static void unfused_maps_join(void **state)
{
    struct recipe r = small;
    r.layers = 1;
    r.plain_qkv = r.plain_mlp = r.bias = true;
    struct lowered *l = lowered(r, variant_decode(1, 10, 1), exact);

    (void)state;
    /* silu goes into the gate's epilogue, its product with up into up's, bias and residual into the
     * down projection's */
    assert_string_equal(outline(l),
                        "embed* norm_quant* matmul matmul matmul | kv_write attention | "
                        "matmul | norm_quant* matmul | matmul | matmul "
                        "/ | gather_rows* norm_quant* matmul ");
    release(l);
}

/* "kind act" of each matmul of the body, and of the lm_head. */
static void formats_follow_the_table(void **state)
{
    static const struct {
        enum dtype dtype;
        enum activations activations;
        uint32_t seq, level;
        enum act body, head;
    } cases[] = {
        {DTYPE_f32, ACTIVATIONS_auto, 64, 1, ACT_f32, ACT_f32},
        {DTYPE_f16, ACTIVATIONS_i8, 64, 1, ACT_f32, ACT_f32},
        {DTYPE_bf16, ACTIVATIONS_auto, 64, 1, ACT_bf16, ACT_f32},
        {DTYPE_bf16, ACTIVATIONS_auto, 64, 0, ACT_f32, ACT_f32},
        {DTYPE_bf16, ACTIVATIONS_exact, 64, 1, ACT_f32, ACT_f32},
        {DTYPE_bf16, ACTIVATIONS_auto, 16, 1, ACT_f32, ACT_f32},
        {DTYPE_q8_0, ACTIVATIONS_auto, 17, 1, ACT_i8, ACT_i16},
        {DTYPE_q8_0, ACTIVATIONS_auto, 16, 1, ACT_i16, ACT_i16},
        {DTYPE_q4_0, ACTIVATIONS_exact, 64, 1, ACT_f32, ACT_f32},
        {DTYPE_q4_1, ACTIVATIONS_i8, 1, 1, ACT_i8, ACT_i8},
        {DTYPE_q4_1, ACTIVATIONS_i16, 64, 1, ACT_i16, ACT_i16},
    };

    (void)state;
    for (uint32_t i = 0; i < countof(cases); i++) {
        struct sample_model m;
        struct lir_program p;
        struct recipe r = with_dtype(small, cases[i].dtype);
        sample_make(&m, &r, 1);
        struct lir_kernels kernels = {.arena = &m.arena};
        struct numerics numerics = {cases[i].activations, DTYPE_f32};
        assert_true(sample_lower(&m, variant_prefill(1, cases[i].seq), numerics, cases[i].level,
                                 &kernels, &p));
        for (uint32_t s = 0; s < p.step_count; s++) {
            const struct lir_kernel *k = &kernels.all[p.steps[s].kernel];
            if (k->kind != KERNEL_matmul)
                continue;
            const struct act_format *f = &k->matmul.format;
            assert_int_equal(f->act, s < p.lm_head_step ? cases[i].body : cases[i].head);
            bool integer = f->act == ACT_i8 || f->act == ACT_i16;
            assert_int_equal(f->bias, !integer                ? 0
                                      : r.dtype == DTYPE_q8_0 ? 128
                                      : r.dtype == DTYPE_q4_0 ? 8
                                                              : 0);
        }
        assert_int_equal(p.upper[SYMBOL_OUT_ROWS], cases[i].seq < 16 ? cases[i].seq : 16);
        arena_free(&m.arena);
    }
}

/* Layers share kernels, variants share states' places. */
static void kernels_and_places_are_shared(void **state)
{
    const struct numerics usual = {ACTIVATIONS_auto, DTYPE_f16};
    struct recipe r = with_dtype(small, DTYPE_q8_0);
    struct lowered *one = lowered(r, variant_decode(1, 10, 1), usual);
    r.layers = 6;
    struct lowered *six = lowered(r, variant_decode(1, 10, 1), usual);
    struct lir_program other;

    (void)state;
    assert_int_equal(one->kernels.count, six->kernels.count);
    uint32_t before = six->kernels.count;
    assert_true(
        sample_lower(&six->model, variant_decode(1, 99, 1), usual, 0, &six->kernels, &other));
    assert_int_equal(six->kernels.count, before);
    assert_true(sample_lower(&six->model, variant_prefill(1, 64), usual, 0, &six->kernels, &other));
    assert_int_equal(other.home_bytes[HOME_state], six->program.home_bytes[HOME_state]);
    for (buf_id a = 1; a < other.buffer_count; a++)
        for (buf_id b = 1; b < six->program.buffer_count; b++)
            if (other.buffers[a].home == HOME_state && six->program.buffers[b].home == HOME_state &&
                other.buffers[a].name == six->program.buffers[b].name)
                assert_int_equal(other.buffers[a].offset, six->program.buffers[b].offset);
    /* 2 heads, 128 positions (100 rounded up to 64), 16 wide, f16 */
    assert_int_equal(six->program.home_bytes[HOME_state], 12 * 2 * 128 * 16 * 2 + 256);
    release(one);
    release(six);
}

/* ---- what is not served ---- */

/* Whether a step that reads what `row` packs is said to read something else. */
static bool verify_misses_its_form(struct lowered *l)
{
    struct diags d = {.arena = &l->model.arena};
    bool found = false;

    lir_verify(&l->program, &d);
    for (const struct diag *i = d.first; i != NULL; i = i->next)
        found = found || strstr(i->text, "not packed as this kernel reads it") != NULL;
    return found;
}

/* Packed activations are for one form of matmul: none that differs in anything reads them. */
static void packed_forms_agree(void **state)
{
    const struct numerics usual = {ACTIVATIONS_auto, DTYPE_f16};
    struct lowered *l = lowered(with_dtype(small, DTYPE_q4_1), variant_prefill(1, 40), usual);
    uint32_t rows = 0;

    (void)state;
    for (uint32_t i = 0; i < l->kernels.count; i++) {
        struct lir_kernel *k = &l->kernels.all[i], before = *k;
        struct act_format *f = &k->norm_quant.format;
        if (k->kind != KERNEL_norm_quant || f->act == ACT_f32)
            continue;
        f->act = f->act == ACT_i8 ? ACT_i16 : ACT_i8;
        assert_true(verify_misses_its_form(l));
        *k = before;
        f->tile_rows++;
        assert_true(verify_misses_its_form(l));
        *k = before;
        f->bias = 8;
        assert_true(verify_misses_its_form(l));
        *k = before;
        k->rows_symbol = k->rows_symbol == SYMBOL_ROWS ? SYMBOL_OUT_ROWS : SYMBOL_ROWS;
        assert_true(verify_misses_its_form(l));
        *k = before;
        assert_false(verify_misses_its_form(l));
        rows++;
    }
    assert_true(rows >= 3);
    release(l);
}

static void refused(struct sample_model *m, struct variant v, const char *why)
{
    struct lir_kernels kernels = {.arena = &m->arena};
    struct lir_program p;

    assert_false(sample_lower(m, v, exact, 0, &kernels, &p));
    assert_true(m->diags.error_count > 0);
    if (strstr(m->diags.first->text, why) == NULL)
        fail_msg("expected an error with '%s', found '%s'", why, m->diags.first->text);
    arena_free(&m->arena);
}

/* Gives every node of this kind other positions. */
static void move_positions(struct sample_model *m, uint16_t op)
{
    struct hir_graph *g = &m->graph;
    hir_id positions = hir_find(g, "positions"), others = hir_find(g, "tokens");
    uint32_t moved = 0;

    for (hir_id id = 1; id < g->node_count; id++)
        for (uint32_t i = 0; hir_at(g, id)->op == op && i < hir_at(g, id)->operand_count; i++)
            if (hir_operand(g, id, i) == positions) {
                g->edges[hir_at(g, id)->operands + i] = others;
                moved++;
            }
    assert_true(moved > 0);
}

/* Rows are written and rotated where the graph says, but they see keys by their place in the run. */
static void positions_are_those_of_the_rows(void **state)
{
    static const uint16_t served[] = {HIR_kv_append, HIR_rope};
    struct sample_model m;

    (void)state;
    for (uint32_t i = 0; i < countof(served); i++) {
        struct lir_kernels kernels = {.arena = &m.arena};
        struct lir_program p;
        sample_make(&m, &small, 1);
        move_positions(&m, served[i]);
        assert_true(sample_lower(&m, variant_prefill(1, 8), exact, 0, &kernels, &p));
        assert_true(lir_verify(&p, &m.diags));
        arena_free(&m.arena);
    }
    sample_make(&m, &small, 1);
    move_positions(&m, HIR_attention);
    refused(&m, variant_prefill(1, 8), "other positions");
}

/* The last output of a sample. */
static void set_logits(struct sample_model *m, hir_id id)
{
    m->graph.output_count--;
    m->graph.entries[0].output_count--;
    hir_output(&m->graph, "logits", id, OUTPUT_logits);
}

static void refusals_say_why(void **state)
{
    struct sample_model m;

    (void)state;
    sample_make(&m, &small, 1);
    refused(&m, variant_decode(17, 10, 1), "batch of 17");
    sample_make(&m, &small, 1);
    refused(&m, variant_prefill(1, 0), "at least 1");

    sample_make(&m, &small, 1);
    hir_output(&m.graph, "tokens", hir_find(&m.graph, "tokens"), OUTPUT_data);
    refused(&m, variant_prefill(1, 8), "output 'tokens'");

    sample_make(&m, &small, 1);
    hir_id x = hir_find(&m.graph, "logits");
    set_logits(&m, hir_add2(&m.graph, HIR_mul, x, hir_number(&m.graph, 1e39)));
    refused(&m, variant_prefill(1, 8), "1e+39");
}

/* Outside of norms, the mean of each row is a step, and who reads it reads a column. */
static void means_are_steps(void **state)
{
    struct sample_model m;
    struct lir_program p;

    (void)state;
    sample_make(&m, &small, 1);
    struct lir_kernels kernels = {.arena = &m.arena};
    hir_id x = hir_find(&m.graph, "logits");
    set_logits(&m, hir_add2(&m.graph, HIR_mul, x, hir_add1(&m.graph, HIR_mean, x)));
    assert_true(sample_lower(&m, variant_prefill(1, 8), exact, 0, &kernels, &p));
    const struct lir_kernel *mean = &kernels.all[p.steps[p.step_count - 2].kernel],
                            *map = &kernels.all[p.steps[p.step_count - 1].kernel];
    assert_int_equal(mean->kind, KERNEL_mean);
    assert_int_equal(map->kind, KERNEL_map);
    assert_int_equal(map->map.columns, 2);
    arena_free(&m.arena);
}

static void numbers_are_code(void **state)
{
    struct sample_model m;
    struct lir_program p;

    (void)state;
    sample_make(&m, &small, 1);
    struct lir_kernels kernels = {.arena = &m.arena};
    hir_id x = hir_find(&m.graph, "logits");
    set_logits(&m, hir_add2(&m.graph, HIR_mul, hir_number(&m.graph, 0.37), x));
    assert_true(sample_lower(&m, variant_prefill(1, 8), exact, 0, &kernels, &p));
    const struct lir_kernel *head = &kernels.all[p.steps[p.step_count - 1].kernel];
    const uint8_t code[] = {S_NUMBER, 0, S_X, S_MUL};
    assert_int_equal(head->matmul.code.bytes, sizeof code);
    assert_memory_equal(head->matmul.code.code, code, sizeof code);
    assert_true(head->matmul.code.numbers[0] == 0.37f);
    arena_free(&m.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decode_has_five_barriers_a_layer),
        cmocka_unit_test(layers_of_vulkan),
        cmocka_unit_test(f32_activations_need_no_copy),
        cmocka_unit_test(short_runs_and_prefill),
        cmocka_unit_test(rows_are_chosen_where_it_pays),
        cmocka_unit_test(unfused_maps_join),
        cmocka_unit_test(formats_follow_the_table),
        cmocka_unit_test(kernels_and_places_are_shared),
        cmocka_unit_test(packed_forms_agree),
        cmocka_unit_test(refusals_say_why),
        cmocka_unit_test(means_are_steps),
        cmocka_unit_test(positions_are_those_of_the_rows),
        cmocka_unit_test(numbers_are_code),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
