/* The low-level program: how to compute one variant on one target level. A straight line of steps;
 * each launches a kernel on buffers at planned places. Text form (lir_text.c) prints and parses;
 * lir_eval.c runs a program inside its planned memory.
 *
 * Execution is SPMD: every thread walks the steps, runs its share of the tiles, and meets the
 * others only where a step says so. Every thread runs a replicated step whole, into its own
 * `thread` memory: that is how one row's norm and quantization become the prologue of a matmul
 * without a barrier.
 */
#ifndef RLXC_LIR_H
#define RLXC_LIR_H

#include "runtime/base/kv_layout.h"
#include "compiler/base/diag.h"
#include "compiler/base/out.h"
#include "compiler/hir/act.h"
#include "compiler/hir/hir.h"
#include "compiler/hir/layout.h"
#include "compiler/hir/scalar.h"
#include "compiler/lir/variant.h"

typedef uint32_t buf_id; /* index in program->buffers; 0 is "none" */

enum home {
    HOME_weight,
    HOME_state,
    HOME_scratch,
    HOME_thread,
    HOME_input,
    HOME_output,
    HOME_carried_in,  /* carried states as the run finds them */
    HOME_carried_out, /* and as it leaves them, at the same places */
    HOME_COUNT
};

/* What outlives a run. */
static inline bool home_is_state(enum home home)
{
    return home == HOME_state || home == HOME_carried_in || home == HOME_carried_out;
}

enum kernel_kind {
#define KERNEL(kind, KIND, title) KERNEL_##kind,
#include "compiler/lir/kernel_kinds.def"
    KERNEL_KIND_COUNT
};

/* The arguments of each kind, by name: EMBED_tokens, EMBED_weight, ... The operands of a formula
 * come last: MATMUL_operand + i. */
enum {
    LIR_MAX_ARGS = 21,
    LIR_MAX_VALUES = 12,
#define KERNEL(kind, KIND, title) KIND##_BEFORE = -1,
#define ARG(KIND, name, role, direction, presence, width) KIND##_##name,
#define LIST(KIND, name, role, max, width) KIND##_##name, KIND##_LAST = KIND##_##name + (max)-1,
#define END(kind, KIND) KIND##_ARGUMENTS,
#include "compiler/lir/kernel_kinds.def"
};

/* ---- what kinds share ---- */

struct act_format { /* of an activation buffer */
    uint32_t act;   /* enum act */
    uint32_t bias; /* i8, i16: what the sums are multiplied by, negated (layout_info.bias); 0: plain
                       sums */
    uint32_t block_sums; /* i8, i16: sums kept for each block of 32: 0 and 1: one, 2: one for each
                            16 */
    uint32_t tile_rows;  /* rows per activation tile */
};

struct head_shape {
    uint32_t kv; /* element type of the state: f32, f16 or q8_0 */
    uint32_t heads, kv_heads, head_dim;
    uint32_t context;  /* positions of a state buffer, a multiple of 64 */
    uint32_t class;    /* enum state_class: how it keeps positions */
    uint32_t split_kv; /* tiles of attention are chunks of keys */
};

/* ---- a struct for each kind: struct kernel_embed, ... ---- */

#define FIELD_TYPE_number uint32_t
#define FIELD_TYPE_flag uint32_t
#define FIELD_TYPE_layout uint32_t
#define FIELD_TYPE_act uint32_t
#define FIELD_TYPE_dtype uint32_t
#define FIELD_TYPE_mask uint32_t
#define FIELD_TYPE_class uint32_t
#define FIELD_TYPE_symbol uint32_t
#define FIELD_TYPE_real float
#define FIELD_TYPE_code struct scalar_code

#define KERNEL(kind, KIND, title) struct kernel_##kind {
#define GROUP(type, member) struct type member;
#define FIELD(kind, type, name, min, max, label) FIELD_TYPE_##type name;
#define END(kind, KIND) \
    }                   \
    ;
#include "compiler/lir/kernel_kinds.def"

/* Everything that the code of a kernel depends on. There are no holes, and what is unused is zero:
 * equal kernels are equal bytes, and the key is the hash of these. */
struct lir_kernel {
    uint32_t kind;        /* enum kernel_kind */
    uint32_t rows_symbol; /* symbol or slot: how many rows a run has */
    uint64_t then;        /* key of the kernel that its last tile runs (STEP_tail); 0: of none */
    uint32_t tail;        /* 1: it is run so, and has no code of its own */
    uint32_t present;     /* bit i: argument i is present */
    uint32_t stride[LIR_MAX_ARGS]; /* elements between rows, by argument; 0 for what has no rows */
    union {
#define KERNEL(kind, KIND, title) struct kernel_##kind kind;
#include "compiler/lir/kernel_kinds.def"
    };
};

