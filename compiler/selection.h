/* What the user selected on the command line: the machines and the sizes of runs to make code for.
 * In: text; out: consistent lists, or errors that say what was expected. selection.c has the
 * machines, selection_sizes.c and selection_variants.c the sizes. */
#ifndef RLXC_SELECTION_H
#define RLXC_SELECTION_H

#include "compiler/pack/artifact.h"

enum { LEVELS_MAX = 8, TARGETS_MAX = 4 };

struct selected_level {
    const struct target *target;
    uint32_t level; /* index in target->levels */
};

/* Levels of one target after the other, in the order of target_list; of each they ascend. */
struct level_list {
    struct selected_level all[LEVELS_MAX];
    uint32_t count;
};

/* What code is made for unless the user says otherwise: the first of target_list. */
const struct target *default_target(void);
/* Whether `targets`, a list of names separated by commas, has this name. NULL: the default alone. */
bool names_target(const char *targets, const char *name);
/* Whether `targets` names nothing but targets whose code an artifact can hold. */
bool check_target_names(const char *targets, struct diags *d);
/* `levels`: names of levels of these targets, "native" or "all", separated by commas. A target of
 * which no level is named has those of this machine, or all where its code is no machine's. */
bool select_levels(const char *targets, const char *levels, struct level_list *out,
                   struct diags *d);
/* The first target whose code is text, with all of its levels. */
void select_source(struct level_list *out);
/* One level of any target. */
bool select_level(const char *text, struct selected_level *out, struct diags *d);

/* `text`: parts with a comma between them, each of them [ENTRY:]KIND=SIZES; without an entry it is
 * "main". NULL, and each entry that no part names, stand for the defaults:
 *
 *     decode=1,blocks=2:16,batch=2:16,prefill=32:512   of an entry that makes logits of tokens;
 *     prefill=64                                       where one variant is enough for it
 *     ENTRY:encoder=1x512                              of any other
 *
 * decode, blocks, batch and prefill take numbers, or ranges from:to that stand for powers of two.
 * Short runs have at most SHORT_RUN_MAX new tokens, prefill more. Batches count sequences, at most
 * SHORT_RUN_MAX, each with one new token. No variant is larger than the
 * context, or than what a ring of the entry keeps. Each variant serves
 * the numbers above its predecessor's (of one sequence, or of several) up to its own. encoder takes
 * SEGMENTSxROWS, or ROWS for one segment. In the place of KIND may stand a symbol of the graph's own,
 * with its size; +SYMBOL=SIZE after a size gives further ones. Other symbols keep their upper bounds.
 *
 * Out: the variants of "main", then those of the other entries in the graph's order; of each they
 * ascend, batches after single runs, encoders last. `g` NULL: only the text is checked, and entries
 * and symbols may have any name. */
bool select_variants(const char *text, const struct hir_graph *g, uint32_t context,
                     bool one_variant, struct packed_variant *out, uint32_t capacity,
                     uint32_t *count, struct diags *d);
/* `text`: one of them: "decode-N", "batch-N", "prefill-N", "encoder-SxR", with an entry before it or
 * symbols after it: "encode:encoder-1x512+FRAMES-3000", "encode:FRAMES-3000". */
bool select_variant(const char *text, const struct hir_graph *g, struct variant *out,
                    struct diags *d);

#endif
