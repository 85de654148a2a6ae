/* The policy: threads that are late in two consecutive stretches are taken out. All threads are
 * tried again after a pause, which doubles every time that fails. One stretch proves little,
 * because the disturbance may be over, and the pause is several times as long. */
#include "runtime/core/oversubscription.h"

static const double shortest_pause = 0.1, longest_pause = 3.2, /* seconds */
    quiet_time = 5;                                            /* after this the pause starts
                                                                  over */

void oversubscription_open(struct oversubscription *c, uint32_t threads)
{
    *c = (struct oversubscription){.threads = threads, .active = threads, .pause = shortest_pause};
}

void oversubscription_stretch(struct oversubscription *c, double now, uint32_t late)
{
    if (c->active < c->threads) {
        if (now >= c->changed_at + c->pause) {
            c->active = c->threads;
            c->pause = c->pause * 2 < longest_pause ? c->pause * 2 : longest_pause;
        }
        return;
    }
    bool again = c->is_doubted;
    c->is_doubted = late != 0 && !again;
    if (c->is_doubted)
        return;
    if (late != 0 && c->active > 1) {
        c->active = late < c->active ? c->active - late : 1;
        c->changed_at = now;
    } else if (now >= c->changed_at + quiet_time) {
        c->pause = shortest_pause;
    }
}
