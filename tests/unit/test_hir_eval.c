/* The evaluator against numbers computed by hand, by Python, and by direct formulas. */
#include "tests/support/compare.h"
#include "tests/support/evaluating.h"

#include <math.h>
#include <stdlib.h>

/* ---- small ops by hand ---- */

static void test_products_and_norms(void **state)
{
    static const float w[] = {1, 2, 3, 4, -1, 0.5f}, n[] = {2, 10};
    static const int32_t tokens[] = {2, 0};

    (void)state;
    open("graph \"t\"\n"
         "%1 = input i32 [ROWS] role=tokens \"tokens\"\n"
         "%2 = weight f32 [3, 2] \"w\"\n"
         "%3 = weight f32 [2] \"n\"\n"
         "%4 = embed %2 %1 f32 [ROWS, 2]\n"
         "%5 = matmul %4 %2 f32 [ROWS, 3]\n"
         "%6 = rms_norm %4 %3 f32 [ROWS, 2] epsilon=0.375\n"
         "%7 = mean %5 f32 [ROWS, 1]\n"
         "%8 = sub %5 %7 f32 [ROWS, 3]\n"
         "%9 = add %4 %3 f32 [ROWS, 2]\n"
         "%10 = concat %2 %2 f32 [6, 2]\n"
         "%11 = matmul %4 %10 f32 [ROWS, 6]\n"
         "%12 = slice %11 f32 [ROWS, 2] axis=1 start=2\n"
         "%13 = reshape %5 f32 [(ROWS * 3)]\n"
         "output \"embed\" %4\noutput \"matmul\" %5\noutput \"norm\" %6\noutput \"mean\" %7\n"
         "output \"centred\" %8\noutput \"bias\" %9\noutput \"slice\" %12\noutput \"flat\" %13\n",
         (const char *[]){"w", "n", NULL}, (const float *[]){w, n});
    set_sizes(1, 2, 0);
    hir_eval_role(&eval, INPUT_tokens, tokens);
    hir_eval_run(&eval);
    check("embed", (float[]){-1, 0.5f, 1, 2}, 4, 0);
    check("matmul", (float[]){0, -1, 1.25f, 5, 11, 0}, 6, 0);
    check("flat", (float[]){0, -1, 1.25f, 5, 11, 0}, 6, 0);
    /* mean squares 0.625 and 2.5; with epsilon 1 and 2.875 */
    check("norm", (float[]){-2, 5, 2 / sqrtf(2.875f), 20 / sqrtf(2.875f)}, 4, 1e-6f);
    check("mean", (float[]){0.25f / 3, 16.0f / 3}, 2, 1e-6f);
    check("centred", (float[]){-0.25f / 3, -1 - 0.25f / 3, 1.25f - 0.25f / 3, -1.0f / 3}, 4, 1e-6f);
    check("bias", (float[]){1, 10.5f, 3, 12}, 4, 0);
    check("slice", (float[]){1.25f, 0, 0, 5}, 4, 0);
    assert_int_equal(weight_calls, 2);
    shut();
}

static void test_rows_and_kept_values(void **state)
{
    static const float w[] = {1, 2, 3, 4, 5, 6};
    static const int32_t tokens[] = {0, 1, 2}, rows[] = {2};
    static const char text[] = "graph \"t\"\n"
                               "%1 = input i32 [ROWS] role=tokens \"tokens\"\n"
                               "%2 = input i32 [OUT_ROWS] role=out_rows \"out_rows\"\n"
                               "%3 = weight f32 [3, 2] \"w\"\n"
                               "%4 = embed %3 %1 f32 [ROWS, 2] \"hidden\"\n"
                               "%5 = gather_rows %4 %2 f32 [OUT_ROWS, 2]\n"
                               "%6 = number f32 [] value=3\n"
                               "%7 = mul %5 %6 f32 [OUT_ROWS, 2]\n"
                               "output \"logits\" %7 role=logits\n";

    (void)state;
    for (uint32_t keep = 0; keep < 2; keep++) {
        open(text, (const char *[]){"w", NULL}, (const float *[]){w});
        set_sizes(1, 3, 0);
        hir_eval_role(&eval, INPUT_tokens, tokens);
        hir_eval_role(&eval, INPUT_out_rows, rows);
        eval.keep_all = keep != 0;
        hir_eval_run(&eval);
        check("logits", (float[]){15, 18}, 2, 0);
        assert_true((hir_eval_value(&eval, "hidden") != NULL) == eval.keep_all);
        assert_null(hir_eval_value(&eval, "nothing"));
        hir_eval_run(&eval); /* again: nothing of the first run is left over */
        check("logits", (float[]){15, 18}, 2, 0);
        assert_int_equal(weight_calls, 1);
        shut();
    }
}

