/* What the Vulkan device does when Vulkan fails, and what it asks of Vulkan: on a GPU that is not
 * there (support/fake_vulkan.h), which this program finds instead of the system's loader. Its
 * shaders do nothing, so that only texts, counts and bytes are looked at. */
#include "tests/support/compiled.h"
#include "tests/support/count_allocations.h"
#include "tests/support/fake_vulkan.h"

#include "runtime/vulkan/vulkan_api.h"

#include <xxhash.h>

static const char small[] = "examples/stories-3m.Q8_0.gguf";

enum { TOKENS = 40, MIB = 1 << 20 };
static int32_t ids[TOKENS];
static rlx_model *model, *only_vulkan; /* with code for the CPU too, and without */

static void must(rlx_status status, const rlx_error *error)
{
    if (status != RLX_OK)
        fail_msg("%s", error->text);
}

static void contains(const char *words, const char *text, const char *wanted)
{
    if (strstr(text, wanted) == NULL)
        fail_msg("%s: found '%s', expected '%s'", words, text, wanted);
}

static rlx_status try_open(const rlx_model *m, const char *device, rlx_session **session,
                           rlx_error *error)
{
    rlx_session_options options = rlx_session_options_default();
    options.threads = 2;
    options.device = device;
    return rlx_session_open((rlx_model *)(uintptr_t)m, &options, session, error);
}

static rlx_session *must_open(const char *device)
{
    rlx_session *session;
    rlx_error error = {0};
    must(try_open(model, device, &session, &error), &error);
    return session;
}

static void close_last(rlx_session *session)
{
    rlx_session_close(session);
    assert_int_equal(fake_vulkan_objects(), 0);
}

/* ---- opening ---- */

static const struct refusal {
    const char *words;
    rlx_status status;
    const char *text;
} refusals[] = {
    {"no-device", RLX_ERROR_NO_DEVICE, "vulkan: no driver shows a Vulkan device here (Debian:"},
    {"loader=1.1", RLX_ERROR_NO_DEVICE, "vulkan: the Vulkan loader has version 1.1: expected 1.2"},
    {"lacks=shaderInt64", RLX_ERROR_NO_DEVICE, "cannot run models: it lacks shaderInt64"},
    {"vkCreateInstance@1=failed", RLX_ERROR_NO_DEVICE,
     "vulkan: an instance: the driver does not work here; vulkaninfo may say why"},
    {"vkCreateInstance@1=no-driver", RLX_ERROR_NO_DEVICE, "vulkan: no driver shows"},
    {"vkEnumeratePhysicalDevices@2=failed", RLX_ERROR_NO_DEVICE, "vulkan: the list of devices: "},
    {"vkCreateDevice@1=failed", RLX_ERROR_NO_DEVICE, "vulkan: Fake GPU: the driver does not work"},
    {"vkCreateDevice@1=lost", RLX_ERROR_NO_DEVICE, "vulkan: Fake GPU: the device was lost: it "},
    {"vkCreateFence@2=host-memory", RLX_ERROR_NO_MEMORY,
     "vulkan: Fake GPU: there is no memory left on this machine"},
    {"vkMapMemory@1=map", RLX_ERROR_NO_DEVICE, "vulkan: memory: the memory cannot be mapped"},
    {"vkAllocateMemory@1+=device-memory", RLX_ERROR_NO_MEMORY,
     "vulkan: 'Fake GPU' has no room for"},
};

static void is_refused(const char *words, const char *device, rlx_status status, const char *text)
{
    rlx_session *session;
    rlx_error error = {0};
    fake_vulkan_set(words);
    if (try_open(model, device, &session, &error) != status)
        fail_msg("%s: status %d: %s", words, error.status, error.text);
    contains(words, error.text, text);
    assert_int_equal(fake_vulkan_objects(), 0);
}

static void test_refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
        is_refused(refusals[i].words, "vulkan", refusals[i].status, refusals[i].text);
}

