/* Streams packed weights. In: a plan and the mapped model. Out: the section, appended to the output
 * in the order of the plan. The section is cut into pieces of equal size, wherever weights begin
 * and end, so that each piece is one write and one large page (base/out.h); a row group on a border
 * is packed for both pieces. Threads take pieces in order and pack them in parallel. Each writes
 * its bytes in place and waits for its turn to hash them, so that neither bytes nor digests depend
 * on the number of threads. */
#include "compiler/pack/weights.h"

#include "compiler/base/hash.h"
#include "compiler/import/quant.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE_BYTES = OUT_LARGE_PAGE, MAX_THREADS = 64 };

/* A tensor with values that its new type cannot hold; NULL: none. */
struct refusal {
    const struct tensor *tensor;
    enum dtype packed;
};

struct job {
    const struct weight_plan *plan;
    const struct hir_graph *graph;
    const struct model *model;
    const struct weights_options *options;
    struct out *out;
    uint64_t *digests;
    uint32_t *first; /* by piece: the weight that it begins in */
    uint32_t piece_count;
    uint64_t start; /* of the section in the output */
    XXH3_state_t *section_hash, *weight_hash;

    pthread_mutex_t lock;
    pthread_cond_t turn;
    uint32_t next, written; /* pieces taken by threads; pieces in the output */
    struct refusal refused;
    const struct tensor *not_finite; /* a vector with values that are not finite; NULL: none */
    bool failed;
};

/* Working memory of one thread. */
struct worker {
    struct job *job;
    uint8_t *piece;
    uint8_t *unit; /* a unit of which a piece holds only a part */
    uint64_t unit_bytes;
    uint8_t *rows; /* ROW_GROUP converted rows */
    uint64_t rows_bytes;
    float *values; /* one decoded row */
    uint64_t values_bytes;
    struct refusal refused; /* as in the job */
    const struct tensor *not_finite;
};

/* The type that the rows of a matrix are packed in; those of the file may have another. */
static enum dtype packed_type(const struct packed_weight *w)
{
    return layout_info[w->layout].dtype;
}

static uint64_t row_bytes(enum dtype dtype, uint64_t columns)
{
    return ceil_div(columns, dtype_info[dtype].block) * dtype_info[dtype].bytes;
}

static void *room(void *memory, uint64_t *bytes, uint64_t wanted)
{
    if (wanted <= *bytes)
        return memory;
    free(memory);
    memory = aligned_alloc(64, round_up(wanted, 64));
    if (memory == NULL)
        out_of_memory(wanted);
    *bytes = wanted;
    return memory;
}

/* Finds the part and its row for row `row` of the packed matrix; false: a row that only fills its
 * group. */
static bool find_row(const struct packed_weight *w, uint64_t row, uint32_t *part,
                     uint64_t *part_row)
{
    if (w->interleaved) {
        uint64_t group = row / ROW_GROUP;
        *part = group % 2;
        *part_row = group / 2 * ROW_GROUP + row % ROW_GROUP;
        return *part_row < w->parts[*part]->shape[0];
    }
    for (*part = 0; *part < w->part_count; (*part)++) {
        if (row < w->parts[*part]->shape[0]) {
            *part_row = row;
            return true;
        }
        row -= w->parts[*part]->shape[0];
    }
    return false;
}

/* Row `row` of a tensor in the type `packed`; converted into `to` if the file has another type. */
static const uint8_t *packable_row(struct worker *worker, const struct tensor *t, uint64_t row,
                                   enum dtype packed, uint8_t *to)
{
    uint64_t columns = t->shape[1];
    const uint8_t *from = model_data(worker->job->model, t) + row * row_bytes(t->dtype, columns);

    if (t->dtype == packed)
        return from;
    quant_decode(t->dtype, from, columns, worker->values);
    bool encodes = quant_encode(packed, worker->values, columns, to);
    assert(encodes);
    (void)encodes;
    if (!quant_is_finite(packed, to, columns))
        worker->refused = (struct refusal){t, packed};
    return to;
}

/* Where the rows of some units are in the model's files, by part; 0 bytes: no rows of that part. */
struct windows {
    const struct file *file[HIR_MAX_OPERANDS];
    uint64_t offset[HIR_MAX_OPERANDS], bytes[HIR_MAX_OPERANDS];
};

