/* `rlx compare`. In: two models with one vocabulary, and a text. Out: how far B's probabilities are
 * from A's, and where most. Both models run the windows of windows.h, a slice of rows at a time, so
 * that memory does not grow with text, window or vocabulary.
 */
#include "runtime/tool/command_compare.h"

#include "runtime/tool/progress_line.h"

#include <stdlib.h>
#include <string.h>

enum { SLICE_BYTES = 64 << 20, SLICE_LEAST = 16 /* rows */ };

static const char compare_help[] =
    " A.rlx B.rlx -f FILE [options]\n"
    "\n"
    "Compares the probabilities that two models give to the tokens of a text: the\n"
    "Kullback-Leibler divergence of B from A, which is the reference, in nats; how\n"
    "often both find the same token likeliest; both perplexities; and where they\n"
    "differ most. The text is cut into windows as rlx perplexity does it.\n"
    "\n" COMMAND_WINDOWS_HELP "      --json            print a JSON object\n"
    "  -t, --threads=N       threads (default: all processors)\n" COMMAND_DEVICE_HELP;

/* ---- rows ---- */

static rlx_go keep_row(void *context, size_t position, const float *row)
{
    struct comparison *c = context;
    const size_t at = position - c->first;

    if (!row_score(row, c->vocabulary, &c->scores[at])) {
        c->bad = position + 1;
        return RLX_GO_STOP;
    }
    memcpy(c->rows + at * c->vocabulary, row, c->vocabulary * sizeof *row);
    return RLX_GO_ON;
}

/* Keeps the places with the largest divergences, in order. */
static void note_place(struct comparison *c, const struct compare_place *place)
{
    size_t at = 0;

    while (at < c->worst_count && c->worst[at].divergence >= place->divergence)
        at++;
    if (at == COMPARE_WORST)
        return;
    c->worst_count += c->worst_count < COMPARE_WORST;
    memmove(&c->worst[at + 1], &c->worst[at], (c->worst_count - at - 1) * sizeof *c->worst);
    c->worst[at] = *place;
}

static rlx_go compare_row(void *context, size_t position, const float *b)
{
    struct comparison *c = context;
    const float *a = c->rows + (position - c->first) * c->vocabulary;
    const struct row_score *of_a = &c->scores[position - c->first];
    const int32_t token = c->ids[position + 1];
    struct row_score of_b;

    if (!row_score(b, c->vocabulary, &of_b)) {
        c->bad = position + 1;
        return RLX_GO_STOP;
    }
    const double loss_a = row_loss(a, of_a, token), loss_b = row_loss(b, &of_b, token);
    const double p_difference = exp(-loss_b) - exp(-loss_a);
    const struct compare_place place = {.window = c->window,
                                        .token = position + 1,
                                        .divergence =
                                            row_divergence(a, of_a, b, &of_b, c->vocabulary),
                                        .best = {of_a->best, of_b.best},
                                        .p = {1 / of_a->sum, 1 / of_b.sum}};
    c->divergence[c->divergences.count] = (float)place.divergence;
    moments_add(&c->divergences, place.divergence);
    moments_add(&c->sides[COMPARE_A].losses, loss_a);
    moments_add(&c->sides[COMPARE_B].losses, loss_b);
    moments_add(&c->loss_differences, loss_b - loss_a);
    moments_add(&c->p_differences, p_difference);
    c->p_most = fabs(p_difference) > c->p_most ? fabs(p_difference) : c->p_most;
    c->same_best += of_a->best == of_b.best;
    note_place(c, &place);
    return RLX_GO_ON;
}

/* ---- windows ---- */

/* Runs `count` tokens of the window on one side. Returns an exit code. */
static int run_slice(struct comparison *c, int side, size_t count)
{
    static const rlx_logits_fn on_row[COMPARE_SIDES] = {keep_row, compare_row};
    struct compare_side *s = &c->sides[side];
    rlx_error error;
    rlx_status status = RLX_OK;

    if (c->first == c->windows->scored - 1)
        status = windows_begin(c->windows, c->ids, s->session, &error);
    if (status == RLX_OK)
        status = rlx_session_run_logits(s->session, c->ids + c->first, count, 0, on_row[side], c,
                                        &error);
    if (c->bad != 0)
        return windows_bad_row(c->window, c->bad, s->path);
    return status == RLX_OK ? 0 : command_failed(&error);
}

static int run_window(struct comparison *c)
{
    const size_t end = c->windows->length - 1; /* the last token predicts none of the window */
    int code = 0;

    c->ids = windows_ids(c->windows, c->window);
    for (c->first = c->windows->scored - 1; c->first < end && code == 0;) {
        size_t count = end - c->first < c->slice_rows ? end - c->first : c->slice_rows;
        code = run_slice(c, COMPARE_A, count);
        if (code == 0)
            code = run_slice(c, COMPARE_B, count);
        c->first += count;
    }
    return code;
}

