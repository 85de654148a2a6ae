/* refusing CALLS COMMAND...: runs a command whose system calls fail, as on systems without them.
 * CALLS are names of tests/support/refuse_calls.h, separated by commas. Status 125: the kernel does
 * not allow this. */
#include "tests/support/refuse_calls.h"

#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc < 3)
        return 125;
    for (char *name = strtok(argv[1], ","); name != NULL; name = strtok(NULL, ","))
        if (!refuse_call(name))
            return 125;
    execvp(argv[2], argv + 2);
    perror(argv[2]);
    return 125;
}
