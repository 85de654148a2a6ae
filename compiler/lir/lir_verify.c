/* Checks that a program keeps the rules: kernels make sense; arguments have the right home, stride
 * and extent; every value is written before it is read; no two live buffers share bytes; no two
 * steps of one epoch race. In: any program whose ids are in range, also one that was read from
 * text; out: every violation, by step or buffer.
 */
#include "compiler/lir/tails.h"
#include "compiler/lir/verify.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static bool wrong(struct diags *d, const char *object, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool wrong(struct diags *d, const char *object, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    diag_verror(d, (struct place){.object = object}, format, arguments);
    va_end(arguments);
    return false;
}

static const char *buffer_name(const struct lir_program *p, buf_id b)
{
    return str_text(p->strings, p->buffers[b].name);
}

/* ---- arguments ---- */

static bool home_fits(const struct argument *argument, enum home home, bool is_scratch,
                      bool is_output, bool is_replicated)
{
    bool own = home == HOME_thread;

    switch (argument->role) {
    case ROLE_index:
    case ROLE_segments:
    case ROLE_row_segments:
        return home == HOME_input;
    case ROLE_weight:
    case ROLE_vector:
    case ROLE_columns:
    case ROLE_table:
        return home == HOME_weight;
    case ROLE_keys:
    case ROLE_values:
        return home == (is_scratch ? HOME_scratch : HOME_state);
    case ROLE_carried:
        return home == (is_output ? HOME_carried_out : HOME_carried_in);
    case ROLE_partials:
    case ROLE_counters:
    case ROLE_padded:
        return home == HOME_scratch;
    case ROLE_chosen:
    case ROLE_order:
        return is_output ? home == (is_replicated ? HOME_thread : HOME_scratch)
                         : own || home == HOME_scratch;
    default:
        break;
    }
    if (is_output) /* a copy for each thread, or one that all write together */
        return is_replicated ? own : home == HOME_scratch || home == HOME_output;
    return own || home == HOME_scratch || home == HOME_output || home == HOME_input;
}

static bool verify_argument(const struct lir_program *p, const struct lir_step *s, uint32_t i,
                            struct diags *d)
{
    const struct lir_kernel *k = step_kernel(p, s);
    const char *name = str_text(p->strings, s->name), *which = argument_info(k, i)->name;
    struct argument argument = lir_argument(p, s, i);
    const struct lir_buffer *b = &p->buffers[p->args[s->first_arg + i]];
    const struct head_shape *shape = lir_shape(k);
    uint32_t stride = k->stride[i];
    bool good = true;

    if (!home_fits(&argument, (enum home)b->home, shape != NULL && shape->class == STATE_scratch,
                   lir_is_output(k, i), (s->flags & STEP_replicated) != 0))
        good = wrong(d, name, "argument '%s' stands in a home that does not fit", which);
    const bool overlaps = stride < argument.width && lir_is_output(k, i); /* reading may */
    if (argument.role == ROLE_matrix && (stride == 0 || overlaps || stride % 16 != 0))
        good = wrong(
            d, name,
            "argument '%s': expected a stride that is a multiple of 16 and at least %llu, found %u",
            which, (unsigned long long)argument.width, stride);
    if (argument.role != ROLE_matrix && stride != 0)
        good =
            wrong(d, name, "argument '%s' has no rows: expected stride 0, found %u", which, stride);
    if (b->bytes < argument.bytes)
        good = wrong(d, name, "argument '%s': expected at least %llu bytes, found %llu", which,
                     (unsigned long long)argument.bytes, (unsigned long long)b->bytes);
    return good;
}

static bool verify_values(const struct lir_step *s, const struct lir_kernel *k, const char *name,
                          struct diags *d)
{
    bool windowed = k->kind == KERNEL_attention && k->attention.windowed,
         capped = k->kind == KERNEL_attention && k->attention.capped, good = true;

    if (!windowed && s->values.window != 0)
        good =
            wrong(d, name, "has a window of %u, but its kernel is not windowed", s->values.window);
    if (!isfinite(s->values.scale))
        good = wrong(d, name, "expected a finite scale, found %g", (double)s->values.scale);
    if (!(s->values.softcap >= 0 && isfinite(s->values.softcap)) ||
        capped != (s->values.softcap != 0))
        good = wrong(d, name,
                     "expected a softcap above 0 exactly where its kernel is capped, "
                     "found %g",
                     (double)s->values.softcap);
    return good;
}

/* A ring keeps the window of a run's first row while its last is written. */
static bool verify_ring(const struct lir_program *p, const struct lir_step *s,
                        const struct lir_kernel *k, const char *name, struct diags *d)
{
    const uint64_t context = k->attention.shape.context, window = s->values.window,
                   rows = (uint64_t)p->upper[SYMBOL_SEQ];

    if (k->kind != KERNEL_attention || k->attention.shape.class != STATE_ring ||
        (window != 0 && window + rows <= context + 1))
        return true;
    return wrong(d, name,
                 "expected a window above 0, which with runs of %llu rows fits a ring of %llu "
                 "positions, found %llu",
                 (unsigned long long)rows, (unsigned long long)context, (unsigned long long)window);
}