/* 18 and 20 rows: groups 16, 16, 2, 4. */
static void test_interleave(void **state)
{
    float first[18], second[20], expected[38];
    uint32_t at = 0;

    (void)state;
    for (uint32_t i = 0; i < 20; i++) {
        second[i] = 100 + (float)i;
        if (i < 18)
            first[i] = (float)i;
    }
    for (uint32_t i = 0; i < 16; i++)
        expected[at++] = first[i];
    for (uint32_t i = 0; i < 16; i++)
        expected[at++] = second[i];
    expected[at++] = 16;
    expected[at++] = 17;
    for (uint32_t i = 16; i < 20; i++)
        expected[at++] = second[i];
    open("graph \"t\"\n"
         "%1 = weight f32 [18, 1] \"a\"\n"
         "%2 = weight f32 [20, 1] \"b\"\n"
         "%3 = interleave %1 %2 f32 [38, 1]\n"
         "output \"both\" %3\n",
         (const char *[]){"a", "b", NULL}, (const float *[]){first, second});
    hir_eval_run(&eval);
    check("both", expected, 38, 0);
    shut();
}

static void test_gated_matmul_is_its_parts(void **state)
{
    static const int32_t tokens[] = {0, 5, 3};
    float expected[3 * 37];

    (void)state;
    const float *x = noise(6 * 24, 1), *gate = noise(37 * 24, 2), *up = noise(37 * 24, 3);
    open("graph \"t\"\n"
         "%1 = input i32 [ROWS] role=tokens \"tokens\"\n"
         "%2 = weight f32 [6, 24] \"x\"\n"
         "%3 = weight f32 [37, 24] \"gate\"\n"
         "%4 = weight f32 [37, 24] \"up\"\n"
         "%5 = embed %2 %1 f32 [ROWS, 24]\n"
         "%6 = interleave %3 %4 f32 [74, 24]\n"
         "%7 = gated_matmul %5 %6 f32 [ROWS, 37] activation=silu\n"
         "%8 = matmul %5 %3 f32 [ROWS, 37]\n"
         "%9 = matmul %5 %4 f32 [ROWS, 37]\n"
         "%10 = silu %8 f32 [ROWS, 37]\n"
         "%11 = mul %10 %9 f32 [ROWS, 37]\n"
         "output \"fused\" %7\n"
         "output \"parts\" %11\n",
         (const char *[]){"x", "gate", "up", NULL}, (const float *[]){x, gate, up});
    set_sizes(1, 3, 0);
    hir_eval_role(&eval, INPUT_tokens, tokens);
    hir_eval_run(&eval);
    for (uint32_t r = 0; r < 3; r++)
        for (uint32_t n = 0; n < 37; n++) {
            double a = 0, b = 0;
            for (uint32_t k = 0; k < 24; k++) {
                a += (double)x[tokens[r] * 24 + k] * gate[n * 24 + k];
                b += (double)x[tokens[r] * 24 + k] * up[n * 24 + k];
            }
            expected[r * 37 + n] = (float)(a / (1 + exp(-a)) * b);
        }
    check("fused", expected, 3 * 37, 2e-6f);
    assert_memory_equal(hir_eval_value(&eval, "fused"), hir_eval_value(&eval, "parts"),
                        sizeof expected);
    shut();
}

/* ---- rotary embedding ---- */

