/* Contract: builder.h. Vectors always have 16 lanes; LLVM splits them for machines with narrower
 * registers, so all levels add in the same order. */
#include "targets/cpu/builder.h"

#include <rlx/kernel.h>
#include <stddef.h>

LLVMTypeRef vector_of(LLVMTypeRef type, unsigned lanes)
{
    return LLVMVectorType(type, lanes);
}

LLVMValueRef i64_number(const struct builder *b, int64_t value)
{
    return LLVMConstInt(b->i64, (uint64_t)value, true);
}

LLVMValueRef i32_number(const struct builder *b, int64_t value)
{
    return LLVMConstInt(b->i32, (uint64_t)value, true);
}

LLVMValueRef f32_number(const struct builder *b, double value)
{
    return LLVMConstReal(b->f32, value);
}

LLVMValueRef filled(LLVMValueRef constant, unsigned lanes)
{
    LLVMValueRef all[64];

    assert(lanes <= countof(all));
    for (unsigned i = 0; i < lanes; i++)
        all[i] = constant;
    return LLVMConstVector(all, lanes);
}

LLVMValueRef f32x16_number(const struct builder *b, double value)
{
    return filled(f32_number(b, value), LANES);
}

LLVMValueRef i32x16_number(const struct builder *b, int64_t value)
{
    return filled(i32_number(b, value), LANES);
}

LLVMValueRef zeros(const struct builder *b)
{
    return LLVMConstNull(b->f32x16);
}

static LLVMValueRef first_of(const struct builder *b, uint32_t lanes, uint32_t width)
{
    LLVMValueRef all[64];

    for (uint32_t i = 0; i < width; i++)
        all[i] = LLVMConstInt(b->i1, i < lanes, false);
    return LLVMConstVector(all, width);
}

LLVMValueRef first_lanes(const struct builder *b, uint32_t lanes)
{
    return first_of(b, lanes, LANES);
}

LLVMValueRef lanes_below(const struct builder *b, LLVMValueRef lanes)
{
    LLVMValueRef numbers[LANES];

    for (unsigned i = 0; i < LANES; i++)
        numbers[i] = i32_number(b, i);
    lanes = lesser(b, lanes, i64_number(b, LANES));
    lanes = broadcast(b, LLVMBuildTrunc(b->ir, lanes, b->i32, ""));
    return LLVMBuildICmp(b->ir, LLVMIntSLT, LLVMConstVector(numbers, LANES), lanes, "");
}

LLVMValueRef add(const struct builder *b, LLVMValueRef x, LLVMValueRef y)
{
    return LLVMBuildAdd(b->ir, x, y, "");
}

LLVMValueRef add_number(const struct builder *b, LLVMValueRef x, int64_t y)
{
    return LLVMBuildAdd(b->ir, x, LLVMConstInt(LLVMTypeOf(x), (uint64_t)y, true), "");
}

LLVMValueRef subtract(const struct builder *b, LLVMValueRef x, LLVMValueRef y)
{
    return LLVMBuildSub(b->ir, x, y, "");
}

LLVMValueRef times(const struct builder *b, LLVMValueRef x, int64_t y)
{
    return LLVMBuildMul(b->ir, x, i64_number(b, y), "");
}

LLVMValueRef lesser(const struct builder *b, LLVMValueRef x, LLVMValueRef y)
{
    return LLVMBuildSelect(b->ir, LLVMBuildICmp(b->ir, LLVMIntSLT, x, y, ""), x, y, "");
}

LLVMValueRef greater(const struct builder *b, LLVMValueRef x, LLVMValueRef y)
{
    return LLVMBuildSelect(b->ir, LLVMBuildICmp(b->ir, LLVMIntSGT, x, y, ""), x, y, "");
}

LLVMValueRef tiles_of(const struct builder *b, LLVMValueRef count, uint32_t unit)
{
    LLVMValueRef up = add_number(b, count, unit - 1);

    return LLVMBuildUDiv(b->ir, up, i64_number(b, unit), "");
}

