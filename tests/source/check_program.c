/* Compares a program that carries a model with what other implementations computed. In: a file of
 * expectations, and the command that starts the program:
 *
 *     check_program golden WAY EXPECTED.safetensors COMMAND...
 *     check_program cases WAY EXPECTED.json [--form=NAME] [--cases=NUMBER]
 *                   [--logits=FILE.safetensors] COMMAND...
 *
 * The program must take --tokens, -n, --temp, --ids, --ignore-eos and --logits. WAY says what its
 * numbers may be off: exact; f16 or q8, the type of the KV cache, with f32 activations; i8 or i16,
 * the type of the activations, with a KV cache of f32. Out: one line for each comparison, and status
 * 1 if any failed.
 */
#include "tests/source/command.h"
#include "tests/support/compare.h"
#include "tests/support/safetensors_reader.h"
#include "tests/support/temporary_files.h"

/* Below this margin the best token is not sure even with exact arithmetic. */
static const double NARROW = 0.001;
/* How much larger than the errors of one text those of another may be. */
static const double UNSEEN = 4;

enum way { WAY_EXACT, WAY_F16, WAY_Q8, WAY_I8, WAY_I16, WAY_COUNT };
static const char *const way_name[] = {"exact", "f16", "q8", "i8", "i16"};

struct check {
    enum way way;
    const char *name; /* of the fixture or case */
    char **command;
    size_t failures;
};

static void report(struct check *c, bool good, const char *text)
{
    printf("%s%s\n", good ? "" : "FAILED: ", text);
    c->failures += !good;
}

/* ---- what may be off ---- */

static struct budget budget_of(const struct safetensors_reader *expected, enum way way)
{
    const char *const rounded[] = {"budget_int8_32", "budget_bf16", "budget_f16"};
    struct budget b = {.rel = safetensors_metadata(expected, "budget_exact_rel", 2e-5)};
    char key[64];

    if (way == WAY_F16)
        b.rel = 1e-2;
    /* Of q8 a bound over all fixtures: tests/unit/test_golden_compiled.c has the sum. */
    if (way == WAY_Q8)
        b = (struct budget){.rel = 5e-2, .kl = 1e-3};
    for (size_t i = 0; way >= WAY_I8 && i < sizeof rounded / sizeof rounded[0]; i++) {
        double finer = way == WAY_I16 ? 64 : 1; /* of 256 steps of i16 to one of i8 */
        snprintf(key, sizeof key, "%s_rel", rounded[i]);
        double rel = safetensors_metadata(expected, key, 0);
        snprintf(key, sizeof key, "%s_rms", rounded[i]);
        if (rel != 0)
            return (struct budget){.rel = rel / finer,
                                   .rms = safetensors_metadata(expected, key, 0) / finer};
    }
    return b;
}

/* ---- what the program is asked ---- */

/* Logits [count, width] of ids that the program runs as a prompt; malloc'd. NULL: it failed, or its
 * file has another shape. */
static float *logits_of(struct check *c, const int32_t *ids, size_t count, size_t width)
{
    struct safetensors_reader found;
    char path[600], *tokens = command_ids("--tokens=", ids, count), option[700];
    float *logits = NULL;

    snprintf(path, sizeof path, "%s/logits.safetensors", test_folder.path);
    snprintf(option, sizeof option, "--logits=%s", path);
    char *arguments[] = {
        tokens, option, (char *)(uintptr_t) "-n", (char *)(uintptr_t) "0", (char *)(uintptr_t) "-q",
        NULL};
    char *printed = command_output(c->command, arguments);
    if (printed != NULL && safetensors_read(&found, path)) {
        struct test_tensor t = safetensors_get(&found, "logits");
        if (t.f32 != NULL && t.rank == 2 && t.shape[0] == count && t.shape[1] == width &&
            (logits = malloc(t.bytes)) != NULL)
            memcpy(logits, t.f32, t.bytes);
        safetensors_close(&found);
    }
    free(printed);
    free(tokens);
    unlink(path);
    return logits;
}

