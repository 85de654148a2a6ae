/* config.json: the meaning of both spellings, by hand from the configuration classes of
 * transformers, and refused values. */
#include "compiler/import/import.h"

#include "tests/support/diagnostics.h"
#include "tests/support/importing.h"
#include "tests/support/temporary_files.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static const char base[] = "{'model_type':'llama','vocab_size':1000,'hidden_size':64,'num_hidden_"
                           "layers':4,'num_attention_heads':8,"
                           "'num_key_value_heads':2,'intermediate_size':96,'max_position_"
                           "embeddings':4096,'hidden_act':'silu',"
                           "'rms_norm_eps':1e-5,'rope_theta':10000.0,'tie_word_embeddings':false}";

/* Single quotes stand for double ones. */
static json_t *object_of(const char *text)
{
    char copy[2048];
    json_error_t error;

    snprintf(copy, sizeof copy, "%s", text);
    for (char *c = copy; *c != 0; c++)
        if (*c == '\'')
            *c = '"';
    json_t *object = json_loads(copy, 0, &error);
    if (object == NULL)
        fail_msg("%s: %s", copy, error.text);
    return object;
}

static bool read_text(struct importing *i, const char *text)
{
    const char *path = temporary_write(&test_folder, "config.json", text, strlen(text));

    importing_open(i);
    bool read = config_read(path, &i->model, &i->diags);
    assert_int_equal(read, i->diags.error_count == 0);
    return read;
}

/* Reads the base with `changes` over it. */
static bool read_changed(struct importing *i, const char *changes)
{
    json_t *object = object_of(base), *over = object_of(changes);

    json_object_update(object, over);
    char *text = json_dumps(object, 0);
    assert_non_null(text);
    bool read = read_text(i, text);
    free(text);
    json_decref(object);
    json_decref(over);
    return read;
}

/* What it becomes, and as text the window of each layer, "w", or "c" where it is a chunk, and what
 * turns it, "r", or "s" where q grows instead: "-" for none. */
static char windows[64], turning[64];

static struct hyper_parameters read_good(const char *changes, const char *warning)
{
    struct importing i;
    bool read = read_changed(&i, changes);
    const char *said = diags_text(&i.diags, &i.arena);

    if (!read || strstr(said, warning) == NULL || (warning[0] == 0 && said[0] != 0))
        fail_msg("%s: expected success and '%s', found %d and\n%s", changes, warning, read, said);
    struct hyper_parameters h = i.model.hyper;
    windows[0] = turning[0] = 0;
    for (uint32_t layer = 0; layer < h.layers && layer < sizeof windows - 1; layer++) {
        const struct layer_parameters *l = &h.layer[layer];
        strcat(windows, l->window == 0 ? "-" : l->anchored ? "c" : "w");
        strcat(turning, l->rope == LAYER_ROPE_none ? "-" : l->rope == LAYER_ROPE_still ? "s" : "r");
    }
    importing_close(&i);
    return h;
}

static struct hyper_parameters good(const char *changes)
{
    return read_good(changes, "");
}

static void expect_windows(const char *changes, uint32_t window, const char *layers)
{
    assert_int_equal(good(changes).sliding_window, window);
    assert_string_equal(windows, layers);
}

/* A file of that alone: everything else is the default. */
static void expect_defaults(const char *type, uint32_t vocabulary, uint32_t kv_heads,
                            uint32_t head_dim, uint32_t feed_forward, uint32_t context,
                            uint32_t window)
{
    struct importing i;
    char text[100];

    snprintf(text, sizeof text, "{\"model_type\":\"%s\"}", type);
    assert_true(read_text(&i, text));
    const struct hyper_parameters *h = &i.model.hyper;
    const uint32_t expected[] = {vocabulary, kv_heads, head_dim, feed_forward, context, window,
                                 4096,       32,       32},
                   found[] = {h->vocabulary,   h->kv_heads, h->head_dim,
                              h->feed_forward, h->context,  h->sliding_window,
                              h->hidden,       h->layers,   h->heads};
    assert_memory_equal(expected, found, sizeof expected);
    assert_true(h->norm_epsilon == 1e-6 && h->rope.theta == 10000.0);
    importing_close(&i);
}

static void test_defaults(void **state)
{
    (void)state;
    expect_defaults("llama", 32000, 32, 128, 11008, 2048, 0);
    expect_defaults("mistral", 32000, 8, 128, 14336, 131072, 4096);
    expect_defaults("ministral", 32000, 8, 128, 14336, 131072, 4096);
    expect_defaults("qwen2", 151936, 32, 128, 22016, 32768, 0);
    expect_defaults("qwen3", 151936, 32, 128, 22016, 32768, 0);
}

