/* The text form of programs: printed text parses to the same program, and prints the same again.
 * Text that is not a program is refused with its line. The verifier finds what parses but is
 * wrong. */
#include "tests/support/compare.h"
#include "tests/support/lir_models.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct recipe base = {SAMPLE_SIZES, .dtype = DTYPE_q8_0, .qk_norm = true, .bias = true,
                                   .window = 9};

static void same_programs(const struct lir_program *a, const struct lir_program *b)
{
    assert_int_equal(a->step_count, b->step_count);
    assert_int_equal(a->buffer_count, b->buffer_count);
    assert_int_equal(a->arg_count, b->arg_count);
    assert_int_equal(a->lm_head_step, b->lm_head_step);
    assert_memory_equal(a->upper, b->upper, sizeof a->upper);
    assert_memory_equal(a->home_bytes, b->home_bytes, sizeof a->home_bytes);
    assert_memory_equal(a->args, b->args, a->arg_count * sizeof *a->args);
    assert_true(variant_key(&a->variant) == variant_key(&b->variant));
    assert_int_equal(a->io_count, b->io_count);
    for (uint32_t i = 0; i < a->io_count; i++) {
        struct lir_io x = a->io[i], y = b->io[i];
        assert_string_equal(str_text(a->strings, x.name), str_text(b->strings, y.name));
        x.name = y.name = 0;
        assert_memory_equal(&x, &y, sizeof x);
    }
    for (uint32_t i = 0; i < a->step_count; i++) {
        const struct lir_step *x = &a->steps[i], *y = &b->steps[i];
        assert_true(lir_kernel_equal(&a->kernels->all[x->kernel], &b->kernels->all[y->kernel]));
        assert_true(x->first_arg == y->first_arg && x->flags == y->flags && x->tiles == y->tiles);
        assert_true(x->tile_unit == y->tile_unit && x->tile_symbol == y->tile_symbol);
        assert_memory_equal(&x->values, &y->values, sizeof x->values);
        assert_string_equal(str_text(a->strings, x->name), str_text(b->strings, y->name));
    }
    for (buf_id i = 1; i < a->buffer_count; i++) {
        const struct lir_buffer *x = &a->buffers[i], *y = &b->buffers[i];
        assert_true(x->home == y->home && x->is_view == y->is_view && x->inside == y->inside);
        assert_true(x->bytes == y->bytes && x->offset == y->offset && x->first == y->first &&
                    x->last == y->last);
        assert_true(x->source == y->source);
        assert_string_equal(str_text(a->strings, x->name), str_text(b->strings, y->name));
    }
}

static void round_trip(struct recipe recipe, struct variant v, struct numerics numerics)
{
    struct sample_model m;
    struct lir_program p, again;

    sample_make(&m, &recipe, 3);
    struct lir_kernels kernels = {.arena = &m.arena}, other = {.arena = &m.arena};
    struct text first = {.arena = &m.arena}, second = {.arena = &m.arena};
    assert_true(sample_lower(&m, v, numerics, 1, &kernels, &p));
    sample_pack(&m, &p);
    lir_text(&p, &first);
    struct strings strings;
    strings_init(&strings, &m.arena);
    if (!lir_parse(&again, &other, &m.arena, &strings, "x.lir", first.data, first.bytes,
                   &m.diags) ||
        !lir_verify(&again, &m.diags)) {
        diags_print(&m.diags, stderr);
        fail();
    }
    lir_text(&again, &second);
    assert_string_equal(first.data, second.data);
    same_programs(&p, &again);
    arena_free(&m.arena);
}

static void what_prints_parses(void **state)
{
    static const enum dtype dtype[] = {DTYPE_f32,  DTYPE_f16,  DTYPE_bf16, DTYPE_q8_0,
                                       DTYPE_q4_0, DTYPE_q4_1, DTYPE_q5_0, DTYPE_q5_1};
    struct numerics numerics = {ACTIVATIONS_auto, DTYPE_f16};
    struct recipe r = base;

    (void)state;
    for (uint32_t i = 0; i < countof(dtype); i++) {
        r.dtype = dtype[i];
        r.plain_mlp = r.interleaved = i % 2 != 0;
        round_trip(r, variant_decode(1, 20, 1), numerics);
        round_trip(r, variant_decode(1, 0, 8), numerics);
        round_trip(r, variant_with_extra(variant_prefill(1, 64), 5, 7), numerics);
    }
    r.early_rows = r.plain_qkv = true;
    numerics.kv = DTYPE_f32;
    round_trip(r, variant_prefill(1, 32), numerics);
}

