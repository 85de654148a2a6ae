/* Streams packed weights. In: a plan and the mapped model. Out: the section, appended to the output
 * in the order of the plan. The section is cut into pieces of equal size, wherever weights begin
 * and end, so that each piece is one write and one large page (base/out.h); a row group on a border
 * is packed for both pieces. Threads take pieces in order and pack them in parallel. Each writes
 * its bytes in place and waits for its turn to hash them, so that neither bytes nor digests depend
 * on the number of threads. */
#include "compiler/pack/weights.h"

#include "compiler/base/hash.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE_BYTES = OUT_LARGE_PAGE, MAX_THREADS = 64 };

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
    uint32_t next, written;       /* pieces taken by threads; pieces in the output */
    const struct tensor *refused; /* one with values that its new type does not hold; NULL: none */
    enum dtype refused_type;
    const struct tensor *not_finite; /* a vector with values that are not finite; NULL: none */
    bool failed;
};

/* Working memory of one thread. */
struct worker {
    struct job *job;
    uint8_t *piece;
    uint8_t *unit; /* a unit of which a piece holds only a part */
    uint64_t unit_bytes;
    uint8_t *rows; /* ROW_GROUP computed rows */
    uint64_t rows_bytes;
    float *values; /* divisors of a table */
    uint64_t values_bytes;
    struct expression_reader reader;
    const struct tensor *not_finite; /* as in the job */
};

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

/* The rows of a group of the packed matrix: a root of the expression, its first row there, and how
 * many of the group are not only there to fill it. */
static uint32_t find_group(const struct packed_weight *w, uint64_t group, uint32_t *root,
                           uint64_t *first)
{
    *root = w->roots[w->interleaved ? group % 2 : 0];
    *first = (w->interleaved ? group / 2 : group) * ROW_GROUP;
    uint64_t rows = w->expression.ops[*root].rows;
    return *first >= rows ? 0 : (uint32_t)min_u64(ROW_GROUP, rows - *first);
}

typedef void (*file_visitor)(void *context, const struct file *f, uint64_t offset, uint64_t bytes);

/* The parts of the model's files that some units of a matrix are made of. */
static void visit_units(const struct packed_weight *w, uint64_t first, uint64_t count,
                        file_visitor visit, void *context)
{
    const uint64_t rows = (uint64_t)ROW_GROUP * layout_info[w->layout].groups; /* of a unit */
    const uint32_t halves = w->interleaved ? 2 : 1;

    for (uint32_t i = 0; i < halves; i++) {
        uint64_t all = w->expression.ops[w->roots[i]].rows;
        uint64_t from = min_u64(first * rows / halves / ROW_GROUP * ROW_GROUP, all);
        uint64_t end = min_u64(round_up((first + count) * rows / halves, ROW_GROUP), all);
        if (from < end)
            expression_visit(&w->expression, w->roots[i], from, end - from, visit, context);
    }
}

static void want(void *context, const struct file *f, uint64_t offset, uint64_t bytes)
{
    (void)context;
    file_want(f, offset, bytes);
}

static void drop(void *context, const struct file *f, uint64_t offset, uint64_t bytes)
{
    (void)context;
    file_drop(f, offset, bytes);
}

static void mix_bytes(void *context, const struct file *f, uint64_t offset, uint64_t bytes)
{
    build_cache_mix(context, &bytes, sizeof bytes);
    build_cache_mix(context, f->data + offset, bytes);
}

static void pack_groups(struct worker *worker, const struct packed_weight *w, uint64_t first,
                        uint64_t count, uint8_t *to)
{
    uint64_t bytes = expression_row_bytes(&w->expression, w->roots[0]);
    const uint64_t groups = layout_info[w->layout].groups; /* of a unit */

    worker->rows = room(worker->rows, &worker->rows_bytes, ROW_GROUP * bytes);
    for (uint64_t g = 0; g < count * groups; g++) {
        const uint8_t *rows[ROW_GROUP] = {NULL};
        uint32_t root;
        uint64_t row;
        uint32_t here = find_group(w, first * groups + g, &root, &row);
        uint64_t ahead = (count * groups - g) * ROW_GROUP / (w->interleaved ? 2 : 1);
        if (here != 0)
            expression_rows(&worker->reader, &w->expression, root, row, here, max_u64(ahead, here),
                            rows, worker->rows);
        layout_pack_group(w->layout, rows, w->columns,
                          to + layout_group_at(w->layout, w->columns, g));
    }
}

