/* The packer of weights on tensors made by hand: every packed row, read back through the layout's
 * reader, is the model's row; fill rows and the ends of vectors are zero; the bytes do not depend
 * on the number of threads; an interrupt leaves no file. */
#include "compiler/import/quant.h"
#include "compiler/pack/weights.h"
#include "tests/support/compare.h"
#include "tests/support/temporary_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xxhash.h>

enum {
    COLUMNS = 64,
    Q_ROWS = 21,
    K_ROWS = 5,
    GATE_ROWS = 19,
    NORM = 37,
    CONTEXT = 40,
    ROTARY = 12,
    BIG_ROWS = 40000
};

/* A model in memory and a program of two steps that reads: concat(q, k), interleave(gate, up), a
 * norm, a rope table. */
struct fixture {
    struct arena arena;
    struct strings strings;
    struct diags diags;
    struct file file;
    struct model model;
    struct hir_graph graph;
    struct lir_kernels kernels;
    struct lir_program program;
    struct weight_plan plan;
    hir_id qkv, gated, norm, table, big, turned, halves;
    struct temporary_folder folder;
};

static void add_tensor(struct fixture *f, const char *name, uint32_t rank, uint64_t rows,
                       uint64_t columns, uint64_t *at)
{
    struct tensor t = {.name = str_of(&f->strings, name),
                       .dtype = DTYPE_f32,
                       .rank = (uint8_t)rank,
                       .offset = *at};

    t.shape[0] = rank == 1 ? columns : rows;
    if (rank == 2)
        t.shape[1] = columns;
    t.bytes = rows * columns * sizeof(float);
    *at += t.bytes;
    ARENA_PUSH(&f->arena, f->model.tensors, f->model.tensor_count, f->model.tensor_capacity) = t;
}

static hir_id declare(struct fixture *f, enum hir_op op, enum dtype dtype, int64_t rows,
                      int64_t columns, const char *name, enum layout layout, const hir_id *operands,
                      uint32_t count)
{
    struct hir_graph *g = &f->graph;
    dim_id dims[2] = {dim_const(&g->dims, rows), dim_const(&g->dims, columns)};
    shape_id shape = rows == 0 ? hir_shape(g, 1, dims + 1) : hir_shape(g, 2, dims);
    struct hir_attr attr = {.weight = {.layout = layout}};

    if (op == HIR_rope_table)
        attr = (struct hir_attr){.table = {.theta = 10000}};
    if (count != 0)
        return hir_add(g, op, &attr, operands, count);
    return hir_declare(g, op, dtype, shape, name, &attr, operands, count);
}

static void read_weight(struct fixture *f, hir_id source, uint64_t bytes)
{
    struct lir_program *p = &f->program;

    ARENA_PUSH(&f->arena, p->args, p->arg_count, p->arg_capacity) = p->buffer_count;
    ARENA_PUSH(&f->arena, p->buffers, p->buffer_count, p->buffer_capacity) =
        (struct lir_buffer){.home = HOME_weight, .bytes = bytes, .source = source};
}

/* pack(transpose(wide)), and interleave of its even and odd rows. */
static void add_expressions(struct fixture *f, enum dtype dtype)
{
    struct hir_graph *g = &f->graph;
    hir_id wide =
        declare(f, HIR_weight, DTYPE_f32, COLUMNS, BIG_ROWS, "wide", LAYOUT_none, NULL, 0);
    hir_id turned = hir_add1(g, HIR_transpose, wide), parts[2];
    dim_id dims[] = {dim_const(&g->dims, BIG_ROWS / 2), dim_const(&g->dims, COLUMNS)};
    struct hir_attr packed = {.weight = {.layout = layout_of(dtype)}}, unpacked = {0};

    f->turned =
        hir_declare(g, HIR_pack, dtype, hir_at(g, turned)->shape, "turned", &packed, &turned, 1);
    for (uint32_t i = 0; i < 2; i++) {
        struct hir_attr attr = {.slice = {.axis = 0, .start = dim_const(&g->dims, i), .step = 2}};
        parts[i] =
            hir_declare(g, HIR_slice, DTYPE_f32, hir_shape(g, 2, dims), NULL, &attr, &turned, 1);
        parts[i] = hir_declare(g, HIR_pack, dtype, hir_at(g, parts[i])->shape, NULL, &unpacked,
                               &parts[i], 1);
    }
    f->halves = hir_add(g, HIR_interleave, &packed, parts, 2);
    read_weight(f, f->turned, 1);
    read_weight(f, f->halves, 1);
}

