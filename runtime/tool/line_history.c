/* History in memory and in its file. Contract: line_history.h. */
#include "runtime/tool/line_history.h"

#include "runtime/base/used_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- entries ---- */

static bool same_as_last(const struct line_history *h, const char *bytes, size_t count)
{
    const struct line_text *last = h->count == 0 ? NULL : &h->entries[h->count - 1];

    return last != NULL && last->bytes == count && memcmp(last->data, bytes, count) == 0;
}

/* False: nothing was added. */
static bool remember(struct line_history *h, const char *bytes, size_t count)
{
    struct line_text made = {0};

    if (count == 0 || same_as_last(h, bytes, count))
        return false;
    if (h->entries == NULL)
        h->entries = calloc(LINE_HISTORY_MAX, sizeof *h->entries);
    if (h->entries == NULL || !line_text_insert(&made, 0, bytes, count))
        return false;
    if (h->count == LINE_HISTORY_MAX) {
        line_text_free(&h->entries[0]);
        memmove(h->entries, h->entries + 1, --h->count * sizeof *h->entries);
    }
    h->entries[h->count++] = made;
    return true;
}

/* ---- the form of the file ---- */

static const char escapes[][2] = {{'n', '\n'}, {'r', '\r'}, {'\\', '\\'}};
enum { ESCAPES = sizeof escapes / sizeof escapes[0] };

void line_history_parse(struct line_history *h, const char *bytes, size_t count)
{
    struct line_text entry = {0};

    for (size_t i = 0; i < count; i++) {
        char byte = bytes[i];
        if (byte == '\n') {
            remember(h, entry.data, entry.bytes);
            entry.bytes = 0;
            continue;
        }
        for (size_t e = 0; byte == '\\' && e < ESCAPES && i + 1 < count; e++) {
            if (bytes[i + 1] == escapes[e][0]) {
                byte = escapes[e][1];
                i++;
                break;
            }
        }
        if (!line_text_insert(&entry, entry.bytes, &byte, 1))
            break;
    }
    line_text_free(&entry); /* an incomplete last line */
}

static bool write_form(const struct line_text *entry, struct line_text *out)
{
    bool good = true;

    for (size_t i = 0; i < entry->bytes && good; i++) {
        char byte = entry->data[i];
        for (size_t e = 0; e < ESCAPES; e++) {
            if (byte == escapes[e][1]) {
                good = line_text_insert(out, out->bytes, "\\", 1);
                byte = escapes[e][0];
                break;
            }
        }
        good = good && line_text_insert(out, out->bytes, &byte, 1);
    }
    return good && line_text_insert(out, out->bytes, "\n", 1);
}

/* ---- the file ---- */

char *line_history_path(void)
{
    const char *wanted = getenv("RLX_HISTORY"), *state = getenv("XDG_STATE_HOME"),
               *home = getenv("HOME");
    char *path = NULL;

    if (wanted != NULL)
        return wanted[0] == 0 ? NULL : strdup(wanted);
    if (state != NULL && state[0] == '/') /* by the specification, other values count as not set */
        return asprintf(&path, "%s/rlx/history", state) < 0 ? NULL : path;
    if (home == NULL || home[0] != '/')
        return NULL;
    return asprintf(&path, "%s/.local/state/rlx/history", home) < 0 ? NULL : path;
}

/* Creates its parent folders, accessible only by their owner as the specification requires. */
static void make_folders(const char *path)
{
    char *copy = strdup(path);

    for (char *slash = copy; copy != NULL && (slash = strchr(slash + 1, '/')) != NULL;) {
        *slash = 0;
        mkdir(copy, 0700);
        *slash = '/';
    }
    free(copy);
}

/* Opens and locks the file; -1 on failure. A device, a pipe or a file in use (the model) is not a
 * history: the editor does not wait for it or overwrite it. */
static int open_locked(const char *path, int flags)
{
    struct stat found;
    int descriptor = open(path, flags | O_CLOEXEC | O_NONBLOCK, 0600);

    if (descriptor < 0 || fstat(descriptor, &found) != 0 || !S_ISREG(found.st_mode) ||
        used_file_find(&found) != FILE_UNUSED || flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (descriptor >= 0)
            close(descriptor);
        return -1;
    }
    return descriptor;
}

static bool write_all(int descriptor, const struct line_text *text)
{
    return text->bytes == 0 || write(descriptor, text->data, text->bytes) == (ssize_t)text->bytes;
}

/* Reads the newest LINE_HISTORY_BYTES, from the beginning of a line. False: it is another kind of
 * file, named by mistake. */
static bool read_file(struct line_history *h, int descriptor)
{
    off_t size = lseek(descriptor, 0, SEEK_END);
    off_t from = size > LINE_HISTORY_BYTES ? size - LINE_HISTORY_BYTES : 0;
    char *bytes = size <= 0 ? NULL : malloc((size_t)(size - from));
    ssize_t got = bytes == NULL ? 0 : pread(descriptor, bytes, (size_t)(size - from), from);
    const char *begin = bytes;
    bool text = got <= 0 || memchr(bytes, 0, (size_t)got) == NULL;

    if (from != 0 && got > 0)
        begin = memchr(bytes, '\n', (size_t)got);
    if (got > 0 && text && begin != NULL)
        line_history_parse(h, begin, (size_t)(bytes + got - begin));
    free(bytes);
    return text;
}

/* When the file is more than twice as long as what is read, only the entries in memory stay. */
static void shorten(const struct line_history *h, int descriptor)
{
    struct line_text form = {0};
    bool good = lseek(descriptor, 0, SEEK_END) > 2 * LINE_HISTORY_BYTES;

    for (size_t i = 0; i < h->count && good; i++)
        good = write_form(&h->entries[i], &form);
    if (good && ftruncate(descriptor, 0) == 0 && lseek(descriptor, 0, SEEK_SET) == 0)
        (void)!write_all(descriptor, &form);
    line_text_free(&form);
}

void line_history_open(struct line_history *h, char *path)
{
    *h = (struct line_history){.path = path};
    int descriptor = path == NULL ? -1 : open_locked(path, O_RDWR);

    if (descriptor < 0)
        return;
    if (read_file(h, descriptor)) {
        shorten(h, descriptor);
    } else {
        free(h->path);
        h->path = NULL;
    }
    close(descriptor);
}

void line_history_add(struct line_history *h, const char *bytes, size_t count)
{
    struct line_text form = {0};

    if (!remember(h, bytes, count) || h->path == NULL)
        return;
    int descriptor = open_locked(h->path, O_WRONLY | O_APPEND | O_CREAT);
    if (descriptor < 0 && errno == ENOENT) {
        make_folders(h->path);
        descriptor = open_locked(h->path, O_WRONLY | O_APPEND | O_CREAT);
    }
    if (descriptor < 0)
        return;
    if (write_form(&h->entries[h->count - 1], &form))
        (void)!write_all(descriptor, &form);
    line_text_free(&form);
    close(descriptor);
}

void line_history_close(struct line_history *h)
{
    for (size_t i = 0; i < h->count; i++)
        line_text_free(&h->entries[i]);
    free(h->entries);
    free(h->path);
    *h = (struct line_history){0};
}
