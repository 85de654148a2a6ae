/* Prints answers while they come, in whole characters, flushed. Contract: chat_printer.h. */
#include "runtime/tool/chat_printer.h"

#include <stdio.h>
#include <string.h>

enum { PROMPT_TOKENS = 8, PROMPT_BYTES = 256 }; /* examined at the end of the prompt */

void chat_printer_open(struct chat_printer *p, const rlx_model *model, const int32_t *prompt,
                       size_t count, bool faint, bool (*stops)(void))
{
    char end[PROMPT_BYTES];
    size_t bytes = 0;

    *p = (struct chat_printer){.model = model, .faint_wanted = faint, .stops = stops};
    for (size_t i = count < PROMPT_TOKENS ? 0 : count - PROMPT_TOKENS; i < count; i++) {
        size_t length;
        const char *token = rlx_token_bytes(model, prompt[i], &length);
        if (token == NULL || length > sizeof end - bytes)
            continue;
        memcpy(end + bytes, token, length);
        bytes += length;
    }
    reasoning_begin(&p->reasoning, end, bytes);
}

static void print_part(void *context, const char *text, size_t bytes, bool thought)
{
    struct chat_printer *p = context;
    bool faint = p->faint_wanted && thought;

    if (faint != p->faint)
        fputs(faint ? "\x1b[2m" : "\x1b[0m", stdout);
    p->faint = faint;
    fwrite(text, 1, bytes, stdout);
    p->last = text[bytes - 1];
}

static void give_out(struct chat_printer *p, const char *text, size_t bytes)
{
    if (bytes == 0)
        return;
    p->no_memory = p->no_memory || !line_text_insert(&p->text, p->text.bytes, text, bytes);
    reasoning_feed(&p->reasoning, text, bytes, print_part, p);
    fflush(stdout);
}

rlx_go chat_printer_text(void *printer, const char *text, size_t bytes)
{
    struct chat_printer *p = printer;

    give_out(p, text, bytes);
    return p->stops() || p->no_memory ? RLX_GO_STOP : RLX_GO_ON;
}

/* Control tokens have no text, but may begin or end the reasoning. */
rlx_go chat_printer_token(void *printer, int32_t id)
{
    struct chat_printer *p = printer;
    rlx_detokenizer alone = {.skip_special = true, .started = true};
    char text[RLX_DETOKENIZE_MAX];
    size_t bytes, length;

    if (rlx_detokenize(p->model, &alone, id, text, sizeof text, &bytes, NULL) == RLX_OK &&
        bytes == 0 && alone.pending_count == 0) {
        const char *token = rlx_token_bytes(p->model, id, &length);
        if (token != NULL)
            reasoning_token(&p->reasoning, token, length);
    }
    return p->stops() || p->no_memory ? RLX_GO_STOP : RLX_GO_ON;
}

char *chat_printer_end(struct chat_printer *p)
{
    reasoning_end(&p->reasoning, print_part, p);
    if (p->faint)
        fputs("\x1b[0m", stdout);
    if (p->last != 0 && p->last != '\n')
        putchar('\n');
    fflush(stdout);
    if (p->no_memory || !line_text_insert(&p->text, p->text.bytes, "", 1)) {
        line_text_free(&p->text);
        return NULL;
    }
    return p->text.data;
}
