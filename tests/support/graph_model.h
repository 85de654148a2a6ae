/* A graph in text form beside its evaluator: compiled in the test's process with weights that look
 * random, and opened through the public API. In: a text, the names and shapes of its weights, and
 * options of rlxc build. Out: a model, and `eval` (evaluating.h) on the same weights. */
#ifndef TESTS_GRAPH_MODEL_H
#define TESTS_GRAPH_MODEL_H

#include "tests/support/compiled.h"
#include "tests/support/evaluating.h"

struct graph_weight {
    const char *name;
    uint32_t rows, columns;
};

enum { GRAPH_WEIGHTS_MAX = 8 };

static const char *graph_names[GRAPH_WEIGHTS_MAX + 1];
static const float *graph_values[GRAPH_WEIGHTS_MAX];
static rlx_error error;

static inline void must(rlx_status status)
{
    if (status != RLX_OK)
        fail_msg("%s", error.text);
}

/* A safetensors file of f32. Weights end with a name that is NULL. */
static inline const char *graph_write_weights(const struct graph_weight *weights)
{
    char header[1024];
    uint64_t at = 0, size;
    int length = snprintf(header, sizeof header, "{");
    for (uint32_t i = 0; weights[i].name != NULL; i++) {
        size = (uint64_t)weights[i].rows * weights[i].columns * sizeof(float);
        length += snprintf(header + length, sizeof header - (size_t)length,
                           "%s\"%s\":{\"dtype\":\"F32\",\"shape\":[%u,%u],\"data_offsets\":[%llu,"
                           "%llu]}",
                           i == 0 ? "" : ",", weights[i].name, weights[i].rows, weights[i].columns,
                           (unsigned long long)at, (unsigned long long)(at + size));
        at += size;
    }
    length += snprintf(header + length, sizeof header - (size_t)length, "}");
    while (length % 8 != 0)
        header[length++] = ' ';
    uint8_t *file = arena_new(&arena, uint8_t, 8 + (uint64_t)length + at);
    uint8_t *end = file;
    size = (uint64_t)length;
    memcpy(end, &size, 8);
    memcpy(end + 8, header, size);
    end += 8 + size;
    for (uint32_t i = 0; weights[i].name != NULL; i++) {
        size = (uint64_t)weights[i].rows * weights[i].columns * sizeof(float);
        memcpy(end, graph_values[i], size);
        end += size;
    }
    return temporary_write(&test_folder, "weights.safetensors", file, (uint64_t)(end - file));
}

/* Opens the evaluator, and makes the weights. `shut` ends both. */
static inline void graph_begin(const char *text, const struct graph_weight *weights)
{
    uint32_t i = 0;
    for (; weights[i].name != NULL; i++) {
        assert_true(i < GRAPH_WEIGHTS_MAX);
        graph_names[i] = weights[i].name;
        graph_values[i] = noise(weights[i].rows * weights[i].columns, i + 1);
    }
    graph_names[i] = NULL;
    open(text, graph_names, graph_values);
}

/* The model of a graph whose evaluator is open. NULL where this machine lacks the level. */
static inline rlx_model *graph_compile(const char *text, const struct graph_weight *weights,
                                       const char *options)
{
    bool lacking;
    const char *words =
        arena_printf(&arena, "%s --weights=%s", options, graph_write_weights(weights));
    const char *path =
        arena_printf(&arena, "%s", temporary_write(&test_folder, "graph.hir", text, strlen(text)));
    rlx_model *model = compiled_open(path, words, &lacking);
    if (model == NULL && !lacking)
        fail_msg("%s does not compile with %s", path, words);
    return model;
}

static inline rlx_instance *graph_instance(rlx_model *model, uint32_t threads)
{
    rlx_instance_options options = rlx_instance_options_default();
    rlx_instance *n;
    options.threads = threads;
    must(rlx_instance_open(model, &options, &n, &error));
    return n;
}

static inline rlx_session *graph_session(rlx_model *model, uint32_t threads,
                                         rlx_session *share_with)
{
    rlx_session_options options = rlx_session_options_default();
    rlx_session *s;
    options.threads = threads;
    options.share_with = share_with;
    must(rlx_session_open(model, &options, &s, &error));
    return s;
}

/* An output of the last run, as dense rows. */
static inline size_t graph_output(rlx_instance *n, const char *entry, const char *name, float *to)
{
    rlx_output out = rlx_output_default();
    must(rlx_instance_get_output(n, entry, name, &out, &error));
    for (size_t r = 0; r < out.rows; r++)
        memcpy(to + r * out.width, out.data + r * out.stride, out.width * sizeof *to);
    return out.rows;
}

#endif