static void make_graph(struct fixture *f, enum dtype dtype, bool with_big)
{
    enum layout layout = layout_of(dtype);
    hir_id parts[2];

    hir_init(&f->graph, &f->arena, &f->strings, "test");
    parts[0] = declare(f, HIR_weight, dtype, Q_ROWS, COLUMNS, "q", LAYOUT_none, NULL, 0);
    parts[1] = declare(f, HIR_weight, dtype, K_ROWS, COLUMNS, "k", LAYOUT_none, NULL, 0);
    f->qkv = declare(f, HIR_concat, dtype, Q_ROWS + K_ROWS, COLUMNS, "qkv", layout, parts, 2);
    parts[0] = declare(f, HIR_weight, dtype, GATE_ROWS, COLUMNS, "gate", LAYOUT_none, NULL, 0);
    parts[1] = declare(f, HIR_weight, dtype, GATE_ROWS, COLUMNS, "up", LAYOUT_none, NULL, 0);
    f->gated =
        declare(f, HIR_interleave, dtype, 2 * GATE_ROWS, COLUMNS, "gate+up", layout, parts, 2);
    f->norm = declare(f, HIR_weight, DTYPE_f32, 0, NORM, "norm", LAYOUT_none, NULL, 0);
    f->table = declare(f, HIR_rope_table, DTYPE_f32, CONTEXT, ROTARY, "rope", LAYOUT_none, NULL, 0);
    f->program = (struct lir_program){
        .arena = &f->arena, .strings = &f->strings, .graph = &f->graph, .kernels = &f->kernels};
    f->kernels.arena = &f->arena;
    ARENA_PUSH(&f->arena, f->program.buffers, f->program.buffer_count, f->program.buffer_capacity) =
        (struct lir_buffer){0};
    read_weight(f, f->qkv, 1);
    read_weight(f, f->gated, 1);
    read_weight(f, f->norm, 1);
    read_weight(f, f->table, 1);
    if (with_big) {
        f->big = declare(f, HIR_weight, dtype, BIG_ROWS, COLUMNS, "big", layout, NULL, 0);
        read_weight(f, f->big, 1);
        add_expressions(f, dtype);
    }
    struct lir_kernel kernel = {.kind = KERNEL_map};
    for (uint32_t i = 0; i < f->program.arg_count; i++)
        kernel.present |= 1u << i;
    uint32_t index = lir_kernel_intern(&f->kernels, &kernel);
    ARENA_PUSH(&f->arena, f->program.steps, f->program.step_count, f->program.step_capacity) =
        (struct lir_step){.kernel = index, .tiles = 1};
}

static const char *path_in(struct fixture *f, const char *name)
{
    return arena_printf(&f->arena, "%s", temporary_path(&f->folder, name));
}

/* As a file, because the packer gives back the pages that it has read. */
static void map_values(struct fixture *f, uint64_t bytes)
{
    const char *path = path_in(f, "model");
    float *values = arena_alloc(&f->arena, bytes, 64);
    struct out out;

    for (uint64_t i = 0; i < bytes / sizeof *values; i++)
        values[i] = (float)((i * 2654435761u >> 7) % 2001) / 1000.0f - 1.0f;
    assert_true(out_open(&out, path, &f->diags));
    assert_true(out_write(&out, values, bytes));
    assert_true(out_commit(&out, false));
    assert_true(file_map(path, &f->file, &f->diags));
    assert_int_equal(unlink(path), 0);
}

static struct fixture *fixture_open(enum dtype dtype, bool with_big)
{
    struct fixture *f = calloc(1, sizeof *f);
    const struct lir_program *programs[1];
    uint64_t bytes = 0;

    assert_non_null(f);
    strings_init(&f->strings, &f->arena);
    f->diags.arena = &f->arena;
    f->model = (struct model){.arena = &f->arena,
                              .strings = &f->strings,
                              .path = "test",
                              .files = &f->file,
                              .file_count = 1};
    add_tensor(f, "q", 2, Q_ROWS, COLUMNS, &bytes);
    add_tensor(f, "k", 2, K_ROWS, COLUMNS, &bytes);
    add_tensor(f, "gate", 2, GATE_ROWS, COLUMNS, &bytes);
    add_tensor(f, "up", 2, GATE_ROWS, COLUMNS, &bytes);
    add_tensor(f, "norm", 1, 1, NORM, &bytes);
    if (with_big)
        add_tensor(f, "big", 2, BIG_ROWS, COLUMNS, &bytes);
    if (with_big)
        add_tensor(f, "wide", 2, COLUMNS, BIG_ROWS, &bytes);
    temporary_open(&f->folder);
    map_values(f, bytes);
    make_graph(f, dtype, with_big);
    programs[0] = &f->program;
    assert_true(weight_plan_make(programs, 1, &f->model, &f->arena, &f->plan, &f->diags));
    return f;
}