struct kernel_kind_info {
    const char *name;
    const struct kernel_field *fields;       /* the last one has no name (lir_words.h) */
    const struct argument_info *arguments;   /* arguments.h; a list is the last row */
    uint32_t outputs;                        /* bit i: argument i is one */
    uint32_t fixed_arguments, max_arguments; /* without and with all operands of the list */
    size_t bytes;                            /* of the kind's struct */
};
extern const struct kernel_kind_info kernel_kind_info[KERNEL_KIND_COUNT];

static inline bool lir_has(const struct lir_kernel *k, uint32_t argument)
{
    return (k->present >> argument & 1) != 0;
}

static inline bool lir_is_output(const struct lir_kernel *k, uint32_t argument)
{
    return (kernel_kind_info[k->kind].outputs >> argument & 1) != 0;
}

/* Buffers that a step lists in program->args: one for each argument of its kind, 0 where absent,
 * and one for each operand. */
static inline uint32_t lir_argument_count(const struct lir_kernel *k)
{
    const uint32_t fixed = kernel_kind_info[k->kind].fixed_arguments;

    return k->present >> fixed == 0 ? fixed : 32 - (uint32_t)__builtin_clz(k->present);
}

static inline uint32_t lir_operand_count(const struct lir_kernel *k) /* of a formula */
{
    return lir_argument_count(k) - kernel_kind_info[k->kind].fixed_arguments;
}

/* Place of a present argument among the addresses of a launch, and how many there are. */
uint32_t lir_slot(const struct lir_kernel *k, uint32_t argument);
uint32_t lir_slot_count(const struct lir_kernel *k);
uint32_t lir_slot_argument(const struct lir_kernel *k, uint32_t slot); /* which argument it is */
/* The formats that several kinds have; NULL: this one has none. */
const struct act_format *lir_format(const struct lir_kernel *k);
const struct head_shape *lir_shape(const struct lir_kernel *k);
const struct scalar_code *lir_formula(const struct lir_kernel *k);
uint32_t lir_columns(const struct lir_kernel *k); /* bit i: operand i of the formula is a column */

/* Bytes from the start that count: those after the struct of its kind do not. */
size_t lir_kernel_bytes(const struct lir_kernel *k);
bool lir_kernel_equal(const struct lir_kernel *a, const struct lir_kernel *b);
uint64_t lir_kernel_key(const struct lir_kernel *k); /* XXH3-64 of its bytes */
/* A kernel and those that its last tile runs, of a table which has them all: how many. */
enum { LIR_LAUNCH_MAX = 4 };
uint32_t lir_launch_kernels(const struct lir_kernel *all, uint32_t count,
                            const struct lir_kernel *k,
                            const struct lir_kernel *out[LIR_LAUNCH_MAX]);
/* "matmul_q8_0_r16_i16_3072x1024_1x1_…": stable, a C identifier */
const char *lir_kernel_name(struct arena *a, const struct lir_kernel *k);
/* Bytes of an activation buffer of [rows, k], of a tile of it (not f32), of an element, and of integers
 * those of a scale with its sums; in a tile of a row's block of 32 (i8 and i16). */
uint64_t act_bytes(const struct act_format *f, uint32_t k, uint64_t rows);
uint64_t act_tile_bytes(const struct act_format *f, uint32_t k);
uint32_t act_element_bytes(const struct act_format *f);
uint32_t act_scale_bytes(const struct act_format *f);
uint32_t act_block_bytes(const struct act_format *f);
/* Bytes of the weight of a product, or of one of its experts. */
uint64_t matmul_expert_bytes(const struct kernel_matmul *k);
/* A state of K or V: bytes of an element (q8_0: without the scales), elements of a position, all.
 */
bool kv_is_served(enum dtype kv);
uint32_t kv_element_bytes(enum dtype kv);
uint32_t kv_width(enum dtype kv, uint32_t head_dim, bool is_value);
uint64_t kv_state_bytes(enum dtype kv, uint32_t kv_heads, uint32_t head_dim, uint32_t context,
                        bool is_value);

/* Attention with split_kv, launched with `window`: chunks of keys that a row tile may meet at most,
 * for which results are kept, and whether that is fewer than the context has, since the window is
 * short. */
uint32_t attention_slots(const struct kernel_attention *k, uint32_t window);
bool attention_follows_window(const struct kernel_attention *k, uint32_t window);
uint64_t
attention_partial_bytes(const struct kernel_attention *k); /* of one row and head in one chunk */

