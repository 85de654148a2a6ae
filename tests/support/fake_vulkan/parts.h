/* The parts of a Vulkan device that is not there. words.c reads what it shall be and which calls
 * fail, objects.c makes what handles name; device.c, memory.c, pipelines.c and commands.c are
 * Vulkan's functions. Contract: tests/support/fake_vulkan.h.
 */
#ifndef TESTS_FAKE_VULKAN_PARTS_H
#define TESTS_FAKE_VULKAN_PARTS_H

#include "tests/support/fake_vulkan.h"

#include <vulkan/vulkan_core.h> /* with prototypes */

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

enum { MIB = 1 << 20, HEAPS = 2 };

/* Of counts, of all objects, and of the bytes of caches. */
extern pthread_mutex_t fake_lock;

/* ---- words.c ---- */

bool has_word(const char *word);
/* "NAME=VALUE" */
bool has_value(const char *name, const char *value);
/* MiB, in bytes. */
uint64_t amount(const char *name, uint64_t otherwise);
/* Of "loader" or "device". */
uint32_t version(const char *name);
bool shares_memory(void);
/* Counts a call: VK_SUCCESS, or the failure that the words want. */
VkResult call(const char *function);
/* Ends the program: it uses Vulkan wrongly. */
_Noreturn void broken(const char *what);

/* ---- objects.c ---- */

enum kind {
    GONE,
    INSTANCE,
    DEVICE,
    FENCE,
    BUFFER,
    MEMORY,
    MODULE,
    LAYOUT,
    CACHE,
    PIPELINE,
    POOL,
    COMMAND
};

/* A fill, a copy, or a shader. */
struct op {
    struct object *to, *from; /* buffers; a fill has no `from` */
    uint64_t to_offset, from_offset, bytes;
};

struct object {
    enum kind kind;
    struct object *device;
    struct object *next; /* command: of its pool; pool: its first command */
    bool is_pending;     /* command: it was submitted, and nobody has waited for it */
    bool is_signaled;    /* fence */
    bool is_recorded;    /* command */
    bool is_imported;    /* memory */
    struct object *memory;
    uint64_t bytes; /* of memory and buffers; imported: 0 */
    uint8_t *data;
    uint32_t heap;
    struct op *ops; /* command */
    uint32_t op_count;
    /* device */
    bool is_lost;
    uint32_t objects, pending_count;
    struct {
        struct object *command, *fence; /* fence NULL: that of a later one */
    } pending[256];
};

/* What a failing call leaves. */
#define RUBBISH ((struct object *)(uintptr_t)0x6666666666666666)

/* The object of a handle; a wrong handle ends the program. */
struct object *get(const void *handle, enum kind kind);
#define GET(handle, kind) get((const void *)(handle), kind)

/* VK_SUCCESS, or what the words say, with rubbish in `out`. */
VkResult make(const char *function, VkDevice device, enum kind kind, struct object **out);

/* Of a handle that may be NULL. */
void drop(const void *handle, enum kind kind);
#define DROP(handle, kind) drop((const void *)(handle), kind)

/* ---- memory.c ---- */

/* Where bytes of a buffer are; past its end: ends the program. */
uint8_t *bytes_of(const struct object *buffer, uint64_t offset, uint64_t bytes);

#endif
