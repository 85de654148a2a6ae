/* The text form of graphs: printed text reads back as the same graph, and errors name their
 * place. */
#include "compiler/hir/hir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static struct arena arena;
static uint64_t random_state;

/* xorshift64* (Vigna 2016). */
static uint32_t random_below(uint32_t end)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (uint32_t)((random_state * 0x2545f4914f6cdd1d) >> 33) % end;
}

static double random_number(void)
{
    static const double some[] = {0, -0.0, 1, 1e-5, 0.1, 1e-300, 1.7976931348623157e308, 3};
    uint32_t pick = random_below(16);

    return pick < countof(some) ? some[pick] : (double)random_below(1000000) / 7 - 50000;
}

/* ---- random graphs ---- */

enum { WIDTH = 64, HEADS = 4, HEAD_DIM = 16 };

struct pool { /* what has been made so far, by shape */
    hir_id flat[200], heads[200];
    uint32_t flat_count, head_count;
    hir_id tokens, positions, square, table, k, v;
};

static shape_id shape_of(struct hir_graph *g, dim_id a, int64_t b, int64_t c)
{
    dim_id dims[] = {a, dim_const(&g->dims, b), c == 0 ? 0 : dim_const(&g->dims, c)};
    return hir_shape(g, c == 0 ? 2 : 3, dims);
}

static void start(struct hir_graph *g, struct pool *p)
{
    dim_id rows = dim_symbol(&g->dims, SYMBOL_ROWS);
    dim_id state[] = {dim_symbol(&g->dims, SYMBOL_BATCH), dim_const(&g->dims, 32),
                      dim_const(&g->dims, HEADS), dim_const(&g->dims, HEAD_DIM)};
    struct hir_attr table = {.table = {.theta = 500000,
                                       .factor = 8,
                                       .low = 1,
                                       .high = 4,
                                       .scaling = random_below(2) * 2,
                                       .original_context = 8192}};
    struct hir_attr layout = {.weight = {.layout = LAYOUT_q8_0_r16 * random_below(2)}};
    dim_id table_dims[] = {dim_const(&g->dims, 32), dim_const(&g->dims, HEAD_DIM)};

    *p = (struct pool){0};
    dim_bound(&g->dims, SYMBOL_SEQ, 1, 1 + random_below(512));
    p->tokens = hir_declare(g, HIR_input, DTYPE_i32, hir_shape(g, 1, &rows), "tokens",
                            &(const struct hir_attr){.input = {INPUT_tokens}}, NULL, 0);
    p->positions = hir_declare(g, HIR_input, DTYPE_i32, hir_shape(g, 1, &rows), "positions",
                               &(const struct hir_attr){.input = {INPUT_positions}}, NULL, 0);
    p->square =
        hir_declare(g, HIR_weight, DTYPE_q8_0, shape_of(g, dim_const(&g->dims, WIDTH), WIDTH, 0),
                    "odd \"name\" \\ \x01\xc3\xa9", &layout, NULL, 0);
    p->table = hir_declare(g, HIR_rope_table, DTYPE_f32, hir_shape(g, 2, table_dims), NULL, &table,
                           NULL, 0);
    p->k = hir_declare(g, HIR_state, DTYPE_f32, hir_shape(g, 4, state), "past_k_0",
                       &(const struct hir_attr){.state = {.role = STATE_ROLE_key}}, NULL, 0);
    p->v = hir_declare(g, HIR_state, DTYPE_f32, hir_shape(g, 4, state), "past_v_0",
                       &(const struct hir_attr){.state = {.role = STATE_ROLE_value}}, NULL, 0);
    p->flat[p->flat_count++] = hir_add2(g, HIR_embed, p->square, p->tokens);
}

/* A formula of `count` operands, of which it reads all. */
static struct scalar_code random_code(uint32_t count)
{
    struct scalar_code code = {0};

    for (uint32_t i = 0; i < count; i++) {
        code.code[code.bytes++] = (uint8_t)(S_X + i);
        if (random_below(3) == 0)
            code.code[code.bytes++] = (uint8_t)(S_NEG + random_below(S_ADD - S_NEG));
        if (i != 0)
            code.code[code.bytes++] = (uint8_t)(S_ADD + random_below(S_MIN - S_ADD + 1));
    }
    scalar_put_number(&code, (float)random_below(1000) / 7);
    code.code[code.bytes++] = S_MUL;
    return code;
}

