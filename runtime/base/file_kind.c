/* Recognizes files. In: a path; out: what lies there, as far as a few bytes of it tell. */
#include "runtime/base/file_kind.h"

#include <rlx/artifact.h>
#include <rlx/state_format.h>

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum file_kind kind_of_directory(const char *path)
{
    char config[PATH_MAX];
    int bytes = snprintf(config, sizeof config, "%s/config.json", path);

    return bytes > 0 && (size_t)bytes < sizeof config && access(config, R_OK) == 0
               ? FILE_MODEL_DIRECTORY
               : FILE_UNKNOWN;
}

static enum file_kind kind_of_bytes(int descriptor, off_t bytes)
{
    char first[9] = {0}, last[sizeof(struct rlx_trailer)] = {0};
    off_t end = bytes - (off_t)sizeof last;

    if (pread(descriptor, first, sizeof first, 0) != (ssize_t)sizeof first)
        return FILE_UNKNOWN;
    if (memcmp(first, RLX_MAGIC, 8) == 0)
        return FILE_ARTIFACT;
    if (memcmp(first, RLX_STATE_MAGIC, 8) == 0)
        return FILE_SESSION;
    if (memcmp(first, "GGUF", 4) == 0)
        return FILE_GGUF;
    if (first[8] == '{' && memcmp(first + 4, "\0\0\0", 4) == 0) /* the length of a header of JSON */
        return FILE_SAFETENSORS;
    if (memcmp(first, "\177ELF", 4) == 0 && end > 0 &&
        pread(descriptor, last, sizeof last, end) == (ssize_t)sizeof last &&
        memcmp(((struct rlx_trailer *)(void *)last)->magic, RLX_TRAILER_MAGIC, 8) == 0)
        return FILE_PROGRAM;
    return FILE_UNKNOWN;
}

enum file_kind file_kind(const char *path)
{
    struct stat facts;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe is not waited for */
    enum file_kind kind = FILE_UNKNOWN;

    if (descriptor < 0)
        return kind;
    if (fstat(descriptor, &facts) == 0 && S_ISDIR(facts.st_mode))
        kind = kind_of_directory(path);
    else if (S_ISREG(facts.st_mode))
        kind = kind_of_bytes(descriptor, facts.st_size);
    close(descriptor);
    return kind;
}
