/* GGUF: every type of metadata through the accessors, both versions, another alignment, and the
 * keys that scale rotary frequencies. */
#include "compiler/import/import.h"

#include "tests/support/compare.h"
#include "tests/support/diagnostics.h"
#include "tests/support/gguf_writer.h"
#include "tests/support/importing.h"
#include "tests/support/temporary_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <math.h>

static void put_value(struct gguf_writer *w, const char *key, uint32_t type, const void *value,
                      size_t bytes)
{
    gguf_put_text(w, key);
    gguf_put_u32(w, type);
    gguf_put(w, value, bytes);
}

static void put_array(struct gguf_writer *w, const char *key, uint32_t element, uint64_t count)
{
    gguf_put_text(w, key);
    gguf_put_u32(w, 9);
    gguf_put_u32(w, element);
    gguf_put_u64(w, count);
}

static void write_all_types(struct gguf_writer *w)
{
    const float single = -2.5f, numbers[2] = {0.5f, 4.0f};
    const double twice = 1e300;
    const int64_t minus = -3;
    const uint64_t large = UINT64_MAX;
    const uint8_t yes = 1;

    gguf_begin(w, 0, 18);
    put_value(w, "u8", 0, &large, 1);
    put_value(w, "i8", 1, &minus, 1);
    put_value(w, "u16", 2, &large, 2);
    put_value(w, "i16", 3, &minus, 2);
    put_value(w, "u32", 4, &large, 4);
    put_value(w, "i32", 5, &minus, 4);
    put_value(w, "f32", 6, &single, 4);
    put_value(w, "bool", 7, &yes, 1);
    gguf_value_text(w, "string", "text");
    put_value(w, "u64", 10, &large, 8);
    put_value(w, "i64", 11, &minus, 8);
    put_value(w, "f64", 12, &twice, 8);
    put_array(w, "strings", 8, 3);
    gguf_put_text(w, "one");
    gguf_put_text(w, "");
    gguf_put_text(w, "three");
    put_array(w, "numbers", 6, 2);
    gguf_put(w, numbers, sizeof numbers);
    put_array(w, "bools", 7, 1);
    gguf_put(w, &yes, 1);
    put_array(w, "integers", 3, 1);
    gguf_put(w, &minus, 2);
    put_array(w, "arrays", 9, 1);
    gguf_put_u32(w, 4);
    gguf_put_u64(w, 1);
    gguf_put_u32(w, 7);
    gguf_value_text(w, "last", "end");
}

static void open_gguf(struct importing *i, struct gguf *g, const struct gguf_writer *w)
{
    uint32_t file;

    importing_open(i);
    assert_true(model_map_file(&i->model,
                               temporary_write(&test_folder, "types.gguf", w->data, w->bytes),
                               &file, &i->diags));
    if (!gguf_open(g, &i->model, file, &i->diags)) {
        diags_print(&i->diags, stderr);
        fail();
    }
}

