/* Guesses what a mistaken command line meant. In: a word of it; out: a sentence, whose commands can
 * be pasted into a shell. Contract: advice.h. */
#include "runtime/base/advice.h"

#include "runtime/base/file_kind.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- paths in sentences ---- */

/* One word of a shell, quoted if necessary, without control bytes, which a terminal would obey. */
static void shell_word(const char *path, char *out, size_t bytes)
{
    static const char harmless[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                   "_-+=:,./@%";
    bool quoted = path[strspn(path, harmless)] != 0 || path[0] == 0;
    size_t count = 0;

    if (quoted)
        out[count++] = '\'';
    for (const char *c = path; *c != 0 && count + 8 < bytes; c++) {
        if (*c == '\'')
            count += (size_t)snprintf(out + count, bytes - count, "'\\''");
        else
            out[count++] = (unsigned char)*c < ' ' || *c == 0x7f ? '?' : *c;
    }
    if (quoted)
        out[count++] = '\'';
    out[count] = 0;
}

static void printable(const char *text, char *out, size_t bytes)
{
    size_t count = 0;

    for (; text[count] != 0 && count + 1 < bytes; count++)
        out[count] = (unsigned char)text[count] < ' ' || text[count] == 0x7f ? '?' : text[count];
    out[count] = 0;
}

/* "talk.gguf", "talk.hir" and "models/talk/" become "talk.rlx"; "." becomes "model.rlx". */
static void artifact_name(const char *path, char *out, size_t bytes)
{
    size_t end = strlen(path), begin;

    while (end > 0 && path[end - 1] == '/')
        end--;
    for (begin = end; begin > 0 && path[begin - 1] != '/';)
        begin--;
    if (end - begin > 5 && strncmp(path + end - 5, ".gguf", 5) == 0)
        end -= 5;
    else if (end - begin > 4 && strncmp(path + end - 4, ".hir", 4) == 0)
        end -= 4;
    if (end == begin || path[begin] == '.')
        snprintf(out, bytes, "model.rlx");
    else
        snprintf(out, bytes, "%.*s.rlx", (int)(end - begin), path + begin);
}

void advice_on_output(const char *model, bool is_program, char out[ADVICE_BYTES])
{
    char name[PATH_MAX];

    artifact_name(model, name, sizeof name);
    if (is_program)
        name[strlen(name) - strlen(".rlx")] = 0;
    shell_word(name, out, ADVICE_BYTES);
}

static void directory_of(const char *path, char *out, size_t bytes)
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL)
        snprintf(out, bytes, ".");
    else
        snprintf(out, bytes, "%.*s", slash == path ? 1 : (int)(slash - path), path);
}

/* ---- files ---- */

static void advise_compiling(const char *path, const char *what, const char *model,
                             char out[ADVICE_BYTES])
{
    char artifact[PATH_MAX], from[PATH_MAX + 8], to[PATH_MAX + 8], shown[PATH_MAX + 8];

    shell_word(path, shown, sizeof shown);
    shell_word(model, from, sizeof from);
    artifact_name(model, artifact, sizeof artifact);
    shell_word(artifact, to, sizeof to);
    snprintf(out, ADVICE_BYTES, "%s %s: rlxc build %s -o %s", shown, what, from, to);
}

bool advice_on_file(enum program program, const char *path, char out[ADVICE_BYTES])
{
    char word[PATH_MAX + 8], directory[PATH_MAX];
    enum file_kind kind = strlen(path) < PATH_MAX ? file_kind(path) : FILE_UNKNOWN;
    bool compiler = program == PROGRAM_rlxc;

    shell_word(path, word, sizeof word);
    if (kind == FILE_GGUF && !compiler) {
        advise_compiling(path, "is a GGUF file; compile it first", path, out);
    } else if (kind == FILE_MODEL_DIRECTORY && !compiler) {
        advise_compiling(path, "is a Hugging Face directory; compile it first", path, out);
    } else if (kind == FILE_SAFETENSORS && !compiler) {
        directory_of(path, directory, sizeof directory);
        advise_compiling(path, "holds weights; compile the directory that it is in", directory,
                         out);
    } else if (kind == FILE_GRAPH && !compiler) {
        advise_compiling(path, "is a graph in text form; compile it first, with --weights=FILE",
                         path, out);
    } else if (kind == FILE_SOURCE_FOLDER) {
        snprintf(out, ADVICE_BYTES,
                 "%s is a model as C source: make -C %s && %s%s/model \"PROMPT\"", word, word,
                 strchr(path, '/') == NULL ? "./" : "", word);
    } else if (kind == FILE_SESSION) {
        snprintf(out, ADVICE_BYTES,
                 "%s is a saved conversation, not a model: rlx chat MODEL.rlx --session=%s", word,
                 word);
    } else if (kind == FILE_ARTIFACT && compiler) {
        snprintf(out, ADVICE_BYTES, "%s is compiled already: rlx run %s", word, word);
    } else if (kind == FILE_PROGRAM && compiler) {
        snprintf(out, ADVICE_BYTES,
                 "%s is a program that carries a compiled model: %s%s \"PROMPT\"", word,
                 strchr(path, '/') == NULL ? "./" : "", word);
    } else {
        return false;
    }
    return true;
}

