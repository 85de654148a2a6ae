/* Programs against results of another implementation: every dense fixture of $RLX_SHARED/golden
 * goes through import, passes, lowering, scheduling, planning and packing, and runs in plain loops
 * inside its planned memory, partly as a prompt, partly token by token, partly in blocks. Any
 * further error of compiled code is an error of the target. */
#include "compiler/compile.h"
#include "compiler/family/family.h"
#include "compiler/pack/weights.h"
#include "compiler/passes/passes.h"
#include "tests/support/compare.h"
#include "tests/support/few_cases.h"
#include "tests/support/lir_models.h"
#include "tests/support/program_io.h"
#include "tests/support/safetensors_reader.h"
#include "tests/support/temporary_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const fixtures[] = {
    "llama-f32",       "llama3-rope-bf16", "llama-odd-f32",   "llama-sharded-f16",
    "mistral-swa-f32", "qwen2-f32",        "qwen2-bf16",      "qwen3-f32",
    "qwen3-bf16",      "gguf/llama-F32",   "gguf/llama-F16",  "gguf/llama-BF16",
    "gguf/llama-Q8_0", "gguf/llama-Q4_0",  "gguf/llama-Q4_1", "gguf/llama-Q5_0",
    "gguf/llama-Q5_1", "gguf/qwen2-F32",   "gguf/qwen2-F16",  "gguf/qwen2-BF16",
    "gguf/qwen2-Q8_0", "gguf/qwen2-Q4_0",  "gguf/qwen2-Q4_1", "gguf/qwen2-Q5_0",
    "gguf/qwen2-Q5_1", "gguf/qwen3-F32",   "gguf/qwen3-F16",  "gguf/qwen3-BF16",
    "gguf/qwen3-Q8_0", "gguf/qwen3-Q4_0",  "gguf/qwen3-Q4_1", "gguf/qwen3-Q5_0",
    "gguf/qwen3-Q5_1",
};

enum { CONTEXT = 256, PROGRAMS = 4 };

/* The sizes of each run of a fixture: its first part, then single tokens and short runs, in
 * turns. */
enum { PREFILL = 32, SHORT_SMALL = 4, SHORT_LARGE = 16 };

struct unit {
    struct arena arena;
    struct strings strings;
    struct diags diags;
    struct model model;
    struct hir_graph graph;
    struct lir_kernels kernels;
    struct lir_program programs[PROGRAMS]; /* by growing upper bound */
    struct file weights;
    struct safetensors_reader expected;
    uint8_t *home[HOME_COUNT];
};

static void must(struct unit *u, bool good)
{
    if (!good)
        diags_print(&u->diags, stderr);
    assert_true(good);
}

static bool import_fixture(struct unit *u, const char *name)
{
    bool gguf = strncmp(name, "gguf/", 5) == 0;
    const char *base = arena_printf(&u->arena, "golden/%s", name);
    const struct import_options options = {0};
    struct pass_run passes = {.arena = &u->arena};

    if (!safetensors_read(
            &u->expected,
            test_shared(arena_printf(
                &u->arena, gguf ? "%s.expected.safetensors" : "%s/expected.safetensors", base))))
        return false;
    const char *path = test_shared(gguf ? arena_printf(&u->arena, "%s.gguf", base) : base);
    must(u, import_model(arena_printf(&u->arena, "%s", path), &options, &u->model, &u->diags));
    hir_init(&u->graph, &u->arena, &u->strings, name);
    must(u, family_build(&u->model, CONTEXT, &u->graph, &u->diags));
    must(u, run_passes(&passes, &early_passes, &u->graph, &u->diags));
    return true;
}

static void lower_all(struct unit *u, struct numerics numerics)
{
    const struct variant variants[PROGRAMS] = {
        variant_decode(1, 0, 1), variant_decode(1, 0, SHORT_SMALL),
        variant_decode(1, 0, SHORT_LARGE), variant_prefill(1, PREFILL)};

    u->kernels = (struct lir_kernels){.arena = &u->arena};
    for (uint32_t i = 0; i < PROGRAMS; i++) {
        const struct specialization s = {&variants[i], numerics.activations, &plain_target, 1,
                                         false};
        struct pass_run run = {.arena = &u->arena, .tables = all_pass_tables};
        must(u, make_program(&u->graph, &s, &run, &u->kernels, &u->programs[i], &u->diags));
    }
}

