/* Which golden fixtures run where, and how. In: a fixture's number, a level, and the target that
 * RLX_TEST_TARGET names; out: whether it runs there, the runs that its model has code for, and whether
 * with a KV cache that rounds.
 */
#ifndef TESTS_GOLDEN_CASES_H
#define TESTS_GOLDEN_CASES_H

#include "runtime/base/cpu.h"
#include "tests/support/compiled.h"
#include "tests/support/few_cases.h"

/* llama.cpp's mean KL with an f32 KV cache (golden/llama_cpp_errors.md); 0: it was not measured
 * there.
 */
static const struct fixture {
    const char *model, *expected;
    double peer_kl;
} fixtures[] = {
    {"llama-f32", NULL, 0},
    {"llama3-rope-bf16", NULL, 0},
    {"llama-odd-f32", NULL, 0},
    {"llama-sharded-f16", NULL, 0},
    {"mistral-swa-f32", NULL, 0},
    {"qwen2-f32", NULL, 0},
    {"qwen2-bf16", NULL, 0},
    {"qwen3-f32", NULL, 0},
    {"qwen3-bf16", NULL, 0},
    {"gguf/llama-F32.gguf", "gguf/llama-F32", 1.2e-12},
    {"gguf/llama-F16.gguf", "gguf/llama-F16", 9.4e-07},
    {"gguf/llama-BF16.gguf", "gguf/llama-BF16", 6.5e-05},
    {"gguf/llama-Q8_0.gguf", "gguf/llama-Q8_0", 1.0e-03},
    {"gguf/llama-Q4_0.gguf", "gguf/llama-Q4_0", 1.0e-03},
    {"gguf/llama-Q4_1.gguf", "gguf/llama-Q4_1", 8.3e-04},
    {"gguf/llama-Q5_0.gguf", "gguf/llama-Q5_0", 9.3e-04},
    {"gguf/llama-Q5_1.gguf", "gguf/llama-Q5_1", 9.9e-04},
    {"gguf/qwen2-F32.gguf", "gguf/qwen2-F32", 2.0e-12},
    {"gguf/qwen2-F16.gguf", "gguf/qwen2-F16", 2.9e-06},
    {"gguf/qwen2-BF16.gguf", "gguf/qwen2-BF16", 1.6e-04},
    {"gguf/qwen2-Q8_0.gguf", "gguf/qwen2-Q8_0", 2.1e-03},
    {"gguf/qwen2-split-Q8_0-00001-of-00003.gguf", "gguf/qwen2-split-Q8_0", 2.1e-03},
    {"gguf/qwen2-Q4_0.gguf", "gguf/qwen2-Q4_0", 1.7e-03},
    {"gguf/qwen2-Q4_1.gguf", "gguf/qwen2-Q4_1", 1.8e-03},
    {"gguf/qwen2-Q5_0.gguf", "gguf/qwen2-Q5_0", 2.0e-03},
    {"gguf/qwen2-Q5_1.gguf", "gguf/qwen2-Q5_1", 2.9e-03},
    {"gguf/qwen3-F32.gguf", "gguf/qwen3-F32", 1.5e-12},
    {"gguf/qwen3-F16.gguf", "gguf/qwen3-F16", 1.0e-06},
    {"gguf/qwen3-BF16.gguf", "gguf/qwen3-BF16", 6.2e-05},
    {"gguf/qwen3-Q8_0.gguf", "gguf/qwen3-Q8_0", 7.7e-04},
    {"gguf/qwen3-Q4_0.gguf", "gguf/qwen3-Q4_0", 8.4e-04},
    {"gguf/qwen3-Q4_1.gguf", "gguf/qwen3-Q4_1", 7.7e-04},
    {"gguf/qwen3-Q5_0.gguf", "gguf/qwen3-Q5_0", 8.4e-04},
    {"gguf/qwen3-Q5_1.gguf", "gguf/qwen3-Q5_1", 8.1e-04},
    {"granite-f32", NULL, 0},
    {"smollm3-f32", NULL, 0},
    {"olmo2-f32", NULL, 0},
    {"gemma-f32", NULL, 0},
    {"gemma2-f32", NULL, 0},
    {"phi3-f32", NULL, 0},
    {"gguf/granite-Q8_0.gguf", "gguf/granite-Q8_0", 8.5e-05},
    {"gguf/smollm3-Q8_0.gguf", "gguf/smollm3-Q8_0", 8.5e-04},
    {"gguf/olmo2-Q8_0.gguf", "gguf/olmo2-Q8_0", 3.1e-04},
    {"gguf/gemma2-Q8_0.gguf", "gguf/gemma2-Q8_0", 3.2e-04},
    {"gguf/phi3-Q8_0.gguf", "gguf/phi3-Q8_0", 3.3e-04},
    {"olmo3-f32", NULL, 0},
    {"gemma3-text-f32", NULL, 0},
    {"gemma4-text-bf16", NULL, 0},
    {"gemma3n-text-bf16", NULL, 0},
    {"gemma4-moe-bf16", NULL, 0},
    {"gpt2-f32", NULL, 0},
    {"gptneox-f32", NULL, 0},
    {"falcon-mqa-f32", NULL, 0},
    {"falcon-new-f32", NULL, 0},
    {"phi-f32", NULL, 0},
    {"starcoder2-f32", NULL, 0},
    {"stablelm-f32", NULL, 0},
    {"cohere-f32", NULL, 0},
    {"cohere2-f32", NULL, 0},
    {"glm4-f32", NULL, 0},
    {"exaone4-f32", NULL, 0},
    {"hunyuan-dense-f32", NULL, 0},
    {"ernie4-5-f32", NULL, 0},
    {"seed-oss-f32", NULL, 0},
    {"arcee-f32", NULL, 0},
    {"ministral3-f32", NULL, 0},
    {"gguf/olmo3-Q8_0.gguf", "gguf/olmo3-Q8_0", 8.2e-04},
    {"gguf/gemma3-Q8_0.gguf", "gguf/gemma3-Q8_0", 1.2e-03},
    {"gguf/gemma4-F32.gguf", "gguf/gemma4-F32", 0},
    {"gguf/gemma4-Q8_0.gguf", "gguf/gemma4-Q8_0", 5.2e-04},
    {"gguf/gemma4-moe-Q8_0.gguf", "gguf/gemma4-moe-Q8_0", 2.9e-04},
    {"gguf/gpt2-Q8_0.gguf", "gguf/gpt2-Q8_0", 2.1e-04},
    {"gguf/gptneox-Q8_0.gguf", "gguf/gptneox-Q8_0", 1.9e-04},
    {"gguf/falcon-Q8_0.gguf", "gguf/falcon-Q8_0", 1.8e-04},
    {"gguf/falcon-new-Q8_0.gguf", "gguf/falcon-new-Q8_0", 2.3e-04},
    {"gguf/phi2-Q8_0.gguf", "gguf/phi2-Q8_0", 2.2e-04},
    {"gguf/starcoder2-Q8_0.gguf", "gguf/starcoder2-Q8_0", 3.0e-04},
    {"gguf/stablelm-Q8_0.gguf", "gguf/stablelm-Q8_0", 3.6e-04},
    {"gguf/command-r-Q8_0.gguf", "gguf/command-r-Q8_0", 3.8e-04},
    {"gguf/cohere2-Q8_0.gguf", "gguf/cohere2-Q8_0", 6.0e-04},
    {"gguf/glm4-Q8_0.gguf", "gguf/glm4-Q8_0", 8.2e-04},
    {"gguf/exaone4-Q8_0.gguf", "gguf/exaone4-Q8_0", 4.7e-04},
    {"gguf/hunyuan-dense-Q8_0.gguf", "gguf/hunyuan-dense-Q8_0", 5.7e-04},
    {"gguf/ernie4-5-Q8_0.gguf", "gguf/ernie4-5-Q8_0", 7.0e-04},
    {"gguf/seed-oss-Q8_0.gguf", "gguf/seed-oss-Q8_0", 6.2e-04},
    {"gguf/mistral3-Q8_0.gguf", "gguf/mistral3-Q8_0", 9.0e-04},
    {"qwen3-moe-f32", NULL, 0},
    {"qwen2-moe-f32", NULL, 0},
    {"mixtral-bf16", NULL, 0},
    {"olmoe-bf16", NULL, 0},
    {"gpt-oss-f32", NULL, 0},
    {"gpt-oss-mxfp4", NULL, 0},
    {"glm4-moe-bf16", NULL, 0},
    {"glm4-moe-mtp-f32", NULL, 0},
    {"minimax-m2-bf16", NULL, 0},
    {"ernie4-5-moe-bf16", NULL, 0},
    {"hunyuan-moe-bf16", NULL, 0},
    {"granite-moe-bf16", NULL, 0},
    {"gguf/qwen3moe-F32.gguf", "gguf/qwen3moe-F32", 4.1e-13},
    {"gguf/qwen3moe-BF16.gguf", "gguf/qwen3moe-BF16", 2.4e-05},
    {"gguf/qwen3moe-Q8_0.gguf", "gguf/qwen3moe-Q8_0", 3.4e-04},
    {"gguf/qwen3moe-Q4_0.gguf", "gguf/qwen3moe-Q4_0", 3.2e-04},
    {"gguf/qwen3moe-Q5_1.gguf", "gguf/qwen3moe-Q5_1", 3.7e-04},
    {"gguf/qwen2moe-Q8_0.gguf", "gguf/qwen2moe-Q8_0", 7.4e-04},
    {"gguf/mixtral-Q8_0.gguf", "gguf/mixtral-Q8_0", 5.2e-04},
    {"gguf/olmoe-Q8_0.gguf", "gguf/olmoe-Q8_0", 3.2e-04},
    {"gguf/gpt-oss-MXFP4.gguf", "gguf/gpt-oss-MXFP4", 1.5e-04},
    {"gguf/glm4-moe-Q8_0.gguf", "gguf/glm4-moe-Q8_0", 5.4e-04},
    {"gguf/glm4-moe-mtp-F32.gguf", "gguf/glm4-moe-mtp-F32", 2.8e-13},
    {"gguf/minimax-m2-Q8_0.gguf", "gguf/minimax-m2-Q8_0", 2.2e-04},
    {"gguf/granite-moe-Q8_0.gguf", "gguf/granite-moe-Q8_0", 9.5e-05},
    {"llama4-text-bf16", NULL, 0},
    {"gguf/llama4-Q8_0.gguf", "gguf/llama4-Q8_0", 8.1e-04},
    {"gguf/gemma3-F32.gguf", "gguf/gemma3-F32", 0},
    {"gguf/gemma3-k-Q4_K_M.gguf", "gguf/gemma3-k-Q4_K_M", 0},
    {"gguf/phi3-F32.gguf", "gguf/phi3-F32", 0},
    {"gguf/gpt2-F32.gguf", "gguf/gpt2-F32", 0},
    {"gguf/mixtral-F32.gguf", "gguf/mixtral-F32", 0},
    {"gguf/qwen3moe-F16.gguf", "gguf/qwen3moe-F16", 3.8e-07},
    {"gguf/qwen3moe-Q4_1.gguf", "gguf/qwen3moe-Q4_1", 4.2e-04},
    {"gguf/qwen3moe-Q5_0.gguf", "gguf/qwen3moe-Q5_0", 4.3e-04},
    {"gguf/qwen3-kquants.gguf", "gguf/qwen3-kquants", 3.7e-04},
    {"gguf/llama-iq.gguf", "gguf/llama-iq", 6.1e-04},
};

