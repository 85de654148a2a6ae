/* `rlx bench`: prompt and decode speed, and how near decode comes to this machine's read bandwidth,
 * measured in the same run: slices of raw reads of the same mapped weights stand between the
 * repetitions, because the bandwidth of shared machines changes by the second.
 */
#include "runtime/command.h"

#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char bench_help[] =
    " MODEL.rlx [options]\n\nMeasures speed, in interleaved repetitions; medians are printed.\n\n"
    "  -p, --prompt-length=N   tokens of prompt (512)\n"
    "  -n, --new-tokens=N      tokens to decode after an empty context (128)\n"
    "  -r, --repetitions=N     (5)\n"
    "  -t, --threads=N         default: all processors\n"
    "  --json                  all samples, for tools\n";

struct reader {
    pthread_t thread;
    const char *from;
    size_t bytes;
    bool prefetch;
    uint64_t sum; /* keeps the loads alive */
};

static void *read_all(void *argument)
{
    struct reader *r = argument;
    uint64_t a = 0, b = 0, c = 0, d = 0;

    for (size_t i = 0; i + 64 <= r->bytes; i += 64) {
        uint64_t line[8];
        memcpy(line, r->from + i, sizeof line);
        if (r->prefetch)
            __builtin_prefetch(r->from + i + 2048);
        a += line[0] + line[4];
        b += line[1] + line[5];
        c += line[2] + line[6];
        d += line[3] + line[7];
    }
    r->sum = a + b + c + d;
    return NULL;
}

static volatile uint64_t sink; /* what was read goes somewhere, so that it is read */

/* Bytes a second at which `threads` threads read the weights, each its own stretch, front to back.
 */
static double raw_read(const char *data, size_t bytes, uint32_t threads, bool prefetch)
{
    struct reader readers[64];
    size_t share = bytes / threads / 64 * 64;
    double start = command_seconds();

    for (uint32_t t = 0; t < threads; t++) {
        readers[t] =
            (struct reader){.from = data + t * share, .bytes = share, .prefetch = prefetch};
        if (pthread_create(&readers[t].thread, NULL, read_all, &readers[t]) != 0)
            abort();
    }
    for (uint32_t t = 0; t < threads; t++) {
        pthread_join(readers[t].thread, NULL);
        sink += readers[t].sum;
    }
    return (double)(share * threads) / (command_seconds() - start);
}

struct samples {
    double *read, *prompt, *decode; /* bytes/s, tokens/s, tokens/s, by repetition */
};

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(const double *values, uint32_t count)
{
    double *sorted = malloc(count * sizeof *sorted);

    if (sorted == NULL)
        abort();
    memcpy(sorted, values, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare);
    double middle =
        count % 2 != 0 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2;
    free(sorted);
    return middle;
}

static double read_slice(const rlx_model_info *info, uint32_t threads)
{
    double plain = raw_read(info->weights, info->weight_bytes, threads, false);
    double prefetched = raw_read(info->weights, info->weight_bytes, threads, true);

    return plain > prefetched ? plain : prefetched;
}

/* One repetition: read, prompt, read, decode, read; the mean of the reads around decode is its
 * yardstick. */
static rlx_status repeat(const struct command_options *o, rlx_session *session,
                         const rlx_model_info *info, const int32_t *prompt, uint32_t threads,
                         struct samples *s, uint32_t i, rlx_error *error)
{
    const float *row;
    double start = command_seconds();
    rlx_status status = RLX_OK;

    if (o->prompt_length != 0) {
        status = rlx_session_prefill_logits(session, prompt, o->prompt_length, &row, error);
        s->prompt[i] = (double)o->prompt_length / (command_seconds() - start);
    }
    if (status != RLX_OK)
        return status;
    status = rlx_session_prefill_logits(session, prompt, 1, &row, error);
    double before = read_slice(info, threads);
    start = command_seconds();
    for (uint32_t n = 0; n < o->new_tokens && status == RLX_OK; n++)
        status = rlx_session_decode_logits(
            session, prompt[n % (o->prompt_length > 0 ? o->prompt_length : 1)], &row, error);
    s->decode[i] = (double)o->new_tokens / (command_seconds() - start);
    s->read[i] = (before + read_slice(info, threads)) / 2;
    return status;
}

