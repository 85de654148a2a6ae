/* The Vulkan device on lavapipe: names, sessions on it beside the CPU's, states through memory that
 * the host does not reach, stops, and faults. The validation layers, where they are installed, make
 * a run fail that they complain about. Without a Vulkan device, all of it is skipped. */
#include "tests/support/compiled.h"

#include "runtime/base/artifact_check.h"
#include "runtime/vulkan/vulkan_api.h"

static const char lavapipe[] = "/usr/share/vulkan/icd.d/lvp_icd.x86_64.json";
static const char small[] = "examples/stories-3m.Q8_0.gguf";

enum { TOKENS = 40, NEW = 12, ROW_MAX = 128 };
static int32_t ids[TOKENS];
static rlx_model *model; /* NULL: no Vulkan device */

/* ---- what the machine has ---- */

static rlx_go on_device(void *context, const rlx_device_info *info)
{
    bool *has = context;
    assert_non_null(info->title);
    *has |= strcmp(info->name, "vulkan:0") == 0 && info->is_usable;
    return RLX_GO_ON;
}

static bool has_vulkan(void)
{
    bool has = false;
    assert_int_equal(rlx_devices_list(on_device, &has, NULL), RLX_OK);
    return has;
}

static void need_vulkan(void)
{
    if (model != NULL)
        return;
    print_message("skipped: no Vulkan device\n");
    skip();
}

static rlx_session *open_on(const char *device)
{
    rlx_session *session;
    rlx_error error = {0};
    rlx_session_options options = rlx_session_options_default();
    options.threads = 1;
    options.device = device;
    if (rlx_session_open(model, &options, &session, &error) != RLX_OK)
        fail_msg("%s: %s", device, error.text);
    return session;
}

static void must(rlx_status status, const rlx_error *error)
{
    if (status != RLX_OK)
        fail_msg("%s", error->text);
}

/* NEW tokens by the likeliest each. */
static void generate(rlx_session *session, int32_t out[NEW])
{
    rlx_error error = {0};
    rlx_sampling greedy = rlx_sampling_default();
    must(rlx_session_use_sampling(session, &greedy, &error), &error);
    for (int i = 0; i < NEW; i++)
        must(rlx_session_step(session, &out[i], &error), &error);
}

static void prefill(rlx_session *session)
{
    rlx_error error = {0};
    must(rlx_session_prefill(session, ids, TOKENS, &error), &error);
}

/* ---- names ---- */

static void refused(const char *device, const char *text)
{
    rlx_session *session;
    rlx_error error = {0};
    rlx_session_options options = rlx_session_options_default();
    options.device = device;
    assert_int_equal(rlx_session_open(model, &options, &session, &error), RLX_ERROR_NO_DEVICE);
    if (strstr(error.text, text) == NULL)
        fail_msg("%s: %s", device, error.text);
}

static void test_names(void **state)
{
    (void)state;
    need_vulkan();
    rlx_session *named = open_on("vulkan:0"), *best = open_on("vulkan"), *first = open_on(NULL);
    assert_string_equal(rlx_session_device(named), "vulkan:0");
    assert_memory_equal(rlx_session_device(best), "vulkan:", 7);
    assert_string_equal(rlx_session_device(first), "cpu");
    assert_null(rlx_session_passed_over(best));
    refused("vulkan:77", "there is no device 77");
    refused("vulkan:", "there is no device 'vulkan:': expected 'cpu', 'vulkan' or 'auto'");
    refused("vulkan:0x", "there is no device 'vulkan:0x'");
    refused("cpu:0", "there is no device 'cpu:0'");
    rlx_session_close(first);
    rlx_session_close(best);
    rlx_session_close(named);
}

/* Lavapipe is no GPU. */
static void test_auto(void **state)
{
    (void)state;
    need_vulkan();
    rlx_session *chosen = open_on("auto");
    assert_string_equal(rlx_session_device(chosen), "cpu");
    assert_non_null(strstr(rlx_session_passed_over(chosen), "no GPU"));
    rlx_session_close(chosen);
}

/* ---- sessions ---- */

static void export_all(const rlx_session *session, float *rows)
{
    rlx_error error = {0};
    const size_t past = rlx_session_past(session);
    for (uint32_t i = 0; i < rlx_model_state_count(model); i++) {
        rlx_state_info info = rlx_state_info_default();
        must(rlx_model_get_state(model, i, &info, &error), &error);
        assert_true(info.heads * info.width <= ROW_MAX);
        must(rlx_session_export_state(session, info.name, rows + (size_t)i * ROW_MAX * TOKENS, past,
                                      &error),
             &error);
    }
}

