/* The names of shader features, for messages and lists. Contract: shader_features.h. */
#include "runtime/base/shader_features.h"

#include <rlx/shader.h>
#include <stdio.h>

static const struct {
    uint64_t feature;
    const char *name;
} names[] = {{RLX_SHADER_STORAGE_8BIT, "storage-8bit"},
             {RLX_SHADER_STORAGE_16BIT, "storage-16bit"},
             {RLX_SHADER_FLOAT16, "float16"},
             {RLX_SHADER_INTEGER_DOT, "integer-dot"},
             {RLX_SHADER_SUBGROUP_QUADS, "subgroup-quads"},
             {RLX_SHADER_SOFTWARE, "software"}};

const char *shader_feature_name(uint32_t bit)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].feature == (uint64_t)1 << bit)
            return names[i].name;
    return NULL;
}

void shader_feature_names(uint64_t features, uint64_t slow, char *text, size_t capacity)
{
    size_t used = 0;
    text[0] = 0;
    for (uint32_t bit = 0; bit < 64 && used < capacity; bit++) {
        const char *name = shader_feature_name(bit);
        if ((features >> bit & 1) == 0)
            continue;
        used += (size_t)snprintf(text + used, capacity - used, "%s%s%s", used != 0 ? ", " : "",
                                 name != NULL ? name : "features unknown to this version",
                                 slow >> bit & 1 ? " (in software)" : "");
        if (name == NULL)
            return;
    }
}
