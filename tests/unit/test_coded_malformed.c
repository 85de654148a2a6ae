/* Damaged parts of quantized tensors: the importer must refuse each with a sentence that names the
 * part, what was expected and what was found. */
#include "compiler/import/coded.h"
#include "tests/support/importing.h"
#include "tests/support/temporary_files.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define PREFIX "model.layers.0.self_attn.q_proj."

/* Tensors as "name type size,size; ...", whose bytes are 0, but those of `filled` are 255. */
struct damage {
    const char *tensors, *filled;
    const char *object, *text; /* NULL: nothing is wrong */
};

struct writing {
    char header[4096];
    uint8_t data[8192];
    size_t length, bytes;
};

static void add_tensor(struct writing *w, const char *name, const char *type, const char *shape,
                       bool filled)
{
    size_t bytes = part_type_bytes(part_type_of(type));
    const char *at = shape;

    for (char *end; *at != 0; at = *end == ',' ? end + 1 : end)
        bytes *= strtoul(at, &end, 10);
    assert_true(w->bytes + bytes <= sizeof w->data);
    memset(w->data + w->bytes, filled ? 255 : 0, bytes);
    w->length +=
        (size_t)snprintf(w->header + w->length, sizeof w->header - w->length,
                         "%s\"" PREFIX "%s\":{\"dtype\":\"%s\",\"shape\":[%s],"
                         "\"data_offsets\":[%zu,%zu]}",
                         w->length == 0 ? "{" : ",", name, type, shape, w->bytes, w->bytes + bytes);
    w->bytes += bytes;
}

/* The description of a tensor of bitsandbytes is text. */
static void add_text(struct writing *w, const char *name, const char *text)
{
    char shape[24];

    snprintf(shape, sizeof shape, "%zu", strlen(text));
    add_tensor(w, name, "U8", shape, false);
    memcpy(w->data + w->bytes - strlen(text), text, strlen(text));
}

static void write_directory(const char *quantization, const struct damage *damage,
                            const char *description)
{
    static uint8_t file[sizeof(struct writing)];
    struct writing w = {.length = 0};
    char config[1024], words[1024], *next = words, *word;

    snprintf(config, sizeof config,
             "{\"model_type\":\"llama\",\"vocab_size\":8,\"hidden_size\":64,"
             "\"num_hidden_layers\":1,\"num_attention_heads\":2,\"intermediate_size\":64,"
             "\"max_position_embeddings\":64,\"quantization_config\":{%s}}",
             quantization);
    temporary_write(&test_folder, "config.json", config, strlen(config));
    snprintf(words, sizeof words, "%s", damage->tensors);
    while ((word = strsep(&next, ";")) != NULL) {
        char name[64], type[16], shape[64];
        assert_int_equal(sscanf(word, "%63s %15s %63s", name, type, shape), 3);
        add_tensor(&w, name, type, shape,
                   damage->filled != NULL && strcmp(damage->filled, name) == 0);
    }
    if (description != NULL)
        add_text(&w, "weight.quant_state.bitsandbytes__nf4", description);
    w.header[w.length++] = '}';
    memcpy(file, &(uint64_t){w.length}, 8);
    memcpy(file + 8, w.header, w.length);
    memcpy(file + 8 + w.length, w.data, w.bytes);
    temporary_write(&test_folder, "model.safetensors", file, 8 + w.length + w.bytes);
}

static void check(const char *quantization, const struct damage *damage, const char *description)
{
    const struct import_options options = {.no_vocabulary = true};
    char object[128];
    struct importing i;

    write_directory(quantization, damage, description);
    importing_open(&i);
    bool good = import_model(test_folder.path, &options, &i.model, &i.diags);
    if (damage->text == NULL) {
        diags_print(&i.diags, stderr);
        assert_true(good);
        assert_int_equal(i.model.unread_count, 0);
    } else {
        snprintf(object, sizeof object, PREFIX "%s", damage->object);
        assert_false(good);
        assert_true(importing_said(&i, object, damage->text));
    }
    importing_close(&i);
}

