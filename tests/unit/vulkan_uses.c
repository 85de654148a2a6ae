/* What the Vulkan device asks of Vulkan: memory in place, slices of prompts, calls for a token, copies, and
 * pipelines of earlier processes. A part of test_vulkan_faults. */
#include "tests/unit/vulkan_faked.h"

#include "tests/support/count_allocations.h"

#include "runtime/vulkan/vulkan_api.h"

#include <xxhash.h>

/* Weights in the memory of the host are used where they are, if the device can. */
void test_in_place(void **state)
{
    rlx_error error = {0};
    rlx_session *session;
    (void)state;
    fake_vulkan_set("integrated memory=4 free=3");
    session = must_open("vulkan");
    must(rlx_session_prefill(session, ids, TOKENS, &error), &error);
    close_last(session);
    is_refused("integrated memory=4 free=3 no-import", "vulkan", RLX_ERROR_NO_MEMORY,
               "has 3.1 MB free");
    is_refused("integrated memory=4 free=3 vkGetMemoryHostPointerPropertiesEXT@1=failed", "vulkan",
               RLX_ERROR_NO_MEMORY, "has 3.1 MB free");
    fake_vulkan_set("integrated vkGetMemoryHostPointerPropertiesEXT@1=failed"); /* copied */
    session = must_open("vulkan");
    must(rlx_session_prefill(session, ids, TOKENS, &error), &error);
    close_last(session);
    fake_vulkan_set("software memory=4 free=1"); /* states, too */
    session = must_open("vulkan");
    must(rlx_session_prefill(session, ids, TOKENS, &error), &error);
    close_last(session);
}

/* Each further sequence is compared with what is left. */
void test_more_sequences(void **state)
{
    enum { MOST = 64 };
    static const char *const words[] = {"free=10", "no-budget memory=10"};
    rlx_session *forks[MOST];
    rlx_error error = {0};
    (void)state;
    for (int i = 0; i < 2; i++) {
        int count = 0;
        rlx_status status = RLX_OK;
        fake_vulkan_set(words[i]);
        rlx_session *session = must_open("vulkan");
        must(rlx_session_prefill(session, ids, TOKENS, &error), &error);
        while (count < MOST && status == RLX_OK) {
            status = rlx_session_fork(session, &forks[count], &error);
            count += status == RLX_OK;
        }
        assert_int_equal(status, RLX_ERROR_NO_MEMORY);
        contains(words[i], error.text, "vulkan: a sequence needs ");
        assert_true(count > 0);
        must(rlx_session_prefill(session, ids, 3, &error), &error); /* no harm done */
        while (count > 0)
            rlx_session_close(forks[--count]);
        must(rlx_session_fork(session, &forks[0], &error), &error);
        rlx_session_close(forks[0]);
        close_last(session);
    }
}

/* ---- stops ---- */

static rlx_go stop_third(void *context)
{
    return ++*(int *)context == 3 ? RLX_GO_STOP : RLX_GO_ON;
}

void test_slices(void **state)
{
    rlx_error error = {0};
    int asked = 0;
    (void)state;
    fake_vulkan_set("");
    rlx_session *session = must_open("vulkan");
    fake_vulkan_set("");
    rlx_session_set_stop(session, stop_third, &asked);
    assert_int_equal(rlx_session_prefill(session, ids, TOKENS, &error), RLX_ERROR_STOPPED);
    assert_int_equal(fake_vulkan_calls("vkQueueSubmit"), 2);
    assert_int_equal(fake_vulkan_calls("vkWaitForFences"), 2); /* for both slices */
    assert_int_equal(rlx_session_past(session), 0);
    must(rlx_session_prefill(session, ids, TOKENS, &error), &error);
    assert_true(asked > 6);
    fake_vulkan_set("vkQueueSubmit@3=lost"); /* while others run */
    assert_int_equal(rlx_session_prefill(session, ids, TOKENS / 2, &error), RLX_ERROR_NO_DEVICE);
    close_last(session);
}

/* ---- what a token costs ---- */

static uint32_t calls_that_make(void)
{
    static const char *const names[] = {"vkAllocateMemory",
                                        "vkCreateBuffer",
                                        "vkCreateFence",
                                        "vkCreateShaderModule",
                                        "vkCreateComputePipelines",
                                        "vkAllocateCommandBuffers",
                                        "vkBeginCommandBuffer",
                                        "vkMapMemory",
                                        "vkDeviceWaitIdle"};
    uint32_t calls = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        calls += fake_vulkan_calls(names[i]);
    return calls;
}

void test_token(void **state)
{
    enum { WARM = 2, STEPS = 10 };
    rlx_error error = {0};
    int32_t token;
    (void)state;
    fake_vulkan_set("");
    rlx_session *session = must_open("vulkan");
    rlx_session_set_stop(session, go_on, NULL);
    must(rlx_session_prefill(session, ids, TOKENS, &error), &error);
    for (int i = 0; i < WARM; i++)
        must(rlx_session_step(session, &token, &error), &error);
    fake_vulkan_set("");
    const size_t before = atomic_load(&allocation_count);
    for (int i = 0; i < STEPS; i++)
        must(rlx_session_step(session, &token, &error), &error);
    if (allocations_are_counted)
        assert_int_equal(atomic_load(&allocation_count) - before, 0);
    assert_int_equal(fake_vulkan_calls("vkQueueSubmit"), STEPS);
    assert_int_equal(fake_vulkan_calls("vkWaitForFences"), STEPS);
    assert_int_equal(calls_that_make(), 0);
    close_last(session);
}

