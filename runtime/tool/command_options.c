/* The options of all commands in one table: letter, word, place of the value, range. In: argv and
 * the names of the options that a command allows. Out: struct command_options, or a message. */
#include "runtime/tool/command_option.h"

#include "runtime/base/advice.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const char *const drafts[] = {
    [RLX_DRAFT_NONE] = "none", [RLX_DRAFT_LOOKUP] = "lookup", NULL};
static const char *const when_full[] = {
    [WHEN_FULL_FORGET] = "forget", [WHEN_FULL_STOP] = "stop", NULL};
static const char *const ways[] = {
    [WAY_LONG_RUNS] = "block", [WAY_STEPS] = "steps", [WAY_NAIVE] = "naive", NULL};
static const char *const formats[] = {
    [FORMAT_TABLE] = "table", [FORMAT_MD] = "md",       [FORMAT_CSV] = "csv",
    [FORMAT_JSON] = "json",   [FORMAT_JSONL] = "jsonl", NULL};

#define AT(member) offsetof(struct command_options, member)

static const struct option_entry entries[] = {
    {"prompt", 'p', TEXT, AT(prompt), 0, 0, NULL},
    {"prompt-length", 'p', LIST, AT(prompt_lengths), 0, 1 << 24, NULL},
    {"file", 'f', PATH, AT(text_file), 0, 0, NULL},
    {"template-args", 0, OBJECT, AT(template_arguments), 0, 0, NULL},
    {"lines", 0, FLAG, AT(lines), 0, 0, NULL},
    {"system", 's', TEXT, AT(system), 0, 0, NULL},
    {"session", 0, PATH, AT(session_file), 0, 0, NULL},
    {"tokens", 0, TEXT, AT(tokens), 0, 0, NULL},
    {"new-tokens", 'n', NEW_TOKENS, AT(new_tokens), -2, 1 << 30, NULL},
    {"new-tokens", 'n', LIST, AT(token_counts), 0, 1 << 24, NULL},
    {"temp", 0, REAL, AT(sampling.temperature), 0, 100, NULL},
    {"top-k", 0, COUNT, AT(sampling.top_k), -1, 1 << 30, NULL},
    {"top-p", 0, REAL, AT(sampling.top_p), 0, 1, NULL},
    {"min-p", 0, REAL, AT(sampling.min_p), 0, 1, NULL},
    {"repeat-penalty", 0, REAL, AT(sampling.repetition_penalty), 0, 100, NULL},
    {"presence-penalty", 0, REAL, AT(sampling.presence_penalty), -100, 100, NULL},
    {"frequency-penalty", 0, REAL, AT(sampling.frequency_penalty), -100, 100, NULL},
    {"repeat-last-n", 0, WINDOW, AT(sampling.penalty_window), -1, 1 << 30, NULL},
    {"seed", 0, SEED, AT(sampling.seed), 0, 0, NULL},
    {"stop", 0, STOP, AT(stop), 0, 0, NULL},
    {"prompt-file", 0, PATH, AT(prompt_file), 0, 0, NULL},
    {"depth", 0, LIST, AT(depths), 0, 1 << 24, NULL},
    {"batch", 0, LIST, AT(batches), 1, COMMAND_SEQUENCES, NULL},
    {"draft", 0, CHOICE, AT(draft), 0, 0, drafts},
    {"draft-tokens", 0, COUNT, AT(draft_tokens), 0, 15, NULL},
    {"when-full", 0, CHOICE, AT(when_full), 0, 0, when_full},
    {"threads", 't', COUNT, AT(session.threads), 1, 1024, NULL},
    {"threads", 't', LIST, AT(thread_counts), 1, 1024, NULL},
    {"device", 0, DEVICE, AT(session.device), 0, 0, NULL},
    {"expert-memory", 0, MEMORY, AT(expert_bytes), 1, 1e15, NULL},
    {"context", 'c', COUNT, AT(session.context), 0, 1 << 30, NULL},
    {"ids", 0, FLAG, AT(ids), 0, 0, NULL},
    {"ignore-eos", 0, FLAG, AT(ignore_end), 0, 0, NULL},
    {"raw", 0, FLAG, AT(raw), 0, 0, NULL},
    {"json", 0, FLAG, AT(json), 0, 0, NULL},
    {"jsonl", 0, FLAG, AT(jsonl), 0, 0, NULL},
    {"decode", 0, FLAG, AT(decode), 0, 0, NULL},
    {"render", 0, FLAG, AT(render), 0, 0, NULL},
    {"verify", 0, FLAG, AT(verify), 0, 0, NULL},
    {"quiet", 'q', FLAG, AT(quiet), 0, 0, NULL},
    {"verbose", 'v', FLAG, AT(verbose), 0, 0, NULL},
    {"add-bos", 0, FLAG, AT(add_bos), 0, 0, NULL},
    {"no-parse-special", 0, FLAG, AT(no_parse_special), 0, 0, NULL},
    {"skip-special", 0, FLAG, AT(skip_special), 0, 0, NULL},
    {"output", 'o', PATH, AT(output), 0, 0, NULL},
    {"logits", 0, PATH, AT(output), 0, 0, NULL},
    {"way", 0, CHOICE, AT(way), 0, 0, ways},
    {"format", 0, CHOICE, AT(format), 0, 0, formats},
    {"block", 0, COUNT, AT(block), 1, 1 << 20, NULL},
    {"block", 0, LIST, AT(blocks), 1, 1 << 20, NULL},
    {"repetitions", 'r', COUNT, AT(repetitions), 1, 10000, NULL},
    {"stride", 0, COUNT, AT(stride), 1, 1 << 30, NULL},
    {"chunks", 0, COUNT, AT(chunks), 1, 1 << 30, NULL},
};

