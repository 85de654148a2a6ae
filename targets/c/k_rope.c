/* rope: norm and rotation of heads. In: the kernel; out: its body in C. */
#include "targets/c/heads.h"

void c_print_rope(const struct lir_kernel *k, struct c_body *b)
{
    const struct kernel_rope *o = &k->rope;
    const struct c_rotation rotation = {.head_dim = o->head_dim,
                                        .n_rot = o->n_rot,
                                        .interleaved = o->interleaved != 0,
                                        .hadamard = o->hadamard != 0,
                                        .epsilon = o->epsilon,
                                        .norm = lir_has(k, ROPE_norm) ? "norm" : NULL};

    text_add(b->comment, "out[rows][%u heads][%u] is x[rows][%u heads][%u] after this: ", o->heads,
             o->head_dim, o->heads, o->head_dim);
    c_rotation_comment(b, &rotation);
    c_parallel(b->code, " if (rows > 1)");
    c_line(b, 1, "for (size_t r = 0; r < rows; r++) {");
    c_angles(b, 2, o->n_rot, "table");
    c_line(b, 2, "for (size_t h = 0; h < %u; h++) {", o->heads);
    c_line(b, 3, "const float *const head = x + r * %u + h * %u;", k->stride[ROPE_x], o->head_dim);
    c_line(b, 3, "float *const y = out + r * %u + h * %u;", k->stride[ROPE_out], o->head_dim);
    c_rotate_head(b, 3, &rotation, "head");
    c_line(b, 2, "}");
    c_line(b, 1, "}");
}
