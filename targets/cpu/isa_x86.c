/* x86-64: the instructions that LLVM has no general form for, and its LLVM back end. In: vectors of
 * 16 lanes; out: one intrinsic on them, or two on their halves where registers are narrower. All
 * intrinsics of the target are here.
 */
#include "targets/cpu/isa.h"

#include <elf.h>

static void initialize(void)
{
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
}

static bool is_distance(uint32_t relocation)
{
    return relocation == R_X86_64_PC32 || relocation == R_X86_64_PLT32;
}

const struct machine machine_x86_64 = {.elf = EM_X86_64,
                                       .triple = "x86_64-unknown-linux-gnu",
                                       .initialize = initialize,
                                       .is_distance = is_distance,
                                       .same_register = "=v,0"};

/* ---- tables of 16 bytes ---- */

/* The machine looks up in each 16 bytes by themselves. */
static LLVMValueRef look_up(const struct builder *b, const char *name, const uint8_t table[16],
                            LLVMValueRef bytes)
{
    const uint32_t count = LLVMGetVectorSize(LLVMTypeOf(bytes));
    LLVMValueRef values[64];

    for (uint32_t i = 0; i < count; i++)
        values[i] = LLVMConstInt(b->i8, table[i % 16], false);
    LLVMValueRef arguments[] = {LLVMConstVector(values, count), bytes};
    return intrinsic(b, name, NULL, arguments, 2);
}

static LLVMValueRef looked_up_in_ymm(const struct builder *b, const uint8_t table[16],
                                     LLVMValueRef bytes)
{
    const char *name = "llvm.x86.avx2.pshuf.b";
    LLVMValueRef halves[2];
    int lanes[64];

    if (LLVMGetVectorSize(LLVMTypeOf(bytes)) == 32)
        return look_up(b, name, table, bytes);
    for (int i = 0; i < 64; i++)
        lanes[i] = i;
    for (int h = 0; h < 2; h++)
        halves[h] = look_up(b, name, table, shuffled(b, bytes, bytes, lanes + 32 * h, 32));
    return shuffled(b, halves[0], halves[1], lanes, 64);
}

static LLVMValueRef looked_up_in_zmm(const struct builder *b, const uint8_t table[16],
                                     LLVMValueRef bytes)
{
    return LLVMGetVectorSize(LLVMTypeOf(bytes)) == 32
               ? looked_up_in_ymm(b, table, bytes)
               : look_up(b, "llvm.x86.avx512.pshuf.b.512", table, bytes);
}

/* ---- tables of 16 floats ---- */

static LLVMValueRef floats_constant(const struct builder *b, const float *table, uint32_t count)
{
    LLVMValueRef values[LANES];

    for (uint32_t i = 0; i < count; i++)
        values[i] = LLVMConstReal(b->f32, (double)table[i]);
    return LLVMConstVector(values, count);
}

static LLVMValueRef floats_in_zmm(const struct builder *b, const float table[16],
                                  LLVMValueRef places)
{
    LLVMValueRef arguments[] = {floats_constant(b, table, 16), places};

    return intrinsic(b, "llvm.x86.avx512.permvar.sf.512", NULL, arguments, 2);
}

/* Eight lanes, in either half of the table, of which bit 3 chooses. */
static LLVMValueRef floats_in_ymm(const struct builder *b, const float table[16],
                                  LLVMValueRef places)
{
    enum { HALF = LANES / 2 };
    LLVMTypeRef words = vector_of(b->i32, HALF);
    LLVMValueRef halves[2], eight = filled(LLVMConstInt(b->i32, 8, false), HALF);
    int lanes[LANES];

    for (int i = 0; i < LANES; i++)
        lanes[i] = i;
    for (int h = 0; h < 2; h++) {
        LLVMValueRef of_half = shuffled(b, places, places, lanes + HALF * h, HALF), values[2];
        for (int upper = 0; upper < 2; upper++) {
            LLVMValueRef arguments[] = {floats_constant(b, table + HALF * upper, HALF), of_half};
            values[upper] = intrinsic(b, "llvm.x86.avx2.permps", NULL, arguments, 2);
        }
        LLVMValueRef bit = LLVMBuildAnd(b->ir, of_half, eight, "");
        bit = LLVMBuildICmp(b->ir, LLVMIntNE, bit, LLVMConstNull(words), "");
        halves[h] = LLVMBuildSelect(b->ir, bit, values[1], values[0], "");
    }
    return shuffled(b, halves[0], halves[1], lanes, LANES);
}

