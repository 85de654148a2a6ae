/* Heads of queries, keys and values: norm, rotations, and the write to out and to states. In: what
 * a kernel does to which heads; out: lines of GLSL. Threads take elements of all heads of the tile
 * side by side; what heads sum up, LANES threads of each head begin and everybody ends.
 */
#include "targets/vulkan/heads.h"

enum { LANES = 8 };

static uint32_t parts_of(const struct vulkan_heads *h)
{
    return h->queries + h->has_key + h->has_value;
}

/* Whether heads have norms of their own. */
static bool has_norm(const struct vulkan_heads *h)
{
    return (h->query_norm != NULL && !h->all_heads) || h->value_norm != NULL;
}

/* The first so many are queries and keys. */
static uint32_t turned_of(const struct vulkan_heads *h)
{
    return h->queries + h->has_key;
}

static bool is_integers(const struct vulkan_heads *h)
{
    return h->shape != NULL && h->shape->kv == DTYPE_q8_0;
}

/* Elements need those of other threads, so that shared memory has the heads. */
static bool is_shared(const struct vulkan_heads *h)
{
    return h->hadamard || is_integers(h);
}

/* Heads that are in shared memory at once. */
static uint32_t heads_at_once(const struct vulkan_heads *h)
{
    const uint32_t floats = VULKAN_SHARED_MAX / 4 / 2,
                   each = 2 * LANES + (is_shared(h) ? h->head_dim : 0);

    return (uint32_t)min_u64(parts_of(h), max_u64(1, floats / each));
}

/* `of_query`, `of_key` or `of_value`, as `part` is one: of_query may say so with `part`. */
static const char *by_part(struct vulkan_shader *s, const struct vulkan_heads *h,
                           const char *of_query, const char *of_key, const char *of_value)
{
    const char *rest = !h->has_value ? of_key
                       : !h->has_key ? of_value
                                     : arena_printf(s->arena, "part == %u ? %s : %s", h->queries,
                                                    of_key, of_value);

    return parts_of(h) == h->queries ? of_query
           : h->queries == 0
               ? rest
               : arena_printf(s->arena, "part < %u ? %s : %s", h->queries, of_query, rest);
}

static const char *source(struct vulkan_shader *s, const struct vulkan_heads *h)
{
    const char *query =
        arena_printf(s->arena, "from_queries + uint64_t(part * %u)", 4 * h->head_dim);

    return by_part(s, h, query, "from_key", "from_value");
}

/* ---- norm and rotary embedding ---- */

/* "float rms_factor(uint head)": of a head in shared memory. */
static void print_factor(struct vulkan_shader *s, const struct vulkan_heads *h)
{
    struct text epsilon = {.arena = s->arena};

    if (!has_norm(h))
        return;
    vulkan_float(&epsilon, h->epsilon);
    vulkan_before(s, 0, "shared float head_sums[HEADS_AT_ONCE * LANES];");
    text_add(&s->before, "\n");
    vulkan_before(s, 0, "float rms_factor(uint head)");
    vulkan_before(s, 0, "{");
    vulkan_before(s, 1, "float sum = 0.0;");
    vulkan_before(s, 1, "for (uint lane = 0; lane < LANES; lane++)");
    vulkan_before(s, 2, "sum += head_sums[head * LANES + lane];");
    vulkan_before(s, 1, "return 1.0 / sqrt(sum / %u.0 + %s);", h->head_dim, epsilon.data);
    vulkan_before(s, 0, "}");
}

/* "float turned(x, norm, angles, factor, i)": element i of the head at x after the norm, unless it
 * comes last, and rotary embedding. */
