/* Names of the features that code of the target "vulkan" may need (rlx/shader.h). */
#ifndef RLX_RUNTIME_SHADER_FEATURES_H
#define RLX_RUNTIME_SHADER_FEATURES_H

#include <stddef.h>
#include <stdint.h>

/* The name of a bit (0..63): "integer-dot"; NULL where this version knows none. */
const char *shader_feature_name(uint32_t bit);
/* Writes the names of the features, separated by commas; those of `slow` are "in software". */
void shader_feature_names(uint64_t features, uint64_t slow, char *text, size_t capacity);

#endif
