/* Taking turns; see turn.h. */
#include "tests/perf/turn.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

bool turn_parse(struct turn *turn, char *text)
{
    char *comma = strchr(text, ',');

    if (comma == NULL)
        return false;
    *comma = '\0';
    *turn = (struct turn){.turnstile = text, .machine = comma + 1};
    return true;
}

static int take(const struct turn *turn, int how)
{
    if (turn->turnstile == NULL)
        return -1;
    int turnstile = open(turn->turnstile, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    int machine = open(turn->machine, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (turnstile < 0 || machine < 0 || flock(turnstile, LOCK_EX) != 0 || flock(machine, how) != 0)
        abort();
    close(turnstile);
    return machine;
}

int turn_take(const struct turn *turn)
{
    return take(turn, LOCK_EX);
}

int turn_share(const struct turn *turn)
{
    return take(turn, LOCK_SH);
}

void turn_leave(int held)
{
    if (held >= 0)
        close(held);
}
