/* Finds models in programs, and the file of the running program. The program's headers are in
 * memory and tell whether it carries a model. Its file is /proc/self/exe (which some containers
 * lack), or the name by which it was executed, or its argv[0] (a script that names the program as
 * its interpreter is executed under the script's name). A file counts only if its program headers
 * equal those in memory. */
#include "runtime/core/carrier.h"

#include "runtime/base/carried.h"
#include "runtime/base/error.h"

#include <rlx/artifact.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

static bool holds_artifact(const struct payload *p, uint64_t offset)
{
    char magic[8];

    return payload_read(p, offset, magic, sizeof magic) == sizeof magic &&
           memcmp(magic, RLX_MAGIC, sizeof magic) == 0;
}

rlx_status carrier_find_model(struct payload *p, rlx_error *error)
{
    _Alignas(8) uint8_t first[CARRIED_FIRST_BYTES];
    uint64_t bytes = payload_read(p, 0, first, sizeof first);
    struct carried model;

    if (!carried_is_elf(first, bytes))
        return RLX_OK;
    if (!carried_find(first, bytes, &model))
        return rlx_fail(error, RLX_ERROR_NO_MODEL, "%s: this program carries no model", p->name);
    if (model.offset % RLX_PAGE != 0 ||
        (model.offset < p->bytes && !holds_artifact(p, model.offset)))
        return rlx_fail(error, RLX_ERROR_BAD_FILE,
                        "%s: the model in this program is gone, something else is in its place "
                        "(did strip or objcopy remove it?)",
                        p->name);
    if (model.offset > p->bytes || model.bytes > p->bytes - model.offset)
        return rlx_fail(error, RLX_ERROR_BAD_FILE,
                        "%s: the model in this program is cut off: expected a file of %llu bytes, "
                        "found %llu (copied in part, or cut by a tool such as eu-strip?)",
                        p->name, (unsigned long long)(model.offset + model.bytes),
                        (unsigned long long)p->bytes);
    p->offset += model.offset;
    p->bytes = model.bytes;
    return RLX_OK;
}

struct search {
    const Elf64_Phdr *headers; /* in memory */
    size_t count;
    char tried[200]; /* "/proc/self/exe: No such file or directory; …" */
};

static bool is_this_program(const struct search *s, int descriptor)
{
    _Alignas(8) uint8_t first[CARRIED_FIRST_BYTES];
    ssize_t bytes = pread(descriptor, first, sizeof first, 0);
    size_t count;
    const Elf64_Phdr *headers = carried_headers(first, bytes < 0 ? 0 : (uint64_t)bytes, &count);

    return headers != NULL && count == s->count &&
           memcmp(headers, s->headers, count * sizeof *headers) == 0;
}

/* A program that was executed by a descriptor (fexecve) has its name from that. The descriptor may
 * still be open if no file has the name. */
static int open_name(const char *name)
{
    static const char by_descriptor[] = "/dev/fd/";
    int descriptor = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK), reason = errno;

    if (descriptor >= 0 || strncmp(name, by_descriptor, sizeof by_descriptor - 1) != 0)
        return descriptor;
    descriptor = fcntl(atoi(name + sizeof by_descriptor - 1), F_DUPFD_CLOEXEC, 0);
    errno = reason;
    return descriptor;
}

/* A descriptor of this program's file, or -1 and a reason in `tried`. */
static int try_name(struct search *s, const char *name)
{
    int descriptor = open_name(name);
    const char *why = strerror(errno);
    size_t used = strlen(s->tried);

    if (descriptor >= 0 && is_this_program(s, descriptor))
        return descriptor;
    if (descriptor >= 0) {
        close(descriptor);
        why = "its headers differ from those of this program (packed by a tool?)";
    }
    snprintf(s->tried + used, sizeof s->tried - used, "%s%.60s: %s", used == 0 ? "" : "; ", name,
             why);
    return -1;
}

rlx_status carrier_open_self(struct own_model *own, rlx_error *error)
{
    struct search s = {.headers = (const Elf64_Phdr *)getauxval(AT_PHDR),
                       .count = getauxval(AT_PHNUM)};
    const char *executed = (const char *)getauxval(AT_EXECFN);

    if (s.headers == NULL || carried_header(s.headers, s.count, RLX_PROGRAM_SEGMENT) == NULL)
        return rlx_fail(error, RLX_ERROR_NO_MODEL, "this program carries no model");
    snprintf(own->name, sizeof own->name, "this program");
    own->descriptor = try_name(&s, "/proc/self/exe");
    /* A user who runs the program with another user's rights must not choose what is opened. */
    bool trusts_names = getauxval(AT_SECURE) == 0;
    if (own->descriptor < 0 && trusts_names && executed != NULL)
        own->descriptor = try_name(&s, executed);
    if (own->descriptor < 0 && trusts_names && strchr(program_invocation_name, '/') != NULL &&
        (executed == NULL || strcmp(executed, program_invocation_name) != 0))
        own->descriptor = try_name(&s, program_invocation_name);
    if (own->descriptor >= 0)
        return RLX_OK;
    return rlx_fail(error, RLX_ERROR_IO, "this program cannot read the model in its own file: %s",
                    s.tried);
}
