/* What all parts of the low-level IR share: the table of kernel kinds, identity and names of
 * kernels, sizes of activation and state buffers. Formats and formulas are those of
 * kernel_kinds.def. */
#include "compiler/lir/lir_words.h"

#include <string.h>
#include <xxhash.h>

size_t lir_kernel_bytes(const struct lir_kernel *k)
{
    return offsetof(struct lir_kernel, embed) + kernel_kind_info[k->kind].bytes;
}

bool lir_kernel_equal(const struct lir_kernel *a, const struct lir_kernel *b)
{
    return a->kind == b->kind && memcmp(a, b, lir_kernel_bytes(a)) == 0;
}

uint64_t lir_kernel_key(const struct lir_kernel *k)
{
    return XXH3_64bits(k, lir_kernel_bytes(k));
}

uint32_t lir_launch_kernels(const struct lir_kernel *all, uint32_t count,
                            const struct lir_kernel *k,
                            const struct lir_kernel *out[LIR_LAUNCH_MAX])
{
    uint32_t found = 0;

    for (out[found++] = k; k->then != 0 && found < LIR_LAUNCH_MAX; out[found++] = k) {
        const struct lir_kernel *next = all;
        while (next < all + count && lir_kernel_key(next) != k->then)
            next++;
        if (next == all + count)
            unreachable("a kernel whose tail is not in its table");
        k = next;
    }
    return found;
}

uint32_t lir_launch_values(const struct lir_kernel *k, const struct lir_step *s,
                           uint32_t out[LIR_MAX_VALUES])
{
    uint32_t count = 0;

#define VALUE(of_kind, index, type, name)                    \
    if (k->kind == KERNEL_##of_kind) {                       \
        memcpy(&out[index], &s->values.name, sizeof out[0]); \
        count = index + 1;                                   \
    }
#include "compiler/lir/kernel_kinds.def"
    return count;
}

/* A row tile spans window + tile_rows - 1 keys, wherever it stands. */
static uint64_t window_chunks(const struct kernel_attention *k, uint32_t window)
{
    return ceil_div((uint64_t)(window - 1) + k->tile_rows - 1, k->chunk) + 1;
}

bool attention_follows_window(const struct kernel_attention *k, uint32_t window)
{
    return k->windowed && (k->shape.class == STATE_ring ||
                           window_chunks(k, window) < ceil_div(k->shape.context, k->chunk));
}

uint32_t attention_slots(const struct kernel_attention *k, uint32_t window)
{
    return (uint32_t)(attention_follows_window(k, window) ? window_chunks(k, window)
                                                          : ceil_div(k->shape.context, k->chunk));
}

uint64_t attention_partial_bytes(const struct kernel_attention *k)
{
    return (round_up(k->shape.head_dim, 16) + 16) * 4;
}

/* The sizes and formats that a person asks for; the key behind them makes the name unique. */
static void name_part(struct text *name, const struct lir_kernel *k, const struct kernel_field *f)
{
    uint32_t value = field_number(k, f);
    const char *word = field_word(f->type, value);

    if (f->label == NULL || (value == 0 && word == NULL))
        return;
    text_add(name, "%s", f->label);
    if (word != NULL)
        text_add(name, "%s", word);
    else if (f->type != FIELD_flag)
        text_add(name, "%u", value);
}

const char *lir_kernel_name(struct arena *a, const struct lir_kernel *k)
{
    static const char *const symbol[] = {"batch", "seq", "rows", "past", "out"};
    struct text name = {.arena = a};

    text_add(&name, "%s", kernel_kind_info[k->kind].name);
    for (const struct kernel_field *f = kernel_kind_info[k->kind].fields; f->name != NULL; f++)
        name_part(&name, k, f);
    if (k->rows_symbol < countof(symbol))
        text_add(&name, "_%s", symbol[k->rows_symbol]);
    text_add(&name, "%s%s", k->tail != 0 ? "_tail" : "", k->then != 0 ? "_with_tail" : "");
    text_add(&name, "_%016llx", (unsigned long long)lir_kernel_key(k));
    return name.data;
}

uint32_t lir_kernel_intern(struct lir_kernels *kernels, const struct lir_kernel *k)
{
    for (uint32_t i = 0; i < kernels->count; i++)
        if (lir_kernel_equal(&kernels->all[i], k))
            return i;
    ARENA_PUSH(kernels->arena, kernels->all, kernels->count, kernels->capacity) = *k;
    return kernels->count - 1;
}

void lir_kernels_order(struct lir_kernels *kernels, struct lir_program *programs, uint32_t count)
{
    const uint32_t unused = UINT32_MAX;
    uint32_t *place = arena_new(kernels->arena, uint32_t, kernels->count + 1), kept = 0;
    struct lir_kernel *ordered = arena_new(kernels->arena, struct lir_kernel, kernels->count + 1);

    for (uint32_t k = 0; k < kernels->count; k++)
        place[k] = unused;
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t s = 0; s < programs[i].step_count; s++)
            place[programs[i].steps[s].kernel] = 0;
    for (uint32_t tail = 0; tail < 2; tail++)
        for (uint32_t k = 0; k < kernels->count; k++)
            if (place[k] != unused && kernels->all[k].tail == tail) {
                ordered[kept] = kernels->all[k];
                place[k] = kept++;
            }
    kernels->all = ordered;
    kernels->count = kept;
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t s = 0; s < programs[i].step_count; s++)
            programs[i].steps[s].kernel = place[programs[i].steps[s].kernel];
}

