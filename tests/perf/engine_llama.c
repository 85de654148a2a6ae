/* llama.cpp as an engine of the harness (child.h has the protocol), through its public C API and
 * with the fastest settings (log.md): weights repacked, flash attention, 16-bit KV cache, a thread
 * pool that lives on, micro-batches of 512. peers.sh compiles it.
 *
 *     engine_llama MODEL.gguf            requests as in engine_rlx.c
 *     engine_llama MODEL.gguf start      a whole process: the first token after a prompt of 8
 */
#include "compiler/machine/limits.h"

#include <ggml-cpu.h>
#include <llama.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_THREADS = 65, MAX_SEQUENCES = 16, CONTEXT = 4096 + 256, PER_SEQUENCE = 256 };

static struct llama_model *model;
static int vocabulary;
static struct llama_context *plain, *deep, *several[MAX_SEQUENCES + 1];
static struct ggml_threadpool *pools[MAX_THREADS];
static struct llama_batch tokens;
static unsigned depth_filled; /* tokens at the front of `deep` */

static void quiet(enum ggml_log_level level, const char *text, void *unused)
{
    (void)unused;
    if (level == GGML_LOG_LEVEL_ERROR)
        fputs(text, stderr);
}

static int32_t token_at(size_t i)
{
    return (int32_t)((i * 7919u + 13) % (size_t)vocabulary);
}

static unsigned setting(const char *name, unsigned otherwise)
{
    const char *text = getenv(name);
    return text != NULL ? (unsigned)strtoul(text, NULL, 10) : otherwise;
}

static struct llama_context *open_context(unsigned sequences)
{
    struct llama_context_params p = llama_context_default_params();

    p.n_ctx = sequences > 1 ? sequences * PER_SEQUENCE : CONTEXT;
    p.n_batch = CONTEXT;
    p.n_ubatch = setting("ENGINE_UBATCH", 512);
    p.n_seq_max = sequences;
    p.flash_attn_type =
        setting("ENGINE_FLASH", 1) ? LLAMA_FLASH_ATTN_TYPE_ENABLED : LLAMA_FLASH_ATTN_TYPE_DISABLED;
    p.type_k = p.type_v = GGML_TYPE_F16;
    p.no_perf = true;
    p.kv_unified = setting("ENGINE_UNIFIED", 1) != 0;
    return llama_init_from_model(model, p);
}

static void use_threads(struct llama_context *context, unsigned threads)
{
    if (pools[threads] == NULL) {
        struct ggml_threadpool_params p = ggml_threadpool_params_default((int)threads);
        p.poll = setting("ENGINE_POLL", 50);
        pools[threads] = ggml_threadpool_new(&p);
    }
    llama_attach_threadpool(context, pools[threads], pools[threads]);
    llama_set_n_threads(context, (int)threads, (int)threads);
}

/* Adds one token to the batch that run() takes. */
static void add(int32_t id, unsigned position, unsigned sequence, bool wanted)
{
    int n = tokens.n_tokens++;

    tokens.token[n] = id;
    tokens.pos[n] = (llama_pos)position;
    tokens.n_seq_id[n] = 1;
    tokens.seq_id[n][0] = (llama_seq_id)sequence;
    tokens.logits[n] = wanted;
}

static bool run(struct llama_context *context)
{
    bool good = llama_decode(context, tokens) == 0;

    llama_synchronize(context);
    tokens.n_tokens = 0;
    return good && llama_get_logits_ith(context, -1) != NULL;
}

static void forget(struct llama_context *context, unsigned sequence, unsigned from)
{
    llama_memory_seq_rm(llama_get_memory(context), (llama_seq_id)sequence, (llama_pos)from, -1);
}

static bool fill(struct llama_context *context, unsigned count)
{
    llama_memory_clear(llama_get_memory(context), false);
    for (unsigned i = 0; i < count; i++)
        add(token_at(i), i, 0, i + 1 == count);
    return run(context);
}

/* The context of long pasts keeps its first `depth` tokens. */
static bool fill_deep(unsigned threads, unsigned depth)
{
    if (deep == NULL && (deep = open_context(1)) == NULL)
        return false;
    use_threads(deep, threads);
    if (depth == depth_filled) {
        forget(deep, 0, depth);
        return true;
    }
    depth_filled = depth;
    return fill(deep, depth);
}