enum { ENTRY_COUNT = sizeof entries / sizeof entries[0], VERSION = 1 /* no letter */ };
_Static_assert((int)ENTRY_COUNT <= (int)COMMAND_MAX_OPTIONS, "given[] has room for all");

bool command_given(const struct command_options *o, const char *word)
{
    bool given = false;

    for (size_t i = 0; i < ENTRY_COUNT; i++)
        given |= o->given[i] && strcmp(entries[i].word, word) == 0;
    return given;
}

rlx_sampling command_sampling(const struct command_options *o, rlx_sampling base)
{
    const size_t first = AT(sampling), end = first + sizeof o->sampling;

    for (size_t i = 0; i < ENTRY_COUNT; i++) {
        const struct option_entry *e = &entries[i];
        if (!o->given[i] || e->offset < first || e->offset >= end)
            continue;
        memcpy((char *)&base + (e->offset - first), (const char *)o + e->offset,
               e->kind == SEED ? sizeof base.seed : sizeof base.temperature);
    }
    if (base.penalty_window == 0 && !command_given(o, "repeat-last-n"))
        base.penalty_window = 64; /* the model's 0 was for its own penalty */
    if (base.penalty_window == 0) {
        base.repetition_penalty = 1;
        base.presence_penalty = base.frequency_penalty = 0;
    }
    return base;
}

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

/* Whether a command has this option; "depth," means that it takes a list. */
static bool allows(const char *allowed, const struct option_entry *e)
{
    char name[32];

    snprintf(name, sizeof name, "%s%s", e->word, e->kind == LIST ? "," : "");
    return listed(allowed, name) || listed(everywhere, name);
}

/* "rlx run"; for a standalone program, only its name. */
static void full_name(const struct command_options *o, char *name, size_t bytes)
{
    snprintf(name, bytes, "%s%s%s", program_name, o->command[0] == 0 ? "" : " ", o->command);
}

/* `text` after `beginning`, if it begins so. */
static const char *without(const char *text, const char *beginning)
{
    size_t bytes = strlen(beginning);

    return strncmp(text, beginning, bytes) == 0 ? text + bytes : text;
}

