/* Continues a text. In: a compiled model and a prompt; out: the text, printed while it is
 * generated.
 *
 *     generate MODEL.rlx "Once upon a time"
 *
 * It compiles as C99 and as C++. With the installed library:
 *
 *     cc generate.c -o generate $(pkg-config --cflags --libs rlx)
 */
#include <rlx/rlx.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static rlx_go print_text(void *context, const char *text, size_t bytes)
{
    (void)context;
    fwrite(text, 1, bytes, stdout);
    return fflush(stdout) == 0 ? RLX_GO_ON : RLX_GO_STOP;
}

static rlx_status feed_prompt(const rlx_model *model, rlx_session *session, const char *prompt,
                              rlx_error *error)
{
    size_t count,
        capacity = strlen(prompt) + 16; /* a token is at least a byte; the vocabulary may add some
                                           in front */
    int32_t *ids = (int32_t *)malloc(capacity * sizeof *ids);
    rlx_status status =
        rlx_tokenize(model, prompt, strlen(prompt), RLX_TOKENIZE_ADD_BOS | RLX_TOKENIZE_LEAVE_OPEN,
                     ids, capacity, &count, error);
    if (status == RLX_OK)
        status = rlx_session_prefill(session, ids, count, error);
    free(ids);
    return status;
}

static rlx_status continue_text(rlx_session *session, rlx_error *error)
{
    rlx_generate_options options = rlx_generate_options_default();
    options.max = 100; /* tokens */
    options.on_text = print_text;
    return rlx_session_generate(session, &options, NULL, NULL, error);
}

int main(int argc, char **argv)
{
    rlx_model *model = NULL;
    rlx_session *session = NULL;
    rlx_sampling sampling = rlx_sampling_default();
    rlx_error error;
    rlx_status status;

    if (argc != 3) {
        fprintf(stderr, "usage: %s MODEL.rlx PROMPT\n", argv[0]);
        return 2;
    }
    status = rlx_model_open(argv[1], &model, &error);
    if (status == RLX_OK)
        status = rlx_session_open(model, NULL, &session, &error);
    rlx_model_get_sampling(model, &sampling); /* what its publisher recommends */
    if (status == RLX_OK)
        status = rlx_session_use_sampling(session, &sampling, &error);
    if (status == RLX_OK)
        status = feed_prompt(model, session, argv[2], &error);
    if (status == RLX_OK)
        status = continue_text(session, &error);
    if (status == RLX_OK)
        putchar('\n');
    else
        fprintf(stderr, "%s: %s\n", rlx_status_name(status), error.text);
    rlx_session_close(session); /* may be NULL */
    rlx_model_close(model);
    return status == RLX_OK ? 0 : 1;
}
