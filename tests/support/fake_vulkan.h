/* A Vulkan loader, a driver and a GPU that is not there, as libvulkan.so.1: for tests of what goes
 * wrong. In: words that say what the device is and which calls fail. Out: memory and copies that
 * work, and shaders that do nothing. Programs are linked with it, or find it by LD_LIBRARY_PATH.
 *
 * It is as unkind as Vulkan allows. Commands run when somebody waits for them, not before; new
 * memory holds rubbish; a call that fails leaves a handle that must not be used. It aborts the
 * program, with a sentence, where a handle is wrong, something is destroyed that commands still
 * use, or a device is destroyed before what belongs to it.
 *
 * Words, separated by spaces, from fake_vulkan_set or from the environment variable
 * RLX_FAKE_VULKAN:
 *   no-device no-queue            there is none
 *   no-budget no-import           without VK_EXT_memory_budget, VK_EXT_external_memory_host
 *   integrated software           what it is: the device and the host share their memory, it is
 *                                 no GPU
 *   loader=1.1 device=1.1         versions; 1.3
 *   lacks=shaderInt64 lacks=quads features; it has all others that rlx knows
 *   missing=vkCmdFillBuffer       a function
 *   memory=64 free=16             MiB of the device; of them so many can be had
 *   vkQueueSubmit@3=lost          the third call fails: lost, host-memory, device-memory, map,
 *                                 shader, no-driver, failed
 *   vkAllocateMemory@3+=failed    all calls from the third on
 * A device that was lost once stays lost.
 */
#ifndef TESTS_FAKE_VULKAN_H
#define TESTS_FAKE_VULKAN_H

#include <stddef.h>
#include <stdint.h>

/* Counts begin anew. */
void fake_vulkan_set(const char *words);
/* Calls of a function since then. */
uint32_t fake_vulkan_calls(const char *function);
/* Objects that exist. */
uint32_t fake_vulkan_objects(void);
/* The initial data of the newest pipeline cache. */
size_t fake_vulkan_cache_bytes(void);

#endif
