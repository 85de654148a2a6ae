/* Imports of published models and golden fixtures: hyper-parameters, and every tensor's name, type,
 * shape and first bytes, against what tests/support/describe_model.py reads from the same files.
 */
#include "compiler/import/import.h"
#include "compiler/family/family.h"

#include "tests/support/diagnostics.h"
#include "tests/support/importing.h"
#include "tests/support/safetensors_reader.h"
#include "tests/support/shared.h"
#include "tests/support/temporary_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

/* clang-format off */
static const struct model_case {
    const char *path, *family;
    uint32_t vocabulary, hidden, layers, heads, kv_heads, head_dim, rotary_dim, feed_forward, context, sliding_window;
    double norm_epsilon, theta;
    enum rope_scaling scaling;
    bool interleaved, tied;
    uint32_t tensors, checksum;
} cases[] = {
    {"golden/gguf/llama-F32.gguf", "llama", 320, 64, 3, 4, 2, 16, 16, 160, 512, 0, 9.999999747378752e-06, 500000.0, ROPE_default, true, false, 31, 0xf940626b},
    {"golden/gguf/llama-F16.gguf", "llama", 320, 64, 3, 4, 2, 16, 16, 160, 512, 0, 9.999999747378752e-06, 500000.0, ROPE_default, true, false, 31, 0x26963193},
    {"golden/gguf/llama-BF16.gguf", "llama", 320, 64, 3, 4, 2, 16, 16, 160, 512, 0, 9.999999747378752e-06, 500000.0, ROPE_default, true, false, 31, 0xe5ebc4d4},
    {"golden/gguf/llama-Q8_0.gguf", "llama", 320, 64, 3, 4, 2, 16, 16, 160, 512, 0, 9.999999747378752e-06, 500000.0, ROPE_default, true, false, 31, 0x07565d1c},
    {"golden/gguf/llama-Q4_0.gguf", "llama", 320, 64, 3, 4, 2, 16, 16, 160, 512, 0, 9.999999747378752e-06, 500000.0, ROPE_default, true, false, 31, 0xaebaa123},
    {"golden/gguf/llama-Q4_1.gguf", "llama", 320, 64, 3, 4, 2, 16, 16, 160, 512, 0, 9.999999747378752e-06, 500000.0, ROPE_default, true, false, 31, 0x3de0984a},
    {"golden/gguf/llama-Q5_0.gguf", "llama", 320, 64, 3, 4, 2, 16, 16, 160, 512, 0, 9.999999747378752e-06, 500000.0, ROPE_default, true, false, 31, 0xe018545b},
    {"golden/gguf/llama-Q5_1.gguf", "llama", 320, 64, 3, 4, 2, 16, 16, 160, 512, 0, 9.999999747378752e-06, 500000.0, ROPE_default, true, false, 31, 0xcc0c63bb},
    {"golden/gguf/qwen2-F32.gguf", "qwen2", 288, 64, 3, 2, 1, 32, 32, 160, 512, 0, 9.999999974752427e-07, 1000000.0, ROPE_default, false, true, 38, 0xfe3fb265},
    {"golden/gguf/qwen2-F16.gguf", "qwen2", 288, 64, 3, 2, 1, 32, 32, 160, 512, 0, 9.999999974752427e-07, 1000000.0, ROPE_default, false, true, 38, 0xbe88768e},
    {"golden/gguf/qwen2-BF16.gguf", "qwen2", 288, 64, 3, 2, 1, 32, 32, 160, 512, 0, 9.999999974752427e-07, 1000000.0, ROPE_default, false, true, 38, 0x4dd1cfbd},
    {"golden/gguf/qwen2-Q8_0.gguf", "qwen2", 288, 64, 3, 2, 1, 32, 32, 160, 512, 0, 9.999999974752427e-07, 1000000.0, ROPE_default, false, true, 38, 0x32c75298},
    {"golden/gguf/qwen2-Q4_0.gguf", "qwen2", 288, 64, 3, 2, 1, 32, 32, 160, 512, 0, 9.999999974752427e-07, 1000000.0, ROPE_default, false, true, 38, 0x0c63bf1e},
    {"golden/gguf/qwen2-Q4_1.gguf", "qwen2", 288, 64, 3, 2, 1, 32, 32, 160, 512, 0, 9.999999974752427e-07, 1000000.0, ROPE_default, false, true, 38, 0xd16ea7ab},
    {"golden/gguf/qwen2-Q5_0.gguf", "qwen2", 288, 64, 3, 2, 1, 32, 32, 160, 512, 0, 9.999999974752427e-07, 1000000.0, ROPE_default, false, true, 38, 0x70f35c30},
    {"golden/gguf/qwen2-Q5_1.gguf", "qwen2", 288, 64, 3, 2, 1, 32, 32, 160, 512, 0, 9.999999974752427e-07, 1000000.0, ROPE_default, false, true, 38, 0x3748e5b5},
    {"golden/gguf/qwen3-F32.gguf", "qwen3", 384, 96, 3, 2, 1, 64, 64, 192, 512, 0, 9.999999974752427e-07, 1000000.0, ROPE_default, false, true, 35, 0xd06677cc},
    {"golden/gguf/qwen3-F16.gguf", "qwen3", 384, 96, 3, 2, 1, 64, 64, 192, 512, 0, 9.999999974752427e-07, 1000000.0, ROPE_default, false, true, 35, 0x6ae835f5},
    {"golden/gguf/qwen3-BF16.gguf", "qwen3", 384, 96, 3, 2, 1, 64, 64, 192, 512, 0, 9.999999974752427e-07, 1000000.0, ROPE_default, false, true, 35, 0xbbfa00de},
    {"golden/gguf/qwen3-Q8_0.gguf", "qwen3", 384, 96, 3, 2, 1, 64, 64, 192, 512, 0, 9.999999974752427e-07, 1000000.0, ROPE_default, false, true, 35, 0x427ac281},
    {"golden/gguf/qwen3-Q4_0.gguf", "qwen3", 384, 96, 3, 2, 1, 64, 64, 192, 512, 0, 9.999999974752427e-07, 1000000.0, ROPE_default, false, true, 35, 0xd8eab475},
    {"golden/gguf/qwen3-Q4_1.gguf", "qwen3", 384, 96, 3, 2, 1, 64, 64, 192, 512, 0, 9.999999974752427e-07, 1000000.0, ROPE_default, false, true, 35, 0xc7486316},
    {"golden/gguf/qwen3-Q5_0.gguf", "qwen3", 384, 96, 3, 2, 1, 64, 64, 192, 512, 0, 9.999999974752427e-07, 1000000.0, ROPE_default, false, true, 35, 0xc2a7c342},
    {"golden/gguf/qwen3-Q5_1.gguf", "qwen3", 384, 96, 3, 2, 1, 64, 64, 192, 512, 0, 9.999999974752427e-07, 1000000.0, ROPE_default, false, true, 35, 0xd8c5ddcd},
    {"golden/gguf/qwen2-split-Q8_0-00001-of-00003.gguf", "qwen2", 288, 64, 3, 2, 1, 32, 32, 160, 512, 0, 9.999999974752427e-07, 1000000.0, ROPE_default, false, true, 38, 0x32c75298},
    {"golden/llama-f32", "llama", 300, 64, 3, 4, 2, 16, 16, 176, 512, 0, 1e-05, 10000.0, ROPE_default, false, false, 30, 0x17fc740a},
    {"golden/llama3-rope-bf16", "llama", 257, 96, 2, 6, 3, 24, 24, 160, 512, 0, 1e-05, 500000.0, ROPE_llama3, false, true, 20, 0x9732e070},
    {"golden/llama-odd-f32", "llama", 101, 60, 2, 3, 1, 20, 20, 100, 512, 0, 1e-06, 10000.0, ROPE_default, false, false, 35, 0x3fd00fee},
    {"golden/llama-sharded-f16", "llama", 320, 128, 2, 4, 4, 32, 32, 256, 512, 0, 1e-05, 10000.0, ROPE_default, false, false, 21, 0xd9701fd1},
    {"golden/mistral-swa-f32", "llama", 200, 80, 3, 5, 1, 16, 16, 160, 512, 16, 1e-05, 10000.0, ROPE_default, false, false, 30, 0x16d05863},
    {"golden/qwen2-f32", "qwen2", 288, 64, 2, 4, 2, 16, 16, 144, 512, 0, 1e-06, 1000000.0, ROPE_default, false, true, 26, 0x3e1e0e92},
    {"golden/qwen2-bf16", "qwen2", 272, 112, 3, 7, 1, 16, 16, 192, 512, 0, 1e-06, 1000000.0, ROPE_default, false, false, 39, 0x7d8ea329},
    {"golden/qwen3-f32", "qwen3", 300, 64, 3, 4, 2, 32, 32, 160, 512, 0, 1e-06, 1000000.0, ROPE_default, false, true, 35, 0xff118803},
    {"golden/qwen3-bf16", "qwen3", 512, 256, 2, 4, 2, 64, 64, 512, 512, 0, 1e-06, 1000000.0, ROPE_default, false, true, 24, 0x7f119f95},
    {"models/stories-3m/stories-3m.Q8_0.gguf", "qwen3", 2048, 256, 4, 6, 2, 64, 64, 512, 1024, 0, 9.999999974752427e-07, 10000.0, ROPE_default, false, true, 46, 0x86731882},
    {"models/stories-3m/hf", "qwen3", 2048, 256, 4, 6, 2, 64, 64, 512, 1024, 0, 1e-06, 10000.0, ROPE_default, false, true, 46, 0x4fbca22e},
    {"models/tinystories-656k", "llama", 2048, 128, 2, 8, 4, 16, 16, 384, 512, 0, 1e-06, 10000.0, ROPE_default, false, true, 20, 0xe49b5fae},
    {"models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf", "llama", 49152, 576, 30, 9, 3, 64, 64, 1536, 8192, 0, 9.999999747378752e-06, 100000.0, ROPE_default, true, true, 272, 0x446fd3ae},
};
/* clang-format on */

