/* What the Vulkan device does when Vulkan fails: on a GPU that is not there (vulkan_faked.h). */
#include "tests/support/few_cases.h"
#include "tests/unit/vulkan_faked.h"

#include "runtime/vulkan/vulkan_api.h"

static const char small[] = "examples/stories-3m.Q8_0.gguf";

int32_t ids[TOKENS];
rlx_model *model, *only_vulkan;
char caches[600];

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
    const uint32_t each = cases_are_few() ? 6 : 24, then = cases_are_few() ? 23 : 7;
    struct said said[SAID];
    char words[80];
    fake_vulkan_set(device);
    walk(said);
    const uint32_t calls = fake_vulkan_calls(name);
    for (uint32_t i = 1; i <= calls; i += i < each ? 1 : then) {
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
