/* Whether a scanner takes linear time: how far it may read beyond what it matches. In: its
 * automata.
 *
 * A search from one position reads on until no thread is left. What it reads before the first
 * transition that promises a match is lost if no match comes; what it reads after the last such
 * transition is read again. Where both are bounded, because no cycle of transitions is without a
 * match, the time is linear. The first is harmless as well where the search begins only at
 * positions at which a match is known to begin. Where the second has no bound (spaces after a
 * newline in `\s*[\r\n]+|\s+`), the automaton is tried out: on texts that lead to each cycle,
 * repeat it many times and end in each column.
 */
#include "compiler/tokenizer/scanner_parts.h"

#include <string.h>

enum {
    FAIL_MAX = 64,      /* symbols read in vain from one position */
    OVERRUN_MAX = 1024, /* symbols read again after a match */
    TRIAL_SYMBOLS = 600,
    TRIAL_FACTOR = 12, /* transitions of a trial, times its symbols, at most */
    TRIALS_WORK = 1 << 25,
    CERTAIN_ROUNDS = 100,
};

struct linear {
    struct building *b;
    const struct automaton *passes, *m; /* m: the last one */
    struct arena *arena;
    bool *certain; /* [state]: some match ends here or later, whatever follows */
    uint64_t work;
};

static uint16_t entry_of(const struct automaton *m, uint32_t state, uint32_t symbol)
{
    return m->entries[(size_t)state * m->symbol_count + symbol];
}

static bool is_edge(const struct linear *l, uint32_t symbol)
{
    return symbol >> l->b->alphabet.mark_count == l->b->alphabet.count;
}

static bool stays_certain(const struct linear *l, uint32_t state)
{
    for (uint32_t s = 0; s < l->m->symbol_count; s++) {
        uint16_t entry = entry_of(l->m, state, s);
        if (!(entry & RLX_SCAN_MATCH) && !l->certain[entry])
            return false;
    }
    return true;
}

/* Takes away what is not certain until nothing changes; where that takes long, takes away all. */
static void find_certain(struct linear *l)
{
    bool changed = true;
    l->certain = arena_new(l->arena, bool, l->m->state_count);
    memset(l->certain + 2, true, l->m->state_count - 2);
    for (uint32_t round = 0; changed; round++) {
        changed = false;
        for (uint32_t state = 2; state < l->m->state_count; state++)
            if (l->certain[state] && (round == CERTAIN_ROUNDS || !stays_certain(l, state))) {
                l->certain[state] = false;
                changed = true;
            }
    }
}

/* The next state, where the transition promises no match; else 0. */
static uint32_t quiet_next(const struct linear *l, uint32_t state, uint32_t symbol)
{
    uint16_t entry = entry_of(l->m, state, symbol);
    if (entry & RLX_SCAN_MATCH || is_edge(l, symbol) || l->certain[entry])
        return 0;
    return entry;
}

/* ---- the longest way without a match ---- */

enum color { COLOR_new, COLOR_open, COLOR_done };

struct walk {
    uint8_t *color;
    uint32_t *longest; /* [state], of ways that begin there */
    struct {
        uint32_t state, symbol;
    } * stack;
};

/* False where a cycle can be reached. */
static bool walk_from(const struct linear *l, struct walk *w, uint32_t root)
{
    uint32_t depth = 0;
    if (w->color[root] != COLOR_new)
        return true;
    w->color[root] = COLOR_open;
    w->stack[depth].state = root;
    w->stack[depth++].symbol = 0;
    while (depth != 0) {
        uint32_t state = w->stack[depth - 1].state, symbol = w->stack[depth - 1].symbol++;
        if (symbol == l->m->symbol_count) {
            w->color[state] = COLOR_done;
            depth--;
            if (depth != 0 && w->longest[w->stack[depth - 1].state] < w->longest[state] + 1)
                w->longest[w->stack[depth - 1].state] = w->longest[state] + 1;
            continue;
        }
        uint32_t next = quiet_next(l, state, symbol);
        if (next == 0)
            continue;
        if (w->color[next] == COLOR_open)
            return false;
        if (w->color[next] == COLOR_new) {
            w->color[next] = COLOR_open;
            w->stack[depth].state = next;
            w->stack[depth++].symbol = 0;
        } else if (w->longest[state] < w->longest[next] + 1) {
            w->longest[state] = w->longest[next] + 1;
        }
    }
    return true;
}