static void test_sizes(void **state)
{
    (void)state;
    struct hyper_parameters h = good("{}");
    assert_int_equal(h.vocabulary, 1000);
    assert_int_equal(h.kv_heads, 2);
    assert_int_equal(h.head_dim, 8);
    assert_int_equal(h.rope.rotary_dim, 8);
    assert_false(h.tied);
    assert_false(h.rope.interleaved);
    assert_int_equal(good("{'num_key_value_heads':null,'head_dim':null}").kv_heads, 8);
    assert_int_equal(good("{'head_dim':20}").head_dim, 20);
    assert_int_equal(read_good("{'model_type':'qwen3'}", "head_dim: is absent: 128").head_dim, 128);
    assert_int_equal(good("{'model_type':'qwen3','head_dim':16}").head_dim, 16);
    assert_int_equal(read_good("{'partial_rotary_factor':0.5}",
                               "partial_rotary_factor: has no meaning for model_type 'llama'")
                         .rope.rotary_dim,
                     8);
    assert_int_equal(good("{'rope_parameters':{'partial_rotary_factor':1.0}}").rope.rotary_dim, 8);
    assert_int_equal(good("{'max_position_embeddings':4096.0}").context, 4096);
    assert_true(good("{'tie_word_embeddings':true}").tied);
}

static void test_windows(void **state)
{
    (void)state;
    read_good("{'sliding_window':16}", "sliding_window: has no meaning for model_type 'llama'");
    assert_string_equal(windows, "----");
    expect_windows("{'sliding_window':null}", 0, "----");
    expect_windows("{'model_type':'mistral','sliding_window':16}", 16, "wwww");
    expect_windows("{'model_type':'mistral','sliding_window':null}", 0, "----");
    expect_windows("{'model_type':'mistral'}", 4096, "wwww");
    expect_windows("{'model_type':'mistral','sliding_window':16,'layer_types':null}", 16, "wwww");
    expect_windows("{'model_type':'mistral','sliding_window':16,'layer_types':["
                   "'full_attention','sliding_attention','attention','sliding_attention']}",
                   16, "-w-w");
    expect_windows("{'model_type':'ministral','sliding_window':null,'layer_types':["
                   "'full_attention','full_attention','full_attention','full_attention']}",
                   0, "----");
    expect_windows("{'model_type':'qwen2','sliding_window':16}", 0, "----");
    expect_windows("{'model_type':'qwen2','sliding_window':'x','max_window_layers':1}", 0, "----");
    expect_windows("{'model_type':'qwen2','sliding_window':null,'use_sliding_window':true}", 0,
                   "----");
    expect_windows("{'model_type':'qwen2','sliding_window':16,'use_sliding_window':true}", 0,
                   "----"); /* from layer 28 on */
    expect_windows("{'model_type':'qwen2','sliding_window':16,'use_sliding_window':true,"
                   "'max_window_layers':1}",
                   16, "-www");
    expect_windows(
        "{'model_type':'qwen3','head_dim':8,'sliding_window':16,'use_sliding_window':true,"
        "'layer_types':['full_attention','sliding_attention','full_attention','full_attention']}",
        16, "-w--");
}

/* Chunks where layers turn; where they do not, q grows with the position. */
static void test_chunks(void **state)
{
    (void)state;
    expect_windows("{'model_type':'llama4_text','head_dim':8}", 8192, "ccc-");
    expect_windows(
        "{'model_type':'llama4_text','head_dim':8,'attention_chunk_size':16,'no_rope_layers':"
        "[1,0,1,0]}",
        16, "c-c-");
    assert_string_equal(turning, "rsrs");
    expect_windows(
        "{'model_type':'llama4_text','head_dim':8,'attention_chunk_size':null,'layer_types':["
        "'full_attention','full_attention','full_attention','full_attention']}",
        0, "----");
    assert_string_equal(turning, "rrrs");
    struct hyper_parameters h =
        good("{'model_type':'llama4_text','head_dim':8,'floor_scale':16,'attn_scale':0.5}");
    assert_true(h.still_rope.query_growth == 0.5 && h.still_rope.original_context == 16);
    h = good("{'model_type':'llama4_text','head_dim':8,'attn_temperature_tuning':4}");
    assert_true(h.still_rope.query_growth == 0.1 && h.still_rope.original_context == 8192);
    good("{'model_type':'llama4_text','head_dim':8,'attn_temperature_tuning':false}");
    assert_string_equal(turning, "rrr-");
}

