/* Lists what `rlx bench` measures. In: the options and an opened model; out: works, each with its
 * sessions, or a sentence about what does not fit. */
#include "runtime/tool/command_bench.h"

#include <rlx/artifact.h>

#include <stdlib.h>
#include <string.h>

/* Maximum rows of a run that decodes short runs (`several` false) or several sequences; 1: no such
 * run. */
static uint32_t max_rows(const rlx_model *model, bool several)
{
    uint32_t max = 1;

    for (uint32_t i = 0; i < rlx_model_variant_count(model); i++) {
        rlx_variant_info v = {.struct_bytes = sizeof v};
        if (rlx_model_get_variant(model, i, &v, NULL) == RLX_OK && strcmp(v.phase, "decode") == 0 &&
            (v.batch > 1) == several && v.last_rows > max)
            max = v.last_rows;
    }
    return max;
}

static struct bench_work *add_work(struct bench *b, enum bench_kind kind, uint32_t size,
                                   uint32_t depth)
{
    uint32_t count = b->options->repetitions;
    struct bench_work *w = &b->works[b->work_count++];

    *w = (struct bench_work){.kind = kind,
                             .size = size,
                             .depth = depth,
                             .rate = command_memory(calloc(count, sizeof(double))),
                             .one = command_memory(calloc(count, sizeof(double))),
                             .read = command_memory(calloc(count, sizeof(double)))};
    return w;
}

static int open_parallel(struct bench *b, rlx_session **session)
{
    rlx_session_options options = b->options->session;
    rlx_error error;

    options.share_with = b->session;
    return rlx_session_open(b->model, &options, session, &error) == RLX_OK ? 0
                                                                           : command_failed(&error);
}

/* A work at depth has its own session, so that its KV cache is filled only once. */
static int add_at_depth(struct bench *b, enum bench_kind kind, uint32_t size, uint32_t depth)
{
    struct bench_work *w = add_work(b, kind, size, depth);

    return depth == 0 ? 0 : open_parallel(b, &w->session);
}

static int add_batches(struct bench *b)
{
    const uint32_t *sizes = b->options->batches.values;
    uint32_t max = max_rows(b->model, true), depth = 0;
    int code = 0;

    for (uint32_t i = 0; i < b->options->batches.count && code == 0; i++) {
        if (sizes[i] > 1 && max == 1) {
            fprintf(stderr,
                    "%s: the model has no code for several sequences at once: compile it with "
                    "--variants=…,batch=2:%u\n",
                    program_name, sizes[i] < 16 ? sizes[i] : 16);
            return EXIT_USER;
        }
        for (uint32_t j = 0; j < sizes[i] && code == 0; j++)
            if (b->sequences[j] == NULL)
                code = open_parallel(b, &b->sequences[j]);
        depth = 0;
        for (uint32_t j = 0; j < sizes[i]; j++)
            depth += bench_depth(b, j);
        add_work(b, BENCH_BATCH, sizes[i], depth / sizes[i]);
    }
    return code;
}

static int add_short_runs(struct bench *b)
{
    const uint32_t *rows = b->options->blocks.values;
    uint32_t max = max_rows(b->model, false);
    int code = 0;

    for (uint32_t i = 0; i < b->options->blocks.count && code == 0; i++) {
        if (rows[i] > max) {
            fprintf(stderr,
                    "%s: the model has no code for blocks of %u tokens: compile it with "
                    "--variants=…,blocks=2:%u (at most 16)\n",
                    program_name, rows[i], rows[i] < 16 ? rows[i] : 16);
            return EXIT_USER;
        }
        code = add_at_depth(b, BENCH_SHORT_RUN, rows[i], bench_depth(b, 0));
    }
    return code;
}

static int add_draft(struct bench *b, const char *text, const int32_t *ids, size_t count,
                     rlx_sampling sampling)
{
    struct bench_work *w = add_work(b, BENCH_DRAFT, b->new_tokens, (uint32_t)count);

    w->text = text;
    w->ids = ids;
    w->id_count = count;
    w->sampling = sampling;
    int code = open_parallel(b, &w->session);
    return code != 0 ? code : open_parallel(b, &w->plain);
}

