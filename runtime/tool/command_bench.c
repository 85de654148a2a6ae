/* `rlx bench`. In: models and options. Out: the speed of prompts and decoding and, on request, of
 * several sequences, of short runs, at depth and with drafts; and how near each comes to this
 * machine's read bandwidth, measured in the same run. */
#include "runtime/tool/command_bench.h"

#include "runtime/base/cpu.h"
#include "runtime/base/read_bandwidth.h"

#include <stdlib.h>
#include <string.h>

static const char bench_help[] =
    " MODEL.rlx... [options]\n"
    "\n"
    "Measures speed: prompts and decoding, everything of a model in turns. Where an\n"
    "option takes N,N,... each of the numbers is measured.\n"
    "\n"
    "  -p, --prompt-length=N,...  tokens of the prompt (default: 512; 0: none)\n"
    "  -n, --new-tokens=N,...  tokens to decode per repetition (default: 128; 0:\n"
    "                        none)\n"
    "  -r, --repetitions=N   how often to measure everything (default: 5)\n"
    "  -t, --threads=N,...   threads, 1 to 1024 (default: all processors that this\n"
    "                        process may use)\n" COMMAND_DEVICE_HELP
    "  -c, --context=N       room for N tokens; 0 (default): as many as the model\n"
    "                        has\n" COMMAND_EXPERTS_HELP
    "      --depth=N,...     decode after N tokens as well; blocks use the first N,\n"
    "                        sequences of a batch one N after the other\n"
    "      --batch=N,...     N sequences at once, 1 to 64, compared with one\n"
    "      --block=N,...     runs of N tokens, as they verify a draft, compared with\n"
    "                        runs of one\n"
    "      --draft=lookup    generate with a draft, compared with none: a text that\n"
    "                        repeats itself, and one that cannot\n"
    "      --draft-tokens=N  propose at most N at once, 1 to 15; 0 (default): as many\n"
    "                        as were right lately\n"
    "      --prompt-file=FILE  with --draft: continue this text instead, greedily,\n"
    "                        or as the sampling options of rlx run say (seed 0\n"
    "                        unless given)\n"
    "      --format=FORMAT   table (default); md: a table in Markdown; csv; jsonl: a\n"
    "                        JSON object per line and measurement; json: all samples\n"
    "                        as a JSON object, or as an array of one for each model\n"
    "                        and number of threads where there are several\n"
    "      --json            the same as --format=json\n"
    "\n"
    "RLX_PREFETCH=NEAR,FAR in the environment says how many bytes ahead kernels\n"
    "prefetch weights, into all caches and into all but the first (0: not); rlx info\n"
    "prints what they do here. No result depends on it.\n";

static double read_weights(const struct bench *b, bool ahead)
{
    return read_bandwidth(b->info.weights, b->info.weight_bytes, b->threads, ahead);
}

/* Slices of all works, with a raw read between any two; the first round warms up and is
 * discarded. */
static int measure(struct bench *b)
{
    bool ahead = read_prefers_prefetch(b->info.weights, b->info.weight_bytes, b->threads);
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

/* One model with one number of threads; 0: all. */
static int bench(const struct command_options *o, rlx_model *model, rlx_session *session)
{
    static struct bench b; /* large */
    size_t context = rlx_session_context(session);

    b = (struct bench){.options = o, .model = model, .session = session};
    b.info.struct_bytes = sizeof b.info;
    rlx_model_get_info(model, &b.info);
    b.info.level = rlx_session_level(session);
    b.is_elsewhere = strncmp(rlx_session_device(session), "vulkan", 6) == 0;
    b.threads = o->session.threads != 0 ? o->session.threads : cpu_processors();
    b.ids = command_memory(malloc(context * sizeof *b.ids));
    for (size_t i = 0; i < context; i++)
        b.ids[i] = (int32_t)((i * 7919u + 13) % b.info.vocabulary);
    int code = bench_add_works(&b);
    if (code == 0 && b.work_count == 0)
        code = command_usage(o, "-p 0 and -n 0 leave nothing to measure");
    if (code == 0)
        code = measure(&b);
    if (code == 0)
        bench_report(&b);
    bench_free_works(&b);
    free(b.ids);
    return code;
}

static int bench_model(struct command_options *o, char *path)
{
    static const struct command_list usual = {1, {0}};
    const struct command_list *threads = o->thread_counts.count == 0 ? &usual : &o->thread_counts;
    int code = 0;

    o->model_path = path;
    for (uint32_t i = 0; i < threads->count && code == 0; i++) {
        rlx_model *model;
        rlx_session *session;
        o->session.threads = threads->values[i];
        code = command_open(o, &model, &session);
        if (code != 0)
            break;
        code = bench(o, model, session);
        rlx_session_close(session);
        rlx_model_close(model);
    }
    return code;
}

int command_bench(int argc, char **argv)
{
    struct command_options o;
    char *own = NULL;
    int code = 0;

    if (!command_parse(
            &o, argc, argv,
            "models prompt-length, new-tokens, repetitions threads, device context expert-memory depth, "
            "batch, block, draft draft-tokens prompt-file format json " COMMAND_SAMPLING,
            bench_help))
        return EXIT_USAGE;
    if (o.prompt_file != NULL && o.draft == RLX_DRAFT_NONE)
        return command_usage(&o, "--prompt-file is for --draft=lookup");
    if (o.json && command_given(&o, "format") && o.format != FORMAT_JSON)
        return command_usage(&o, "--json is --format=json, and another format was given too");
    o.format = o.json ? FORMAT_JSON : o.format;
    if (o.model_count == 0) { /* the program's own */
        o.model_count = 1;
        o.model_paths = &own;
    }
    bench_report_begin(&o,
                       o.model_count * (uint64_t)o.thread_counts.count > 1 || o.model_count > 1);
    for (uint32_t i = 0; i < o.model_count && code == 0; i++)
        code = bench_model(&o, o.model_paths[i]);
    if (code == 0)
        bench_report_end(&o);
    return code;
}