static void test_mixtures(void **state)
{
    (void)state;
    struct hyper_parameters h = good("{'model_type':'glm4_moe','head_dim':8}");
    assert_true(h.sigmoid_router && h.normalized_experts && !h.shared_gated);
    assert_int_equal(h.experts, 128);
    assert_int_equal(h.shared_width, 1408);
    assert_int_equal(h.expert_groups, 0);
    h = good("{'model_type':'glm4_moe','head_dim':8,'n_group':8,'topk_group':4,"
             "'n_shared_experts':2,'moe_intermediate_size':100,'norm_topk_prob':false}");
    assert_int_equal(h.expert_groups, 8);
    assert_int_equal(h.chosen_groups, 4);
    assert_int_equal(h.group_best, 2);
    assert_int_equal(h.shared_width, 200);
    assert_false(h.normalized_experts);
    h = good("{'model_type':'glm4_moe','head_dim':8,'n_group':8,'topk_group':8}");
    assert_int_equal(h.expert_groups, 0);
    h = good("{'model_type':'hunyuan_v1_moe','num_experts':4,'moe_topk':[2,2,2,2],"
             "'num_shared_expert':[1,1,1,1],'moe_intermediate_size':[96,96,96,96]}");
    assert_true(!h.sigmoid_router && h.normalized_experts);
    assert_int_equal(h.expert_slots, 2);
    assert_int_equal(h.shared_width, 96);
    h = good("{'model_type':'qwen2_moe'}");
    assert_true(h.shared_gated && !h.sigmoid_router);
    h = good("{'model_type':'llama4_text','head_dim':8,'intermediate_size':40}");
    assert_true(h.sigmoid_router && h.has_qk_norm && h.experts_turned && !h.normalized_experts);
    assert_int_equal(h.expert_width, 40);
    assert_int_equal(h.shared_width, 40);
    assert_int_equal(h.feed_forward, 16384);
    h = good("{'model_type':'minimax_m2','head_dim':8,'rotary_dim':4}");
    assert_int_equal(h.rope.rotary_dim, 4);
    assert_true(h.sigmoid_router);
}

static void test_biases(void **state)
{
    (void)state;
    struct hyper_parameters h = good("{'attention_bias':true}");
    assert_true(h.qkv_bias == BIAS_expected && h.output_bias == BIAS_expected);
    assert_true(h.mlp_bias == BIAS_never);
    h = good("{'attention_bias':null,'mlp_bias':true}");
    assert_true(h.qkv_bias == BIAS_never && h.output_bias == BIAS_never);
    assert_true(h.mlp_bias == BIAS_expected);
    h = good("{'model_type':'qwen2','attention_bias':false}");
    assert_true(h.qkv_bias == BIAS_expected && h.output_bias == BIAS_never);
    h = good("{'model_type':'qwen3','head_dim':8,'attention_bias':true}");
    assert_true(h.qkv_bias == BIAS_expected && h.output_bias == BIAS_expected);
    h = read_good("{'model_type':'mistral','attention_bias':true}",
                  "attention_bias: has no meaning for model_type 'mistral'");
    assert_true(h.qkv_bias == BIAS_never && h.mlp_bias == BIAS_never);
    read_good("{'model_type':'qwen2','mlp_bias':true}", "mlp_bias: has no meaning");
}

/* Keys of other models, with the value that changes nothing, and what stops nobody. */
static void test_neutral(void **state)
{
    static const char *const cases[] = {
        "{'logit_scale':1,'logits_scaling':1.0,'residual_multiplier':null}",
        "{'attn_logit_softcapping':null,'final_logit_softcapping':0.0,'clip_qkv':false}",
        "{'attention_multiplier':0.35355339,'query_pre_attn_scalar':8,'scale_depth':2.0}",
        "{'num_experts':0,'num_local_experts':null,'no_rope_layers':[1,1,1,1],'pruned_heads':{}}",
        "{'model_type':'qwen3','head_dim':8,'qk_norm':true}",
        "{'qk_norm':false,'use_qk_norm':null,'rope_interleaved':false,'is_causal':true}",
        "{'hidden_act':'swish','position_embedding_type':'rope','sliding_window_pattern':null}",
        "{'quantization_config':null,'architectures':['LlamaForCausalLM'],'torch_dtype':'float16'}",
        "{'architectures':[],'bos_token_id':1,'eos_token_id':[2,3],'pad_token_id':-1}",
        "{'rope_scaling':{},'use_sliding_window':'x','attention_dropout':'x','dtype':7}",
    };

    (void)state;
    for (size_t i = 0; i < countof(cases); i++)
        good(cases[i]);
}

static void test_warnings(void **state)
{
    static const struct {
        const char *changes, *warning;
    } cases[] = {
        {"{'architectures':['Qwen2ForCausalLM']}",
         "architectures: 'Qwen2ForCausalLM' is not LlamaForCausalLM, which model_type 'llama' "
         "means"},
        {"{'architectures':['LlamaForSequenceClassification']}", "compiled as that"},
        {"{'eos_token_id':1000}",
         "eos_token_id: expected a token of the vocabulary (0 to 999), found 1000"},
        {"{'eos_token_id':[5,-1]}",
         "eos_token_id: expected a token of the vocabulary (0 to 999), found -1"},
        {"{'rope_theta':3e5,'rope_parameters':{'rope_theta':2e5}}",
         "rope_theta: 200000 counts, and 300000 of the same key next to the object does not"},
        {"{'sliding_window':8,'layer_types':['full_attention','sliding_attention','full_attention',"
         "'full_attention']}",
         "layer_types: has no meaning for model_type 'llama'"},
        {"{'architectures':'LlamaModel'}", "'LlamaModel' is not LlamaForCausalLM"},
        {"{'rope_scaling':{'factor':4}}", "factor: has no meaning for this rope_type"},
        {"{'rope_scaling':{'type':'dynamic','factor':2,'alpha':1000}}", "alpha: has no meaning"},
    };

    (void)state;
    for (size_t i = 0; i < countof(cases); i++)
        read_good(cases[i].changes, cases[i].warning);
}

