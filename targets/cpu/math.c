/* exp, tanh and erf of 16 lanes without a library. In: any f32; out: within 2 units in the last
 * place.
 *
 * exp: x = n ln 2 + r with |r| <= ln(2)/2, e^x = 2^n (1 + r + r^2 Q(r)). tanh: x + x^3 R(x^2) near
 * zero, else 1 - 2 / (e^(2|x|) + 1) with the sign of x. erf: x + x S(x^2) near zero, else
 * 1 - e^(|x| T(|x|)) with the sign of x. Q, R, S and T are minimax polynomials, fitted in f64 or
 * with more digits and rounded to f32.
 */
#include "targets/cpu/cpu.h"

/* Adding it rounds to an integer, which then stands in the low bits (nearest even, |x| < 2^22). */
static const double rounding_number = 12582912.0;

static LLVMValueRef polynomial(const struct builder *b, LLVMValueRef x, const double *coefficients,
                               uint32_t count)
{
    LLVMValueRef sum = f32x16_number(b, coefficients[count - 1]);

    for (uint32_t i = count - 1; i-- > 0;)
        sum = fma16(b, sum, x, f32x16_number(b, coefficients[i]));
    return sum;
}

LLVMValueRef math_exp(const struct builder *b, LLVMValueRef x)
{
    static const double q[] = {0.49999994, 0.166665196, 0.0416684002, 0.00836885069, 0.00138143194};
    /* ln 2 in two parts: n times the first is exact. */
    static const double ln2_high = 0.693359375, ln2_low = -2.12194440054690583e-4;
    static const double greatest = 88.7228317, min = -87.3; /* beyond: infinity, and zero */
    LLVMValueRef round = f32x16_number(b, rounding_number);
    LLVMValueRef shifted = fma16(b, x, f32x16_number(b, 1.44269504088896341), round);
    LLVMValueRef n = LLVMBuildFSub(b->ir, shifted, round, "");
    LLVMValueRef r = fma16(b, n, f32x16_number(b, -ln2_high), x);

    r = fma16(b, n, f32x16_number(b, -ln2_low), r);
    LLVMValueRef square = LLVMBuildFMul(b->ir, r, r, "");
    LLVMValueRef p = fma16(b, square, polynomial(b, r, q, countof(q)), r);
    p = LLVMBuildFAdd(b->ir, p, f32x16_number(b, 1), "");
    LLVMValueRef exponent =
        LLVMBuildShl(b->ir, cast(b, shifted, b->i32x16), i32x16_number(b, 23), "");
    LLVMValueRef bits = LLVMBuildAdd(b->ir, cast(b, p, b->i32x16), exponent, "");
    LLVMValueRef result = cast(b, bits, b->f32x16);
    LLVMValueRef low = LLVMBuildFCmp(b->ir, LLVMRealOLT, x, f32x16_number(b, min), "");
    LLVMValueRef high = LLVMBuildFCmp(b->ir, LLVMRealOGT, x, f32x16_number(b, greatest), "");
    LLVMValueRef infinity = cast(b, i32x16_number(b, 0x7f800000), b->f32x16);
    result = LLVMBuildSelect(b->ir, low, zeros(b), result, "");
    return LLVMBuildSelect(b->ir, high, infinity, result, "");
}

LLVMValueRef math_tanh(const struct builder *b, LLVMValueRef x)
{
    static const double r[] = {-0.333332837, 0.133314908, -0.0537434965, 0.0206505861,
                               -0.00571704376};
    static const double near = 0.625;
    LLVMValueRef size = absolute(b, x), one = f32x16_number(b, 1);
    LLVMValueRef square = LLVMBuildFMul(b->ir, x, x, "");
    LLVMValueRef cube = LLVMBuildFMul(b->ir, x, square, "");
    LLVMValueRef small = fma16(b, cube, polynomial(b, square, r, countof(r)), x);
    LLVMValueRef power = math_exp(b, LLVMBuildFAdd(b->ir, size, size, ""));
    LLVMValueRef rest =
        LLVMBuildFDiv(b->ir, f32x16_number(b, 2), LLVMBuildFAdd(b->ir, power, one, ""), "");
    LLVMValueRef signed_result[2] = {LLVMBuildFSub(b->ir, one, rest, ""), x};
    LLVMValueRef large = intrinsic(b, "llvm.copysign", b->f32x16, signed_result, 2);
    LLVMValueRef is_small = LLVMBuildFCmp(b->ir, LLVMRealOLT, size, f32x16_number(b, near), "");

    return LLVMBuildSelect(b->ir, is_small, small, large, "");
}

LLVMValueRef math_erf(const struct builder *b, LLVMValueRef x)
{
    static const double s[] = {0.128379154,   -0.376125233,  0.112821408,
                               -0.0267789099, 0.00501196415, -0.000609036648};
    static const double t[] = {-1.12863708,    -0.635198035,   -0.106159049,   0.0236945659,
                               -0.00361034195, 0.000314858106, -1.04331118e-05};
    static const double near = 0.9;
    LLVMValueRef size = absolute(b, x), one = f32x16_number(b, 1);
    LLVMValueRef square = LLVMBuildFMul(b->ir, x, x, "");
    LLVMValueRef small = fma16(b, x, polynomial(b, square, s, countof(s)), x);
    LLVMValueRef power = LLVMBuildFMul(b->ir, size, polynomial(b, size, t, countof(t)), "");
    LLVMValueRef rest = LLVMBuildFSub(b->ir, one, math_exp(b, power), "");
    LLVMValueRef signed_result[2] = {rest, x};
    LLVMValueRef large = intrinsic(b, "llvm.copysign", b->f32x16, signed_result, 2);
    LLVMValueRef is_small = LLVMBuildFCmp(b->ir, LLVMRealOLT, size, f32x16_number(b, near), "");

    return LLVMBuildSelect(b->ir, is_small, small, large, "");
}
