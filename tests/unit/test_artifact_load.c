/* The loader on damaged artifacts: it refuses each wrong field of header and sections with a
 * sentence that says where, and never crashes. The tables: test_artifact_tables.c. */
#include "runtime/core/model.h"
#include "tests/support/refused_artifact.h"

#include <unistd.h>

static void test_whole_file_is_taken(void **state)
{
    (void)state;
    struct tiny t = tiny_make(NULL);
    rlx_error error;
    struct artifact a;
    assert_int_equal(artifact_check("file.rlx", t.data, t.bytes, &a, &error), RLX_OK);
    assert_string_equal(artifact_string(&a, a.info->name), "tiny");
    assert_int_equal(a.variants.count, TINY_VARIANTS);
    assert_int_equal(a.weights.bytes, RLX_PAGE);
    free(t.data);
}

static void test_every_truncation(void **state)
{
    (void)state;
    struct tiny t = tiny_make(NULL);
    for (size_t bytes = 0; bytes < t.bytes; bytes += bytes < 128 ? 1 : 97) {
        uint8_t *copy = malloc(bytes ? bytes : 1);
        struct artifact a;
        rlx_error error = {0};
        memcpy(copy, t.data, bytes);
        assert_int_equal(artifact_check("file.rlx", copy, bytes, &a, &error), RLX_ERROR_BAD_FILE);
        assert_true(strlen(error.text) > 20);
        free(copy);
    }
    free(t.data);
}

/* Every byte of header, tables and section table counts: a change without a new digest is found. */
static void test_every_damaged_byte(void **state)
{
    (void)state;
    struct tiny t = tiny_make(NULL);
    struct rlx_section *last = tiny_section_at(&t, t.section_count - 1);
    for (size_t at = 0; at < t.bytes; at++) {
        if (at == sizeof(struct rlx_header))
            at = TINY_TABLES; /* between lie code and weights, which opening does not read */
        bool covered = at < sizeof(struct rlx_header) || at >= tiny_header(&t)->section_offset;
        for (uint32_t i = 0; i < t.section_count; i++) {
            struct rlx_section *s = tiny_section_at(&t, i);
            covered |= at >= s->offset && at < s->offset + s->bytes;
        }
        rlx_error error;
        t.data[at] ^= 0x40;
        rlx_status status = check(&t, &error);
        t.data[at] ^= 0x40;
        bool minor = at == offsetof(struct rlx_header, minor) ||
                     at == offsetof(struct rlx_header, minor) + 1;
        if (covered && !minor && status == RLX_OK)
            fail_msg("byte %zu may be anything", at);
    }
    assert_true(last->bytes != 0);
    free(t.data);
}

static void test_versions(void **state)
{
    (void)state;
    struct tiny t = tiny_make(NULL);
    rlx_error error;
    tiny_header(&t)->major = 1;
    expect_refused(&t, RLX_ERROR_WRONG_VERSION,
                   "it was built by an older rlxc (format 1): build it again");
    tiny_header(&t)->major = 3;
    expect_refused(&t, RLX_ERROR_WRONG_VERSION, "a newer rlxc (format 3): a newer rlx is needed");
    tiny_header(&t)->major = RLX_MAJOR;
    tiny_header(&t)->minor = 9; /* a newer minor version only adds */
    assert_int_equal(check(&t, &error), RLX_OK);
    tiny_section(&t, RLX_SECTION_MANIFEST)->kind = 99;
    tiny_seal(&t);
    expect_refused(&t, RLX_ERROR_WRONG_VERSION, "kind 99");
    tiny_section(&t, 99)->kind = RLX_SECTION_GRAMMAR; /* reserved is unknown too */
    tiny_seal(&t);
    expect_refused(&t, RLX_ERROR_WRONG_VERSION, "of kind 22 is required and unknown");
    tiny_section(&t, RLX_SECTION_GRAMMAR)->kind = 99;
    tiny_section(&t, 99)->flags = 0; /* unknown and not required: skipped */
    tiny_seal(&t);
    assert_int_equal(check(&t, &error), RLX_OK);
    /* what is unknown in a newer file is no damage */
    struct rlx_step *steps =
        (struct rlx_step *)(void *)(t.data + tiny_section(&t, RLX_SECTION_STEPS)->offset);
    steps[0].flags |= 128;
    tiny_header(&t)->minor = RLX_MINOR + 1;
    tiny_seal(&t);
    expect_refused(&t, RLX_ERROR_WRONG_VERSION, "unknown flags");
    expect_refused(&t, RLX_ERROR_WRONG_VERSION, "this program is older");
    tiny_header(&t)->minor = RLX_MINOR;
    tiny_seal(&t);
    expect_refused(&t, RLX_ERROR_BAD_FILE, "unknown flags");
    free(t.data);
}

#define HEADER_CASE(field, value, words)               \
    do {                                               \
        struct tiny t = tiny_make(NULL);               \
        tiny_header(&t)->field = value;                \
        expect_refused(&t, RLX_ERROR_BAD_FILE, words); \
        free(t.data);                                  \
    } while (0)

