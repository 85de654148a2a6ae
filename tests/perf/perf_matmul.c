/* Speed of the matrix kernels of transformer layers of real size (Qwen3-0.6B). Every case is timed
 * in turn in each slice, beside this machine's peak and raw read, so that ratios stay when the
 * machine's speed moves. One thread is timed by the processor time that it took, more by the clock.
 * Prints a Markdown table: medians of the slices' ratios, and the best time as a ratio to the best
 * peak or read of the whole run, which is what a machine without neighbours would show.
 *
 *     perf_matmul [-t THREADS] [-s SLICES] [-d FOLDER] [-m MATRIX] [-b BYTES] [-v3] CASE...
 *     CASE = LAYOUT:ACT:ROWS[:GROUPSxTOKENS]      q8_0_r16:i8:512   q4_0_r16:i16:1:1x1
 *
 * Up to 16 rows run over 100 MB of layers, so that weights come from memory; the share of raw read
 * counts then. -b says how many bytes instead: one matrix that stays in a cache shows what the
 * arithmetic takes. -d writes the assembly of every kernel; -m runs one of the four matrices alone.
 */
#include "compiler/machine/limits.h"
#include "runtime/base/cpu.h"
#include "runtime/base/read_bandwidth.h"
#include "runtime/include/rlx/kernel.h"
#include "tests/support/packed_bytes.h"
#include "tests/support/tiles.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { SLICES_MAX = 99, MAX_THREADS = 64, CASES_MAX = 32 };

static const struct shape {
    const char *name;
    uint32_t n, k, gated;
} shapes[] = {{"q, k, v", 4096, 1024, 0},
              {"o", 1024, 2048, 0},
              {"gate and up", 3072, 1024, 1},
              {"down", 1024, 3072, 0}};
enum { SHAPES = sizeof shapes / sizeof shapes[0] };

struct job { /* one matrix of the layer */
    struct lir_kernel norm_quant, matmul;
    rlx_kernel_fn run_norm_quant, run_matmul;
    uint8_t *act;
    float *in, *out;
    uint64_t weight_bytes, weight_at, tiles, row_tiles;
};

struct test { /* one case */
    const char *name;
    enum layout layout;
    enum act act;
    uint32_t rows, groups, tokens; /* groups 0: the target's choice */
    uint32_t layers;
    struct job jobs[SHAPES];
    uint8_t *weights; /* layers, each with its matrices, those that run */
    uint64_t layer_bytes;
    double seconds[SLICES_MAX], share[SLICES_MAX], limit; /* of peak or read; the best limit seen */
};

struct worker {
    pthread_t thread;
    const struct test *test;
    int64_t dims[RLX_DIM_COUNT];
    unsigned index, count;
};

struct options {
    unsigned threads, slices;
    uint32_t level;
    const char *folder;
};

static int only = -1; /* a single matrix of the layer; -1: all */
static uint32_t stream_bytes = 100000000;

static bool is_chosen(int matrix)
{
    return only < 0 || matrix == only;
}

/* ---- running ---- */

static void *run_share(void *argument)
{
    struct worker *w = argument;
    const struct test *test = w->test;
    struct rlx_ahead ahead;

    if (cpu_ahead(&ahead, NULL) != RLX_OK)
        exit(2); /* usage */
    for (uint32_t layer = 0; layer < test->layers; layer++) {
        for (int i = 0; i < SHAPES; i++) {
            const struct job *job = &test->jobs[i];
            if (!is_chosen(i))
                continue;
            void *args[] = {job->act, test->weights + layer * test->layer_bytes + job->weight_at,
                            job->out};
            struct rlx_launch launch = {.args = args, .dims = w->dims, .ahead = ahead};
            job->run_matmul(&launch, job->tiles * w->index / w->count,
                            job->tiles * (w->index + 1) / w->count);
        }
    }
    return NULL;
}

static double processor_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double run_once(const struct test *test, unsigned threads)
{
    struct worker workers[MAX_THREADS];
    double start = threads == 1 ? processor_seconds() : limits_seconds();

    for (unsigned t = 0; t < threads; t++) {
        workers[t] = (struct worker){.test = test, .index = t, .count = threads};
        workers[t].dims[RLX_DIM_ROWS] = workers[t].dims[RLX_DIM_SEQ] = test->rows;
        if (t != 0 && pthread_create(&workers[t].thread, NULL, run_share, &workers[t]) != 0)
            abort();
    }
    run_share(&workers[0]);
    for (unsigned t = 1; t < threads; t++)
        pthread_join(workers[t].thread, NULL);
    return (threads == 1 ? processor_seconds() : limits_seconds()) - start;
}

