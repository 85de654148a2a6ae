/* attention: softmax(q K) V over the states of keys and values. In: the kernel; out: its body in C:
 * for each head and row an online softmax over tiles of 64 keys. How a target cuts its work (tiles
 * of rows, chunks of keys) is not in the text.
 */
#include "targets/c/heads.h"

/* ---- what a reader should know ---- */

static void print_sees(const struct kernel_attention *o, struct c_body *b)
{
    if (o->shape.class == STATE_cross)
        text_add(b->comment, "Every row sees all key_count keys. ");
    else if (o->mask == MASK_none)
        text_add(b->comment, "A row sees all keys of its segment. ");
    else
        text_add(b->comment, "A row sees the keys of its segment up to its own position%s. ",
                 o->anchored   ? ", and where window is not 0 only those from its last multiple on"
                 : o->windowed ? ", and where window is not 0 only the last window of them"
                               : "");
}

static void print_comment(const struct kernel_attention *o, bool has_sinks, struct c_body *b)
{
    const struct head_shape *s = &o->shape;

    text_add(b->comment,
             "out[rows][%u heads][%u] = softmax(scores) values, for q of the same shape and %u "
             "heads of keys and values. A score is the product of a query and a key times scale",
             s->heads, s->head_dim, s->kv_heads);
    text_add(b->comment, "%s%s. ", o->capped ? ", then softcap * tanh(score / softcap)" : "",
             has_sinks ? "; each head has one more score, its sink, of a key without a value" : "");
    print_sees(o, b);
    if (o->act == ACT_bf16)
        text_add(b->comment, "Queries, keys, values and the weights of values are rounded to "
                             "bf16. ");
    text_add(b->comment,
             "The softmax takes tiles of 64 keys one after the other: where a tile raises the "
             "greatest score from m to n, what is mixed so far and its sum of weights are "
             "multiplied by exp(m - n). ");
    c_state_comment(b, s, false);
    c_state_comment(b, s, true);
    c_place_comment(b, s);
}

/* ---- a row of a head ---- */

/* "end" and "first": the keys that row r sees. */
static void print_extent(const struct lir_kernel *k, struct c_body *b)
{
    const struct kernel_attention *o = &k->attention;
    const bool scratch = o->shape.class == STATE_scratch,
               several = lir_has(k, ATTENTION_row_segments);
    const char *past = scratch ? "" : "segment->past + ",
               *row = several ? "(r - segment->first_row)" : "r";

    if (o->shape.class == STATE_cross)
        c_line(b, 3, "const size_t end = key_count;");
    else if (o->mask == MASK_causal)
        c_line(b, 3, "const size_t end = %s%s + 1;", past, row);
    else
        c_line(b, 3, "const size_t end = %s%s;", past, several ? "segment->rows" : "rows");
    if (o->anchored)
        c_line(b, 3, "const size_t first = window != 0 ? (end - 1) / window * window : 0;");
    else if (o->windowed)
        c_line(b, 3, "const size_t first = window != 0 && end > window ? end - window : 0;");
}

/* Position 0 of head h in a state: "head_keys", and with integers "key_scales". */
static void print_head_state(const struct lir_kernel *k, struct c_body *b, bool is_value)
{
    const struct head_shape *s = &k->attention.shape;
    const uint32_t positions = c_positions(s),
                   width = kv_width((enum dtype)s->kv, s->head_dim, is_value);
    const bool moves = s->class == STATE_scratch && lir_has(k, ATTENTION_row_segments);
    const char *type = c_state_type(s), *base = c_state_base(b, 3, s, is_value, true),
               *head = s->heads == s->kv_heads ? "h" : "g";

    c_line(b, 3, "const %s *const head_%s = (const %s *)%s + %s * %llu%s;", type,
           is_value ? "values" : "keys", type, base, head, (unsigned long long)positions * width,
           moves ? arena_printf(b->code->arena, " + scratch * %u", width) : "");
    if (s->kv == DTYPE_q8_0)
        c_line(b, 3, "const uint16_t *const %s_scales = (const uint16_t *)(%s + %llu) + %s * %u%s;",
               is_value ? "value" : "key", base, (unsigned long long)c_state_scales(s, is_value),
               head, positions, moves ? " + scratch" : "");
}

