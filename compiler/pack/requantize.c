/* Changes the types that matrices are packed in. Norms and biases (rank 1) always stay as they are:
 * they are small, and read as f32. */
#include "compiler/pack/requantize.h"

#include <string.h>

void requantize(struct model *m, enum dtype wanted, const struct tensor **stored, struct diags *d)
{
    struct tensor *copy = arena_new(m->arena, struct tensor, m->tensor_count + 1);
    const struct tensor *first_kept = NULL;
    uint32_t kept = 0;

    if (m->tensor_count != 0)
        memcpy(copy, m->tensors, m->tensor_count * sizeof *copy);
    *stored = copy;
    for (uint32_t i = 0; wanted != DTYPE_none && i < m->tensor_count; i++) {
        struct tensor *t = &m->tensors[i];
        if (t->rank != 2 || t->dtype == DTYPE_i32)
            continue;
        if (t->shape[1] % dtype_info[wanted].block == 0) {
            t->dtype = wanted;
        } else if (kept++ == 0) {
            first_kept = t;
        }
    }
    if (kept != 0)
        diag_warning(
            d,
            (struct place){.file = m->path,
                           .object = str_text(m->strings, first_kept->source_name)},
            "%u matrices keep their type: rows must be a multiple of %u elements for %s, these "
            "have %llu",
            kept, dtype_info[wanted].block, dtype_info[wanted].name,
            (unsigned long long)first_kept->shape[1]);
}
