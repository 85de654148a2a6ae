/* Entries and classes of states, lowered: the same runs in the graph's evaluator and in the evaluator
 * of programs, which share the states of a sequence. One graph has an encoder whose result is kept
 * for a decoder, and in the decoder carried states, a ring, and a state that two layers read; another
 * has sequences of several lengths in one run. */
#include "compiler/hir/hir_eval.h"
#include "compiler/lir/arguments.h"
#include "tests/support/compare.h"
#include "tests/support/lir_models.h"
#include "tests/support/program_io.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char speaking[] =
    "graph \"speaking\" (FRAMES in 4..40, CROSS_KEYS in 1..20)\n"
    "  %1 = input f32 [FRAMES, 8] \"mel\"\n"
    "  %2 = unfold %1 f32 [((FRAMES + 1) / 2), 24] kernel=3 stride=2 pad=1\n"
    "  %3 = weight f32 [12, 24] \"front\"\n"
    "  %4 = matmul %2 %3 f32 [((FRAMES + 1) / 2), 12]\n"
    "  %5 = reshape %4 f32 [((FRAMES + 1) / 2), 2, 6]\n"
    "  %6 = state f32 [BATCH, ((FRAMES + 1) / 2), 2, 6] class=scratch role=key \"k\"\n"
    "  %7 = state f32 [BATCH, ((FRAMES + 1) / 2), 2, 6] class=scratch role=value \"v\"\n"
    "  %8 = kv_append %6 %5 f32 [BATCH, ((FRAMES + 1) / 2), 2, 6]\n"
    "  %9 = kv_append %7 %5 f32 [BATCH, ((FRAMES + 1) / 2), 2, 6]\n"
    "  %10 = attention %5 %8 %9 f32 [((FRAMES + 1) / 2), 12] heads=2 kv_heads=2 head_dim=6 "
    "scale=0.4 mask=none window=0\n"
    "  %11 = reshape %10 f32 [((FRAMES + 1) / 2), 2, 6]\n"
    "  %12 = state f32 [BATCH, 20, 2, 6] class=cross role=key rows=CROSS_KEYS \"cross_k\"\n"
    "  %13 = state f32 [BATCH, 20, 2, 6] class=cross role=value rows=CROSS_KEYS \"cross_v\"\n"
    "  %14 = kv_append %12 %11 f32 [BATCH, 20, 2, 6]\n"
    "  %15 = kv_append %13 %5 f32 [BATCH, 20, 2, 6]\n"
    "  %16 = input i32 [ROWS] role=tokens \"tokens\"\n"
    "  %17 = input i32 [ROWS] role=positions \"positions\"\n"
    "  %18 = weight f32 [9, 12] \"embedding\"\n"
    "  %19 = embed %18 %16 f32 [ROWS, 12]\n"
    "  %20 = state f32 [BATCH, 3, 12] class=carried \"tail\"\n"
    "  %21 = weight f32 [12, 4] \"taps\"\n"
    "  %22 = conv %20 %19 %21 f32 [ROWS, 12]\n"
    "  %23 = written %22 f32 [BATCH, 3, 12] which=state\n"
    "  %24 = sigmoid %22 f32 [ROWS, 12]\n"
    "  %25 = state f32 [BATCH, 1, 12] class=carried layer=1 \"h\"\n"
    "  %26 = scan %25 %24 %22 f32 [ROWS, 12]\n"
    "  %27 = written %26 f32 [BATCH, 1, 12] which=state\n"
    "  %28 = reshape %26 f32 [ROWS, 2, 6]\n"
    "  %29 = attention %28 %12 %13 f32 [ROWS, 12] heads=2 kv_heads=2 head_dim=6 scale=0.4 "
    "mask=none window=0\n"
    "  %30 = state f32 [BATCH, 64, 2, 6] class=ring layer=2 role=key \"ring_k\"\n"
    "  %31 = state f32 [BATCH, 64, 2, 6] class=ring layer=2 role=value \"ring_v\"\n"
    "  %32 = kv_append %30 %28 %17 f32 [BATCH, 64, 2, 6]\n"
    "  %33 = kv_append %31 %28 %17 f32 [BATCH, 64, 2, 6]\n"
    "  %34 = attention %28 %32 %33 %17 f32 [ROWS, 12] heads=2 kv_heads=2 head_dim=6 scale=0.4 "
    "mask=causal window=4\n"
    "  %35 = add %29 %34 f32 [ROWS, 12]\n"
    "  %36 = reshape %35 f32 [ROWS, 2, 6]\n"
    "  %37 = weight f32 [6] \"q_norm\"\n"
    "  %38 = rms_norm %36 %37 f32 [ROWS, 2, 6] epsilon=1e-06\n"
    "  %39 = rope_table f32 [100, 6] theta=10000\n"
    "  %40 = rope %38 %39 %17 f32 [ROWS, 2, 6] n_rot=6\n"
    "  %41 = state f32 [BATCH, 100, 2, 6] layer=3 role=key \"past_k\"\n"
    "  %42 = state f32 [BATCH, 100, 2, 6] layer=3 role=value \"past_v\"\n"
    "  %43 = kv_append %41 %40 %17 f32 [BATCH, 100, 2, 6]\n"
    "  %44 = kv_append %42 %36 %17 f32 [BATCH, 100, 2, 6]\n"
    "  %45 = attention %40 %43 %44 %17 f32 [ROWS, 12] heads=2 kv_heads=2 head_dim=6 scale=0.4 "
    "mask=causal window=0\n"
    "  %46 = reshape %45 f32 [ROWS, 2, 6]\n"
    "  %47 = attention %46 %43 %44 %17 f32 [ROWS, 12] heads=2 kv_heads=2 head_dim=6 scale=0.4 "
    "mask=causal window=0\n"
    "  entry \"encode\"\n"
    "  output \"hidden\" %10\n"
    "  output \"cross_k\" %14\n"
    "  output \"cross_v\" %15\n"
    "  entry \"main\"\n"
    "  output \"logits\" %47 role=logits\n"
    "  output \"stream\" %35\n"
    "  output \"tail\" %23\n"
    "  output \"h\" %27\n"
    "  output \"ring_k\" %32\n"
    "  output \"ring_v\" %33\n"
    "  output \"past_k\" %43\n"
    "  output \"past_v\" %44\n";

