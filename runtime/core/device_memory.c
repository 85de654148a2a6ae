/* Homes, states and segments. Contract: device_memory.h. */
#include "runtime/core/device_memory.h"

#include "runtime/base/error.h"
#include "runtime/core/state.h"

#include <stdlib.h>
#include <string.h>

/* One mapping: the home STATE, then the slots of the carried states. Kernels may read a vector or
 * two after the last row. */
struct device_states {
    uint8_t *home, *carried;
    uint64_t stride, bytes; /* of one slot, of all */
};

/* ---- working memory ---- */

rlx_status device_memory_open(struct device_memory *memory, const struct device_options *options,
                              rlx_error *error)
{
    uint64_t sizes[RLX_HOME_COUNT] = {0};
    device_size_homes(options, sizes);
    memory->thread_stride = sizes[RLX_HOME_THREAD];
    memory->work_bytes = sizes[RLX_HOME_SCRATCH] + sizes[RLX_HOME_INPUT] + sizes[RLX_HOME_OUTPUT] +
                         options->threads * memory->thread_stride;
    memory->work = memory_reserve(memory->work_bytes);
    if (memory->work == NULL)
        return rlx_fail(
            error, RLX_ERROR_NO_MEMORY,
            "the system refuses %llu bytes of address space for working memory (ulimit -v?)",
            (unsigned long long)memory->work_bytes);
    /* Weights are mapped read-only; kernels only read them. */
    uint8_t **home = memory->home;
    home[RLX_HOME_WEIGHT] = (uint8_t *)(uintptr_t)options->model->artifact.weights.data;
    home[RLX_HOME_SCRATCH] = memory->work;
    home[RLX_HOME_INPUT] = memory->work + sizes[RLX_HOME_SCRATCH];
    home[RLX_HOME_OUTPUT] = home[RLX_HOME_INPUT] + sizes[RLX_HOME_INPUT];
    home[RLX_HOME_THREAD] = home[RLX_HOME_OUTPUT] + sizes[RLX_HOME_OUTPUT];
    return RLX_OK;
}

void device_memory_close(struct device_memory *memory)
{
    memory_release(memory->work, memory->work_bytes);
}

/* ---- segments ---- */

static uint8_t *slot_at(const struct device_states *states, uint32_t slot)
{
    return states->carried + slot * states->stride;
}

static int64_t distance(const uint8_t *from, const uint8_t *to)
{
    return (int64_t)((uintptr_t)to - (uintptr_t)from);
}

/* The homes of states are those of the first segment; the others are at a distance. */
static void place_states(const struct device_run *r, uint8_t *home[RLX_HOME_COUNT])
{
    const struct device_segment *s = r->segments;
    struct rlx_segment *table = device_place_segments(r, home[RLX_HOME_INPUT]);
    home[RLX_HOME_STATE] = s[0].states->home;
    home[RLX_HOME_CARRIED_IN] = slot_at(s[0].states, s[0].carried_in);
    home[RLX_HOME_CARRIED_OUT] = slot_at(s[0].states, s[0].carried_out);
    for (uint32_t i = 0; i < r->segment_count && table != NULL; i++) {
        const struct device_states *states = s[i].states;
        table[i].state = distance(home[RLX_HOME_STATE], states->home);
        table[i].carried_in = distance(home[RLX_HOME_CARRIED_IN], slot_at(states, s[i].carried_in));
        table[i].carried_out =
            distance(home[RLX_HOME_CARRIED_OUT], slot_at(states, s[i].carried_out));
    }
}

void device_memory_place(const struct device_memory *memory, const struct device_run *run,
                         uint8_t *home[RLX_HOME_COUNT])
{
    memcpy(home, memory->home, sizeof memory->home);
    place_states(run, home);
}

/* ---- states ---- */

rlx_status device_states_new(struct device *device, uint32_t slots, struct device_states **out,
                             rlx_error *error)
{
    const struct rlx_info *info = device->model->artifact.info;
    struct device_states *states = calloc(1, sizeof *states);
    *out = NULL;
    if (states == NULL)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for states");
    states->stride = slots == 0 ? 0 : device_home_bytes(info->carried_bytes);
    states->bytes = device_home_bytes(info->state_bytes) + slots * states->stride;
    states->home = memory_reserve(states->bytes);
    if (states->home == NULL) {
        rlx_fail(error, RLX_ERROR_NO_MEMORY,
                 "the system refuses %llu bytes of address space for the states of a sequence "
                 "(ulimit -v?)",
                 (unsigned long long)states->bytes);
        free(states);
        return RLX_ERROR_NO_MEMORY;
    }
    states->carried = states->home + device_home_bytes(info->state_bytes);
    *out = states;
    return RLX_OK;
}

void device_states_free(struct device_states *states)
{
    if (states != NULL)
        memory_release(states->home, states->bytes);
    free(states);
}

static uint8_t *home_of(const struct device_states *states, const struct rlx_state_entry *s,
                        uint32_t slot)
{
    return s->class_ == RLX_CLASS_CARRIED ? slot_at(states, slot) : states->home;
}

void device_states_read(const struct device_states *states, uint32_t slot,
                        const struct rlx_state_entry *state, uint32_t as, size_t first,
                        size_t count, void *rows)
{
    state_read(home_of(states, state, slot), state, as, first, count, rows);
}

void device_states_write(struct device_states *states, uint32_t slot,
                         const struct rlx_state_entry *state, uint32_t as, size_t first,
                         size_t count, const void *rows)
{
    state_write(home_of(states, state, slot), state, as, first, count, rows);
}

void device_states_copy(struct device_states *to, uint32_t to_slot,
                        const struct device_states *from, uint32_t from_slot,
                        const struct rlx_state_entry *state, size_t rows)
{
    state_copy(home_of(to, state, to_slot), home_of(from, state, from_slot), state, rows);
}
