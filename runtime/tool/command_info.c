/* `rlx info`. In: a model. Out: what it is, its sizes, and the code that runs here; --verify checks
 * every byte. */
#include "runtime/base/amount.h"
#include "runtime/base/cpu.h"
#include "runtime/base/file_kind.h"
#include "runtime/base/json_in.h"
#include "runtime/base/printable.h"
#include "runtime/tool/command.h"

#include <stdlib.h>
#include <string.h>

static const char info_help[] =
    " MODEL.rlx [options]\n"
    "\n"
    "Describes a compiled model, or a saved conversation.\n"
    "\n"
    "      --verify          read every byte and check every digest\n"
    "      --expert-memory=SIZE  say how many experts of a mixture would stay in so\n"
    "                        much memory\n"
    "      --json            print the manifest, as the compiler wrote it; or the\n"
    "                        whole conversation\n"
    "  -v, --verbose         list entries, states and variants too, and print\n"
    "                        long expressions whole\n";

static void print_bytes(const char *label, uint64_t bytes)
{
    char text[AMOUNT_BYTES];

    printf("%-14s %s\n", label, amount_of_bytes((double)bytes, text));
}

/* How run and chat sample by default, and where that comes from. */
static void print_sampling(const rlx_model *model)
{
    rlx_sampling s = {.struct_bytes = sizeof s};
    char text[COMMAND_SAMPLING_TEXT];
    const uint32_t draw =
        RLX_SAMPLING_TEMPERATURE | RLX_SAMPLING_TOP_K | RLX_SAMPLING_TOP_P | RLX_SAMPLING_MIN_P;

    rlx_model_get_sampling(model, &s);
    command_sampling_text(&s, text);
    printf("%-14s %s (%s)\n", "sampling", text,
           s.from_model == 0        ? "the model recommends none"
           : !(s.from_model & draw) ? "the model recommends the penalty"
                                    : "recommended by the model");
}

/* The elements of a list in the manifest; none if it is damaged. */
static const char *first_of(const char *manifest, const char *list)
{
    char why[JSON_WHY_BYTES];
    bool good = json_check(manifest, strlen(manifest), false, why);

    return good ? json_in_first(json_in_member(json_in_root(manifest), list)) : NULL;
}

/* Malloc'd. */
static char *text_of(const char *value)
{
    size_t bytes;

    return command_memory(json_in_is(value, '"') ? json_in_text(value, &bytes) : strdup("?"));
}

/* "x86-64-v3, x86-64-v4-vnni-bf16". */
static void print_levels(const char *manifest)
{
    const char *first = first_of(manifest, "levels");

    for (const char *level = first; level != NULL; level = json_in_next(level)) {
        char *name = text_of(json_in_member(level, "name"));
        fputs(level == first ? "" : ", ", stdout);
        printable_write(name, stdout);
        free(name);
    }
    putchar('\n');
}

/* A long line without its middle, unless `whole`. */
static void print_line(const char *line, bool whole)
{
    enum { FRONT = 72, BACK = 24, MAX = 160 }; /* bytes */
    size_t bytes = strlen(line), front = FRONT, back = bytes - BACK;
    char start[FRONT + 1];

    if (whole || bytes <= MAX) {
        printable_write(line, stdout);
        return;
    }
    while (((unsigned char)line[front] & 0xc0) == 0x80)
        front--;
    while (((unsigned char)line[back] & 0xc0) == 0x80)
        back++;
    memcpy(start, line, front);
    start[front] = 0;
    printable_write(start, stdout);
    fputs(" … ", stdout);
    printable_write(line + back, stdout);
}

/* A line for each part of its pipeline, as the compiler describes it. */
static void print_tokenizer(const char *manifest, bool whole)
{
    const char *first = first_of(manifest, "tokenizer");

    for (const char *part = first; part != NULL; part = json_in_next(part)) {
        char *line = text_of(part);
        printf("%-14s ", part == first ? "tokenizer" : "");
        print_line(line, whole);
        putchar('\n');
        free(line);
    }
}

void command_print_carried(void)
{
    rlx_model_info info = {.struct_bytes = sizeof info};
    rlx_model *model;

    if (rlx_model_open_self(&model, NULL) != RLX_OK)
        return;
    rlx_model_get_info(model, &info);
    fputs("\nThis program carries a model:\n\n  name      ", stdout);
    printable_write(info.name, stdout);
    fputs("\n  code for  ", stdout);
    print_levels(info.manifest);
    printf("  used here %s\n", info.level);
    rlx_model_close(model);
}

/* What makes text of a model; one without logits has none. */
static void print_text(const rlx_model *model, const rlx_model_info *i, bool whole)
{
    printf("%-14s %u, %s, %s\n", "vocabulary", i->vocabulary,
           i->has_tokenizer ? "with a tokenizer" : "no tokenizer: works with ids",
           i->has_template       ? "a chat template"
           : i->template_refused ? "a chat template that could not be compiled"
                                 : "no chat template");
    print_tokenizer(i->manifest, whole);
    print_sampling(model);
}

/* The states of one sequence; where there are rings, those of each class. */
static void print_states(const rlx_model *model, const rlx_model_info *i)
{
    char text[AMOUNT_BYTES];
    uint64_t rings = 0;

    for (uint32_t s = 0; s < rlx_model_state_count(model); s++) {
        rlx_state_info info = rlx_state_info_default();
        if (rlx_model_get_state(model, s, &info, NULL) == RLX_OK && info.window != 0)
            rings += info.bytes;
    }
    if (rings == 0) {
        print_bytes("cache", i->state_bytes);
        return;
    }
    printf("%-14s %s", "cache", amount_of_bytes((double)i->state_bytes, text));
    printf(": %s in rings", amount_of_bytes((double)rings, text));
    printf(", %s for all positions\n", amount_of_bytes((double)(i->state_bytes - rings), text));
}

