/* A machine as predictions see it: how fast it reads and computes, with all threads. In: a
 * measurement, or text; out: struct machine. */
#ifndef RLXC_MACHINE_MACHINE_H
#define RLXC_MACHINE_MACHINE_H

#include "compiler/base/diag.h"
#include "compiler/machine/limits.h"

struct machine {
    uint32_t threads;
    double memory;           /* bytes; 0: unknown */
    double read;             /* bytes per second */
    double peak[PEAK_COUNT]; /* operations per second; 0: unknown, or the machine has no such
                                instruction */
    double barrier;          /* seconds until all threads have met */
};

/* "measured": this machine with that many threads, in about half a second; reads memory in large
 * pages, like weights (base/out.h). "measured,read=45" measures everything else.
 * "read=45,int8=1900,bf16=950,f32=480,barrier=0.1,threads=2,memory=16" (GB/s, 1e9 operations/s,
 * microseconds, GB), or the path of a JSON file with an object of the same words, alone or as "machine"
 * in the output of `rlxc plan --json`. Only read is required. */
/* Finds mistakes that show before anything is measured or a file is read. */
bool machine_check(const char *text, struct diags *d);
bool machine_read(const char *text, uint32_t threads, struct machine *out, struct diags *d);

#endif