static void test_scalars(void **state)
{
    static const struct {
        const char *key;
        double value;
    } numbers[] = {
        {"u8", 255},           {"i8", -3},     {"u16", 65535}, {"i16", -3},
        {"u32", 4294967295.0}, {"i32", -3},    {"f32", -2.5},  {"u64", 18446744073709551615.0},
        {"i64", -3},           {"f64", 1e300},
    };
    struct gguf_writer w;
    struct importing i;
    struct gguf g;
    const char *text;
    double number;
    uint64_t bytes, integer;
    bool yes = false;

    (void)state;
    write_all_types(&w);
    open_gguf(&i, &g, &w);
    for (size_t n = 0; n < countof(numbers); n++) {
        assert_true(gguf_get_f64(&g, numbers[n].key, &number, &i.diags));
        assert_true(number == numbers[n].value);
    }
    assert_true(gguf_get_u64(&g, "u64", &integer, &i.diags));
    assert_true(integer == UINT64_MAX);
    assert_true(gguf_get_bool(&g, "bool", &yes, &i.diags));
    assert_true(yes);
    assert_true(gguf_get_string(&g, "last", &text, &bytes, &i.diags));
    assert_int_equal(bytes, 3);
    assert_memory_equal(text, "end", 3);
    assert_false(gguf_get_u64(&g, "absent", &integer, &i.diags));
    assert_int_equal(i.diags.error_count, 0);
    assert_false(gguf_get_u64(&g, "i64", &integer, &i.diags));
    assert_true(importing_said(&i, "i64", "at least 0, found -3"));
    assert_false(gguf_get_bool(&g, "u8", &yes, &i.diags));
    assert_true(importing_said(&i, "u8", "a bool, found a value of type u8"));
    assert_false(gguf_get_string(&g, "strings", &text, &bytes, &i.diags));
    assert_true(importing_said(&i, "strings", "a string, found a value of type array"));
    assert_false(gguf_get_f64(&g, "string", &number, &i.diags));
    assert_int_equal(i.diags.error_count, 4);
    importing_close(&i);
}

struct seen {
    char text[64];
    uint64_t stop;
};

static bool see(void *context, uint64_t index, const char *text, uint64_t bytes)
{
    struct seen *seen = context;
    size_t at = strlen(seen->text);

    snprintf(seen->text + at, sizeof seen->text - at, "%d:%.*s;", (int)index, (int)bytes, text);
    return index != seen->stop;
}

static void test_arrays(void **state)
{
    struct gguf_writer w;
    struct importing i;
    struct gguf g;
    struct seen all = {.stop = UINT64_MAX}, some = {.stop = 1};

    (void)state;
    write_all_types(&w);
    open_gguf(&i, &g, &w);
    assert_true(gguf_each_string(&g, gguf_find(&g, "strings"), see, &all));
    assert_string_equal(all.text, "0:one;1:;2:three;");
    assert_false(gguf_each_string(&g, gguf_find(&g, "strings"), see, &some));
    assert_string_equal(some.text, "0:one;1:;");
    assert_false(gguf_each_string(&g, gguf_find(&g, "numbers"), see, &all));
    assert_true(gguf_array_number(&g, gguf_find(&g, "numbers"), 1) == 4.0);
    assert_true(gguf_array_number(&g, gguf_find(&g, "bools"), 0) == 1.0);
    assert_true(gguf_array_number(&g, gguf_find(&g, "integers"), 0) == -3.0);
    assert_int_equal(gguf_find(&g, "arrays")->element, GGUF_array);
    importing_close(&i);
}

static void test_version_and_alignment(void **state)
{
    struct gguf_writer w;
    struct importing i;

    (void)state;
    gguf_small_model(&w);
    gguf_patch(&w, "GGUF", 0, 2, 4);
    assert_true(
        importing_read(&i, temporary_write(&test_folder, "v2.gguf", w.data, w.bytes), false));
    assert_string_equal(i.model.format, "GGUF v2");
    assert_string_equal(i.model.name, "small");
    importing_close(&i);
    gguf_small_model(&w);
    gguf_patch(&w, "general.alignment", 4, 64, 4);
    gguf_put(&w, w.data, 64);
    assert_true(
        importing_read(&i, temporary_write(&test_folder, "v3.gguf", w.data, w.bytes), false));
    const struct tensor *t = model_tensor(&i.model, str_of(&i.strings, "model.norm.weight"));
    assert_non_null(t);
    assert_int_equal(t->offset % 64, 0);
    assert_int_equal(t->rank, 1);
    assert_int_equal(t->bytes, 128);
    importing_close(&i);
}

