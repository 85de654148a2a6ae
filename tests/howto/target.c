/* A target without code: its images are empty. In: kernels; out: entries that all begin at 0.
 * tests/command_line/howto.sh adds it to a copy of the compiler. */
#include "compiler/lir/target.h"

#include <rlx/artifact.h>

enum { IMAGE_BYTES = 64 };

static const struct target_level levels[] = {{.name = "nowhere"}};

static int native_level(void)
{
    return 0;
}

static struct tile_choice choose_tile(uint32_t level, const struct tile_request *r)
{
    (void)level;
    return (struct tile_choice){.groups = r->what == TILED_product ? 2 : 0, .rows = 1};
}

static bool emit(uint32_t level, const struct lir_kernel *kernels, uint32_t count, uint32_t threads,
                 const struct target_dump *dump, struct arena *a, struct target_code *out,
                 struct diags *d)
{
    (void)level;
    (void)kernels;
    (void)threads;
    (void)dump;
    (void)d;
    out->image = arena_new(a, uint8_t, IMAGE_BYTES);
    out->image_bytes = IMAGE_BYTES;
    out->entry = arena_new(a, uint64_t, count);
    out->code_bytes = arena_new(a, uint64_t, count);
    return true;
}

extern const struct target target_nowhere;

const struct target target_nowhere = {
    .name = "nowhere",
    .code_kind = RLX_SECTION_CODE,
    .levels = levels,
    .level_count = countof(levels),
    .native_level = native_level,
    .choose_tile = choose_tile,
    .emit = emit,
};
