/* The checker of artifacts on their tables: it refuses each wrong field with a sentence that says
 * where. */
#include "tests/support/refused_artifact.h"

#include <math.h>

#define ENTRY_CASE(section, type, index, field, value, words)           \
    do {                                                                \
        struct tiny t = tiny_make(NULL);                                \
        ((struct type *)tiny_entry(&t, section, index))->field = value; \
        tiny_seal(&t);                                                  \
        expect_refused(&t, RLX_ERROR_BAD_FILE, words);                  \
        free(t.data);                                                   \
    } while (0)
#define INFO_CASE(field, value, words) \
    ENTRY_CASE(RLX_SECTION_INFO, rlx_info, 0, field, value, words)
#define LEVEL_CASE(field, value, words) \
    ENTRY_CASE(RLX_SECTION_LEVELS, rlx_level, 0, field, value, words)
#define KERNEL_CASE(field, value, words) \
    ENTRY_CASE(RLX_SECTION_KERNELS, rlx_kernel, 2, field, value, words)
#define VARIANT_CASE(field, value, words) \
    ENTRY_CASE(RLX_SECTION_VARIANTS, rlx_variant_entry, 1, field, value, words)
#define BATCH_CASE(field, value, words) \
    ENTRY_CASE(RLX_SECTION_VARIANTS, rlx_variant_entry, 3, field, value, words)
#define IO_CASE(index, field, value, words) \
    ENTRY_CASE(RLX_SECTION_IO, rlx_io, index, field, value, words)
#define SYMBOL_CASE(index, field, value, words) \
    ENTRY_CASE(RLX_SECTION_SYMBOLS, rlx_symbol, index, field, value, words)
#define USE_CASE(field, value, words) ENTRY_CASE(RLX_SECTION_USES, rlx_use, 1, field, value, words)
#define WAY_CASE(field, value, words) \
    ENTRY_CASE(RLX_SECTION_ENTRIES, rlx_entry, 0, field, value, words)
#define STEP_CASE(field, value, words) \
    ENTRY_CASE(RLX_SECTION_STEPS, rlx_step, 1, field, value, words)
#define LAUNCH_CASE(field, value, words) \
    ENTRY_CASE(RLX_SECTION_STEPS, rlx_step, 3, field, value, words)
#define ARG_CASE(field, value, words) ENTRY_CASE(RLX_SECTION_ARGS, rlx_arg, 3, field, value, words)
#define STATE_CASE(field, value, words) \
    ENTRY_CASE(RLX_SECTION_STATES, rlx_state_entry, 1, field, value, words)
#define SAMPLING_CASE(field, value, words) \
    ENTRY_CASE(RLX_SECTION_SAMPLING, rlx_sampling_entry, 0, field, value, words)
#define TENSOR_CASE(field, value, words) \
    ENTRY_CASE(RLX_SECTION_TENSORS, rlx_tensor, 0, field, value, words)

