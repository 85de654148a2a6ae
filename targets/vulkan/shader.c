/* The text of a kernel. In: a kernel; out: GLSL for Vulkan 1.2: what all kernels have, then what the
 * kind's printer adds. */
#include "targets/vulkan/vulkan.h"

#include <rlx/shader.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char extensions[] =
    "#version 460\n"
    "#extension GL_EXT_buffer_reference : require\n"
    "#extension GL_EXT_scalar_block_layout : require\n"
    "#extension GL_EXT_shader_explicit_arithmetic_types_int8 : require\n"
    "#extension GL_EXT_shader_explicit_arithmetic_types_int16 : require\n"
    "#extension GL_EXT_shader_explicit_arithmetic_types_int64 : require\n"
    "#extension GL_EXT_shader_8bit_storage : require\n"
    "#extension GL_EXT_shader_16bit_storage : require\n"
    "#extension GL_EXT_control_flow_attributes : require\n"
    "#extension GL_KHR_shader_subgroup_basic : require\n"
    "#extension GL_KHR_shader_subgroup_quad : require\n"
    "#extension GL_EXT_spirv_intrinsics : require\n"
    "\n";

/* What a segment is: rlx/kernel.h. */
static const char segment[] = "struct Segment {\n"
                              "    int64_t state, carried_in, carried_out;\n"
                              "    uint first_row, rows, past, scratch_position, reserved[6];\n"
                              "};\n"
                              "\n";

static const struct {
    const char *name, *type, *qualifier;
    uint32_t align;
} references[] = {
    {"Addresses", "uint64_t", "readonly ", 8},
    {"Dims", "int64_t", "readonly ", 8},
    {"Segments", "Segment", "readonly ", 8},
    {"Integers", "int", "", 4},
    {"Floats", "float", "", 4},
    {"SharedFloats", "float", "coherent ", 4},
    {"SharedIntegers", "int", "coherent ", 4},
    {"Counters", "uint", "coherent ", 4},
    {"Vectors", "vec4", "", 16},
    {"Words2", "uvec2", "", 8},
    {"Words4", "uvec4", "", 16},
    {"Longs", "uint64_t", "", 8},
    {"Longs2", "u64vec2", "", 16},
    {"Words", "uint", "", 4},
    {"Halves", "uint16_t", "", 2},
    {"SignedHalves", "int16_t", "", 2},
    {"Bytes", "uint8_t", "", 1},
    {"SignedBytes", "int8_t", "", 1},
};

/* ---- lines ---- */

static void line(struct text *out, uint32_t depth, const char *format, va_list arguments)
{
    char room[256], *long_line = NULL;
    va_list again;

    va_copy(again, arguments);
    const int bytes = vsnprintf(room, sizeof room, format, arguments);
    assert(bytes >= 0);
    if ((size_t)bytes >= sizeof room) {
        long_line = arena_new(out->arena, char, (size_t)bytes + 1);
        vsnprintf(long_line, (size_t)bytes + 1, format, again);
    }
    va_end(again);
    text_add(out, "%*s%s\n", (int)(4 * depth), "", long_line != NULL ? long_line : room);
}

void vulkan_line(struct vulkan_shader *s, uint32_t depth, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    line(&s->body, depth + 1, format, arguments);
    va_end(arguments);
}

void vulkan_before(struct vulkan_shader *s, uint32_t depth, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    line(&s->before, depth, format, arguments);
    va_end(arguments);
}

void vulkan_lanes(struct vulkan_shader *s, uint32_t depth)
{
    vulkan_line(s, depth, "barrier();");
    if (s->kernel->tail != 0) {
        vulkan_line(s, depth, "for (uint lane = thread; lane < %u; lane += THREADS) {", s->threads);
    } else {
        vulkan_line(s, depth, "{");
        vulkan_line(s, depth + 1, "const uint lane = thread;");
    }
}

void vulkan_float(struct text *out, float value)
{
    const uint32_t from = out->bytes;

    float_text(out, value);
    text_add(out, strpbrk(out->data + from, ".e") != NULL ? "" : ".0");
}

/* ---- what main declares ---- */

