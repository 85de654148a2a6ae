/* attention whose tiles are chunks of keys: for runs of few rows, of which there would be too few
 * tiles for a device. In: the kernel; out: lines of GLSL. Where a part meets several chunks, each
 * tile leaves what it mixed in work memory and counts itself, and the one that counts last joins
 * them in the order of chunks. A chunk in which a row sees nothing has weight 0 and changes no bit.
 */
#include "targets/vulkan/attention.h"

/* As kernel_kinds.def counts the chunks of a tile, and those for which there is room. */
void vulkan_attention_chunk_of_tile(struct vulkan_shader *s)
{
    const struct kernel_attention *k = &s->kernel->attention;
    const uint32_t all = (uint32_t)ceil_div(k->shape.context, k->chunk),
                   row_tiles = (uint32_t)ceil_div(k->max_rows, k->tile_rows);

    vulkan_line(s, 0, "const uint met = (key_count + %u) / %u;", k->chunk - 1, k->chunk);
    if (!k->windowed) {
        vulkan_line(s, 0, "const uint slots = %u, tiles_of_head = met;", all);
    } else {
        vulkan_line(s, 0,
                    "const uint64_t reach = window == 0 ? 0xffffffffffful : uint64_t(window);");
        vulkan_line(s, 0,
                    "const uint64_t window_chunks = (reach - 1ul + %uul + %uul) / %uul + 1ul;",
                    k->tile_rows - 1, k->chunk - 1, k->chunk);
        if (k->shape.class == STATE_ring)
            vulkan_line(s, 0, "const uint slots = uint(window_chunks), tiles_of_head = slots;");
        else
            vulkan_line(
                s, 0,
                "const bool follows = window_chunks < %uul;\n    const uint slots = follows ? "
                "uint(window_chunks) : %u, tiles_of_head = follows ? slots : met;",
                all, all);
    }
    vulkan_line(s, 0, "const uint row_tile = tile %% %u, rest = tile / %u;", row_tiles, row_tiles);
    vulkan_line(
        s, 0, "const uint kv_head = rest / tiles_of_head, chunk_of_tile = rest %% tiles_of_head;");
}

void vulkan_attention_cut(struct vulkan_shader *s, uint32_t depth)
{
    const uint32_t chunk = s->kernel->attention.chunk;

    vulkan_line(s, depth, "const uint first_chunk = keys_first / %u;", chunk);
    vulkan_line(s, depth, "const uint chunks = (keys_end + %u) / %u - first_chunk;", chunk - 1,
                chunk);
    vulkan_line(s, depth, "const uint chunk = first_chunk + chunk_of_tile;");
    vulkan_line(s, depth, "keys_first = max(keys_first, chunk * %u);", chunk);
    vulkan_line(s, depth, "keys_end = min(keys_end, (chunk + 1) * %u);", chunk);
}

/* Floats of what a tile leaves of a query, and where its maximum stands; the sum follows it. */
static uint32_t floats_left(const struct vulkan_shader *s)
{
    return (uint32_t)attention_partial_bytes(&s->kernel->attention) / 4;
}

static uint32_t maximum_at(const struct vulkan_shader *s)
{
    return (uint32_t)round_up(s->kernel->attention.shape.head_dim, 16);
}

/* What was left of query `which` in the first of its chunks. */
static const char *place_of_query(struct vulkan_shader *s)
{
    const struct head_shape *shape = &s->kernel->attention.shape;

    return arena_printf(s->arena,
                        "((part + which / GROUP) * %u + kv_head * GROUP + which %% GROUP) * slots",
                        shape->heads);
}