/* "org/name", "name:tag", "hf.co/org/name" and addresses. It is not a path of this machine if its
 * first folder does not exist. */
bool advice_is_hub_name(const char *path)
{
    const char *slash = strchr(path, '/');
    char first[PATH_MAX];

    if (strstr(path, "://") != NULL || strncmp(path, "hf.co/", 6) == 0)
        return true;
    if (path[0] == 0 || strstr(path, ".gguf") != NULL || strstr(path, ".rlx") != NULL ||
        strchr("/.~-", path[0]) != NULL || strlen(path) >= PATH_MAX)
        return false;
    snprintf(first, sizeof first, "%.*s", (int)(slash == NULL ? 0 : slash - path), path);
    if (slash == NULL || access(first, F_OK) == 0)
        return slash == NULL && strchr(path, ':') != NULL;
    return slash[1] != 0;
}

/* ---- commands ---- */

static const char *const command_names[][12] = {
    [PROGRAM_rlx] = {"run", "chat", "bench", "info", "logits", "tokenize", "devices", "perplexity",
                     "compare", "imatrix"},
    [PROGRAM_rlxc] = {"build", "plan", "inspect", "opt", "eval"},
};
static const char *const program_names[] = {[PROGRAM_rlx] = "rlx", [PROGRAM_rlxc] = "rlxc"};

static bool is_command(enum program program, const char *word)
{
    const char *const *name = command_names[program];

    while (*name != NULL && strcmp(*name, word) != 0)
        name++;
    return *name != NULL;
}

