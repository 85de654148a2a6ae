/* `rlx bench`: speed of prompts and decoding, and, where asked for, of several sequences, of
 * blocks, at depth and with drafts; how near each comes to this machine's read bandwidth, measured
 * in the same run.
 */
#include "runtime/tool/command_bench.h"

#include "runtime/base/reading.h"
#include "runtime/base/used_files.h"

#include <rlx/artifact.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char bench_help[] =
    " MODEL.rlx [options]\n"
    "\n"
    "Measures speed. A prompt and decoding are always measured, everything in turns.\n"
    "\n"
    "  -p, --prompt-length=N tokens of the prompt (default: 512; 0: none)\n"
    "  -n, --new-tokens=N    tokens to decode per repetition (default: 128)\n"
    "  -r, --repetitions=N   how often to measure everything (default: 5)\n"
    "  -t, --threads=N       threads (default: all processors)\n"
    "  -c, --context=N       room for N tokens (default: as many as the model has)\n"
    "      --depth=N[,N...]  decode after N tokens as well; blocks use the first N,\n"
    "                        sequences of a batch one N after the other\n"
    "      --batch=N[,N...]  N sequences at once, compared with one\n"
    "      --block=N[,N...]  runs of N tokens, as they verify a draft, compared with\n"
    "                        runs of one\n"
    "      --draft=lookup    generate with a draft, compared with none: a text that\n"
    "                        repeats itself, and one that cannot\n"
    "      --draft-tokens=N  propose at most N at once, up to 15 (default: as many\n"
    "                        as were right lately)\n"
    "      --prompt-file=FILE  with --draft: continue this text instead, greedily,\n"
    "                        or as the sampling options of rlx run say (seed 0\n"
    "                        unless given)\n"
    "      --json            print all samples, for tools\n";

/* Most rows of a run that decodes blocks (`several` false) or several sequences; 1: there is none.
 */
static uint32_t most_rows(const rlx_model *model, bool several)
{
    uint32_t most = 1;

    for (uint32_t i = 0; i < rlx_model_variant_count(model); i++) {
        rlx_variant_info v = {.struct_bytes = sizeof v};
        if (rlx_model_get_variant(model, i, &v, NULL) == RLX_OK && v.phase == RLX_PHASE_DECODE &&
            (v.batch > 1) == several && v.last_rows > most)
            most = v.last_rows;
    }
    return most;
}

static struct bench_work *add_work(struct bench *b, enum bench_kind kind, uint32_t size,
                                   uint32_t depth)
{
    uint32_t count = b->options->repetitions;
    struct bench_work *w = &b->works[b->work_count++];

    *w = (struct bench_work){.kind = kind,
                             .size = size,
                             .depth = depth,
                             .rate = calloc(count, sizeof(double)),
                             .one = calloc(count, sizeof(double)),
                             .read = calloc(count, sizeof(double))};
    if (w->rate == NULL || w->one == NULL || w->read == NULL)
        abort();
    return w;
}

static int open_beside(struct bench *b, rlx_session **session)
{
    rlx_session_options options = b->options->session;
    rlx_error error;

    options.beside = b->session;
    return rlx_session_open(b->model, &options, session, &error) == RLX_OK ? 0
                                                                           : command_failed(&error);
}

/* A work at depth has a session of its own, so that its cache is filled once. */
static int add_at_depth(struct bench *b, enum bench_kind kind, uint32_t size, uint32_t depth)
{
    struct bench_work *w = add_work(b, kind, size, depth);

    return depth == 0 ? 0 : open_beside(b, &w->session);
}

static int add_batches(struct bench *b)
{
    const struct command_options *o = b->options;
    uint32_t sizes[BENCH_LIST], count = 0, most = most_rows(b->model, true), depth = 0;
    int code = 0;

    if (o->batch == NULL)
        return 0;
    count = command_parse_list(o, "batch", o->batch, 1, BENCH_SEQUENCES, BENCH_LIST, sizes);
    if (count == 0)
        return EXIT_USAGE;
    for (uint32_t i = 0; i < count; i++) {
        if (sizes[i] > 1 && most == 1) {
            fprintf(stderr,
                    "%s: the model has no code for several sequences at once: compile it with "
                    "--variants=…,batch=2:%u\n",
                    program_name, sizes[i] < 16 ? sizes[i] : 16);
            return EXIT_USER;
        }
        for (uint32_t j = 0; j < sizes[i] && code == 0; j++)
            if (b->sequences[j] == NULL)
                code = open_beside(b, &b->sequences[j]);
        depth = 0;
        for (uint32_t j = 0; j < sizes[i]; j++)
            depth += b->depths[j % b->depth_count];
        add_work(b, BENCH_BATCH, sizes[i], depth / sizes[i]);
    }
    return code;
}

