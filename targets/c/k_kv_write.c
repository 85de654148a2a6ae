/* kv_write: norm and rotation of q and k, and the write of k and v to the states. In: the kernel;
 * out: its body in C. */
#include "targets/c/heads.h"

/* How values are normed, where they are. */
static struct c_rotation norm_of_values(const struct lir_kernel *k)
{
    return (struct c_rotation){.head_dim = k->kv_write.shape.head_dim,
                               .epsilon = k->kv_write.epsilon,
                               .norm = lir_has(k, KV_WRITE_v_norm) ? "v_norm" : NULL};
}

static struct c_rotation rotation_of(const struct lir_kernel *k, bool is_key)
{
    const struct kernel_kv_write *o = &k->kv_write;

    return (struct c_rotation){.head_dim = o->shape.head_dim,
                               .n_rot = o->n_rot,
                               .interleaved = o->interleaved != 0,
                               .hadamard = o->shape.kv == DTYPE_q8_0,
                               .epsilon = o->epsilon,
                               .norm_last = o->norm_last != 0,
                               .row = !o->all_heads ? NULL
                                      : is_key      ? "k_"
                                                    : "q_",
                               .norm = !lir_has(k, KV_WRITE_q_norm) ? NULL
                                       : is_key                     ? "k_norm"
                                                                    : "q_norm"};
}

/* Whether the rows of a state need what their segment says. */
static bool knows_segment(const struct lir_kernel *k)
{
    return k->kv_write.shape.class != STATE_scratch || lir_has(k, KV_WRITE_row_segments);
}

static void print_comment(const struct lir_kernel *k, struct c_body *b)
{
    const struct head_shape *s = &k->kv_write.shape;
    const struct c_rotation rotation = rotation_of(k, false);

    text_add(b->comment,
             "out[rows][%u heads][%u] is q, and k[rows][%u heads][%u] goes to the state of keys, "
             "each after what follows; v goes to the state of values %s. ",
             s->heads, s->head_dim, s->kv_heads, s->head_dim,
             lir_has(k, KV_WRITE_v_norm) ? "normed by v_norm alone" : "as it is");
    c_rotation_comment(b, &rotation);
    if (lir_has(k, KV_WRITE_k_table))
        text_add(b->comment, "Keys are rotated by k_table. ");
    c_state_comment(b, s, false);
    c_state_comment(b, s, true);
    c_place_comment(b, s);
}

static void print_place(const struct lir_kernel *k, struct c_body *b)
{
    const struct head_shape *s = &k->kv_write.shape;

    if (s->class == STATE_ring)
        c_line(b, 2, "const size_t place = (size_t)positions[r] %% %u;", s->context);
    else if (s->class != STATE_scratch)
        c_line(b, 2, "const size_t place = (size_t)positions[r];");
    else if (lir_has(k, KV_WRITE_row_segments))
        c_line(b, 2, "const size_t place = segment->scratch_position + (r - segment->first_row);");
    else
        c_line(b, 2, "const size_t place = r;");
}

/* The factor of a norm of all heads of a row of matrix `name`, where there is one. */
static void print_row_factor(struct c_body *b, const struct lir_kernel *k,
                             const struct c_rotation *rotation, const char *name, uint32_t heads)
{
    const uint32_t argument = *name == 'q' ? KV_WRITE_q : KV_WRITE_k;

    if (rotation->row == NULL)
        return;
    c_line(b, 2, "const float *const row_of_%s = %s + r * %u;", name, name, k->stride[argument]);
    c_factor(b, 2, rotation->row, arena_printf(b->code->arena, "row_of_%s", name),
             heads * rotation->head_dim, rotation->epsilon);
}

static void print_queries(const struct lir_kernel *k, struct c_body *b)
{
    const struct head_shape *s = &k->kv_write.shape;
    const struct c_rotation rotation = rotation_of(k, false);

    print_row_factor(b, k, &rotation, "q", s->heads);
    c_line(b, 2, "for (size_t h = 0; h < %u; h++) { /* queries */", s->heads);
    c_line(b, 3, "const float *const head = q + r * %u + h * %u;", k->stride[KV_WRITE_q],
           s->head_dim);
    if (lir_has(k, KV_WRITE_k_table))
        c_angles(b, 3, k->kv_write.n_rot, "table");
    c_line(b, 3, "float *const y = out + r * %u + h * %u;", k->stride[KV_WRITE_out], s->head_dim);
    c_rotate_head(b, 3, &rotation, "head");
    c_line(b, 2, "}");
}

static void print_keys(const struct lir_kernel *k, struct c_body *b)
{
    const struct head_shape *s = &k->kv_write.shape;
    const struct c_rotation rotation = rotation_of(k, true);
    const bool changes = rotation.norm != NULL || rotation.n_rot != 0 || rotation.hadamard;

    print_row_factor(b, k, &rotation, "k", s->kv_heads);
    c_line(b, 2, "for (size_t h = 0; h < %u; h++) { /* keys */", s->kv_heads);
    c_line(b, 3, "const float *const head = k + r * %u + h * %u;", k->stride[KV_WRITE_k],
           s->head_dim);
    if (lir_has(k, KV_WRITE_k_table))
        c_angles(b, 3, k->kv_write.n_rot, "k_table");
    if (changes) {
        c_line(b, 3, "float y[%u];", s->head_dim);
        c_rotate_head(b, 3, &rotation, "head");
    }
    c_store_head(b, 3, s, false, changes ? "y" : "head");
    c_line(b, 2, "}");
}

static void print_values(const struct lir_kernel *k, struct c_body *b)
{
    const struct head_shape *s = &k->kv_write.shape;

    const struct c_rotation norm = norm_of_values(k);

    c_line(b, 2, "for (size_t h = 0; h < %u; h++) { /* values */", s->kv_heads);
    c_line(b, 3, "const float *const head = v + r * %u + h * %u;", k->stride[KV_WRITE_v],
           s->head_dim);
    if (norm.norm != NULL) {
        c_line(b, 3, "float y[%u];", s->head_dim);
        c_rotate_head(b, 3, &norm, "head");
    }
    c_store_head(b, 3, s, true, norm.norm != NULL ? "y" : "head");
    c_line(b, 2, "}");
}

void c_print_kv_write(const struct lir_kernel *k, struct c_body *b)
{
    const struct kernel_kv_write *o = &k->kv_write;

    print_comment(k, b);
    if (o->shape.class == STATE_scratch && o->n_rot == 0)
        c_line(b, 1, "(void)positions;");
    if (!knows_segment(k))
        c_line(b, 1, "(void)segments;");
    c_parallel(b->code, " if (rows > 1)");
    c_line(b, 1, "for (size_t r = 0; r < rows; r++) {");
    c_segment(b, 2, k, KV_WRITE_row_segments, knows_segment(k));
    print_place(k, b);
    if (!lir_has(k, KV_WRITE_k_table))
        c_angles(b, 2, o->n_rot, "table");
    print_queries(k, b);
    print_keys(k, b);
    print_values(k, b);
    c_line(b, 1, "}");
}