/* cosines, then sines; computed in Python from the definitions */
static void test_rope_tables(void **state)
{
    static const float divisors[] = {1, 2, 4, 0.5f};
    static const float linear[] = {0.731688857f, 0.997188807f,  0.999971867f,   0.999999702f,
                                   0.681638777f, 0.0749297068f, 0.00749992952f, 0.000749999948f};
    static const float divided[] = {-0.91113025f, 0.90044713f,  0.999746859f, 0.999837995f,
                                    0.412118495f, 0.434965521f, 0.022498101f, 0.0179990288f};
    /* turns in 32 positions: 5.1 is kept, 1.8 is between, the others are slow */
    static const float llama3[] = {0.753902256f, 0.624762654f,  0.993929386f,  0.999234498f,
                                   0.99990356f,  0.999987841f,  0.656986594f,  0.780814707f,
                                   0.110019922f, 0.0391212031f, 0.0138893127f, 0.00493020099f};
    static const float yarn[] = {0.381972015f,   0.578070343f,    1.3033464f,      1.34556127f,
                                 1.34655952f,    1.34657359f,     1.34657359f,     1.34657359f,
                                 -1.29126215f,   1.21618056f,     0.338450313f,    0.0522034429f,
                                 0.00615687948f, 0.000122459664f, 2.76046139e-05f, 6.22257676e-06f};
    static const float exact[] = {0.381972008f,   0.578070349f,    1.3033464f,      1.3457965f,
                                  1.34657008f,    1.34657358f,     1.34657359f,     1.34657359f,
                                  -1.2912621f,    1.21618054f,     0.338450301f,    0.0457407629f,
                                  0.00307344327f, 0.000122459671f, 2.76046136e-05f, 6.2225769e-06f};
    static const float sudden[] = {0.753902254f, 0.999234473f, 0.656986599f, 0.0391212038f};
    static const float still[] = {1.32958369f, 1.32958369f, 0, 0}; /* 1 + 0.3 log(3) */
    static const struct {
        struct hir_attr attr;
        uint32_t n_rot;
        const float *divisors;
        uint64_t position;
        const float *expected;
    } table[] = {
        {{.table = {.theta = 10000, .scaling = HIR_ROPE_linear, .factor = 4}}, 8, NULL, 3, linear},
        {{.table = {.theta = 10000}}, 8, divisors, 9, divided},
        {{.table = {.theta = 500,
                    .scaling = HIR_ROPE_llama3,
                    .factor = 8,
                    .low = 1,
                    .high = 4,
                    .original_context = 32}},
         12,
         NULL,
         7,
         llama3},
        {{.table = {.theta = 150000,
                    .scaling = HIR_ROPE_yarn,
                    .factor = 32,
                    .beta_fast = 32,
                    .beta_slow = 1,
                    .original_context = 4096}},
         16,
         NULL,
         5,
         yarn},
        {{.table = {.theta = 150000,
                    .scaling = HIR_ROPE_yarn,
                    .factor = 32,
                    .beta_fast = 32,
                    .beta_slow = 1,
                    .exact_borders = 1,
                    .original_context = 4096}},
         16,
         NULL,
         5,
         exact},
        {{.table = {.theta = 500,
                    .scaling = HIR_ROPE_llama3,
                    .factor = 8,
                    .low = 4,
                    .high = 4,
                    .original_context = 32}},
         4,
         NULL,
         7,
         sudden},
        {{.table = {.theta = 1,
                    .scaling = HIR_ROPE_still,
                    .original_context = 8,
                    .growth = 0.3,
                    .offset = 1}},
         4,
         NULL,
         15,
         still},
    };
    float row[16];

    (void)state;
    for (uint32_t i = 0; i < countof(table); i++) {
        hir_rope_row(&table[i].attr, table[i].n_rot, table[i].divisors, table[i].position, row);
        expect_close("row", row, table[i].expected, 1, table[i].n_rot, 1.3e-7, 0);
    }
}