static void print_turned(struct vulkan_shader *s, const struct vulkan_heads *h)
{
    const uint32_t half = h->n_rot / 2;

    vulkan_before(s, 0, "float normed(uint64_t x, uint64_t norm, float factor, uint i)");
    vulkan_before(s, 0, "{");
    vulkan_before(s, 1, "return Floats(x).at[i]%s;",
                  h->query_norm != NULL && !h->norm_last ? " * factor * Floats(norm).at[i]" : "");
    vulkan_before(s, 0, "}");
    text_add(&s->before, "\n");
    vulkan_before(s, 0,
                  "float turned(uint64_t x, uint64_t norm, uint64_t angles, float factor, uint i)");
    vulkan_before(s, 0, "{");
    vulkan_before(s, 1, "const float y = normed(x, norm, factor, i);");
    if (h->n_rot != 0) {
        if (h->n_rot < h->head_dim) {
            vulkan_before(s, 1, "if (i >= %u)", h->n_rot);
            vulkan_before(s, 2, "return y;");
        }
        if (h->interleaved)
            vulkan_before(s, 1, "const uint pair = i / 2, other = i ^ 1;");
        else
            vulkan_before(s, 1, "const uint pair = i %% %u, other = i < %u ? i + %u : i - %u;",
                          half, half, half, half);
        vulkan_before(s, 1, "const float cosine = Floats(angles).at[pair];");
        vulkan_before(s, 1, "const float sine = Floats(angles).at[%u + pair];", half);
        vulkan_before(s, 1, "const float z = normed(x, norm, factor, other);");
        vulkan_before(s, 1, "return i < other ? y * cosine - z * sine : y * cosine + z * sine;");
    } else {
        vulkan_before(s, 1, "return y;");
    }
    vulkan_before(s, 0, "}");
}

/* The address of the angles of `part`. */
static const char *angles_address(struct vulkan_shader *s, const struct vulkan_heads *h)
{
    return h->n_rot == 0 ? "0ul"
           : !h->has_key_angles
               ? "angles"
               : arena_printf(s->arena, "part < %u ? angles : key_angles", h->queries);
}

/* Of each head: as it is read, or where norms come last as it was turned. */
static void print_sums(struct vulkan_shader *s, const struct vulkan_heads *h)
{
    const char *read = "Floats(from).at[i]", *turned = "turned(from, 0ul, angles_at, 1.0, i)";

    vulkan_line(s, 1, "for (uint n = thread; n < heads * LANES; n += THREADS) {");
    vulkan_line(s, 2, "const uint part = first + n / LANES;");
    vulkan_line(s, 2, "const uint64_t from = %s;", source(s, h));
    vulkan_line(s, 2, "float sum = 0.0;");
    if (h->norm_last)
        vulkan_line(s, 2, "const uint64_t angles_at = %s;", angles_address(s, h));
    vulkan_line(s, 2, "for (uint i = n %% LANES; i < %u; i += LANES) {", h->head_dim);
    vulkan_line(s, 3, "const float x = %s;",
                h->norm_last ? by_part(s, h, turned, turned, read) : read);
    vulkan_line(s, 3, "sum = fma(x, x, sum);");
    vulkan_line(s, 2, "}");
    vulkan_line(s, 2, "head_sums[n] = sum;");
    vulkan_line(s, 1, "}");
    vulkan_line(s, 1, "barrier();");
}

/* ---- elements that go straight to their places ---- */

/* A statement; `is_value` tells which state. */
static const char *put_element(struct vulkan_shader *s, const struct vulkan_heads *h, bool is_value)
{
    const char *head = is_value ? "value_head" : "key_head", *index = is_value ? "i" : "i * 16";
    const uint32_t width = kv_width((enum dtype)h->shape->kv, h->head_dim, is_value),
                   bytes = kv_element_bytes((enum dtype)h->shape->kv);
    const char *at =
        is_value ? arena_printf(s->arena, "%s + uint64_t(place) * %uul", head, width * bytes)
                 : arena_printf(s->arena, "%s + uint64_t(place / 16) * %uul + place %% 16 * %u",
                                head, width * 16 * bytes, bytes);

    if (h->shape->kv == DTYPE_f32)
        return arena_printf(s->arena, "Floats(%s).at[%s] = y;", at, index);
    s->helpers |= VULKAN_FLOAT_TO_HALF;
    return arena_printf(s->arena, "Halves(%s).at[%s] = uint16_t(float_to_half(y));", at, index);
}

