/* What the commands share: opening, ids, streaming of text, interrupts, time. Contract:
 * command.h. */
#include "runtime/tool/command.h"

#include "runtime/base/advice.h"
#include "runtime/base/cpu.h"
#include "runtime/base/goal.h"
#include "runtime/base/printable.h"
#include "runtime/base/used_files.h"
#include "runtime/tool/chat_json.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int command_failed(const rlx_error *error)
{
    fprintf(stderr, "%s: ", program_name);
    printable_write(error->text, stderr);
    fputc('\n', stderr);
    return error->status == RLX_ERROR_INTERNAL ? EXIT_INTERNAL : EXIT_USER;
}

/* ---- interrupts ---- */

static volatile sig_atomic_t interrupted, ended, stopped_by;

static void on_interrupt(int signal_number)
{
    interrupted = 1;
    stopped_by = signal_number;
    if (signal_number != SIGINT)
        ended = 1;
}

bool command_interrupted(void)
{
    return interrupted != 0;
}

static rlx_go interrupts_stop(void *context)
{
    (void)context;
    return command_interrupted() ? RLX_GO_STOP : RLX_GO_ON;
}

void command_catch_interrupts(bool on)
{
    struct sigaction action = {.sa_handler = on ? on_interrupt : SIG_DFL};

    sigemptyset(&action.sa_mask);
    interrupted = ended;
    sigaction(SIGINT, &action, NULL);
}

/* An ignored signal stays ignored, as nohup does with SIGHUP, except Ctrl-C: it is ignored if a
 * script starts a program in the background, but whoever sends it there means it. */
