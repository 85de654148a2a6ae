/* Output: text into a growing buffer, and files that appear whole or not at all. */
#ifndef RLXC_OUT_H
#define RLXC_OUT_H

#include "runtime/base/atomic_file.h"
#include "compiler/base/diag.h"

#include <stdatomic.h>

struct text {
    struct arena *arena;
    char *data; /* NUL-terminated */
    uint32_t bytes, capacity;
};

void text_add(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_add_bytes(struct text *t, const char *data, size_t bytes);
void text_add_printable(struct text *t, const char *text); /* as runtime/base/printable.h has it */
void text_add_quoted(struct text *t, const char *text);    /* "the same", with \" and \\ */

/* Linux with large folios keeps a file in memory in pieces of the size in which it was written. A
 * program that maps the file gets large pages where aligned pieces of this size were written at
 * once. */
enum { OUT_LARGE_PAGE = 2 << 20 };

/* Writes beside the goal (runtime/base/atomic_file.h); "-" is standard output. After out_open,
 * either out_commit or out_discard must follow. What the command reads, or has written, is
 * refused. */
struct out {
    const char *path; /* as the user wrote it, for messages */
    struct atomic_file atomic_file;
    uint64_t bytes; /* written so far, from the start */
    bool failed;
    atomic_bool waits; /* for memory, when it last took a large page */
    struct diags *diags;
};

/* Whether a result can go there, before work is spent on it: where that can be known. */
bool out_check(const char *path, struct diags *d);
bool out_open(struct out *o, const char *path, struct diags *d);
bool out_write(struct out *o, const void *data, uint64_t bytes); /* at the end */
bool out_write_at(struct out *o, uint64_t offset, const void *data, uint64_t bytes);
bool out_pad(struct out *o, uint64_t align);  /* zeros */
void out_skip(struct out *o, uint64_t align); /* the same as a hole; bytes must follow */
/* For several threads at once: places bytes and returns 0 or errno; later one of them at a time
 * hands the end and the result to out_placed. */
int out_place(struct out *o, uint64_t offset, const void *data, uint64_t bytes);
bool out_placed(struct out *o, uint64_t end, int error);
bool out_commit(struct out *o, bool executable);
void out_discard(struct out *o);

#endif