/* The packer's own plan and bytes. */
static void pack(struct unit *u)
{
    const struct lir_program *programs[PROGRAMS];
    struct weights_options options = {.threads = 1};
    struct temporary_folder folder;
    struct weight_plan plan;
    struct out out;
    uint64_t digest;

    for (uint32_t i = 0; i < PROGRAMS; i++)
        programs[i] = &u->programs[i];
    must(u, weight_plan_make(programs, PROGRAMS, &u->model, &u->arena, &plan, &u->diags));
    uint64_t *digests = arena_new(&u->arena, uint64_t, plan.weight_count);
    temporary_open(&folder);
    const char *path = arena_printf(&u->arena, "%s", temporary_path(&folder, "weights"));
    must(u, out_open(&out, path, &u->diags));
    must(u, weights_write(&plan, &u->graph, &u->model, &options, &out, digests, &digest));
    must(u, out_commit(&out, false));
    must(u, file_map(path, &u->weights, &u->diags));
    temporary_close(&folder);
    for (uint32_t i = 0; i < PROGRAMS; i++) {
        for (buf_id b = 1; b < u->programs[i].buffer_count; b++) {
            struct lir_buffer *buffer = &u->programs[i].buffers[b];
            if (buffer->home != HOME_weight)
                continue;
            uint32_t entry = plan.weight_of[buffer->source];
            assert_true(entry != 0 && plan.weights[entry - 1].bytes >= buffer->bytes);
            buffer->offset = plan.weights[entry - 1].offset;
        }
        assert_true(plan.state_bytes <= u->programs[i].home_bytes[HOME_state]);
    }
}

static void make_homes(struct unit *u)
{
    for (uint32_t h = 0; h < HOME_COUNT; h++) {
        uint64_t bytes = 64;
        for (uint32_t i = 0; i < PROGRAMS; i++)
            bytes = max_u64(bytes, u->programs[i].home_bytes[h]);
        u->home[h] = memset(arena_alloc(&u->arena, bytes, 64), 0xff, bytes);
    }
}

static int32_t *input(struct unit *u, const struct lir_program *p, buf_id b)
{
    return (int32_t *)(void *)(u->home[HOME_input] + p->buffers[b].offset);
}

/* `count` tokens after `past` through one program; all their logits. */
static void feed(struct unit *u, const struct lir_program *p, uint32_t past, uint32_t count,
                 struct error *error)
{
    struct test_tensor tokens = safetensors_get(&u->expected, "tokens");
    struct test_tensor logits = safetensors_get(&u->expected, "logits");
    uint64_t vocabulary = logits.shape[1];
    struct lir_eval e = {.program = p, .dims = {1, count, count, past}};

    memcpy(e.home, u->home, sizeof e.home);
    /* a file is mapped for reading; nothing writes to this home */
    e.home[HOME_weight] = (uint8_t *)(uintptr_t)u->weights.data;
    for (uint32_t i = 0; i < count; i++) {
        input(u, p, input_of(p, INPUT_tokens))[i] = tokens.i32[past + i];
        input(u, p, input_of(p, INPUT_positions))[i] = (int32_t)(past + i);
    }
    put_segment(p, u->home[HOME_input], count, past);
    lir_eval_steps(&e, 0, p->lm_head_step);
    const uint8_t *found = u->home[HOME_output] + p->buffers[logits_of(p)].offset;
    for (uint32_t first = 0; first < count; first += LM_HEAD_ROWS_MAX) {
        uint32_t rows = count - first < LM_HEAD_ROWS_MAX ? count - first : LM_HEAD_ROWS_MAX;
        for (uint32_t i = 0; i < rows; i++)
            input(u, p, input_of(p, INPUT_out_rows))[i] = (int32_t)(first + i);
        e.dims[SYMBOL_OUT_ROWS] = rows;
        lir_eval_steps(&e, p->lm_head_step, p->step_count);
        for (uint32_t i = 0; i < rows; i++)
            error_add(error, logits.f32 + (past + first + i) * vocabulary,
                      (const float *)(const void *)found + i * (uint64_t)logits_stride(p), 1,
                      vocabulary);
    }
}

