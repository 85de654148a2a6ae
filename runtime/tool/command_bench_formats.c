/* The results of `rlx bench` for other programs. In: benches; out: JSON with all samples, or rows
 * of medians in CSV or Markdown. */
#include "runtime/tool/command_bench.h"

#include <jansson.h>
#include <string.h>

/* ---- JSON ---- */

static json_t *samples(const double *values, uint32_t count)
{
    json_t *array = json_array();

    for (uint32_t i = 0; i < count; i++)
        json_array_append_new(array, json_real(values[i]));
    return array;
}

static json_t *work_object(const struct bench *b, const struct bench_work *w)
{
    uint32_t count = b->options->repetitions;
    json_t *work =
        json_pack("{s:s, s:i, s:i, s:o, s:o}", "work", bench_kind_name(w->kind), "size",
                  (int)w->size, "depth", (int)w->depth, "tokens_per_second",
                  samples(w->rate, count), "read_bytes_per_second", samples(w->read, count));

    if (bench_reads_weights(w))
        json_object_set_new(work, "bytes_per_run", json_real(bench_run_bytes(b, w)));
    if (w->kind == BENCH_BATCH || w->kind == BENCH_SHORT_RUN || w->kind == BENCH_DRAFT)
        json_object_set_new(work, "compared_tokens_per_second", samples(w->one, count));
    if (w->kind == BENCH_DRAFT) {
        json_object_set_new(work, "text", json_string(w->text));
        json_object_set_new(work, "proposed", json_integer((json_int_t)w->proposed));
        json_object_set_new(work, "right", json_integer((json_int_t)w->right));
    }
    return work;
}

static json_t *bench_object(const struct bench *b)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:i, s:I}", "model", b->info.name, "numerics",
                     b->info.numerics, "cache", b->info.kv_type, "level", b->info.level, "threads",
                     (int)b->threads, "decode_bytes", (json_int_t)b->info.decode_bytes);
}

void bench_print_json(const struct bench *b)
{
    json_t *out = bench_object(b), *works = json_array();

    for (uint32_t i = 0; i < b->work_count; i++)
        json_array_append_new(works, work_object(b, &b->works[i]));
    json_object_set_new(out, "works", works);
    json_dumpf(out, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
    json_decref(out);
}

void bench_print_lines(const struct bench *b)
{
    for (uint32_t i = 0; i < b->work_count; i++) {
        json_t *out = bench_object(b), *work = work_object(b, &b->works[i]);
        json_object_update(out, work);
        json_dumpf(out, stdout, JSON_REAL_PRECISION(6));
        putchar('\n');
        json_decref(work);
        json_decref(out);
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
