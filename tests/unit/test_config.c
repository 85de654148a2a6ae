/* config.json: what both spellings mean, by hand from the configuration classes of transformers,
 * and what is refused. */
#include "compiler/import/import.h"

#include "tests/support/importing.h"
#include "tests/support/temporary_files.h"

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

static struct hyper_parameters good(const char *changes)
{
    struct importing i;

    if (!read_changed(&i, changes)) {
        diags_print(&i.diags, stderr);
        fail_msg("refused: %s", changes);
    }
    struct hyper_parameters h = i.model.hyper;
    importing_close(&i);
    return h;
}

static void test_sizes(void **state)
{
    (void)state;
    struct hyper_parameters h = good("{}");
    assert_int_equal(h.vocabulary, 1000);
    assert_int_equal(h.kv_heads, 2);
    assert_int_equal(h.head_dim, 8);
    assert_int_equal(h.rotary_dim, 8);
    assert_false(h.tied);
    assert_false(h.rope.interleaved);
    assert_int_equal(good("{'num_key_value_heads':null,'head_dim':null}").kv_heads, 8);
    assert_int_equal(good("{'head_dim':20}").head_dim, 20);
    assert_int_equal(good("{'model_type':'qwen3'}").head_dim, 128);
    assert_int_equal(good("{'model_type':'qwen3','head_dim':16}").head_dim, 16);
    assert_int_equal(good("{'partial_rotary_factor':0.5}").rotary_dim, 4);
    assert_int_equal(
        good("{'rope_parameters':{'rope_theta':1e4,'partial_rotary_factor':0.25}}").rotary_dim, 2);
    assert_int_equal(good("{'max_position_embeddings':4096.0}").context, 4096);
    assert_true(good("{'tie_word_embeddings':true}").tied);
}

static void test_windows(void **state)
{
    (void)state;
    assert_int_equal(good("{'sliding_window':16}").sliding_window, 0); /* llama has none */
    assert_int_equal(good("{'model_type':'mistral','sliding_window':16}").sliding_window, 16);
    assert_int_equal(good("{'model_type':'mistral','sliding_window':null}").sliding_window, 0);
    assert_int_equal(good("{'model_type':'mistral'}").sliding_window, 4096);
    assert_int_equal(good("{'model_type':'qwen2','sliding_window':16}").sliding_window, 0);
    assert_int_equal(
        good("{'model_type':'qwen2','sliding_window':16,'use_sliding_window':true}").sliding_window,
        0); /* from layer 28 */
    struct hyper_parameters h = good("{'model_type':'qwen2','sliding_window':16,'use_sliding_"
                                     "window':true,'max_window_layers':1}");
    assert_int_equal(h.sliding_window, 16);
    assert_int_equal(h.first_window_layer, 1);
    h = good(
        "{'model_type':'qwen3','sliding_window':16,'use_sliding_window':true,'max_window_layers':0,"
        "'layer_types':['full_attention','full_attention','sliding_attention','sliding_attention']"
        "}");
    assert_int_equal(h.sliding_window, 16);
    assert_int_equal(h.first_window_layer, 2);
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
}

static void test_refusals(void **state)
{
    static const struct {
        const char *changes, *object, *text;
    } cases[] = {
        {"{'model_type':'gpt2'}", "model_type",
         "a known architecture (llama, mistral, qwen2, qwen3), found 'gpt2'"},
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
        {"{'quantization_config':{}}", "quantization_config", "found a quantized checkpoint"},
        {"{'rope_theta':'x'}", "rope_theta", "found 'x'"},
        {"{'rope_scaling':7}", "rope_scaling", "an object, found 7"},
        {"{'rope_scaling':{'type':'linear','rope_type':'yarn','factor':2}}", "rope_type",
         "expected what type says too, 'linear', found 'yarn'"},
        {"{'rope_theta':3e5,'rope_parameters':{'rope_theta':2e5}}", "rope_theta",
         "expected what the same key beside the object says too, 300000, found 200000"},
        {"{'rope_parameters':{'rope_type':'linear','factor':2},'rope_scaling':{'factor':4}}",
         "rope_parameters", "expected what rope_scaling says too"},
        {"{'rope_scaling':{'rope_type':'longrope'}}", "rope_type",
         "default, linear, llama3 or yarn, found 'longrope'"},
        {"{'rope_scaling':{'type':'dynamic','factor':2}}", "type", "found 'dynamic'"},
        {"{'rope_scaling':{'type':4}}", "type", "found 4"},
        {"{'rope_scaling':{'type':'linear'}}", "factor", "found nothing"},
        {"{'rope_scaling':{'type':'linear','factor':0}}", "factor", "found 0"},
        {"{'rope_scaling':{'type':'llama3','factor':8,'low_freq_factor':4,'high_freq_factor':1}}",
         "high_freq_factor", "more than low_freq_factor, 4, found 1"},
        {"{'rope_scaling':{'type':'yarn','factor':8,'truncate':false}}", "truncate", "found false"},
        {"{'rope_parameters':{'full_attention':{},'sliding_attention':{}}}", "rope_parameters",
         "one for each type of layer"},
        {"{'partial_rotary_factor':0.1}", "partial_rotary_factor", "found 0 values"},
        {"{'model_type':'mistral','sliding_window':0}", "sliding_window", "found 0"},
        {"{'model_type':'qwen2','layer_types':['full_attention']}", "layer_types",
         "an array of 4 words, found an array of 1"},
        {"{'model_type':'qwen2','layer_types':['full_attention','x','x','x']}", "layer_types",
         "found 'x'"},
        {"{'model_type':'qwen2','layer_types':['full_attention','sliding_attention','sliding_"
         "attention','sliding_attention']}",
         "layer_types", "found none"},
        {"{'model_type':'qwen2','use_sliding_window':true,'layer_types':['sliding_attention','full_"
         "attention','sliding_attention',"
         "'sliding_attention']}",
         "layer_types", "sliding_attention from layer 0 on, found full_attention for layer 1"},
    };

    (void)state;
    for (size_t c = 0; c < countof(cases); c++) {
        struct importing i;
        bool read = read_changed(&i, cases[c].changes),
             said = !read && importing_said(&i, cases[c].object, cases[c].text);
        importing_close(&i);
        if (read)
            fail_msg("accepted: %s", cases[c].changes);
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
        cmocka_unit_test_setup_teardown(test_windows, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_rope, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_refusals, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_large_integers, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_several, temporary_set_up, temporary_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
