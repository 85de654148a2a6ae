/* What the emitters may ask about the machine that they write code for. isa.def describes each
 * level; the instructions that only some machines have stand behind integer_dot and bf16_dot
 * (isa_x86.c). Nothing else in this target knows a level or a brand.
 */
#ifndef RLXC_CPU_ISA_H
#define RLXC_CPU_ISA_H

#include "compiler/lir/target.h"
#include "targets/cpu/builder.h"

/* How integers are multiplied and added into the 16 i32 lanes of a sum, exactly. */
struct integer_dot {
    /* Operands of `quads` are vectors of 64 bytes, a quad of u8 weights or s8 activations in each
     * lane: 16 bits of an activation are two products, of its high and its low byte. Else operands
     * are 32 x i16, elements 0 and 2 of each quad or 1 and 3, and two products make a quad. */
    bool takes_bytes;
    LLVMValueRef (*quads)(const struct builder *b, LLVMValueRef sum, LLVMValueRef weights,
                          LLVMValueRef x);
    /* Where quads are words: of vectors of 64 bytes, 32 x i16, each the sum of two products. Weights
     * below 64 leave room to add some of them. */
    LLVMValueRef (*pairs)(const struct builder *b, LLVMValueRef weights, LLVMValueRef x);
    /* The same of s8 weights and of activations above -128. */
    LLVMValueRef (*signed_pairs)(const struct builder *b, LLVMValueRef weights, LLVMValueRef x);
    /* sum + the two products of each lane's i16 in x and y (32 x i16, in any type of 64 bytes). */
    LLVMValueRef (*words)(const struct builder *b, LLVMValueRef sum, LLVMValueRef x,
                          LLVMValueRef y);
    /* Of 32 or 64 bytes below 16: what stands there in a table of 16 bytes. */
    LLVMValueRef (*looked_up)(const struct builder *b, const uint8_t table[16], LLVMValueRef bytes);
    /* Of numbers whose low four bits are places (i32x16): what stands there in a table of 16 f32. */
    LLVMValueRef (*floats)(const struct builder *b, const float table[16], LLVMValueRef places);
    /* Half of what bytes of E8M0 mean (i32x16, 0..255), as f32. */
    LLVMValueRef (*half_of_e8m0)(const struct builder *b, LLVMValueRef bytes);
};

/* Pairs of bf16, and what attention in bf16 needs besides; vectors of 64 bytes. */
struct bf16_dot {
    /* f32 sum + the two products of each lane's pair. */
    LLVMValueRef (*pairs)(const struct builder *b, LLVMValueRef sum, LLVMValueRef x,
                          LLVMValueRef y);
    /* <32 x i16>: `low` rounded to bf16, nearest even, then `high`. */
    LLVMValueRef (*rounded)(const struct builder *b, LLVMValueRef low, LLVMValueRef high);
    /* 2^x = scaled(2^fraction(x), x): the fraction is in [0, 1), and minus infinity becomes 0. */
    LLVMValueRef (*fraction)(const struct builder *b, LLVMValueRef x);
    LLVMValueRef (*scaled)(const struct builder *b, LLVMValueRef power, LLVMValueRef x);
};

/* Registers that hold matrices, by number. A matrix of activations has 16 rows, one of weights quads of
 * bytes or pairs of bf16 of 16 rows of the weight, and their product is i32 or f32 [16][16], with
 * a row for each of the activations'. */
struct matrix_dot {
    const char *features; /* LLVM's, of kernels that use them */
    /* Shapes of all registers: products in those below `first_x`, activations below `first_weights`;
     * rows of activations have `row_bytes`, at most 64. */
    void (*open)(const struct builder *b, uint32_t first_x, uint32_t first_weights,
                 uint32_t row_bytes);
    void (*close)(const struct builder *b);
    void (*zero)(const struct builder *b, uint32_t product);
    /* Rows in memory are `stride` bytes apart. */
    void (*load)(const struct builder *b, uint32_t to, LLVMValueRef from, int64_t stride);
    void (*store)(const struct builder *b, uint32_t from, LLVMValueRef to, int64_t stride);
    /* Adds s8 activations by u8 weights, exactly; and bf16, to sums in f32. */
    void (*add_bytes)(const struct builder *b, uint32_t product, uint32_t x, uint32_t weights);
    void (*add_bf16)(const struct builder *b, uint32_t product, uint32_t x, uint32_t weights);
};
enum { MATRIX_ROWS = 16, MATRIX_GROUPS = 2, MATRIX_ROW_BYTES = 64, MATRIX_REGISTERS = 8 };

/* A family of instruction sets: one ELF machine, one LLVM back end. */
struct machine {
    uint16_t elf; /* EM_… */
    const char *triple;
    void (*initialize)(void); /* makes LLVM's back end known to it */
    /* Whether a relocation stores the 32-bit distance of its target: the only kind in an image. */
    bool (*is_distance)(uint32_t relocation);
    const char *same_register; /* inline assembly: a vector that comes out in its own register */
};

struct tile_shape {
    uint8_t groups, rows;
};

/* Shapes of tiles that were measured on one kind of machine. */
struct tile_shapes {
    uint8_t short_run, short_run_i8; /* runs of at most so many rows wait for weights (i8: other
                                        activations in short_run) */
    uint8_t short_rows;              /* rows of a tile in such a run, at most */
    /* Longer runs, by activations; decoded: f32 with quantized weights. */
    struct tile_shape f32, decoded, bf16, i16, i16_gated, i8, i8_staged, i8_row;
};

struct isa {
    const char *level; /* its name */
    const struct machine *machine;
    const char *cpu, *extra; /* LLVM's */
    uint16_t registers, lanes;
    const struct integer_dot *integers;
    const struct bf16_dot *bf16; /* NULL: none */
    bool f16, fma;
    const struct matrix_dot *matrices; /* NULL: none */
    const struct tile_shapes *tiles;
    uint64_t features;
};

enum isa_id {
#define ISA(id, ...) ISA_##id,
#include "targets/cpu/isa.def"
#undef ISA
    ISA_COUNT
};
extern const struct isa isas[ISA_COUNT]; /* by level */

/* Whether products take bytes: of all weights, or of those whose bias says that pairs of products fit in
 * 16 bits; with activations of 8 bits also where weights less their bias are bytes with signs. */
bool isa_takes_bytes(const struct isa *isa, const struct act_format *f);
bool isa_takes_signs(const struct isa *isa, const struct act_format *f);
/* How many vectors of 16 f32 all registers hold together. */
uint32_t isa_vectors(const struct isa *isa);
/* How many vectors of 16 keys attention scores together. */
uint32_t isa_key_vectors(const struct isa *isa);
/* How many sums of 16 lanes stay in registers beside the operands of their products. */
uint32_t isa_sums(const struct isa *isa);

/* isa_x86.c */
extern const struct machine machine_x86_64;
extern const struct integer_dot integer_dot_widen16; /* AVX2: i16 pairs in ymm */
extern const struct integer_dot integer_dot_vnni512; /* AVX-512 VNNI: u8 * s8 quads in zmm */
extern const struct bf16_dot bf16_dot_avx512;
extern const struct matrix_dot matrix_dot_amx; /* isa_amx.c */

/* tiles.c */
extern const struct tile_shapes tile_shapes_vectors_8, tile_shapes_vectors_32;

#endif