static void test_header(void **state)
{
    (void)state;
    HEADER_CASE(magic[0], 'x', "not an artifact");
    HEADER_CASE(header_bytes, 65, "header_bytes");
    HEADER_CASE(file_bytes, 1 << 20, "truncated");
    HEADER_CASE(file_bytes, 64, "too long");
    HEADER_CASE(section_count, 0, "sections");
    HEADER_CASE(section_count, UINT32_MAX, "sections");
    HEADER_CASE(section_entry_bytes, 0, "section_entry_bytes");
    HEADER_CASE(section_entry_bytes, 33, "section_entry_bytes");
    HEADER_CASE(section_offset, UINT64_MAX - 7, "section table");
    HEADER_CASE(section_offset, 0, "section table");
    HEADER_CASE(table_digest, 1, "damaged");
    HEADER_CASE(reserved[3], 1, "reserved");
}

static void test_sections(void **state)
{
    (void)state;
    SECTION_CASE(RLX_SECTION_STEPS, offset, UINT64_MAX - 63, "(steps): offset");
    SECTION_CASE(RLX_SECTION_STEPS, bytes, UINT64_MAX, "(steps): offset");
    SECTION_CASE(RLX_SECTION_STEPS, offset, 8, "(steps): offset");
    SECTION_CASE(RLX_SECTION_STEPS, offset, TINY_TABLES + 4, "multiple of 8");
    SECTION_CASE(RLX_SECTION_CODE, offset, TINY_CODE + 64, "multiple of 4096");
    SECTION_CASE(RLX_SECTION_STEPS, entry_bytes, 8, "entry_bytes");
    SECTION_CASE(RLX_SECTION_STEPS, entry_bytes, 1 << 30, "entry_bytes");
    SECTION_CASE(RLX_SECTION_STEPS, count, 3, "are not");
    SECTION_CASE(RLX_SECTION_STEPS, kind, RLX_SECTION_ARGS, "second one");
    SECTION_CASE(RLX_SECTION_INFO, kind, RLX_SECTION_LICENSE, "'info' is missing");
    SECTION_CASE(RLX_SECTION_STRINGS, kind, RLX_SECTION_LICENSE, "'strings' is missing");
    SECTION_CASE(RLX_SECTION_STRINGS, bytes, 0, "strings");
    SECTION_CASE(RLX_SECTION_STRINGS, bytes, 5, "strings");
    SECTION_CASE(RLX_SECTION_WEIGHTS, bytes, 2, "is not inside");
}

static void test_level_that_no_machine_has(void **state)
{
    (void)state;
    struct tiny t = tiny_make(NULL);
    struct rlx_level *level = tiny_entry(&t, RLX_SECTION_LEVELS, 0);
    rlx_model *model;
    rlx_error error;
    level->features = (uint64_t)1 << 60;
    tiny_seal(&t);
    assert_int_equal(tiny_open(&t, &model, &error), RLX_ERROR_NO_DEVICE);
    assert_null(model);
    assert_non_null(strstr(error.text, "level"));
    assert_non_null(strstr(error.text, "unknown to this version"));
    free(t.data);
}

static void test_open_info_verify(void **state)
{
    (void)state;
    struct tiny t = tiny_make(NULL);
    rlx_model *model;
    rlx_error error = {0};
    assert_int_equal(tiny_open(&t, &model, &error), RLX_OK);
    rlx_model_info info = {.struct_bytes = sizeof info};
    rlx_model_get_info(model, &info);
    assert_string_equal(info.name, "tiny");
    assert_string_equal(info.level, "level");
    assert_string_equal(info.manifest, "{\"tiny\":true}");
    assert_int_equal(info.vocabulary, TINY_VOCABULARY);
    assert_false(info.has_tokenizer);
    rlx_variant_info variant = {.struct_bytes = sizeof variant};
    assert_int_equal(rlx_model_variant_count(model), TINY_VARIANTS);
    assert_int_equal(rlx_model_get_variant(model, 2, &variant, &error), RLX_OK);
    assert_string_equal(variant.name, "prefill");
    assert_int_equal(rlx_model_get_variant(model, TINY_VARIANTS, &variant, &error),
                     RLX_ERROR_BAD_ARGUMENT);
    assert_int_equal(rlx_model_verify(model, &error), RLX_OK);
    size_t count = 1;
    assert_int_equal(rlx_tokenize(model, "a", 1, 0, NULL, 0, &count, &error),
                     RLX_ERROR_NO_TOKENIZER);
    rlx_model_close(model);
    free(t.data);
}