/* Stores the file's tokens in b->ids, as many as fit. */
static int read_prompt(struct bench *b, size_t *count)
{
    size_t bytes = 0, room = rlx_session_context(b->session) - b->new_tokens;
    rlx_error error;
    char *text = command_read_file(b->options->prompt_file, &bytes);

    if (text == NULL)
        return EXIT_USER;
    const uint32_t flags =
        RLX_TOKENIZE_ADD_BOS | RLX_TOKENIZE_PARSE_SPECIAL | RLX_TOKENIZE_LEAVE_OPEN;
    int32_t *ids = command_tokenize_text(b->model, text, bytes, flags, count, &error);
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

/* Without a file: a made-up piece that repeats, which most models continue to repeat, and a text of
 * random sampling, in which nothing repeats. */
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
    if (count + b->new_tokens > rlx_session_context(b->session)) {
        fprintf(stderr, "%s: a context of %zu tokens is too short for drafts of %u tokens\n",
                program_name, rlx_session_context(b->session), b->new_tokens);
        return EXIT_USER;
    }
    for (size_t i = PIECE; i < count; i++)
        b->ids[i] = b->ids[i - PIECE];
    rlx_sampling greedy = {.struct_bytes = sizeof greedy, .top_p = 1, .repetition_penalty = 1};
    int code = add_draft(b, "repeating", b->ids, count, greedy);
    return code != 0 ? code : add_draft(b, "nothing twice", b->ids, PIECE, wild);
}

static uint32_t largest_of(const struct command_list *list)
{
    uint32_t max = 0;

    for (uint32_t i = 0; i < list->count; i++)
        max = list->values[i] > max ? list->values[i] : max;
    return max;
}

/* How many tokens to decode for several sequences, short runs and drafts, and by default: the first
 * number that is not 0. */
static uint32_t choose_new_tokens(const struct bench *b, uint32_t room)
{
    const struct command_list *counts = &b->options->token_counts;
    uint32_t count = room > 256 ? 128 : (room + 1) / 2;

    for (uint32_t i = counts->count; i-- > 0;)
        count = counts->values[i] != 0 ? counts->values[i] : count;
    return count < room ? count : room - 1;
}

static int add_prompts(struct bench *b, uint32_t room)
{
    static const struct command_list usual = {1, {512}};
    const struct command_list *lengths = &b->options->prompt_lengths;

    lengths = lengths->count == 0 ? &usual : lengths;
    if (largest_of(lengths) > room)
        fprintf(stderr, "%s: the context has room for a prompt of %u tokens\n", program_name, room);
    for (uint32_t i = 0; i < lengths->count; i++)
        if (lengths->values[i] != 0)
            add_work(b, BENCH_PROMPT, lengths->values[i] < room ? lengths->values[i] : room, 0);
    return 0;
}

static int add_decoding(struct bench *b, uint32_t room)
{
    const struct command_list *counts = &b->options->token_counts, *depths = &b->options->depths;
    const struct command_list usual = {1, {b->new_tokens}};
    int code = 0;

    counts = counts->count == 0 ? &usual : counts;
    if (largest_of(counts) >= room)
        fprintf(stderr, "%s: the context has room to decode %u tokens\n", program_name, room - 1);
    for (uint32_t i = 0; i < counts->count && code == 0; i++) {
        uint32_t count = counts->values[i] < room ? counts->values[i] : room - 1;
        if (count == 0)
            continue;
        code = add_at_depth(b, BENCH_DECODE, count, 0);
        for (uint32_t j = 0; j < depths->count && code == 0; j++)
            if (depths->values[j] != 0)
                code = add_at_depth(b, BENCH_DECODE, count, depths->values[j]);
    }
    return code;
}

int bench_add_works(struct bench *b)
{
    const struct command_options *o = b->options;
    uint32_t room = (uint32_t)rlx_session_context(b->session), deepest = largest_of(&o->depths);

    b->new_tokens = choose_new_tokens(b, room);
    uint32_t max = largest_of(&o->token_counts);
    max = max == 0 ? b->new_tokens : max;
    if (deepest != 0 && (uint64_t)deepest + max >= room) {
        fprintf(stderr,
                "%s: %u tokens after a depth of %u do not fit: the context has room for %u\n",
                program_name, max, deepest, room);
        return EXIT_USER;
    }
    int code = add_prompts(b, room);
    code = code != 0 ? code : add_decoding(b, room);
    code = code != 0 ? code : add_batches(b);
    code = code != 0 ? code : add_short_runs(b);
    return code != 0 ? code : add_drafts(b);
}

void bench_free_works(struct bench *b)
{
    for (uint32_t i = 0; i < b->work_count; i++) {
        free(b->works[i].rate);
        free(b->works[i].one);
        free(b->works[i].read);
        rlx_session_close(b->works[i].session);
        rlx_session_close(b->works[i].plain);
    }
    for (uint32_t i = 0; i < COMMAND_SEQUENCES; i++)
        rlx_session_close(b->sequences[i]);
}
