/* Damaged model files: the importer must refuse each with a sentence that names the file, the
 * place, what was expected and what was found. */
#include "tests/support/gguf_writer.h"
#include "tests/support/importing.h"
#include "tests/support/temporary_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <sys/stat.h>

static void expect_refusal(const char *path, const char *object, const char *text)
{
    struct importing i;
    bool good = importing_read(&i, path, false), said = !good && importing_said(&i, object, text);

    importing_close(&i);
    if (good)
        fail_msg("%s was imported, though expected: %s", path, text);
    assert_true(said);
}

static void test_small_model_is_good(void **state)
{
    struct gguf_writer w;
    struct importing i;

    (void)state;
    gguf_small_model(&w);
    if (!importing_read(&i, temporary_write(&test_folder, "small.gguf", w.data, w.bytes), false)) {
        diags_print(&i.diags, stderr);
        fail();
    }
    assert_int_equal(i.model.tensor_count, 3);
    assert_int_equal(i.model.hyper.vocabulary, 4);
    assert_int_equal(i.model.hyper.head_dim, 8);
    assert_true(i.model.hyper.tied);
    assert_true(i.model.hyper.rope.interleaved);
    assert_non_null(
        model_tensor(&i.model, str_of(&i.strings, "model.layers.1.self_attn.q_proj.weight")));
    importing_close(&i);
}

/* Every prefix of the file is refused, and none reads beyond it (sanitizer builds would say so). */
static void test_gguf_truncated(void **state)
{
    struct gguf_writer w;
    struct importing i;

    (void)state;
    gguf_small_model(&w);
    for (size_t bytes = 0; bytes < w.bytes; bytes += bytes < 64 ? 1 : 7) {
        const char *path = temporary_write(&test_folder, "cut.gguf", w.data, bytes);
        assert_false(importing_read(&i, path, false));
        assert_true(importing_said(&i, NULL, "expected"));
        importing_close(&i);
    }
}