/* Of mixtures; which of them would stay in `memory` bytes, 0: it was not asked. */
static void print_experts(const rlx_expert_counts *c, uint64_t memory)
{
    char one[AMOUNT_BYTES], all[AMOUNT_BYTES], kept[AMOUNT_BYTES];

    if (c->layers == 0)
        return;
    const double bytes = (double)c->expert_bytes / c->layers / c->experts;
    printf("%-14s %u in each of %u layers, %s each, %s in all\n", "experts", c->experts, c->layers,
           amount_of_bytes(bytes, one), amount_of_bytes((double)c->expert_bytes, all));
    if (memory != 0)
        printf("%-14s %u of each layer, %s\n", "stay in memory", c->budget,
               amount_of_bytes(bytes * c->layers * c->budget, kept));
}

/* Whether the level that is used here is one of this machine's processor. */
static bool runs_on_cpu(const rlx_model_info *i)
{
    bool is_cpu = false;

    for (const char *level = first_of(i->manifest, "levels"); level != NULL;
         level = json_in_next(level)) {
        char *name = text_of(json_in_member(level, "name")),
             *target = text_of(json_in_member(level, "target"));
        is_cpu |= strcmp(name, i->level) == 0 && strcmp(target, "cpu") == 0;
        free(name);
        free(target);
    }
    return is_cpu && i->code_bytes != 0;
}

static void print_code(const rlx_model *model, const rlx_model_info *i,
                       const struct rlx_ahead *ahead)
{
    printf("%-14s %s%s%s\n", "arithmetic", i->numerics, i->kv_type[0] == 0 ? "" : ", cache ",
           i->kv_type);
    printf("%-14s ", "code for");
    print_levels(i->manifest);
    printf("%-14s %s\n", "used here", i->level);
    if (runs_on_cpu(i))
        printf("%-14s %u bytes ahead into all caches, %u into all but the first\n", "prefetch",
               ahead->near, ahead->far);
    print_bytes("weights", i->weight_bytes);
    print_bytes("code", i->code_bytes);
    if (i->state_bytes != 0)
        print_states(model, i);
    if (i->vocabulary != 0)
        print_bytes("a token reads", i->decode_bytes);
    printf("%-14s %u\n", "variants", rlx_model_variant_count(model));
}

/* Where a model has other entries than "main". */
static void print_entry_names(const rlx_model *model)
{
    const uint32_t count = rlx_model_entry_count(model);
    rlx_entry_info entry = rlx_entry_info_default();

    if (count == 0 || (count == 1 && rlx_model_get_entry(model, 0, &entry, NULL) == RLX_OK &&
                       strcmp(entry.name, "main") == 0))
        return;
    printf("%-14s ", "entries");
    for (uint32_t i = 0; i < count; i++) {
        if (rlx_model_get_entry(model, i, &entry, NULL) == RLX_OK) {
            fputs(i == 0 ? "" : ", ", stdout);
            printable_write(entry.name, stdout);
        }
    }
    puts(" (-v lists inputs and outputs)");
}

static void print_info(const rlx_model *model, const rlx_model_info *i,
                       const struct command_options *o, const rlx_expert_counts *experts,
                       const struct rlx_ahead *ahead)
{
    const bool whole = o->verbose;
    char text[AMOUNT_BYTES];

    printf("%-14s ", "name");
    printable_write(i->name, stdout);
    putchar('\n');
    if (i->architecture[0] != 0) /* a graph of the user's own has none */
        printf("%-14s %s, %u layers, width %u, %u heads of %u, %u key/value heads\n",
               "architecture", i->architecture, i->layers, i->hidden, i->heads, i->head_dim,
               i->kv_heads);
    if (i->parameters != 0)
        printf("%-14s %s\n", "parameters", amount_of_things((double)i->parameters, text));
    if (i->context != 0)
        printf("%-14s %u tokens\n", "context", i->context);
    if (i->vocabulary != 0 || i->has_tokenizer)
        print_text(model, i, whole);
    print_entry_names(model);
    if (i->level[0] != 0)
        print_code(model, i, ahead);
    print_experts(experts, o->expert_bytes);
    print_bytes("file", i->file_bytes);
    printf("%-14s %s by %s\n", "compiled from", i->source, i->compiler);
}

int command_info(int argc, char **argv)
{
    struct command_options o;
    rlx_model *model;
    rlx_model_info info = {.struct_bytes = sizeof info};
    rlx_expert_counts experts = rlx_expert_counts_default();
    struct rlx_ahead ahead;
    rlx_error error;

    if (!command_parse(&o, argc, argv, "model verify expert-memory json verbose", info_help))
        return EXIT_USAGE;
    if (o.model_path != NULL && file_kind(o.model_path) == FILE_SESSION)
        return command_info_session(&o);
    int code = command_open(&o, &model, NULL);
    if (code != 0)
        return code;
    rlx_model_get_info(model, &info);
    if (rlx_model_get_experts(model, o.expert_bytes, &experts, &error) != RLX_OK ||
        cpu_ahead(&ahead, &error) != RLX_OK)
        code = command_failed(&error);
    else if (o.json) {
        printf("%s\n", info.manifest);
    } else {
        print_info(model, &info, &o, &experts, &ahead);
        if (o.verbose)
            command_info_tables(model);
    }
    if (o.verify && rlx_model_verify(model, &error) != RLX_OK)
        code = command_failed(&error);
    else if (o.verify && !o.json)
        printf("%-14s all digests match\n", "verified");
    rlx_model_close(model);
    return code;
}
