/* Text that kernels over heads share. In: shapes of heads and states; out: lines of C. */
#include "targets/c/heads.h"

static const char *epsilon_text(const struct c_body *b, float value)
{
    struct text text = {.arena = b->code->arena};

    c_float(&text, value);
    return text.data;
}

/* ---- the segment of row r, and where a position stands ---- */

void c_segment(struct c_body *b, uint32_t depth, const struct lir_kernel *k, uint32_t row_segments,
               bool used)
{
    if (!used)
        return;
    if (lir_has(k, row_segments))
        c_line(b, depth, "const struct rlx_segment *const segment = &segments[row_segments[r]];");
    else
        c_line(b, depth, "const struct rlx_segment *const segment = &segments[0];");
}

uint32_t c_segments_loop(struct c_body *b, bool several)
{
    if (!several) {
        c_line(b, 1, "const struct rlx_segment *const segment = &segments[0];");
        return 1;
    }
    c_line(b, 1, "(void)rows; /* as the segments have them */");
    c_line(b, 1, "for (size_t s = 0; s < segment_count; s++) {");
    c_line(b, 2, "const struct rlx_segment *const segment = &segments[s];");
    return 2;
}

const char *c_row_in_segment(const struct lir_kernel *k, uint32_t row_segments)
{
    return lir_has(k, row_segments) ? "r - segment->first_row" : "r";
}

/* ---- states ---- */

uint32_t c_positions(const struct head_shape *s)
{
    return (uint32_t)round_up(s->context, 64);
}

const char *c_state_type(const struct head_shape *s)
{
    return s->kv == DTYPE_f32 ? "float" : s->kv == DTYPE_f16 ? "uint16_t" : "int8_t";
}

const char *c_state_base(struct c_body *b, uint32_t depth, const struct head_shape *s,
                         bool is_value, bool is_read)
{
    const char *name = is_value ? "values" : "keys",
               *state = is_value ? "value_state" : "key_state";

    if (s->class == STATE_scratch)
        return name;
    c_line(b, depth, "%suint8_t *const %s = %s + segment->state;", is_read ? "const " : "", state,
           name);
    return state;
}

uint64_t c_state_scales(const struct head_shape *s, bool is_value)
{
    return (uint64_t)s->kv_heads * c_positions(s) * kv_width(DTYPE_q8_0, s->head_dim, is_value);
}

/* "to": where the head stands whose element i is at index_of_element. */
static void declare_place(struct c_body *b, uint32_t depth, const struct head_shape *s,
                          bool is_value, const char *base)
{
    const char *type = c_state_type(s);
    const uint32_t width = kv_width((enum dtype)s->kv, s->head_dim, is_value);

    if (is_value)
        c_line(b, depth, "%s *const to = (%s *)%s + (h * %u + place) * %u;", type, type, base,
               c_positions(s), width);
    else
        c_line(b, depth, "%s *const to = (%s *)%s + (h * %u + place / 16) * %u + place %% 16%s;",
               type, type, base, c_positions(s) / 16, width * 16,
               s->kv == DTYPE_q8_0 ? " * 4" : "");
}

static const char *index_of_element(const struct head_shape *s, bool is_value)
{
    return is_value ? "i" : s->kv == DTYPE_q8_0 ? "i / 4 * 64 + i % 4" : "i * 16";
}

static void store_integers(struct c_body *b, uint32_t depth, const struct head_shape *s,
                           bool is_value, const char *from, const char *base)
{
    c_line(b, depth, "uint16_t *const scales = (uint16_t *)(%s + %llu);", base,
           (unsigned long long)c_state_scales(s, is_value));
    c_line(b, depth, "float greatest = 0.0f;");
    c_line(b, depth, "for (size_t i = 0; i < %u; i++)", s->head_dim);
    c_line(b, depth + 1, "if (fabsf(%s[i]) > greatest || %s[i] != %s[i]) /* NaN stays */", from,
           from, from);
    c_line(b, depth + 2, "greatest = fabsf(%s[i]);", from);
    c_line(b, depth, "const uint16_t half = float_to_half(greatest / 127.0f);");
    c_line(b, depth, "const float step = half_to_float(half);");
    c_line(b, depth, "const float inverse = step == 0.0f ? 0.0f : 1.0f / step;");
    c_line(b, depth, "scales[h * %u + place] = half;", c_positions(s));
    c_line(b, depth, "for (size_t i = 0; i < %u; i++)", s->head_dim);
    c_line(b, depth + 1, "to[%s] = (int8_t)lrintf(fminf(fmaxf(%s[i] * inverse, -127.0f), 127.0f));",
           index_of_element(s, is_value), from);
}

void c_store_head(struct c_body *b, uint32_t depth, const struct head_shape *s, bool is_value,
                  const char *from)
{
    const uint32_t width = kv_width((enum dtype)s->kv, s->head_dim, is_value);
    const char *index = index_of_element(s, is_value),
               *base = c_state_base(b, depth, s, is_value, false);

    declare_place(b, depth, s, is_value, base);
    if (s->kv == DTYPE_q8_0) {
        store_integers(b, depth, s, is_value, from, base);
    } else {
        c_line(b, depth, "for (size_t i = 0; i < %u; i++)", s->head_dim);
        c_line(b, depth + 1,
               s->kv == DTYPE_f16 ? "to[%s] = float_to_half(%s[i]);" : "to[%s] = %s[i];", index,
               from);
    }
    if (width > s->head_dim) {
        c_line(b, depth, "for (size_t i = %u; i < %u; i++)", s->head_dim, width);
        c_line(b, depth + 1, "to[%s] = 0;", index);
    }
}

static const char *number_of(const struct head_shape *s)
{
    return s->kv == DTYPE_f32 ? "f32" : s->kv == DTYPE_f16 ? "f16" : "i8";
}