static void print_places(struct vulkan_shader *s, const struct vulkan_heads *h, uint32_t depth)
{
    const char *otherwise = "";

    if (h->queries != 0) {
        vulkan_line(s, depth, "if (part < %u)", h->queries);
        vulkan_line(s, depth + 1, "Floats(to_queries).at[part * %u + i] = y;", h->head_dim);
        otherwise = "else ";
    }
    if (h->has_key) {
        vulkan_line(s, depth, "%sif (part == %u)", otherwise, h->queries);
        vulkan_line(s, depth + 1, "%s", put_element(s, h, false));
        otherwise = "else ";
    }
    if (h->has_value) {
        if (*otherwise != 0)
            vulkan_line(s, depth, "else");
        vulkan_line(s, depth + 1, "%s", put_element(s, h, true));
    }
}

/* Elements after those of a head are zeros. */
static void print_padding(struct vulkan_shader *s, const struct vulkan_heads *h)
{
    if (!h->has_value || kv_width((enum dtype)h->shape->kv, h->head_dim, true) == h->head_dim)
        return;
    vulkan_line(s, 0, "for (uint i = %u + thread; i < %u; i += THREADS) {", h->head_dim,
                kv_width((enum dtype)h->shape->kv, h->head_dim, true));
    vulkan_line(s, 1, "const float y = 0.0;");
    vulkan_line(s, 1, "%s", put_element(s, h, true));
    vulkan_line(s, 0, "}");
}

/* ---- elements that become integers ---- */

/* By sums and differences of pairs that are 1, 2, 4, ... apart. */
static void print_hadamard(struct vulkan_shader *s, const struct vulkan_heads *h)
{
    const uint32_t width = hadamard_width(h->head_dim);

    if (!h->hadamard || width == 1)
        return;
    vulkan_line(s, 1, "const uint mixed_heads = first < %u ? min(heads, %u - first) : 0;",
                turned_of(h), turned_of(h));
    vulkan_line(s, 1, "for (uint apart = 1; apart < %u; apart *= 2) {", width);
    vulkan_line(s, 2, "const float factor = 2 * apart == %u ? 1.0 / sqrt(%u.0) : 1.0;", width,
                width);
    vulkan_line(s, 2, "for (uint n = thread; n < mixed_heads * %u; n += THREADS) {",
                h->head_dim / 2);
    vulkan_line(s, 3, "const uint one = n / apart * 2 * apart + n %% apart, other = one + apart;");
    vulkan_line(s, 3, "const float sum = heads_of_tile[one] + heads_of_tile[other];");
    vulkan_line(s, 3, "const float difference = heads_of_tile[one] - heads_of_tile[other];");
    vulkan_line(s, 3, "heads_of_tile[one] = sum * factor;");
    vulkan_line(s, 3, "heads_of_tile[other] = difference * factor;");
    vulkan_line(s, 2, "}");
    vulkan_line(s, 2, "barrier();");
    vulkan_line(s, 1, "}");
}

static void print_shared_queries(struct vulkan_shader *s, const struct vulkan_heads *h)
{
    if (h->queries == 0)
        return;
    vulkan_line(s, 1, "for (uint n = thread; n < heads * %u; n += THREADS)", h->head_dim);
    vulkan_line(s, 2, "if (first + n / %u < %u)", h->head_dim, h->queries);
    vulkan_line(s, 3, "Floats(to_queries).at[first * %u + n] = heads_of_tile[n];", h->head_dim);
}

/* Greatest magnitudes, as bits: of these NaN is the greatest. */
static void print_greatest(struct vulkan_shader *s, const struct vulkan_heads *h)
{
    vulkan_line(s, 1, "for (uint n = thread; n < heads * LANES; n += THREADS) {");
    vulkan_line(s, 2, "uint bits = 0;");
    vulkan_line(s, 2, "for (uint i = n %% LANES; i < %u; i += LANES)", h->head_dim);
    vulkan_line(s, 3,
                "bits = max(bits, floatBitsToUint(heads_of_tile[n / LANES * %u + i]) & "
                "0x7fffffffu);",
                h->head_dim);
    vulkan_line(s, 2, "greatest[n] = bits;");
    vulkan_line(s, 1, "}");
    vulkan_line(s, 1, "barrier();");
}

