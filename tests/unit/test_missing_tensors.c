/* Models that lack one tensor. Each tensor of each golden model in turn gets a name that nothing reads:
 * an error must say what is missing, or, of a bias that zeros replace, a warning. Other models of an
 * architecture may do without those listed here. */
#include "compiler/family/family.h"
#include "tests/support/importing.h"
#include "tests/support/shared.h"
#include "tests/support/temporary_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <sys/stat.h>

/* What a file may lack. */
static const struct {
    const char *model, *tensor; /* the beginning of the model's name */
} optional[] = {
    {"llama-F32", "rope_freqs.weight"}, /* Llama 3.0 and 3.1 */
    {"exaone4-Q8_0", "rope_freqs.weight"},
    {"gemma4-F32", "blk.1.attn_v.weight"}, /* of the only layer without a window */
    /* some models of these have the embedding instead */
    {"llama-F32", "output.weight"},
    {"granite", "output.weight"},
    {"phi3", "output.weight"},
    {"glm4", "output.weight"},
    {"seed-oss", "output.weight"},
    {"qwen3moe", "output.weight"},
    {"mixtral", "output.weight"},
    {"llama4", "output.weight"},
};

/* A copy of a model, in which names change in place. */
struct copy {
    const char *path; /* of the model */
    char file[1024];  /* with the tensors */
    char *bytes;
    size_t size;
};

static bool is_there(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0;
}

static void read_bytes(struct copy *c, const char *path)
{
    FILE *in = fopen(path, "rb");

    assert_non_null(in);
    fseek(in, 0, SEEK_END);
    c->size = (size_t)ftell(in);
    c->bytes = malloc(c->size);
    rewind(in);
    assert_int_equal(fread(c->bytes, 1, c->size, in), c->size);
    fclose(in);
}

static void copy_file(struct copy *c, const char *from, const char *name)
{
    free(c->bytes);
    read_bytes(c, from);
    snprintf(c->file, sizeof c->file, "%s", temporary_write(&test_folder, name, c->bytes, c->size));
}

static void patch(const struct copy *c, size_t at, char byte)
{
    FILE *out = fopen(c->file, "r+b");

    assert_non_null(out);
    fseek(out, (long)at, SEEK_SET);
    fputc(byte, out);
    fclose(out);
}

/* Where the name begins, which has its length before it or a quotation mark on both sides. */
static size_t place_of(const struct copy *c, const char *name)
{
    const size_t bytes = strlen(name);

    for (size_t i = 8; i + bytes < c->size; i++)
        if (memcmp(c->bytes + i, name, bytes) == 0 &&
            ((c->bytes[i - 1] == '"' && c->bytes[i + bytes] == '"') ||
             (c->bytes[i - 8] == (char)bytes && c->bytes[i - 7] == 0)))
            return i;
    fail_msg("no name '%s' in %s", name, c->file);
    return 0;
}

static bool may_lack(const char *model, const char *tensor)
{
    for (size_t i = 0; i < countof(optional); i++)
        if (strncmp(model, optional[i].model, strlen(optional[i].model)) == 0 &&
            strcmp(tensor, optional[i].tensor) == 0)
            return true;
    return false;
}

/* Whether a model is complete enough; `said`: whether anything says that a tensor is missing. */
static bool builds(const char *path, bool *said)
{
    const struct import_options options = {.no_vocabulary = true};
    struct importing i;
    struct hir_graph graph;

    importing_open(&i);
    hir_init(&graph, &i.arena, &i.strings, "missing");
    const bool good = import_model(path, &options, &i.model, &i.diags) &&
                      family_build(&i.model, 0, &graph, &i.diags);
    *said = false;
    for (const struct diag *d = i.diags.first; d != NULL; d = d->next)
        *said = *said || strstr(d->text, "missing") != NULL || strstr(d->text, "no such") != NULL;
    importing_close(&i);
    return good;
}

