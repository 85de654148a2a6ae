/* An entry of the table of options (command_options.c), for those who read its values. */
#ifndef RLX_COMMAND_OPTION_H
#define RLX_COMMAND_OPTION_H

#include "runtime/tool/command.h"

/* A negative COUNT stands for 0 (no limit), a negative WINDOW for all tokens. A LIST is of numbers
 * with commas between them, and commands name it with a comma behind its word. */
enum option_kind { FLAG, TEXT, OBJECT, COUNT, WINDOW, NEW_TOKENS, SEED, REAL, LIST, CHOICE, STOP };

struct option_entry {
    const char *word;
    char letter;
    enum option_kind kind;
    size_t offset;
    double least, most;         /* numbers, and those of lists */
    const char *const *choices; /* words of a CHOICE, NULL behind them; it is stored as an index */
};

/* Stores a value where the entry says; false after a message. `given` becomes false where the value
 * means that none was given. */
bool option_store(struct command_options *o, const struct option_entry *e, const char *text,
                  bool *given);

#endif