/* ---- powers of two ---- */

static LLVMValueRef exponent_bits(const struct builder *b, LLVMValueRef e)
{
    LLVMValueRef small = LLVMBuildShl(b->ir, i32x16_number(b, 0x00200000), e, "");
    LLVMValueRef bits = LLVMBuildSub(b->ir, e, i32x16_number(b, 1), "");
    LLVMValueRef is_small = LLVMBuildICmp(b->ir, LLVMIntULT, e, i32x16_number(b, 2), "");

    bits = LLVMBuildShl(b->ir, bits, i32x16_number(b, 23), "");
    return cast(b, LLVMBuildSelect(b->ir, is_small, small, bits, ""), b->f32x16);
}

/* The masked forms are all that LLVM declares: every lane, and the rounding mode as it is set. */
enum { ALL_LANES = 0xffff, AS_SET = 4 };

static LLVMValueRef scaled(const struct builder *b, LLVMValueRef power, LLVMValueRef x)
{
    LLVMValueRef all = LLVMConstInt(b->i16, ALL_LANES, 0);
    LLVMValueRef arguments[] = {power, x, x, all, i32_number(b, AS_SET)};

    return intrinsic(b, "llvm.x86.avx512.mask.scalef.ps.512", NULL, arguments, 5);
}

static LLVMValueRef scaled_one(const struct builder *b, LLVMValueRef e)
{
    LLVMValueRef exponent = LLVMBuildSub(b->ir, e, i32x16_number(b, 128), "");

    return scaled(b, f32x16_number(b, 1), LLVMBuildSIToFP(b->ir, exponent, b->f32x16, ""));
}

/* ---- integers: AVX2 ---- */

static LLVMValueRef half_of(const struct builder *b, LLVMValueRef x, int half)
{
    const int count = (int)LLVMGetVectorSize(LLVMTypeOf(x)) / 2;
    int lanes[2 * LANES];

    for (int i = 0; i < count; i++)
        lanes[i] = half * count + i;
    return shuffled(b, x, x, lanes, (uint32_t)count);
}

static LLVMValueRef words_in_halves(const struct builder *b, LLVMValueRef sum, LLVMValueRef x,
                                    LLVMValueRef y)
{
    LLVMTypeRef words = vector_of(b->i16, 2 * LANES);
    LLVMValueRef halves[2];

    x = cast(b, x, words);
    y = cast(b, y, words);
    for (int h = 0; h < 2; h++) {
        LLVMValueRef arguments[] = {half_of(b, x, h), half_of(b, y, h)};
        halves[h] = intrinsic(b, "llvm.x86.avx2.pmadd.wd", NULL, arguments, 2);
    }
    return LLVMBuildAdd(b->ir, sum, joined(b, halves[0], halves[1]), "");
}

/* One instruction on either half of vectors of bytes. */
static LLVMValueRef bytes_in_halves(const struct builder *b, const char *name, LLVMValueRef x,
                                    LLVMValueRef y)
{
    LLVMTypeRef bytes = vector_of(b->i8, 4 * LANES);
    LLVMValueRef halves[2];

    x = cast(b, x, bytes);
    y = cast(b, y, bytes);
    for (int h = 0; h < 2; h++) {
        LLVMValueRef arguments[] = {half_of(b, x, h), half_of(b, y, h)};
        halves[h] = intrinsic(b, name, NULL, arguments, 2);
    }
    return joined(b, halves[0], halves[1]);
}

