/* Whether to use colours: the environment, and the kind of terminal. */
#include "runtime/tool/line_terminal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>
#include <fcntl.h>
#include <unistd.h>

static void set(const char *name, const char *value)
{
    if (value == NULL)
        unsetenv(name);
    else
        setenv(name, value, 1);
}

static void colours(void **state)
{
    (void)state;
    static const struct {
        const char *term, *no_colour;
        bool has;
    } cases[] = {
        {"xterm", NULL, true}, {"xterm", "", true}, {"xterm", "1", false}, {"dumb", NULL, false},
        {"", NULL, false},     {NULL, NULL, false}, {"linux", NULL, true},
    };
    int terminal = posix_openpt(O_RDWR | O_NOCTTY), files[2];

    assert_true(terminal >= 0);
    assert_int_equal(pipe(files), 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        set("TERM", cases[i].term);
        set("NO_COLOR", cases[i].no_colour);
        assert_int_equal(line_terminal_has_colour(terminal), cases[i].has);
        assert_false(line_terminal_has_colour(files[1]));
    }
    close(terminal);
    close(files[0]);
    close(files[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(colours)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
