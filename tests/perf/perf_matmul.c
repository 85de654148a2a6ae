/* Speed of the matrix kernels of one transformer layer of real size (Qwen3-0.6B), prompt and
 * decode, as ratios to this machine's peak and raw read, which are measured in the same slices.
 * Prints a Markdown table.
 *
 *     perf_matmul [LAYOUT] [ROWS] [THREADS]        q8_0_r16 512 2
 */
#include "compiler/lir/target.h"
#include "runtime/include/rlx/kernel.h"
#include "compiler/machine/limits.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SLICES = 9, MAX_THREADS = 64 };

static const struct shape {
    const char *name;
    uint32_t n, k, gated;
} shapes[] = {{"q, k, v", 4096, 1024, 0},
              {"o", 1024, 2048, 0},
              {"gate and up", 3072, 1024, 1},
              {"down", 1024, 3072, 0}};
enum { SHAPES = sizeof shapes / sizeof shapes[0] };

struct job {
    struct lir_kernel row, matmul;
    rlx_kernel_fn run_row, run_matmul;
    uint8_t *weight, *act;
    float *in, *out;
    uint64_t weight_bytes, tiles, row_tiles;
};

struct worker {
    pthread_t thread;
    const struct job *job;
    int64_t dims[RLX_DIM_COUNT];
    unsigned index, count;
};

static void *run_share(void *argument)
{
    struct worker *w = argument;
    void *args[] = {w->job->act, w->job->weight, w->job->out};
    struct rlx_launch launch = {.args = args, .dims = w->dims};

    w->job->run_matmul(&launch, w->job->tiles * w->index / w->count,
                       w->job->tiles * (w->index + 1) / w->count);
    return NULL;
}

static double run_once(const struct job *job, uint32_t rows, unsigned threads)
{
    struct worker workers[MAX_THREADS];
    double start = limits_seconds();

    for (unsigned t = 0; t < threads; t++) {
        workers[t] = (struct worker){.job = job, .index = t, .count = threads};
        workers[t].dims[RLX_DIM_ROWS] = workers[t].dims[RLX_DIM_SEQ] = rows;
        if (t != 0 && pthread_create(&workers[t].thread, NULL, run_share, &workers[t]) != 0)
            abort();
    }
    run_share(&workers[0]);
    for (unsigned t = 1; t < threads; t++)
        pthread_join(workers[t].thread, NULL);
    return limits_seconds() - start;
}

/* Random weights whose f16 scales are small and finite. */
static void fill_weights(struct job *job)
{
    uint64_t groups =
        job->weight_bytes / layout_group_bytes((enum layout)job->matmul.layout, job->matmul.k);
    uint64_t block = dtype_info[layout_info[job->matmul.layout].dtype].block, k = job->matmul.k;
    size_t row_bytes = k / block * dtype_info[layout_info[job->matmul.layout].dtype].bytes;
    uint8_t *row = malloc(row_bytes);
    const uint8_t *rows[ROW_GROUP];

    for (size_t i = 0; i < row_bytes; i++)
        row[i] = (uint8_t)(rand() >> 7);
    for (size_t i = 0; i < row_bytes;
         i += block == 1 ? 2 : dtype_info[layout_info[job->matmul.layout].dtype].bytes)
        row[i + 1] = 0x1c; /* the high byte of every f16: about 2^-8 */
    for (int r = 0; r < ROW_GROUP; r++)
        rows[r] = row;
    for (uint64_t g = 0; g < groups; g++)
        layout_pack_group((enum layout)job->matmul.layout, rows, k,
                          job->weight + g * (job->weight_bytes / groups));
    free(row);
}

static void prepare(struct job *job, const struct target *target, uint32_t level,
                    const struct shape *shape, enum layout layout, uint32_t rows)
{
    struct lir_kernel *m = &job->matmul, *r = &job->row;
    bool quantized = dtype_info[layout_info[layout].dtype].block > 1;

    *m = (struct lir_kernel){.kind = KERNEL_matmul,
                             .layout = (uint8_t)layout,
                             .n = shape->n,
                             .k = shape->k,
                             .gated = (uint8_t)shape->gated};
    m->act = quantized ? (rows > BLOCK_ROWS_MAX ? ACT_i8 : ACT_i16)
             : layout == LAYOUT_bf16_r16 && rows > BLOCK_ROWS_MAX ? ACT_bf16
                                                                  : ACT_f32;
    m->bias = (uint8_t)layout_info[layout].bias;
    m->rows_symbol = SYMBOL_ROWS;
    m->input_count = 2;
    m->output_count = 1;
    m->stride[2] = (uint32_t)round_up(shape->n, 16);
    if (shape->gated) { /* silu(x0) * x1 */
        static const uint8_t code[] = {
            S_X, S_K, SCALAR_CONSTANT_1, S_X, S_NEG, S_EXP, S_ADD, S_DIV, S_Y, S_MUL};
        memcpy(m->code, code, sizeof code);
        m->code_bytes = sizeof code;
    }
    target->choose_tile(level, rows, m);
    *r = (struct lir_kernel){.kind = KERNEL_row,
                             .act = m->act,
                             .bias = m->bias,
                             .rows_symbol = SYMBOL_ROWS,
                             .input_count = 1,
                             .output_count = 1};
    r->k = r->n = shape->k;
    r->tile_tokens = m->tile_tokens;
    r->stride[0] = (uint32_t)round_up(shape->k, 16);
    uint64_t groups = ceil_div(shape->n, ROW_GROUP) << shape->gated;
    job->tiles = ceil_div(groups, m->tile_groups);
    job->row_tiles = ceil_div(rows, m->tile_tokens == 0 ? 1 : m->tile_tokens);
    job->weight_bytes = groups * layout_group_bytes(layout, shape->k);
    job->weight = aligned_alloc(4096, round_up(job->weight_bytes, 4096));
    job->act = aligned_alloc(
        64, round_up(act_bytes(m, rows) + 256, 64));
    job->in = aligned_alloc(64, (size_t)rows * r->stride[0] * 4 + 256);
    job->out = aligned_alloc(64, (size_t)rows * m->stride[2] * 4 + 256);
    for (size_t i = 0; i < (size_t)rows * r->stride[0]; i++)
        job->in[i] = (float)(rand() % 2001 - 1000) / 1000.0f;
    fill_weights(job);
}