static void check_all(const char *quantization, const struct damage *all, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check(quantization, &all[i], NULL);
}

#define GPTQ "qweight I32 8,64;qzeros I32 2,8;scales F16 2,64"

static void test_gptq(void **state)
{
    static const struct damage all[] = {
        {GPTQ ";g_idx I32 64", NULL, NULL, NULL},
        {"qweight I32 8,64;qzeros I32 2,8", NULL, "qweight", "expected its scales"},
        {"qweight I32 8,64;scales F16 2,64", NULL, "qweight", "expected its zero points"},
        {"qweight I32 8,64;qzeros I32 2,8;scales I32 2,64", NULL, "scales",
         "expected scales of F16, BF16 or F32"},
        {"qweight I32 8,64;qzeros I32 2,8;scales F16 128", NULL, "scales",
         "expected scales [groups, out], found the shape [128]"},
        {"qweight I32 8,64;qzeros I32 3,8;scales F16 2,64", NULL, "qzeros",
         "as many groups as the scales have, found the shape [3, 8]"},
        {"qweight I32 8,64;qzeros I32 2,9;scales F16 2,64", NULL, "qzeros",
         "expected zero points of 2, 3, 4 or 8 bits"},
        {"qweight I32 8,64;qzeros I32 2,10;scales F16 2,64", NULL, "qzeros",
         "expected zero points of 2, 3, 4 or 8 bits"},
        {"qweight I32 8,32;qzeros I32 2,8;scales F16 2,64", NULL, "qweight",
         "expected as many columns as the scales have"},
        {"qweight I32 8;qzeros I32 2,8;scales F16 2,64", NULL, "qweight",
         "expected a matrix of words, found the shape [8]"},
        {"qweight I32 1,64;qzeros I32 9,8;scales F16 9,64", NULL, "scales",
         "expected no more groups than columns"},
        {GPTQ, "scales", "qweight", "expected scales that are finite"},
        {GPTQ ";g_idx I32 64", "g_idx", "g_idx",
         "expected groups from 0 to 1, found -1 for column 0"},
        {GPTQ ";g_idx I32 63", NULL, "g_idx",
         "expected the group of each column as I32, found the shape [63] of I32"},
        {GPTQ ";g_idx I64 64", NULL, "g_idx", "found the shape [64] of I64"},
        {GPTQ ";g_idx I16 64", NULL, "g_idx",
         "expected numbers that belong to '" PREFIX "qweight', found those of the type I16"},
    };
    static const struct damage absent[] = {
        {GPTQ, NULL, "qweight", "expected the group of each column in '" PREFIX "g_idx'"},
        {GPTQ ";g_idx I32 0", NULL, "qweight", "says that columns are in no order, found none"},
        {"qweight I32 8,64;qzeros I32 1,8;scales F16 1,64", NULL, NULL, NULL}, /* one group */
    };

    (void)state;
    check_all("\"quant_method\":\"gptq\"", all, countof(all));
    check_all("\"quant_method\":\"gptq\",\"desc_act\":true", absent, countof(absent));
}

static void test_awq(void **state)
{
    static const struct damage all[] = {
        {"qweight I32 64,8;qzeros I32 2,8;scales F16 2,64", NULL, NULL, NULL},
        {"qweight I32 64,7;qzeros I32 2,8;scales F16 2,64", NULL, "qweight",
         "expected numbers of 4 bits for each column of the scales"},
        {"qweight I32 64,8;qzeros I32 2,7;scales F16 2,64", NULL, "qzeros",
         "expected zero points of 4 bits for each column of the scales"},
        {"qweight I32 64,7;qzeros I32 2,7;scales F16 2,60", NULL, "qzeros",
         "expected zero points of 4 bits for each column of the scales"},
        {"qweight I32 1,8;qzeros I32 2,8;scales F16 2,64", NULL, "scales",
         "expected no more groups than columns"},
    };

    (void)state;
    check_all("\"quant_method\":\"awq\"", all, countof(all));
}

#define BYTES "weight F8_E4M3 64,64;"

