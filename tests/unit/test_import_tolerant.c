/* Directories that are odd but have a meaning: the importer reads them as transformers does, and
 * warns. */
#include "tests/support/diagnostics.h"
#include "tests/support/importing.h"
#include "tests/support/temporary_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <unistd.h>

static const char small_config[] = "{\"model_type\":\"llama\",\"vocab_size\":2,\"hidden_size\":4,"
                                   "\"num_hidden_layers\":1,\"num_attention_heads\":2,"
                                   "\"intermediate_size\":4,\"max_position_embeddings\":64,"
                                   "\"tie_word_embeddings\":true}";

static const char *write_text(const char *name, const char *text)
{
    return temporary_write(&test_folder, name, text, strlen(text));
}

/* A safetensors file with this header, whose data are bytes of that value. */
static void write_shard(const struct temporary_folder *folder, const char *name, const char *header,
                        size_t data_bytes, char value)
{
    char bytes[2048];
    uint64_t length = strlen(header);

    assert_true(8 + length + data_bytes <= sizeof bytes);
    memcpy(bytes, &length, 8);
    memcpy(bytes + 8, header, length);
    memset(bytes + 8 + length, value, data_bytes);
    temporary_write(folder, name, bytes, 8 + length + data_bytes);
}

static void read_folder(struct importing *i, const char *path, const char *warnings)
{
    bool good = importing_read(i, path, false);
    const char *said = diags_text(&i->diags, &i->arena);

    if (!good || strstr(said, warnings) == NULL || (warnings[0] == 0 && said[0] != 0))
        fail_msg("expected success and '%s', found %d and\n%s", warnings, good, said);
}

static const struct tensor *tensor_of(struct importing *i, const char *name)
{
    return model_tensor(&i->model, str_of(&i->strings, name));
}

/* Types, ranks and emptiness that are not read stop nobody. */
static void test_unread_tensors(void **state)
{
    static const char header[] =
        "{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[2],\"data_offsets\":[0,2]},"
        "\"b\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]},"
        "\"c\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,2],\"data_offsets\":[0,8]},"
        "\"d\":{\"dtype\":\"F32\",\"shape\":[4,0],\"data_offsets\":[8,8]},"
        "\"e\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]}}";
    static const char *const types[] = {"F8_E4M3", "I64", NULL, NULL};
    static const char *const shapes[] = {NULL, NULL, "5 dimensions", "no elements"};
    struct importing i;

    (void)state;
    write_text("config.json", small_config);
    write_shard(&test_folder, "model.safetensors", header, 16, 0);
    read_folder(&i, test_folder.path, "");
    assert_int_equal(i.model.tensor_count, 1);
    assert_int_equal(i.model.unread_count, countof(types));
    for (size_t t = 0; t < countof(types); t++) {
        const char name[] = {(char)('a' + t), 0};
        const struct unread_tensor *found = model_unread(&i.model, str_of(&i.strings, name));
        assert_non_null(found);
        assert_string_equal(types[t] == NULL ? found->shape : found->type,
                            types[t] == NULL ? shapes[t] : types[t]);
    }
    importing_close(&i);
}

static const char one_tensor[] =
    "{\"model.embed_tokens.weight\":{\"dtype\":\"F32\",\"shape\":[2,4],\"data_offsets\":[0,32]}}";

/* Shards behind links out of the directory, as the hub's cache has them; entries of the index that
 * no shard has, and tensors that the index does not name. */
static void test_index(void **state)
{
    struct temporary_folder blobs;
    char target[1024];
    struct importing i;

    (void)state;
    temporary_open(&blobs);
    write_shard(&blobs, "0123", one_tensor, 32, 1);
    snprintf(target, sizeof target, "%s", temporary_path(&blobs, "0123"));
    assert_int_equal(symlink(target, temporary_path(&test_folder, "one.safetensors")), 0);
    write_text("config.json", small_config);
    write_text("model.safetensors.index.json",
               "{\"weight_map\":{\"gone\":\"one.safetensors\",\"a\":\"one.safetensors\"}}");
    read_folder(&i, test_folder.path, "");
    assert_int_equal(i.model.tensor_count, 1);
    importing_close(&i);
    write_text("model.safetensors.index.json",
               "{\"weight_map\":{\"b\":\"two.safetensors\",\"a\":\"one.safetensors\"}}");
    write_shard(&test_folder, "two.safetensors", one_tensor, 32, 2);
    read_folder(&i, test_folder.path, "1 tensors occur in several shards");
    assert_int_equal(i.model.tensor_count, 1);
    assert_int_equal(model_data(&i.model, &i.model.tensors[0])[0], 2); /* of the last shard */
    importing_close(&i);
    temporary_close(&blobs);
}

