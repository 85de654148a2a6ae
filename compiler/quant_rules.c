/* What --quant says. Contract: quant_rules.h. */
#include "compiler/quant_rules.h"

#include "compiler/import/import.h"
#include "compiler/import/quant.h"
#include "runtime/base/advice.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define OPTION "--quant"
static const struct place option = {.object = OPTION};

/* ---- reading ---- */

static bool is_word(const char *text, size_t bytes, const char *word)
{
    return strlen(word) == bytes && strncasecmp(text, word, bytes) == 0;
}

static bool has_type(enum dtype dtype)
{
    return dtype != DTYPE_none && quant_has_encoder(dtype);
}

/* Ignores case, because files and other programs write Q8_0 and F16. */
static bool find_type(const char *text, size_t bytes, enum dtype *type)
{
    *type = DTYPE_none;
    for (uint32_t i = 0; i < DTYPE_COUNT; i++)
        if (has_type((enum dtype)i) && is_word(text, bytes, dtype_info[i].name)) {
            *type = (enum dtype)i;
            return true;
        }
    return is_word(text, bytes, "keep");
}

/* The types that a matrix can get, and the names of mixtures, or auto. */
static const char *known_words(struct arena *a, bool with_mixtures, bool with_auto)
{
    struct text known = {.arena = a};
    enum dtype type;

    text_add(&known, with_auto ? "auto, keep" : "keep");
    for (uint32_t i = 0; i < DTYPE_COUNT; i++)
        if (has_type((enum dtype)i))
            text_add(&known, ", %s", dtype_info[i].name);
    for (uint32_t i = 1; with_mixtures && i < MIXTURE_COUNT; i++)
        if (!find_type(mixture_name((enum mixture)i), strlen(mixture_name((enum mixture)i)), &type))
            text_add(&known, ", %s", mixture_name((enum mixture)i));
    return known.data;
}

bool quant_type_read(const char *text, size_t bytes, const char *of, bool or_auto, enum dtype *type,
                     struct diags *d)
{
    return find_type(text, bytes, type) ||
           diag_error(d, (struct place){.object = of}, "expected one of %s, found '%.*s'",
                      known_words(d->arena, false, or_auto), (int)bytes, text);
}

static bool read_others(const char *text, size_t bytes, struct quant_rules *out, struct diags *d)
{
    for (uint32_t i = 1; i < MIXTURE_COUNT; i++)
        if (is_word(text, bytes, mixture_name((enum mixture)i))) {
            out->mixture = (enum mixture)i;
            out->others = mixture_most(out->mixture);
            return true;
        }
    return find_type(text, bytes, &out->others) ||
           diag_error(d, option, "expected one of %s or PATTERN=TYPE, found '%.*s'",
                      known_words(d->arena, true, false), (int)bytes, text);
}

bool quant_rules_read(const char *text, struct arena *a, struct quant_rules *out, struct diags *d)
{
    const char *others = NULL;
    size_t others_bytes = 0;

    *out = (struct quant_rules){0};
    for (;; text++) {
        size_t bytes = strcspn(text, ","), pattern = strcspn(text, ",=");
        struct quant_rule rule = {.pattern = arena_text(a, text, pattern)};
        if (pattern == 0 && bytes != 0)
            return diag_error(d, option, "expected PATTERN=TYPE, found '%.*s'", (int)bytes, text);
        if (pattern == bytes && others != NULL)
            return diag_error(d, option,
                              "expected one type for the matrices that no pattern names, found "
                              "'%.*s' and '%.*s'",
                              (int)others_bytes, others, (int)bytes, text);
        if (pattern == bytes) {
            others = text;
            others_bytes = bytes;
            if (!read_others(text, bytes, out, d))
                return false;
        } else {
            if (!quant_type_read(text + pattern + 1, bytes - pattern - 1, OPTION, false, &rule.type,
                                 d))
                return false;
            ARENA_PUSH(a, out->rules, out->count, out->capacity) = rule;
        }
        text += bytes;
        if (*text == 0)
            return true;
    }
}

/* ---- names ---- */

/* What follows the number of a layer: "ffn_up.weight" of "blk.3.ffn_up.weight"; all of a name without
 * one. */
static const char *own_part(const char *name)
{
    for (const char *at = strchr(name, '.'); at != NULL; at = strchr(at + 1, '.')) {
        size_t digits = strspn(at + 1, "0123456789");
        if (digits != 0 && at[1 + digits] == '.')
            return at + digits + 2;
    }
    return name;
}

static const char *without_weight(const char *name, struct arena *a)
{
    static const char end[] = ".weight";
    size_t bytes = strlen(name), rest = bytes > strlen(end) ? bytes - strlen(end) : 0;

    return rest != 0 && strcmp(name + rest, end) == 0 ? arena_text(a, name, rest) : name;
}

static bool matches_name(const char *pattern, const char *name, struct arena *a)
{
    const char *bare = without_weight(name, a);

    return fnmatch(pattern, name, 0) == 0 || fnmatch(pattern, bare, 0) == 0 ||
           fnmatch(pattern, own_part(name), 0) == 0 || fnmatch(pattern, own_part(bare), 0) == 0;
}

