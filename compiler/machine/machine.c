/* Measures or reads what a machine can do. In: text, a file, or the machine itself; out: struct
 * machine. Contract: machine.h. */
#include "compiler/machine/machine.h"

#include "runtime/base/read_bandwidth.h"
#include "runtime/base/used_files.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ROUNDS = 5, READ_BYTES = 1 << 28 };

/* ---- measured ---- */

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *values)
{
    qsort(values, ROUNDS, sizeof *values, by_size);
    return values[ROUNDS / 2];
}

/* Memory like that of weights: in large pages if the system provides them. */
static void *reading_room(uint64_t *mapped)
{
    enum { LARGE_PAGE = 2 << 20 };
    uint8_t *own;

    *mapped = READ_BYTES + LARGE_PAGE;
    own = mmap(NULL, *mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (own == MAP_FAILED)
        out_of_memory(*mapped);
#ifdef MADV_HUGEPAGE
    madvise(own, *mapped, MADV_HUGEPAGE);
#endif
    memset(own, 1, *mapped);
    return own;
}

/* Peaks are the highest of all rounds, because other programs can only slow down a round; at times
 * two threads compute no faster than one. Reading is the median, as in `rlx bench`. */
static void measure(uint32_t threads, struct machine *out)
{
    double read[ROUNDS], trip[ROUNDS];
    uint64_t mapped;
    uint8_t *own = reading_room(&mapped);
    const uint8_t *data = own + round_up((uintptr_t)own, 2 << 20) - (uintptr_t)own;
    bool ahead = read_prefers_prefetch(data, READ_BYTES, threads);

    *out =
        (struct machine){.threads = threads,
                         .memory = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE)};
    for (uint32_t i = 0; i < ROUNDS; i++) { /* in turns, because a shared machine changes by the
                                               second */
        read[i] = read_bandwidth(data, READ_BYTES, threads, ahead);
        for (uint32_t p = 0; p < PEAK_COUNT; p++)
            out->peak[p] = fmax(out->peak[p], limits_peak((enum peak)p, threads));
        trip[i] = threads > 1 ? limits_ping_pong() : 0;
    }
    out->read = median(read);
    out->barrier = median(trip) / 2 * 1e-9; /* the others see the last thread arrive */
    munmap(own, mapped);
}

/* ---- given ---- */

static bool set_word(struct machine *m, const char *word, double value, struct diags *d)
{
    if (!(value >= 0 && value <= 1e9))
        return diag_error(d, (struct place){.object = "--machine"},
                          "%s: expected a number from 0 to 1e9", word);
    if (strcmp(word, "read") == 0)
        m->read = value * 1e9;
    else if (strcmp(word, "memory") == 0)
        m->memory = value * 1e9;
    else if (strcmp(word, "barrier") == 0)
        m->barrier = value * 1e-6;
    else if (strcmp(word, "threads") == 0 && value >= 1 && value <= 1024)
        m->threads = (uint32_t)value;
    else {
        for (uint32_t p = 0; p < PEAK_COUNT; p++)
            if (strcmp(word, peak_name[p]) == 0) {
                m->peak[p] = value * 1e9;
                return true;
            }
        return diag_error(
            d, (struct place){.object = "--machine"},
            "expected read, int8, bf16, f32, barrier, memory or threads (at least 1), "
            "found '%s'",
            word);
    }
    return true;
}

static bool read_list(const char *text, struct machine *m, struct diags *d)
{
    struct place at = {.object = "--machine"};

    for (;; text++) {
        size_t bytes = strcspn(text, ","), name = strcspn(text, "=,");
        char *end = NULL;
        if (name == bytes)
            return diag_error(d, at, "expected name=number, found '%.*s'", (int)bytes, text);
        double value = strtod(text + name + 1, &end);
        if (end != text + bytes || name + 1 == bytes)
            return diag_error(d, at, "expected a number, found '%.*s'", (int)bytes, text);
        if (!set_word(m, arena_printf(d->arena, "%.*s", (int)name, text), value, d))
            return false;
        text += bytes;
        if (*text == 0)
            return true;
    }
}

static bool read_json(const char *path, struct machine *m, struct diags *d)
{
    json_error_t error = {.text = ""};
    FILE *file = used_file_open(path);
    const char *word;
    bool good = true;

    if (file == NULL)
        return diag_error(d, (struct place){.file = path}, "expected a machine as JSON: %s",
                          strerror(errno));
    json_t *root = json_loadf(file, JSON_REJECT_DUPLICATES, &error), *value;
    fclose(file);
    if (root == NULL)
        return diag_error(d, (struct place){.file = path}, "expected a machine as JSON: %s",
                          error.text);
    json_t *object = json_object_get(root, "machine");
    object = object != NULL ? object : root;
    if (!json_is_object(object))
        good = diag_error(d, (struct place){.file = path}, "expected an object of numbers");
    json_object_foreach(object, word, value)
    {
        if (!json_is_number(value))
            good = diag_error(d, (struct place){.file = path, .object = word}, "expected a number");
        else
            good = set_word(m, word, json_number_value(value), d) && good;
    }
    json_decref(root);
    return good;
}

static const char measured[] = "measured";

static bool is_measured(const char *text)
{
    return strcspn(text, ",") == strlen(measured) && strncmp(text, measured, strlen(measured)) == 0;
}

static bool has_read(const struct machine *m, struct diags *d)
{
    return m->read > 0 || diag_error(d, (struct place){.object = "--machine"},
                                     "expected the speed of reading (read=GB/s), found none");
}

bool machine_check(const char *text, struct diags *d)
{
    struct machine scratch = {0};
    size_t word = strlen(measured);

    if (is_measured(text))
        return text[word] == 0 || read_list(text + word + 1, &scratch, d);
    if (strchr(text, '=') != NULL)
        return read_list(text, &scratch, d) && has_read(&scratch, d);
    return access(text, F_OK) == 0 ||
           diag_error(d, (struct place){.object = "--machine"},
                      "expected measured, words with numbers (read=GB/s,...) or a JSON file, and "
                      "there is no file '%s'",
                      text);
}

bool machine_read(const char *text, uint32_t threads, struct machine *out, struct diags *d)
{
    bool good = machine_check(text, d);

    *out = (struct machine){.threads = 1};
    if (good && is_measured(text)) {
        measure(threads, out);
        good = text[strlen(measured)] == 0 || read_list(text + strlen(measured) + 1, out, d);
    } else if (good) {
        good = strchr(text, '=') != NULL ? read_list(text, out, d) : read_json(text, out, d);
    }
    return good && has_read(out, d);
}
