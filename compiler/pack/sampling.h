/* The SAMPLING section of an artifact, from what the importer found. */
#ifndef RLXC_PACK_SAMPLING_H
#define RLXC_PACK_SAMPLING_H

#include "compiler/import/model.h"
#include "rlx/artifact.h"

/* False: there is no recommendation, and no section. */
bool sampling_entry(const struct recommended_sampling *s, struct rlx_sampling_entry *out);
/* The name in the manifest, such as "temperature". */
const char *sampling_name(enum sampling_option which);

#endif