/* One number of a good file is changed. */
static void test_gguf_patched(void **state)
{
    static const struct {
        const char *behind;
        size_t distance;
        uint64_t value;
        size_t bytes;
        const char *object, *text;
    } cases[] = {
        {"GGUF", 0, 1, 4, NULL, "expected GGUF version 2 or 3, found 1"},
        {"GGUF", 0, 0x03000000, 4, NULL, "big-endian"},
        {"GGUF", 4, UINT64_MAX, 8, NULL, "tensors"},
        {"GGUF", 12, UINT64_MAX / 2, 8, NULL, "values"},
        {"GGUF", 20, 0, 8, NULL, "a key of 1 to 65535 bytes, found 0"},
        {"GGUF", 20, UINT64_MAX, 8, NULL, "a key of 1 to 65535 bytes, found 18446744073709551615"},
        {"general.architecture", 0, 13, 4, "general.architecture",
         "a value type from 0 to 12, found 13"},
        {"general.architecture", 4, UINT64_MAX, 8, "general.architecture",
         "a string, found the end of the file"},
        {"general.architecture", 12, 'x', 1, "general.architecture",
         "expected a known architecture (llama, qwen2, "},
        {"general.alignment", 4, 0, 4, "general.alignment",
         "a power of two from 8 to 1048576, found 0"},
        {"general.alignment", 4, 24, 4, "general.alignment",
         "a power of two from 8 to 1048576, found 24"},
        {"general.alignment", 0, 6, 4, "general.alignment",
         "expected an integer, found a value of type f32"},
        {"llama.embedding_length", 4, 0, 4, "llama.embedding_length", "from 1 to 1048576, found 0"},
        {"llama.embedding_length", 4, 30, 4, "attention heads",
         "a divisor of the width 30 (no head size is given), found 4"},
        {"llama.block_count", 4, 1u << 31, 4, "llama.block_count", "found 2147483648"},
        {"llama.block_count", 0, 0xffffffff00000005, 8, "llama.block_count",
         "from 1 to 4096, found -1"},
        {"llama.attention.head_count_kv", 4, 3, 4, "attention heads", "a multiple of the 3 heads"},
        {"llama.feed_forward_lengt", 0, 'x', 1, "llama.feed_forward_length", "found no such key"},
        {"llama.attention.layer_norm_rms_epsilon", 4, 0x7fc00000, 4,
         "llama.attention.layer_norm_rms_epsilon", "found nan"},
        {"llama.rope.scaling.type", 12, 'b', 1, "llama.rope.scaling.type",
         "none, linear, yarn or longrope, found 'bone'"},
        {"token_embd.weight", 0, 5, 4, "token_embd.weight", "1 to 4 dimensions, found 5"},
        {"token_embd.weight", 0, 0, 4, "token_embd.weight", "1 to 4 dimensions, found 0"},
        {"token_embd.weight", 4, 0, 8, "token_embd.weight",
         "expected the embedding, found no elements"},
        {"token_embd.weight", 4, UINT64_MAX / 2, 8, "token_embd.weight", "below 2^64"},
        {"token_embd.weight", 4, UINT64_MAX / 8, 8, "token_embd.weight", "fewer than 2^64 bytes"},
        {"token_embd.weight", 4, 4096, 8, "token_embd.weight", "data inside the file"},
        {"token_embd.weight", 20, 28, 4, NULL,
         "types that rlx does not read: F64 (1 tensor); expected only f32"},
        {"token_embd.weight", 20, 999, 4, NULL,
         "types that rlx does not read: type 999 (1 tensor); "},
        {"token_embd.weight", 24, UINT64_MAX - 31, 8, "token_embd.weight", "data inside the file"},
        {"token_embd.weight", 24, 4, 8, "token_embd.weight",
         "a multiple of the alignment 32, found 4"},
        {"output_norm.weight", 16, 480, 8, "output_norm.weight",
         "belong to 'token_embd.weight' up to"},
        {"blk.1.attn_q.weight", 4, 33, 8, "blk.1.attn_q.weight",
         "a multiple of 32 elements (type q8_0), found 33"},
        {"blk.1.attn_q.weight", 20, 16, 4, "blk.1.attn_q.weight",
         "a multiple of 256 elements (type iq2_xxs), found 32"},
        {"blk.1.attn_q.weight", 20, 34, 4, "blk.1.attn_q.weight",
         "a multiple of 256 elements (type tq1_0), found 32"},
        {"blk.1.attn_q.weight", 20, 40, 4, "blk.1.attn_q.weight",
         "a multiple of 64 elements (type nvfp4), found 32"},
        {"token_embd.weight", 20, 41, 4, NULL,
         "types that rlx does not read: Q1_0 (1 tensor); expected only f32"},
        {"token_emb", 0, 'x', 1, "token_embd.weight",
         "expected the embedding, found no such tensor"},
    };

    (void)state;
    for (size_t c = 0; c < countof(cases); c++) {
        struct gguf_writer w;
        gguf_small_model(&w);
        gguf_patch(&w, cases[c].behind, cases[c].distance, cases[c].value, cases[c].bytes);
        expect_refusal(temporary_write(&test_folder, "patched.gguf", w.data, w.bytes),
                       cases[c].object, cases[c].text);
    }
}

