/* Prints an answer while it is generated, and keeps its text. Reasoning is faint in a terminal. */
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
    char last; /* last byte printed; 0: none */
};

/* `prompt`: the ids that it answers; their end may begin the reasoning. */
void chat_printer_open(struct chat_printer *p, const rlx_model *model, const int32_t *prompt,
                       size_t count, bool faint, bool (*stops)(void));
rlx_go chat_printer_token(void *printer, int32_t id);                    /* a rlx_token_fn */
rlx_go chat_printer_text(void *printer, const char *text, size_t bytes); /* a rlx_text_fn */
/* Ends the line, unless nothing was printed or the text has ended it. The caller owns the returned
 * text, which ends with a NUL; NULL: no memory. */
char *chat_printer_end(struct chat_printer *p);

#endif
