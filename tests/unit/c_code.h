/* For tests of the C target's code: prints kernels, compiles them with the machine's C compiler into
 * one shared object, and opens that. Behind each kernel stands a function with the calling interface
 * of rlx/kernel.h, which runs the whole kernel with the tile 0 and nothing with the others. The
 * compiler must have nothing to say about the text.
 *
 * RLX_TEST_CC      the compiler; cc otherwise
 * RLX_TEST_CFLAGS  more of its options, after the tests' own
 */
#ifndef RLX_TESTS_C_CODE_H
#define RLX_TESTS_C_CODE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "targets/c/c.h"

#include <rlx/kernel.h>

struct c_code {
    struct arena *arena;
    const struct lir_kernel *kernels;
    uint32_t count;
    const char **texts; /* by kernel: its function, under one name for all */
    struct text source;
    void *library;
    rlx_kernel_fn *entry; /* by kernel */
};

/* Kernels that differ in their tiles alone are the same text: which of them was the first. */
static inline uint32_t c_code_first_like(const struct c_code *c, uint32_t kernel)
{
    uint32_t i = 0;

    while (i < kernel && strcmp(c->texts[i], c->texts[kernel]) != 0)
        i++;
    return i;
}

static inline void c_code_print_argument(struct c_code *c, const struct lir_kernel *k,
                                         const struct c_parameter *p)
{
    switch (p->kind) {
    case C_ROWS:
        text_add(&c->source, "(size_t)launch->dims[%u]", k->rows_symbol);
        break;
    case C_SEGMENT_COUNT:
        text_add(&c->source, "(size_t)launch->dims[RLX_DIM_BATCH]");
        break;
    case C_KEYS:
        text_add(&c->source, "(size_t)launch->dims[%u]", k->attention.keys_symbol);
        break;
    case C_ARGUMENT:
        text_add(&c->source, "(%s)launch->args[%u]", p->type, lir_slot(k, p->index));
        break;
    case C_VALUE:
        text_add(&c->source,
                 strcmp(p->type, "float ") == 0 ? "number(launch->values[%u])"
                                                : "launch->values[%u]",
                 p->index);
        break;
    }
}

static inline void c_code_print(struct c_code *c, uint32_t kernel)
{
    const struct lir_kernel *k = &c->kernels[kernel];
    struct c_parameter parameters[C_MAX_PARAMETERS];
    const uint32_t count = c_parameters(k, parameters);
    struct text once = {.arena = c->arena};

    c_kernel_text(k, "kernel", &once);
    c->texts[kernel] = once.data;
    const uint32_t first = c_code_first_like(c, kernel);
    if (first == kernel)
        c_kernel_text(k, arena_printf(c->arena, "kernel_%u", kernel), &c->source);
    text_add(
        &c->source,
        "void run_%u(const struct rlx_launch *launch, uint64_t first_tile, uint64_t end_tile)\n"
        "{\n    if (first_tile == 0 && end_tile != 0)\n        kernel_%u(",
        kernel, first);
    for (uint32_t i = 0; i < count; i++) {
        text_add(&c->source, "%s", i == 0 ? "" : ",\n            ");
        c_code_print_argument(c, k, &parameters[i]);
    }
    text_add(&c->source, ");\n}\n");
}

static inline void c_code_print_all(struct c_code *c)
{
    struct c_helpers helpers = {0};
    bool has_values = false;

    for (uint32_t i = 0; i < c->count; i++) {
        const struct c_helpers own = c_helpers(&c->kernels[i]);
        c_helpers_add(&helpers, &own);
        has_values = has_values || c->kernels[i].kind == KERNEL_attention;
    }
    text_add(&c->source, "#include <math.h>\n#include <stddef.h>\n#include <stdint.h>\n"
                         "#include <string.h>\n\n#include <rlx/kernel.h>\n\n");
    c_helpers_text(&helpers, &c->source);
    if (has_values)
        text_add(&c->source, "static inline float number(uint32_t bits)\n{\n    float value;\n\n"
                             "    memcpy(&value, &bits, sizeof value);\n    return value;\n}\n");
    for (uint32_t i = 0; i < c->count; i++)
        c_code_print(c, i);
}

static inline void c_code_write(const char *path, const struct text *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(text->data, 1, text->bytes, file), text->bytes);
    assert_int_equal(fclose(file), 0);
}

/* The text, which is kept where the compiler refuses it. */
static inline void c_code_compile(struct c_code *c)
{
    const char *compiler = getenv("RLX_TEST_CC"), *options = getenv("RLX_TEST_CFLAGS"),
               *temporary = getenv("TMPDIR");
    char *folder =
        arena_printf(c->arena, "%s/rlx-c-code-XXXXXX", temporary != NULL ? temporary : "/tmp");

    assert_non_null(mkdtemp(folder));
    const char *
        source = arena_printf(c->arena, "%s/kernels.c", folder),
       *library = arena_printf(c->arena, "%s/kernels.so", folder),
       *command = arena_printf(
           c->arena,
           "%s -std=c11 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -O1 -ffp-contract=off "
           "-fPIC -shared -Iruntime/include %s -o '%s' '%s' -lm",
           compiler != NULL ? compiler : "cc", options != NULL ? options : "", library, source);
    c_code_write(source, &c->source);
    if (system(command) != 0)
        fail_msg("the compiler refused %s", source);
    /* Threads that an option -fopenmp starts wait in its library beyond dlclose. */
    c->library = dlopen(library, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (c->library == NULL)
        fail_msg("%s", dlerror());
    assert_int_equal(unlink(source), 0);
    assert_int_equal(unlink(library), 0);
    assert_int_equal(rmdir(folder), 0);
}

static inline void c_code_open(struct c_code *c, struct arena *a, const struct lir_kernel *kernels,
                               uint32_t count)
{
    *c = (struct c_code){.arena = a, .kernels = kernels, .count = count, .source.arena = a};
    c->texts = arena_new(a, const char *, count);
    c->entry = arena_new(a, rlx_kernel_fn, count);
    c_code_print_all(c);
    c_code_compile(c);
    for (uint32_t i = 0; i < count; i++) {
        void *address = dlsym(c->library, arena_printf(a, "run_%u", i));
        assert_non_null(address);
        memcpy(&c->entry[i], &address, sizeof address);
    }
}

static inline void c_code_close(struct c_code *c)
{
    dlclose(c->library);
}

#endif
