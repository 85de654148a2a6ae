/* Chooses the level of code for a machine, or says why there is none. Contract: level.h. */
#include "runtime/core/level.h"

#include "runtime/base/cpu.h"
#include "runtime/base/error.h"

#include <elf.h>
#include <string.h>

/* The machine that this program is compiled for. */
#if defined(__x86_64__)
enum { THIS_MACHINE = EM_X86_64 };
#elif defined(__aarch64__)
enum { THIS_MACHINE = EM_AARCH64 };
#elif defined(__riscv)
enum { THIS_MACHINE = EM_RISCV };
#else
enum { THIS_MACHINE = EM_NONE };
#endif

/* Every level needs these; a machine that lacks one is too old for all models. */
static const uint64_t min_features = CPU_X86_64_V3;

static rlx_status cannot_run(const char *name, const char *level, uint64_t missing,
                             uint64_t refused, rlx_error *error)
{
    uint64_t min = missing & min_features;
    char names[120];

    cpu_feature_names(min != 0 ? min : missing, names, sizeof names);
    if (min != 0)
        return rlx_fail(error, RLX_ERROR_NO_DEVICE,
                        "%s: this machine is too old: code of every level needs %s, which its CPU "
                        "lacks",
                        name, names);
    return rlx_fail(
        error, RLX_ERROR_NO_DEVICE,
        "%s: its code for level %s needs %s, which %s; rlxc build --level=all makes code "
        "for this one too",
        name, level, names,
        (missing & ~refused) == 0 ? "this CPU has, but Linux refuses to this process"
                                  : "this CPU lacks");
}

rlx_status artifact_choose_level(const struct artifact *a, const char *name, uint64_t have,
                                 uint64_t refused, const struct rlx_level **level, rlx_error *error)
{
    uint64_t missing = 0;
    int max = -1, fewest = 65;
    const struct rlx_level *source = NULL;
    const char *nearest = "";

    *level = NULL;
    for (uint32_t i = 0; i < a->levels.count; i++) {
        const struct rlx_level *l = table_at(&a->levels, i);
        if (l->machine == 0 && l->image_bytes == 0)
            source = l;
        if (l->machine == 0 || strcmp(artifact_string(a, l->target), "cpu") != 0 ||
            l->machine != THIS_MACHINE)
            continue;
        uint64_t lacks = l->features & ~(have & ~refused);
        int needed = __builtin_popcountll(l->features), lacking = __builtin_popcountll(lacks);
        if (lacks == 0 && needed > max) {
            max = needed;
            *level = l;
        }
        if (lacking < fewest) {
            fewest = lacking;
            missing = lacks;
            nearest = artifact_string(a, l->name);
        }
    }
    if (fewest == 65)
        *level = source;
    if (*level != NULL || a->levels.count == 0)
        return RLX_OK;
    if (fewest == 65)
        return rlx_fail(error, RLX_ERROR_NO_DEVICE, "%s: holds no code for a CPU of this kind",
                        name);
    return cannot_run(name, nearest, missing, have & refused, error);
}
