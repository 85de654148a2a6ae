/* Writes what programs take and give: entries with the states that they use, the sizes of a run,
 * inputs and outputs, and the sizes that each program is made for. */
#include "compiler/pack/artifact_writer.h"

#include "compiler/lir/arguments.h"
#include "compiler/lir/lir_words.h"

_Static_assert((int)INPUT_data + 1 == (int)RLX_ROLE_DATA &&
                   (int)INPUT_tokens + 1 == (int)RLX_ROLE_TOKENS &&
                   (int)INPUT_positions + 1 == (int)RLX_ROLE_POSITIONS &&
                   (int)INPUT_out_rows + 1 == (int)RLX_ROLE_OUT_ROWS,
               "roles of inputs are one more in files");
_Static_assert(LIR_FIXED == RLX_NO_SLOT && (int)SYMBOL_MAX == (int)RLX_SLOT_MAX &&
                   (int)HIR_MAX_RANK <= (int)RLX_RANK_MAX,
               "and slots the same");
/* ---- entries, symbols ---- */

/* What a step does to states; `uses` is by state. */
static void find_uses(const struct writer *w, const struct lir_program *p,
                      const struct lir_step *step, struct rlx_use *uses)
{
    const struct lir_kernel *k = step_kernel(p, step);

    for (uint32_t i = 0; i < lir_argument_count(k); i++) {
        const struct lir_buffer *b = &p->buffers[root_of(p, p->args[step->first_arg + i])];
        if (!lir_has(k, i) || !home_is_state((enum home)b->home))
            continue;
        uint32_t state = w->plan.state_of[b->source] - 1;
        uses[state].access |= lir_is_output(k, i) ? RLX_WRITES : RLX_READS;
        if (lir_is_output(k, i) && w->plan.states[state].class == STATE_cross)
            uses[state].rows_slot = k->rows_symbol;
    }
}

/* The states that the programs of an entry read and write, which are the same in every level. */
void add_entry(struct writer *w, struct tables *t, uint32_t index)
{
    const struct artifact *a = w->artifact;
    struct rlx_use *uses = arena_new(w->arena, struct rlx_use, w->plan.state_count);
    struct rlx_entry entry = {
        .name = writer_string(w, str_text(a->graph->strings, a->graph->entries[index].name)),
        .first_use = t->use_count};

    for (uint32_t i = 0; i < w->plan.state_count; i++)
        uses[i] = (struct rlx_use){.state = i, .rows_slot = RLX_NO_SLOT};
    for (uint32_t v = 0; v < a->variant_count; v++) {
        const struct lir_program *p = &a->levels[0].programs[v];
        for (uint32_t i = 0; i < p->step_count && p->variant.entry == index; i++)
            find_uses(w, p, &p->steps[i], uses);
    }
    for (uint32_t i = 0; i < w->plan.state_count; i++)
        if (uses[i].access != 0)
            ARENA_PUSH(w->arena, t->uses, t->use_count, t->use_capacity) = uses[i];
    entry.use_count = t->use_count - entry.first_use;
    ARENA_PUSH(w->arena, t->entries, t->entry_count, t->entry_capacity) = entry;
}

dim_id slot_size(const struct dims *dims, uint32_t slot)
{
    if (slot >= dims->symbol_count)
        return dims->slots[slot - dims->symbol_count];
    for (dim_id id = 1; id < dims->count; id++)
        if (dims->all[id].kind == DIM_SYMBOL && dims->all[id].value == slot)
            return id;
    unreachable("a symbol without a size");
}

/* The greatest size of a slot at which every size that follows from it fits an i32, too. */
static uint64_t slot_max(const struct dims *dims, uint32_t slot)
{
    const uint32_t symbol = dims_slot(dims, slot).symbol;
    int64_t max = dims->all[slot_size(dims, symbol)].max;

    for (uint32_t i = dims->symbol_count; i < dims_slot_count(dims); i++) {
        const struct dim_slot_info info = dims_slot(dims, i);
        int64_t fits = (INT32_MAX * info.divide - info.add) / info.multiply;
        max = info.symbol == symbol && fits < max ? fits : max;
    }
    const struct dim_slot_info info = dims_slot(dims, slot);
    return (uint64_t)((info.multiply * max + info.add) / info.divide);
}

void add_symbols(struct writer *w, struct tables *t)
{
    const struct dims *dims = &w->artifact->graph->dims;

    for (uint32_t i = 0; i < dims_slot_count(dims); i++) {
        const struct dim_slot_info info = dims_slot(dims, i);
        const dim_id id = slot_size(dims, i);
        struct text name = {.arena = w->arena};
        dim_text(dims, id, &name);
        ARENA_PUSH(w->arena, t->symbols, t->symbol_count, t->symbol_capacity) =
            (struct rlx_symbol){.name = writer_string(w, name.data),
                                .symbol = info.symbol,
                                .multiply = info.multiply,
                                .add = info.add,
                                .divide = info.divide,
                                .min = (uint64_t)dims->all[id].min,
                                .max = slot_max(dims, i)};
    }
}

/* ---- inputs and outputs ---- */

