/* For tests of kernels, which run over the code of every target: levels are those of the CPU target,
 * then that of the C target and the first one of the Vulkan target. Its second one, with integer dot
 * products, is for the tests that name it: it differs in products alone. Compiles kernels, makes them executable
 * and calls them. Random numbers are the same in every run. Buffers have a margin of a sentinel
 * value on both sides, which shows stray stores.
 */
#ifndef RLX_TESTS_KERNEL_CODE_H
#define RLX_TESTS_KERNEL_CODE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "compiler/base/float16.h"
#include "tests/support/compare.h"
#include "tests/support/few_cases.h"
#include "tests/support/tiles.h"
#include "tests/unit/c_code.h"
#include "tests/unit/vulkan_code.h"

#include <rlx/kernel.h>

extern const struct target target_cpu;

struct code {
    struct arena arena;
    struct diags diags;
    struct target_code target;
    uint8_t *image; /* of the CPU target; NULL: the code is C, or has pipelines */
    struct c_code c;
    struct vulkan_code vulkan;
    struct lir_kernel *kernels;
    uint32_t *code_of;                  /* by kernel: equal kernels share their code */
    uint32_t values[RLX_LAUNCH_VALUES]; /* of the launches to come */
    struct rlx_ahead ahead;
};

/* All launches from now on have these. */
static inline void code_values(struct code *c, const struct lir_kernel *k, struct lir_values values)
{
    lir_launch_values(k, &(struct lir_step){.values = values}, c->values);
}

static inline struct rlx_launch code_launch(const struct code *c, void *const *args,
                                            const int64_t *dims)
{
    struct rlx_launch launch = {.args = args, .dims = dims, .ahead = c->ahead};

    memcpy(launch.values, c->values, sizeof launch.values);
    return launch;
}

/* ---- levels of all targets ---- */

static inline uint32_t code_levels(void)
{
    return target_cpu.level_count + 2;
}

static inline uint32_t level_of_c(void)
{
    return target_cpu.level_count;
}

static inline bool level_is_c(uint32_t level)
{
    return level == level_of_c();
}

static inline uint32_t level_of_vulkan(void)
{
    return target_cpu.level_count + 1;
}

static inline uint32_t level_of_vulkan_dot(void)
{
    return target_cpu.level_count + 2;
}

static inline bool level_is_vulkan(uint32_t level)
{
    return level >= level_of_vulkan();
}

/* Whether sums may differ from those of the kernel's definition by how they are rounded. */
static inline bool level_rounds(uint32_t level)
{
    return level_is_c(level) || level_is_vulkan(level);
}

/* Of attention. */
static inline bool level_multiplies_bf16(uint32_t level)
{
    return level_is_c(level) ||
           (!level_is_vulkan(level) && target_cpu.levels[level].traits.bf16_dot);
}

static inline bool level_multiplies_rows(uint32_t level)
{
    return level_is_c(level) || !level_is_vulkan(level);
}

static inline const char *level_name(uint32_t level)
{
    return level_is_c(level)        ? "C"
           : level_is_vulkan(level) ? "Vulkan"
                                    : target_cpu.levels[level].name;
}

/* False where this machine lacks the level; says so. */
static inline bool level_runs(uint32_t level)
{
    const uint64_t features =
        level_is_vulkan(level) ? target_vulkan.levels[level - level_of_vulkan()].features : 0;

    if (level_is_c(level) || (level_is_vulkan(level) && vulkan_has(features)) ||
        (level < target_cpu.level_count && target_cpu.native_level() >= (int)level))
        return true;
    print_message("skipped: this machine does not run code for %s\n", level_name(level));
    return false;
}

/* Of the CPU: the one with registers for matrices, its last. */
static inline uint32_t level_of_matrices(void)
{
    return target_cpu.level_count - 1;
}

/* Whether a newer level that this machine runs has the same code for all kernels of this one. */
static inline bool level_is_covered(uint32_t level)
{
    return level + 1 < target_cpu.level_count &&
           strcmp(target_cpu.levels[level].traits.modules,
                  target_cpu.levels[level + 1].traits.modules) == 0 &&
           target_cpu.native_level() > (int)level;
}

/* Of the CPU, where this machine runs a newer one, too. Both have the same emitters, for other widths of
 * vectors. */
