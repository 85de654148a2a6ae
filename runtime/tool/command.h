/* The commands of the `rlx` tool and what they share: opening a model, the options of sessions and
 * sampling, printing text as it comes. Exit codes: 0 done, 1 the user's mistake or a file's, 2
 * wrong usage, 70 a fault of rlx, EXIT_SIGNAL + n stopped by signal n, which then ends the program.
 */
#ifndef RLX_COMMAND_H
#define RLX_COMMAND_H

#include <rlx/rlx.h>

#include <getopt.h>
#include <stdio.h>

enum { EXIT_USER = 1, EXIT_USAGE = 2, EXIT_INTERNAL = 70, EXIT_SIGNAL = 128, EXIT_STOPPED = 130 };

#define COMMAND_EXIT_HELP                                                               \
    "Exit status: 0 done; 1 bad input, or a file that cannot be used; 2 wrong usage;\n" \
    "70 a fault of rlx; 130 stopped by Ctrl-C, 143 by SIGTERM, 129 by SIGHUP.\n"

struct command {
    const char *name, *summary;
    int (*run)(int argc, char **argv); /* argv[0] is the command's name */
};

struct command_options;

int command_run(int argc, char **argv);
/* A standalone program: answers a prompt, or holds a conversation. */
int command_ask(int argc, char **argv);
int command_chat(int argc, char **argv);
/* Asks one question in the conversation of options->session_file, and saves both question and
 * answer there. */
int command_chat_once(const struct command_options *o, rlx_model *model, rlx_session *session,
                      const char *question);
int command_render(rlx_model *model); /* rlx chat --render */
int command_bench(int argc, char **argv);
int command_compare(int argc, char **argv);
int command_devices(int argc, char **argv);
int command_imatrix(int argc, char **argv);
int command_info(int argc, char **argv);
int command_info_session(const struct command_options *o); /* rlx info of a saved session */
void command_info_tables(const rlx_model *model);          /* what rlx info -v adds */
int command_logits(int argc, char **argv);
/* Appends ids to the session and writes the logits at each of them to options->output. */
int command_write_logits(const struct command_options *o, rlx_model *model, rlx_session *session,
                         const int32_t *ids, size_t count);
int command_perplexity(int argc, char **argv);
int command_tokenize(int argc, char **argv);

/* Maximum numbers in a list, and sequences of rlx bench. */
enum { COMMAND_MAX_OPTIONS = 96, COMMAND_LIST = 16, COMMAND_SEQUENCES = 64 };

enum { WHEN_FULL_FORGET, WHEN_FULL_STOP };                               /* when_full */
enum { WAY_LONG_RUNS, WAY_STEPS, WAY_NAIVE };                            /* way */
enum { FORMAT_TABLE, FORMAT_MD, FORMAT_CSV, FORMAT_JSON, FORMAT_JSONL }; /* format */

struct command_list { /* "1,4,8" */
    uint32_t count;   /* 0: not given */
    uint32_t values[COMMAND_LIST];
};

/* The options of all commands; command_parse fills them. */
struct command_options {
    const char *command;    /* "run"; "": a standalone program */
    const char *model_path; /* NULL: the model in this program */
    char **model_paths;     /* of a command that takes several */
    uint32_t model_count;
    rlx_session_options session;
    rlx_sampling sampling; /* given options, over rlx_sampling_default: see command_sampling */
    char stop_text[RLX_STOP_STRINGS_MAX][RLX_STOP_STRING_BYTES_MAX + 1];
    const char *stop[RLX_STOP_STRINGS_MAX]; /* of stop_text */
    size_t stop_count;
    const char *session_file;
    const char *prompt, *system, *tokens, *output, *prompt_file;
    const char *text_file;          /* "-": standard input */
    const char *template_arguments; /* the text of a JSON object */
    struct command_list prompt_lengths, token_counts, thread_counts, depths, batches, blocks;
    uint32_t new_tokens; /* 0: until the context is full */
    bool prompt_only;    /* -n 0 */
    uint32_t draft;      /* rlx_draft */
    uint32_t draft_tokens;
    uint64_t expert_bytes;   /* 0: no pools */
    uint32_t stride, chunks; /* 0: not given */
    uint32_t repetitions, block, way, format;
    bool ids, ignore_end, raw, json, jsonl, decode, render, verify, quiet, verbose;
    bool add_bos, no_parse_special, skip_special;
    bool lines;
    uint32_t when_full;
    bool given[COMMAND_MAX_OPTIONS]; /* command_given */
};