static struct windows windows_of(const struct job *job, const struct packed_weight *w,
                                 uint64_t first, uint64_t count)
{
    uint64_t end[HIR_MAX_OPERANDS] = {0}, begin[HIR_MAX_OPERANDS];
    const uint64_t rows = (uint64_t)ROW_GROUP * layout_info[w->layout].groups; /* of a unit */
    struct windows windows = {{NULL}, {0}, {0}};

    for (uint32_t i = 0; i < w->part_count; i++)
        begin[i] = UINT64_MAX;
    for (uint64_t row = first * rows; row < (first + count) * rows; row++) {
        uint32_t part;
        uint64_t part_row;
        if (!find_row(w, row, &part, &part_row))
            continue;
        begin[part] = min_u64(begin[part], part_row);
        end[part] = max_u64(end[part], part_row + 1);
    }
    for (uint32_t i = 0; i < w->part_count; i++) {
        const struct tensor *t = w->parts[i];
        uint64_t bytes = row_bytes(t->dtype, w->columns);
        windows.file[i] = &job->model->files[t->file];
        if (begin[i] >= end[i])
            continue;
        windows.offset[i] = t->offset + begin[i] * bytes;
        windows.bytes[i] = (end[i] - begin[i]) * bytes;
    }
    return windows;
}

static void pack_groups(struct worker *worker, const struct packed_weight *w, uint64_t first,
                        uint64_t count, uint8_t *to)
{
    enum dtype packed = packed_type(w);
    uint64_t bytes = row_bytes(packed, w->columns);
    const uint64_t groups = layout_info[w->layout].groups; /* of a unit */

    worker->rows = room(worker->rows, &worker->rows_bytes, ROW_GROUP * bytes);
    worker->values = room(worker->values, &worker->values_bytes, w->columns * sizeof(float));
    for (uint64_t g = 0; g < count * groups; g++) {
        const uint8_t *rows[ROW_GROUP];
        for (uint32_t r = 0; r < ROW_GROUP; r++) {
            uint32_t part;
            uint64_t part_row;
            rows[r] = NULL;
            if (find_row(w, (first * groups + g) * ROW_GROUP + r, &part, &part_row))
                rows[r] = packable_row(worker, w->parts[part], part_row, packed,
                                       worker->rows + r * bytes);
        }
        layout_pack_group(w->layout, rows, w->columns,
                          to + layout_group_at(w->layout, w->columns, g));
    }
}

static void pack_vector(struct worker *worker, const struct packed_weight *w, uint8_t *to)
{
    float *values = (float *)(void *)to;

    memset(to, 0, w->unit_bytes);
    for (uint32_t i = 0; i < w->part_count; i++) {
        const struct tensor *t = w->parts[i];
        quant_decode(t->dtype, model_data(worker->job->model, t), t->shape[0], values);
        for (uint64_t j = 0; j < t->shape[0]; j++)
            if (!isfinite(values[j]))
                worker->not_finite = t;
        values += t->shape[0];
    }
}

static void pack_table(struct worker *worker, const struct packed_weight *w, uint64_t first,
                       uint64_t count, uint8_t *to)
{
    const struct job *job = worker->job;
    float *divisors = NULL;

    if (w->part_count != 0) {
        const struct tensor *t = w->parts[0];
        worker->values = room(worker->values, &worker->values_bytes, t->shape[0] * sizeof(float));
        quant_decode(t->dtype, model_data(job->model, t), t->shape[0], worker->values);
        divisors = worker->values;
    }
    for (uint64_t i = 0; i < count; i++)
        hir_rope_row(hir_attr(job->graph, w->source), (uint32_t)w->columns, divisors, first + i,
                     (float *)(void *)(to + i * w->unit_bytes));
}

static void pack_units(struct worker *worker, const struct packed_weight *w, uint64_t first,
                       uint64_t count, uint8_t *to)
{
    switch (w->kind) {
    case PACKED_vector:
        pack_vector(worker, w, to);
        break;
    case PACKED_matrix:
        pack_groups(worker, w, first, count, to);
        break;
    case PACKED_table:
        pack_table(worker, w, first, count, to);
        break;
    }
}

/* Bytes [from, end) of a weight: packs whole units in place, and copies parts of a unit. */
static void pack_bytes(struct worker *worker, const struct packed_weight *w, uint64_t from,
                       uint64_t end, uint8_t *to)
{
    uint64_t unit = w->unit_bytes, bytes;

    for (uint64_t at = from; at < end; at += bytes, to += bytes) {
        uint64_t inside = at % unit, whole = inside == 0 ? (end - at) / unit : 0;
        if (whole != 0) {
            bytes = whole * unit;
            pack_units(worker, w, at / unit, whole, to);
            continue;
        }
        bytes = min_u64(unit - inside, end - at);
        worker->unit = room(worker->unit, &worker->unit_bytes, unit);
        pack_units(worker, w, at / unit, 1, worker->unit);
        memcpy(to, worker->unit + inside, bytes);
    }
}

