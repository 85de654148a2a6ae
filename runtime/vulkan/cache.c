/* Pipelines that earlier processes have made. In: the device, and the digest of a level's image.
 * Out: a file in the user's folder of caches, which may be deleted at any time; drivers check what
 * is in it. Contract: device_parts.h. */
#include "runtime/vulkan/device_parts.h"

#include "runtime/base/atomic_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_BYTES = 512, CACHE_MAX = 256 << 20 };

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

void vulkan_cache_open(struct vulkan *v, uint64_t digest)
{
    char path[PATH_BYTES];
    VkPipelineCacheCreateInfo info = {.sType = VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO};
    void *data = NULL;
    if (cache_path(v, digest, path))
        data = read_file(path, &info.initialDataSize);
    info.pInitialData = data;
    if (v->CreatePipelineCache(v->handle, &info, NULL, &v->cache) != VK_SUCCESS)
        v->cache = VK_NULL_HANDLE;
    v->cache_bytes = info.initialDataSize;
    free(data);
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

void vulkan_cache_store(struct vulkan *v, uint64_t digest)
{
    char path[PATH_BYTES];
    size_t bytes = 0;
    if (v->cache == VK_NULL_HANDLE || !cache_path(v, digest, path) ||
        v->GetPipelineCacheData(v->handle, v->cache, &bytes, NULL) != VK_SUCCESS ||
        bytes <= v->cache_bytes || bytes > CACHE_MAX)
        return;
    void *data = malloc(bytes);
    if (data != NULL && v->GetPipelineCacheData(v->handle, v->cache, &bytes, data) == VK_SUCCESS) {
        write_file(path, data, bytes);
        v->cache_bytes = bytes;
    }
    free(data);
}
