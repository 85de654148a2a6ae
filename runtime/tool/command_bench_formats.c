/* The results of `rlx bench` for other programs. In: benches; out: JSON with all samples, or rows
 * of medians in CSV or Markdown. */
#include "runtime/tool/command_bench.h"

#include "runtime/base/json_out.h"

#include <string.h>

/* ---- JSON ---- */

static void put_samples(struct json_out *o, const char *name, const double *values, uint32_t count)
{
    json_out_open(o, name, '[');
    for (uint32_t i = 0; i < count; i++)
        json_out_real(o, NULL, values[i]);
    json_out_close(o, ']');
}

static void put_work(struct json_out *o, const struct bench *b, const struct bench_work *w)
{
    uint32_t count = b->options->repetitions;

    json_out_string(o, "work", bench_kind_name(w->kind));
    json_out_integer(o, "size", w->size);
    json_out_integer(o, "depth", w->depth);
    put_samples(o, "tokens_per_second", w->rate, count);
    put_samples(o, "read_bytes_per_second", w->read, count);
    if (bench_reads_weights(w))
        json_out_real(o, "bytes_per_run", bench_run_bytes(b, w));
    if (w->kind == BENCH_BATCH || w->kind == BENCH_SHORT_RUN || w->kind == BENCH_DRAFT)
        put_samples(o, "compared_tokens_per_second", w->one, count);
    if (w->kind == BENCH_DRAFT) {
        json_out_string(o, "text", w->text);
        json_out_integer(o, "proposed", (int64_t)w->proposed);
        json_out_integer(o, "right", (int64_t)w->right);
    }
}

static void put_bench(struct json_out *o, const struct bench *b)
{
    json_out_string(o, "model", b->info.name);
    json_out_string(o, "numerics", b->info.numerics);
    json_out_string(o, "cache", b->info.kv_type);
    json_out_string(o, "level", b->info.level);
    json_out_string(o, "device", rlx_session_device(b->session));
    json_out_integer(o, "threads", b->threads);
    json_out_integer(o, "decode_bytes", (int64_t)b->info.decode_bytes);
}

void bench_print_json(const struct bench *b)
{
    struct json_out out = {.file = stdout, .indented = true};

    json_out_open(&out, NULL, '{');
    put_bench(&out, b);
    json_out_open(&out, "works", '[');
    for (uint32_t i = 0; i < b->work_count; i++) {
        json_out_open(&out, NULL, '{');
        put_work(&out, b, &b->works[i]);
        json_out_close(&out, '}');
    }
    json_out_close(&out, ']');
    json_out_close(&out, '}');
}

void bench_print_lines(const struct bench *b)
{
    for (uint32_t i = 0; i < b->work_count; i++) {
        struct json_out out = {.file = stdout};
        json_out_open(&out, NULL, '{');
        put_bench(&out, b);
        put_work(&out, b, &b->works[i]);
        json_out_close(&out, '}');
        putchar('\n');
    }
}

/* ---- rows ---- */

static const char *const columns[] = {
    "model",    "arithmetic", "cache",         "level",         "threads",          "work",
    "tokens/s", "spread %",   "% of raw read", "raw read GB/s", "compared tokens/s"};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static void print_field(const char *text, bool markdown, bool last)
{
    bool quoted = !markdown && strpbrk(text, ",\"\r\n") != NULL;

    fputs(markdown ? "| " : quoted ? "\"" : "", stdout);
    for (; *text != 0; text++) {
        unsigned char c = (unsigned char)*text;
        if (markdown && (c == '|' || c == '\\'))
            putchar('\\');
        if (quoted && c == '"')
            putchar('"');
        if (c >= ' ' && c != 0x7f)
            putchar(c);
    }
    fputs(markdown ? " " : quoted ? "\"" : "", stdout);
    fputs(last ? (markdown ? "|\n" : "\n") : (markdown ? "" : ","), stdout);
}

void bench_print_row_names(bool markdown)
{
    for (uint32_t i = 0; i < COLUMNS; i++)
        print_field(columns[i], markdown, i + 1 == COLUMNS);
    for (uint32_t i = 0; i < COLUMNS && markdown; i++)
        fputs(i + 1 < COLUMNS ? "|---" : "|---|\n", stdout);
}

void bench_print_rows(const struct bench *b, bool markdown)
{
    uint32_t count = b->options->repetitions;

    for (uint32_t i = 0; i < b->work_count; i++) {
        const struct bench_work *w = &b->works[i];
        struct bench_middle rate = bench_middle(w->rate, count);
        double share = bench_share(b, w);
        char name[BENCH_NAME], number[6][32] = {""};
        snprintf(number[0], 32, "%u", b->threads);
        snprintf(number[1], 32, "%.2f", rate.median);
        snprintf(number[2], 32, "%.1f", 100 * rate.spread);
        if (share != 0)
            snprintf(number[3], 32, "%.1f", 100 * share);
        snprintf(number[4], 32, "%.2f", bench_middle(w->read, count).median / 1e9);
        if (w->kind != BENCH_PROMPT && w->kind != BENCH_DECODE)
            snprintf(number[5], 32, "%.2f", bench_middle(w->one, count).median);
        const char *const fields[COLUMNS] = {
            b->info.name,  b->info.numerics, b->info.kv_type,
            b->info.level, number[0],        bench_work_name(w, name),
            number[1],     number[2],        number[3],
            number[4],     number[5]};
        for (uint32_t f = 0; f < COLUMNS; f++)
            print_field(fields[f], markdown, f + 1 == COLUMNS);
    }
}