static void test_rope(void **state)
{
    (void)state;
    struct hyper_parameters h = good("{'rope_scaling':null,'rope_theta':5e5}");
    assert_true(
        good("{'rope_scaling':{'type':'linear','rope_type':'linear','factor':2}}").rope.scaling ==
        ROPE_linear); /* two spellings that agree */
    assert_int_equal(h.rope.scaling, ROPE_default);
    assert_true(h.rope.theta == 5e5);
    h = good("{'rope_scaling':{'type':'linear','factor':2}}");
    assert_int_equal(h.rope.scaling, ROPE_linear);
    assert_true(h.rope.factor == 2.0);
    h = good("{'rope_theta':null,'rope_parameters':{'rope_type':'llama3','rope_theta':3e5,'factor':"
             "8,'low_freq_factor':1,"
             "'high_freq_factor':4,'original_max_position_embeddings':512}}");
    assert_int_equal(h.rope.scaling, ROPE_llama3);
    assert_true(h.rope.theta == 3e5);
    assert_int_equal(h.rope.original_context, 512);
    assert_true(h.rope.high_frequency_factor == 4.0);
    h = good(
        "{'rope_scaling':{'type':'yarn','factor':4.0,'original_max_position_embeddings':1024}}");
    assert_int_equal(h.rope.scaling, ROPE_yarn);
    assert_true(h.rope.factor == 4.0 && h.rope.beta_fast == 32.0 && h.rope.beta_slow == 1.0);
    assert_true(h.rope.attention_factor == 0.0);
    assert_int_equal(h.rope.original_context, 1024);
    h = good("{'rope_scaling':{'rope_type':'yarn','original_max_position_embeddings':512,'beta_"
             "fast':16,'attention_factor':1.5}}");
    assert_true(h.rope.factor == 8.0 && h.rope.beta_fast == 16.0 && h.rope.attention_factor == 1.5);
    h = good("{'rope_scaling':{'rope_type':'yarn','factor':2,'beta_fast':0,'beta_slow':null}}");
    assert_true(h.rope.beta_fast == 32.0 && h.rope.beta_slow == 1.0 && !h.rope.exact_borders);
    h = good("{'rope_scaling':{'rope_type':'yarn','factor':2,'truncate':false}}");
    assert_true(h.rope.exact_borders);
    assert_true(good("{'rope_scaling':{'type':'linear','factor':0.5}}").rope.factor == 0.5);
    /* dynamic scaling begins behind the positions that are compiled */
    h = good("{'rope_scaling':{'type':'dynamic','factor':2}}");
    assert_true(h.rope.scaling == ROPE_default && h.rope.factor == 1.0);
    h = good(
        "{'rope_theta':null,'rope_parameters':{'rope_type':'dynamic','rope_theta':3e5,'factor':2,"
        "'original_max_position_embeddings':512}}");
    assert_true(h.rope.scaling == ROPE_default && h.rope.theta == 3e5);
    /* what counts where two places differ */
    h = read_good("{'rope_scaling':{'type':'linear','rope_type':'yarn','factor':2}}",
                  "rope_type: 'yarn' counts");
    assert_int_equal(h.rope.scaling, ROPE_yarn);
    h = read_good("{'rope_parameters':{'rope_type':'linear','factor':2},"
                  "'rope_scaling':{'type':'linear','factor':4}}",
                  "rope_scaling: an object counts");
    assert_true(h.rope.factor == 4.0);
    h = read_good("{'original_max_position_embeddings':512,'rope_scaling':{'type':'yarn',"
                  "'factor':4,'original_max_position_embeddings':1024}}",
                  "original_max_position_embeddings: 512 counts");
    assert_int_equal(h.rope.original_context, 512);
}

/* Gemma 4: sizes of layers, and whose keys and values the last ones read. Without per_layer_config, full
 * layers have heads of global_head_dim. */