/* "uint integers(uint head, uint quad, float inverse)": four elements of a head in shared memory. */
static void print_integers_of(struct vulkan_shader *s, const struct vulkan_heads *h)
{
    vulkan_before(s, 0, "uint integers(uint head, uint quad, float inverse)");
    vulkan_before(s, 0, "{");
    vulkan_before(s, 1, "uint four = 0;");
    vulkan_before(s, 1, "for (uint i = 4 * quad; i < min(4 * quad + 4, %u); i++) {", h->head_dim);
    vulkan_before(s, 2,
                  "const float x = clamp(heads_of_tile[head * %u + i] * inverse, -127.0, 127.0);",
                  h->head_dim);
    vulkan_before(s, 2, "four |= (uint(int(roundEven(x))) & 0xffu) << i %% 4 * 8;");
    vulkan_before(s, 1, "}");
    vulkan_before(s, 1, "return four;");
    vulkan_before(s, 0, "}");
}

/* The quad of a head at its place, and with the first one the scale. */
static void print_put_integers(struct vulkan_shader *s, const struct vulkan_heads *h, bool is_value)
{
    const uint32_t width = kv_width(DTYPE_q8_0, h->head_dim, is_value);
    const char *name = is_value ? "value" : "key";

    vulkan_line(s, 2, "if (part == %u && quad < %u) {", h->queries + (is_value && h->has_key),
                width / 4);
    if (is_value)
        vulkan_line(s, 3, "const uint64_t to = value_head + uint64_t(place) * %uul + quad * 4;",
                    width);
    else
        vulkan_line(s, 3,
                    "const uint64_t to = key_head + uint64_t(place / 16) * %uul + quad * 64 + "
                    "place %% 16 * 4;",
                    width * 16);
    vulkan_line(s, 3, "Words(to).at[0] = integers(n / %u, quad, inverse);",
                kv_width(DTYPE_q8_0, h->head_dim, true) / 4);
    vulkan_line(s, 3, "if (quad == 0)");
    vulkan_line(s, 4, "Halves(%s_scales).at[place] = uint16_t(step_half);", name);
    vulkan_line(s, 2, "}");
}

static void print_integers(struct vulkan_shader *s, const struct vulkan_heads *h)
{
    const uint32_t quads = kv_width(DTYPE_q8_0, h->head_dim, true) / 4;

    s->helpers |= VULKAN_FLOAT_TO_HALF | VULKAN_HALF_TO_FLOAT;
    print_integers_of(s, h);
    print_greatest(s, h);
    vulkan_line(s, 1, "for (uint n = thread; n < heads * %u; n += THREADS) {", quads);
    vulkan_line(s, 2, "const uint part = first + n / %u, quad = n %% %u;", quads, quads);
    vulkan_line(s, 2, "uint bits = 0;");
    vulkan_line(s, 2, "for (uint lane = 0; lane < LANES; lane++)");
    vulkan_line(s, 3, "bits = max(bits, greatest[n / %u * LANES + lane]);", quads);
    vulkan_line(s, 2, "const uint step_half = float_to_half(uintBitsToFloat(bits) / 127.0);");
    vulkan_line(s, 2, "const float step_size = half_to_float(step_half);");
    vulkan_line(s, 2, "const float inverse = step_size == 0.0 ? 0.0 : 1.0 / step_size;");
    if (h->has_key)
        print_put_integers(s, h, false);
    if (h->has_value)
        print_put_integers(s, h, true);
    vulkan_line(s, 1, "}");
}

/* ---- all ---- */

static void print_before(struct vulkan_shader *s, const struct vulkan_heads *h)
{
    vulkan_before(s, 0, "const uint LANES = %u, HEADS_AT_ONCE = %u;", LANES, heads_at_once(h));
    if (is_shared(h))
        vulkan_before(s, 0, "shared float heads_of_tile[HEADS_AT_ONCE * %u];", h->head_dim);
    if (is_integers(h))
        vulkan_before(s, 0, "shared uint greatest[HEADS_AT_ONCE * LANES];");
    print_factor(s, h);
    print_turned(s, h);
}

