/* Continues a text: opens a compiled model, feeds the prompt, prints what comes as it comes.
 *
 *     generate MODEL.rlx "Once upon a time" [NEW_TOKENS]
 *
 * It is C11 and C++20 alike. With the installed library:
 *
 *     cc generate.c -o generate $(pkg-config --cflags --libs rlx)
 */
#include <rlx/rlx.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool print_text(void *context, const char *text, size_t bytes)
{
    (void)context;
    fwrite(text, 1, bytes, stdout);
    return fflush(stdout) == 0;
}

static rlx_status feed_prompt(const rlx_model *model, rlx_session *session, const char *prompt,
                              rlx_error *error)
{
    size_t capacity = strlen(prompt) + 16,
           count; /* a token is at least one byte; a few may be put in front */
    int32_t *ids = (int32_t *)malloc(capacity * sizeof *ids);
    if (ids == NULL)
        return RLX_NO_MEMORY;
    rlx_status status =
        rlx_tokenize(model, prompt, strlen(prompt), RLX_ADD_BOS, ids, capacity, &count, error);
    if (status == RLX_OK)
        status = rlx_session_prefill(session, ids, count, error);
    free(ids);
    return status;
}

static rlx_status continue_text(rlx_model *model, const char *prompt, uint32_t most,
                                rlx_error *error)
{
    rlx_session *session;
    rlx_session_options options = {.struct_bytes = sizeof options};
    rlx_status status = rlx_session_open(model, &options, &session, error);
    if (status != RLX_OK)
        return status;
    rlx_sampling sampling = {.struct_bytes = sizeof sampling};
    rlx_model_get_sampling(model, &sampling);
    status = rlx_session_use_sampling(session, &sampling, error);
    if (status == RLX_OK)
        status = feed_prompt(model, session, prompt, error);
    if (status == RLX_OK) {
        rlx_generate_options generate = {
            .struct_bytes = sizeof generate, .most = most, .on_text = print_text};
        fputs(prompt, stdout);
        status = rlx_session_generate(session, &generate, NULL, NULL, error);
        putchar('\n');
    }
    rlx_session_close(session);
    return status;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: %s MODEL.rlx PROMPT [NEW_TOKENS]\n", argv[0]);
        return 2;
    }
    rlx_error error = {RLX_OK, ""};
    rlx_model *model;
    rlx_status status = rlx_model_open(argv[1], &model, &error);
    if (status == RLX_OK) {
        uint32_t most = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 100;
        status = continue_text(model, argv[2], most, &error);
        rlx_model_close(model);
    }
    if (status != RLX_OK)
        fprintf(stderr, "%s: %s\n", rlx_status_name(status), error.text);
    return status == RLX_OK ? 0 : 1;
}
