/* The LLVM C API that this target uses, versions 19 to 22, and what differs between them.
 * Intrinsics change their signatures: vpdpbusd takes <16 x i32> in 19 and <64 x i8> in 22, masked
 * loads and stores lost their alignment on the way. Calls therefore go through functions that ask
 * LLVM for the declared types.
 */
#ifndef RLXC_CPU_LLVM_COMPAT_H
#define RLXC_CPU_LLVM_COMPAT_H

#include <llvm-c/Analysis.h>
#include <llvm-c/Core.h>
#include <llvm-c/DebugInfo.h>
#include <llvm-c/Error.h>
#include <llvm-c/Target.h>
#include <llvm-c/TargetMachine.h>
#include <llvm-c/Transforms/PassBuilder.h>

#include <assert.h>
#include <string.h>

struct llvm_intrinsic {
    LLVMTypeRef type;
    LLVMValueRef function;
    LLVMTypeRef types[5]; /* of its parameters */
    unsigned count;
};

static inline struct llvm_intrinsic llvm_find_intrinsic(LLVMContextRef context,
                                                        LLVMModuleRef module, const char *name,
                                                        LLVMTypeRef *overloads, unsigned count)
{
    unsigned id = LLVMLookupIntrinsicID(name, strlen(name));
    struct llvm_intrinsic found;

    assert(id != 0);
    found.function = LLVMGetIntrinsicDeclaration(module, id, overloads, count);
    found.type = LLVMIntrinsicGetType(context, id, overloads, count);
    found.count = LLVMCountParamTypes(found.type);
    assert(found.count <= 5);
    LLVMGetParamTypes(found.type, found.types);
    return found;
}

/* Arguments whose type differs from the declared one only in its spelling are cast. */
static inline LLVMValueRef llvm_call_intrinsic(LLVMBuilderRef ir, const struct llvm_intrinsic *i,
                                               const LLVMValueRef *arguments)
{
    LLVMValueRef converted[5];

    for (unsigned a = 0; a < i->count; a++)
        converted[a] = LLVMTypeOf(arguments[a]) == i->types[a]
                           ? arguments[a]
                           : LLVMBuildBitCast(ir, arguments[a], i->types[a], "");
    return LLVMBuildCall2(ir, i->type, i->function, converted, i->count, "");
}

static inline LLVMValueRef llvm_masked_load(LLVMContextRef context, LLVMModuleRef module,
                                            LLVMBuilderRef ir, LLVMTypeRef type, LLVMValueRef from,
                                            LLVMValueRef align, LLVMValueRef mask)
{
    LLVMTypeRef overloads[2] = {type, LLVMTypeOf(from)};
    struct llvm_intrinsic i =
        llvm_find_intrinsic(context, module, "llvm.masked.load", overloads, 2);
    LLVMValueRef with_align[4] = {from, align, mask, LLVMConstNull(type)};
    LLVMValueRef without[3] = {from, mask, LLVMConstNull(type)};

    return llvm_call_intrinsic(ir, &i, i.count == 4 ? with_align : without);
}

static inline void llvm_masked_store(LLVMContextRef context, LLVMModuleRef module,
                                     LLVMBuilderRef ir, LLVMValueRef value, LLVMValueRef to,
                                     LLVMValueRef align, LLVMValueRef mask)
{
    LLVMTypeRef overloads[2] = {LLVMTypeOf(value), LLVMTypeOf(to)};
    struct llvm_intrinsic i =
        llvm_find_intrinsic(context, module, "llvm.masked.store", overloads, 2);
    LLVMValueRef with_align[4] = {value, to, align, mask};
    LLVMValueRef without[3] = {value, to, mask};

    llvm_call_intrinsic(ir, &i, i.count == 4 ? with_align : without);
}

#endif
