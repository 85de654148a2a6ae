/* Answers one prompt. In: its text or ids; out: the answer on standard output, and messages on
 * standard error. Contract: answer.h. */
#include "runtime/tool/answer.h"

#include "runtime/base/json_out.h"

#include <stdlib.h>
#include <string.h>

/* The result of one generation. */
struct outcome {
    size_t prompt_tokens, made;
    rlx_end why;
    rlx_timings before, after;
};

/* ---- the prompt's ids ---- */

static int32_t *message_ids(const struct answerer *a, const char *text, size_t *count, int *code)
{
    const char *system = a->options->system;
    rlx_message messages[2] = {{"system", system}, {"user", text}};
    size_t skip = system == NULL;
    rlx_error error;

    int32_t *ids =
        command_tokenize_chat(a->options, a->model, messages + skip, 2 - skip, count, &error);
    if (ids == NULL)
        *code = command_failed(&error);
    return ids;
}

static int32_t *text_ids(const struct answerer *a, const char *text, size_t bytes, size_t *count,
                         int *code)
{
    rlx_error error;
    const uint32_t flags =
        RLX_TOKENIZE_PARSE_SPECIAL | RLX_TOKENIZE_ADD_BOS | RLX_TOKENIZE_LEAVE_OPEN;
    int32_t *ids = command_tokenize_text(a->model, text, bytes, flags, count, &error);

    if (ids == NULL) {
        *code = command_failed(&error);
    } else if (*count == 0) {
        fprintf(stderr, "%s: the text is empty, so there is nothing to continue\n", program_name);
        *code = EXIT_USER;
        free(ids);
        ids = NULL;
    }
    return ids;
}

/* ---- the answer ---- */

static const char *stop_name(rlx_end why)
{
    switch (why) {
    case RLX_END_TOKEN:
        return "end";
    case RLX_END_LENGTH:
        return "length";
    case RLX_END_CONTEXT:
        return "context";
    case RLX_END_CALLBACK:
        return "interrupted";
    case RLX_END_STOP_STRING:
        return "string";
    }
    return "?";
}

/* JSON integers have the range of i64; a larger number is a text. */
static void put_number(struct json_out *o, const char *name, uint64_t value)
{
    char digits[24];

    if (value <= INT64_MAX) {
        json_out_integer(o, name, (int64_t)value);
        return;
    }
    snprintf(digits, sizeof digits, "%llu", (unsigned long long)value);
    json_out_string(o, name, digits);
}

static double per_second(uint64_t tokens, double seconds)
{
    return seconds > 0 ? (double)tokens / seconds : 0;
}

static void put_timings(struct json_out *o, const struct answerer *a, const struct outcome *r)
{
    const rlx_timings *b = &r->before, *e = &r->after;
    double prompt = e->prompt_seconds - b->prompt_seconds;
    double generate = e->generate_seconds - b->generate_seconds;

    json_out_open(o, "timings", '{');
    json_out_real(o, "open_seconds", a->opened_seconds);
    json_out_real(o, "prompt_seconds", prompt);
    json_out_real(o, "prompt_tokens_per_second",
                  per_second(e->prompt_tokens - b->prompt_tokens, prompt));
    json_out_real(o, "generate_seconds", generate);
    json_out_real(o, "generate_tokens_per_second",
                  per_second(e->generated_tokens - b->generated_tokens, generate));
    json_out_close(o, '}');
}

