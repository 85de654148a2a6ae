/* Artifacts from rlxc build, read back by the checked reader: equal bytes from equal input, every
 * tensor equal to the model's, sections inside the file and aligned, executables that carry the
 * same bytes, and no files left by an interrupted build. */
#include "compiler/base/file.h"
#include "compiler/command.h"
#include "compiler/hir/layout.h"
#include "compiler/import/model.h"
#include "compiler/import/quant.h"
#include "compiler/pack/inspect.h"
#include "rlx/tokenizer_format.h"
#include "tests/support/compare.h"
#include "tests/support/temporary_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char model_path[] = "examples/stories-3m.Q8_0.gguf";

struct fixture {
    struct arena arena;
    struct diags diags;
    struct temporary_folder folder;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    if (f == NULL)
        return 1;
    f->diags.arena = &f->arena;
    temporary_open(&f->folder);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    int left = temporary_close(&f->folder); /* each test removes what it made */

    arena_free(&f->arena);
    free(f);
    return left;
}

static const char *path_in(struct fixture *f, const char *name)
{
    return arena_printf(&f->arena, "%s", temporary_path(&f->folder, name));
}

enum { MAX_WORDS = 12 };

/* rlxc build -q -o OUT, then `words` up to NULL. */
static int build(const char *out, const char *const *words)
{
    const char *argv[MAX_WORDS + 5] = {"build", "-q", "-o", out};
    int argc = 4;

    for (; *words != NULL; words++)
        argv[argc++] = *words;
    return command_build(argc, (char **)(uintptr_t)argv);
}

#define BUILD(out, ...) build((out), (const char *const[]){__VA_ARGS__, NULL})

static void open_artifact(struct fixture *f, const char *path, struct file *file,
                          struct inspected *in)
{
    assert_true(file_map(path, file, &f->diags));
    bool good = inspect_open(in, path, file->data, file->bytes, &f->diags) && inspect_verify(in);
    if (!good)
        diags_print(&f->diags, stderr);
    assert_true(good);
    assert_int_equal(f->diags.error_count, 0);
}

static void assert_equal_files(struct fixture *f, const char *a, const char *b)
{
    struct file first, second;

    assert_true(file_map(a, &first, &f->diags) && file_map(b, &second, &f->diags));
    assert_int_equal(first.bytes, second.bytes);
    assert_memory_equal(first.data, second.data, first.bytes);
    file_unmap(&first);
    file_unmap(&second);
}

static void test_equal_bytes(void **state)
{
    struct fixture *f = *state;
    const char *a = path_in(f, "a"), *b = path_in(f, "b");

    assert_int_equal(BUILD(a, model_path, "--threads=1", "--level=x86-64-v3"), 0);
    assert_int_equal(BUILD(b, model_path, "--threads=3", "--level=x86-64-v3"), 0);
    assert_equal_files(f, a, b);
    assert_int_equal(BUILD(b, model_path, "--threads=3", "--level=x86-64-v3", "--quant=q4_0"), 0);
    struct stat first, second;
    assert_true(stat(a, &first) == 0 && stat(b, &second) == 0);
    assert_true(second.st_size < first.st_size);
    assert_true(unlink(a) == 0 && unlink(b) == 0);
}

static void test_executable(void **state)
{
    struct fixture *f = *state;
    const char *plain = path_in(f, "plain"), *program = path_in(f, "program");
    struct file file, alone;
    struct inspected in;
    struct stat status;

    assert_int_equal(BUILD(plain, model_path, "--level=x86-64-v3"), 0);
    /* any ELF program will do in front */
    assert_int_equal(
        BUILD(program, model_path, "--level=x86-64-v3", "--emit=exe", "--runtime=/proc/self/exe"),
        0);
    assert_int_equal(stat(program, &status), 0);
    assert_true((status.st_mode & S_IXUSR) != 0);
    open_artifact(f, program, &file, &in);
    assert_true(in.payload_offset != 0 && in.payload_offset % RLX_PAGE == 0);
    assert_int_equal(file.bytes, in.payload_offset + in.bytes);
    assert_true(file_map(plain, &alone, &f->diags));
    assert_int_equal(alone.bytes, in.bytes);
    assert_memory_equal(alone.data, in.data, in.bytes);
    file_unmap(&alone);
    file_unmap(&file);
    /* one that carries a model carries no second one */
    assert_int_equal(BUILD(path_in(f, "twice"), model_path, "--level=x86-64-v3", "--emit=exe",
                           arena_printf(&f->arena, "--runtime=%s", program)),
                     1);
    assert_true(unlink(plain) == 0 && unlink(program) == 0);
}

