/* Launches with tails: small steps that the workgroup runs which ends last. In: the kernels of a
 * launch; out: which of them can be a tail; a function for each, and the end of main, which counts
 * workgroups and calls the functions. A tail has the body that a launch of its own has, the threads
 * of what runs it, and sums in as many lanes as ever, so that it has the same bits.
 *
 * One workgroup runs all tiles of a tail. To hand each tile to the workgroup that made the last of
 * what it reads would take a counter for each, and what a kernel reads of another by tile.
 */
#include "targets/vulkan/vulkan.h"

#include <ctype.h>
#include <string.h>

/* Shared memory of tails; the kernel that runs them has the rest. */
enum { TAILS_SHARED_MAX = VULKAN_SHARED_MAX / 2, JOINED_BYTES = 4 * VULKAN_THREADS_MAX };

/* At most: heads of f32 have sums alone (heads.c). */
static uint32_t heads_shared(const struct head_shape *shape, bool hadamard)
{
    enum { SUMS_OF_HEAD = 8 * 4, SUMS_MAX = VULKAN_SHARED_MAX / 4 };
    const uint64_t parts = shape == NULL ? 1 : shape->heads / shape->kv_heads + 2;

    return hadamard ? TAILS_SHARED_MAX : (uint32_t)min_u64(SUMS_MAX, SUMS_OF_HEAD * parts);
}

/* Bytes of shared memory of a tail, but for the lanes; UINT32_MAX: it can be none. */
static uint32_t shared_of(const struct lir_kernel *k)
{
    switch (k->kind) {
    case KERNEL_kv_write:
        return heads_shared(&k->kv_write.shape, k->kv_write.shape.kv == DTYPE_q8_0);
    case KERNEL_append:
        return heads_shared(NULL, k->append.shape.kv == DTYPE_q8_0);
    case KERNEL_rope:
        return heads_shared(NULL, k->rope.hadamard != 0);
    case KERNEL_route:
        return 12 * k->route.experts + 4 * k->route.groups;
    case KERNEL_sort:
        return 8 * k->sort.experts;
    case KERNEL_norm_quant:
        return k->norm_quant.format.act == ACT_f32 ? 0 : UINT32_MAX;
    case KERNEL_mean:
    case KERNEL_map:
        return 0;
    default:
        return UINT32_MAX;
    }
}

uint32_t vulkan_tails_shared(const struct lir_kernel *const *launch, uint32_t count)
{
    uint32_t bytes = count > 1 ? JOINED_BYTES + 4 : 0; /* the lanes, and how many have come */

    for (uint32_t i = 1; i < count; i++)
        bytes += shared_of(launch[i]);
    return bytes;
}

/* Products of few rows fit what tails leave of shared memory; these others have none, or lanes. */
static bool runs_tails(const struct lir_kernel *k)
{
    switch (k->kind) {
    case KERNEL_matmul:
        return k->matmul.row_tile < VULKAN_LOW_TILE && k->matmul.tile_groups <= 2;
    case KERNEL_norm_quant:
    case KERNEL_mean:
    case KERNEL_map:
        return true;
    default:
        return false;
    }
}

/* Whether both have functions of the same names before main. */
static bool share_names(const struct lir_kernel *a, const struct lir_kernel *b)
{
    static const bool has_heads[KERNEL_KIND_COUNT] = {/* heads.c */
                                                      [KERNEL_kv_write] = true,
                                                      [KERNEL_append] = true,
                                                      [KERNEL_rope] = true};

    return a->kind == b->kind || (has_heads[a->kind] && has_heads[b->kind]);
}

bool vulkan_takes_tail(const struct lir_kernel *const *launch, uint32_t count,
                       const struct lir_kernel *tail)
{
    const uint32_t more = shared_of(tail);

    if (!runs_tails(launch[0]) || more == UINT32_MAX ||
        vulkan_tails_shared(launch, count) + more > TAILS_SHARED_MAX + JOINED_BYTES + 4)
        return false;
    for (uint32_t i = 1; i < count && more != 0; i++)
        if (share_names(launch[i], tail))
            return false;
    return true;
}

/* ---- text ---- */

/* What other workgroups, or other threads, wrote is read past what is cached. */
static void coherent_text(const char *from, struct text *out)
{
    static const char *const words[] = {"Floats", "Integers"};

    for (const char *at = from; *at != 0;) {
        size_t bytes = 1;
        while (isalnum((unsigned char)at[0]) && isalnum((unsigned char)at[bytes]))
            bytes++;
        for (uint32_t i = 0; i < countof(words); i++)
            if (strlen(words[i]) == bytes && memcmp(at, words[i], bytes) == 0)
                text_add(out, "Shared");
        text_add_bytes(out, at, (uint32_t)bytes);
        at += bytes;
    }
}

void vulkan_tail_text(const struct vulkan_shader *s, uint32_t number, const char *declarations,
                      struct text *out)
{
    struct text function = {.arena = out->arena};

    if (s->before.bytes != 0)
        text_add(&function, "%s\n", s->before.data);
    text_add(&function, "void tail_%u(uint tile)\n{\n", number);
    text_add(&function, "    const uint thread = gl_LocalInvocationID.x;\n%s\n%s}\n\n",
             declarations, s->body.data);
    coherent_text(function.data, out);
}

static void call_text(const struct lir_kernel *k, uint32_t number, struct text *out)
{
    struct lir_step step = {0};

    kernel_tiles(k, &step);
    text_add(out, "        for (uint i = 0; i < %u", step.tiles);
    if (step.tile_unit != 0)
        text_add(out, " * ((uint(launch.dims.at[%u]) + %u) / %u)", step.tile_symbol,
                 step.tile_unit - 1, step.tile_unit);
    text_add(out,
             "; i++) {\n            tail_%u(i);\n            memoryBarrierBuffer();\n"
             "            barrier();\n        }\n",
             number);
}

void vulkan_calls_text(const struct lir_kernel *const *launch, uint32_t count, struct text *out)
{
    text_add(out,
             "\n    memoryBarrierBuffer();\n    barrier();\n"
             "    if (gl_LocalInvocationID.x == 0)\n"
             "        ended = atomicAdd(Counters(launch.args.at[%u]).at[0], 1) + 1;\n"
             "    barrier();\n    memoryBarrierBuffer();\n"
             "    if (ended == gl_NumWorkGroups.x) {\n",
             lir_slot_count(launch[0]));
    for (uint32_t i = 1; i < count; i++)
        call_text(launch[i], i, out);
    text_add(out, "    }\n");
}