LLVMValueRef at(const struct builder *b, LLVMValueRef base, LLVMValueRef offset)
{
    return LLVMBuildGEP2(b->ir, b->i8, base, &offset, 1, "");
}

LLVMValueRef at_number(const struct builder *b, LLVMValueRef base, int64_t offset)
{
    return offset == 0 ? base : at(b, base, i64_number(b, offset));
}

LLVMValueRef load(const struct builder *b, LLVMTypeRef type, LLVMValueRef from, unsigned align)
{
    LLVMValueRef value = LLVMBuildLoad2(b->ir, type, from, "");

    LLVMSetAlignment(value, align);
    return value;
}

LLVMValueRef load_dim(const struct builder *b, uint32_t symbol)
{
    return load(b, b->i64, at_number(b, b->dims, 8 * (int64_t)symbol), 8);
}

LLVMValueRef load_value(const struct builder *b, LLVMTypeRef type, uint32_t index)
{
    const int64_t offset =
        (int64_t)(offsetof(struct rlx_launch, values) + sizeof(uint32_t) * index);

    return load(b, type, at_number(b, LLVMGetParam(b->function, 0), offset), 4);
}

LLVMValueRef load_ahead(const struct builder *b, enum caches caches)
{
    const int64_t offset = (int64_t)(caches == CACHES_all ? offsetof(struct rlx_launch, ahead.near)
                                                          : offsetof(struct rlx_launch, ahead.far));
    LLVMValueRef bytes = load(b, b->i32, at_number(b, LLVMGetParam(b->function, 0), offset), 4);

    return LLVMBuildZExt(b->ir, bytes, b->i64, "");
}

LLVMValueRef load_f32x16(const struct builder *b, LLVMValueRef from)
{
    return load(b, b->f32x16, from, 4);
}

static unsigned element_bytes(LLVMTypeRef vector)
{
    LLVMTypeRef type = LLVMGetElementType(vector);

    switch (LLVMGetTypeKind(type)) {
    case LLVMFloatTypeKind:
        return 4;
    case LLVMHalfTypeKind:
        return 2;
    default:
        return LLVMGetIntTypeWidth(type) / 8;
    }
}

LLVMValueRef load_where(const struct builder *b, LLVMValueRef mask, LLVMTypeRef type,
                        LLVMValueRef from)
{
    return llvm_masked_load(b->context, b->module, b->ir, type, from,
                            i32_number(b, element_bytes(type)), mask);
}

LLVMValueRef load_first(const struct builder *b, LLVMTypeRef type, LLVMValueRef from,
                        uint32_t lanes)
{
    uint32_t width = LLVMGetVectorSize(type);

    if (lanes >= width)
        return load(b, type, from, element_bytes(type));
    return load_where(b, first_of(b, lanes, width), type, from);
}

void store(const struct builder *b, LLVMValueRef value, LLVMValueRef to, unsigned align)
{
    LLVMSetAlignment(LLVMBuildStore(b->ir, value, to), align);
}

void store_where(const struct builder *b, LLVMValueRef mask, LLVMValueRef value, LLVMValueRef to)
{
    unsigned align = element_bytes(LLVMTypeOf(value));

    llvm_masked_store(b->context, b->module, b->ir, value, to, i32_number(b, align), mask);
}

void store_first(const struct builder *b, LLVMValueRef value, LLVMValueRef to, uint32_t lanes)
{
    uint32_t width = LLVMGetVectorSize(LLVMTypeOf(value));

    if (lanes >= width)
        store(b, value, to, element_bytes(LLVMTypeOf(value)));
    else
        store_where(b, first_of(b, lanes, width), value, to);
}

LLVMValueRef stack_array(const struct builder *b, uint64_t bytes)
{
    LLVMBasicBlockRef here = LLVMGetInsertBlock(b->ir);
    LLVMValueRef first = LLVMGetFirstInstruction(b->entry);

    if (first != NULL)
        LLVMPositionBuilderBefore(b->ir, first);
    else
        LLVMPositionBuilderAtEnd(b->ir, b->entry);
    LLVMValueRef array = LLVMBuildAlloca(b->ir, LLVMArrayType2(b->i8, bytes), "");
    LLVMSetAlignment(array, 64);
    LLVMPositionBuilderAtEnd(b->ir, here);
    return array;
}