static float *room_for_states(void)
{
    float *rows = calloc((size_t)rlx_model_state_count(model) * ROW_MAX * TOKENS, sizeof *rows);
    assert_non_null(rows);
    return rows;
}

/* The same session with memory of the process in place, and with copies of everything. */
static void test_apart(void **state)
{
    int32_t in_place[NEW], copied[NEW], cpu[NEW];
    (void)state;
    need_vulkan();
    const size_t bytes = sizeof(float) * (size_t)rlx_model_state_count(model) * ROW_MAX * TOKENS;
    float *rows = room_for_states(), *others = room_for_states();
    rlx_session *a = open_on("vulkan:0"), *c = open_on("cpu");
    setenv("RLX_VULKAN_APART", "1", 1);
    rlx_session *b = open_on("vulkan:0");
    unsetenv("RLX_VULKAN_APART");
    prefill(a);
    prefill(b);
    prefill(c);
    export_all(a, rows);
    export_all(b, others);
    assert_memory_equal(rows, others, bytes);
    generate(a, in_place);
    generate(b, copied);
    generate(c, cpu);
    assert_memory_equal(in_place, copied, sizeof copied);
    assert_memory_equal(in_place, cpu, sizeof cpu);
    rlx_session_close(a);
    rlx_session_close(b);
    rlx_session_close(c);
    free(rows);
    free(others);
}

/* States go from one device to another: by rows, in a file, and between sessions. */
static void move_states(const char *from_device, const char *to_device)
{
    int32_t wanted[NEW], made[NEW];
    rlx_error error = {0};
    void *saved;
    size_t bytes;
    rlx_session *from = open_on(from_device), *fork;
    rlx_session *to = open_on(to_device);
    prefill(from);
    must(rlx_session_fork(from, &fork, &error), &error);
    must(rlx_session_save_memory(from, &saved, &bytes, &error), &error);
    generate(from, wanted);
    generate(fork, made);
    assert_memory_equal(wanted, made, sizeof made);
    must(rlx_session_load_memory(to, saved, bytes, &error), &error);
    assert_int_equal(rlx_session_past(to), TOKENS);
    generate(to, made);
    assert_memory_equal(wanted, made, sizeof made);
    rlx_session_reset(to);
    must(rlx_session_copy_prefix(to, fork, TOKENS, &error), &error);
    assert_int_equal(rlx_session_past(to), TOKENS);
    generate(to, made);
    assert_memory_equal(wanted, made, sizeof made);
    must(rlx_session_truncate(to, TOKENS, &error), &error);
    generate(to, made);
    assert_memory_equal(wanted, made, sizeof made);
    free(saved);
    rlx_session_close(fork);
    rlx_session_close(to);
    rlx_session_close(from);
}

static void test_moves(void **state)
{
    (void)state;
    need_vulkan();
    move_states("vulkan:0", "cpu");
    move_states("cpu", "vulkan:0");
    setenv("RLX_VULKAN_APART", "1", 1);
    move_states("vulkan:0", "vulkan:0");
    move_states("cpu", "vulkan:0");
    move_states("vulkan:0", "cpu");
    unsetenv("RLX_VULKAN_APART");
}

/* Rows that are bound are those that are exported; the exporter may round to f16 once. */
static void test_bound_rows(void **state)
{
    float rows[3 * ROW_MAX], again[3 * ROW_MAX];
    rlx_error error = {0};
    (void)state;
    need_vulkan();
    setenv("RLX_VULKAN_APART", "1", 1);
    rlx_session *session = open_on("vulkan:0");
    unsetenv("RLX_VULKAN_APART");
    prefill(session);
    for (size_t i = 0; i < 3 * ROW_MAX; i++)
        rows[i] = (float)i / 64 - 2;
    for (uint32_t i = 0; i < rlx_model_state_count(model); i++) {
        rlx_state_info info = rlx_state_info_default();
        must(rlx_model_get_state(model, i, &info, &error), &error);
        must(rlx_session_bind_state(session, info.name, rows, 3, &error), &error);
        must(rlx_session_export_state(session, info.name, again, 3, &error), &error);
        assert_memory_equal(rows, again, sizeof(float) * 3 * info.heads * info.width);
    }
    rlx_session_close(session);
}

/* ---- stops ---- */

struct patience {
    uint32_t asked, max;
};

static rlx_go ask(void *context)
{
    struct patience *p = context;
    return ++p->asked > p->max ? RLX_GO_STOP : RLX_GO_ON;
}

