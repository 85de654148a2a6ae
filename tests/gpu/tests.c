/* Tests of compiled models, all in one program, which is smaller than one each. In: the name of one,
 * "golden_compiled", in the environment what each of them reads. Out: its exit status. */
#include <stdio.h>
#include <string.h>

#define TEST(name) int main_of_##name(void);
#include "gpu_tests.def"
#undef TEST

static const struct test {
    const char *name;
    int (*main)(void);
} tests[] = {
#define TEST(name) {#name, main_of_##name},
#include "gpu_tests.def"
#undef TEST
};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc == 2 && i < sizeof tests / sizeof tests[0]; i++)
        if (strcmp(argv[1], tests[i].name) == 0)
            return tests[i].main();
    fputs("usage: gpu_tests NAME\nnames:", stderr);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        fprintf(stderr, " %s", tests[i].name);
    fputs("\n", stderr);
    return 2;
}