/* Heads of 6, of which 4 are rotated, in both pairings. */
static void test_rope_pairings(void **state)
{
    static const int32_t tokens[] = {1, 0}, positions[] = {3, 11};
    float half[12], interleaved[12];

    (void)state;
    const float *x = noise(12, 7);
    open("graph \"t\"\n"
         "%1 = input i32 [ROWS] role=tokens \"tokens\"\n"
         "%2 = input i32 [ROWS] role=positions \"positions\"\n"
         "%3 = weight f32 [2, 6] \"x\"\n"
         "%4 = embed %3 %1 f32 [ROWS, 6]\n"
         "%5 = reshape %4 f32 [ROWS, 1, 6]\n"
         "%6 = rope_table f32 [16, 4] theta=100\n"
         "%7 = rope %5 %6 %2 f32 [ROWS, 1, 6] n_rot=4\n"
         "%8 = rope %5 %6 %2 f32 [ROWS, 1, 6] n_rot=4 interleaved=1\n"
         "output \"half\" %7\n"
         "output \"interleaved\" %8\n",
         (const char *[]){"x", NULL}, (const float *[]){x});
    set_sizes(1, 2, 0);
    hir_eval_role(&eval, INPUT_tokens, tokens);
    hir_eval_role(&eval, INPUT_positions, positions);
    hir_eval_run(&eval);
    for (uint32_t r = 0; r < 2; r++) {
        const float *from = x + tokens[r] * 6;
        memcpy(half + r * 6, from, 6 * sizeof *from);
        memcpy(interleaved + r * 6, from, 6 * sizeof *from);
        for (uint32_t i = 0; i < 2; i++) { /* frequencies 1 and 100^(-1/2) */
            double angle = positions[r] * (i == 0 ? 1 : 0.1), c = cos(angle), s = sin(angle);
            half[r * 6 + i] = (float)(from[i] * c - from[i + 2] * s);
            half[r * 6 + i + 2] = (float)(from[i + 2] * c + from[i] * s);
            interleaved[r * 6 + 2 * i] = (float)(from[2 * i] * c - from[2 * i + 1] * s);
            interleaved[r * 6 + 2 * i + 1] = (float)(from[2 * i + 1] * c + from[2 * i] * s);
        }
    }
    check("half", half, 12, 3e-7f);
    check("interleaved", interleaved, 12, 3e-7f);
    shut();
}

/* ---- attention ---- */

enum { HEADS = 4, KV_HEADS = 2, HEAD_DIM = 6, CONTEXT = 16, VOCABULARY = 9 };

static const char attention_text[] =
    "graph \"t\"\n"
    "%%1 = input i32 [ROWS] role=tokens \"tokens\"\n"
    "%%2 = input i32 [ROWS] role=positions \"positions\"\n"
    "%%3 = weight f32 [9, 24] \"q\"\n"
    "%%4 = weight f32 [9, 12] \"k\"\n"
    "%%5 = weight f32 [9, 12] \"v\"\n"
    "%%6 = embed %%3 %%1 f32 [ROWS, 24]\n"
    "%%7 = embed %%4 %%1 f32 [ROWS, 12]\n"
    "%%8 = embed %%5 %%1 f32 [ROWS, 12]\n"
    "%%9 = reshape %%6 f32 [ROWS, 4, 6]\n"
    "%%10 = reshape %%7 f32 [ROWS, 2, 6]\n"
    "%%11 = reshape %%8 f32 [ROWS, 2, 6]\n"
    "%%12 = state f32 [BATCH, 16, 2, 6] role=key \"past_k_0\"\n"
    "%%13 = state f32 [BATCH, 16, 2, 6] role=value \"past_v_0\"\n"
    "%%14 = kv_append %%12 %%10 %%2 f32 [BATCH, 16, 2, 6]\n"
    "%%15 = kv_append %%13 %%11 %%2 f32 [BATCH, 16, 2, 6]\n"
    "%%16 = attention %%9 %%14 %%15 %%2 f32 [ROWS, 24] heads=4 kv_heads=2 head_dim=6 scale=0.75 "
    "mask=%s window=%u softcap=%g\n"
    "output \"out\" %%16\n"
    "output \"past_k_0\" %%14\n"
    "output \"past_v_0\" %%15\n";