/* tie_word_embeddings against an lm_head that is there. */
static void test_lm_head(void **state)
{
    static const char both[] =
        "{\"model.embed_tokens.weight\":{\"dtype\":\"F32\",\"shape\":[2,4],\"data_offsets\":[0,32]}"
        ",\"lm_head.weight\":{\"dtype\":\"F32\",\"shape\":[2,4],\"data_offsets\":[32,64]}}";
    static const char head[] =
        "{\"lm_head.weight\":{\"dtype\":\"F32\",\"shape\":[2,4],\"data_offsets\":[0,32]}}";
    struct importing i;

    (void)state;
    write_text("config.json", small_config);
    write_shard(&test_folder, "model.safetensors", both, 64, 1);
    read_folder(&i, test_folder.path, "");
    assert_true(i.model.hyper.tied);
    importing_close(&i);
    FILE *file = fopen(temporary_path(&test_folder, "model.safetensors"), "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, -1, SEEK_END), 0);
    assert_int_equal(fputc(7, file), 7);
    fclose(file);
    read_folder(&i, test_folder.path, "lm_head.weight: tie_word_embeddings says that");
    assert_false(i.model.hyper.tied);
    importing_close(&i);
    write_shard(&test_folder, "model.safetensors", head, 32, 1);
    read_folder(&i, test_folder.path, "");
    assert_true(i.model.hyper.tied);
    assert_non_null(tensor_of(&i, "model.embed_tokens.weight"));
    importing_close(&i);
}

/* Without "model.", or with two: the names become the usual ones, and messages keep the file's. A
 * tensor that has a meaning only in GGUF files has none here. */
static void test_names(void **state)
{
    static const char *const prefixes[] = {"", "model.", "model.model."};
    char header[1024];
    struct importing i;

    (void)state;
    write_text("config.json", small_config);
    for (size_t p = 0; p < countof(prefixes); p++) {
        snprintf(
            header, sizeof header,
            "{\"%snorm.weight\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]},"
            "\"%slayers.0.mask\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[16,24]},"
            "\"%s\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[24,40]},"
            "\"rope_freqs.weight\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[40,44]}}",
            prefixes[p], prefixes[p], p == 2 ? "model.lm_head.weight" : "lm_head.weight");
        write_shard(&test_folder, "model.safetensors", header, 44, 0);
        read_folder(&i, test_folder.path, "");
        str_id norm = str_of(&i.strings, "model.norm.weight");
        assert_non_null(model_tensor(&i.model, norm));
        snprintf(header, sizeof header, "%snorm.weight", prefixes[p]);
        assert_string_equal(model_source_name(&i.model, norm), header);
        assert_non_null(model_unread(&i.model, str_of(&i.strings, "model.layers.0.mask")));
        assert_null(tensor_of(&i, "rope.divisors.weight"));
        /* tied, without an embedding: the lm_head is also the embedding */
        assert_non_null(tensor_of(&i, "model.embed_tokens.weight"));
        importing_close(&i);
    }
}

/* The only shard of one, without an index: the error says how to name it. */
static void test_lone_shard(void **state)
{
    struct importing i;

    (void)state;
    write_text("config.json", small_config);
    write_shard(&test_folder, "model-00001-of-00001.safetensors", one_tensor, 32, 1);
    assert_false(importing_read(&i, test_folder.path, false));
    assert_non_null(strstr(diags_text(&i.diags, &i.arena), "name it model.safetensors"));
    importing_close(&i);
}

/* What nobody needs may be any JSON that Python reads. */
static void test_json(void **state)
{
    static const struct {
        const char *before, *behind, *warning;
    } cases[] = {
        {"\xef\xbb\xbf", "", ""}, /* a byte order mark */
        {"", ",\"note\":Infinity,\"other\":[NaN,-Infinity,1e999]", ""},
        {"", ",\"note\":1000000000000000019884624838656", ""},
        {"", ",\"attention_dropout\":\"x\",\"initializer_range\":[],\"use_cache\":7", ""},
        {"", ",\"vocab_size\":3", "the name occurs twice"},
    };
    char config[1024];
    struct importing i;

    (void)state;
    write_shard(&test_folder, "model.safetensors", one_tensor, 32, 1);
    for (size_t c = 0; c < countof(cases); c++) {
        snprintf(config, sizeof config, "%s%.*s%s}", cases[c].before, (int)strlen(small_config) - 1,
                 small_config, cases[c].behind);
        write_text("config.json", config);
        read_folder(&i, test_folder.path, cases[c].warning);
        assert_int_equal(i.model.hyper.vocabulary, cases[c].warning[0] == 0 ? 2 : 3);
        importing_close(&i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_unread_tensors, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_index, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_lm_head, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_lone_shard, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_names, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_json, temporary_set_up, temporary_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
