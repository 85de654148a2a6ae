/* The code of a made-up model (tiny_artifact.h) as a program has it that links its model
 * (rlx/model_code.h): it walks the steps of the artifact and calls the kernels of the test, whole
 * steps at a time. CODE_VARIANTS: how many the model has. */
#include "runtime/base/artifact_check.h"
#include "tests/support/tiny_artifact.h"

#include "rlx/model_code.h"

enum part { BODY, ROWS, REPLAY };

static void run_step(const struct artifact *a, const struct rlx_step *s,
                     const struct rlx_code_run *run)
{
    static _Alignas(64) uint8_t thread[64];
    uint8_t *const homes[RLX_HOME_COUNT] = {[RLX_HOME_WEIGHT] = (uint8_t *)(uintptr_t)run->weights,
                                            [RLX_HOME_STATE] = run->state,
                                            [RLX_HOME_SCRATCH] = run->scratch,
                                            [RLX_HOME_THREAD] = thread,
                                            [RLX_HOME_INPUT] = run->input,
                                            [RLX_HOME_OUTPUT] = run->output,
                                            [RLX_HOME_CARRIED_IN] = run->carried_in,
                                            [RLX_HOME_CARRIED_OUT] = run->carried_out};
    void *args[ARTIFACT_STEP_ARGS];
    for (uint32_t i = 0; i < s->arg_count; i++) {
        const struct rlx_arg *arg = table_at(&a->args, s->first_arg + i);
        args[i] = homes[arg->home] + arg->offset;
    }
    struct rlx_launch launch = {.args = args, .dims = run->dims};
    artifact_step_values(a, s, launch.values);
    uint64_t tiles = s->tiles;
    if (s->tile_unit != 0)
        tiles *= ((uint64_t)run->dims[s->tile_symbol] + s->tile_unit - 1) / s->tile_unit;
    rlx_kernel_fn kernel;
    memcpy(&kernel, a->data + TINY_CODE + s->kernel * 16 + 2, sizeof kernel); /* tiny_code */
    kernel(&launch, 0, tiles);
}

static void run_part(const struct rlx_code_run *run, uint32_t variant, enum part part)
{
    struct artifact a;
    const uint8_t *file = run->weights - TINY_WEIGHTS;
    const struct rlx_header *header = (const struct rlx_header *)(const void *)file;
    if (artifact_read("model", file, header->file_bytes, &a, NULL) != RLX_OK)
        abort();
    const struct rlx_variant_entry *v = table_at(&a.variants, variant);
    const uint32_t first = part == ROWS ? v->lm_head_step : 0,
                   end = part == BODY ? v->lm_head_step : v->step_count;
    for (uint32_t i = first; i < end; i++) {
        const struct rlx_step *s = table_at(&a.steps, v->first_step + i);
        if (part != REPLAY || (s->flags & RLX_STEP_REPLAY) != 0)
            run_step(&a, s, run);
    }
}

#define VARIANT(i)                                         \
    static void body_##i(const struct rlx_code_run *run)   \
    {                                                      \
        run_part(run, i, BODY);                            \
    }                                                      \
    static void rows_##i(const struct rlx_code_run *run)   \
    {                                                      \
        run_part(run, i, ROWS);                            \
    }                                                      \
    static void replay_##i(const struct rlx_code_run *run) \
    {                                                      \
        run_part(run, i, REPLAY);                          \
    }
VARIANT(0)
VARIANT(1)
VARIANT(2)
VARIANT(3)
VARIANT(4)
VARIANT(5)
VARIANT(6)
VARIANT(7)

const struct rlx_code_variant rlx_code_variants[] = {
    {"0", body_0, rows_0, replay_0}, {"1", body_1, rows_1, replay_1},
    {"2", body_2, rows_2, replay_2}, {"3", body_3, rows_3, replay_3},
    {"4", body_4, rows_4, replay_4}, {"5", body_5, rows_5, replay_5},
    {"6", body_6, rows_6, replay_6}, {"7", body_7, rows_7, replay_7}};
const uint32_t rlx_code_variant_count = CODE_VARIANTS;
const uint64_t rlx_code_digest = TINY_CODE_DIGEST;