struct setting {
    const char *mask;
    uint32_t window;
    double softcap;
};

/* One row and head, from the definition: softmax over the keys that it sees, times their values. */
static void attend(const struct setting *c, const float *q, const float *k, const float *v,
                   const int32_t *history, uint32_t keys, uint32_t row, uint32_t head, float *out)
{
    double sums[HEAD_DIM] = {0}, total = 0;

    for (uint32_t key = 0; key < keys; key++) {
        bool causal = strcmp(c->mask, "causal") == 0;
        if ((causal && key > row) || (c->window != 0 && key + c->window <= row))
            continue;
        double score = 0;
        uint32_t at = (uint32_t)history[key] * 12 + head / 2 * HEAD_DIM;
        for (uint32_t i = 0; i < HEAD_DIM; i++)
            score += 0.75 * q[(uint32_t)history[row] * 24 + head * HEAD_DIM + i] * k[at + i];
        double part = exp(c->softcap == 0 ? score : c->softcap * tanh(score / c->softcap));
        total += part;
        for (uint32_t i = 0; i < HEAD_DIM; i++)
            sums[i] += part * v[at + i];
    }
    for (uint32_t i = 0; i < HEAD_DIM; i++)
        out[i] = (float)(sums[i] / total);
}

/* Two sequences at once, first 5 tokens each, then 2 more: the states carry on. */
static void check_attention(const struct setting *c)
{
    static const int32_t history[2][7] = {{1, 5, 2, 8, 0, 3, 3}, {7, 7, 4, 1, 6, 2, 0}};
    static const uint32_t first[] = {0, 5}, count[] = {5, 2};
    const float *q = noise(VOCABULARY * 24, 1), *k = noise(VOCABULARY * 12, 2);
    const float *v = noise(VOCABULARY * 12, 3);
    char text[2048];

    snprintf(text, sizeof text, attention_text, c->mask, c->window, c->softcap);
    open(text, (const char *[]){"q", "k", "v", NULL}, (const float *[]){q, k, v});
    for (uint32_t run = 0; run < 2; run++) {
        int32_t tokens[10], positions[10];
        for (uint32_t i = 0; i < 2 * count[run]; i++) {
            uint32_t at = first[run] + i % count[run];
            tokens[i] = history[i / count[run]][at];
            positions[i] = (int32_t)at;
        }
        set_sizes(2, count[run], first[run]);
        hir_eval_role(&eval, INPUT_tokens, tokens);
        hir_eval_role(&eval, INPUT_positions, positions);
        hir_eval_run(&eval);
        const float *found = hir_eval_value(&eval, "out");
        for (uint32_t i = 0; i < 2 * count[run]; i++)
            for (uint32_t head = 0; head < HEADS; head++) {
                float expected[HEAD_DIM];
                attend(c, q, k, v, history[i / count[run]], first[run] + count[run],
                       (uint32_t)positions[i], head, expected);
                expect_close("attention", found + i * 24 + head * HEAD_DIM, expected, 1, HEAD_DIM,
                             2e-7, 0);
            }
    }
    /* The keys of the second sequence, as they were given. */
    const float *state = hir_eval_value(&eval, "past_k_0");
    for (uint32_t at = 0; at < 7; at++)
        expect_equal_bits("past_k_0", state + (CONTEXT + at) * 12, k + history[1][at] * 12, 1, 12);
    shut();
}

static void test_attention(void **state)
{
    static const struct setting cases[] = {
        {"causal", 0, 0}, {"causal", 3, 0},   {"causal", 1, 0},
        {"causal", 0, 2}, {"causal", 4, 0.5}, {"none", 0, 0},
    };

    (void)state;
    for (uint32_t i = 0; i < countof(cases); i++)
        check_attention(&cases[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_products_and_norms), cmocka_unit_test(test_rows_and_kept_values),
        cmocka_unit_test(test_interleave),         cmocka_unit_test(test_gated_matmul_is_its_parts),
        cmocka_unit_test(test_rope_tables),        cmocka_unit_test(test_rope_pairings),
        cmocka_unit_test(test_attention),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
