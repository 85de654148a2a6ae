/* A complete artifact of a made-up model, 40 tokens of context, that the tests of the runtime build
 * in memory. Its kernels are C functions of the test: the code image is a row of jumps to their
 * addresses, so that sessions run without the compiler (x86-64 only).
 *
 * The model: S(r) = sum over positions p <= r of (p + 1) * token[p], computed from the KV cache
 * alone; logits[v] = (7 S + 13 v) mod 101, where 7 and 13 are values of the launch. K holds token +
 * head / 4 + dimension / 2 as f32, V holds token + dimension as f16, so that both layouts can be
 * checked. One source file per program includes it.
 */
#ifndef TINY_ARTIFACT_H
#define TINY_ARTIFACT_H

#include "rlx/rlx.h"
#include "tests/support/temporary_files.h"
#include "tests/support/tiny_file.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    TINY_VOCABULARY = 50,
    TINY_STRIDE = 64,
    TINY_CONTEXT = 40,
    TINY_ROWS_MAX = 12,
    TINY_PARALLEL = 5, /* sequences of a run */
    TINY_LM_HEAD_ROWS = 3,
    TINY_KV_HEADS = 2,
    TINY_HEAD_DIM = 3,
    TINY_POSITIONS = 64,
    TINY_MODULUS = 101,
    TINY_KERNELS = 6,
    TINY_STEPS = 4, /* of each variant */
    TINY_ALL_STEPS = 8,
    TINY_ARGS = 22,
    TINY_VARIANTS = 5,
    TINY_CODE = RLX_PAGE,
    TINY_WEIGHTS = 2 * RLX_PAGE,
    TINY_TABLES = 3 * RLX_PAGE,
    TINY_CAPACITY = 6 * RLX_PAGE,
    TINY_VALUES = 2,
    TINY_SECTIONS = 18,
    TINY_IO = 4, /* of each variant */
    TINY_SYMBOLS = RLX_DIM_KEYS + 1,
    /* offsets in the homes */
    TINY_POSITIONS_AT = 64,
    TINY_OUT_ROWS_AT = 128,
    TINY_SEGMENTS_AT = 192,
    TINY_ROW_SEGMENTS_AT = 512,
    TINY_INPUT_BYTES = 576,
};

static const char tiny_strings[] = "\0tiny\0made-up\0cpu\0level\0kernel\0past_k_0\0past_v_"
                                   "0\0exact\0decode\0blocks\0prefill\0modulus\0main\0tokens\0"
                                   "positions\0out_rows\0logits\0SIZE\0c";
enum {
    TINY_S_NAME = 1,
    TINY_S_MADE_UP = 6,
    TINY_S_CPU = 14,
    TINY_S_LEVEL = 18,
    TINY_S_KERNEL = 24,
    TINY_S_K = 31,
    TINY_S_V = 40,
    TINY_S_EXACT = 49,
    TINY_S_DECODE = 55,
    TINY_S_BLOCKS = 62,
    TINY_S_PREFILL = 69,
    TINY_S_MODULUS = 77,
    TINY_S_MAIN = 85,
    TINY_S_TOKENS = 90,
    TINY_S_POSITIONS = 97,
    TINY_S_OUT_ROWS = 107,
    TINY_S_LOGITS = 116,
    TINY_S_SIZE = 123
};

static inline void tiny_variant(struct rlx_variant_entry *v, uint32_t name, uint32_t phase,
                                uint32_t first, uint32_t last)
{
    *v = (struct rlx_variant_entry){
        .key = name,
        .name = name,
        .phase = phase,
        .batch = 1,
        .seq = last,
        .first_rows = first,
        .last_rows = last,
        .step_count = TINY_STEPS,
        .lm_head_step = 2,
        .lm_head_rows = TINY_LM_HEAD_ROWS,
        .io_count = TINY_IO,
        .upper = {1, last, last, TINY_CONTEXT, TINY_LM_HEAD_ROWS, TINY_CONTEXT},
        .segments = TINY_SEGMENTS_AT,
        .row_segments = TINY_ROW_SEGMENTS_AT,
        .home_bytes = {[RLX_HOME_SCRATCH] = 64,
                       [RLX_HOME_THREAD] = 64,
                       [RLX_HOME_INPUT] = TINY_INPUT_BYTES,
                       [RLX_HOME_OUTPUT] = TINY_LM_HEAD_ROWS * TINY_STRIDE * 4},
    };
}

