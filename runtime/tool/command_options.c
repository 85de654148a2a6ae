/* The options of all commands, in one table: letter, word, where the value goes. A command names
 * those that it allows. */
#include "runtime/tool/command.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum kind { FLAG, TEXT, COUNT, SEED, REAL, DRAFT };

struct option_entry {
    const char *word;
    char letter;
    enum kind kind;
    size_t offset;
    double least, most; /* numbers */
};

#define AT(member) offsetof(struct command_options, member)

static const struct option_entry entries[] = {
    {"prompt", 'p', TEXT, AT(prompt), 0, 0},
    {"prompt-length", 'p', COUNT, AT(prompt_length), 0, 1 << 24},
    {"file", 'f', TEXT, AT(text_file), 0, 0},
    {"lines", 0, FLAG, AT(lines), 0, 0},
    {"system", 's', TEXT, AT(system), 0, 0},
    {"session", 0, TEXT, AT(session_file), 0, 0},
    {"tokens", 0, TEXT, AT(tokens), 0, 0},
    {"new-tokens", 'n', COUNT, AT(new_tokens), 1, 1 << 30},
    {"temp", 0, REAL, AT(sampling.temperature), 0, 100},
    {"top-k", 0, COUNT, AT(sampling.top_k), 0, 1 << 30},
    {"top-p", 0, REAL, AT(sampling.top_p), 0, 1},
    {"min-p", 0, REAL, AT(sampling.min_p), 0, 1},
    {"repeat-penalty", 0, REAL, AT(sampling.repetition_penalty), 0.01, 100},
    {"seed", 0, SEED, AT(sampling.seed), 0, 0},
    {"prompt-file", 0, TEXT, AT(prompt_file), 0, 0},
    {"depth", 0, TEXT, AT(depth), 0, 0},
    {"batch", 0, TEXT, AT(batch), 0, 0},
    {"draft", 0, DRAFT, AT(draft), 0, 0},
    {"draft-tokens", 0, COUNT, AT(draft_tokens), 1, 15},
    {"threads", 't', COUNT, AT(session.threads), 1, 1024},
    {"context", 'c', COUNT, AT(session.context), 1, 1 << 30},
    {"ids", 0, FLAG, AT(ids), 0, 0},
    {"ignore-eos", 0, FLAG, AT(ignore_end), 0, 0},
    {"raw", 0, FLAG, AT(raw), 0, 0},
    {"json", 0, FLAG, AT(json), 0, 0},
    {"jsonl", 0, FLAG, AT(jsonl), 0, 0},
    {"decode", 0, FLAG, AT(decode), 0, 0},
    {"render", 0, FLAG, AT(render), 0, 0},
    {"verify", 0, FLAG, AT(verify), 0, 0},
    {"quiet", 'q', FLAG, AT(quiet), 0, 0},
    {"verbose", 'v', FLAG, AT(verbose), 0, 0},
    {"add-bos", 0, FLAG, AT(add_bos), 0, 0},
    {"no-parse-special", 0, FLAG, AT(no_parse_special), 0, 0},
    {"skip-special", 0, FLAG, AT(skip_special), 0, 0},
    {"output", 'o', TEXT, AT(output), 0, 0},
    {"way", 0, TEXT, AT(way), 0, 0},
    {"block", 0, TEXT, AT(block), 0, 0},
    {"repetitions", 'r', COUNT, AT(repetitions), 1, 10000},
};

enum { ENTRY_COUNT = sizeof entries / sizeof entries[0], VERSION = 1 /* no letter */ };

static const char everywhere[] = "quiet verbose";

/* Whether `word` is one of the words in the list. */
static bool listed(const char *list, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = list; *at != 0; at += strcspn(at, " "), at += *at == ' ')
        if (strcspn(at, " ") == length && memcmp(at, word, length) == 0)
            return true;
    return false;
}

/* "rlx run"; the name alone of a program that answers by itself. */
static void full_name(const struct command_options *o, char *name, size_t bytes)
{
    snprintf(name, bytes, "%s%s%s", program_name, o->command[0] == 0 ? "" : " ", o->command);
}

/* `text` behind `beginning`, where it has that. */
static const char *without(const char *text, const char *beginning)
{
    size_t bytes = strlen(beginning);

    return strncmp(text, beginning, bytes) == 0 ? text + bytes : text;
}

static void print_help(const struct command_options *o, const char *help)
{
    char name[256];

    full_name(o, name, sizeof name);
    printf("usage: %s%s", name, program_has_model ? without(help, " MODEL.rlx") : help);
    printf("  every command: -h, --help; --version; -v, --verbose; -q, --quiet\n\n%s",
           COMMAND_EXIT_HELP);
}

int command_usage(const struct command_options *o, const char *format, ...)
{
    va_list arguments;

    char name[256];

    full_name(o, name, sizeof name);
    fprintf(stderr, "%s: ", name);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "; see %s --help\n", name);
    return EXIT_USAGE;
}

