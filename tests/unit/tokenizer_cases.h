/* Shared by the tests of the tokenizer: a published vocabulary, imported and compiled; files of
 * cases as JSON; RLX_SHARED. */
#ifndef TESTS_TOKENIZER_CASES_H
#define TESTS_TOKENIZER_CASES_H

#include "compiler/import/tokenizer/text_steps.h"
#include "compiler/import/vocabulary.h"
#include "compiler/tokenizer/pack.h"
#include "runtime/text/chat.h"
#include "runtime/tokenizer/tokenize.h"
#include "tests/support/shared.h"
#include "tests/support/temporary_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

struct compiled {
    struct arena arena;
    struct strings strings;
    struct diags diags, warnings; /* of packing; of importing */
    struct model model;
    uint8_t *section;
    uint64_t bytes;
    struct tokenizer tokenizer;
};

/* The path below RLX_SHARED; skips the test, by name, where it is not there. */
static inline const char *shared_path(const char *name)
{
    const char *path = test_shared(name);
    if (access(path, R_OK) != 0) {
        print_message("skipped: %s is not there (set RLX_SHARED)\n", path);
        skip();
    }
    return path;
}

static inline void pack_model(struct compiled *c)
{
    bool good = tokenizer_pack(&c->model, &c->arena, &c->section, &c->bytes, &c->diags);
    diags_print(&c->diags, stderr);
    assert_true(good);
    assert_non_null(c->section);
    rlx_error error = {0};
    assert_int_equal(tokenizer_open(&c->tokenizer, c->section, c->bytes, &error), RLX_OK);
}

static inline struct compiled *start_model(void)
{
    struct compiled *c = calloc(1, sizeof *c);
    strings_init(&c->strings, &c->arena);
    c->diags.arena = &c->arena;
    c->model.arena = &c->arena;
    c->model.strings = &c->strings;
    return c;
}

/* A model of one token, to be completed and packed. */
static inline struct compiled *start_smallest(void)
{
    struct compiled *c = start_model();
    struct vocabulary *v = arena_new(&c->arena, struct vocabulary, 1);
    v->tokens = arena_new(&c->arena, struct vocabulary_token, 1);
    v->tokens[0] = (struct vocabulary_token){.text = "a", .bytes = 1, .kind = TOKEN_normal};
    v->token_count = 1;
    v->from_gguf = true;
    v->unknown = UINT32_MAX;
    c->model.vocabulary = v;
    return c;
}

/* Warnings are not printed. */
static inline struct compiled *load_vocabulary_quietly(const char *path)
{
    struct compiled *c = start_model();
    struct import_options options = {.vocabulary_only = true};
    bool good = import_model(path, &options, &c->model, &c->diags);
    if (!good)
        diags_print(&c->diags, stderr);
    assert_true(good);
    assert_non_null(c->model.vocabulary);
    c->warnings = c->diags;
    c->diags = (struct diags){.arena = &c->arena};
    pack_model(c);
    return c;
}

static inline struct compiled *load_vocabulary(const char *path)
{
    struct compiled *c = load_vocabulary_quietly(path);
    diags_print(&c->warnings, stderr);
    return c;
}

static inline void free_vocabulary(struct compiled *c)
{
    model_close(&c->model);
    arena_free(&c->arena);
    free(c);
}

/* Unpacks a gzip file of the shared folder into test_folder, as `name`; the test's fixtures make
 * and remove it. */
static inline const char *unpacked_folder(const char *packed, const char *name)
{
    char command[8192];
    snprintf(command, sizeof command, "gzip -dc '%s' > '%s'", packed,
             temporary_path(&test_folder, name));
    assert_int_equal(system(command), 0);
    return test_folder.path;
}

/* Calls `each` for every line of a file of JSON objects; returns how many lines there were. */
static inline size_t each_case(const char *path, void (*each)(void *context, const json_t *line),
                               void *context)
{
    FILE *f = fopen(path, "r");
    char *line = NULL;
    size_t room = 0, count = 0;
    ssize_t length;
    assert_non_null(f);
    while ((length = getline(&line, &room, f)) > 0) {
        json_t *object = json_loadb(line, (size_t)length, JSON_ALLOW_NUL, NULL);
        assert_non_null(object);
        each(context, object);
        json_decref(object);
        count++;
    }
    free(line);
    fclose(f);
    return count;
}

#endif
