/* Keys of the architecture in GGUF files: known keys with the value without an effect and with
 * others, unknown keys, and messages for files that contradict themselves. */
#include "tests/support/diagnostics.h"
#include "tests/support/gguf_writer.h"
#include "tests/support/importing.h"
#include "tests/support/temporary_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <math.h>

/* A value behind the small model's. */
struct value {
    const char *key;
    enum { NUMBER, REAL, TEXT, TRUTH, NUMBERS, ALIKE } kind;
    double number, second; /* NUMBERS: two of them; ALIKE: `second` times the number */
    const char *text;
};

static void put_value(struct gguf_writer *w, const struct value *v)
{
    switch (v->kind) {
    case NUMBER:
        gguf_value_u32(w, v->key, (uint32_t)v->number);
        break;
    case REAL:
        gguf_value_f32(w, v->key, (float)v->number);
        break;
    case TEXT:
        gguf_value_text(w, v->key, v->text);
        break;
    case TRUTH:
        gguf_put_text(w, v->key);
        gguf_put_u32(w, 7);
        gguf_put(w, v->number != 0 ? "\1" : "\0", 1);
        break;
    case NUMBERS:
        gguf_put_text(w, v->key);
        gguf_put_u32(w, 9);
        gguf_put_u32(w, 4);
        gguf_put_u64(w, 2);
        gguf_put_u32(w, (uint32_t)v->number);
        gguf_put_u32(w, (uint32_t)v->second);
        break;
    case ALIKE:
        gguf_put_text(w, v->key);
        gguf_put_u32(w, 9);
        gguf_put_u32(w, 4);
        gguf_put_u64(w, (uint64_t)v->second);
        for (uint32_t i = 0; i < v->second; i++)
            gguf_put_u32(w, (uint32_t)v->number);
        break;
    }
}

/* The small model with these values too; `without` is a key of it but for its last character, which
 * becomes another. */
static bool read_with(struct importing *i, const char *without, const struct value *values,
                      uint32_t count)
{
    struct gguf_writer w;

    gguf_begin(&w, 3, 11 + count);
    gguf_small_values(&w);
    for (uint32_t v = 0; v < count; v++)
        put_value(&w, &values[v]);
    gguf_small_tensors(&w);
    if (without != NULL)
        gguf_patch(&w, without, 0, '_', 1);
    return importing_read(i, temporary_write(&test_folder, "m.gguf", w.data, w.bytes), false);
}

static void expect_good(const struct value *values, uint32_t count, const char *warning)
{
    struct importing i;
    bool good = read_with(&i, NULL, values, count);
    const char *said = diags_text(&i.diags, &i.arena);

    if (!good || strstr(said, warning) == NULL || (warning[0] == 0 && said[0] != 0))
        fail_msg("%s: expected success and '%s', found %d and\n%s", values[0].key, warning, good,
                 said);
    assert_int_equal(i.model.hyper.sliding_window, 0);
    importing_close(&i);
}

/* Heads have 8 elements, the width is 32. */
static void test_neutral(void **state)
{
    static const struct value values[] = {
        {"llama.expert_count", NUMBER, 0, 0, NULL},
        {"llama.expert_used_count", NUMBER, 0, 0, NULL},
        {"llama.logit_scale", REAL, 1, 0, NULL},
        {"llama.embedding_scale", REAL, 0, 0, NULL},
        {"llama.residual_scale", REAL, 0, 0, NULL},
        {"llama.attention.scale", REAL, 0.35355339, 0, NULL},
        {"llama.attention.value_length", NUMBER, 8, 0, NULL},
        {"llama.attention.causal", TRUTH, 1, 0, NULL},
        {"llama.attention.clamp_kqv", REAL, 0, 0, NULL},
        {"llama.attention.sliding_window", NUMBER, 0, 0, NULL},
        {"llama.attention.sliding_window_pattern", NUMBERS, 0, 0, NULL},
        {"llama.use_parallel_residual", TRUTH, 0, 0, NULL},
        {"llama.hidden_activation", TEXT, 0, 0, "silu"},
        {"llama.vocab_size", NUMBER, 4, 0, NULL},
        {"llama.rope.scaling.finetuned", TRUTH, 1, 0, NULL},
        {"llama.tensor_data_layout", TEXT, 0, 0, "Meta AI original pth"},
        {"general.something", TEXT, 0, 0, "of no architecture"},
        {"llamas.expert_count", NUMBER, 8, 0, NULL},
    };

    (void)state;
    expect_good(values, countof(values), "");
}