/* Whether the build cache pays off: only for rows that are converted. Moving the others takes no
 * longer than reading and comparing an entry. */
static bool is_converted(const struct packed_weight *w)
{
    for (uint32_t i = 0; i < w->part_count; i++)
        if (w->parts[i]->dtype != packed_type(w))
            return true;
    return false;
}

/* Everything that packed bytes [from, end) depend on: the stored rows, and how they are packed. */
static struct build_cache_key bytes_key(const struct job *job, const struct packed_weight *w,
                                        uint64_t from, uint64_t end, const struct windows *windows)
{
    struct build_cache_mixer mixer = build_cache_mix_begin(job->options->build_cache, "weight");
    const uint64_t shape[] = {w->layout, w->columns, w->interleaved, w->part_count, from, end};

    build_cache_mix(&mixer, shape, sizeof shape);
    for (uint32_t i = 0; i < w->part_count; i++) {
        const struct tensor *t = w->parts[i];
        const uint64_t part[] = {t->dtype, packed_type(w), t->shape[0], windows->bytes[i]};
        build_cache_mix(&mixer, part, sizeof part);
        if (windows->bytes[i] != 0)
            build_cache_mix(&mixer, windows->file[i]->data + windows->offset[i], windows->bytes[i]);
    }
    return build_cache_mix_end(&mixer);
}

static void pack_matrix(struct worker *worker, const struct packed_weight *w, uint64_t from,
                        uint64_t end, uint8_t *to)
{
    const struct job *job = worker->job;
    struct build_cache *build_cache = is_converted(w) ? job->options->build_cache : NULL;
    uint64_t first = from / w->unit_bytes, last = ceil_div(end, w->unit_bytes), found = 0;
    struct windows windows = windows_of(job, w, first, last - first);
    struct build_cache_key key;

    for (uint32_t i = 0; i < w->part_count; i++)
        file_want(windows.file[i], windows.offset[i], windows.bytes[i]);
    if (build_cache != NULL)
        key = bytes_key(job, w, from, end, &windows);
    if (build_cache == NULL || !build_cache_find(build_cache, &key, to, end - from, &found) ||
        found != end - from) {
        pack_bytes(worker, w, from, end, to);
        if (build_cache != NULL && worker->refused.tensor == NULL)
            build_cache_store(build_cache, &key, to, end - from);
    }
    for (uint32_t i = 0; i < w->part_count; i++)
        file_drop(windows.file[i], windows.offset[i], windows.bytes[i]);
}

static uint64_t piece_end(const struct job *job, uint32_t piece)
{
    return min_u64(((uint64_t)piece + 1) * PIECE_BYTES, job->plan->bytes);
}

static void pack_piece(struct worker *worker, uint32_t piece)
{
    const struct weight_plan *plan = worker->job->plan;
    uint64_t begin = (uint64_t)piece * PIECE_BYTES, end = piece_end(worker->job, piece);

    for (uint32_t i = worker->job->first[piece];
         i < plan->weight_count && plan->weights[i].offset < end; i++) {
        const struct packed_weight *w = &plan->weights[i];
        uint64_t from = max_u64(begin, w->offset) - w->offset;
        uint64_t padded = min_u64(end - w->offset, w->bytes);
        uint64_t filled = max_u64(from, min_u64(padded, w->units * w->unit_bytes));
        uint8_t *to = worker->piece + (w->offset + from - begin);
        if (w->kind == PACKED_matrix)
            pack_matrix(worker, w, from, filled, to);
        else
            pack_bytes(worker, w, from, filled, to);
        memset(to + (filled - from), 0, padded - filled);
    }
}

/* In turn, because the section is hashed from beginning to end. */
static void hash_piece(struct job *job, uint32_t piece, const uint8_t *packed)
{
    const struct weight_plan *plan = job->plan;
    uint64_t begin = (uint64_t)piece * PIECE_BYTES, end = piece_end(job, piece);
    const struct packed_weight *w = NULL;

    for (uint32_t i = job->first[piece]; i < plan->weight_count && plan->weights[i].offset < end;
         i++) {
        w = &plan->weights[i];
        uint64_t from = max_u64(begin, w->offset), until = min_u64(end, w->offset + w->bytes);
        if (from == w->offset)
            XXH3_64bits_reset(job->weight_hash);
        XXH3_64bits_update(job->weight_hash, packed + (from - begin), until - from);
        if (until == w->offset + w->bytes)
            job->digests[i] = XXH3_64bits_digest(job->weight_hash);
    }
    XXH3_64bits_update(job->section_hash, packed, end - begin);
    if (job->options->progress != NULL)
        job->options->progress(job->options->progress_context, w == NULL ? "" : w->name, end,
                               plan->bytes);
}

