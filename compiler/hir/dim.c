/* Symbolic sizes. In: constants, symbols, sums, products and quotients; out: one id for each
 * different expression.
 *
 * Two spellings of one size must get one id, so sums and products are kept in a normal form: a list
 * of terms (or factors) in a fixed order that does not depend on which was made first, the constant
 * last, joined from the left. BATCH * SEQ becomes ROWS. Products do not distribute over sums. A
 * quotient takes in the constant that is added to it and the quotient that it is of, and has no
 * divisor in common with what it divides: floor((floor(x / 2) + 1) / 3) is floor((x + 2) / 6).
 */
#include "compiler/hir/dim.h"

#include <string.h>

enum { MAX_PARTS = 16 /* terms of a sum, factors of a product */ };

static const int64_t DIM_LARGEST = (int64_t)1 << 62; /* bounds stop here */

/* ---- interning ---- */

static int64_t bounded_add(int64_t a, int64_t b)
{
    return a > DIM_LARGEST - b ? DIM_LARGEST : a + b;
}

static int64_t bounded_mul(int64_t a, int64_t b)
{
    return b != 0 && a > DIM_LARGEST / b ? DIM_LARGEST : a * b;
}

static int64_t common_divisor(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Bounds and divisor of a sum, product or quotient, from those of its operands. */
static void derive(const struct dims *d, struct dim *x)
{
    const struct dim *a = &d->all[x->a], *b = &d->all[x->b];

    if (x->kind == DIM_ADD) {
        x->min = bounded_add(a->min, b->min);
        x->min =
            x->min < 0 ? 0 : x->min; /* a variant may bound a symbol lower than the graph does */
        x->max = bounded_add(a->max, b->max);
        x->max = x->max < 0 ? 0 : x->max;
        x->multiple = common_divisor(a->multiple, b->multiple);
    } else if (x->kind == DIM_MUL) {
        x->min = bounded_mul(a->min, b->min);
        x->max = bounded_mul(a->max, b->max);
        bool fits = a->multiple <= DIM_LARGEST / b->multiple;
        x->multiple = fits ? a->multiple * b->multiple : b->multiple;
    } else if (x->kind == DIM_DIV) {
        x->min = a->min / x->value;
        x->max = a->max / x->value;
        x->multiple = 1;
    }
}

static dim_id intern(struct dims *d, struct dim x)
{
    for (dim_id i = 1; i < d->count; i++) {
        const struct dim *y = &d->all[i];
        if (y->kind == x.kind && y->a == x.a && y->b == x.b && y->value == x.value)
            return i;
    }
    derive(d, &x);
    ARENA_PUSH(d->arena, d->all, d->count, d->capacity) = x;
    return d->count - 1;
}

void dims_init(struct dims *d, struct arena *a)
{
    *d = (struct dims){.arena = a, .symbol_count = SYMBOL_FIRST_FREE};
    for (uint32_t i = 0; i < SYMBOL_FIRST_FREE; i++)
        d->names[i] = symbol_name(i);
    ARENA_PUSH(a, d->all, d->count, d->capacity) = (struct dim){.multiple = 1};
    for (uint32_t i = 0; i < SYMBOL_MAX; i++) {
        struct dim symbol = {.kind = DIM_SYMBOL, .value = i, .multiple = 1};
        symbol.min = i == SYMBOL_PAST_SEQ ? 0 : 1;
        symbol.max = INT32_MAX;
        intern(d, symbol);
    }
}

uint32_t dims_find(const struct dims *d, const char *name, size_t bytes)
{
    for (uint32_t i = 0; i < d->symbol_count; i++)
        if (strlen(d->names[i]) == bytes && memcmp(d->names[i], name, bytes) == 0)
            return i;
    return SYMBOL_MAX;
}

uint32_t dims_declare(struct dims *d, const char *name, size_t bytes)
{
    if (d->symbol_count == SYMBOL_MAX)
        return SYMBOL_MAX;
    d->names[d->symbol_count] = arena_printf(d->arena, "%.*s", (int)bytes, name);
    return d->symbol_count++;
}

dim_id dim_const(struct dims *d, int64_t value)
{
    assert(value >= 0 && value <= DIM_LARGEST);
    int64_t multiple = value == 0 ? 1 : value;
    return intern(
        d,
        (struct dim){
            .kind = DIM_CONST, .value = value, .min = value, .max = value, .multiple = multiple});
}

dim_id dim_symbol(struct dims *d, uint32_t symbol)
{
    (void)d; /* dims_init made them all, first */
    assert(symbol < SYMBOL_MAX && d->count > SYMBOL_MAX);
    return symbol + 1;
}

void dim_bound(struct dims *d, uint32_t symbol, int64_t min, int64_t max)
{
    assert(min >= 0 && min <= max && max <= DIM_LARGEST);
    struct dim *x = &d->all[dim_symbol(d, symbol)];
    x->min = min;
    x->max = max;
    for (dim_id i = 1; i < d->count; i++)
        derive(d, &d->all[i]);
}

int64_t dim_max(const struct dims *d, uint32_t symbol)
{
    assert(symbol < SYMBOL_MAX && d->count > SYMBOL_MAX);
    return d->all[symbol + 1].max;
}

/* ---- the normal form ---- */

/* A total order that depends on what an expression is, not on when it was made; constants come
 * last. */
static int order(const struct dims *d, dim_id a, dim_id b)
{
    const struct dim *x = &d->all[a], *y = &d->all[b];
    bool x_const = x->kind == DIM_CONST, y_const = y->kind == DIM_CONST;

    if (a == b)
        return 0;
    if (x_const != y_const)
        return x_const ? 1 : -1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->kind == DIM_CONST || x->kind == DIM_SYMBOL)
        return x->value < y->value ? -1 : 1;
    int first = order(d, x->a, y->a);
    if (first == 0 && x->kind == DIM_DIV)
        return x->value < y->value ? -1 : 1;
    return first != 0 ? first : order(d, x->b, y->b);
}