static void test_info_and_levels(void **state)
{
    (void)state;
    INFO_CASE(name, 1000, "info 0: a string");
    INFO_CASE(numerics, UINT32_MAX, "info 0: a string");
    INFO_CASE(vocabulary, TINY_VOCABULARY - 1, "not the shape of role 5");
    INFO_CASE(vocabulary, UINT32_MAX, "vocabulary");
    INFO_CASE(reserved, 1, "reserved fields");
    INFO_CASE(reserved_bytes[1], 1, "reserved fields");
    INFO_CASE(context, UINT32_MAX, "context");
    INFO_CASE(context, TINY_POSITIONS + 1, "state 0");
    INFO_CASE(kv_element, 3, "kv_element");
    INFO_CASE(lm_head_rows_max, UINT32_MAX, "lm_head_rows_max");
    INFO_CASE(lm_head_rows_max, 0, "lm_head_rows");
    INFO_CASE(lm_head_rows_max, 1, "lm_head_rows");
    INFO_CASE(state_bytes, UINT64_MAX, "larger than any memory");
    INFO_CASE(carried_bytes, UINT64_MAX, "larger than any memory");
    INFO_CASE(state_bytes, 64, "is not inside");
    LEVEL_CASE(name, 1000, "level 0: a string");
    LEVEL_CASE(target, 1000, "level 0: a string");
    LEVEL_CASE(reserved, 1, "level 0: reserved");
    LEVEL_CASE(image_offset, TINY_CODE + 1, "level 0: an image");
    LEVEL_CASE(image_offset, 0, "level 0: an image");
    LEVEL_CASE(image_offset, TINY_WEIGHTS, "level 0: an image");
    LEVEL_CASE(image_bytes, RLX_PAGE + 1, "level 0: an image");
    LEVEL_CASE(image_bytes, 0, "level 0: an image");
    LEVEL_CASE(image_bytes, UINT64_MAX, "level 0: an image");
    LEVEL_CASE(first_kernel, UINT32_MAX, "kernels");
    LEVEL_CASE(kernel_count, TINY_KERNELS + 1, "kernels");
    LEVEL_CASE(kernel_count, 1, "kernel");
    LEVEL_CASE(first_variant, 1, "variants");
    LEVEL_CASE(variant_count, UINT32_MAX, "variants");
    LEVEL_CASE(variant_count, 0, "variants");
    KERNEL_CASE(name, 1000, "kernel 2: a string");
    KERNEL_CASE(entry, TINY_KERNELS * 16, "kernel 2: code");
    KERNEL_CASE(entry, UINT64_MAX, "kernel 2: code");
    KERNEL_CASE(code_bytes, UINT64_MAX, "kernel 2: code");
}

/* A level without machine and image: its code is source. Kernels then have no place. */
static void test_level_without_image(void **state)
{
    struct tiny t = tiny_make(NULL);
    struct artifact a;
    rlx_error error = {0};

    (void)state;
    struct rlx_level *level = tiny_entry(&t, RLX_SECTION_LEVELS, 0);
    level->machine = 0;
    level->image_bytes = 0;
    for (uint32_t i = 0; i < TINY_KERNELS; i++) {
        struct rlx_kernel *k = tiny_entry(&t, RLX_SECTION_KERNELS, i);
        k->entry = k->code_bytes = 0;
    }
    tiny_seal(&t);
    assert_int_equal(artifact_check("tiny", t.data, t.bytes, &a, &error), RLX_OK);
    assert_int_equal(artifact_check_level("tiny", &a, 0, &error), RLX_OK);
    assert_int_equal(artifact_check_bulk("tiny", &a, &error), RLX_OK);
    struct rlx_kernel *last = tiny_entry(&t, RLX_SECTION_KERNELS, TINY_KERNELS - 1);
    last->code_bytes = 1;
    assert_int_equal(artifact_check_level("tiny", &a, 0, &error), RLX_ERROR_BAD_FILE);
    *last = (struct rlx_kernel){.name = last->name, .kind = last->kind, .entry = 1};
    assert_int_equal(artifact_check_level("tiny", &a, 0, &error), RLX_ERROR_BAD_FILE);
    assert_non_null(strstr(error.text, "kernel 5: code at 1 with 0 bytes is not inside its image"));
    free(t.data);
}

