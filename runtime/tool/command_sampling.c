/* Decides how an answer is sampled. In: options, and a model with its recommendation. Out: the
 * session's settings; with -v, a line that reproduces the text. */
#include "runtime/tool/command.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

static void add(char text[COMMAND_SAMPLING_TEXT], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add(char text[COMMAND_SAMPLING_TEXT], const char *format, ...)
{
    size_t used = strlen(text);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text + used, COMMAND_SAMPLING_TEXT - used, format, arguments);
    va_end(arguments);
}

/* In the fewest digits that give the same number. */
static void add_real(char text[COMMAND_SAMPLING_TEXT], const char *word, float value)
{
    char digits[32];

    for (int max = 1; max <= 9; max++) {
        snprintf(digits, sizeof digits, "%.*g", max, (double)value);
        if (strtof(digits, NULL) == value)
            break;
    }
    add(text, "%s--%s=%s", text[0] == 0 ? "" : " ", word, digits);
}

void command_sampling_text(const rlx_sampling *s, char text[COMMAND_SAMPLING_TEXT])
{
    bool repeat = s->repetition_penalty != 0 && s->repetition_penalty != 1;
    bool penalty = repeat || s->presence_penalty != 0 || s->frequency_penalty != 0;

    text[0] = 0;
    add_real(text, "temp", s->temperature);
    if (s->temperature != 0) {
        add(text, " --top-k=%u", s->top_k);
        add_real(text, "top-p", s->top_p);
        add_real(text, "min-p", s->min_p);
    }
    if (repeat || s->from_model & RLX_SAMPLING_REPETITION_PENALTY)
        add_real(text, "repeat-penalty", s->repetition_penalty);
    if (s->presence_penalty != 0)
        add_real(text, "presence-penalty", s->presence_penalty);
    if (s->frequency_penalty != 0)
        add_real(text, "frequency-penalty", s->frequency_penalty);
    if (penalty && s->penalty_window == UINT32_MAX)
        add(text, " --repeat-last-n=-1");
    else if (penalty)
        add(text, " --repeat-last-n=%u", s->penalty_window);
}

/* 32 bits, so that people can copy it by hand. */
static uint64_t random_seed(void)
{
    uint32_t seed;

    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != sizeof seed)
        seed = (uint32_t)time(NULL) * 2654435761u ^ (uint32_t)getpid();
    return seed;
}

/* Greedy sampling takes the most likely token, so options about the others have no effect. */
static void note_greedy(const struct command_options *o)
{
    static const char *const words[] = {"top-k", "top-p", "min-p", "seed"};
    char list[64] = "";
    size_t count = 0;

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (!command_given(o, words[i]))
            continue;
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s--%s", used == 0 ? "" : ", ", words[i]);
        count++;
    }
    if (count != 0 && !o->quiet)
        fprintf(stderr, "%s: %s is greedy, so %s change%s nothing%s\n", program_name,
                command_given(o, "temp") ? "--temp=0" : "what the model recommends", list,
                count == 1 ? "s" : "",
                command_given(o, "temp") ? "" : "; a temperature (--temp) would sample");
}

int command_use_sampling(const struct command_options *o, const rlx_model *model,
                         rlx_session *session)
{
    rlx_sampling s = {.struct_bytes = sizeof s};
    char text[COMMAND_SAMPLING_TEXT];
    rlx_error error;

    rlx_model_get_sampling(model, &s);
    s = command_sampling(o, s);
    if (!command_given(o, "seed"))
        s.seed = random_seed();
    if (rlx_session_use_sampling(session, &s, &error) != RLX_OK)
        return command_failed(&error);
    if (s.temperature == 0)
        note_greedy(o);
    if (!o->verbose)
        return 0;
    command_sampling_text(&s, text);
    fprintf(stderr, "sampling: %s", text);
    if (s.temperature != 0)
        fprintf(stderr, " --seed=%llu", (unsigned long long)s.seed);
    fputc('\n', stderr);
    return 0;
}