/* ---- by hand ---- */

/* One rms step and one product; `%s` marks places that cases replace. */
static const char program[] =
    "program \"a \\\"name\\\" \\x01\"\n"
    "  variant phase=decode batch=1 seq=1 past=7\n"
    "  upper BATCH=1 SEQ=1 ROWS=1 PAST_SEQ=64\n"
    "  homes scratch=512 thread=512 input=320 output=320\n"
    "  kernel k0 embed rows_symbol=ROWS layout=f32_r16 n=16 k=16 (tokens, weight) -> (out:16)\n"
    "  kernel k1 norm_quant rows_symbol=ROWS act=f32 k=16 tile_rows=1 epsilon=9.99999975e-06 "
    "(x:16, weight) -> (out)\n"
    "  kernel k2 matmul rows_symbol=ROWS layout=f32_r16 act=f32 n=16 k=16 tile_groups=1 "
    "tile_rows=1 code=[x0 x1 add 0.5 mul] (x, weight, operand:16) -> (out:16)\n"
    "  buffer b1 input 4 @0 live 0..1 \"tokens\"\n"
    "  buffer b2 weight 1024 @0 live 0..1 source=3\n"
    "  buffer b3 weight 64 @1024 live 0..1 source=4 \"norm\"\n"
    "  buffer b4 scratch 64 @0 live 0..1 \"x\"\n"
    "  buffer b5 thread 64 @0 live 1..2 \"y\"\n"
    "  buffer b6 output 64 @0 live 0..1 \"logits\"\n"
    "  io input tokens \"tokens\" i32 [ROWS] b1:1\n"
    "  io output logits \"logits\" f32 [ROWS, 16] b6:16\n"
    "  step \"embed\" k0 (tokens=b1, weight=b2) -> (out=b4) tiles=1*ROWS/1\n"
    "  step \"norm\" k1 (x=b4, weight=b3) -> (out=b5) tiles=1*ROWS/1 barrier replicated\n"
    "  step \"head\" k2 (x=b5, weight=b2, operand=b4) -> (out=b6) tiles=1\n";

static bool parse(struct arena *a, const char *text, struct lir_program *p,
                  struct lir_kernels *kernels, struct diags *d)
{
    struct strings *strings = arena_new(a, struct strings, 1);

    *kernels = (struct lir_kernels){.arena = a};
    *d = (struct diags){.arena = a};
    strings_init(strings, a);
    return lir_parse(p, kernels, a, strings, "x.lir", text, strlen(text), d);
}

static void a_program_by_hand(void **state)
{
    struct arena a = {0};
    struct lir_program p;
    struct lir_kernels kernels;
    struct diags d;
    struct text out = {.arena = &a};

    (void)state;
    if (!parse(&a, program, &p, &kernels, &d) || !lir_verify(&p, &d)) {
        diags_print(&d, stderr);
        fail();
    }
    assert_string_equal(p.name, "a \"name\" \x01");
    assert_int_equal(kernels.count, 3);
    assert_int_equal(kernels.all[2].matmul.code.bytes, 6);
    assert_int_equal(p.lm_head_step, 3);
    assert_true(kernels.all[1].norm_quant.epsilon == 1e-5f);
    lir_text(&p, &out);
    assert_string_equal(out.data, program);

    /* and it computes (x / sqrt(mean x^2 + eps) * norm) W' + x, halved */
    static float weight[272], scratch[128], thread[128], logits[80];
    int32_t tokens[80] = {2};
    for (uint32_t i = 0; i < 16; i++) {
        weight[i * 16 + 2] = i == 1   ? 3.0f
                             : i == 3 ? 4.0f
                                      : 0; /* row 2: 3 at column 1, 4 at column 3 */
        weight[256 + i] = 1;
    }
    struct lir_eval e = {.program = &p, .dims = {1, 1, 1, 7}};
    e.home[HOME_weight] = (uint8_t *)weight;
    e.home[HOME_scratch] = (uint8_t *)scratch;
    e.home[HOME_thread] = (uint8_t *)thread;
    e.home[HOME_input] = (uint8_t *)tokens;
    e.home[HOME_output] = (uint8_t *)logits;
    lir_eval_steps(&e, 0, p.step_count);
    /* mean of squares 25 / 16; only row 2 of W is not zero: (3 * 3 + 4 * 4) / sqrt(25 / 16) = 20 */
    expect_close("logits", logits, ((const float[]){0, 1.5f, 10, 2}), 1, 4, 0, 1e-4);
    arena_free(&a);
}