/* However many tensors have types that are not read: one error, in which each type stands once. */
static void test_gguf_types_in_one_line(void **state)
{
    static const uint32_t few[] = {28, 24, 28, 0, 28};
    struct gguf_writer w;
    struct importing i;

    (void)state;
    for (uint32_t many = 0; many < 2; many++) {
        const uint32_t count = many ? 40 : (uint32_t)countof(few);
        gguf_begin(&w, count, 11);
        gguf_small_values(&w);
        for (uint32_t t = 0; t < count; t++) {
            char name[] = {'t', (char)('0' + t), 0};
            gguf_tensor(&w, t == 0 ? "token_embd.weight" : name, 32, 0, many ? 1000 + t : few[t],
                        0);
        }
        gguf_data(&w, 128);
        const char *path = temporary_write(&test_folder, "types.gguf", w.data, w.bytes);
        assert_false(importing_read(&i, path, false));
        assert_true(importing_said(
            &i, NULL,
            many ? "type 1015 (1 tensor), others (24 tensors); "
                 : "types that rlx does not read: F64 (3 tensors), I8 (1 tensor); "));
        assert_int_equal(i.diags.error_count, 1);
        importing_close(&i);
    }
}

/* Arrays in arrays in arrays. */
static void test_gguf_nesting(void **state)
{
    struct gguf_writer w;

    (void)state;
    gguf_begin(&w, 0, 1);
    gguf_put_text(&w, "deep");
    gguf_put_u32(&w, 9);
    for (int depth = 0; depth < 100; depth++) {
        gguf_put_u32(&w, 9);
        gguf_put_u64(&w, 1);
    }
    expect_refusal(temporary_write(&test_folder, "deep.gguf", w.data, w.bytes), "deep",
                   "arrays nested at most 4 deep, found more");
    gguf_begin(&w, 0, 1);
    gguf_put_text(&w, "long");
    gguf_put_u32(&w, 9);
    gguf_put_u32(&w, 12);
    gguf_put_u64(&w, UINT64_MAX / 4);
    expect_refusal(temporary_write(&test_folder, "long.gguf", w.data, w.bytes), "long",
                   "an array inside the file, found");
}

static void test_gguf_twice(void **state)
{
    struct gguf_writer w;

    (void)state;
    gguf_begin(&w, 0, 2);
    gguf_value_u32(&w, "general.alignment", 32);
    gguf_value_u32(&w, "general.alignment", 32);
    expect_refusal(temporary_write(&test_folder, "keys.gguf", w.data, w.bytes), "general.alignment",
                   "each key once, found it again");
    gguf_small_model(&w);
    gguf_patch(&w, "token_embd", 6, 0, 1);
    expect_refusal(temporary_write(&test_folder, "zero.gguf", w.data, w.bytes), NULL,
                   "a tensor name of text, found a zero byte in it");
}

/* Part `number` (from 0); the first one has the small model's keys and tensors, any other a tensor
 * of its own. */
static void write_part(const char *name, uint32_t number, uint32_t count, uint32_t tensors,
                       bool first)
{
    struct gguf_writer w;

    gguf_begin(&w, first ? 3 : 1, first ? 14 : 3);
    gguf_value_u32(&w, "split.no", number);
    gguf_value_u32(&w, "split.count", count);
    gguf_value_u32(&w, "split.tensors.count", tensors);
    if (first) {
        gguf_small_values(&w);
        gguf_small_tensors(&w);
    } else {
        gguf_tensor(&w, "blk.0.attn_q.weight", 32, 2, 0, 0);
        gguf_data(&w, 256);
    }
    temporary_write(&test_folder, name, w.data, w.bytes);
}

