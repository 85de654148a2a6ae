/* Reads prompts. In: options, files, standard input; out: texts that may fit into the context.
 * Contract: prompt.h.
 *
 * With an argument, standard input is also read if it is a pipe or a file (`rlx run m "Summarize:"
 * < text`). A program that another one started often inherits a pipe that nobody will ever write to
 * or close, so the wait for a pipe is limited.
 */
#include "runtime/tool/prompt.h"

#include "runtime/base/used_files.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FIRST_BYTE_MILLISECONDS = 3000,
    FIRST_BYTES = 1 << 12, /* initial memory for a text */
};

static bool refuse(const struct prompts *p, const char *what)
{
    fprintf(stderr, "%s: %s: %s\n", program_name, p->name, what);
    return false;
}

/* ---- what to read ---- */

/* Whether standard input has a text for the argument. */
static bool input_beside_argument(void)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    struct stat facts;

    if (fstat(STDIN_FILENO, &facts) != 0)
        return false;
    if (!S_ISFIFO(facts.st_mode) && !S_ISSOCK(facts.st_mode))
        return S_ISREG(facts.st_mode);
    if (poll(&input, 1, FIRST_BYTE_MILLISECONDS) > 0)
        return true;
    fprintf(stderr,
            "%s: nothing came through the pipe on standard input for %d seconds: continuing "
            "without it ('-f -' waits for it, '< /dev/null' ignores it)\n",
            program_name, FIRST_BYTE_MILLISECONDS / 1000);
    return false;
}

int prompts_open(struct prompts *p)
{
    const struct command_options *o = p->options;
    bool dash = o->text_file != NULL && strcmp(o->text_file, "-") == 0;

    p->file = NULL;
    p->name = "standard input";
    if (o->text_file != NULL && !dash) {
        p->name = o->text_file;
        p->file = used_file_open(o->text_file);
        if (p->file == NULL)
            return refuse(p, strerror(errno)), EXIT_USER;
    } else if (dash || o->prompt == NULL) {
        p->file = stdin;
        if (isatty(STDIN_FILENO) && !o->quiet)
            fprintf(stderr, "%s: type the prompt; Ctrl-D on a line of its own ends it\n",
                    program_name);
    } else if (input_beside_argument()) {
        p->file = stdin;
    }
    return 0;
}

void prompts_close(struct prompts *p)
{
    if (p->file != NULL && p->file != stdin)
        fclose(p->file);
    free(p->text);
}

/* ---- reading ---- */

static bool make_room(struct prompts *p, size_t bytes)
{
    size_t capacity = p->capacity == 0 ? FIRST_BYTES : p->capacity;

    while (capacity < bytes && capacity <= SIZE_MAX / 2)
        capacity *= 2;
    if (capacity <= p->capacity)
        return true;
    char *text = realloc(p->text, capacity);
    if (text == NULL)
        return refuse(p, "not enough memory for the text");
    p->text = text;
    p->capacity = capacity;
    return true;
}

static bool add(struct prompts *p, const char *text, size_t bytes)
{
    if (!make_room(p, p->bytes + bytes + 1))
        return false;
    memcpy(p->text + p->bytes, text, bytes);
    p->bytes += bytes;
    p->text[p->bytes] = 0;
    return true;
}

static size_t too_many_tokens(const struct prompts *p)
{
    size_t tokens = p->bytes <= p->context ? 0 : rlx_tokenize_min(p->model, p->text, p->bytes);

    return tokens > p->context ? tokens : 0;
}

static bool check_size(const struct prompts *p)
{
    size_t tokens = too_many_tokens(p);
    char where[64] = "";

    if (tokens == 0)
        return true;
    if (p->options->lines)
        snprintf(where, sizeof where, "line %lu of ", p->line);
    fprintf(stderr, "%s: %s%s: at least %zu tokens do not fit: the context has room for %zu\n",
            program_name, where, p->file == NULL ? "the prompt" : p->name, tokens, p->context);
    return false;
}

/* Appends to p->text until `delimiter` (EOF: none), the end, or more than can fit; then it skips
 * the rest of the line. False: reading failed. */
static bool read_text(struct prompts *p, int delimiter)
{
    bool fits = true;
    int c;

    while ((c = getc_unlocked(p->file)) != EOF && c != delimiter) {
        if (!fits)
            continue;
        if (p->bytes + 1 >= p->capacity) { /* doubles, so that the check costs little */
            fits = p->bytes == 0 || too_many_tokens(p) == 0;
            if (!fits && delimiter == EOF)
                break;
            if (fits && !make_room(p, p->bytes + 2))
                return false;
        }
        if (fits)
            p->text[p->bytes++] = (char)c;
    }
    if (ferror(p->file))
        return refuse(p, strerror(errno));
    p->ended = c == EOF;
    return add(p, "", 0);
}

/* Editors and echo end the last line of a text; the prompt does not include that end. */
static void drop_line_end(struct prompts *p, size_t begin)
{
    if (p->bytes > begin && p->text[p->bytes - 1] == '\n')
        p->bytes--;
    else if (!p->options->lines)
        return;
    if (p->bytes > begin && p->text[p->bytes - 1] == '\r')
        p->bytes--;
    p->text[p->bytes] = 0;
}

/* The argument, an empty line, and the text that was read. */
static bool put_argument(struct prompts *p)
{
    const char *argument = p->options->prompt;

    p->bytes = 0;
    return argument == NULL ||
           (add(p, argument, strlen(argument)) && (p->file == NULL || add(p, "\n\n", 2)));
}

static enum prompt_found next_text(struct prompts *p)
{
    p->ended = p->ended || p->file == NULL;
    if (!put_argument(p))
        return PROMPT_REFUSED;
    size_t begin = p->bytes;
    if (p->file != NULL && !read_text(p, p->options->lines ? '\n' : EOF))
        return PROMPT_REFUSED;
    p->line++;
    drop_line_end(p, begin);
    if (p->file != NULL && p->bytes == begin) { /* nothing was read */
        if (p->options->lines)
            return PROMPT_NONE;
        if (p->options->prompt == NULL)
            return refuse(p, "empty"), PROMPT_REFUSED;
        p->bytes -= 2;
        p->text[p->bytes] = 0;
    }
    return check_size(p) ? PROMPT_FOUND : PROMPT_REFUSED;
}

enum prompt_found prompts_next(struct prompts *p)
{
    enum prompt_found found = PROMPT_NONE;

    while (!p->ended && found == PROMPT_NONE) {
        found = next_text(p);
        p->ended = p->ended || !p->options->lines;
        if (found == PROMPT_REFUSED && p->file != NULL && ferror(p->file))
            p->ended = true;
    }
    return found;
}