static int add_blocks(struct bench *b)
{
    const struct command_options *o = b->options;
    uint32_t rows[BENCH_LIST], count, most = most_rows(b->model, false);
    int code = 0;

    if (o->block == NULL)
        return 0;
    count = command_parse_list(o, "block", o->block, 1, 1 << 20, BENCH_LIST, rows);
    if (count == 0)
        return EXIT_USAGE;
    for (uint32_t i = 0; i < count && code == 0; i++) {
        if (rows[i] > most) {
            fprintf(stderr,
                    "%s: the model has no code for blocks of %u tokens: compile it with "
                    "--variants=…,blocks=2:%u (16 at most)\n",
                    program_name, rows[i], rows[i] < 16 ? rows[i] : 16);
            return EXIT_USER;
        }
        code = add_at_depth(b, BENCH_BLOCK, rows[i], b->depths[0]);
    }
    return code;
}

static int add_draft(struct bench *b, const char *text, const int32_t *ids, size_t count,
                     rlx_sampling sampling)
{
    struct bench_work *w = add_work(b, BENCH_DRAFT, b->options->new_tokens, (uint32_t)count);

    w->text = text;
    w->ids = ids;
    w->id_count = count;
    w->sampling = sampling;
    int code = open_beside(b, &w->session);
    return code != 0 ? code : open_beside(b, &w->plain);
}

/* The file's tokens stand in b->ids afterwards, as far as there is room for them. */
static int read_prompt(struct bench *b, size_t *count)
{
    FILE *file = used_file_open(b->options->prompt_file);
    size_t bytes = 0, room = rlx_session_context(b->session) - b->options->new_tokens;
    rlx_error error;

    if (file == NULL) {
        fprintf(stderr, "%s: %s: %s\n", program_name, b->options->prompt_file, strerror(errno));
        return EXIT_USER;
    }
    char *text = command_read_all(file, b->options->prompt_file, &bytes);
    fclose(file);
    if (text == NULL)
        return EXIT_USER;
    int32_t *ids = command_tokenize_text(b->model, text, bytes, RLX_ADD_BOS | RLX_PARSE_SPECIAL,
                                         count, &error);
    free(text);
    if (ids == NULL)
        return command_failed(&error);
    *count = *count < room ? *count : room;
    memcpy(b->ids, ids, *count * sizeof *ids);
    free(ids);
    if (*count == 0) {
        fprintf(stderr, "%s: %s: no text\n", program_name, b->options->prompt_file);
        return EXIT_USER;
    }
    return 0;
}

/* Without a file: a made-up piece again and again, which most models go on repeating, and wild
 * sampling, in which nothing stands twice. */
static int add_drafts(struct bench *b)
{
    enum { PIECE = 48, TIMES = 4 };
    const struct command_options *o = b->options;
    rlx_sampling wild = {.struct_bytes = sizeof wild, .temperature = 5, .top_p = 1, .seed = 1};
    size_t count = PIECE * TIMES;

    wild.repetition_penalty = 1;
    if (o->draft == RLX_DRAFT_NONE)
        return 0;
    if (o->prompt_file != NULL) {
        int code = read_prompt(b, &count);
        return code != 0 ? code
                         : add_draft(b, "the file", b->ids, count,
                                     command_sampling(o, rlx_sampling_default()));
    }
    if (count + o->new_tokens > rlx_session_context(b->session)) {
        fprintf(stderr, "%s: a context of %zu tokens is too short for drafts of %u tokens\n",
                program_name, rlx_session_context(b->session), o->new_tokens);
        return EXIT_USER;
    }
    for (size_t i = PIECE; i < count; i++)
        b->ids[i] = b->ids[i - PIECE];
    rlx_sampling greedy = {.struct_bytes = sizeof greedy, .top_p = 1, .repetition_penalty = 1};
    int code = add_draft(b, "repeating", b->ids, count, greedy);
    return code != 0 ? code : add_draft(b, "nothing twice", b->ids, PIECE, wild);
}

