/* Any bytes as generation_config.json: recommended sampling that an artifact can hold, or errors;
 * never a crash. */
#include "compiler/import/import.h"
#include "compiler/pack/sampling.h"

#include "tests/support/fuzzing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void check_entry(const struct rlx_sampling_entry *e)
{
    if ((e->given & RLX_GIVEN_TEMPERATURE && !(e->temperature >= 0 && e->temperature <= 100)) ||
        (e->given & RLX_GIVEN_TOP_P && !(e->top_p > 0 && e->top_p <= 1)) ||
        (e->given & RLX_GIVEN_MIN_P && !(e->min_p >= 0 && e->min_p <= 1)) ||
        (e->given & RLX_GIVEN_REPETITION_PENALTY &&
         !(e->repetition_penalty > 0 && e->repetition_penalty <= 100)))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct fuzz_file file;
    struct importing i;
    struct rlx_sampling_entry entry;

    fuzz_file_open(&file, data, bytes);
    importing_open(&i);
    bool good = sampling_from_json(file.path, &i.model, &i.diags);
    fuzz_check(&i, good);
    if (good && sampling_entry(&i.model.sampling, &entry))
        check_entry(&entry);
    importing_close(&i);
    fuzz_file_close(&file);
    return 0;
}
