/* Streams packed weights. In: a plan and the mapped model. Out: the section, appended to the output
 * in the order of the plan. Threads take chunks in order and pack them side by side; each puts
 * its bytes in their place and waits for its turn to hash them, so that neither the bytes nor their
 * digests depend on how many there are.
 */
#include "compiler/pack/weights.h"

#include "compiler/import/quant.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

enum { CHUNK_BYTES = 1 << 21, MAX_THREADS = 64 };

struct chunk {
    uint32_t weight;
    uint64_t first, count; /* units */
};

struct job {
    const struct weight_plan *plan;
    const struct hir_graph *graph;
    const struct model *model;
    const struct weights_options *options;
    struct out *out;
    uint64_t *digests;
    struct chunk *chunks;
    uint32_t chunk_count;
    uint64_t start; /* of the section in the output */
    XXH3_state_t *section_hash, *weight_hash;

    pthread_mutex_t lock;
    pthread_cond_t turn;
    uint32_t next, written; /* chunks handed out; chunks in the output */
    bool failed;
};

/* Working memory of one thread. */
struct worker {
    struct job *job;
    uint8_t *packed; /* one chunk */
    uint64_t packed_bytes;
    uint8_t *rows; /* ROW_GROUP converted rows */
    uint64_t rows_bytes;
    float *values; /* one decoded row */
    uint64_t values_bytes;
};

static const struct tensor *stored_form(const struct job *job, const struct tensor *t)
{
    return &job->options->stored[t - job->model->tensors];
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
    memory = malloc(wanted);
    if (memory == NULL)
        unreachable("out of memory while packing weights");
    *bytes = wanted;
    return memory;
}

/* Which row of which part stands at row `row` of the packed matrix; false: a row that only fills
 * its group. */
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

/* Row `row` of a tensor in the format that it is packed in; converted into `to` where the file has
 * another. */
static const uint8_t *packable_row(struct worker *worker, const struct tensor *t, uint64_t row,
                                   uint8_t *to)
{
    const struct tensor *stored = stored_form(worker->job, t);
    uint64_t columns = t->shape[1];
    const uint8_t *from =
        model_data(worker->job->model, stored) + row * row_bytes(stored->dtype, columns);

    if (stored->dtype == t->dtype)
        return from;
    quant_decode(stored->dtype, from, columns, worker->values);
    bool encodes = quant_encode(t->dtype, worker->values, columns, to);
    assert(encodes);
    (void)encodes;
    return to;
}

/* Where in the model's files the rows of some groups lie, by part; no bytes: not in them. */
struct windows {
    const struct file *file[HIR_MAX_OPERANDS];
    uint64_t offset[HIR_MAX_OPERANDS], bytes[HIR_MAX_OPERANDS];
};