void c_place_comment(struct c_body *b, const struct head_shape *s)
{
    if (s->class == STATE_ring)
        text_add(b->comment, "Position p stands at p %% %u, and the last %u positions are there. ",
                 s->context, s->context);
    else if (s->class == STATE_scratch)
        text_add(b->comment, "Row p of a segment stands at scratch_position + p, in memory of this "
                             "run alone. ");
}

void c_state_comment(struct c_body *b, const struct head_shape *s, bool is_value)
{
    const uint32_t width = kv_width((enum dtype)s->kv, s->head_dim, is_value);

    if (is_value)
        text_add(b->comment, "values is %s [%u heads][%u positions][%u elements]", number_of(s),
                 s->kv_heads, c_positions(s), width);
    else if (s->kv == DTYPE_q8_0)
        text_add(b->comment, "keys is i8 [%u heads][%u blocks][%u quads][16 positions][4 elements]",
                 s->kv_heads, c_positions(s) / 16, width / 4);
    else
        text_add(b->comment, "keys is %s [%u heads][%u blocks][%u elements][16 positions]",
                 number_of(s), s->kv_heads, c_positions(s) / 16, width);
    if (s->kv == DTYPE_q8_0)
        text_add(b->comment,
                 ", then f16 [%u heads][%u], the scale of each position: it times the integer is "
                 "the element",
                 s->kv_heads, c_positions(s));
    text_add(b->comment, ". ");
}

/* ---- what is done to heads ---- */

void c_angles(struct c_body *b, uint32_t depth, uint32_t n_rot, const char *table)
{
    if (n_rot == 0)
        return;
    c_line(b, depth, "const float *const cosine = %s + (size_t)positions[r] * %u;", table, n_rot);
    c_line(b, depth, "const float *const sine = cosine + %u;", n_rot / 2);
}

static void rotate_pairs(struct c_body *b, uint32_t depth, const struct c_rotation *r)
{
    const uint32_t half = r->n_rot / 2;
    const char *first = r->interleaved ? "2 * i" : "i",
               *second =
                   r->interleaved ? "2 * i + 1" : arena_printf(b->code->arena, "i + %u", half);

    c_line(b, depth, "for (size_t i = 0; i < %u; i++) {", half);
    c_line(b, depth + 1, "const float one = y[%s], other = y[%s];", first, second);
    c_line(b, depth + 1, "y[%s] = one * cosine[i] - other * sine[i];", first);
    c_line(b, depth + 1, "y[%s] = other * cosine[i] + one * sine[i];", second);
    c_line(b, depth, "}");
}

void c_factor(struct c_body *b, uint32_t depth, const char *prefix, const char *from,
              uint32_t width, float epsilon)
{
    c_line(b, depth, "float %ssquares = 0.0f;", prefix);
    c_line(b, depth, "for (size_t i = 0; i < %u; i++)", width);
    c_line(b, depth + 1, "%ssquares += %s[i] * %s[i];", prefix, from, from);
    c_line(b, depth, "const float %sfactor = 1.0f / sqrtf(%ssquares / %u.0f + %s);", prefix, prefix,
           width, epsilon_text(b, epsilon));
}

/* y: the head `from` after the norm of a head. */
static void norm_head(struct c_body *b, uint32_t depth, const struct c_rotation *r,
                      const char *from)
{
    c_factor(b, depth, "", from, r->head_dim, r->epsilon);
    c_line(b, depth, "for (size_t i = 0; i < %u; i++)", r->head_dim);
    c_line(b, depth + 1, "y[i] = %s[i] * factor * %s[i];", from, r->norm);
}

void c_rotate_head(struct c_body *b, uint32_t depth, const struct c_rotation *r, const char *from)
{
    const bool norms = r->norm != NULL && !r->norm_last;

    if (norms && r->row == NULL) {
        norm_head(b, depth, r, from);
    } else {
        c_line(b, depth, "for (size_t i = 0; i < %u; i++)", r->head_dim);
        if (norms)
            c_line(b, depth + 1, "y[i] = %s[i] * %sfactor * %s[h * %u + i];", from, r->row, r->norm,
                   r->head_dim);
        else
            c_line(b, depth + 1, "y[i] = %s[i];", from);
    }
    if (r->n_rot != 0)
        rotate_pairs(b, depth, r);
    if (r->norm_last)
        norm_head(b, depth, r, "y");
    if (r->hadamard)
        c_line(b, depth, "hadamard(y, %u, %u);", r->head_dim, hadamard_width(r->head_dim));
}

static void norm_comment(struct c_body *b, const struct c_rotation *r)
{
    text_add(b->comment, "%s x / sqrt(mean(x^2) + ",
             r->row != NULL ? "All heads x of a row become"
             : r->norm_last ? "Then a head x becomes"
                            : "A head x becomes");
    float_text(b->comment, r->epsilon);
    text_add(b->comment, ") * %s, element by element. ", r->norm);
}

void c_rotation_comment(struct c_body *b, const struct c_rotation *r)
{
    if (r->norm != NULL && !r->norm_last)
        norm_comment(b, r);
    if (r->n_rot != 0)
        text_add(b->comment,
                 "The elements %s of a head are rotated by the angle of their pair at the row's "
                 "position; table has %u cosines and %u sines of each position. ",
                 r->interleaved ? "2 i and 2 i + 1"
                                : arena_printf(b->code->arena, "i and i + %u", r->n_rot / 2),
                 r->n_rot / 2, r->n_rot / 2);
    if (r->norm_last)
        norm_comment(b, r);
    if (r->hadamard)
        text_add(b->comment,
                 "Then Hadamard's matrix of %u mixes them, so that no element is much larger than "
                 "the others. ",
                 hadamard_width(r->head_dim));
}
