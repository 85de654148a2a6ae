/* How fast the Vulkan target's shaders are on a device, against a shader that only reads. In: the
 * command line; needs no model. Out: a table, or CSV.
 *
 * Products of one row, and attention of one row, wait for memory: rounds of a read of all the pool, a
 * read of as many bytes per launch as the shader's, and the shader; shares are medians of the rounds'
 * ratios. Products of many rows compute: their rate is printed.
 */
#include "tests/perf/shader_bench.h"
#include "tests/perf/stats.h"
#include "tests/support/packed_bytes.h"
#include "tests/support/tiles.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const struct target target_vulkan;

enum { LIST_MAX = 16, ROUNDS_MAX = 99 };

struct options {
    const char *device, *level; /* level NULL: the best */
    enum act act;               /* of products; ACT_COUNT: what rlxc chooses */
    uint64_t megabytes;         /* of the pool; 0: what suits the device */
    uint32_t rounds;
    bool csv;
    const char *layouts; /* "q8_0,q4_0"; NULL: all */
    uint32_t shapes[LIST_MAX][2], rows[LIST_MAX], keys[LIST_MAX];
    uint32_t shape_count, row_count, key_count;
};

static const struct options usual = {
    .device = "vulkan",
    .act = ACT_COUNT,
    .rounds = 5,
    /* SmolLM2-135M and its lm_head, Qwen3-0.6B, and one as wide as models of 7B have. */
    .shapes = {{576, 1536},
               {1536, 576},
               {960, 576},
               {49152, 576},
               {1024, 3072},
               {3072, 1024},
               {2048, 1024},
               {4096, 4096}},
    .shape_count = 8,
    .rows = {1, 8, 64, 256, 512},
    .row_count = 5,
    .keys = {512, 2048, 8192},
    .key_count = 3,
};

static const struct heads {
    const char *name;
    uint32_t heads, kv_heads, head_dim;
} head_shapes[] = {{"SmolLM2-135M", 9, 3, 64}, {"Qwen3-0.6B", 16, 8, 128}};

/* ---- rounds ---- */

struct bench {
    struct shader_bench device;
    const struct options *options;
    struct shader_work read; /* of all the pool */
};

static double rate(const struct shader_work *w, double seconds)
{
    return (double)w->bytes / seconds;
}

/* Columns of the tables; `quantity` is what a launch does, in bytes or operations. */
static void print_columns(const struct options *o, const char *kind, const char *name,
                          double seconds, double quantity)
{
    if (o->csv)
        printf("%s,%s,%.2f,%.2f", kind, name, 1e6 * seconds, 1e-9 * quantity / seconds);
    else
        printf("%-30s %10.1f %9.2f", name, 1e6 * seconds, 1e-9 * quantity / seconds);
}

static void print_rate(struct bench *b, const char *kind, const char *name,
                       const struct shader_work *w, double quantity)
{
    double seconds[ROUNDS_MAX];

    for (uint32_t i = 0; i < b->options->rounds; i++)
        seconds[i] = shader_work_slice(&b->device, w);
    print_columns(b->options, kind, name, spread_of(seconds, b->options->rounds).middle, quantity);
    printf("\n");
    fflush(stdout);
}

/* Rounds; the shares are of the rate at which all the pool is read before and after, and of launches
 * that only read as many bytes. */
static void print_shares(struct bench *b, const char *kind, const char *name,
                         const struct shader_work *w)
{
    double seconds[ROUNDS_MAX], of_read[ROUNDS_MAX], of_equal[ROUNDS_MAX];
    const struct options *o = b->options;
    struct shader_work equal;

    shader_work_read(&b->device, w->bytes, &equal);
    double before = rate(&b->read, shader_work_slice(&b->device, &b->read));
    for (uint32_t i = 0; i < o->rounds; i++) {
        const double small = rate(&equal, shader_work_slice(&b->device, &equal));
        seconds[i] = shader_work_slice(&b->device, w);
        const double after = rate(&b->read, shader_work_slice(&b->device, &b->read));
        of_read[i] = 100 * rate(w, seconds[i]) * 2 / (before + after);
        of_equal[i] = 100 * rate(w, seconds[i]) / small;
        before = after;
    }
    shader_work_free(&b->device, &equal);
    const struct spread share = spread_of(of_read, o->rounds);
    print_columns(o, kind, name, spread_of(seconds, o->rounds).middle, (double)w->bytes);
    printf(o->csv ? ",%.2f,%.2f,%.2f,%.2f\n" : " %7.1f%% (%5.1f %5.1f) %14.1f%%\n", share.middle,
           share.low, share.high, spread_of(of_equal, o->rounds).middle);
    fflush(stdout);
}

