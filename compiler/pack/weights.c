/* Streams packed weights. In: a plan and the mapped model. Out: the section, appended to the output
 * in the order of the plan. The section is cut into pieces of equal size, wherever weights begin
 * and end, so that each piece is one write and one large page (base/out.h); a row group on a border
 * is packed for both pieces. Threads take pieces in order and pack them in parallel. Each writes
 * its bytes in place and waits for its turn to hash them, so that neither bytes nor digests depend
 * on the number of threads. */
#include "compiler/pack/weights.h"

#include "compiler/base/hash.h"
#include "compiler/base/threads.h"
#include "compiler/pack/weight_bytes.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE_BYTES = OUT_LARGE_PAGE };

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

/* One thread. */
struct worker {
    struct job *job;
    uint8_t *piece;
    struct weight_packer packer;
};

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
        weight_pack(&worker->packer, w, from, filled, to);
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

static void work(void *argument)
{
    struct job *job = argument;
    struct worker worker = {
        .job = job,
        .piece = aligned_alloc(64, PIECE_BYTES),
        .packer = {.graph = job->graph, .build_cache = job->options->build_cache}};

    if (worker.piece == NULL)
        out_of_memory(PIECE_BYTES);
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
    if (worker.packer.reader.refused != NULL) {
        job->refused = worker.packer.reader.refused;
        job->refused_type = worker.packer.reader.refused_type;
    }
    job->not_finite = worker.packer.not_finite != NULL ? worker.packer.not_finite : job->not_finite;
    pthread_mutex_unlock(&job->lock);
    free(worker.piece);
    weight_packer_close(&worker.packer);
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
    threads_run(work, &job, options->threads);
    *section_digest = XXH3_64bits_digest(job.section_hash);
    pthread_cond_destroy(&job.turn);
    pthread_mutex_destroy(&job.lock);
    XXH3_freeState(job.weight_hash);
    XXH3_freeState(job.section_hash);
    free(job.first);
    return !job.failed && check_values(&job);
}
