/* Parses --level. In: text from the user, or that the code is to be source. Out: a target and
 * indices of its levels. */
#include "compiler/selection.h"

#include <string.h>

static bool is_word(const char *text, size_t bytes, const char *word)
{
    return strlen(word) == bytes && memcmp(text, word, bytes) == 0;
}

/* "x86-64-v3, x86-64-v4-vnni-bf16, ". */
static const char *level_names(const struct target *target, struct diags *d)
{
    struct text known = {.arena = d->arena};

    for (uint32_t i = 0; i < target->level_count; i++)
        text_add(&known, "%s, ", target->levels[i].name);
    return known.data;
}

static bool mark_level(const struct target *target, const char *name, size_t bytes, bool *wanted,
                       struct diags *d)
{
    struct place at = {.object = "--level"};

    if (is_word(name, bytes, "all")) {
        memset(wanted, true, target->level_count);
        return true;
    }
    if (is_word(name, bytes, "native")) {
        int native = target->native_level();
        if (native < 0)
            return diag_error(d, at,
                              "this machine is too old to run models; expected the level of the "
                              "machine that will run them: %sor all",
                              level_names(target, d));
        wanted[native] = true;
        return true;
    }
    for (uint32_t i = 0; i < target->level_count; i++) {
        if (is_word(name, bytes, target->levels[i].name)) {
            wanted[i] = true;
            return true;
        }
    }
    return diag_error(d, at, "expected %snative or all, found '%.*s'", level_names(target, d),
                      (int)bytes, name);
}

void select_source(struct level_list *out)
{
    uint32_t i = 0;

    while (target_list[i] != NULL && target_list[i]->print == NULL)
        i++;
    *out = (struct level_list){.target = target_list[i]};
    assert(out->target != NULL && out->target->level_count <= LEVELS_MAX);
    while (out->count < out->target->level_count) {
        out->all[out->count] = out->count;
        out->count++;
    }
}

bool select_level(const char *text, struct level_list *out, struct diags *d)
{
    for (uint32_t t = 1; target_list[t] != NULL; t++) {
        for (uint32_t i = 0; i < target_list[t]->level_count; i++) {
            if (strcmp(text, target_list[t]->levels[i].name) != 0)
                continue;
            *out = (struct level_list){target_list[t], {i}, 1};
            return true;
        }
    }
    return select_levels(text, out, d) &&
           (out->count == 1 || diag_error(d, (struct place){.object = "--level"},
                                          "expected one level, found '%s'", text));
}

bool select_levels(const char *text, struct level_list *out, struct diags *d)
{
    bool wanted[LEVELS_MAX] = {false}, good = true;

    *out = (struct level_list){.target = target_list[0]};
    assert(out->target != NULL && out->target->level_count <= LEVELS_MAX);
    for (const char *name = text;; name++) {
        size_t bytes = strcspn(name, ",");
        good = mark_level(out->target, name, bytes, wanted, d) && good;
        name += bytes;
        if (*name == 0)
            break;
    }
    for (uint32_t i = 0; i < out->target->level_count; i++)
        if (wanted[i])
            out->all[out->count++] = i;
    return good;
}
