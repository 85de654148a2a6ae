/* glslang and SPIRV-Tools remember their results, as LLVM does (reuse_code.c): under a sanitizer they
 * take ten times as long, most of it in its allocator. The linker puts this in the place of
 * vulkan_compile (--wrap). The key is the text of the shader. Texts with errors, and those whose
 * assembly is wanted, are always compiled.
 */
#include "tests/support/reuse.h"

#include "targets/vulkan/vulkan.h"

#include <string.h>

void __real_vulkan_compile(const char *glsl, bool assembly, struct vulkan_module *out);
void __wrap_vulkan_compile(const char *glsl, bool assembly, struct vulkan_module *out);

static bool find(const char *path, struct vulkan_module *out)
{
    FILE *file = fopen(path, "rb");

    if (file == NULL)
        return false;
    if (fseek(file, 0, SEEK_END) != 0)
        abort();
    *out = (struct vulkan_module){.bytes = (uint64_t)ftell(file)};
    rewind(file);
    out->words = malloc(out->bytes + 1);
    if (out->words == NULL || fread(out->words, 1, out->bytes, file) != out->bytes)
        abort();
    fclose(file);
    return true;
}

void __wrap_vulkan_compile(const char *glsl, bool assembly, struct vulkan_module *out)
{
    char path[REUSE_PATH_BYTES];

    if (!reuse_is_on() || assembly) {
        __real_vulkan_compile(glsl, assembly, out);
        return;
    }
    reuse_path(XXH3_128bits(glsl, strlen(glsl)), path);
    if (find(path, out))
        return;
    __real_vulkan_compile(glsl, assembly, out);
    if (out->error == NULL)
        reuse_keep(path, out->words, out->bytes);
}
