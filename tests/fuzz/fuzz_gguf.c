/* Any bytes as a GGUF file: a model, or errors; never a crash. Vocabulary and tensors both. */
#include "tests/support/fuzzing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct fuzz_file file;
    struct importing i;

    fuzz_file_open(&file, data, bytes);
    for (int vocabulary_only = 0; vocabulary_only < 2; vocabulary_only++) {
        fuzz_check(&i, importing_read(&i, file.path, vocabulary_only != 0));
        importing_close(&i);
    }
    fuzz_file_close(&file);
    return 0;
}