static unsigned min(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* A word of another program, and its counterpart. */
struct foreign {
    const char *word, *ours;
};

enum { LONGEST_WORD = 23, MAX_OPTIONS = 128 };

/* The number of letters left out, inserted, changed or swapped. */
static unsigned distance(const char *a, const char *b)
{
    unsigned rows[LONGEST_WORD + 1][LONGEST_WORD + 1];
    size_t a_bytes = strlen(a), b_bytes = strlen(b);

    for (size_t i = 0; i <= a_bytes; i++) {
        for (size_t j = 0; j <= b_bytes; j++) {
            if (i == 0 || j == 0) {
                rows[i][j] = (unsigned)(i + j);
                continue;
            }
            rows[i][j] = min(rows[i - 1][j - 1] + (a[i - 1] != b[j - 1]),
                             min(rows[i - 1][j], rows[i][j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1);
        }
    }
    return rows[a_bytes][b_bytes];
}

const char *advice_nearest(const char *const names[], const char *word, unsigned max)
{
    const char *nearest = NULL;
    unsigned nearest_distance = max + 1;
    size_t bytes = strlen(word);

    if (bytes < 2 || bytes > LONGEST_WORD)
        return NULL;
    for (const char *const *name = names; *name != NULL; name++) {
        if (strncmp(*name, word, bytes) == 0)
            return *name;
        if (strlen(*name) > LONGEST_WORD)
            continue;
        unsigned found = distance(word, *name);
        if (found < nearest_distance && found < strlen(*name) - 1) {
            nearest_distance = found;
            nearest = *name;
        }
    }
    return nearest;
}

/* The counterpart of another program's command; NULL: unknown. */
static const char *translated_command(const char *word)
{
    static const struct foreign commands[] = {
#define FOREIGN(word, ours) {word, ours},
#include "runtime/base/foreign_commands.def"
#undef FOREIGN
    };

    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(commands[i].word, word) == 0)
            return commands[i].ours;
    return NULL;
}

void advice_on_command(enum program program, const char *word, char out[ADVICE_BYTES])
{
    enum program other = program == PROGRAM_rlx ? PROGRAM_rlxc : PROGRAM_rlx;
    const char *name = program_names[program], *ours = translated_command(word),
               *nearest = advice_nearest(command_names[program], word, 2);
    char shown[PATH_MAX + 8], clean[100];

    shell_word(word, shown, sizeof shown);
    printable(word, clean, sizeof clean);
    if (is_command(other, word)) {
        snprintf(out, ADVICE_BYTES, "'%s' is a command of %s: %s %s …; see %s --help", word,
                 program_names[other], program_names[other], word, program_names[other]);
    } else if (advice_on_file(program, word, out)) {
        return;
    } else if (file_kind(word) != FILE_UNKNOWN) { /* the file is valid, the command is missing */
        if (program == PROGRAM_rlx)
            snprintf(out, ADVICE_BYTES, "%s is not a command; to run it: rlx run %s", shown, shown);
        else
            advise_compiling(word, "is not a command; to compile it", word, out);
    } else if (ours != NULL) {
        snprintf(out, ADVICE_BYTES, "unknown command '%s': %s; see %s --help", clean, ours, name);
    } else if (word[0] == '-') {
        snprintf(out, ADVICE_BYTES, "unknown option '%s': a command comes first; see %s --help",
                 clean, name);
    } else if (nearest != NULL) {
        snprintf(out, ADVICE_BYTES, "unknown command '%s': did you mean %s? See %s --help", clean,
                 nearest, name);
    } else {
        snprintf(out, ADVICE_BYTES, "unknown command '%s'; see %s --help", clean, name);
    }
}

/* ---- options ---- */

/* The name in "--tmep=0" or "-ngl"; false if it is too long. */
static bool bare_word(const char *word, char out[LONGEST_WORD + 1])
{
    word += strspn(word, "-");
    size_t bytes = strcspn(word, "=");

    if (bytes > LONGEST_WORD)
        return false;
    for (size_t i = 0; i < bytes; i++)
        out[i] = word[i] == '_' ? '-' : word[i];
    out[bytes] = 0;
    return true;
}

static const char *nearest_option(const struct option options[], const char *bare)
{
    const char *names[MAX_OPTIONS + 1] = {NULL};

    for (size_t i = 0; i < MAX_OPTIONS && options[i].name != NULL; i++)
        names[i] = options[i].name;
    return advice_nearest(names, bare, 1);
}

static bool has_option(const struct option options[], const char *name)
{
    for (size_t i = 0; options[i].name != NULL; i++)
        if (strcmp(options[i].name, name) == 0)
            return true;
    return false;
}

/* The counterpart of another program's option: a word that `options` have, or a sentence; NULL:
 * unknown. */
static const char *translated(const struct option options[], const char *bare)
{
    static const struct foreign foreign[] = {
#define FOREIGN(word, ours) {word, ours},
#include "runtime/base/foreign_options.def"
#undef FOREIGN
    };

    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++)
        if (strcmp(foreign[i].word, bare) == 0 &&
            (strchr(foreign[i].ours, ' ') != NULL || has_option(options, foreign[i].ours)))
            return foreign[i].ours;
    return NULL;
}

static void advise_translated(const char *clean, const char *ours, char out[ADVICE_BYTES])
{
    snprintf(out, ADVICE_BYTES, "unknown option '%s': %s%s", clean,
             strchr(ours, ' ') != NULL ? "" : "here it is --", ours);
}

static void advise_unknown(const struct option options[], const char *word, const char *clean,
                           char out[ADVICE_BYTES])
{
    char bare[LONGEST_WORD + 1] = "";
    bool known = bare_word(word, bare);
    const char *ours = known ? translated(options, bare) : NULL,
               *nearest = known && ours == NULL ? nearest_option(options, bare) : NULL;

    if (ours != NULL)
        advise_translated(clean, ours, out);
    else if (nearest != NULL)
        snprintf(out, ADVICE_BYTES, "unknown option '%s' (did you mean --%s?)", clean, nearest);
    else
        snprintf(out, ADVICE_BYTES, "unknown option '%s'", clean);
}

bool advice_on_dashed_word(const struct option options[], int argc, char **argv, int letter,
                           char out[ADVICE_BYTES])
{
    for (int i = optind - 1; i <= optind && i < argc; i++) {
        char bare[LONGEST_WORD + 1], clean[100];
        const char *word = argv[i];
        if (word == optarg || word[0] != '-' || word[1] != letter || word[2] == 0 ||
            !bare_word(word, bare))
            continue;
        const char *ours = has_option(options, bare) ? bare : translated(options, bare);
        printable(word, clean, sizeof clean);
        if (ours != NULL)
            return advise_translated(clean, ours, out), true;
    }
    return false;
}

void advice_on_option(const struct option options[], const char *word, int option,
                      char out[ADVICE_BYTES])
{
    bool has_name = strncmp(word, "--", 2) == 0;
    char clean[100], letter[] = {'-', (char)option, 0};
    const char *ours = translated(options, letter + 1);

    printable(word, clean, sizeof clean);
    if (!has_name && option != 0 && ours != NULL)
        advise_translated(letter, ours, out);
    else if (!has_name && option != 0)
        snprintf(out, ADVICE_BYTES, "unknown option '%s'", letter);
    else if (option != 0)
        snprintf(out, ADVICE_BYTES, "%s takes no value", clean);
    else
        advise_unknown(options, word, clean, out);
}
