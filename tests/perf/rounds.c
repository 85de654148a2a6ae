/* Measuring one work: rounds of slices (raw read, ours, raw read, each peer), between which the
 * round trip between two cores is taken, so that every slice knows the regime before and after it.
 */
#include "runtime/base/read_bandwidth.h"
#include "compiler/machine/limits.h"
#include "tests/perf/harness.h"
#include "tests/perf/pages.h"

#include <string.h>
#include <sys/mman.h>

/* What ran since the last round trip, tagged and recorded. */
static struct sample tagged(struct harness *h, const char *who, double units, double seconds)
{
    double before = h->ping;
    struct sample sample = {.seconds = seconds};

    h->ping = limits_ping_pong();
    if (seconds <= 0)
        return sample;
    sample.rate = units / seconds;
    sample.regime = regime_of(before, h->ping);
    if (!h->recording)
        return sample;
    json_array_append_new(h->slices,
                          json_pack("{s:s, s:s, s:f, s:f, s:[f, f], s:s}", "work", h->work, "who",
                                    who, "seconds", seconds, "rate", sample.rate, "ping_ns", before,
                                    h->ping, "regime", regime_name[sample.regime]));
    return sample;
}

/* As often as fills a slice: one pass may be shorter than a disturbance by other virtual machines.
 */
static struct sample read_weights(struct harness *h, unsigned threads, bool prefetch)
{
    static const double slice_seconds = 0.06;
    double bytes = h->needs.weight_bytes, total = 0, seconds = 0;

    for (; seconds < slice_seconds; total += bytes)
        seconds += bytes / read_bandwidth(h->info.weights, (size_t)bytes, threads, prefetch);
    return tagged(h, prefetch ? "read, prefetched" : "read", total, seconds);
}

static struct sample peak_now(struct harness *h, enum peak peak, unsigned threads)
{
    double rate = limits_peak(peak, threads);

    if (rate <= 0) /* a machine without the instruction computes in f32 */
        rate = limits_peak(peak = PEAK_F32, threads);
    return tagged(h, peak_name[peak], rate, 1);
}

/* Longest turn but for its last slice, if others wait for theirs. */
enum { TURN_SECONDS = 12 };

/* Before each slice: others who wait get the machine. */
static void take_turn(struct harness *h, const struct work *work)
{
    double now = limits_seconds();

    if (h->options.turn.turnstile == NULL || (h->turn >= 0 && now < h->turn_ends))
        return;
    turn_leave(h->turn);
    h->turn = h->recording || work->pace == SWIFT ? turn_take(&h->options.turn)
                                                  : turn_share(&h->options.turn);
    h->waited += limits_seconds() - now; /* which is not measuring */
    h->turn_ends = limits_seconds() + TURN_SECONDS;
    h->ping = limits_ping_pong();
}

static void leave_turn(struct harness *h)
{
    turn_leave(h->turn);
    h->turn = -1;
}

/* The first time takes longer: contexts are filled then, while others may build. */
static const double first_time = 6;

static struct sample ask(struct harness *h, struct child *child, const struct work *work)
{
    char request[CHILD_LINE];
    unsigned threads = work->threads != 0 ? work->threads : h->options.threads;
    double limit = h->options.limit * (h->recording ? 1 : first_time);

    take_turn(h, work);
    snprintf(request, sizeof request, "%s %u %u %u", work->request, threads, work->a, work->b);
    return tagged(h, child->name, work->units, child_ask(child, request, limit));
}

/* The work of ours that this one is divided by; false where the yardstick is something else. */
static bool compared_with(const struct work *work, struct work *one)
{
    *one = (struct work){.request = "decode", .a = 16, .units = 16, .pace = work->pace};
    if (work->yardstick == YARD_PLAIN) {
        *one = *work;
        one->b = 0;
    }
    return work->yardstick == YARD_ONE || work->yardstick == YARD_TOKEN ||
           work->yardstick == YARD_PLAIN;
}

/* A peer that needs a second or more for a slice runs in every third round. */
static const double long_slice = 1;
enum { LONG_EVERY = 3 };

