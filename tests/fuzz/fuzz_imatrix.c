/* Any bytes as an importance matrix of a small model: importance of its columns, or errors; never a
 * crash. */
#include "compiler/import/imatrix.h"
#include "tests/support/fuzzing.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

enum { TENSORS = 3 };

static const struct {
    const char *name;
    uint8_t rank;
    uint64_t shape[3];
} tensors[TENSORS] = {{"model.layers.1.self_attn.k_proj.weight", 2, {2, 32}},
                      {"model.layers.0.mlp.experts.gate_proj.weight", 3, {2, 3, 4}},
                      {"lm_head.weight", 2, {4, 32}}};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct fuzz_file file;
    struct importing i;
    struct tensor all[TENSORS] = {{0}};
    struct imatrix_facts facts;

    importing_open(&i);
    for (uint32_t t = 0; t < TENSORS; t++) {
        all[t].name = all[t].source_name = str_of(&i.strings, tensors[t].name);
        all[t].dtype = DTYPE_f32;
        all[t].rank = tensors[t].rank;
        memcpy(all[t].shape, tensors[t].shape, sizeof tensors[t].shape);
    }
    i.model.tensors = all;
    i.model.tensor_count = TENSORS;
    fuzz_file_open(&file, data, bytes);
    if (imatrix_read(file.path, &i.model, &facts, &i.diags) != (i.diags.error_count == 0))
        abort();
    for (uint32_t t = 0; t < TENSORS && i.diags.error_count == 0; t++)
        for (uint64_t k = 0;
             all[t].importance != NULL && k < all[t].importance_matrices * tensor_width(&all[t]);
             k++)
            if (!isfinite(all[t].importance[k]) || all[t].importance[k] < 0)
                abort();
    fuzz_file_close(&file);
    importing_close(&i);
    return 0;
}
