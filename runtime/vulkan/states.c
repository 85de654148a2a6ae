/* States of sequences on a Vulkan device. In and out: rows, as runtime/core/state.h says. Where the
 * host reaches the memory, it reads and writes there. Where it does not, the bytes of these rows go
 * through a shadow: reserved memory of the process, laid out as the home is, of which only the
 * pages that are used cost anything. Contract: device_parts.h. */
#include "runtime/vulkan/device_parts.h"

#include "runtime/core/state.h"

#include <stdlib.h>

static uint64_t slot_bytes(const rlx_model *m)
{
    return device_home_bytes(m->artifact.info->carried_bytes);
}

uint64_t vulkan_states_bytes(const rlx_model *m, uint32_t slots)
{
    return device_home_bytes(m->artifact.info->state_bytes) + slots * slot_bytes(m);
}

static rlx_status open_memory(struct device_states *s, uint32_t slots, rlx_error *error)
{
    struct vulkan *v = &s->device->v;
    const uint64_t bytes = vulkan_states_bytes(s->device->base.model, slots);
    const uint64_t needs[VULKAN_MEMORY_KINDS] = {[VULKAN_ON_DEVICE] = bytes};
    rlx_status status = RLX_OK;
    if (!vulkan_zeros_are_free(v))
        status = vulkan_memory_expect(v, needs, "a sequence", error);
    return status == RLX_OK ? vulkan_memory_zeros(v, bytes, &s->memory, error) : status;
}

rlx_status vulkan_states_new(struct device *device, uint32_t slots, struct device_states **out,
                             rlx_error *error)
{
    rlx_error why = {0};
    struct device_states *s = calloc(1, sizeof *s);
    *out = NULL;
    if (s == NULL)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for states");
    s->device = (struct device_vulkan *)device;
    s->carried = device_home_bytes(device->model->artifact.info->state_bytes);
    s->stride = slots == 0 ? 0 : slot_bytes(device->model);
    if (open_memory(s, slots, &why) == RLX_OK) {
        *out = s;
        return RLX_OK;
    }
    free(s);
    if (why.status != RLX_ERROR_NO_MEMORY) /* the device itself failed */
        device->failure = why;
    return rlx_fail(error, why.status, "%s", why.text);
}

void vulkan_states_free(struct device_states *states)
{
    if (states != NULL)
        vulkan_memory_free(&states->device->v, &states->memory);
    free(states);
}

/* Where the home of a state begins in the memory. */
static uint64_t home_offset(const struct device_states *s, const struct rlx_state_entry *state,
                            uint32_t slot)
{
    return state->class_ == RLX_CLASS_CARRIED ? s->carried + slot * s->stride : 0;
}

/* ---- the bytes of rows ---- */

/* A run of bytes for each head: `count` of them, `stride` apart. */
struct region {
    uint64_t first, bytes, stride;
    uint32_t count;
};

static struct region data_region(const struct rlx_state_entry *s, uint64_t first, uint64_t count)
{
    const uint64_t row = state_width(s) * state_element_bytes(s->element);
    struct region r = {.count = s->layout == RLX_LAYOUT_PLAIN ? 1 : s->heads,
                       .stride = s->capacity * row};
    uint64_t end = first + count;
    if (s->layout == RLX_LAYOUT_KEYS) { /* groups of 16 rows */
        first = first / 16 * 16;
        end = (end + 15) / 16 * 16;
    }
    r.first = s->offset + first * row;
    r.bytes = (end - first) * row;
    return r;
}

static struct region scale_region(const struct rlx_state_entry *s, uint64_t first, uint64_t count)
{
    const uint64_t data = (uint64_t)s->heads * s->capacity * state_width(s);
    return (struct region){.first = s->offset + data + 2 * first,
                           .bytes = 2 * count,
                           .stride = 2 * (uint64_t)s->capacity,
                           .count = s->heads};
}

enum way { TO_SHADOW, FROM_SHADOW };

