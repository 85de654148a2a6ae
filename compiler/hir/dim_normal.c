/* The normal form of symbolic sizes. In: sums, differences, products, quotients; out: ids.
 *
 * Two spellings of one size must get one id, so sums and products are kept in a normal form: a list
 * of terms (or factors) in a fixed order that does not depend on which was made first, the constant
 * last, joined from the left. BATCH * SEQ becomes ROWS. Products do not distribute over sums. A
 * quotient takes in the constant that is added to it and the quotient that it is of, and has no
 * divisor in common with what it divides: floor((floor(x / 2) + 1) / 3) is floor((x + 2) / 6).
 */
#include "compiler/hir/dim_normal.h"

enum { MAX_PARTS = 16 /* terms of a sum, factors of a product */ };

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
        p->constant = dim_bounded_add(p->constant, x->value);
        return p->constant < DIM_LARGEST;
    }
    if (x->kind == DIM_CONST) {
        p->constant = dim_bounded_mul(p->constant, x->value);
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

    return dim_intern(d, (struct dim){.kind = DIM_CONST,
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
        all = dim_intern(d, (struct dim){.kind = p->kind, .a = all, .b = p->all[i]});
    if (neutral)
        return all;
    return dim_intern(d, (struct dim){.kind = p->kind, .a = all, .b = constant(d, p->constant)});
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
        common = dim_common_divisor(common, coefficient(d, sum->all[i]));
    for (uint32_t i = 0; i < sum->count; i++)
        if (!collect(d, &cut, cut_term(d, sum->all[i], common)))
            return 0;
    cut.constant = dim_bounded_add(cut.constant, dim_floor_divide(sum->constant, common));
    if (cut.constant >= DIM_LARGEST)
        return 0;
    if (number == common)
        return join(d, &cut);
    dim_id all = join(d, &cut);
    return dim_intern(d, (struct dim){.kind = DIM_DIV, .a = all, .value = number / common});
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
        number = dim_bounded_mul(number, d->all[a].value);
        a = d->all[a].a;
    }
    return number >= DIM_LARGEST || !collect(d, &p, a) ? 0 : divide_sum(d, &p, number);
}

/* floor(x / n) + number is floor((x + number * n) / n). */
static dim_id add_to_quotient(struct dims *d, const struct dim *quotient, int64_t number)
{
    struct parts p = {.kind = DIM_ADD, .constant = 0};
    int64_t divisor = quotient->value, size = number < 0 ? -number : number;

    if (dim_bounded_mul(size, divisor) >= DIM_LARGEST || !collect(d, &p, quotient->a))
        return 0;
    p.constant = dim_bounded_add(p.constant, number * divisor);
    return p.constant >= DIM_LARGEST ? 0 : divide_sum(d, &p, divisor);
}
