/* Runs text tests: a file is a test. In: folders of .hir and .lir files; out: the name of each that
 * fails, with what was expected and found; the exit status says whether all passed.
 *
 *     # rlxc opt -p fuse-norm          the command; it reads the graph below
 *     # eval seed=7 tol=1e-6           both graphs must compute the same on random data
 *     graph "a norm"                   the input, up to the next section; free comments begin
 *     ...                              with # as well
 *     # report                         optional: what the command prints with --report=fusion
 *     fuse-norm: 1 done, 0 left
 *     # expect                         what the command prints
 *     graph "a norm"
 *     ...
 *
 * `# error: text` at the end of a line expects one diagnostic there with that text, exit status 1
 * and no output. Every printed graph, or program (--lower), is also parsed and printed again, which
 * must change nothing. With BLESS=1 in the environment the sections report and expect are rewritten.
 *
 * A .lir file is a program, with comments in front. It parses, is right and prints as it is
 * (BLESS=1 rewrites it), or has an `# error: text` for each mistake. A program, also one that a
 * .hir file lowers, is run by each line
 *
 *     # run level=x86-64-v3 seed=7 tol=1e-5
 *
 * in front of it: on the level's code and in the evaluator, which must compute the same; and so
 * must its kernels in C and as shaders, by the first of these lines.
 */
#include "compiler/command.h"
#include "compiler/hir/hir.h"
#include "compiler/lir/lir.h"
#include "compiler/passes/passes.h"
#include "tests/support/temporary_files.h"
#include "tests/text/run_program.h"

#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Sums in C are rounded at each product, and shaders have an order of their own. */
#define TOLERANCE_OF_OTHERS 1e-5

static const char *const other_levels[] = {"c", "vulkan1.2"};

struct test {
    const char *path;
    struct arena *arena;
    const char *arguments; /* after "rlxc opt" */
    const char *input;     /* the file up to the first section */
    const char *report;    /* NULL: no such section */
    const char *expect;
    uint64_t seed;
    double tolerance; /* 0: not evaluated */
    struct program_run runs[4];
    uint32_t run_count;
    uint32_t errors; /* number of `# error:` */
};

struct result {
    int status;
    const char *out, *err;
};

static const char *folder;

static char *read_whole(struct arena *a, const char *path)
{
    struct text text = {.arena = a};
    char block[4096];
    size_t bytes;
    FILE *file = fopen(path, "rb");

    if (file == NULL)
        return NULL;
    text_add(&text, "%s", "");
    while ((bytes = fread(block, 1, sizeof block, file)) != 0)
        text_add_bytes(&text, block, bytes);
    fclose(file);
    return text.data;
}

static bool write_whole(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");

    if (file == NULL)
        return false;
    fputs(text, file);
    return fclose(file) == 0;
}

static bool fail(const struct test *t, const char *what, const char *expected, const char *found)
{
    printf("FAIL %s: %s\n--- expected\n%s\n--- found\n%s\n---\n", t->path, what, expected, found);
    return false;
}

/* ---- reading a test ---- */

/* Where the line `marker` begins; NULL where there is none. */
static char *find_line(char *text, const char *marker)
{
    size_t bytes = strlen(marker);

    for (char *at = text; at != NULL; at = strchr(at, '\n') == NULL ? NULL : strchr(at, '\n') + 1)
        if (strncmp(at, marker, bytes) == 0 && (at[bytes] == '\n' || at[bytes] == 0))
            return at;
    return NULL;
}

/* Cuts the text at the marker; what follows its line, or NULL. */
static const char *cut(char *text, const char *marker)
{
    char *at = find_line(text, marker);

    if (at == NULL)
        return NULL;
    *at = 0;
    at += strlen(marker);
    return at[1] == 0 ? "" : at + 1;
}

static bool read_runs(struct test *t, const char *text)
{
    static const char marker[] = "\n# run ";

    for (const char *at = text; (at = strstr(at, marker)) != NULL; at++) {
        struct program_run *run = &t->runs[t->run_count];
        if (t->run_count == countof(t->runs) ||
            sscanf(at, "\n# run level=%63s seed=%llu tol=%lf", run->level, &run->seed,
                   &run->tolerance) != 3)
            return fail(t, "the line # run", "# run level=NAME seed=N tol=X", at + 1);
        t->run_count++;
    }
    return true;
}