static inline bool level_is_older(uint32_t level)
{
    return level < target_cpu.level_count && target_cpu.native_level() > (int)level;
}

/* The first level from this one on that this machine runs and whose code no other one has. */
static inline uint32_t code_level(uint32_t level)
{
    while (level < code_levels() && (level_is_covered(level) || !level_runs(level)))
        level++;
    return level;
}

/* The newest code for CPUs that this machine runs. Tests take most combinations there, and fewer where
 * the emitters are the same ones, the code is C, or drivers compile slowly. */
static inline bool level_is_main(uint32_t level)
{
    return !cases_are_few() && level < target_cpu.level_count && !level_is_older(level);
}

/* The main level takes all cases, other levels every second one in turns. */
static inline bool level_takes_case(struct few_cases *few, uint32_t level, uint32_t number)
{
    return cases_take(few, level_is_main(level) || (number + level) % 2 == 0);
}

/* Whether the level runs that variant of a case. Drivers compile slowly, so Vulkan takes one variant in
 * three, and other ones for the next case. */
static inline bool level_takes(uint32_t level, uint32_t variant, uint32_t of_case)
{
    return !level_is_vulkan(level) || variant % 3 == of_case % 3;
}

/* ---- code ---- */

/* What was emitted becomes executable. */
static inline void code_map(struct code *c)
{
    c->image = mmap(NULL, c->target.image_bytes, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(c->image != MAP_FAILED);
    memcpy(c->image, c->target.image, c->target.image_bytes);
    assert_int_equal(mprotect(c->image, c->target.image_bytes, PROT_READ | PROT_EXEC), 0);
}

/* What code_run needs to know of the kernels. Returns those that differ. */
static inline struct lir_kernels code_kernels(struct code *c, const struct lir_kernel *kernels,
                                              uint32_t count)
{
    struct lir_kernels different = {.arena = &c->arena};

    c->kernels = arena_new(&c->arena, struct lir_kernel, count);
    memcpy(c->kernels, kernels, count * sizeof *kernels);
    c->code_of = arena_new(&c->arena, uint32_t, count);
    for (uint32_t i = 0; i < count; i++)
        c->code_of[i] = lir_kernel_intern(&different, &kernels[i]);
    return different;
}

static inline void code_open(struct code *c, uint32_t level, const struct lir_kernel *kernels,
                             uint32_t count)
{
    *c = (struct code){0};
    c->diags.arena = &c->arena;
    const struct lir_kernels k = code_kernels(c, kernels, count);
    if (level_is_c(level)) {
        c_code_open(&c->c, &c->arena, k.all, k.count);
        return;
    }
    const bool is_vulkan = level_is_vulkan(level);
    const struct target *target = is_vulkan ? &target_vulkan : &target_cpu;
    level = is_vulkan ? level - level_of_vulkan() : level;
    for (uint32_t i = 0; i < k.count; i++)
        assert_true(target->accepts(level, &k.all[i], &c->diags));
    bool fine = target->emit(level, k.all, k.count, 2, NULL, &c->arena, &c->target, &c->diags);
    diags_print(&c->diags, stderr);
    assert_true(fine);
    if (is_vulkan)
        vulkan_code_open(&c->vulkan, &c->arena, &c->target, k.count);
    else
        code_map(c);
}

static inline void code_close(struct code *c)
{
    if (c->vulkan.pipelines != NULL)
        vulkan_code_close(&c->vulkan);
    else if (c->image == NULL)
        c_code_close(&c->c);
    else
        munmap(c->image, c->target.image_bytes);
    arena_free(&c->arena);
}

/* A function of this machine: code of the targets CPU and C. */
static inline rlx_kernel_fn code_entry(const struct code *c, uint32_t kernel)
{
    rlx_kernel_fn run;

    assert_null(c->vulkan.pipelines);
    if (c->image == NULL)
        return c->c.entry[c->code_of[kernel]];
    uint8_t *entry = c->image + c->target.entry[c->code_of[kernel]];
    memcpy(&run, &entry, sizeof run);
    return run;
}

/* Addresses by argument of the kernel's kind, as a launch passes them. */
static inline void code_slots(const struct lir_kernel *k, void *const *args, void **slots)
{
    for (uint32_t i = 0; i < lir_argument_count(k); i++)
        if (lir_has(k, i))
            slots[lir_slot(k, i)] = args[i];
}

/* Fills with NaN what the next call finds on its stack: a kernel must not read what it did not
 * write.
 */
static __attribute__((noinline)) void dirty_stack(void)
{
    volatile uint64_t room[RLX_KERNEL_STACK_BYTES / sizeof(uint64_t)];

    for (size_t i = 0; i < sizeof room / sizeof room[0]; i++)
        room[i] = UINT64_MAX;
}

/* The tiles first .. end - 1. */
static inline void code_tiles(const struct code *c, uint32_t kernel,
                              const struct rlx_launch *launch, uint64_t first, uint64_t end)
{
    if (c->vulkan.pipelines != NULL) {
        vulkan_code_run(&c->vulkan, c->code_of[kernel], launch, first, end);
        return;
    }
    const rlx_kernel_fn run = code_entry(c, kernel);
    run(launch, first, end);
}

/* All tiles in an order of their own, one by one from both ends, for kernels in which it must not
 * matter who comes last. Shaders run in two launches, the later tiles before the earlier ones, since
 * each launch waits for another thread. */
static inline void code_tiles_in_odd_order(const struct code *c, uint32_t kernel,
                                           const struct rlx_launch *launch, uint64_t tiles)
{
    if (c->vulkan.pipelines != NULL) {
        code_tiles(c, kernel, launch, tiles / 2, tiles);
        code_tiles(c, kernel, launch, 0, tiles / 2);
        return;
    }
    for (uint64_t i = 0; i < tiles; i++) {
        uint64_t tile = i % 2 == 0 ? i / 2 : tiles - 1 - i / 2;
        code_tiles(c, kernel, launch, tile, tile + 1);
    }
}

/* Runs all tiles in two calls, cut at `cut`; `args` are by argument of the kernel's kind. */
static inline void code_run(const struct code *c, uint32_t kernel, void *const *args,
                            const int64_t *dims, uint64_t tiles, uint64_t cut)
{
    void *slots[LIR_MAX_ARGS];
    struct rlx_launch launch = code_launch(c, slots, dims);

    code_slots(&c->kernels[kernel], args, slots);
    cut = cut < tiles ? cut : tiles;
    dirty_stack();
    code_tiles(c, kernel, &launch, 0, cut);
    dirty_stack();
    code_tiles(c, kernel, &launch, cut, tiles);
}

static uint64_t random_state = 1;

static inline uint32_t random_bits(void)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(random_state >> 32);
}