static void test_compressed(void **state)
{
    static const struct damage all[] = {
        {BYTES "weight_scale BF16 64,1", NULL, NULL, NULL},
        {BYTES "weight_scale F32 1", NULL, NULL, NULL},
        {BYTES "weight_scale_inv F32 1,1", NULL, NULL, NULL},
        {"weight I8 64,64;weight_scale F32 64,2;weight_zero_point I8 64,2", NULL, NULL, NULL},
        {"weight F8_E4M3 64,64", NULL, "weight", "expected its scales"},
        {BYTES "weight_scale F32 63,1", NULL, "weight_scale",
         "expected scales [1], [out], [out, groups] or of each block, found the shape [63, 1]"},
        {BYTES "weight_scale F32 64,3", NULL, "weight_scale", "found the shape [64, 3]"},
        {BYTES "weight_scale F32 64,1,1", NULL, "weight_scale", "found the shape [64, 1, 1]"},
        {BYTES "weight_scale F32 64", "weight_scale", "weight", "expected scales that are finite"},
        {"weight I8 64;weight_scale F32 64", NULL, "weight", "expected a matrix"},
        {"weight I8 64,64;weight_scale F32 64,2;weight_zero_point I16 64,2", NULL,
         "weight_zero_point", "found those of the type I16"},
        {"weight I8 64,64;weight_scale F32 64;weight_zero_point I8 63", NULL, "weight_zero_point",
         "expected a zero point of I8 for each scale"},
        {"weight_packed I32 64,8;weight_scale F16 64,2", NULL, "weight_packed",
         "expected its shape, two numbers in"},
        {"weight_packed I32 64,8;weight_scale F16 64,2;weight_shape I64 2", NULL, "weight_packed",
         "expected as many rows and columns as its weight_shape says, found the shape [64, 8]"},
        {"weight_packed I32 64,8;weight_scale F16 64,2;weight_shape I64 2", "weight_shape",
         "weight_packed", "expected as many rows and columns as its weight_shape says"},
    };

    (void)state;
    check_all("\"quant_method\":\"compressed-tensors\"", all, countof(all));
}

#define INT8_ROWS                                                                                 \
    "\"quant_method\":\"compressed-tensors\",\"format\":\"int-quantized\",\"config_groups\":{"    \
    "\"group_0\":{\"input_activations\":{\"num_bits\":8,\"type\":\"int\",\"strategy\":\"token\"," \
    "\"dynamic\":true}}}"

static void test_int8_rows(void **state)
{
    static const struct damage all[] = {
        {"weight I8 64,64;weight_scale F32 64,1", NULL, NULL, NULL},
        {"weight I8 64,64;weight_scale BF16 1", NULL, NULL, NULL},
        {"weight I8 64,64;weight_scale F32 64,2;weight_zero_point I8 64,2", NULL, NULL, NULL},
        {"weight I8 64,64;weight_scale F32 64,1", "weight_scale", "weight",
         "expected scales that are finite"},
        {"weight I8 64,64", NULL, "weight", "expected its scales"},
        {"weight I8 64,64;weight_scale I32 64,1", NULL, "weight_scale",
         "expected scales of F16, BF16 or F32"},
        {"weight I8 64,64;weight_scale F32 63,1", NULL, "weight_scale", "found the shape [63, 1]"},
        {"weight I8 64,64;weight_scale F32 64,1;weight_zero_point I32 64,1", NULL,
         "weight_zero_point", "expected a zero point of I8 for each scale"},
    };

    (void)state;
    check_all(INT8_ROWS, all, countof(all));
}

#define ORDER_OF(value) "{\"weights\":{\"num_bits\":8,\"actorder\":" value "}}"
#define ORDERED(groups) \
    "\"quant_method\":\"compressed-tensors\",\"config_groups\":{\"group_0\":" groups "}"
#define BY_GROUPS "weight I8 64,64;weight_scale F32 64,2"

