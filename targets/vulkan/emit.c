/* Compiles kernels to SPIR-V. In: descriptions of kernels; out: one image, modules one after the
 * other. Each of `threads` threads takes the next kernel, so a module depends on its kernel alone.
 */
#include "targets/vulkan/vulkan.h"

#include "compiler/base/threads.h"

#include <glslang/build_info.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { MODULE_ALIGN = 16, MODULE_BYTES_MAX = 1 << 20 /* in the build cache */ };

struct work {
    const struct lir_kernel *kernels;
    const char **names;
    struct vulkan_module *modules; /* by kernel */
    char **glsl;                   /* by kernel; NULL: not asked for */
    uint32_t count;
    bool keeps_glsl, assembly;
    struct build_cache *build_cache; /* NULL: none */
    atomic_uint next;
};

/* A module has the code of a kernel and of its tails. */
static uint32_t launch_of(const struct work *w, uint32_t index,
                          const struct lir_kernel *out[LIR_LAUNCH_MAX])
{
    return lir_launch_kernels(w->kernels, w->count, &w->kernels[index], out);
}

/* The printers are part of the program, whose digest the build cache adds. */
static struct build_cache_key module_key(const struct work *w, uint32_t index)
{
    static const uint32_t version[] = {GLSLANG_VERSION_MAJOR, GLSLANG_VERSION_MINOR,
                                       GLSLANG_VERSION_PATCH};
    const struct lir_kernel *launch[LIR_LAUNCH_MAX];
    const uint32_t count = launch_of(w, index, launch);
    struct build_cache_mixer mixer = build_cache_mix_begin(w->build_cache, "vulkan kernel");

    build_cache_mix(&mixer, version, sizeof version);
    for (uint32_t i = 0; i < count; i++)
        build_cache_mix(&mixer, launch[i], lir_kernel_bytes(launch[i]));
    return build_cache_mix_end(&mixer);
}

static bool find_module(struct work *w, const struct build_cache_key *key, struct vulkan_module *m)
{
    m->words = malloc(MODULE_BYTES_MAX);
    if (m->words != NULL &&
        build_cache_find(w->build_cache, key, m->words, MODULE_BYTES_MAX, &m->bytes))
        return true;
    free(m->words);
    m->words = NULL;
    return false;
}

static void compile_one(struct work *w, uint32_t index)
{
    struct arena scratch = {0};
    struct text glsl = {.arena = &scratch};
    const struct lir_kernel *launch[LIR_LAUNCH_MAX];

    vulkan_shader_text(launch, launch_of(w, index, launch), &glsl);
    vulkan_compile(glsl.data, w->assembly, &w->modules[index]);
    if (w->keeps_glsl)
        w->glsl[index] = strndup(glsl.data, glsl.bytes);
    arena_free(&scratch);
}

static void compile_all(void *argument)
{
    struct work *w = argument;

    for (uint32_t i; (i = atomic_fetch_add(&w->next, 1)) < w->count;) {
        struct vulkan_module *m = &w->modules[i];
        struct build_cache_key key;
        if (w->kernels[i].tail != 0) /* its code stands in another module */
            continue;
        if (w->build_cache != NULL)
            key = module_key(w, i);
        if (w->build_cache != NULL && !w->keeps_glsl && !w->assembly && find_module(w, &key, m))
            continue;
        compile_one(w, i);
        if (w->build_cache != NULL && m->error == NULL && m->bytes <= MODULE_BYTES_MAX)
            build_cache_store(w->build_cache, &key, m->words, m->bytes);
    }
}

static void write_dumps(const struct work *w, const struct target_dump *dump, uint32_t i)
{
    const struct vulkan_module *m = &w->modules[i];

    if (w->glsl[i] != NULL)
        dump->write(dump->context, w->names[i], "glsl", w->glsl[i], strlen(w->glsl[i]));
    if (m->error != NULL || m->words == NULL)
        return;
    if (dump->spv)
        dump->write(dump->context, w->names[i], "spv", (const char *)m->words, m->bytes);
    if (m->assembly != NULL)
        dump->write(dump->context, w->names[i], "spvasm", m->assembly, strlen(m->assembly));
}

static bool collect(const struct work *w, const struct target_dump *dump, struct arena *a,
                    struct target_code *out, struct diags *d)
{
    bool fine = true;

    out->image_bytes = 0;
    for (uint32_t i = 0; i < w->count; i++) {
        const struct vulkan_module *m = &w->modules[i];
        if (dump != NULL)
            write_dumps(w, dump, i);
        if (m->error != NULL)
            fine = diag_error(d, (struct place){.object = w->names[i]}, "glslang failed on it: %s",
                              m->error);
        out->entry[i] = out->image_bytes;
        out->code_bytes[i] = m->bytes;
        out->image_bytes += round_up(m->bytes, MODULE_ALIGN);
    }
    if (!fine)
        return false;
    out->image = arena_new(a, uint8_t, out->image_bytes);
    for (uint32_t i = 0; i < w->count; i++)
        if (w->modules[i].bytes != 0)
            memcpy(out->image + out->entry[i], w->modules[i].words, w->modules[i].bytes);
    return true;
}

bool vulkan_emit(const struct lir_kernel *kernels, uint32_t count, uint32_t threads,
                 const struct target_dump *dump, struct arena *a, struct target_code *out,
                 struct diags *d)
{
    struct work w = {.kernels = kernels, .count = count};

    w.names = arena_new(a, const char *, count);
    w.modules = arena_new(a, struct vulkan_module, count);
    w.glsl = arena_new(a, char *, count);
    w.keeps_glsl = dump != NULL && dump->glsl;
    w.assembly = dump != NULL && dump->spvasm;
    w.build_cache = dump != NULL ? dump->build_cache : NULL;
    for (uint32_t i = 0; i < count; i++)
        w.names[i] = lir_kernel_name(a, &kernels[i]);
    out->entry = arena_new(a, uint64_t, count);
    out->code_bytes = arena_new(a, uint64_t, count);
    threads_run(compile_all, &w, min_u64(threads, w.count));
    const bool fine = collect(&w, dump, a, out, d);
    for (uint32_t i = 0; i < count; i++) {
        free(w.modules[i].words);
        free(w.modules[i].assembly);
        free(w.modules[i].error);
        free(w.glsl[i]);
    }
    return fine;
}