/* The inputs and outputs of all variants, at places that are large enough for each of them. */
static inline void tiny_io(struct rlx_io *io)
{
    const struct {
        uint32_t name, role, slot, rows;
        uint64_t offset;
    } inputs[] = {
        {TINY_S_TOKENS, RLX_ROLE_TOKENS, RLX_DIM_ROWS, TINY_ROWS_MAX, 0},
        {TINY_S_POSITIONS, RLX_ROLE_POSITIONS, RLX_DIM_ROWS, TINY_ROWS_MAX, TINY_POSITIONS_AT},
        {TINY_S_OUT_ROWS, RLX_ROLE_OUT_ROWS, RLX_DIM_OUT_ROWS, TINY_LM_HEAD_ROWS, TINY_OUT_ROWS_AT},
    };
    for (uint32_t i = 0; i < TINY_IO - 1; i++)
        io[i] = (struct rlx_io){.name = inputs[i].name,
                                .direction = RLX_INPUT,
                                .role = inputs[i].role,
                                .element = RLX_I32,
                                .home = RLX_HOME_INPUT,
                                .rank = 1,
                                .offset = inputs[i].offset,
                                .bytes = inputs[i].rows * 4,
                                .stride = 1,
                                .limit = i == 0 ? TINY_VOCABULARY : 0,
                                .dims = {{.slot = inputs[i].slot}}};
    io[TINY_IO - 1] =
        (struct rlx_io){.name = TINY_S_LOGITS,
                        .direction = RLX_OUTPUT,
                        .role = RLX_ROLE_LOGITS,
                        .element = RLX_F32,
                        .home = RLX_HOME_OUTPUT,
                        .rank = 2,
                        .bytes = TINY_LM_HEAD_ROWS * TINY_STRIDE * 4,
                        .stride = TINY_STRIDE,
                        .dims = {{.slot = RLX_DIM_OUT_ROWS}, {RLX_NO_SLOT, TINY_VOCABULARY}}};
}

/* The tables that say what can be run: one entry, and the sizes of a run. */
static inline void tiny_interface(struct tiny *t, struct rlx_section *table)
{
    const struct rlx_use uses[2] = {{0, RLX_READS | RLX_WRITES, RLX_NO_SLOT, 0},
                                    {1, RLX_READS | RLX_WRITES, RLX_NO_SLOT, 0}};
    const struct rlx_entry entry = {.name = TINY_S_MAIN, .use_count = 2};
    struct rlx_symbol symbols[TINY_SYMBOLS];
    struct rlx_io io[TINY_IO];
    for (uint32_t i = 0; i < TINY_SYMBOLS; i++)
        symbols[i] = (struct rlx_symbol){
            .name = TINY_S_SIZE, .symbol = i, .multiply = 1, .divide = 1, .max = TINY_CONTEXT};
    tiny_io(io);
    tiny_add(t, table, RLX_SECTION_ENTRIES, &entry, 1, sizeof entry);
    tiny_add(t, table, RLX_SECTION_USES, uses, 2, sizeof uses[0]);
    tiny_add(t, table, RLX_SECTION_SYMBOLS, symbols, TINY_SYMBOLS, sizeof symbols[0]);
    tiny_add(t, table, RLX_SECTION_IO, io, TINY_IO, sizeof io[0]);
}

