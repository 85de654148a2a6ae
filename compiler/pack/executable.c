/* Makes executables. In: the runtime as a statically linked program, and an artifact that is
 * written between begin and end. Out: program, padding to a page, artifact, trailer; the program
 * finds the trailer at its own end.
 */
#include "compiler/pack/executable.h"

#include "compiler/base/file.h"
#include "rlx/artifact.h"

#include <string.h>
#include <unistd.h>
#include <xxhash.h>

bool executable_find_runtime(struct arena *a, const char **path, struct diags *d)
{
    char self[4096];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);

    if (length <= 0)
        return diag_error(
            d, (struct place){0},
            "cannot find out where this program lies; give the runtime with --runtime=PATH");
    self[length] = 0;
    char *slash = strrchr(self, '/');
    int folder_bytes = slash == NULL ? 0 : (int)(slash - self);
    /* Built, it lies beside the compiler; installed, among the files of its own. */
    static const char *const places[] = {"rlx-static", RLX_INSTALLED_RUNTIME};
    for (size_t i = 0; i < countof(places); i++) {
        *path = arena_printf(a, "%.*s/%s", folder_bytes, self, places[i]);
        if (access(*path, R_OK) == 0)
            return true;
    }
    diag_error(d, (struct place){.file = *path}, "the runtime for executables is not there");
    diag_note(d, "nor is it beside rlxc; another place is given with --runtime=PATH");
    return false;
}

bool executable_begin(struct out *out, const char *runtime_path, struct diags *d)
{
    struct file file;

    if (!file_map(runtime_path, &file, d))
        return false;
    bool good = true;
    if (file.bytes < 64 || memcmp(file.data, "\177ELF", 4) != 0)
        good = diag_error(d, (struct place){.file = runtime_path},
                          "expected the runtime as an ELF program, found something else");
    good = good && out_write(out, file.data, file.bytes) && out_pad(out, RLX_PAGE);
    file_unmap(&file);
    return good;
}

bool executable_end(struct out *out, uint64_t payload_offset)
{
    struct rlx_trailer trailer = {.payload_offset = payload_offset,
                                  .payload_bytes = out->bytes - payload_offset};

    memcpy(trailer.magic, RLX_TRAILER_MAGIC, sizeof trailer.magic);
    trailer.check = XXH3_64bits(&trailer.payload_offset, 16);
    return out_write(out, &trailer, sizeof trailer);
}
