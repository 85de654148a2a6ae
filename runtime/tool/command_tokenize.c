/* `rlx tokenize`. In: text on standard input, whole or by line. Out: ids; with --decode the
 * reverse. */
#include "runtime/tool/command.h"

#include "runtime/base/json_in.h"
#include "runtime/tool/command_json.h"

#include <stdlib.h>
#include <string.h>

static const char tokenize_help[] =
    " MODEL.rlx [options] < TEXT\n"
    "\n"
    "Turns text into token ids, separated by commas. The text is all of standard\n"
    "input; echo adds a newline to it, and printf '%s' TEXT does not.\n"
    "\n"
    "      --decode          turn ids on standard input into text\n"
    "      --jsonl           read a line {\"text\":...}, print a line {\"ids\":[...]};\n"
    "                        with --decode the other way round\n"
    "      --no-parse-special  treat control tokens in the text as text\n"
    "      --add-bos         add the tokens that the vocabulary puts before a text,\n"
    "                        such as a BOS token, and after it, such as [SEP]\n"
    "      --skip-special    with --decode: leave control tokens out\n";

struct job {
    const struct command_options *options;
    const rlx_model *model;
    uint32_t flags; /* flags of rlx_tokenize */
};

/* The text of ids, malloc'd. */
static char *decode(const rlx_model *model, bool skip_special, const int32_t *ids, size_t count,
                    size_t *bytes, rlx_error *error)
{
    rlx_detokenizer state = {.skip_special = skip_special};
    size_t capacity = (count + 1) * 16 + RLX_DETOKENIZE_MAX, got;
    char *text = malloc(capacity);

    *bytes = 0;
    for (size_t i = 0; text != NULL && i <= count; i++) {
        if (capacity - *bytes < RLX_DETOKENIZE_MAX) {
            char *bigger = realloc(text, capacity *= 2);
            if (bigger == NULL)
                free(text);
            text = bigger;
            if (text == NULL)
                break;
        }
        rlx_status status = i < count ? rlx_detokenize(model, &state, ids[i], text + *bytes,
                                                       capacity - *bytes, &got, error)
                                      : rlx_detokenize_flush(model, &state, text + *bytes,
                                                             capacity - *bytes, &got, error);
        if (status != RLX_OK) {
            free(text);
            return NULL;
        }
        *bytes += got;
    }
    if (text == NULL)
        *error = (rlx_error){RLX_ERROR_NO_MEMORY, "out of memory"};
    return text;
}

static int encode_line(void *context, const char *in)
{
    const struct job *job = context;
    const char *member = json_in_member(in, "text");
    rlx_error error;
    size_t bytes, count;

    if (!json_in_is(member, '"')) {
        fprintf(stderr, "%s tokenize: expected {\"text\":\"…\"} on each line\n", program_name);
        return EXIT_USER;
    }
    char *text = command_memory(json_in_text(member, &bytes));
    int32_t *ids = command_tokenize_text(job->model, text, bytes, job->flags, &count, &error);
    free(text);
    if (ids == NULL)
        return command_failed(&error);
    printf("{\"ids\": [");
    for (size_t i = 0; i < count; i++)
        printf("%s%d", i == 0 ? "" : ", ", (int)ids[i]);
    printf("]}\n");
    free(ids);
    return 0;
}

/* The ids of a list, malloc'd; what is no id becomes -1. */
static int32_t *list_ids(const char *list, size_t *count)
{
    int32_t *ids;

    *count = 0;
    for (const char *e = json_in_first(list); e != NULL; e = json_in_next(e))
        ++*count;
    ids = command_memory(malloc((*count + 1) * sizeof *ids));
    *count = 0;
    for (const char *e = json_in_first(list); e != NULL; e = json_in_next(e)) {
        int64_t id;
        bool good = json_in_integer(e, &id) && id >= 0 && id <= INT32_MAX;
        ids[(*count)++] = good ? (int32_t)id : -1;
    }
    return ids;
}

static int decode_line(void *context, const char *in)
{
    const struct job *job = context;
    const char *list = json_in_member(in, "ids");
    size_t count, bytes;
    rlx_error error;

    if (!json_in_is(list, '[')) {
        fprintf(stderr, "%s tokenize: expected {\"ids\":[…]} on each line\n", program_name);
        return EXIT_USER;
    }
    int32_t *ids = list_ids(list, &count);
    char *text = decode(job->model, job->options->skip_special, ids, count, &bytes, &error);
    free(ids);
    if (text == NULL)
        return command_failed(&error);
    command_print_text("text", text, bytes);
    free(text);
    return 0;
}

static int all_at_once(const struct job *job)
{
    const struct command_options *o = job->options;
    rlx_error error;
    size_t bytes, count;
    char *text = command_read_all(stdin, "standard input", &bytes), *decoded = NULL;
    int32_t *ids = NULL;

    if (text == NULL)
        return EXIT_USER;
    if (o->decode && !command_parse_ids(o, "standard input", text, &ids, &count)) {
        free(text);
        return EXIT_USER;
    }
    if (o->decode) {
        decoded = decode(job->model, o->skip_special, ids, count, &bytes, &error);
        if (decoded != NULL)
            fwrite(decoded, 1, bytes, stdout);
    } else if ((ids = command_tokenize_text(job->model, text, bytes, job->flags, &count, &error)) !=
               NULL) {
        for (size_t i = 0; i < count; i++)
            printf("%s%d", i == 0 ? "" : ",", (int)ids[i]);
        putchar('\n');
    }
    int code = (o->decode ? decoded == NULL : ids == NULL) ? command_failed(&error) : 0;
    free(decoded);
    free(ids);
    free(text);
    return code;
}

int command_tokenize(int argc, char **argv)
{
    struct command_options o;
    rlx_model *model;

    if (!command_parse(&o, argc, argv, "model decode jsonl no-parse-special add-bos skip-special",
                       tokenize_help))
        return EXIT_USAGE;
    if (o.skip_special && !o.decode)
        return command_usage(&o, "--skip-special is for --decode");
    if (o.decode && (o.add_bos || o.no_parse_special))
        return command_usage(&o, "%s is for text, not for --decode",
                             o.add_bos ? "--add-bos" : "--no-parse-special");
    uint32_t flags = (o.no_parse_special ? 0 : RLX_TOKENIZE_PARSE_SPECIAL) |
                     (o.add_bos ? RLX_TOKENIZE_ADD_BOS : 0);
    int code = command_open(&o, &model, NULL);
    if (code != 0)
        return code;
    struct job job = {&o, model, flags};
    code = o.jsonl ? command_each_object("tokenize", o.decode ? decode_line : encode_line, &job)
                   : all_at_once(&job);
    rlx_model_close(model);
    return code;
}
