/* The manifest: what an artifact holds and how it was made, as JSON for people and tools. The
 * runtime does not use it. */
#ifndef RLXC_MANIFEST_H
#define RLXC_MANIFEST_H

#include "compiler/pack/artifact.h"

/* `plan` is NULL if there are no weights. The text ends with a newline and is NUL-terminated. */
const char *manifest_text(const struct artifact *a, const struct weight_plan *plan,
                          uint64_t weight_digest, uint64_t model_digest);

/* "f32", "i16, i8": the types of activations that the products of a level read. */
void level_activations_text(const struct packed_level *level, struct text *out);

/* The last part of a path without slashes at its end. */
const char *base_name(struct arena *a, const char *path);

#endif