static void test_stop(void **state)
{
    int32_t wanted[NEW], made[NEW];
    rlx_error error = {0};
    struct patience p = {.max = 2};
    (void)state;
    need_vulkan();
    rlx_session *session = open_on("vulkan:0"), *other = open_on("vulkan:0");
    rlx_session_set_stop(session, ask, &p);
    assert_int_equal(rlx_session_prefill(session, ids, TOKENS, &error), RLX_ERROR_STOPPED);
    assert_int_equal(p.asked, 3);
    assert_int_equal(rlx_session_past(session), 0);
    rlx_session_set_stop(session, NULL, NULL);
    generate(session, made);
    prefill(other);
    generate(other, wanted);
    assert_memory_equal(wanted, made, sizeof made);
    rlx_session_close(other);
    rlx_session_close(session);
}

/* ---- faults ---- */

static void test_no_memory(void **state)
{
    struct vulkan v;
    struct vulkan_memory memory;
    rlx_error error = {0};
    (void)state;
    need_vulkan();
    setenv("RLX_VULKAN_APART", "1", 1);
    must(vulkan_open(&v, 0, 0, &error), &error);
    unsetenv("RLX_VULKAN_APART");
    assert_int_equal(vulkan_memory_zeros(&v, v.facts.buffer_max + (1 << 20), &memory, &error),
                     RLX_ERROR_NO_MEMORY);
    assert_non_null(strstr(error.text, "' has no room for "));
    vulkan_close(&v);
}

static void test_missing_feature(void **state)
{
    struct vulkan v;
    rlx_error error = {0};
    (void)state;
    need_vulkan();
    assert_int_equal(vulkan_open(&v, 0, (uint64_t)1 << 40, &error), RLX_ERROR_NO_DEVICE);
    assert_non_null(strstr(error.text, "it lacks features unknown to this version"));
}

/* Code that is no module: the session opens, and every call that computes says so. */
static void test_bad_module(void **state)
{
    char path[1024];
    struct artifact a;
    rlx_error error = {0};
    rlx_model *bad;
    rlx_session *session;
    rlx_session_options options = rlx_session_options_default();
    uint8_t *bytes;
    size_t count;
    (void)state;
    need_vulkan();
    assert_int_equal(
        compiled_build(small, "--context=64 --target=vulkan --variants=decode=1", path), 0);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    count = (size_t)ftell(file);
    rewind(file);
    bytes = aligned_alloc(4096, (count + 4095) / 4096 * 4096);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, count, file), count);
    fclose(file);
    unlink(path);
    assert_int_equal(artifact_read("m.rlx", bytes, count, &a, &error), RLX_OK);
    const struct rlx_level *level = table_at(&a.levels, 0);
    memset(bytes + level->image_offset, 0, level->image_bytes);
    must(rlx_model_open_memory(bytes, count, &bad, &error), &error);
    options.device = "vulkan:0";
    must(rlx_session_open(bad, &options, &session, &error), &error);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(rlx_session_prefill(session, ids, 4, &error), RLX_ERROR_BAD_FILE);
        assert_non_null(strstr(error.text, "its code is no SPIR-V module"));
    }
    rlx_session_close(session);
    rlx_model_close(bad);
    free(bytes);
}

/* ---- all ---- */

static int open_all(void **state)
{
    bool lacking;
    if (temporary_set_up(state) != 0)
        return -1;
    setenv("XDG_CACHE_HOME", "/nowhere/caches", 1); /* nothing is stored */
    if (access(lavapipe, R_OK) == 0) {
        setenv("VK_DRIVER_FILES", lavapipe, 1);
        setenv("VK_ICD_FILENAMES", lavapipe, 1);
    }
    if (access("/usr/share/vulkan/explicit_layer.d/VkLayer_khronos_validation.json", R_OK) == 0)
        setenv("RLX_VULKAN_VALIDATION", "1", 1);
    if (!has_vulkan())
        return 0;
    model = compiled_open(
        small, "--exact --context=128 --target=cpu,vulkan --variants=decode=1,prefill=64",
        &lacking);
    for (int i = 0; i < TOKENS; i++)
        ids[i] = (i * 37 + 11) % 2000;
    return model == NULL ? -1 : 0;
}

static int close_all(void **state)
{
    rlx_model_close(model);
    assert_int_equal(vulkan_message_count(), 0);
    return temporary_tear_down(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),      cmocka_unit_test(test_auto),
        cmocka_unit_test(test_apart),      cmocka_unit_test(test_moves),
        cmocka_unit_test(test_bound_rows), cmocka_unit_test(test_stop),
        cmocka_unit_test(test_no_memory),  cmocka_unit_test(test_missing_feature),
        cmocka_unit_test(test_bad_module),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
