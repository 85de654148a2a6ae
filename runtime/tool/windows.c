/* Cuts a text into windows of tokens. In: options and a text; out: ids, window by window. Contract:
 * windows.h.
 */
#include "runtime/tool/windows.h"

#include <stdlib.h>
#include <string.h>

enum { USUAL_LENGTH = 512, LEAST_LENGTH = 4 };

int windows_check_options(const struct command_options *o)
{
    if (o->text_file == NULL)
        return command_usage(o, "-f FILE is needed, a text to run");
    if (o->session.context != 0 && o->session.context < LEAST_LENGTH)
        return command_usage(o, "--context: a window has at least %d tokens, found %u",
                             LEAST_LENGTH, o->session.context);
    return 0;
}

int windows_set_context(struct command_options *o, uint32_t model_context)
{
    const uint32_t extra = o->stride / 2;
    uint32_t context = o->session.context;

    if (context == 0)
        context = model_context == 0 || model_context >= USUAL_LENGTH + extra ? USUAL_LENGTH
                  : model_context > extra ? model_context - extra
                                          : 0;
    if (o->stride != 0 && o->stride >= context)
        return command_usage(o, "--stride: expected less than the %u tokens of a window, found %u",
                             context, o->stride);
    o->session.context = context + extra;
    return 0;
}

static int refuse(const char *name, const char *what)
{
    fprintf(stderr, "%s: %s: %s\n", program_name, name, what);
    return EXIT_USER;
}

/* The tokens of the text, and of what stands before any text. */
static int tokenize(struct windows *w, const struct command_options *o, const rlx_model *model,
                    const char *text, size_t bytes)
{
    const uint32_t flags = RLX_TOKENIZE_ADD_BOS | RLX_TOKENIZE_LEAVE_OPEN;
    rlx_error error;
    rlx_status status =
        rlx_tokenize(model, "", 0, flags, w->prefix, WINDOW_PREFIX, &w->prefix_count, &error);

    if (status != RLX_OK)
        return command_failed(&error);
    if (bytes == 0)
        return refuse(o->text_file, "no text");
    w->ids = command_tokenize_text(model, text, bytes, flags, &w->tokens, &error);
    return w->ids == NULL ? command_failed(&error) : 0;
}

/* How many windows there are. */
static int cut(struct windows *w, const struct command_options *o)
{
    char what[120];

    w->length = o->session.context;
    w->step = o->stride != 0 ? o->stride : w->length;
    w->scored = o->stride != 0 ? w->length - o->stride : w->length / 2 + 1;
    if (o->stride == 0)
        w->count = w->tokens / w->length;
    else if (w->tokens > w->length)
        w->count = (w->tokens - w->length + w->step - 1) / w->step;
    if (w->count == 0) {
        snprintf(what, sizeof what, "%zu tokens are not enough for a window of %zu%s", w->tokens,
                 w->length, o->stride != 0 ? " and one more" : "; --context=N makes it shorter");
        return refuse(o->text_file, what);
    }
    if (o->chunks != 0 && w->count > o->chunks)
        w->count = o->chunks;
    return 0;
}

int windows_open(struct windows *w, const struct command_options *o, const rlx_model *model)
{
    size_t bytes = 0;

    *w = (struct windows){0};
    char *text = command_read_file(o->text_file, &bytes);
    if (text == NULL)
        return EXIT_USER;
    if (bytes > 0 && text[bytes - 1] == '\n')
        bytes--;
    int code = tokenize(w, o, model, text, bytes);
    free(text);
    if (code == 0)
        code = cut(w, o);
    if (code == 0)
        w->current = command_memory(malloc(w->length * sizeof *w->current));
    else
        windows_close(w);
    return code;
}

void windows_close(struct windows *w)
{
    free(w->ids);
    free(w->current);
    *w = (struct windows){0};
}

rlx_status windows_begin(const struct windows *w, const int32_t *ids, rlx_session *session,
                         rlx_error *error)
{
    return rlx_session_prefill(session, ids, w->scored - 1, error);
}

int windows_bad_row(size_t window, size_t token, const char *model)
{
    fprintf(stderr, "%s: %s%sthe logits after token %zu of window %zu are not numbers\n",
            program_name, model == NULL ? "" : model, model == NULL ? "" : ": ", token, window);
    return EXIT_USER;
}

void windows_write(const struct windows *w, struct json_out *out)
{
    json_out_integer(out, "text_tokens", (int64_t)w->tokens);
    json_out_integer(out, "windows", (int64_t)w->count);
    json_out_integer(out, "window_tokens", (int64_t)w->length);
    json_out_integer(out, "step", (int64_t)w->step);
    json_out_integer(out, "predicted_tokens", (int64_t)windows_scored(w));
}

const int32_t *windows_ids(struct windows *w, size_t window)
{
    memcpy(w->current, w->ids + window * w->step, w->length * sizeof *w->current);
    if (w->step == w->length)
        memcpy(w->current, w->prefix, w->prefix_count * sizeof *w->prefix);
    return w->current;
}
