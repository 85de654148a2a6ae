/* The parts of the harness: works (works.def) are measured in rounds (rounds.c), from which the
 * table and the file of samples come (report.c).
 */
#ifndef RLX_PERF_HARNESS_H
#define RLX_PERF_HARNESS_H

#include "tests/perf/bars.h"
#include "tests/perf/child.h"
#include "tests/perf/stats.h"
#include "tests/perf/turn.h"

#include <jansson.h>
#include <rlx/rlx.h>

enum { MAX_PEERS = 8, MAX_ROUNDS = 256 };

/* What our result is divided by. */
enum yardstick {
    YARD_BYTES,   /* the bytes that a token needs, at the speed of a raw read of the same mapping */
    YARD_PREFILL, /* weights read once, plus linear operations at peak, plus attention at peak */
    YARD_ONE,     /* our own rate with one sequence and one token per run */
    YARD_TOKEN,   /* the same, as the time of one run */
    YARD_PLAIN    /* our own rate for the same text without a draft */
};

enum pace { SWIFT, SLOW };
enum asked { ALL, OURS };

struct work {
    const char *name;
    unsigned threads; /* 0: all */
    const char *request;
    unsigned a, b;
    double units;
    enum yardstick yardstick;
    enum pace pace;
    enum asked asked;
};

extern const struct work works[];
extern const size_t work_count;

/* What one token or one prompt of this model needs, from the artifact's manifest. */
struct needs {
    double weight_bytes;   /* that a token reads */
    double position_bytes; /* of the KV cache, where all positions are read */
    double ring_bytes;     /* of a position in rings, of which `window` are read at most */
    double window;
    double linear;        /* operations per token in the layers */
    double attention;     /* operations for one query and one key, in all layers */
    bool linear_in_bytes; /* linear operations at int8 peak, else at that of bf16 */
};

struct options {
    const char *model, *title, *kind, *names, *json;
    const char *engine;
    struct turn turn;
    unsigned threads, rounds;
    double seconds; /* a work, at most */
    double limit;   /* seconds of one slice; an engine that needs more is ended */
    bool quick, linear_in_bytes;
};

/* One round of one work. A read (with the same threads) comes before and after our slice. */
struct round {
    struct sample read[2], linear_peak, attention_peak, one, ours, peer[MAX_PEERS];
};

struct harness {
    struct options options;
    rlx_model *model;
    rlx_model_info info;
    struct needs needs;
    struct child ours, peers[MAX_PEERS];
    size_t peer_count;
    double peer_seconds[MAX_PEERS]; /* of the last slice */
    bool prefetched[2];             /* which raw read is the faster: with one thread, with all */
    double read_rate, huge_rate; /* with all threads: of the weights' mapping, and of huge pages */
    double turn_ends;
    int turn;         /* held, or negative */
    double waited;    /* seconds for turns */
    double ping;      /* the last round trip */
    const char *work; /* being measured; for the record */
    bool recording;
    json_t *slices;
};

/* Fills rounds[]; returns how many. Refusals are left in the children's `reason`. */
size_t rounds_measure(struct harness *h, const struct work *work, struct round *rounds);
/* Finds out which raw read is the faster (`prefetched`), and touches the weights. */
void rounds_warm(struct harness *h);
/* Gives the machine to others. */
void rounds_end(struct harness *h);

void report_head(const struct harness *h);
void report_work(const struct harness *h, const struct work *work, const struct round *rounds,
                 size_t count);
bool report_samples(const struct harness *h);

struct needs needs_of(const rlx_model *model, const rlx_model_info *info, bool linear_in_bytes);
/* Ours divided by the yardstick, in this round. `regime`: what both were measured in. */
double needs_share(const struct needs *needs, const struct work *work, const struct round *round,
                   enum regime *regime);

#endif
