/* Any bytes as a safetensors file: tensors, or errors; never a crash. */
#include "compiler/import/import.h"

#include "tests/support/fuzzing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct fuzz_file file;
    struct importing i;
    uint32_t index;

    fuzz_file_open(&file, data, bytes);
    importing_open(&i);
    fuzz_check(&i, safetensors_read_file(&i.model, file.path, &index, &i.diags) &&
                       model_check_tensors(&i.model, &i.diags));
    importing_close(&i);
    fuzz_file_close(&file);
    return 0;
}