/* How many of the expected tokens came, in order. */
static size_t greedy_agreement(struct check *c, const int32_t *prompt, size_t prompt_count,
                               const int32_t *expected, size_t count)
{
    char *tokens = command_ids("--tokens=", prompt, prompt_count), number[24];
    size_t same = 0;

    snprintf(number, sizeof number, "%zu", count);
    char *arguments[] = {tokens,
                         (char *)(uintptr_t) "-n",
                         number,
                         (char *)(uintptr_t) "--temp",
                         (char *)(uintptr_t) "0",
                         (char *)(uintptr_t) "--ids",
                         (char *)(uintptr_t) "--ignore-eos",
                         (char *)(uintptr_t) "-q",
                         NULL};
    char *printed = command_output(c->command, arguments), *at = printed;
    while (at != NULL && same < count) {
        char *end;
        long id = strtol(at, &end, 10);
        if (end == at || id != expected[same])
            break;
        same++;
        at = *end == ',' ? end + 1 : NULL;
    }
    free(printed);
    free(tokens);
    return same;
}

/* The error relative to the largest logit; the budget where there are no logits. */
static double check_logits(struct check *c, const float *expected, const float *found, size_t rows,
                           size_t width, struct budget b)
{
    char name[160], text[512];
    struct error e = {.rows = 0};

    snprintf(name, sizeof name, "%s, %s: logits", c->name, way_name[c->way]);
    if (found == NULL) {
        snprintf(text, sizeof text, "%s: none came", name);
        report(c, false, text);
        return b.rel;
    }
    error_add(&e, expected, found, rows, width);
    error_text(&e, &b, name, text, sizeof text);
    report(c, error_within(&e, b, "%s", name), text);
    return error_rel(&e);
}

static void check_greedy(struct check *c, const int32_t *prompt, size_t prompt_count,
                         const int32_t *expected, const double *margins, size_t count,
                         double narrow)
{
    size_t sure = 0;
    char text[256];

    while (sure < count && margins[sure] >= narrow)
        sure++;
    size_t same = greedy_agreement(c, prompt, prompt_count, expected, sure);
    snprintf(text, sizeof text, "%s, %s: %zu of %zu sure tokens agree", c->name, way_name[c->way],
             same, sure);
    report(c, same == sure, text);
}

/* ---- fixtures of golden/ ---- */

/* "llama-f32" of ".../llama-f32/expected.safetensors", "llama-Q4_0" of
 * ".../gguf/llama-Q4_0.expected.safetensors". */
static const char *fixture_name(const char *path, char *name, size_t bytes)
{
    const char *end = strstr(path, "expected.safetensors"), *begin;

    if (end == NULL || end == path)
        return path;
    for (begin = --end; begin > path && begin[-1] != '/'; begin--)
        continue;
    snprintf(name, bytes, "%.*s", (int)(end - begin), begin);
    return name;
}

static void golden_greedy(struct check *c, const struct safetensors_reader *r, double off)
{
    struct test_tensor prompt = safetensors_get(r, "greedy.prompt"),
                       greedy = safetensors_get(r, "greedy.tokens"),
                       margin = safetensors_get(r, "greedy.margin");
    double *margins = calloc((size_t)margin.count + 1, sizeof *margins);

    for (uint64_t i = 0; margins != NULL && i < margin.count; i++)
        margins[i] = (double)margin.f32[i];
    if (margins != NULL)
        check_greedy(c, prompt.i32, (size_t)prompt.count, greedy.i32, margins, (size_t)greedy.count,
                     NARROW + 2 * off * safetensors_metadata(r, "max_abs_logit", 10));
    free(margins);
}

static void golden(struct check *c, const char *path)
{
    struct safetensors_reader r;
    char name[128];

    c->name = fixture_name(path, name, sizeof name);
    if (!safetensors_read(&r, path)) {
        report(c, false, path);
        return;
    }
    struct test_tensor tokens = safetensors_get(&r, "tokens"),
                       logits = safetensors_get(&r, "logits");
    struct budget b = budget_of(&r, c->way);
    size_t width = (size_t)logits.shape[1];
    float *found = logits_of(c, tokens.i32, (size_t)tokens.count, width);
    double off = check_logits(c, logits.f32, found, (size_t)tokens.count, width, b);
    free(found);
    if (safetensors_has(&r, "greedy.prompt")) /* fixtures for the formats of weights have none */
        golden_greedy(c, &r, fmin(b.rel, UNSEEN * off));
    safetensors_close(&r);
}

/* ---- cases of trained models ---- */

struct cases {
    const char *form, *logits;
    size_t max;
};

static int32_t *ids_of(const json_t *list, size_t *count)
{
    *count = json_array_size(list);
    int32_t *ids = calloc(*count + 1, sizeof *ids);

    for (size_t i = 0; ids != NULL && i < *count; i++)
        ids[i] = (int32_t)json_integer_value(json_array_get(list, i));
    return ids;
}

