/* Shared by the files of the Vulkan target; private to them. In: kernels; out: SPIR-V modules with
 * the calling interface of rlx/shader.h. A kernel becomes GLSL with its constants filled in, which
 * glslang compiles.
 *
 * The text of a kernel is
 *
 *     the version, extensions, buffer references and push constants    (shader.c, always the same)
 *     const uint THREADS = ...;                                        (what the printer sets)
 *     the helpers that it calls                                        (helpers.c)
 *     `before` of the printer: shared memory and functions
 *     void main()
 *     {
 *         const uint tile = ..., thread = ...;
 *         const uint rows = ...; ARGUMENTS; VALUES
 *         `body` of the printer
 *     }
 *
 * A launch with tails has what stands before main, and a function in the place of main, for each of
 * these (tails.c).
 *
 * A workgroup of THREADS invocations computes one tile. With `has_quads`, threads 4 i .. 4 i + 3 are
 * a quad of a subgroup. Names that main declares, with the types below:
 *
 * rows           dims[rows_symbol]
 * segment_count  dims[BATCH]; of scan and conv, and 1 where their rows are not ROWS
 * key_count      dims[keys_symbol]; of attention
 * ARGUMENTS      present ones, named as in kernel_kinds.def, but `out`, a word of GLSL, is `result`;
 *                operands of a formula a, b, c, ...
 *                Types by role: index, row_segments, chosen, order Integers; segments Segments;
 *                partials, and what a kernel norms that it stored, SharedFloats; counters Counters;
 *                weight, keys, values, carried uint64_t, an address, or an offset to which a segment
 *                adds its place; activation uint64_t (Floats if f32); all others Floats
 * VALUES         of attention: uint window (windowed), float scale, float softcap (capped)
 *
 * Buffer references have one member, `at`. They are made of addresses: Words(weight + 64).at[i].
 *     Floats, SharedFloats (coherent), Vectors (vec4), Integers, SharedIntegers, Segments, Addresses,
 *     Words, Words2, Words4 (uint, uvec2, uvec4), Longs, Longs2 (uint64_t, u64vec2),
 *     Counters (coherent uint), Halves (uint16_t), Bytes (uint8_t), SignedBytes (int8_t),
 *     SignedHalves (int16_t)
 * Vectors, Words4 and Longs2 need addresses that are multiples of 16, Words2 and Longs of 8. The
 * helpers VULKAN_LOADS are the fastest way to read several words.
 *
 * struct Segment has the members of struct rlx_segment.
 */
#ifndef RLX_TARGETS_VULKAN_H
#define RLX_TARGETS_VULKAN_H

#include "compiler/lir/arguments.h"
#include "compiler/lir/target.h"

/* ---- helpers.c: functions that kernels call ---- */

enum vulkan_helper {                                /* bits */
                     VULKAN_HALF_TO_FLOAT = 1 << 0, /* float half_to_float(uint half) */
                     /* uint float_to_half(float value): nearest even; beyond 65504 becomes it */
                     VULKAN_FLOAT_TO_HALF = 1 << 1,
                     VULKAN_HALVES = 1 << 2, /* vec4 halves_to_floats(uvec2 four) */
                     /* float exp_f32(float), tanh_f32, erf_f32: within 2 units in the last place,
                        the same on all devices */
                     VULKAN_EXP = 1 << 3,
                     VULKAN_TANH = 1 << 4,
                     VULKAN_ERF = 1 << 5,
                     /* float larger(float, float), smaller: the second of two that are not ordered
                      */
                     VULKAN_LARGER = 1 << 6,
                     VULKAN_SMALLER = 1 << 7,
                     /* float sum_of_lanes(uint lanes), largest_of_lanes: of what vulkan_lanes
                        left, in a fixed order; all threads call it and get it */
                     VULKAN_SUM = 1 << 8,
                     VULKAN_LARGEST = 1 << 9,
                     /* uvec4 load_words(uint64_t address), vec4 load_floats: of a multiple of 16;
                        uvec2 load_two_words: of 8 */
                     VULKAN_LOADS = 1 << 10,
};
/* With what they call themselves, in an order in which each stands before its callers. */
void vulkan_helpers_text(uint32_t helpers, struct text *out);

/* ---- shader.c: the text of a kernel ---- */

