/* From a program to a deterministic automaton. A state is the list of the program's threads that
 * are under way, the preferred one first, and what is to know of the symbol read last. In: a
 * program. Out: a row of transitions for each state.
 *
 * A thread waits at an instruction that needs the next symbol: a set, a condition, or a match,
 * which counts once it is clear that it ends before that symbol. Threads that come after a match in
 * the list are given up: they have less priority. (A mark needs no priority: any match will do, and
 * a new thread begins at each position.)
 */
#include "compiler/tokenizer/scanner_parts.h"

#include <string.h>

struct state {
    uint32_t threads, count; /* in the pool */
    uint32_t key;            /* of the symbol read last */
    uint32_t hash;
};

struct making {
    struct building *b;
    const struct program *p;
    struct arena *arena;
    struct state *states;
    uint32_t state_count, state_capacity;
    uint32_t *pool;
    uint32_t pool_count, pool_capacity;
    uint32_t *slots; /* hash table of states: number + 1 */
    uint32_t slot_count;
    uint16_t *entries;
    uint32_t entry_count, entry_capacity;
    uint32_t *key_of;     /* [symbol] */
    uint32_t *key_symbol; /* [key]: one that has it */
    uint32_t *stack;
    uint32_t *resolved, *spread; /* [instruction]: the round in which it was visited */
    uint32_t resolving, spreading;
    uint32_t *next; /* the list that is being made */
    uint32_t next_count;
};

/* ---- what conditions need to know of the symbol read before ---- */

/* A program that reads backward has read what lies after the position. */
static bool is_of_past(const struct program *p, const struct instruction *i)
{
    return p->backward ? i->operation == OPERATION_after || i->operation == OPERATION_mark
                       : i->operation == OPERATION_before;
}

static bool is_condition(const struct instruction *i)
{
    return i->operation == OPERATION_before || i->operation == OPERATION_after ||
           i->operation == OPERATION_mark;
}

static bool holds(const struct making *m, const struct instruction *i, uint32_t symbol)
{
    if (i->operation == OPERATION_mark)
        return (symbol >> i->other & 1) == i->wanted;
    return columns_have(&m->p->columns[i->columns], symbol >> m->b->alphabet.mark_count);
}

static bool same_past(const struct making *m, uint32_t x, uint32_t y)
{
    for (uint32_t i = 0; i < m->p->count; i++) {
        const struct instruction *at = &m->p->all[i];
        if (is_condition(at) && is_of_past(m->p, at) && holds(m, at, x) != holds(m, at, y))
            return false;
    }
    return true;
}

/* Symbols with the same key are alike to all conditions. */
static uint32_t find_keys(struct making *m)
{
    uint32_t symbols = m->b->alphabet.symbol_count, keys = 0;
    m->key_of = arena_new(m->arena, uint32_t, symbols);
    m->key_symbol = arena_new(m->arena, uint32_t, symbols);
    for (uint32_t s = 0; s < symbols; s++) {
        uint32_t k = 0;
        while (k < keys && !same_past(m, m->key_symbol[k], s))
            k++;
        if (k == keys)
            m->key_symbol[keys++] = s;
        m->key_of[s] = k;
    }
    return keys;
}

/* ---- threads ---- */

/* Adds the threads that begin at an instruction, as far as they go without the next symbol. False
 * after a match. */
static bool add_threads(struct making *m, uint32_t start)
{
    uint32_t depth = 0;
    m->stack[depth++] = start;
    while (depth != 0) {
        uint32_t at = m->stack[--depth];
        const struct instruction *i = &m->p->all[at];
        m->b->steps++;
        if (m->spread[at] == m->spreading)
            continue;
        m->spread[at] = m->spreading;
        if (i->operation == OPERATION_split) {
            m->stack[depth++] = i->other;
            m->stack[depth++] = i->next;
            continue;
        }
        m->next[m->next_count++] = at;
        if (i->operation == OPERATION_match && !m->p->marks)
            return false;
    }
    return true;
}

/* Returns its steps. */
static uint32_t sort_threads(uint32_t *all, uint32_t count)
{
    uint32_t steps = 0;
    for (uint32_t i = 1; i < count; i++) {
        uint32_t moving = all[i], k = i;
        for (; k > 0 && all[k - 1] > moving; k--, steps++)
            all[k] = all[k - 1];
        all[k] = moving;
    }
    return steps;
}

static uint32_t hash_threads(const uint32_t *all, uint32_t count, uint32_t key)
{
    uint32_t hash = key * 0x9e3779b9u + count;
    for (uint32_t i = 0; i < count; i++)
        hash = (hash ^ all[i]) * 0x01000193u ^ hash >> 15;
    return hash ^ hash >> 16;
}

static void grow_slots(struct making *m)
{
    uint32_t count = m->slot_count == 0 ? 256 : m->slot_count * 2;
    m->slots = arena_new(m->arena, uint32_t, count);
    m->slot_count = count;
    for (uint32_t i = 0; i < m->state_count; i++) {
        uint32_t slot = m->states[i].hash & (count - 1);
        while (m->slots[slot] != 0)
            slot = (slot + 1) & (count - 1);
        m->slots[slot] = i + 1;
    }
}

static uint32_t push_state(struct making *m, uint32_t key, uint32_t hash)
{
    m->pool = arena_grow(m->arena, m->pool, m->pool_count, &m->pool_capacity, m->next_count,
                         sizeof *m->pool);
    memcpy(m->pool + m->pool_count, m->next, m->next_count * sizeof *m->pool);
    ARENA_PUSH(m->arena, m->states, m->state_count, m->state_capacity) =
        (struct state){m->pool_count, m->next_count, key, hash};
    m->pool_count += m->next_count;
    return m->state_count - 1;
}