/* The address of a norm's weight. */
static const char *norm_address(struct vulkan_shader *s, const char *name)
{
    return name == NULL ? "0ul" : arena_printf(s->arena, "uint64_t(%s)", name);
}

/* The address of a norm's weight for the query `part`. */
static const char *query_norm_address(struct vulkan_shader *s, const struct vulkan_heads *h)
{
    return !h->all_heads ? norm_address(s, h->query_norm)
                         : arena_printf(s->arena, "uint64_t(%s) + uint64_t(part * %u)",
                                        h->query_norm, 4 * h->head_dim);
}

/* Declares `y`, element i of part `part`. */
static void print_element(struct vulkan_shader *s, const struct vulkan_heads *h)
{
    const bool turns = turned_of(h) != 0 && (h->query_norm != NULL || h->n_rot != 0);
    const char *value =
        h->value_norm != NULL ? "Floats(from).at[i] * factor * v_norm.at[i]" : "Floats(from).at[i]";

    vulkan_line(s, 2, "const uint part = first + n / %u, i = n %% %u;", h->head_dim, h->head_dim);
    vulkan_line(s, 2, "const uint64_t from = %s;", source(s, h));
    if (has_norm(h))
        vulkan_line(s, 2, "const float factor = rms_factor(part - first);");
    if (h->all_heads)
        vulkan_line(s, 2, "const float factor = %s;",
                    by_part(s, h, "query_factor", "key_factor", "1.0"));
    if (!turns) {
        if (h->value_norm != NULL && turned_of(h) != 0)
            value =
                arena_printf(s->arena, "part < %u ? Floats(from).at[i] : %s", turned_of(h), value);
        vulkan_line(s, 2, "const float y = %s;", value);
        return;
    }
    vulkan_line(s, 2, "const uint64_t norm_at = %s;",
                by_part(s, h, query_norm_address(s, h), norm_address(s, h->key_norm), "0ul"));
    vulkan_line(s, 2, "const uint64_t angles_at = %s;", angles_address(s, h));
    vulkan_line(s, 2, "const float y = part < %u", turned_of(h));
    vulkan_line(s, 3, "? turned(from, norm_at, angles_at, %s, i)%s",
                h->query_norm != NULL ? "factor" : "1.0",
                h->norm_last ? " * factor * Floats(norm_at).at[i]" : "");
    vulkan_line(s, 3, ": %s;", value);
}

void vulkan_print_heads(struct vulkan_shader *s, const struct vulkan_heads *h)
{
    const bool several = heads_at_once(h) < parts_of(h);

    print_before(s, h);
    vulkan_line(s, 0, "for (uint first = 0; first < %u; first += HEADS_AT_ONCE) {", parts_of(h));
    vulkan_line(s, 1, "const uint heads = min(%u - first, HEADS_AT_ONCE);", parts_of(h));
    if (has_norm(h))
        print_sums(s, h);
    vulkan_line(s, 1, "for (uint n = thread; n < heads * %u; n += THREADS) {", h->head_dim);
    print_element(s, h);
    if (is_shared(h))
        vulkan_line(s, 2, "heads_of_tile[n] = y;");
    else
        print_places(s, h, 2);
    vulkan_line(s, 1, "}");
    if (is_shared(h)) {
        vulkan_line(s, 1, "barrier();");
        print_hadamard(s, h);
        print_shared_queries(s, h);
        if (is_integers(h))
            print_integers(s, h);
    }
    if (several)
        vulkan_line(s, 1, "barrier();");
    vulkan_line(s, 0, "}");
    if (!is_integers(h))
        print_padding(s, h);
}

void vulkan_zero_counters(struct vulkan_shader *s, uint32_t kv_heads, const char *head)
{
    vulkan_line(s, 0, "for (uint i = thread; %s < %u && i < 16; i += THREADS)", head, kv_heads);
    vulkan_line(s, 1, "counters.at[(r * %u + %s) * 16 + i] = 0;", kv_heads, head);
}
