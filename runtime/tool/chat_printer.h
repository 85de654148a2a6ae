/* Prints an answer while it is made, and keeps its text. In a terminal reasoning is faint. */
#ifndef RLX_CHAT_PRINTER_H
#define RLX_CHAT_PRINTER_H

#include "runtime/tool/line_buffer.h"
#include "runtime/tool/reasoning.h"

#include <rlx/rlx.h>

struct chat_printer {
    const rlx_model *model;
    struct reasoning reasoning;
    bool faint_wanted, faint;
    bool (*stops)(void);
    struct line_text text; /* all of the answer */
    bool no_memory;
    char last; /* byte that was printed; 0: none */
};

/* `prompt`: the ids that it answers, whose end may have begun the reasoning. */
void chat_printer_open(struct chat_printer *p, const rlx_model *model, const int32_t *prompt,
                       size_t count, bool faint, bool (*stops)(void));
bool chat_printer_token(void *printer, int32_t id);                    /* a rlx_token_fn */
bool chat_printer_text(void *printer, const char *text, size_t bytes); /* a rlx_text_fn */
/* Ends the line, where something was printed and did not. The text, with a NUL behind it, is the
 * caller's; NULL: there was no memory for it. */
char *chat_printer_end(struct chat_printer *p);

#endif