static void test_sections(void **state)
{
    struct fixture *f = *state;
    const char *path = path_in(f, "model");
    struct file file;
    struct inspected in;
    struct text text = {.arena = &f->arena};

    assert_int_equal(BUILD(path, model_path, "--level=x86-64-v3,x86-64-v4-vnni-bf16"), 0);
    open_artifact(f, path, &file, &in);
    for (uint32_t a = 1; a < INSPECT_KINDS; a++) {
        const struct rlx_section *one = &in.sections[a];
        bool bulk = a == RLX_SECTION_CODE || a == RLX_SECTION_WEIGHTS;
        assert_true((one->kind != 0) == (a != RLX_SECTION_SAMPLING && a < RLX_SECTION_LICENSE));
        assert_int_equal(one->offset % (bulk ? RLX_PAGE : 64), 0);
        assert_int_equal((one->flags & RLX_SECTION_BULK) != 0, bulk);
        for (uint32_t b = 1; b < a; b++) {
            const struct rlx_section *other = &in.sections[b];
            assert_true(one->offset + one->bytes <= other->offset ||
                        other->offset + other->bytes <= one->offset);
        }
    }
    assert_int_equal(inspect_count(&in, RLX_SECTION_LEVELS), 2);
    assert_int_equal(inspect_count(&in, RLX_SECTION_STATES), 8);
    assert_true(inspect_text(&in, true, &text));
    assert_non_null(strstr(text.data, "decode-b1-s1"));
    assert_non_null(strstr(text.data, " scale=0."));
    assert_int_equal(in.sections[RLX_SECTION_VALUES].flags, RLX_SECTION_REQUIRED);
    file_unmap(&file);
    assert_int_equal(unlink(path), 0);
}

/* Splits "a+b" and finds the tensors. */
static uint32_t find_parts(const struct model *m, const char *name, const struct tensor *parts[3])
{
    uint32_t count = 0;

    for (;; name++) {
        size_t bytes = strcspn(name, "+");
        assert_true(count < 3);
        parts[count] = model_tensor(m, str_find(m->strings, name, bytes));
        assert_non_null(parts[count]);
        count++;
        name += bytes;
        if (*name == 0)
            return count;
    }
}

static void expected_row(const struct model *m, const struct tensor *t, uint64_t row,
                         enum dtype packed, float *out)
{
    uint64_t columns = t->shape[t->rank - 1];
    uint8_t encoded[16384];
    const uint8_t *from = model_data(m, t) +
                          row * (columns / dtype_info[t->dtype].block * dtype_info[t->dtype].bytes);

    quant_decode(t->dtype, from, columns, out);
    if (packed != t->dtype) {
        assert_true(columns * sizeof(float) <= sizeof encoded);
        assert_true(quant_encode(packed, out, columns, encoded));
        quant_decode(packed, encoded, columns, out);
    }
}

static void check_matrix(const struct model *m, const uint8_t *bytes,
                         const struct rlx_tensor *tensor, const char *name, enum layout layout)
{
    const struct tensor *parts[3];
    uint32_t count = find_parts(m, name, parts);
    bool interleaved = strstr(name, "gate_proj") != NULL;
    uint64_t columns = tensor->columns, packed_row = 0;
    float *found = calloc(columns, sizeof *found), *expected = calloc(columns, sizeof *expected);

    assert_true(found != NULL && expected != NULL);
    for (uint32_t part = 0; part < count; part++) {
        for (uint64_t row = 0; row < parts[part]->shape[0]; row++, packed_row++) {
            uint64_t at = interleaved ? (row / ROW_GROUP * 2 + part) * ROW_GROUP + row % ROW_GROUP
                                      : packed_row;
            layout_read_row(layout, bytes + layout_group_at(layout, columns, at / ROW_GROUP),
                            at % ROW_GROUP, columns, found);
            expected_row(m, parts[part], row, layout_info[layout].dtype, expected);
            expect_equal_bits(name, found, expected, 1, columns);
        }
    }
    assert_int_equal(packed_row, tensor->rows);
    free(found);
    free(expected);
}

static enum layout layout_called(const char *name)
{
    for (uint32_t i = 1; i < LAYOUT_COUNT; i++)
        if (strcmp(layout_info[i].name, name) == 0)
            return i;
    return LAYOUT_none;
}

