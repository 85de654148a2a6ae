/* The entry of rlxc build --observe and the files of rlx imatrix, against the evaluator: what dense
 * models and mixtures of experts multiply their weights with, which expert has each row, and the sums
 * of squares of a text, as llama-quantize reads them. */
#include "compiler/family/family.h"
#include "compiler/hir/hir_eval.h"
#include "compiler/observe.h"
#include "tests/support/compiled.h"

/* runtime/tool/command.h, whose ways are not those of compiled.h; its main has the variables. */
int command_imatrix(int argc, char **argv);
bool program_has_model;
const char *program_name = "rlx";

#define OPTIONS "--observe --exact --level=x86-64-v3 --variants=decode=1"

enum { TOKENS = 12, WINDOW = 32, WINDOWS = 2 };

/* A model's graph with the entry, and the evaluator of it. */
struct observed {
    struct arena arena;
    struct strings strings;
    struct diags diags;
    struct model model;
    struct model_weights weights;
    struct hir_graph graph;
    struct hir_eval eval;
};

static void import(struct observed *o, const char *path)
{
    const struct import_options options = {.no_vocabulary = true};

    memset(o, 0, sizeof *o);
    o->diags.arena = &o->arena;
    strings_init(&o->strings, &o->arena);
    o->model = (struct model){.arena = &o->arena, .strings = &o->strings};
    assert_true(import_model(path, &options, &o->model, &o->diags));
    hir_init(&o->graph, &o->arena, &o->strings, "model");
    assert_true(family_build(&o->model, 0, &o->graph, &o->diags));
    assert_true(observe_products(&o->graph, &o->model, &o->diags));
    o->weights = (struct model_weights){.model = &o->model, .arena = &o->arena};
}

/* Runs ids from position 0 on. */
static void evaluate(struct observed *o, const int32_t *ids, uint32_t count)
{
    static int32_t positions[WINDOW];

    for (uint32_t i = 0; i < count; i++)
        positions[i] = (int32_t)i;
    o->eval = (struct hir_eval){.weight = model_weight, .weight_context = &o->weights};
    hir_eval_open(&o->eval, &o->graph, &o->arena);
    o->eval.entry = hir_find_entry(&o->graph, OBSERVE_ENTRY);
    o->eval.symbols[SYMBOL_BATCH] = 1;
    o->eval.symbols[SYMBOL_SEQ] = o->eval.symbols[SYMBOL_ROWS] = count;
    o->eval.symbols[SYMBOL_OUT_ROWS] = count;
    hir_eval_role(&o->eval, INPUT_tokens, ids);
    hir_eval_role(&o->eval, INPUT_positions, positions);
    hir_eval_run(&o->eval);
}

static void forget(struct observed *o)
{
    model_close(&o->model);
    arena_free(&o->arena);
}

/* ---- the entry ---- */

static void check_output(struct observed *o, rlx_instance *instance, const char *name)
{
    const float *expected = hir_eval_value(&o->eval, name);
    rlx_output out = rlx_output_default();

    assert_non_null(expected);
    assert_int_equal(rlx_instance_get_output(instance, OBSERVE_ENTRY, name, &out, NULL), RLX_OK);
    assert_true(out.rows >= TOKENS && out.rows % TOKENS == 0);
    struct comparison c = comparison_of("%s", name);
    for (size_t row = 0; row < out.rows; row++)
        for (size_t i = 0; i < out.width; i++)
            compare_number(&c, row, i, (double)out.data[row * out.stride + i],
                           (double)expected[row * out.width + i], 2e-4);
    assert_true(comparison_good(&c));
}

/* Numbers of experts: whole ones, below their count, and different within a token. */
static void check_experts(rlx_instance *instance, const char *name, uint32_t experts)
{
    rlx_output out = rlx_output_default();

    assert_int_equal(rlx_instance_get_output(instance, OBSERVE_ENTRY, name, &out, NULL), RLX_OK);
    const size_t slots = out.rows / TOKENS;
    for (size_t i = 0; i < out.rows; i++) {
        const float expert = out.data[i * out.stride];
        assert_true(expert >= 0 && expert < (float)experts && expert == floorf(expert));
        for (size_t j = i / slots * slots; j < i; j++)
            assert_true(out.data[j * out.stride] != expert);
    }
}

static void check_model(const char *below, uint32_t experts)
{
    rlx_model *model = compiled_shared(below, OPTIONS);
    rlx_instance *instance;
    struct observed o;
    int32_t ids[TOKENS];
    uint32_t outputs = 0;

    if (model == NULL)
        return;
    import(&o, test_shared(below));
    for (int32_t i = 0; i < TOKENS; i++)
        ids[i] = (i * 37 + 5) % (int32_t)o.model.hyper.vocabulary;
    evaluate(&o, ids, TOKENS);
    assert_int_equal(rlx_instance_open(model, NULL, &instance, NULL), RLX_OK);
    assert_int_equal(
        rlx_instance_set_input(instance, OBSERVE_ENTRY, "tokens", ids, sizeof ids, NULL), RLX_OK);
    assert_int_equal(rlx_instance_run(instance, OBSERVE_ENTRY, NULL), RLX_OK);
    const struct hir_entry *e = &o.graph.entries[o.eval.entry];
    for (uint32_t i = e->first_output; i < e->first_output + e->output_count; i++) {
        const char *name = str_text(&o.strings, o.graph.outputs[i].name);
        if (o.graph.outputs[i].role == OUTPUT_state)
            continue;
        check_output(&o, instance, name);
        if (name[0] == '@' && strchr(name, '/') == NULL)
            check_experts(instance, name, experts);
        outputs++;
    }
    /* q, k and v; o; gate and up; down. With experts also the router, and which they are. */
    assert_int_equal(outputs, o.model.hyper.layers * (experts == 0 ? 4 : 6));
    hir_eval_close(&o.eval);
    forget(&o);
    rlx_instance_close(instance);
    rlx_model_close(model);
}