/* What quantization_config says of the groups of columns, and what matrices say. */
static void test_act_order(void **state)
{
    static const char *const ordered[] = {ORDERED(ORDER_OF("\"group\"")),
                                          ORDERED(ORDER_OF("\"dynamic\"")),
                                          ORDERED(ORDER_OF("true"))},
                             *const plain[] = {
                                 ORDERED(ORDER_OF("\"weight\"")), ORDERED(ORDER_OF("\"static\"")),
                                 ORDERED(ORDER_OF("false")), ORDERED(ORDER_OF("null")),
                                 ORDERED(ORDER_OF("\"group\"") ",\"group_1\":" ORDER_OF("null"))};
    static const struct damage fine[] = {
        {BY_GROUPS ";weight_g_idx I32 64", NULL, NULL, NULL},
        {"weight I8 64,64;weight_scale F32 64,1", NULL, NULL, NULL}, /* one group */
        {"weight I8 64,64;weight_scale F32 1", NULL, NULL, NULL},
    };
    static const struct damage absent[] = {
        {BY_GROUPS, NULL, "weight",
         "expected the group of each column in '" PREFIX "weight_g_idx', because"},
    };
    static const struct damage in_order = {BY_GROUPS, NULL, NULL, NULL};
    static const struct damage wrong[] = {
        {BY_GROUPS ";weight_g_idx I32 63", NULL, "weight_g_idx",
         "expected the group of each column as I32, found the shape [63] of I32"},
        {BY_GROUPS ";weight_g_idx I32 64", "weight_g_idx", "weight_g_idx",
         "expected groups from 0 to 1, found -1 for column 0"},
    };

    (void)state;
    for (size_t i = 0; i < countof(ordered); i++) {
        check_all(ordered[i], fine, countof(fine));
        check_all(ordered[i], absent, countof(absent));
    }
    for (size_t i = 0; i < countof(plain); i++) {
        check(plain[i], &in_order, NULL);
        check_all(plain[i], fine, countof(fine));
        check_all(plain[i], wrong, countof(wrong));
    }
}

/* Zero points beside 8 bits need another type than those that are 0. */
static void test_zero_points(void **state)
{
    static const char tensors[] = "weight I8 64,64;weight_scale F32 64,1;weight_zero_point I8 64,1";
    const struct import_options options = {.no_vocabulary = true};

    (void)state;
    for (int filled = 0; filled < 2; filled++) {
        const struct damage one = {tensors, filled ? "weight_zero_point" : NULL, NULL, NULL};
        struct importing i;
        write_directory(INT8_ROWS, &one, NULL);
        importing_open(&i);
        assert_true(import_model(test_folder.path, &options, &i.model, &i.diags));
        const struct tensor *t = model_find_tensor(&i.model, PREFIX "weight");
        assert_int_equal(t->dtype, filled ? DTYPE_i8_g32 : DTYPE_i8_row);
        assert_int_equal(i.diags.warning_count, 0);
        importing_close(&i);
    }
}

/* Columns of groups of different sizes have no order in which groups are whole blocks. */
static void test_unequal_groups(void **state)
{
    static const struct damage all_of_one = {GPTQ ";g_idx I32 64", NULL, NULL, NULL};
    const struct import_options options = {.no_vocabulary = true};
    struct importing i;

    (void)state;
    write_directory("\"quant_method\":\"gptq\"", &all_of_one, NULL);
    importing_open(&i);
    assert_true(import_model(test_folder.path, &options, &i.model, &i.diags));
    const struct tensor *t = model_find_tensor(&i.model, PREFIX "weight");
    assert_int_equal(t->dtype, DTYPE_f32);
    assert_int_equal(t->order, 0);
    assert_int_equal(i.diags.warning_count, 1);
    assert_non_null(strstr(i.diags.first->text, "do not have equally many columns"));
    importing_close(&i);
}

#define NF4                                                                                    \
    "weight U8 2048,1;weight.absmax U8 64;weight.quant_map F32 16;weight.nested_absmax F32 1;" \
    "weight.nested_quant_map F32 256"
#define STATE "{\"shape\":[64,64],\"blocksize\":64,\"nested_blocksize\":256,\"nested_offset\":0.5}"