static inline void tiny_program(struct tiny *t, struct rlx_section *table)
{
    const uint32_t k_bytes = TINY_KV_HEADS * TINY_POSITIONS * TINY_HEAD_DIM * 4,
                   v_bytes = TINY_KV_HEADS * TINY_POSITIONS * 16 * 2;
    const uint32_t row_bytes = TINY_ROWS_MAX * 4;
    struct rlx_kernel kernels[TINY_KERNELS];
    for (uint32_t i = 0; i < TINY_KERNELS; i++)
        kernels[i] = (struct rlx_kernel){.name = TINY_S_KERNEL,
                                         .kind = TINY_S_KERNEL,
                                         .key = i,
                                         .entry = i * 16,
                                         .code_bytes = 16};
    struct rlx_variant_entry variants[TINY_VARIANTS];
    tiny_variant(&variants[0], TINY_S_DECODE, RLX_PHASE_DECODE, 1, 1);
    tiny_variant(&variants[1], TINY_S_BLOCKS, RLX_PHASE_DECODE, 2, 4);
    tiny_variant(&variants[2], TINY_S_PREFILL, RLX_PHASE_PREFILL, 7, TINY_ROWS_MAX);
    for (uint32_t i = 3; i < TINY_VARIANTS; i++) {
        uint32_t max = i == 3 ? TINY_PARALLEL : 2;
        tiny_variant(&variants[i], TINY_S_DECODE, RLX_PHASE_DECODE, i == 3 ? 4 : 2, max);
        variants[i].key += i;
        variants[i].batch = variants[i].upper[RLX_DIM_BATCH] = max;
        variants[i].seq = 1;
        variants[i].first_step = TINY_STEPS;
    }
    const struct rlx_step steps[TINY_ALL_STEPS] = {
        {.kernel = 0,
         .first_arg = 0,
         .arg_count = 4,
         .tile_symbol = RLX_DIM_ROWS,
         .tile_unit = 1,
         .tiles = 1,
         .name = TINY_S_KERNEL},
        {.kernel = 1,
         .first_arg = 4,
         .arg_count = 3,
         .flags = RLX_STEP_BARRIER,
         .tile_symbol = RLX_DIM_ROWS,
         .tile_unit = 1,
         .tiles = 1},
        {.kernel = 2,
         .first_arg = 7,
         .arg_count = 2,
         .flags = RLX_STEP_BARRIER | RLX_STEP_REPLICATED,
         .tile_symbol = RLX_DIM_OUT_ROWS,
         .tile_unit = 2,
         .tiles = 1},
        {.kernel = 3,
         .first_arg = 9,
         .arg_count = 3,
         .tile_symbol = RLX_DIM_OUT_ROWS,
         .tile_unit = 1,
         .tiles = 2,
         .value_count = TINY_VALUES},
        /* the same for several sequences */
        {.kernel = 4,
         .first_arg = 12,
         .arg_count = 5,
         .tile_symbol = RLX_DIM_ROWS,
         .tile_unit = 1,
         .tiles = 1,
         .name = TINY_S_KERNEL},
        {.kernel = 5,
         .first_arg = 17,
         .arg_count = 5,
         .flags = RLX_STEP_BARRIER,
         .tile_symbol = RLX_DIM_ROWS,
         .tile_unit = 1,
         .tiles = 1},
        {.kernel = 2,
         .first_arg = 7,
         .arg_count = 2,
         .flags = RLX_STEP_BARRIER | RLX_STEP_REPLICATED,
         .tile_symbol = RLX_DIM_OUT_ROWS,
         .tile_unit = 2,
         .tiles = 1},
        {.kernel = 3,
         .first_arg = 9,
         .arg_count = 3,
         .tile_symbol = RLX_DIM_OUT_ROWS,
         .tile_unit = 1,
         .tiles = 2,
         .value_count = TINY_VALUES},
    };
    const struct rlx_arg args[TINY_ARGS] = {
        {0, row_bytes, RLX_HOME_INPUT, 0},
        {TINY_POSITIONS_AT, row_bytes, RLX_HOME_INPUT, 0},
        {0, k_bytes, RLX_HOME_STATE, 0},
        {k_bytes, v_bytes, RLX_HOME_STATE, 0},
        {0, k_bytes, RLX_HOME_STATE, 0},
        {k_bytes, v_bytes, RLX_HOME_STATE, 0},
        {0, 64, RLX_HOME_SCRATCH, 0},
        {0, 64, RLX_HOME_SCRATCH, 0},
        {0, 64, RLX_HOME_THREAD, 0},
        {0, 64, RLX_HOME_THREAD, 0},
        {TINY_OUT_ROWS_AT, TINY_LM_HEAD_ROWS * 4, RLX_HOME_INPUT, 0},
        {0, TINY_LM_HEAD_ROWS * TINY_STRIDE * 4, RLX_HOME_OUTPUT, 0},
        {0, row_bytes, RLX_HOME_INPUT, 0},
        {TINY_POSITIONS_AT, row_bytes, RLX_HOME_INPUT, 0},
        {0, k_bytes, RLX_HOME_STATE, 0},
        {k_bytes, v_bytes, RLX_HOME_STATE, 0},
        {TINY_SEGMENTS_AT, TINY_PARALLEL * 64, RLX_HOME_INPUT, 0},
        {0, k_bytes, RLX_HOME_STATE, 0},
        {k_bytes, v_bytes, RLX_HOME_STATE, 0},
        {0, 64, RLX_HOME_SCRATCH, 0},
        {TINY_POSITIONS_AT, row_bytes, RLX_HOME_INPUT, 0},
        {TINY_SEGMENTS_AT, TINY_PARALLEL * 64, RLX_HOME_INPUT, 0},
    };
    const struct rlx_state_entry states[2] = {
        {.name = TINY_S_K,
         .class_ = RLX_CLASS_ROWS,
         .role = RLX_STATE_KEY,
         .element = RLX_F32,
         .layout = RLX_LAYOUT_KEYS,
         .heads = TINY_KV_HEADS,
         .width = TINY_HEAD_DIM,
         .capacity = TINY_POSITIONS,
         .rows_slot = RLX_NO_SLOT,
         .home = RLX_HOME_STATE,
         .offset = 0,
         .bytes = k_bytes},
        {.name = TINY_S_V,
         .class_ = RLX_CLASS_ROWS,
         .role = RLX_STATE_VALUE,
         .element = RLX_F16,
         .layout = RLX_LAYOUT_VALUES,
         .heads = TINY_KV_HEADS,
         .width = TINY_HEAD_DIM,
         .capacity = TINY_POSITIONS,
         .rows_slot = RLX_NO_SLOT,
         .home = RLX_HOME_STATE,
         .offset = k_bytes,
         .bytes = v_bytes},
    };
    tiny_add(t, table, RLX_SECTION_KERNELS, kernels, TINY_KERNELS, sizeof kernels[0]);
    tiny_add(t, table, RLX_SECTION_VARIANTS, variants, TINY_VARIANTS, sizeof variants[0]);
    tiny_add(t, table, RLX_SECTION_STEPS, steps, TINY_ALL_STEPS, sizeof steps[0]);
    tiny_add(t, table, RLX_SECTION_ARGS, args, TINY_ARGS, sizeof args[0]);
    const uint32_t values[TINY_VALUES] = {7, 13};
    tiny_add(t, table, RLX_SECTION_STATES, states, 2, sizeof states[0]);
    tiny_add(t, table, RLX_SECTION_VALUES, values, TINY_VALUES, sizeof values[0]);
}