static void test_gguf_split(void **state)
{
    struct importing i;

    (void)state;
    write_part("m-00001-of-00003.gguf", 0, 3, 5, true);
    write_part("m-00002-of-00003.gguf", 1, 3, 5, false);
    expect_refusal(temporary_path(&test_folder, "m-00001-of-00003.gguf"), NULL,
                   "expected part 3 of 3 of the model, found no such file");
    write_part("m-00003-of-00003.gguf", 1, 3, 5, false);
    expect_refusal(temporary_path(&test_folder, "m-00001-of-00003.gguf"), "split.no",
                   "expected 2, found 1");
    write_part("m-00003-of-00003.gguf", 2, 4, 5, false);
    expect_refusal(temporary_path(&test_folder, "m-00001-of-00003.gguf"), "split.count",
                   "expected 3, found 4");
    write_part("m-00003-of-00003.gguf", 2, 3, 5, false);
    expect_refusal(temporary_path(&test_folder, "m-00001-of-00003.gguf"), "blk.0.attn_q.weight",
                   "each tensor once");
    write_part("n-00001-of-00002.gguf", 0, 2, 9, true);
    write_part("n-00002-of-00002.gguf", 1, 2, 9, false);
    expect_refusal(temporary_path(&test_folder, "n-00001-of-00002.gguf"), "split.tensors.count",
                   "expected 9 tensors in all parts, found 4");
    write_part("n-00001-of-00002.gguf", 0, 2, 4, true);
    assert_true(importing_read(&i, temporary_path(&test_folder, "n-00001-of-00002.gguf"), false));
    assert_int_equal(i.model.file_count, 2);
    importing_close(&i);
    write_part("n-00001-of-00002.gguf", 1, 2, 4, true);
    expect_refusal(temporary_path(&test_folder, "n-00001-of-00002.gguf"), "split.no",
                   "expected the first part (0) of 2, found 1");
    write_part("other.gguf", 0, 2, 4, true);
    expect_refusal(temporary_path(&test_folder, "other.gguf"), NULL,
                   "a file name that ends in -00001-of-00002.gguf");
}

static const char small_config[] = "{\"model_type\":\"llama\",\"vocab_size\":8,\"hidden_size\":16,"
                                   "\"num_hidden_layers\":1,\"num_attention_heads\":2,"
                                   "\"intermediate_size\":32,\"max_position_embeddings\":64}";

static void write_safetensors(const char *name, const char *header, uint64_t header_bytes,
                              size_t data_bytes)
{
    uint8_t bytes[4096] = {0};
    size_t length = strlen(header);

    memcpy(bytes, &header_bytes, 8);
    memcpy(bytes + 8, header, length);
    temporary_write(&test_folder, name, bytes, 8 + length + data_bytes);
}

/* Blocks of MXFP4 and their scales. */
static void test_mxfp4(void **state)
{
    static const char config[] =
        "{\"model_type\":\"gpt_oss\",\"vocab_size\":8,\"hidden_size\":32,\"head_dim\":16,"
        "\"num_hidden_layers\":1,\"num_attention_heads\":2,\"num_key_value_heads\":2,"
        "\"intermediate_size\":32,\"num_local_experts\":2,\"num_experts_per_tok\":1,"
        "\"max_position_embeddings\":64,\"quantization_config\":{\"quant_method\":\"mxfp4\"}}";
    static const char blocks[] = "model.layers.0.mlp.experts.down_proj_blocks",
                      scales[] = "model.layers.0.mlp.experts.down_proj_scales";
    static const struct {
        const char *blocks, *scales; /* shapes; the bytes are 64 and 4 */
        const char *object, *text;
    } cases[] = {
        {"[2,2,1,16]", NULL, blocks,
         "expected its scales, 'model.layers.0.mlp.experts.down_proj_scales'"},
        {"[2,2,1,16]", "[2,2,2]", scales, "expected as many bytes as its shape and type say"},
        {"[2,2,1,16]", "[4]", blocks, "expected blocks [experts, out, in / 32, 16] and scales"},
        {"[2,2,1,16]", "[1,2,2]", blocks, "expected blocks [experts, out, in / 32, 16] and scales"},
        {"[2,2,2,8]", "[2,2,1]", blocks, "expected blocks [experts, out, in / 32, 16] and scales"},
        {"[4,4,4,16]", "[4,4,4]", blocks, "expected as many bytes as its shape and type say"},
        {"[4294967296,4294967296,4,16]", "[4294967296,4294967296,4]", blocks,
         "expected as many bytes as its shape and type say"},
    };
    char header[512];

    (void)state;
    temporary_write(&test_folder, "config.json", config, strlen(config));
    for (size_t c = 0; c < countof(cases); c++) {
        int length = snprintf(header, sizeof header,
                              "{\"%s\":{\"dtype\":\"U8\",\"shape\":%s,\"data_offsets\":[0,64]}",
                              blocks, cases[c].blocks);
        if (cases[c].scales != NULL)
            length += snprintf(header + length, sizeof header - (size_t)length,
                               ",\"%s\":{\"dtype\":\"U8\",\"shape\":%s,\"data_offsets\":[64,68]}",
                               scales, cases[c].scales);
        snprintf(header + length, sizeof header - (size_t)length, "}");
        write_safetensors("model.safetensors", header, strlen(header), 68);
        expect_refusal(test_folder.path, cases[c].object, cases[c].text);
    }
}

