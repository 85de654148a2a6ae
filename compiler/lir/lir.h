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

#include "runtime/base/cache_layout.h"
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
    HOME_COUNT
};

enum kernel_kind {
#define KERNEL(name, ...) KERNEL_##name,
#include "compiler/lir/kernel_kinds.def"
#undef KERNEL
    KERNEL_KIND_COUNT
};

struct kernel_kind_info {
    const char *name;
    uint8_t least_inputs, most_inputs, outputs;
};
extern const struct kernel_kind_info kernel_kind_info[KERNEL_KIND_COUNT];

enum norm { NORM_none, NORM_rms };

enum { LIR_MAX_ARGS = 12, LIR_MAX_VALUES = 12 };

/* Everything that the code of a kernel depends on. Unused bytes are zero: equal kernels are equal
 * bytes, and the key is the hash of these. */
struct lir_kernel {
    uint8_t kind;        /* enum kernel_kind */
    uint8_t layout;      /* embed, matmul: enum layout of the weight */
    uint8_t act;         /* row: of its output; matmul: of its input; attention: of its products,
                            f32 or bf16 */
    uint8_t bias;        /* row and matmul with i8, i16: what the sums are multiplied by, negated
                            (layout_info.bias); 0: plain sums */
    uint8_t norm;        /* row: enum norm */
    uint8_t gated;       /* matmul */
    uint8_t qk_norm;     /* kv_write */
    uint8_t batched;     /* kv_write, attention: each row is another sequence (row_states) */
    uint8_t block_sums;  /* row and matmul with i8, i16: sums of activations kept for each block of
                            32: 0 and 1: one, 2: one for each 16 */
    uint8_t partial;     /* attention, and kv_write before it: tiles are chunks of keys */
    uint8_t staged;      /* matmul: the target may unpack weights once for all rows of a
                            run; values are the same */
    uint8_t interleaved; /* kv_write: rotary pairs (2i, 2i+1) */
    uint8_t kv;          /* kv_write, attention: element type of the state: f32, f16 or q8_0 */
    uint8_t mask;        /* attention: enum mask */
    uint8_t windowed;    /* attention: launches say how many keys a query sees */
    uint8_t capped;      /* attention: launches have a soft cap */
    uint8_t unused[2];
    uint8_t rows_symbol; /* enum symbol: how many rows a run has */
    uint8_t input_count, output_count;
    uint8_t tile_groups; /* matmul: row groups of weights per tile */
    uint8_t tile_tokens; /* row, matmul: rows per activation tile; attention: rows per tile */
    uint8_t code_bytes;  /* scalar code without S_END; matmul 0: store the sum as it is */
    uint32_t n, k;       /* embed, rows, row: k is the width; matmul [n, k]; map: n; attention with
                            partial: n is the most rows of a run */
    uint32_t heads, kv_heads, head_dim, n_rot;
    uint32_t context; /* kv_write, attention: positions of a state buffer, a multiple of 64 */
    uint32_t chunk;   /* attention with partial: keys per tile, a multiple of 64 */
    float epsilon;    /* row with a norm, kv_write with qk_norm */
    uint32_t stride[LIR_MAX_ARGS]; /* elements between rows, by argument (inputs, then outputs); 0
                                      for vectors, weights, activation and state buffers */
    uint8_t code[SCALAR_MAX_CODE];
};

uint64_t lir_kernel_key(const struct lir_kernel *k);     /* XXH3-64 of its bytes */
uint32_t lir_kernel_outputs(const struct lir_kernel *k); /* how many its kind and form have */
const char *lir_kernel_name(
    struct arena *a,
    const struct lir_kernel *k); /* "matmul_q8_0_r16_i16_3072x1024_1x1_…": stable, a C identifier */
/* Bytes of the activation buffer that a row kernel makes or a matmul reads: for `rows` rows, of a
 * tile (not f32), and in it of a row's block of 32 (i8 and i16). */