static void test_refusals(void **state)
{
    static const struct {
        struct value value;
        const char *text;
    } cases[] = {
        {{"llama.expert_gating_func", NUMBER, 2, 0, NULL},
         "found 2: rlx does not compile scores of experts that are no softmax"},
        {{"llama.expert_weights_scale", REAL, 2.5, 0, NULL}, "expected 1, found 2.5"},
        {{"llama.expert_feed_forward_length", NUMBER, 8, 0, NULL}, "rlx does not compile experts"},
        {{"llama.logit_scale", REAL, 0.5, 0, NULL}, "expected 1, found 0.5"},
        {{"llama.embedding_scale", REAL, 12, 0, NULL}, "expected 1, found 12"},
        {{"llama.residual_scale", REAL, 0.25, 0, NULL}, "expected 1, found 0.25"},
        {{"llama.attention.scale", REAL, 1, 0, NULL}, "expected 1 / sqrt(8)"},
        {{"llama.attention.value_length", NUMBER, 16, 0, NULL}, "the size of a head, 8, found 16"},
        {{"llama.attention.causal", TRUTH, 0, 0, NULL}, "expected true, found false"},
        {{"llama.attention.clamp_kqv", REAL, 8, 0, NULL}, "nothing or 0, found 8"},
        {{"llama.attention.max_alibi_bias", REAL, 8, 0, NULL}, "found 8: rlx does not compile"},
        {{"llama.attention.sliding_window_pattern", NUMBERS, 0, 1, NULL}, "found 2 values"},
        {{"llama.hidden_activation", TEXT, 0, 0, "gelu"}, "expected silu, found 'gelu'"},
        {{"llama.rope.scaling.alpha", REAL, 1000, 0, NULL}, "expected 1, found 1000"},
        {{"llama.nextn_predict_layers", NUMBER, 1, 0, NULL}, "nothing or 0, found 1"},
        {{"general.type", TEXT, 0, 0, "adapter"}, "expected a model, found a LoRA adapter"},
        {{"general.type", TEXT, 0, 0, "mmproj"}, "found the image or sound part of a model"},
        {{"general.type", TEXT, 0, 0, "imatrix"}, "found an importance matrix"},
    };

    (void)state;
    for (size_t c = 0; c < countof(cases); c++) {
        struct importing i;
        bool good = read_with(&i, NULL, &cases[c].value, 1),
             said = !good && importing_said(&i, cases[c].value.key, cases[c].text);
        importing_close(&i);
        if (good)
            fail_msg("accepted: %s", cases[c].value.key);
        assert_true(said);
    }
}

static void test_warnings(void **state)
{
    static const struct value unknown[] = {{"llama.frobnicate", NUMBER, 1, 0, NULL},
                                           {"llama.attention.of_sorts", TEXT, 0, 0, "x"}},
                              window = {"llama.attention.sliding_window", NUMBER, 16, 0, NULL},
                              tokens = {"llama.vocab_size", NUMBER, 5, 0, NULL};

    (void)state;
    expect_good(unknown, 2, "no effect: llama.frobnicate, llama.attention.of_sorts\n");
    expect_good(&window, 1, "llama.attention.sliding_window: 16 is ignored, as llama.cpp does");
    expect_good(&tokens, 1, "llama.vocab_size: 5 tokens, but the embedding has 4 rows");
}

/* One integer for each layer. */
static void test_by_layer(void **state)
{
    static const char key[] = "llama.feed_forward_length", cut[] = "llama.feed_forward_lengt";
    struct value value = {key, NUMBERS, 64, 64, NULL};
    struct importing i;

    (void)state;
    assert_true(read_with(&i, cut, &value, 1));
    assert_int_equal(i.model.hyper.feed_forward, 64);
    importing_close(&i);
    value.second = 32;
    assert_true(read_with(&i, cut, &value, 1));
    assert_int_equal(i.model.hyper.feed_forward, 64);
    assert_int_equal(i.model.hyper.layer[0].feed_forward, 64);
    assert_int_equal(i.model.hyper.layer[1].feed_forward, 32);
    importing_close(&i);
    value.second = 0;
    assert_false(read_with(&i, cut, &value, 1));
    assert_true(importing_said(&i, key, "integers from 1 to 4194304, found 0 for layer 1"));
    importing_close(&i);
}

/* A list of one number is that number where it has one element for each of the two layers. */
static void test_lists_alike(void **state)
{
    static const struct {
        const char *key, *cut; /* `cut`: the small model has the key itself */
        double number;
    } keys[] = {
        {"llama.attention.head_count", "llama.attention.head_coun", 4},
        {"llama.attention.head_count_kv", "llama.attention.head_count_k", 2},
        {"llama.attention.key_length", NULL, 8},
        {"llama.attention.value_length", NULL, 8},
        {"llama.feed_forward_length", "llama.feed_forward_lengt", 64},
        {"llama.context_length", "llama.context_lengt", 128},
        {"llama.rope.dimension_count", NULL, 8},
        {"llama.rope.freq_base", NULL, 10000},
    };

    (void)state;
    for (size_t c = 0; c < countof(keys); c++)
        for (uint32_t count = 1; count <= 3; count++) {
            const struct value value = {keys[c].key, ALIKE, keys[c].number, count, NULL};
            struct importing i;
            const bool good = read_with(&i, keys[c].cut, &value, 1);
            if (good != (count == 2))
                fail_msg("%s of %u numbers: read %d", keys[c].key, count, good);
            assert_true(good || importing_said(&i, keys[c].key,
                                               count == 1 ? "found 1 value" : "found 3 values"));
            importing_close(&i);
        }
}