uint64_t program_offset(const struct lir_program *p, buf_id id)
{
    uint64_t inside;
    const struct lir_buffer *b = buffer_root(p, id, &inside);

    return id == 0 ? RLX_ABSENT : b->offset + inside;
}

/* Rows of the table that a step reads at the numbers of a list; 0: it reads none there. */
static uint32_t rows_chosen(const struct lir_program *p, const struct lir_step *step, buf_id list)
{
    const struct lir_kernel *k = step_kernel(p, step);
    uint64_t table = 0;
    bool chosen = false;

    for (uint32_t i = 0; i < lir_argument_count(k); i++) {
        if (!lir_has(k, i))
            continue;
        const struct argument a = lir_argument(p, step, i);
        const buf_id buffer = p->args[step->first_arg + i];
        chosen |= a.role == ROLE_index && buffer == list;
        if (a.role == ROLE_table)
            table = p->buffers[buffer].bytes / (a.width * sizeof(float));
    }
    return !chosen ? 0 : k->kind == KERNEL_embed ? k->embed.n : (uint32_t)table;
}

uint32_t program_limit(const struct lir_program *p, buf_id list)
{
    uint32_t limit = 0;

    for (uint32_t i = 0; i < p->step_count; i++) {
        const uint32_t rows = rows_chosen(p, &p->steps[i], list);
        if (rows != 0 && (limit == 0 || rows < limit))
            limit = rows;
    }
    return limit;
}

static void add_one(struct writer *w, struct tables *t, const struct lir_program *p,
                    const struct lir_io *io)
{
    struct rlx_io entry = {
        .name = writer_string(w, str_text(p->strings, io->name)),
        .direction = io->is_output ? RLX_OUTPUT : RLX_INPUT,
        .role = !io->is_output              ? io->role + 1u
                : io->role == OUTPUT_logits ? RLX_ROLE_LOGITS
                                            : RLX_ROLE_DATA,
        .element = io->element == DTYPE_i32 ? RLX_I32 : RLX_F32,
        .home = io->is_output ? RLX_HOME_OUTPUT : RLX_HOME_INPUT,
        .rank = io->rank,
        .offset = program_offset(p, io->buffer),
        .bytes = p->buffers[io->buffer].bytes,
        .stride = io->rank == 1 ? 1 : io->stride,
        .limit = io->is_output ? 0 : program_limit(p, io->buffer),
    };

    for (uint32_t i = 0; i < io->rank; i++)
        entry.dims[i] = (struct rlx_io_dim){io->dims[i].slot, io->dims[i].size};
    ARENA_PUSH(w->arena, t->io, t->io_count, t->io_capacity) = entry;
}

void add_io(struct writer *w, struct tables *t, const struct lir_program *p)
{
    for (uint32_t i = 0; i < p->io_count; i++)
        add_one(w, t, p, &p->io[i]);
}

/* ---- sizes ---- */

static uint32_t sizes_of_kernel(const struct lir_kernel *k)
{
    uint32_t used = 1u << k->rows_symbol;

    for (const struct kernel_field *f = kernel_kind_info[k->kind].fields; f->name != NULL; f++)
        if (f->type == FIELD_symbol)
            used |= 1u << field_number(k, f);
    return used;
}

/* A bit for each slot whose size matters to a run of the program. */
static uint32_t used_sizes(const struct lir_program *p, const struct dims *dims)
{
    const uint32_t rows =
        1u << SYMBOL_ROWS | 1u << SYMBOL_SEQ | 1u << SYMBOL_PAST_SEQ | 1u << SYMBOL_KEYS;
    uint32_t used = 1u << SYMBOL_BATCH;

    for (uint32_t i = 0; i < p->step_count; i++)
        used |= sizes_of_kernel(step_kernel(p, &p->steps[i])) |
                (p->steps[i].tile_unit == 0 ? 0 : 1u << p->steps[i].tile_symbol);
    for (uint32_t i = 0; i < p->io_count; i++)
        for (uint32_t axis = 0; axis < p->io[i].rank; axis++)
            used |= p->io[i].dims[axis].slot == LIR_FIXED ? 0 : 1u << p->io[i].dims[axis].slot;
    for (uint32_t i = dims->symbol_count; i < dims_slot_count(dims); i++)
        used |= (used >> i & 1) << dims_slot(dims, i).symbol;
    return (used >> SYMBOL_ROWS & 1) != 0 ? used | rows : used & ~rows;
}

/* Sequences are as long as the context; what is derived is as large as its symbol says. */
void set_upper(const struct writer *w, const struct lir_program *p, uint32_t upper[RLX_SLOT_MAX])
{
    const struct dims *dims = &w->artifact->graph->dims;
    const uint32_t used = used_sizes(p, dims);

    for (uint32_t i = 0; i < dims_slot_count(dims); i++) {
        const struct dim_slot_info info = dims_slot(dims, i);
        if ((used >> i & 1) == 0)
            continue;
        int64_t of = i < dims->symbol_count ? p->upper[i] : (int64_t)upper[info.symbol];
        upper[i] = of == 0 ? 0 : (uint32_t)((info.multiply * of + info.add) / info.divide);
        if (i == SYMBOL_PAST_SEQ || i == SYMBOL_KEYS)
            upper[i] = w->artifact->context;
    }
}
