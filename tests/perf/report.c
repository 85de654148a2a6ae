/* The table (Markdown, on standard output) and the file of samples (JSON). A figure is printed only
 * if all its slices ran in one regime.
 */
#include "tests/perf/harness.h"
#include "tests/perf/pages.h"

#include <stdio.h>
#include <string.h>

void report_head(const struct harness *h)
{
    printf("\n### %s\n\n", h->options.title);
    printf(
        "Weights: %.0f MB per token, in a mapping of which huge pages hold %.0f %%; read %s by %u "
        "threads at %.1f GB/s (huge anonymous pages: %.1f).\n\n",
        h->needs.weight_bytes / 1e6, 100 * pages_huge(h->info.weights),
        h->prefetched[1] ? "with prefetches" : "plainly", h->options.threads, h->read_rate / 1e9,
        h->huge_rate / 1e9);
    printf("| work | regime | n | rlx | of the yardstick | bar |");
    for (size_t i = 0; i < h->peer_count; i++)
        printf(" %s | n | rlx / it | bar |", h->peers[i].name);
    printf("\n|---|---|---|---|---|---|");
    for (size_t i = 0; i < h->peer_count; i++)
        printf("---|---|---|---|");
    printf("\n");
    fflush(stdout);
}

static void print_spread(const char *unit, double scale, struct spread s)
{
    int digits = scale > 1 ? 0 : 2;

    if (s.count == 0)
        printf(" – |");
    else
        printf(" **%.*f%s** (%.*f–%.*f) |", digits, scale * s.middle, unit, digits, scale * s.low,
               digits, scale * s.high);
}

static struct spread rates(const struct round *rounds, size_t count, size_t offset,
                           enum regime regime)
{
    double values[MAX_ROUNDS];
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        const struct sample *s =
            (const struct sample *)(const void *)((const char *)&rounds[i] + offset);
        if (s->seconds > 0 && s->regime == regime)
            values[n++] = s->rate;
    }
    return spread_of(values, n);
}

static void print_rate(struct spread s)
{
    if (s.count == 0)
        printf(" – |");
    else
        printf(" %.*f |", s.middle < 100 ? 1 : 0, s.middle);
}

static const struct {
    const char *name;
    double scale;
} units[] = {[YARD_BYTES] = {" %", 100},
             [YARD_PREFILL] = {" %", 100},
             [YARD_ONE] = {" × one", 1},
             [YARD_TOKEN] = {" × a token", 1},
             [YARD_PLAIN] = {" × plain", 1}};

static void print_share(const struct harness *h, const struct work *work,
                        const struct round *rounds, size_t count, enum regime wanted)
{
    double values[MAX_ROUNDS];
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        enum regime regime;
        double share = needs_share(&h->needs, work, &rounds[i], &regime);
        if (regime == wanted)
            values[n++] = share;
    }
    struct spread spread = spread_of(values, n);
    double scale = units[work->yardstick].scale;

    print_spread(units[work->yardstick].name, scale, spread);
    bar_print(bar_find(h->options.kind, work->name, "limit", wanted), scale, n > 0, spread.middle);
}

static void print_peer(const struct harness *h, const struct work *work, const struct round *rounds,
                       size_t count, size_t peer, enum regime wanted)
{
    double values[MAX_ROUNDS];
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        const struct sample *both[] = {&rounds[i].ours, &rounds[i].peer[peer]};
        if (regime_shared(both, 2) == wanted)
            values[n++] = both[0]->rate / both[1]->rate;
    }
    const struct child *child = &h->peers[peer];
    struct spread ratio = spread_of(values, n);
    struct spread theirs =
        rates(rounds, count, offsetof(struct round, peer) + peer * sizeof(struct sample), wanted);

    if (theirs.count == 0 && child->reason[0] != '\0')
        printf(" %s |", child->reason);
    else
        print_rate(theirs);
    printf(" %zu |", ratio.count);
    print_spread(" ×", 1, ratio);
    bar_print(bar_find(h->options.kind, work->name, child->name, wanted), 1, n > 0, ratio.middle);
}

void report_work(const struct harness *h, const struct work *work, const struct round *rounds,
                 size_t count)
{
    bool any = false;

    for (int regime = REGIME_ONE; regime < REGIME_MIXED; regime++) {
        struct spread ours =
            rates(rounds, count, offsetof(struct round, ours), (enum regime)regime);
        if (ours.count == 0)
            continue;
        any = true;
        printf("| %s | %s | %zu |", work->name, regime_name[regime], ours.count);
        print_rate(ours);
        print_share(h, work, rounds, count, (enum regime)regime);
        for (size_t i = 0; i < h->peer_count; i++)
            print_peer(h, work, rounds, count, i, (enum regime)regime);
        printf("\n");
    }
    if (!any)
        printf("| %s | – | 0 | %s |\n", work->name,
               h->ours.reason[0] != '\0' ? h->ours.reason : "the regime changed in every round");
    fflush(stdout);
}

bool report_samples(const struct harness *h)
{
    json_t *peers = json_array();

    if (h->options.json == NULL)
        return true;
    for (size_t i = 0; i < h->peer_count; i++)
        json_array_append_new(peers, json_string(h->peers[i].name));
    json_t *all =
        json_pack("{s:s, s:s, s:s, s:i, s:o, s:f, s:f, s:f, s:f, s:O}", "model", h->options.model,
                  "title", h->options.title, "level", h->info.level, "threads",
                  (int)h->options.threads, "peers", peers, "weight_bytes", h->needs.weight_bytes,
                  "position_bytes", h->needs.position_bytes, "linear_operations", h->needs.linear,
                  "attention_operations", h->needs.attention, "slices", h->slices);
    bool written =
        json_dump_file(all, h->options.json, JSON_INDENT(1) | JSON_REAL_PRECISION(8)) == 0;
    json_decref(all);
    return written;
}