enum { OLDER, NEWER, MATRICES };
static const char *const levels[] = {"x86-64-v3", "x86-64-v4-vnni-bf16", "x86-64-v4-amx"};

/* Another target has no second level. */
static bool has_level(int index, const char *test)
{
    if (index == 0 || compiled_target() == NULL)
        return true;
    print_message("skipped: %s: the target %s has one level\n", test, compiled_target());
    return false;
}

/* Of another target. */
static bool level_is_named(void)
{
    return getenv("RLX_VULKAN_LEVEL") != NULL && !cases_whole();
}

/* On other targets drivers compile in software, which takes minutes for all fixtures: they run one in 40,
 * unless RLX_TEST_WHOLE is set, and others with default arithmetic and on the level that RLX_VULKAN_LEVEL
 * names. test_kernels has every format there. Under a sanitizer one in eight runs: the code is the same,
 * and the compiler reads all of them in test_golden_eval. RLX_TEST_PART, 0 to 7, takes one in eight, for
 * eight processes side by side; RLX_TEST_FIXTURE those with this in their name. */
static bool is_wanted_elsewhere(size_t fixture, bool rounds)
{
    static const uint8_t first[2][2] = {{0, 11}, {21, 31}};
    enum { FEW = 40 };

    return fixture % FEW == first[level_is_named()][rounds];
}

