/* A tile of keys for a block of queries: products, scores, weights and values mixed. In: the kernel;
 * out: lines of GLSL. A key that a row does not see has the weight -1, and its value counts for
 * nothing, not even as NaN: it may be one that nobody wrote.
 */
#include "targets/vulkan/attention.h"

/* ---- what stands before main ---- */

/* "vec4 value_of(row, n)": the nth group of WIDTH elements of the value at `row`, without scale. */
static void print_value_of(struct vulkan_shader *s, const struct attention_shape *a)
{
    static const char *const f32[] = {[1] = "vec4(Floats(row).at[n], 0, 0, 0)",
                                      [2] = "vec4(Floats(row).at[2 * n], "
                                            "Floats(row).at[2 * n + 1], 0, 0)",
                                      [4] = "Vectors(row).at[n]"},
                             *const f16[] = {
                                 [1] = "vec4(unpackHalf2x16(uint(Halves(row).at[n])).x, 0, 0, 0)",
                                 [2] = "vec4(unpackHalf2x16(Words(row).at[n]), 0, 0)",
                                 [4] = "vec4(unpackHalf2x16(Words2(row).at[n].x), "
                                       "unpackHalf2x16(Words2(row).at[n].y))"};

    vulkan_before(s, 0, "vec4 value_of(uint64_t row, uint n)");
    vulkan_before(s, 0, "{");
    if (s->kernel->attention.shape.kv == DTYPE_q8_0) {
        vulkan_before(s, 1, "const int four = int(Words(row).at[n * WIDTH / 4]);");
        vulkan_before(s, 1, "const int first = int(n * WIDTH %% 4 * 8);");
        vulkan_before(s, 1, "vec4 x = vec4(0);");
        vulkan_before(s, 1, "[[unroll]] for (int i = 0; i < WIDTH; i++)");
        vulkan_before(s, 2, "x[i] = float(bitfieldExtract(four, first + 8 * i, 8));");
        vulkan_before(s, 1, "return x;");
    } else {
        vulkan_before(s, 1, "return %s;",
                      (s->kernel->attention.shape.kv == DTYPE_f32 ? f32 : f16)[a->width]);
    }
    vulkan_before(s, 0, "}");
}

void vulkan_attention_keys_before(struct vulkan_shader *s, const struct attention_shape *a)
{
    vulkan_before(s, 0, "const uint KEYS = %u, KEY_QUERIES = %u, SLICES = %u;", a->keys,
                  a->key_queries, SLICES);
    vulkan_before(s, 0, "const uint WIDTH = %u, TIMES = %u;", a->width, a->times);
    vulkan_before(s, 0, "shared float score[%s * BLOCK * %u];", a->slices_apart ? "SLICES" : "1",
                  KEY_TILE);
    vulkan_before(s, 0, "shared float greatest[BLOCK * %u];", GREATEST_PARTS);
    vulkan_before(s, 0, "shared float greatest_before[2 * BLOCK], kept[BLOCK];");
    text_add(&s->before, "\n");
    print_value_of(s, a);
}

/* ---- products ---- */

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

/* Element `i` of the thread's keys, as x[KEYS]; of q8_0 the quad i, as x[4 * KEYS]. */
static void print_keys_of(struct vulkan_shader *s, const struct attention_shape *a, uint32_t depth)
{
    const enum dtype kv = (enum dtype)s->kernel->attention.shape.kv;

    vulkan_line(s, depth, "float x[KEYS%s];", kv == DTYPE_q8_0 ? " * 4" : "");
    for (uint32_t j = 0; j < a->keys; j += 4) {
        if (kv == DTYPE_f32) {
            vulkan_line(s, depth, "const vec4 four_%u = Vectors(keys_at).at[i * 4 + %u];", j,
                        j / 4);
            for (uint32_t c = 0; c < 4; c++)
                vulkan_line(s, depth, "x[%u] = four_%u[%u];", j + c, j, c);
        } else if (kv == DTYPE_f16) {
            vulkan_line(s, depth, "const uvec2 halves_%u = Words2(keys_at).at[i * 4 + %u];", j,
                        j / 4);
            for (uint32_t c = 0; c < 4; c += 2) {
                vulkan_line(s, depth, "const vec2 pair_%u = unpackHalf2x16(halves_%u[%u]);", j + c,
                            j, c / 2);
                vulkan_line(s, depth, "x[%u] = pair_%u.x;", j + c, j + c);
                vulkan_line(s, depth, "x[%u] = pair_%u.y;", j + c + 1, j + c);
            }
        } else {
            vulkan_line(s, depth, "const uvec4 quads_%u = Words4(keys_at).at[i * 4 + %u];", j,
                        j / 4);
            vulkan_line(s, depth, "[[unroll]] for (int c = 0; c < 16; c++)");
            vulkan_line(s, depth + 1,
                        "x[%u + c] = float(bitfieldExtract(int(quads_%u[c / 4]), c %% 4 * 8, 8));",
                        4 * j, j);
        }
    }
}

