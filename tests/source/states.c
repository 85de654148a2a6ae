/* Prints the numbers of tests/support/states_walk.h, one for each line. In: a model; out: the lines.
 * tests/source/states.sh links it to the library, and to a model that rlxc wrote as C source. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/states_walk.h"

static void states_fail(const char *why)
{
    fprintf(stderr, "states: %s\n", why);
    exit(1);
}

int main(int argc, char **argv)
{
    static struct numbers n;

    if (argc != 2)
        states_fail("expected a model");
    states_walk(argv[1], 1, &n);
    for (size_t i = 0; i < n.count; i++)
        printf("%.9g\n", (double)n.all[i]);
    return 0;
}