static void vector_values(const struct packed_weight *w, float *to)
{
    uint64_t width = w->expression.ops[w->roots[0]].width;

    expression_values(&w->expression, w->roots[0], (struct region){0, 1, 0, width, to, width});
}

static void pack_vector(struct worker *worker, const struct packed_weight *w, uint8_t *to)
{
    float *values = (float *)(void *)to;

    memset(to, 0, w->unit_bytes);
    vector_values(w, values);
    for (uint64_t i = 0; i < w->columns; i++)
        if (!isfinite(values[i]))
            worker->not_finite = expression_tensor(&w->expression, w->roots[0], 0, i);
}

static void pack_table(struct worker *worker, const struct packed_weight *w, uint64_t first,
                       uint64_t count, uint8_t *to)
{
    float *divisors = NULL;

    if (w->expression.count != 0) {
        uint64_t bytes = w->expression.ops[w->roots[0]].width * sizeof(float);
        worker->values = room(worker->values, &worker->values_bytes, bytes);
        vector_values(w, worker->values);
        divisors = worker->values;
    }
    for (uint64_t i = 0; i < count; i++)
        hir_rope_row(hir_attr(worker->job->graph, w->source), (uint32_t)w->columns, divisors,
                     first + i, (float *)(void *)(to + i * w->unit_bytes));
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

/* Whether the build cache pays off: only for rows that are computed. Moving the others takes no
 * longer than reading and comparing an entry. Rows of a transpose depend on all of a matrix. */
static bool is_cached(const struct packed_weight *w)
{
    bool computed = false, turned = false;

    for (uint32_t i = 0; i < w->expression.count; i++) {
        computed = computed || w->expression.ops[i].computed;
        turned = turned || w->expression.ops[i].turned;
    }
    return computed && !turned;
}

/* Everything that packed bytes [from, end) depend on: the stored rows, and what becomes of them. */
static struct build_cache_key bytes_key(const struct job *job, const struct packed_weight *w,
                                        uint64_t from, uint64_t end)
{
    struct build_cache_mixer mixer = build_cache_mix_begin(job->options->build_cache, "weight");
    const uint64_t shape[] = {w->layout,           w->columns, w->interleaved,
                              w->expression.count, from,       end};

    build_cache_mix(&mixer, shape, sizeof shape);
    for (uint32_t i = 0; i < w->expression.count; i++) {
        const struct expression_op *o = &w->expression.ops[i];
        const uint64_t facts[] = {o->op, o->dtype, o->rank, o->axis, o->start, o->step};
        build_cache_mix(&mixer, facts, sizeof facts);
        build_cache_mix(&mixer, o->shape, sizeof o->shape);
        build_cache_mix(&mixer, o->operands, sizeof o->operands);
        build_cache_mix(&mixer, &o->number, sizeof o->number);
    }
    visit_units(w, from / w->unit_bytes, ceil_div(end, w->unit_bytes) - from / w->unit_bytes,
                mix_bytes, &mixer);
    return build_cache_mix_end(&mixer);
}

static void pack_matrix(struct worker *worker, const struct packed_weight *w, uint64_t from,
                        uint64_t end, uint8_t *to)
{
    const struct job *job = worker->job;
    struct build_cache *build_cache = is_cached(w) ? job->options->build_cache : NULL;
    uint64_t first = from / w->unit_bytes, last = ceil_div(end, w->unit_bytes), found = 0;
    struct build_cache_key key;

    visit_units(w, first, last - first, want, NULL);
    if (build_cache != NULL)
        key = bytes_key(job, w, from, end);
    if (build_cache == NULL || !build_cache_find(build_cache, &key, to, end - from, &found) ||
        found != end - from) {
        pack_bytes(worker, w, from, end, to);
        if (build_cache != NULL && worker->reader.refused == NULL)
            build_cache_store(build_cache, &key, to, end - from);
    }
    visit_units(w, first, last - first, drop, NULL);
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
    if (worker.reader.refused != NULL) {
        job->refused = worker.reader.refused;
        job->refused_type = worker.reader.refused_type;
    }
    job->not_finite = worker.not_finite != NULL ? worker.not_finite : job->not_finite;
    pthread_mutex_unlock(&job->lock);
    free(worker.piece);
    free(worker.unit);
    free(worker.rows);
    free(worker.values);
    expression_forget(&worker.reader);
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
    t = job->refused;
    if (t == NULL)
        return true;
    at.object = str_text(job->model->strings, t->source_name);
    return diag_error(
        job->out->diags, at,
        "values are not finite, or too large for %s; --quant=keep leaves them as they are",
        dtype_info[job->refused_type].name);
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
