/* The features and number of this machine's processors. */
#ifndef RLX_RUNTIME_CPU_H
#define RLX_RUNTIME_CPU_H

#include <stddef.h>
#include <stdint.h>

/* RLX_CPU_… bits (rlx/artifact.h) of features that the processor has and the operating system
 * supports. */
uint64_t cpu_features(void);
/* Writes the names of the features, separated by commas: "avx512vnni, avx512bf16". */
void cpu_feature_names(uint64_t features, char *text, size_t capacity);

/* Number of processors that this process may use, by its affinity; at least 1. */
uint32_t cpu_processors(void);

#endif