static void print_query(const struct lir_kernel *k, struct c_body *b)
{
    const struct kernel_attention *o = &k->attention;
    const uint32_t n = o->shape.head_dim;
    const char *name = o->act == ACT_bf16 ? "head" : "query";

    c_line(b, 3, "const float *const %s = q + r * %u + h * %u;", name, k->stride[ATTENTION_q], n);
    if (o->act != ACT_bf16)
        return;
    c_line(b, 3, "float query[%u];", n);
    c_line(b, 3, "for (size_t i = 0; i < %u; i++)", n);
    c_line(b, 4, "query[i] = bf16_to_float(float_to_bf16(head[i]));");
}

/* ---- a tile of keys ---- */

static const char *rounded(const struct kernel_attention *o, struct c_body *b, const char *value)
{
    return o->act != ACT_bf16
               ? value
               : arena_printf(b->code->arena, "bf16_to_float(float_to_bf16(%s))", value);
}

static const char *key_value(const struct kernel_attention *o, struct c_body *b)
{
    switch ((enum dtype)o->shape.kv) {
    case DTYPE_f32:
        return rounded(o, b, "key[i * 16 + j]");
    case DTYPE_f16:
        return rounded(o, b, "half_to_float(key[i * 16 + j])");
    default: /* integers are exact in bf16 */
        return "(float)key[i / 4 * 64 + j * 4 + i % 4]";
    }
}

/* Where position `p` stands: "p", or in a ring "p % 512". */
static const char *place(const struct kernel_attention *o, struct c_body *b, const char *p)
{
    return o->shape.class == STATE_ring
               ? arena_printf(b->code->arena, "%s %% %u", p, o->shape.context)
               : p;
}

static const char *first_of_tile(const struct kernel_attention *o)
{
    return o->windowed ? "from" : "tile";
}

static void print_scores(const struct kernel_attention *o, struct c_body *b)
{
    const struct head_shape *s = &o->shape;
    const char *ring = s->class == STATE_ring ? place(o, b, "block") : "block";
    const char *at = s->class == STATE_ring ? arena_printf(b->code->arena, "(%s)", ring) : ring;

    c_line(b, 4, "for (size_t block = %s; block < to; block += 16) {",
           o->windowed ? "from / 16 * 16" : "tile");
    c_line(b, 5, "const %s *const key = head_keys + %s * %u;", c_state_type(s), at,
           kv_width((enum dtype)s->kv, s->head_dim, false));
    c_line(b, 5, "float sum_of[16] = {0.0f};");
    c_line(b, 5, "for (size_t i = 0; i < %u; i++)", s->head_dim);
    c_line(b, 6, "for (size_t j = 0; j < 16; j++)");
    c_line(b, 7, "sum_of[j] += query[i] * %s;", key_value(o, b));
    if (s->kv == DTYPE_q8_0) {
        c_line(b, 5, "for (size_t j = 0; j < 16; j++)");
        c_line(b, 6, "sum_of[j] *= half_to_float(key_scales[%s + j]);", ring);
    }
    c_line(b, 5, "for (size_t j = 0; j < 16; j++)");
    c_line(b, 6, "score[block - tile + j] = sum_of[j] * scale;");
    c_line(b, 4, "}");
}

static void print_greatest(const struct kernel_attention *o, struct c_body *b)
{
    c_line(b, 4, "for (size_t p = %s; p < to; p++)%s", first_of_tile(o), o->capped ? " {" : "");
    if (o->capped)
        c_line(b, 5, "score[p - tile] = softcap * tanhf(score[p - tile] / softcap);");
    c_line(b, 5, "greatest = fmaxf(greatest, score[p - tile]);");
    if (o->capped)
        c_line(b, 4, "}");
    c_line(b, 4, "const float kept = expf(before - greatest);");
    c_line(b, 4, "sum *= kept;");
    c_line(b, 4, "for (size_t i = 0; i < %u; i++)", o->shape.head_dim);
    c_line(b, 5, "mixed[i] *= kept;");
}

/* A loop of its own: gcc would otherwise join rounds of the loop over values, and compute them one
 * element at a time. */