struct lir_buffer {
    str_id name;
    uint8_t home;    /* enum home */
    uint8_t is_view; /* stands inside another buffer, `offset` bytes from its start */
    buf_id inside;
    uint64_t bytes;  /* at the variant's upper bounds */
    uint64_t offset; /* from its home's start; a view: from `inside`'s start. Set by plan_memory;
                        weights: by the packer */
    uint32_t first, last; /* epochs between which it is live (an epoch is a stretch of steps without
                             a barrier); thread home: steps */
    hir_id source; /* HOME_weight, HOME_state: the HIR node it holds (weight, concat, interleave,
                      rope_table, state) */
};

enum {
    STEP_barrier = 1 /* all threads meet before this step */,
    STEP_replicated = 2 /* every thread runs all tiles */,
    STEP_shared = 4 /* any thread may run any tile; else thread t of T runs [n t / T, ...) */,
    STEP_replay = 8, /* may run again, alone and for fewer rows, after the last step of the program:
                        the buffers of all its arguments keep what they hold until then */
    STEP_scattered = 16, /* what a tile reads lies in many places: threads take many at a time */
    STEP_tail = 32 /* no launch of its own: of the tiles of the step before it, or of the step that
                      this one is a tail of, the one that ends last runs all tiles of it */
};

/* Numbers that a launch gets besides addresses: they differ between layers, but the code is the
 * same. Which kinds have them, and in which order, is in kernel_kinds.def; the others are 0. */
struct lir_values {
    uint32_t window;      /* keys a query sees; 0: all */
    float scale, softcap; /* softcap: above 0 exactly where the kernel is capped */
};

struct lir_step { /* one launch */
    str_id name;
    uint32_t kernel;    /* index in kernels->all */
    uint32_t first_arg; /* in program->args: by argument of the kernel's kind */
    uint8_t flags;
    /* Number of tiles: tiles * ceil(dims[tile_symbol] / tile_unit); tile_unit 0: just `tiles`. */
    uint8_t tile_symbol;
    uint32_t tile_unit;
    uint32_t tiles;
    struct lir_values values;
    buf_id counter; /* of a launch with tails: i32, zero, what its tiles count; else 0 */
};
enum { /* where each is in rlx_launch.values */
#define VALUE(kind, index, type, name) VALUE_##kind##_##name = index,
#include "compiler/lir/kernel_kinds.def"
};
/* As the kernel reads them: how many, and their bits. */
uint32_t lir_launch_values(const struct lir_kernel *k, const struct lir_step *s,
                           uint32_t out[LIR_MAX_VALUES]);

struct lir_kernels { /* shared by all programs of one level */
    struct arena *arena;
    struct lir_kernel *all;
    uint32_t count, capacity;
};
uint32_t lir_kernel_intern(struct lir_kernels *kernels,
                           const struct lir_kernel *k); /* index; equal kernels are stored once */

/* An input or an output of a program: a matrix of rows, or a list of them. A row has the elements
 * of all dimensions but the first, one after the other. */
struct lir_io {
    str_id name;
    bool is_output;
    uint8_t role;    /* enum input_role, of an output enum output_role */
    uint8_t element; /* enum dtype: f32 or i32 */
    uint8_t rank;
    buf_id buffer;
    uint32_t stride; /* elements between rows */
    struct {
        uint32_t slot; /* LIR_FIXED: `size` */
        uint32_t size;
    } dims[HIR_MAX_RANK];
};
#define LIR_FIXED UINT32_MAX

struct lir_program {
    struct arena *arena;
    struct strings *strings;
    const struct hir_graph *graph;
    struct lir_kernels *kernels;
    struct variant variant;
    const char *name;
    int64_t upper[SYMBOL_MAX]; /* by slot: sizes that the buffers are made for */
    struct dim_slot_info
        slots[SYMBOL_MAX]; /* of sizes that follow from a symbol's; divide 0: others */
    struct lir_step *steps;
    uint32_t step_count, step_capacity;
    uint32_t lm_head_step; /* steps from here on make what has OUT_ROWS rows from what those before
                           left of all rows; run once for each slice of at most upper[OUT_ROWS]
                           rows; step_count: nothing has */
    struct lir_buffer *buffers; /* buffers[0] is unused */
    uint32_t buffer_count, buffer_capacity;
    buf_id *args;
    uint32_t arg_count, arg_capacity;
    struct lir_io *io; /* inputs in the graph's order, then the outputs that are no states */
    uint32_t io_count, io_capacity;
    buf_id segments;                 /* struct rlx_segment [BATCH]; 0: no step reads it */
    buf_id row_segments;             /* batch > 1: i32 [ROWS], the segment of each row; else 0 */
    bool joins_tails;                /* schedule may make tails (join-tails) */
    uint64_t home_bytes[HOME_COUNT]; /* of all but weight; multiples of 64 */
};

