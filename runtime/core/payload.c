/* Finding and mapping the bytes of an artifact. An artifact that is appended to a program is found
 * by its trailer (rlx/artifact.h). Contract: payload.h.
 */
#include "runtime/core/payload.h"

#include "rlx/artifact.h"
#include "runtime/base/error.h"

#include <elf.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

/* False: the payload ends before, or cannot be read. */
static bool read_at(const struct payload *p, uint64_t at, void *to, size_t bytes)
{
    if (at > p->bytes || bytes > p->bytes - at)
        return false;
    if (p->memory == NULL)
        return pread(p->descriptor, to, bytes, (off_t)(p->offset + at)) == (ssize_t)bytes;
    memcpy(to, p->memory + p->offset + at, bytes);
    return true;
}

rlx_status payload_of_file(struct payload *p, uint64_t bytes, rlx_error *error)
{
    struct stat facts;
    if (fstat(p->descriptor, &facts) != 0)
        return rlx_fail(error, RLX_IO, "%s: %s", p->name, strerror(errno));
    if (!S_ISREG(facts.st_mode))
        return rlx_fail(error, RLX_IO, "%s: expected a regular file%s", p->name,
                        S_ISDIR(facts.st_mode) ? ", found a directory" : "");
    uint64_t file_bytes = (uint64_t)facts.st_size;
    if (file_bytes == 0)
        return rlx_fail(error, RLX_BAD_FILE, "%s: the file is empty", p->name);
    if (p->offset >= file_bytes || bytes > file_bytes - p->offset)
        return rlx_fail(error, RLX_BAD_FILE,
                        "%s: expected %llu bytes from offset %llu on, found a file of %llu bytes",
                        p->name, (unsigned long long)(bytes == 0 ? 1 : bytes),
                        (unsigned long long)p->offset, (unsigned long long)file_bytes);
    p->bytes = bytes == 0 ? file_bytes - p->offset : bytes;
    return RLX_OK;
}

/* Whether a model begins where the program itself ends: behind its table of sections, which linkers
 * put last, and the padding to a page. */
static bool model_follows_program(const struct payload *p)
{
    Elf64_Ehdr elf;
    uint64_t end;
    char magic[8];
    if (!read_at(p, 0, &elf, sizeof elf) || memcmp(elf.e_ident, ELFMAG, SELFMAG) != 0 ||
        __builtin_add_overflow(elf.e_shoff, (uint64_t)elf.e_shnum * elf.e_shentsize + RLX_PAGE - 1,
                               &end))
        return false;
    return read_at(p, end / RLX_PAGE * RLX_PAGE, magic, sizeof magic) &&
           memcmp(magic, RLX_MAGIC, sizeof magic) == 0;
}

/* Reads the trailer of a program that carries an artifact. */
static rlx_status find_trailer(struct payload *p, rlx_error *error)
{
    struct rlx_trailer trailer;
    uint64_t before = p->bytes < sizeof trailer ? 0 : p->bytes - sizeof trailer;
    if (!read_at(p, before, &trailer, sizeof trailer) ||
        memcmp(trailer.magic, RLX_TRAILER_MAGIC, sizeof trailer.magic) != 0) {
        if (model_follows_program(p))
            return rlx_fail(error, RLX_BAD_FILE,
                            "%s: the model in this program is cut off: its trailer is missing",
                            p->name);
        return rlx_fail(error, RLX_NO_MODEL, "%s: no model is appended to this program", p->name);
    }
    /* The check covers the 16 bytes in front of it: where the payload is. */
    if (XXH3_64bits(&trailer.payload_offset, 16) != trailer.check ||
        trailer.payload_offset % RLX_PAGE != 0 || trailer.payload_offset > before ||
        trailer.payload_bytes > before - trailer.payload_offset)
        return rlx_fail(error, RLX_BAD_FILE,
                        "%s: the trailer of the appended model is damaged (offset %llu, %llu bytes "
                        "in a file of %llu)",
                        p->name, (unsigned long long)trailer.payload_offset,
                        (unsigned long long)trailer.payload_bytes, (unsigned long long)p->bytes);
    p->offset += trailer.payload_offset;
    p->bytes = trailer.payload_bytes;
    return RLX_OK;
}

rlx_status payload_find(struct payload *p, bool appended, rlx_error *error)
{
    char magic[SELFMAG];
    if (read_at(p, 0, magic, sizeof magic) && memcmp(magic, ELFMAG, SELFMAG) == 0)
        appended = true;
    return appended ? find_trailer(p, error) : RLX_OK;
}

/* Pages of the machine may be larger than the format's. */
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
