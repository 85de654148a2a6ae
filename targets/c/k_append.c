/* append: rows written to one state of keys or values. In: the kernel; out: its body in C. */
#include "targets/c/heads.h"

/* Where row r stands in the state. */
static void print_place(const struct lir_kernel *k, struct c_body *b)
{
    const struct head_shape *s = &k->append.shape;
    const char *row = c_row_in_segment(k, APPEND_row_segments);

    if (s->class == STATE_scratch && lir_has(k, APPEND_row_segments))
        c_line(b, 2, "const size_t place = segment->scratch_position + (%s);", row);
    else if (!lir_has(k, APPEND_positions))
        c_line(b, 2, "const size_t place = %s;", row);
    else if (s->class == STATE_ring)
        c_line(b, 2, "const size_t place = (size_t)positions[r] %% %u;", s->context);
    else
        c_line(b, 2, "const size_t place = (size_t)positions[r];");
}

void c_print_append(const struct lir_kernel *k, struct c_body *b)
{
    const struct kernel_append *o = &k->append;
    const bool is_value = o->is_value != 0, mixes = !is_value && o->shape.kv == DTYPE_q8_0,
               knows_segment = o->shape.class != STATE_scratch || lir_has(k, APPEND_row_segments);
    const struct c_rotation rotation = {.head_dim = o->shape.head_dim, .hadamard = true};

    text_add(b->comment, "Writes x[rows][%u heads][%u] to the state of %s. ", o->shape.kv_heads,
             o->shape.head_dim, is_value ? "values" : "keys");
    if (mixes)
        c_rotation_comment(b, &rotation);
    c_state_comment(b, &o->shape, is_value);
    c_place_comment(b, &o->shape);
    if (!knows_segment)
        c_line(b, 1, "(void)segments;");
    c_parallel(b->code, " if (rows > 1)");
    c_line(b, 1, "for (size_t r = 0; r < rows; r++) {");
    c_segment(b, 2, k, APPEND_row_segments, knows_segment);
    print_place(k, b);
    c_line(b, 2, "for (size_t h = 0; h < %u; h++) {", o->shape.kv_heads);
    c_line(b, 3, "const float *const head = x + r * %u + h * %u;", k->stride[APPEND_x],
           o->shape.head_dim);
    if (mixes) {
        c_line(b, 3, "float y[%u];", o->shape.head_dim);
        c_rotate_head(b, 3, &rotation, "head");
    }
    c_store_head(b, 3, &o->shape, is_value, mixes ? "y" : "head");
    c_line(b, 2, "}");
    c_line(b, 1, "}");
}
