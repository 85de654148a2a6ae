/* A tile of keys for a block of queries: scores, weights and values mixed. In: the kernel; out: lines
 * of GLSL. A key that a row does not see has the weight -1, and its value is not read as a number:
 * it may be one that nobody wrote.
 */
#include "targets/vulkan/attention.h"

/* ---- scores ---- */

/* Where position key_tile stands: "key_tile", "key_tile % 512", "segment.scratch_position + …". */
static const char *place_of_tile(struct vulkan_shader *s)
{
    const struct kernel_attention *k = &s->kernel->attention;

    if (k->shape.class == STATE_ring)
        return arena_printf(s->arena, "key_tile %% %u", k->shape.context);
    return k->shape.class == STATE_scratch && lir_has(s->kernel, ATTENTION_row_segments)
               ? "segment.scratch_position + key_tile"
               : "key_tile";
}

/* One element of the key, for all queries of the thread. */
static void print_product(struct vulkan_shader *s, uint32_t depth, const char *element,
                          const char *i)
{
    vulkan_line(s, depth, "const float x = %s;", element);
    vulkan_line(s, depth, "[[unroll]] for (uint u = 0; u < KEY_QUERIES; u++)");
    vulkan_line(s, depth + 1, "dot[u] = fma(query[key_at_query[u] + %s], x, dot[u]);", i);
}

static void print_dots(struct vulkan_shader *s, uint32_t depth)
{
    const struct kernel_attention *k = &s->kernel->attention;
    const enum dtype kv = (enum dtype)k->shape.kv;
    const uint32_t n = k->shape.head_dim,
                   block = kv_width(kv, n, false) * 16 * kv_element_bytes(kv);

    vulkan_line(s, depth, "float dot[KEY_QUERIES];");
    vulkan_line(s, depth, "[[unroll]] for (uint u = 0; u < KEY_QUERIES; u++)");
    vulkan_line(s, depth + 1, "dot[u] = 0.0;");
    vulkan_line(s, depth,
                "const uint64_t keys_at = key_head + uint64_t((place + key) / 16) * %uul;", block);
    if (kv == DTYPE_q8_0) {
        vulkan_line(s, depth, "for (uint quad = 0; quad < %u; quad++) {",
                    kv_width(kv, n, false) / 4);
        vulkan_line(s, depth + 1,
                    "const int four = int(Words(keys_at).at[quad * 16 + key %% 16]);");
        vulkan_line(s, depth + 1, "[[unroll]] for (int j = 0; j < 4; j++) {");
        print_product(s, depth + 2, "float(bitfieldExtract(four, 8 * j, 8))", "4 * quad + j");
        vulkan_line(s, depth + 1, "}");
    } else {
        const char *element = kv == DTYPE_f32
                                  ? "Floats(keys_at).at[i * 16 + key % 16]"
                                  : "half_to_float(Halves(keys_at).at[i * 16 + key % 16])";
        vulkan_line(s, depth, "for (uint i = 0; i < %u; i++) {", n);
        print_product(s, depth + 1, vulkan_attention_rounded(s, element), "i");
    }
    vulkan_line(s, depth, "}");
}

/* Whether row `part + which / GROUP` sees the thread's key. */
static void print_sees(struct vulkan_shader *s, uint32_t depth)
{
    const bool windowed = s->kernel->attention.windowed != 0;

    vulkan_line(s, depth, "const uint row = part + (block + which) / GROUP;");
    vulkan_line(s, depth, "const bool sees = position >= keys_first && position < keys_end &&");
    vulkan_line(s, depth + 1, "position < keys_end_of(segment, row, rows, key_count)%s",
                windowed ? " &&" : ";");
    if (windowed)
        vulkan_line(s, depth + 1, "position >= keys_first_of(segment, row, window);");
}

/* The thread's queries of the block, one after the other, as `which`. */
static void begin_key_queries(struct vulkan_shader *s, uint32_t depth)
{
    vulkan_line(s, depth, "[[unroll]] for (uint u = 0; u < KEY_QUERIES; u++) {");
    vulkan_line(s, depth + 1, "const uint which = u * KEY_SLOTS + thread / %u;", KEY_TILE);
    vulkan_line(s, depth + 1, "if (which < BLOCK) {");
    print_sees(s, depth + 2);
}

