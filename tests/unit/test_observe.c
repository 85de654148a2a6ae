/* The entry of rlxc build --observe and the files of rlx imatrix, against the evaluator: what dense
 * models and mixtures of experts multiply their weights with, which expert has each row, and the sums
 * of squares of a text, as llama-quantize reads them. */
#include "compiler/family/family.h"
#include "compiler/hir/hir_eval.h"
#include "compiler/import/imatrix.h"
#include "compiler/observe.h"
#include "tests/support/compiled.h"

/* runtime/tool/command.h, whose ways are not those of compiled.h; its main has the variables. */
int command_imatrix(int argc, char **argv);
bool program_has_model;
const char *program_name = "rlx";

#define OPTIONS "--observe --exact --level=x86-64-v3 --variants=decode=1"

enum { TOKENS = 12, WINDOW = 32, CHOSEN_WIDTH = 16 /* numbers in a row of "@N" */ };

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

/* A weight in a file: its tensors of sums and counts, one row for each expert. */
struct held {
    const float *sums, *counts;
    uint64_t width, experts;
};

static struct held held_of(const uint8_t *file, size_t bytes, const char *weight)
{
    uint64_t sums[2], counts[2];
    char name[100];
    struct held h;

    snprintf(name, sizeof name, "%s.in_sum2", weight);
    h.sums = tensor_in(file, bytes, name, sums);
    snprintf(name, sizeof name, "%s.counts", weight);
    h.counts = tensor_in(file, bytes, name, counts);
    assert_true(counts[0] == 1 && counts[1] == sums[1]);
    h.width = sums[0];
    h.experts = sums[1];
    return h;
}

/* An output of the entry and a weight that reads it. In a mixture a token has `slots` rows of
 * "@N", the numbers of its experts; x has one row for each of these or, where it is shared, for each
 * token. */
struct input {
    const char *weight, *output;
    uint32_t slots; /* 0: no mixture */
    bool shared;
};

static void add_squares(struct observed *o, const struct input *in, const struct held *h,
                        double *sums, double *counts)
{
    const float *x = hir_eval_value(&o->eval, in->output), *chosen = NULL;
    const size_t pairs = (size_t)WINDOW * (in->slots == 0 ? 1 : in->slots);
    char name[16];

    snprintf(name, sizeof name, "%.*s", (int)strcspn(in->output, "/"), in->output);
    if (in->slots != 0)
        assert_non_null(chosen = hir_eval_value(&o->eval, name));
    assert_non_null(x);
    for (size_t i = 0; i < pairs; i++) {
        const float *row = x + (in->shared ? i / in->slots : i) * h->width;
        const size_t expert = chosen == NULL ? 0 : (size_t)chosen[i * CHOSEN_WIDTH];
        assert_true(expert < h->experts);
        counts[expert]++;
        for (size_t k = 0; k < h->width; k++)
            sums[expert * h->width + k] += (double)row[k] * (double)row[k];
    }
}

/* The sums and counts of a weight against those of the evaluator over all windows. */
static void check_weight(struct observed *o, const int32_t *ids, uint32_t windows,
                         const struct input *in, const struct held *h)
{
    double *sums = calloc(h->experts * h->width, sizeof *sums);
    double *counts = calloc(h->experts, sizeof *counts);
    struct comparison c = comparison_of("%s", in->weight);

    for (uint32_t w = 0; w < windows; w++) {
        evaluate(o, ids + w * WINDOW, WINDOW);
        add_squares(o, in, h, sums, counts);
        hir_eval_close(&o->eval);
    }
    for (size_t e = 0; e < h->experts; e++) {
        assert_true((double)h->counts[e] == counts[e]);
        for (size_t i = 0; i < h->width; i++) {
            const double sum = sums[e * h->width + i];
            compare_number(&c, e, i, (double)h->sums[e * h->width + i], sum, 1e-3 * sum + 1e-6);
        }
    }
    assert_true(comparison_good(&c));
    free(sums);
    free(counts);
}

/* What the compiler reads from the file is what it holds: the sums of each expert, whose mean becomes
 * 1. */
static void check_importance(struct observed *o, const char *path, const char *tensor,
                             const struct held *h, uint32_t known)
{
    struct imatrix_facts facts;

    assert_true(imatrix_read(path, &o->model, &facts, &o->diags));
    assert_int_equal(facts.known, known);
    const struct tensor *t = model_find_tensor(&o->model, "%s", tensor);
    assert_true(t != NULL && t->importance != NULL && t->importance_matrices == h->experts);
    struct comparison c = comparison_of("importance of %s", tensor);
    for (size_t e = 0; e < h->experts; e++) {
        double total = 0;
        for (size_t i = 0; i < h->width; i++)
            total += (double)h->sums[e * h->width + i];
        for (size_t i = 0; i < h->width; i++)
            compare_number(
                &c, e, i, (double)t->importance[e * h->width + i],
                total > 0 ? (double)h->sums[e * h->width + i] * (double)h->width / total : 1, 1e-5);
    }
    assert_true(comparison_good(&c));
}

