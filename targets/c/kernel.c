/* A kernel as one function. In: a kernel; out: its comment, prototype and body. */
#include "targets/c/c.h"

static void (*const print_body[KERNEL_KIND_COUNT])(const struct lir_kernel *, struct c_body *) = {
#define KERNEL(kind, KIND, title) [KERNEL_##kind] = c_print_##kind,
#include "compiler/lir/kernel_kinds.def"
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
