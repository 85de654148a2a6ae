/* The parts of `rlx bench`: works, each measured in slices between slices of raw reading, and the
 * report. Every figure is a ratio within one run, or comes with the figure to compare it with,
 * because the bandwidth of shared machines changes by the second. */
#ifndef RLX_COMMAND_BENCH_H
#define RLX_COMMAND_BENCH_H

#include "runtime/tool/command.h"

/* Works: prompts, decoding at each depth, batches, short runs, two drafts. */
enum { BENCH_WORKS = COMMAND_LIST * (COMMAND_LIST + 4) + 2 };

enum bench_kind { BENCH_PROMPT, BENCH_DECODE, BENCH_BATCH, BENCH_SHORT_RUN, BENCH_DRAFT };

struct bench_work {
    enum bench_kind kind;
    const char *text;     /* BENCH_DRAFT: which text */
    uint32_t size;        /* tokens of prompt, new tokens, sequences, rows of a short run */
    uint32_t depth;       /* tokens in the cache before; several sequences: the mean of each */
    rlx_session *session; /* its own session; NULL: the bench's */
    rlx_session *plain;   /* BENCH_DRAFT: the one without a draft */
    const int32_t *ids;   /* BENCH_DRAFT: the prompt */
    size_t id_count;
    rlx_sampling sampling;
    double *rate; /* by repetition: tokens per second */
    double *one;  /* the same for one token at a time, or without a draft, in the same slice; 0:
                     none */
    double *read; /* bytes per second of raw reads around the slice */
    uint64_t proposed, right; /* BENCH_DRAFT: tokens of all repetitions */
};

struct bench { /* of one model with one number of threads */
    const struct command_options *options;
    rlx_model *model;
    rlx_model_info info;
    uint32_t threads, new_tokens;
    rlx_session *session;
    bool
        is_elsewhere; /* it runs on a device that does not read this machine's memory as programs do
                        */
    rlx_session *sequences[COMMAND_SEQUENCES]; /* opened beside it; as many as the largest batch
                                                  has */
    struct bench_work works[BENCH_WORKS];
    uint32_t work_count;
    int32_t *ids; /* made up, as many as the context holds */
};

/* Tokens before the new ones in sequence `i` of a batch, and with i = 0 in blocks. */
static inline uint32_t bench_depth(const struct bench *b, uint32_t i)
{
    const struct command_list *depths = &b->options->depths;

    return depths->count == 0 ? 0 : depths->values[i % depths->count];
}

/* command_bench_works.c: makes the works that the options ask for, and their sessions; returns an
 * exit code. */
int bench_add_works(struct bench *b);
void bench_free_works(struct bench *b);

/* One slice of one work. */
rlx_status bench_slice(struct bench *b, struct bench_work *w, uint32_t repetition,
                       rlx_error *error);

/* Prints all benches in the requested format: begin, then each bench when it is done, then end. */
void bench_report_begin(const struct command_options *o, bool several);
void bench_report(const struct bench *b);
void bench_report_end(const struct command_options *o);

/* The median, and half the interquartile range relative to it. */
struct bench_middle {
    double median, spread;
};
struct bench_middle bench_middle(const double *values, uint32_t count);
/* Of a[i] / c[i]. */
struct bench_middle bench_ratio(const struct bench *b, const double *a, const double *c);
bool bench_reads_weights(const struct bench_work *w); /* once per run */
double bench_run_bytes(const struct bench *b, const struct bench_work *w);
/* The work's share of the speed of a raw read; 0: not comparable. */
double bench_share(const struct bench *b, const struct bench_work *w);
/* "decode 128 at 4096", "draft: repeating" */
enum { BENCH_NAME = 64 };
const char *bench_work_name(const struct bench_work *w, char name[BENCH_NAME]);
const char *bench_kind_name(enum bench_kind kind);

/* command_bench_formats.c */

void bench_print_rows(const struct bench *b, bool markdown); /* CSV or Markdown */
void bench_print_row_names(bool markdown);
void bench_print_lines(const struct bench *b); /* one JSON object per line, for each work */
void bench_print_json(const struct bench *b);

#endif