static struct walk start_walk(const struct linear *l)
{
    uint32_t count = l->m->state_count;
    struct walk w = {arena_new(l->arena, uint8_t, count), arena_new(l->arena, uint32_t, count),
                     NULL};
    w.stack = arena_alloc(l->arena, (size_t)count * sizeof *w.stack, 8);
    return w;
}

/* UINT32_MAX: there is no limit. */
static uint32_t longest_failure(const struct linear *l)
{
    struct walk w = start_walk(l);
    uint32_t longest = 0;
    for (uint32_t s = 0; s < l->m->symbol_count; s++) {
        uint32_t start = entry_of(l->m, RLX_SCAN_START, s) & ~RLX_SCAN_MATCH;
        if (start == 0)
            continue;
        if (!walk_from(l, &w, start))
            return UINT32_MAX;
        longest = (uint32_t)max_u64(longest, w.longest[start] + 1);
    }
    return longest;
}

static uint32_t longest_overrun(const struct linear *l)
{
    struct walk w = start_walk(l);
    uint32_t longest = 0;
    for (uint32_t state = 2; state < l->m->state_count; state++)
        for (uint32_t s = 0; s < l->m->symbol_count; s++) {
            uint16_t entry = entry_of(l->m, state, s);
            uint32_t next = entry & ~RLX_SCAN_MATCH;
            if (next == 0 || (!(entry & RLX_SCAN_MATCH) && !l->certain[next]))
                continue;
            if (!walk_from(l, &w, next))
                return UINT32_MAX;
            longest = (uint32_t)max_u64(longest, w.longest[next] + 1);
        }
    return longest;
}

/* ---- trials ---- */

struct trial {
    uint8_t columns[2 * TRIAL_SYMBOLS + 4];
    uint32_t symbols[2 * TRIAL_SYMBOLS + 4];
    uint32_t count;
};

/* The passes of the marks: t->symbols from t->columns. */
static void mark_trial(const struct linear *l, struct trial *t)
{
    const struct alphabet *x = &l->b->alphabet;
    uint32_t edge = x->count << x->mark_count;
    for (uint32_t i = 0; i <= t->count; i++)
        t->symbols[i] = (i == t->count ? x->count : (uint32_t)t->columns[i]) << x->mark_count;
    for (uint32_t k = 0; k < x->mark_count; k++) {
        const struct automaton *m = &l->passes[k];
        uint32_t state = entry_of(m, RLX_SCAN_START, m->backward ? t->symbols[t->count] : edge);
        for (uint32_t i = 0; i <= t->count; i++) {
            uint32_t at = m->backward ? t->count - i : i; /* the position that is decided */
            uint32_t read = !m->backward ? t->symbols[at] : at == 0 ? edge : t->symbols[at - 1];
            uint16_t entry = entry_of(m, state, read);
            if (entry & RLX_SCAN_MATCH)
                t->symbols[at] |= 1u << k;
            state = entry & ~RLX_SCAN_MATCH;
        }
    }
}

/* Transitions of finding all matches. */
static uint64_t run_trial(const struct linear *l, const struct trial *t)
{
    const struct alphabet *x = &l->b->alphabet;
    uint64_t steps = 0;
    for (uint32_t at = 0; at < t->count;) {
        uint32_t end = UINT32_MAX, i = at;
        uint32_t before = at == 0 ? x->count << x->mark_count : t->symbols[at - 1];
        uint32_t state = entry_of(l->m, RLX_SCAN_START, before);
        bool skip = l->b->only_marked && !(t->symbols[at] >> (x->mark_count - 1) & 1);
        for (; state != 0 && !skip; i++) {
            uint16_t entry = entry_of(l->m, state, t->symbols[i]);
            steps++;
            if (entry & RLX_SCAN_MATCH)
                end = i;
            state = entry & ~RLX_SCAN_MATCH;
        }
        at = end == UINT32_MAX || end == at ? at + 1 : end;
    }
    return steps;
}

/* How a search through the automaton came to each state. */
struct ways {
    uint32_t *parent; /* + 1; its own number for the first one; 0: not reached */
    uint8_t *column;
};

/* Breadth first, from one state until another is reached. `quiet`: over transitions that promise no
 * match. */