/* ---- copies ---- */

/* More than the slots hold, in copies that begin and end anywhere. */
void test_upload(void **state)
{
    enum { BYTES = 40 * MIB, COPIES = 5 };
    static const uint64_t ends[COPIES + 1] = {0, 5, 9 * MIB + 3, 9 * MIB + 3, 31 * MIB, BYTES};
    struct vulkan v;
    struct vulkan_memory memory;
    struct vulkan_copy up[COPIES], down;
    rlx_error error = {0};
    uint8_t *from = malloc(BYTES), *to = calloc(1, BYTES);
    (void)state;
    assert_true(from != NULL && to != NULL);
    fake_vulkan_set("");
    must(vulkan_open(&v, 0, 0, &error), &error);
    must(vulkan_memory_new(&v, VULKAN_ON_DEVICE, BYTES, &memory, &error), &error);
    assert_null(memory.mapped);
    for (uint32_t i = 0; i < BYTES; i++)
        from[i] = (uint8_t)(i * 2654435761U >> 24);
    for (int i = 0; i < COPIES; i++)
        up[i] = (struct vulkan_copy){ends[i], ends[i + 1] - ends[i], from + ends[i]};
    must(vulkan_upload(&v, &memory, up, COPIES, &error), &error);
    assert_int_equal(fake_vulkan_calls("vkQueueSubmit"), 5);
    assert_int_equal(fake_vulkan_calls("vkWaitForFences"), 3); /* two are still with the device */
    down = (struct vulkan_copy){0, BYTES, to};
    must(vulkan_download(&v, &memory, &down, 1, &error), &error);
    assert_memory_equal(from, to, BYTES);
    vulkan_memory_free(&v, &memory);
    vulkan_close(&v);
    assert_int_equal(fake_vulkan_objects(), 0);
    free(from);
    free(to);
}

/* ---- pipelines of earlier processes ---- */

/* The one file in it. */
static const char *cache_file(void)
{
    static char path[900];
    struct dirent *entry;
    char folder[640];
    snprintf(folder, sizeof folder, "%s/rlx", caches);
    DIR *all = opendir(folder);
    path[0] = 0;
    while (all != NULL && (entry = readdir(all)) != NULL)
        if (strncmp(entry->d_name, "vulkan-", 7) == 0)
            snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    if (all != NULL)
        closedir(all);
    return path;
}

/* Bytes that the driver is given back. */
static size_t run_once(void)
{
    rlx_error error = {0};
    fake_vulkan_set("");
    rlx_session *session = must_open("vulkan");
    const size_t bytes = fake_vulkan_cache_bytes();
    must(rlx_session_prefill(session, ids, TOKENS, &error), &error);
    close_last(session);
    return bytes;
}

static uint8_t stored[1 << 16];

static size_t read_cache(void)
{
    FILE *file = fopen(cache_file(), "rb");
    assert_non_null(file);
    const size_t bytes = fread(stored, 1, sizeof stored, file);
    fclose(file);
    return bytes;
}

/* The file is the driver's data after a digest, and comes back as it was. */
static void is_used(void)
{
    const size_t bytes = read_cache();
    assert_true(bytes > 8 + 32);
    assert_int_equal(run_once(), bytes - 8);
    assert_int_equal(read_cache(), bytes);
}

/* What is in `stored`, as the file. */
static void is_replaced(size_t bytes)
{
    FILE *file = fopen(cache_file(), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(stored, 1, bytes, file), bytes);
    fclose(file);
    assert_int_equal(run_once(), 0);
    is_used();
}

void test_cache(void **state)
{
    (void)state;
    setenv("XDG_CACHE_HOME", caches, 1);
    assert_int_equal(run_once(), 0);
    is_used();
    size_t bytes = read_cache();
    stored[bytes / 2] ^= 1; /* damaged */
    is_replaced(bytes);
    bytes = read_cache();
    is_replaced(bytes - 1);           /* cut */
    memset(stored, 1, sizeof stored); /* something else, and more of it */
    is_replaced(sizeof stored);
    bytes = read_cache();
    stored[8 + 16] ^= 1; /* another driver's: the UUID */
    const uint64_t digest = XXH3_64bits(stored + 8, bytes - 8);
    memcpy(stored, &digest, sizeof digest);
    is_replaced(bytes);
    unlink(cache_file());
    setenv("XDG_CACHE_HOME", "/dev/null", 1);
    assert_int_equal(run_once(), 0);
    setenv("XDG_CACHE_HOME", "/nowhere/caches", 1);
    assert_int_equal(run_once(), 0);
}
