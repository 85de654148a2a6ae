/* How fast the CPU target's attention is: of few tokens after a long past, against a plain read of
 * the same K and V; of a prompt, against the peak of the products that it uses. In: sizes on the
 * command line, then forms: keys per tile, or bf16 (prompts), with "q8:" in front where the KV
 * cache is one of integers, else f16; out: medians over interleaved slices, one line per form.
 * Needs no model.
 */
#include "tests/unit/kernel_code.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

enum { LAYERS = 28, HEADS = 16, KV_HEADS = 8, HEAD_DIM = 128, THREADS_MAX = 64, SLICES_MAX = 64 };
enum { STRIDE = HEADS * HEAD_DIM };

struct bench {
    struct lir_kernel kernel;
    struct code code;
    uint32_t threads, rows, depth, context;
    uint8_t *keys, *values, *partials, *counters;
    uint64_t key_bytes, value_bytes; /* of a layer's state */
    float *q, *y;
    struct rlx_segment segment;
    int64_t dims[RLX_DIM_COUNT];
    uint64_t tiles;
    bool reads; /* this slice is a plain read */
    atomic_uint met, turn;
};

static double seconds(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void meet(struct bench *b)
{
    unsigned turn = atomic_load(&b->turn);

    if (atomic_fetch_add(&b->met, 1) + 1 == b->threads) {
        atomic_store(&b->met, 0);
        atomic_store(&b->turn, turn + 1);
    } else {
        while (atomic_load(&b->turn) == turn)
            ;
    }
}

/* What a token reads of a state: head after head, `bytes` of each. */
static uint64_t read_heads(const uint8_t *state, uint64_t head_bytes, uint64_t bytes,
                           uint32_t first, uint32_t end)
{
    uint64_t sum[8] = {0};

    for (uint32_t h = first; h < end; h++)
        for (uint64_t i = 0; i < bytes; i += 64) {
            uint64_t line[8];
            memcpy(line, state + h * head_bytes + i, 64);
            for (int j = 0; j < 8; j++)
                sum[j] += line[j];
        }
    for (int j = 1; j < 8; j++)
        sum[0] += sum[j];
    return sum[0];
}

static void run_layer(struct bench *b, uint32_t layer, uint32_t thread)
{
    uint8_t *keys = b->keys + layer * b->key_bytes, *values = b->values + layer * b->value_bytes;
    static volatile uint64_t sink;

    if (b->reads) {
        uint32_t first = KV_HEADS * thread / b->threads, end = KV_HEADS * (thread + 1) / b->threads;
        uint64_t k = b->key_bytes / KV_HEADS, v = b->value_bytes / KV_HEADS;
        sink = sink + read_heads(keys, k, k / b->context * b->depth, first, end);
        sink = sink + read_heads(values, v, v / b->context * b->depth, first, end);
        return;
    }
    void *args[LIR_MAX_ARGS] = {b->q, keys, values, &b->segment, b->y, b->partials, b->counters};
    struct rlx_launch launch = code_launch(&b->code, args, b->dims);
    rlx_kernel_fn run;
    uint8_t *entry = b->code.image + b->code.target.entry[0];
    memcpy(&run, &entry, sizeof run);
    if (b->kernel.attention.shape.split_kv && thread == 0)
        memset(b->counters, 0, b->rows * KV_HEADS * 64);
    meet(b);
    run(&launch, b->tiles * thread / b->threads, b->tiles * (thread + 1) / b->threads);
}

struct worker {
    struct bench *bench;
    uint32_t thread;
};

static void *work(void *context)
{
    struct worker *w = context;

    for (uint32_t l = 0; l < LAYERS; l++) {
        run_layer(w->bench, l, w->thread);
        meet(w->bench);
    }
    return NULL;
}

static double slice(struct bench *b, bool reads)
{
    struct worker workers[THREADS_MAX];
    pthread_t threads[THREADS_MAX];
    double start = seconds(CLOCK_MONOTONIC);

    b->reads = reads;
    for (uint32_t i = 0; i < b->threads; i++)
        workers[i] = (struct worker){b, i};
    for (uint32_t i = 1; i < b->threads; i++)
        pthread_create(&threads[i], NULL, work, &workers[i]);
    work(&workers[0]);
    for (uint32_t i = 1; i < b->threads; i++)
        pthread_join(threads[i], NULL);
    return seconds(CLOCK_MONOTONIC) - start;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double middle(double *all, uint32_t count)
{
    qsort(all, count, sizeof *all, by_size);
    return all[count / 2];
}

/* For q8_0 any bytes will do as integers, and any f16 as scales. */
static uint8_t *fresh(uint64_t bytes, enum dtype kv)
{
    uint8_t *at = aligned_alloc(4096, round_up(bytes, 4096));

    assert_non_null(at);
    for (uint64_t i = 0; i < bytes; i += 4) {
        float x = random_number();
        uint16_t half[2] = {f32_to_f16(x), f32_to_f16(x * 0.7f)};
        memcpy(at + i, kv == DTYPE_f32 ? (void *)&x : (void *)half, 4);
    }
    return at;
}

static void bench_open(struct bench *b, uint32_t level, enum dtype kv, enum act act, uint32_t chunk)
{
    struct lir_kernel *k = &b->kernel;

    *k = with_arguments(
        (struct lir_kernel){.kind = KERNEL_attention,
                            .rows_symbol = SYMBOL_ROWS,
                            .attention = {.shape = {.kv = kv,
                                                    .heads = HEADS,
                                                    .kv_heads = KV_HEADS,
                                                    .head_dim = HEAD_DIM,
                                                    .context = b->context,
                                                    .split_kv = chunk != 0},
                                          .act = act,
                                          .mask = MASK_causal,
                                          .keys_symbol = SYMBOL_KEYS,
                                          .chunk = chunk,
                                          .max_rows = chunk != 0 ? b->rows : 0},
                            .stride = {[ATTENTION_q] = STRIDE, [ATTENTION_out] = STRIDE}});
    choose_kernel_tile(&target_cpu, level, b->rows, k);
    b->tiles = KV_HEADS * ceil_div(b->rows, k->attention.tile_rows);
    if (chunk != 0)
        b->tiles *= ceil_div(b->depth, chunk);
    code_open(&b->code, level, k, 1);
    code_values(&b->code, k, (struct lir_values){.scale = 0.0883883f});
    const int64_t dims[] = {1, b->rows, b->rows, b->depth - b->rows, 1, b->depth};
    memcpy(b->dims, dims, sizeof dims);
    b->segment = (struct rlx_segment){.rows = b->rows, .past = b->depth - b->rows};
    b->key_bytes = kv_state_bytes(kv, KV_HEADS, HEAD_DIM, b->context, false);
    b->value_bytes = kv_state_bytes(kv, KV_HEADS, HEAD_DIM, b->context, true);
    if (b->keys == NULL) {
        b->keys = fresh(LAYERS * b->key_bytes, kv);
        b->values = fresh(LAYERS * b->value_bytes, kv);
        b->q = buffer_random((size_t)b->rows * STRIDE);
        b->y = buffer_new((size_t)b->rows * STRIDE);
    }
    uint64_t bytes = chunk == 0 ? 0
                                : b->rows * HEADS * attention_slots(&k->attention, 0) *
                                      attention_partial_bytes(&k->attention);
    b->partials = aligned_alloc(64, bytes + 64);
    b->counters = aligned_alloc(64, b->rows * KV_HEADS * 64);
}

struct form {
    struct bench bench;
    const char *name;
    double read[SLICES_MAX], mixed[SLICES_MAX];
};

/* Forms with KV caches of one type share them. */
static void form_open(struct form *all, uint32_t index, const struct bench *sizes, uint32_t level,
                      const char *name)
{
    const bool integers = strncmp(name, "q8:", 3) == 0, pairs = strstr(name, "bf16") != NULL;
    const enum dtype kv = integers ? DTYPE_q8_0 : DTYPE_f16;
    struct form *f = &all[index];

    f->bench = *sizes;
    f->name = name;
    for (uint32_t i = 0; i < index; i++)
        if (all[i].bench.kernel.attention.shape.kv == kv) {
            f->bench.keys = all[i].bench.keys;
            f->bench.values = all[i].bench.values;
            f->bench.q = all[i].bench.q;
            f->bench.y = all[i].bench.y;
        }
    bench_open(&f->bench, level, kv, pairs ? ACT_bf16 : ACT_f32,
               pairs ? 0 : (uint32_t)atoi(name + (integers ? 3 : 0)));
}

static void report(struct form *f, uint32_t slices)
{
    const struct bench *b = &f->bench;
    double bytes = (double)LAYERS * (double)(b->key_bytes + b->value_bytes) / b->context * b->depth;
    double flops = 0, ratio[SLICES_MAX];

    for (uint32_t r = 0; r < b->rows; r++)
        flops += 4.0 * HEADS * HEAD_DIM * (b->depth - b->rows + r + 1) * LAYERS;
    for (uint32_t s = 0; s < slices; s++)
        ratio[s] = f->read[s] / f->mixed[s];
    double share = middle(ratio, slices), time = middle(f->mixed, slices);
    printf("%-8s %.3f ms, %.1f %% of read (%.1f GB/s), %.1f GB/s, %.0f GFLOP/s\n", f->name,
           time * 1e3, share * 100, bytes / middle(f->read, slices) / 1e9, bytes / time / 1e9,
           flops / time / 1e9);
}

int main(int argc, char **argv)
{
    enum { FORMS_MAX = 8, SLICES = 5 };
    struct bench sizes = {0};
    uint32_t count = 0;

    if (argc < 6) {
        fprintf(stderr,
                "usage: perf_attention LEVEL THREADS ROWS DEPTH ([q8:]CHUNK | [q8:]bf16)...\n");
        return 2;
    }
    uint32_t level = (uint32_t)atoi(argv[1]);
    if (target_cpu.native_level() <
        (int)level) { /* which also asks Linux for registers of matrices */
        fprintf(stderr, "perf_attention: this machine does not run level %u\n", level);
        return 1;
    }
    sizes.threads = (uint32_t)atoi(argv[2]);
    sizes.rows = (uint32_t)atoi(argv[3]);
    sizes.depth = (uint32_t)atoi(argv[4]);
    sizes.context = (uint32_t)round_up(sizes.depth, 64);
    struct form *forms = calloc(FORMS_MAX, sizeof *forms);
    assert_non_null(forms);
    for (int i = 5; i < argc && count < FORMS_MAX; i++, count++)
        form_open(forms, count, &sizes, level, argv[i]);
    for (uint32_t s = 0; s < SLICES; s++)
        for (uint32_t i = 0; i < count; i++) {
            forms[i].read[s] = slice(&forms[i].bench, true);
            forms[i].mixed[s] = slice(&forms[i].bench, false);
        }
    for (uint32_t i = 0; i < count; i++)
        report(&forms[i], SLICES);
    free(forms);
    return 0;
}
