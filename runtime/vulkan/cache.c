/* Pipelines that earlier processes have made. In: the device, and the digest of a level's image.
 * Out: a file in the user's folder of caches, which may be deleted at any time. A file that is
 * damaged or another driver's is not used, and replaced. Contract: device_parts.h. */
#include "runtime/vulkan/device_parts.h"

#include "runtime/base/atomic_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <xxhash.h>

enum { PATH_BYTES = 512, CACHE_MAX = 256 << 20 };

/* The file. */
struct stored {
    uint64_t digest; /* XXH3-64 of the data */
    uint8_t data[];  /* what the driver gave */
};

/* "$XDG_CACHE_HOME" or "$HOME/.cache"; false: the user has no such folder. */
static bool cache_root(char path[PATH_BYTES])
{
    const char *caches = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    int bytes;
    if (caches != NULL && caches[0] == '/')
        bytes = snprintf(path, PATH_BYTES, "%s", caches);
    else if (home != NULL && home[0] == '/')
        bytes = snprintf(path, PATH_BYTES, "%s/.cache", home);
    else
        return false;
    return bytes > 0 && bytes < PATH_BYTES;
}

/* Makes it, and the folder "rlx" in it, where only the last of their names is new. */
static void make_folders(void)
{
    char path[PATH_BYTES];
    if (!cache_root(path))
        return;
    mkdir(path, 0700);
    const size_t used = strlen(path);
    if (used + sizeof "/rlx" <= PATH_BYTES)
        memcpy(path + used, "/rlx", sizeof "/rlx");
    mkdir(path, 0700);
}

/* "ROOT/rlx/vulkan-UUID-DRIVER-DIGEST": what the driver compiles depends on all three. */
static bool cache_path(const struct vulkan *v, uint64_t digest, char path[PATH_BYTES])
{
    char uuid[2 * VK_UUID_SIZE + 1];
    if (!cache_root(path))
        return false;
    for (uint32_t i = 0; i < VK_UUID_SIZE; i++)
        snprintf(uuid + (size_t)2 * i, 3, "%02x", v->facts.uuid[i]);
    const size_t used = strlen(path);
    const int bytes = snprintf(path + used, PATH_BYTES - used, "/rlx/vulkan-%s-%x-%x-%x-%016llx",
                               uuid, v->facts.vendor, v->facts.device, v->facts.driver_version,
                               (unsigned long long)digest);
    return bytes > 0 && (size_t)bytes < PATH_BYTES - used;
}

/* NULL: there is no such file. */
static void *read_file(const char *path, size_t *bytes)
{
    FILE *file = fopen(path, "rb");
    long end = -1;
    void *data = NULL;
    *bytes = 0;
    if (file == NULL)
        return NULL;
    if (fseek(file, 0, SEEK_END) == 0)
        end = ftell(file);
    if (end > 0 && end <= CACHE_MAX && fseek(file, 0, SEEK_SET) == 0)
        data = malloc((size_t)end);
    if (data != NULL)
        *bytes = fread(data, 1, (size_t)end, file);
    fclose(file);
    return data;
}

/* Whether it is what this driver made: drivers check little of it, and some of them fail. */
static bool is_ours(const struct vulkan *v, const struct stored *s, size_t bytes)
{
    VkPipelineCacheHeaderVersionOne header;
    if (bytes < sizeof *s + sizeof header)
        return false;
    memcpy(&header, s->data, sizeof header);
    return s->digest == XXH3_64bits(s->data, bytes - sizeof *s) &&
           header.headerVersion == VK_PIPELINE_CACHE_HEADER_VERSION_ONE &&
           header.vendorID == v->facts.vendor && header.deviceID == v->facts.device &&
           memcmp(header.pipelineCacheUUID, v->facts.uuid, VK_UUID_SIZE) == 0;
}

void vulkan_cache_open(struct vulkan *v, uint64_t image_digest)
{
    char path[PATH_BYTES];
    VkPipelineCacheCreateInfo info = {.sType = VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO};
    struct stored *stored = NULL;
    size_t bytes = 0;
    if (cache_path(v, image_digest, path))
        stored = read_file(path, &bytes);
    if (stored != NULL && is_ours(v, stored, bytes)) {
        info.initialDataSize = bytes - sizeof *stored;
        info.pInitialData = stored->data;
    }
    VkResult result = VK_SUCCESS;
    VULKAN_CREATE(v, result, PipelineCache, &info, &v->cache);
    v->cache_bytes = info.initialDataSize;
    free(stored);
}

static void write_file(const char *path, const void *data, size_t bytes)
{
    struct atomic_file file;
    make_folders();
    if (atomic_file_open(&file, path, 0) != 0)
        return;
    const int failure = fwrite(data, 1, bytes, file.file) == bytes ? 0 : EIO;
    atomic_file_close(&file, failure, 0, false);
}

void vulkan_cache_store(struct vulkan *v, uint64_t image_digest)
{
    char path[PATH_BYTES];
    size_t bytes = 0;
    if (v->cache == VK_NULL_HANDLE || !cache_path(v, image_digest, path) ||
        v->GetPipelineCacheData(v->handle, v->cache, &bytes, NULL) != VK_SUCCESS ||
        bytes <= v->cache_bytes || bytes > CACHE_MAX)
        return;
    struct stored *stored = malloc(sizeof *stored + bytes);
    if (stored != NULL &&
        v->GetPipelineCacheData(v->handle, v->cache, &bytes, stored->data) == VK_SUCCESS) {
        stored->digest = XXH3_64bits(stored->data, bytes);
        write_file(path, stored, sizeof *stored + bytes);
        v->cache_bytes = bytes;
    }
    free(stored);
}