static void print_help(const struct command_options *o, const char *help)
{
    char name[256];

    full_name(o, name, sizeof name);
    printf("usage: %s%s", name,
           program_has_model ? without(without(help, " MODEL.rlx"), "...") : help);
    printf("  -h, --help            print this; --version: the version.\n"
           "                        Every command also takes -v, --verbose, -q and --quiet\n\n%s",
           COMMAND_EXIT_HELP);
    if (o->command[0] == 0)
        command_print_carried();
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

static bool store(struct command_options *o, const struct option_entry *e, const char *text)
{
    o->given[e - entries] = true;
    return option_store(o, e, text, &o->given[e - entries]);
}

bool command_set_option(struct command_options *o, const char *allowed, const char *word,
                        const char *text)
{
    for (size_t i = 0; i < ENTRY_COUNT; i++)
        if (strcmp(entries[i].word, word) == 0 && allows(allowed, &entries[i]))
            return store(o, &entries[i], text);
    fprintf(stderr, "%s: no option '%s'; there are: %s\n", program_name, word, allowed);
    return false;
}

static void print_stops(const struct command_options *o, FILE *out)
{
    for (size_t i = 0; i < o->stop_count; i++) {
        fputs(i == 0 ? "" : ", ", out);
        for (const char *c = o->stop[i]; *c != 0; c++)
            fputs(*c == '\n' ? "\\n" : *c == '\t' ? "\\t" : (const char[]){*c, 0}, out);
    }
    fputc('\n', out);
}

void command_print_options(const struct command_options *o, const char *allowed, FILE *out)
{
    for (size_t i = 0; i < ENTRY_COUNT; i++) {
        const struct option_entry *e = &entries[i];
        const void *member = (const char *)o + e->offset;
        if (!allows(allowed, e) || listed(everywhere, e->word))
            continue;
        fprintf(out, "  %-17s ", e->word);
        if (e->kind == FLAG)
            fprintf(out, "%s\n", *(const bool *)member ? "on" : "off");
        else if (e->kind == TEXT || e->kind == OBJECT || e->kind == DEVICE)
            fprintf(out, "%s\n",
                    *(const char *const *)member == NULL ? "" : *(const char *const *)member);
        else if (e->kind == SEED)
            fprintf(out, "%llu\n", (unsigned long long)*(const uint64_t *)member);
        else if (e->kind == REAL)
            fprintf(out, "%g\n", (double)*(const float *)member);
        else if (e->kind == STOP)
            print_stops(o, out);
        else if (e->kind == NEW_TOKENS && *(const uint32_t *)member == 0)
            fprintf(out, "%s\n", o->prompt_only ? "0" : "-1 (no limit)");
        else if (e->kind == WINDOW && *(const uint32_t *)member == UINT32_MAX)
            fprintf(out, "-1 (the whole context)\n");
        else if (e->kind == CHOICE)
            fprintf(out, "%s\n", e->choices[*(const uint32_t *)member]);
        else if (e->offset == AT(draft_tokens) && *(const uint32_t *)member == 0)
            fprintf(out, "0 (as many as were right lately)\n");
        else
            fprintf(out, "%u\n", *(const uint32_t *)member);
    }
}

static void set_defaults(struct command_options *o, const char *command)
{
    *o = (struct command_options){.command = command, .repetitions = 5};
    o->session.struct_bytes = sizeof o->session;
    o->sampling = rlx_sampling_default();
}

static bool refuse_option(const struct command_options *o, const struct option words[], int found,
                          const char *word)
{
    char advice[ADVICE_BYTES];

    if (found == ':')
        return command_usage(o, "%s needs a value", word), false;
    advice_on_option(words, word, optopt, advice);
    return command_usage(o, "%s", advice), false;
}

static bool take_operands(struct command_options *o, int argc, char **argv, const char *allowed)
{
    if (listed(allowed, "model") && !program_has_model) {
        if (optind == argc)
            return command_usage(o, "which model? expected the path of a .rlx file"), false;
        o->model_path = argv[optind++];
    }
    if (listed(allowed, "models") && !program_has_model) {
        if (optind == argc)
            return command_usage(o, "which model? expected the paths of .rlx files"), false;
        o->model_paths = argv + optind;
        o->model_count = (uint32_t)(argc - optind);
        optind = argc;
    }
    if (optind < argc && listed(allowed, "operand") && o->prompt == NULL)
        o->prompt = argv[optind++];
    if (optind < argc && listed(allowed, "operand"))
        return command_usage(o, "expected one prompt, found '%s' too: several words need quotes",
                             argv[optind]),
               false;
    if (optind < argc && strcmp(o->command, "chat") == 0)
        return command_usage(o, "expected no prompt, found '%s': rlx run takes one", argv[optind]),
               false;
    if (optind < argc)
        return command_usage(o, "unexpected '%s'%s", argv[optind],
                             strcmp(o->command, "tokenize") == 0
                                 ? ": text and ids are read from standard input"
                                 : ""),
               false;
    return true;
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
        if (!allows(allowed, e))
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
        char advice[ADVICE_BYTES];
        if (advice_on_dashed_word(words, argc, argv, found == '?' ? optopt : found, advice))
            return command_usage(o, "%s", advice), false;
        if (found == 'h' || found == VERSION) {
            if (found == 'h')
                print_help(o, help);
            else
                printf("rlx %s\n", rlx_version());
            exit(EXIT_SUCCESS);
        }
        if (found == '?' || found == ':')
            return refuse_option(o, words, found, argv[optind - 1]);
        int entry = found >= 256 ? found - 256 : entry_of_letter[found & 255];
        if (entry < 0 || !store(o, &entries[entry], optarg))
            return false;
    }
    if (!take_operands(o, argc, argv, allowed))
        return false;
    if (o->draft_tokens != 0 && o->draft == RLX_DRAFT_NONE)
        return command_usage(o, "--draft-tokens is for --draft=lookup"), false;
    return true;
}