/* A Llama 4 of four layers; `width` is that of its chunks, where the file says one. */
static bool read_chunked(struct importing *i, const uint32_t *width)
{
    struct gguf_writer w;

    gguf_begin(&w, 3, width == NULL ? 8 : 9);
    gguf_value_text(&w, "general.architecture", "llama4");
    gguf_value_u32(&w, "llama4.embedding_length", 32);
    gguf_value_u32(&w, "llama4.block_count", 4);
    gguf_value_u32(&w, "llama4.attention.head_count", 4);
    gguf_value_u32(&w, "llama4.attention.head_count_kv", 2);
    gguf_value_u32(&w, "llama4.feed_forward_length", 64);
    gguf_value_u32(&w, "llama4.context_length", 128);
    gguf_value_f32(&w, "llama4.attention.layer_norm_rms_epsilon", 1e-5f);
    if (width != NULL)
        gguf_value_u32(&w, "llama4.attention.sliding_window", *width);
    gguf_small_tensors(&w);
    return importing_read(i, temporary_write(&test_folder, "c.gguf", w.data, w.bytes), false);
}

/* Chunks have the width that llama.cpp knows; 0 means that there are none, and that all layers turn. */
static void test_chunks(void **state)
{
    static const uint32_t none = 0, other = 16;
    static const struct {
        const uint32_t *width;
        const char *warning;
    } cases[] = {{NULL, ""},
                 {&other, "llama4.attention.sliding_window: 16 is ignored and 8192 used"},
                 {&none, ""}};

    (void)state;
    for (size_t c = 0; c < countof(cases); c++) {
        struct importing i;
        const bool chunked = cases[c].width != &none;
        assert_true(read_chunked(&i, cases[c].width));
        const char *said = diags_text(&i.diags, &i.arena);
        assert_true(strstr(said, cases[c].warning) != NULL);
        assert_true((cases[c].warning[0] == 0) == (said[0] == 0));
        for (uint32_t layer = 0; layer < 4; layer++) {
            const struct layer_parameters *l = &i.model.hyper.layer[layer];
            const bool last = layer == 3;
            assert_int_equal(l->window, chunked && !last ? 8192 : 0);
            assert_int_equal(l->anchored, chunked && !last);
            assert_int_equal(l->rope, chunked && last ? LAYER_ROPE_still : LAYER_ROPE_global);
        }
        importing_close(&i);
    }
}

/* Gemma 3n says of each layer how much of its gates is cut off. */
static void test_sparsity(void **state)
{
    static const char key[] = "gemma3n.activation_sparsity_scale";
    static const struct {
        float cuts[3];
        uint32_t count; /* 0: the file lacks the key */
        const char *error;
    } cases[] = {
        {{1.5f, -INFINITY, -0.5f}, 3, NULL},
        {{1.5f, 1.5f}, 2, "expected a number for each of the 3 layers, found 2 values"},
        {{0}, 0, "expected a number for each of the 3 layers, found nothing"},
        {{0, NAN, 0}, 3, "or minus infinity, found nan for layer 1"},
        {{0, 0, INFINITY}, 3, "or minus infinity, found inf for layer 2"},
    };

    (void)state;
    for (size_t c = 0; c < countof(cases); c++) {
        struct gguf_writer w;
        struct importing i;
        gguf_begin(&w, 3, cases[c].count == 0 ? 8 : 9);
        gguf_value_text(&w, "general.architecture", "gemma3n");
        gguf_value_u32(&w, "gemma3n.embedding_length", 32);
        gguf_value_u32(&w, "gemma3n.block_count", 3);
        gguf_value_u32(&w, "gemma3n.attention.head_count", 4);
        gguf_value_u32(&w, "gemma3n.attention.head_count_kv", 2);
        gguf_value_u32(&w, "gemma3n.feed_forward_length", 64);
        gguf_value_u32(&w, "gemma3n.context_length", 128);
        gguf_value_f32(&w, "gemma3n.attention.layer_norm_rms_epsilon", 1e-5f);
        if (cases[c].count != 0) {
            gguf_put_text(&w, key);
            gguf_put_u32(&w, 9);
            gguf_put_u32(&w, 6);
            gguf_put_u64(&w, cases[c].count);
            gguf_put(&w, cases[c].cuts, cases[c].count * sizeof(float));
        }
        gguf_small_tensors(&w);
        const char *path = temporary_write(&test_folder, "s.gguf", w.data, w.bytes);
        const bool good = importing_read(&i, path, false);
        assert_int_equal(good, cases[c].error == NULL);
        for (uint32_t layer = 0; good && layer < 3; layer++) {
            assert_int_equal(i.model.hyper.layer[layer].sparse, layer != 1);
            assert_true(layer == 1 || i.model.hyper.layer[layer].cut == cases[c].cuts[layer]);
        }
        assert_true(good || importing_said(&i, key, cases[c].error));
        importing_close(&i);
    }
}

