/* The text that perplexity, compare and imatrix run, as windows of tokens. Each window is a
 * sequence of its own: it begins with what the vocabulary puts before a text (BOS, if anything),
 * in the place of as many of its tokens. Of a window, the tokens from `scored` on are predicted,
 * each from those before it.
 *
 * The rules are those of llama-perplexity, so that figures can be compared: windows follow each
 * other, and the second half of each is predicted, without its first token; or, with a stride S, a
 * window begins every S tokens, is S / 2 longer, has no BOS of its own, and its last S tokens are
 * predicted. One newline at the end of the text does not count, and control tokens in it are
 * text. */
#ifndef RLX_WINDOWS_H
#define RLX_WINDOWS_H

#include "runtime/base/json_out.h"
#include "runtime/tool/command.h"

/* The options that say what to run, for command_parse, and their help. */
#define COMMAND_WINDOWS "file context stride chunks"
#define COMMAND_WINDOWS_HELP                                                             \
    "  -f, --file=FILE       the text (-: standard input)\n"                             \
    "  -c, --context=N       tokens of a window (default: 512, or what the model has)\n" \
    "      --stride=N        begin a window every N tokens, make it N/2 longer, and\n"   \
    "                        predict its last N tokens\n"                                \
    "      --chunks=N        the first N windows only (default: all)\n"

enum { WINDOW_PREFIX = 8 };

struct windows {
    int32_t *ids; /* of the whole text */
    size_t tokens;
    size_t count;     /* of windows */
    size_t length;    /* of a window, in tokens */
    size_t step;      /* from one window to the next */
    size_t scored;    /* the first token of a window that is predicted; at least 1 */
    int32_t *current; /* of windows_ids */
    int32_t prefix[WINDOW_PREFIX];
    size_t prefix_count;
};

/* Checks the options before anything is opened. All three return an exit code, after a message if
 * it is not 0. */
int windows_check_options(const struct command_options *o);
/* Sets the context of the session to open: the length of a window, which is that of --context, or
 * 512 tokens, or what a smaller model has. */
int windows_set_context(struct command_options *o, uint32_t model_context);
/* Reads the text of -f and cuts it, with that context. --chunks limits how many windows. */
int windows_open(struct windows *w, const struct command_options *o, const rlx_model *model);
void windows_close(struct windows *w);

/* Runs the beginning of a window: what comes before the row that predicts the first token. */
rlx_status windows_begin(const struct windows *w, const int32_t *ids, rlx_session *session,
                         rlx_error *error);
/* Says that a row of logits is no numbers, and of which model (NULL: there is one). */
int windows_bad_row(size_t window, size_t token, const char *model);
/* Members of a JSON object: how the text was cut. */
void windows_write(const struct windows *w, struct json_out *out);
/* The tokens of a window; valid until the next call. */
const int32_t *windows_ids(struct windows *w, size_t window);
/* Tokens that are predicted in all windows. */
static inline size_t windows_scored(const struct windows *w)
{
    return w->count * (w->length - w->scored);
}

#endif
