/* Sizes that count rows, and their slots. In: sizes (dim.c); out: what they are of one symbol, and
 * a number for each that kernels and tables know it by.
 */
#include "compiler/hir/dim.h"

static const int64_t COUNT_MAX = (int64_t)1 << 40; /* of each number of a row size */

static bool scale(int64_t *x, int64_t by)
{
    int64_t size = *x < 0 ? -*x : *x;

    if (by != 0 && size > COUNT_MAX / by)
        return false;
    *x *= by;
    return true;
}

static bool add_to(int64_t *x, int64_t y)
{
    *x += y; /* both at most 2^40 */
    return *x <= COUNT_MAX && *x >= -COUNT_MAX;
}

/* multiply * symbol + add, with multiply 0 where there is no symbol. */
static bool linear(const struct dims *d, dim_id id, struct dim_slot_info *out)
{
    const struct dim *x = &d->all[id];
    struct dim_slot_info b;

    *out = (struct dim_slot_info){.divide = 1};
    if (x->kind == DIM_CONST)
        return add_to(&out->add, x->value);
    if (x->kind == DIM_SYMBOL) {
        *out = (struct dim_slot_info){(uint32_t)x->value, 1, 0, 1};
        return true;
    }
    if ((x->kind != DIM_ADD && x->kind != DIM_MUL) || !linear(d, x->a, out) || !linear(d, x->b, &b))
        return false;
    if (x->kind == DIM_MUL) /* a number stands last */
        return b.multiply == 0 && scale(&out->multiply, b.add) && scale(&out->add, b.add);
    if (out->multiply != 0 && b.multiply != 0 && out->symbol != b.symbol)
        return false;
    out->symbol = out->multiply != 0 ? out->symbol : b.symbol;
    return add_to(&out->multiply, b.multiply) && add_to(&out->add, b.add);
}

bool dim_row_size(const struct dims *d, dim_id id, struct dim_slot_info *info)
{
    const struct dim *x = &d->all[id];
    bool quotient = x->kind == DIM_DIV;

    if (id == 0 || !linear(d, quotient ? x->a : id, info) || info->multiply == 0)
        return false;
    info->divide = quotient ? x->value : 1;
    return info->divide <= COUNT_MAX;
}

int dim_slot(const struct dims *d, dim_id id)
{
    assert(id < d->count);
    if (d->all[id].kind == DIM_SYMBOL)
        return (int)d->all[id].value;
    for (uint32_t i = 0; i < d->slot_count; i++)
        if (d->slots[i] == id)
            return (int)(d->symbol_count + i);
    return -1;
}

void dims_take_slot(struct dims *d, dim_id id)
{
    struct dim_slot_info info;

    if (dims_slot_count(d) == SYMBOL_MAX || dim_slot(d, id) >= 0 || !dim_row_size(d, id, &info))
        return;
    d->slots[d->slot_count++] = id;
    if (info.symbol == SYMBOL_ROWS && info.add == 0 && info.divide == 1)
        dims_take_slot(d, dim_mul(d, dim_symbol(d, SYMBOL_OUT_ROWS), dim_const(d, info.multiply)));
}

uint32_t dims_slot_count(const struct dims *d)
{
    return d->symbol_count + d->slot_count;
}

struct dim_slot_info dims_slot(const struct dims *d, uint32_t slot)
{
    struct dim_slot_info info = {slot, 1, 0, 1};

    assert(slot < dims_slot_count(d));
    if (slot >= d->symbol_count && !dim_row_size(d, d->slots[slot - d->symbol_count], &info))
        unreachable("a slot of a size that counts no rows");
    return info;
}