/* The ops of the late form. */
static hir_id add_late(struct hir_graph *g, struct pool *p, hir_id x)
{
    struct hir_attr attr = {0};
    uint32_t extra = random_below(3);
    hir_id operands[4] = {x, p->square, x, p->flat[random_below(p->flat_count)]};

    switch (random_below(4)) {
    case 0:
        attr.quant.act = random_below(ACT_COUNT);
        attr.quant.bias = act_is_integer((enum act)attr.quant.act) ? 1 + random_below(255) : 0;
        attr.quant.tile_rows = random_below(9);
        return hir_add(g, HIR_norm_quant, &attr, &x, 1);
    case 1:
        attr.formula.code = random_code(2);
        return hir_add(g, HIR_formula, &attr, operands + 2, 2);
    case 2:
        attr.product.activation = HIR_relu;
        operands[1] = hir_add2(g, HIR_interleave, p->square, p->square);
        break;
    default:
        break;
    }
    bool gated = attr.product.activation != HIR_none;
    if (extra != 0)
        attr.product.code = random_code(extra + 1 + gated);
    attr.product.tile_groups = random_below(256);
    attr.product.staged = random_below(2);
    attr.product.row_tile = random_below(256);
    return hir_add(g, gated ? HIR_gated_matmul : HIR_matmul, &attr, operands, 2 + extra);
}

static hir_id add_flat(struct hir_graph *g, struct pool *p, hir_id x)
{
    static const enum hir_op maps[] = {HIR_neg,  HIR_silu, HIR_gelu_tanh,
                                       HIR_relu, HIR_add,  HIR_div};
    enum hir_op op = maps[random_below(countof(maps))];
    struct hir_attr silu = {.product = {.activation = HIR_silu}};

    switch (random_below(7)) {
    case 5:
    case 6:
        return add_late(g, p, x);
    case 0:
        return hir_add2(g, HIR_matmul, x, p->square);
    case 1:
        return hir_add(g, HIR_gated_matmul, &silu,
                       (hir_id[]){x, hir_add2(g, HIR_interleave, p->square, p->square)}, 2);
    case 2:
        return hir_add2(g, HIR_mul, x, hir_number(g, random_number()));
    case 3:
        return hir_add2(g, HIR_sub, x, hir_add1(g, HIR_mean, x));
    default:
        return hir_op_info[op].max == 1 ? hir_add1(g, op, x)
                                        : hir_add2(g, op, x, p->flat[random_below(p->flat_count)]);
    }
}

static void add_heads(struct hir_graph *g, struct pool *p, hir_id x)
{
    dim_id rows = dim_symbol(&g->dims, SYMBOL_ROWS);
    struct hir_attr rope = {
        .rope = {.n_rot = HEAD_DIM, .interleaved = random_below(2), .epsilon = 1e-6}};
    struct hir_attr attention = {.attention = {.scale = random_number(),
                                               .softcap = random_below(2) * 30.0,
                                               .heads = HEADS,
                                               .kv_heads = HEADS,
                                               .head_dim = HEAD_DIM,
                                               .mask = MASK_causal,
                                               .window = random_below(2) * 7,
                                               .act = random_below(2),
                                               .tile_rows = random_below(3),
                                               .chunk = 64 * random_below(5)}};
    hir_id heads = hir_declare(g, HIR_reshape, DTYPE_f32, shape_of(g, rows, HEADS, HEAD_DIM),
                               "heads", NULL, &x, 1);

    hir_id q;
    if (random_below(2) == 0) {
        rope.rope.epsilon = 0;
        q = hir_add(g, HIR_kv_write, &rope,
                    (hir_id[]){p->k, p->v, heads, heads, heads, p->positions, p->table}, 7);
        p->k = hir_add(g, HIR_written, &(struct hir_attr){.written = {WRITTEN_key}}, &q, 1);
        p->v = hir_add(g, HIR_written, &(struct hir_attr){.written = {WRITTEN_value}}, &q, 1);
    } else {
        q = hir_add(g, HIR_rope, &rope, (hir_id[]){heads, p->table, p->positions}, 3);
        p->k = hir_add(g, HIR_kv_append, NULL, (hir_id[]){p->k, q, p->positions}, 3);
        p->v = hir_add(g, HIR_kv_append, NULL, (hir_id[]){p->v, heads, p->positions}, 3);
    }
    hir_id y = hir_add(g, HIR_attention, &attention, (hir_id[]){q, p->k, p->v, p->positions}, 4);
    p->flat[p->flat_count++] = y;
}