static void print_head(const struct options *o, const char *what, const char *rate_name,
                       bool shares)
{
    if (o->csv)
        printf("kind,%s,us,%s%s\n", what, rate_name,
               shares ? ",of_read,of_read_low,of_read_high,of_equal_reads" : "");
    else
        printf("\n%-30s %10s %9s%s\n", what, "us/launch", rate_name,
               shares ? "  of read  (quartiles)  of equal reads" : "");
}

/* ---- reads ---- */

static void time_reads(struct bench *b)
{
    print_head(b->options, "read of bytes", "GB/s", false);
    for (uint64_t bytes = 256 << 10; bytes <= b->device.pool.bytes; bytes *= 4) {
        struct shader_work w;
        char name[32];
        shader_work_read(&b->device, bytes, &w);
        snprintf(name, sizeof name, "%llu", (unsigned long long)w.bytes);
        print_rate(b, "read", name, &w, (double)w.bytes);
        shader_work_free(&b->device, &w);
    }
}

/* ---- products ---- */

static uint32_t random_bits(void)
{
    static uint64_t state = 1;

    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 32);
}

/* The pool becomes units of a layout, which make up weights of any shape. */
static void fill_pool(struct bench *b, enum layout layout)
{
    const uint64_t columns = 4096,
                   bytes = layout_groups_bytes(layout, layout_info[layout].groups, columns);
    uint8_t *unit = malloc(bytes);

    if (unit == NULL)
        abort();
    fill_packed(layout, columns, unit, bytes, 1.0f / 256, random_bits);
    shader_bench_fill(&b->device, unit, bytes);
    free(unit);
}

static enum act act_of(const struct bench *b, enum layout layout, uint32_t rows)
{
    const bool is_prompt = rows > SHORT_RUN_MAX && layout_is_quantized(layout);

    if (b->options->act != ACT_COUNT && layout_is_quantized(layout))
        return b->options->act;
    return is_prompt && target_vulkan.levels[b->device.level].traits.integer_prompts ? ACT_i8
                                                                                     : ACT_f32;
}

static struct lir_kernel product_of(const struct bench *b, enum layout layout, uint32_t n,
                                    uint32_t k, uint32_t rows)
{
    const struct act_format format = {.act = act_of(b, layout, rows),
                                      .bias = (uint32_t)layout_info[layout].bias,
                                      .block_sums = layout_info[layout].scales == 2 ? 2 : 0};
    struct lir_kernel product =
        with_arguments((struct lir_kernel){.kind = KERNEL_matmul,
                                           .rows_symbol = SYMBOL_ROWS,
                                           .matmul = {.layout = layout, .n = n, .k = k},
                                           .stride = {[MATMUL_out] = (uint32_t)round_up(n, 16)}});

    if (format.act == ACT_f32)
        product.matmul.format.act = ACT_f32;
    else
        product.matmul.format = format;
    choose_kernel_tile(&target_vulkan, b->device.level, rows, &product);
    return product;
}

static void time_product(struct bench *b, enum layout layout, const uint32_t shape[2],
                         uint32_t rows)
{
    const struct lir_kernel k = product_of(b, layout, shape[0], shape[1], rows);
    const int64_t dims[RLX_DIM_COUNT] = {1, rows, rows, 0, rows, rows};
    const double operations = 2.0 * shape[0] * shape[1] * rows;
    struct shader_work w;
    char name[64];

    shader_work_kernel(&b->device, &k, &(struct lir_values){0}, dims, &w);
    snprintf(name, sizeof name, b->options->csv ? "%s,%s,%ux%u,%u" : "%s x %s %ux%u, rows: %u",
             dtype_info[layout_info[layout].dtype].name, act_names[k.matmul.format.act], shape[0],
             shape[1], rows);
    if (rows == 1)
        print_shares(b, "product", name, &w);
    else
        print_rate(b, "product", name, &w, operations);
    shader_work_free(&b->device, &w);
}