static void test_variants_and_steps(void **state)
{
    (void)state;
    VARIANT_CASE(name, 1000, "variant 1: a string");
    VARIANT_CASE(phase, 9, "variant 1: phase");
    VARIANT_CASE(batch, 0, "variant 1: phase");
    VARIANT_CASE(first_rows, 0, "variant 1: serves");
    VARIANT_CASE(first_rows, 5, "variant 1: serves");
    VARIANT_CASE(last_rows, UINT32_MAX, "variant 1: serves");
    VARIANT_CASE(last_rows, 1000, "variant 1: serves");
    VARIANT_CASE(last_rows, 0, "variant 1: serves");
    VARIANT_CASE(entry, 1, "variant 1: entry 1 of 1");
    VARIANT_CASE(reserved, 1, "variant 1: reserved");
    VARIANT_CASE(first_step, TINY_ALL_STEPS - 3, "variant 1: steps");
    VARIANT_CASE(first_step, UINT32_MAX, "variant 1: steps");
    VARIANT_CASE(step_count, 0, "variant 1: steps");
    VARIANT_CASE(step_count, UINT32_MAX, "variant 1: steps");
    VARIANT_CASE(lm_head_step, 5, "variant 1: steps");
    VARIANT_CASE(lm_head_rows, 0, "variant 1: lm_head_rows");
    VARIANT_CASE(lm_head_rows, 1000, "variant 1: lm_head_rows");
    VARIANT_CASE(home_bytes[RLX_HOME_SCRATCH], UINT64_MAX, "variant 1: home 2");
    VARIANT_CASE(home_bytes[RLX_HOME_SCRATCH], 63, "home 2");
    VARIANT_CASE(home_bytes[RLX_HOME_THREAD], 0, "home 3");
    VARIANT_CASE(home_bytes[RLX_HOME_OUTPUT], 4, "input or output 3: offset 0");
    VARIANT_CASE(home_bytes[RLX_HOME_STATE], 4, "variant 1: home 1");
    VARIANT_CASE(home_bytes[RLX_HOME_MAX - 1], 4, "variant 1: home 15");
    VARIANT_CASE(first_io, 1, "variant 1: inputs and outputs 1 with 4");
    VARIANT_CASE(io_count, 5, "variant 1: inputs and outputs 0 with 5");
    VARIANT_CASE(io_count, 3, "variant 1: 3 inputs and outputs, but others of its entry have 4");
    VARIANT_CASE(upper[RLX_DIM_ROWS], 3, "variant 1: serves");
    VARIANT_CASE(upper[RLX_DIM_OUT_ROWS], 2, "variant 1: lm_head_rows");
    VARIANT_CASE(upper[RLX_DIM_ROWS], UINT32_MAX, "variant 1: unknown size");
    VARIANT_CASE(upper[RLX_SLOT_MAX - 1], 1, "variant 1: unknown size");
    BATCH_CASE(row_segments, TINY_INPUT_BYTES, "variant 3: row_segments");
    BATCH_CASE(row_segments, TINY_INPUT_BYTES - 16, "variant 3: row_segments");
    BATCH_CASE(row_segments, TINY_ROW_SEGMENTS_AT + 4, "variant 3: row_segments");
    BATCH_CASE(segments, 320, "variant 3: segments at 320 with 320 bytes");
    BATCH_CASE(segments, 200, "variant 3: segments at 200");
    STEP_CASE(kernel, TINY_KERNELS, "step 1: kernel");
    STEP_CASE(first_arg, TINY_ARGS - 2, "step 1: arguments");
    STEP_CASE(first_arg, UINT32_MAX, "step 1: arguments");
    STEP_CASE(arg_count, 65, "step 1: arguments");
    STEP_CASE(flags, 32, "step 1: unknown flags");
    STEP_CASE(tile_bytes, UINT64_MAX, "step 1: 2 tiles of 18446744073709551615 bytes");
    STEP_CASE(tile_symbol, TINY_SYMBOLS, "step 1: unknown tile symbol");
    STEP_CASE(tiles, 0, "step 1: 0 tiles");
    STEP_CASE(name, 1000, "step 1: a string");
    STEP_CASE(value_count, 3, "step 1: 3 values from 0 on are not inside the values of 8 bytes");
    STEP_CASE(value_count, 13, "step 1: 13 values");
    STEP_CASE(value_count, UINT32_MAX, "step 1: 4294967295 values");
    LAUNCH_CASE(first_value, 1, "step 3: 2 values from 1 on are not inside");
    LAUNCH_CASE(first_value, UINT32_MAX, "step 3: 2 values from 4294967295 on");
    SECTION_CASE(RLX_SECTION_VALUES, bytes, 7, "values of 7 bytes");
    SECTION_CASE(RLX_SECTION_VALUES, kind, RLX_SECTION_LICENSE, "values of 0 bytes");
    SECTION_CASE(RLX_SECTION_VALUES, offset, TINY_TABLES + 4, "(values): offset");
    ARG_CASE(home, RLX_HOME_COUNT, "argument 3");
    ARG_CASE(offset, UINT64_MAX, "argument 3");
    ARG_CASE(bytes, UINT64_MAX, "argument 3");
    ARG_CASE(home, RLX_HOME_ADAPTER, "argument 3");
    ARG_CASE(reserved, 1, "argument 3");
    ARG_CASE(home, RLX_HOME_WEIGHT, "argument 3"); /* longer than the weights from there */
}

