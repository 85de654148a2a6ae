/* The features and number of this machine's processors. */
#ifndef RLX_RUNTIME_CPU_H
#define RLX_RUNTIME_CPU_H

#include "rlx/artifact.h"
#include "rlx/kernel.h"
#include "rlx/rlx.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the psABI's x86-64-v3 and -v4 need of the features in cpu_features.def. */
enum cpu_psabi { CPU_PSABI_V3 = 3, CPU_PSABI_V4, CPU_PSABI_APART /* of no level */ };
enum cpu_feature_set {
#define CPU_FEATURE(bit, name, leaf, subleaf, word, at, saved, level) \
    | (CPU_PSABI_##level <= CPU_PSABI_V3 ? RLX_CPU_##bit : 0)
    CPU_X86_64_V3 = 0
#include "runtime/base/cpu_features.def"
#undef CPU_FEATURE
#define CPU_FEATURE(bit, name, leaf, subleaf, word, at, saved, level) \
    | (CPU_PSABI_##level <= CPU_PSABI_V4 ? RLX_CPU_##bit : 0)
    ,
    CPU_X86_64_V4 = 0
#include "runtime/base/cpu_features.def"
#undef CPU_FEATURE
};

/* RLX_CPU_… bits (rlx/artifact.h) of features that the processor has and the operating system
 * supports. */
uint64_t cpu_features(void);
/* Linux saves tiles, 8 KB in each frame of a signal, only for processes that ask for it. Asks for this
 * one where `features` need it; false: refused, as where a thread has a small stack for signals. */
enum { CPU_ON_REQUEST = RLX_CPU_AMX_TILE | RLX_CPU_AMX_INT8 | RLX_CPU_AMX_BF16 };
bool cpu_permit(uint64_t features);
/* The name of a bit (0..63): "avx512vnni"; NULL where this version knows none. */
const char *cpu_feature_name(uint32_t bit);
/* Writes the names of the features, separated by commas: "avx512vnni, avx512bf16". */
void cpu_feature_names(uint64_t features, char *text, size_t capacity);

/* How far ahead kernels prefetch weights: what RLX_PREFETCH=NEAR,FAR in the environment says, in bytes;
 * else by the maker of the processor, as measured. An error where it says anything else. */
rlx_status cpu_ahead(struct rlx_ahead *ahead, rlx_error *error);

/* Number of processors that this process may use, by its affinity; at least 1. */
uint32_t cpu_processors(void);

#endif
