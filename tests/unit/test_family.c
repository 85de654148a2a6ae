/* Families over a model made by hand: the form of the graph, and the errors if tensors do not fit.
 * test_golden_eval.c tests the numbers. */
#include "compiler/family/family.h"
#include "tests/support/diagnostics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct unit {
    struct arena arena;
    struct diags diags;
    struct strings strings;
    struct model model;
    struct hir_graph graph;
};

static struct tensor *add_tensor(struct unit *u, const char *name, uint64_t rows, uint64_t columns)
{
    struct model *m = &u->model;
    struct tensor t = {.name = str_of(&u->strings, name),
                       .dtype = DTYPE_f32,
                       .rank = columns == 0 ? 1 : 2,
                       .shape = {rows, columns}};

    ARENA_PUSH(&u->arena, m->tensors, m->tensor_count, m->tensor_capacity) = t;
    return &m->tensors[m->tensor_count - 1];
}

static struct tensor *find_tensor(struct unit *u, const char *name)
{
    for (uint32_t i = 0; i < u->model.tensor_count; i++)
        if (strcmp(str_text(&u->strings, u->model.tensors[i].name), name) == 0)
            return &u->model.tensors[i];
    fail_msg("no tensor '%s'", name);
    return NULL;
}

static void remove_tensor(struct unit *u, const char *name)
{
    *find_tensor(u, name) = u->model.tensors[u->model.tensor_count - 1];
    u->model.tensor_count--;
}

static void add_layer(struct unit *u, uint32_t i)
{
    static const struct {
        const char *name;
        uint64_t rows, columns;
    } tensors[] = {
        {"input_layernorm.weight", 24, 0},   {"post_attention_layernorm.weight", 24, 0},
        {"self_attn.q_proj.weight", 32, 24}, {"self_attn.k_proj.weight", 16, 24},
        {"self_attn.v_proj.weight", 16, 24}, {"self_attn.o_proj.weight", 24, 32},
        {"mlp.gate_proj.weight", 40, 24},    {"mlp.up_proj.weight", 40, 24},
        {"mlp.down_proj.weight", 24, 40},
    };

    for (size_t t = 0; t < countof(tensors); t++)
        add_tensor(u, arena_printf(&u->arena, "model.layers.%u.%s", i, tensors[t].name),
                   tensors[t].rows, tensors[t].columns);
}

/* H 24, 4 heads and 2 kv_heads of 8, F 40, V 50, two layers. */
static struct unit *make_unit(const char *architecture)
{
    struct unit *u = calloc(1, sizeof *u);