static bool decode(unsigned threads, unsigned count, unsigned depth, double *seconds)
{
    bool good = depth > 1 ? fill_deep(threads, depth) : fill(plain, depth = 1);
    struct llama_context *context = depth > 1 ? deep : plain;

    double start = limits_seconds();
    for (unsigned i = 0; i < count && good; i++) {
        add(token_at(i), depth + i, 0, true);
        good = run(context);
    }
    *seconds = limits_seconds() - start;
    return good;
}

static bool prefill(unsigned count, double *seconds)
{
    double start = limits_seconds();
    bool good = fill(plain, count);

    *seconds = limits_seconds() - start;
    return good;
}

static bool block(unsigned count, unsigned times, double *seconds)
{
    bool good = fill(plain, 1);
    double start = limits_seconds();

    for (unsigned i = 0; i < times && good; i++) {
        for (unsigned n = 0; n < count; n++)
            add(token_at(n), 1 + n, 0, true);
        good = run(plain);
        forget(plain, 0, 1);
    }
    *seconds = limits_seconds() - start;
    return good;
}

static bool batch(unsigned threads, unsigned count, unsigned steps, double *seconds)
{
    if (count > MAX_SEQUENCES)
        return false;
    if (several[count] == NULL)
        several[count] = open_context(count);
    struct llama_context *context = several[count];
    bool good = context != NULL;

    if (!good)
        return false;
    use_threads(context, threads);
    llama_memory_clear(llama_get_memory(context), false);
    double start = 0;
    for (unsigned i = 0; i < steps + 2 && good; i++) {
        if (i == 2)
            start = limits_seconds();
        for (unsigned n = 0; n < count; n++)
            add(token_at(i * count + n), i, n, true);
        good = run(context);
    }
    *seconds = limits_seconds() - start;
    return good;
}

static bool answer(const char *work, unsigned threads, unsigned a, unsigned b, double *seconds)
{
    use_threads(plain, threads);
    if (strcmp(work, "decode") == 0)
        return decode(threads, a, b, seconds);
    if (strcmp(work, "prefill") == 0)
        return prefill(a, seconds);
    if (strcmp(work, "block") == 0)
        return block(a, b, seconds);
    return strcmp(work, "batch") == 0 && batch(threads, a, b, seconds);
}

/* Starting is fastest from the mapped file, without repacking. */
static bool load(const char *path, bool start)
{
    struct llama_model_params p = llama_model_default_params();

    llama_log_set(quiet, NULL);
    llama_backend_init();
    p.n_gpu_layers = 0;
    p.use_extra_bufts = setting("ENGINE_REPACK", !start) != 0;
    p.load_mode = setting("ENGINE_MMAP", start) != 0 ? LLAMA_LOAD_MODE_MMAP : LLAMA_LOAD_MODE_NONE;
    model = llama_model_load_from_file(path, p);
    if (model == NULL)
        return false;
    vocabulary = llama_vocab_n_tokens(llama_model_get_vocab(model));
    tokens = llama_batch_init(CONTEXT, 0, 1);
    plain = open_context(1);
    return plain != NULL;
}

static int first_token(void)
{
    int best = 0;

    use_threads(plain, (unsigned)sysconf(_SC_NPROCESSORS_ONLN));
    if (!fill(plain, 8))
        return 1;
    const float *row = llama_get_logits_ith(plain, -1);
    for (int i = 1; i < vocabulary; i++)
        if (row[i] > row[best])
            best = i;
    printf("%d\n", best);
    fflush(stdout);
    _exit(0);
}

int main(int argc, char **argv)
{
    bool start = argc == 3 && strcmp(argv[2], "start") == 0;
    char line[256], work[32];
    unsigned threads, a, b;
    double seconds = 0;

    if (argc != 2 && !start) {
        fprintf(stderr, "usage: engine_llama MODEL.gguf [start]\n");
        return 2;
    }
    if (!load(argv[1], start))
        return 1;
    if (start)
        return first_token();
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("ready\n");
    while (fgets(line, sizeof line, stdin) != NULL) {
        if (sscanf(line, "%31s %u %u %u", work, &threads, &a, &b) != 4 || threads == 0 ||
            threads >= MAX_THREADS || b >= CONTEXT || a > CONTEXT)
            printf("cannot read this request\n");
        else if (!answer(work, threads, a, b, &seconds))
            printf("cannot do this work\n");
        else
            printf("seconds %.9f\n", seconds);
    }
    return 0;
}