static bool compile(struct job *jobs, const struct target *target, uint32_t level, struct arena *a)
{
    struct diags d = {.arena = a};
    struct lir_kernel kernels[2 * SHAPES];
    struct target_code code;

    for (int i = 0; i < SHAPES; i++) {
        kernels[2 * i] = jobs[i].row;
        kernels[2 * i + 1] = jobs[i].matmul;
    }
    if (!target->emit(level, kernels, 2 * SHAPES, 2, NULL, a, &code, &d)) {
        diags_print(&d, stderr);
        return false;
    }
    uint8_t *image =
        mmap(NULL, code.image_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (image == MAP_FAILED)
        return false;
    memcpy(image, code.image, code.image_bytes);
    mprotect(image, code.image_bytes, PROT_READ | PROT_EXEC);
    for (int i = 0; i < SHAPES; i++) {
        void *row = image + code.entry[2 * i], *matmul = image + code.entry[2 * i + 1];
        memcpy(&jobs[i].run_row, &row, sizeof row);
        memcpy(&jobs[i].run_matmul, &matmul, sizeof matmul);
    }
    return true;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void measure(const struct job *jobs, uint32_t rows, unsigned threads)
{
    double seconds[SHAPES + 1][SLICES], share[SHAPES + 1][SLICES];
    enum peak peak = jobs[0].matmul.act == ACT_f32    ? PEAK_F32
                     : jobs[0].matmul.act == ACT_bf16 ? PEAK_BF16
                                                      : PEAK_INT8;

    for (int s = 0; s < SLICES; s++) {
        double top = limits_peak(peak, threads), ideal_sum = 0, sum = 0;
        for (int i = 0; i < SHAPES; i++) {
            double operations = 2.0 * rows * shapes[i].n * shapes[i].k * (1 + shapes[i].gated);
            run_once(&jobs[i], rows, threads);
            seconds[i][s] = run_once(&jobs[i], rows, threads);
            share[i][s] = operations / top / seconds[i][s];
            ideal_sum += operations / top;
            sum += seconds[i][s];
        }
        seconds[SHAPES][s] = sum;
        share[SHAPES][s] = ideal_sum / sum;
    }
    printf("| matrix | rows | tile | ms | %% of peak %s |\n|---|---|---|---|---|\n",
           peak_name[peak]);
    for (int i = 0; i <= SHAPES; i++) {
        qsort(seconds[i], SLICES, sizeof(double), compare);
        qsort(share[i], SLICES, sizeof(double), compare);
        const struct lir_kernel *m = &jobs[i < SHAPES ? i : 0].matmul;
        printf("| %s | %u | %ux%u | %.3f | %.0f |\n", i < SHAPES ? shapes[i].name : "a layer", rows,
               m->tile_groups, m->tile_tokens, 1e3 * seconds[i][SLICES / 2],
               100 * share[i][SLICES / 2]);
    }
}

int main(int argc, char **argv)
{
    struct arena arena = {0};
    const struct target *target = target_list[0];
    int level = target->native_level();
    enum layout layout = LAYOUT_q8_0_r16;
    uint32_t rows = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 512;
    unsigned threads =
        argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
    struct job jobs[SHAPES];

    for (int i = 1; argc > 1 && i < LAYOUT_COUNT; i++)
        if (strcmp(argv[1], layout_info[i].name) == 0)
            layout = (enum layout)i;
    if (level < 0 || rows == 0 || threads == 0 || threads > MAX_THREADS)
        return 1;
    for (int i = 0; i < SHAPES; i++)
        prepare(&jobs[i], target, (uint32_t)level, &shapes[i], layout, rows);
    if (!compile(jobs, target, (uint32_t)level, &arena))
        return 1;
    for (int i = 0; i < SHAPES; i++) {
        int64_t dims[RLX_DIM_COUNT] = {[RLX_DIM_ROWS] = rows, [RLX_DIM_SEQ] = rows};
        void *args[] = {jobs[i].in, jobs[i].act};
        struct rlx_launch launch = {.args = args, .dims = dims};
        if (jobs[i].matmul.act == ACT_f32)
            jobs[i].act = (uint8_t *)jobs[i].in;
        else
            jobs[i].run_row(&launch, 0, jobs[i].row_tiles);
    }
    measure(jobs, rows, threads);
    arena_free(&arena);
    return 0;
}