    u->diags = (struct diags){.arena = &u->arena, .max = 100};
    strings_init(&u->strings, &u->arena);
    u->model = (struct model){.arena = &u->arena, .strings = &u->strings, .path = "tiny.gguf"};
    struct layer_parameters *layer = arena_new(&u->arena, struct layer_parameters, 2);
    layer[0] = layer[1] =
        (struct layer_parameters){.heads = 4, .kv_heads = 2, .head_dim = 8, .feed_forward = 40};
    u->model.hyper = (struct hyper_parameters){.architecture = str_of(&u->strings, architecture),
                                               .vocabulary = 50,
                                               .hidden = 24,
                                               .layers = 2,
                                               .heads = 4,
                                               .kv_heads = 2,
                                               .head_dim = 8,
                                               .layer = layer,
                                               .feed_forward = 40,
                                               .context = 128,
                                               .norm_epsilon = 1e-5,
                                               .rope = {.theta = 10000, .rotary_dim = 8}};
    add_tensor(u, "model.embed_tokens.weight", 50, 24);
    add_layer(u, 0);
    add_layer(u, 1);
    add_tensor(u, "model.norm.weight", 24, 0);
    add_tensor(u, "lm_head.weight", 50, 24);
    hir_init(&u->graph, &u->arena, &u->strings, "tiny");
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

static void expect_text(struct unit *u, const char *wanted)
{
    if (strstr(printed(u), wanted) == NULL)
        fail_msg("expected\n%s\nfound\n%s", wanted, printed(u));
}

static uint32_t count_op(const struct hir_graph *g, enum hir_op op)
{
    uint32_t count = 0;

    for (hir_id id = 1; id < g->node_count; id++)
        count += hir_at(g, id)->op == op;
    return count;
}

static int64_t axis(const struct unit *u, hir_id id, uint32_t i)
{
    int64_t value = -1;

    dim_is_const(&u->graph.dims, hir_shape_of(&u->graph, id)->dims[i], &value);
    return value;
}

/* ---- what is built ---- */

static void test_llama(void **state)
{
    static const char *const outputs[] = {"logits", "past_k_0", "past_v_0", "past_k_1", "past_v_1"};
    static const char *const names[] = {"hidden.0",     "hidden.1", "hidden.2",
                                        "hidden.final", "tokens",   "positions"};
    struct unit *u = make_unit("llama");

    (void)state;
    assert_true(family_build(&u->model, 0, &u->graph, &u->diags));
    assert_string_equal(printed(u), "");
    assert_int_equal(u->graph.output_count, countof(outputs));
    for (size_t i = 0; i < countof(outputs); i++)
        assert_string_equal(str_text(&u->strings, u->graph.outputs[i].name), outputs[i]);
    for (size_t i = 0; i < countof(names); i++)
        assert_int_not_equal(hir_find(&u->graph, names[i]), 0);
    assert_int_equal(count_op(&u->graph, HIR_matmul), 2 * 7 + 1);
    assert_int_equal(count_op(&u->graph, HIR_rms_norm), 0); /* spelt out */
    assert_int_equal(count_op(&u->graph, HIR_mean), 5);
    assert_int_equal(count_op(&u->graph, HIR_rope), 4);
    assert_int_equal(count_op(&u->graph, HIR_rope_table), 1);
    assert_int_equal(axis(u, hir_find(&u->graph, "past_k_1"), 1), 128);
    assert_int_equal(axis(u, hir_find(&u->graph, "logits"), 1), 50);
    const struct hir_attr *value = hir_attr(&u->graph, hir_find(&u->graph, "past_v_1"));
    assert_true(value->state.layer == 1 && value->state.role == STATE_ROLE_value);
    assert_int_equal(hir_find_input(&u->graph, INPUT_tokens), hir_find(&u->graph, "tokens"));
    assert_int_equal(hir_find_input(&u->graph, INPUT_positions), hir_find(&u->graph, "positions"));
    assert_int_equal(hir_find_input(&u->graph, INPUT_out_rows), 0);
    assert_int_equal(hir_find_output(&u->graph, 0, OUTPUT_logits), hir_find(&u->graph, "logits"));
    free_unit(u);
}

static void test_context_is_capped(void **state)
{
    static const struct {
        uint32_t asked;
        int64_t positions;
    } cases[] = {{0, 128}, {16, 16}, {128, 128}, {4096, 128}};

    (void)state;
    for (size_t i = 0; i < countof(cases); i++) {
        struct unit *u = make_unit("llama");
        assert_true(family_build(&u->model, cases[i].asked, &u->graph, &u->diags));
        assert_int_equal(axis(u, hir_find(&u->graph, "past_v_0"), 1), cases[i].positions);
        assert_int_equal(axis(u, hir_find(&u->graph, "rope"), 0), cases[i].positions);
        free_unit(u);
    }
}

static void test_tied_lm_head_is_the_embedding(void **state)
{
    struct unit *u = make_unit("llama");

    (void)state;
    u->model.hyper.tied = true;
    assert_true(family_build(&u->model, 0, &u->graph, &u->diags));
    assert_string_equal(printed(u), ""); /* a second copy of the lm_head is no surprise */
    hir_id embedding = hir_find(&u->graph, "model.embed_tokens.weight");
    assert_int_equal(hir_operand(&u->graph, hir_find(&u->graph, "logits"), 1), embedding);
    assert_int_equal(hir_operand(&u->graph, hir_find(&u->graph, "hidden.0"), 0), embedding);
    assert_int_equal(hir_find(&u->graph, "lm_head.weight"), 0);
    free_unit(u);
}

static void test_biases_are_used_where_they_are(void **state)
{
    struct unit *u = make_unit("llama");
    uint32_t plain;

    (void)state;
    assert_true(family_build(&u->model, 0, &u->graph, &u->diags));
    plain = count_op(&u->graph, HIR_add);
    add_tensor(u, "model.layers.1.self_attn.o_proj.bias", 24, 0);
    add_tensor(u, "model.layers.0.mlp.gate_proj.bias", 40, 0)->dtype = DTYPE_bf16;
    hir_init(&u->graph, &u->arena, &u->strings, "tiny");
    assert_true(family_build(&u->model, 0, &u->graph, &u->diags));
    assert_string_equal(printed(u), /* what one layer has, all should have */
                        "tiny.gguf: warning: tensor 'model.layers.0.self_attn.o_proj.bias': is "
                        "missing (missing biases: 2): zeros replace them\n");
    assert_int_equal(count_op(&u->graph, HIR_add), plain + 2);
    assert_int_equal(
        hir_at(&u->graph, hir_find(&u->graph, "model.layers.0.mlp.gate_proj.bias"))->dtype,
        DTYPE_bf16);
    free_unit(u);
}

/* Beside a matrix in nvfp4, a number that multiplies its products; beside others none is read
 * (test_scales_and_biases_of_matrices). */
static void test_scales_of_nvfp4(void **state)
{
    struct unit *u = make_unit("llama");
    struct layer_parameters *layer = arena_new(&u->arena, struct layer_parameters, 2);
    static float value = 0.375f;

    (void)state;
    layer[0] = layer[1] = u->model.hyper.layer[0];
    layer[1].feed_forward = 64;
    u->model.hyper.layer = layer;
    u->model.format = "GGUF v3";
    find_tensor(u, "model.layers.1.mlp.gate_proj.weight")->shape[0] = 64;
    find_tensor(u, "model.layers.1.mlp.up_proj.weight")->shape[0] = 64;
    struct tensor *down = find_tensor(u, "model.layers.1.mlp.down_proj.weight");
    down->shape[1] = 64;
    assert_true(family_build(&u->model, 0, &u->graph, &u->diags));
    const uint32_t plain = count_op(&u->graph, HIR_mul);
    down->dtype = DTYPE_nvfp4;
    add_tensor(u, "model.layers.1.mlp.down_proj.scale", 1, 0)->memory = (const void *)&value;
    hir_init(&u->graph, &u->arena, &u->strings, "tiny");
    assert_true(family_build(&u->model, 0, &u->graph, &u->diags));
    assert_string_equal(printed(u), "");
    assert_int_equal(count_op(&u->graph, HIR_mul), plain + 1);
    uint32_t found = 0;
    for (hir_id id = 1; id < u->graph.node_count; id++)
        found += hir_at(&u->graph, id)->op == HIR_number &&
                 hir_attr(&u->graph, id)->number.value == 0.375;
    assert_int_equal(found, 1);
    value = INFINITY;
    hir_init(&u->graph, &u->arena, &u->strings, "tiny");
    assert_false(family_build(&u->model, 0, &u->graph, &u->diags));
    expect_text(u, ": expected a finite number, found inf");
    free_unit(u);
}

/* What config.json says decides, not what is stored: here o has biases, and q, k and v have
 * none. */
static void test_biases_by_rule(void **state)
{
    struct unit *u = make_unit("llama");
    uint32_t plain;

    (void)state;
    assert_true(family_build(&u->model, 0, &u->graph, &u->diags));
    plain = count_op(&u->graph, HIR_add);
    add_tensor(u, "model.layers.0.self_attn.q_proj.bias", 32, 0);
    add_tensor(u, "model.layers.0.self_attn.o_proj.bias", 24, 0);
    u->model.hyper.qkv_bias = u->model.hyper.mlp_bias = BIAS_never;
    u->model.hyper.output_bias = BIAS_expected;
    hir_init(&u->graph, &u->arena, &u->strings, "tiny");
    assert_true(family_build(&u->model, 0, &u->graph, &u->diags));
    assert_int_equal(count_op(&u->graph, HIR_add), plain + 1);
    assert_int_equal(hir_find(&u->graph, "model.layers.0.self_attn.q_proj.bias"), 0);
    assert_string_equal(
        printed(u),
        "tiny.gguf: warning: tensor 'model.layers.1.self_attn.o_proj.bias': is missing "
        "(missing biases: 1): zeros replace them\n"
        "tiny.gguf: warning: tensor 'model.layers.0.self_attn.q_proj.bias': is not read "
        "(unread biases: 1): the configuration has no such biases\n");
    free_unit(u);
}

static void test_window_and_scale(void **state)
{
    struct unit *u = make_unit("llama");
    struct layer_parameters layer[2] = {u->model.hyper.layer[0], u->model.hyper.layer[1]};

    (void)state;
    layer[1].window = 16;
    u->model.hyper.layer = layer;
    assert_true(family_build(&u->model, 0, &u->graph, &u->diags));
    const struct hir_attr *first = hir_attr(&u->graph, hir_find(&u->graph, "layers.0.attention"));
    const struct hir_attr *second = hir_attr(&u->graph, hir_find(&u->graph, "layers.1.attention"));
    assert_int_equal(first->attention.window, 0);
    assert_int_equal(second->attention.window, 16);
    assert_true(first->attention.scale > 0.35355338 &&
                first->attention.scale < 0.35355340); /* 1 / sqrt(8) */
    assert_int_equal(first->attention.mask, MASK_causal);
    free_unit(u);
}

static void test_divisors_of_frequencies(void **state)
{
    struct unit *u = make_unit("llama");

    (void)state;
    add_tensor(u, "rope.divisors.weight", 4, 0);
    u->model.hyper.rope.interleaved = true;
    assert_true(family_build(&u->model, 0, &u->graph, &u->diags));
    hir_id table = hir_find(&u->graph, "rope");
    assert_int_equal(hir_at(&u->graph, table)->operand_count, 1);
    assert_int_equal(hir_operand(&u->graph, table, 0), hir_find(&u->graph, "rope.divisors.weight"));
    for (hir_id id = 1; id < u->graph.node_count; id++)
        if (hir_at(&u->graph, id)->op == HIR_rope)
            assert_int_equal(hir_attr(&u->graph, id)->rope.interleaved, 1);
    free_unit(u);
}

static void add_qkv_biases(struct unit *u, uint32_t layer)
{
    add_tensor(u, arena_printf(&u->arena, "model.layers.%u.self_attn.q_proj.bias", layer), 32, 0);
    add_tensor(u, arena_printf(&u->arena, "model.layers.%u.self_attn.k_proj.bias", layer), 16, 0);
    add_tensor(u, arena_printf(&u->arena, "model.layers.%u.self_attn.v_proj.bias", layer), 16, 0);
}

static void test_missing_biases_are_zeros(void **state)
{
    struct unit *u = make_unit("qwen2");

    (void)state;
    add_qkv_biases(u, 0);
    u->model.hyper.qkv_bias = BIAS_expected;
    u->model.format = "GGUF v3"; /* mistakes go by the names of the file */
    assert_true(family_build(&u->model, 0, &u->graph, &u->diags));
    assert_string_equal(printed(u), "tiny.gguf: warning: tensor 'blk.1.attn_q.bias': is missing "
                                    "(missing biases: 3): zeros replace them\n");
    free_unit(u);
}

static void test_qwen3_norms_heads(void **state)
{
    struct unit *u = make_unit("qwen3");

    (void)state;
    for (uint32_t i = 0; i < 2; i++) {
        add_tensor(u, arena_printf(&u->arena, "model.layers.%u.self_attn.q_norm.weight", i), 8, 0);
        add_tensor(u, arena_printf(&u->arena, "model.layers.%u.self_attn.k_norm.weight", i), 8, 0);
    }
    assert_true(family_build(&u->model, 0, &u->graph, &u->diags));
    assert_string_equal(printed(u), "");
    assert_int_equal(count_op(&u->graph, HIR_mean), 5 + 4);
    free_unit(u);
}

/* ---- what is reported ---- */

static void test_all_problems_at_once(void **state)
{
    struct unit *u = make_unit("llama");

    (void)state;
    remove_tensor(u, "model.norm.weight");
    remove_tensor(u, "model.layers.1.mlp.up_proj.weight");
    find_tensor(u, "model.layers.0.self_attn.k_proj.weight")->shape[0] = 8;
    find_tensor(u, "model.layers.0.input_layernorm.weight")->dtype = DTYPE_q8_0;
    find_tensor(u, "lm_head.weight")->rank = 1;
    assert_false(family_build(&u->model, 0, &u->graph, &u->diags));
    assert_int_equal(u->diags.error_count, 5);
    assert_int_equal(u->diags.warning_count, 0);
    expect_text(u, "tiny.gguf: tensor 'model.layers.0.self_attn.k_proj.weight': expected shape "
                   "[16, 24], found [8, 24]\n"
                   "  note: from kv_heads = 2, head_dim = 8 and hidden size = 24\n");
    expect_text(u, "tensor 'model.norm.weight': is missing; expected shape [24]\n  note: from the "
                   "normalized width = 24\n");
    expect_text(u,
                "tensor 'model.layers.1.mlp.up_proj.weight': is missing; expected shape [40, 24]\n"
                "  note: from feed_forward = 40 and hidden size = 24\n");
    expect_text(u, "tensor 'model.layers.0.input_layernorm.weight': expected type f32, f16 or "
                   "bf16, found q8_0\n");
    expect_text(u, "tensor 'lm_head.weight': expected shape [50, 24], found [50]\n");
    free_unit(u);
}

static void test_notes_stop_with_the_errors(void **state)
{
    struct unit *u = make_unit("llama");

    (void)state;
    u->diags.max = 3;
    u->model.tensor_count = 0;
    assert_false(family_build(&u->model, 0, &u->graph, &u->diags));
    assert_int_equal(u->diags.error_count, 21);
    const char *text = printed(u);
    uint32_t notes = 0;
    for (const char *at = text; (at = strstr(at, "  note: ")) != NULL; at++)
        notes++;
    assert_int_equal(notes, 3);
    expect_text(u, "and 18 more errors");
    free_unit(u);
}

static void test_leftover_tensors_are_warnings(void **state)
{
    struct unit *u = make_unit("llama");

    (void)state;
    add_tensor(u, "model.layers.0.self_attn.rotary_emb.inv_freq", 4, 0);
    add_tensor(u, "model.layers.0.mlp.experts.0.up_proj.weight", 40, 24);
    for (uint32_t i = 0; i < 12; i++)
        add_tensor(u, arena_printf(&u->arena, "vision.%u", i), 4, 0);
    assert_true(family_build(&u->model, 0, &u->graph, &u->diags));
    assert_int_equal(u->diags.error_count, 0);
    expect_text(u, "tiny.gguf: warning: tensor 'model.layers.0.mlp.experts.0.up_proj.weight': is "
                   "not read by architecture 'llama'\n");
    expect_text(u, "tiny.gguf: warning: 3 more tensors are not read\n");
    assert_null(strstr(printed(u), "inv_freq"));
    free_unit(u);
}

static void add_unread(struct unit *u, const char *name, const char *type, const char *shape)
{
    struct model *m = &u->model;

    ARENA_PUSH(&u->arena, m->unread, m->unread_count, m->unread_capacity) =
        (struct unread_tensor){str_of(&u->strings, name), str_of(&u->strings, name), type, shape};
}

/* A tensor whose type or shape is not read: a warning where nobody needs it; those that are needed
 * are errors, types in one line. */
static void test_unread_tensors(void **state)
{
    static const char *const needed[] = {"model.norm.weight", "model.layers.0.mlp.up_proj.weight"};
    struct unit *u = make_unit("llama");

    (void)state;
    add_unread(u, "position_ids", "I64", NULL);
    add_unread(u, "visual", NULL, "5 dimensions");
    assert_true(family_build(&u->model, 0, &u->graph, &u->diags));
    assert_string_equal(printed(u), "tiny.gguf: warning: tensor 'position_ids': is not read by "
                                    "architecture 'llama'\n"
                                    "tiny.gguf: warning: tensor 'visual': is not read by "
                                    "architecture 'llama'\n");
    for (size_t i = 0; i < countof(needed); i++) {
        remove_tensor(u, needed[i]);
        add_unread(u, needed[i], "I64", NULL);
    }
    remove_tensor(u, "lm_head.weight");
    add_unread(u, "lm_head.weight", NULL, "5 dimensions");
    add_unread(u, "model.layers.1.self_attn.q_proj.bias", "F8_E4M3", NULL);
    hir_init(&u->graph, &u->arena, &u->strings, "tiny");
    assert_false(family_build(&u->model, 0, &u->graph, &u->diags));
    assert_int_equal(u->diags.error_count, 2);
    expect_text(
        u,
        "tiny.gguf: found types that rlx does not read: I64 (2 tensors), F8_E4M3 (1 tensor); expected "
        "only f32, f16, bf16");
    expect_text(u, "tensor 'lm_head.weight': expected shape [50, 24], found 5 dimensions\n");
    free_unit(u);
}

/* llama.cpp applies them, so a GGUF file with one is refused; a directory is read as in
 * transformers. */
static void test_scales_and_biases_of_matrices(void **state)
{
    static const char *const names[] = {"model.layers.1.self_attn.q_proj.scale", "lm_head.bias",
                                        "model.layers.0.input_layernorm.bias"};

    (void)state;
    for (size_t i = 0; i < countof(names); i++)
        for (int gguf = 0; gguf < 2; gguf++) {
            struct unit *u = make_unit("llama");
            u->model.format = gguf ? "GGUF v3" : "safetensors";
            add_tensor(u, names[i], 1, 0);
            assert_int_equal(family_build(&u->model, 0, &u->graph, &u->diags), !gguf);
            expect_text(u, gguf ? "expected no scale or bias of this matrix, found one"
                                : "is not read by architecture 'llama'");
            free_unit(u);
        }
}

static void test_unknown_architecture(void **state)
{
    struct unit *u = make_unit("mamba");

    (void)state;
    assert_false(family_build(&u->model, 0, &u->graph, &u->diags));
    const char *text = printed(u);
    assert_non_null(strstr(text, "tiny.gguf: architecture: expected one of llama, qwen2, "));
    assert_non_null(strstr(text, ", found 'mamba'\n"));
    free_unit(u);
}

static void test_bad_hyper_parameters(void **state)
{
    struct unit *u = make_unit("llama");
    struct hyper_parameters *h = &u->model.hyper;

    (void)state;
    h->vocabulary = 0;
    h->layers = UINT32_MAX;
    h->norm_epsilon = -1;
    assert_false(family_build(&u->model, 0, &u->graph, &u->diags));
    assert_int_equal(u->diags.error_count, 3);
    expect_text(u, "tiny.gguf: vocabulary size: expected 1 to 16777216, found 0\n");
    expect_text(u, "tiny.gguf: layers: expected 1 to 4096, found 4294967295\n");
    free_unit(u);
}

static void test_bad_heads_of_a_layer(void **state)
{
    struct unit *u = make_unit("llama");
    struct layer_parameters layer[2];

    (void)state;
    layer[0] = layer[1] = u->model.hyper.layer[0];
    layer[1].kv_heads = 3;
    u->model.hyper.layer = layer;
    assert_false(family_build(&u->model, 0, &u->graph, &u->diags));
    assert_int_equal(u->diags.error_count, 1);
    expect_text(u, "tiny.gguf: heads: expected a multiple of kv_heads = 3, found 4\n");
    free_unit(u);
}

/* Parameters of rotary positions matter where some layer has them. */
static void test_bad_rope(void **state)
{
    struct layer_parameters layer[2];

    (void)state;
    for (int turns = 0; turns < 2; turns++) {
        struct unit *u = make_unit("llama");
        layer[0] = layer[1] = u->model.hyper.layer[0];
        layer[0].rope = LAYER_ROPE_none;
        layer[1].rope = turns ? LAYER_ROPE_global : LAYER_ROPE_none;
        u->model.hyper.layer = layer;
        u->model.hyper.rope.rotary_dim = 7;
        u->model.hyper.rope.theta = 0;
        assert_int_equal(family_build(&u->model, 0, &u->graph, &u->diags), !turns);
        assert_int_equal(u->diags.error_count, turns ? 2 : 0);
        if (turns)
            expect_text(u, "tiny.gguf: rotary_dim: expected an even number from 2 to head_dim = 8, "
                           "found 7\n");
        free_unit(u);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_llama),
        cmocka_unit_test(test_context_is_capped),
        cmocka_unit_test(test_tied_lm_head_is_the_embedding),
        cmocka_unit_test(test_biases_are_used_where_they_are),
        cmocka_unit_test(test_scales_of_nvfp4),
        cmocka_unit_test(test_biases_by_rule),
        cmocka_unit_test(test_window_and_scale),
        cmocka_unit_test(test_divisors_of_frequencies),
        cmocka_unit_test(test_missing_biases_are_zeros),
        cmocka_unit_test(test_qwen3_norms_heads),
        cmocka_unit_test(test_all_problems_at_once),
        cmocka_unit_test(test_notes_stop_with_the_errors),
        cmocka_unit_test(test_leftover_tensors_are_warnings),
        cmocka_unit_test(test_unread_tensors),
        cmocka_unit_test(test_scales_and_biases_of_matrices),
        cmocka_unit_test(test_unknown_architecture),
        cmocka_unit_test(test_bad_hyper_parameters),
        cmocka_unit_test(test_bad_heads_of_a_layer),
        cmocka_unit_test(test_bad_rope),
    };
    return cmocka_run_group_tests_name("family", tests, NULL, NULL);
}
