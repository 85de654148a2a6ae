/* Maps files. In: a path; out: bytes that stay valid until file_unmap. */
#include "compiler/base/file.h"

#include "runtime/base/used_files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a clone without Git LFS has instead of a large file. */
static bool is_lfs_pointer(const struct file *f)
{
    static const char first[] = "version https://git-lfs.github.com/spec/";

    return f->bytes >= sizeof first - 1 && memcmp(f->data, first, sizeof first - 1) == 0;
}

bool file_is_named(const char *path)
{
    struct stat status;

    return lstat(path, &status) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

static bool cannot_open(const char *path, int reason, struct diags *d)
{
    struct place at = {.file = path};

    if (reason == ENOENT && file_is_named(path))
        return diag_error(d, at, "expected a file, found a symbolic link that leads nowhere");
    return diag_error(d, at, "cannot be opened: %s", strerror(reason));
}

bool file_map(const char *path, struct file *out, struct diags *d)
{
    struct place at = {.file = path};
    struct stat status;

    *out = (struct file){.path = arena_printf(d->arena, "%s", path)};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe must not be waited for */
    if (fd < 0)
        return cannot_open(path, errno, d);
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        close(fd);
        return diag_error(d, at, "expected a regular file");
    }
    out->bytes = (uint64_t)status.st_size;
    if (out->bytes != 0) {
        void *data = mmap(NULL, out->bytes, PROT_READ, MAP_PRIVATE, fd, 0);
        if (data == MAP_FAILED) {
            int reason = errno;
            close(fd);
            return diag_error(d, at, "cannot be mapped: %s", strerror(reason));
        }
        out->data = data;
    }
    out->use = used_file_map(fd, path, out->data, out->bytes);
    close(fd);
    if (is_lfs_pointer(out)) {
        file_unmap(out);
        return diag_error(d, at,
                          "a pointer of Git LFS, not the file itself: git lfs pull fetches it");
    }
    return true;
}

void file_unmap(struct file *f)
{
    used_file_unmap(f->use);
    if (f->data != NULL)
        munmap((void *)(uintptr_t)f->data, f->bytes);
    f->use = NULL;
    f->data = NULL;
    f->bytes = 0;
}

void file_want(const struct file *f, uint64_t offset, uint64_t bytes)
{
#ifdef MADV_POPULATE_READ /* Linux 5.14; an older one reads page by page */
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), first = offset / page * page;

    if (f->data != NULL)
        madvise((void *)(uintptr_t)(f->data + first), offset + bytes - first, MADV_POPULATE_READ);
#else
    (void)f, (void)offset, (void)bytes;
#endif
}

void file_drop(const struct file *f, uint64_t offset, uint64_t bytes)
{
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    uint64_t first = round_up(offset, page), last = (offset + bytes) / page * page;

    if (f->data != NULL && first < last)
        madvise((void *)(uintptr_t)(f->data + first), last - first, MADV_DONTNEED);
}