static uint32_t count_errors(const char *text)
{
    uint32_t count = 0;

    for (const char *at = text; (at = strstr(at, "# error: ")) != NULL; at++)
        count++;
    return count;
}

static bool read_test(struct test *t)
{
    char *text = read_whole(t->arena, t->path), *line;
    static const char command[] = "# rlxc opt ";

    if (text == NULL || strncmp(text, command, sizeof command - 1) != 0)
        return fail(t, "the first line", "# rlxc opt ...", text == NULL ? "no such file" : text);
    t->expect = cut(text, "# expect");
    t->report = cut(text, "# report");
    t->input = text;
    t->arguments = arena_printf(t->arena, "%.*s", (int)strcspn(text + sizeof command - 1, "\n"),
                                text + sizeof command - 1);
    line = strstr(text, "\n# eval ");
    if (line != NULL) {
        unsigned long long seed;
        if (sscanf(line, "\n# eval seed=%llu tol=%lf", &seed, &t->tolerance) != 2)
            return fail(t, "the line # eval", "# eval seed=N tol=X", line + 1);
        t->seed = seed;
    }
    t->errors = count_errors(text);
    return read_runs(t, text);
}

/* ---- running ---- */

enum { MAX_WORDS = 64 };

/* `rlxc opt ARGUMENTS MORE -` in a process of its own, in whose program nothing has to be loaded. */
static int run_command(const char *arguments, const char *more, const char *in, const char *out,
                       const char *err)
{
    char words[4096], *argv[MAX_WORDS + 3] = {(char[]){"opt"}};
    int argc = 1, status;

    snprintf(words, sizeof words, "%s %s", arguments, more);
    for (char *word = strtok(words, " "); word != NULL && argc < MAX_WORDS;
         word = strtok(NULL, " "))
        argv[argc++] = word;
    argv[argc++] = (char[]){"-"};
    fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        if (freopen(in, "rb", stdin) == NULL || freopen(out, "wb", stdout) == NULL ||
            freopen(err, "wb", stderr) == NULL)
            _exit(99);
        status = command_opt(argc, argv);
        fflush(NULL);
        _exit(status);
    }
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status)
               ? WEXITSTATUS(status)
               : -1;
}

static struct result run(const struct test *t, const char *more)
{
    char *in = arena_printf(t->arena, "%s/in", folder),
         *out = arena_printf(t->arena, "%s/out", folder);
    char *err = arena_printf(t->arena, "%s/err", folder);

    write_whole(in, t->input);
    struct result r = {.status = run_command(t->arguments, more, in, out, err)};
    r.out = read_whole(t->arena, out);
    r.err = read_whole(t->arena, err);
    return r;
}

static bool parse(const struct test *t, const char *text, struct strings *strings,
                  struct hir_graph *g)
{
    struct diags d = {.arena = t->arena};

    hir_init(g, t->arena, strings, "");
    if (hir_parse(g, t->path, text, strlen(text), &d) && hir_verify(g, &d))
        return true;
    diags_print(&d, stdout);
    return fail(t, "the printed graph does not parse", "no errors", text);
}

static bool run_all(const struct test *t, const struct lir_program *p)
{
    bool good = true;

    for (uint32_t i = 0; i < t->run_count; i++)
        good = run_program(t->path, p, &t->runs[i]) && good;
    for (uint32_t i = 0; i < countof(other_levels) && t->run_count != 0; i++) {
        struct program_run run = t->runs[0];
        snprintf(run.level, sizeof run.level, "%s", other_levels[i]);
        run.tolerance = fmax(run.tolerance, TOLERANCE_OF_OTHERS);
        run.may_refuse = true;
        good = run_program(t->path, p, &run) && good;
    }
    return good;
}