uint32_t command_parse_list(const struct command_options *o, const char *word, const char *text,
                            uint32_t least, uint32_t most, uint32_t capacity, uint32_t *out)
{
    uint32_t count = 0;

    for (const char *at = text;;) {
        char *end;
        errno = 0;
        unsigned long value = strtoul(at, &end, 10);
        bool digit = *at >= '0' && *at <= '9';
        if (!digit || errno != 0 || value < least || value > most || count == capacity ||
            (*end != ',' && *end != 0)) {
            if (capacity == 1)
                command_usage(o, "--%s: expected one whole number from %u to %u, found '%s'", word,
                              least, most, text);
            else
                command_usage(o,
                              "--%s: expected up to %u numbers from %u to %u, separated by commas, "
                              "found '%s'",
                              word, capacity, least, most, text);
            return 0;
        }
        out[count++] = (uint32_t)value;
        if (*end == 0)
            return count;
        at = end + 1;
    }
}

static const char *const draft_names[] = {[RLX_DRAFT_NONE] = "none", [RLX_DRAFT_LOOKUP] = "lookup"};
enum { DRAFT_KINDS = sizeof draft_names / sizeof draft_names[0] };

static bool store(struct command_options *o, const struct option_entry *e, const char *text)
{
    char *member = (char *)o + e->offset, *end = NULL;

    errno = 0;
    if (e->kind == FLAG) {
        *(bool *)member = true;
        return true;
    }
    if (e->kind == TEXT) {
        *(const char **)member = text;
        return true;
    }
    if (e->kind == DRAFT) {
        uint32_t kind = RLX_DRAFT_NONE;
        while (kind < DRAFT_KINDS && strcmp(text, draft_names[kind]) != 0)
            kind++;
        *(uint32_t *)member = kind;
        if (kind == DRAFT_KINDS)
            return command_usage(o, "--%s: expected %s or %s, found '%s'", e->word, draft_names[0],
                                 draft_names[1], text),
                   false;
        return true;
    }
    if (e->kind == SEED) {
        *(uint64_t *)member = strtoull(text, &end, 0);
        if (end == text || *end != 0 || errno != 0 || text[0] == '-')
            return command_usage(o, "--%s: expected a number from 0 to 2^64-1, found '%s'", e->word,
                                 text),
                   false;
        return true;
    }
    double value = strtod(text, &end);
    if (end == text || *end != 0 || !(value >= e->least && value <= e->most) ||
        (e->kind == COUNT && value != (double)(uint32_t)value))
        return command_usage(o, "--%s: expected %s from %.10g to %.10g, found '%s'", e->word,
                             e->kind == COUNT ? "a whole number" : "a number", e->least, e->most,
                             text),
               false;
    if (e->kind == COUNT)
        *(uint32_t *)member = (uint32_t)value;
    else
        *(float *)member = (float)value;
    return true;
}

static void set_defaults(struct command_options *o, const char *command)
{
    *o = (struct command_options){.command = command, .repetitions = 5, .prompt_length = 512};
    o->session.struct_bytes = sizeof o->session;
    o->sampling =
        (rlx_sampling){.struct_bytes = sizeof o->sampling, .top_p = 1, .repetition_penalty = 1};
}

bool command_parse(struct command_options *o, int argc, char **argv, const char *allowed,
                   const char *help)
{
    struct option words[ENTRY_COUNT + 3];
    int entry_of_letter[256];
    char letters[2 * ENTRY_COUNT + 4] = ":h";
    size_t word_count = 0, letter_count = 2;

    set_defaults(o, argv[0]);
    for (size_t i = 0; i < 256; i++)
        entry_of_letter[i] = -1;
    for (int i = 0; i < ENTRY_COUNT; i++) {
        const struct option_entry *e = &entries[i];
        if (!listed(allowed, e->word) && !listed(everywhere, e->word))
            continue;
        words[word_count++] = (struct option){
            e->word, e->kind == FLAG ? no_argument : required_argument, NULL, 256 + i};
        if (e->letter != 0) {
            entry_of_letter[(unsigned char)e->letter] = i;
            letters[letter_count++] = e->letter;
            if (e->kind != FLAG)
                letters[letter_count++] = ':';
        }
    }
    words[word_count++] = (struct option){"help", no_argument, NULL, 'h'};
    words[word_count++] = (struct option){"version", no_argument, NULL, VERSION};
    words[word_count] = (struct option){0};
    optind = 1;
    opterr = 0;
    for (int found; (found = getopt_long(argc, argv, letters, words, NULL)) != -1;) {
        if (found == 'h' || found == VERSION) {
            if (found == 'h')
                print_help(o, help);
            else
                printf("rlx %s\n", rlx_version());
            exit(EXIT_SUCCESS);
        }
        if (found == '?' || found == ':')
            return command_usage(o, found == ':' ? "%s needs a value" : "unknown option '%s'",
                                 argv[optind - 1]),
                   false;
        int entry = found >= 256 ? found - 256 : entry_of_letter[found & 255];
        if (entry < 0 || !store(o, &entries[entry], optarg))
            return false;
    }
    if (listed(allowed, "model") && !program_has_model) {
        if (optind == argc)
            return command_usage(o, "which model? expected the path of a .rlx file"), false;
        o->model_path = argv[optind++];
    }
    if (optind < argc && listed(allowed, "operand") && o->prompt == NULL)
        o->prompt = argv[optind++];
    if (optind < argc)
        return command_usage(o, "unexpected '%s'", argv[optind]), false;
    if (o->draft_tokens != 0 && o->draft == RLX_DRAFT_NONE)
        return command_usage(o, "--draft-tokens is for --draft=lookup"), false;
    return true;
}
