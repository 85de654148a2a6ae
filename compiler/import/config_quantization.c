/* quantization_config of a directory: how its tensors are coded. In: config.json; out: the method,
 * and what shapes of tensors do not say. Which modules are not quantized needs no list: their tensors
 * are plain. Of what a scheme says about activations only int8 with a scale per row counts: products
 * choose their own formats (choose-activations), and weights with a scale per row allow that one.
 *
 * Sources: utils/quantization_config.py of Hugging Face transformers; the configurations of
 * GPTQModel and compressed-tensors. */
#include "compiler/import/config.h"

#include "compiler/base/out.h"

#include <string.h>

static const char *const spellings[] = {
    "",
#define METHOD(name, spelling) spelling,
#include "compiler/import/quantizations.def"
#undef METHOD
};

static bool refuse(const struct config *c, const char *key, const char *expected,
                   const json_t *found)
{
    return diag_error(c->diags, config_place(c, key), "expected %s, found %s", expected,
                      json_found(c->diags->arena, found));
}

/* Whether the value of a key is one of these words (NULL: the last); absent is. */
static bool word_is(const struct config *c, const json_t *from, const char *key,
                    const char *const *words)
{
    const json_t *value = config_get(from, key);
    struct text expected = {.arena = c->diags->arena};

    for (size_t i = 0; words[i] != NULL; i++) {
        if (value == NULL ||
            (json_is_string(value) && strcmp(json_string_value(value), words[i]) == 0))
            return true;
        text_add(&expected, "%s%s", i == 0 ? "" : ", ", words[i]);
    }
    return refuse(c, key, expected.data, value);
}

static enum quantization_method read_method(const struct config *c, const json_t *from)
{
    const json_t *method = config_get(from, "quant_method");
    struct text known = {.arena = c->diags->arena};

    for (size_t i = 1; i < countof(spellings); i++) {
        if (json_is_string(method) && strcmp(json_string_value(method), spellings[i]) == 0)
            return (enum quantization_method)i;
        text_add(&known, "%s%s",
                 i == 1                       ? ""
                 : i + 1 < countof(spellings) ? ", "
                                              : " or ",
                 spellings[i]);
    }
    refuse(c, "quant_method",
           arena_printf(c->diags->arena, "a quantization that rlx reads (%s)", known.data), method);
    return QUANTIZATION_none;
}

static void read_group(const struct config *c, const json_t *from, struct quantization *out)
{
    const json_t *size = config_get(from, "group_size");

    if (!json_is_integer(size) || json_integer_value(size) != -1) /* -1: all columns */
        config_u32(c, from, "group_size", 1, MAX_FEED_FORWARD, OPTIONAL, &out->group);
}

static void read_gptq(const struct config *c, const json_t *from, struct quantization *out)
{
    static const char *const formats[] = {"gptq", "gptq_v2", NULL};
    const json_t *format = config_get(from, "checkpoint_format");
    bool marlin = false;

    read_group(c, from, out);
    word_is(c, from, "checkpoint_format", formats);
    config_bool(c, from, "desc_act", &out->has_orders);
    if (config_bool(c, from, "is_marlin_format", &marlin) && marlin)
        refuse(c, "is_marlin_format", "false", config_get(from, "is_marlin_format"));
    out->zeros_lack_one =
        !json_is_string(format) || strcmp(json_string_value(format), "gptq_v2") != 0;
}

/* Whether a group of modules takes activations of int8 whose scales are found for each row as it is
 * computed, without zero points. */
static bool has_int8_rows(const struct config *c, const json_t *group)
{
    const json_t *inputs = config_get(group, "input_activations");
    const json_t *dynamic = config_get(inputs, "dynamic"); /* a word in formats of other types */
    const char *type = config_string(c, inputs, "type"),
               *strategy = config_string(c, inputs, "strategy");
    uint32_t bits = 0;
    bool symmetric = true;

    config_u32(c, inputs, "num_bits", 1, 32, OPTIONAL, &bits);
    config_bool(c, inputs, "symmetric", &symmetric);
    return bits == 8 && symmetric && json_is_true(dynamic) && type != NULL && strategy != NULL &&
           strcmp(type, "int") == 0 && strcmp(strategy, "token") == 0;
}

/* Whether the matrices of a group of modules say which group each of their columns is of. Columns that
 * were sorted only while they were rounded ("weight", "static") are in order. */
static bool has_orders(const struct config *c, const json_t *group)
{
    static const char *const said[] = {"group", "dynamic", NULL}, *const known[] = {
                                                                      "group", "dynamic", "weight",
                                                                      "static", NULL};
    const json_t *weights = config_get(group, "weights"), *order = config_get(weights, "actorder");

    if (order == NULL || json_is_boolean(order))
        return json_is_true(order);
    if (!word_is(c, weights, "actorder", known))
        return false;
    for (size_t i = 0; said[i] != NULL; i++)
        if (strcmp(json_string_value(order), said[i]) == 0)
            return true;
    return false;
}

static void read_compressed(const struct config *c, const json_t *from, struct quantization *out)
{
    static const char *const formats[] = {"pack-quantized",
                                          "int-quantized",
                                          "float-quantized",
                                          "naive-quantized",
                                          "mixed-precision",
                                          "dense",
                                          NULL};
    const json_t *groups = config_get(from, "config_groups"), *group;
    const json_t *transforms = config_get(config_get(from, "transform_config"), "config_groups");
    static const char *const dense[] = {"dense", NULL};
    const char *name;

    word_is(c, from, "format", formats);
    word_is(c, config_get(from, "sparsity_config"), "format", dense);
    out->int8_rows = out->has_orders = json_object_size(groups) != 0;
    json_object_foreach((json_t *)(uintptr_t)groups, name, group)
    {
        word_is(c, group, "format", formats);
        out->int8_rows = has_int8_rows(c, group) && out->int8_rows;
        out->has_orders = has_orders(c, group) && out->has_orders;
    }
    if (json_object_size(transforms) != 0)
        refuse(c, "transform_config", "no transforms of activations", transforms);
}

static void read_blocks(const struct config *c, const json_t *from, struct quantization *out)
{
    const json_t *size = config_get(from, "weight_block_size");

    for (size_t i = 0; i < 2 && size != NULL; i++) {
        const json_t *one = json_array_get(size, i);
        if (json_array_size(size) != 2 || !json_is_integer(one) || json_integer_value(one) < 1 ||
            json_integer_value(one) > MAX_HIDDEN) {
            refuse(c, "weight_block_size", "two sizes", size);
            return;
        }
        out->block[i] = (uint32_t)json_integer_value(one);
    }
}

void config_read_quantization(const struct config *c, const json_t *root, struct quantization *out)
{
    static const char *const keys[] = {"quantization_config", "compression_config"};
    static const char *const gemm[] = {"gemm", "GEMM", NULL}, *const e4m3[] = {"e4m3", NULL};
    const json_t *from = NULL;

    for (size_t i = 0; i < countof(keys) && from == NULL; i++) {
        from = config_get(root, keys[i]);
        from = from != NULL ? from : config_get(c->root, keys[i]);
    }
    if (from == NULL)
        return;
    out->method = read_method(c, from);
    if (out->method == QUANTIZATION_gptq)
        read_gptq(c, from, out);
    if (out->method == QUANTIZATION_awq && word_is(c, from, "version", gemm))
        read_group(c, from, out);
    if (out->method == QUANTIZATION_compressed_tensors)
        read_compressed(c, from, out);
    if (out->method == QUANTIZATION_fp8 && word_is(c, from, "fmt", e4m3))
        read_blocks(c, from, out);
}