/* With --lower a program is printed: it parses, is right, and prints as it was. */
static bool check_program(const struct test *t, const char *printed)
{
    struct diags d = {.arena = t->arena};
    struct text again = {.arena = t->arena};
    struct lir_kernels kernels = {.arena = t->arena};
    struct strings strings;
    struct lir_program p;

    strings_init(&strings, t->arena);
    if (!lir_parse(&p, &kernels, t->arena, &strings, t->path, printed, strlen(printed), &d) ||
        !lir_verify(&p, &d)) {
        diags_print(&d, stdout);
        return fail(t, "the printed program does not parse", "no errors", printed);
    }
    lir_text(&p, &again);
    if (strcmp(again.data, printed) != 0)
        return fail(t, "printed, parsed and printed again", printed, again.data);
    return run_all(t, &p);
}

/* The output parses, prints as it was, and computes what the input does. */
static bool check_output(const struct test *t, const char *printed)
{
    if (strstr(t->arguments, "--lower=") != NULL)
        return check_program(t, printed);
    struct diags d = {.arena = t->arena};
    struct text again = {.arena = t->arena};
    struct strings strings;
    struct hir_graph before, after;

    strings_init(&strings, t->arena);
    if (!parse(t, printed, &strings, &after))
        return false;
    hir_text(&after, &again);
    if (strcmp(again.data, printed) != 0)
        return fail(t, "printed, parsed and printed again", printed, again.data);
    if (t->tolerance == 0)
        return true;
    if (!parse(t, t->input, &strings, &before))
        return false;
    if (graphs_agree(&before, &after, t->seed, t->tolerance, &d))
        return true;
    diags_print(&d, stdout);
    return fail(t, "the graphs compute different values", t->input, printed);
}

/* ---- errors ---- */

/* Notes explain the diagnostic before them. */
static uint32_t count_diagnostics(const char *text)
{
    uint32_t count = 0;

    for (const char *line = text; *line != 0; line += strcspn(line, "\n") + 1)
        count += strncmp(line, "  note: ", 8) != 0;
    return count;
}

/* Each `# error: text` has its line in the diagnostics, at that place where a place is known. */
static bool check_errors(const struct test *t, const struct result *r)
{
    uint32_t number = 1;

    if (r->status != 1 || r->out[0] != 0)
        return fail(t, "errors were expected", "exit status 1, no output", r->out);
    if (count_diagnostics(r->err) != t->errors)
        return fail(t, "another number of errors", t->input, r->err);
    for (const char *line = t->input; *line != 0; number++) {
        size_t bytes = strcspn(line, "\n");
        const char *mark = memmem(line, bytes, "# error: ", 9);
        if (mark != NULL) {
            char *text = arena_printf(t->arena, "%.*s", (int)(line + bytes - mark - 9), mark + 9);
            char *place = arena_printf(t->arena, "-:%u:", number);
            const char *found = strstr(r->err, text);
            if (found == NULL)
                return fail(t, "an error is missing", text, r->err);
            while (found > r->err && found[-1] != '\n')
                found--;
            if (strncmp(found, "-:", 2) == 0 && strncmp(found, place, strlen(place)) != 0)
                return fail(t, "an error stands elsewhere", place, found);
        }
        line += bytes + (line[bytes] == '\n');
    }
    return true;
}

/* ---- one test ---- */

static bool bless(const struct test *t, const char *report, const char *expect)
{
    struct text text = {.arena = t->arena};

    text_add(&text, "%s", t->input);
    if (t->report != NULL)
        text_add(&text, "# report\n%s", report);
    text_add(&text, "# expect\n%s", expect);
    return write_whole(t->path, text.data);
}

/* ---- programs ---- */

/* The lines that begin with #, or the others. */
static const char *lines_of(const struct test *t, bool comments)
{
    struct text out = {.arena = t->arena};

    text_add(&out, "%s", "");
    for (const char *line = t->input; *line != 0;) {
        size_t bytes = strcspn(line, "\n");
        bytes += line[bytes] == '\n';
        if ((*line == '#') == comments)
            text_add_bytes(&out, line, bytes);
        line += bytes;
    }
    return out.data;
}

