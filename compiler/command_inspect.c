/* rlxc inspect: shows what is in an artifact, or in an executable that carries one. In: a file that
 * anybody may have made; out: text or JSON on standard output.
 */
#include "compiler/command.h"

#include "compiler/base/file.h"
#include "compiler/pack/inspect.h"

#include <getopt.h>
#include <jansson.h>
#include <string.h>

static const char usage[] = "usage: rlxc inspect FILE [options]\n"
                            "\n"
                            "Prints what is in an artifact, or in a program made with --emit=exe.\n"
                            "\n"
                            "      --json     the manifest, as JSON\n"
                            "      --verify   read everything and check every digest\n"
                            "  -v, --verbose  each step of each variant too\n"
                            "  -h, --help     print this\n";

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

static bool inspect(const char *path, bool json, bool verify, bool verbose, struct diags *d)
{
    struct file file;
    struct inspected in;
    struct text text = {.arena = d->arena};

    if (!file_map(path, &file, d))
        return false;
    bool good = inspect_open(&in, path, file.data, file.bytes, d);
    if (good && json) {
        good = print_manifest(&in);
    } else if (good) {
        good = inspect_text(&in, verbose, &text);
        fputs(text.data, stdout);
    }
    if (good && verify) {
        good = inspect_verify(&in);
        if (good && !json)
            puts("every digest is right");
    }
    file_unmap(&file);
    return good && d->error_count == 0;
}

int command_inspect(int argc, char **argv)
{
    static const struct option options[] = {{"json", no_argument, NULL, 'j'},
                                            {"verify", no_argument, NULL, 'V'},
                                            {"verbose", no_argument, NULL, 'v'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    bool json = false, verify = false, verbose = false;
    int option;

    opterr = 0;
    optind = 0;
    while ((option = getopt_long(argc, argv, "vh", options, NULL)) != -1) {
        switch (option) {
        case 'j':
            json = true;
            break;
        case 'V':
            verify = true;
            break;
        case 'v':
            verbose = true;
            break;
        case 'h':
            fputs(usage, stdout);
            return 0;
        default:
            fprintf(stderr, "rlxc inspect: unknown option '%s'; see rlxc inspect --help\n",
                    argv[optind - 1]);
            return 2;
        }
    }
    if (optind + 1 != argc) {
        fprintf(stderr, "rlxc inspect: expected one file, found %d; see rlxc inspect --help\n",
                argc - optind);
        return 2;
    }
    struct arena arena = {0};
    struct diags diags = {.arena = &arena};
    bool good = inspect(argv[optind], json, verify, verbose, &diags);
    fflush(stdout);
    diags_print(&diags, stderr);
    arena_free(&arena);
    return good ? 0 : 1;
}