uint64_t act_bytes(const struct lir_kernel *k, uint64_t rows);
uint64_t act_tile_bytes(const struct lir_kernel *k);
uint32_t act_block_bytes(const struct lir_kernel *k);
/* A state of K or V: bytes of an element (q8_0: without the scales), elements of a position, all.
 */
bool kv_is_served(enum dtype kv);
uint32_t kv_element_bytes(enum dtype kv);
uint32_t kv_width(enum dtype kv, uint32_t head_dim, bool is_value);
uint64_t kv_state_bytes(enum dtype kv, uint32_t kv_heads, uint32_t head_dim, uint32_t context,
                        bool is_value);

/* Attention with partial, launched with `window`: chunks of keys that a row block may meet at most,
 * for which results are kept, and whether that is fewer than the context has, since the window is
 * short. */
uint32_t attention_slots(const struct lir_kernel *k, uint32_t window);
bool attention_follows_window(const struct lir_kernel *k, uint32_t window);
uint64_t attention_partial_bytes(const struct lir_kernel *k); /* of one row and head in one chunk */

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
    STEP_shared = 4 /* any thread may run any tile; else thread t of T runs [n t / T, ...) */
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
    uint32_t first_arg; /* in program->args: inputs, then outputs */
    uint8_t flags;
    /* Number of tiles: tiles * ceil(dims[tile_symbol] / tile_unit); tile_unit 0: just `tiles`. */
    uint8_t tile_symbol;
    uint32_t tile_unit;
    uint32_t tiles;
    struct lir_values values;
};
enum { /* where each is in rlx_launch.values */
#define KERNEL(...)
#define VALUE(kind, index, type, name) VALUE_##kind##_##name = index,
#include "compiler/lir/kernel_kinds.def"
#undef VALUE
#undef KERNEL
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

struct lir_program {
    struct arena *arena;
    struct strings *strings;
    const struct hir_graph *graph;
    struct lir_kernels *kernels;
    struct variant variant;
    const char *name;
    int64_t upper[SYMBOL_MAX]; /* sizes that the buffers are made for */
    struct lir_step *steps;
    uint32_t step_count, step_capacity;
    uint32_t head_step; /* steps from here on make logits of the rows asked for from what those
                           before left of all rows; run once for each slice of at most
                           upper[OUT_ROWS] rows */
    struct lir_buffer *buffers; /* buffers[0] is unused */
    uint32_t buffer_count, buffer_capacity;
    buf_id *args;
    uint32_t arg_count, arg_capacity;
    buf_id tokens, positions, out_rows, logits; /* 0 where the graph has none */
    buf_id row_states; /* batch > 1: i64 [rows], added to the addresses of the states for a row */
    uint64_t home_bytes[HOME_COUNT]; /* of all but weight; multiples of 64 */
    uint32_t logits_stride;          /* elements between rows of logits */
};

/* How numbers are computed: chosen by the user, written into the manifest. */
enum activations { ACTIVATIONS_auto, ACTIVATIONS_exact /* f32 */, ACTIVATIONS_i16, ACTIVATIONS_i8 };
struct numerics {
    enum activations activations; /* auto: i16 in blocks and the head, i8 in prefill, bf16 for bf16
                                     weights in prefill where the level has it */
    enum dtype kv;                /* DTYPE_f32, _f16 or _q8_0 */
};

enum {
    BLOCK_ROWS_MAX = 16 /* at most so many new tokens are computed in the decode arithmetic */,
    HEAD_ROWS_MAX = 16
};

struct target;
struct target_traits;

/* HIR -> LIR for one variant on one level of a target: one node of `late`, a graph in late form,
 * becomes one step. Buffers of weights and states name the nodes of `artifact` that they hold. */
bool lower(const struct hir_graph *late, const struct hir_graph *artifact, const struct variant *v,
           const struct target *target, uint32_t level, struct lir_kernels *kernels,
           struct lir_program *out, struct diags *d);
/* Replicates row steps that cost less to repeat than to wait for, where the target can, and puts
 * barriers where a step depends on tiles of other threads. */
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