/* The small model with other rotary keys. */
static void import_rope(struct importing *i, const char *kind, const char *key, float value)
{
    struct gguf_writer w;

    gguf_begin(&w, 3, 14);
    gguf_small_values(&w);
    w.bytes -= 8 + 4; /* the value of rope.scaling.type, which comes last */
    gguf_put_text(&w, kind);
    gguf_value_f32(&w, "llama.rope.scaling.factor", 4.0f);
    gguf_value_u32(&w, "llama.rope.scaling.original_context_length", 32);
    gguf_value_f32(&w, key, value);
    gguf_small_tensors(&w);
    if (!importing_read(i, temporary_write(&test_folder, "rope.gguf", w.data, w.bytes), false)) {
        diags_print(&i->diags, stderr);
        fail();
    }
}

static void test_rope_scaling(void **state)
{
    struct importing i;
    const struct rope_parameters *rope = &i.model.hyper.rope;

    (void)state;
    import_rope(&i, "none", "llama.rope.freq_base", 5000.0f);
    assert_int_equal(rope->scaling, ROPE_default);
    assert_true(rope->theta == 5000.0);
    importing_close(&i);
    import_rope(&i, "linear", "llama.rope.freq_base", 5000.0f);
    assert_int_equal(rope->scaling, ROPE_linear);
    assert_true(rope->factor == 4.0);
    importing_close(&i);
    import_rope(&i, "yarn", "llama.rope.scaling.yarn_beta_fast", 16.0f);
    assert_int_equal(rope->scaling, ROPE_yarn);
    assert_int_equal(rope->original_context, 32);
    assert_true(rope->beta_fast == 32.0 && rope->beta_slow == 1.0 && rope->attention_factor == 0.0);
    assert_non_null(strstr(diags_text(&i.diags, &i.arena), "yarn_beta_fast: 16 is ignored and 32"));
    importing_close(&i);
    import_rope(&i, "yarn", "llama.rope.scaling.attn_factor", 0.5f);
    expect_number("attention factor", rope->attention_factor, 0.5 * (0.1 * 1.3862943611198906 + 1),
                  1e-12);
    importing_close(&i);
}

static void test_rope_factor_below_one(void **state)
{
    struct gguf_writer w;
    struct importing i;

    (void)state;
    gguf_begin(&w, 3, 12);
    gguf_small_values(&w);
    w.bytes -= 8 + 4;
    gguf_put_text(&w, "linear");
    gguf_value_f32(&w, "llama.rope.scaling.factor", 0.25f);
    gguf_small_tensors(&w);
    assert_false(
        importing_read(&i, temporary_write(&test_folder, "rope.gguf", w.data, w.bytes), false));
    assert_true(importing_said(&i, "llama.rope.scaling.factor", "at least 1, found 0.25"));
    importing_close(&i);
}

/* Some writers give four sizes, of which the last are 1. */
static void test_sizes_of_one(void **state)
{
    struct gguf_writer w;
    struct importing i;

    (void)state;
    gguf_begin(&w, 2, 11);
    gguf_small_values(&w);
    gguf_put_text(&w, "token_embd.weight");
    gguf_put_u32(&w, 4);
    for (uint64_t axis = 0; axis < 4; axis++)
        gguf_put_u64(&w, axis == 0 ? 32 : axis == 1 ? 4 : 1);
    gguf_put_u32(&w, 0);
    gguf_put_u64(&w, 0);
    gguf_tensor(&w, "output_norm.weight", 32, 1, 0, 512);
    gguf_data(&w, 640);
    assert_true(
        importing_read(&i, temporary_write(&test_folder, "ones.gguf", w.data, w.bytes), false));
    const struct tensor *matrix = &i.model.tensors[0], *vector = &i.model.tensors[1];
    assert_int_equal(matrix->rank, 2);
    assert_true(matrix->shape[0] == 4 && matrix->shape[1] == 32);
    assert_int_equal(vector->rank, 1);
    assert_true(vector->shape[0] == 32);
    importing_close(&i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_scalars, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_arrays, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_version_and_alignment, temporary_set_up,
                                        temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_sizes_of_one, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_rope_scaling, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_rope_factor_below_one, temporary_set_up,
                                        temporary_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
