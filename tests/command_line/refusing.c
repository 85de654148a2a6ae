/* refusing CALLS COMMAND...: runs a command for which system calls fail that some systems do not
 * know: CALLS are names of tests/support/refuse_calls.h with commas between them. Status 125: the
 * kernel does not let us. */
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