static bool verify_step(const struct lir_program *p, const struct lir_step *s, struct diags *d)
{
    const struct lir_kernel *k = step_kernel(p, s);
    const char *name = str_text(p->strings, s->name);
    struct lir_step wanted = {.values = s->values};
    bool good = verify_values(s, k, name, d) && verify_ring(p, s, k, name, d);

    if ((s->flags & STEP_scattered) != 0 && !(k->kind == KERNEL_matmul && k->matmul.mixed))
        good = wrong(d, name, "expected scattered only where experts are mixed");
    kernel_tiles(k, &wanted);
    if (wanted.tiles != s->tiles || wanted.tile_unit != s->tile_unit ||
        wanted.tile_symbol != s->tile_symbol)
        good = wrong(d, name, "expected %u tiles by units of %u, found %u by %u", wanted.tiles,
                     wanted.tile_unit, s->tiles, s->tile_unit);
    for (uint32_t i = 0; i < lir_argument_count(k); i++)
        if (lir_has(k, i))
            good = verify_argument(p, s, i, d) && good;
    return good;
}

/* ---- places ---- */

static bool verify_place(const struct lir_program *p, buf_id id, const struct live *live,
                         struct diags *d)
{
    const struct lir_buffer *b = &p->buffers[id];
    const char *name = buffer_name(p, id);

    if (b->is_view) {
        const struct lir_buffer *root = &p->buffers[b->inside];
        return range_inside(b->offset, b->bytes, root->bytes) ||
               wrong(d, name, "a view of bytes %llu to %llu leaves its buffer of %llu",
                     (unsigned long long)b->offset, (unsigned long long)(b->offset + b->bytes),
                     (unsigned long long)root->bytes);
    }
    if (b->home == HOME_weight)
        return true;
    if (b->offset % 64 != 0)
        return wrong(d, name, "stands at %llu: expected a multiple of 64",
                     (unsigned long long)b->offset);
    if (!range_inside(b->offset, b->bytes, p->home_bytes[b->home]))
        return wrong(d, name, "%llu bytes at %llu leave their home of %llu",
                     (unsigned long long)b->bytes, (unsigned long long)b->offset,
                     (unsigned long long)p->home_bytes[b->home]);
    if (home_is_state((enum home)b->home) || live->first > live->last)
        return true;
    return (b->first == live->first && b->last == live->last) ||
           wrong(d, name, "is said to live %u..%u: expected %u..%u", b->first, b->last, live->first,
                 live->last);
}

struct placed { /* a buffer of its own */
    enum home home;
    uint64_t from, end;
    buf_id id;
};

static int by_place(const void *a, const void *b)
{
    const struct placed *x = a, *y = b;

    if (x->home != y->home)
        return x->home < y->home ? -1 : 1;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return x->id < y->id ? -1 : 1;
}

/* States outlive the run: all of them, all the time. */
static bool live_parallel(enum home home, const struct live *x, const struct live *y)
{
    if (home_is_state(home))
        return true;
    return x->first <= x->last && y->first <= y->last && x->first <= y->last && y->first <= x->last;
}

/* Those that share bytes stand near each other in the order of places. */
static bool verify_apart(const struct lir_program *p, const struct live *live, struct arena *a,
                         struct diags *d)
{
    struct placed *all = arena_new(a, struct placed, p->buffer_count);
    uint32_t count = 0;
    bool good = true;

    for (buf_id i = 1; i < p->buffer_count; i++) {
        const struct lir_buffer *b = &p->buffers[i];
        if (!b->is_view && b->home != HOME_weight && b->bytes != 0)
            all[count++] = (struct placed){(enum home)b->home, b->offset, b->offset + b->bytes, i};
    }
    qsort(all, count, sizeof *all, by_place);
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t j = i + 1;
             j < count && all[j].home == all[i].home && all[j].from < all[i].end; j++) {
            buf_id x = all[i].id, y = all[j].id;
            if (live_parallel(all[i].home, &live[x], &live[y]))
                good = wrong(d, buffer_name(p, x < y ? x : y),
                             "b%u shares bytes with b%u '%s' while both are live", x < y ? x : y,
                             x < y ? y : x, buffer_name(p, x < y ? y : x));
        }
    return good;
}

/* ---- order ---- */

/* Only the target knows the bytes of packed activations: a reader must assume the same format as
 * the step that made them. */
static bool packs_for(const struct lir_program *p, const struct lir_kernel *row,
                      const struct lir_kernel *matmul)
{
    const int64_t rows = p->upper[matmul->rows_symbol];

    return row != NULL && row->kind == KERNEL_norm_quant && row->norm_quant.k == matmul->matmul.k &&
           memcmp(&row->norm_quant.format, &matmul->matmul.format, sizeof matmul->matmul.format) ==
               0 &&
           (matmul->matmul.mixed ? p->upper[row->rows_symbol] == rows * matmul->matmul.slots
                                 : row->rows_symbol == matmul->rows_symbol);
}

