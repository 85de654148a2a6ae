/* Writes a safetensors file: named tensors in memory to a file that appears whole or not at all.
 * Format: u64 length of a JSON header, the header (padded with spaces to 8 bytes), then the data.
 * Source: the safetensors format description (huggingface/safetensors, README).
 */
#ifndef RLXC_SAFETENSORS_OUT_H
#define RLXC_SAFETENSORS_OUT_H

#include "compiler/base/dtype.h"
#include "compiler/base/out.h"

enum { SAFETENSORS_MAX_RANK = 4 };

struct safetensors_tensor {
    const char *name;
    enum dtype dtype; /* one that has a name in safetensors */
    uint32_t rank;
    uint64_t shape[SAFETENSORS_MAX_RANK];
    const void *data; /* stays the caller's until it is written */
};

struct safetensors_out {
    struct arena *arena;
    struct safetensors_tensor *tensors;
    uint32_t tensor_count, tensor_capacity;
};

/* Names are copied, data is not. Two tensors of one name are a fault of the caller. */
void safetensors_add(struct safetensors_out *s, const char *name, enum dtype dtype, uint32_t rank,
                     const uint64_t *shape, const void *data);
bool safetensors_write(const struct safetensors_out *s, const char *path, struct diags *d);

#endif