/* What a level that is named does as the target's usual one: it differs in products of prompts alone. */
static bool is_same_there(const char *test)
{
    if (!level_is_named())
        return false;
    print_message("skipped: %s: as on the usual level of %s\n", test, compiled_target());
    return true;
}

/* A level of the CPU, where this machine runs a newer one, too. */
static bool is_older(int level)
{
    const uint64_t newer = RLX_CPU_AVX512VNNI | RLX_CPU_AVX512BF16;

    return level == 0 && compiled_target() == NULL && (cpu_features() & newer) == newer;
}

/* A GGUF file, whose family is there as a directory too. */
static bool is_repeated(const struct fixture *f)
{
    return f->expected != NULL && !cases_whole();
}

/* `rounds`: with default arithmetic. Where this machine has the second level, the older one takes one fixture
 * in five and the third one in three: the levels differ in kernels alone, and the tests of kernels have every
 * layout on all. Of the fixtures that repeat one, every other one has default arithmetic. */
static bool is_wanted(size_t fixture, int level, bool rounds)
{
    enum { PARTS = 8, FEW = 8, TURNS_OF_OLDER = 5, TURNS = 3 };
    const char *part = getenv("RLX_TEST_PART"), *name = getenv("RLX_TEST_FIXTURE");

    if (name != NULL)
        return strstr(fixtures[fixture].model, name) != NULL;
    if (cases_whole())
        return part == NULL || fixture % PARTS == strtoul(part, NULL, 10);
    if (is_older(level) && fixture % TURNS_OF_OLDER != rounds)
        return false;
    if (rounds && level == NEWER && is_repeated(&fixtures[fixture]) && fixture % 2 == 0)
        return false;
    if (level == MATRICES && fixture % TURNS != rounds)
        return false;
    if (part != NULL)
        return fixture % PARTS == strtoul(part, NULL, 10);
    return compiled_target() != NULL ? is_wanted_elsewhere(fixture, rounds)
                                     : !cases_are_few() || fixture % FEW == 0;
}