/* What a step reads as numbers of experts or rows is what a route or a sort of equal sizes made, so
 * that they are in range. */
static bool counts_for(const struct lir_kernel *from, const struct lir_kernel *k, enum role role)
{
    if (from == NULL || from->rows_symbol != k->rows_symbol)
        return false;
    if (role == ROLE_chosen)
        return from->kind == KERNEL_route && from->route.experts == k->sort.experts &&
               from->route.slots == k->sort.slots;
    return from->kind == KERNEL_sort && from->sort.experts == k->matmul.experts &&
           from->sort.slots == k->matmul.slots;
}

/* `writers` has the kernel that wrote each buffer last. */
static bool verify_reads(const struct lir_program *p, const struct lir_step *s,
                         const struct lir_kernel *const *writers, struct diags *d)
{
    const struct lir_kernel *k = step_kernel(p, s);
    const char *name = str_text(p->strings, s->name);
    bool good = true;

    for (uint32_t i = 0; i < lir_argument_count(k); i++) {
        if (!lir_has(k, i) || lir_is_output(k, i))
            continue;
        buf_id root = root_of(p, p->args[s->first_arg + i]);
        uint8_t home = p->buffers[root].home;
        bool made = home == HOME_scratch || home == HOME_thread || home == HOME_output;
        bool packed = k->kind == KERNEL_matmul && i == MATMUL_x && k->matmul.format.act != ACT_f32;
        const enum role role = argument_info(k, i)->role;
        bool numbers = role == ROLE_chosen || role == ROLE_order;
        if (made && writers[root] == NULL)
            good = wrong(d, name, "reads b%u '%s', which no step before it writes", root,
                         buffer_name(p, root));
        else if (packed && !packs_for(p, writers[root], k))
            good = wrong(d, name, "reads b%u '%s', which is not packed as this kernel reads it",
                         root, buffer_name(p, root));
        else if (numbers && !counts_for(writers[root], k, role))
            good = wrong(d, name, "reads b%u '%s', which has no experts of as many rows", root,
                         buffer_name(p, root));
    }
    return good;
}

static bool verify_written(const struct lir_program *p, struct arena *a, struct diags *d)
{
    const struct lir_kernel **writers = arena_new(a, const struct lir_kernel *, p->buffer_count);
    bool good = true;

    for (uint32_t i = 0; i < p->step_count; i++) {
        const struct lir_step *s = &p->steps[i];
        const struct lir_kernel *k = step_kernel(p, s);
        good = verify_reads(p, s, writers, d) && good;
        for (uint32_t j = 0; j < lir_argument_count(k); j++)
            if (lir_is_output(k, j))
                writers[root_of(p, p->args[s->first_arg + j])] = k;
    }
    for (uint32_t i = 0; i < p->io_count; i++)
        if (p->io[i].is_output && writers[root_of(p, p->io[i].buffer)] == NULL)
            good = wrong(d, str_text(p->strings, p->io[i].name), "no step writes this output");
    return good;
}

static bool verify_races(const struct lir_program *p, struct diags *d)
{
    uint32_t epoch_start = 0, launch = 0;
    bool good = true;

    for (uint32_t i = 0; i < p->step_count; i++) {
        if ((p->steps[i].flags & STEP_barrier) != 0)
            epoch_start = i;
        if ((p->steps[i].flags & STEP_tail) == 0)
            launch = i; /* whose steps follow each other */
        if (i == p->lm_head_step && i != epoch_start)
            good = wrong(d, str_text(p->strings, p->steps[i].name),
                         "the lm_head runs several times: expected a barrier before it");
        for (uint32_t j = epoch_start; j < launch; j++)
            if (steps_race(p, &p->steps[j], &p->steps[i]))
                good = wrong(d, str_text(p->strings, p->steps[i].name),
                             "races with '%s': expected a barrier between them",
                             str_text(p->strings, p->steps[j].name));
    }
    return good;
}

bool lir_verify(const struct lir_program *p, struct diags *d)
{
    struct arena scratch = {0};
    struct live *live = arena_new(&scratch, struct live, p->buffer_count);
    bool good = true;

    for (uint32_t i = 0; i < p->step_count; i++)
        good = verify_kernel(step_kernel(p, &p->steps[i]), str_text(p->strings, p->steps[i].name),
                             d) &&
               good;
    if (!good) { /* sizes of arguments mean nothing then */
        arena_free(&scratch);
        return false;
    }
    for (uint32_t i = 0; i < p->step_count; i++)
        good = verify_step(p, &p->steps[i], d) && good;
    live_ranges(p, live);
    for (buf_id b = 1; b < p->buffer_count; b++)
        good = verify_place(p, b, &live[b], d) && good;
    good = verify_io(p, d) && good;
    good = verify_apart(p, live, &scratch, d) && good;
    good = verify_written(p, &scratch, d) && good;
    good = verify_races(p, d) && good;
    good = verify_tails(p, d) && good;
    arena_free(&scratch);
    return good;
}