static LLVMValueRef pairs_in_halves(const struct builder *b, LLVMValueRef weights, LLVMValueRef x)
{
    return bytes_in_halves(b, "llvm.x86.avx2.pmadd.ub.sw", weights, x);
}

/* The sign of a product goes to its activation. */
static LLVMValueRef signed_pairs_in_halves(const struct builder *b, LLVMValueRef weights,
                                           LLVMValueRef x)
{
    LLVMValueRef arguments[] = {cast(b, weights, vector_of(b->i8, 4 * LANES)),
                                LLVMConstInt(b->i1, false, false)};
    LLVMTypeRef type = LLVMTypeOf(arguments[0]);
    LLVMValueRef magnitudes = intrinsic(b, "llvm.abs", type, arguments, 2);

    return pairs_in_halves(b, magnitudes, bytes_in_halves(b, "llvm.x86.avx2.psign.b", x, weights));
}

const struct integer_dot integer_dot_widen16 = {.takes_bytes = false,
                                                .quads = words_in_halves,
                                                .pairs = pairs_in_halves,
                                                .signed_pairs = signed_pairs_in_halves,
                                                .words = words_in_halves,
                                                .looked_up = looked_up_in_ymm,
                                                .floats = floats_in_ymm,
                                                .half_of_e8m0 = exponent_bits};

/* ---- integers: AVX-512 VNNI ---- */

static LLVMValueRef quads_in_zmm(const struct builder *b, LLVMValueRef sum, LLVMValueRef weights,
                                 LLVMValueRef x)
{
    LLVMValueRef arguments[] = {sum, weights, x};

    return intrinsic(b, "llvm.x86.avx512.vpdpbusd.512", NULL, arguments, 3);
}

static LLVMValueRef words_in_zmm(const struct builder *b, LLVMValueRef sum, LLVMValueRef x,
                                 LLVMValueRef y)
{
    LLVMValueRef arguments[] = {sum, cast(b, x, b->i32x16), cast(b, y, b->i32x16)};

    return intrinsic(b, "llvm.x86.avx512.vpdpwssd.512", NULL, arguments, 3);
}

const struct integer_dot integer_dot_vnni512 = {.takes_bytes = true,
                                                .quads = quads_in_zmm,
                                                .words = words_in_zmm,
                                                .looked_up = looked_up_in_zmm,
                                                .floats = floats_in_zmm,
                                                .half_of_e8m0 = scaled_one};

/* ---- bf16: AVX-512 ---- */

static LLVMValueRef bf16_pairs(const struct builder *b, LLVMValueRef sum, LLVMValueRef x,
                               LLVMValueRef y)
{
    LLVMValueRef arguments[] = {sum, x, y};

    return intrinsic(b, "llvm.x86.avx512bf16.dpbf16ps.512", NULL, arguments, 3);
}

static LLVMValueRef bf16_rounded(const struct builder *b, LLVMValueRef low, LLVMValueRef high)
{
    LLVMValueRef arguments[] = {high, low};
    LLVMValueRef both = intrinsic(b, "llvm.x86.avx512bf16.cvtne2ps2bf16.512", NULL, arguments, 2);

    return cast(b, both, vector_of(b->i16, 2 * LANES));
}

static LLVMValueRef bf16_fraction(const struct builder *b, LLVMValueRef x)
{
    const int64_t down = 9; /* to a whole number below, without an exception for what is lost */
    LLVMValueRef all = LLVMConstInt(b->i16, ALL_LANES, 0);
    LLVMValueRef arguments[] = {x, i32_number(b, down), x, all, i32_number(b, AS_SET)};

    return intrinsic(b, "llvm.x86.avx512.mask.reduce.ps.512", NULL, arguments, 5);
}

const struct bf16_dot bf16_dot_avx512 = {
    .pairs = bf16_pairs, .rounded = bf16_rounded, .fraction = bf16_fraction, .scaled = scaled};