uint32_t lir_kernels_launched(const struct lir_kernels *kernels)
{
    uint32_t count = 0;

    while (count < kernels->count && kernels->all[count].tail == 0)
        count++;
    return count;
}

uint64_t matmul_expert_bytes(const struct kernel_matmul *k)
{
    return layout_groups_bytes((enum layout)k->layout,
                               ceil_div(k->n, ROW_GROUP) * (k->gated ? 2 : 1), k->k);
}

uint32_t act_element_bytes(const struct act_format *f)
{
    return f->act == ACT_f32 ? 4 : f->act == ACT_bf16 || f->act == ACT_i16 ? 2 : 1;
}

uint32_t act_scale_bytes(const struct act_format *f)
{
    assert(act_is_integer((enum act)f->act));
    return 4 + 4 * (f->block_sums == 2 ? 2 : 1);
}

uint32_t act_block_bytes(const struct act_format *f)
{
    assert(f->act == ACT_i8 || f->act == ACT_i16);
    return act_element_bytes(f) * ACT_BLOCK + act_scale_bytes(f);
}

uint64_t act_tile_bytes(const struct act_format *f, uint32_t k)
{
    uint64_t row = round_up(k, 2) * act_element_bytes(f);

    assert(f->act != ACT_f32);
    if (act_is_integer((enum act)f->act))
        row += (uint64_t)k / act_block((enum act)f->act, k) * act_scale_bytes(f);
    return round_up(f->tile_rows * row, 64);
}

uint64_t act_bytes(const struct act_format *f, uint32_t k, uint64_t rows)
{
    if (f->act == ACT_f32)
        return rows * round_up(k, 16) * 4;
    assert(f->tile_rows != 0);
    return ceil_div(rows, f->tile_rows) * act_tile_bytes(f, k);
}

bool kv_is_served(enum dtype kv)
{
    return kv == DTYPE_f32 || kv == DTYPE_f16 || kv == DTYPE_q8_0;
}

uint32_t kv_element_bytes(enum dtype kv)
{
    return kv == DTYPE_q8_0 ? 1 : dtype_info[kv].bytes;
}

uint32_t kv_width(enum dtype kv, uint32_t head_dim, bool is_value)
{
    return kv_row_width(head_dim, is_value, kv == DTYPE_q8_0);
}

uint64_t kv_state_bytes(enum dtype kv, uint32_t kv_heads, uint32_t head_dim, uint32_t context,
                        bool is_value)
{
    const uint64_t scale = kv == DTYPE_q8_0 ? 2 : 0;

    assert(kv_is_served(kv));
    return kv_heads * round_up(context, 64) *
           ((uint64_t)kv_width(kv, head_dim, is_value) * kv_element_bytes(kv) + scale);
}

/* ---- sizes, inputs and outputs ---- */

void lir_bind_slots(const struct lir_program *p, int64_t dims[SYMBOL_MAX])
{
    for (uint32_t i = 0; i < SYMBOL_MAX; i++) {
        const struct dim_slot_info *slot = &p->slots[i];
        if (slot->divide == 0)
            continue;
        int64_t size = slot->multiply * dims[slot->symbol] + slot->add;
        dims[i] = size < 0 ? 0 : size / slot->divide;
    }
}

const struct lir_io *lir_find_output(const struct lir_program *p, enum output_role role)
{
    for (uint32_t i = 0; i < p->io_count; i++)
        if (p->io[i].is_output && p->io[i].role == role)
            return &p->io[i];
    return NULL;
}

uint64_t lir_io_width(const struct lir_io *io)
{
    uint64_t width = 1;

    for (uint32_t i = 1; i < io->rank; i++)
        width *= io->dims[i].size;
    return width;
}

uint64_t lir_io_bytes(const struct lir_program *p, const struct lir_io *io)
{
    uint64_t rows =
        io->dims[0].slot == LIR_FIXED ? io->dims[0].size : (uint64_t)p->upper[io->dims[0].slot];

    return rows == 0 ? 0 : ((rows - 1) * io->stride + lir_io_width(io)) * 4;
}

uint32_t lir_launch_end(const struct lir_program *p, uint32_t first)
{
    uint32_t end = first + 1;

    while (end < p->step_count && (p->steps[end].flags & STEP_tail) != 0)
        end++;
    return end;
}

uint32_t lir_launches(const struct lir_program *p)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < p->step_count; i++)
        count += (p->steps[i].flags & STEP_tail) == 0;
    return count;
}

uint64_t lir_most_tiles(const struct lir_program *p, const struct lir_step *s)
{
    if (s->tile_unit == 0)
        return s->tiles;
    return s->tiles * ceil_div((uint64_t)p->upper[s->tile_symbol], s->tile_unit);
}
