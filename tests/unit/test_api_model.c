/* NULL in every pointer and wrong sizes of every structure: models and text. See
 * tests/support/api_walk.h. */
#include "tests/support/api_walk.h"

static rlx_model *model;

/* ---- models ---- */

CALL(rlx_status_name)
{
    (void)null, (void)error;
    return GIVES(rlx_status_name(RLX_OK));
}

CALL(rlx_version)
{
    (void)null, (void)error;
    return GIVES(rlx_version());
}

static rlx_status close_again(rlx_status status, rlx_model *opened)
{
    if (status != RLX_OK)
        assert_null(opened);
    rlx_model_close(opened);
    return status;
}

static rlx_go on_device(void *context, const rlx_device_info *info)
{
    (void)context;
    assert_non_null(info->missing);
    return RLX_GO_STOP;
}

CALL(rlx_devices_list)
{
    return rlx_devices_list(P(0, on_device), P(1, model), P(2, error));
}

CALL(rlx_model_open)
{
    rlx_model *opened = NULL;
    rlx_status status = rlx_model_open(P(0, "nowhere"), P(1, &opened), P(2, error));
    return close_again(status, opened);
}

CALL(rlx_model_open_self)
{
    rlx_model *opened = NULL;
    rlx_status status = rlx_model_open_self(P(0, &opened), P(1, error));
    return close_again(status, opened);
}

CALL(rlx_model_open_descriptor)
{
    rlx_model *opened = NULL;
    rlx_status status = rlx_model_open_descriptor(0, 0, 0, P(0, &opened), P(1, error));
    return close_again(status, opened);
}

CALL(rlx_model_open_memory)
{
    static const _Alignas(RLX_MODEL_ALIGNMENT) char data[64];
    rlx_model *opened = NULL;
    rlx_status status = rlx_model_open_memory(P(0, data), 64, P(1, &opened), P(2, error));
    return close_again(status, opened);
}

CALL(rlx_model_close)
{
    (void)null, (void)error;
    rlx_model_close(NULL);
    return RLX_OK;
}

CALL(rlx_model_verify)
{
    return rlx_model_verify(P(0, model), P(1, error));
}

CALL(rlx_model_get_info)
{
    SIZED(rlx_model_info, info);
    (void)error;
    return rlx_model_get_info(P(0, model), P(1, &info));
}

CALL(rlx_model_variant_count)
{
    (void)error;
    return GIVES(rlx_model_variant_count(P(0, model)));
}

CALL(rlx_model_get_variant)
{
    SIZED(rlx_variant_info, info);
    return rlx_model_get_variant(P(0, model), 0, P(1, &info), P(2, error));
}

CALL(rlx_model_entry_count)
{
    (void)error;
    return GIVES(rlx_model_entry_count(P(0, model)));
}

CALL(rlx_model_get_entry)
{
    SIZED(rlx_entry_info, info);
    return rlx_model_get_entry(P(0, model), 0, P(1, &info), P(2, error));
}

CALL(rlx_model_get_io)
{
    SIZED(rlx_io_info, info);
    return rlx_model_get_io(P(0, model), P(1, "main"), 0, P(2, &info), P(3, error));
}

CALL(rlx_model_state_count)
{
    (void)error;
    return GIVES(rlx_model_state_count(P(0, model)));
}

CALL(rlx_model_get_state)
{
    SIZED(rlx_state_info, info);
    return rlx_model_get_state(P(0, model), 0, P(1, &info), P(2, error));
}

CALL(rlx_model_get_sampling)
{
    SIZED(rlx_sampling, sampling);
    (void)error;
    return rlx_model_get_sampling(P(0, model), P(1, &sampling));
}

/* ---- text ---- */

CALL(rlx_tokenize)
{
    int32_t ids[16];
    size_t count;
    return rlx_tokenize(P(0, model), P(1, "once"), 4, 0, P(2, ids), 16, P(3, &count), P(4, error));
}

CALL(rlx_tokenize_min)
{
    (void)error;
    return GIVES(rlx_tokenize_min(P(0, model), P(1, "once upon"), 9));
}

CALL(rlx_detokenize)
{
    rlx_detokenizer state = {0};
    char text[64];
    size_t bytes;
    return rlx_detokenize(P(0, model), P(1, &state), 7, P(2, text), 64, P(3, &bytes), P(4, error));
}

