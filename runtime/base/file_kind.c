/* Recognizes files. In: a path; out: the kind of file, judged by its first bytes. */
#include "runtime/base/file_kind.h"

#include "runtime/base/carried.h"

#include <rlx/artifact.h>
#include <rlx/state_format.h>

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool holds(const char *directory, const char *name)
{
    char path[PATH_MAX];
    int bytes = snprintf(path, sizeof path, "%s/%s", directory, name);

    return bytes > 0 && (size_t)bytes < sizeof path && access(path, R_OK) == 0;
}

static enum file_kind kind_of_directory(const char *path)
{
    if (holds(path, "config.json"))
        return FILE_MODEL_DIRECTORY;
    return holds(path, "weights.bin") && holds(path, "kernels.c") ? FILE_SOURCE_FOLDER
                                                                  : FILE_UNKNOWN;
}

/* Whether a text is a graph: its first line that is no comment begins so. */
static bool begins_graph(const uint8_t *text, size_t bytes)
{
    static const char word[] = "graph \"";
    size_t at = 0;

    while (at < bytes && (text[at] == '#' || text[at] == '\n')) {
        while (at < bytes && text[at] != '\n')
            at++;
        at++;
    }
    return at + sizeof word < bytes && memcmp(text + at, word, sizeof word - 1) == 0;
}

static enum file_kind kind_of_bytes(int descriptor)
{
    _Alignas(8) uint8_t first[CARRIED_FIRST_BYTES];
    ssize_t bytes = pread(descriptor, first, sizeof first, 0);
    struct carried carried;

    if (bytes < 9)
        return FILE_UNKNOWN;
    if (memcmp(first, RLX_MAGIC, 8) == 0)
        return FILE_ARTIFACT;
    if (memcmp(first, RLX_STATE_MAGIC, 8) == 0)
        return FILE_SESSION;
    if (memcmp(first, "GGUF", 4) == 0)
        return FILE_GGUF;
    if (begins_graph(first, (size_t)bytes))
        return FILE_GRAPH;
    if (first[8] == '{' && memcmp(first + 4, "\0\0\0", 4) == 0) /* the length of a JSON header */
        return FILE_SAFETENSORS;
    return carried_find(first, (uint64_t)bytes, &carried) ? FILE_PROGRAM : FILE_UNKNOWN;
}

enum file_kind file_kind(const char *path)
{
    struct stat facts;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* does not wait for a pipe */
    enum file_kind kind = FILE_UNKNOWN;

    if (descriptor < 0)
        return kind;
    if (fstat(descriptor, &facts) == 0 && S_ISDIR(facts.st_mode))
        kind = kind_of_directory(path);
    else if (S_ISREG(facts.st_mode))
        kind = kind_of_bytes(descriptor);
    close(descriptor);
    return kind;
}