static const char *level_name(int index)
{
    return compiled_target() != NULL ? compiled_target() : levels[index];
}

/* Which runs a model has code for, since LLVM takes longer than the code runs, and drivers of other targets
 * much longer. Of fixtures that no other one repeats, one in three has all on the main level with exact
 * arithmetic, and the others each kind. Those that repeat one have prompts, or in turns with exact arithmetic
 * short runs, which also do for prompts. */
enum runs { RUNS_ALL, RUNS_OF_BOTH_KINDS, RUNS_PROMPTS, RUNS_SHORT };

static enum runs exact_runs(size_t fixture, int level)
{
    if (is_repeated(&fixtures[fixture]))
        return fixture % 2 == 0 ? RUNS_PROMPTS : RUNS_SHORT;
    return (is_older(level) || fixture % 3 != 0) && !cases_whole() ? RUNS_OF_BOTH_KINDS : RUNS_ALL;
}

static enum runs rounded_runs(size_t fixture)
{
    return cases_whole()                     ? RUNS_ALL
           : is_repeated(&fixtures[fixture]) ? RUNS_PROMPTS
                                             : RUNS_OF_BOTH_KINDS;
}

static const char *variants(enum runs runs)
{
    static const char *const of[] = {[RUNS_ALL] = "--variants=decode=1,blocks=2:16,prefill=32:64",
                                     [RUNS_OF_BOTH_KINDS] =
                                         "--variants=decode=1,blocks=16,prefill=64",
                                     [RUNS_PROMPTS] = "--variants=decode=1,prefill=64",
                                     [RUNS_SHORT] = "--variants=decode=1,blocks=16"};

    if (compiled_target() != NULL)
        runs = level_is_named() ? RUNS_PROMPTS : RUNS_OF_BOTH_KINDS;
    return of[runs];
}

/* What a KV cache that rounds adds depends on the family: of the fixtures that repeat one, one in three
 * shows it. */
static bool takes_cache(size_t fixture)
{
    return !is_repeated(&fixtures[fixture]) || fixture % 3 == 0;
}

#endif
