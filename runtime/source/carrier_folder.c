/* The model of a program that was built from source: weights.bin beside the program's file, else in
 * the current folder. The code is in the program, and device_code.c checks that both go together.
 * Contract: runtime/core/carrier.h. */
#include "runtime/core/carrier.h"

#include "runtime/base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

static const char file_name[] = "weights.bin";

rlx_status carrier_find_model(struct payload *p, rlx_error *error)
{
    (void)p;
    (void)error;
    return RLX_OK; /* the file is the model */
}

/* Puts file_name beside `program`. False: the name does not fit. */
static bool beside(const char *program, struct own_model *own)
{
    const char *slash = strrchr(program, '/');
    const int folder = slash == NULL ? 0 : (int)(slash + 1 - program);
    const int length = snprintf(own->name, sizeof own->name, "%.*s%s", folder, program, file_name);
    return length > 0 && (size_t)length < sizeof own->name;
}

static bool try_name(struct own_model *own)
{
    own->descriptor = open(own->name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    return own->descriptor >= 0;
}

/* The path of this program, as the system says, or as it was called where there is no /proc. */
static const char *own_path(char *path, size_t capacity)
{
    const ssize_t length = readlink("/proc/self/exe", path, capacity - 1);
    if (length <= 0)
        return getauxval(AT_EXECFN) != 0 ? (const char *)getauxval(AT_EXECFN)
                                         : program_invocation_name;
    path[length] = 0;
    return path;
}

rlx_status carrier_open_self(struct own_model *own, rlx_error *error)
{
    char path[sizeof own->name];
    const char *program = own_path(path, sizeof path);
    /* A user who runs the program with another user's rights must not choose what is opened. */
    const bool trusts_names = program == path || getauxval(AT_SECURE) == 0;
    own->descriptor = -1;
    if (trusts_names && beside(program, own) && try_name(own))
        return RLX_OK;
    const char *why = strerror(errno);
    if (getauxval(AT_SECURE) == 0 && beside("", own) && try_name(own))
        return RLX_OK;
    return rlx_fail(error, RLX_ERROR_IO,
                    "the weights of this program cannot be opened: expected %s beside %.100s (%s), "
                    "or in the current folder (%s)",
                    file_name, program, why, strerror(errno));
}