static void test_layers_of_gemma4(void **state)
{
#define GEMMA4                                                                                                                      \
    "'model_type':'gemma4_text','hidden_act':'gelu_pytorch_tanh','head_dim':16,'sliding_window':8,'hidden_size_per_layer_input':0," \
    "'num_kv_shared_layers':2,'use_double_wide_mlp':true,'layer_types':['sliding_attention',"                                       \
    "'full_attention','sliding_attention','full_attention'],"
    static const char *const sizes[] = {
        "{" GEMMA4 "'global_head_dim':32,'attention_k_eq_v':true,'num_global_key_value_heads':1}",
        "{" GEMMA4 "'attention_k_eq_v':true,'per_layer_config':{"
        "'1':{'head_dim':32,'num_key_value_heads':1},'3':{'head_dim':32,'num_key_value_heads':1}}}",
    };
    struct importing i;

    (void)state;
    for (size_t c = 0; c < countof(sizes); c++) {
        bool good = read_changed(&i, sizes[c]);
        if (!good)
            fail_msg("%s", diags_text(&i.diags, &i.arena));
        const struct hyper_parameters *h = &i.model.hyper;
        const struct layer_parameters *l = h->layer;
        const struct tensor *divisors =
            model_tensor(&i.model, str_of(&i.strings, "rope.divisors.weight"));
        for (uint32_t layer = 0; layer < 4; layer++) {
            bool full = layer % 2 == 1;
            assert_int_equal(l[layer].head_dim, full ? 32 : 16);
            assert_int_equal(l[layer].kv_heads, full ? 1 : 2);
            assert_int_equal(l[layer].shares_kv, layer >= 2);
            assert_int_equal(l[layer].feed_forward, layer >= 2 ? 192 : 96);
        }
        assert_int_equal(l[2].source, 0);
        assert_int_equal(l[3].source, 1);
        assert_int_equal(h->rope.rotary_dim, 32);
        assert_int_equal(h->local_rope.rotary_dim, 16);
        assert_true(h->keys_are_values && h->has_v_norm && h->attention_scale == 1);
        assert_non_null(divisors); /* a quarter of the pairs turns */
        const float *values = (const float *)(const void *)divisors->memory;
        assert_int_equal(divisors->shape[0], 16);
        assert_true(values[3] == 1 && values[4] == 1e30f && values[15] == 1e30f);
        importing_close(&i);
    }
}

/* Published models of texts and images have the configuration of the text in an object. */
static void test_text_part(void **state)
{
    struct importing i;

    (void)state;
    assert_true(read_text(&i, "{\"model_type\":\"gemma4\",\"vision_config\":{},\"text_config\":{"
                              "\"model_type\":\"qwen3\",\"hidden_size\":48}}"));
    assert_true(i.model.text_part && i.model.hyper.hidden == 48);
    assert_non_null(
        strstr(diags_text(&i.diags, &i.arena), "its text part, 'qwen3', is compiled alone"));
    importing_close(&i);
}

/* Gemma 3n: gates below a part of a normal distribution are cut off; the lists of layers. */
static void test_layers_of_gemma3n(void **state)
{
#define GEMMA3N                                                                   \
    "'model_type':'gemma3n_text','hidden_act':'gelu_pytorch_tanh','head_dim':16," \
    "'num_kv_shared_layers':1,'intermediate_size':[96,96,64,96],'layer_types':["  \
    "'full_attention','sliding_attention','full_attention','full_attention'],"
    struct importing i;

    (void)state;
    bool good = read_changed(&i, "{" GEMMA3N "'activation_sparsity_pattern':[0.95,0,0.5,0.0]}");
    if (!good)
        fail_msg("%s", diags_text(&i.diags, &i.arena));
    const struct layer_parameters *l = i.model.hyper.layer;
    assert_true(l[0].sparse && !l[1].sparse && l[2].sparse && !l[3].sparse);
    assert_true(fabs(l[0].cut - 1.6448536269514722) < 1e-12 && l[2].cut == 0);
    assert_int_equal(l[2].feed_forward, 64);
    assert_true(l[3].shares_kv);
    assert_int_equal(l[3].source, 2);
    assert_int_equal(i.model.hyper.streams, 4);
    importing_close(&i);
}