static const char pooling[] =
    "graph \"pooling\"\n"
    "  %1 = input i32 [ROWS] role=tokens \"tokens\"\n"
    "  %2 = input i32 [ROWS] role=positions \"positions\"\n"
    "  %3 = weight f32 [9, 32] \"embedding\"\n"
    "  %4 = embed %3 %1 f32 [ROWS, 32]\n"
    "  %5 = reshape %4 f32 [ROWS, 2, 16]\n"
    "  %6 = rope_table f32 [100, 16] theta=10000\n"
    "  %7 = rope %5 %6 %2 f32 [ROWS, 2, 16] n_rot=16\n"
    "  %8 = state f32 [BATCH, ROWS, 2, 16] class=scratch role=key \"k\"\n"
    "  %9 = state f32 [BATCH, ROWS, 2, 16] class=scratch role=value \"v\"\n"
    "  %10 = kv_append %8 %7 f32 [BATCH, ROWS, 2, 16]\n"
    "  %11 = kv_append %9 %5 f32 [BATCH, ROWS, 2, 16]\n"
    "  %12 = attention %7 %10 %11 f32 [ROWS, 32] heads=2 kv_heads=2 head_dim=16 scale=0.3 "
    "mask=none window=0\n"
    "  %13 = input i32 [BATCH] \"first\"\n"
    "  %14 = gather_rows %12 %13 f32 [BATCH, 32]\n"
    "  output \"rows\" %12\n"
    "  output \"pooled\" %14\n";

/* ---- both sides ---- */

enum { ROWS_MAX = 64 };

struct sides {
    struct sample_model model;
    struct hir_eval eval;
    struct lir_kernels kernels;
    uint8_t *state, *carried[2]; /* carried: before and after a run */
    int32_t tokens[ROWS_MAX], positions[ROWS_MAX], rows[ROWS_MAX];
    float mel[ROWS_MAX * 8];
    uint32_t past;
};

static struct sides *open_sides(const char *text, const char *leave_out)
{
    struct sides *s = test_calloc(1, sizeof *s);
    struct sample_model *m = &s->model;

    *m = (struct sample_model){.recipe = {.context = 100, .leave_out = leave_out}, .seed = 77};
    strings_init(&m->strings, &m->arena);
    m->diags.arena = &m->arena;
    hir_init(&m->graph, &m->arena, &m->strings, "");
    if (!hir_parse(&m->graph, "graph", text, strlen(text), &m->diags) ||
        !hir_verify(&m->graph, &m->diags)) {
        diags_print(&m->diags, stderr);
        fail();
    }
    m->raw = arena_new(&m->arena, uint8_t *, m->graph.node_count);
    m->values = arena_new(&m->arena, float *, m->graph.node_count);
    for (hir_id id = 1; id < m->graph.node_count; id++)
        if (hir_at(&m->graph, id)->op == HIR_weight)
            random_weight(m, id);
    s->kernels.arena = &m->arena;
    s->eval.weight = sample_values;
    s->eval.weight_context = m;
    hir_eval_open(&s->eval, &m->graph, &m->arena);
    for (uint32_t i = 0; i < ROWS_MAX * 8; i++)
        s->mel[i] = random_normal(&m->seed);
    for (uint32_t i = 0; i < ROWS_MAX; i++)
        s->tokens[i] = (int32_t)(random_number(&m->seed) % 9);
    return s;
}

