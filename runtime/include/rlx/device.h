/* Devices: what this program can run models on. Include <rlx/rlx.h>.
 *
 * A session or an instance names its device: "cpu", "vulkan" or "vulkan:1" (with its number), or
 * "auto", which takes the best GPU that Vulkan shows if it can run the model and has the memory for
 * it, and else the CPU. Vulkan devices need the system's Vulkan loader (libvulkan.so.1) and a driver
 * when the program runs. They compile shaders while weights are copied to them, and those that a
 * variant lacks when it first runs, which takes time and memory then; what they compiled stays in
 * the user's folder of caches. A device that was lost stays lost: its sessions can only be closed,
 * and new ones opened. */
#ifndef RLX_DEVICE_H
#define RLX_DEVICE_H

#include <rlx/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The library makes these; strings live as long as the call of rlx_device_fn. */
typedef struct {
    uint32_t struct_bytes;
    uint32_t is_usable;    /* 0: `missing` says why it cannot run models */
    const char *name;      /* "cpu", "vulkan:0": rlx_session_options.device */
    const char *title;     /* what its maker calls it; "" if there is no such device here */
    const char *type;      /* "cpu", "discrete GPU", "integrated GPU", "virtual GPU", "software" */
    const char *driver;    /* with its version; "" of the CPU */
    const char *missing;   /* what it lacks, or why there is none; "": nothing */
    uint64_t memory_bytes; /* of its own memory; 0: not known */
    const char *features;  /* that code may need (rlxc inspect), with commas: "avx2, fma", and
                              "integer-dot (in software)" where that is no faster than without */
} rlx_device_info;
RLX_DEFAULT_IS_ZERO(rlx_device_info)

typedef rlx_go (*rlx_device_fn)(void *context, const rlx_device_info *info);
/* Calls on_device for each device of this machine; for a kind that it cannot look for, once, with
 * the reason. */
RLX_API rlx_status rlx_devices_list(rlx_device_fn on_device, void *context, rlx_error *error);

#ifdef __cplusplus
}
#endif

#endif
