/* Opening a model that is not a separate file: in memory, in a part of a file, after a program. The
 * made-up model runs from there without a copy, and what cannot be opened is refused. */
#include "tests/support/tiny_session.h"

#include <fcntl.h>
#include <sys/mman.h>

static struct tiny artifact;
static rlx_error error;

static void refused(rlx_status found, rlx_model *const *opened, rlx_status expected,
                    const char *words)
{
    if (found != expected || strstr(error.text, words) == NULL)
        fail_msg("expected %s with '%s', found %s: %s", rlx_status_name(expected), words,
                 rlx_status_name(found), error.text);
    assert_null(*opened);
}

static void must(rlx_status status)
{
    if (status != RLX_OK)
        fail_msg("%s", error.text);
}

/* Runs it and checks every byte, then closes it. */
static void expect_whole(rlx_model *opened)
{
    const float *row;
    model = opened;
    rlx_session *s = open_session(2), *other = open_session(1);
    rlx_session_close(other);
    must(rlx_session_prefill_logits(s, prompt, 9, &row, &error));
    expect_row(row, prompt, 9);
    must(rlx_model_verify(opened, &error));
    rlx_model_close(opened); /* the session still uses it */
    must(rlx_session_decode_logits(s, prompt[9], &row, &error));
    expect_row(row, prompt, 10);
    rlx_session_close(s);
}

/* ---- memory ---- */

/* The artifact `before` bytes behind an aligned address; free it. */
static uint8_t *copy_at(size_t before, size_t bytes)
{
    uint8_t *place = aligned_alloc(RLX_PAGE, 8 * RLX_PAGE);
    assert_non_null(place);
    assert_true(before + bytes <= 8 * RLX_PAGE);
    memcpy(place + before, artifact.data, bytes);
    return place;
}

static void test_memory(void **state)
{
    static const size_t places[] = {0, 64, 192, RLX_PAGE - 64};
    (void)state;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        uint8_t *place = copy_at(places[i], artifact.bytes);
        rlx_model_info info = rlx_model_info_default();
        rlx_model *opened;
        must(rlx_model_open_memory(place + places[i], artifact.bytes, &opened, &error));
        must(rlx_model_get_info(opened, &info));
        assert_ptr_equal(info.weights, place + places[i] + TINY_WEIGHTS); /* no copy */
        assert_int_equal(info.file_bytes, artifact.bytes);
        expect_whole(opened);
        free(place); /* it was the caller's */
    }
}

static void test_memory_refuses(void **state)
{
    static const _Alignas(RLX_MODEL_ALIGNMENT) uint8_t nothing[1];
    rlx_model *opened;
    (void)state;
    for (size_t before = 1; before < RLX_MODEL_ALIGNMENT; before++) {
        uint8_t *place = copy_at(before, artifact.bytes);
        refused(rlx_model_open_memory(place + before, artifact.bytes, &opened, &error), &opened,
                RLX_ERROR_BAD_ARGUMENT, "aligned to 64 bytes");
        free(place);
    }
    refused(rlx_model_open_memory(nothing, 0, &opened, &error), &opened, RLX_ERROR_BAD_ARGUMENT,
            "bytes is 0");
    for (size_t bytes = 1; bytes < artifact.bytes; bytes += 61) {
        uint8_t *cut = aligned_alloc(RLX_MODEL_ALIGNMENT, (bytes + 63) / 64 * 64);
        assert_non_null(cut);
        memcpy(cut, artifact.data, bytes);
        refused(rlx_model_open_memory(cut, bytes, &opened, &error), &opened, RLX_ERROR_BAD_FILE,
                "memory: ");
        free(cut);
    }
}

/* ---- descriptors ---- */

/* A file in memory: `before` bytes, the artifact, `behind` bytes. */
static int file_with(size_t before, size_t behind)
{
    static const char filler[3 * RLX_PAGE] = "not an artifact";
    int descriptor = memfd_create("artifact", MFD_CLOEXEC);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, filler, before), before);
    assert_int_equal(write(descriptor, artifact.data, artifact.bytes), artifact.bytes);
    assert_int_equal(write(descriptor, filler, behind), behind);
    assert_int_equal(lseek(descriptor, 5, SEEK_SET), 5);
    return descriptor;
}

static void test_descriptor(void **state)
{
    static const size_t before[] = {0, 64, RLX_PAGE - 64, RLX_PAGE, 2 * RLX_PAGE + 192};
    (void)state;
    for (size_t i = 0; i < sizeof before / sizeof before[0]; i++)
        for (size_t behind = 0; behind < 100; behind += 33) {
            int descriptor = file_with(before[i], behind);
            rlx_model *opened;
            must(rlx_model_open_descriptor(descriptor, before[i],
                                           behind == 0 && i % 2 == 0 ? 0 : artifact.bytes, &opened,
                                           &error));
            assert_int_equal(lseek(descriptor, 0, SEEK_CUR), 5);
            assert_int_equal(close(descriptor), 0); /* the caller's, and needed no more */
            expect_whole(opened);
        }
}

