/* An artifact while it is written, for the files that write parts of it. */
#ifndef RLXC_ARTIFACT_WRITER_H
#define RLXC_ARTIFACT_WRITER_H

#include "compiler/pack/artifact.h"
#include "rlx/artifact.h"

enum { MAX_SECTIONS = 32 };

struct writer {
    const struct artifact *artifact;
    struct arena *arena;
    struct out *out;
    uint64_t base; /* where the artifact begins in the output */
    struct strings strings;
    uint32_t *string_offsets; /* by str_id */
    uint32_t string_count, string_capacity, string_bytes;
    struct weight_plan plan;
    struct rlx_section sections[MAX_SECTIONS];
    const void *tables[MAX_SECTIONS]; /* bytes of the sections that are not bulk */
    uint32_t section_count;
    struct rlx_info info;
    uint64_t *weight_digests;
    uint64_t code_bytes;
    struct rlx_level *levels; /* set by writer_code, completed by writer_programs */
};

struct tables {
    struct rlx_kernel *kernels;
    uint32_t kernel_count, kernel_capacity;
    struct rlx_entry *entries;
    uint32_t entry_count, entry_capacity;
    struct rlx_use *uses;
    uint32_t use_count, use_capacity;
    struct rlx_symbol *symbols;
    uint32_t symbol_count, symbol_capacity;
    struct rlx_variant_entry *variants;
    uint32_t variant_count, variant_capacity;
    struct rlx_io *io;
    uint32_t io_count, io_capacity;
    struct rlx_step *steps;
    uint32_t step_count, step_capacity;
    struct rlx_arg *args;
    uint32_t arg_count, arg_capacity;
    uint32_t *values;
    uint32_t value_count, value_capacity;
};

/* The offset of a text in STRINGS; NULL: the empty one. */
uint32_t writer_string(struct writer *w, const char *text);
struct rlx_section *writer_section(struct writer *w, enum rlx_section_kind kind, uint32_t flags,
                                   uint64_t offset, uint64_t bytes);
bool writer_table(struct writer *w, enum rlx_section_kind kind, const void *entries, uint32_t count,
                  uint32_t entry_bytes);
bool writer_bytes(struct writer *w, enum rlx_section_kind kind, uint32_t flags, const void *data,
                  uint64_t bytes);

/* The size that a slot stands for. */
dim_id slot_size(const struct dims *dims, uint32_t slot);

/* ---- artifact_programs.c ---- */

/* Images of the levels. */
bool writer_code(struct writer *w);
/* Levels, kernels, entries, symbols, variants, inputs and outputs, steps and their arguments. */
bool writer_programs(struct writer *w);

/* ---- artifact_interface.c: what programs take and give ---- */

void add_entry(struct writer *w, struct tables *t, uint32_t index); /* of the graph */
void add_symbols(struct writer *w, struct tables *t);
void add_io(struct writer *w, struct tables *t, const struct lir_program *p);
/* The sizes that a program is made for, by slot; 0 where it has no such size. */
void set_upper(const struct writer *w, const struct lir_program *p, uint32_t upper[RLX_SLOT_MAX]);
/* Where a buffer stands in its home; RLX_ABSENT: buffer 0. */
uint64_t program_offset(const struct lir_program *p, buf_id id);
/* Rows of the smallest table that a list of numbers chooses from; 0: it is not used so. */
uint32_t program_limit(const struct lir_program *p, buf_id list);

#endif