static double operations(const struct test *test)
{
    double sum = 0;

    for (int i = 0; i < SHAPES; i++)
        if (is_chosen(i))
            sum += 2.0 * shapes[i].n * shapes[i].k * (1 + shapes[i].gated);
    return sum * test->rows * test->layers;
}

static enum peak peak_of(const struct test *test)
{
    return test->act == ACT_f32 ? PEAK_F32 : test->act == ACT_bf16 ? PEAK_BF16 : PEAK_INT8;
}

/* A few rows are a stream of weights from memory. */
static bool is_stream(const struct test *test)
{
    return test->rows <= SHORT_RUN_MAX;
}

/* The better of both kinds of raw read over the same bytes. */
static double best_read(const struct test *test, unsigned threads)
{
    uint64_t bytes = test->layers * test->layer_bytes;
    double plain = read_bandwidth(test->weights, bytes, threads, false),
           ahead = read_bandwidth(test->weights, bytes, threads, true);

    return plain > ahead ? plain : ahead;
}

/* What the machine could do at best: operations per second, or for a few rows bytes per second. */
static double limit_of(const struct test *test, unsigned threads, double top[PEAK_COUNT])
{
    enum peak peak = peak_of(test);

    if (is_stream(test))
        return best_read(test, threads);
    if (top[peak] == 0)
        top[peak] = limits_peak(peak, threads);
    return top[peak];
}

static double work_of(const struct test *test)
{
    return is_stream(test) ? (double)(test->layers * test->layer_bytes) : operations(test);
}

static void run_slice(struct test *tests, unsigned count, unsigned slice, unsigned threads)
{
    double top[PEAK_COUNT] = {0};

    for (unsigned i = 0; i < count; i++) {
        struct test *test = &tests[i];
        double before = limit_of(test, threads, top), seconds = run_once(test, threads),
               again = run_once(test, threads), after = limit_of(test, threads, top);
        seconds = again < seconds ? again : seconds;
        before = after > before ? after : before;
        test->seconds[slice] = seconds;
        test->share[slice] = work_of(test) / before / seconds;
        test->limit = before > test->limit ? before : test->limit;
    }
}

/* ---- preparing ---- */

/* Weights are of some 2^-8, so that no result is denormal: Xeons take very long for those. */
static uint32_t random_bits(void)
{
    return (uint32_t)rand() << 1 ^ (uint32_t)rand() >> 15;
}

static void describe(struct test *test, struct job *job, const struct shape *shape,
                     const struct target *target, uint32_t level)
{
    struct kernel_matmul *m = &job->matmul.matmul;
    job->matmul = with_arguments(
        (struct lir_kernel){.kind = KERNEL_matmul,
                            .rows_symbol = SYMBOL_ROWS,
                            .matmul = {.layout = test->layout,
                                       .format = {.act = test->act},
                                       .n = shape->n,
                                       .k = shape->k,
                                       .gated = shape->gated},
                            .stride = {[MATMUL_out] = (uint32_t)round_up(shape->n, 16)}});
    if (shape->gated) { /* silu(x0) * x1 */
        static const uint8_t code[] = {S_X,   S_NUMBER, 0,     S_X, S_NEG,
                                       S_EXP, S_ADD,    S_DIV, S_Y, S_MUL};
        memcpy(m->code.code, code, sizeof code);
        m->code.bytes = sizeof code;
        m->code.numbers[0] = 1;
    }
    choose_kernel_tile(target, level, test->rows, &job->matmul);
    if (test->groups != 0) {
        m->tile_groups = (uint32_t)(shape->gated ? max_u64(2, test->groups & ~1u) : test->groups);
        m->format.tile_rows = test->tokens;
    }
    m->format.bias = layout_sums_bias(test->layout, m->staged);
    m->format.block_sums = layout_block_sums(test->layout, m->staged);
    job->norm_quant = with_arguments(
        (struct lir_kernel){.kind = KERNEL_norm_quant,
                            .rows_symbol = SYMBOL_ROWS,
                            .norm_quant = {.format = m->format, .k = shape->k},
                            .stride = {[NORM_QUANT_x] = (uint32_t)round_up(shape->k, 16)}});
}