static struct windows windows_of(const struct job *job, const struct packed_weight *w,
                                 uint64_t first, uint64_t count)
{
    uint64_t end[HIR_MAX_OPERANDS] = {0}, begin[HIR_MAX_OPERANDS];
    struct windows windows = {{NULL}, {0}, {0}};

    for (uint32_t i = 0; i < w->part_count; i++)
        begin[i] = UINT64_MAX;
    for (uint64_t row = first * ROW_GROUP; row < (first + count) * ROW_GROUP; row++) {
        uint32_t part;
        uint64_t part_row;
        if (!find_row(w, row, &part, &part_row))
            continue;
        begin[part] = min_u64(begin[part], part_row);
        end[part] = max_u64(end[part], part_row + 1);
    }
    for (uint32_t i = 0; i < w->part_count; i++) {
        const struct tensor *t = stored_form(job, w->parts[i]);
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
                        uint64_t count)
{
    uint64_t bytes = row_bytes(layout_info[w->layout].dtype, w->columns);

    worker->rows = room(worker->rows, &worker->rows_bytes, ROW_GROUP * bytes);
    worker->values = room(worker->values, &worker->values_bytes, w->columns * sizeof(float));
    for (uint64_t g = 0; g < count; g++) {
        const uint8_t *rows[ROW_GROUP];
        for (uint32_t r = 0; r < ROW_GROUP; r++) {
            uint32_t part;
            uint64_t part_row;
            rows[r] = NULL;
            if (find_row(w, (first + g) * ROW_GROUP + r, &part, &part_row))
                rows[r] = packable_row(worker, w->parts[part], part_row, worker->rows + r * bytes);
        }
        layout_pack_group(w->layout, rows, w->columns, worker->packed + g * w->unit_bytes);
    }
}

/* Whether packing these rows takes longer than knowing that they were packed before: those that
 * are converted. Moving the others takes no longer than reading and comparing. */
static bool is_converted(const struct job *job, const struct packed_weight *w)
{
    for (uint32_t i = 0; i < w->part_count; i++)
        if (stored_form(job, w->parts[i])->dtype != w->parts[i]->dtype)
            return true;
    return false;
}

/* All that the packed bytes of some groups depend on: the stored rows, and what becomes of them. */
static struct cache_key groups_key(const struct job *job, const struct packed_weight *w,
                                   uint64_t first, uint64_t count, const struct windows *windows)
{
    struct cache_mixer mixer = cache_mix_begin(job->options->cache, "weight");
    const uint64_t shape[] = {w->layout, w->columns, w->interleaved, w->part_count, first, count};

    cache_mix(&mixer, shape, sizeof shape);
    for (uint32_t i = 0; i < w->part_count; i++) {
        const struct tensor *stored = stored_form(job, w->parts[i]);
        const uint64_t part[] = {stored->dtype, w->parts[i]->dtype, stored->shape[0],
                                 windows->bytes[i]};
        cache_mix(&mixer, part, sizeof part);
        if (windows->bytes[i] != 0)
            cache_mix(&mixer, windows->file[i]->data + windows->offset[i], windows->bytes[i]);
    }
    return cache_mix_end(&mixer);
}

static void pack_matrix(struct worker *worker, const struct packed_weight *w, uint64_t first,
                        uint64_t count)
{
    const struct job *job = worker->job;
    struct cache *cache = is_converted(job, w) ? job->options->cache : NULL;
    struct windows windows = windows_of(job, w, first, count);
    uint64_t bytes = count * w->unit_bytes, found = 0;
    struct cache_key key;

    for (uint32_t i = 0; i < w->part_count; i++)
        file_want(windows.file[i], windows.offset[i], windows.bytes[i]);
    if (cache != NULL)
        key = groups_key(job, w, first, count, &windows);
    if (cache == NULL || !cache_find(cache, &key, worker->packed, bytes, &found) ||
        found != bytes) {
        pack_groups(worker, w, first, count);
        if (cache != NULL)
            cache_store(cache, &key, worker->packed, bytes);
    }
    for (uint32_t i = 0; i < w->part_count; i++)
        file_drop(windows.file[i], windows.offset[i], windows.bytes[i]);
}

static void pack_vector(struct worker *worker, const struct packed_weight *w)
{
    float *to = (float *)(void *)worker->packed;

    memset(to, 0, w->unit_bytes);
    for (uint32_t i = 0; i < w->part_count; i++) {
        const struct tensor *stored = stored_form(worker->job, w->parts[i]);
        quant_decode(stored->dtype, model_data(worker->job->model, stored), stored->shape[0], to);
        to += stored->shape[0];
    }
}

static void pack_table(struct worker *worker, const struct packed_weight *w, uint64_t first,
                       uint64_t count)
{
    const struct job *job = worker->job;
    float *divisors = NULL;

    if (w->part_count != 0) {
        const struct tensor *stored = stored_form(job, w->parts[0]);
        worker->values =
            room(worker->values, &worker->values_bytes, stored->shape[0] * sizeof(float));
        quant_decode(stored->dtype, model_data(job->model, stored), stored->shape[0],
                     worker->values);
        divisors = worker->values;
    }
    for (uint64_t i = 0; i < count; i++)
        hir_rope_row(hir_attr(job->graph, w->source), (uint32_t)w->columns, divisors, first + i,
                     (float *)(void *)(worker->packed + i * w->unit_bytes));
}

static uint64_t pack_chunk(struct worker *worker, const struct chunk *c)
{
    const struct packed_weight *w = &worker->job->plan->weights[c->weight];
    uint64_t bytes = c->count * w->unit_bytes, padded = round_up(bytes, 64);

    worker->packed = room(worker->packed, &worker->packed_bytes, padded);
    switch (w->kind) {
    case PACKED_vector:
        pack_vector(worker, w);
        break;
    case PACKED_matrix:
        pack_matrix(worker, w, c->first, c->count);
        break;
    case PACKED_table:
        pack_table(worker, w, c->first, c->count);
        break;
    }
    if (c->first + c->count < w->units)
        return bytes;
    memset(worker->packed + bytes, 0, padded - bytes);
    return padded;
}

/* In turn: the section is hashed from its beginning to its end. */
static void hash_chunk(struct job *job, const struct chunk *c, const uint8_t *packed,
                       uint64_t bytes)
{
    const struct packed_weight *w = &job->plan->weights[c->weight];

    if (c->first == 0)
        XXH3_64bits_reset(job->weight_hash);
    XXH3_64bits_update(job->weight_hash, packed, bytes);
    XXH3_64bits_update(job->section_hash, packed, bytes);
    if (c->first + c->count == w->units)
        job->digests[c->weight] = XXH3_64bits_digest(job->weight_hash);
    if (job->options->progress != NULL)
        job->options->progress(job->options->progress_context, w->name,
                               w->offset + c->first * w->unit_bytes + bytes, job->plan->bytes);
}

static void *work(void *argument)
{
    struct worker worker = {.job = argument};
    struct job *job = worker.job;

    pthread_mutex_lock(&job->lock);
    while (!job->failed && job->next < job->chunk_count) {
        uint32_t mine = job->next++;
        const struct chunk *c = &job->chunks[mine];
        const struct packed_weight *w = &job->plan->weights[c->weight];
        uint64_t offset = job->start + w->offset + c->first * w->unit_bytes;
        pthread_mutex_unlock(&job->lock);
        uint64_t bytes = pack_chunk(&worker, c);
        int error = out_place(job->out, offset, worker.packed, bytes);
        pthread_mutex_lock(&job->lock);
        while (!job->failed && job->written != mine)
            pthread_cond_wait(&job->turn, &job->lock);
        if (job->failed)
            break;
        pthread_mutex_unlock(&job->lock);
        hash_chunk(job, c, worker.packed, bytes);
        pthread_mutex_lock(&job->lock);
        assert(job->out->bytes == offset);
        job->failed = !out_placed(job->out, offset + bytes, error);
        job->written++;
        pthread_cond_broadcast(&job->turn);
    }
    pthread_mutex_unlock(&job->lock);
    free(worker.packed);
    free(worker.rows);
    free(worker.values);
    return NULL;
}

/* Chunks of about CHUNK_BYTES; those of a table hold whole rows, so that only the last one is
 * padded. */
static void cut_chunks(struct job *job)
{
    uint32_t count = 0;

    for (uint32_t pass = 0; pass < 2; pass++) {
        count = 0;
        for (uint32_t i = 0; i < job->plan->weight_count; i++) {
            const struct packed_weight *w = &job->plan->weights[i];
            uint64_t most = max_u64(1, CHUNK_BYTES / w->unit_bytes);
            for (uint64_t first = 0; first < w->units; first += most, count++)
                if (pass == 1)
                    job->chunks[count] = (struct chunk){i, first, min_u64(most, w->units - first)};
        }
        if (pass == 0 && (job->chunks = calloc(count + 1, sizeof *job->chunks)) == NULL)
            unreachable("out of memory while packing weights");
    }
    job->chunk_count = count;
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
        unreachable("out of memory while packing weights");
    XXH3_64bits_reset(job.section_hash);
    pthread_mutex_init(&job.lock, NULL);
    pthread_cond_init(&job.turn, NULL);
    cut_chunks(&job);
    run_threads(&job, options->threads);
    *section_digest = XXH3_64bits_digest(job.section_hash);
    pthread_cond_destroy(&job.turn);
    pthread_mutex_destroy(&job.lock);
    XXH3_freeState(job.weight_hash);
    XXH3_freeState(job.section_hash);
    free(job.chunks);
    return !job.failed;
}