/* What a printer fills in. Names in `before` differ between kinds, as a launch may have several.
 * `before` and `body` are empty, and `threads` is 64, when it begins. */
struct vulkan_shader {
    const struct lir_kernel *kernel;
    struct arena *arena;
    /* At most VULKAN_THREADS_MAX; with VULKAN_LARGEST a power of two. A tail has the threads of what
     * runs it, and this many lanes. */
    uint32_t threads;
    uint32_t helpers;
    uint32_t tails_shared; /* bytes of shared memory that its tails take */
    bool has_quads;        /* its threads talk to those of their quad */
    struct text before, body;
};
/* A line of the body at a depth of 4 spaces each; of what stands before main. */
void vulkan_line(struct vulkan_shader *s, uint32_t depth, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void vulkan_before(struct vulkan_shader *s, uint32_t depth, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Begins a block of one line or several, once for each `lane` of the `threads` that a launch of its own
 * would have: it sums up some elements, of which no bit may depend on who runs it, in joined[lane]. */
void vulkan_lanes(struct vulkan_shader *s, uint32_t depth);
/* Prints as the same float: "0.5", "-1e-05". */
void vulkan_float(struct text *out, float value);
/* The whole text: of a kernel, and of the `count` - 1 tails that it runs. */
void vulkan_shader_text(const struct lir_kernel *const *launch, uint32_t count, struct text *out);

/* ---- tails.c: steps that the last workgroup of a launch runs ---- */

/* Whether it can: target_traits.takes_tail. */
bool vulkan_takes_tail(const struct lir_kernel *const *launch, uint32_t count,
                       const struct lir_kernel *tail);
uint32_t vulkan_tails_shared(const struct lir_kernel *const *launch, uint32_t count);
/* "void tail_1(uint tile)": of what was printed for it. */
void vulkan_tail_text(const struct vulkan_shader *s, uint32_t number, const char *declarations,
                      struct text *out);
/* The end of main: all of them in the workgroup that ends last. */
void vulkan_calls_text(const struct lir_kernel *const *launch, uint32_t count, struct text *out);

/* ---- kernel.c: a printer for each kind, and what they accept ---- */

enum {
    VULKAN_THREADS_MAX = 128 /* maxComputeWorkGroupInvocations of every device */,
    VULKAN_SHARED_MAX = 16384 /* maxComputeSharedMemorySize of every device */,
    VULKAN_EXPERTS_MAX = 1024 /* 12 bytes of it for each */
};

void vulkan_print_body(struct vulkan_shader *s);
/* `features`: of the level, here and below (rlx/shader.h). */
bool vulkan_accepts(const struct lir_kernel *k, uint64_t features, struct diags *d);
#define KERNEL(kind, KIND, title) void vulkan_print_##kind(struct vulkan_shader *s);
#include "compiler/lir/kernel_kinds.def"

/* Products whose tile has so many rows are made in shared memory (k_matmul_tiles.c). */
enum { VULKAN_LOW_TILE = 32, VULKAN_HIGH_TILE = 64 };
void vulkan_print_matmul_tiles(struct vulkan_shader *s);

/* Tiles of products and of attention. */
struct tile_choice vulkan_choose_tile(const struct tile_request *r, uint64_t features);

/* ---- scalar.c: formulas ---- */

/* An expression over operands as they are given. A formula without code is its first operand. Adds
 * the helpers that it calls. */
void vulkan_formula(struct vulkan_shader *s, const struct scalar_code *code,
                    const char *const *operands, struct text *out);
/* "a.at[n]", "b.at[r * 256 + n]", "c.at[r * 16]": operand i of the formula. */
const char *vulkan_operand(const struct vulkan_shader *s, uint32_t i, const char *row,
                           const char *column);

/* ---- stored_norms.c, of which products have more in matmul.h ---- */

void vulkan_embed_norm(struct vulkan_shader *s); /* the norms of the row that is stored */

/* ---- layout.c, layout_*.c: packed weights, four rows of a row group at a time: 4 * part .. 4 * part + 3 ---- */

/* Prints functions before main:
 *     mat4 weight_quad(uint64_t group, uint column, uint part)
 *         element [i][j] is column column + i (column is a multiple of 4) of row 4 * part + j of the
 *         row group that begins at `group`; columns beyond k are finite */
void vulkan_weight_quad(struct vulkan_shader *s, enum layout layout, uint32_t k);
/* The parts of it, for quantized layouts (vulkan_weight_quad prints them, too):
 *     void weight_scales(uint64_t unit, uint block, uint part, out vec4 scale[, out vec4 minimum])
 *         of block `block` of the unit at this address. Blocks are of 32 columns, or of 16 where each 16
 *         have a scale; minimum where there are minimums. With four scales instead of unit and part
 *         what
 *     Scales weight_four_scales(uint64_t unit, uint four, uint part)
 *         gives, and block counts from block 4 * four of the unit
 *     void weight_bytes(uint64_t block, [uvec4 high, ][uvec4 low, ][uvec4 last, ]uint i, uint part,
 *                       out uvec4 first, out uvec4 second)
 *         integers of columns 8 i .. 8 i + 3 and 8 i + 4 .. 8 i + 7 of the block whose integers begin at
 *         `block`, with their bias: byte j of a component is a column. `high`, where the layout has
 *         high bits apart, and `low`, where a word has more than eight columns, are (of 3 bits all three
 *         together are a block)
 *     uvec4 weight_high(uint64_t block, uint i, uint part), weight_low(...), weight_last(...)
 *     mat4 bytes_to_floats(uvec4 word) */
void vulkan_weight_blocks(struct vulkan_shader *s, enum layout layout);
/* The address that weight_scales reads from: "unit", or "group". */
const char *vulkan_scales_in(enum layout layout);
bool vulkan_has_four_scales(enum layout layout);
enum vulkan_shared_word {
    VULKAN_HIGH_WORD,
    VULKAN_LOW_WORD,
    VULKAN_LAST_WORD,
    VULKAN_SHARED_WORDS
};
extern const char *const vulkan_shared_words[VULKAN_SHARED_WORDS];  /* "high", "low", "last" */
uint32_t vulkan_shared_columns(enum layout layout, uint32_t which); /* 0: there is no such word */
/* Which of a block's such words octet i takes, and the first octet that takes word `number`. */
uint32_t vulkan_shared_number(enum layout layout, uint32_t which, uint32_t i);
uint32_t vulkan_shared_first(enum layout layout, uint32_t which, uint32_t number);
/* "weight_high(integers, i, part), ": what weight_bytes wants of them in one call. */
const char *vulkan_octet_words(struct arena *a, enum layout layout, const char *octet,
                               const char *part);
/* "weight + uint64_t(group) * 15360ul": where row group `group` of a weight begins. */
const char *vulkan_group_address(const struct vulkan_shader *s, enum layout layout, uint32_t k,
                                 const char *weight, const char *group);

/* ---- activation.c: buffers of activations in the form that the evaluator has
 * (compiler/lir/eval_norm_quant.c) ---- */

/* Declares uint64_t elements and, of i8 and i16, blocks: the addresses of a row's elements, and of
 * its scales and sums. */
void vulkan_activation_row(struct vulkan_shader *s, uint32_t depth, const struct act_format *f,
                           uint32_t k, const char *buffer, const char *row);

/* ---- spirv.c: GLSL to SPIR-V ---- */

struct vulkan_module {
    uint32_t *words; /* malloc */
    uint64_t bytes;
    char *assembly; /* malloc; NULL: not asked for */
    char *error;    /* malloc; NULL: compiled, and valid */
};
/* Any thread. */
void vulkan_compile(const char *glsl, bool assembly, struct vulkan_module *out);

/* ---- describe.c: what reports say ---- */

struct vulkan_module_facts {
    uint32_t threads; /* of a workgroup */
    uint64_t shared_bytes;
    bool has_quads; /* its threads talk to those of their quad */
};
struct vulkan_module_facts vulkan_read_module(const uint8_t *code, uint64_t bytes, struct arena *a);

extern const char vulkan_columns[];
void vulkan_describe(const struct lir_kernel *k, const uint8_t *code, uint64_t bytes,
                     struct text *out);

/* ---- emit.c ---- */

bool vulkan_emit(const struct lir_kernel *kernels, uint32_t count, uint32_t threads,
                 const struct target_dump *dump, struct arena *a, struct target_code *out,
                 struct diags *d);

#endif