/* Sets the sizes that follow from those of symbols. */
void lir_bind_slots(const struct lir_program *p, int64_t dims[SYMBOL_MAX]);
/* The first with this role; NULL: there is none. */
const struct lir_io *lir_find_output(const struct lir_program *p, enum output_role role);
uint64_t lir_io_width(const struct lir_io *io); /* elements of a row */
/* At the upper bounds, without what pads the last row. */
uint64_t lir_io_bytes(const struct lir_program *p, const struct lir_io *io);
/* Removes kernels that no step of these programs has, which are all that use the table, and puts
 * tails behind the others. */
void lir_kernels_order(struct lir_kernels *kernels, struct lir_program *programs, uint32_t count);
uint32_t
lir_kernels_launched(const struct lir_kernels *kernels); /* of an ordered table: no tails */
/* The end of the launch that begins with step `first`: its tails follow it. */
uint32_t lir_launch_end(const struct lir_program *p, uint32_t first);
uint32_t lir_launches(const struct lir_program *p); /* steps that are no tails */
/* How many tiles a step has at most: at the upper bounds of its program. */
uint64_t lir_most_tiles(const struct lir_program *p, const struct lir_step *s);

/* A program grows by these. `args` is by argument of the kernel; the tiles of the step follow from
 * the kernel and its launch values. */
buf_id lir_add_buffer(struct lir_program *p, enum home home, uint64_t bytes, str_id name,
                      hir_id source);
buf_id lir_add_view(struct lir_program *p, buf_id inside, uint64_t offset, uint64_t bytes,
                    str_id name);
void lir_add_step(struct lir_program *p, const struct lir_kernel *k, const buf_id *args,
                  const struct lir_values *values, str_id name);
/* A matrix i32 [ROWS, columns] that a step of its own zeroes, for what tiles count. */
buf_id lir_add_zeros(struct lir_program *p, uint32_t columns, str_id name);

/* How activations are rounded for products: chosen by the user, written into the manifest. auto: i16
 * in short runs and the lm_head, i8 in prefill, bf16 for bf16 weights in prefill where the level has
 * it. */
enum activations { ACTIVATIONS_auto, ACTIVATIONS_exact /* f32 */, ACTIVATIONS_i16, ACTIVATIONS_i8 };

enum {
    SHORT_RUN_MAX = 16 /* at most so many new tokens are computed in the decode arithmetic */,
    LM_HEAD_ROWS_MAX = 16
};

struct target;
struct target_traits;

/* HIR -> LIR for one variant on one level of a target: one node of `late`, a graph in late form,
 * becomes one step. Buffers of weights and states name the nodes of `artifact` that they hold. */
bool lower(const struct hir_graph *late, const struct hir_graph *artifact, const struct variant *v,
           const struct target *target, uint32_t level, struct lir_kernels *kernels,
           struct lir_program *out, struct diags *d);
/* Replicates row steps that cost less to repeat than to wait for, where the target can, makes tails
 * of small ones, likewise, and puts barriers where a step depends on tiles of other threads. */
void schedule(struct lir_program *p, const struct target_traits *traits);
/* Gives every scratch, thread, input and output buffer its place; live ranges are epochs. */
void plan_memory(struct lir_program *p);

void lir_text(const struct lir_program *p, struct text *out);
/* " window=512": a launch value of a kernel kind, by its place; nothing where it is 0. */
void lir_value_text(const char *kind, uint32_t index, uint32_t bits, struct text *out);
bool lir_parse(struct lir_program *p, struct lir_kernels *kernels, struct arena *a,
               struct strings *s, const char *path, const char *data, size_t bytes,
               struct diags *d);
/* Arity, strides, sizes, that every read was written, that no two live buffers overlap, that no two
 * steps of one epoch race. */
bool lir_verify(const struct lir_program *p, struct diags *d);

/* Runs a program in plain loops inside its planned memory: homes are the caller's memory, weights
 * in packed layouts, state as planned. */
struct lir_eval {
    const struct lir_program *program;
    uint8_t *home[HOME_COUNT]; /* weight: packed bytes at the buffers' offsets */
    int64_t dims[SYMBOL_MAX];  /* the active extent */
};
void lir_eval_steps(struct lir_eval *e, uint32_t first, uint32_t end);

#endif