struct imported {
    struct arena arena;
    struct strings strings;
    struct diags diags;
    struct model model;
};

static bool import_at(struct imported *i, const char *path, bool vocabulary_only)
{
    const struct import_options options = {.vocabulary_only = vocabulary_only};

    memset(i, 0, sizeof *i);
    strings_init(&i->strings, &i->arena);
    i->diags.arena = &i->arena;
    i->model.arena = &i->arena;
    i->model.strings = &i->strings;
    bool good = import_model(path, &options, &i->model, &i->diags);
    assert_int_equal(good, i->diags.error_count == 0);
    return good;
}

static void import_end(struct imported *i)
{
    model_close(&i->model);
    arena_free(&i->arena);
}

/* CRC-32 as zlib has it (ISO 3309, reflected polynomial 0xedb88320). */
static uint32_t crc32_of(const uint8_t *data, size_t bytes)
{
    static uint32_t table[256];
    uint32_t crc = 0xffffffff;

    if (table[1] == 0)
        for (uint32_t i = 0; i < 256; i++) {
            table[i] = i;
            for (int bit = 0; bit < 8; bit++)
                table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320 : 0);
        }
    for (size_t i = 0; i < bytes; i++)
        crc = crc >> 8 ^ table[(crc ^ data[i]) & 255];
    return ~crc;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The same as describe_model.py: one line a tensor, sorted. */