static void end_queries(struct vulkan_shader *s, uint32_t depth)
{
    vulkan_line(s, depth + 1, "}");
    vulkan_line(s, depth, "}");
}

static void print_scores(struct vulkan_shader *s, uint32_t depth)
{
    const struct kernel_attention *k = &s->kernel->attention;

    vulkan_line(s, depth, "{");
    vulkan_line(s, depth + 1, "uint key_at_query[KEY_QUERIES];");
    vulkan_line(s, depth + 1, "[[unroll]] for (uint u = 0; u < KEY_QUERIES; u++)");
    vulkan_line(s, depth + 2,
                "key_at_query[u] = min(u * KEY_SLOTS + thread / %u, BLOCK - 1) * QUERY_WIDTH;",
                KEY_TILE);
    print_dots(s, depth + 1);
    if (k->shape.kv == DTYPE_q8_0)
        vulkan_line(s, depth + 1,
                    "const float key_scale = half_to_float(Halves(key_scales).at[place + key]);");
    begin_key_queries(s, depth + 1);
    vulkan_line(s, depth + 3, "float x = dot[u]%s * scale;",
                k->shape.kv == DTYPE_q8_0 ? " * key_scale" : "");
    if (k->capped)
        vulkan_line(s, depth + 3, "x = softcap * tanh_f32(x / softcap);");
    vulkan_line(s, depth + 3, "score[which * %u + key] = sees ? x : LOWEST;", KEY_TILE);
    end_queries(s, depth + 1);
    vulkan_line(s, depth, "}");
    vulkan_line(s, depth, "barrier();");
}

/* ---- weights ---- */

static void print_greatest(struct vulkan_shader *s, uint32_t depth)
{
    const uint32_t each = KEY_TILE / GREATEST_PARTS;

    vulkan_line(s, depth, "for (uint n = thread; n < BLOCK * %u; n += THREADS) {", GREATEST_PARTS);
    vulkan_line(s, depth + 1, "float most = LOWEST;");
    vulkan_line(s, depth + 1, "for (uint j = 0; j < %u; j++)", each);
    vulkan_line(s, depth + 2, "most = score[n * %u + j] > most ? score[n * %u + j] : most;", each,
                each);
    vulkan_line(s, depth + 1, "greatest[n] = most;");
    vulkan_line(s, depth, "}");
    vulkan_line(s, depth, "barrier();");
}

static void print_weights(struct vulkan_shader *s, uint32_t depth)
{
    begin_key_queries(s, depth);
    vulkan_line(s, depth + 2, "for (uint j = 0; j < %u; j++)", GREATEST_PARTS);
    vulkan_line(s, depth + 3,
                "key_greatest[u] = larger(key_greatest[u], greatest[which * %u + j]);",
                GREATEST_PARTS);
    vulkan_line(s, depth + 2, "const uint at = which * %u + key;", KEY_TILE);
    vulkan_line(s, depth + 2, "const float weight = exp_f32(score[at] - key_greatest[u]);");
    vulkan_line(s, depth + 2, "score[at] = sees ? %s : -1.0;",
                vulkan_attention_rounded(s, "weight"));
    end_queries(s, depth);
    vulkan_line(s, depth, "barrier();");
}

/* ---- values ---- */

/* Element i of the value at values_at. */
static const char *value_element(struct vulkan_shader *s)
{
    const char *element;

    switch ((enum dtype)s->kernel->attention.shape.kv) {
    case DTYPE_f32:
        element = "Floats(values_at).at[i]";
        break;
    case DTYPE_f16:
        element = "half_to_float(Halves(values_at).at[i])";
        break;
    default:
        element = "float(SignedBytes(values_at).at[i]) * step_size";
        break;
    }
    return vulkan_attention_rounded(s, element);
}

