/* How fast rows of each block format become row groups. In: nothing. Out: a Markdown table of the bytes
 * of the model's format that all threads read per second, and of those that they write, beside
 * copying as many; medians of rounds in which all formats have their turn. Rows lie in memory, and a
 * thread writes one piece of 2 MB again and again, as the packer does; a format that no kernel reads
 * becomes another first (dtype_packed).
 *
 *     perf_pack [-t THREADS] [-r ROUNDS] [FORMAT...]
 */
#include "compiler/hir/layout.h"
#include "compiler/import/quant.h"
#include "tests/perf/stats.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { COLUMNS = 4096, ROWS = 4096, PIECE_BYTES = 2 << 20, ROUNDS_MAX = 99, MAX_THREADS = 64 };

struct format {
    enum dtype dtype;
    enum layout layout; /* none: rows are copied */
    double rates[ROUNDS_MAX];
};

struct worker {
    pthread_t thread;
    const struct format *format;
    const uint8_t *rows;
    uint8_t *piece, *recoded;
    uint32_t first, count; /* row groups */
};

static uint64_t row_bytes(enum dtype dtype)
{
    return COLUMNS / dtype_info[dtype].block * dtype_info[dtype].bytes;
}

static void pack_group(const struct worker *w, const uint8_t *from, uint8_t *to)
{
    const enum dtype dtype = w->format->dtype, packed = dtype_packed(dtype);
    const uint8_t *rows[ROW_GROUP];

    for (uint32_t r = 0; r < ROW_GROUP; r++) {
        rows[r] = from + r * row_bytes(dtype);
        if (packed != dtype) {
            quant_recode(dtype, rows[r], COLUMNS, w->recoded + r * row_bytes(packed));
            rows[r] = w->recoded + r * row_bytes(packed);
        }
    }
    layout_pack_group(w->format->layout, rows, COLUMNS, to + layout_head_bytes(w->format->layout));
}

static void *work(void *argument)
{
    const struct worker *w = argument;
    const enum layout layout = w->format->layout;
    const uint64_t from_bytes = ROW_GROUP * row_bytes(w->format->dtype),
                   to_bytes =
                       layout == LAYOUT_none ? from_bytes : layout_group_bytes(layout, COLUMNS);

    for (uint32_t i = 0; i < w->count; i++) {
        const uint8_t *from = w->rows + (w->first + i) * from_bytes;
        uint8_t *to = w->piece + i % (PIECE_BYTES / to_bytes) * to_bytes;
        if (layout == LAYOUT_none)
            memcpy(to, from, from_bytes);
        else
            pack_group(w, from, to);
    }
    return NULL;
}

/* Of all threads. */
static double processor_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Bytes of rows per second, if no other process takes a processor away. */
static double measure(struct worker *workers, uint32_t threads, const struct format *format)
{
    const uint32_t groups = ROWS / ROW_GROUP;
    double start = processor_seconds();

    for (uint32_t t = 0; t < threads; t++) {
        struct worker *w = &workers[t];
        w->format = format;
        w->first = groups * t / threads;
        w->count = groups * (t + 1) / threads - w->first;
        if (t != 0 && pthread_create(&w->thread, NULL, work, w) != 0)
            abort();
    }
    work(&workers[0]);
    for (uint32_t t = 1; t < threads; t++)
        pthread_join(workers[t].thread, NULL);
    return (double)ROWS * (double)row_bytes(format->dtype) / (processor_seconds() - start) *
           threads;
}

static uint8_t *room_for(uint64_t bytes)
{
    uint8_t *memory = malloc(bytes);

    if (memory == NULL)
        out_of_memory(bytes);
    for (uint64_t i = 0; i < bytes; i++)
        memory[i] = (uint8_t)((uint32_t)random() >> 9);
    return memory;
}

static bool is_chosen(enum dtype dtype, char **names)
{
    bool none = *names == NULL;

    for (; *names != NULL; names++)
        if (strcmp(*names, dtype_info[dtype].name) == 0)
            return true;
    return none;
}

/* The first one is copying. Types of containers that no file has are left out. */
static uint32_t choose_formats(char **names, struct format formats[DTYPE_COUNT])
{
    uint32_t count = 1;

    formats[0] = (struct format){.dtype = DTYPE_q8_0};
    for (uint32_t i = 1; i < DTYPE_COUNT; i++) {
        enum layout layout = layout_of(dtype_packed((enum dtype)i));
        bool stored = dtype_info[i].gguf >= 0 || dtype_scales_rows((enum dtype)i);
        if (stored && layout_is_quantized(layout) && is_chosen((enum dtype)i, names))
            formats[count++] = (struct format){.dtype = (enum dtype)i, .layout = layout};
    }
    return count;
}

static void print_row(struct format *f, uint32_t rounds)
{
    const struct spread s = spread_of(f->rates, rounds);
    const bool copied = f->layout == LAYOUT_none;
    const double growth = copied ? 1
                                 : (double)layout_group_bytes(f->layout, COLUMNS) /
                                       (double)(ROW_GROUP * row_bytes(f->dtype));

    printf("| %s | %s | %.2f (%.2f–%.2f) | %.2f |\n", copied ? "copy" : dtype_info[f->dtype].name,
           copied ? "" : layout_info[f->layout].name, s.middle / 1e9, s.low / 1e9, s.high / 1e9,
           s.middle * growth / 1e9);
}

int main(int argc, char **argv)
{
    static struct format formats[DTYPE_COUNT];
    static struct worker workers[MAX_THREADS];
    long threads = 2, rounds = 9;

    for (int option; (option = getopt(argc, argv, "t:r:")) != -1;)
        *(option == 't' ? &threads : &rounds) = option == '?' ? 0 : atol(optarg);
    if (threads < 1 || threads > MAX_THREADS || rounds < 1 || rounds > ROUNDS_MAX)
        return fprintf(stderr, "usage: perf_pack [-t THREADS] [-r ROUNDS] [FORMAT...]\n"), 2;
    uint8_t *rows = room_for(ROWS * row_bytes(DTYPE_i8_row));
    for (long t = 0; t < threads; t++) {
        workers[t].rows = rows;
        workers[t].piece = room_for(PIECE_BYTES);
        workers[t].recoded = room_for(ROW_GROUP * row_bytes(DTYPE_q8_0));
    }
    uint32_t count = choose_formats(argv + optind, formats);
    for (long r = 0; r < rounds; r++)
        for (uint32_t i = 0; i < count; i++)
            formats[i].rates[r] = measure(workers, (uint32_t)threads, &formats[i]);
    printf("| format | layout | GB/s read | GB/s written |\n|---|---|---|---|\n");
    for (uint32_t i = 0; i < count; i++)
        print_row(&formats[i], (uint32_t)rounds);
    for (long t = 0; t < threads; t++) {
        free(workers[t].piece);
        free(workers[t].recoded);
    }
    free(rows);
    return 0;
}
