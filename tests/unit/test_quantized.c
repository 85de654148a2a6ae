/* Directories with quantized weights (tests/quantized, made by its make.py): each is read into the
 * type that holds it without loss, and its exact logits are those of the publishers' weights. Where
 * these go with int8 activations, so do ours, and only there. */
#include "compiler/import/coded.h"
#include "compiler/types.h"
#include "tests/support/compiled.h"
#include "tests/support/importing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static const struct fixture {
    const char *name;
    enum dtype dtype;     /* of its linear weights */
    bool row_activations; /* it asks for int8 activations with one scale per row */
} fixtures[] = {
    {"gptq-symmetric", DTYPE_q4_0, false},
    {"gptq-asymmetric", DTYPE_i4_g64, false},
    {"gptq-act-order", DTYPE_i4_g32, false},
    {"gptq-3-bit", DTYPE_q4_0, false},
    {"gptq-8-bit", DTYPE_q8_0, false},
    {"awq", DTYPE_i4_g64, false},
    {"awq-experts", DTYPE_i4_g32, false},
    {"compressed-int4", DTYPE_q4_0, false},
    {"compressed-int4-channel", DTYPE_i4_g64, false},
    {"compressed-int4-order", DTYPE_i4_g32, false},
    {"compressed-int8", DTYPE_q8_0, false},
    {"compressed-int8-f32", DTYPE_i8_row, false},
    {"compressed-int8-experts", DTYPE_i8_row, false},
    {"compressed-w8a8", DTYPE_i8_row, true},
    {"compressed-fp8", DTYPE_f32, false},
    {"fp8-blocks", DTYPE_f8_e4m3, false},
    {"compressed-int8-zeros", DTYPE_i8_g32, false},
    {"gptq-8-bit-order", DTYPE_i8_g32, false},
    {"nf4", DTYPE_nf4, false},
    {"nf4-double", DTYPE_nf4, false},
};

static const char *const levels[] = {"x86-64-v3", "x86-64-v4-vnni-bf16"};

static const char *folder_of(const struct fixture *f)
{
    static char path[256];

    snprintf(path, sizeof path, "tests/quantized/%s", f->name);
    return path;
}

/* Scales are of rows, so that their groups may be as large as the types have them. */
static bool scales_rows(const char *name)
{
    return strcmp(name, "compressed-int4-channel") == 0 ||
           strcmp(name, "compressed-int8-zeros") == 0;
}

static enum dtype larger_groups(enum dtype dtype)
{
    return dtype == DTYPE_i4_g64 ? DTYPE_i4_g128 : DTYPE_i8_g128;
}

static uint32_t count_orders(const struct model *m)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < m->tensor_count; i++)
        count += m->tensors[i].dtype == DTYPE_i32;
    return count;
}

static void test_types(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(fixtures); i++) {
        struct importing in;
        uint32_t found = 0;
        importing_open(&in);
        const struct import_options options = {.no_vocabulary = true};
        bool good = import_model(folder_of(&fixtures[i]), &options, &in.model, &in.diags);
        diags_print(&in.diags, stderr);
        assert_true(good);
        assert_int_equal(in.diags.warning_count, fixtures[i].dtype == DTYPE_f32); /* says so once */
        for (uint32_t t = 0; t < in.model.tensor_count; t++) {
            const struct tensor *tensor = &in.model.tensors[t];
            if (strstr(str_text(&in.strings, tensor->name), "_proj.weight") == NULL)
                continue;
            enum dtype expected = tensor_width(tensor) == 128 && scales_rows(fixtures[i].name)
                                      ? larger_groups(fixtures[i].dtype)
                                      : fixtures[i].dtype;
            assert_string_equal(dtype_info[tensor->dtype].name, dtype_info[expected].name);
            found++;
        }
        assert_int_equal(found, 7);
        if (strcmp(fixtures[i].name, "gptq-8-bit-order") == 0)
            assert_int_equal(count_orders(&in.model), 4); /* q, k and v have one, gate and up */
        assert_int_equal(in.model.unread_count, 0);
        assert_int_equal(wants_row_activations(&in.model, &(struct type_choice){0}),
                         fixtures[i].row_activations);
        importing_close(&in);
    }
}

