/* Weight expressions against values that numpy computed (tests/weights/record_expressions.py): every
 * form, from tensors of every type, packed in every type. Also: rows do not depend on how many are
 * asked for at once, tensors that are slices of others or bytes in memory, and refusals. */
#include "compiler/import/quant.h"
#include "compiler/pack/expression.h"
#include "tests/support/few_cases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 64, COLUMNS = 512, MAX_LINES = 16, MAX_LINE = 512 };

/* ---- tensors ---- */

static uint8_t *generate(struct arena *a, enum dtype dtype, uint64_t state)
{
    const struct dtype_info *info = &dtype_info[dtype];
    uint64_t bytes = (uint64_t)ROWS * COLUMNS / info->block * info->bytes;
    uint8_t *data = arena_alloc(a, bytes, 64);
    uint32_t unit = info->block == 1 ? info->bytes : 1;

    for (uint64_t at = 0; at < bytes; at += unit) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        uint32_t word = (uint32_t)(state >> 32);
        uint16_t half = (uint16_t)(dtype == DTYPE_f16 ? (word >> 16 & 0x8fff) | 0x3000
                                                      : (word >> 16 & 0x81ff) | 0x3e00);
        float value = (float)((double)(int32_t)word / 2147483648.0);
        if (dtype == DTYPE_f32)
            memcpy(data + at, &value, sizeof value);
        else if (unit == 2)
            memcpy(data + at, &half, sizeof half);
        else
            data[at] = (uint8_t)(word >> 24);
    }
    if (unit != 1)
        return data;
    uint32_t first = dtype == DTYPE_q6_k ? 208 : 0;
    bool two =
        dtype == DTYPE_q4_1 || dtype == DTYPE_q5_1 || dtype == DTYPE_q4_k || dtype == DTYPE_q5_k;
    for (uint64_t at = first; at < bytes; at += info->bytes)
        for (uint32_t i = 0; i <= two; i++) { /* scales that are neither tiny nor infinite */
            uint8_t *half = data + at + 2 * i;
            half[1] = (uint8_t)((half[1] & 0x07) | 0x24);
        }
    return data;
}

struct fixture {
    struct arena arena;
    struct strings strings;
    struct diags diags;
    struct model model;
    struct hir_graph graph;
};

static void fixture_open(struct fixture *f)
{
    *f = (struct fixture){.arena = {0}};
    strings_init(&f->strings, &f->arena);
    f->diags.arena = &f->arena;
    f->model = (struct model){.arena = &f->arena, .strings = &f->strings, .path = "test"};
}

static struct tensor tensor_of(struct fixture *f, const char *name, enum dtype dtype, uint64_t rows,
                               uint64_t columns)
{
    return (struct tensor){
        .name = str_of(&f->strings, name), .dtype = dtype, .rank = 2, .shape = {rows, columns}};
}

static void add_generated(struct fixture *f, enum dtype dtype)
{
    model_add_memory(&f->model, tensor_of(f, "a", dtype, ROWS, COLUMNS),
                     generate(&f->arena, dtype, 1));
    model_add_memory(&f->model, tensor_of(f, "b", dtype, ROWS, COLUMNS),
                     generate(&f->arena, dtype, 2));
}

/* ---- rows ---- */

static uint32_t crc32_of(const void *bytes, size_t count)
{
    const uint8_t *data = bytes;
    uint32_t crc = 0xffffffff;
    static uint32_t table[256];

    for (uint32_t i = 0; i < 256 && table[255] == 0; i++) {
        table[i] = i;
        for (int bit = 0; bit < 8; bit++)
            table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320 : 0);
    }
    for (size_t i = 0; i < count; i++)
        crc = crc >> 8 ^ table[(crc ^ data[i]) & 255];
    return ~crc;
}

/* All rows of the root, `step` at a time, decoded. */
static float *all_rows(struct arena *a, const struct expression *x, uint32_t root, uint64_t step)
{
    const struct expression_op *o = &x->ops[root];
    float *values = arena_new(a, float, o->rows * o->width);
    uint8_t *memory = arena_alloc(a, step * expression_row_bytes(x, root), 64);
    const uint8_t **rows = arena_new(a, const uint8_t *, step);
    struct expression_reader reader = {.next_band = 0};

    for (uint64_t first = 0; first < o->rows; first += step) {
        uint64_t count = min_u64(step, o->rows - first);
        expression_rows(&reader, x, root, first, count, max_u64(count, (o->rows - first) / 2), rows,
                        memory);
        for (uint64_t i = 0; i < count; i++)
            quant_decode((enum dtype)o->dtype, rows[i], o->width, values + (first + i) * o->width);
    }
    assert_null(reader.refused);
    expression_forget(&reader);
    return values;
}

