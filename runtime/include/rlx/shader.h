/* The calling interface of compute shaders: what a kernel of the target "vulkan" sees. Stands alone;
 * the compiler and the runtime include it. A kernel is a SPIR-V module for Vulkan 1.2 with the entry
 * point "main" and no descriptors: it reaches memory by device addresses alone. A workgroup computes
 * one tile of the step (rlx_step: tiles), gl_WorkGroupID.x says which.
 */
#ifndef RLX_SHADER_H
#define RLX_SHADER_H

#include "rlx/kernel.h"

enum { RLX_SHADER_TILES_MAX = 65535 }; /* workgroups that every device can launch in x */

/* Push constants. */
struct rlx_shader_launch {
    uint64_t
        args; /* address of uint64_t [slots]: addresses, as rlx_launch.args has them. Those in the
                      homes STATE, CARRIED_IN and CARRIED_OUT are offsets in their home, to which a
                      segment's state, carried_in or carried_out, absolute addresses here, are added */
    uint64_t dims; /* address of int64_t [RLX_DIM_COUNT] */
    uint32_t values[RLX_LAUNCH_VALUES];
};
_Static_assert(sizeof(struct rlx_shader_launch) == 64, "half of what every device has");

/* Features that a level needs: rlx_level.features of the target "vulkan". Vulkan 1.2, 64-bit
 * integers, buffer device addresses and the scalar block layout are always needed. */
enum rlx_shader_feature {
    RLX_SHADER_STORAGE_8BIT = 1 << 0,  /* storageBuffer8BitAccess, shaderInt8 */
    RLX_SHADER_STORAGE_16BIT = 1 << 1, /* storageBuffer16BitAccess, shaderInt16 */
    RLX_SHADER_FLOAT16 = 1 << 2,
    RLX_SHADER_INTEGER_DOT = 1 << 3,
    RLX_SHADER_SUBGROUP_QUADS = 1 << 4, /* in compute shaders; a quad is four invocations that
                                           follow each other in a subgroup */
    /* The device is a program on the processor. Code for it runs elsewhere, too, but slowly. */
    RLX_SHADER_SOFTWARE = 1 << 5,
};

#endif