CALL(rlx_detokenize_flush)
{
    rlx_detokenizer state = {0};
    char text[64];
    size_t bytes;
    return rlx_detokenize_flush(P(0, model), P(1, &state), P(2, text), 64, P(3, &bytes),
                                P(4, error));
}

CALL(rlx_token_bytes)
{
    size_t bytes;
    (void)error;
    return GIVES(rlx_token_bytes(P(0, model), 7, P(1, &bytes)));
}

CALL(rlx_token_ends_generation)
{
    (void)error;
    for (int32_t id = 0; id < 64; id++)
        if (rlx_token_ends_generation(P(0, model), id))
            return RLX_OK;
    return RLX_ERROR_BAD_ARGUMENT;
}

static const rlx_message messages[] = {{"user", "hello"}};
static const char conversation[] = "{\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";

CALL(rlx_chat_render)
{
    char *text = NULL;
    size_t bytes;
    rlx_status status = rlx_chat_render(P(0, model), P(1, messages), 1, true, P(2, &text),
                                        P(3, &bytes), P(4, error));
    free(text);
    return status;
}

CALL(rlx_chat_tokenize)
{
    int32_t ids[64];
    size_t made;
    return rlx_chat_tokenize(P(0, model), P(1, messages), 1, true, P(2, ids), 64, P(3, &made),
                             P(4, error));
}

CALL(rlx_chat_render_json)
{
    char *text = NULL;
    size_t bytes;
    rlx_status status = rlx_chat_render_json(P(0, model), P(1, conversation), strlen(conversation),
                                             P(2, &text), P(3, &bytes), P(4, error));
    free(text);
    return status;
}

CALL(rlx_chat_tokenize_json)
{
    int32_t ids[64];
    size_t made;
    return rlx_chat_tokenize_json(P(0, model), P(1, conversation), strlen(conversation), P(2, ids),
                                  64, P(3, &made), P(4, error));
}

/* ---- all of them ---- */

static const struct walk_entry entries[] = {
    ENTRY(rlx_status_name, ""),
    ENTRY(rlx_version, ""),
    ENTRY(rlx_devices_list, ""),
    ENTRY(rlx_model_open, ""),
    ENTRY(rlx_model_open_self, ""),
    ENTRY(rlx_model_open_descriptor, ""),
    ENTRY(rlx_model_open_memory, ""),
    ENTRY(rlx_model_close, "model"),
    ENTRY(rlx_model_verify, ""),
    ENTRY(rlx_model_get_info, ""),
    ENTRY(rlx_model_variant_count, ""),
    ENTRY(rlx_model_get_variant, ""),
    ENTRY(rlx_model_entry_count, ""),
    ENTRY(rlx_model_get_entry, ""),
    ENTRY(rlx_model_get_io, ""),
    ENTRY(rlx_model_state_count, ""),
    ENTRY(rlx_model_get_state, ""),
    ENTRY(rlx_model_get_sampling, ""),
    ENTRY(rlx_tokenize, ""),
    ENTRY(rlx_tokenize_min, ""),
    ENTRY(rlx_detokenize, ""),
    ENTRY(rlx_detokenize_flush, ""),
    ENTRY(rlx_token_bytes, ""),
    ENTRY(rlx_token_ends_generation, ""),
    ENTRY(rlx_chat_render, ""),
    ENTRY(rlx_chat_tokenize, ""),
    ENTRY(rlx_chat_render_json, ""),
    ENTRY(rlx_chat_tokenize_json, ""),
};

static void nothing(void)
{
}

static void test_every_function(void **state)
{
    static const char *const headers[] = {"rlx/base.h", "rlx/device.h", "rlx/model.h", "rlx/text.h",
                                          NULL};
    (void)state;
    walk_headers(&(struct walk){.headers = headers,
                                .entries = entries,
                                .count = sizeof entries / sizeof entries[0],
                                .prepare = nothing,
                                .unchanged = nothing});
}

