/* Opening a model: map the file, check it once, choose the level of code that this machine can run,
 * map that image executable. Weights are mapped and not read. The program header of a program says
 * where its artifact is (rlx/artifact.h).
 */
#include "runtime/core/model.h"

#include "runtime/base/cpu.h"
#include "runtime/base/error.h"
#include "runtime/core/carrier.h"
#include "runtime/core/level.h"
#include "runtime/text/chat.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where the payload stands in its file. */
struct payload {
    int descriptor;
    const char *name;
    uint64_t offset, bytes;
};

static rlx_status find_payload(struct payload *p, rlx_error *error)
{
    struct stat facts;
    struct carried inside;
    bool is_program;
    if (fstat(p->descriptor, &facts) != 0)
        return rlx_fail(error, RLX_IO, "%s: %s", p->name, strerror(errno));
    if (!S_ISREG(facts.st_mode))
        return rlx_fail(error, RLX_IO, "%s: expected a regular file%s", p->name,
                        S_ISDIR(facts.st_mode) ? ", found a directory" : "");
    uint64_t file_bytes = (uint64_t)facts.st_size;
    rlx_status status =
        carrier_find_model(p->descriptor, p->name, file_bytes, &is_program, &inside, error);
    p->offset = is_program ? inside.offset : 0;
    p->bytes = is_program ? inside.bytes : file_bytes;
    if (is_program)
        return status;
    if (file_bytes == 0)
        return rlx_fail(error, RLX_BAD_FILE, "%s: the file is empty", p->name);
    return RLX_OK;
}

/* Maps [offset, offset + bytes) of the file; pages of the machine may be larger than the format's.
 */
static void *map_range(const struct payload *p, uint64_t offset, uint64_t bytes, int protection)
{
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    uint64_t before = (p->offset + offset) % page;
    uint8_t *base = mmap(NULL, bytes + before, protection, MAP_PRIVATE, p->descriptor,
                         (off_t)(p->offset + offset - before));
    return base == MAP_FAILED ? NULL : base + before;
}

/* What is not in memory yet is then read in pieces that can be mapped as large pages; what is, was
 * written so by the compiler (compiler/base/out.c). Where the system cannot, nothing is lost. */
static void ask_for_large_pages(const rlx_model *m)
{
#ifdef MADV_HUGEPAGE
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), before = (uintptr_t)m->file % page;
    madvise((uint8_t *)m->file - before, m->file_bytes + before, MADV_HUGEPAGE);
#else
    (void)m;
#endif
}

static void unmap_range(void *at, uint64_t bytes)
{
    if (at == NULL)
        return;
    uint64_t before = (uintptr_t)at % (uint64_t)sysconf(_SC_PAGESIZE);
    munmap((uint8_t *)at - before, bytes + before);
}

static rlx_status map_code(rlx_model *m, const struct payload *p, rlx_error *error)
{
    if (m->level == NULL)
        return RLX_OK;
    m->code_bytes = m->level->image_bytes;
    m->code = map_range(p, m->level->image_offset, m->code_bytes, PROT_READ | PROT_EXEC);
    if (m->code == NULL)
        return rlx_fail(error, RLX_IO, "%s: its code cannot be mapped executable: %s", p->name,
                        strerror(errno));
    return RLX_OK;
}

static rlx_status copy_texts(rlx_model *m, const char *name, rlx_error *error)
{
    uint64_t bytes = m->artifact.manifest.bytes;
    m->manifest = malloc(bytes + 1);
    m->name = strdup(name);
    if (m->manifest == NULL || m->name == NULL)
        return rlx_fail(error, RLX_NO_MEMORY, "%s: no memory for a manifest of %llu bytes", name,
                        (unsigned long long)bytes);
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

static rlx_status fill_model(rlx_model *m, struct payload *p, rlx_error *error)
{
    rlx_status status = find_payload(p, error);
    if (status != RLX_OK)
        return status;
    m->file_bytes = p->bytes;
    m->file = map_range(p, 0, p->bytes, PROT_READ);
    if (m->file == NULL)
        return rlx_fail(error, RLX_IO, "%s: %llu bytes cannot be mapped: %s", p->name,
                        (unsigned long long)p->bytes, strerror(errno));
    ask_for_large_pages(m);
    status = artifact_check(p->name, m->file, p->bytes, &m->artifact, error);
    if (status == RLX_OK)
        status = open_text(m, p->name, error);
    if (status == RLX_OK)
        status = artifact_choose_level(&m->artifact, p->name, cpu_features(), &m->level, error);
    if (status == RLX_OK)
        status = map_code(m, p, error);
    if (status == RLX_OK)
        status = copy_texts(m, p->name, error);
    return status;
}

/* Takes the descriptor. */
static rlx_status open_model(struct payload p, rlx_model **out, rlx_error *error)
{
    rlx_model *m = calloc(1, sizeof *m);
    rlx_status status = m ? fill_model(m, &p, error)
                          : rlx_fail(error, RLX_NO_MEMORY, "%s: no memory for a model", p.name);
    close(p.descriptor);
    if (status == RLX_OK)
        *out = m;
    else
        rlx_model_close(m);
    return status;
}

rlx_status rlx_model_open(const char *path, rlx_model **out, rlx_error *error)
{
    if (out == NULL || path == NULL)
        return rlx_fail(error, RLX_BAD_ARGUMENT, "rlx_model_open: path and out must not be NULL");
    *out = NULL;
    struct payload p = {.name = path};
    p.descriptor =
        open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe must not be waited for */
    if (p.descriptor < 0)
        return rlx_fail(error, RLX_IO, "%s: %s", path, strerror(errno));
    return open_model(p, out, error);
}

rlx_status rlx_model_open_self(rlx_model **out, rlx_error *error)
{
    if (out == NULL)
        return rlx_fail(error, RLX_BAD_ARGUMENT, "rlx_model_open_self: out must not be NULL");
    *out = NULL;
    struct payload p = {.name = "this program"};
    rlx_status status = carrier_open_self(&p.descriptor, error);
    return status == RLX_OK ? open_model(p, out, error) : status;
}

void rlx_model_close(rlx_model *model)
{
    if (model == NULL)
        return;
    assert(model->sessions == 0);
    unmap_range(model->code, model->code_bytes);
    unmap_range(model->file, model->file_bytes);
    free(model->manifest);
    free(model->name);
    free(model);
}

const struct rlx_state_entry *model_state(const rlx_model *m, const char *name)
{
    for (uint32_t i = 0; i < m->artifact.states.count; i++) {
        const struct rlx_state_entry *s = table_at(&m->artifact.states, i);
        if (strcmp(artifact_string(&m->artifact, s->name), name) == 0)
            return s;
    }
    return NULL;
}
