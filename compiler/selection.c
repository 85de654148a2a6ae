/* Parses --target and --level. In: text from the user, or that the code is to be source. Out: levels
 * of targets. */
#include "compiler/selection.h"

#include <string.h>

static bool is_word(const char *text, size_t bytes, const char *word)
{
    return strlen(word) == bytes && memcmp(text, word, bytes) == 0;
}

/* ---- targets ---- */

const struct target *default_target(void)
{
    return target_list[0];
}

static const struct target *find_target(const char *name, size_t bytes)
{
    for (uint32_t i = 0; target_list[i] != NULL; i++)
        if (is_word(name, bytes, target_list[i]->name))
            return target_list[i];
    return NULL;
}

/* "cpu or vulkan" */
static const char *target_names(struct diags *d)
{
    struct text known = {.arena = d->arena};

    for (uint32_t i = 0; target_list[i] != NULL; i++)
        if (target_list[i]->emit != NULL)
            text_add(&known, "%s%s", known.bytes == 0 ? "" : " or ", target_list[i]->name);
    return known.data;
}

bool names_target(const char *targets, const char *name)
{
    if (targets == NULL)
        return strcmp(name, default_target()->name) == 0;
    for (const char *word = targets;; word++) {
        size_t bytes = strcspn(word, ",");
        if (is_word(word, bytes, name))
            return true;
        word += bytes;
        if (*word == 0)
            return false;
    }
}

bool check_target_names(const char *targets, struct diags *d)
{
    bool good = true;

    for (const char *name = targets;; name++) {
        size_t bytes = strcspn(name, ",");
        const struct target *found = find_target(name, bytes);
        if (found == NULL || found->emit == NULL)
            good = diag_error(d, (struct place){.object = "--target"}, "expected %s, found '%.*s'",
                              target_names(d), (int)bytes, name);
        name += bytes;
        if (*name == 0)
            return good;
    }
}

/* ---- levels ---- */

static void add_levels(struct level_list *out, const struct target *target, const bool *wanted)
{
    for (uint32_t i = 0; i < target->level_count; i++) {
        if (wanted != NULL && !wanted[i])
            continue;
        assert(out->count < LEVELS_MAX);
        out->all[out->count++] = (struct selected_level){target, i};
    }
}

/* "x86-64-v3, x86-64-v4-vnni-bf16, " of all targets that are named. */
static const char *level_names(const char *targets, struct diags *d)
{
    struct text known = {.arena = d->arena};

    for (uint32_t t = 0; target_list[t] != NULL; t++)
        for (uint32_t i = 0;
             names_target(targets, target_list[t]->name) && i < target_list[t]->level_count; i++)
            text_add(&known, "%s, ", target_list[t]->levels[i].name);
    return known.data;
}

/* Marks the level of this name, or those that "native" and "all" mean. */
static bool mark_level(const struct target *target, const char *name, size_t bytes, bool *wanted)
{
    const int native = target->native_level();
    const bool is_native = is_word(name, bytes, "native"),
               all = is_word(name, bytes, "all") || (is_native && target->levels[0].machine == 0);
    bool found = all;

    for (uint32_t i = 0; i < target->level_count; i++) {
        const bool is_it =
            is_native ? (int)i == native : is_word(name, bytes, target->levels[i].name);
        wanted[i] = wanted[i] || all || is_it;
        found = found || is_it;
    }
    return found;
}

static bool no_level(const char *targets, const char *name, size_t bytes, struct diags *d)
{
    const struct place at = {.object = "--level"};

    if (is_word(name, bytes, "native"))
        return diag_error(d, at,
                          "this machine is too old to run models; expected the level of the "
                          "machine that will run them: %sor all",
                          level_names(targets, d));
    return diag_error(d, at, "expected %snative or all, found '%.*s'", level_names(targets, d),
                      (int)bytes, name);
}

void select_source(struct level_list *out)
{
    uint32_t i = 0;

    while (target_list[i] != NULL && target_list[i]->print == NULL)
        i++;
    assert(target_list[i] != NULL);
    *out = (struct level_list){.count = 0};
    add_levels(out, target_list[i], NULL);
}

bool select_level(const char *text, struct selected_level *out, struct diags *d)
{
    struct text known = {.arena = d->arena};
    struct level_list levels;

    for (uint32_t t = 0; target_list[t] != NULL; t++)
        for (uint32_t i = 0; i < target_list[t]->level_count; i++) {
            const char *name = target_list[t]->levels[i].name;
            text_add(&known, "%s, ", name);
            if (strcmp(text, name) == 0) {
                *out = (struct selected_level){target_list[t], i};
                return true;
            }
        }
    if (strcmp(text, "native") != 0)
        return diag_error(d, (struct place){.object = "--level"},
                          "expected %sor native, found '%s'", known.data, text);
    if (!select_levels(NULL, text, &levels, d))
        return false;
    *out = levels.all[0];
    return true;
}

/* The list "A,B" of names, one after the other, marks levels of targets; each must mark one. */
static bool mark_levels(const char *targets, const char *names,
                        bool wanted[TARGETS_MAX][LEVELS_MAX], struct diags *d)
{
    bool good = true;

    for (const char *name = names;; name++) {
        const size_t bytes = strcspn(name, ",");
        bool found = false;
        for (uint32_t t = 0; target_list[t] != NULL; t++)
            if (names_target(targets, target_list[t]->name))
                found = mark_level(target_list[t], name, bytes, wanted[t]) || found;
        good = (found || no_level(targets, name, bytes, d)) && good;
        name += bytes;
        if (*name == 0)
            return good;
    }
}

bool select_levels(const char *targets, const char *levels, struct level_list *out, struct diags *d)
{
    bool wanted[TARGETS_MAX][LEVELS_MAX] = {{false}};

    *out = (struct level_list){.count = 0};
    if (targets != NULL && !check_target_names(targets, d))
        return false;
    if (!mark_levels(targets, levels, wanted, d))
        return false;
    for (uint32_t t = 0; target_list[t] != NULL; t++) {
        const struct target *target = target_list[t];
        if (!names_target(targets, target->name))
            continue;
        if (memchr(wanted[t], true, LEVELS_MAX) == NULL &&
            !mark_level(target, "native", strlen("native"), wanted[t]))
            return no_level(target->name, "native", strlen("native"), d);
        add_levels(out, target, wanted[t]);
    }
    return true;
}