void prefetch_into(const struct builder *b, enum caches caches, LLVMValueRef from)
{
    LLVMValueRef arguments[4] = {from, i32_number(b, 0), i32_number(b, caches), i32_number(b, 1)};

    intrinsic(b, "llvm.prefetch", b->pointer, arguments, 4);
}

LLVMValueRef broadcast(const struct builder *b, LLVMValueRef scalar)
{
    LLVMTypeRef type = vector_of(LLVMTypeOf(scalar), LANES);
    LLVMValueRef none = LLVMGetPoison(type);
    LLVMValueRef one = LLVMBuildInsertElement(b->ir, none, scalar, i32_number(b, 0), "");

    return LLVMBuildShuffleVector(b->ir, one, none, LLVMConstNull(vector_of(b->i32, LANES)), "");
}

LLVMValueRef element(const struct builder *b, LLVMValueRef vector, unsigned lane)
{
    return LLVMBuildExtractElement(b->ir, vector, i32_number(b, lane), "");
}

LLVMValueRef cast(const struct builder *b, LLVMValueRef value, LLVMTypeRef type)
{
    return LLVMBuildBitCast(b->ir, value, type, "");
}

LLVMValueRef shuffled(const struct builder *b, LLVMValueRef x, LLVMValueRef y, const int *lanes,
                      unsigned count)
{
    LLVMValueRef numbers[64];

    assert(count <= countof(numbers));
    for (unsigned i = 0; i < count; i++)
        numbers[i] = i32_number(b, lanes[i]);
    return LLVMBuildShuffleVector(b->ir, x, y, LLVMConstVector(numbers, count), "");
}

LLVMValueRef joined(const struct builder *b, LLVMValueRef low, LLVMValueRef high)
{
    unsigned width = LLVMGetVectorSize(LLVMTypeOf(low));
    int lanes[64];

    for (unsigned i = 0; i < 2 * width; i++)
        lanes[i] = (int)i;
    return shuffled(b, low, high, lanes, 2 * width);
}

LLVMValueRef intrinsic(const struct builder *b, const char *name, LLVMTypeRef overload,
                       LLVMValueRef *arguments, unsigned count)
{
    struct llvm_intrinsic i =
        llvm_find_intrinsic(b->context, b->module, name, &overload, overload != NULL);

    assert(i.count == count);
    (void)count;
    return llvm_call_intrinsic(b->ir, &i, arguments);
}

LLVMValueRef fma16(const struct builder *b, LLVMValueRef x, LLVMValueRef y, LLVMValueRef z)
{
    LLVMValueRef arguments[3] = {x, y, z};

    return intrinsic(b, "llvm.fma", LLVMTypeOf(x), arguments, 3);
}

LLVMValueRef maximum(const struct builder *b, LLVMValueRef x, LLVMValueRef y)
{
    return LLVMBuildSelect(b->ir, LLVMBuildFCmp(b->ir, LLVMRealOGT, x, y, ""), x, y, "");
}

LLVMValueRef minimum(const struct builder *b, LLVMValueRef x, LLVMValueRef y)
{
    return LLVMBuildSelect(b->ir, LLVMBuildFCmp(b->ir, LLVMRealOLT, x, y, ""), x, y, "");
}

LLVMValueRef absolute(const struct builder *b, LLVMValueRef x)
{
    return intrinsic(b, "llvm.fabs", LLVMTypeOf(x), &x, 1);
}

LLVMValueRef square_root(const struct builder *b, LLVMValueRef x)
{
    return intrinsic(b, "llvm.sqrt", LLVMTypeOf(x), &x, 1);
}

LLVMValueRef widened(const struct builder *b, LLVMValueRef halves)
{
    unsigned lanes = LLVMGetVectorSize(LLVMTypeOf(halves));

    return LLVMBuildFPExt(b->ir, cast(b, halves, vector_of(b->f16, lanes)),
                          vector_of(b->f32, lanes), "");
}