static void measure_peers(struct harness *h, const struct work *work, struct round *round,
                          size_t index)
{
    for (size_t i = 0; i < h->peer_count && work->asked == ALL; i++) {
        if (h->peers[i].reason[0] != '\0' ||
            (index % LONG_EVERY != 0 && h->peer_seconds[i] >= long_slice))
            continue;
        round->peer[i] = ask(h, &h->peers[i], work);
        h->peer_seconds[i] = round->peer[i].seconds;
    }
}

static void measure_round(struct harness *h, const struct work *work, struct round *round)
{
    unsigned threads = work->threads != 0 ? work->threads : h->options.threads;
    bool prefetch = h->prefetched[threads > 1];
    struct work single;
    bool of_one = compared_with(work, &single);

    memset(round, 0, sizeof *round);
    take_turn(h, work);
    h->ping = limits_ping_pong();
    if (of_one)
        round->one = ask(h, &h->ours, &single);
    else
        round->read[0] = read_weights(h, threads, prefetch);
    round->ours = ask(h, &h->ours, work);
    if (!of_one)
        round->read[1] = read_weights(h, threads, prefetch);
    if (work->yardstick == YARD_PREFILL) {
        round->attention_peak = peak_now(h, PEAK_BF16, threads);
        round->linear_peak =
            h->needs.linear_in_bytes ? peak_now(h, PEAK_INT8, threads) : round->attention_peak;
    }
}

/* A refusal holds for one work, an end for all. */
static void forget_reason(struct child *child)
{
    if (child_alive(child))
        child->reason[0] = '\0';
}

size_t rounds_measure(struct harness *h, const struct work *work, struct round *rounds)
{
    const struct options *o = &h->options;
    size_t count = 0;

    h->work = work->name;
    forget_reason(&h->ours);
    for (size_t i = 0; i < h->peer_count; i++) {
        forget_reason(&h->peers[i]);
        h->peer_seconds[i] = 0;
    }
    /* The first round warms up: it makes sessions and fills contexts. Where that takes long, others
     * may build meanwhile; otherwise a turn goes on from work to work. */
    if (work->pace == SLOW)
        leave_turn(h);
    h->recording = false;
    measure_round(h, work, &rounds[0]);
    measure_peers(h, work, &rounds[0], 0);
    if (work->pace == SLOW)
        leave_turn(h);
    h->recording = true;
    h->waited = 0;
    for (double start = limits_seconds();
         count < o->rounds && h->ours.reason[0] == '\0' &&
         (count == 0 || limits_seconds() - start - h->waited < o->seconds);
         count++) {
        measure_round(h, work, &rounds[count]);
        measure_peers(h, work, &rounds[count], count);
    }
    return h->ours.reason[0] != '\0' ? 0 : count;
}

enum { TRIES = 5 };

/* The faster of the raw reads, plain and prefetched. */
static double best_read(struct harness *h, const void *data, unsigned threads, bool *prefetched)
{
    double rates[2][TRIES];

    for (int i = -1; i < TRIES; i++) /* the first touches the pages */
        for (int kind = 0; kind < 2; kind++) {
            double rate = read_bandwidth(data, (size_t)h->needs.weight_bytes, threads, kind == 1);
            if (i >= 0)
                rates[kind][i] = rate;
        }
    double plain = spread_of(rates[0], TRIES).middle, fetched = spread_of(rates[1], TRIES).middle;
    *prefetched = fetched > plain;
    return fetched > plain ? fetched : plain;
}

void rounds_warm(struct harness *h)
{
    size_t bytes = (size_t)h->needs.weight_bytes;
    bool prefetched;
    void *huge = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (huge != MAP_FAILED) {
        pages_ask_huge(huge, bytes);
        memset(huge, 1, bytes);
    }
    h->recording = true;
    h->turn = -1;
    h->turn = turn_take(&h->options.turn);
    best_read(h, h->info.weights, 1, &h->prefetched[0]);
    h->read_rate = best_read(h, h->info.weights, h->options.threads, &h->prefetched[1]);
    if (huge != MAP_FAILED) {
        h->huge_rate = best_read(h, huge, h->options.threads, &prefetched);
        munmap(huge, bytes);
    }
    leave_turn(h);
}

void rounds_end(struct harness *h)
{
    leave_turn(h);
}