static void print_json(const struct command_options *o, const rlx_model_info *info,
                       const struct samples *s, uint32_t threads)
{
    json_t *read = json_array(), *prompt = json_array(), *decode = json_array();

    for (uint32_t i = 0; i < o->repetitions; i++) {
        json_array_append_new(read, json_real(s->read[i]));
        json_array_append_new(prompt, json_real(s->prompt[i]));
        json_array_append_new(decode, json_real(s->decode[i]));
    }
    json_t *out = json_pack("{s:s, s:s, s:i, s:i, s:i, s:I, s:o, s:o, s:o}", "model", info->name,
                            "level", info->level, "threads", (int)threads, "prompt_tokens",
                            (int)o->prompt_length, "new_tokens", (int)o->new_tokens, "decode_bytes",
                            (json_int_t)info->decode_bytes, "read_bytes_per_second", read,
                            "prompt_tokens_per_second", prompt, "decode_tokens_per_second", decode);
    json_dumpf(out, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
    putchar('\n');
    json_decref(out);
}

/* Weights below this may come from a cache, and a raw read of them says nothing of memory. */
enum { CACHED_BYTES = 64 << 20 };

static void print_table(const struct command_options *o, const rlx_model_info *info,
                        const struct samples *s, uint32_t threads)
{
    double *share = malloc(o->repetitions * sizeof *share);

    if (share == NULL)
        abort();
    command_print_escaped(info->name);
    printf(", %s, %s, %u threads, median of %u\n", info->numerics, info->level, threads,
           o->repetitions);
    if (o->prompt_length != 0)
        printf("prompt %5u   %9.1f tokens/s\n", o->prompt_length,
               median(s->prompt, o->repetitions));
    for (uint32_t i = 0; i < o->repetitions; i++)
        share[i] = s->decode[i] * (double)info->decode_bytes / s->read[i];
    double rate = median(s->decode, o->repetitions);
    printf("decode %5u   %9.1f tokens/s   %.1f GB/s of weights", o->new_tokens, rate,
           rate * (double)info->decode_bytes / 1e9);
    if (info->decode_bytes < CACHED_BYTES)
        printf("   (they fit the caches)\n");
    else
        printf("   %.0f %% of raw read (%.1f GB/s)\n", 100 * median(share, o->repetitions),
               median(s->read, o->repetitions) / 1e9);
    free(share);
}

static int bench(const struct command_options *o, rlx_session *session, const rlx_model_info *info)
{
    uint32_t threads = o->session.threads != 0 ? o->session.threads
                                               : (uint32_t)sysconf(_SC_NPROCESSORS_ONLN),
             n = o->repetitions;
    uint32_t length = o->prompt_length > 0 ? o->prompt_length : 1;
    struct samples s = {calloc(n, sizeof(double)), calloc(n, sizeof(double)),
                        calloc(n, sizeof(double))};
    int32_t *prompt = malloc(length * sizeof *prompt);
    rlx_status status = RLX_OK;
    rlx_error error;

    if (s.read == NULL || s.prompt == NULL || s.decode == NULL || prompt == NULL)
        abort();
    if (threads > 64)
        threads = 64;
    for (uint32_t i = 0; i < length; i++)
        prompt[i] = (int32_t)((i * 7919u + 13) % info->vocabulary);
    struct command_options warm = *o;
    warm.prompt_length = length;
    warm.new_tokens = o->new_tokens < 4 ? o->new_tokens : 4;
    status = repeat(&warm, session, info, prompt, threads, &s, 0, &error);
    struct command_options counted = *o;
    for (uint32_t i = 0; i < n && status == RLX_OK; i++)
        status = repeat(&counted, session, info, prompt, threads, &s, i, &error);
    if (status == RLX_OK && o->json)
        print_json(o, info, &s, threads);
    else if (status == RLX_OK)
        print_table(o, info, &s, threads);
    free(s.read);
    free(s.prompt);
    free(s.decode);
    free(prompt);
    return status == RLX_OK ? 0 : command_failed(&error);
}

int command_bench(int argc, char **argv)
{
    struct command_options o;
    rlx_model *model;
    rlx_session *session;
    rlx_model_info info = {.struct_bytes = sizeof info};

    if (!command_parse(&o, argc, argv, "model prompt-length new-tokens repetitions threads json",
                       bench_help))
        return EXIT_USAGE;
    int code = command_open(&o, &model, &session);
    if (code != 0)
        return code;
    rlx_model_get_info(model, &info);
    uint32_t room = (uint32_t)rlx_session_context(session);
    if (o.new_tokens == 0) /* not given */
        o.new_tokens = 128;
    if (o.new_tokens > room - 1)
        o.new_tokens = room - 1;
    if (o.prompt_length > room) {
        fprintf(stderr, "%s: the context has room for a prompt of %u tokens\n", program_name, room);
        o.prompt_length = room;
    }
    code = bench(&o, session, &info);
    rlx_session_close(session);
    rlx_model_close(model);
    return code;
}