/* What is changed in a configuration, and what the error names and says. */
static const struct {
    const char *changes, *object, *text;
} refusals[] = {
    {"{" GEMMA3N "'activation_sparsity_pattern':[0.95,0]}", "activation_sparsity_pattern",
     "a number, or one for each of the 4 layers"},
    {"{" GEMMA3N "'activation_sparsity_pattern':[0.95,0,1,0]}", "activation_sparsity_pattern",
     "expected numbers from 0 to 0.9999, found 1 for layer 2"},
    {"{" GEMMA3N "'activation_sparsity_pattern':'all'}", "activation_sparsity_pattern",
     "a number, or one for each"},
    {"{" GEMMA3N "'altup_active_idx':1}", "altup_active_idx", "another stream as the active"},
    {"{" GEMMA3N "'altup_correct_scale':false}", "altup_correct_scale", "expected true"},
    {"{'altup_num_inputs':4}", "altup_num_inputs", "rlx does not compile several streams"},
    {"{" GEMMA4 "'num_kv_shared_layers':4}", "layers that read keys and values of others",
     "expected fewer than the 4 layers, found 4"},
    {"{" GEMMA4 "'num_kv_shared_layers':3}", "layers that read keys and values of others",
     "expected a layer before layer 1 that sees all tokens, as layer 1 does, found none"},
    {"{" GEMMA4 "'per_layer_config':{'1':{'head_dim':32}}}",
     "layers that read keys and values of others",
     "expected layer 3 to have 2 KV heads of 32 elements, as layer 1 has, found 2 of 16"},
    {"{" GEMMA4 "'per_layer_config':{'4':{'head_dim':32}}}", "per_layer_config",
     "expected the number of a layer, 0 to 3, found '4'"},
    {"{" GEMMA4 "'per_layer_config':{'1':{'head_dim':0}}}", "per_layer_config",
     "expected an integer from 1 to 8192 as the head_dim of layer 1, found 0"},
    {"{" GEMMA4 "'per_layer_config':{'1':{'sliding_window':4}}}", "per_layer_config",
     "found 'sliding_window' for layer 1: rlx does not compile what it means"},
    {"{" GEMMA4 "'per_layer_config':{'1':7}}", "per_layer_config", "an object for layer 1"},
    {"{" GEMMA4 "'per_layer_config':[1]}", "per_layer_config", "expected an object"},
    {"{" GEMMA4 "'use_bidirectional_attention':'all'}", "use_bidirectional_attention",
     "expected nothing or vision, found 'all'"},
    {"{'intermediate_size':[96,96]}", "intermediate_size",
     "expected an integer, or one for each of the 4 layers"},
    {"{'intermediate_size':[96,96,0,96]}", "intermediate_size",
     "expected integers from 1 to 4194304, found 0 for layer 2"},
    {"{'model_type':'mamba'}", "model_type", "a known architecture (llama, mistral, "},
    {"{'model_type':null}", "model_type", "found nothing"},
    {"{'model_type':3}", "model_type", "a string, found 3"},
    {"{'vocab_size':'many'}", "vocab_size", "an integer from 1 to 16777216, found 'many'"},
    {"{'vocab_size':null}", "vocab_size", "found nothing"},
    {"{'hidden_size':-64}", "hidden_size", "found -64"},
    {"{'hidden_size':64.5}", "hidden_size", "found 64.5"},
    {"{'num_hidden_layers':0}", "num_hidden_layers", "found 0"},
    {"{'num_attention_heads':7}", "attention heads", "found 7"},
    {"{'num_key_value_heads':3}", "attention heads", "a multiple of the 3 heads"},
    {"{'head_dim':[]}", "head_dim", "found an array of 0"},
    {"{'head_dim':7}", "rotary size", "found 7"},
    {"{'rms_norm_eps':0}", "rms_norm_eps", "found 0"},
    {"{'tie_word_embeddings':1}", "tie_word_embeddings", "true or false, found 1"},
    {"{'hidden_act':'gelu'}", "hidden_act", "expected silu, found 'gelu'"},
    {"{'quantization_config':{}}", "quant_method", "expected a quantization that rlx reads"},
    {"{'rope_theta':'x'}", "rope_theta", "found 'x'"},
    {"{'rope_scaling':7}", "rope_scaling", "an object, found 7"},
    {"{'rope_scaling':{'rope_type':'3d'}}", "rope_type",
     "default, linear, dynamic, llama3, yarn, longrope or proportional, found '3d'"},
    {"{'rope_scaling':{'rope_type':'longrope','long_factor':[1,1,1]}}", "long_factor",
     "expected 4 positive numbers, found an array of 3"},
    {"{'rope_scaling':{'type':'dynamic','factor':'x'}}", "factor", "found 'x'"},
    {"{'rope_scaling':{'type':4}}", "type", "found 4"},
    {"{'rope_scaling':{'type':'linear'}}", "factor", "found nothing"},
    {"{'rope_scaling':{'type':'linear','factor':0}}", "factor", "found 0"},
    {"{'rope_scaling':{'type':'llama3','factor':8,'low_freq_factor':4,'high_freq_factor':1}}",
     "high_freq_factor", "at least low_freq_factor, 4, found 1"},
    {"{'rope_scaling':{'type':'yarn','factor':8,'truncate':0}}", "truncate", "found 0"},
    {"{'rope_parameters':{'full_attention':{},'sliding_attention':{}}}", "rope_parameters",
     "one per type of layer"},
    {"{'partial_rotary_factor':2}", "partial_rotary_factor", "from 0 to 1, found 2"},
    {"{'partial_rotary_factor':0.5,'rope_scaling':{'type':'linear','factor':2}}",
     "partial_rotary_factor", "expected 1 with this rope_type, found 0.5"},
    {"{'model_type':'mistral','sliding_window':0}", "sliding_window", "found 0"},
    {"{'model_type':'qwen2','layer_types':['full_attention']}", "layer_types",
     "an array of 4 words, found an array of 1"},
    {"{'model_type':'qwen2','layer_types':['full_attention','x','x','x']}", "layer_types",
     "found 'x'"},
    {"{'model_type':'qwen2','layer_types':['full_attention','sliding_attention','sliding_"
     "attention','sliding_attention']}",
     "layer_types", "found no window"},
    {"{'model_type':'mistral','sliding_window':null,'layer_types':['full_attention','full_"
     "attention','full_attention','sliding_attention']}",
     "layer_types", "expected sliding_window for layer 3"},
    {"{'layer_types':['full_attention','linear_attention','full_attention','full_attention']}",
     "layer_types", "for layer 1, found 'linear_attention'"},
    {"{'mlp_bias':1e308}", "mlp_bias", "expected true or false, found 1e+308"},
    {"{'attention_bias':'x'}", "attention_bias", "expected true or false, found 'x'"},
    {"{'model_type':'mistral','attention_bias':1}", "attention_bias", "found 1"},
    {"{'bos_token_id':'float32'}", "bos_token_id", "a token id, an integer, or a list of them"},
    {"{'eos_token_id':0.67}", "eos_token_id", "found 0.67"},
    {"{'eos_token_id':[1,'x']}", "eos_token_id", "found 'x'"},
    {"{'pad_token_id':{}}", "pad_token_id", "found an object"},
    {"{'architectures':{}}", "architectures", "found an object"},
    {"{'architectures':[7]}", "architectures", "found 7"},
    {"{'hidden_act':7}", "hidden_act",
     "expected silu, found 7: rlx does not compile another activation"},
    {"{'logit_scale':0.0625}", "logit_scale",
     "expected 1, found 0.0625: rlx does not compile scaled logits"},
    {"{'logit_scale':0}", "logit_scale", "expected 1, found 0"},
    {"{'attn_logit_softcapping':50.0}", "attn_logit_softcapping", "nothing or 0, found 50"},
    {"{'attention_multiplier':1.0}", "attention_multiplier", "1 / sqrt(8), the size of a head"},
    {"{'embedding_multiplier':12}", "embedding_multiplier", "expected 1, found 12"},
    {"{'residual_multiplier':'x'}", "residual_multiplier", "expected 1, found 'x'"},
    {"{'model_type':'mistral','num_local_experts':8}", "num_local_experts",
     "rlx does not compile experts"},
    {"{'model_type':'mixtral','num_experts_per_tok':9}", "experts of a token",
     "expected from 1 to the number of experts, 8, found 9"},
    {"{'model_type':'mixtral','num_local_experts':-1}", "num_local_experts",
     "expected an integer from 0"},
    {"{'model_type':'mixtral','scoring_func':'sigmoid'}", "scoring_func",
     "rlx does not compile scores of experts that are no softmax"},
    {"{'model_type':'glm4_moe','scoring_func':'tanh'}", "scoring_func",
     "expected softmax or sigmoid, found 'tanh'"},
    {"{'model_type':'glm4_moe','n_group':3}", "groups of experts",
     "expected a divisor of the number of experts, 128, found 3"},
    {"{'model_type':'glm4_moe','n_group':4,'topk_group':5}", "groups of a token's experts",
     "expected from 1 to the number of groups, 4, found 5"},
    {"{'model_type':'glm4_moe','n_group':64,'topk_group':2}", "experts of a token",
     "expected at most those of 2 groups of 2, found 8"},
    {"{'model_type':'glm4_moe','n_group':128,'topk_group':128}", "groups of experts",
     "expected at least 2 experts in each of 128 groups, found 1"},
    {"{'model_type':'glm4_moe','n_shared_experts':4000}", "experts of all tokens",
     "expected a width of at most 4194304, found 4000 of 1408"},
    {"{'model_type':'hunyuan_v1_moe','moe_topk':[1,2]}", "moe_topk",
     "or one for each layer, all the same, found 2 values"},
    {"{'model_type':'hunyuan_v1_moe','moe_topk':[2,2,2]}", "moe_topk",
     "or one for each layer, all the same, found 3 values"},
    {"{'model_type':'hunyuan_v1_moe','moe_topk':[true,true,true,true]}", "moe_topk",
     "expected an integer from 0 to 4194304, found true"},
    {"{'no_rope_layers':[1,1,1,0]}", "no_rope_layers", "expected 1, found 4 values"},
    {"{'attention_chunk_size':16}", "attention_chunk_size",
     "rlx does not compile attention in chunks"},
    {"{'model_type':'llama4_text','head_dim':8,'floor_scale':0}", "floor_scale",
     "expected an integer from 1 to 1073741824, found 0"},
    {"{'model_type':'llama4_text','head_dim':8,'attn_temperature_tuning':'on'}",
     "attn_temperature_tuning", "expected true or false, found 'on'"},
    {"{'model_type':'llama4_text','head_dim':8,'attention_chunk_size':null}", "layer_types",
     "expected attention_chunk_size for layer 0 (chunked_attention), found no window"},
    {"{'model_type':'llama4_text','head_dim':8,'layer_types':['sliding_attention','full_attention',"
     "'full_attention','full_attention']}",
     "layer_types", "expected full_attention or chunked_attention for layer 0"},
    {"{'model_type':'llama4_text','head_dim':8,'intermediate_size_mlp':0}", "intermediate_size_mlp",
     "expected an integer from 1 to 4194304, found 0"},
    {"{'qk_norm':true}", "qk_norm", "expected false, found true"},
    {"{'model_type':'qwen3','qk_norm':false}", "qk_norm", "expected true, found false"},
    {"{'sliding_window_pattern':6}", "sliding_window_pattern", "found 6"},
    {"{'rope_interleaved':true}", "rope_interleaved", "found true"},
    {"{'quantization_config':{'quant_method':'hqq'}}", "quant_method",
     "(awq, bitsandbytes, compressed-tensors, fbgemm_fp8, fp8, gptq or mxfp4), found 'hqq'"},
    {"{'quantization_config':{'quant_method':'gptq','checkpoint_format':'marlin'}}",
     "checkpoint_format", "expected gptq, gptq_v2, found 'marlin'"},
    {"{'quantization_config':{'quant_method':'gptq','is_marlin_format':true}}", "is_marlin_format",
     "expected false, found true"},
    {"{'quantization_config':{'quant_method':'gptq','group_size':0}}", "group_size",
     "expected an integer from 1 to"},
    {"{'quantization_config':{'quant_method':'awq','version':'gemv'}}", "version",
     "expected gemm, GEMM, found 'gemv'"},
    {"{'quantization_config':{'quant_method':'compressed-tensors','config_groups':{'group_0':"
     "{'weights':{'actorder':'columns'}}}}}",
     "actorder", "expected group, dynamic, weight, static, found"},
    {"{'quantization_config':{'quant_method':'compressed-tensors','config_groups':{'group_0':"
     "{'weights':{'actorder':1}}}}}",
     "actorder", "expected group, dynamic, weight, static, found"},
    {"{'quantization_config':{'quant_method':'compressed-tensors','format':'marlin-24'}}", "format",
     "expected pack-quantized, int-quantized, "},
    {"{'quantization_config':{'quant_method':'compressed-tensors',"
     "'config_groups':{'a':{'format':'nvfp4-pack-quantized'}}}}",
     "format", "found 'nvfp4-pack-quantized'"},
    {"{'quantization_config':{'quant_method':'compressed-tensors',"
     "'sparsity_config':{'format':'sparse-bitmask'}}}",
     "format", "expected dense, found 'sparse-bitmask'"},
    {"{'quantization_config':{'quant_method':'compressed-tensors',"
     "'transform_config':{'config_groups':{'R1':{}}}}}",
     "transform_config", "expected no transforms of activations"},
    {"{'quantization_config':{'quant_method':'compressed-tensors',"
     "'config_groups':{'a':{'input_activations':{'num_bits':'eight'}}}}}",
     "num_bits", "expected an integer from 1 to 32, found 'eight'"},
    {"{'quantization_config':{'quant_method':'compressed-tensors',"
     "'config_groups':{'a':{'input_activations':{'strategy':8}}}}}",
     "strategy", "expected a string, found 8"},
    {"{'quantization_config':{'quant_method':'fp8','fmt':'e5m2'}}", "fmt",
     "expected e4m3, found 'e5m2'"},
    {"{'quantization_config':{'quant_method':'fp8','weight_block_size':[128]}}",
     "weight_block_size", "expected two sizes, found an array of 1"},
    {"{'rms_norm_eps':'NaN'}", "rms_norm_eps", "found 'NaN'"},
};