static uint32_t check_model(const char *model, const struct copy *c)
{
    struct importing i;
    uint32_t wrong = 0;
    bool said;

    importing_open(&i);
    assert_true(import_weights(c->file, &i.model, &i.diags));
    assert_true(builds(c->path, &said));
    assert_false(said);
    for (uint32_t t = 0; t < i.model.tensor_count; t++) {
        const char *name = str_text(i.model.strings, i.model.tensors[t].source_name);
        const size_t at = place_of(c, name);
        patch(c, at, '_');
        const bool good = builds(c->path, &said);
        patch(c, at, c->bytes[at]);
        if ((good && !said) != may_lack(model, name)) {
            fprintf(stderr, "%s without %s: %s\n", model, name,
                    good ? "nothing says that it is missing" : "an error, but it may be missing");
            wrong++;
        }
    }
    importing_close(&i);
    return wrong;
}

static void test_gguf(void **state)
{
    static const char *const models[] = {
        "llama-F32",       "qwen2-F32",        "qwen3-F32",     "granite-Q8_0",
        "smollm3-Q8_0",    "olmo2-Q8_0",       "gemma2-Q8_0",   "phi3-F32",
        "olmo3-Q8_0",      "gemma3-F32",       "gemma4-F32",    "gemma4-moe-Q8_0",
        "gpt2-F32",        "gptneox-Q8_0",     "falcon-Q8_0",   "falcon-new-Q8_0",
        "phi2-Q8_0",       "starcoder2-Q8_0",  "stablelm-Q8_0", "command-r-Q8_0",
        "cohere2-Q8_0",    "glm4-Q8_0",        "exaone4-Q8_0",  "hunyuan-dense-Q8_0",
        "ernie4-5-Q8_0",   "seed-oss-Q8_0",    "mistral3-Q8_0", "qwen3moe-F32",
        "qwen2moe-Q8_0",   "mixtral-Q8_0",     "olmoe-Q8_0",    "glm4-moe-Q8_0",
        "minimax-m2-Q8_0", "granite-moe-Q8_0", "llama4-Q8_0",   "gpt-oss-MXFP4",
    };
    struct copy c = {.path = NULL};
    uint32_t wrong = 0;

    (void)state;
    if (!is_there(test_shared("golden/gguf")))
        skip();
    for (size_t m = 0; m < countof(models); m++) {
        char below[128];
        snprintf(below, sizeof below, "golden/gguf/%s.gguf", models[m]);
        copy_file(&c, test_shared(below), "m.gguf");
        c.path = c.file;
        wrong += check_model(models[m], &c);
    }
    free(c.bytes);
    assert_int_equal(wrong, 0);
}

static void test_directories(void **state)
{
    static const char *const models[] = {
        "llama-f32",         "qwen2-f32",         "qwen3-f32",        "granite-f32",
        "smollm3-f32",       "olmo2-f32",         "gemma-f32",        "gemma2-f32",
        "phi3-f32",          "olmo3-f32",         "gemma3-text-f32",  "gemma4-text-bf16",
        "gemma3n-text-bf16", "gemma4-moe-bf16",   "gpt2-f32",         "gptneox-f32",
        "falcon-mqa-f32",    "falcon-new-f32",    "phi-f32",          "starcoder2-f32",
        "stablelm-f32",      "cohere-f32",        "cohere2-f32",      "glm4-f32",
        "exaone4-f32",       "hunyuan-dense-f32", "ernie4-5-f32",     "seed-oss-f32",
        "arcee-f32",         "ministral3-f32",    "qwen3-moe-f32",    "qwen2-moe-f32",
        "mixtral-bf16",      "olmoe-bf16",        "glm4-moe-bf16",    "minimax-m2-bf16",
        "ernie4-5-moe-bf16", "hunyuan-moe-bf16",  "granite-moe-bf16", "llama4-text-bf16",
        "gpt-oss-f32",       "gpt-oss-mxfp4",
    };
    struct copy c = {.path = test_folder.path};
    uint32_t wrong = 0;

    (void)state;
    if (!is_there(test_shared("golden/llama-f32")))
        skip();
    for (size_t m = 0; m < countof(models); m++) {
        char below[128];
        snprintf(below, sizeof below, "golden/%s/config.json", models[m]);
        copy_file(&c, test_shared(below), "config.json");
        snprintf(below, sizeof below, "golden/%s/model.safetensors", models[m]);
        copy_file(&c, test_shared(below), "model.safetensors");
        wrong += check_model(models[m], &c);
    }
    free(c.bytes);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_gguf, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_directories, temporary_set_up, temporary_tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
