/* Any bytes as config.json: hyper-parameters inside their limits, or errors; never a crash. */
#include "compiler/import/import.h"

#include "tests/support/fuzzing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void check_limits(const struct hyper_parameters *h)
{
    if (h->vocabulary == 0 || h->vocabulary > MAX_VOCABULARY || h->hidden == 0 ||
        h->hidden > MAX_HIDDEN || h->layers == 0 || h->layers > MAX_LAYERS || h->heads == 0 ||
        h->heads > MAX_HEADS || h->kv_heads == 0 || h->heads % h->kv_heads != 0 ||
        h->head_dim == 0 || h->head_dim > MAX_HEAD_DIM || h->rope.rotary_dim > h->head_dim ||
        h->rope.rotary_dim % 2 != 0 || h->context == 0 || !(h->norm_epsilon > 0) ||
        !(h->rope.theta >= 1) || !(h->rope.factor >= 1e-6))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct fuzz_file file;
    struct importing i;

    fuzz_file_open(&file, data, bytes);
    importing_open(&i);
    bool good = config_read(file.path, &i.model, &i.diags);
    fuzz_check(&i, good);
    if (good)
        check_limits(&i.model.hyper);
    importing_close(&i);
    fuzz_file_close(&file);
    return 0;
}
