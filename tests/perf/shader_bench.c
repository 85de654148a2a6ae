/* Shaders, timed on a Vulkan device; see shader_bench.h. Time is that of the clock from the submission
 * of a slice to its end; slices are long enough for the submission not to count. */
#include "tests/perf/shader_bench.h"

#include "compiler/base/float16.h"
#include "compiler/lir/arguments.h"
#include "compiler/machine/limits.h"
#include "targets/vulkan/vulkan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const struct target target_vulkan;

enum {
    LAUNCHES_MAX = 8192,
    COUNTERS_BYTES = 16 << 20, /* 2 KB for each launch */
    ARGUMENT_BYTES = 32 << 20, /* of all others: 512 rows of 16384 elements */
};
static const double SLICE_SECONDS = 0.01;

static void need(rlx_status status, const rlx_error *error)
{
    if (status == RLX_OK)
        return;
    fprintf(stderr, "perf_vulkan: %s\n", error->text);
    exit(1);
}

/* ---- the device ---- */

/* A GPU if there is one, else software; a number that no device has if there is none. */
static uint32_t best_device(const struct vulkan_instance *in)
{
    static const VkPhysicalDeviceType order[] = {
        VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU, VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU,
        VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU, VK_PHYSICAL_DEVICE_TYPE_OTHER,
        VK_PHYSICAL_DEVICE_TYPE_CPU};

    for (uint32_t t = 0; t < countof(order); t++)
        for (uint32_t i = 0; i < in->device_count; i++) {
            struct vulkan_facts f;
            vulkan_device_facts(in, i, &f);
            if (f.type == order[t] && f.missing[0] == 0)
                return i;
        }
    return in->device_count;
}

static uint32_t find_level(const struct vulkan_facts *f, const char *name)
{
    uint32_t found = target_vulkan.level_count;
    rlx_error error = {0};

    for (uint32_t i = 0; i < target_vulkan.level_count; i++) {
        const struct target_level *l = &target_vulkan.levels[i];
        if (name != NULL ? strcmp(name, l->name) == 0
                         : (l->features & (~f->features | f->slow)) == 0)
            found = i;
    }
    if (found == target_vulkan.level_count)
        need(rlx_fail(&error, RLX_ERROR_NO_DEVICE, "%s has no level '%s'", f->name,
                      name != NULL ? name : target_vulkan.levels[0].name),
             &error);
    return found;
}

static void open_device(struct shader_bench *b, const char *device, const char *level)
{
    struct vulkan *v = &b->v;
    const char *number = strchr(device, ':');
    struct vulkan_facts facts = {0};
    rlx_error error = {0};

    need(vulkan_instance_open(&v->instance, &error), &error);
    b->number =
        number != NULL ? (uint32_t)strtoul(number + 1, NULL, 10) : best_device(&v->instance);
    if (b->number >= v->instance.device_count)
        need(rlx_fail(&error, RLX_ERROR_NO_DEVICE, "there is no such Vulkan device"), &error);
    vulkan_device_facts(&v->instance, b->number, &facts);
    b->level = find_level(&facts, level);
    need(vulkan_open_device(v, b->number, target_vulkan.levels[b->level].features, &error), &error);
}

/* Numbers also where a kernel reads them as integers with scales between them. */
static void fill_input(struct shader_bench *b)
{
    const uint64_t count = ARGUMENT_BYTES / sizeof(float);
    float *values = malloc(ARGUMENT_BYTES);
    rlx_error error = {0};

    if (values == NULL)
        abort();
    for (uint64_t i = 0; i < count; i++)
        values[i] = (float)(rand() % 2001 - 1000) / 1000.0f;
    const struct vulkan_copy all = {0, ARGUMENT_BYTES, values};
    need(vulkan_upload(&b->v, &b->input, &all, 1, &error), &error);
    free(values);
}

void shader_bench_open(struct shader_bench *b, const char *device, const char *level)
{
    struct vulkan *v = &b->v;
    rlx_error error = {0};

    *b = (struct shader_bench){0};
    open_device(b, device, level);
    need(vulkan_memory_zeros(v, ARGUMENT_BYTES, &b->input, &error), &error);
    need(vulkan_memory_zeros(v, ARGUMENT_BYTES, &b->output, &error), &error);
    need(vulkan_memory_zeros(v, ARGUMENT_BYTES, &b->partials, &error), &error);
    need(vulkan_memory_zeros(v, COUNTERS_BYTES, &b->counters, &error), &error);
    fill_input(b);
}