static void fixture_close(struct fixture *f)
{
    assert_int_equal(temporary_close(&f->folder), 0); /* nothing was left in it */
    file_unmap(&f->file);
    arena_free(&f->arena);
    free(f);
}

/* The section's bytes, as the packer writes them. */
static uint8_t *pack(struct fixture *f, uint32_t threads, uint64_t *digests,
                     uint64_t *section_digest)
{
    const struct weights_options options = {.threads = threads};
    const char *path = path_in(f, "weights");
    struct out out;
    struct file file;

    assert_true(out_open(&out, path, &f->diags));
    assert_true(
        weights_write(&f->plan, &f->graph, &f->model, &options, &out, digests, section_digest));
    assert_true(out_commit(&out, false));
    assert_true(file_map(path, &file, &f->diags));
    assert_int_equal(file.bytes, f->plan.bytes);
    uint8_t *copy = arena_alloc(&f->arena, file.bytes, 64);
    memcpy(copy, file.data, file.bytes);
    file_unmap(&file);
    assert_int_equal(unlink(path), 0);
    return copy;
}

static const struct packed_weight *weight_of(const struct fixture *f, hir_id id)
{
    assert_int_not_equal(f->plan.weight_of[id], 0);
    return &f->plan.weights[f->plan.weight_of[id] - 1];
}

/* Row `row` of the packed matrix must be row `source_row` of the tensor as `dtype` holds it; NULL:
 * zeros. */
static void check_row(const struct fixture *f, const uint8_t *section,
                      const struct packed_weight *w, uint64_t row, const char *tensor,
                      uint64_t source_row)
{
    float found[COLUMNS], expected[COLUMNS] = {0};
    uint8_t encoded[COLUMNS * sizeof(float)];
    enum dtype dtype = layout_info[w->layout].dtype;

    if (tensor != NULL) {
        const struct tensor *t =
            model_tensor(&f->model, str_find(&f->strings, tensor, strlen(tensor)));
        const float *values =
            (const float *)(const void *)(f->file.data + t->offset) + source_row * COLUMNS;
        assert_true(quant_encode(dtype, values, COLUMNS, encoded));
        quant_decode(dtype, encoded, COLUMNS, expected);
    }
    uint64_t group = layout_group_at(w->layout, COLUMNS, row / ROW_GROUP);
    layout_read_row(w->layout, section + w->offset + group, row % ROW_GROUP, COLUMNS, found);
    expect_equal_bits(tensor == NULL ? "no tensor" : tensor, found, expected, 1, COLUMNS);
}

static void check_matrices(enum dtype dtype)
{
    struct fixture *f = fixture_open(dtype, false);
    uint64_t digests[4], digest, *again = arena_new(&f->arena, uint64_t, 4), digest_again;
    const uint8_t *section = pack(f, 1, digests, &digest);
    const uint8_t *threaded = pack(f, 3, again, &digest_again);

    assert_memory_equal(section, threaded, f->plan.bytes);
    assert_memory_equal(digests, again, sizeof digests);
    assert_true(digest == digest_again && digest == XXH3_64bits(section, f->plan.bytes));
    const struct packed_weight *qkv = weight_of(f, f->qkv), *gated = weight_of(f, f->gated);
    assert_true(digests[0] == XXH3_64bits(section + qkv->offset, qkv->bytes));
    const uint64_t groups = layout_info[qkv->layout].groups; /* of a unit */
    assert_int_equal(qkv->units * groups, 2);
    for (uint64_t row = 0; row < 32; row++)
        check_row(f, section, qkv, row,
                  row < Q_ROWS            ? "q"
                  : row < Q_ROWS + K_ROWS ? "k"
                                          : NULL,
                  row < Q_ROWS ? row : row - Q_ROWS);
    /* gate 0-15, up 0-15, gate 16-18 and zeros, up 16-18 and zeros */
    assert_int_equal(gated->units * groups, 4);
    for (uint64_t row = 0; row < 64; row++) {
        uint64_t source = row / 32 * 16 + row % 16;
        check_row(f, section, gated, row,
                  source >= GATE_ROWS ? NULL
                  : row / 16 % 2 == 0 ? "gate"
                                      : "up",
                  source);
    }
    fixture_close(f);
}

static void test_matrices(void **state)
{
    (void)state;
    check_matrices(DTYPE_f32);
    check_matrices(DTYPE_f16);
    check_matrices(DTYPE_bf16);
    check_matrices(DTYPE_q8_0);
    check_matrices(DTYPE_q4_0);
}

