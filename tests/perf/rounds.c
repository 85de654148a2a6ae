/* Measuring one work: rounds of slices (raw read, ours, raw read, each peer), between which the
 * round trip between two cores is taken, so that every slice knows the regime before and after it.
 */
#include "compiler/machine/limits.h"
#include "tests/perf/harness.h"

#include <string.h>

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

/* As often as fills a slice: one pass may be shorter than what the neighbours of a virtual machine
 * do to its memory. */
static struct sample read_weights(struct harness *h, unsigned threads, bool prefetch)
{
    static const double slice_seconds = 0.06;
    double bytes = h->needs.weight_bytes, total = 0, seconds = 0;

    for (; seconds < slice_seconds; total += bytes)
        seconds += bytes / limits_read(h->info.weights, (size_t)bytes, threads, prefetch);
    return tagged(h, prefetch ? "read, prefetched" : "read", total, seconds);
}

static struct sample peak_now(struct harness *h, enum peak peak, unsigned threads)
{
    double rate = limits_peak(peak, threads);

    if (rate <= 0) /* without the instruction it is done in f32 */
        rate = limits_peak(peak = PEAK_F32, threads);
    return tagged(h, peak_name[peak], rate, 1);
}

static struct sample ask(struct harness *h, struct child *child, const struct work *work)
{
    char request[CHILD_LINE];
    unsigned threads = work->threads != 0 ? work->threads : h->options.threads;

    snprintf(request, sizeof request, "%s %u %u %u", work->request, threads, work->a, work->b);
    return tagged(h, child->name, work->units, child_ask(child, request));
}

static bool of_one(const struct work *work)
{
    return work->yardstick == YARD_ONE || work->yardstick == YARD_TOKEN;
}

/* A peer that needs a second or more for a slice runs in every third round. */
static const double long_slice = 1;
enum { LONG_EVERY = 3 };

static void measure_peers(struct harness *h, const struct work *work, struct round *round,
                          size_t index)
{
    for (size_t i = 0; i < h->peer_count; i++) {
        if (h->peers[i].reason[0] != '\0' ||
            (index % LONG_EVERY != 0 && h->peer_seconds[i] >= long_slice))
            continue;
        round->peer[i] = ask(h, &h->peers[i], work);
        h->peer_seconds[i] = round->peer[i].seconds;
    }
}

static void measure_round(struct harness *h, const struct work *work, struct round *round)
{
    static const struct work single = {.request = "decode", .a = 16, .units = 16};
    unsigned threads = work->threads != 0 ? work->threads : h->options.threads;
    bool prefetch = h->prefetched[threads > 1];

    memset(round, 0, sizeof *round);
    h->ping = limits_ping_pong();
    if (of_one(work))
        round->one = ask(h, &h->ours, &single);
    else
        round->read[0] = read_weights(h, threads, prefetch);
    round->ours = ask(h, &h->ours, work);
    if (!of_one(work))
        round->read[1] = read_weights(h, threads, prefetch);
    if (work->yardstick == YARD_PREFILL) {
        round->attention_peak = peak_now(h, PEAK_BF16, threads);
        round->linear_peak =
            h->needs.linear_in_bytes ? peak_now(h, PEAK_INT8, threads) : round->attention_peak;
    }
}

/* Longest turn, if others wait for theirs. */
enum { TURN_SECONDS = 14 };

size_t rounds_measure(struct harness *h, const struct work *work, struct round *rounds)
{
    const struct options *o = &h->options;
    double until = 0, turn_ends = 0;
    size_t count = 0;
    int held = -1;

    h->work = work->name;
    h->ours.reason[0] = '\0';
    for (size_t i = 0; i < h->peer_count; i++)
        h->peers[i].reason[0] = '\0';
    /* The first round warms up: it makes sessions and fills contexts. */
    for (h->recording = false; !h->recording || (count < o->rounds && limits_seconds() < until);
         h->recording = true) {
        double asked = limits_seconds();
        if (asked >= turn_ends) {
            turn_leave(held);
            held = turn_take(&o->turn);
            until += limits_seconds() - asked; /* waiting is not measuring */
            turn_ends = limits_seconds() + TURN_SECONDS;
        }
        measure_round(h, work, &rounds[count]);
        measure_peers(h, work, &rounds[count], count);
        count += h->recording;
        until = h->recording ? until : limits_seconds() + o->seconds;
        if (h->ours.reason[0] != '\0')
            break;
    }
    turn_leave(held);
    return h->ours.reason[0] != '\0' ? 0 : count;
}

void rounds_warm(struct harness *h)
{
    enum { TRIES = 5 };
    unsigned threads[2] = {1, h->options.threads};

    h->work = "raw read";
    h->recording = true;
    for (int t = 0; t < 2; t++) {
        double rates[READ_KINDS][TRIES];
        int held = turn_take(&h->options.turn);
        read_weights(h, threads[t], false);
        for (int i = 0; i < TRIES; i++)
            for (int kind = 0; kind < READ_KINDS; kind++)
                rates[kind][i] = read_weights(h, threads[t], kind == 1).rate;
        turn_leave(held);
        h->prefetched[t] = spread_of(rates[1], TRIES).middle > spread_of(rates[0], TRIES).middle;
    }
}