/* Options of the commands that answer (run, chat, a standalone program), and of sampling, which
 * bench has too: names for command_parse, and their help. */
#define COMMAND_SAMPLING                                                                      \
    "temp top-k top-p min-p repeat-penalty presence-penalty frequency-penalty repeat-last-n " \
    "seed"
#define COMMAND_ANSWERING \
    COMMAND_SAMPLING " template-args stop draft draft-tokens threads device context expert-memory"

#define COMMAND_SAMPLING_HELP                                                         \
    "      --temp=T          temperature, 0 to 100 (0.7); 0: always the likeliest\n"  \
    "                        token. What the model recommends (rlx info) takes the\n" \
    "                        place of the default of this option and the next four\n" \
    "      --top-k=N         only the N likeliest tokens (0); 0 or -1: all\n"         \
    "      --top-p=P         only the likeliest tokens that have probability P\n"     \
    "                        together (0.95); 1: all\n"                               \
    "      --min-p=P         only tokens with at least P times the probability of\n"  \
    "                        the likeliest (0.05); 0: all\n"                          \
    "      --repeat-penalty=R  make tokens that occurred before less likely, 0 to\n"  \
    "                        100 (1: off)\n"                                          \
    "      --presence-penalty=P, --frequency-penalty=P\n"                             \
    "                        the same, as the OpenAI API defines them, -100 to 100\n" \
    "                        (0: off)\n"                                              \
    "      --repeat-last-n=N the penalties look at the last N tokens (64); 0: off;\n" \
    "                        -1: the whole context\n"                                 \
    "      --seed=N          the same seed gives the same text; -1 (default): a\n"    \
    "                        random seed, which -v shows\n"

#define COMMAND_DEVICE_HELP \
    "      --device=NAME     cpu, vulkan, vulkan:1 or auto; see rlx devices\n"

#define COMMAND_EXPERTS_HELP \
    "      --expert-memory=SIZE  for experts: 500MB, 2GiB; auto: what is free\n"

#define COMMAND_ANSWERING_HELP                                                                       \
    "      --template-args=JSON  variables of the chat template, as an object:\n"                    \
    "                        {\"enable_thinking\":false}\n" COMMAND_SAMPLING_HELP                    \
    "      --stop=TEXT       stop before TEXT would be printed; up to 16 times; \\n,\n"              \
    "                        \\t and \\\\ stand for newline, tab and backslash\n" COMMAND_DRAFT_HELP \
    "  -t, --threads=N       threads, 1 to 1024 (default: all processors)\n" COMMAND_DEVICE_HELP     \
    "  -c, --context=N       room for N tokens; 0 (default): as many as the model\n"                 \
    "                        has\n" COMMAND_EXPERTS_HELP

/* Whether an option was given, by its word. */
bool command_given(const struct command_options *o, const char *word);

#define COMMAND_DRAFT_HELP                                                               \
    "      --draft=lookup    propose the tokens that followed the newest ones\n"         \
    "                        before, and verify several in one run: the same text,\n"    \
    "                        sooner where it repeats (default: none)\n"                  \
    "      --draft-tokens=N  propose at most N at once, 1 to 15; 0 (default): as many\n" \
    "                        as were right lately\n"

/* Parses argv by the letters and words in `allowed` ("model p n temp …"; see command_options.c).
 * The first operand is the model's path, unless the program carries its own model. Prints one line
 * and returns false on wrong usage; exits after --help. packaging/help_table.awk makes manual pages
 * and completions from `help`. */
bool command_parse(struct command_options *o, int argc, char **argv, const char *allowed,
                   const char *help);

/* Sets one of the options in `allowed`, as if it were on the command line. `text` must outlive the
 * options. Prints one line and returns false if it is wrong. */
bool command_set_option(struct command_options *o, const char *allowed, const char *word,
                        const char *text);
/* Prints the current values of the options in `allowed`. */
void command_print_options(const struct command_options *o, const char *allowed, FILE *out);