/* What is mixed so far, under the new greatest scores. */
static void print_kept(struct vulkan_shader *s, uint32_t depth)
{
    vulkan_line(s, depth, "[[unroll]] for (uint u = 0; u < VALUE_QUERIES; u++) {");
    vulkan_line(s, depth + 1, "const uint which = min(u * VALUE_SLOTS + value_slot, BLOCK - 1);");
    vulkan_line(s, depth + 1, "float most = value_greatest[u];");
    vulkan_line(s, depth + 1, "for (uint j = 0; j < %u; j++)", GREATEST_PARTS);
    vulkan_line(s, depth + 2, "most = larger(most, greatest[which * %u + j]);", GREATEST_PARTS);
    vulkan_line(
        s, depth + 1,
        "const float kept = most == value_greatest[u] ? 1.0 : exp_f32(value_greatest[u] - most);");
    vulkan_line(s, depth + 1, "value_greatest[u] = most;");
    vulkan_line(s, depth + 1, "sum[u] *= kept;");
    vulkan_line(s, depth + 1, "[[unroll]] for (uint e = 0; e < ELEMENTS; e++)");
    vulkan_line(s, depth + 2, "mixed[u * ELEMENTS + e] *= kept;");
    vulkan_line(s, depth, "}");
}

static void print_values(struct vulkan_shader *s, uint32_t depth)
{
    const struct kernel_attention *k = &s->kernel->attention;
    const enum dtype kv = (enum dtype)k->shape.kv;
    const uint32_t n = k->shape.head_dim;

    print_kept(s, depth);
    vulkan_line(s, depth, "const uint from = max(key_tile, keys_first) - key_tile;");
    vulkan_line(s, depth, "const uint to = min(keys_end - key_tile, %u);", KEY_TILE);
    vulkan_line(s, depth, "for (uint p = from; p < to; p++) {");
    vulkan_line(s, depth + 1, "const uint64_t values_at = value_head + uint64_t(place + p) * %uul;",
                kv_width(kv, n, true) * kv_element_bytes(kv));
    if (kv == DTYPE_q8_0)
        vulkan_line(s, depth + 1,
                    "const float step_size = half_to_float(Halves(value_scales).at[place + p]);");
    vulkan_line(s, depth + 1, "float value[ELEMENTS];");
    vulkan_line(s, depth + 1, "[[unroll]] for (uint e = 0; e < ELEMENTS; e++) {");
    vulkan_line(s, depth + 2, "const uint i = min(value_thread + e * VALUE_THREADS, %u);", n - 1);
    vulkan_line(s, depth + 2, "value[e] = %s;", value_element(s));
    vulkan_line(s, depth + 1, "}");
    vulkan_line(s, depth + 1, "[[unroll]] for (uint u = 0; u < VALUE_QUERIES; u++) {");
    vulkan_line(s, depth + 2, "const uint which = min(u * VALUE_SLOTS + value_slot, BLOCK - 1);");
    vulkan_line(s, depth + 2, "const float weight = score[which * %u + p];", KEY_TILE);
    vulkan_line(s, depth + 2, "if (!(weight < 0.0)) {");
    vulkan_line(s, depth + 3, "sum[u] += weight;");
    vulkan_line(s, depth + 3, "[[unroll]] for (uint e = 0; e < ELEMENTS; e++)");
    vulkan_line(s, depth + 4,
                "mixed[u * ELEMENTS + e] = fma(weight, value[e], mixed[u * ELEMENTS + e]);");
    vulkan_line(s, depth + 2, "}");
    vulkan_line(s, depth + 1, "}");
    vulkan_line(s, depth, "}");
    vulkan_line(s, depth, "barrier();");
}

void vulkan_attention_keys(struct vulkan_shader *s, const struct attention_shape *a, uint32_t depth)
{
    (void)a;
    if (s->kernel->attention.shape.kv != DTYPE_f32)
        s->helpers |= VULKAN_HALF_TO_FLOAT;
    vulkan_line(s, depth, "const uint key = thread %% %u, position = key_tile + key;", KEY_TILE);
    vulkan_line(s, depth, "const uint place = %s;", place_of_tile(s));
    print_scores(s, depth);
    print_greatest(s, depth);
    print_weights(s, depth);
    print_values(s, depth);
}
