/* Builds models in the test's process, through the same entry point as the command line, in a
 * private folder, and computes logits through the public API. */
#ifndef TESTS_COMPILED_H
#define TESTS_COMPILED_H

#include "compiler/command.h"
#include "tests/support/compare.h"
#include "tests/support/safetensors_reader.h"
#include "tests/support/shared.h"
#include "tests/support/temporary_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <getopt.h>
#include <rlx/rlx.h>
#include <unistd.h>

enum { COMPILED_MAX_OPTIONS = 12 };

/* The target whose code is tested; NULL: the default, on the levels that a test names. */
static inline const char *compiled_target(void)
{
    const char *target = getenv("RLX_TEST_TARGET");

    return target != NULL && target[0] != 0 ? target : NULL;
}

/* rlxc build MODEL -q -o FOLDER/model.rlx OPTIONS... (separated by spaces); the exit code. FOLDER
 * is test_folder: the fixtures of temporary_files.h make and remove it. It is the build cache as
 * well, so that a program compiles each kernel once, however many models have it. Options that name
 * a target get that one. */
static inline int compiled_build(const char *model, const char *options, char path[1024])
{
    char words[1024], build_cache[600], target[64], *argv[COMPILED_MAX_OPTIONS + 9];
    const bool is_elsewhere = compiled_target() != NULL && strstr(options, "--target=") == NULL;
    int argc = 0;

    snprintf(path, 1024, "%s", temporary_path(&test_folder, "model.rlx"));
    snprintf(words, sizeof words, "%s", options);
    argv[argc++] = (char *)(uintptr_t) "build";
    argv[argc++] = (char *)(uintptr_t)model;
    argv[argc++] = (char *)(uintptr_t) "-q";
    argv[argc++] = (char *)(uintptr_t) "-o";
    argv[argc++] = path;
    snprintf(build_cache, sizeof build_cache, "--cache-dir=%s", test_folder.path);
    argv[argc++] = build_cache;
    for (char *word = strtok(words, " "); word != NULL && argc < COMPILED_MAX_OPTIONS + 6;
         word = strtok(NULL, " "))
        if (!is_elsewhere || strncmp(word, "--level=", 8) != 0)
            argv[argc++] = word;
    if (is_elsewhere) {
        snprintf(target, sizeof target, "--target=%s", compiled_target());
        argv[argc++] = target;
    }
    argv[argc] = NULL;
    optind = 0;
    return command_build(argc, argv);
}

/* Builds and opens; the file is removed at once (the mapping stays). NULL where this machine lacks
 * the level: *lacking says so. */
static inline rlx_model *compiled_open(const char *model, const char *options, bool *lacking)
{
    char path[1024];
    rlx_model *opened = NULL;
    rlx_error error = {0};

    *lacking = false;
    if (compiled_build(model, options, path) != 0) {
        fprintf(stderr, "%s %s: does not compile\n", model, options);
        return NULL;
    }
    if (rlx_model_open(path, &opened, &error) != RLX_OK) {
        *lacking = error.status == RLX_ERROR_NO_DEVICE;
        fprintf(stderr, "%s %s: %s\n", model, options, error.text);
    }
    unlink(path);
    return opened;
}

/* The same of a model below RLX_SHARED; NULL where there is none, with a message. */
static inline rlx_model *compiled_shared(const char *below, const char *options)
{
    char *path = strdup(test_shared(below));
    rlx_model *model = NULL;
    bool lacking;

    assert_non_null(path);
    if (access(path, R_OK) != 0) {
        print_message("skipped: no %s\n", path);
    } else {
        model = compiled_open(path, options, &lacking);
        assert_non_null(model);
    }
    free(path);
    return model;
}

static inline rlx_session *compiled_session(rlx_model *model, uint32_t threads)
{
    rlx_session_options options = {.struct_bytes = sizeof options, .threads = threads};
    rlx_session *session = NULL;
    rlx_error error = {0};

    if (rlx_session_open(model, &options, &session, &error) != RLX_OK)
        fprintf(stderr, "%s\n", error.text);
    return session;
}

enum way { WAY_LONG_RUNS, WAY_SIXTEEN, WAY_STEPS, WAY_NAIVE, WAY_COUNT };
static const char *const way_name[] = {"block", "blocks of 16", "steps", "naive"};

struct compiled_rows {
    float *out;
    size_t width;
};

static inline rlx_go compiled_keep_row(void *context, size_t position, const float *row)
{
    struct compiled_rows *rows = context;

    memcpy(rows->out + position * rows->width, row, rows->width * sizeof *row);
    return RLX_GO_ON;
}

/* Logits of every position, [count, vocabulary], malloc'd; NULL where a call fails. */
static inline float *compiled_logits(rlx_session *session, size_t vocabulary, const int32_t *ids,
                                     size_t count, enum way way)
{
    struct compiled_rows rows = {calloc(count * vocabulary, sizeof(float)), vocabulary};
    static const uint32_t block[] = {0, 16, 1};
    rlx_error error = {0};
    rlx_status status = RLX_OK;
    const float *row;

    rlx_session_reset(session);
    if (way != WAY_NAIVE)
        status = rlx_session_run_logits(session, ids, count, block[way], compiled_keep_row, &rows,
                                        &error);
    for (size_t i = 0; way == WAY_NAIVE && i < count && status == RLX_OK; i++) {
        status = rlx_session_prefill_logits(session, ids, i + 1, &row, &error);
        if (status == RLX_OK)
            compiled_keep_row(&rows, i, row);
    }
    if (status == RLX_OK)
        return rows.out;
    fprintf(stderr, "%s: %s\n", way_name[way], error.text);
    free(rows.out);
    return NULL;
}

#endif
