/* An entry of the table of options (command_options.c), for the readers of values. */
#ifndef RLX_COMMAND_OPTION_H
#define RLX_COMMAND_OPTION_H

#include "runtime/tool/command.h"

/* A negative COUNT stands for 0 (no limit), a negative WINDOW for all tokens. A LIST is numbers
 * separated by commas; commands name it with a comma after its word. */
enum option_kind {
    FLAG,
    TEXT,
    PATH,
    OBJECT,
    DEVICE, /* the syntax of a device's name */
    COUNT,
    WINDOW,
    NEW_TOKENS,
    SEED,
    REAL,
    LIST,
    CHOICE,
    STOP,
    MEMORY /* a size in MB or with a unit, or "auto"; stored in bytes */
};

struct option_entry {
    const char *word;
    char letter;
    enum option_kind kind;
    size_t offset;
    double min, max;            /* of numbers, also in lists */
    const char *const *choices; /* words of a CHOICE, ended by NULL; stored as an index */
};

/* Stores a value where the entry says; false after a message. Clears `given` if the value means
 * "not given". */
bool option_store(struct command_options *o, const struct option_entry *e, const char *text,
                  bool *given);

#endif
