/* Opens a model. In: a path, a descriptor or memory. Out: a model: the artifact mapped and checked
 * once, the level of code for this machine chosen, its image mapped executable if it is machine
 * code. Weights are mapped but not read. */
#include "runtime/core/model.h"

#include "runtime/base/error.h"
#include "runtime/core/carrier.h"
#include "runtime/core/device.h"
#include "runtime/text/chat.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* The system then reads what is not yet in memory in pieces that it can map as large pages; the
 * compiler writes files in such pieces (compiler/base/out.c). If the system cannot do that, nothing
 * is lost. */
static void ask_for_large_pages(const rlx_model *m)
{
#ifdef MADV_HUGEPAGE
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), before = (uintptr_t)m->file % page;
    madvise((uint8_t *)m->file - before, m->file_bytes + before, MADV_HUGEPAGE);
#else
    (void)m;
#endif
}

static rlx_status map_code(rlx_model *m, const struct payload *p, rlx_error *error)
{
    if (m->level == NULL)
        return RLX_OK;
    m->code_bytes = m->level->image_bytes;
    if (m->level->machine == 0 || m->code_bytes == 0)
        return RLX_OK;
    m->code = payload_map_code(p, m->level->image_offset, m->code_bytes);
    if (m->code == NULL)
        return rlx_fail(error, RLX_ERROR_IO, "%s: the code cannot be mapped executable: %s%s",
                        p->name, strerror(errno),
                        errno == EPERM ? " (is its file system mounted noexec?)" : "");
    if (!m->is_borrowed)
        m->code_use = used_file_map(p->descriptor, p->name, m->code, m->code_bytes);
    return RLX_OK;
}

static rlx_status copy_texts(rlx_model *m, const char *name, rlx_error *error)
{
    uint64_t bytes = m->artifact.manifest.bytes;
    m->manifest = malloc(bytes + 1);
    m->name = strdup(name);
    if (m->manifest == NULL || m->name == NULL)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "%s: no memory for a manifest of %llu bytes",
                        name, (unsigned long long)bytes);
    if (bytes != 0)
        memcpy(m->manifest, m->artifact.manifest.data, bytes);
    m->manifest[bytes] = 0;
    return RLX_OK;
}

static rlx_status open_text(rlx_model *m, const char *name, rlx_error *error)
{
    const struct span *vocabulary = &m->artifact.tokenizer, *template = &m->artifact.template;
    rlx_error inner = {0};
    rlx_status status = RLX_OK;
    if (vocabulary->data != NULL)
        status = tokenizer_open(&m->tokenizer, vocabulary->data, vocabulary->bytes, &inner);
    if (status == RLX_OK && template->data != NULL)
        status = template_open(&m->template, template->data, template->bytes, &inner);
    if (status != RLX_OK)
        return rlx_fail(error, status, "%s: %s", name, inner.text);
    return RLX_OK;
}

static rlx_status map_payload(rlx_model *m, const struct payload *p, rlx_error *error)
{
    m->file_bytes = p->bytes;
    m->file = payload_map(p, 0, p->bytes, PROT_READ);
    m->is_borrowed = p->memory != NULL;
    if (m->file == NULL)
        return rlx_fail(error, RLX_ERROR_IO, "%s: %llu bytes cannot be mapped: %s", p->name,
                        (unsigned long long)p->bytes, strerror(errno));
    if (!m->is_borrowed) {
        m->file_use = used_file_map(p->descriptor, p->name, m->file, p->bytes);
        ask_for_large_pages(m);
    }
    return RLX_OK;
}

/* Of the first device that the model has code for. Its tables are checked; those of others are when
 * a device runs them, and by rlx_model_verify. */
static rlx_status choose_level(rlx_model *m, const char *name, rlx_error *error)
{
    const struct artifact *a = &m->artifact;
    rlx_status status = device_list[0]->choose_level(a, name, &m->level, error);
    for (size_t i = 1; status != RLX_OK && device_list[i] != NULL; i++)
        if (device_list[i]->choose_level(a, name, &m->level, NULL) == RLX_OK)
            status = RLX_OK;
    if (status == RLX_OK && m->level != NULL)
        status = artifact_check_level(name, a, table_index(&a->levels, m->level), error);
    return status;
}

