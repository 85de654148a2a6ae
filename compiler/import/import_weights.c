/* Weights alone, for a graph that comes from elsewhere. In: a safetensors file, a directory of such
 * files, or a GGUF file; out: tensors under the names that the files give them. */
#include "compiler/import/import.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static bool import_file(const char *path, struct model *m, struct diags *d)
{
    uint32_t file = m->file_count;

    if (!model_map_file(m, path, &file, d))
        return false;
    if (m->files[file].bytes >= 4 && memcmp(m->files[file].data, "GGUF", 4) == 0)
        return import_gguf_tensors(file, m, d);
    m->format = "safetensors";
    return safetensors_read_mapped(m, file, d) && model_check_tensors(m, d);
}

bool import_weights(const char *path, struct model *m, struct diags *d)
{
    struct stat status;

    m->path = arena_printf(m->arena, "%s", path);
    if (stat(path, &status) != 0)
        return diag_error(d, (struct place){.file = path},
                          "expected a safetensors file, a directory of them or a GGUF file, found: "
                          "%s",
                          strerror(errno));
    if (!S_ISDIR(status.st_mode))
        return import_file(path, m, d);
    m->format = "safetensors";
    return safetensors_read_directory(path, m, d) && model_check_tensors(m, d);
}