static void check_tensors(struct fixture *f, const char *model, const char *quant)
{
    const char *path = path_in(f, "model");
    struct file file;
    struct inspected in;
    struct strings strings;
    struct rlx_tensor tensor;
    struct model m = {.arena = &f->arena, .strings = &strings};
    uint32_t matrices = 0;

    assert_int_equal(BUILD(path, model, "--level=x86-64-v3", quant), 0);
    open_artifact(f, path, &file, &in);
    strings_init(&strings, &f->arena);
    assert_true(import_model(model, &(struct import_options){0}, &m, &f->diags));
    const uint8_t *weights = in.data + in.sections[RLX_SECTION_WEIGHTS].offset;
    for (uint32_t i = 0; inspect_entry(&in, RLX_SECTION_TENSORS, i, &tensor, sizeof tensor); i++) {
        const char *name = inspect_string(&in, tensor.name);
        enum layout layout = layout_called(inspect_string(&in, tensor.layout));
        if (layout == LAYOUT_none && tensor.rows == 1) {
            const struct tensor *parts[3];
            float *expected = calloc(tensor.columns, sizeof *expected);
            assert_int_equal(find_parts(&m, name, parts), 1);
            expected_row(&m, parts[0], 0, parts[0]->dtype, expected);
            expect_equal_bits(name, (const float *)(const void *)(weights + tensor.offset),
                              expected, 1, tensor.columns);
            free(expected);
        } else if (layout != LAYOUT_none) {
            check_matrix(&m, weights + tensor.offset, &tensor, name, layout);
            matrices++;
        }
    }
    assert_int_equal(
        matrices,
        1 + 4 * m.hyper.layers); /* qkv, o, gate and up, down; the embedding is the lm_head too */
    model_close(&m);
    file_unmap(&file);
    assert_int_equal(unlink(path), 0);
}

static void test_tensors(void **state)
{
    check_tensors(*state, model_path, "--quant=keep");
    check_tensors(*state, model_path, "--quant=q4_0");
}

static void test_tokenizer_only(void **state)
{
    struct fixture *f = *state;
    const char *path = path_in(f, "tokenizer");
    struct file file;
    struct inspected in;
    struct rlx_info info;

    assert_int_equal(BUILD(path, model_path, "--tokenizer-only"), 0);
    open_artifact(f, path, &file, &in);
    for (uint32_t kind = 1; kind < INSPECT_KINDS; kind++)
        assert_true((in.sections[kind].kind != 0) ==
                    (kind == RLX_SECTION_STRINGS || kind == RLX_SECTION_INFO ||
                     kind == RLX_SECTION_MANIFEST || kind == RLX_SECTION_TOKENIZER ||
                     kind == RLX_SECTION_TEMPLATE));
    assert_true(inspect_entry(&in, RLX_SECTION_INFO, 0, &info, sizeof info));
    assert_int_equal(info.vocabulary, 2048);
    file_unmap(&file);
    assert_int_equal(unlink(path), 0);
}

/* Whatever the moment: the goal is there whole, or not at all, and nothing else is there. */
static void test_interrupted_build(void **state)
{
    struct fixture *f = *state;
    const char *path = path_in(f, "model");
    uint32_t interrupted = 0;

    for (uint32_t i = 0; i < 10; i++) {
        int status;
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0)
            _exit(BUILD(path, model_path, "--level=x86-64-v3", "--variants=decode=1"));
        usleep(1000 + i * i * 2500);
        kill(child, SIGTERM);
        assert_int_equal(waitpid(child, &status, 0), child);
        if (WIFSIGNALED(status)) {
            assert_int_equal(WTERMSIG(status), SIGTERM);
            interrupted++;
        } else {
            assert_int_equal(WEXITSTATUS(status), 0);
        }
        if (access(path, F_OK) == 0) {
            struct file file;
            struct inspected in;
            open_artifact(f, path, &file, &in);
            file_unmap(&file);
            assert_int_equal(unlink(path), 0);
        }
        DIR *folder = opendir(f->folder.path);
        assert_non_null(folder);
        for (const struct dirent *entry; (entry = readdir(folder)) != NULL;)
            assert_true(entry->d_name[0] == '.');
        closedir(folder);
    }
    assert_true(interrupted != 0);
}

static void test_failed_build(void **state)
{
    struct fixture *f = *state;
    const char *path = path_in(f, "model");

    assert_int_equal(BUILD(path, "examples/no-such-model.gguf"), 1);
    assert_int_equal(BUILD(path, "CMakeLists.txt"), 1);
    assert_int_equal(BUILD(path, model_path, "--context=1000000"), 1);
    assert_int_equal(BUILD(path, model_path, "--emit=exe", "--runtime=CMakeLists.txt"), 1);
    assert_int_equal(BUILD(path, model_path, "--emit=exe", "--runtime=no-such-program"), 1);
    /* tear_down finds the folder empty */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_equal_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_executable, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_sections, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_tensors, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_tokenizer_only, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_interrupted_build, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_failed_build, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