static uint32_t checksum_of(const struct model *m)
{
    char **lines = calloc(m->tensor_count, sizeof *lines), whole[1 << 16] = "";
    size_t bytes = 0;

    assert_non_null(lines);
    for (uint32_t i = 0; i < m->tensor_count; i++) {
        const struct tensor *t = &m->tensors[i];
        size_t room = 512, at = 0;
        lines[i] = malloc(room);
        assert_non_null(lines[i]);
        at += (size_t)snprintf(lines[i], room, "%s %s [", str_text(m->strings, t->name),
                               dtype_info[t->dtype].name);
        for (uint32_t j = 0; j < t->rank; j++)
            at += (size_t)snprintf(lines[i] + at, room - at, "%s%llu", j == 0 ? "" : ", ",
                                   (unsigned long long)t->shape[j]);
        snprintf(lines[i] + at, room - at, "] %u\n",
                 crc32_of(model_data(m, t), t->bytes < 65536 ? t->bytes : 65536));
    }
    qsort(lines, m->tensor_count, sizeof *lines, by_text);
    for (uint32_t i = 0; i < m->tensor_count; i++) {
        bytes += (size_t)snprintf(whole + bytes, sizeof whole - bytes, "%s", lines[i]);
        assert_true(bytes < sizeof whole);
        free(lines[i]);
    }
    free(lines);
    return crc32_of((const uint8_t *)whole, bytes);
}