/* The elements of one slice: dot[u * KEYS + j] of query u and key j. */
static void print_slice(struct vulkan_shader *s, const struct attention_shape *a, uint32_t depth)
{
    const struct kernel_attention *k = &s->kernel->attention;
    const bool quads = k->shape.kv == DTYPE_q8_0;
    const uint32_t steps =
        quads ? kv_width(DTYPE_q8_0, k->shape.head_dim, false) / 4 : k->shape.head_dim;

    vulkan_line(s, depth, "float dot[KEY_QUERIES * KEYS];");
    vulkan_line(s, depth, "[[unroll]] for (uint j = 0; j < KEY_QUERIES * KEYS; j++)");
    vulkan_line(s, depth + 1, "dot[j] = 0.0;");
    vulkan_line(s, depth, "for (uint i = slice; i < %u; i += SLICES) {", steps);
    print_keys_of(s, a, depth + 1);
    vulkan_line(s, depth + 1, "[[unroll]] for (uint u = 0; u < KEY_QUERIES; u++) {");
    vulkan_line(s, depth + 2, "const uint at = min(first_query + u, BLOCK - 1) * QUERY_WIDTH;");
    if (quads)
        vulkan_line(s, depth + 2, "[[unroll]] for (uint c = 0; c < 4; c++) {");
    vulkan_line(s, depth + 2 + quads, "const float y = query[at + %s];", quads ? "4 * i + c" : "i");
    vulkan_line(s, depth + 2 + quads, "[[unroll]] for (uint j = 0; j < KEYS; j++)");
    vulkan_line(s, depth + 3 + quads, "dot[u * KEYS + j] = fma(y, x[%s], dot[u * KEYS + j]);",
                quads ? "4 * j + c" : "j");
    if (quads)
        vulkan_line(s, depth + 2, "}");
    vulkan_line(s, depth + 1, "}");
    vulkan_line(s, depth, "}");
}

static void print_put(struct vulkan_shader *s, uint32_t depth, const char *sums, const char *slice)
{
    vulkan_line(s, depth, "[[unroll]] for (uint u = 0; u < KEY_QUERIES; u++)");
    vulkan_line(s, depth + 1, "if (first_query + u < BLOCK)");
    vulkan_line(s, depth + 2, "[[unroll]] for (uint j = 0; j < KEYS; j++)");
    vulkan_line(s, depth + 3, "score[(%sfirst_query + u) * %u + first_key + j] = %s[u * KEYS + j];",
                slice, KEY_TILE, sums);
}

static void print_products(struct vulkan_shader *s, const struct attention_shape *a, uint32_t depth)
{
    const struct kernel_attention *k = &s->kernel->attention;
    const enum dtype kv = (enum dtype)k->shape.kv;
    const uint32_t key_threads = KEY_TILE / a->keys, element = kv_element_bytes(kv),
                   each = kv == DTYPE_q8_0 ? 4 : element; /* bytes of a key in a step */

    vulkan_line(s, depth, "{");
    vulkan_line(s, depth + 1, "const uint first_key = thread %% %u * KEYS;", key_threads);
    vulkan_line(s, depth + 1,
                "const uint64_t keys_at = key_head + uint64_t((place + first_key) / 16)"
                " * %uul + first_key %% 16 * %u;",
                kv_width(kv, k->shape.head_dim, false) * 16 * element, each);
    if (a->slices_apart) {
        vulkan_line(s, depth + 1, "const uint first_query = 0, slice = thread / %u;", key_threads);
        print_slice(s, a, depth + 1);
        print_put(s, depth + 1, "dot", "slice * BLOCK + ");
    } else {
        vulkan_line(s, depth + 1, "const uint first_query = thread / %u * KEY_QUERIES;",
                    key_threads);
        vulkan_line(s, depth + 1, "float total[KEY_QUERIES * KEYS];");
        vulkan_line(s, depth + 1, "[[unroll]] for (uint j = 0; j < KEY_QUERIES * KEYS; j++)");
        vulkan_line(s, depth + 2, "total[j] = 0.0;");
        vulkan_line(s, depth + 1, "for (uint slice = 0; slice < SLICES; slice++) {");
        print_slice(s, a, depth + 2);
        vulkan_line(s, depth + 2, "[[unroll]] for (uint j = 0; j < KEY_QUERIES * KEYS; j++)");
        vulkan_line(s, depth + 3, "total[j] += dot[j];");
        vulkan_line(s, depth + 1, "}");
        print_put(s, depth + 1, "total", "");
    }
    vulkan_line(s, depth, "}");
    vulkan_line(s, depth, "barrier();");
}

