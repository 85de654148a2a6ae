/* Symbolic sizes: interned expressions over symbols, so that equality is ==. Each carries bounds
 * that hold in every run and a known divisor, which is what tiling and memory planning ask.
 */
#ifndef RLXC_DIM_H
#define RLXC_DIM_H

#include "compiler/base/out.h"
#include "compiler/base/str.h"

typedef uint32_t dim_id; /* equal expressions, equal ids; 0 is "none" */

/* Symbols. Those from SYMBOL_FIRST_FREE on belong to the graph, which declares and names them. */
enum symbol {
    SYMBOL_BATCH,
    SYMBOL_SEQ,
    SYMBOL_ROWS,
    SYMBOL_PAST_SEQ,
    SYMBOL_OUT_ROWS,
    SYMBOL_KEYS, /* positions of the longest sequence of a run, its new rows included */
    SYMBOL_FIRST_FREE,
    SYMBOL_MAX = 16
};

enum dim_kind { DIM_NONE, DIM_CONST, DIM_SYMBOL, DIM_ADD, DIM_MUL, DIM_DIV };

struct dim {
    enum dim_kind kind;
    dim_id a, b;   /* operands of ADD and MUL; b is not a sum (ADD) or product (MUL); DIV: a */
    int64_t value; /* CONST: the number, below 0 only in a sum; SYMBOL: which; DIV: the divisor */
    int64_t min, max; /* bounds */
    int64_t multiple; /* a known divisor, at least 1 */
};

struct dims {
    struct arena *arena;
    struct dim *all; /* by id; all[0] is "none" */
    uint32_t count, capacity;
    const char *names[SYMBOL_MAX]; /* of the symbols that are declared */
    uint32_t symbol_count;         /* how many are; at least SYMBOL_FIRST_FREE */
    dim_id slots[SYMBOL_MAX];      /* row sizes that are no symbols, from slot symbol_count on */
    uint32_t slot_count;           /* how many these are */
};

/* A size that counts rows: floor((multiply * symbol + add) / divide). */
struct dim_slot_info {
    uint32_t symbol;
    int64_t multiply, add, divide; /* add may be below 0 */
};

/* Declares BATCH, SEQ, ROWS, PAST_SEQ, OUT_ROWS, KEYS with bounds 1..2^31-1 (PAST_SEQ from 0). */
void dims_init(struct dims *d, struct arena *a);
/* Declares a symbol of the graph's own; SYMBOL_MAX where there is no room for another. */
uint32_t dims_declare(struct dims *d, const char *name, size_t bytes);
/* By name; SYMBOL_MAX where no symbol has it. */
uint32_t dims_find(const struct dims *d, const char *name, size_t bytes);
dim_id dim_const(struct dims *d, int64_t value);
dim_id dim_symbol(struct dims *d, uint32_t symbol);
void dim_bound(struct dims *d, uint32_t symbol, int64_t min, int64_t max);
int64_t dim_min(const struct dims *d, uint32_t symbol); /* the bounds */
int64_t dim_max(const struct dims *d, uint32_t symbol);
/* Constants fold, BATCH * SEQ becomes ROWS. 0 where it does not fit: above 2^62, more than 16
 * terms, or a difference that may be below 0. */
dim_id dim_add(struct dims *d, dim_id a, dim_id b);
dim_id dim_sub(struct dims *d, dim_id a, int64_t number);
dim_id dim_mul(struct dims *d, dim_id a, dim_id b);
dim_id dim_div(struct dims *d, dim_id a, int64_t number); /* rounded down; by a number above 0 */
bool dim_is_const(const struct dims *d, dim_id id, int64_t *value);
/* The size for given symbol values (indexed by symbol). */
int64_t dim_value(const struct dims *d, dim_id id, const int64_t *symbols);
void dim_text(const struct dims *d, dim_id id,
              struct text *out); /* "ROWS", "64", "(SEQ + PAST_SEQ)" */
/* Row sizes (dim_slots.c). A slot stands for one: a symbol for itself, others where a node of the
 * graph first has so many rows. With a multiple of ROWS that of OUT_ROWS gets one, for a variant that
 * computes chosen rows alone. Copies of a graph keep the slots of the first. */
bool dim_row_size(const struct dims *d, dim_id id,
                  struct dim_slot_info *info);  /* whether it is one */
void dims_take_slot(struct dims *d, dim_id id); /* nothing where it is none, or no slot is left */
int dim_slot(const struct dims *d, dim_id id);  /* -1: it has none */
uint32_t dims_slot_count(const struct dims *d); /* symbols included */
struct dim_slot_info dims_slot(const struct dims *d, uint32_t slot);
const char *dim_symbol_name(const struct dims *d, uint32_t symbol); /* declared */
const char *symbol_name(uint32_t symbol); /* "BATCH" …; "S6" … for the graphs' own */

#endif