static void print_weights(const struct kernel_attention *o, struct c_body *b)
{
    c_line(b, 4, "for (size_t p = %s; p < to; p++) { /* scores become weights */",
           first_of_tile(o));
    c_line(b, 5, "score[p - tile] = expf(score[p - tile] - greatest);");
    if (o->act == ACT_bf16)
        c_line(b, 5, "score[p - tile] = %s;", rounded(o, b, "score[p - tile]"));
    c_line(b, 5, "sum += score[p - tile];");
    c_line(b, 4, "}");
}

static void print_values(const struct kernel_attention *o, struct c_body *b)
{
    const struct head_shape *s = &o->shape;
    const bool q8 = s->kv == DTYPE_q8_0, is_bf16 = o->act == ACT_bf16;
    const char *at =
        s->class == STATE_ring ? arena_printf(b->code->arena, "(%s)", place(o, b, "p")) : "p";
    const char *element = s->kv == DTYPE_f32   ? "value[i]"
                          : s->kv == DTYPE_f16 ? "half_to_float(value[i])"
                          : is_bf16            ? "(float)value[i] * step"
                                               : "(float)value[i]";

    c_line(b, 4, "for (size_t p = %s; p < to; p++) {", first_of_tile(o));
    c_line(b, 5, "const %s *const value = head_values + %s * %u;", c_state_type(s), at,
           kv_width((enum dtype)s->kv, s->head_dim, true));
    if (q8)
        c_line(b, 5, "const float step = half_to_float(value_scales[%s]);", place(o, b, "p"));
    c_line(b, 5, "const float weight = score[p - tile]%s;", q8 && !is_bf16 ? " * step" : "");
    c_line(b, 5, "for (size_t i = 0; i < %u; i++)", s->head_dim);
    c_line(b, 6, "mixed[i] += weight * %s;", rounded(o, b, element));
    c_line(b, 4, "}");
}

static void print_tiles(const struct kernel_attention *o, struct c_body *b)
{
    c_line(b, 3, "for (size_t tile = %s; tile < end; tile += 64) {",
           o->windowed ? "first / 64 * 64" : "0");
    if (o->windowed)
        c_line(b, 4, "const size_t from = tile < first ? first : tile;");
    c_line(b, 4, "const size_t to = end - tile < 64 ? end : tile + 64;");
    c_line(b, 4, "const float before = greatest;");
    c_line(b, 4, "float score[64];");
    text_add(b->code, "\n");
    print_scores(o, b);
    print_greatest(o, b);
    print_weights(o, b);
    print_values(o, b);
    c_line(b, 3, "}");
}

void c_print_attention(const struct lir_kernel *k, struct c_body *b)
{
    const struct kernel_attention *o = &k->attention;
    const uint32_t n = o->shape.head_dim;
    const bool several = lir_has(k, ATTENTION_row_segments),
               knows_segment = o->shape.class != STATE_scratch || several;

    print_comment(o, lir_has(k, ATTENTION_sinks), b);
    if (!knows_segment)
        c_line(b, 1, "(void)segments;");
    c_parallel(b->code, " collapse(2)");
    c_line(b, 1, "for (size_t h = 0; h < %u; h++)", o->shape.heads);
    c_line(b, 2, "for (size_t r = 0; r < rows; r++) {");
    c_segment(b, 3, k, ATTENTION_row_segments, knows_segment);
    print_extent(k, b);
    if (o->shape.heads != o->shape.kv_heads)
        c_line(b, 3, "const size_t g = h / %u; /* the head of keys and values */",
               o->shape.heads / o->shape.kv_heads);
    if (o->shape.class == STATE_scratch && several)
        c_line(b, 3, "const size_t scratch = segment->scratch_position;");
    print_head_state(k, b, false);
    print_head_state(k, b, true);
    print_query(k, b);
    c_line(b, 3, "float *const y = out + r * %u + h * %u;", k->stride[ATTENTION_out], n);
    c_line(b, 3, "float greatest = -INFINITY, sum = 0.0f, mixed[%u] = {0.0f};", n);
    text_add(b->code, "\n");
    print_tiles(o, b);
    if (lir_has(k, ATTENTION_sinks))
        c_line(b, 3, "sum += expf(sinks[h] - greatest);");
    c_line(b, 3, "for (size_t i = 0; i < %u; i++)", n);
    c_line(b, 4, "y[i] = mixed[i] / sum;");
    c_line(b, 2, "}");
}