struct parts {
    enum dim_kind kind;
    int64_t constant; /* sum or product of the constant parts */
    dim_id all[MAX_PARTS];
    uint32_t count;
};

/* Adds one operand; an operand of the same kind is split into its parts. False where it does not
 * fit. */
static bool collect(const struct dims *d, struct parts *p, dim_id id)
{
    while (d->all[id].kind == p->kind) { /* joined from the left: b is a single part */
        if (!collect(d, p, d->all[id].b))
            return false;
        id = d->all[id].a;
    }
    const struct dim *x = &d->all[id];
    if (x->kind == DIM_CONST && p->kind == DIM_ADD) {
        p->constant = bounded_add(p->constant, x->value);
        return p->constant < DIM_LARGEST;
    }
    if (x->kind == DIM_CONST) {
        p->constant = bounded_mul(p->constant, x->value);
        return p->constant < DIM_LARGEST;
    }
    if (p->count == MAX_PARTS)
        return false;
    uint32_t at = p->count++;
    for (; at > 0 && order(d, p->all[at - 1], id) > 0; at--)
        p->all[at] = p->all[at - 1];
    p->all[at] = id;
    return true;
}

/* BATCH * SEQ stands as ROWS wherever the two meet. Symbols sort by number: what is left stays
 * sorted. */
static void join_rows(const struct dims *d, struct parts *p)
{
    for (;;) {
        uint32_t batch = MAX_PARTS, seq = MAX_PARTS, kept = 0;
        for (uint32_t i = 0; i < p->count; i++) {
            if (p->all[i] == SYMBOL_BATCH + 1)
                batch = i;
            else if (p->all[i] == SYMBOL_SEQ + 1)
                seq = i;
        }
        if (batch == MAX_PARTS || seq == MAX_PARTS)
            return;
        for (uint32_t i = 0; i < p->count; i++)
            if (i != batch && i != seq)
                p->all[kept++] = p->all[i];
        p->count = kept;
        collect(d, p, SYMBOL_ROWS + 1);
    }
}