static void test_safetensors(void **state)
{
    static const struct {
        const char *header;
        const char *object, *text;
    } cases[] = {
        {"[]", NULL, "a JSON object, found an array of 0"},
        {"{", NULL, "expected a JSON object, found a fault"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"a\":{}}", NULL,
         "the name occurs twice"},
        {"{\"a\":7}", "a", "found nothing as dtype"},
        {"{\"a\":{\"dtype\":7,\"shape\":[2],\"data_offsets\":[0,8]}}", "a", "found 7 as dtype"},
        {"{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[2],\"data_offsets\":[60,68]}}", "a",
         "inside the 64 bytes of data, found [60, 68]"},
        {"{\"a\":{\"dtype\":\"U8\",\"shape\":7,\"data_offsets\":[0,8]}}", "a",
         "a shape, an array of sizes, found 7"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}", "a", "found -2"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2.5],\"data_offsets\":[0,8]}}", "a", "found 2.5"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4611686018427387904],\"data_"
         "offsets\":[0,8]}}",
         "a", "below 2^64"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,8]}}", "a",
         "found 1e+20"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}", "a",
         "two integers, found an array of 1"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}", "a",
         "that rise from 0, found [8, 0]"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[60,68]}}", "a",
         "inside the 64 bytes of data, found [60, 68]"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", "a",
         "expected 12 bytes for its shape and type, found data_offsets of 8"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\","
         "\"shape\":[2],\"data_offsets\":[4,12]}}",
         "b", "separate bytes"},
    };

    (void)state;
    temporary_write(&test_folder, "config.json", small_config, strlen(small_config));
    for (size_t c = 0; c < countof(cases); c++) {
        write_safetensors("model.safetensors", cases[c].header, strlen(cases[c].header), 64);
        expect_refusal(test_folder.path, cases[c].object, cases[c].text);
    }
    write_safetensors("model.safetensors", "{}", UINT64_MAX, 0);
    expect_refusal(test_folder.path, NULL,
                   "a header inside the file of 10 bytes, found a header of 18446744073709551615");
    temporary_write(&test_folder, "model.safetensors", "1234567", 7);
    expect_refusal(test_folder.path, NULL, "a safetensors file, found 7 bytes");
    unlink(temporary_path(&test_folder, "model.safetensors"));
    expect_refusal(test_folder.path, NULL,
                   "model.safetensors or model.safetensors.index.json, found neither");
    unlink(temporary_path(&test_folder, "config.json"));
    expect_refusal(test_folder.path, NULL, "a Hugging Face directory with config.json, found none");
}

static void test_deep_json(void **state)
{
    char deep[4000];

    (void)state;
    memset(deep, '[', sizeof deep);
    memcpy(deep, "{\"a\":", 5);
    temporary_write(&test_folder, "config.json", deep, sizeof deep);
    expect_refusal(test_folder.path, NULL, "nested more than 64 deep");
    unlink(temporary_path(&test_folder, "config.json"));
}

static void write_index(const char *text)
{
    temporary_write(&test_folder, "model.safetensors.index.json", text, strlen(text));
}