/* A device that is named is refused with what it lacks. */
static void test_features(void **state)
{
    static const char *const lacks[][2] = {
        {"device=1.1", "it lacks Vulkan 1.2, which a newer driver may have"},
        {"no-queue", "it lacks a queue for compute"},
        {"lacks=shaderInt64", "it lacks shaderInt64"},
        {"lacks=bufferDeviceAddress lacks=scalarBlockLayout",
         "it lacks bufferDeviceAddress, scalarBlockLayout"},
        {"lacks=storageBuffer8BitAccess", "cannot run this code: it lacks storage-8bit"},
        {"lacks=shaderInt8", "it lacks storage-8bit"},
        {"lacks=storageBuffer16BitAccess", "it lacks storage-16bit"},
        {"lacks=shaderInt16", "it lacks storage-16bit"},
        {"lacks=quads", "it lacks subgroup-quads"}};
    (void)state;
    for (size_t i = 0; i < sizeof lacks / sizeof lacks[0]; i++)
        is_refused(lacks[i][0], "vulkan:0", RLX_ERROR_NO_DEVICE, lacks[i][1]);
    is_refused("", "vulkan:1", RLX_ERROR_NO_DEVICE, "there is no device 1: the last one is 0");
}

/* Each function of Vulkan may be missing. */
static void test_missing_functions(void **state)
{
#define NAME(function) "vk" #function,
    static const char *const names[] = {VULKAN_LOADER_FUNCTIONS(NAME) VULKAN_INSTANCE_FUNCTIONS(
        NAME) VULKAN_DEVICE_FUNCTIONS(NAME)};
    char words[80], text[80];
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        /* Without these two, what is open cannot be closed. */
        if (strcmp(names[i], "vkDestroyInstance") == 0 || strcmp(names[i], "vkDestroyDevice") == 0)
            continue;
        snprintf(words, sizeof words, "missing=%s", names[i]);
        snprintf(text, sizeof text, "has no function %s: a newer one is needed", names[i]);
        is_refused(words, "vulkan", RLX_ERROR_NO_DEVICE, text);
    }
}

/* ---- auto ---- */

static void goes_on_without(const char *words, const char *text)
{
    rlx_session *session;
    rlx_error error = {0};
    fake_vulkan_set(words);
    must(try_open(model, "auto", &session, &error), &error);
    assert_string_equal(rlx_session_device(session), "cpu");
    contains(words, rlx_session_passed_over(session), text);
    must(rlx_session_prefill(session, ids, TOKENS, &error), &error);
    close_last(session);
}

static void test_auto(void **state)
{
    rlx_session *session;
    rlx_error error = {0};
    (void)state;
    goes_on_without("no-device", "no driver shows a Vulkan device");
    goes_on_without("software", "vulkan: this machine has no GPU");
    goes_on_without("lacks=shaderInt64", "it lacks shaderInt64");
    goes_on_without("lacks=shaderInt8", "it lacks storage-8bit");
    goes_on_without("memory=2", "'Fake GPU' has 2.1 MB free");
    goes_on_without("vkCreateDevice@1=failed", "the driver does not work here");
    fake_vulkan_set("");
    session = must_open("auto");
    assert_string_equal(rlx_session_device(session), "vulkan:0");
    assert_null(rlx_session_passed_over(session));
    close_last(session);
    /* There is nothing to go on with. */
    fake_vulkan_set("memory=2");
    assert_int_equal(try_open(only_vulkan, "auto", &session, &error), RLX_ERROR_NO_MEMORY);
    contains("memory=2", error.text, "'Fake GPU' has 2.1 MB free");
    fake_vulkan_set("no-device");
    assert_int_equal(try_open(only_vulkan, "auto", &session, &error), RLX_ERROR_NO_DEVICE);
    contains("no-device", error.text, "no driver shows a Vulkan device");
}