static void check_case(const struct model_case *c, const struct model *m)
{
    const struct hyper_parameters *h = &m->hyper;
    const uint32_t expected[] = {c->vocabulary, c->hidden,         c->layers,     c->heads,
                                 c->kv_heads,   c->head_dim,       c->rotary_dim, c->feed_forward,
                                 c->context,    c->sliding_window, c->scaling,    c->interleaved,
                                 c->tied,       c->tensors};
    const uint32_t found[] = {
        h->vocabulary,   h->hidden,           h->layers,       h->heads,       h->kv_heads,
        h->head_dim,     h->rope.rotary_dim,  h->feed_forward, h->context,     h->sliding_window,
        h->rope.scaling, h->rope.interleaved, h->tied,         m->tensor_count};

    for (size_t i = 0; i < countof(expected); i++)
        if (expected[i] != found[i])
            fail_msg("%s: value %zu: expected %u, found %u", c->path, i, expected[i], found[i]);
    assert_string_equal(str_text(m->strings, h->architecture), c->family);
    assert_true(h->norm_epsilon == c->norm_epsilon);
    assert_true(h->rope.theta == c->theta);
    for (uint32_t i = 0; i < h->layers; i++) /* none of these has a window in some layers only */
        assert_int_equal(h->layer[i].window, h->sliding_window);
    uint32_t checksum = checksum_of(m);
    if (checksum != c->checksum)
        fail_msg("%s: expected tensors with checksum 0x%08x, found 0x%08x", c->path, c->checksum,
                 checksum);
}

static void test_models(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(cases); i++) {
        struct imported imported;
        const char *path = test_shared(cases[i].path);
        FILE *file = fopen(path, "rb");
        if (file == NULL) {
            print_message("skipped: %s is absent (RLX_SHARED)\n", path);
            skip();
        }
        fclose(file);
        if (!import_at(&imported, path, false)) {
            diags_print(&imported.diags, stderr);
            fail_msg("%s cannot be imported", path);
        }
        check_case(&cases[i], &imported.model);
        import_end(&imported);
    }
}

static void open_shared(struct imported *i, const char *below, bool vocabulary_only)
{
    FILE *file = fopen(test_shared(below), "rb");

    if (file == NULL) {
        print_message("skipped: %s is absent (RLX_SHARED)\n", test_shared(below));
        skip();
    }
    fclose(file);
    if (!import_at(i, test_shared(below), vocabulary_only)) {
        diags_print(&i->diags, stderr);
        fail_msg("%s cannot be imported", below);
    }
}

static void test_llama3_scaling(void **state)
{
    struct imported i;

    (void)state;
    open_shared(&i, "golden/llama3-rope-bf16", false);
    assert_true(i.model.hyper.rope.factor == 8.0);
    assert_true(i.model.hyper.rope.low_frequency_factor == 1.0);
    assert_true(i.model.hyper.rope.high_frequency_factor == 4.0);
    assert_int_equal(i.model.hyper.rope.original_context, 64);
    assert_null(i.model.vocabulary);
    import_end(&i);
}

