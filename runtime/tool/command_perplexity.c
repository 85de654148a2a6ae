/* `rlx perplexity`. In: a model and a text. Out: exp of the mean loss of the predicted tokens, with
 * its standard error. A loss is -log p(token | tokens before it in its window), in nats; the
 * standard error of the mean counts losses as independent, as llama-perplexity does.
 */
#include "runtime/base/json_out.h"
#include "runtime/tool/command.h"
#include "runtime/tool/moments.h"
#include "runtime/tool/progress_line.h"
#include "runtime/tool/row_score.h"
#include "runtime/tool/windows.h"

static const char perplexity_help[] =
    " MODEL.rlx -f FILE [options]\n"
    "\n"
    "Measures how well a model predicts a text: the perplexity is exp of the mean of\n"
    "-log p over its tokens. The text is cut into windows of N tokens, and the second\n"
    "half of each is predicted, as llama-perplexity does it.\n"
    "\n" COMMAND_WINDOWS_HELP "      --json            print a JSON object\n"
    "  -t, --threads=N       threads (default: all processors)\n" COMMAND_DEVICE_HELP
        COMMAND_EXPERTS_HELP;

struct losses {
    struct windows *windows;
    const int32_t *ids; /* of the current window */
    uint32_t vocabulary;
    size_t window;
    struct moments all;
    size_t bad; /* position in the window of the first row that is no numbers; 0: none */
};

static rlx_go add_loss(void *context, size_t position, const float *row)
{
    struct losses *l = context;
    struct row_score score;

    if (!row_score(row, l->vocabulary, &score)) {
        l->bad = position + 1;
        return RLX_GO_STOP;
    }
    moments_add(&l->all, row_loss(row, &score, l->ids[position + 1]));
    return RLX_GO_ON;
}

static double perplexity(const struct losses *l)
{
    return exp(moments_mean(&l->all));
}

/* That of the mean loss times the slope of exp there. */
static double standard_error(const struct losses *l)
{
    return perplexity(l) * moments_error(&l->all);
}

static int run(struct losses *l, const struct command_options *o, rlx_session *session)
{
    struct windows *w = l->windows;
    struct progress_line progress;
    rlx_error error;
    rlx_status status = RLX_OK;

    progress_line_begin(&progress, o);
    for (l->window = 0; l->window < w->count && status == RLX_OK; l->window++) {
        char so_far[40] = "";
        l->ids = windows_ids(w, l->window);
        status = windows_begin(w, l->ids, session, &error);
        if (status == RLX_OK)
            status = rlx_session_run_logits(session, l->ids + w->scored - 1, w->length - w->scored,
                                            0, add_loss, l, &error);
        if (status == RLX_OK)
            snprintf(so_far, sizeof so_far, "%.4f so far", perplexity(l));
        progress_line_show(&progress, "perplexity", l->window + 1, w->count, so_far);
    }
    progress_line_clear(&progress);
    if (l->bad != 0)
        return windows_bad_row(l->window - 1, l->bad, NULL);
    return status == RLX_OK ? 0 : command_failed(&error);
}

static void print(const struct losses *l, double seconds)
{
    const struct windows *w = l->windows;
    const double loss = moments_mean(&l->all);

    printf("perplexity     %.4f ± %.4f\n", perplexity(l), standard_error(l));
    printf("loss           %.5f nats, %.5f bits per token\n", loss, loss / log(2));
    printf("windows        %zu of %zu tokens, %zu tokens predicted\n", w->count, w->length,
           l->all.count);
    printf("speed          %.0f tokens/s\n", (double)(w->count * (w->length - 1)) / seconds);
}

static void print_json(const struct losses *l, double seconds)
{
    const struct windows *w = l->windows;
    struct json_out out = {.file = stdout, .indented = true};

    json_out_open(&out, NULL, '{');
    json_out_exact(&out, "perplexity", perplexity(l));
    json_out_exact(&out, "standard_error", standard_error(l));
    json_out_exact(&out, "loss", moments_mean(&l->all));
    windows_write(w, &out);
    json_out_real(&out, "seconds", seconds);
    json_out_close(&out, '}');
    putchar('\n');
}

int command_perplexity(int argc, char **argv)
{
    struct command_options o;
    struct windows windows;
    rlx_model_info info = rlx_model_info_default();
    rlx_model *model;
    rlx_session *session = NULL;

    if (!command_parse(&o, argc, argv, "model json threads device expert-memory " COMMAND_WINDOWS,
                       perplexity_help))
        return EXIT_USAGE;
    int code = windows_check_options(&o);
    if (code != 0 || (code = command_open(&o, &model, NULL)) != 0)
        return code;
    rlx_model_get_info(model, &info);
    struct losses losses = {.windows = &windows, .vocabulary = info.vocabulary};
    code = windows_set_context(&o, info.context);
    if (code == 0)
        code = windows_open(&windows, &o, model);
    if (code == 0) {
        code = command_open_session(&o, &model, &session);
        double begun = command_seconds();
        if (code == 0)
            code = run(&losses, &o, session);
        if (code == 0)
            (o.json ? print_json : print)(&losses, command_seconds() - begun);
        windows_close(&windows);
    }
    rlx_session_close(session);
    rlx_model_close(model);
    return code;
}
