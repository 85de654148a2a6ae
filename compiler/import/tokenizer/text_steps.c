/* The steps of a pipeline. In: parts of a published description. Out: lists of steps, and classes
 * of characters in the spelling of regular expressions. */
#include "compiler/import/tokenizer/text_steps.h"

#include "compiler/base/point_range.h"

#include <string.h>

#define FROZEN_SET(name, ...) static const struct point_range name[] = {__VA_ARGS__};
#include "compiler/import/tokenizer/frozen_sets.def"
#undef FROZEN_SET

static const struct {
    const struct point_range *ranges;
    size_t count;
} frozen_sets[] = {
    [FROZEN_punctuation] = {punctuation, countof(punctuation)},
    [FROZEN_word] = {word, countof(word)},
    [FROZEN_unclean] = {unclean, countof(unclean)},
    [FROZEN_nonspacing] = {nonspacing, countof(nonspacing)},
    [FROZEN_combining] = {combining, countof(combining)},
};

const char *step_class(struct arena *a, enum frozen_set set)
{
    enum { LONGEST = sizeof "\\x{10FFFF}-\\x{10FFFF}" };
    size_t count = frozen_sets[set].count, used = 0, capacity = count * LONGEST + 1;
    char *text = arena_alloc(a, capacity, 1);

    for (size_t i = 0; i < count; i++) {
        struct point_range r = frozen_sets[set].ranges[i];
        used += (size_t)snprintf(text + used, capacity - used, "\\x{%X}", r.first);
        if (r.last > r.first)
            used += (size_t)snprintf(text + used, capacity - used, "-\\x{%X}", r.last);
    }
    return text;
}

struct step_text step_text_of(struct arena *a, const char *text, size_t bytes)
{
    return (struct step_text){arena_text(a, text, bytes), (uint32_t)bytes};
}

struct step_text step_text_literal(const char *text)
{
    return (struct step_text){text, (uint32_t)strlen(text)};
}

struct text_step *step_add(struct text_steps *steps, struct arena *a, enum text_step_kind kind,
                           const char *object)
{
    struct text_step *step = &ARENA_PUSH(a, steps->all, steps->count, steps->capacity);

    *step = (struct text_step){.kind = kind, .object = object};
    return step;
}

struct text_step *step_add_replace(struct text_steps *steps, struct arena *a, const char *object,
                                   const char *expression, const char *content)
{
    struct text_step *step = step_add(steps, a, STEP_replace, object);

    step->expression = step_text_literal(expression);
    step->content = step_text_literal(content);
    return step;
}

struct text_step *step_add_split(struct text_steps *steps, struct arena *a, const char *object,
                                 const char *expression, enum split_behavior behavior)
{
    struct text_step *step = step_add(steps, a, STEP_split, object);

    step->expression = step_text_literal(expression);
    step->behavior = behavior;
    return step;
}

struct decoder_step *step_add_decoder(struct decoder_steps *steps, struct arena *a,
                                      enum decoder_step_kind kind)
{
    struct decoder_step *step = &ARENA_PUSH(a, steps->all, steps->count, steps->capacity);

    *step = (struct decoder_step){.kind = kind};
    return step;
}

uint32_t gpt2_spelling(uint8_t byte)
{
    static const struct {
        uint8_t first, last;
    } hidden[] = {{0, 32}, {127, 160}, {173, 173}};
    uint32_t before = 0;
    for (size_t i = 0; i < countof(hidden); i++) {
        if (byte >= hidden[i].first && byte <= hidden[i].last)
            return 256 + before + byte - hidden[i].first;
        before += hidden[i].last - hidden[i].first + 1u;
    }
    return byte;
}

bool steps_have_bytes(const struct text_steps *steps)
{
    for (uint32_t i = 0; i < steps->count; i++)
        if (steps->all[i].kind == STEP_byte_level)
            return true;
    return false;
}