static void test_names_and_formats(void **state)
{
    struct imported i;

    (void)state;
    open_shared(&i, "models/stories-3m/stories-3m.Q8_0.gguf", false);
    assert_string_equal(i.model.name, "stories-3m");
    assert_string_equal(i.model.format, "GGUF v3");
    assert_non_null(i.model.vocabulary);
    assert_non_null(i.model.chat_template);
    import_end(&i);
    open_shared(&i, "models/tinystories-656k", false);
    assert_string_equal(i.model.name, "tinystories-656k");
    assert_string_equal(i.model.format, "safetensors");
    assert_non_null(i.model.vocabulary);
    import_end(&i);
    open_shared(&i, "golden/gguf/llama-F32.gguf", false);
    assert_non_null(model_tensor(&i.model, str_of(&i.strings, "rope.divisors.weight")));
    assert_null(model_tensor(&i.model, str_of(&i.strings, "token_embd.weight")));
    const struct tensor last = i.model.tensors[i.model.tensor_count - 1];
    for (uint32_t t = 0; t < i.model.tensor_count; t++)
        assert_ptr_equal(model_tensor(&i.model, i.model.tensors[t].name), &i.model.tensors[t]);
    model_drop_tensor(&i.model, i.model.tensors[0].name); /* all others move */
    assert_ptr_equal(model_tensor(&i.model, last.name), &i.model.tensors[i.model.tensor_count - 1]);
    import_end(&i);
}

/* A vocabulary alone, of an architecture that is not compiled. */
static void test_vocabulary_only(void **state)
{
    struct imported i;

    (void)state;
    open_shared(&i, "tokenizers/vectors/ggml-vocab-gpt-2.gguf", true);
    assert_non_null(i.model.vocabulary);
    assert_int_equal(i.model.tensor_count, 0);
    assert_int_equal(i.model.hyper.hidden, 0);
    import_end(&i);
    open_shared(&i, "models/stories-3m/hf", true);
    assert_non_null(i.model.vocabulary);
    assert_int_equal(i.model.tensor_count, 0);
    import_end(&i);
}

/* A copy of a file in which the first of these names ends in another letter. */
static const char *misspell(const char *path, const char *name)
{
    const size_t length = strlen(name);
    FILE *file = fopen(path, "rb");
    struct stat is;

    assert_true(file != NULL && fstat(fileno(file), &is) == 0);
    const size_t bytes = (size_t)is.st_size;
    char *data = malloc(bytes);
    assert_true(data != NULL && fread(data, 1, bytes, file) == bytes);
    fclose(file);
    char *found = memmem(data, bytes, name, length);
    assert_non_null(found);
    found[length - 1] = '_';
    const char *copy = temporary_write(&test_folder, "misspelt.gguf", data, bytes);
    free(data);
    return copy;
}

/* A GGUF file with the name of one tensor misspelt says so, and computes nothing else in its place. */
static void test_missing_tensors(void **state)
{
    static const struct {
        const char *model, *tensor, *says;
    } absent[] = {
        {"gemma4-F32", "rope_freqs.weight", "rope_freqs.weight: expected divisors of frequencies"},
        {"gemma4-F32", "blk.0.attn_v.weight", "'blk.0.attn_v.weight': is missing"},
        {"gpt-oss-MXFP4", "blk.1.attn_output.bias",
         "'blk.1.attn_output.bias': is missing (missing biases: 1)"},
        {"gptneox-Q8_0", "blk.1.ffn_down.bias",
         "'blk.1.ffn_down.bias': is missing (missing biases: 1)"},
    };

    (void)state;
    if (access(test_shared("golden/gguf/gemma4-F32.gguf"), R_OK) != 0) {
        print_message("skipped: no golden/gguf in RLX_SHARED\n");
        skip();
    }
    for (size_t c = 0; c < countof(absent); c++) {
        struct importing i;
        char path[96];
        snprintf(path, sizeof path, "golden/gguf/%s.gguf", absent[c].model);
        struct hir_graph graph;
        if (importing_read(&i, misspell(test_shared(path), absent[c].tensor), false)) {
            hir_init(&graph, &i.arena, &i.strings, "misspelt");
            family_build(&i.model, 64, &graph, &i.diags);
        }
        const char *said = diags_text(&i.diags, &i.arena);
        if (strstr(said, absent[c].says) == NULL)
            fail_msg("%s without %s: expected '%s', found\n%s", absent[c].model, absent[c].tensor,
                     absent[c].says, said);
        importing_close(&i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_models),
        cmocka_unit_test(test_llama3_scaling),
        cmocka_unit_test(test_names_and_formats),
        cmocka_unit_test(test_vocabulary_only),
        cmocka_unit_test_setup_teardown(test_missing_tensors, temporary_set_up,
                                        temporary_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