static void close_sides(struct sides *s)
{
    hir_eval_close(&s->eval);
    arena_free(&s->model.arena);
    test_free(s);
}

static uint8_t *poisoned(struct sides *s, uint64_t bytes)
{
    return memset(arena_alloc(&s->model.arena, bytes + 64, 64), 0xff, bytes + 64);
}

static const void *input_data(const struct sides *s, const struct lir_io *io)
{
    switch (io->role) {
    case INPUT_tokens:
        return s->tokens;
    case INPUT_positions:
        return s->positions;
    case INPUT_out_rows:
        return s->rows;
    default:
        return io->element == DTYPE_f32 ? (const void *)s->mel : s->rows;
    }
}

static void put_inputs(const struct sides *s, const struct lir_program *p, struct lir_eval *e)
{
    for (uint32_t i = 0; i < p->io_count; i++) {
        const struct lir_io *io = &p->io[i];
        const uint64_t width = lir_io_width(io);
        const uint8_t *from = input_data(s, io);
        uint8_t *to = e->home[HOME_input] + p->buffers[io->buffer].offset;
        for (int64_t row = 0; !io->is_output && row < e->dims[io->dims[0].slot]; row++)
            memcpy(to + (uint64_t)row * io->stride * 4, from + (uint64_t)row * width * 4,
                   width * 4);
    }
}

static void compare_outputs(struct sides *s, const struct lir_program *p, const struct lir_eval *e)
{
    for (uint32_t i = 0; i < p->io_count; i++) {
        const struct lir_io *io = &p->io[i];
        if (!io->is_output)
            continue;
        const char *name = str_text(p->strings, io->name);
        const float *expected = hir_eval_value(&s->eval, name);
        uint64_t inside = p->buffers[io->buffer].offset;
        if (p->buffers[io->buffer].is_view)
            inside += p->buffers[p->buffers[io->buffer].inside].offset;
        const float *found = (const float *)(void *)(e->home[HOME_output] + inside);
        assert_non_null(expected);
        struct comparison c = comparison_of("%s: %s", p->name, name);
        for (uint64_t row = 0; row < (uint64_t)e->dims[io->dims[0].slot]; row++)
            for (uint64_t j = 0; j < lir_io_width(io); j++) {
                double x = (double)found[row * io->stride + j],
                       y = (double)expected[row * lir_io_width(io) + j];
                compare_number(&c, row, j, x, y, 2e-5 * (1 + fabs(y)));
            }
        assert_true(comparison_good(&c));
    }
}

/* Steps that may run again: what they read and write stands until the end. */
static void replay_is_possible(const struct lir_program *p)
{
    struct live *live = arena_new(p->arena, struct live, p->buffer_count);
    uint32_t last_epoch = 0;

    live_ranges(p, live);
    for (uint32_t i = 0; i < p->step_count; i++)
        last_epoch += (p->steps[i].flags & STEP_barrier) != 0;
    for (uint32_t i = 0; i < p->step_count; i++) {
        const struct lir_step *step = &p->steps[i];
        const struct lir_kernel *k = step_kernel(p, step);
        bool carries = k->kind == KERNEL_scan || k->kind == KERNEL_conv;
        assert_int_equal((step->flags & STEP_replay) != 0, carries);
        for (uint32_t j = 0; carries && j < lir_argument_count(k); j++) {
            buf_id root = root_of(p, p->args[step->first_arg + j]);
            bool by_step = p->buffers[root].home == HOME_thread;
            assert_int_equal(live[root].last, by_step ? p->step_count - 1 : last_epoch);
        }
    }
}

