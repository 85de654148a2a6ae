/* The report of `rlx bench`. In: samples. Out: figures, and a line of text per work.
 * command_bench_formats.c has the other formats. */
#include "runtime/base/amount.h"
#include "runtime/base/printable.h"
#include "runtime/tool/command_bench.h"

#include <stdlib.h>
#include <string.h>

/* Smaller weights may come from a processor's cache, and a raw read of them does not measure
 * memory. */
enum { CACHED_BYTES = 64 << 20 };

const char *bench_kind_name(enum bench_kind kind)
{
    static const char *const names[] = {[BENCH_PROMPT] = "prompt",
                                        [BENCH_DECODE] = "decode",
                                        [BENCH_BATCH] = "batch",
                                        [BENCH_SHORT_RUN] = "block",
                                        [BENCH_DRAFT] = "draft"};

    return names[kind];
}

const char *bench_work_name(const struct bench_work *w, char name[BENCH_NAME])
{
    const char *kind = bench_kind_name(w->kind);

    if (w->text != NULL)
        snprintf(name, BENCH_NAME, "%s: %s", kind, w->text);
    else if (w->depth != 0)
        snprintf(name, BENCH_NAME, "%s %u at %u", kind, w->size, w->depth);
    else
        snprintf(name, BENCH_NAME, "%s %u", kind, w->size);
    return name;
}

/* ---- figures ---- */

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

struct bench_middle bench_middle(const double *values, uint32_t count)
{
    double *sorted = command_memory(malloc(count * sizeof *sorted));

    memcpy(sorted, values, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare);
    double median = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
    double quartiles = sorted[count - 1 - (count - 1) / 4] - sorted[(count - 1) / 4];
    free(sorted);
    return (struct bench_middle){median, quartiles / 2 / median};
}

struct bench_middle bench_ratio(const struct bench *b, const double *a, const double *c)
{
    uint32_t count = b->options->repetitions;
    double *ratio = command_memory(malloc(count * sizeof *ratio));

    for (uint32_t i = 0; i < count; i++)
        ratio[i] = a[i] / c[i];
    struct bench_middle m = bench_middle(ratio, count);
    free(ratio);
    return m;
}

bool bench_reads_weights(const struct bench_work *w)
{
    return w->kind == BENCH_DECODE || w->kind == BENCH_BATCH || w->kind == BENCH_SHORT_RUN;
}

/* What a token of one sequence reads of its states after `depth` others. */
static double states_read(const rlx_model *model, double depth)
{
    double bytes = 0;

    for (uint32_t i = 0; i < rlx_model_state_count(model); i++) {
        rlx_state_info s = rlx_state_info_default();
        if (rlx_model_get_state(model, i, &s, NULL) != RLX_OK)
            continue;
        const bool is_rows = strcmp(s.state_class, "rows") == 0;
        const double max = s.window != 0 ? (double)s.window : (double)s.capacity,
                     rows = (is_rows || s.window != 0) && depth < max ? depth : max;
        bytes += rows * (double)s.bytes / (double)s.capacity;
    }
    return bytes;
}

/* The weights, and the states of each sequence. */
double bench_run_bytes(const struct bench *b, const struct bench_work *w)
{
    const double sequences = w->kind == BENCH_BATCH ? w->size : 1;

    return (double)b->info.decode_bytes + sequences * states_read(b->model, w->depth);
}

double bench_share(const struct bench *b, const struct bench_work *w)
{
    double tokens = w->kind == BENCH_BATCH || w->kind == BENCH_SHORT_RUN ? w->size : 1;

    if (!bench_reads_weights(w) || b->is_elsewhere || b->info.decode_bytes < CACHED_BYTES)
        return 0;
    return bench_ratio(b, w->rate, w->read).median * bench_run_bytes(b, w) / tokens;
}

/* ---- text ---- */

static void print_comparison(const struct bench *b, const struct bench_work *w)
{
    struct bench_middle gain = bench_ratio(b, w->rate, w->one);

    if (w->kind == BENCH_BATCH)
        printf("   %.2f x one sequence (± %.0f %%)", gain.median, 100 * gain.spread);
    else if (w->kind == BENCH_SHORT_RUN)
        printf("   a run takes %.2f x one token's (± %.0f %%)", w->size / gain.median,
               100 * gain.spread);
    else if (w->kind == BENCH_DRAFT)
        printf("   %.2f x without a draft (± %.0f %%); %.0f %% of %llu proposed tokens were right",
               gain.median, 100 * gain.spread,
               w->proposed == 0 ? 0 : 100 * (double)w->right / (double)w->proposed,
               (unsigned long long)w->proposed);
}

static void print_experts(const struct bench *b)
{
    rlx_expert_counts c = rlx_expert_counts_default();
    char bytes[AMOUNT_BYTES];

    rlx_session_get_expert_counts(b->session, &c);
    if (c.layers == 0)
        return;
    printf("experts              %u of %u of each of %u layers stay in memory, of %s in all: "
           "%llu hits, %llu misses, %llu moved in\n",
           c.budget, c.experts, c.layers, amount_of_bytes((double)c.expert_bytes, bytes),
           (unsigned long long)c.hits, (unsigned long long)c.misses,
           (unsigned long long)c.promotions);
}

static void print_table(const struct bench *b)
{
    uint32_t count = b->options->repetitions;

    printable_write(b->info.name, stdout);
    printf(", %s, cache %s, %s, ", b->info.numerics, b->info.kv_type, b->info.level);
    if (b->is_elsewhere)
        printf("device %s", rlx_session_device(b->session));
    else
        printf("%u thread%s", b->threads, b->threads == 1 ? "" : "s");
    printf("; medians of %u, ± half the distance of their quartiles\n", count);
    for (uint32_t i = 0; i < b->work_count; i++) {
        const struct bench_work *w = &b->works[i];
        struct bench_middle rate = bench_middle(w->rate, count);
        double share = bench_share(b, w);
        char name[BENCH_NAME];
        printf("%-20s %9.1f tokens/s ± %2.0f %%", bench_work_name(w, name), rate.median,
               100 * rate.spread);
        if (share != 0)
            printf("   %.0f %% of raw read (%.1f GB/s)", 100 * share,
                   bench_middle(w->read, count).median / 1e9);
        else if (bench_reads_weights(w) && !b->is_elsewhere)
            printf("   (the weights fit the caches)");
        print_comparison(b, w);
        putchar('\n');
    }
    print_experts(b);
}

/* ---- all benches ---- */

static bool several, first; /* several benches; whether none is printed yet */

void bench_report_begin(const struct command_options *o, bool are_several)
{
    several = are_several;
    first = true;
    if (o->format == FORMAT_MD || o->format == FORMAT_CSV)
        bench_print_row_names(o->format == FORMAT_MD);
}

void bench_report(const struct bench *b)
{
    switch (b->options->format) {
    case FORMAT_TABLE:
        fputs(first ? "" : "\n", stdout);
        print_table(b);
        break;
    case FORMAT_JSON:
        fputs(!several ? "" : first ? "[\n" : ",\n", stdout);
        bench_print_json(b);
        break;
    case FORMAT_JSONL:
        bench_print_lines(b);
        break;
    default:
        bench_print_rows(b, b->options->format == FORMAT_MD);
    }
    first = false;
    fflush(stdout);
}

void bench_report_end(const struct command_options *o)
{
    if (o->format == FORMAT_JSON)
        fputs(several ? "\n]\n" : "\n", stdout);
}