static void test_verify_finds_damage(void **state)
{
    (void)state;
    struct {
        size_t at;
        const char *words;
    } cases[] = {{TINY_WEIGHTS, "tensor 'modulus'"},
                 {TINY_WEIGHTS + 4000, "section 'weights'"},
                 {TINY_CODE, "code of level 'level'"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct tiny t = tiny_make(NULL);
        rlx_model *model;
        rlx_error error = {0};
        t.data[cases[i].at] ^= 1;
        assert_int_equal(tiny_open(&t, &model, &error), RLX_OK);
        assert_int_equal(rlx_model_verify(model, &error), RLX_ERROR_BAD_FILE);
        assert_non_null(strstr(error.text, cases[i].words));
        rlx_model_close(model);
        free(t.data);
    }
}

static void test_carried_by_a_program(void **state)
{
    (void)state;
    struct tiny t = tiny_make(NULL);
    enum { AT = sizeof(Elf64_Ehdr) };
    const struct {
        size_t at; /* what is changed, */
        uint64_t value;
        uint64_t cut; /* bytes that are missing at the end */
        rlx_status status;
        const char *words;
    } cases[] = {
        {0, 0x00000102464c457f, 0, RLX_OK, NULL}, /* as it is */
        {AT, PT_NOTE, 0, RLX_ERROR_NO_MODEL, "carries no model"},
        {AT + offsetof(Elf64_Phdr, p_offset), RLX_PAGE + 8, 0, RLX_ERROR_BAD_FILE, "is gone"},
        {AT + offsetof(Elf64_Phdr, p_offset), 0, 0, RLX_ERROR_BAD_FILE, "is gone"},
        {AT + offsetof(Elf64_Phdr, p_offset), UINT64_MAX - 4095, 0, RLX_ERROR_BAD_FILE, "cut off"},
        {AT + offsetof(Elf64_Phdr, p_filesz), UINT64_MAX, 0, RLX_ERROR_BAD_FILE, "cut off"},
        {RLX_PAGE, 0, 0, RLX_ERROR_BAD_FILE, "is gone"},
        {0, 0x00000102464c457f, 1, RLX_ERROR_BAD_FILE, "cut off"},
        {0, 0x00000102464c457f, t.bytes, RLX_ERROR_BAD_FILE, "cut off"},
        {offsetof(Elf64_Ehdr, e_phoff), 4096, 0, RLX_ERROR_NO_MODEL, "carries no model"},
        {offsetof(Elf64_Ehdr, e_phoff), UINT64_MAX - 7, 0, RLX_ERROR_NO_MODEL, "carries no model"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct tiny program = {.bytes = RLX_PAGE + t.bytes};
        program.data = calloc(1, program.bytes);
        tiny_carrier(program.data, t.bytes);
        memcpy(program.data + RLX_PAGE, t.data, t.bytes);
        rlx_model *model;
        rlx_error error = {0};
        memcpy(program.data + cases[i].at, &cases[i].value, sizeof cases[i].value);
        program.bytes -= cases[i].cut;
        assert_int_equal(tiny_open(&program, &model, &error), cases[i].status);
        if (cases[i].status == RLX_OK)
            assert_int_equal(rlx_model_verify(model, &error), RLX_OK);
        else
            assert_non_null(strstr(error.text, cases[i].words));
        rlx_model_close(model);
        free(program.data);
    }
    free(t.data);
}

static void test_what_is_no_artifact(void **state)
{
    (void)state;
    rlx_model *model;
    rlx_error error = {0};
    assert_int_equal(rlx_model_open("no/such/file.rlx", &model, &error), RLX_ERROR_IO);
    assert_string_equal(error.text, "no/such/file.rlx: No such file or directory");
    assert_int_equal(rlx_model_open("/", &model, &error), RLX_ERROR_IO);
    assert_int_equal(rlx_model_open("CMakeLists.txt", &model, &error), RLX_ERROR_BAD_FILE);
    assert_non_null(strstr(error.text, "not an artifact"));
    assert_int_equal(rlx_model_open_self(&model, &error), RLX_ERROR_NO_MODEL);
    assert_non_null(strstr(error.text, "carries no model"));
    assert_int_equal(rlx_model_open(NULL, &model, NULL), RLX_ERROR_BAD_ARGUMENT);
}

/* An artifact that has a vocabulary only: opens, and cannot run. */
static void test_without_levels(void **state)
{
    (void)state;
    struct tiny t = tiny_make(NULL);
    tiny_section(&t, RLX_SECTION_LEVELS)->count = 0;
    tiny_section(&t, RLX_SECTION_LEVELS)->bytes = 0;
    tiny_seal(&t);
    rlx_model *model;
    rlx_session *session;
    rlx_error error = {0};
    assert_int_equal(tiny_open(&t, &model, &error), RLX_OK);
    assert_int_equal(rlx_model_variant_count(model), 0);
    assert_int_equal(rlx_session_open(model, NULL, &session, &error), RLX_ERROR_NO_VARIANT);
    assert_null(session);
    rlx_model_close(model);
    free(t.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_file_is_taken),
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_every_damaged_byte),
        cmocka_unit_test(test_versions),
        cmocka_unit_test(test_header),
        cmocka_unit_test(test_sections),
        cmocka_unit_test(test_level_that_no_machine_has),
        cmocka_unit_test(test_open_info_verify),
        cmocka_unit_test(test_verify_finds_damage),
        cmocka_unit_test(test_carried_by_a_program),
        cmocka_unit_test(test_what_is_no_artifact),
        cmocka_unit_test(test_without_levels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