static void test_descriptor_refuses(void **state)
{
    rlx_model *opened;
    int descriptor = file_with(RLX_PAGE, 0), ends[2];
    uint64_t bytes = artifact.bytes, odd[] = {1, 8, 63, RLX_PAGE - 1, RLX_PAGE + 32};
    (void)state;
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++)
        refused(rlx_model_open_descriptor(descriptor, odd[i], 0, &opened, &error), &opened,
                RLX_ERROR_BAD_ARGUMENT, "expected a multiple of 64");
    refused(rlx_model_open_descriptor(descriptor, 0, 0, &opened, &error), &opened,
            RLX_ERROR_BAD_FILE, "not an artifact");
    refused(rlx_model_open_descriptor(descriptor, 64, 0, &opened, &error), &opened,
            RLX_ERROR_BAD_FILE, "not an artifact");
    refused(rlx_model_open_descriptor(descriptor, RLX_PAGE, bytes + 1, &opened, &error), &opened,
            RLX_ERROR_BAD_FILE, "found a file of");
    refused(rlx_model_open_descriptor(descriptor, RLX_PAGE, UINT64_MAX, &opened, &error), &opened,
            RLX_ERROR_BAD_FILE, "found a file of");
    refused(rlx_model_open_descriptor(descriptor, UINT64_MAX - 63, 64, &opened, &error), &opened,
            RLX_ERROR_BAD_FILE, "found a file of");
    refused(rlx_model_open_descriptor(descriptor, 1 << 20, 0, &opened, &error), &opened,
            RLX_ERROR_BAD_FILE, "found a file of");
    for (uint64_t part = 1; part < bytes; part += 509)
        refused(rlx_model_open_descriptor(descriptor, RLX_PAGE, part, &opened, &error), &opened,
                RLX_ERROR_BAD_FILE, "descriptor ");
    assert_int_equal(ftruncate(descriptor, 0), 0);
    refused(rlx_model_open_descriptor(descriptor, 0, 0, &opened, &error), &opened,
            RLX_ERROR_BAD_FILE, "empty");
    close(descriptor);
    refused(rlx_model_open_descriptor(descriptor, 0, 0, &opened, &error), &opened, RLX_ERROR_IO,
            "Bad file descriptor");
    refused(rlx_model_open_descriptor(-1, 0, 0, &opened, &error), &opened, RLX_ERROR_BAD_ARGUMENT,
            "descriptor is -1");
    assert_int_equal(pipe(ends), 0);
    refused(rlx_model_open_descriptor(ends[0], 0, 0, &opened, &error), &opened, RLX_ERROR_IO,
            "expected a regular file");
    close(ends[0]);
    close(ends[1]);
}

/* ---- in a program ---- */

static void test_program(void **state)
{
    size_t bytes = RLX_PAGE + artifact.bytes;
    uint8_t *program = copy_at(RLX_PAGE, artifact.bytes);
    rlx_model *opened;
    (void)state;
    memset(program, 0, RLX_PAGE);
    tiny_carrier(program, artifact.bytes);
    must(rlx_model_open_memory(program, bytes, &opened, &error));
    expect_whole(opened);
    int descriptor = memfd_create("program", MFD_CLOEXEC);
    assert_int_equal(write(descriptor, program, 128), 128);
    assert_int_equal(write(descriptor, program, bytes), bytes);
    must(rlx_model_open_descriptor(descriptor, 128, 0, &opened, &error));
    close(descriptor);
    expect_whole(opened);
    refused(rlx_model_open_memory(program, bytes - 1, &opened, &error), &opened, RLX_ERROR_BAD_FILE,
            "memory: the model in this program is cut off");
    refused(rlx_model_open_memory(program, 70, &opened, &error), &opened, RLX_ERROR_NO_MODEL,
            "memory: this program carries no model");
    free(program);
}

/* ---- sessions in memory ---- */

static void test_session_in_memory(void **state)
{
    rlx_model *opened;
    void *data;
    size_t bytes;
    int32_t id;
    (void)state;
    uint8_t *place = copy_at(0, artifact.bytes);
    must(rlx_model_open_memory(place, artifact.bytes, &opened, &error));
    model = opened;
    rlx_session *s = open_session(1), *other = open_session(1);
    must(rlx_session_prefill(s, prompt, 9, &error));
    must(rlx_session_step(s, &id, &error));
    must(rlx_session_set_note(s, "noted", 5, &error));
    must(rlx_session_save_memory(s, &data, &bytes, &error));
    uint8_t *moved = malloc(bytes + 3); /* no alignment */
    assert_non_null(moved);
    memcpy(moved + 3, data, bytes);
    must(rlx_session_load_memory(other, moved + 3, bytes, &error));
    expect_sizes(other, 10, 9);
    assert_memory_equal(rlx_session_note(other, NULL), "noted", 5);
    must(rlx_session_step(other, &id, &error));
    assert_int_equal(id, true_next(rlx_session_history(s), 10));
    for (size_t part = 0; part < bytes; part += 7) {
        assert_int_equal(rlx_session_load_memory(other, moved + 3, part, &error),
                         RLX_ERROR_BAD_FILE);
        expect_sizes(other, 11, 10);
    }
    free(moved);
    free(data);
    rlx_session_close(s);
    rlx_session_close(other);
    rlx_model_close(opened);
    free(place);
}

static int make(void **state)
{
    (void)state;
    artifact = tiny_runnable();
    return 0;
}

static int unmake(void **state)
{
    (void)state;
    free(artifact.data);
    return 0;
}

int main(void)
{
    tiny_require_machine();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory),     cmocka_unit_test(test_memory_refuses),
        cmocka_unit_test(test_descriptor), cmocka_unit_test(test_descriptor_refuses),
        cmocka_unit_test(test_program),    cmocka_unit_test(test_session_in_memory),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