void vulkan_attention_leave(struct vulkan_shader *s, uint32_t depth)
{
    vulkan_attention_begin_queries(s, depth);
    vulkan_line(s, depth + 2, "const uint left = (%s + chunk_of_tile) * %u;", place_of_query(s),
                floats_left(s));
    vulkan_attention_begin_elements(s, depth + 2);
    vulkan_line(s, depth + 4, "partials.at[left + i] = mixed[at];");
    vulkan_attention_end_elements(s, depth + 2);
    vulkan_line(s, depth + 2, "if (value_thread == 0) {");
    vulkan_line(s, depth + 3, "const uint after = ((keys_end - 1) / %u + 1) %% 2 * BLOCK;",
                KEY_TILE);
    vulkan_line(s, depth + 3, "partials.at[left + %u] = greatest_before[after + of_block];",
                maximum_at(s));
    vulkan_line(s, depth + 3, "partials.at[left + %u] = sum[u];", maximum_at(s) + 1);
    vulkan_line(s, depth + 2, "}");
    vulkan_line(s, depth + 1, "}");
    vulkan_line(s, depth, "}");
}

/* One element of one query. */
static void print_joined(struct vulkan_shader *s, uint32_t depth)
{
    const uint32_t n = s->kernel->attention.shape.head_dim;

    vulkan_line(s, depth, "const uint which = n / %u, i = n %% %u;", n, n);
    vulkan_line(s, depth, "const uint left = %s * %u;", place_of_query(s), floats_left(s));
    vulkan_line(s, depth, "float most = LOWEST, sum = 0.0, mixed = 0.0;");
    vulkan_line(s, depth, "for (uint c = 0; c < chunks; c++)");
    vulkan_line(s, depth + 1, "most = larger(most, partials.at[left + c * %u + %u]);",
                floats_left(s), maximum_at(s));
    vulkan_line(s, depth, "for (uint c = 0; c < chunks; c++) {");
    vulkan_line(s, depth + 1, "const uint at = left + c * %u;", floats_left(s));
    vulkan_line(s, depth + 1, "const float maximum = partials.at[at + %u];", maximum_at(s));
    vulkan_line(s, depth + 1,
                "const float weight = maximum == most ? 1.0 : exp_f32(maximum - most);");
    vulkan_line(s, depth + 1, "sum = fma(partials.at[at + %u], weight, sum);", maximum_at(s) + 1);
    vulkan_line(s, depth + 1, "mixed = fma(partials.at[at + i], weight, mixed);");
    vulkan_line(s, depth, "}");
    if (lir_has(s->kernel, ATTENTION_sinks))
        vulkan_line(s, depth, "sum += exp_f32(sinks.at[kv_head * GROUP + which %% GROUP] - most);");
    vulkan_line(
        s, depth,
        "result.at[(part + which / GROUP) * %u + (kv_head * GROUP + which %% GROUP) * %u + i] =",
        s->kernel->stride[ATTENTION_out], n);
    vulkan_line(s, depth + 1, "mixed / sum;");
}

void vulkan_attention_join(struct vulkan_shader *s, uint32_t depth)
{
    const struct head_shape *shape = &s->kernel->attention.shape;

    vulkan_before(s, 0, "shared uint arrived;");
    vulkan_line(s, depth, "if (chunks > 1) {");
    vulkan_line(s, depth + 1, "memoryBarrierBuffer();");
    vulkan_line(s, depth + 1, "barrier();");
    vulkan_line(s, depth + 1, "if (thread == 0)");
    vulkan_line(s, depth + 2,
                "arrived = atomicAdd(counters.at[(part * %u + kv_head) * 16], 1) + 1;",
                shape->kv_heads);
    vulkan_line(s, depth + 1, "barrier();");
    vulkan_line(s, depth + 1, "memoryBarrierBuffer();");
    vulkan_line(s, depth + 1, "if (arrived == chunks)");
    vulkan_line(s, depth + 2, "for (uint n = thread; n < queries * %u; n += THREADS) {",
                shape->head_dim);
    print_joined(s, depth + 3);
    vulkan_line(s, depth + 2, "}");
    vulkan_line(s, depth + 1, "barrier();");
    vulkan_line(s, depth, "}");
}