static void test_shards(void **state)
{
    static const char tensor[] = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";
    static const char *const escapes[] = {"../x", "/x", "..", ".", "", "sub/x"};
    char text[256];

    (void)state;
    temporary_write(&test_folder, "config.json", small_config, strlen(small_config));
    write_index("{\"weight_map\":{\"a\":\"one.safetensors\",\"b\":\"two.safetensors\"}}");
    write_safetensors("one.safetensors", tensor, strlen(tensor), 8);
    expect_refusal(test_folder.path, "weight_map",
                   "the shard 'two.safetensors' next to the index, found no such file");
    write_index("{\"weight_map\":[]}");
    expect_refusal(test_folder.path, "weight_map", "found an array of 0");
    write_index("{\"weight_map\":{\"a\":1}}");
    expect_refusal(test_folder.path, "a", "the name of a shard, found 1");
    for (size_t e = 0; e < countof(escapes); e++) {
        snprintf(text, sizeof text, "{\"weight_map\":{\"a\":\"%s\"}}", escapes[e]);
        write_index(text);
        expect_refusal(test_folder.path, "weight_map", "the name of a file in the same directory");
    }
    assert_int_equal(symlink("nowhere", temporary_path(&test_folder, "link.safetensors")), 0);
    write_index("{\"weight_map\":{\"a\":\"link.safetensors\"}}");
    expect_refusal(test_folder.path, "weight_map", "no such file where its symbolic link leads");
}

/* What is optional may be absent, but a name that leads nowhere is a mistake: caches of models that
 * were removed in part are full of them. */
static void test_broken_links(void **state)
{
    static const char *const names[] = {"model.safetensors",       "tokenizer.json",
                                        "tokenizer_config.json",   "added_tokens.json",
                                        "special_tokens_map.json", "generation_config.json",
                                        "chat_template.jinja",     "chat_template.json"};
    static const char tokenizer[] =
        "{\"pre_tokenizer\":{\"type\":\"ByteLevel\"},"
        "\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"b\":1},\"merges\":[]}}";
    static const char tensor[] = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";

    (void)state;
    temporary_write(&test_folder, "config.json", small_config, strlen(small_config));
    for (size_t i = 0; i < countof(names); i++) {
        const char *path = temporary_path(&test_folder, names[i]);
        unlink(path);
        assert_int_equal(symlink("nowhere", path), 0);
        expect_refusal(test_folder.path, NULL, "a symbolic link that leads nowhere");
        unlink(temporary_path(&test_folder, names[i]));
        if (i == 0)
            write_safetensors(names[0], tensor, strlen(tensor), 8);
        else if (i == 1)
            temporary_write(&test_folder, names[1], tokenizer, strlen(tokenizer));
    }
}

static void test_other_files(void **state)
{
    (void)state;
    expect_refusal(temporary_path(&test_folder, "absent.gguf"), NULL, "found: No such file");
    expect_refusal(temporary_write(&test_folder, "empty", "", 0), NULL, "found an empty file");
    expect_refusal(temporary_write(&test_folder, "model.bin", "PK\003\004....", 8), NULL,
                   "a zip archive");
    expect_refusal(temporary_write(&test_folder, "old.bin", "tjgg....", 8), NULL,
                   "older than GGUF");
    expect_refusal(temporary_write(&test_folder, "x", "hello", 5), NULL,
                   "begins with the bytes 68 65 6c 6c");
    expect_refusal(temporary_write(&test_folder, "a.safetensors", "\2\0\0\0\0\0\0\0{}", 10), NULL,
                   "name the directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_small_model_is_good, temporary_set_up,
                                        temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_gguf_truncated, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_gguf_patched, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_gguf_types_in_one_line, temporary_set_up,
                                        temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_gguf_nesting, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_gguf_twice, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_gguf_split, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_safetensors, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_mxfp4, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_deep_json, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_shards, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_broken_links, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_other_files, temporary_set_up, temporary_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
