/* Importance matrices: what a file says about a model's columns, what it is refused for, and that
 * quantizing goes by it. */
#include "compiler/import/imatrix.h"
#include "tests/support/gguf_writer.h"
#include "tests/support/importing.h"
#include "tests/support/temporary_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>

enum { TENSORS = 3, COLUMNS = 8, EXPERTS = 2 };

/* A model of two matrices that read the same input, and a stack of experts. */
struct fixture {
    struct importing i;
    struct tensor tensors[TENSORS];
    struct imatrix_facts facts;
};

static void fixture_open(struct fixture *f)
{
    static const char *const names[TENSORS] = {"model.layers.0.self_attn.q_proj.weight",
                                               "model.layers.0.self_attn.v_proj.weight",
                                               "model.layers.0.mlp.experts.down_proj.weight"};

    memset(f, 0, sizeof *f);
    importing_open(&f->i);
    for (uint32_t t = 0; t < TENSORS; t++)
        f->tensors[t] = (struct tensor){.name = str_of(&f->i.strings, names[t]),
                                        .source_name = str_of(&f->i.strings, names[t]),
                                        .dtype = DTYPE_bf16,
                                        .rank = 2,
                                        .shape = {3, COLUMNS}};
    f->tensors[2].rank = 3;
    f->tensors[2].shape[0] = EXPERTS;
    f->tensors[2].shape[1] = 3;
    f->tensors[2].shape[2] = COLUMNS;
    f->i.model.tensors = f->tensors;
    f->i.model.tensor_count = TENSORS;
}

/* The file: sums of `columns` numbers 0, 1, 2, ... for one tensor, with one count for each of
 * `matrices`; the first is `count`, the others are 0. */
struct written {
    const char *type, *name;
    uint64_t columns, matrices, counts;
    float first, count;
    uint32_t dtype;
};

static const struct written good = {"imatrix", "blk.0.attn_q.weight", COLUMNS, 1, 1, 0, 5, 0};

static void write_file(struct gguf_writer *w, const struct written *o)
{
    char name[100];

    gguf_begin(w, 2, 2);
    gguf_value_text(w, "general.type", o->type);
    gguf_value_u32(w, "imatrix.chunk_count", 9);
    snprintf(name, sizeof name, "%s.in_sum2", o->name);
    gguf_tensor(w, name, o->columns, o->matrices, o->dtype, 0);
    snprintf(name, sizeof name, "%s.counts", o->name);
    gguf_tensor(w, name, 1, o->counts, 0, 128);
    gguf_data(w, 0);
    for (uint32_t i = 0; i < 32; i++) {
        float value = i == 0 ? o->first : (float)(i % o->columns);
        gguf_put(w, &value, sizeof value);
    }
    for (uint32_t i = 0; i < 8; i++) {
        float value = i == 0 ? o->count : 0;
        gguf_put(w, &value, sizeof value);
    }
}

static bool read_bytes(struct fixture *f, const void *data, size_t bytes)
{
    fixture_open(f);
    return imatrix_read(temporary_write(&test_folder, "imatrix.gguf", data, bytes), &f->i.model,
                        &f->facts, &f->i.diags);
}

static bool read_written(struct fixture *f, const struct written *o)
{
    static struct gguf_writer w;

    write_file(&w, o);
    return read_bytes(f, w.data, w.bytes);
}

static void fixture_close(struct fixture *f)
{
    arena_free(&f->i.arena);
}

/* The mean is 1; what reads the same input has the same importance. */
static void test_columns(void **state)
{
    struct fixture f;

    (void)state;
    assert_true(read_written(&f, &good));
    assert_int_equal(f.facts.chunks, 9);
    assert_int_equal(f.facts.known, 2);
    assert_true(f.facts.digest != 0);
    for (uint32_t t = 0; t < 2; t++)
        for (uint32_t i = 0; i < COLUMNS; i++)
            assert_true(fabsf(f.tensors[t].importance[i] - (float)i / 3.5f) < 1e-6f);
    assert_null(f.tensors[2].importance);
    fixture_close(&f);
}

/* Each expert has its own; one that no token chose has none, which counts as equal columns. */
static void test_experts(void **state)
{
    struct written o = good;
    struct fixture f;

    (void)state;
    o.name = "blk.0.ffn_down_exps.weight";
    o.matrices = o.counts = EXPERTS;
    assert_true(read_written(&f, &o));
    assert_int_equal(f.facts.known, 1);
    assert_int_equal(f.tensors[2].importance_matrices, EXPERTS);
    assert_true(fabsf(f.tensors[2].importance[1] - 1 / 3.5f) < 1e-6f);
    for (uint32_t i = 0; i < COLUMNS; i++)
        assert_true(f.tensors[2].importance[COLUMNS + i] == 1);
    fixture_close(&f);
}

static void expect_refused(const struct written *o, const char *object, const char *text)
{
    struct fixture f;

    assert_false(read_written(&f, o));
    assert_true(importing_said(&f.i, object, text));
    fixture_close(&f);
}

static void test_wrong_files(void **state)
{
    struct written o;
    struct fixture f;

    (void)state;
    o = good, o.type = "model";
    expect_refused(&o, "general.type", "found 'model'");
    o = good, o.name = "blk.7.attn_q.weight";
    expect_refused(&o, NULL, "found none of them");
    o = good, o.count = 0;
    expect_refused(&o, NULL, "expected data of the model's tensors");
    o = good, o.columns = 4;
    expect_refused(&o, "blk.0.attn_q.weight.in_sum2", "found 4 of 1");
    o = good, o.matrices = 2;
    expect_refused(&o, "blk.0.attn_q.weight.in_sum2", "found 8 of 2");
    o = good, o.counts = 2;
    expect_refused(&o, "blk.0.attn_q.weight.in_sum2", "found another number");
    o = good, o.dtype = 1;
    expect_refused(&o, "blk.0.attn_q.weight.in_sum2", "expected f32, found f16");
    o = good, o.first = -1;
    expect_refused(&o, "blk.0.attn_q.weight.in_sum2", "found -1 at 0");
    o = good, o.first = NAN;
    expect_refused(&o, "blk.0.attn_q.weight.in_sum2", "nan at 0");
    o = good, o.count = INFINITY;
    expect_refused(&o, "blk.0.attn_q.weight.counts", "found inf");
    assert_false(read_bytes(&f, "\5\0\0\0old", 7));
    assert_true(importing_said(&f.i, NULL, "the older form (.dat)"));
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_experts),
        cmocka_unit_test(test_wrong_files),
    };
    return cmocka_run_group_tests(tests, temporary_set_up, temporary_tear_down);
}