static struct ways find_ways(struct linear *l, uint32_t from, uint32_t to, bool quiet)
{
    uint32_t count = l->m->state_count, head = 0, tail = 0;
    uint32_t *queue = arena_new(l->arena, uint32_t, count);
    struct ways w = {arena_new(l->arena, uint32_t, count), arena_new(l->arena, uint8_t, count)};
    queue[tail++] = from;
    w.parent[from] = from + 1;
    while (head < tail && w.parent[to] == 0) {
        uint32_t state = queue[head++];
        for (uint32_t s = 0; s < l->m->symbol_count; s++) {
            uint32_t next = entry_of(l->m, state, s) & ~RLX_SCAN_MATCH;
            next = quiet ? quiet_next(l, state, s) : is_edge(l, s) ? 0 : next;
            if (next == 0 || w.parent[next] != 0)
                continue;
            w.parent[next] = state + 1;
            w.column[next] = (uint8_t)(s >> l->b->alphabet.mark_count);
            queue[tail++] = next;
        }
        l->work += l->m->symbol_count;
    }
    return w;
}

/* Appends the shortest way to t->columns. False where there is none, or it is too long. */
static bool append_way(struct linear *l, struct trial *t, uint32_t from, uint32_t to, bool quiet)
{
    struct arena_mark mark = arena_mark(l->arena);
    struct ways w = find_ways(l, from, to, quiet);
    uint32_t length = 0;
    bool found = w.parent[to] != 0;
    for (uint32_t at = to; found && w.parent[at] != at + 1; at = w.parent[at] - 1)
        found = ++length <= TRIAL_SYMBOLS / 4;
    if (found) {
        t->count += length;
        for (uint32_t at = to, i = 1; i <= length; at = w.parent[at] - 1, i++)
            t->columns[t->count - i] = w.column[at];
    }
    arena_release(l->arena, mark);
    return found;
}

/* Text to the cycle that goes from `state` over `symbol`, the cycle many times, and each ending. */
static bool try_cycle(struct linear *l, struct trial *t, uint32_t state, uint32_t symbol)
{
    uint32_t edge = l->b->alphabet.count << l->b->alphabet.mark_count;
    uint32_t first = entry_of(l->m, RLX_SCAN_START, edge), next = quiet_next(l, state, symbol);
    t->count = 0;
    if (next == 0 ||
        (!append_way(l, t, first, state, false) && !append_way(l, t, RLX_SCAN_START, state, false)))
        return true;
    uint32_t start = t->count;
    t->columns[t->count++] = (uint8_t)(symbol >> l->b->alphabet.mark_count);
    if (!append_way(l, t, next, state, true))
        return true;
    uint32_t period = t->count - start;
    for (; t->count < TRIAL_SYMBOLS; t->count++)
        t->columns[t->count] = t->columns[t->count - period];
    uint32_t whole = ++t->count;
    for (uint32_t c = 0; c < l->b->alphabet.count; c++) {
        t->columns[whole - 1] = (uint8_t)c;
        mark_trial(l, t);
        uint64_t steps = run_trial(l, t);
        l->work += steps + whole;
        if (steps > (uint64_t)whole * TRIAL_FACTOR)
            return false;
    }
    return true;
}

static bool try_cycles(struct linear *l)
{
    struct trial *t = arena_new(l->arena, struct trial, 1);
    for (uint32_t state = 2; state < l->m->state_count; state++)
        for (uint32_t s = 0; s < l->m->symbol_count; s++)
            if (l->work > TRIALS_WORK || !try_cycle(l, t, state, s))
                return false;
    return true;
}

enum linearity scanner_linearity(struct building *b, const struct automaton *passes)
{
    struct arena scratch = {0};
    struct linear l = {.b = b, .passes = passes, .arena = &scratch};
    enum linearity result = LINEAR_always;
    l.m = &passes[b->alphabet.mark_count];
    find_certain(&l);
    if (!b->only_marked && longest_failure(&l) > FAIL_MAX) {
        result = LINEAR_where_marked;
    } else {
        uint32_t overrun = longest_overrun(&l);
        if (overrun == UINT32_MAX ? !try_cycles(&l) : overrun > OVERRUN_MAX)
            result = LINEAR_never;
    }
    arena_free(&scratch);
    return result;
}

bool automaton_fails_late(struct building *b, const struct automaton *m)
{
    struct arena scratch = {0};
    struct linear l = {.b = b, .m = m, .arena = &scratch};
    find_certain(&l);
    bool late = longest_failure(&l) > FAIL_MAX;
    arena_free(&scratch);
    return late;
}