/* The state of the list in m->next. */
static uint32_t intern_state(struct making *m, uint32_t key)
{
    if (m->next_count == 0)
        return 0;
    if (m->p->marks)
        m->b->steps += sort_threads(m->next, m->next_count);
    if (m->state_count * 2 >= m->slot_count)
        grow_slots(m);
    uint32_t hash = hash_threads(m->next, m->next_count, key);
    uint32_t slot = hash & (m->slot_count - 1);
    for (; m->slots[slot] != 0; slot = (slot + 1) & (m->slot_count - 1)) {
        const struct state *s = &m->states[m->slots[slot] - 1];
        if (s->hash == hash && s->key == key && s->count == m->next_count &&
            memcmp(m->pool + s->threads, m->next, s->count * sizeof *m->next) == 0)
            return m->slots[slot] - 1;
    }
    uint32_t state = push_state(m, key, hash);
    m->slots[slot] = state + 1;
    return state;
}

/* ---- transitions ---- */

struct step {
    uint32_t past, symbol; /* read before, and now */
    bool edge;             /* `symbol` is not a character */
    bool match;            /* one ends before the symbol */
    bool closed;           /* one ends after it: whatever has less priority is given up */
};

/* Takes a waiting thread over the symbol. False where all that follow are given up. */
static bool take_thread(struct making *m, uint32_t thread, struct step *s, uint32_t *stack)
{
    uint32_t depth = 0;
    stack[depth++] = thread;
    while (depth != 0) {
        uint32_t at = stack[--depth];
        const struct instruction *i = &m->p->all[at];
        m->b->steps++;
        if (m->resolved[at] == m->resolving)
            continue;
        m->resolved[at] = m->resolving;
        if (i->operation == OPERATION_split) {
            stack[depth++] = i->other;
            stack[depth++] = i->next;
        } else if (i->operation == OPERATION_match) {
            s->match = true;
            if (!m->p->marks)
                return false;
        } else if (is_condition(i)) {
            if (holds(m, i, is_of_past(m->p, i) ? s->past : s->symbol))
                stack[depth++] = i->next;
        } else if (!s->edge && !s->closed && holds(m, i, s->symbol)) {
            s->closed = !add_threads(m, i->next);
        }
    }
    return true;
}

static uint16_t make_transition(struct making *m, uint32_t state, uint32_t symbol, uint32_t *stack)
{
    const struct state from = m->states[state];
    struct step s = {m->key_symbol[from.key], symbol,
                     symbol >> m->b->alphabet.mark_count == m->b->alphabet.count, false, false};
    m->resolving++;
    m->spreading++;
    m->next_count = 0;
    bool open = true;
    for (uint32_t i = 0; i < from.count && open; i++)
        open = take_thread(m, m->pool[from.threads + i], &s, stack);
    if (m->p->marks && !s.edge)
        add_threads(m, m->p->start);
    uint32_t next = intern_state(m, m->key_of[symbol]);
    return (uint16_t)(next | (s.match ? RLX_SCAN_MATCH : 0));
}

static uint16_t make_start(struct making *m, uint32_t symbol)
{
    m->spreading++;
    m->next_count = 0;
    add_threads(m, m->p->start);
    return (uint16_t)intern_state(m, m->key_of[symbol]);
}

static bool too_large(struct making *m)
{
    uint64_t entries = (uint64_t)m->state_count * m->b->alphabet.symbol_count;
    if (m->state_count < STATES_MAX && entries < ENTRIES_MAX && m->b->steps < STEPS_MAX &&
        m->pool_count < ENTRIES_MAX)
        return false;
    m->b->problem = "it needs too many states";
    return true;
}

static void start_making(struct making *m)
{
    uint32_t count = m->p->count;
    m->stack = arena_new(m->arena, uint32_t, 2 * count + 2);
    m->resolved = arena_new(m->arena, uint32_t, count);
    m->spread = arena_new(m->arena, uint32_t, count);
    m->next = arena_new(m->arena, uint32_t, count + 1);
    ARENA_PUSH(m->arena, m->states, m->state_count, m->state_capacity) = (struct state){0};
    ARENA_PUSH(m->arena, m->states, m->state_count, m->state_capacity) = (struct state){0};
    /* Neither the end nor the start is ever looked up. */
    m->states[0].hash = m->states[1].hash = UINT32_MAX;
}

bool automaton_make(struct building *b, const struct program *p, struct automaton *out)
{
    struct arena scratch = {0};
    struct making m = {.b = b, .p = p, .arena = &scratch};
    uint32_t symbols = b->alphabet.symbol_count;
    start_making(&m);
    uint32_t *stack = arena_new(&scratch, uint32_t, 2 * p->count + 2);
    bool needs_before = find_keys(&m) > 1;
    for (uint32_t state = 0; state < m.state_count && !too_large(&m); state++) {
        m.entries = arena_grow(&scratch, m.entries, m.entry_count, &m.entry_capacity, symbols,
                               sizeof *m.entries);
        for (uint32_t s = 0; s < symbols; s++)
            m.entries[m.entry_count++] = state == 0   ? 0
                                         : state == 1 ? make_start(&m, s)
                                                      : make_transition(&m, state, s, stack);
    }
    *out = (struct automaton){.state_count = m.state_count,
                              .symbol_count = symbols,
                              .backward = p->backward,
                              .needs_before = needs_before};
    if (b->problem == NULL) {
        out->entries = arena_new(b->arena, uint16_t, m.entry_count);
        memcpy(out->entries, m.entries, m.entry_count * sizeof *m.entries);
    }
    arena_free(&scratch);
    return b->problem == NULL;
}