static int run(struct comparison *c, const struct command_options *o)
{
    const size_t scored = c->windows->length - c->windows->scored,
                 row = c->vocabulary * sizeof(float);
    struct progress_line progress;
    int code = 0;

    c->slice_rows = SLICE_BYTES / row > SLICE_LEAST ? SLICE_BYTES / row : SLICE_LEAST;
    c->slice_rows = c->slice_rows < scored ? c->slice_rows : scored;
    c->rows = command_memory(malloc(c->slice_rows * row));
    c->scores = command_memory(malloc(c->slice_rows * sizeof *c->scores));
    c->divergence = command_memory(malloc(windows_scored(c->windows) * sizeof *c->divergence));
    progress_line_begin(&progress, o);
    for (c->window = 0; c->window < c->windows->count && code == 0; c->window++) {
        char so_far[60];
        code = run_window(c);
        snprintf(so_far, sizeof so_far, "mean divergence %.5f so far",
                 moments_mean(&c->divergences));
        progress_line_show(&progress, "compare", c->window + 1, c->windows->count, so_far);
    }
    progress_line_clear(&progress);
    return code;
}

/* ---- the command ---- */

/* Whether every id means the same text in both. Returns an exit code, after a message. */
static int check_vocabularies(const struct compare_side sides[COMPARE_SIDES], uint32_t *vocabulary,
                              uint32_t *context)
{
    rlx_model_info info[COMPARE_SIDES] = {rlx_model_info_default(), rlx_model_info_default()};

    for (int i = 0; i < COMPARE_SIDES; i++)
        rlx_model_get_info(sides[i].model, &info[i]);
    *vocabulary = info[COMPARE_A].vocabulary;
    *context = info[COMPARE_A].context < info[COMPARE_B].context ? info[COMPARE_A].context
                                                                 : info[COMPARE_B].context;
    if (*vocabulary != info[COMPARE_B].vocabulary) {
        fprintf(stderr,
                "%s: %s has %u tokens and %s has %u: only models with one vocabulary can be "
                "compared\n",
                program_name, sides[COMPARE_A].path, *vocabulary, sides[COMPARE_B].path,
                info[COMPARE_B].vocabulary);
        return EXIT_USER;
    }
    for (uint32_t id = 0; id < *vocabulary; id++) {
        size_t a_bytes = 0, b_bytes = 0;
        const char *a = rlx_token_bytes(sides[COMPARE_A].model, (int32_t)id, &a_bytes);
        const char *b = rlx_token_bytes(sides[COMPARE_B].model, (int32_t)id, &b_bytes);
        if ((a == NULL) == (b == NULL) && a_bytes == b_bytes &&
            (a == NULL || memcmp(a, b, a_bytes) == 0))
            continue;
        fprintf(stderr,
                "%s: token %u of %s is not that of %s: only models with one vocabulary can "
                "be compared\n",
                program_name, id, sides[COMPARE_A].path, sides[COMPARE_B].path);
        return EXIT_USER;
    }
    return 0;
}

static int open_sides(struct command_options *o, struct comparison *c)
{
    int code = 0;

    for (int i = 0; i < COMPARE_SIDES && code == 0; i++) {
        o->model_path = c->sides[i].path = o->model_paths[i];
        code = command_open(o, &c->sides[i].model, NULL);
    }
    return code;
}

/* With both models open. */
static int compare(struct command_options *o, struct comparison *c)
{
    uint32_t context = 0;
    int code = check_vocabularies(c->sides, &c->vocabulary, &context);

    if (code == 0)
        code = windows_set_context(o, context);
    if (code == 0)
        code = windows_open(c->windows, o, c->sides[COMPARE_A].model);
    if (code != 0)
        return code;
    for (int i = 0; i < COMPARE_SIDES && code == 0; i++)
        code = command_open_session(o, &c->sides[i].model, &c->sides[i].session);
    if (code == 0)
        code = run(c, o);
    if (code == 0)
        (o->json ? compare_print_json : compare_print)(c);
    windows_close(c->windows);
    free(c->rows);
    free(c->scores);
    free(c->divergence);
    return code;
}

int command_compare(int argc, char **argv)
{
    struct command_options o;
    struct windows windows;
    struct comparison c = {.windows = &windows};

    if (!command_parse(&o, argc, argv, "models json threads device " COMMAND_WINDOWS, compare_help))
        return EXIT_USAGE;
    if (o.model_count != COMPARE_SIDES)
        return command_usage(&o, "expected two models, found %u", o.model_count);
    int code = windows_check_options(&o);
    if (code != 0)
        return code;
    code = open_sides(&o, &c);
    if (code == 0)
        code = compare(&o, &c);
    for (int i = 0; i < COMPARE_SIDES; i++) {
        rlx_session_close(c.sides[i].session);
        rlx_model_close(c.sides[i].model);
    }
    return code;
}
