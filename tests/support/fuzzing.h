/* For fuzz entries: a model to import into, and bytes as a file with a path that is not on a
 * disk. */
#ifndef TESTS_FUZZING_H
#define TESTS_FUZZING_H

#include "tests/support/importing.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct fuzz_file {
    int fd;
    char path[64];
};

static inline void fuzz_file_open(struct fuzz_file *f, const uint8_t *data, size_t bytes)
{
    f->fd = memfd_create("fuzz", MFD_CLOEXEC);
    if (f->fd < 0 || (bytes != 0 && write(f->fd, data, bytes) != (ssize_t)bytes))
        abort();
    snprintf(f->path, sizeof f->path, "/proc/self/fd/%d", f->fd);
}

static inline void fuzz_file_close(struct fuzz_file *f)
{
    close(f->fd);
}

/* Checks what was accepted: every tensor's bytes are readable, and there is no error. Sums some
 * bytes, so that they are read. */
static inline void fuzz_check(const struct importing *i, bool good)
{
    volatile uint8_t sum = 0;

    if (good != (i->diags.error_count == 0))
        abort();
    for (uint32_t t = 0; good && t < i->model.tensor_count; t++) {
        const struct tensor *tensor = &i->model.tensors[t];
        uint8_t *room = malloc(tensor_row_bytes(tensor));
        for (uint32_t end = 0; end < 2; end++) { /* the first and the last byte */
            const uint8_t *row =
                model_row(&i->model, tensor, end * (tensor_rows(tensor) - 1), room);
            sum = (uint8_t)(sum + row[end * (tensor_row_bytes(tensor) - 1)]);
        }
        free(room);
    }
    (void)sum;
}

#endif