/* ---- scores and weights ---- */

static void begin_scores(struct vulkan_shader *s, uint32_t depth)
{
    vulkan_line(s, depth, "for (uint n = thread; n < BLOCK * %u; n += THREADS) {", KEY_TILE);
    vulkan_line(s, depth + 1, "const uint which = n / %u, key = n %% %u;", KEY_TILE, KEY_TILE);
    vulkan_line(s, depth + 1, "const bool sees = key_tile + key >= seen[which].x &&");
    vulkan_line(s, depth + 2, "key_tile + key < seen[which].y;");
}

static void end_scores(struct vulkan_shader *s, uint32_t depth)
{
    vulkan_line(s, depth, "}");
    vulkan_line(s, depth, "barrier();");
}

static void print_scores(struct vulkan_shader *s, const struct attention_shape *a, uint32_t depth)
{
    const struct kernel_attention *k = &s->kernel->attention;

    begin_scores(s, depth);
    vulkan_line(s, depth + 1, "float x = 0.0;");
    if (a->slices_apart) {
        vulkan_line(s, depth + 1, "for (uint slice = 0; slice < SLICES; slice++)");
        vulkan_line(s, depth + 2, "x += score[slice * BLOCK * %u + n];", KEY_TILE);
    } else {
        vulkan_line(s, depth + 1, "x = score[n];");
    }
    if (k->shape.kv == DTYPE_q8_0)
        vulkan_line(s, depth + 1, "x *= half_to_float(Halves(key_scales).at[place + key]);");
    vulkan_line(s, depth + 1, "x *= scale;");
    if (k->capped)
        vulkan_line(s, depth + 1, "x = softcap * tanh_f32(x / softcap);");
    vulkan_line(s, depth + 1, "score[n] = sees ? x : LOWEST;");
    end_scores(s, depth);
}

static void print_greatest(struct vulkan_shader *s, uint32_t depth)
{
    const uint32_t each = KEY_TILE / GREATEST_PARTS;

    vulkan_line(s, depth, "for (uint n = thread; n < BLOCK * %u; n += THREADS) {", GREATEST_PARTS);
    vulkan_line(s, depth + 1, "float most = LOWEST;");
    vulkan_line(s, depth + 1, "for (uint j = 0; j < %u; j++)", each);
    vulkan_line(s, depth + 2, "most = larger(score[n * %u + j], most);", each);
    vulkan_line(s, depth + 1, "greatest[n] = most;");
    vulkan_line(s, depth, "}");
    vulkan_line(s, depth, "barrier();");
}

/* The greatest scores so far stand in one half of greatest_before, those after this tile go to the
 * other. */
static void print_weights(struct vulkan_shader *s, uint32_t depth)
{
    vulkan_line(s, depth, "const uint before = key_tile / %u %% 2 * BLOCK, after = BLOCK - before;",
                KEY_TILE);
    begin_scores(s, depth);
    vulkan_line(s, depth + 1, "float most = greatest_before[before + which];");
    vulkan_line(s, depth + 1, "for (uint j = 0; j < %u; j++)", GREATEST_PARTS);
    vulkan_line(s, depth + 2, "most = larger(greatest[which * %u + j], most);", GREATEST_PARTS);
    vulkan_line(s, depth + 1, "const float weight = exp_f32(score[n] - most);");
    vulkan_line(s, depth + 1, "score[n] = sees ? weight : -1.0;");
    vulkan_line(s, depth + 1, "if (key == 0) {");
    vulkan_line(s, depth + 2, "const float earlier = greatest_before[before + which];");
    vulkan_line(s, depth + 2, "kept[which] = earlier == most ? 1.0 : exp_f32(earlier - most);");
    vulkan_line(s, depth + 2, "greatest_before[after + which] = most;");
    vulkan_line(s, depth + 1, "}");
    end_scores(s, depth);
}

/* ---- values ---- */