/* No bytes and no elements need no pointer. */
static void test_nothing_at_null(void **state)
{
    rlx_error error = {0};
    size_t count = 7;
    (void)state;
    assert_int_equal(rlx_tokenize(model, NULL, 0, 0, NULL, 0, &count, &error), RLX_OK);
    assert_int_equal(count, 0);
    assert_int_equal(rlx_tokenize(model, "one two", 7, 0, NULL, 0, &count, &error),
                     RLX_ERROR_BAD_ARGUMENT);
    assert_true(count > 0); /* how much room it needs */
    assert_int_equal(rlx_chat_render_json(model, NULL, 0, &(char *){NULL}, &count, &error),
                     RLX_ERROR_BAD_ARGUMENT); /* no conversation */
}

/* Members of messages. */
static void test_null_inside(void **state)
{
    const rlx_message broken[][1] = {{{NULL, "x"}}, {{"user", NULL}}};
    rlx_error error = {0};
    char *rendered;
    size_t bytes;
    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(rlx_chat_render(model, broken[i], 1, true, &rendered, &bytes, &error),
                         RLX_ERROR_BAD_ARGUMENT);
        assert_non_null(strstr(error.text, i == 0 ? "messages[0].role" : "messages[0].content"));
        assert_null(rendered);
    }
}

/* What the tables of a model say, and indices beyond them. */
static void test_tables(void **state)
{
    rlx_entry_info entry = rlx_entry_info_default();
    rlx_io_info io = rlx_io_info_default();
    rlx_state_info s = rlx_state_info_default();
    rlx_error error = {0};
    (void)state;
    assert_int_equal(rlx_model_entry_count(model), 1);
    assert_int_equal(rlx_model_get_entry(model, 0, &entry, &error), RLX_OK);
    assert_string_equal(entry.name, "main");
    assert_int_equal(entry.io_count, 4);
    assert_int_equal(entry.variant_count, rlx_model_variant_count(model));
    assert_int_equal(rlx_model_get_io(model, "main", 0, &io, &error), RLX_OK);
    assert_true(!io.is_output && io.rank == 1 && io.dimensions[0].divide == 1);
    assert_string_equal(io.name, "tokens");
    assert_string_equal(io.role, "tokens");
    assert_string_equal(io.element, "i32");
    assert_string_equal(io.dimensions[0].symbol, "ROWS");
    assert_int_equal(rlx_model_get_io(model, "main", 3, &io, &error), RLX_OK);
    assert_true(io.is_output && io.rank == 2 && io.dimensions[1].symbol == NULL);
    assert_string_equal(io.role, "logits");
    assert_string_equal(io.dimensions[0].symbol, "OUT_ROWS");
    assert_int_equal(io.dimensions[1].size, 2048);
    assert_int_equal(rlx_model_state_count(model), 8);
    assert_int_equal(rlx_model_get_state(model, 3, &s, &error), RLX_OK);
    assert_string_equal(s.name, "past_v_1");
    assert_string_equal(s.state_class, "rows");
    assert_string_equal(s.role, "value");
    assert_string_equal(s.element, "f16");
    assert_true(s.layer == 1 && s.heads == 2 && s.width == 64 && s.capacity == 64);
    assert_int_equal(rlx_model_get_entry(model, 1, &entry, &error), RLX_ERROR_BAD_ARGUMENT);
    assert_string_equal(error.text, "entry 1: the model has 1");
    assert_int_equal(rlx_model_get_io(model, "main", 4, &io, &error), RLX_ERROR_BAD_ARGUMENT);
    assert_string_equal(error.text, "input or output 4: the entry 'main' has 4");
    assert_int_equal(rlx_model_get_io(model, "encode", 0, &io, &error), RLX_ERROR_BAD_ARGUMENT);
    assert_string_equal(error.text, "the model has no entry 'encode'");
    assert_int_equal(rlx_model_get_state(model, 8, &s, &error), RLX_ERROR_BAD_ARGUMENT);
    assert_string_equal(error.text, "state 8: the model has 8");
}

static int open_model(void **state)
{
    bool lacking;
    if (temporary_set_up(state) != 0)
        return -1;
    model = compiled_open("examples/stories-3m.Q8_0.gguf", "--context=64 --variants=decode=1",
                          &lacking);
    return model == NULL;
}

static int close_model(void **state)
{
    rlx_model_close(model);
    return temporary_tear_down(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_function),
        cmocka_unit_test(test_nothing_at_null),
        cmocka_unit_test(test_null_inside),
        cmocka_unit_test(test_tables),
    };
    return cmocka_run_group_tests(tests, open_model, close_model);
}
