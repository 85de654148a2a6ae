/* Input files: mapped read-only; pages can go back to the system once they were read. */
#ifndef RLXC_FILE_H
#define RLXC_FILE_H

#include "compiler/base/diag.h"

struct file {
    const char *path; /* in the arena of the diags it was opened with */
    const uint8_t *data;
    uint64_t bytes;
    struct used_file *use; /* runtime/base/used_files.h: no output takes its place */
};

/* Whether anything has that name, even if it cannot be opened: file_map says why. What is optional
 * is left out only where this is false, so that a link that leads nowhere is not overlooked. */
bool file_is_named(const char *path);
/* Maps a whole regular file; an empty one has data NULL. */
bool file_map(const char *path, struct file *out, struct diags *d);
void file_unmap(struct file *f);
/* Tells the system that these bytes are read now: one call instead of a page fault every few pages.
 */
void file_want(const struct file *f, uint64_t offset, uint64_t bytes);
/* Tells the system that these bytes were read and their pages may go (they stay readable). */
void file_drop(const struct file *f, uint64_t offset, uint64_t bytes);

#endif
