/* What the files that show an artifact share. */
#ifndef RLXC_INSPECT_PARTS_H
#define RLXC_INSPECT_PARTS_H

#include "compiler/pack/inspect.h"

typedef unsigned long long number; /* the type that %llu prints */

/* Takes one of the lines that are left; after the last one, says that there is more. */
bool room_for_line(struct inspected *in);
const char *element_name(uint32_t element);                 /* of a state, an input, an output */
const char *slot_name(struct inspected *in, uint32_t slot); /* "ROWS" */

/* Each entry, with its inputs and outputs, and how many states it reads and writes. */
void show_entries(struct inspected *in);
/* With `verbose`, each step and its arguments too. */
void show_levels(struct inspected *in, bool verbose);

#endif