void shader_bench_pool(struct shader_bench *b, uint64_t bytes)
{
    const bool is_software = b->v.facts.type == VK_PHYSICAL_DEVICE_TYPE_CPU;
    rlx_error error = {0};

    bytes = bytes != 0 ? bytes : is_software ? 64 << 20 : 384 << 20;
    need(vulkan_memory_zeros(&b->v, round_up(bytes, 1 << 20), &b->pool, &error), &error);
}

void shader_bench_fill(struct shader_bench *b, const void *unit, uint64_t bytes)
{
    uint8_t *all = malloc(b->pool.bytes);
    rlx_error error = {0};

    if (all == NULL)
        abort();
    for (uint64_t at = 0; at < b->pool.bytes; at += bytes)
        memcpy(all + at, unit, min_u64(bytes, b->pool.bytes - at));
    const struct vulkan_copy copy = {0, b->pool.bytes, all};
    need(vulkan_upload(&b->v, &b->pool, &copy, 1, &error), &error);
    free(all);
}

void shader_bench_close(struct shader_bench *b)
{
    struct vulkan_memory *const all[] = {&b->pool, &b->input, &b->output, &b->partials,
                                         &b->counters};

    for (uint32_t i = 0; i < countof(all); i++)
        vulkan_memory_free(&b->v, all[i]);
    vulkan_close(&b->v);
    arena_free(&b->arena);
}

/* ---- launches ---- */

/* The tables of a work. */
enum {
    DIMS_AT = 0,
    SEGMENT_AT = RLX_DIM_COUNT * 8,
    ARGS_AT = SEGMENT_AT + (int)sizeof(struct rlx_segment),
    ARGS_BYTES = LIR_MAX_ARGS * 8,
    TABLES_BYTES = ARGS_AT + LAUNCHES_MAX * ARGS_BYTES,
};

/* An argument of the first launch, and how far from it are those of the next place and launch. */
struct work_argument {
    uint64_t address, place_step, launch_step;
};

static void open_tables(struct shader_bench *b, struct shader_work *w, uint64_t bytes)
{
    rlx_error error = {0};

    *w = (struct shader_work){.bytes = bytes};
    w->places = (uint32_t)min_u64(b->pool.bytes / bytes, LAUNCHES_MAX);
    if (w->places == 0)
        need(rlx_fail(&error, RLX_ERROR_NO_MEMORY, "a launch reads %llu MB, more than the pool has",
                      (unsigned long long)(bytes >> 20)),
             &error);
    need(vulkan_memory_new(&b->v, VULKAN_ON_DEVICE, TABLES_BYTES, &w->tables, &error), &error);
}

static void fill_tables(struct shader_bench *b, const struct shader_work *w, const int64_t *dims,
                        const struct rlx_segment *segment, const struct work_argument *args)
{
    uint8_t *tables = calloc(1, TABLES_BYTES);
    rlx_error error = {0};

    if (tables == NULL)
        abort();
    memcpy(tables + DIMS_AT, dims, RLX_DIM_COUNT * 8);
    memcpy(tables + SEGMENT_AT, segment, sizeof *segment);
    for (uint32_t i = 0; i < LAUNCHES_MAX; i++)
        for (uint32_t s = 0; s < LIR_MAX_ARGS; s++) {
            const uint64_t at =
                args[s].address + i % w->places * args[s].place_step + i * args[s].launch_step;
            memcpy(tables + ARGS_AT + i * ARGS_BYTES + s * 8, &at, 8);
        }
    const struct vulkan_copy all = {0, TABLES_BYTES, tables};
    need(vulkan_upload(&b->v, &w->tables, &all, 1, &error), &error);
    free(tables);
}

/* As many as fill the time of a slice, in whole rounds of `round` launches. */
static void choose_launches(struct shader_bench *b, struct shader_work *w, uint32_t round)
{
    w->launches = round;
    shader_work_slice(b, w); /* the first one pays for pages and caches */
    const double seconds = shader_work_slice(b, w) * round;
    const uint64_t rounds = (uint64_t)(SLICE_SECONDS / seconds) + 1;

    w->launches = round * (uint32_t)min_u64(LAUNCHES_MAX / round, rounds);
}