static void test_inputs_and_outputs(void **state)
{
    (void)state;
    IO_CASE(0, name, 1000, "input or output 0: a string");
    IO_CASE(0, direction, 3, "input or output 0: unknown direction 3");
    IO_CASE(0, direction, RLX_OUTPUT, "input or output 0: home 4");
    IO_CASE(0, home, RLX_HOME_SCRATCH, "input or output 0: home 2");
    IO_CASE(0, element, RLX_F16, "input or output 0: home 4, element 2");
    IO_CASE(0, element, RLX_F32, "input or output 0: not the shape of role 2");
    IO_CASE(0, role, 0, "input or output 0: home 4");
    IO_CASE(0, role, 6, "input or output 0: home 4");
    IO_CASE(0, role, RLX_ROLE_OUT_ROWS, "input or output 0: not the shape of role 4");
    IO_CASE(0, rank, 0, "input or output 0: home 4");
    IO_CASE(0, rank, 6, "input or output 0: home 4");
    IO_CASE(0, rank, 2, "input or output 0: not the shape");
    IO_CASE(0, offset, UINT64_MAX - 3, "input or output 0: offset");
    IO_CASE(1, offset, 2, "input or output 1: offset 2");
    IO_CASE(1, bytes, 4, "input or output 1: offset 64 with 4 bytes, of which 16 are needed");
    IO_CASE(1, stride, 2, "input or output 1: offset 64 with 48 bytes, of which 0 are needed");
    IO_CASE(1, dims[0].size, 2, "input or output 1: offset 64");
    IO_CASE(3, stride, TINY_VOCABULARY - 1, "input or output 3: offset 0");
    IO_CASE(3, stride, UINT32_MAX, "input or output 3: offset 0");
    IO_CASE(3, dims[1].size, 7, "input or output 3: not the shape of role 5");
    IO_CASE(3, dims[1].slot, 3, "input or output 3: not the shape of role 5");
}

/* All variants of an entry have the same inputs and outputs. */
static void test_variants_agree(void **state)
{
    (void)state;
    struct tiny t = tiny_make(NULL);
    struct rlx_section *section = tiny_section(&t, RLX_SECTION_IO);
    struct rlx_variant_entry *v = tiny_entry(&t, RLX_SECTION_VARIANTS, 1);
    struct rlx_io io[2 * TINY_IO];
    rlx_error error;
    memcpy(io, tiny_entry(&t, RLX_SECTION_IO, 0), section->bytes);
    memcpy(io + TINY_IO, io, section->bytes);
    section->offset = TINY_WEIGHTS + 1024; /* there is room */
    section->count = 2 * TINY_IO;
    section->bytes = sizeof io;
    v->first_io = TINY_IO;
    memcpy(t.data + section->offset, io, sizeof io);
    tiny_seal(&t);
    assert_int_equal(check(&t, &error), RLX_OK);
    struct rlx_io *other = tiny_entry(&t, RLX_SECTION_IO, TINY_IO + 1);
    other->name = 0;
    tiny_seal(&t);
    expect_refused(&t, RLX_ERROR_BAD_FILE,
                   "input or output 5: differs from that of other variants");
    free(t.data);
}