/* The names that a matrix goes by. */
struct names {
    const char *ours, *gguf, *file;
};

static struct names names_of(const struct hir_graph *g, hir_id id, const struct model *m,
                             struct arena *a)
{
    const char *ours = str_text(g->strings, hir_at(g, id)->name);
    const struct tensor *t = m == NULL ? NULL : model_tensor(m, hir_at(g, id)->name);

    return (struct names){ours, tensor_name_in_gguf(m == NULL ? NULL : m->kind, ours, a),
                          t == NULL ? ours : str_text(m->strings, t->source_name)};
}

static bool matches(const char *pattern, const struct names *n, struct arena *a)
{
    return matches_name(pattern, n->gguf, a) || matches_name(pattern, n->ours, a) ||
           matches_name(pattern, n->file, a);
}

static bool is_matrix(const struct hir_graph *g, hir_id id)
{
    const struct hir_node *n = hir_at(g, id);

    return n->op == HIR_weight && n->name != 0 && hir_shape_of(g, id)->rank >= 2;
}

/* ---- applying ---- */

enum { LISTED_NAMES = 48 };

/* Says which pattern matches nothing, and what there is: each kind of matrix by its name in GGUF
 * files. */
static bool refuse_pattern(const char *pattern, const struct hir_graph *g, const struct model *m,
                           struct diags *d)
{
    const char *kinds[LISTED_NAMES + 1] = {NULL};
    struct text list = {.arena = d->arena};
    uint32_t count = 0;

    for (hir_id id = 1; id < g->node_count && count < LISTED_NAMES; id++) {
        if (!is_matrix(g, id))
            continue;
        const struct names names = names_of(g, id, m, d->arena);
        if (matches(pattern, &names, d->arena))
            return diag_error(d, option, "a pattern before it names each matrix that '%s' does",
                              pattern);
        const char *kind = own_part(without_weight(names.gguf, d->arena));
        uint32_t known = 0;
        while (known < count && strcmp(kinds[known], kind) != 0)
            known++;
        if (known == count) {
            text_add(&list, "%s%s", count == 0 ? "" : ", ", kind);
            kinds[count++] = kind;
        }
    }
    const char *near = advice_nearest(kinds, pattern, 2);
    return diag_error(d, option, "no matrix matches '%s'%s%s%s; there are %s", pattern,
                      near == NULL ? "" : " (did you mean ", near == NULL ? "" : near,
                      near == NULL ? "" : "?)", count == 0 ? "none" : list.data);
}

/* The rule for a matrix, by its place; the number of rules: none. */
static uint32_t find_rule(const struct quant_rules *r, const struct names *names, struct arena *a)
{
    uint32_t i = 0;

    while (i < r->count && !matches(r->rules[i].pattern, names, a))
        i++;
    return i;
}

static int by_name(const void *left, const void *right)
{
    const struct type_rule *a = left, *b = right;

    return strcmp(a->name, b->name);
}

/* Adds the types of those that no pattern names, in a mixture. */
static bool mixed_type(const struct quant_rules *r, const struct mixture_facts *facts,
                       const struct type_choice *choice, const char *name, uint32_t before,
                       enum dtype *type)
{
    if (r->mixture == MIXTURE_none || (choice->lm_head_given && is_embedding_or_lm_head(name)))
        return false;
    *type = mixture_type(r->mixture, facts, name, before);
    return true;
}

static bool apply(const struct quant_rules *r, const struct hir_graph *g, const struct model *m,
                  struct type_choice *choice, struct diags *d)
{
    struct arena *a = g->arena;
    struct type_rule *types = arena_new(a, struct type_rule, g->node_count);
    bool *used = arena_new(a, bool, r->count + 1);
    const struct mixture_facts facts = mixture_read_facts(g, m);
    uint32_t count = 0, values = 0;

    if (r->count == 0 && r->mixture == MIXTURE_none)
        return true;
    for (hir_id id = 1; id < g->node_count; id++) {
        if (!is_matrix(g, id))
            continue;
        const struct names names = names_of(g, id, m, a);
        uint32_t rule = find_rule(r, &names, a), before = values;
        enum dtype type = rule < r->count ? r->rules[rule].type : DTYPE_none;
        used[rule] = true;
        values += mixture_is_values(names.ours);
        if (rule < r->count || mixed_type(r, &facts, choice, names.ours, before, &type))
            types[count++] = (struct type_rule){names.ours, type};
    }
    for (uint32_t i = 0; i < r->count; i++)
        if (!used[i])
            return refuse_pattern(r->rules[i].pattern, g, m, d);
    qsort(types, count, sizeof *types, by_name);
    choice->rules = types;
    choice->rule_count = count;
    return true;
}

bool quant_rules_apply(const char *text, const struct hir_graph *g, const struct model *m,
                       struct type_choice *choice, struct diags *d)
{
    struct quant_rules rules;

    return text == NULL ||
           (quant_rules_read(text, g->arena, &rules, d) && apply(&rules, g, m, choice, d));
}