/* What one key adds: `value` times the weight of each query of the thread. */
static void print_mix(struct vulkan_shader *s, uint32_t depth)
{
    /* all queries of a row see the same keys */
    const bool all_see = s->kernel->attention.tile_rows == 1;

    vulkan_line(s, depth, "[[unroll]] for (uint u = 0; u < VALUE_QUERIES; u++) {");
    vulkan_line(s, depth + 1, "const uint which = min(u * VALUE_SLOTS + value_slot, BLOCK - 1);");
    vulkan_line(s, depth + 1, "const float weight = score[which * %u + p];", KEY_TILE);
    if (!all_see)
        vulkan_line(s, depth + 1, "const bool sees = !(weight < 0.0);");
    vulkan_line(s, depth + 1, "sum[u] %s;",
                all_see ? "+= weight" : "= sees ? sum[u] + weight : sum[u]");
    vulkan_line(s, depth + 1, "[[unroll]] for (uint e = 0; e < TIMES * WIDTH; e++) {");
    vulkan_line(s, depth + 2, "const uint at = u * TIMES * WIDTH + e;");
    vulkan_line(s, depth + 2, "const float more = fma(weight, value[e], mixed[at]);");
    vulkan_line(s, depth + 2, "mixed[at] = %s;", all_see ? "more" : "sees ? more : mixed[at]");
    vulkan_line(s, depth + 1, "}");
    vulkan_line(s, depth, "}");
}

/* "value", the thread's elements of the key at place + p. */
static void print_value(struct vulkan_shader *s, uint32_t depth)
{
    const struct kernel_attention *k = &s->kernel->attention;
    const enum dtype kv = (enum dtype)k->shape.kv;
    const uint32_t n = k->shape.head_dim;

    vulkan_line(s, depth, "const uint64_t value_at = value_head + uint64_t(place + p) * %uul;",
                kv_width(kv, n, true) * kv_element_bytes(kv));
    if (kv == DTYPE_q8_0)
        vulkan_line(s, depth,
                    "const float step_size = half_to_float(Halves(value_scales).at[place + p]);");
    vulkan_line(s, depth, "float value[TIMES * WIDTH];");
    vulkan_line(s, depth, "[[unroll]] for (uint e = 0; e < TIMES; e++) {");
    vulkan_line(s, depth + 1,
                "const uint group = min(value_thread + e * VALUE_THREADS, (%u - 1) / WIDTH);", n);
    vulkan_line(s, depth + 1, "const vec4 x = value_of(value_at, group);");
    vulkan_line(s, depth + 1, "[[unroll]] for (uint c = 0; c < WIDTH; c++)");
    vulkan_line(s, depth + 2, "value[e * WIDTH + c] = %s;",
                kv == DTYPE_q8_0 ? "x[c] * step_size" : "x[c]");
    vulkan_line(s, depth, "}");
}

static void print_values(struct vulkan_shader *s, uint32_t depth)
{
    vulkan_line(s, depth, "[[unroll]] for (uint u = 0; u < VALUE_QUERIES; u++) {");
    vulkan_line(s, depth + 1, "const uint which = min(u * VALUE_SLOTS + value_slot, BLOCK - 1);");
    vulkan_line(s, depth + 1, "sum[u] *= kept[which];");
    vulkan_line(s, depth + 1, "[[unroll]] for (uint e = 0; e < TIMES * WIDTH; e++)");
    vulkan_line(s, depth + 2, "mixed[u * TIMES * WIDTH + e] *= kept[which];");
    vulkan_line(s, depth, "}");
    vulkan_line(s, depth, "const uint from = max(key_tile, keys_first) - key_tile;");
    vulkan_line(s, depth, "const uint to = min(keys_end - key_tile, %u);", KEY_TILE);
    vulkan_line(s, depth, "for (uint p = from; p < to; p++) {");
    print_value(s, depth + 1);
    print_mix(s, depth + 1);
    vulkan_line(s, depth, "}");
    vulkan_line(s, depth, "barrier();");
}

void vulkan_attention_keys(struct vulkan_shader *s, const struct attention_shape *a, uint32_t depth)
{
    if (s->kernel->attention.shape.kv == DTYPE_q8_0)
        s->helpers |= VULKAN_HALF_TO_FLOAT;
    vulkan_line(s, depth, "const uint place = %s;", place_of_tile(s));
    print_products(s, a, depth);
    print_scores(s, a, depth);
    print_greatest(s, depth);
    print_weights(s, depth);
    print_values(s, depth);
}