static void random_graph(struct hir_graph *g, struct strings *s, uint64_t seed)
{
    struct pool p;
    bool attends = false;

    random_state = seed;
    hir_init(g, &arena, s, seed % 2 == 0 ? "llama" : "");
    start(g, &p);
    for (uint32_t i = 0, end = random_below(60); i < end; i++) {
        hir_id x = p.flat[random_below(p.flat_count)];
        if (!attends && random_below(10) == 0) {
            add_heads(g, &p, x);
            attends = true;
            continue;
        }
        x = add_flat(g, &p, x);
        p.flat[p.flat_count++] = x;
        if (random_below(3) == 0)
            hir_name(g, x, "value.%u", i);
    }
    hir_output(g, "logits", p.flat[p.flat_count - 1], OUTPUT_logits);
    if (attends) {
        hir_output(g, "past_k_0", p.k, OUTPUT_state);
        hir_output(g, "past_v_0", p.v, OUTPUT_state);
    }
}

static void check_same(const struct hir_graph *a, const struct hir_graph *b)
{
    assert_int_equal(a->node_count, b->node_count);
    for (hir_id id = 1; id < a->node_count; id++) {
        assert_int_equal(hir_at(a, id)->op, hir_at(b, id)->op);
        assert_int_equal(hir_at(a, id)->dtype, hir_at(b, id)->dtype);
        assert_int_equal(hir_at(a, id)->operand_count, hir_at(b, id)->operand_count);
        for (uint32_t i = 0; i < hir_at(a, id)->operand_count; i++)
            assert_int_equal(hir_operand(a, id, i), hir_operand(b, id, i));
        if (hir_op_info[hir_at(a, id)->op].attr != ATTR_slice) /* holds an id of a size */
            assert_memory_equal(hir_attr(a, id), hir_attr(b, id), sizeof(struct hir_attr));
        assert_string_equal(str_text(a->strings, hir_at(a, id)->name),
                            str_text(b->strings, hir_at(b, id)->name));
    }
    assert_int_equal(a->output_count, b->output_count);
}

static void test_random_graphs_read_back(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        struct strings strings;
        struct hir_graph g, copy;
        struct text first = {.arena = &arena}, second = {.arena = &arena};
        struct diags diags = {.arena = &arena};

        strings_init(&strings, &arena);
        random_graph(&g, &strings, seed);
        hir_text(&g, &first);
        hir_init(&copy, &arena, &strings, "");
        if (!hir_parse(&copy, "graph", first.data, first.bytes, &diags) ||
            !hir_verify(&copy, &diags)) {
            diags_print(&diags, stderr);
            fputs(first.data, stderr);
        }
        assert_int_equal(diags.error_count, 0);
        hir_text(&copy, &second);
        assert_string_equal(first.data, second.data);
        check_same(&g, &copy);
        arena_free(&arena);
    }
}

/* ---- what is printed, what is refused ---- */

static bool parse(struct hir_graph *g, const char *text, struct diags *diags)
{
    static struct strings strings;

    strings_init(&strings, &arena);
    hir_init(g, &arena, &strings, "");
    *diags = (struct diags){.arena = &arena};
    return hir_parse(g, "a.hir", text, strlen(text), diags);
}

static void test_printed_form(void **state)
{
    static const char source[] =
        "# sizes in any form, attributes and name in any order, numbers with gaps\n"
        "graph \"tiny\" (PAST_SEQ in 0..7, SEQ in 1..8)\r\n"
        "\n"
        "%3 = input i32 [(SEQ * BATCH)] role=tokens \"tokens\" # trailing\n"
        "%7 = weight q8_0 [(10+22),64] \"w\" layout=q8_0_r16\n"
        "%8 = embed %7 %3 f32 [ROWS, 64]\n"
        "%20 = slice %8 f32 [ROWS, 16] start=0 \"part\" axis=1\n"
        "output \"logits\" %20 role=logits\n";
    static const char printed[] =
        "graph \"tiny\" (SEQ in 1..8, PAST_SEQ in 0..7)\n"
        "  %1 = input                        i32 [ROWS]                role=tokens \"tokens\"\n"
        "  %2 = weight                       q8_0 [32, 64]             layout=q8_0_r16 \"w\"\n"
        "  %3 = embed %2 %1                  f32 [ROWS, 64]\n"
        "  %4 = slice %3                     f32 [ROWS, 16]            axis=1 start=0 \"part\"\n"
        "  output \"logits\" %4 role=logits\n";
    struct hir_graph g;
    struct diags diags;
    struct text text = {.arena = &arena};

    (void)state;
    assert_true(parse(&g, source, &diags));
    hir_text(&g, &text);
    assert_string_equal(text.data, printed);
    arena_free(&arena);
}