static void *work(void *argument)
{
    struct worker worker = {.job = argument};
    struct job *job = worker.job;
    uint64_t room_bytes = 0;

    worker.piece = room(NULL, &room_bytes, PIECE_BYTES);
    pthread_mutex_lock(&job->lock);
    while (!job->failed && job->next < job->piece_count) {
        uint32_t mine = job->next++;
        uint64_t begin = (uint64_t)mine * PIECE_BYTES, end = piece_end(job, mine);
        pthread_mutex_unlock(&job->lock);
        pack_piece(&worker, mine);
        int error = out_place(job->out, job->start + begin, worker.piece, end - begin);
        pthread_mutex_lock(&job->lock);
        while (!job->failed && job->written != mine)
            pthread_cond_wait(&job->turn, &job->lock);
        if (job->failed)
            break;
        pthread_mutex_unlock(&job->lock);
        hash_piece(job, mine, worker.piece);
        pthread_mutex_lock(&job->lock);
        assert(job->out->bytes == job->start + begin);
        job->failed = !out_placed(job->out, job->start + end, error);
        job->written++;
        pthread_cond_broadcast(&job->turn);
    }
    job->refused = worker.refused.tensor != NULL ? worker.refused : job->refused;
    job->not_finite = worker.not_finite != NULL ? worker.not_finite : job->not_finite;
    pthread_mutex_unlock(&job->lock);
    free(worker.piece);
    free(worker.unit);
    free(worker.rows);
    free(worker.values);
    return NULL;
}

static void cut_pieces(struct job *job)
{
    uint64_t count = ceil_div(job->plan->bytes, PIECE_BYTES);
    uint32_t weight = 0;

    job->first = calloc(count + 1, sizeof *job->first);
    if (job->first == NULL)
        out_of_memory(count * sizeof *job->first);
    for (uint64_t i = 0; i < count; i++) {
        const struct packed_weight *w = &job->plan->weights[weight];
        while (w->offset + w->bytes <= i * PIECE_BYTES)
            w = &job->plan->weights[++weight];
        job->first[i] = weight;
    }
    job->piece_count = (uint32_t)count;
}

static void run_threads(struct job *job, uint32_t threads)
{
    pthread_t ids[MAX_THREADS];
    uint32_t started = 0;

    while (started + 1 < threads && started < MAX_THREADS &&
           pthread_create(&ids[started], NULL, work, job) == 0)
        started++;
    work(job);
    for (uint32_t i = 0; i < started; i++)
        pthread_join(ids[i], NULL);
}

/* Reports values that packing found. */
static bool check_values(const struct job *job)
{
    const struct tensor *t = job->not_finite;
    struct place at = {.file = job->model->path};

    if (t != NULL) {
        at.object = str_text(job->model->strings, t->source_name);
        diag_warning(
            job->out->diags, at,
            "some values are not finite, so logits may be NaN; is the file damaged, or the "
            "conversion wrong?");
    }
    t = job->refused.tensor;
    if (t == NULL)
        return true;
    at.object = str_text(job->model->strings, t->source_name);
    return diag_error(
        job->out->diags, at,
        "values are not finite, or too large for %s; --quant=keep leaves them as they are",
        dtype_info[job->refused.packed].name);
}

bool weights_write(const struct weight_plan *plan, const struct hir_graph *g, const struct model *m,
                   const struct weights_options *options, struct out *out, uint64_t *digests,
                   uint64_t *section_digest)
{
    struct job job = {.plan = plan,
                      .graph = g,
                      .model = m,
                      .options = options,
                      .out = out,
                      .digests = digests,
                      .start = out->bytes};

    job.section_hash = XXH3_createState();
    job.weight_hash = XXH3_createState();
    if (job.section_hash == NULL || job.weight_hash == NULL)
        out_of_memory(0);
    XXH3_64bits_reset(job.section_hash);
    pthread_mutex_init(&job.lock, NULL);
    pthread_cond_init(&job.turn, NULL);
    cut_pieces(&job);
    run_threads(&job, options->threads);
    *section_digest = XXH3_64bits_digest(job.section_hash);
    pthread_cond_destroy(&job.turn);
    pthread_mutex_destroy(&job.lock);
    XXH3_freeState(job.weight_hash);
    XXH3_freeState(job.section_hash);
    free(job.first);
    return !job.failed && check_values(&job);
}