/* A number, of a sum also one below 0. */
static dim_id constant(struct dims *d, int64_t value)
{
    int64_t size = value < 0 ? -value : value;

    return intern(d, (struct dim){.kind = DIM_CONST,
                                  .value = value,
                                  .min = value,
                                  .max = value,
                                  .multiple = size == 0 ? 1 : size});
}

static dim_id add_to_quotient(struct dims *d, const struct dim *quotient, int64_t number);

static dim_id join(struct dims *d, const struct parts *p)
{
    bool neutral = p->constant == (p->kind == DIM_ADD ? 0 : 1);
    const struct dim *first = &d->all[p->count == 0 ? 0 : p->all[0]];

    if (p->kind == DIM_ADD && p->count == 1 && first->kind == DIM_DIV && !neutral)
        return add_to_quotient(d, first, p->constant);

    if (p->count == 0 || (p->kind == DIM_MUL && p->constant == 0))
        return dim_const(d, p->constant);
    dim_id all = p->all[0];
    for (uint32_t i = 1; i < p->count; i++)
        all = intern(d, (struct dim){.kind = p->kind, .a = all, .b = p->all[i]});
    if (neutral)
        return all;
    return intern(d, (struct dim){.kind = p->kind, .a = all, .b = constant(d, p->constant)});
}

dim_id dim_add(struct dims *d, dim_id a, dim_id b)
{
    struct parts p = {.kind = DIM_ADD, .constant = 0};

    if (a == 0 || b == 0 || !collect(d, &p, a) || !collect(d, &p, b))
        return 0;
    return join(d, &p);
}

dim_id dim_sub(struct dims *d, dim_id a, int64_t number)
{
    struct parts p = {.kind = DIM_ADD, .constant = 0};

    assert(number >= 0 && number <= DIM_LARGEST);
    if (a == 0 || d->all[a].min < number || !collect(d, &p, a))
        return 0;
    p.constant -= number;
    return join(d, &p);
}

dim_id dim_mul(struct dims *d, dim_id a, dim_id b)
{
    struct parts p = {.kind = DIM_MUL, .constant = 1};

    if (a == 0 || b == 0 || !collect(d, &p, a) || !collect(d, &p, b))
        return 0;
    join_rows(d, &p);
    return join(d, &p);
}

/* ---- quotients ---- */

/* The number that a term of a sum, or a factor of a product, is multiplied by. */
static int64_t coefficient(const struct dims *d, dim_id id)
{
    const struct dim *x = &d->all[id];
    return x->kind == DIM_MUL && d->all[x->b].kind == DIM_CONST ? d->all[x->b].value : 1;
}

/* A term whose coefficient `divisor` divides, without it. */
static dim_id cut_term(struct dims *d, dim_id id, int64_t divisor)
{
    struct parts p = {.kind = DIM_MUL, .constant = 1};

    if (divisor == 1)
        return id;
    collect(d, &p, id);
    p.constant /= divisor;
    return join(d, &p);
}

/* floor of a sum (of one term or more) by a number, without their common divisors. */
static dim_id divide_sum(struct dims *d, const struct parts *sum, int64_t number)
{
    int64_t common = number;
    struct parts cut = {.kind = DIM_ADD};

    for (uint32_t i = 0; i < sum->count; i++)
        common = common_divisor(common, coefficient(d, sum->all[i]));
    for (uint32_t i = 0; i < sum->count; i++)
        if (!collect(d, &cut, cut_term(d, sum->all[i], common)))
            return 0;
    cut.constant = bounded_add(cut.constant, floor_divide(sum->constant, common));
    if (cut.constant >= DIM_LARGEST)
        return 0;
    if (number == common)
        return join(d, &cut);
    dim_id all = join(d, &cut);
    return intern(d, (struct dim){.kind = DIM_DIV, .a = all, .value = number / common});
}