/* ---- memory ---- */

/* What does not fit is refused before anything is allocated; what fits runs. */
static void fits_or_is_refused(const char *words_format)
{
    char words[80];
    rlx_session *session;
    rlx_error error = {0};
    rlx_status status = RLX_ERROR_NO_MEMORY;
    int32_t token;
    for (int mib = 1; mib < 64 && status != RLX_OK; mib++) {
        snprintf(words, sizeof words, words_format, mib);
        fake_vulkan_set(words);
        status = try_open(model, "vulkan", &session, &error);
        if (status == RLX_OK)
            break;
        assert_int_equal(status, RLX_ERROR_NO_MEMORY);
        contains(words, error.text, "and 'Fake GPU' has ");
        assert_int_equal(fake_vulkan_calls("vkAllocateMemory"), 0);
        assert_int_equal(fake_vulkan_objects(), 0);
    }
    must(status, &error);
    must(rlx_session_prefill(session, ids, TOKENS, &error), &error);
    must(rlx_session_step(session, &token, &error), &error);
    close_last(session);
}

static void test_memory(void **state)
{
    (void)state;
    fits_or_is_refused("free=%d");
    fits_or_is_refused("no-budget memory=%d");
    fits_or_is_refused("integrated memory=%d free=60");
}

/* Weights in the memory of the host are used where they are, if the device can. */
static void test_in_place(void **state)
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
static void test_more_sequences(void **state)
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

/* ---- every call that can fail ---- */

/* What one call said. */
struct said {
    rlx_status status;
    char text[256];
};

enum { OPENED, SAID = 8 };

static void keep(struct said *said, rlx_status status, const rlx_error *error)
{
    said->status = status;
    snprintf(said->text, sizeof said->text, "%s", status == RLX_OK ? "" : error->text);
}

static rlx_go go_on(void *context)
{
    (void)context;
    return RLX_GO_ON;
}

/* All kinds of work, each whether or not the one before it failed; a prompt in slices. */
static void walk(struct said said[SAID])
{
    static float rows[TOKENS * 256];
    int32_t token;
    size_t bytes;
    void *saved = NULL;
    rlx_session *s, *fork = NULL;
    rlx_state_info state = rlx_state_info_default();
    rlx_error error = {0};
    memset(said, 0, SAID * sizeof *said);
    keep(&said[OPENED], try_open(model, "vulkan", &s, &error), &error);
    if (said[OPENED].status != RLX_OK)
        return;
    must(rlx_model_get_state(model, 0, &state, &error), &error);
    rlx_session_set_stop(s, go_on, NULL);
    keep(&said[1], rlx_session_prefill(s, ids, TOKENS, &error), &error);
    keep(&said[2], rlx_session_step(s, &token, &error), &error);
    keep(&said[3], rlx_session_fork(s, &fork, &error), &error);
    keep(&said[4], rlx_session_export_state(s, state.name, rows, rlx_session_past(s), &error),
         &error);
    keep(&said[5], rlx_session_save_memory(s, &saved, &bytes, &error), &error);
    said[6] = said[5];
    if (rlx_session_past(s) >= 3) /* as many rows as it holds, at most */
        keep(&said[6], rlx_session_bind_state(s, state.name, rows, 3, &error), &error);
    keep(&said[7], rlx_session_prefill(s, ids, 2, &error), &error);
    free(saved);
    rlx_session_close(fork);
    rlx_session_close(s);
}

/* A failure is said at once or later, unless there is another way. Once a device has failed, nothing else is said of it. */
static void check_walk(const char *words, const struct said said[SAID], bool may_succeed)
{
    const struct said *first = NULL;
    for (int i = 0; i < SAID && first == NULL; i++)
        first = said[i].status != RLX_OK ? &said[i] : NULL;
    assert_int_equal(fake_vulkan_objects(), 0);
    if (first == NULL) {
        if (!may_succeed)
            fail_msg("%s: nobody says it", words);
        return;
    }
    contains(words, first->text, "vulkan: ");
    for (const struct said *s = first; s < said + SAID; s++)
        if (first->status == RLX_ERROR_NO_DEVICE && first != &said[OPENED] &&
            strcmp(s->text, first->text) != 0)
            fail_msg("%s: '%s' was lost, then '%s'", words, first->text, s->text);
}