static void prepare_job(struct test *test, struct job *job, bool has_weights)
{
    const struct kernel_matmul *m = &job->matmul.matmul;
    uint64_t groups = ceil_div(m->n, ROW_GROUP) << m->gated,
             inputs = (uint64_t)test->rows * job->norm_quant.stride[NORM_QUANT_x];

    job->tiles = ceil_div(groups, m->tile_groups);
    job->row_tiles = ceil_div(test->rows, m->format.tile_rows);
    job->weight_bytes = !has_weights ? 0 : layout_groups_bytes(test->layout, groups, m->k);
    job->weight_at = test->layer_bytes;
    test->layer_bytes += job->weight_bytes;
    job->act = aligned_alloc(64, round_up(act_bytes(&m->format, m->k, test->rows) + 256, 64));
    job->in = aligned_alloc(64, round_up(inputs * 4 + 256, 64));
    job->out = aligned_alloc(
        64, round_up((uint64_t)test->rows * job->matmul.stride[MATMUL_out] * 4 + 256, 64));
    if (job->act == NULL || job->in == NULL || job->out == NULL)
        abort();
    for (size_t i = 0; i < inputs; i++)
        job->in[i] = (float)(rand() % 2001 - 1000) / 1000.0f;
}

static void prepare(struct test *test, const struct target *target, uint32_t level)
{
    for (int i = 0; i < SHAPES; i++) {
        describe(test, &test->jobs[i], &shapes[i], target, level);
        prepare_job(test, &test->jobs[i], is_chosen(i));
    }
    test->layers = is_stream(test) ? stream_bytes / (uint32_t)test->layer_bytes + 1 : 1;
    uint64_t bytes = round_up(test->layers * test->layer_bytes, 4096) + 65536;
    test->weights = aligned_alloc(4096, bytes);
    if (test->weights == NULL)
        abort();
    memset(test->weights + bytes - 65536, 0, 65536);
    for (int i = 0; i < SHAPES; i++)
        if (is_chosen(i))
            fill_packed(test->layout, test->jobs[i].matmul.matmul.k,
                        test->weights + test->jobs[i].weight_at, test->jobs[i].weight_bytes, 0.01f,
                        random_bits);
    for (uint32_t layer = 1; layer < test->layers; layer++)
        memcpy(test->weights + layer * test->layer_bytes, test->weights, test->layer_bytes);
}

static void write_dump(void *context, const char *name, const char *kind, const char *text,
                       size_t bytes)
{
    char path[512];

    snprintf(path, sizeof path, "%s/%s.%s", (const char *)context, name, kind);
    FILE *file = fopen(path, "w");
    if (file == NULL)
        return;
    fwrite(text, 1, bytes, file);
    fclose(file);
}

static void place_code(struct test *test, uint8_t *image, const uint64_t *entry)
{
    for (int i = 0; i < SHAPES; i++) {
        struct job *job = &test->jobs[i];
        void *row = image + entry[2 * i], *matmul = image + entry[2 * i + 1];
        memcpy(&job->run_norm_quant, &row, sizeof row);
        memcpy(&job->run_matmul, &matmul, sizeof matmul);
        int64_t dims[RLX_DIM_COUNT] = {[RLX_DIM_ROWS] = test->rows, [RLX_DIM_SEQ] = test->rows};
        void *args[] = {job->in, job->act};
        struct rlx_launch launch = {.args = args, .dims = dims};
        if (test->act == ACT_f32)
            job->act = (uint8_t *)job->in;
        else
            job->run_norm_quant(&launch, 0, job->row_tiles);
    }
}

static bool compile(struct test *test, const struct target *target, const struct options *o,
                    struct arena *a)
{
    struct diags d = {.arena = a};
    struct lir_kernel kernels[2 * SHAPES];
    struct target_dump dump = {
        .assembly = true, .write = write_dump, .context = (void *)(uintptr_t)o->folder};
    struct target_code code;