static const char *argument_type(const struct lir_kernel *k, uint32_t argument)
{
    const struct act_format *format = lir_format(k);
    const bool is_read = k->then != 0 && lir_is_output(k, argument); /* by tails */
    const char *floats = is_read ? "SharedFloats" : "Floats";

    if (k->kind == KERNEL_matmul && argument == MATMUL_counters)
        return "Counters";
    if (lir_after(k).count != 0 && argument == lir_after(k).out)
        return "SharedFloats"; /* threads read what others wrote */
    switch (argument_info(k, argument)->role) {
    case ROLE_index:
    case ROLE_row_segments:
    case ROLE_chosen:
    case ROLE_columns:
    case ROLE_order:
        return "Integers";
    case ROLE_segments:
        return "Segments";
    case ROLE_counters:
        return "Counters";
    case ROLE_partials:
        return "SharedFloats";
    case ROLE_weight:
    case ROLE_keys:
    case ROLE_values:
    case ROLE_carried:
        return "uint64_t";
    case ROLE_activation:
        return format->act == ACT_f32 ? floats : "uint64_t";
    default:
        return floats;
    }
}

static const char *argument_name(const struct lir_kernel *k, uint32_t argument)
{
    static const char *const operands[] = {"a", "b", "c", "d", "e", "f"};
    const struct argument_info *info = argument_info(k, argument);
    const uint32_t fixed = kernel_kind_info[k->kind].fixed_arguments;

    if (info->role == ROLE_operand)
        return operands[argument - fixed];
    return strcmp(info->name, "out") == 0 ? "result" : info->name; /* a word of GLSL */
}

/* `first`: where its addresses begin among those of the launch. */
static void declare_arguments(const struct lir_kernel *k, uint32_t first, struct text *out)
{
    for (uint32_t slot = 0; slot < lir_slot_count(k); slot++) {
        const uint32_t argument = lir_slot_argument(k, slot);
        const char *type = argument_type(k, argument);
        text_add(out, "    %s %s = %s(launch.args.at[%u]);\n", type, argument_name(k, argument),
                 type, first + slot);
    }
}

static void declare_sizes(const struct lir_kernel *k, struct text *out)
{
    text_add(out, "    const uint rows = uint(launch.dims.at[%u]);\n", k->rows_symbol);
    if (k->kind == KERNEL_scan || k->kind == KERNEL_conv) {
        if (k->rows_symbol == SYMBOL_ROWS)
            text_add(out, "    const uint segment_count = uint(launch.dims.at[%u]);\n",
                     RLX_DIM_BATCH);
        else
            text_add(out, "    const uint segment_count = 1;\n");
    }
    if (k->kind == KERNEL_attention)
        text_add(out, "    const uint key_count = uint(launch.dims.at[%u]);\n",
                 k->attention.keys_symbol);
}

static void declare_values(const struct lir_kernel *k, struct text *out)
{
    if (k->kind != KERNEL_attention)
        return;
    if (k->attention.windowed)
        text_add(out, "    const uint window = launch.values[%u];\n", VALUE_attention_window);
    text_add(out, "    const float scale = uintBitsToFloat(launch.values[%u]);\n",
             VALUE_attention_scale);
    if (k->attention.capped)
        text_add(out, "    const float softcap = uintBitsToFloat(launch.values[%u]);\n",
                 VALUE_attention_softcap);
}

/* ---- all ---- */

/* Buffer references that the text has. */
static void references_text(const char *text, struct text *out)
{
    for (uint32_t i = 0; i < countof(references); i++)
        if (strstr(text, references[i].name) != NULL)
            text_add(out,
                     "layout(buffer_reference, scalar, buffer_reference_align = %u)\n"
                     "%sbuffer %s { %s at[]; };\n",
                     references[i].align, references[i].qualifier, references[i].name,
                     references[i].type);
    text_add(out, "\n");
}

/* The number of a thread in its workgroup. Vulkan does not promise that subgroups have threads that
 * follow each other, so a shader that uses quads counts subgroups and their threads. Where there are
 * more subgroups than full ones would be, gl_SubgroupSize is not their size: without
 * VK_EXT_subgroup_size_control a driver may say its greatest size and run a smaller one. */
