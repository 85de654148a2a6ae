/* Any bytes as a safetensors file: tensors, coded ones among them, or errors; never a crash. The
 * length of the file says which method the configuration would name. */
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
    i.model.quantization.method = (enum quantization_method)(bytes % (QUANTIZATION_mxfp4 + 1));
    i.model.quantization.zeros_lack_one = bytes % 2 == 0;
    fuzz_check(&i, safetensors_read_file(&i.model, file.path, &index, &i.diags) &&
                       model_check_tensors(&i.model, &i.diags) &&
                       import_join_coded(&i.model, &i.diags));
    importing_close(&i);
    fuzz_file_close(&file);
    return 0;
}