    for (int i = 0; i < SHAPES; i++) {
        kernels[2 * i] = test->jobs[i].norm_quant;
        kernels[2 * i + 1] = test->jobs[i].matmul;
    }
    for (int i = 0; i < 2 * SHAPES; i++)
        if (!target->accepts(o->level, &kernels[i], &d)) {
            diags_print(&d, stderr);
            return false;
        }
    if (!target->emit(o->level, kernels, 2 * SHAPES, 2, o->folder != NULL ? &dump : NULL, a, &code,
                      &d)) {
        diags_print(&d, stderr);
        return false;
    }
    uint8_t *image =
        mmap(NULL, code.image_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (image == MAP_FAILED)
        return false;
    memcpy(image, code.image, code.image_bytes);
    mprotect(image, code.image_bytes, PROT_READ | PROT_EXEC);
    place_code(test, image, code.entry);
    return true;
}

/* ---- the command line and the table ---- */

static bool parse_case(struct test *test, const char *text)
{
    char layout[32], act[32];
    int found = sscanf(text, "%31[^:]:%31[^:]:%u:%ux%u", layout, act, &test->rows, &test->groups,
                       &test->tokens);

    test->name = text;
    test->act = ACT_COUNT;
    for (int i = 1; i < LAYOUT_COUNT; i++)
        if (strcmp(layout, layout_info[i].name) == 0)
            test->layout = (enum layout)i;
    for (int i = 0; i < ACT_COUNT; i++)
        if (strcmp(act, act_names[i]) == 0)
            test->act = (enum act)i;
    return (found == 3 || found == 5) && test->layout != LAYOUT_none && test->act != ACT_COUNT &&
           test->rows > 0;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, unsigned count)
{
    qsort(values, count, sizeof *values, compare);
    return values[count / 2];
}

static void print_test(struct test *test, unsigned slices)
{
    const struct kernel_matmul *plain = &test->jobs[0].matmul.matmul,
                               *gated = &test->jobs[2].matmul.matmul;
    double share = median(test->share, slices), seconds = median(test->seconds, slices),
           best = work_of(test) / test->limit / test->seconds[0];

    printf("| %s | %ux%u, %ux%u | %.4f | %.0f | %s | %.1f | %.1f |\n", test->name,
           plain->tile_groups, plain->format.tile_rows, gated->tile_groups, gated->format.tile_rows,
           1e3 * seconds / test->layers, 1e-9 * test->limit,
           is_stream(test) ? "read" : peak_name[peak_of(test)], 100 * share, 100 * best);
}

static unsigned parse_options(struct options *o, int argc, char **argv, struct test *tests)
{
    unsigned count = 0;

    for (int i = 1; i < argc; i++) {
        bool has_value = i + 1 < argc;
        if (strcmp(argv[i], "-t") == 0 && has_value)
            o->threads = (unsigned)strtoul(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "-s") == 0 && has_value)
            o->slices = (unsigned)strtoul(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "-d") == 0 && has_value)
            o->folder = argv[++i];
        else if (strcmp(argv[i], "-m") == 0 && has_value)
            only = (int)strtol(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "-b") == 0 && has_value)
            stream_bytes = (uint32_t)strtoul(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "-v3") == 0)
            o->level = 0;
        else if (count == CASES_MAX || !parse_case(&tests[count++], argv[i]))
            return 0;
    }
    return only < SHAPES && o->threads > 0 && o->threads <= MAX_THREADS && o->slices > 0 &&
                   o->slices <= SLICES_MAX
               ? count
               : 0;
}

int main(int argc, char **argv)
{
    static struct test tests[CASES_MAX];
    struct arena arena = {0};
    const struct target *target = target_list[0];
    struct options o = {.threads = 1, .slices = 9, .level = (uint32_t)target->native_level()};
    unsigned count = parse_options(&o, argc, argv, tests);

    if (count == 0 || o.level >= target->level_count) {
        fprintf(stderr, "usage: perf_matmul [-t THREADS] [-s SLICES] [-d FOLDER] [-m MATRIX] "
                        "[-b BYTES] [-v3] LAYOUT:ACT:ROWS[:GROUPSxTOKENS]...\n");
        return 1;
    }
    for (unsigned i = 0; i < count; i++) {
        prepare(&tests[i], target, o.level);
        if (!compile(&tests[i], target, &o, &arena))
            return 1;
    }
    for (unsigned s = 0; s < o.slices; s++)
        run_slice(tests, count, s, o.threads);
    printf("| case | tiles | ms per layer | limit, G/s | of | median, %% | best, %% |\n"
           "|---|---|---|---|---|---|---|\n");
    for (unsigned i = 0; i < count; i++)
        print_test(&tests[i], o.slices);
    arena_free(&arena);
    return 0;
}