static rlx_status fill_model(rlx_model *m, struct payload *p, rlx_error *error)
{
    rlx_status status = carrier_find_model(p, error);
    if (status == RLX_OK)
        status = map_payload(m, p, error);
    if (status == RLX_OK)
        status = artifact_check(p->name, m->file, p->bytes, &m->artifact, error);
    if (status == RLX_OK)
        status = open_text(m, p->name, error);
    if (status == RLX_OK)
        status = choose_level(m, p->name, error);
    if (status == RLX_OK)
        status = map_code(m, p, error);
    if (status == RLX_OK)
        status = copy_texts(m, p->name, error);
    return status;
}

static rlx_status open_payload(struct payload *p, rlx_model **out, rlx_error *error)
{
    rlx_model *m = calloc(1, sizeof *m);
    if (m == NULL)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "%s: no memory for a model", p->name);
    m->users = 1;
    rlx_status status = fill_model(m, p, error);
    if (status == RLX_OK)
        *out = m;
    else
        rlx_model_close(m);
    return status;
}

/* Closes the descriptor. */
static rlx_status open_file(const char *name, int descriptor, rlx_model **out, rlx_error *error)
{
    struct payload p = {.name = name, .descriptor = descriptor};
    rlx_status status = payload_of_file(&p, 0, error);
    if (status == RLX_OK)
        status = open_payload(&p, out, error);
    close(descriptor);
    return status;
}

rlx_status rlx_model_open(const char *path, rlx_model **out, rlx_error *error)
{
    REFUSE_NULL(out);
    *out = NULL;
    REFUSE_NULL(path);
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* do not wait for a pipe */
    if (descriptor < 0)
        return rlx_fail(error, RLX_ERROR_IO, "%s: %s", path, strerror(errno));
    return open_file(path, descriptor, out, error);
}

rlx_status rlx_model_open_self(rlx_model **out, rlx_error *error)
{
    struct own_model own;
    REFUSE_NULL(out);
    *out = NULL;
    rlx_status status = carrier_open_self(&own, error);
    return status == RLX_OK ? open_file(own.name, own.descriptor, out, error) : status;
}

rlx_status rlx_model_open_descriptor(int descriptor, uint64_t offset, uint64_t bytes,
                                     rlx_model **out, rlx_error *error)
{
    char name[40];
    REFUSE_NULL(out);
    *out = NULL;
    if (descriptor < 0)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "rlx_model_open_descriptor: descriptor is %d: expected that of an open "
                        "file",
                        descriptor);
    if (offset % RLX_MODEL_ALIGNMENT != 0)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "rlx_model_open_descriptor: offset is %llu: expected a multiple of %d",
                        (unsigned long long)offset, RLX_MODEL_ALIGNMENT);
    snprintf(name, sizeof name, "descriptor %d", descriptor);
    struct payload p = {.name = name, .descriptor = descriptor, .offset = offset};
    rlx_status status = payload_of_file(&p, bytes, error);
    return status == RLX_OK ? open_payload(&p, out, error) : status;
}

rlx_status rlx_model_open_memory(const void *data, size_t bytes, rlx_model **out, rlx_error *error)
{
    struct payload p = {.name = "memory", .memory = data, .bytes = bytes};
    REFUSE_NULL(out);
    *out = NULL;
    REFUSE_NULL(data);
    if ((uintptr_t)data % RLX_MODEL_ALIGNMENT != 0)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "rlx_model_open_memory: data is %u bytes past a multiple of %d: expected "
                        "memory that is aligned to %d bytes",
                        (unsigned)((uintptr_t)data % RLX_MODEL_ALIGNMENT), RLX_MODEL_ALIGNMENT,
                        RLX_MODEL_ALIGNMENT);
    if (bytes == 0)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, "rlx_model_open_memory: bytes is 0");
    return open_payload(&p, out, error);
}

void rlx_model_close(rlx_model *model)
{
    if (model == NULL || --model->users != 0)
        return;
    used_file_forget(model->code_use);
    used_file_forget(model->file_use);
    payload_unmap(model->code, model->code_bytes);
    if (!model->is_borrowed)
        payload_unmap(model->file, model->file_bytes);
    free(model->manifest);
    free(model->name);
    free(model);
}