static void test_symbols_and_entries(void **state)
{
    (void)state;
    SYMBOL_CASE(2, name, 1000, "symbol 2: a string");
    SYMBOL_CASE(2, symbol, 1, "symbol 2: expected one that is not derived");
    SYMBOL_CASE(5, divide, 2, "symbol 5: expected one that is not derived");
    SYMBOL_CASE(2, min, TINY_CONTEXT + 1, "symbol 2: expected bounds");
    SYMBOL_CASE(2, max, UINT64_MAX, "symbol 2: expected bounds");
    SECTION_CASE(RLX_SECTION_SYMBOLS, kind, RLX_SECTION_LICENSE, "symbols: expected 6 to 16");
    WAY_CASE(name, 1000, "entry 0: a string");
    WAY_CASE(reserved, 1, "entry 0: reserved");
    WAY_CASE(first_use, 1, "entry 0: uses 1 with 2 entries");
    WAY_CASE(use_count, UINT32_MAX, "entry 0: uses 0");
    USE_CASE(state, 2, "use 1: access 3 to state 2 of 2");
    USE_CASE(access, 0, "use 1: access 0");
    USE_CASE(access, 4, "use 1: access 4");
    USE_CASE(rows_slot, 0, "use 1: unknown rows_slot 0");
    USE_CASE(reserved, 1, "use 1: reserved");
}

/* The seventh size of a run is floor((multiply * size + add) / divide) of another. */
static struct tiny with_derived(struct rlx_symbol derived)
{
    struct tiny t = tiny_make(NULL);
    struct rlx_section *section = tiny_section(&t, RLX_SECTION_SYMBOLS);
    uint8_t *room = t.data + TINY_WEIGHTS + 1024;
    memcpy(room, tiny_entry(&t, RLX_SECTION_SYMBOLS, 0), section->bytes);
    memcpy(room + section->bytes, &derived, sizeof derived);
    section->offset = TINY_WEIGHTS + 1024;
    section->count++;
    section->bytes += sizeof derived;
    for (uint32_t i = 0; i < TINY_VARIANTS; i++) {
        struct rlx_variant_entry *v = tiny_entry(&t, RLX_SECTION_VARIANTS, i);
        v->upper[TINY_SYMBOLS] = (v->upper[RLX_DIM_ROWS] + 1) / 2;
    }
    tiny_seal(&t);
    return t;
}

static void test_derived_symbols(void **state)
{
    (void)state;
    const struct rlx_symbol good = {
        .symbol = RLX_DIM_ROWS, .multiply = 1, .add = 1, .divide = 2, .max = TINY_CONTEXT};
    rlx_error error;
    struct tiny t = with_derived(good);
    assert_int_equal(check(&t, &error), RLX_OK);
    ((struct rlx_variant_entry *)tiny_entry(&t, RLX_SECTION_VARIANTS, 2))->upper[TINY_SYMBOLS]--;
    tiny_seal(&t);
    expect_refused(&t, RLX_ERROR_BAD_FILE,
                   "variant 2: size 5 of slot 6 is less than follows from 12");
    free(t.data);
    const struct {
        uint32_t symbol;
        int64_t multiply, add, divide;
        const char *words;
    } bad[] = {{7, 1, 0, 2, "symbol 6: expected one of the 6 symbols"},
               {6, 1, 0, 2, "symbol 6: expected one of the 6 symbols"},
               {2, 0, 0, 2, "symbol 6: (0 * size"},
               {2, 1, -1, 2, "symbol 6: (1 * size + -1)"}, /* sizes from 0 */
               {2, 1, 0, 0, "symbol 6: (1 * size + 0) / 0"},
               {2, INT64_MAX, 0, 1, "is no size for sizes from 0 to 40"},
               {2, INT32_MAX, 0, 1, "is no size for sizes from 0 to 40"}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct rlx_symbol s = good;
        s.symbol = bad[i].symbol;
        s.multiply = bad[i].multiply;
        s.add = bad[i].add;
        s.divide = bad[i].divide;
        t = with_derived(s);
        expect_refused(&t, RLX_ERROR_BAD_FILE, bad[i].words);
        free(t.data);
    }
}