/* A value beyond f16's range would become infinity, and make all of attention's results NaN. Both
 * selects return x if it does not compare, so NaN stays NaN. */
LLVMValueRef narrowed(const struct builder *b, LLVMValueRef x)
{
    const double max = 65504;
    unsigned lanes = LLVMGetVectorSize(LLVMTypeOf(x));

    x = maximum(b, filled(f32_number(b, -max), lanes), x);
    x = minimum(b, filled(f32_number(b, max), lanes), x);
    return cast(b, LLVMBuildFPTrunc(b->ir, x, vector_of(b->f16, lanes), ""),
                vector_of(b->i16, lanes));
}

/* The upper half of a vector's lanes, and the lower one. */
static LLVMValueRef half_of(const struct builder *b, LLVMValueRef x, bool upper)
{
    unsigned width = LLVMGetVectorSize(LLVMTypeOf(x)) / 2;
    int lanes[32];

    for (unsigned i = 0; i < width; i++)
        lanes[i] = (int)(i + (upper ? width : 0));
    return shuffled(b, x, x, lanes, width);
}

LLVMValueRef sum_of_lanes(const struct builder *b, LLVMValueRef x)
{
    for (unsigned width = LANES; width > 1; width /= 2)
        x = LLVMBuildFAdd(b->ir, half_of(b, x, false), half_of(b, x, true), "");
    return element(b, x, 0);
}

LLVMValueRef maximum_of_lanes(const struct builder *b, LLVMValueRef x)
{
    for (unsigned width = LANES; width > 1; width /= 2)
        x = maximum(b, half_of(b, x, false), half_of(b, x, true));
    return element(b, x, 0);
}

LLVMValueRef greater_magnitude(const struct builder *b, LLVMValueRef x, LLVMValueRef y)
{
    LLVMValueRef i = cast(b, x, b->i32x16), j = cast(b, y, b->i32x16);
    LLVMValueRef is_greater = LLVMBuildICmp(b->ir, LLVMIntSGT, i, j, "");

    return LLVMBuildSelect(b->ir, is_greater, x, y, "");
}

LLVMValueRef magnitude_of_lanes(const struct builder *b, LLVMValueRef x)
{
    for (int distance = LANES / 2; distance > 0; distance /= 2) {
        int lanes[LANES];
        for (int i = 0; i < LANES; i++)
            lanes[i] = i ^ distance;
        x = greater_magnitude(b, x, shuffled(b, x, x, lanes, LANES));
    }
    return element(b, x, 0);
}

static LLVMBasicBlockRef new_block(const struct builder *b, const char *name)
{
    return LLVMAppendBasicBlockInContext(b->context, b->function, name);
}

static void loop_start(const struct builder *b, struct loop *l, LLVMValueRef from,
                       LLVMValueRef *carried)
{
    LLVMBasicBlockRef before = LLVMGetInsertBlock(b->ir);

    assert(l->count <= LOOP_MAX_CARRIED);
    l->head = new_block(b, "loop");
    l->exit = new_block(b, "done");
    LLVMBuildBr(b->ir, l->head);
    LLVMPositionBuilderAtEnd(b->ir, l->head);
    l->index = LLVMBuildPhi(b->ir, b->i64, "");
    LLVMAddIncoming(l->index, &from, &before, 1);
    for (uint32_t i = 0; i < l->count; i++) {
        l->phis[i] = LLVMBuildPhi(b->ir, LLVMTypeOf(carried[i]), "");
        LLVMAddIncoming(l->phis[i], &carried[i], &before, 1);
        carried[i] = l->phis[i];
    }
}

void loop_begin(const struct builder *b, struct loop *l, LLVMValueRef from, LLVMValueRef to,
                int64_t step, LLVMValueRef *carried, uint32_t count)
{
    *l = (struct loop){.end = to, .step = step, .count = count};
    loop_start(b, l, from, carried);
    l->body = new_block(b, "body");
    LLVMBuildCondBr(b->ir, LLVMBuildICmp(b->ir, LLVMIntSLT, l->index, to, ""), l->body, l->exit);
    LLVMPositionBuilderAtEnd(b->ir, l->body);
}