/* Set by main if the program carries a model. */
extern bool program_has_model;
extern const char *program_name;

/* Prints "rlx: …" and returns the exit code for the status. */
int command_failed(const rlx_error *error);
int command_usage(const struct command_options *o, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The given options, over `base`. */
rlx_sampling command_sampling(const struct command_options *o, rlx_sampling base);
/* command_sampling.c: settings as options, without the seed ("--temp=0.7 --top-k=0 …"). */
enum { COMMAND_SAMPLING_TEXT = 320 };
void command_sampling_text(const rlx_sampling *s, char text[COMMAND_SAMPLING_TEXT]);
/* Makes the session sample as the model recommends and the options say, with a random seed unless
 * one was given; -v prints the settings. Returns an exit code, after a message if it is not 0. */
int command_use_sampling(const struct command_options *o, const rlx_model *model,
                         rlx_session *session);

/* Opens the model and, if `session` is not NULL, a session. Returns 0, or an exit code after a
 * message. */
int command_open(const struct command_options *o, rlx_model **model, rlx_session **session);
/* Opens a session of an open model; closes the model where that fails. */
int command_open_session(const struct command_options *o, rlx_model **model, rlx_session **session);

/* Returns `given`, which malloc or its like made; if that is NULL, ends the program with a
 * sentence.
 */
void *command_memory(void *given);
/* Reads comma-separated ids into malloc'd memory; false, after a message that names the text
 * `what`, if it is not such a list. */
bool command_parse_ids(const struct command_options *o, const char *what, const char *text,
                       int32_t **ids, size_t *count);
/* The ids of a text, malloc'd; NULL and an error on failure. */
int32_t *command_tokenize_text(const rlx_model *model, const char *text, size_t bytes,
                               uint32_t flags, size_t *count, rlx_error *error);
/* The same for a conversation that the model will answer. */
int32_t *command_tokenize_chat(const struct command_options *o, const rlx_model *model,
                               const rlx_message *messages, size_t count, size_t *made,
                               rlx_error *error);
/* A whole stream, malloc'd, with a NUL at the end; NULL after a message that names it `name`. */
char *command_read_all(FILE *stream, const char *name, size_t *bytes);
/* The same of a file; "-" is standard input. */
char *command_read_file(const char *path, size_t *bytes);
/* Says why an output has not its name (goal.h). Returns an exit code. */
int command_cannot_write(const char *path, int failure);
/* False, after a message, if reading ended before the end of the stream: by an error, or because
 * there was no memory for a line. */
bool command_read_whole(FILE *stream, const char *name);

/* A generation that prints while it runs. */
struct command_stream {
    const rlx_model *model;
    rlx_detokenizer detokenizer; /* holds how text begins, and whether to show control tokens */
    bool ids;                    /* print ids instead of text */
    bool keep;                   /* collect the text */
    bool silent;                 /* print nothing */
    bool visible;                /* the text has more than white space */
    char last;                   /* byte of the text */
    size_t printed;              /* number of ids so far */
    char *text;
    size_t text_bytes, text_capacity;
};
rlx_go command_stream_token(void *context, int32_t id);
void command_stream_end(struct command_stream *s);

/* The options of a generation that prints to a stream. */
rlx_generate_options command_generation(const struct command_options *o, struct command_stream *s);

/* Ctrl-C sets this after command_catch_interrupts(true); sessions of command_open then stop,
 * between tokens or inside a prompt. */
bool command_interrupted(void);
void command_catch_interrupts(bool on);
/* The same for Ctrl-C, SIGTERM and SIGHUP, unless the program was started with the signal ignored.
 * If one of them came, command_stopped is its exit code, else 0. */
void command_catch_stops(bool on);
int command_stopped(void);
/* From here on, Ctrl-C, SIGTERM and SIGHUP do not end the program: waits for input return, and
 * sessions stop. */
void command_catch_endings(void);
/* One of them came; Ctrl-C only if it did not stop a generation. */
bool command_ending(void);

/* The model that the program carries, for its help. */
void command_print_carried(void);

double command_seconds(void); /* a monotonic clock */
void command_print_timings(const rlx_session *session, double opened_seconds);

#endif
