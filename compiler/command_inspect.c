/* rlxc inspect: shows what is in an artifact, or in an executable that carries one. In: a file that
 * may be hostile; out: text or JSON on standard output. */
#include "compiler/command.h"
#include "compiler/command_line.h"

#include "compiler/base/file.h"
#include "compiler/pack/inspect.h"
#include "runtime/base/advice.h"

#include <jansson.h>
#include <string.h>

static const char usage[] =
    "usage: rlxc inspect FILE [options]\n"
    "\n"
    "Prints what is in an artifact, or in a program made with --emit=exe.\n"
    "\n"
    "      --json     print the manifest, as JSON\n"
    "      --verify   read everything and check every digest\n"
    "  -v, --verbose  print each step of each variant too\n"
    "  -q, --quiet    print nothing; the exit status says whether the file is valid\n"
    "  -h, --help     print this; --version: the version\n";

static const struct option long_options[] = {
    {"json", no_argument, NULL, 'j'},
    {"verify", no_argument, NULL, 'V'},
    {"verbose", no_argument, NULL, 'v'},
    {"quiet", no_argument, NULL, 'q'},
    {"help", no_argument, NULL, 'h'},
    COMMAND_VERSION,
    {NULL, 0, NULL, 0},
};

struct options {
    const char *input;
    bool json, verify, verbose, quiet;
};

static bool set_option(void *context, int option, const char *value)
{
    struct options *o = context;

    (void)value;
    switch (option) {
    case 'j':
        return o->json = true;
    case 'V':
        return o->verify = true;
    case 'q':
        return o->quiet = true;
    default:
        return o->verbose = true;
    }
}

static bool print_manifest(const struct inspected *in)
{
    uint64_t bytes;
    json_error_t error;
    const char *text = inspect_manifest(in, &bytes);

    if (text == NULL)
        return diag_error(in->diags, (struct place){.file = in->name, .object = "manifest"},
                          "expected this section, found none");
    json_t *root = json_loadb(text, bytes, 0, &error);
    if (root == NULL)
        return diag_error(in->diags, (struct place){.file = in->name, .object = "manifest"},
                          "expected JSON, found an error in line %d: %s", error.line, error.text);
    json_dumpf(root, stdout, JSON_INDENT(1));
    fputc('\n', stdout);
    json_decref(root);
    return true;
}

static bool inspect(const struct options *o, struct diags *d)
{
    struct file file;
    struct inspected in;
    struct text text = {.arena = d->arena};
    char advice[ADVICE_BYTES];

    if (advice_on_file(PROGRAM_rlx, o->input, advice)) /* it takes the same files as rlx */
        return diag_error(d, (struct place){0}, "%s", advice);
    if (!file_map(o->input, &file, d))
        return false;
    bool good = inspect_open(&in, o->input, file.data, file.bytes, d);
    if (good && o->quiet && !o->json) {
        good = inspect_text(&in, o->verbose, &text); /* also checks what it would print */
    } else if (good && o->json) {
        good = print_manifest(&in);
    } else if (good) {
        good = inspect_text(&in, o->verbose, &text);
        fputs(text.data, stdout);
    }
    if (good && o->verify) {
        good = inspect_verify(&in);
        if (good && !o->json && !o->quiet)
            puts("all digests match");
    }
    file_unmap(&file);
    return good && d->error_count == 0;
}

static const struct command_line line = {.command = "inspect",
                                         .usage = usage,
                                         .letters = ":vqh",
                                         .options = long_options,
                                         .set = set_option};

int command_inspect(int argc, char **argv)
{
    struct options o = {0};
    struct arena arena = {0};
    struct diags diags = {.arena = &arena};
    int status;

    if (!command_line_read(&line, &o, argc, argv, &status))
        return status;
    if (!command_line_operand("inspect", "file", argc, argv, &o.input))
        return 2;
    bool good = inspect(&o, &diags);
    fflush(stdout);
    diags_print(&diags, stderr);
    arena_free(&arena);
    return good ? 0 : 1;
}
