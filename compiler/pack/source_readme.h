/* README.md of a model as source. In: the artifact and its code; out: a short text. */
#ifndef RLXC_SOURCE_README_H
#define RLXC_SOURCE_README_H

#include "compiler/pack/artifact.h"

void source_readme_text(const struct artifact *a, const struct target_sources *sources,
                        struct text *out);

/* The types of weights, activations and states, in one sentence. */
void source_numbers_text(const struct artifact *a, struct text *out);

#endif