static void test_states_and_tensors(void **state)
{
    (void)state;
    STATE_CASE(layer, 1, "layer 1 of a model with 1");
    STATE_CASE(name, 1000, "state 1: a string");
    STATE_CASE(class_, 5, "state 1: unknown class");
    STATE_CASE(class_, 0, "state 1: unknown class");
    STATE_CASE(class_, RLX_CLASS_CARRIED, "state 1: class 3 in home 1");
    STATE_CASE(class_, RLX_CLASS_RING, "state 1: a window of 0");
    STATE_CASE(class_, RLX_CLASS_CROSS, "state 1: unknown rows_slot");
    STATE_CASE(role, 7, "state 1: unknown role");
    STATE_CASE(layout, 4, "state 1: unknown layout");
    STATE_CASE(rows_slot, 0, "state 1: unknown rows_slot");
    STATE_CASE(window, 5, "state 1: a window of 5");
    STATE_CASE(home, RLX_HOME_CARRIED_IN, "state 1: class 1 in home 6");
    STATE_CASE(element, 0, "state 1: unknown element");
    STATE_CASE(heads, 0, "state 1: 64 rows of 0 heads");
    STATE_CASE(width, 0, "state 1:");
    STATE_CASE(width, UINT32_MAX, "state 1: expected");
    STATE_CASE(capacity, 65, "state 1:");
    STATE_CASE(capacity, 0, "state 1:");
    STATE_CASE(bytes, 64, "state 1: expected");
    STATE_CASE(offset, 1, "state 1: offset");
    STATE_CASE(offset, UINT64_MAX - 63, "state 1: offset");
    TENSOR_CASE(name, 1000, "tensor 0: a string");
    TENSOR_CASE(offset, RLX_PAGE, "tensor 0: offset");
    TENSOR_CASE(offset, 64, "tensor 0: offset 64 is not a multiple of 256");
    TENSOR_CASE(bytes, UINT64_MAX, "tensor 0: offset");
}

static void test_sampling(void **state)
{
    (void)state;
    SAMPLING_CASE(temperature, -1, "sampling: temperature is -1");
    SAMPLING_CASE(temperature, NAN, "sampling: temperature is");
    SAMPLING_CASE(temperature, INFINITY, "sampling: temperature is inf");
    SAMPLING_CASE(repetition_penalty, 0, "sampling: repetition_penalty is 0");
    SAMPLING_CASE(repetition_penalty, NAN, "sampling: repetition_penalty is");
    SAMPLING_CASE(given, RLX_GIVEN_TOP_P, "sampling: top_p is 0");
    SECTION_CASE(RLX_SECTION_SAMPLING, entry_bytes, 24, "(sampling): entry_bytes");
    struct tiny t = tiny_make(NULL);
    rlx_error error;
    struct rlx_sampling_entry *s = tiny_entry(&t, RLX_SECTION_SAMPLING, 0);
    s->given = 1u << 31 | RLX_GIVEN_MIN_P; /* what is unknown is nobody's harm */
    s->min_p = 1;
    s->temperature = NAN; /* not given */
    tiny_seal(&t);
    assert_int_equal(check(&t, &error), RLX_OK);
    s->min_p = 1.5F;
    tiny_seal(&t);
    expect_refused(&t, RLX_ERROR_BAD_FILE, "sampling: min_p is 1.5");
    struct rlx_section *section = tiny_section(&t, RLX_SECTION_SAMPLING);
    section->count = 0;
    section->bytes = 0;
    tiny_seal(&t);
    expect_refused(&t, RLX_ERROR_BAD_FILE, "sampling: expected one entry, found 0");
    free(t.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_info_and_levels),    cmocka_unit_test(test_level_without_image),
        cmocka_unit_test(test_variants_and_steps), cmocka_unit_test(test_inputs_and_outputs),
        cmocka_unit_test(test_variants_agree),     cmocka_unit_test(test_symbols_and_entries),
        cmocka_unit_test(test_derived_symbols),    cmocka_unit_test(test_states_and_tensors),
        cmocka_unit_test(test_sampling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