/* One run of a variant on both sides; `dims`: its sizes, by symbol. */
static void run(struct sides *s, struct variant v, const int64_t dims[SYMBOL_MAX],
                const struct hir_segment *segments)
{
    struct sample_model *m = &s->model;
    struct lir_eval e = {.program = NULL};
    struct lir_program p;

    v.entry_name = str_text(&m->strings, m->graph.entries[v.entry].name);
    if (!sample_lower(m, v, (struct numerics){ACTIVATIONS_exact, DTYPE_f32}, 0, &s->kernels, &p) ||
        !lir_verify(&p, &m->diags)) {
        diags_print(&m->diags, stderr);
        fail();
    }
    replay_is_possible(&p);
    e.program = &p;
    for (uint32_t i = 0; i < HOME_COUNT; i++)
        e.home[i] = poisoned(s, p.home_bytes[i]);
    if (s->state == NULL) {
        s->state = poisoned(s, p.home_bytes[HOME_state]);
        for (uint32_t i = 0; i < 2; i++)
            s->carried[i] = memset(poisoned(s, p.home_bytes[HOME_carried_in]), 0,
                                   p.home_bytes[HOME_carried_in]);
    }
    e.home[HOME_state] = s->state;
    e.home[HOME_carried_in] = s->carried[0];
    e.home[HOME_carried_out] = s->carried[1];
    e.home[HOME_weight] = sample_pack(m, &p);
    memcpy(e.dims, dims, sizeof e.dims);
    lir_bind_slots(&p, e.dims);
    for (uint32_t i = 0; i < ROWS_MAX; i++)
        s->rows[i] = (int32_t)i;
    uint32_t row = 0, position = 0;
    for (uint32_t i = 0; i < (uint32_t)dims[SYMBOL_BATCH]; i++) {
        struct rlx_segment one = {.first_row = row,
                                  .rows = segments[i].rows,
                                  .past = segments[i].past,
                                  .scratch_position = position};
        for (uint32_t r = 0; r < segments[i].rows; r++, row++) {
            int32_t which = (int32_t)i;
            s->positions[row] = (int32_t)(segments[i].past + r);
            if (p.row_segments != 0)
                memcpy(e.home[HOME_input] + p.buffers[p.row_segments].offset + row * 4, &which, 4);
        }
        position += (uint32_t)round_up(segments[i].rows, 64);
        memcpy(e.home[HOME_input] + p.buffers[p.segments].offset + i * sizeof one, &one,
               sizeof one);
    }
    put_inputs(s, &p, &e);
    s->eval.entry = v.entry;
    s->eval.segments = segments;
    memcpy(s->eval.symbols, dims, sizeof s->eval.symbols);
    for (uint32_t i = 0; i < p.io_count; i++)
        if (!p.io[i].is_output && (p.io[i].role != INPUT_out_rows))
            assert_true(hir_eval_input(&s->eval, str_text(p.strings, p.io[i].name),
                                       input_data(s, &p.io[i])));
    hir_eval_run(&s->eval);
    lir_eval_steps(&e, 0, p.step_count);
    compare_outputs(s, &p, &e);
}

/* ---- one sequence ---- */

static void hear(struct sides *s, uint32_t frames)
{
    struct variant v = variant_with_extra(variant_encoder(1, 1), SYMBOL_FIRST_FREE, 40);
    int64_t dims[SYMBOL_MAX] = {1, 1, 1, 0, 1, 1, frames, 1};

    v.entry = hir_find_entry(&s->model.graph, "encode");
    run(s, v, dims, (const struct hir_segment[]){{1, 0}});
}

static void speak(struct sides *s, uint32_t rows, uint32_t upper, uint32_t cross_keys)
{
    struct variant v =
        upper > SHORT_RUN_MAX ? variant_prefill(1, upper) : variant_decode(1, 0, upper);
    int64_t dims[SYMBOL_MAX] = {1, rows, rows, s->past, rows, s->past + rows, 4, cross_keys};
    uint8_t *before = s->carried[0];

    v.has_past = false;
    v.entry = hir_find_entry(&s->model.graph, "main");
    run(s, v, dims, (const struct hir_segment[]){{rows, s->past}});
    s->past += rows;
    s->carried[0] = s->carried[1];
    s->carried[1] = before;
}

static void hear_and_speak(const char *leave_out)
{
    struct sides *s = open_sides(speaking, leave_out);

    hear(s, 21);
    speak(s, 13, 32, 11);
    speak(s, 1, 1, 11);
    speak(s, 5, 8, 11);
    hear(s, 8);
    speak(s, 1, 1, 4);
    for (uint32_t i = 0; i < 6; i++) /* around the ring */
        speak(s, 12, 16, 4);
    close_sides(s);
}

static void entries_share_states(void **state)
{
    (void)state;
    hear_and_speak(NULL);
}

static void passes_may_be_left_out(void **state)
{
    (void)state;
    hear_and_speak("fuse-kv-write");
    hear_and_speak("fuse-kv-write,choose-rows,fuse-epilogue");
}

/* ---- several ---- */

static void sequences_of_several_lengths(void **state)
{
    static const struct hir_segment segments[][3] = {
        {{5, 0}, {20, 0}, {7, 0}}, {{1, 0}, {1, 0}, {30, 0}}, {{32, 0}}};
    static const int64_t counts[] = {3, 3, 1};
    const char *const left_out[] = {NULL, "fuse-kv-write"};

    (void)state;
    for (uint32_t i = 0; i < countof(segments) * countof(left_out); i++) {
        struct sides *s = open_sides(pooling, left_out[i / countof(segments)]);
        uint32_t which = i % countof(segments);
        int64_t dims[SYMBOL_MAX] = {counts[which], 32, 32, 0, 1, 32};
        run(s, variant_encoder(3, 16), dims, segments[which]);
        close_sides(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_share_states),
        cmocka_unit_test(passes_may_be_left_out),
        cmocka_unit_test(sequences_of_several_lengths),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
