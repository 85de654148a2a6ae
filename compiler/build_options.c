/* Reads the options that rlxc build and rlxc plan share. Contract: build_options.h. */
#include "compiler/build_options.h"
#include "compiler/import/tokenizer/pre_tokenizers.h"

#include "compiler/late/late.h"
#include "compiler/quant_rules.h"
#include "compiler/selection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Ignores case, because files and other programs write Q8_0 and F16. */
static const struct choice *find_choice(const struct choice *choices, const char *text,
                                        size_t bytes)
{
    for (; choices->word != NULL; choices++)
        if (strlen(choices->word) == bytes && strncasecmp(choices->word, text, bytes) == 0)
            return choices;
    return NULL;
}

static bool unknown_choice(const char *command, const char *option, const struct choice *choices,
                           const char *text, size_t bytes)
{
    char known[200] = "";

    for (; choices->word != NULL; choices++) {
        size_t used = strlen(known);
        snprintf(known + used, sizeof known - used, "%s%s", used == 0 ? "" : ", ", choices->word);
    }
    return wrong_usage(command, "%s: expected one of %s, found '%.*s'", option, known, (int)bytes,
                       text);
}

bool choose(const char *command, const char *option, const struct choice *choices, const char *text,
            uint32_t *value)
{
    const struct choice *found = find_choice(choices, text, strlen(text));

    if (found == NULL)
        return unknown_choice(command, option, choices, text, strlen(text));
    *value = found->value;
    return true;
}

/* A list separated by commas; ORs the values together. */
bool choose_several(const char *command, const char *option, const struct choice *choices,
                    const char *text, uint32_t *value)
{
    for (;; text++) {
        size_t bytes = strcspn(text, ",");
        const struct choice *found = find_choice(choices, text, bytes);
        if (found == NULL)
            return unknown_choice(command, option, choices, text, bytes);
        *value |= found->value;
        text += bytes;
        if (*text == 0)
            return true;
    }
}

bool read_number(const char *command, const char *option, const char *text, uint32_t min,
                 uint32_t max, uint32_t *value)
{
    char *end;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);

    if (text[0] < '0' || text[0] > '9' || *end != 0 || errno != 0 || number < min || number > max)
        return wrong_usage(command, "%s: expected a number from %u to %u, found '%s'", option, min,
                           max, text);
    *value = (uint32_t)number;
    return true;
}

static bool check_levels(const char *command, const char *targets, const char *text)
{
    struct arena arena = {0};
    struct diags d = {.arena = &arena};
    struct level_list levels;
    bool good = select_levels(targets, text, &levels, &d) || wrong_value(command, "--level", &d);

    arena_free(&arena);
    return good;
}

bool check_level(const char *command, const char *text)
{
    struct arena arena = {0};
    struct diags d = {.arena = &arena};
    struct selected_level level;
    bool good = select_level(text, &level, &d) || wrong_value(command, "--level", &d);

    arena_free(&arena);
    return good;
}

static bool check_targets(const char *command, const char *text)
{
    struct arena arena = {0};
    struct diags d = {.arena = &arena};
    bool good = check_target_names(text, &d) || wrong_value(command, "--target", &d);

    arena_free(&arena);
    return good;
}

static bool check_variants(const char *command, const char *text, bool one_variant)
{
    struct arena arena = {0};
    struct diags d = {.arena = &arena};
    struct packed_variant variants[BUCKETS_MAX];
    uint32_t count;
    bool good = select_variants(text, NULL, UINT32_MAX, one_variant, variants, countof(variants),
                                &count, &d) ||
                wrong_value(command, "--variants", &d);

    arena_free(&arena);
    return good;
}

bool check_passes(const char *command, const char *option, const char *text, bool leaves_out)
{
    struct arena arena = {0};
    struct diags d = {.arena = &arena};
    struct pass_run run = {.tables = all_pass_tables,
                           .only = leaves_out ? NULL : text,
                           .leave_out = leaves_out ? text : NULL};
    bool good = text[0] == 0 ? wrong_usage(command, "%s: expected the names of passes", option)
                             : pass_run_valid(&run, &d) || wrong_value(command, option, &d);

    arena_free(&arena);
    return good;
}

struct build_options build_options_default(const char *command)
{
    return (struct build_options){.command = command,
                                  .options = {.quant = "keep",
                                              .quant_head = "auto",
                                              .activations = ACTIVATIONS_auto,
                                              .types = {.kv = DTYPE_f16}}};
}

const struct choice activation_choices[] = {{"auto", ACTIVATIONS_auto},
                                            {"i16", ACTIVATIONS_i16},
                                            {"i8", ACTIVATIONS_i8},
                                            {"f32", ACTIVATIONS_exact},
                                            {NULL, 0}};

/* What quant_rules_apply makes of it later depends on a graph. */
static bool choose_matrices(const char *command, const char *value, struct type_choice *types)
{
    struct arena arena = {0};
    struct diags d = {.arena = &arena};
    struct quant_rules rules;
    bool good = quant_rules_read(value, &arena, &rules, &d) || wrong_value(command, "--quant", &d);

    types->matrices = rules.others;
    arena_free(&arena);
    return good;
}

