/* The C target: struct target over the printers of this folder. In: questions about its one level;
 * out: C11 that any machine compiles. It has code for every kernel that the verifier accepts.
 */
#include "targets/c/c.h"

#include <rlx/artifact.h>

static const struct target_level levels[] = {
    {.name = "c", .traits = {.row_products = true, .one_variant = true}}};

static int native_level(void)
{
    return 0;
}

/* One thread computes each kernel whole. Groups of gate and up stay together. */
static struct tile_choice choose_tile(uint32_t level, const struct tile_request *r)
{
    (void)level;
    return (struct tile_choice){.groups = r->gated ? 2 : 1, .rows = 1};
}

static bool print(uint32_t level, const struct lir_program *programs, uint32_t count,
                  struct arena *a, struct target_sources *out, struct diags *d)
{
    (void)level;
    (void)d; /* there is nothing that it cannot print */
    c_programs_text(programs, count, a, out);
    return true;
}

extern const struct target target_c;

const struct target target_c = {
    .name = "c",
    .code_kind = RLX_SECTION_CODE,
    .levels = levels,
    .level_count = countof(levels),
    .native_level = native_level,
    .choose_tile = choose_tile,
    .print = print,
    .print_program = c_program_text,
    .print_kernel = c_kernel_file_text,
};