/* ---- the recorded forms ---- */

struct form {
    char name[MAX_LINE], lines[MAX_LINES][MAX_LINE];
    unsigned long rows, columns;
    uint32_t line_count;
};

/* The text of a form for one type of tensors, and packed. */
static const char *graph_text(struct arena *a, const struct form *form, const char *type,
                              enum dtype dtype, const char *packed)
{
    static const char *const words[] = {"TYPE", "PLAIN", "SMALL"};
    const char *names[] = {type, dtype_info[dtype].block == 1 ? type : "f32",
                           dtype_info[dtype].block <= 32 ? type : "f32"};
    struct text text = {.arena = a};

    text_add(&text,
             "graph \"form\"\n%%1 = weight %s [64, 512] \"a\"\n%%2 = weight %s [64, 512] \"b\"\n",
             type, type);
    for (uint32_t i = 0; i < form->line_count; i++) {
        const char *line = form->lines[i];
        uint32_t word = 0;
        while (word < countof(words) && strstr(line, words[word]) == NULL)
            word++;
        if (word == countof(words))
            text_add(&text, "%s\n", line);
        else
            text_add(&text, "%.*s%s%s\n", (int)(strstr(line, words[word]) - line), line,
                     names[word], strstr(line, words[word]) + strlen(words[word]));
    }
    text_add(&text, "%%%u = pack %%%u %s [%lu, %lu]\noutput \"y\" %%%u\n", form->line_count + 3,
             form->line_count + 2, packed, form->rows, form->columns, form->line_count + 3);
    return text.data;
}

static void check_form(struct fixture *f, const struct form *form, const char *type,
                       const char *packed, uint32_t expected)
{
    const char *text =
        graph_text(&f->arena, form, type, dtype_from_name(type, strlen(type)), packed);
    struct expression x = {.model = &f->model};
    uint32_t root = 0;

    hir_init(&f->graph, &f->arena, &f->strings, "");
    bool good =
        hir_parse(&f->graph, form->name, text, strlen(text), &f->diags) &&
        hir_verify(&f->graph, &f->diags) &&
        expression_add(&x, &f->graph, f->graph.outputs[0].node, &f->arena, &root, &f->diags);
    if (!good) {
        diags_print(&f->diags, stderr);
        fail_msg("%s", text);
    }
    size_t bytes = form->rows * form->columns * sizeof(float);
    const float *values = all_rows(&f->arena, &x, root, 16);
    if (crc32_of(values, bytes) != expected)
        fail_msg("%s of %s as %s: other values than numpy's", form->name, type, packed);
    if (strcmp(packed, "q8_0") != 0)
        return;
    assert_memory_equal(values, all_rows(&f->arena, &x, root, 7), bytes);
    assert_memory_equal(values, all_rows(&f->arena, &x, root, form->rows), bytes);
}

static void test_forms(void **state)
{
    FILE *file = fopen("tests/weights/expressions.txt", "r");
    struct form form = {.rows = 0};
    char line[MAX_LINE];
    struct few_cases few = {0};

    (void)state;
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = 0;
        if (line[0] == '#')
            continue;
        if (sscanf(line, "form %lu %lu %[^\n]", &form.rows, &form.columns, form.name) == 3) {
            form.line_count = 0;
            continue;
        }
        if (line[0] == ' ') {
            assert_true(form.line_count < MAX_LINES);
            strcpy(form.lines[form.line_count++], line);
            continue;
        }
        char *rest = line, *type = strsep(&rest, ":"), *pair;
        struct fixture f;
        fixture_open(&f);
        add_generated(&f, dtype_from_name(type, strlen(type)));
        while ((pair = strsep(&rest, " ")) != NULL) {
            char *equals = strchr(pair, '=');
            if (equals == NULL)
                continue;
            *equals = 0;
            if (cases_take(&few, !cases_are_few() || (few.taken + few.left) % 5 == 0))
                check_form(&f, &form, type, pair, (uint32_t)strtoul(equals + 1, NULL, 16));
        }
        arena_free(&f.arena);
    }
    fclose(file);
    assert_true(few.taken + few.left > 2000);
    cases_end(&few, "forms of weights", "formats");
}

/* ---- tensors that no file has ---- */

static void parse(struct fixture *f, const char *text)
{
    hir_init(&f->graph, &f->arena, &f->strings, "");
    assert_true(hir_parse(&f->graph, "test", text, strlen(text), &f->diags));
    assert_true(hir_verify(&f->graph, &f->diags));
}

