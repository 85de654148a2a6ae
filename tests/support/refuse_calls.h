/* Makes system calls fail, in this process and all that it starts, as on file systems without them.
 * Uses a kernel filter (seccomp), which needs no privilege. */
#ifndef TESTS_REFUSE_CALLS_H
#define TESTS_REFUSE_CALLS_H

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static const struct refused_call {
    const char *name;
    unsigned number, argument, flags; /* only where the argument has all of these flags */
    unsigned failure;
} refused_calls[] = {
    {"nameless", SYS_openat, 2, O_TMPFILE, EOPNOTSUPP}, /* vfat, nfs */
    {"fchmod", SYS_fchmod, 0, 0, EPERM},                /* vfat */
    {"exchange", SYS_renameat2, 0, 0, EINVAL},          /* nfs */
    {"link", SYS_linkat, 0, 0, EPERM},
};

/* False: there is no such name, or the kernel has no filters. */
static inline bool refuse_call(const char *name)
{
    const struct refused_call *call = NULL;

    for (size_t i = 0; i < sizeof refused_calls / sizeof refused_calls[0]; i++)
        if (strcmp(refused_calls[i].name, name) == 0)
            call = &refused_calls[i];
    if (call == NULL)
        return false;
    struct sock_filter steps[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call->number, 0, 4),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                 (unsigned)offsetof(struct seccomp_data, args) + 8 * call->argument),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, call->flags),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call->flags, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | call->failure),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = {sizeof steps / sizeof steps[0], steps};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

#endif