void loop_begin_counted(const struct builder *b, struct loop *l, int64_t to, int64_t step,
                        LLVMValueRef *carried, uint32_t count)
{
    assert(to > 0);
    *l = (struct loop){.end = i64_number(b, to), .step = step, .count = count, .runs = true};
    loop_start(b, l, i64_number(b, 0), carried);
}

/* Keeps LLVM from unrolling: the bodies are already as long as they should be. */
static void keep_rolled(const struct builder *b, LLVMValueRef branch)
{
    static const char disable[] = "llvm.loop.unroll.disable", kind[] = "llvm.loop";
    LLVMMetadataRef self = LLVMTemporaryMDNode(b->context, NULL, 0);
    LLVMMetadataRef text = LLVMMDStringInContext2(b->context, disable, sizeof disable - 1);
    LLVMMetadataRef parts[2] = {self, LLVMMDNodeInContext2(b->context, &text, 1)};
    LLVMMetadataRef node = LLVMMDNodeInContext2(b->context, parts, 2);

    LLVMMetadataReplaceAllUsesWith(self, node);
    LLVMSetMetadata(branch, LLVMGetMDKindIDInContext(b->context, kind, sizeof kind - 1),
                    LLVMMetadataAsValue(b->context, node));
}

void loop_end(const struct builder *b, struct loop *l, LLVMValueRef *carried)
{
    loop_end_at(b, l, add_number(b, l->index, l->step), carried);
}

void loop_end_at(const struct builder *b, struct loop *l, LLVMValueRef next, LLVMValueRef *carried)
{
    LLVMBasicBlockRef last = LLVMGetInsertBlock(b->ir);
    LLVMValueRef branch;

    LLVMAddIncoming(l->index, &next, &last, 1);
    for (uint32_t i = 0; i < l->count; i++)
        LLVMAddIncoming(l->phis[i], &carried[i], &last, 1);
    if (l->runs) {
        LLVMValueRef more = LLVMBuildICmp(b->ir, LLVMIntSLT, next, l->end, "");
        branch = LLVMBuildCondBr(b->ir, more, l->head, l->exit);
    } else {
        branch = LLVMBuildBr(b->ir, l->head);
        for (uint32_t i = 0; i < l->count; i++)
            carried[i] = l->phis[i];
    }
    keep_rolled(b, branch);
    LLVMPositionBuilderAtEnd(b->ir, l->exit);
}

LLVMBasicBlockRef when_begin(const struct builder *b, LLVMValueRef condition)
{
    LLVMBasicBlockRef then = new_block(b, "when"), after = new_block(b, "after");

    LLVMBuildCondBr(b->ir, condition, then, after);
    LLVMPositionBuilderAtEnd(b->ir, then);
    return after;
}

LLVMBasicBlockRef rarely_begin(const struct builder *b, LLVMValueRef condition)
{
    const unsigned kind = LLVMGetMDKindIDInContext(b->context, "prof", 4);
    LLVMMetadataRef parts[] = {
        LLVMMDStringInContext2(b->context, "branch_weights", 14),
        LLVMValueAsMetadata(i32_number(b, 1)),
        LLVMValueAsMetadata(i32_number(b, 1000)),
    };
    LLVMMetadataRef weights = LLVMMDNodeInContext2(b->context, parts, countof(parts));
    LLVMBasicBlockRef here = LLVMGetInsertBlock(b->ir), after = when_begin(b, condition);

    LLVMSetMetadata(LLVMGetBasicBlockTerminator(here), kind,
                    LLVMMetadataAsValue(b->context, weights));
    return after;
}

void when_end(const struct builder *b, LLVMBasicBlockRef after)
{
    LLVMBuildBr(b->ir, after);
    LLVMPositionBuilderAtEnd(b->ir, after);
}
