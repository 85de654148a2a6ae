/* Reads values of options. In: text from the command line, and the option's entry in the table.
 * Out: the stored value, or one line that names the option, what was expected and what was
 * found. */
#include "runtime/tool/command_option.h"

#include "runtime/tool/chat_json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool store_list(struct command_options *o, const struct option_entry *e, const char *text)
{
    struct command_list *list = (void *)((char *)o + e->offset);

    list->count = 0;
    for (const char *at = text;; at++) {
        char *end;
        errno = 0;
        unsigned long value = strtoul(at, &end, 10);
        if (*at < '0' || *at > '9' || errno != 0 || (double)value < e->min ||
            (double)value > e->max || list->count == COMMAND_LIST || (*end != ',' && *end != 0))
            return command_usage(o,
                                 "--%s: expected up to %d numbers from %.10g to %.10g, separated "
                                 "by commas, found '%s'",
                                 e->word, COMMAND_LIST, e->min, e->max, text),
                   false;
        list->values[list->count++] = (uint32_t)value;
        at = end;
        if (*at == 0)
            return true;
    }
}

static bool store_choice(struct command_options *o, const struct option_entry *e, const char *text)
{
    char known[100] = "";

    for (uint32_t i = 0; e->choices[i] != NULL; i++) {
        size_t used = strlen(known);
        if (strcmp(text, e->choices[i]) == 0) {
            *(uint32_t *)(void *)((char *)o + e->offset) = i;
            return true;
        }
        snprintf(known + used, sizeof known - used, "%s%s",
                 i == 0                      ? ""
                 : e->choices[i + 1] == NULL ? " or "
                                             : ", ",
                 e->choices[i]);
    }
    return command_usage(o, "--%s: expected %s, found '%s'", e->word, known, text), false;
}

static bool store_object(struct command_options *o, const struct option_entry *e, const char *text)
{
    char why[160];

    if (!chat_json_is_object(text, why, sizeof why))
        return command_usage(o, "--%s: expected a JSON object, found '%.40s': %s", e->word, text,
                             why),
               false;
    *(const char **)(void *)((char *)o + e->offset) = text;
    return true;
}

/* "cpu", "vulkan:1": the library knows which of them there are. */
static bool store_device(struct command_options *o, const struct option_entry *e, const char *text)
{
    const size_t word = strspn(text, "abcdefghijklmnopqrstuvwxyz");
    const char *number = text + word + 1;

    if (word == 0 || (text[word] != 0 && (text[word] != ':' || number[0] == 0 ||
                                          number[strspn(number, "0123456789")] != 0)))
        return command_usage(o, "--%s: expected a name that rlx devices lists, or auto, found '%s'",
                             e->word, text),
               false;
    *(const char **)(void *)((char *)o + e->offset) = text;
    return true;
}

/* The character that an escape stands for, or 0. */
static char escaped(char behind)
{
    return behind == 'n' ? '\n' : behind == 't' ? '\t' : behind == '\\' ? '\\' : 0;
}

static bool store_stop(struct command_options *o, const char *text)
{
    size_t bytes = 0;

    if (o->stop_count == RLX_STOP_STRINGS_MAX)
        return command_usage(o, "--stop: expected at most %d times", RLX_STOP_STRINGS_MAX), false;
    char *out = o->stop_text[o->stop_count];
    for (; *text != 0 && bytes <= RLX_STOP_STRING_BYTES_MAX; text++) {
        char c = text[0] == '\\' ? escaped(text[1]) : 0;
        text += c != 0;
        out[bytes++] = c != 0 ? c : *text;
    }
    if (bytes == 0 || bytes > RLX_STOP_STRING_BYTES_MAX)
        return command_usage(o, "--stop: expected a text of 1 to %d bytes",
                             RLX_STOP_STRING_BYTES_MAX),
               false;
    out[bytes] = 0;
    o->stop[o->stop_count++] = out;
    return true;
}

static bool store_seed(struct command_options *o, const struct option_entry *e, const char *text,
                       bool *given)
{
    char *end = NULL;

    errno = 0;
    *given = strcmp(text, "-1") != 0; /* as if not given: random */
    o->sampling.seed = strtoull(text, &end, 0);
    if (end == text || *end != 0 || errno != 0 || (text[0] == '-' && *given))
        return command_usage(o, "--%s: expected a number from 0 to 2^64-1, or -1, found '%s'",
                             e->word, text),
               false;
    return true;
}

static bool store_number(struct command_options *o, const struct option_entry *e, const char *text)
{
    char *end = NULL;
    void *member = (char *)o + e->offset;
    double value = strtod(text, &end);
    bool whole = e->kind != REAL;

    if (end == text || *end != 0 || !(value >= e->min && value <= e->max) ||
        (whole && value != (double)(int64_t)value))
        return command_usage(o, "--%s: expected %s from %.10g to %.10g, found '%s'", e->word,
                             whole ? "a whole number" : "a number", e->min, e->max, text),
               false;
    if (!whole)
        *(float *)member = (float)value;
    else
        *(uint32_t *)member = value >= 0 ? (uint32_t)value : e->kind == WINDOW ? UINT32_MAX : 0;
    if (e->kind == NEW_TOKENS)
        o->prompt_only = value == 0;
    return true;
}

/* "800" are megabytes; "auto". */
static bool store_memory(struct command_options *o, const struct option_entry *e, const char *text)
{
    static const struct {
        const char *name;
        double bytes;
    } units[] = {{"", 1e6},        {"MB", 1e6},       {"GB", 1e9},        {"TB", 1e12},
                 {"MiB", 1 << 20}, {"GiB", 1u << 30}, {"TiB", 1ull << 40}};
    uint64_t *member = (void *)((char *)o + e->offset);
    char *end = NULL;
    const double number = strtod(text, &end);

    if (strcmp(text, "auto") == 0) {
        *member = RLX_EXPERT_MEMORY_AUTO;
        return true;
    }
    for (size_t i = 0; i < sizeof units / sizeof units[0] && text[0] >= '0' && text[0] <= '9';
         i++) {
        const double bytes = number * units[i].bytes;
        if (strcmp(end, units[i].name) != 0 || !(bytes >= e->min && bytes <= e->max))
            continue;
        *member = (uint64_t)bytes;
        return true;
    }
    return command_usage(o,
                         "--%s: expected auto or a size in MB or with a unit (500, 1.5GB, 2GiB), "
                         "found '%s'",
                         e->word, text),
           false;
}

bool option_store(struct command_options *o, const struct option_entry *e, const char *text,
                  bool *given)
{
    void *member = (char *)o + e->offset;

    switch (e->kind) {
    case FLAG:
        *(bool *)member = true;
        return true;
    case PATH:
        if (text[0] == 0)
            return command_usage(o, "--%s: expected a path, found ''", e->word), false;
        *(const char **)member = text;
        return true;
    case TEXT:
        *(const char **)member = text;
        return true;
    case OBJECT:
        return store_object(o, e, text);
    case DEVICE:
        return store_device(o, e, text);
    case LIST:
        return store_list(o, e, text);
    case CHOICE:
        return store_choice(o, e, text);
    case STOP:
        return store_stop(o, text);
    case MEMORY:
        return store_memory(o, e, text);
    case SEED:
        return store_seed(o, e, text, given);
    case COUNT:
    case WINDOW:
    case NEW_TOKENS:
    case REAL:
        break;
    }
    return store_number(o, e, text);
}