dim_id dim_div(struct dims *d, dim_id a, int64_t number)
{
    struct parts p = {.kind = DIM_ADD, .constant = 0};

    assert(number > 0 && number <= DIM_LARGEST);
    if (a == 0)
        return 0;
    if (d->all[a].kind == DIM_CONST)
        return dim_const(d, d->all[a].value / number);
    if (d->all[a].kind == DIM_DIV) {
        number = bounded_mul(number, d->all[a].value);
        a = d->all[a].a;
    }
    return number >= DIM_LARGEST || !collect(d, &p, a) ? 0 : divide_sum(d, &p, number);
}

/* floor(x / n) + number is floor((x + number * n) / n). */
static dim_id add_to_quotient(struct dims *d, const struct dim *quotient, int64_t number)
{
    struct parts p = {.kind = DIM_ADD, .constant = 0};
    int64_t divisor = quotient->value, size = number < 0 ? -number : number;

    if (bounded_mul(size, divisor) >= DIM_LARGEST || !collect(d, &p, quotient->a))
        return 0;
    p.constant = bounded_add(p.constant, number * divisor);
    return p.constant >= DIM_LARGEST ? 0 : divide_sum(d, &p, divisor);
}

/* ---- questions ---- */

bool dim_is_const(const struct dims *d, dim_id id, int64_t *value)
{
    assert(id < d->count);
    if (d->all[id].kind != DIM_CONST)
        return false;
    *value = d->all[id].value;
    return true;
}

int64_t dim_value(const struct dims *d, dim_id id, const int64_t *symbols)
{
    assert(id != 0 && id < d->count);
    const struct dim *x = &d->all[id];

    switch (x->kind) {
    case DIM_CONST:
        return x->value;
    case DIM_SYMBOL:
        return symbols[x->value];
    case DIM_ADD:
        return dim_value(d, x->a, symbols) + dim_value(d, x->b, symbols);
    case DIM_MUL:
        return dim_value(d, x->a, symbols) * dim_value(d, x->b, symbols);
    case DIM_DIV:
        return floor_divide(dim_value(d, x->a, symbols), x->value);
    case DIM_NONE:
        break;
    }
    unreachable("a size that is none");
}

void dim_text(const struct dims *d, dim_id id, struct text *out)
{
    assert(id < d->count);
    const struct dim *x = &d->all[id];

    switch (x->kind) {
    case DIM_NONE:
        text_add(out, "?");
        return;
    case DIM_CONST:
        text_add(out, "%lld", (long long)x->value);
        return;
    case DIM_SYMBOL:
        text_add(out, "%s", dim_symbol_name(d, (uint32_t)x->value));
        return;
    case DIM_ADD:
    case DIM_MUL:
        text_add(out, "(");
        dim_text(d, x->a, out);
        if (d->all[x->b].value < 0) {
            text_add(out, " - %lld)", -(long long)d->all[x->b].value);
            return;
        }
        text_add(out, x->kind == DIM_ADD ? " + " : " * ");
        dim_text(d, x->b, out);
        text_add(out, ")");
        return;
    case DIM_DIV:
        text_add(out, "(");
        dim_text(d, x->a, out);
        text_add(out, " / %lld)", (long long)x->value);
        return;
    }
}

const char *dim_symbol_name(const struct dims *d, uint32_t symbol)
{
    assert(symbol < d->symbol_count);
    return d->names[symbol];
}

const char *symbol_name(uint32_t symbol)
{
    static const char *const name[SYMBOL_MAX] = {
        "BATCH", "SEQ", "ROWS", "PAST_SEQ", "OUT_ROWS", "KEYS", "S6",  "S7",
        "S8",    "S9",  "S10",  "S11",      "S12",      "S13",  "S14", "S15"};

    assert(symbol < SYMBOL_MAX);
    return name[symbol];
}