#define HEAD                                         \
    "graph \"t\"\n"                                  \
    "%1 = input i32 [ROWS] role=tokens \"tokens\"\n" \
    "%2 = weight f32 [10, 64] \"w\"\n"               \
    "%3 = embed %2 %1 f32 [ROWS, 64]\n"

static void test_errors(void **state)
{
    static const struct {
        const char *text;
        uint32_t line, column;
        const char *message;
    } table[] = {
        {"", 1, 1, "expected 'graph', found the end of the file"},
        {"module \"x\"\n", 1, 1, "expected 'graph', found 'module'"},
        {"graph x", 1, 7, "expected a name in quotes, found 'x'"},
        {"graph \"x", 1, 7, "expected a closing quote on the same line"},
        {"graph \"\\q\"", 1, 8, "expected a printable character or \\\", \\\\ or \\xHH"},
        {"graph \"x\" (SEQ in 9..8)", 1, 23, "expected a range, found 9..8"},
        {"graph \"x\" (8 in 1..8)", 1, 12, "expected the name of a symbol, found '8'"},
        {"graph \"x\" (A in 1..2, B in 1..2, C in 1..2, D in 1..2, E in 1..2, F in 1..2, G in 1..2, "
         "H in 1..2, I in 1..2, J in 1..2, K in 1..2)",
         1, 122, "expected at most 10 symbols of the graph's own"},
        {"graph \"x\" (HEIGHT in 1..8)\n%1 = input i32 [WIDTH] \"tokens\"", 2, 17,
         "expected a symbol (BATCH, SEQ, ROWS, PAST_SEQ, OUT_ROWS, KEYS, or one that the first line "
         "declares), found 'WIDTH'"},
        {HEAD "nonsense", 5, 1, "expected '%', 'entry', 'output' or a comment, found 'nonsense'"},
        {HEAD "%3 = neg %3 f32 [ROWS, 64]", 5, 1, "expected a number above 3, found 3"},
        {HEAD "%4 = negate %3 f32 [ROWS, 64]", 5, 6, "expected an op, found 'negate'"},
        {HEAD "%4 = neg %9 f32 [ROWS, 64]", 5, 10, "expected a node that stands before, found %9"},
        {HEAD "%4 = neg %4 f32 [ROWS, 64]", 5, 10, "expected a node that stands before, found %4"},
        {HEAD "%4 = neg f32 [ROWS, 64]", 5, 6, "neg: expected 1 operand, found 0"},
        {HEAD "%4 = neg %3 f33 [ROWS, 64]", 5, 13, "expected a type, found 'f33'"},
        {HEAD "%4 = neg %3 f32 [ROWS, 65]", 5, 6,
         "neg: expected f32 [ROWS, 64], found f32 [ROWS, 65]"},
        {HEAD "%4 = neg %3 f32 [ROWS, 64", 5, 26, "expected ']', found the end of the file"},
        {HEAD "%4 = neg %3 f32 [1, 2, 3, 4, 5, 6]", 5, 33, "expected at most 5 axes"},
        {HEAD "%4 = neg %3 f32 [(ROWS % 1), 64]", 5, 24,
         "expected '+', '-', '*' or '/', found '%'"},
        {HEAD "%4 = neg %3 f32 [(ROWS - 2), 64]", 5, 18, "expected a size that is 0 or above"},
        {HEAD "%4 = neg %3 f32 [(ROWS - SEQ), 64]", 5, 26, "expected a number, found 'SEQ'"},
        {HEAD "%4 = neg %3 f32 [(ROWS / 0), 64]", 5, 26, "expected a divisor above 0, found 0"},
        {HEAD "%4 = neg %3 f32 [9999999999999, 64]", 5, 18,
         "expected a number of at most 1099511627776, found '9999999999999'"},
        {HEAD "%4 = neg %3 %3 f32 [ROWS, 64]", 5, 6, "neg: expected 1 operand, found 2"},
        {HEAD "%4 = neg %3 f32 [ROWS, 64] value=3", 5, 28,
         "expected an attribute of neg or a name in quotes, found 'value'"},
        {HEAD "%4 = number f32 []", 5, 19, "expected value="},
        {HEAD "%4 = number f32 [] value=nan", 5, 26,
         "expected a finite decimal number, found 'nan'"},
        {HEAD "%4 = number f32 [] value=1e999", 5, 26,
         "expected a finite decimal number, found '1e999'"},
        {HEAD "%4 = number f32 [] value=1 value=2", 5, 28,
         "expected a further attribute of number or a name in quotes, found 'value'"},
        {HEAD "%4 = weight f32 [8, 8] layout=q9 \"w\"", 5, 31,
         "layout: expected a known name, found 'q9'"},
        {HEAD "%4 = weight f32 [8, 8] layout=q8_0_r16 \"w\"", 5, 6,
         "weight: layout: expected one of the weight's own type"},
        {HEAD "%4 = weight q8_0 [8, 8] \"w\"", 5, 6,
         "weight: q8_0: expected rows of a multiple of 32 elements, found [8, 8]"},
        {HEAD "%4 = reshape %3 f32 [ROWS, 4, 17]", 5, 6,
         "reshape: expected as many elements as [ROWS, 64], found [ROWS, 4, 17]"},
        {HEAD "%4 = slice %3 f32 [ROWS, 60] axis=1 start=5", 5, 6,
         "slice: expected a range inside [ROWS, 64], found [ROWS, 60]"},
        {HEAD "%4 = matmul %3 %1 f32 [ROWS, 10]", 5, 6,
         "matmul: operand 2: expected numbers, found i32"},
        {HEAD "output \"logits\" %8 role=logits", 5, 17,
         "expected a node that stands before, found %8"},
        {HEAD "output \"logits\" %3 %3", 5, 20, "expected 'role', found '%'"},
        {HEAD "output \"logits\" %3 role=logits %3", 5, 32,
         "expected the end of the line, found '%'"},
        {HEAD "output \"logits\" %3 role=tokens", 5, 25,
         "expected 'data' or 'logits', found 'tokens'"},
        {HEAD "output \"y\" %3\nentry \"main\"", 6, 13,
         "expected an entry before the first output"},
        {HEAD "entry \"a\"\nentry \"b\"", 6, 10, "expected outputs of the entry before"},
    };
    struct hir_graph g;
    struct diags diags;

    (void)state;
    for (uint32_t i = 0; i < countof(table); i++) {
        assert_false(parse(&g, table[i].text, &diags));
        assert_string_equal(diags.first->text, table[i].message);
        assert_int_equal(diags.first->place.line, table[i].line);
        assert_int_equal(diags.first->place.column, table[i].column);
        assert_string_equal(diags.first->place.file, "a.hir");
        assert_int_equal(diags.error_count, 1);
        arena_free(&arena);
    }
}

