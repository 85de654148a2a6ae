/* Where the prompts of a run come from: an argument, a file, standard input, or the first with one
 * of the others behind it.
 */
#ifndef RLX_PROMPT_H
#define RLX_PROMPT_H

#include "runtime/tool/command.h"

struct prompts {
    const struct command_options *options;
    const rlx_model *model;
    size_t context; /* tokens; a text that has more of them for certain is refused early */

    /* What follows is the reader's own. */
    FILE *file;       /* NULL: the argument is all there is */
    const char *name; /* of the file, for messages */
    unsigned long line;
    bool ended;
    char *text; /* the prompt, `bytes` long, a NUL behind it */
    size_t bytes, capacity;
};

/* Opens what options name; an exit code, after a message where it is not 0. */
int prompts_open(struct prompts *p);

enum prompt_found { PROMPT_NONE, PROMPT_FOUND, PROMPT_REFUSED /* after a message */ };
/* The next one stands in p->text. A refused line (--lines) does not end the input. */
enum prompt_found prompts_next(struct prompts *p);

void prompts_close(struct prompts *p);

#endif