void shader_work_free(struct shader_bench *b, struct shader_work *w)
{
    vulkan_pipeline_free(&b->v, w->pipeline);
    vulkan_memory_free(&b->v, &w->tables);
}

/* ---- slices ---- */

static void clear_counters(struct shader_bench *b)
{
    rlx_error error = {0};

    need(vulkan_begin(&b->v, &error), &error);
    b->v.CmdFillBuffer(b->v.command, b->counters.buffer, 0, VK_WHOLE_SIZE, 0);
    need(vulkan_end(&b->v, &error), &error);
}

double shader_work_slice(struct shader_bench *b, const struct shader_work *w)
{
    struct vulkan *v = &b->v;
    struct rlx_shader_launch launch = {.dims = w->tables.address + DIMS_AT};
    rlx_error error = {0};

    memcpy(launch.values, w->values, sizeof launch.values);
    if (w->counts)
        clear_counters(b);
    need(vulkan_begin(v, &error), &error);
    v->CmdBindPipeline(v->command, VK_PIPELINE_BIND_POINT_COMPUTE, w->pipeline);
    for (uint32_t i = 0; i < w->launches; i++) {
        launch.args = w->tables.address + ARGS_AT + (uint64_t)i * ARGS_BYTES;
        vulkan_barrier(v, v->command);
        v->CmdPushConstants(v->command, v->layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof launch,
                            &launch);
        v->CmdDispatchBase(v->command, 0, 0, 0, w->workgroups, 1, 1);
    }
    const double start = limits_seconds();
    need(vulkan_end(v, &error), &error);
    return (limits_seconds() - start) / w->launches;
}

/* ---- a plain read ---- */

enum { READ_THREADS = 128, READ_UNROLLED = 4, READ_LOADS_MAX = 32 };

/* A workgroup reads READ_THREADS * values[0] times 16 bytes. The store that never happens keeps the
 * loads. */
static const char read_glsl[] =
    "#version 460\n"
    "#extension GL_EXT_buffer_reference : require\n"
    "#extension GL_EXT_scalar_block_layout : require\n"
    "#extension GL_EXT_shader_explicit_arithmetic_types_int64 : require\n"
    "#extension GL_EXT_control_flow_attributes : require\n"
    "layout(buffer_reference, scalar, buffer_reference_align = 16)\n"
    "buffer Longs2 { u64vec2 at[]; };\n"
    "layout(buffer_reference, scalar, buffer_reference_align = 8)\n"
    "readonly buffer Addresses { uint64_t at[]; };\n"
    "layout(push_constant, scalar) uniform Launch {\n"
    "    Addresses args;\n"
    "    uint64_t dims;\n"
    "    uint values[12];\n"
    "} launch;\n"
    "layout(local_size_x = 128) in;\n"
    "void main()\n"
    "{\n"
    "    const uint loads = launch.values[0], thread = gl_LocalInvocationID.x;\n"
    "    const uint first = gl_WorkGroupID.x * loads * 128 + thread;\n"
    "    Longs2 from = Longs2(launch.args.at[0]);\n"
    "    u64vec2 sum = u64vec2(0);\n"
    "    for (uint i = 0; i < loads; i += 4)\n"
    "        [[unroll]] for (uint j = 0; j < 4; j++)\n"
    "            sum ^= from.at[first + (i + j) * 128];\n"
    "    if (sum.x == 0x9e3779b97f4a7c15ul && sum.y == 0xbf58476d1ce4e5b9ul)\n"
    "        Longs2(launch.args.at[1]).at[0] = sum;\n"
    "}\n";