/* Those whose failure costs at most time. */
static bool is_harmless(const char *name)
{
    static const char *const names[] = {"vkCreatePipelineCache", "vkGetPipelineCacheData",
                                        "vkEnumerateDeviceExtensionProperties", "vkDeviceWaitIdle"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static void sweep(const char *device, const char *name, const char *failure)
{
    enum { EACH = 24 }; /* then every seventh */
    struct said said[SAID];
    char words[80];
    fake_vulkan_set(device);
    walk(said);
    const uint32_t calls = fake_vulkan_calls(name);
    for (uint32_t i = 1; i <= calls; i += i < EACH ? 1 : 7) {
        snprintf(words, sizeof words, "%s %s@%u%s", device, name, i, failure);
        fake_vulkan_set(words);
        walk(said);
        check_walk(words, said, device[0] != 0 || is_harmless(name));
        for (int j = 0; j < SAID && is_harmless(name); j++)
            if (said[j].status != RLX_OK)
                fail_msg("%s: %s", words, said[j].text);
    }
}

static void test_every_call(void **state)
{
    static const char *const names[] = {VULKAN_LOADER_FUNCTIONS(NAME) VULKAN_INSTANCE_FUNCTIONS(
        NAME) VULKAN_DEVICE_FUNCTIONS(NAME)};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        sweep("", names[i], "+=host-memory");
    sweep("", "vkAllocateMemory", "+=device-memory");
    sweep("", "vkQueueSubmit", "=host-memory");
    sweep("", "vkQueueSubmit", "=lost");
    sweep("", "vkWaitForFences", "=lost");
    sweep("", "vkCreateComputePipelines", "+=shader");
}

/* The ways of a device that shares its memory with the host: what it cannot import, it copies. */
static void test_every_call_in_place(void **state)
{
    static const char *const devices[] = {"integrated", "software"};
    static const char *const names[] = {"vkGetMemoryHostPointerPropertiesEXT",
                                        "vkCreateBuffer",
                                        "vkAllocateMemory",
                                        "vkBindBufferMemory",
                                        "vkMapMemory",
                                        "vkQueueSubmit"};
    (void)state;
    for (size_t d = 0; d < 2; d++)
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            sweep(devices[d], names[i], "=host-memory");
            sweep(devices[d], names[i], "+=host-memory");
        }
}

/* ---- a device that is lost ---- */

static void test_lost(void **state)
{
    rlx_error error = {0};
    int32_t token;
    (void)state;
    fake_vulkan_set("");
    rlx_session *lost = must_open("vulkan"), *other = must_open("vulkan"), *next;
    must(rlx_session_prefill(lost, ids, TOKENS, &error), &error);
    must(rlx_session_step(lost, &token, &error), &error); /* that of the prompt */
    fake_vulkan_set("vkWaitForFences@1=lost");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(rlx_session_step(lost, &token, &error), RLX_ERROR_NO_DEVICE);
        assert_string_equal(error.text,
                            "vulkan: Fake GPU: the device was lost: it failed, was reset or took "
                            "too long; a new session may work");
    }
    assert_int_equal(rlx_session_fork(lost, &next, &error), RLX_ERROR_NO_DEVICE);
    must(rlx_session_prefill(other, ids, TOKENS, &error), &error);
    next = must_open("vulkan");
    must(rlx_session_prefill(next, ids, TOKENS, &error), &error);
    rlx_session_close(lost);
    rlx_session_close(next);
    next = must_open("cpu");
    must(rlx_session_prefill(next, ids, TOKENS, &error), &error);
    rlx_session_close(next);
    close_last(other);
}