static bool in_list(const char *list, const char *name)
{
    const size_t bytes = strlen(name);

    for (const char *at = list; at != NULL; at = strchr(at, ','), at = at != NULL ? at + 1 : NULL)
        if (strncmp(at, name, bytes) == 0 && (at[bytes] == 0 || at[bytes] == ','))
            return true;
    return list == NULL;
}

/* One row of every shape, then more rows, of which the lm_head has none. */
static void time_products(struct bench *b, enum layout layout, bool one_row)
{
    const struct options *o = b->options;

    for (uint32_t s = 0; s < o->shape_count; s++)
        for (uint32_t r = 0; r < o->row_count; r++)
            if (o->shapes[s][1] % layout_multiple(layout) == 0 && (o->rows[r] == 1) == one_row &&
                (one_row || o->shapes[s][0] <= 16384))
                time_product(b, layout, o->shapes[s], o->rows[r]);
}

static void time_all_products(struct bench *b, bool one_row)
{
    print_head(b->options, b->options->csv ? "format,act,shape,rows" : "product",
               one_row ? "GB/s" : "Gop/s", one_row);
    for (uint32_t i = 1; i < LAYOUT_COUNT; i++)
        if (in_list(b->options->layouts, dtype_info[layout_info[i].dtype].name)) {
            fill_pool(b, (enum layout)i);
            time_products(b, (enum layout)i, one_row);
        }
}

/* ---- attention ---- */

static struct lir_kernel attention_of(const struct heads *h, enum dtype kv, uint32_t keys)
{
    enum { CHUNK = 256 }; /* compiler/late/choose_tile.c, for contexts up to 16384 */
    const uint32_t width = h->heads * h->head_dim, context = (uint32_t)round_up(keys, 64);
    const bool splits = context > CHUNK;
    struct lir_kernel k = {.kind = KERNEL_attention,
                           .rows_symbol = SYMBOL_ROWS,
                           .attention = {.shape = {.kv = kv,
                                                   .heads = h->heads,
                                                   .kv_heads = h->kv_heads,
                                                   .head_dim = h->head_dim,
                                                   .context = context,
                                                   .split_kv = splits},
                                         .act = ACT_f32,
                                         .mask = MASK_causal,
                                         .keys_symbol = SYMBOL_KEYS,
                                         .chunk = splits ? CHUNK : 0,
                                         .max_rows = splits ? 1 : 0},
                           .stride = {[ATTENTION_q] = width, [ATTENTION_out] = width}};

    k = with_arguments(k);
    choose_kernel_tile(&target_vulkan, 0, 1, &k); /* all levels have the same */
    return k;
}

static void time_attention(struct bench *b, const struct heads *h, enum dtype kv, uint32_t keys)
{
    const struct lir_kernel k = attention_of(h, kv, keys);
    const struct lir_values values = {.scale = 1 / sqrtf((float)h->head_dim)};
    const int64_t dims[RLX_DIM_COUNT] = {1, 1, 1, keys - 1, 1, keys};
    struct shader_work w;
    char name[64];

    shader_work_kernel(&b->device, &k, &values, dims, &w);
    snprintf(name, sizeof name, b->options->csv ? "%s,%s,%u" : "%s %s, %u keys", h->name,
             dtype_info[kv].name, keys);
    print_shares(b, "attention", name, &w);
    shader_work_free(&b->device, &w);
}

/* As integers any bytes will do; as scales, numbers of f16. */
static void fill_states(struct bench *b)
{
    uint16_t halves[4096];

    for (uint32_t i = 0; i < countof(halves); i++)
        halves[i] = f32_to_f16((float)(random_bits() >> 8) * 0x1p-24f - 0.5f);
    shader_bench_fill(&b->device, halves, sizeof halves);
}

static void time_all_attention(struct bench *b)
{
    static const enum dtype kinds[] = {DTYPE_f16, DTYPE_q8_0};

    fill_states(b);
    print_head(b->options, b->options->csv ? "heads,kv,keys" : "attention of one row", "GB/s",
               true);
    for (uint32_t h = 0; h < countof(head_shapes); h++)
        for (uint32_t kv = 0; kv < countof(kinds); kv++)
            for (uint32_t i = 0; i < b->options->key_count; i++)
                time_attention(b, &head_shapes[h], kinds[kv], b->options->keys[i]);
}

/* ---- the command line ---- */