static bool choose_lm_head(const char *command, const char *value, struct type_choice *types)
{
    static const char option[] = "--quant-head";
    struct arena arena = {0};
    struct diags d = {.arena = &arena};

    types->lm_head = DTYPE_none;
    types->lm_head_given = strcasecmp(value, "auto") != 0;
    bool good = !types->lm_head_given ||
                quant_type_read(value, strlen(value), option, true, &types->lm_head, &d) ||
                wrong_value(command, option, &d);
    arena_free(&arena);
    return good;
}

bool choose_types(const char *command, int option, const char *value, struct type_choice *types)
{
    static const struct choice elements[] = {
        {"f16", DTYPE_f16}, {"q8", DTYPE_q8_0}, {"f32", DTYPE_f32}, {NULL, 0}};
    uint32_t chosen = 0;
    bool good;

    switch (option) {
    case BUILD_OPTION_quant:
        return choose_matrices(command, value, types);
    case BUILD_OPTION_quant_head:
        return choose_lm_head(command, value, types);
    default:
        good = choose(command, "--kv", elements, value, &chosen);
        types->kv = (enum dtype)chosen;
        return good;
    }
}

static bool set_types(struct build_options *b, int option, const char *value)
{
    struct compile_options *o = &b->options;

    if (option == BUILD_OPTION_quant)
        o->quant = value;
    if (option == BUILD_OPTION_quant_head)
        o->quant_head = value;
    if (option == BUILD_OPTION_kv)
        b->kv = value;
    o->kv_given = b->kv != NULL;
    return choose_types(b->command, option, value, &o->types);
}

static bool set_activations(struct build_options *b, const char *value)
{
    uint32_t chosen = 0;
    bool good = choose(b->command, "--activations", activation_choices, value, &chosen);

    b->activations = value;
    b->options.activations = (enum activations)chosen;
    return good;
}

static bool set_smooth(struct build_options *b, const char *value)
{
    char *end;

    b->options.smooth = strtof(value, &end);
    return (end != value && *end == 0 && b->options.smooth > 0 && b->options.smooth < 1) ||
           wrong_usage(b->command, "--smooth: expected a number between 0 and 1, found '%s'",
                       value);
}

/* Adds a name to a list separated by commas. */
static void add_name(struct arena *a, const char **list, const char *name)
{
    *list = *list == NULL ? name : arena_printf(a, "%s,%s", *list, name);
}

bool build_options_set(struct build_options *b, int option, const char *value)
{
    struct compile_options *o = &b->options;

    switch (option) {
    case BUILD_OPTION_quant:
    case BUILD_OPTION_quant_head:
    case BUILD_OPTION_kv:
        return set_types(b, option, value);
    case BUILD_OPTION_activations:
        return set_activations(b, value);
    case BUILD_OPTION_exact:
        b->exact = true;
        return true;
    case BUILD_OPTION_context:
        return read_number(b->command, "--context", value, 1, INT32_MAX, &o->context);
    case BUILD_OPTION_target:
        o->targets = value;
        return check_targets(b->command, value);
    case BUILD_OPTION_level:
        o->levels = value;
        return true;
    case BUILD_OPTION_variants:
        o->variants = value;
        return check_variants(b->command, value, true);
    case BUILD_OPTION_pre_tokenizer:
        o->pre_tokenizer = value;
        return pre_tokenizer_by_name(value, strlen(value)) != NULL ||
               wrong_usage(b->command, "--pre-tokenizer: expected a known name (%s), found '%s'",
                           pre_tokenizer_near(value, strlen(value), &b->arena), value);
    case BUILD_OPTION_weights:
        return read_path(b->command, "--weights", value, &o->weights);
    case BUILD_OPTION_tokenizer:
        return read_path(b->command, "--tokenizer", value, &o->vocabulary);
    case BUILD_OPTION_smooth:
        return set_smooth(b, value);
    case BUILD_OPTION_imatrix:
        return read_path(b->command, "--imatrix", value, &o->imatrix);
    case 'x':
        add_name(&b->arena, &o->leave_out, value);
        return check_passes(b->command, "--leave-out", value, true);
    }
    return false;
}

bool build_options_check(struct build_options *b)
{
    struct compile_options *o = &b->options;

    if (o->levels != NULL && !check_levels(b->command, o->targets, o->levels))
        return false;
    if (o->variants != NULL && !writes_source(o) && !check_variants(b->command, o->variants, false))
        return false;
    if (o->imatrix != NULL && strcasecmp(o->quant, "keep") == 0 && !o->types.lm_head_given)
        return wrong_usage(b->command,
                           "--imatrix goes with --quant, which says what to quantize to");
    if (o->smooth != 0 && o->imatrix == NULL)
        return wrong_usage(b->command,
                           "--smooth goes with --imatrix, which says how large activations are");
    if (!b->exact)
        return true;
    if (b->activations != NULL && o->activations != ACTIVATIONS_exact)
        return wrong_usage(b->command,
                           "--exact means --activations=f32; it does not go with --activations=%s",
                           b->activations);
    if (b->kv != NULL && o->types.kv != DTYPE_f32)
        return wrong_usage(
            b->command,
            "--exact means --kv=f32; it does not go with --kv=%s; for f32 activations "
            "alone use --activations=f32",
            b->kv);
    o->activations = ACTIVATIONS_exact;
    o->types.kv = DTYPE_f32;
    return true;
}

void build_options_free(struct build_options *b)
{
    arena_free(&b->arena);
}