/* A vocabulary of that many tokens, which ends by one that it may not have. */
static void put_vocabulary(struct gguf_writer *w, uint32_t count, uint32_t end)
{
    static const char *const texts[] = {"<unk>", "<s>", "</s>", "a", "b"};

    gguf_value_text(w, "tokenizer.ggml.model", "llama");
    gguf_put_text(w, "tokenizer.ggml.tokens");
    gguf_put_u32(w, 9);
    gguf_put_u32(w, 8);
    gguf_put_u64(w, count);
    for (size_t t = 0; t < count; t++)
        gguf_put_text(w, texts[t]);
    gguf_put_text(w, "tokenizer.ggml.scores");
    gguf_put_u32(w, 9);
    gguf_put_u32(w, 6);
    gguf_put_u64(w, count);
    for (size_t t = 0; t < count; t++)
        gguf_put_u32(w, 0);
    gguf_value_u32(w, "tokenizer.ggml.eos_token_id", end);
}

static void test_vocabulary(void **state)
{
    static const struct {
        uint32_t count, end;
        const char *warning;
        bool without_model;
    } cases[] = {
        {4, 2, "", false},
        {5, 2, "the tokenizer has 5 tokens and the model rows for 4", false},
        {4, 2, "tokenizer.ggml.model: is missing, so the vocabulary", true},
        {4, 4, "tokenizer.ggml.eos_token_id: 4 is not in the vocabulary of 4 tokens: using 2",
         false},
        {4, 16777216, "tokenizer.ggml.eos_token_id: 16777216 is not in the vocabulary", false},
        {4, UINT32_MAX, "", false}, /* none */
    };

    (void)state;
    for (size_t c = 0; c < countof(cases); c++) {
        struct gguf_writer w;
        struct importing i;
        gguf_begin(&w, 3, 15);
        gguf_small_values(&w);
        put_vocabulary(&w, cases[c].count, cases[c].end);
        gguf_small_tensors(&w);
        if (cases[c].without_model)
            gguf_patch(&w, "tokenizer.ggml.mode", 0, '_', 1);
        const char *path = temporary_write(&test_folder, "v.gguf", w.data, w.bytes);
        bool good = importing_read(&i, path, false);
        const char *said = diags_text(&i.diags, &i.arena);
        if (!good || strstr(said, cases[c].warning) == NULL ||
            (cases[c].warning[0] == 0 && said[0] != 0))
            fail_msg("%u: expected '%s', found\n%s", cases[c].end, cases[c].warning, said);
        importing_close(&i);
    }
}

/* The published names of shapes stand in types that are read and in others; only the needed ones
 * count. */
static void test_unneeded_types(void **state)
{
    struct gguf_writer w;
    struct importing i;

    (void)state;
    gguf_begin(&w, 5, 11);
    gguf_small_values(&w);
    gguf_tensor(&w, "token_embd.weight", 32, 4, 0, 0);
    gguf_tensor(&w, "v.position_ids", 4, 0, 27, 0); /* I64 */
    gguf_tensor(&w, "v.mask", 0, 0, 0, 0);
    gguf_tensor(&w, "v.type", 4, 4, 999, 0);
    gguf_tensor(&w, "output_norm.weight", 32, 0, 0, 512);
    gguf_data(&w, 640);
    const char *path = temporary_write(&test_folder, "u.gguf", w.data, w.bytes);
    assert_true(importing_read(&i, path, false));
    assert_int_equal(i.model.tensor_count, 2);
    assert_int_equal(i.model.unread_count, 3);
    assert_string_equal(model_unread(&i.model, str_of(&i.strings, "v.position_ids"))->type, "I64");
    assert_string_equal(model_unread(&i.model, str_of(&i.strings, "v.mask"))->shape, "no elements");
    importing_close(&i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_neutral, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_refusals, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_warnings, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_by_layer, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_lists_alike, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_chunks, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_sparsity, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_vocabulary, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_unneeded_types, temporary_set_up, temporary_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
