/* What `rlx bench` is made of: works, each measured in slices that stand between slices of raw
 * reading, and the report. Every figure is a ratio within one run or comes with what it is to be
 * compared with, because the bandwidth of shared machines changes by the second.
 */
#ifndef RLX_COMMAND_BENCH_H
#define RLX_COMMAND_BENCH_H

#include "runtime/tool/command.h"

/* Numbers of a list; works: three lists, a prompt, decoding, two drafts. */
enum { BENCH_LIST = 16, BENCH_WORKS = 3 * BENCH_LIST + 4, BENCH_SEQUENCES = 64 };

enum bench_kind { BENCH_PROMPT, BENCH_DECODE, BENCH_BATCH, BENCH_BLOCK, BENCH_DRAFT };

struct bench_work {
    enum bench_kind kind;
    const char *text;     /* BENCH_DRAFT: which */
    uint32_t size;        /* tokens of prompt, new tokens, sequences, rows of a block */
    uint32_t depth;       /* tokens in the cache before; several sequences: of each, the mean */
    rlx_session *session; /* its own; NULL: the bench's */
    rlx_session *plain;   /* BENCH_DRAFT: the one without a draft */
    const int32_t *ids;   /* BENCH_DRAFT: the prompt */
    size_t id_count;
    rlx_sampling sampling;
    double *rate; /* by repetition: tokens a second */
    double *one;  /* those of one token at a time, or without a draft, in the same slice; 0: none */
    double *read; /* bytes a second of raw reads around the slice */
    uint64_t proposed, right; /* BENCH_DRAFT: tokens, in all repetitions */
};

struct bench {
    const struct command_options *options;
    rlx_model *model;
    rlx_model_info info;
    uint32_t threads;
    rlx_session *session;
    rlx_session *sequences[BENCH_SEQUENCES]; /* beside it; as many as the largest batch has */
    uint32_t depths[BENCH_SEQUENCES], depth_count;
    struct bench_work works[BENCH_WORKS];
    uint32_t work_count;
    int32_t *ids; /* made up, as many as the context has */
};

/* One slice of one work. */
rlx_status bench_slice(struct bench *b, struct bench_work *w, uint32_t repetition,
                       rlx_error *error);

void bench_print_table(const struct bench *b);
void bench_print_json(const struct bench *b);

#endif