static const char *printed_diagnostics(const struct test *t, const struct diags *d)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *file = open_memstream(&text, &bytes);

    diags_print(d, file);
    fclose(file);
    const char *copy = arena_printf(t->arena, "%s", text);
    free(text);
    return copy;
}

static bool check_lir_text(const struct test *t, const struct lir_program *p)
{
    struct text printed = {.arena = t->arena};
    const char *program = lines_of(t, false);

    lir_text(p, &printed);
    if (getenv("BLESS") != NULL)
        return write_whole(t->path,
                           arena_printf(t->arena, "%s%s", lines_of(t, true), printed.data));
    return strcmp(printed.data, program) == 0 ||
           fail(t, "it prints otherwise", program, printed.data);
}

static bool run_lir_test(const char *path, struct arena *a)
{
    struct test t = {.path = path, .arena = a};
    struct diags d = {.arena = a};
    struct lir_kernels kernels = {.arena = a};
    struct strings strings;
    struct lir_program p;

    t.input = read_whole(a, path);
    if (t.input == NULL || !read_runs(&t, t.input))
        return fail(&t, "reading it", "a text test", "none");
    t.errors = count_errors(t.input);
    strings_init(&strings, a);
    bool good = lir_parse(&p, &kernels, a, &strings, "-", t.input, strlen(t.input), &d) &&
                lir_verify(&p, &d);
    struct result r = {.status = !good, .out = "", .err = printed_diagnostics(&t, &d)};
    if (t.errors != 0)
        return check_errors(&t, &r);
    if (!good)
        return fail(&t, "a right program was expected", "no errors", r.err);
    return check_lir_text(&t, &p) && run_all(&t, &p);
}

static bool has_ending(const char *path, const char *ending)
{
    size_t bytes = strlen(path), last = strlen(ending);

    return bytes > last && strcmp(path + bytes - last, ending) == 0;
}

static bool run_test(const char *path, struct arena *a)
{
    struct test t = {.path = path, .arena = a};

    if (has_ending(path, ".lir"))
        return run_lir_test(path, a);
    if (!read_test(&t))
        return false;
    struct result r = run(&t, "");
    if (t.errors != 0)
        return check_errors(&t, &r);
    if (r.status != 0)
        return fail(&t, "exit status 0 was expected", "", r.err);
    struct result report = {.out = ""};
    if (t.report != NULL)
        report = run(&t, "--report=fusion");
    if (getenv("BLESS") != NULL)
        return check_output(&t, r.out) && bless(&t, report.out, r.out);
    if (t.expect == NULL || strcmp(r.out, t.expect) != 0)
        return fail(&t, "another graph",
                    t.expect == NULL ? "(no section # expect; BLESS=1 writes it)" : t.expect,
                    r.out);
    if (t.report != NULL && strcmp(report.out, t.report) != 0)
        return fail(&t, "another report", t.report, report.out);
    return check_output(&t, r.out);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_test(const struct dirent *entry)
{
    return has_ending(entry->d_name, ".hir") || has_ending(entry->d_name, ".lir");
}

/* Counts what ran and what failed. */
static void run_folder(const char *path, uint32_t *ran, uint32_t *failed)
{
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, is_test, by_name);

    if (count <= 0) {
        printf("FAIL %s: expected a folder of .hir or .lir files\n", path);
        *failed += 1;
    }
    for (int i = 0; i < count; i++) {
        struct arena arena = {0};
        *ran += 1;
        *failed += !run_test(arena_printf(&arena, "%s/%s", path, entries[i]->d_name), &arena);
        arena_free(&arena);
        free(entries[i]);
    }
    free(entries);
}

int main(int argc, char **argv)
{
    struct temporary_folder temporary;
    uint32_t ran = 0, failed = 0;

    if (argc < 2) {
        fputs("usage: run_text FOLDER...\n", stderr);
        return 2;
    }
    temporary_open(&temporary);
    folder = temporary.path;
    for (int i = 1; i < argc; i++)
        run_folder(argv[i], &ran, &failed);
    temporary_close(&temporary);
    printf("%u text tests, %u failed\n", ran, failed);
    return failed != 0;
}
