/* x86-64 with AMX: registers that hold matrices. In: numbers of registers and addresses; out: the
 * intrinsics that name registers by number, so LLVM allocates none and keeps their order.
 * Source: Intel Software Developer's Manual, volume 1, chapter 18.
 */
#include "targets/cpu/isa.h"

enum { CONFIGURATION_BYTES = 64, PALETTE = 1, WIDTHS_AT = 16, HEIGHTS_AT = 48 };

static LLVMValueRef register_number(const struct builder *b, uint32_t number)
{
    return LLVMConstInt(b->i8, number, false);
}

static void open(const struct builder *b, uint32_t first_x, uint32_t first_weights,
                 uint32_t row_bytes)
{
    LLVMValueRef bytes[CONFIGURATION_BYTES], to = stack_array(b, CONFIGURATION_BYTES);

    for (uint32_t i = 0; i < CONFIGURATION_BYTES; i++)
        bytes[i] = register_number(b, i == 0 ? PALETTE : 0);
    for (uint32_t i = 0; i < MATRIX_REGISTERS; i++) { /* widths are of 16 bits */
        const bool is_x = i >= first_x && i < first_weights, is_weight = i >= first_weights;
        bytes[WIDTHS_AT + 2 * i] = register_number(b, is_x ? row_bytes : MATRIX_ROW_BYTES);
        bytes[HEIGHTS_AT + i] = register_number(b, is_weight ? row_bytes / 4 : MATRIX_ROWS);
    }
    store(b, LLVMConstVector(bytes, CONFIGURATION_BYTES), to, CONFIGURATION_BYTES);
    intrinsic(b, "llvm.x86.ldtilecfg", NULL, &to, 1);
}

static void release(const struct builder *b)
{
    intrinsic(b, "llvm.x86.tilerelease", NULL, NULL, 0);
}

static void zero(const struct builder *b, uint32_t product)
{
    LLVMValueRef to = register_number(b, product);

    intrinsic(b, "llvm.x86.tilezero", NULL, &to, 1);
}

static void move(const struct builder *b, const char *name, uint32_t number, LLVMValueRef memory,
                 int64_t stride)
{
    LLVMValueRef arguments[] = {register_number(b, number), memory, i64_number(b, stride)};

    intrinsic(b, name, NULL, arguments, 3);
}

static void load_matrix(const struct builder *b, uint32_t to, LLVMValueRef from, int64_t stride)
{
    move(b, "llvm.x86.tileloadd64", to, from, stride);
}

static void store_matrix(const struct builder *b, uint32_t from, LLVMValueRef to, int64_t stride)
{
    move(b, "llvm.x86.tilestored64", from, to, stride);
}

static void add_product(const struct builder *b, const char *name, uint32_t product, uint32_t x,
                        uint32_t weights)
{
    LLVMValueRef arguments[] = {register_number(b, product), register_number(b, x),
                                register_number(b, weights)};

    intrinsic(b, name, NULL, arguments, 3);
}

static void add_bytes(const struct builder *b, uint32_t product, uint32_t x, uint32_t weights)
{
    add_product(b, "llvm.x86.tdpbsud", product, x, weights);
}

static void add_bf16(const struct builder *b, uint32_t product, uint32_t x, uint32_t weights)
{
    add_product(b, "llvm.x86.tdpbf16ps", product, x, weights);
}

const struct matrix_dot matrix_dot_amx = {.features = "+amx-tile,+amx-int8,+amx-bf16",
                                          .open = open,
                                          .close = release,
                                          .zero = zero,
                                          .load = load_matrix,
                                          .store = store_matrix,
                                          .add_bytes = add_bytes,
                                          .add_bf16 = add_bf16};