/* One line. The ids are those after the prompt in the session's history. */
static void print_object(const struct answerer *a, const struct command_stream *stream,
                         const struct outcome *r)
{
    const int32_t *ids = rlx_session_history(a->session) + r->prompt_tokens;
    struct json_out out = {.file = stdout};
    rlx_sampling sampling = {.struct_bytes = sizeof sampling};

    rlx_session_get_sampling(a->session, &sampling);
    json_out_open(&out, NULL, '{');
    if (a->line != 0)
        json_out_integer(&out, "line", (int64_t)a->line);
    if (a->info.has_tokenizer)
        json_out_text(&out, "text", stream->text, stream->text_bytes);
    json_out_open(&out, "tokens", '[');
    for (size_t i = 0; i < r->made; i++)
        json_out_integer(&out, NULL, ids[i]);
    json_out_close(&out, ']');
    json_out_integer(&out, "prompt_tokens", (int64_t)r->prompt_tokens);
    json_out_integer(&out, "generated_tokens", (int64_t)r->made);
    json_out_string(&out, "stop", stop_name(r->why));
    if (sampling.temperature > 0)
        put_number(&out, "seed", sampling.seed);
    put_timings(&out, a, r);
    json_out_close(&out, '}');
    putchar('\n');
    fflush(stdout);
}

/* If a model makes no text, the user sees an empty line; says why, and what may help. */
static void explain_silence(const struct answerer *a)
{
    const char *help = "";

    if (a->templated)
        help = "; --raw continues the prompt as plain text";
    else if (a->info.has_template && a->options->raw)
        help = "; it has a chat template, which --raw does not use";
    fprintf(stderr, "%s: the model ended at once, without any text%s\n", program_name, help);
}

static void explain_stop(const struct answerer *a, const struct command_stream *stream,
                         const struct outcome *r)
{
    if (a->options->quiet)
        return;
    if (r->why == RLX_END_CONTEXT)
        fprintf(stderr, "%s: the context of %zu tokens is full\n", program_name,
                rlx_session_context(a->session));
    if (r->why == RLX_END_TOKEN && !stream->ids && !stream->visible)
        explain_silence(a);
    if (r->why == RLX_END_CALLBACK && r->made == 0)
        fprintf(stderr, "%s: stopped after %zu of the prompt's %zu tokens\n", program_name,
                rlx_session_past(a->session), r->prompt_tokens);
}

int answer_ids(const struct answerer *a, const int32_t *ids, size_t count)
{
    const struct command_options *o = a->options;
    struct command_stream stream = {
        .model = a->model,
        .detokenizer = {.skip_special = !o->ignore_end, .started = !a->templated},
        .ids = o->ids || !a->info.has_tokenizer,
        .keep = o->json,
        .silent = o->json};
    struct outcome r = {.prompt_tokens = count,
                        .before = {.struct_bytes = sizeof r.before},
                        .after = {.struct_bytes = sizeof r.after}};
    rlx_generate_options options = command_generation(o, &stream);
    rlx_error error;

    if (o->json)
        stream.ids = !a->info.has_tokenizer;
    rlx_session_reset(a->session);
    rlx_session_get_timings(a->session, &r.before);
    if (o->output != NULL) {
        int code = command_write_logits(o, a->model, a->session, ids, count);
        if (code != 0 || !command_given(o, "new-tokens"))
            return code;
    } else if (rlx_session_append(a->session, ids, count, &error) != RLX_OK) {
        return command_failed(&error);
    }
    command_catch_stops(true);
    rlx_status status = rlx_session_generate(a->session, &options, &r.made, &r.why, &error);
    if (status == RLX_OK || stream.printed != 0)
        command_stream_end(&stream);
    rlx_session_get_timings(a->session, &r.after);
    if (status == RLX_OK && o->json)
        print_object(a, &stream, &r);
    command_catch_stops(false);
    free(stream.text);
    if (status != RLX_OK)
        return command_failed(&error);
    explain_stop(a, &stream, &r);
    return command_stopped();
}

int answer_text(const struct answerer *a, const char *text, size_t bytes)
{
    size_t count = 0;
    int code = 0;
    int32_t *ids = a->templated ? message_ids(a, text, &count, &code)
                                : text_ids(a, text, bytes, &count, &code);

    if (ids != NULL)
        code = answer_ids(a, ids, count);
    free(ids);
    return code;
}