static inline float random_number(void) /* -1 .. 1 */
{
    return (float)((double)random_bits() / 2147483648.0 - 1);
}

static const float sentinel = 12345.678f;
enum { MARGIN = 64 }; /* elements */

static inline float *buffer_new(size_t count)
{
    size_t all = (count + 2 * MARGIN + 63) / 64 * 64;
    float *memory = aligned_alloc(64, all * sizeof(float));

    assert_non_null(memory);
    for (size_t i = 0; i < all; i++)
        memory[i] = sentinel;
    return memory + MARGIN;
}

static inline float *buffer_random(size_t count)
{
    float *buffer = buffer_new(count);

    for (size_t i = 0; i < count; i++)
        buffer[i] = random_number();
    return buffer;
}

static inline void buffer_free(float *buffer)
{
    free(buffer - MARGIN);
}

/* Rows of `n` are stored, `stride` apart; everything else is as it was. */
static inline void expect_untouched(const float *buffer, uint32_t rows, uint32_t n, uint32_t stride)
{
    struct comparison before = comparison_of("before the buffer"),
                      between = comparison_of("behind rows of %u", n),
                      after = comparison_of("behind the buffer");

    for (uint32_t i = 0; i < MARGIN; i++) {
        compare_bits(&before, 0, i, buffer[(int)i - MARGIN], sentinel);
        compare_bits(&after, rows, i, buffer[(size_t)rows * stride + i], sentinel);
    }
    for (uint32_t r = 0; r < rows; r++)
        for (uint32_t i = n; i < stride; i++)
            compare_bits(&between, r, i, buffer[(size_t)r * stride + i], sentinel);
    expect_agreement(&before);
    assert_true(comparison_good(&between));
    expect_agreement(&after);
}

#endif