/* rlx imatrix of a compiled model: writes `out`, fills `file`. Its size. */
static size_t make_file(char *compiled, char *out, uint8_t *file, size_t room)
{
    char text_path[1024], *argv[] = {(char *)(uintptr_t) "imatrix",
                                     compiled,
                                     (char *)(uintptr_t) "-qf",
                                     text_path,
                                     (char *)(uintptr_t) "-c32",
                                     (char *)(uintptr_t) "-o",
                                     out,
                                     NULL};

    snprintf(text_path, sizeof text_path, "%s",
             temporary_write(&test_folder, "text", text, sizeof text - 1));
    optind = 0;
    assert_int_equal(command_imatrix(7, argv), 0);
    FILE *opened = fopen(out, "rb");
    assert_non_null(opened);
    const size_t length = fread(file, 1, room, opened);
    fclose(opened);
    return length;
}

/* The ids of the text, cut into windows, each of which begins as a text does. How many there are. */
static uint32_t tokenize(const char *compiled, int32_t *ids, size_t room)
{
    const uint32_t flags = RLX_TOKENIZE_ADD_BOS | RLX_TOKENIZE_LEAVE_OPEN;
    int32_t first[WINDOW];
    size_t count = 0, firsts = 0;
    rlx_model *model;

    assert_int_equal(rlx_model_open(compiled, &model, NULL), RLX_OK);
    assert_int_equal(rlx_tokenize(model, "", 0, flags, first, WINDOW, &firsts, NULL), RLX_OK);
    assert_int_equal(rlx_tokenize(model, text, sizeof text - 1, flags, ids, room, &count, NULL),
                     RLX_OK);
    rlx_model_close(model);
    for (size_t w = 0; w < count / WINDOW; w++)
        memcpy(ids + w * WINDOW, first, firsts * sizeof *first);
    return (uint32_t)(count / WINDOW);
}

/* `tensor`: the last of the inputs' weights, as the compiler calls it; `known`: how many weights
 * the file has. */
static void check_file(const char *path, const struct input *inputs, size_t count,
                       const char *tensor, uint32_t known)
{
    static uint8_t file[4 << 20];
    static int32_t ids[512];
    char compiled[1024], out[1024];
    struct observed o;
    struct held h = {.width = 0};

    assert_int_equal(compiled_build(path, OPTIONS, compiled), 0);
    snprintf(out, sizeof out, "%s", temporary_path(&test_folder, "out.gguf"));
    const size_t bytes = make_file(compiled, out, file, sizeof file);
    const uint32_t windows = tokenize(compiled, ids, countof(ids));
    assert_true(windows >= 2);
    import(&o, path);
    for (size_t i = 0; i < count; i++) {
        h = held_of(file, bytes, inputs[i].weight);
        assert_int_equal(h.experts, inputs[i].slots == 0 ? 1 : o.model.hyper.experts);
        check_weight(&o, ids, windows, &inputs[i], &h);
    }
    check_importance(&o, out, tensor, &h, known);
    forget(&o);
}

static void test_file(void **state)
{
    static const struct input inputs[] = {
        {"blk.0.attn_v.weight", "blk.0.attn_q.weight blk.0.attn_k.weight blk.0.attn_v.weight", 0,
         0},
        {"blk.1.ffn_down.weight", "blk.1.ffn_down.weight", 0, 0},
    };

    (void)state;
    check_file("examples/stories-3m.Q8_0.gguf", inputs, countof(inputs),
               "model.layers.1.mlp.down_proj.weight", 4 * 7);
}

static void test_file_of_experts(void **state)
{
    static const struct input inputs[] = {
        {"blk.0.attn_output.weight", "blk.0.attn_output.weight", 0, 0},
        {"blk.1.ffn_gate_inp.weight", "blk.1.ffn_gate_inp.weight", 0, 0},
        {"blk.0.ffn_up_exps.weight", "@0/5 blk.0.ffn_gate_exps.weight blk.0.ffn_up_exps.weight", 2,
         true},
        {"blk.1.ffn_down_exps.weight", "@1/5 blk.1.ffn_down_exps.weight", 2, false},
    };
    char *path = strdup(test_shared("golden/gguf/mixtral-F32.gguf"));

    (void)state;
    if (access(path, R_OK) != 0)
        print_message("skipped: no %s\n", path);
    else
        check_file(path, inputs, countof(inputs), "model.layers.1.mlp.experts.down_proj.weight",
                   2 * 8);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dense),
        cmocka_unit_test(test_experts),
        cmocka_unit_test(test_file),
        cmocka_unit_test(test_file_of_experts),
    };

    return cmocka_run_group_tests(tests, temporary_set_up, temporary_tear_down);
}