static void test_dense(void **state)
{
    (void)state;
    check_model("golden/llama-f32", 0);
}

static void test_experts(void **state)
{
    (void)state;
    check_model("golden/mixtral-bf16", 6);
}

/* ---- the file ---- */

/* The numbers of a tensor in a GGUF file of `bytes` bytes, all of whose tensors have two sizes and
 * f32. */
static const float *tensor_in(const uint8_t *file, size_t bytes, const char *name, uint64_t size[2])
{
    const size_t length = strlen(name), after = length + 4;
    const uint8_t *found = NULL, *at = file, *last = file;
    uint64_t offset;

    while ((at = memmem(at, bytes - (size_t)(at - file), ".counts", 7)) != NULL)
        last = at++; /* the last description */
    found = memmem(file, bytes, name, length);
    assert_true(found != NULL && last > found);
    memcpy(size, found + after, 16);
    memcpy(&offset, found + after + 20, sizeof offset);
    size_t header = (size_t)(last - file) + 7 + 4 + 16 + 4 + 8;
    header = (header + 31) / 32 * 32;
    assert_true(header + offset + size[0] * size[1] * 4 <= bytes);
    return (const float *)(const void *)(file + header + offset);
}

static const char text[] =
    "Once upon a time, there was a quiet fox named Bobby who lived in a tall lighthouse. One day, "
    "Bobby found a shiny stone near the sea. He showed it to his friend Lily, and they were happy. "
    "They put the stone on the roof, so that every ship could see its light from far away.";

/* Of an output by the evaluator, over all windows. */
static void check_sums(struct observed *o, const int32_t *ids, const char *output,
                       const float *sums, size_t width)
{
    double *expected = calloc(width, sizeof *expected);

    for (uint32_t w = 0; w < WINDOWS; w++) {
        evaluate(o, ids + w * WINDOW, WINDOW);
        const float *x = hir_eval_value(&o->eval, output);
        for (size_t i = 0; i < WINDOW * width; i++)
            expected[i % width] += (double)x[i] * (double)x[i];
        hir_eval_close(&o->eval);
    }
    struct comparison c = comparison_of("%s", output);
    for (size_t i = 0; i < width; i++)
        compare_number(&c, 0, i, (double)sums[i], expected[i], 1e-3 * expected[i] + 1e-6);
    assert_true(comparison_good(&c));
    free(expected);
}

static void test_file(void **state)
{
    static const char *const model_path = "examples/stories-3m.Q8_0.gguf";
    static uint8_t bytes[4 << 20];
    static int32_t ids[512];
    char compiled[1024], text_path[1024], out[1024];
    struct observed o;
    uint64_t size[2];
    size_t count = 0;
    rlx_model *model;

    (void)state;
    assert_int_equal(compiled_build(model_path, OPTIONS, compiled), 0);
    snprintf(text_path, sizeof text_path, "%s",
             temporary_write(&test_folder, "text", text, sizeof text - 1));
    snprintf(out, sizeof out, "%s", temporary_path(&test_folder, "out.gguf"));
    char *argv[] = {(char *)(uintptr_t) "imatrix",
                    compiled,
                    (char *)(uintptr_t) "-f",
                    text_path,
                    (char *)(uintptr_t) "-c32",
                    (char *)(uintptr_t) "-o",
                    out,
                    NULL};
    optind = 0;
    assert_int_equal(command_imatrix(7, argv), 0);
    FILE *file = fopen(out, "rb");
    assert_non_null(file);
    const size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    assert_int_equal(rlx_model_open(compiled, &model, NULL), RLX_OK);
    assert_int_equal(
        rlx_tokenize(model, text, sizeof text - 1, RLX_TOKENIZE_ADD_BOS, ids, 512, &count, NULL),
        RLX_OK);
    rlx_model_close(model);
    assert_int_equal(count / WINDOW, WINDOWS);
    import(&o, model_path);
    const float *counts = tensor_in(bytes, length, "blk.1.ffn_down.weight.counts", size);
    assert_true(size[0] == 1 && size[1] == 1 && counts[0] == WINDOWS * WINDOW);
    const float *down = tensor_in(bytes, length, "blk.1.ffn_down.weight.in_sum2", size);
    assert_int_equal(size[1], 1);
    check_sums(&o, ids, "blk.1.ffn_down.weight", down, size[0]);
    const float *v = tensor_in(bytes, length, "blk.0.attn_v.weight.in_sum2", size);
    check_sums(&o, ids, "blk.0.attn_q.weight blk.0.attn_k.weight blk.0.attn_v.weight", v, size[0]);
    forget(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dense),
        cmocka_unit_test(test_experts),
        cmocka_unit_test(test_file),
    };

    return cmocka_run_group_tests(tests, temporary_set_up, temporary_tear_down);
}