static void test_refusals(void **state)
{
    (void)state;
    for (size_t c = 0; c < countof(refusals); c++) {
        struct importing i;
        bool read = read_changed(&i, refusals[c].changes),
             said = !read && importing_said(&i, refusals[c].object, refusals[c].text);
        importing_close(&i);
        if (read)
            fail_msg("accepted: %s", refusals[c].changes);
        assert_true(said);
    }
}

/* Python writes integers beyond 64 bits; they are harmless where nobody reads them. */
static void test_large_integers(void **state)
{
    struct importing i;
    char text[1024];
    const char *many = "1000000000000000019884624838656";

    (void)state;
    for (int read = 0; read < 2; read++) {
        snprintf(text, sizeof text,
                 "{\"note\": \"a \\\" 12345678901234567890\", \"model_max_length\": %s, "
                 "\"model_type\": \"llama\", "
                 "\"vocab_size\": 8, \"hidden_size\": %s, \"num_hidden_layers\": 1, "
                 "\"num_attention_heads\": 2, "
                 "\"intermediate_size\": 32, \"max_position_embeddings\": 64, \"rope_theta\": 1e4}",
                 many, read == 0 ? "16" : many);
        assert_int_equal(read_text(&i, text), read == 0);
        if (read == 0)
            assert_int_equal(i.model.hyper.hidden, 16);
        else
            assert_true(importing_said(&i, "hidden_size", "found 1e+30"));
        importing_close(&i);
    }
}

/* All problems at once, not the first. */
static void test_several(void **state)
{
    struct importing i;

    (void)state;
    assert_false(read_changed(&i, "{'vocab_size':0,'hidden_size':'x','hidden_act':'gelu'}"));
    assert_int_equal(i.diags.error_count, 3);
    importing_close(&i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_sizes, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_defaults, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_chunks, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_mixtures, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_biases, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_neutral, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_warnings, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_windows, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_rope, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_text_part, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_layers_of_gemma3n, temporary_set_up,
                                        temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_layers_of_gemma4, temporary_set_up,
                                        temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_refusals, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_large_integers, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_several, temporary_set_up, temporary_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