static void test_slices_of_tensors(void **state)
{
    struct fixture f;
    struct expression x = {.count = 0};
    uint32_t root = 0;

    (void)state;
    fixture_open(&f);
    add_generated(&f, DTYPE_q4_k);
    const struct tensor a = f.model.tensors[0], b = f.model.tensors[1];
    const struct tensor_slice slices[] = {{b, 60, 4}, {a, 0, 64}, {b, 3, 1}};
    assert_true(model_add_slices(&f.model, tensor_of(&f, "joined", DTYPE_q4_k, 69, COLUMNS), slices,
                                 3, &f.diags));
    parse(&f, "graph \"slices\"\n%1 = weight q4_k [69, 512] \"joined\"\noutput \"y\" %1\n");
    x.model = &f.model;
    assert_true(expression_add(&x, &f.graph, 1, &f.arena, &root, &f.diags));
    const float *found = all_rows(&f.arena, &x, root, 16);
    float expected[COLUMNS];
    for (uint64_t row = 0; row < 69; row++) {
        const struct tensor *t = row < 4 || row == 68 ? &b : &a;
        uint64_t from = row < 4 ? 60 + row : row < 68 ? row - 4 : 3;
        quant_decode(DTYPE_q4_k, t->memory + from * tensor_row_bytes(t), COLUMNS, expected);
        assert_memory_equal(found + row * COLUMNS, expected, sizeof expected);
    }
    assert_false(model_add_slices(&f.model, tensor_of(&f, "long", DTYPE_q4_k, 70, COLUMNS), slices,
                                  3, &f.diags));
    assert_false(model_add_slices(&f.model, tensor_of(&f, "other", DTYPE_q5_k, 69, COLUMNS), slices,
                                  3, &f.diags));
    const struct tensor_slice outside = {b, 60, 5};
    assert_false(model_add_slices(&f.model, tensor_of(&f, "outside", DTYPE_q4_k, 5, COLUMNS),
                                  &outside, 1, &f.diags));
    assert_int_equal(f.diags.error_count, 3);
    arena_free(&f.arena);
}

/* ---- refusals ---- */

static void refuse(const char *lines, const char *expected)
{
    struct fixture f;
    struct expression x = {.count = 0};
    uint32_t root = 0;

    fixture_open(&f);
    add_generated(&f, DTYPE_f32);
    parse(&f,
          arena_printf(&f.arena, "graph \"refused\"\n%%1 = weight f32 [64, 512] \"a\"\n%s", lines));
    x.model = &f.model;
    assert_false(expression_add(&x, &f.graph, f.graph.outputs[0].node, &f.arena, &root, &f.diags));
    assert_non_null(strstr(f.diags.first->text, expected));
    arena_free(&f.arena);
}

/* A chain of so many ops has so many errors. */
static void check_depth(struct arena *a, uint32_t ops, uint32_t errors)
{
    struct text chain = {.arena = a};
    struct fixture f;

    fixture_open(&f);
    text_add(&chain, "graph \"chain\"\n%%1 = weight f32 [4, 8] \"a\"\n");
    for (uint32_t i = 1; i <= ops; i++)
        text_add(&chain, "%%%u = neg %%%u f32 [4, 8]\n", i + 1, i);
    text_add(&chain, "output \"y\" %%%u\n", ops + 1);
    hir_init(&f.graph, &f.arena, &f.strings, "");
    assert_true(hir_parse(&f.graph, "test", chain.data, chain.bytes, &f.diags));
    assert_int_equal(hir_verify(&f.graph, &f.diags), errors == 0);
    assert_int_equal(f.diags.error_count, errors);
    arena_free(&f.arena);
}

static void test_refusals(void **state)
{
    struct text doubling = {.arena = NULL};
    struct arena arena = {0};

    (void)state;
    refuse("%2 = pack %1 nvfp4 [64, 512]\noutput \"y\" %2\n", "expected a type with an encoder");
    refuse("%2 = weight f32 [64, 512] \"c\"\n%3 = add %1 %2 f32 [64, 512]\noutput \"y\" %3\n",
           "the model does not have it");
    doubling.arena = &arena;
    for (uint32_t i = 2; i < 40; i++)
        text_add(&doubling, "%%%u = add %%%u %%%u f32 [64, 512]\n", i, i - 1, i - 1);
    text_add(&doubling, "output \"y\" %%39\n");
    refuse(doubling.data, "at most 4096 ops");
    check_depth(&arena, 1000, 0);
    check_depth(&arena, 1001, 1);
    check_depth(&arena, 5000, 1);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_slices_of_tensors),
        cmocka_unit_test(test_refusals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