/* The greedy tokens and margins of a case stand in it, or in its member "exact". */
static void case_greedy(struct check *c, const json_t *entry)
{
    const json_t *exact = json_object_get(entry, "exact"),
                 *tokens = exact != NULL ? json_object_get(exact, "ids")
                                         : json_object_get(entry, "greedy"),
                 *margin = json_object_get(exact != NULL ? exact : entry, "margins");
    size_t prompt_count, count;
    int32_t *prompt = ids_of(json_object_get(entry, "ids"), &prompt_count),
            *expected = ids_of(tokens, &count);
    double *margins = calloc(count + 1, sizeof *margins);

    for (size_t i = 0; margins != NULL && i < count; i++)
        margins[i] = json_number_value(json_array_get(margin, i));
    if (prompt != NULL && expected != NULL && margins != NULL && count > 0)
        check_greedy(c, prompt, prompt_count, expected, margins, count,
                     c->way == WAY_EXACT ? NARROW : 0.1);
    free(prompt);
    free(expected);
    free(margins);
}

/* The logits after the prompt of a case, where the file has them in f32. */
static void case_logits(struct check *c, const json_t *entry, const char *path)
{
    struct safetensors_reader r;
    char key[128];

    if (path == NULL || !safetensors_read(&r, path))
        return;
    snprintf(key, sizeof key, "%s.exact", c->name);
    if (safetensors_has(&r, key) && safetensors_get(&r, key).f32 != NULL) {
        struct test_tensor expected = safetensors_get(&r, key);
        size_t count, width = (size_t)expected.count;
        int32_t *ids = ids_of(json_object_get(entry, "ids"), &count);
        float *found = ids != NULL ? logits_of(c, ids, count, width) : NULL;
        check_logits(c, expected.f32, found != NULL ? found + (count - 1) * width : NULL, 1, width,
                     (struct budget){.rel = c->way == WAY_EXACT ? 2e-5 : 1e-2});
        free(found);
        free(ids);
    }
    safetensors_close(&r);
}

static void cases(struct check *c, const char *path, const struct cases *wanted)
{
    json_error_t error;
    json_t *root = json_load_file(path, 0, &error), *entry;
    size_t i, checked = 0;

    json_array_foreach(json_object_get(root, "cases"), i, entry)
    {
        const char *form = json_string_value(json_object_get(entry, "form"));
        if (checked == wanted->max ||
            (wanted->form != NULL && (form == NULL || strcmp(form, wanted->form) != 0)))
            continue;
        c->name = json_string_value(json_object_get(entry, "name"));
        case_logits(c, entry, wanted->logits);
        case_greedy(c, entry);
        checked++;
    }
    if (checked == 0)
        report(c, false, path);
    json_decref(root);
}

static int usage(void)
{
    fputs("usage: check_program golden|cases exact|f16|q8|i8|i16 EXPECTED [--form=NAME] "
          "[--cases=NUMBER] [--logits=FILE] COMMAND...\n",
          stderr);
    return 2;
}

int main(int argc, char **argv)
{
    struct cases wanted = {.max = SIZE_MAX};
    struct check c = {.way = WAY_COUNT};
    int at = 4;

    for (int i = 0; argc > 4 && i < WAY_COUNT; i++)
        if (strcmp(argv[2], way_name[i]) == 0)
            c.way = (enum way)i;
    if (c.way == WAY_COUNT)
        return usage();
    for (; at < argc && strncmp(argv[at], "--", 2) == 0; at++) {
        const char *value = strchr(argv[at], '=');
        if (value == NULL)
            return usage();
        if (strncmp(argv[at], "--form=", 7) == 0)
            wanted.form = value + 1;
        else if (strncmp(argv[at], "--cases=", 8) == 0)
            wanted.max = strtoul(value + 1, NULL, 10);
        else if (strncmp(argv[at], "--logits=", 9) == 0)
            wanted.logits = value + 1;
        else
            return usage();
    }
    if (at == argc)
        return usage();
    c.command = argv + at;
    temporary_open(&test_folder);
    if (strcmp(argv[1], "golden") == 0)
        golden(&c, argv[3]);
    else
        cases(&c, argv[3], &wanted);
    temporary_close(&test_folder);
    return c.failures != 0;
}
