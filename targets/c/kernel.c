/* A kernel as one function. In: a kernel; out: its comment, prototype and body. */
#include "targets/c/c.h"

static void (*const print_body[KERNEL_KIND_COUNT])(const struct lir_kernel *, struct c_body *) = {
    [KERNEL_embed] = c_print_embed,
    [KERNEL_gather_rows] = c_print_gather_rows,
    [KERNEL_norm_quant] = c_print_norm_quant,
    [KERNEL_matmul] = c_print_matmul,
    [KERNEL_map] = c_print_map,
    [KERNEL_unfold] = c_print_unfold,
    [KERNEL_kv_write] = c_print_kv_write,
    [KERNEL_append] = c_print_append,
    [KERNEL_rope] = c_print_rope,
    [KERNEL_attention] = c_print_attention,
    [KERNEL_scan] = c_print_scan,
    [KERNEL_conv] = c_print_conv,
};

void c_kernel_text(const struct lir_kernel *k, const char *name, struct text *out)
{
    struct text comment = {.arena = out->arena}, code = {.arena = out->arena};
    struct c_body body = {&comment, &code};

    assert(k->kind < KERNEL_KIND_COUNT);
    print_body[k->kind](k, &body);
    c_comment(out, comment.bytes == 0 ? "" : comment.data);
    c_prototype(k, name, out);
    text_add(out, "\n{\n");
    text_add_bytes(out, code.data, code.bytes);
    text_add(out, "}\n");
}