static int add_works(struct bench *b)
{
    struct command_options *o = (struct command_options *)(uintptr_t)b->options;
    uint32_t room = (uint32_t)rlx_session_context(b->session), deepest = 0;

    if (o->prompt_length > room) {
        fprintf(stderr, "%s: the context has room for a prompt of %u tokens\n", program_name, room);
        o->prompt_length = room;
    }
    b->depth_count = 1;
    if (o->depth != NULL)
        b->depth_count =
            command_parse_list(o, "depth", o->depth, 0, 1 << 24, BENCH_LIST, b->depths);
    if (b->depth_count == 0)
        return EXIT_USAGE;
    for (uint32_t i = 0; i < b->depth_count; i++)
        deepest = b->depths[i] > deepest ? b->depths[i] : deepest;
    if (deepest + o->new_tokens >= room) {
        fprintf(stderr,
                "%s: %u tokens behind a depth of %u do not fit: the context has room for %u\n",
                program_name, o->new_tokens, deepest, room);
        return EXIT_USER;
    }
    if (o->prompt_length != 0)
        add_work(b, BENCH_PROMPT, o->prompt_length, 0);
    int code = add_at_depth(b, BENCH_DECODE, o->new_tokens, 0);
    for (uint32_t i = 0; i < b->depth_count && code == 0; i++)
        if (b->depths[i] != 0)
            code = add_at_depth(b, BENCH_DECODE, o->new_tokens, b->depths[i]);
    code = code != 0 ? code : add_batches(b);
    code = code != 0 ? code : add_blocks(b);
    return code != 0 ? code : add_drafts(b);
}

static double read_weights(const struct bench *b, bool ahead)
{
    return reading_speed(b->info.weights, b->info.weight_bytes, b->threads, ahead);
}

/* Slices of all works, a raw read between any two; the first round warms up and is not kept. */
static int measure(struct bench *b)
{
    bool ahead = reading_way(b->info.weights, b->info.weight_bytes, b->threads);
    rlx_error error;

    for (uint32_t i = 0; i <= b->options->repetitions; i++) {
        uint32_t repetition = i == 0 ? 0 : i - 1;
        double before = read_weights(b, ahead);
        for (uint32_t j = 0; j < b->work_count; j++) {
            struct bench_work *w = &b->works[j];
            if (bench_slice(b, w, repetition, &error) != RLX_OK)
                return command_failed(&error);
            double after = read_weights(b, ahead);
            w->read[repetition] = (before + after) / 2;
            before = after;
            if (i == 0)
                w->proposed = w->right = 0;
        }
    }
    return 0;
}

static int bench(const struct command_options *o, rlx_model *model, rlx_session *session)
{
    static struct bench b; /* large */
    size_t context = rlx_session_context(session);
    uint32_t processors = (uint32_t)sysconf(_SC_NPROCESSORS_ONLN);

    b = (struct bench){.options = o, .model = model, .session = session};
    b.info.struct_bytes = sizeof b.info;
    rlx_model_get_info(model, &b.info);
    b.threads = o->session.threads != 0 ? o->session.threads : processors;
    b.ids = malloc(context * sizeof *b.ids);
    if (b.ids == NULL)
        abort();
    for (size_t i = 0; i < context; i++)
        b.ids[i] = (int32_t)((i * 7919u + 13) % b.info.vocabulary);
    int code = add_works(&b);
    if (code == 0)
        code = measure(&b);
    if (code == 0 && o->json)
        bench_print_json(&b);
    else if (code == 0)
        bench_print_table(&b);
    for (uint32_t i = 0; i < b.work_count; i++) {
        free(b.works[i].rate);
        free(b.works[i].one);
        free(b.works[i].read);
        rlx_session_close(b.works[i].session);
        rlx_session_close(b.works[i].plain);
    }
    for (uint32_t i = 0; i < BENCH_SEQUENCES; i++)
        rlx_session_close(b.sequences[i]);
    free(b.ids);
    return code;
}

int command_bench(int argc, char **argv)
{
    struct command_options o;
    rlx_model *model;
    rlx_session *session;

    if (!command_parse(&o, argc, argv,
                       "model prompt-length new-tokens repetitions threads context depth batch "
                       "block draft draft-tokens prompt-file json " COMMAND_SAMPLING,
                       bench_help))
        return EXIT_USAGE;
    if (command_given(&o, "new-tokens") && o.new_tokens == 0)
        return command_usage(&o, "--new-tokens: expected a whole number from 1 on");
    if (o.prompt_file != NULL && o.draft == RLX_DRAFT_NONE)
        return command_usage(&o, "--prompt-file is for --draft=lookup");
    int code = command_open(&o, &model, &session);
    if (code != 0)
        return code;
    uint32_t room = (uint32_t)rlx_session_context(session);
    if (o.new_tokens == 0) /* not given */
        o.new_tokens = room > 256 ? 128 : (room + 1) / 2;
    if (o.new_tokens > room - 1)
        o.new_tokens = room - 1;
    code = bench(&o, model, session);
    rlx_session_close(session);
    rlx_model_close(model);
    return code;
}