/* Moves the rows between the memory and the shadow of their home. */
static void move(const struct device_states *s, const struct rlx_state_entry *state, uint64_t home,
                 uint64_t first, uint64_t count, enum way way)
{
    struct device_vulkan *d = s->device;
    struct region regions[2] = {data_region(state, first, count)};
    const uint32_t kinds = state->element == RLX_Q8 ? 2 : 1;
    struct vulkan_copy *copies = calloc(kinds * (size_t)state->heads, sizeof *copies);
    uint32_t used = 0;
    if (kinds == 2)
        regions[1] = scale_region(state, first, count);
    for (uint32_t k = 0; k < kinds && copies != NULL; k++)
        for (uint32_t i = 0; i < regions[k].count; i++) {
            const uint64_t at = regions[k].first + i * regions[k].stride;
            copies[used++] = (struct vulkan_copy){home + at, regions[k].bytes, d->shadow + at};
        }
    rlx_error *error = &d->base.failure;
    if (error->status != RLX_OK)
        ; /* the first failure stays */
    else if (copies == NULL)
        rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for copies of states");
    else if (way == TO_SHADOW)
        vulkan_download(&d->v, &s->memory, copies, used, error);
    else
        vulkan_upload(&d->v, &s->memory, copies, used, error);
    free(copies);
}

/* ---- reading and writing ---- */

void vulkan_states_read(const struct device_states *s, uint32_t slot,
                        const struct rlx_state_entry *state, uint32_t as, size_t first,
                        size_t count, void *rows)
{
    const uint64_t home = home_offset(s, state, slot);
    if (s->memory.mapped == NULL && count != 0)
        move(s, state, home, first, count, TO_SHADOW);
    const uint8_t *at = s->memory.mapped == NULL ? s->device->shadow : s->memory.mapped + home;
    state_read(at, state, as, first, count, rows);
}

void vulkan_states_write(struct device_states *s, uint32_t slot,
                         const struct rlx_state_entry *state, uint32_t as, size_t first,
                         size_t count, const void *rows)
{
    const uint64_t home = home_offset(s, state, slot);
    const bool is_mapped = s->memory.mapped != NULL;
    if (!is_mapped && count != 0) /* keys share their groups with other rows */
        move(s, state, home, first, count, TO_SHADOW);
    state_write(is_mapped ? s->memory.mapped + home : s->device->shadow, state, as, first, count,
                rows);
    if (!is_mapped && count != 0)
        move(s, state, home, first, count, FROM_SHADOW);
}

/* ---- from one sequence to another ---- */

static void copy_region(struct vulkan *v, const struct device_states *to, uint64_t to_home,
                        const struct device_states *from, uint64_t from_home,
                        const struct region *r)
{
    for (uint32_t i = 0; i < r->count; i++) {
        const uint64_t at = r->first + i * r->stride;
        const VkBufferCopy copy = {from_home + at, to_home + at, r->bytes};
        v->CmdCopyBuffer(v->command, from->memory.buffer, to->memory.buffer, 1, &copy);
    }
}

void vulkan_states_copy(struct device_states *to, uint32_t to_slot,
                        const struct device_states *from, uint32_t from_slot,
                        const struct rlx_state_entry *state, size_t rows)
{
    struct vulkan *v = &to->device->v;
    const uint64_t to_home = home_offset(to, state, to_slot);
    const uint64_t from_home = home_offset(from, state, from_slot);
    rlx_error *error = &to->device->base.failure;
    if (rows == 0 || error->status != RLX_OK)
        return;
    if (to->memory.mapped != NULL && from->memory.mapped != NULL) {
        state_copy(to->memory.mapped + to_home, from->memory.mapped + from_home, state, rows);
        return;
    }
    const struct region data = data_region(state, 0, rows);
    const struct region scales = scale_region(state, 0, rows);
    if (vulkan_begin(v, error) != RLX_OK)
        return;
    vulkan_barrier(v, v->command);
    copy_region(v, to, to_home, from, from_home, &data);
    if (state->element == RLX_Q8)
        copy_region(v, to, to_home, from, from_home, &scales);
    vulkan_end(v, error);
}
