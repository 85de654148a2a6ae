/* Which functions of libm a text of C calls: names, not parts of names, and not in comments. */
#include "compiler/pack/source_libm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static struct libm_names find(const char *source)
{
    struct libm_names names = {0};

    libm_find(source, strlen(source), &names);
    return names;
}

static void expect(const char *source, const char *expected)
{
    const struct libm_names names = find(source);
    char found[512] = "";

    for (uint32_t i = 0; i < names.count; i++) {
        strcat(found, i == 0 ? "" : " ");
        strcat(found, names.name[i]);
    }
    assert_string_equal(found, expected);
}

static void test_names(void **state)
{
    (void)state;
    expect("y = expf(x) + sqrtf(expf(z)) / fmaxf(a, b);", "expf fmaxf sqrtf");
    expect("double d = exp(x); float f = erff(x); d = erf(d); f = fmodf(f, f);",
           "erf erff exp fmodf");
    expect("my_expf(x); expf2(x); x2exp(y); 1expf; e.logs; exp_f(x);", "");
    expect("/* expf(x) */ // sinf(x)\ncosf(x); \"tanf(x) \\\" logf\"; 'e'; x = a / sqrtf(b);",
           "cosf sqrtf");
    expect("/* open: expf(x)", "");
    expect("\"open: expf(x)", "");
    expect("// open: expf(x)", "");
    expect("", "");
    expect("f ff e", "");
}

static void test_header(void **state)
{
    struct arena arena = {0};
    struct text out = {.arena = &arena};
    struct libm_names names =
        find("x = -INFINITY; if (isnan(powf(x, y))) z = lrintf(fma(a, b, c)) + "
             "ldexpf(tanh(x), 2);");

    (void)state;
    libm_header(&names, &out);
    assert_non_null(strstr(out.data, "\n#define INFINITY (__builtin_inff())\n"
                                     "#define isnan(x) (__builtin_isnan(x))\n"
                                     "double fma(double, double, double);\n"
                                     "float ldexpf(float, int);\n"
                                     "long lrintf(float);\n"
                                     "float powf(float, float);\n"
                                     "double tanh(double);\n\n#endif\n"));
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_names), cmocka_unit_test(test_header)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