static void test_bitsandbytes(void **state)
{
    static const struct {
        struct damage damage;
        const char *description;
    } all[] = {
        {{NF4, NULL, NULL, NULL}, STATE},
        {{NF4, NULL, "weight", "expected its description"}, NULL},
        {{NF4, NULL, "weight.quant_state.bitsandbytes__nf4", "expected a description with a shape"},
         "{\"shape\":[64,64]}"},
        {{NF4, NULL, "weight.quant_state.bitsandbytes__nf4", "expected a description with a shape"},
         "[64"},
        {{NF4, NULL, "weight.quant_state.bitsandbytes__nf4", "expected a description with a shape"},
         "{\"shape\":[64,-64],\"blocksize\":64}"},
        {{NF4, NULL, "weight.quant_state.bitsandbytes__nf4", "with a nested_offset beside"},
         "{\"shape\":[64,64],\"blocksize\":64,\"nested_blocksize\":256}"},
        {{NF4, NULL, "weight", "expected a nibble for each element"},
         "{\"shape\":[64,128],\"blocksize\":64,\"nested_blocksize\":256,\"nested_offset\":0}"},
        {{NF4, NULL, "weight", "expected a nibble for each element"},
         "{\"shape\":[2147483647,2147483584],\"blocksize\":64,\"nested_blocksize\":256,\"nested_offset\":0}"},
        {{NF4, NULL, "weight", "for each 0 scales"}, "{\"shape\":[64,64],\"blocksize\":64}"},
        {{NF4, NULL, "weight", "expected a scale in"},
         "{\"shape\":[64,64],\"blocksize\":32,\"nested_blocksize\":256,\"nested_offset\":0}"},
        {{NF4, "weight.quant_map", "weight.quant_map", "expected finite values"}, STATE},
        {{NF4, "weight.nested_absmax", "weight", "expected scales that are finite"}, STATE},
        {{"weight U8 2048,1;weight.absmax U8 64;weight.quant_map F32 15", NULL, "weight",
          "expected 16 values of F32 in"},
         STATE},
        {{"weight U8 2048,1;weight.absmax U8 64;weight.quant_map F32 16", NULL, "weight",
          "expected 256 values of F32 in"},
         STATE},
        {{"weight U8 2048,1;weight.absmax F32 63;weight.quant_map F32 16", NULL, "weight",
          "expected a scale in"},
         STATE},
    };

    (void)state;
    for (size_t i = 0; i < countof(all); i++)
        check("\"quant_method\":\"bitsandbytes\"", &all[i].damage, all[i].description);
}

/* Blocks and scales beside each other, as gpt-oss has its experts. */
static void test_mxfp4(void **state)
{
    static const struct damage all[] = {
        {"up_blocks U8 2,4,2,16", NULL, "up_blocks", "expected its scales"},
        {"up_blocks U8 2,4,2,16;up_scales U8 2,4,3", NULL, "up_blocks",
         "found 4 axes of 256 bytes"},
        {"up_blocks U8 2,4,2,16;up_scales U8 2,8", NULL, "up_blocks", "and 2 of 16"},
        {"up_blocks U8 2,4,2,16;up_scales F16 2,4,2", NULL, "up_blocks", "and 3 of 32"},
        {"up_blocks U8 2,4,2,17;up_scales U8 2,4,2", NULL, "up_blocks", "found 4 axes of 272"},
        {"up_blocks U8 2,4,32;up_scales U8 2,4,2", NULL, "up_blocks", "found 3 axes of 256"},
    };

    (void)state;
    check_all("\"quant_method\":\"mxfp4\"", all, countof(all));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gptq),        cmocka_unit_test(test_awq),
        cmocka_unit_test(test_compressed),  cmocka_unit_test(test_int8_rows),
        cmocka_unit_test(test_zero_points), cmocka_unit_test(test_bitsandbytes),
        cmocka_unit_test(test_mxfp4),       cmocka_unit_test(test_unequal_groups),
        cmocka_unit_test(test_act_order),
    };
    return cmocka_run_group_tests(tests, temporary_set_up, temporary_tear_down);
}