static void test_vectors_and_tables(void **state)
{
    struct fixture *f = fixture_open(DTYPE_q8_0, false);
    uint64_t digests[4], digest, end = 0;
    float row[ROTARY];

    (void)state;
    const uint8_t *section = pack(f, 2, digests, &digest);
    const struct packed_weight *norm = weight_of(f, f->norm), *table = weight_of(f, f->table);
    const float *packed = (const float *)(const void *)(section + norm->offset);
    const struct tensor *t = model_tensor(&f->model, str_find(&f->strings, "norm", 4));
    expect_equal_bits("norm", packed, (const float *)(const void *)(f->file.data + t->offset), 1,
                      NORM);
    expect_all("what pads the norm", packed + NORM, 0, 48 - NORM);
    for (uint32_t position = 0; position < CONTEXT; position++) {
        hir_rope_row(hir_attr(&f->graph, f->table), ROTARY, NULL, position, row);
        expect_equal_bits("table",
                          (const float *)(const void *)(section + table->offset) +
                              (size_t)position * ROTARY,
                          row, 1, ROTARY);
    }
    for (uint32_t i = 0; i < f->plan.weight_count; i++) {
        assert_int_equal(f->plan.weights[i].offset % 64, 0);
        assert_int_equal(f->plan.weights[i].offset, end);
        end += f->plan.weights[i].bytes;
    }
    assert_int_equal(end, f->plan.bytes);
    fixture_close(f);
}

/* Row `row` of a packed matrix must be column `column` of "wide". */
static void check_column(const struct fixture *f, const uint8_t *section,
                         const struct packed_weight *w, uint64_t row, uint64_t column)
{
    const struct tensor *t = model_tensor(&f->model, str_find(&f->strings, "wide", 4));
    const float *wide = (const float *)(const void *)(f->file.data + t->offset);
    float values[COLUMNS], expected[COLUMNS], found[COLUMNS];
    uint8_t encoded[COLUMNS * sizeof(float)];
    enum dtype dtype = layout_info[w->layout].dtype;

    for (uint64_t i = 0; i < COLUMNS; i++)
        values[i] = wide[i * BIG_ROWS + column];
    quant_encode(dtype, values, COLUMNS, encoded);
    quant_decode(dtype, encoded, COLUMNS, expected);
    layout_read_row(w->layout,
                    section + w->offset + layout_group_at(w->layout, COLUMNS, row / ROW_GROUP),
                    row % ROW_GROUP, COLUMNS, found);
    expect_equal_bits("wide", found, expected, 1, COLUMNS);
}

/* Over many pieces, whose borders cut row groups: equal bytes from any number of threads. */
static void check_expressions(enum dtype dtype)
{
    struct fixture *f = fixture_open(dtype, true);
    uint64_t digests[8], digest, digest_again;
    const uint8_t *section = pack(f, 1, digests, &digest);
    const uint8_t *threaded = pack(f, 3, digests, &digest_again);

    assert_memory_equal(section, threaded, f->plan.bytes);
    assert_true(digest == digest_again);
    const struct packed_weight *turned = weight_of(f, f->turned), *halves = weight_of(f, f->halves);
    assert_string_equal(halves->name, "wide");
    assert_int_equal(turned->rows, BIG_ROWS);
    for (uint64_t row = 0; row < BIG_ROWS; row += 7)
        check_column(f, section, turned, row, row);
    for (uint64_t row = 0; row < BIG_ROWS; row += 5) /* groups of even and odd columns alternate */
        check_column(f, section, halves, row, 2 * (row / 32 * 16 + row % 16) + row / ROW_GROUP % 2);
    fixture_close(f);
}

static void test_expressions(void **state)
{
    (void)state;
    check_expressions(DTYPE_f32);
    check_expressions(DTYPE_bf16);
    check_expressions(DTYPE_q4_0);
}

static void interrupt_halfway(void *context, const char *name, uint64_t done, uint64_t total)
{
    (void)context;
    (void)name;
    if (done * 2 > total)
        raise(SIGTERM);
}

static void test_interrupt(void **state)
{
    struct fixture *f = fixture_open(DTYPE_f32, true);
    int status;

    (void)state;
    assert_true(f->plan.bytes > 8u << 20); /* several chunks */
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const struct weights_options options = {.threads = 2, .progress = interrupt_halfway};
        uint64_t digests[8], digest;
        struct out out;
        if (out_open(&out, path_in(f, "weights"), &f->diags))
            weights_write(&f->plan, &f->graph, &f->model, &options, &out, digests, &digest);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
    fixture_close(f); /* asserts that the folder is empty */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matrices),
        cmocka_unit_test(test_vectors_and_tables),
        cmocka_unit_test(test_expressions),
        cmocka_unit_test(test_interrupt),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
