/* Building, shapes, questions, rewriting, and the verifier's rules about whole graphs. */
#include "compiler/hir/hir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static struct arena arena;
static struct strings strings;
static struct hir_graph graph, *const g = &graph;

static int set_up(void **state)
{
    (void)state;
    strings_init(&strings, &arena);
    hir_init(g, &arena, &strings, "test");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

/* A shape of up to three axes; 0 ends the list, -1 stands for ROWS, -2 for BATCH. */
static shape_id shape(int64_t a, int64_t b, int64_t c, int64_t d)
{
    const int64_t sizes[] = {a, b, c, d};
    dim_id dims[4];
    uint32_t rank = 0;

    for (; rank < 4 && sizes[rank] != 0; rank++)
        dims[rank] = sizes[rank] == -1   ? dim_symbol(&g->dims, SYMBOL_ROWS)
                     : sizes[rank] == -2 ? dim_symbol(&g->dims, SYMBOL_BATCH)
                                         : dim_const(&g->dims, sizes[rank]);
    return hir_shape(g, rank, dims);
}

static hir_id leaf(enum hir_op op, enum dtype dtype, shape_id s, const char *name)
{
    struct hir_attr attr = {0};

    if (op == HIR_state)
        attr.state.role = strncmp(name, "past_v", 6) == 0 ? STATE_ROLE_value : STATE_ROLE_key;
    return hir_declare(g, op, dtype, s, name, &attr, NULL, 0);
}

static void check_shape(hir_id id, enum dtype dtype, shape_id expected)
{
    assert_int_equal(hir_at(g, id)->dtype, dtype);
    assert_int_equal(hir_at(g, id)->shape, expected);
}

/* Two layers' worth of nodes: embed, norm, projection to heads, rotary cache write, attention,
 * head. */
static void build(void)
{
    hir_id tokens = leaf(HIR_input, DTYPE_i32, shape(-1, 0, 0, 0), "tokens");
    hir_id positions = leaf(HIR_input, DTYPE_i32, shape(-1, 0, 0, 0), "positions");
    hir_id embedding = leaf(HIR_weight, DTYPE_q8_0, shape(100, 64, 0, 0), "embedding");
    struct hir_attr norm = {.norm = {.epsilon = 1e-5}}, table = {.table = {.theta = 10000}};
    struct hir_attr rope = {.rope = {.n_rot = 16}};
    struct hir_attr attention = {
        .attention = {
            .scale = 0.25, .heads = 4, .kv_heads = 2, .head_dim = 16, .mask = MASK_causal}};
    struct hir_attr half = {.slice = {.axis = 1, .start = dim_const(&g->dims, 2)}};
    hir_id x = hir_add2(g, HIR_embed, embedding, tokens);

    hir_name(g, x, "hidden.%d", 0);
    check_shape(x, DTYPE_f32, shape(-1, 64, 0, 0));
    hir_id weight = leaf(HIR_weight, DTYPE_f32, shape(64, 0, 0, 0), "norm");
    x = hir_add(g, HIR_rms_norm, &norm, (hir_id[]){x, weight}, 2);
    check_shape(x, DTYPE_f32, shape(-1, 64, 0, 0));
    hir_id q = hir_declare(g, HIR_reshape, DTYPE_f32, shape(-1, 4, 16, 0), NULL, NULL, &x, 1);
    hir_id k = hir_declare(g, HIR_slice, DTYPE_f32, shape(-1, 2, 16, 0), "k", &half, &q, 1);
    hir_id rope_table =
        hir_declare(g, HIR_rope_table, DTYPE_f32, shape(128, 16, 0, 0), NULL, &table, NULL, 0);
    q = hir_add(g, HIR_rope, &rope, (hir_id[]){q, rope_table, positions}, 3);
    hir_id rotated = hir_add(g, HIR_rope, &rope, (hir_id[]){k, rope_table, positions}, 3);
    hir_id past_k = leaf(HIR_state, DTYPE_f32, shape(-2, 128, 2, 16), "past_k_0");
    hir_id past_v = leaf(HIR_state, DTYPE_f32, shape(-2, 128, 2, 16), "past_v_0");
    hir_id k_state = hir_add(g, HIR_kv_append, NULL, (hir_id[]){past_k, rotated, positions}, 3);
    hir_id v_state = hir_add(g, HIR_kv_append, NULL, (hir_id[]){past_v, k, positions}, 3);
    check_shape(v_state, DTYPE_f32, shape(-2, 128, 2, 16));
    x = hir_add(g, HIR_attention, &attention, (hir_id[]){q, k_state, v_state, positions}, 4);
    check_shape(x, DTYPE_f32, shape(-1, 64, 0, 0));
    x = hir_add2(g, HIR_matmul, x, embedding);
    hir_name(g, x, "logits");
    check_shape(x, DTYPE_f32, shape(-1, 100, 0, 0));
    hir_output(g, "logits", x, OUTPUT_logits);
    hir_output(g, "past_k_0", k_state, OUTPUT_state);
    hir_output(g, "past_v_0", v_state, OUTPUT_state);
}

static bool verifies(const char *expected)
{
    struct diags diags = {.arena = &arena};
    bool good = hir_verify(g, &diags);

    assert_true(good == (diags.error_count == 0));
    if (expected == NULL || good) {
        if (!good)
            diags_print(&diags, stderr);
        return good && expected == NULL;
    }
    assert_string_equal(diags.first->text, expected);
    return true;
}

static void test_build(void **state)
{
    (void)state;
    build();
    assert_true(verifies(NULL));
    assert_int_equal(hir_width(g, hir_find(g, "logits")), 100);
    assert_int_equal(hir_at(g, hir_find(g, "hidden.0"))->op, HIR_embed);
    assert_int_equal(hir_find(g, "no such name"), 0);
    assert_int_equal(hir_find(g, ""), 0);
    hir_count_uses(g);
    assert_int_equal(hir_at(g, hir_find(g, "embedding"))->use_count, 2);
    assert_int_equal(hir_at(g, hir_find(g, "logits"))->use_count, 1);
    assert_int_equal(hir_at(g, hir_find(g, "positions"))->use_count, 5);
    assert_int_equal(hir_at(g, hir_find(g, "k"))->use_count, 2);
}

static void test_other_shapes(void **state)
{
    struct hir_attr silu = {.product = {.activation = HIR_silu}};

    (void)state;
    hir_id gate = leaf(HIR_weight, DTYPE_q4_0, shape(40, 64, 0, 0), "gate");
    hir_id up = leaf(HIR_weight, DTYPE_q4_0, shape(40, 64, 0, 0), "up");
    hir_id rows = leaf(HIR_input, DTYPE_i32, shape(-1, 0, 0, 0), "tokens");
    hir_id x = hir_add2(g, HIR_embed, gate, rows);
    hir_id joined = hir_add2(g, HIR_concat, gate, up);
    check_shape(joined, DTYPE_q4_0, shape(80, 64, 0, 0));
    joined = hir_add2(g, HIR_interleave, gate, up);
    check_shape(joined, DTYPE_q4_0, shape(80, 64, 0, 0));
    hir_id y = hir_add(g, HIR_gated_matmul, &silu, (hir_id[]){x, joined}, 2);
    check_shape(y, DTYPE_f32, shape(-1, 40, 0, 0));
    check_shape(hir_add1(g, HIR_mean, y), DTYPE_f32, shape(-1, 1, 0, 0));
    check_shape(hir_add2(g, HIR_mul, y, hir_add1(g, HIR_mean, y)), DTYPE_f32, shape(-1, 40, 0, 0));
    check_shape(hir_add2(g, HIR_add, hir_number(g, 2), y), DTYPE_f32, shape(-1, 40, 0, 0));
    check_shape(hir_add2(g, HIR_gather_rows, y, rows), DTYPE_f32, shape(-1, 40, 0, 0));
    check_shape(hir_number(g, 1), DTYPE_f32, shape(0, 0, 0, 0));
    assert_true(verifies(NULL));
}

static void test_equal_attributes_are_equal_bytes(void **state)
{
    struct hir_attr dirty;

    (void)state;
    memset(&dirty, 0xff, sizeof dirty);
    dirty.norm.epsilon = 0.5;
    dirty.norm.centered = dirty.norm.scaled = dirty.norm.by_product = 0;
    hir_id w = leaf(HIR_weight, DTYPE_f32, shape(8, 0, 0, 0), "w");
    struct hir_attr clean = {.norm = {.epsilon = 0.5}};
    hir_id a = hir_add(g, HIR_rms_norm, &dirty, (hir_id[]){w, w}, 2);
    hir_id b = hir_add(g, HIR_rms_norm, &clean, (hir_id[]){w, w}, 2);
    assert_memory_equal(hir_attr(g, a), hir_attr(g, b), sizeof(struct hir_attr));
}

static void test_rewrite_copies(void **state)
{
    struct hir_rewrite r;
    struct text before = {.arena = &arena}, after = {.arena = &arena};

    (void)state;
    build();
    hir_text(g, &before);
    hir_rewrite_begin(&r, g, "copy");
    assert_int_equal(g->node_count, 1);
    for (hir_id old = 1; old < r.old.node_count; old++)
        hir_rewrite_node(&r, old);
    hir_rewrite_end(&r);
    hir_text(g, &after);
    assert_string_equal(before.data, after.data);
    assert_int_equal(hir_at(g, hir_find(g, "embedding"))->use_count, 2);
    assert_string_equal(str_text(&strings, hir_at(g, 3)->from), "test");
}

static void test_rewrite_changes(void **state)
{
    struct hir_rewrite r;

    (void)state;
    build();
    hir_id logits = hir_find(g, "logits"), count = g->node_count;
    hir_rewrite_begin(&r, g, "cap");
    for (hir_id old = 1; old < r.old.node_count; old++) {
        hir_id copy = hir_rewrite_node(&r, old);
        if (old == logits)
            r.translated[old] = hir_add1(g, HIR_tanh, copy);
    }
    hir_rewrite_end(&r);
    assert_int_equal(g->node_count, count + 1);
    assert_int_equal(hir_at(g, g->outputs[0].node)->op, HIR_tanh);
    assert_string_equal(str_text(&strings, hir_at(g, g->outputs[0].node)->from), "cap");
    assert_true(verifies(NULL));
}

/* A copied node takes the shape that follows from its new operands. */
static void test_rewrite_infers_shapes_anew(void **state)
{
    struct hir_rewrite r;

    (void)state;
    hir_id tokens = leaf(HIR_input, DTYPE_i32, shape(-1, 0, 0, 0), "tokens");
    hir_id weight = leaf(HIR_weight, DTYPE_f32, shape(10, 8, 0, 0), "w");
    hir_id x = hir_add1(g, HIR_exp, hir_add2(g, HIR_embed, weight, tokens));
    hir_output(g, "logits", x, OUTPUT_logits);
    hir_rewrite_begin(&r, g, "last");
    dim_id out_rows = dim_symbol(&g->dims, SYMBOL_OUT_ROWS);
    hir_id indices = leaf(HIR_input, DTYPE_i32, hir_shape(g, 1, &out_rows), "out_rows");
    for (hir_id old = 1; old < r.old.node_count; old++) {
        hir_id copy = hir_rewrite_node(&r, old);
        if (hir_at(&r.old, old)->op == HIR_embed)
            r.translated[old] = hir_add2(g, HIR_gather_rows, copy, indices);
    }
    hir_rewrite_end(&r);
    assert_int_equal(hir_shape_of(g, g->outputs[0].node)->dims[0], out_rows);
    assert_true(verifies(NULL));
}

/* A copy has the sizes of the original, which stays as it is, and each of its nodes knows which one
 * it stands for, also after passes. */
static void test_copy_knows_its_origins(void **state)
{
    struct hir_graph copy;
    struct hir_rewrite r;
    struct arena other = {0};
    struct text before = {.arena = &arena}, after = {.arena = &arena};

    (void)state;
    build();
    dim_bound(&g->dims, SYMBOL_SEQ, 1, 9);
    hir_text(g, &before);
    hir_copy_begin(&r, &copy, &other, g, "specialize");
    dim_bound(&copy.dims, SYMBOL_ROWS, 1, 4);
    for (hir_id old = 1; old < r.old.node_count; old++) {
        hir_id id = hir_rewrite_node(&r, old);
        if (hir_at(g, old)->op == HIR_embed)
            r.translated[old] = hir_add1(&copy, HIR_tanh, id);
    }
    hir_rewrite_end(&r);
    hir_text(g, &after);
    assert_string_equal(before.data, after.data);
    assert_null(g->origins);
    assert_int_equal(dim_max(&copy.dims, SYMBOL_ROWS), 4);
    assert_int_equal(dim_max(&copy.dims, SYMBOL_SEQ), 9);
    for (uint32_t pass = 0; pass < 2; pass++) {
        struct diags diags = {.arena = &arena};
        assert_true(hir_verify(&copy, &diags));
        assert_int_equal(copy.node_count, g->node_count + 1 + pass);
        for (hir_id id = 1; id < copy.node_count; id++) {
            hir_id origin = copy.origins[id];
            assert_true((origin == 0) == (hir_at(&copy, id)->op == HIR_tanh));
            if (origin == 0)
                continue;
            assert_int_equal(hir_at(g, origin)->op, hir_at(&copy, id)->op);
            assert_int_equal(hir_at(g, origin)->name, hir_at(&copy, id)->name);
            assert_int_equal(hir_at(g, origin)->shape, hir_at(&copy, id)->shape);
        }
        hir_rewrite_begin(&r, &copy, "more");
        for (hir_id old = 1; old < r.old.node_count; old++)
            hir_rewrite_node(&r, old);
        hir_add1(&copy, HIR_tanh, hir_find(&copy, "logits"));
        hir_rewrite_end(&r);
    }
    arena_free(&other);
}

/* ---- the verifier ---- */

static void test_verify_operand_order(void **state)
{
    (void)state;
    build();
    hir_id logits = hir_find(g, "logits");
    g->edges[hir_at(g, logits)->operands] = logits;
    assert_true(verifies("expected operands that stand before their reader"));
}

static void test_verify_shape_and_type(void **state)
{
    (void)state;
    build();
    hir_at(g, hir_find(g, "logits"))->shape = shape(-1, 99, 0, 0);
    assert_true(verifies("expected f32 [ROWS, 100], found f32 [ROWS, 99]"));
    hir_at(g, hir_find(g, "logits"))->shape = shape(-1, 100, 0, 0);
    hir_at(g, hir_find(g, "hidden.0"))->dtype = DTYPE_f16;
    assert_true(verifies("expected f32 [ROWS, 64], found f16 [ROWS, 64]"));
}

static void test_verify_arity(void **state)
{
    (void)state;
    build();
    hir_at(g, hir_find(g, "logits"))->operand_count = 1;
    assert_true(verifies("expected 2 to 6 operands, found 1"));
}

static void test_verify_attribute(void **state)
{
    (void)state;
    build();
    g->attrs[hir_at(g, hir_find(g, "embedding"))->attr].weight.layout = LAYOUT_q4_0_r16;
    assert_true(verifies("layout: expected one of the weight's own type"));
    g->attrs[hir_at(g, hir_find(g, "embedding"))->attr].weight.layout = LAYOUT_q8_0_r16;
    assert_true(verifies(NULL));
    uint32_t attr = hir_at(g, hir_find(g, "logits"))->attr;
    hir_at(g, hir_find(g, "logits"))->attr = 0;
    assert_true(verifies("expected an attribute exactly where the op has one"));
    hir_at(g, hir_find(g, "logits"))->attr = attr;
    hir_at(g, hir_find(g, "hidden.0"))->attr = 1;
    assert_true(verifies("expected an attribute exactly where the op has one"));
}

static hir_id find_op(enum hir_op op)
{
    for (hir_id id = 1; id < g->node_count; id++)
        if (hir_at(g, id)->op == op)
            return id;
    return 0;
}

static void test_verify_one_write_a_state_value(void **state)
{
    (void)state;
    build();
    hir_id write = find_op(HIR_kv_append);
    hir_id again[] = {hir_operand(g, write, 0), hir_operand(g, write, 1), hir_operand(g, write, 2)};
    hir_id second = hir_add(g, HIR_kv_append, NULL, again, 3);
    g->outputs[2].node = second;
    assert_true(verifies("expected a state value that nobody else writes"));
}

static void test_verify_reads_after_the_last_write(void **state)
{
    (void)state;
    build();
    hir_id write = find_op(HIR_kv_append), read = find_op(HIR_attention);
    g->edges[hir_at(g, read)->operands + 1] = hir_operand(g, write, 0);
    assert_true(verifies("expected to read a state after its last write"));
}

static void test_verify_outputs(void **state)
{
    (void)state;
    build();
    g->outputs[1].name = str_of(&strings, "past_k_7");
    assert_true(verifies("expected the name of the state that it holds"));
    g->outputs[1].name = g->outputs[0].name;
    assert_true(verifies("expected a name that no other output has"));
    g->entries[0].output_count = 1;
    assert_true(verifies("expected the last write of a state to be an output"));
}

static void test_verify_state_names(void **state)
{
    (void)state;
    build();
    hir_at(g, hir_find(g, "past_v_0"))->name = str_of(&strings, "past_k_0");
    g->outputs[2].name = str_of(&strings, "past_k_0");
    assert_true(verifies("expected a name that no other state has"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_build),
        TEST(test_other_shapes),
        TEST(test_equal_attributes_are_equal_bytes),
        TEST(test_rewrite_copies),
        TEST(test_rewrite_changes),
        TEST(test_rewrite_infers_shapes_anew),
        TEST(test_copy_knows_its_origins),
        TEST(test_verify_operand_order),
        TEST(test_verify_shape_and_type),
        TEST(test_verify_arity),
        TEST(test_verify_attribute),
        TEST(test_verify_one_write_a_state_value),
        TEST(test_verify_reads_after_the_last_write),
        TEST(test_verify_outputs),
        TEST(test_verify_state_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
