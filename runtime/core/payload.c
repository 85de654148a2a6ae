/* Reads and maps the bytes of an artifact. Contract: payload.h. */
#include "runtime/core/payload.h"

#include "runtime/base/error.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

size_t payload_read(const struct payload *p, uint64_t at, void *to, size_t bytes)
{
    if (at >= p->bytes)
        return 0;
    if (bytes > p->bytes - at)
        bytes = (size_t)(p->bytes - at);
    if (p->memory != NULL) {
        memcpy(to, p->memory + p->offset + at, bytes);
        return bytes;
    }
    ssize_t count = pread(p->descriptor, to, bytes, (off_t)(p->offset + at));
    return count < 0 ? 0 : (size_t)count;
}

rlx_status payload_of_file(struct payload *p, uint64_t bytes, rlx_error *error)
{
    struct stat facts;
    if (fstat(p->descriptor, &facts) != 0)
        return rlx_fail(error, RLX_ERROR_IO, "%s: %s", p->name, strerror(errno));
    if (!S_ISREG(facts.st_mode))
        return rlx_fail(error, RLX_ERROR_IO, "%s: expected a regular file%s", p->name,
                        S_ISDIR(facts.st_mode) ? ", found a directory" : "");
    uint64_t file_bytes = (uint64_t)facts.st_size;
    if (file_bytes == 0)
        return rlx_fail(error, RLX_ERROR_BAD_FILE, "%s: the file is empty", p->name);
    if (p->offset >= file_bytes || bytes > file_bytes - p->offset)
        return rlx_fail(error, RLX_ERROR_BAD_FILE,
                        "%s: expected %llu bytes from offset %llu on, found a file of %llu bytes",
                        p->name, (unsigned long long)(bytes == 0 ? 1 : bytes),
                        (unsigned long long)p->offset, (unsigned long long)file_bytes);
    p->bytes = bytes == 0 ? file_bytes - p->offset : bytes;
    return RLX_OK;
}

/* The machine's pages may be larger than the format's. */
static uint64_t within_page(uint64_t offset)
{
    return offset % (uint64_t)sysconf(_SC_PAGESIZE);
}

void *payload_map(const struct payload *p, uint64_t offset, uint64_t bytes, int protection)
{
    if (p->memory != NULL)
        return (void *)(uintptr_t)(p->memory + p->offset + offset);
    uint64_t before = within_page(p->offset + offset);
    uint8_t *base = mmap(NULL, bytes + before, protection, MAP_PRIVATE, p->descriptor,
                         (off_t)(p->offset + offset - before));
    return base == MAP_FAILED ? NULL : base + before;
}

void *payload_map_code(const struct payload *p, uint64_t offset, uint64_t bytes)
{
    if (p->memory == NULL)
        return payload_map(p, offset, bytes, PROT_READ | PROT_EXEC);
    void *copy = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (copy == MAP_FAILED)
        return NULL;
    memcpy(copy, p->memory + p->offset + offset, bytes);
    if (mprotect(copy, bytes, PROT_READ | PROT_EXEC) == 0)
        return copy;
    int failure = errno;
    munmap(copy, bytes);
    errno = failure;
    return NULL;
}

void payload_unmap(void *at, uint64_t bytes)
{
    if (at == NULL)
        return;
    uint64_t before = within_page((uintptr_t)at);
    munmap((uint8_t *)at - before, bytes + before);
}