static void thread_text(const struct vulkan_shader *s, struct text *out)
{
    if (!s->has_quads) {
        text_add(out, "    const uint thread = gl_LocalInvocationID.x;\n");
        return;
    }
    text_add(out, "    const bool counts = gl_NumSubgroups == (THREADS + gl_SubgroupSize - 1) / "
                  "gl_SubgroupSize;\n"
                  "    const uint thread = counts ? gl_SubgroupID * gl_SubgroupSize + "
                  "gl_SubgroupInvocationID\n"
                  "                               : gl_LocalInvocationID.x;\n");
}

static void declare_all(const struct lir_kernel *k, uint32_t first, struct text *out)
{
    declare_sizes(k, out);
    declare_arguments(k, first, out);
    declare_values(k, out);
}

/* The functions of tails, and what they share with main. */
static void tails_text(const struct vulkan_shader *all, uint32_t count, struct text *out)
{
    uint32_t first = lir_slot_count(all[0].kernel) + 1; /* after the counter */

    if (count > 1)
        text_add(out, "shared uint ended; // workgroups\n\n");
    for (uint32_t i = 1; i < count; i++) {
        struct text declarations = {.arena = out->arena};
        declare_all(all[i].kernel, first, &declarations);
        vulkan_tail_text(&all[i], i, declarations.data, out);
        first += lir_slot_count(all[i].kernel);
    }
}

/* What all kernels of the launch have in common. */
static void head_text(const struct vulkan_shader *all, uint32_t count, struct text *out)
{
    uint32_t helpers = 0, lanes = 0;

    for (uint32_t i = 0; i < count; i++) {
        helpers |= all[i].helpers;
        lanes = all[i].threads > lanes ? all[i].threads : lanes;
    }
    text_add(out,
             "layout(push_constant, scalar) uniform Launch {\n"
             "    Addresses args;\n    Dims dims;\n    uint values[%u];\n} launch;\n\n",
             RLX_LAUNCH_VALUES);
    text_add(out, "layout(local_size_x = %u) in;\nconst uint THREADS = %u;\n", all[0].threads,
             all[0].threads);
    if ((helpers & (VULKAN_SUM | VULKAN_LARGEST)) != 0)
        text_add(out, "const uint LANES_MAX = %u;\n", lanes);
    text_add(out, "\n");
    vulkan_helpers_text(helpers, out);
}

static void main_text(const struct vulkan_shader *all, uint32_t count,
                      const struct lir_kernel *const *launch, struct text *out)
{
    const struct vulkan_shader *s = &all[0];

    if (s->before.bytes != 0)
        text_add(out, "%s\n", s->before.data);
    tails_text(all, count, out);
    text_add(out, "void main()\n{\n    const uint tile = gl_WorkGroupID.x;\n");
    thread_text(s, out);
    declare_all(s->kernel, 0, out);
    text_add(out, "\n");
    text_add_bytes(out, s->body.data, s->body.bytes);
    if (count > 1)
        vulkan_calls_text(launch, count, out);
    text_add(out, "}\n");
}

void vulkan_shader_text(const struct lir_kernel *const *launch, uint32_t count, struct text *out)
{
    struct vulkan_shader all[LIR_LAUNCH_MAX];
    struct text rest = {.arena = out->arena};

    for (uint32_t i = 0; i < count; i++) {
        struct vulkan_shader *s = &all[i];
        *s = (struct vulkan_shader){.kernel = launch[i], .arena = out->arena, .threads = 64};
        s->tails_shared = i == 0 ? vulkan_tails_shared(launch, count) : 0;
        s->before.arena = s->body.arena = out->arena;
        vulkan_print_body(s);
        assert(s->threads != 0 && s->threads <= VULKAN_THREADS_MAX);
        assert((s->helpers & VULKAN_LARGEST) == 0 || (s->threads & (s->threads - 1)) == 0);
    }
    head_text(all, count, &rest);
    main_text(all, count, launch, &rest);
    text_add(out, "%s%s", extensions, strstr(rest.data, "Segments") != NULL ? segment : "");
    references_text(rest.data, out);
    text_add_bytes(out, rest.data, rest.bytes);
}