void shader_work_read(struct shader_bench *b, uint64_t bytes, struct shader_work *w)
{
    enum { STEP = READ_THREADS * READ_UNROLLED * 16, WORKGROUPS = 1024 };
    struct vulkan_module module;
    const uint64_t steps = max_u64(1, bytes / STEP),
                   unrolled =
                       max_u64(1, min_u64(READ_LOADS_MAX / READ_UNROLLED, steps / WORKGROUPS));
    const int64_t dims[RLX_DIM_COUNT] = {0};
    const struct rlx_segment segment = {0};

    vulkan_compile(read_glsl, false, &module);
    if (module.error != NULL) {
        fprintf(stderr, "perf_vulkan: %s\n", module.error);
        exit(1);
    }
    open_tables(b, w, steps / unrolled * unrolled * STEP);
    w->values[0] = (uint32_t)(unrolled * READ_UNROLLED);
    w->workgroups = (uint32_t)(steps / unrolled);
    const struct work_argument args[LIR_MAX_ARGS] = {
        {.address = b->pool.address, .place_step = w->bytes}, {.address = b->output.address}};
    fill_tables(b, w, dims, &segment, args);
    rlx_error error = {0};
    need(vulkan_pipeline_new(&b->v, module.words, module.bytes, "read", &w->pipeline, &error),
         &error);
    free(module.words);
    choose_launches(b, w, w->places);
}

/* ---- kernels ---- */

static uint64_t bytes_read(const struct lir_kernel *k, uint64_t *values_at)
{
    const struct kernel_matmul *m = &k->matmul;
    const struct head_shape *s = &k->attention.shape;

    if (k->kind == KERNEL_matmul)
        return layout_bytes((enum layout)m->layout, (uint64_t)m->n << m->gated, m->k);
    *values_at = kv_state_bytes((enum dtype)s->kv, s->kv_heads, s->head_dim, s->context, false);
    return *values_at +
           kv_state_bytes((enum dtype)s->kv, s->kv_heads, s->head_dim, s->context, true);
}

static struct work_argument argument_of(const struct shader_bench *b, const struct shader_work *w,
                                        const struct lir_kernel *k, uint32_t argument,
                                        uint64_t values_at, int64_t rows)
{
    const struct head_shape *s = &k->attention.shape;

    switch (argument_info(k, argument)->role) {
    case ROLE_weight:
    case ROLE_keys:
        return (struct work_argument){b->pool.address, w->bytes, 0};
    case ROLE_values:
        return (struct work_argument){b->pool.address + values_at, w->bytes, 0};
    case ROLE_segments:
        return (struct work_argument){w->tables.address + SEGMENT_AT, 0, 0};
    case ROLE_partials:
        return (struct work_argument){b->partials.address, 0, 0};
    case ROLE_counters:
        return (struct work_argument){b->counters.address, 0, (uint64_t)rows * s->kv_heads * 64};
    default:
        return (struct work_argument){
            lir_is_output(k, argument) ? b->output.address : b->input.address, 0, 0};
    }
}

static void compile(struct shader_bench *b, const struct lir_kernel *k, struct shader_work *w)
{
    struct diags d = {.arena = &b->arena};
    struct target_code code;
    rlx_error error = {0};

    if (!target_vulkan.accepts(b->level, k, &d) ||
        !target_vulkan.emit(b->level, k, 1, 1, NULL, &b->arena, &code, &d)) {
        diags_print(&d, stderr);
        exit(1);
    }
    need(vulkan_pipeline_new(&b->v, code.image + code.entry[0], code.code_bytes[0],
                             lir_kernel_name(&b->arena, k), &w->pipeline, &error),
         &error);
}

void shader_work_kernel(struct shader_bench *b, const struct lir_kernel *k,
                        const struct lir_values *values, const int64_t dims[RLX_DIM_COUNT],
                        struct shader_work *w)
{
    const int64_t rows = dims[RLX_DIM_ROWS];
    const struct rlx_segment segment = {.rows = (uint32_t)rows,
                                        .past = (uint32_t)dims[RLX_DIM_PAST_SEQ]};
    struct work_argument args[LIR_MAX_ARGS] = {{0}};
    struct lir_step step = {.values = *values};
    uint64_t values_at = 0;

    open_tables(b, w, bytes_read(k, &values_at));
    for (uint32_t slot = 0; slot < lir_slot_count(k); slot++)
        args[slot] = argument_of(b, w, k, lir_slot_argument(k, slot), values_at, rows);
    fill_tables(b, w, dims, &segment, args);
    lir_launch_values(k, &step, w->values);
    kernel_tiles(k, &step);
    w->workgroups = step.tiles;
    if (step.tile_unit != 0)
        w->workgroups *= (uint32_t)ceil_div((uint64_t)dims[step.tile_symbol], step.tile_unit);
    w->counts = k->kind == KERNEL_attention && k->attention.shape.split_kv;
    compile(b, k, w);
    choose_launches(b, w, rows == 1 ? w->places : 1);
}