static const char usage[] =
    "usage: perf_vulkan [--device=vulkan[:N]] [--megabytes=N] [--rounds=N] [--csv]\n"
    "                   [--level=vulkan1.2] [--activations=f32|i16|i8]\n"
    "                   [--formats=q8_0,...] [--shapes=576x1536,...] [--rows=1,8,...] [--keys=512,...]\n"
    "--rows= and --keys= with nothing after them leave these out.\n";

static bool parse_numbers(const char *text, uint32_t *out, uint32_t *count, uint32_t max)
{
    *count = 0;
    while (*text != 0 && *count < LIST_MAX) {
        char *end;
        const unsigned long value = strtoul(text, &end, 10);
        if (end == text || value == 0 || value > max || (*end != 0 && *end != ','))
            return false;
        out[(*count)++] = (uint32_t)value;
        text = *end == ',' ? end + 1 : end;
    }
    return *text == 0;
}

static bool parse_shapes(const char *text, struct options *o)
{
    int used = 0;

    o->shape_count = 0;
    for (; *text != 0 && o->shape_count < LIST_MAX; text += used, text += *text == ',') {
        uint32_t *shape = o->shapes[o->shape_count++];
        if (sscanf(text, "%ux%u%n", &shape[0], &shape[1], &used) != 2 || shape[0] == 0 ||
            shape[1] == 0 || shape[0] > 1 << 18 || shape[1] > 16384)
            return false;
    }
    return *text == 0;
}

static bool parse_act(const char *text, enum act *out)
{
    static const enum act served[] = {ACT_f32, ACT_i16, ACT_i8};

    for (uint32_t i = 0; i < countof(served); i++)
        if (strcmp(text, act_names[served[i]]) == 0) {
            *out = served[i];
            return true;
        }
    return false;
}

static bool parse_option(const char *text, struct options *o)
{
    const char *value = strchr(text, '=');
    const size_t bytes = value != NULL ? (size_t)(value++ - text) : strlen(text);
    uint32_t one, count;

#define IS(name) (bytes == strlen(name) && strncmp(text, name, bytes) == 0)
    if (IS("--csv") && value == NULL)
        return o->csv = true;
    if (value == NULL)
        return false;
    if (IS("--rows"))
        return parse_numbers(value, o->rows, &o->row_count, 512);
    if (IS("--keys"))
        return parse_numbers(value, o->keys, &o->key_count, 16384);
    if (IS("--shapes"))
        return parse_shapes(value, o);
    if (IS("--activations"))
        return parse_act(value, &o->act);
    if (IS("--formats") || IS("--device") || IS("--level")) {
        *(IS("--device") ? &o->device : IS("--level") ? &o->level : &o->layouts) = value;
        return true;
    }
    if (!parse_numbers(value, &one, &count, 1 << 20) || count != 1)
        return false;
    if (IS("--rounds"))
        o->rounds = one;
    else if (IS("--megabytes"))
        o->megabytes = one;
    else
        return false;
    return o->rounds <= ROUNDS_MAX;
#undef IS
}

static bool has_rows(const struct options *o, bool one_row)
{
    for (uint32_t i = 0; i < o->row_count; i++)
        if ((o->rows[i] == 1) == one_row)
            return true;
    return false;
}

int main(int argc, char **argv)
{
    struct options o = usual;
    struct bench b = {.options = &o};

    for (int i = 1; i < argc; i++)
        if (!parse_option(argv[i], &o)) {
            fputs(usage, stderr);
            return 2;
        }
    shader_bench_open(&b.device, o.device, o.level);
    shader_bench_pool(&b.device, o.megabytes << 20);
    if (!o.csv)
        printf("vulkan:%u %s, %s, %s %s; over %llu MB, %u rounds\n", b.device.number,
               b.device.v.facts.name, target_vulkan.levels[b.device.level].name,
               b.device.v.facts.driver, b.device.v.facts.driver_info,
               (unsigned long long)(b.device.pool.bytes >> 20), o.rounds);
    time_reads(&b);
    shader_work_read(&b.device, b.device.pool.bytes, &b.read);
    for (int one_row = 1; one_row >= 0; one_row--)
        if (has_rows(&o, one_row))
            time_all_products(&b, one_row);
    if (o.key_count != 0)
        time_all_attention(&b);
    shader_work_free(&b.device, &b.read);
    shader_bench_close(&b.device);
    return 0;
}
