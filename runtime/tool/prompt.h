/* The prompts of a run. In: an argument, a file, standard input, or an argument followed by one of
 * the others; out: texts. */
#ifndef RLX_PROMPT_H
#define RLX_PROMPT_H

#include "runtime/tool/command.h"

struct prompts {
    const struct command_options *options;
    const rlx_model *model;
    size_t context; /* tokens; a text that certainly has more is refused early */

    /* The rest is internal. */
    FILE *file;       /* NULL: only the argument */
    const char *name; /* of the file, for messages */
    unsigned long line;
    bool ended;
    char *text; /* the prompt, `bytes` long, followed by a NUL */
    size_t bytes, capacity;
};

/* Opens what the options name; returns an exit code, after a message if it is not 0. */
int prompts_open(struct prompts *p);

enum prompt_found { PROMPT_NONE, PROMPT_FOUND, PROMPT_REFUSED /* after a message */ };
/* Reads the next prompt into p->text. A refused line (--lines) does not end the input. */
enum prompt_found prompts_next(struct prompts *p);

void prompts_close(struct prompts *p);

#endif