/* Each mistake is told once: readers of a wrong line are passed over. */
static void test_all_errors_are_told(void **state)
{
    struct hir_graph g;
    struct diags diags;

    (void)state;
    assert_false(parse(&g,
                       HEAD "%4 = neg %3 f32 [ROWS, 1]\n"
                            "%5 = exp %4 f32 [ROWS, 1]\n"
                            "%6 = tanh %5 f32 [ROWS, 1]\n"
                            "%7 = frobnicate %3 f32 [ROWS, 64]\n"
                            "output \"logits\" %6 role=logits\n",
                       &diags));
    assert_int_equal(diags.error_count, 2);
    assert_int_equal(diags.first->place.line, 5);
    assert_int_equal(diags.last->place.line, 8);
    arena_free(&arena);
}

static void test_nesting_is_bounded(void **state)
{
    struct text text = {.arena = &arena};
    struct hir_graph g;
    struct diags diags;

    (void)state;
    text_add(&text, "graph \"t\"\n%%1 = input i32 [");
    for (uint32_t i = 0; i < 100000; i++)
        text_add(&text, "(");
    assert_false(parse(&g, text.data, &diags));
    assert_string_equal(diags.first->text, "a size is nested too deeply");
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_graphs_read_back),
        cmocka_unit_test(test_printed_form),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_all_errors_are_told),
        cmocka_unit_test(test_nesting_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
