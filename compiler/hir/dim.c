/* Symbolic sizes: the table of expressions, with bounds. In: expressions in their normal form
 * (dim_normal.c); out: one id for each different one, and what it is worth.
 */
#include "compiler/hir/dim_normal.h"

#include <string.h>

/* Bounds and divisor of a sum, product or quotient, from those of its operands. */
static void derive(const struct dims *d, struct dim *x)
{
    const struct dim *a = &d->all[x->a], *b = &d->all[x->b];

    if (x->kind == DIM_ADD) {
        x->min = dim_bounded_add(a->min, b->min);
        x->min = x->min < 0 ? 0 : x->min; /* a variant may bound symbols lower than the graph */
        x->max = dim_bounded_add(a->max, b->max);
        x->max = x->max < 0 ? 0 : x->max;
        x->multiple = dim_common_divisor(a->multiple, b->multiple);
    } else if (x->kind == DIM_MUL) {
        x->min = dim_bounded_mul(a->min, b->min);
        x->max = dim_bounded_mul(a->max, b->max);
        bool fits = a->multiple <= DIM_LARGEST / b->multiple;
        x->multiple = fits ? a->multiple * b->multiple : b->multiple;
    } else if (x->kind == DIM_DIV) {
        x->min = a->min / x->value;
        x->max = a->max / x->value;
        x->multiple = 1;
    }
}

dim_id dim_intern(struct dims *d, struct dim x)
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
        dim_intern(d, symbol);
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
    return dim_intern(
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

int64_t dim_min(const struct dims *d, uint32_t symbol)
{
    assert(symbol < SYMBOL_MAX && d->count > SYMBOL_MAX);
    return d->all[symbol + 1].min;
}

int64_t dim_max(const struct dims *d, uint32_t symbol)
{
    assert(symbol < SYMBOL_MAX && d->count > SYMBOL_MAX);
    return d->all[symbol + 1].max;
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
        return dim_floor_divide(dim_value(d, x->a, symbols), x->value);
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