/* Numbers of 4 bits: the layout follows from the group, the scales and the zero points. */
static void test_groups(void **state)
{
    struct coded c = {.numbers = {.part = {.type = PART_i32}, .bits = 4},
                      .least_zero = 0,
                      .greatest_zero = 16,
                      .short_scales = true};

    (void)state;
    c.group_columns = 128; /* scales of bf16 */
    assert_int_equal(coded_type(&c, 512, false), DTYPE_i4_g128);
    assert_int_equal(coded_type(&c, 192, false), DTYPE_i4_g64);
    c.group_columns = 32;
    assert_int_equal(coded_type(&c, 512, false), DTYPE_i4_g32);
    c.group_columns = 1024; /* a whole row */
    assert_int_equal(coded_type(&c, 1024, false), DTYPE_i4_g128);
    assert_int_equal(coded_type(&c, 48, false), DTYPE_f32);
    c.least_zero = c.greatest_zero = 8;
    assert_int_equal(coded_type(&c, 1024, false), DTYPE_i4_g128);
    c.half_scales = true;
    assert_int_equal(coded_type(&c, 1024, false), DTYPE_q4_0);
    c.half_scales = c.short_scales = false; /* f32 */
    c.group_columns = 64;
    assert_int_equal(coded_type(&c, 512, false), DTYPE_i8_g32);
    c.group_columns = 128;
    assert_int_equal(coded_type(&c, 512, false), DTYPE_i8_g128);
    c.numbers.bits = 8; /* and zero points */
    assert_int_equal(coded_type(&c, 512, false), DTYPE_i8_g128);
    assert_int_equal(coded_type(&c, 96, false), DTYPE_i8_g32);
    c.group_columns = 48;
    assert_int_equal(coded_type(&c, 96, false), DTYPE_f32);
}

/* Tables of bitsandbytes are known by their values. */
static void test_tables(void **state)
{
    /* As it divides them by 12. */
    float values[16] = {0, 0.0625f, 8, 12, 4, 6, 2, 3, 0, -0.0625f, -8, -12, -4, -6, -2, -3};
    struct coded c = {
        .numbers = {.part = {.type = PART_u8}, .bits = 4}, .table = values, .group_columns = 64};

    (void)state;
    for (size_t i = 0; i < countof(values); i++)
        values[i] /= 12;
    assert_int_equal(coded_type(&c, 512, false), DTYPE_fp4);
    c.group_columns = 128;
    assert_int_equal(coded_type(&c, 512, false), DTYPE_fp4);
    c.group_columns = 32;
    assert_int_equal(coded_type(&c, 512, false), DTYPE_f32);
    c.group_columns = 64;
    values[1] = 0.005f;
    assert_int_equal(coded_type(&c, 512, false), DTYPE_f32);
}

/* Compares with the tensor `key` what a build with the options `numbers` computes. */
static void check_logits(const struct fixture *f, const char *level, const char *numbers,
                         const char *key)
{
    struct safetensors_reader reader;
    char path[512], options[128];
    bool lacking;

    snprintf(path, sizeof path, "%s/expected.safetensors", folder_of(f));
    snprintf(options, sizeof options, "--level=%s %s --variants=decode=1,prefill=64", level,
             numbers);
    assert_true(safetensors_read(&reader, path));
    struct test_tensor tokens = safetensors_get(&reader, "tokens"),
                       logits = safetensors_get(&reader, key);
    rlx_model *model = compiled_open(folder_of(f), options, &lacking);
    if (lacking) {
        print_message("%s: skipped: this machine lacks %s\n", f->name, level);
        safetensors_close(&reader);
        return;
    }
    assert_non_null(model);
    rlx_session *session = compiled_session(model, 2);
    for (enum way way = 0; way <= WAY_STEPS; way += WAY_STEPS) {
        float *found = compiled_logits(session, logits.shape[1], tokens.i32, tokens.count, way);
        assert_non_null(found);
        struct error e = error_of(logits.f32, found, tokens.count, logits.shape[1]);
        print_message("%s on %s by %s: %s %.1e\n", f->name, level, way_name[way], key,
                      error_rel(&e));
        assert_true(error_within(&e, (struct budget){.rel = 2e-5}, "%s on %s by %s: %s", f->name,
                                 level, way_name[way], key));
        free(found);
    }
    rlx_session_close(session);
    rlx_model_close(model);
    safetensors_close(&reader);
}

static void test_logits(void **state)
{
    const char *only = getenv("RLX_TEST_FIXTURE");

    (void)state;
    for (size_t i = 0; i < countof(fixtures); i++) {
        if (only != NULL && strstr(fixtures[i].name, only) == NULL &&
            strstr(only, fixtures[i].name) == NULL)
            continue;
        for (size_t level = 0; level < countof(levels); level++)
            check_logits(&fixtures[i], levels[level], "--exact", "logits");
    }
}

/* Columns in the order of a file become f32 where nothing reads them in that order, or the type that
 * the user chose. */
static void test_left_out(void **state)
{
    static const struct fixture f = {"gptq-act-order", DTYPE_f32, false};

    (void)state;
    check_logits(&f, levels[0], "--exact --leave-out=order-columns", "logits");
    check_logits(&f, levels[0], "--exact --quant=f32", "logits");
}

/* The publishers' arithmetic in full: weights and activations are the same integers. */
static void test_int8_rows(void **state)
{
    static const struct fixture f = {"compressed-w8a8", DTYPE_i8_row, true};

    (void)state;
    if (compiled_target() != NULL)
        skip(); /* others round activations in blocks */
    for (size_t level = 0; level < countof(levels); level++)
        check_logits(&f, levels[level], "--kv=f32 --activations=i8", "logits_of_int8_rows");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_tables),
        cmocka_unit_test_setup_teardown(test_logits, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_left_out, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_int8_rows, temporary_set_up, temporary_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