/* Also where the host could still read what is there. */
static void test_lost_in_place(void **state)
{
    static float rows[TOKENS * 256];
    rlx_state_info info = rlx_state_info_default();
    rlx_error error = {0};
    rlx_session *session, *fork;
    (void)state;
    fake_vulkan_set("integrated");
    session = must_open("vulkan");
    must(rlx_model_get_state(model, 0, &info, &error), &error);
    must(rlx_session_prefill(session, ids, TOKENS, &error), &error);
    must(rlx_session_export_state(session, info.name, rows, TOKENS, &error), &error);
    fake_vulkan_set("integrated vkWaitForFences@1=lost");
    assert_int_equal(rlx_session_fork(session, &fork, &error), RLX_ERROR_NO_DEVICE);
    assert_int_equal(rlx_session_export_state(session, info.name, rows, TOKENS, &error),
                     RLX_ERROR_NO_DEVICE);
    contains("fork", error.text, "the device was lost");
    close_last(session);
}

static void test_first_failure(void **state)
{
    static const char *const words[] = {"vkWaitForFences@1=failed", "vkWaitForFences@1=lost"};
    static float rows[TOKENS * 256];
    rlx_state_info info = rlx_state_info_default();
    rlx_error error = {0};
    (void)state;
    fake_vulkan_set("");
    rlx_session *session = must_open("vulkan");
    must(rlx_model_get_state(model, 0, &info, &error), &error);
    must(rlx_session_prefill(session, ids, TOKENS, &error), &error);
    for (int i = 0; i < 2; i++) {
        fake_vulkan_set(words[i]);
        assert_int_equal(rlx_session_export_state(session, info.name, rows, TOKENS, &error),
                         RLX_ERROR_NO_DEVICE);
        contains(words[i], error.text, "the driver does not work here");
    }
    close_last(session);
}

/* ---- stops ---- */

static rlx_go stop_third(void *context)
{
    return ++*(int *)context == 3 ? RLX_GO_STOP : RLX_GO_ON;
}

static void test_slices(void **state)
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

static void test_token(void **state)
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
static void test_upload(void **state)
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

static char caches[600];

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

static void test_cache(void **state)
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

/* ---- all ---- */

static int open_all(void **state)
{
    bool lacking;
    if (temporary_set_up(state) != 0)
        return -1;
    snprintf(caches, sizeof caches, "%s/caches", test_folder.path);
    setenv("XDG_CACHE_HOME", "/nowhere/caches", 1);
    fake_vulkan_set("");
    const char *options = "--target=cpu,vulkan --variants=decode=1,prefill=64";
    model = compiled_open(small, options, &lacking);
    only_vulkan = compiled_open(small, "--target=vulkan --variants=decode=1", &lacking);
    for (int i = 0; i < TOKENS; i++)
        ids[i] = (i * 37 + 11) % 2000;
    return model == NULL || only_vulkan == NULL ? -1 : 0;
}

static int close_all(void **state)
{
    char folder[640];
    rlx_model_close(model);
    rlx_model_close(only_vulkan);
    snprintf(folder, sizeof folder, "%s/rlx", caches);
    rmdir(folder);
    rmdir(caches);
    return temporary_tear_down(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_features),
        cmocka_unit_test(test_missing_functions),
        cmocka_unit_test(test_auto),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_more_sequences),
        cmocka_unit_test(test_in_place),
        cmocka_unit_test(test_every_call_in_place),
        cmocka_unit_test(test_every_call),
        cmocka_unit_test(test_lost),
        cmocka_unit_test(test_lost_in_place),
        cmocka_unit_test(test_first_failure),
        cmocka_unit_test(test_slices),
        cmocka_unit_test(test_token),
        cmocka_unit_test(test_upload),
        cmocka_unit_test(test_cache),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