/* `kernels`: addresses of write, sum, copy, head, and of write and sum for several sequences
 * (tiny_session.h); NULL: an image that is never run. Free
 * t->data. */
static inline struct tiny tiny_make(const rlx_kernel_fn *kernels)
{
    struct tiny t = {.data = calloc(1, TINY_CAPACITY), .bytes = TINY_TABLES};
    struct rlx_section table[TINY_SECTIONS] = {{0}};
    static const char manifest[] = "{\"tiny\":true}";
    const int32_t modulus = TINY_MODULUS;
    if (t.data == NULL)
        abort();
    if (kernels != NULL)
        tiny_code(t.data + TINY_CODE, kernels, TINY_KERNELS);
    memcpy(t.data + TINY_WEIGHTS, &modulus, sizeof modulus);
    struct rlx_info info = {
        .name = TINY_S_NAME,
        .architecture = TINY_S_MADE_UP,
        .source = TINY_S_MADE_UP,
        .compiler = TINY_S_MADE_UP,
        .numerics = TINY_S_EXACT,
        .vocabulary = TINY_VOCABULARY,
        .hidden = 1,
        .layers = 1,
        .heads = 2,
        .kv_heads = TINY_KV_HEADS,
        .head_dim = TINY_HEAD_DIM,
        .context = TINY_CONTEXT,
        .kv_element = RLX_F32,
        .short_run_max = 4,
        .lm_head_rows_max = TINY_LM_HEAD_ROWS,
        .state_bytes = TINY_KV_HEADS * TINY_POSITIONS * (TINY_HEAD_DIM * 4 + 16 * 2),
        .model_digest = 0x6164617065646174, /* any number that stays */
        .weight_digest = XXH3_64bits(t.data + TINY_WEIGHTS, RLX_PAGE),
    };
    struct rlx_level level = {.name = TINY_S_LEVEL,
                              .target = TINY_S_CPU,
                              .machine = EM_X86_64,
                              .image_offset = TINY_CODE,
                              .image_bytes = TINY_KERNELS * 16,
                              .kernel_count = TINY_KERNELS,
                              .variant_count = TINY_VARIANTS,
                              .image_digest = XXH3_64bits(t.data + TINY_CODE, TINY_KERNELS * 16)};
    struct rlx_tensor tensor = {.name = TINY_S_MODULUS,
                                .layout = TINY_S_EXACT,
                                .rows = 1,
                                .columns = 1,
                                .bytes = 4,
                                .digest = XXH3_64bits(&modulus, 4)};
    tiny_add_page(&t, table, RLX_SECTION_CODE, TINY_CODE);
    tiny_add_page(&t, table, RLX_SECTION_WEIGHTS, TINY_WEIGHTS);
    tiny_add(&t, table, RLX_SECTION_INFO, &info, 1, sizeof info);
    tiny_add(&t, table, RLX_SECTION_LEVELS, &level, 1, sizeof level);
    tiny_interface(&t, table);
    tiny_program(&t, table);
    tiny_add(&t, table, RLX_SECTION_TENSORS, &tensor, 1, sizeof tensor);
    const struct rlx_sampling_entry sampling = {.given = RLX_GIVEN_TEMPERATURE | RLX_GIVEN_TOP_K |
                                                         RLX_GIVEN_REPETITION_PENALTY,
                                                .temperature = 0.5F,
                                                .top_k = 7,
                                                .repetition_penalty = 1.25F};
    tiny_add(&t, table, RLX_SECTION_SAMPLING, &sampling, 1, sizeof sampling);
    tiny_add(&t, table, RLX_SECTION_STRINGS, tiny_strings, 1, sizeof tiny_strings);
    tiny_add(&t, table, RLX_SECTION_MANIFEST, manifest, 1, sizeof manifest - 1);
    tiny_end(&t, table);
    return t;
}

/* To begin main with: ends a test on machines that cannot run the made-up model's code. */
static inline void tiny_require_machine(void)
{
#if !defined(__x86_64__)
    printf("skipped: the made-up model's code is for x86-64\n");
    exit(0);
#endif
}

/* Opens it as a file. The mapping stays when the file is gone. */
static inline rlx_status tiny_open(const struct tiny *t, rlx_model **model, rlx_error *error)
{
    struct temporary_folder folder;

    temporary_open(&folder);
    const char *path = temporary_write(&folder, "model.rlx", t->data, t->bytes);
    rlx_status status = rlx_model_open(path, model, error);
    temporary_close(&folder);
    return status;
}

#endif