void command_catch_stops(bool on)
{
    static const int others[] = {SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = on ? on_interrupt : SIG_DFL}, now;

    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (sigaction(others[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
            sigaction(others[i], &action, NULL);
    command_catch_interrupts(on);
}

int command_stopped(void)
{
    return stopped_by == 0 ? 0 : EXIT_SIGNAL + stopped_by;
}

void command_catch_endings(void)
{
    struct sigaction action = {.sa_handler = on_interrupt};

    sigemptyset(&action.sa_mask);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    command_catch_interrupts(true);
}

bool command_ending(void)
{
    return interrupted != 0;
}

/* ---- opening, and ids and texts ---- */

static void note_threads(const struct command_options *o)
{
    uint32_t processors = cpu_processors();

    if (o->session.threads > processors && !o->quiet)
        fprintf(stderr, "%s: %u threads take turns on %u processors, which is slower than %u\n",
                program_name, o->session.threads, processors, processors);
}

/* What "auto" has chosen, where that is not what it prefers. */
static void note_device(const struct command_options *o, const rlx_session *session)
{
    const char *why = rlx_session_passed_over(session);

    if (why != NULL && !o->quiet)
        fprintf(stderr, "%s: %s: goes on with device %s\n", program_name, why,
                rlx_session_device(session));
    else if (o->verbose)
        fprintf(stderr, "%s: device %s\n", program_name, rlx_session_device(session));
}

/* The most likely mistake is a model that is not yet compiled. */
static int cannot_open(const char *path, const rlx_error *error)
{
    char advice[ADVICE_BYTES];

    if (path == NULL || !advice_on_file(PROGRAM_rlx, path, advice)) {
        int status = command_failed(error);
        if (path != NULL && access(path, F_OK) != 0 && advice_is_hub_name(path))
            fprintf(stderr, "  note: a name on a hub? nothing is downloaded; rlxc build compiles a "
                            "file or directory of this machine\n");
        return status;
    }
    fprintf(stderr, "%s: %s\n", program_name, advice);
    return EXIT_USER;
}

int command_open_session(const struct command_options *o, rlx_model **model, rlx_session **session)
{
    rlx_error error;
    rlx_status status = rlx_session_open(*model, &o->session, session, &error);

    if (status == RLX_OK && o->expert_bytes != 0)
        status = rlx_session_use_expert_memory(*session, o->expert_bytes, &error);
    if (status != RLX_OK) {
        rlx_session_close(*session);
        rlx_model_close(*model);
        *session = NULL;
        *model = NULL;
        return command_failed(&error);
    }
    note_threads(o);
    note_device(o, *session);
    rlx_session_set_stop(*session, interrupts_stop, NULL);
    return 0;
}

int command_open(const struct command_options *o, rlx_model **model, rlx_session **session)
{
    rlx_error error;
    rlx_status status = o->model_path == NULL ? rlx_model_open_self(model, &error)
                                              : rlx_model_open(o->model_path, model, &error);

    if (session != NULL)
        *session = NULL;
    if (status != RLX_OK)
        return cannot_open(o->model_path, &error);
    return session == NULL ? 0 : command_open_session(o, model, session);
}

void *command_memory(void *given)
{
    if (given != NULL)
        return given;
    fprintf(stderr, "%s: out of memory\n", program_name);
    exit(EXIT_USER);
}

bool command_parse_ids(const struct command_options *o, const char *what, const char *text,
                       int32_t **ids, size_t *count)
{
    size_t max = 1;

    for (const char *c = text; *c != 0; c++)
        max += *c == ',';
    *count = 0;
    *ids = command_memory(malloc(max * sizeof **ids));
    for (const char *at = text; *at != 0 && *at != '\n';) {
        char *end;
        errno = 0;
        long long id = strtoll(at, &end, 10);
        if (end == at || errno != 0 || id < 0 || id > INT32_MAX ||
            (*end != ',' && *end != 0 && *end != '\n')) {
            size_t length = strcspn(at, ",\n");
            command_usage(o, "%s: expected ids from 0 to %d, separated by commas, found '%.*s'",
                          what, INT32_MAX, length < 20 ? (int)length : 20, at);
            free(*ids);
            *ids = NULL;
            return false;
        }
        (*ids)[(*count)++] = (int32_t)id;
        at = end + (*end == ',');
    }
    return true;
}

int32_t *command_tokenize_text(const rlx_model *model, const char *text, size_t bytes,
                               uint32_t flags, size_t *count, rlx_error *error)
{
    size_t capacity =
        bytes + 16; /* a token covers at least a byte; room for tokens that the vocabulary adds */
    int32_t *ids = malloc(capacity * sizeof *ids);

    *count = 0;
    if (ids == NULL) {
        *error = (rlx_error){RLX_ERROR_NO_MEMORY, "out of memory"};
        return NULL;
    }
    rlx_status status = rlx_tokenize(model, text, bytes, flags, ids, capacity, count, error);
    if (status == RLX_ERROR_BAD_ARGUMENT && *count > capacity) { /* normalization made it longer */
        free(ids);
        capacity = *count;
        ids = malloc(capacity * sizeof *ids);
        if (ids == NULL) {
            *error = (rlx_error){RLX_ERROR_NO_MEMORY, "out of memory"};
            return NULL;
        }
        status = rlx_tokenize(model, text, bytes, flags, ids, capacity, count, error);
    }
    if (status != RLX_OK) {
        free(ids);
        return NULL;
    }
    return ids;
}

int32_t *command_tokenize_chat(const struct command_options *o, const rlx_model *model,
                               const rlx_message *messages, size_t count, size_t *made,
                               rlx_error *error)
{
    size_t bytes, capacity = 0;
    char *text = chat_json(messages, count, o->template_arguments, &bytes);
    rlx_status status = RLX_ERROR_BAD_ARGUMENT;
    int32_t *ids = NULL;

    *made = bytes + 256; /* a guess: templates seldom add more */
    for (int tries = 0; tries < 2 && text != NULL && *made > capacity; tries++) {
        free(ids);
        capacity = *made;
        ids = malloc(capacity * sizeof *ids);
        if (ids == NULL)
            break;
        status = rlx_chat_tokenize_json(model, text, bytes, ids, capacity, made, error);
        if (status == RLX_OK)
            break;
    }
    if (text == NULL || (ids == NULL && capacity != 0))
        *error = (rlx_error){RLX_ERROR_NO_MEMORY, "out of memory"};
    free(text);
    if (status == RLX_OK)
        return ids;
    free(ids);
    return NULL;
}

bool command_read_whole(FILE *stream, const char *name)
{
    if (feof(stream) && !ferror(stream))
        return true;
    if (!command_interrupted()) /* who stopped it needs no sentence */
        fprintf(stderr, "%s: %s: %s\n", program_name, name, strerror(errno));
    return false;
}

char *command_read_all(FILE *stream, const char *name, size_t *bytes)
{
    size_t capacity = 1 << 16;
    char *text = malloc(capacity);

    *bytes = 0;
    while (text != NULL && !feof(stream) && !ferror(stream)) {
        *bytes += fread(text + *bytes, 1, capacity - 1 - *bytes, stream);
        if (*bytes == capacity - 1) {
            char *bigger = realloc(text, capacity *= 2);
            if (bigger == NULL)
                free(text);
            text = bigger;
        }
    }
    if (text == NULL) {
        fprintf(stderr, "%s: %s: not enough memory for the text\n", program_name, name);
        return NULL;
    }
    if (!command_read_whole(stream, name)) {
        free(text);
        return NULL;
    }
    text[*bytes] = 0;
    return text;
}

char *command_read_file(const char *path, size_t *bytes)
{
    const bool is_input = strcmp(path, "-") == 0;
    FILE *file = is_input ? stdin : used_file_open(path);

    if (file == NULL) {
        fprintf(stderr, "%s: %s: %s\n", program_name, path, strerror(errno));
        return NULL;
    }
    char *text = command_read_all(file, is_input ? "standard input" : path, bytes);
    if (!is_input)
        fclose(file);
    return text;
}

int command_cannot_write(const char *path, int failure)
{
    fprintf(stderr, "%s: %s: cannot be written: %s\n", program_name, goal_name(path),
            goal_reason(failure));
    return EXIT_USER;
}

/* ---- streaming ---- */

static void keep_text(struct command_stream *s, const char *text, size_t bytes)
{
    if (s->text_bytes + bytes + 1 > s->text_capacity) {
        s->text_capacity = 2 * s->text_capacity + bytes + 256;
        s->text = command_memory(realloc(s->text, s->text_capacity));
    }
    memcpy(s->text + s->text_bytes, text, bytes);
    s->text_bytes += bytes;
    s->text[s->text_bytes] = 0;
}

static void give_out(struct command_stream *s, const char *text, size_t bytes)
{
    if (bytes == 0)
        return;
    if (!s->silent) {
        fwrite(text, 1, bytes, stdout);
        fflush(stdout);
    }
    if (s->keep)
        keep_text(s, text, bytes);
    s->last = text[bytes - 1];
    for (size_t i = 0; i < bytes && !s->visible; i++)
        s->visible = (unsigned char)text[i] > ' ';
}

static rlx_go stream_text(void *context, const char *text, size_t bytes)
{
    give_out(context, text, bytes);
    return RLX_GO_ON; /* command_stream_token asks */
}

rlx_go command_stream_token(void *context, int32_t id)
{
    struct command_stream *s = context;

    if (s->ids && s->silent)
        ; /* the history holds them */
    else if (s->ids)
        printf("%s%d", s->printed == 0 ? "" : ",", (int)id);
    s->printed++;
    return command_interrupted() ? RLX_GO_STOP : RLX_GO_ON;
}

void command_stream_end(struct command_stream *s)
{
    if (!s->silent && (s->ids || (!s->keep && s->last != '\n')))
        putchar('\n');
    fflush(stdout);
}

rlx_generate_options command_generation(const struct command_options *o, struct command_stream *s)
{
    return (rlx_generate_options){.struct_bytes = sizeof(rlx_generate_options),
                                  .max = o->new_tokens,
                                  .ignore_end = o->ignore_end,
                                  .on_token = command_stream_token,
                                  .context = s,
                                  .draft = o->draft,
                                  .draft_max = o->draft_tokens,
                                  .on_text = s->ids ? NULL : stream_text,
                                  .begins_text = !s->detokenizer.started,
                                  .show_special = !s->detokenizer.skip_special,
                                  .stop = o->stop,
                                  .stop_count = o->stop_count,
                                  .prompt_only = o->prompt_only};
}

double command_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void command_print_timings(const rlx_session *session, double opened_seconds)
{
    rlx_timings t = {.struct_bytes = sizeof t};

    rlx_session_get_timings(session, &t);
    if (t.prompt_tokens + t.generated_tokens == 0)
        return;
    fprintf(stderr, "opened in %.1f ms; prompt: %llu tokens, %.0f tokens/s", 1e3 * opened_seconds,
            (unsigned long long)t.prompt_tokens,
            t.prompt_seconds > 0 ? (double)t.prompt_tokens / t.prompt_seconds : 0);
    /* Without a count: the first token of an answer comes with its prompt, and was not run. */
    if (t.generate_seconds > 0)
        fprintf(stderr, "; answer: %.0f tokens/s", (double)t.generated_tokens / t.generate_seconds);
    if (t.draft_runs != 0)
        fprintf(stderr, "; drafts: %llu tokens proposed, %llu right",
                (unsigned long long)t.draft_proposed, (unsigned long long)t.draft_accepted);
    fputc('\n', stderr);
}
