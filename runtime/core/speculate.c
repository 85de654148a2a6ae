/* Chooses the length of proposals. A run of k + 1 rows verifies a proposal of k tokens and makes 1
 * + p1 + p1 p2 + … + p1…pk tokens on average, where p is the fraction of tokens predicted correctly
 * after a match of that length. This divided by the run's cost is the speed. Every token updates p,
 * also without a proposal, so that text that begins to repeat is noticed, and text that does not
 * costs nothing. Costs are measured during runs. The tokens are the same bit for bit whatever the
 * choice, so the choice may depend on clocks. */
#include "runtime/core/speculate.h"

enum {
    MIN_MATCH = 2,
    HIT_WINDOW = 24,   /* tokens that count, per class */
    COST_WINDOW = 8,   /* runs that count */
    COST_MEMORY = 1024 /* runs after which a measurement is forgotten; a disturbed cost is never
                          used again, so it would never be corrected */
};

/* The initial value: that of a text in which proposals are seldom right. */
static const float first_right[SPECULATION_CLASSES] = {0.1F, 0.25F, 0.45F, 0.65F, 0.8F, 0.9F};
static const uint32_t first_seen = 4; /* its weight */

/* Smaller gains are within the error of the estimates. */
static const double min_gain = 1.02;

/* The cost of a row that a variant computes anyway, so that of equal gains the shorter proposal
 * wins. */
static const double row_cost = 0.005;

/* The typical costs before measurements: a few rows cost little compared with reading the weights,
 * many cost their arithmetic. */
static float typical_cost(size_t rows)
{
    return 1 + 0.01F * (float)(rows * rows);
}

static double between(double value, double min, double max)
{
    return value < min ? min : value > max ? max : value;
}

/* The measured cost, or the typical one scaled like the nearest measured one. */
static double expected_cost(const struct speculation *sp, size_t rows)
{
    size_t served = sp->served[rows], near = served;
    while (near > 1 && sp->cost[near] == 0)
        near--;
    for (size_t i = served + 1; near <= 1 && i <= SPECULATION_ROWS; i++)
        near = sp->cost[i] != 0 ? i : near;
    double stretch = near <= 1 ? 1 : (sp->cost[near] - 1) / (typical_cost(near) - 1);
    double cost = 1 + between(stretch, 0.1, 20) * (typical_cost(served) - 1);
    return (sp->cost[served] != 0 ? sp->cost[served] : cost) + row_cost * (double)rows;
}

static int match_class(size_t match)
{
    int found = 0;
    while (found < SPECULATION_CLASSES - 1 && match >= (size_t)2 << found)
        found++;
    return found;
}

void speculation_begin(struct speculation *sp)
{
    if (sp->hits[0].seen != 0)
        return;
    for (int i = 0; i < SPECULATION_CLASSES; i++) {
        sp->hits[i].right = first_right[i];
        sp->hits[i].seen = first_seen;
    }
}

static size_t best_length(const struct speculation *sp, size_t max)
{
    double tokens = 1, right = 1, best = min_gain;
    size_t length = 0;
    for (size_t k = 1; k <= max; k++) {
        right *= sp->hits[match_class(sp->lookup.match + k - 1)].right;
        tokens += right;
        double speed = tokens / expected_cost(sp, k + 1);
        if (speed > best) {
            best = speed;
            length = k;
        }
    }
    return length;
}

size_t speculation_propose(const struct speculation *sp, size_t fixed, size_t room,
                           int32_t ids[SPECULATION_ROWS])
{
    size_t max = sp->max_rows > 1 ? sp->max_rows - 1 : 0;
    if (sp->lookup.match < MIN_MATCH)
        return 0;
    max = max < room ? max : room;
    if (fixed == 0)
        max = best_length(sp, max);
    else if (max > fixed)
        max = fixed;
    return lookup_propose(&sp->lookup, ids, max);
}

void speculation_made(struct speculation *sp, int32_t id)
{
    int32_t foreseen;
    if (lookup_propose(&sp->lookup, &foreseen, 1) == 1) {
        int length = match_class(sp->lookup.match);
        float *right = &sp->hits[length].right, found = foreseen == id ? 1 : 0;
        if (sp->hits[length].seen < HIT_WINDOW)
            sp->hits[length].seen++;
        *right += (found - *right) / (float)sp->hits[length].seen;
    }
    lookup_extend(&sp->lookup, id);
}

void speculation_ran(struct speculation *sp, size_t rows, double seconds)
{
    if (rows > SPECULATION_ROWS || seconds <= 0)
        return;
    /* Runs that another program disturbed count little. */
    if (rows == 1) {
        double limited =
            sp->single == 0 ? seconds : between(seconds, sp->single / 2, sp->single * 2);
        sp->single += (limited - sp->single) / (sp->single == 0 ? 1 : COST_WINDOW);
    } else if (sp->single != 0) {
        float *cost = &sp->cost[sp->served[rows]];
        double before = *cost == 0 ? expected_cost(sp, rows) : *cost;
        double limited = between(seconds / sp->single, 0.9, 2 * before);
        *cost = (float)(*cost == 0 ? limited : before + (limited - before) / (double)COST_WINDOW);
    }
    for (size_t i = 2; i <= SPECULATION_ROWS; i++)
        if (sp->cost[i] != 0)
            sp->cost[i] += (typical_cost(i) - sp->cost[i]) / (float)COST_MEMORY;
}