/* Sizes 1, 4, 16 in turns after the prompt. */
static struct error run_fixture(struct unit *u, uint32_t prompt)
{
    static const uint32_t sizes[] = {1, 3, 1, 4, 9, 16};
    uint32_t length = (uint32_t)safetensors_get(&u->expected, "tokens").count, past = 0;
    struct error error = {0};

    for (uint32_t turn = 0; past < length; turn++) {
        uint32_t count = past == 0 ? prompt : sizes[turn % countof(sizes)];
        count = count < length - past ? count : length - past;
        uint32_t program = count == 1 ? 0 : count <= SHORT_SMALL ? 1 : count <= SHORT_LARGE ? 2 : 3;
        feed(u, &u->programs[program], past, count, &error);
        past += count;
    }
    return error;
}

/* The budgets for rounded activations carry the format's name; a fixture without one has none. */
static struct budget find_budget(const struct unit *u, bool exact)
{
    struct budget b = {.rel = safetensors_metadata(&u->expected, "budget_exact_rel", 0)};

    if (exact)
        return b;
    b.rel = safetensors_metadata(&u->expected, "budget_int8_32_rel", 0);
    b.rms = safetensors_metadata(&u->expected, "budget_int8_32_rms", 0);
    if (b.rel > 0)
        return b;
    b.rel = safetensors_metadata(&u->expected, "budget_bf16_rel", 0);
    b.rms = safetensors_metadata(&u->expected, "budget_bf16_rms", 0);
    return b;
}

static bool check_fixture(const char *name, struct numerics numerics)
{
    struct unit *u = test_calloc(1, sizeof *u);
    bool present, good = true;

    u->diags.arena = u->model.arena = &u->arena;
    u->model.strings = &u->strings;
    strings_init(&u->strings, &u->arena);
    present = import_fixture(u, name);
    struct budget budget = {0};
    if (present)
        budget = find_budget(u, numerics.activations == ACTIVATIONS_exact);
    if (budget.rel > 0) {
        lower_all(u, numerics);
        pack(u);
        make_homes(u);
        struct error e = run_fixture(u, 19);
        print_message("  %-18s rel %.2e of %.2e, rms %.2e\n", name, error_rel(&e), budget.rel,
                      error_rms(&e));
        good = error_within(&e, budget, "%s", name);
        file_unmap(&u->weights);
    }
    if (present) {
        safetensors_close(&u->expected);
        model_close(&u->model);
    }
    arena_free(&u->arena);
    test_free(u);
    return good;
}

static void skip_without_data(void)
{
    if (access(test_shared("golden/README.md"), R_OK) != 0) {
        print_message("skipped: no golden data; RLX_SHARED names the folder that has it\n");
        skip();
    }
}

static void exact_programs(void **state)
{
    const struct numerics exact = {ACTIVATIONS_exact, DTYPE_f32};
    bool good = true;

    (void)state;
    skip_without_data();
    for (uint32_t i = 0; i < countof(fixtures); i++)
        if (!cases_are_few() || i % 2 == 0)
            good = check_fixture(fixtures[i], exact) && good;
    assert_true(good);
}

static void rounding_programs(void **state)
{
    const struct numerics usual = {ACTIVATIONS_auto, DTYPE_f32};
    bool good = true;

    (void)state;
    skip_without_data();
    for (uint32_t i = 0; i < countof(fixtures); i++)
        if (!cases_are_few() || i % 2 == 1)
            good = check_fixture(fixtures[i], usual) && good;
    assert_true(good);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_programs),
        cmocka_unit_test(rounding_programs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