/* A program with one passage replaced. */
static const char *changed_in(struct arena *a, const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);

    assert_non_null(at);
    return arena_printf(a, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

static const char *changed(struct arena *a, const char *from, const char *to)
{
    return changed_in(a, program, from, to);
}

static void refused_text(const char *from, const char *to, uint32_t line, uint32_t column,
                         const char *why)
{
    struct arena a = {0};
    struct lir_program p;
    struct lir_kernels kernels;
    struct diags d;

    assert_false(parse(&a, changed(&a, from, to), &p, &kernels, &d));
    const struct place *place = &d.first->place;
    if (place->line != line || place->column != column || strstr(d.first->text, why) == NULL)
        fail_msg("'%s': line %u, column %u: %s", to, place->line, place->column, d.first->text);
    if (d.error_count != 1)
        fail_msg("'%s': %u errors, the second: %s", to, d.error_count, d.first->next->text);
    arena_free(&a);
}

/* One mistake, one error, at its place. */
static void what_is_no_program_is_refused(void **state)
{
    (void)state;
    refused_text("program \"a", "graph \"a", 1, 1, "'program', found 'graph'");
    refused_text("phase=decode", "phase=sleep", 2, 17, "a phase, found 'sleep'");
    refused_text("batch=1", "batch=-1", 2, 30, "a number, found '-'");
    refused_text("  upper", "  uper", 3, 3, "'upper', found 'uper'");
    refused_text("  upper BATCH=1 SEQ=1 ROWS=1 PAST_SEQ=64\n", "", 3, 3, "'upper', found 'homes'");
    refused_text("ROWS=1", "ROWS=99999999999", 3, 28, "at most 2147483647");
    refused_text("kernel k0 embed", "kernel k1 embed", 5, 10, "expected k0, since");
    refused_text("k0 embed", "k0 bed", 5, 13, "a kind of kernel, found 'bed'");
    refused_text("layout=f32_r16", "layout=f33", 5, 43, "a word for layout, found 'f33'");
    refused_text("n=16 k=16 (tokens", "n=16 act=i8 (tokens", 5, 56, "a field of this kind");
    refused_text("n=16 k=16 (tokens", "n=16 n=16 (tokens", 5, 56, "each field once");
    refused_text("(tokens, weight)", "(tokens, weight, x)", 5, 78, "another input of this kind");
    refused_text("(tokens, weight)", "(tokens, tokens)", 5, 70, "another input of this kind");
    refused_text("(tokens, weight)", "(tokens, out)", 5, 70, "another input of this kind");
    refused_text("-> (out:16)\n  kernel k1", "-> (in:16)\n  kernel k1", 5, 82,
                 "another output of this kind");
    refused_text("(tokens, weight) -> (out:16)", "", 5, 61, "'(', found the end of the line");
    refused_text("epsilon=9", "epsilon=nan", 6, 74, "a finite decimal number");
    refused_text("epsilon=9.99999975e-06", "epsilon=1e-60", 6, 74, "f32 holds");
    refused_text("x0 x1 add", "x0 x8 add", 7, 105, "found 'x8'");
    refused_text("0.5", "c9", 7, 112, "found 'c9'");
    refused_text("  buffer b2 weight", "  buffer b3 weight", 9, 10, "expected b2, since");
    refused_text("b4 scratch", "b4 nowhere", 11, 13, "a home, found 'nowhere'");
    refused_text("k2 (x=b5", "k3 (x=b5", 18, 15, "k3 is not declared");
    refused_text("weight=b2, operand=b4)", "weight=b2)", 18, 34, "the argument 'operand' too");
    refused_text("(x=b5, weight=b2, ", "(x=b5, ", 18, 35, "the argument 'weight' too");
    refused_text("(x=b5, weight=b2, ", "(b5, b2, ", 18, 19, "another input of this kernel");
    refused_text("(x=b5", "(x=b0", 18, 21, "b0 is not declared");
    refused_text("operand=b4)", "operand=b9)", 18, 44, "b9 is not declared");
    refused_text("io input tokens", "io input token", 14, 12, "a role, found 'token'");
    refused_text("io input tokens", "io tokens", 14, 6, "'input', found 'tokens'");
    refused_text("i32 [ROWS]", "q8_0 [ROWS]", 14, 28, "f32 or i32, found 'q8_0'");
    refused_text("[ROWS, 16]", "[ROWS, SIZE]", 15, 40, "a number, found 'SIZE'");
    refused_text("b6:16", "b7:16", 15, 44, "b7 is not declared");
    refused_text("b6:16", "b6", 15, 46, "':', found the end of the line");
    refused_text("b6:16", "b6:16 17", 15, 50, "the end of the line");
    refused_text("tiles=1*ROWS/1", "tiles=1*ROWS/0", 16, 67, "above 0");
    refused_text("tiles=1\n", "tiles=1 scale=2\n", 18, 68, "the end of the line");
    refused_text("\\x01", "\\x00", 1, 21, "a printable character");
}

/* All mistakes are told, each once: what uses a line that failed is not another mistake. */
static void all_mistakes_are_told(void **state)
{
    struct arena a = {0};
    struct lir_program p;
    struct lir_kernels kernels;
    struct diags d;
    const char *text = changed(&a, "k0 embed", "k0 bed");
    static const char *const more[][2] = {{"b4 scratch", "b4 nowhere"},
                                          {"kernel k2 matmul", "kernel k2 mat"},
                                          {"PAST_SEQ=64", "PAST=64"},
                                          {"barrier replicated", "barrier twice"}};

    (void)state;
    for (uint32_t i = 0; i < countof(more); i++) {
        const char *at = strstr(text, more[i][0]);
        assert_non_null(at);
        text = arena_printf(&a, "%.*s%s%s", (int)(at - text), text, more[i][1],
                            at + strlen(more[i][0]));
    }
    assert_false(parse(&a, text, &p, &kernels, &d));
    const uint32_t lines[] = {3, 5, 7, 11, 17};
    const struct diag *diag = d.first;
    assert_int_equal(d.error_count, countof(lines));
    for (uint32_t i = 0; i < countof(lines); i++, diag = diag->next)
        assert_int_equal(diag->place.line, lines[i]);
    arena_free(&a);
}

static void wrong_in(const char *text, const char *from, const char *to, const char *why)
{
    struct arena a = {0};
    struct lir_program p;
    struct lir_kernels kernels;
    struct diags d;
    bool found = false;

    if (!parse(&a, changed_in(&a, text, from, to), &p, &kernels, &d)) {
        diags_print(&d, stderr);
        fail();
    }
    if (lir_verify(&p, &d))
        fail_msg("'%s': expected '%s'", to, why);
    for (const struct diag *i = d.first; i != NULL; i = i->next)
        found = found || strstr(i->text, why) != NULL;
    if (!found)
        fail_msg("'%s': expected '%s', found '%s'", to, why, d.first->text);
    arena_free(&a);
}

static void wrong(const char *from, const char *to, const char *why)
{
    wrong_in(program, from, to, why);
}

static void what_is_wrong_is_found(void **state)
{
    (void)state;
    wrong("layout=f32_r16", "layout=none", "a known layout");
    wrong("tile_groups=1", "tile_groups=0", "tile_groups");
    wrong("layout=f32_r16 act=f32", "layout=f32_r16 act=i8", "multiple of 32");
    wrong("layout=f32_r16 act=f32", "layout=bf16_r32 act=bf16",
          "not packed as this kernel reads it");
    wrong("[x0 x1 add 0.5 mul]", "[x0 x2 add 0.5 mul]", "a formula");
    wrong("[x0 x1 add 0.5 mul]", "[x0 x1 add 0.5]", "a formula");
    wrong("rows_symbol=ROWS act", "rows_symbol=SEQ act", "rows by ROWS, OUT_ROWS");
    wrong("tile_rows=1 epsilon", "tile_rows=0 epsilon", "tile_rows from 1 to 255, found 0");
    wrong("x:16, weight", "x:8, weight", "'x': expected a stride that is a multiple of 16");
    wrong("(tokens, weight)", "(tokens, weight:16)", "'weight' has no rows: expected stride 0");
    wrong("b4 scratch 64", "b4 scratch 32", "at least 64 bytes");
    wrong("b2 weight 1024", "b2 weight 1000", "at least 1024 bytes");
    wrong("b4 scratch 64 @0", "b4 scratch 64 @32", "a multiple of 64");
    wrong("b4 scratch 64 @0", "b4 scratch 64 @512", "leave their home");
    wrong("b3 weight", "b3 scratch", "a home that does not fit");
    wrong(" barrier replicated", " replicated", "barrier");
    wrong(" barrier replicated", " barrier", "a home that does not fit");
    wrong("b4 scratch 64 @0 live 0..1", "b4 scratch 64 @0 live 0..0", "is said to live");
    wrong("-> (out=b6) tiles=1", "-> (out=b6) tiles=2", "expected 1 tiles");
    wrong("b6:16", "b1:16", "a home that does not fit");
    wrong("b6:16", "b6:8", "a stride of at least 16, found 8");
    wrong("[ROWS, 16] b6:16", "[ROWS, 0] b6:16", "rows of 1 to");
    wrong("f32 [ROWS, 16] b6:16", "f32 [ROWS, 17] b6:32", "at least 68 bytes, found 64");
    wrong("i32 [ROWS] b1:1", "i32 [ROWS] b1:2", "a list of i32");
    wrong("-> (out=b6)", "-> (out=b4)", "no step writes this output");
    wrong(
        "  step \"norm\"",
        "  lm_head\n  step \"norm\" k1 (x=b4, weight=b3) -> (out=b5) tiles=1*ROWS/1 replicated\n  step \"norm\"",
        "expected a barrier before it");
}

/* ---- tails ---- */

/* A launch of three steps. */
static const char tailed[] =
    "program \"decode-b1-s1\"\n"
    "  variant phase=decode batch=1 seq=1\n"
    "  upper BATCH=1 SEQ=1 ROWS=1 OUT_ROWS=1\n"
    "  homes scratch=896 input=320 output=512\n"
    "  kernel k0 map rows_symbol=ROWS n=1 code=[0] () -> (out:16)\n"
    "  kernel k1 embed rows_symbol=ROWS layout=f32_r16 n=50 k=64 (tokens, weight) -> (out:64)\n"
    "  kernel k2 tail map rows_symbol=ROWS n=64 columns=2 code=[x0 x1 sub] (operand:64, "
    "operand:16) -> (out:64)\n"
    "  kernel k3 tail mean then k2 rows_symbol=ROWS k=64 (x:64) -> (out:16)\n"
    "  kernel k4 matmul then k3 rows_symbol=ROWS layout=f32_r16 act=f32 n=64 k=64 "
    "tile_groups=1 tile_rows=1 row_tile=1 (x, weight) -> (out:64)\n"
    "  buffer b1 input 4 @0 live 0..1 source=1 \"tokens\"\n"
    "  buffer b2 weight 16384 @0 live 0..1 source=2 \"embedding\"\n"
    "  buffer b3 scratch 256 @0 live 0..1 \"embed\"\n"
    "  buffer b4 weight 16384 @0 live 0..1 source=4 \"up\"\n"
    "  buffer b5 scratch 256 @256 live 1..1 \"x\"\n"
    "  buffer b6 scratch 64 @512 live 1..1 \"mean\"\n"
    "  buffer b7 output 256 @0 live 0..1 \"y\"\n"
    "  buffer b8 scratch 64 @576 live 0..1 \"arrivals\"\n"
    "  view b9 in b8 4 @0 live 0..1 \"arrivals\"\n"
    "  io input tokens \"tokens\" i32 [ROWS] b1:1\n"
    "  io output data \"y\" f32 [ROWS, 64] b7:64\n"
    "  step \"arrivals\" k0 () -> (out=b8) tiles=1*ROWS/1\n"
    "  step \"embed\" k1 (tokens=b1, weight=b2) -> (out=b3) tiles=1*ROWS/1\n"
    "  step \"x\" k4 (x=b3, weight=b4) -> (out=b5) tiles=4*ROWS/1 barrier counter=b9\n"
    "  step \"mean\" k3 (x=b5) -> (out=b6) tiles=1*ROWS/1 tail\n"
    "  step \"y\" k2 (operand=b5, operand=b6) -> (out=b7) tiles=1*ROWS/1 tail\n";

static void tails_are_checked(void **state)
{
    struct arena a = {0};
    struct lir_program p;
    struct lir_kernels kernels;
    struct diags d;
    struct text out = {.arena = &a};

    (void)state;
    assert_true(parse(&a, tailed, &p, &kernels, &d) && lir_verify(&p, &d));
    lir_text(&p, &out);
    assert_string_equal(out.data, tailed);
    assert_int_equal(lir_launch_end(&p, 2), 5);
    assert_int_equal(lir_launches(&p), 3);
    arena_free(&a);
    wrong_in(tailed, "tail\n  step \"y\"", "barrier tail\n  step \"y\"", "it cannot wait");
    wrong_in(tailed, " counter=b9", "", "expected a counter and tails exactly where");
    wrong_in(tailed, " counter=b9", " counter=b3", "expected a counter of its own");
    wrong_in(tailed, " barrier counter=b9", " counter=b9", "expected a counter of its own");
    wrong_in(tailed, "tail\n  step \"y\"", "barrier\n  step \"y\"", "exactly where its kernel");
    wrong_in(tailed, "matmul then k3", "matmul then k2", "to be the one after that before it");
    wrong_in(tailed, "kernel k2 tail map", "kernel k2 map", "to be the one after that before it");
    wrong_in(tailed, "  step \"mean\"", "  lm_head\n  step \"mean\"", "before the lm_head");
    wrong_in(tailed, "  step \"arrivals\" k0 () -> (out=b8) tiles=1*ROWS/1\n", "",
             "expected a counter of its own");
}

/* ---- values of launches ---- */

/* A program for one token with a window, chunks of keys and no cap; `values` of its attention steps
 * change. */
static void wrong_values(struct lir_values values, const char *why)
{
    struct sample_model m;
    struct lir_program p;
    struct recipe r = base;
    bool found = why == NULL;

    r.context = 2048;
    r.window = 512;
    sample_make(&m, &r, 3);
    struct lir_kernels kernels = {.arena = &m.arena};
    assert_true(sample_lower(&m, variant_decode(1, 0, 1), (struct numerics){.kv = DTYPE_f16}, 1,
                             &kernels, &p));
    assert_true(lir_verify(&p, &m.diags));
    for (uint32_t i = 0; i < p.step_count; i++)
        if (kernels.all[p.steps[i].kernel].kind == KERNEL_attention) {
            assert_true(kernels.all[p.steps[i].kernel].attention.windowed);
            assert_int_equal(p.steps[i].values.window, 512);
            assert_int_equal(p.steps[i].tile_unit, 0); /* tiles follow the window */
            p.steps[i].values = values;
        }
    assert_true(lir_verify(&p, &m.diags) == (why == NULL));
    for (const struct diag *i = m.diags.first; i != NULL; i = i->next)
        found = found || strstr(i->text, why) != NULL;
    if (!found)
        fail_msg("expected '%s', found '%s'", why, m.diags.first->text);
    arena_free(&m.arena);
}

static void values_are_checked(void **state)
{
    (void)state;
    wrong_values((struct lir_values){512, 0.25f, 0}, NULL);
    wrong_values((struct lir_values){511, 0.5f, 0}, NULL); /* as many chunks */
    wrong_values((struct lir_values){1000, 0.25f, 0}, "tiles");
    wrong_values((struct lir_values){0, 0.25f, 0}, "tiles");
    wrong_values((struct lir_values){512, NAN, 0}, "expected a finite scale, found nan");
    wrong_values((struct lir_values){512, 0.25f, 30}, "a softcap above 0 exactly where");
    wrong_values((struct lir_values){512, 0.25f, -1}, "a softcap above 0 exactly where");
    wrong_values((struct lir_values){512, 0.25f, INFINITY}, "a softcap above 0 exactly where");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_prints_parses),
        cmocka_unit_test(a_program_by_hand),
        cmocka_unit_test(what_is_no_program_is_refused),
        cmocka_unit_test(all_mistakes_are_told),
        cmocka_unit_test(what_is_wrong_is_found),
        cmocka_unit_test(tails_are_checked),
        cmocka_unit_test(values_are_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
