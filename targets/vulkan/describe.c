/* What reports say of a kernel. In: the kernel and its module; out: threads, shared memory and tile.
 * Facts of the module are read where they stand in it (SPIR-V specification, sections 2.3 and 3.52),
 * so they are those of the code that devices get, also when the build cache had it. */
#include "targets/vulkan/vulkan.h"

#include <string.h>

enum {
    HEADER_WORDS = 5,
    BOUND_AT = 3, /* of the header: all ids are below it */
    OP_EXECUTION_MODE = 16,
    OP_CAPABILITY = 17,
    OP_TYPE_INT = 21,
    OP_TYPE_FLOAT = 22,
    OP_TYPE_VECTOR = 23,
    OP_TYPE_ARRAY = 28,
    OP_TYPE_POINTER = 32,
    OP_CONSTANT = 43,
    OP_VARIABLE = 59,
    CAPABILITY_QUAD = 68,
    MODE_LOCAL_SIZE = 17,
    CLASS_WORKGROUP = 4,
};

struct module {
    uint32_t bound;
    uint64_t *number; /* by id: bytes of a type, those that a pointer points to, or a constant */
    struct vulkan_module_facts facts;
};

/* One instruction of `count` words, the first of which has its name. */
static void read_instruction(struct module *m, const uint32_t *w, uint32_t count)
{
    const uint32_t op = w[0] & 0xffff, a = count > 1 ? w[1] : 0, b = count > 2 ? w[2] : 0,
                   c = count > 3 ? w[3] : 0;
#define NUMBER(id) m->number[(id) < m->bound ? (id) : 0]

    switch (op) {
    case OP_CAPABILITY:
        m->facts.has_quads |= a == CAPABILITY_QUAD;
        break;
    case OP_EXECUTION_MODE:
        if (b == MODE_LOCAL_SIZE)
            m->facts.threads = c;
        break;
    case OP_TYPE_INT:
    case OP_TYPE_FLOAT:
        NUMBER(a) = b / 8;
        break;
    case OP_TYPE_VECTOR:
        NUMBER(a) = NUMBER(b) * c;
        break;
    case OP_TYPE_ARRAY:
        NUMBER(a) = NUMBER(b) * NUMBER(c);
        break;
    case OP_TYPE_POINTER:
        NUMBER(a) = NUMBER(c);
        break;
    case OP_CONSTANT:
        NUMBER(b) = c;
        break;
    case OP_VARIABLE:
        if (c == CLASS_WORKGROUP)
            m->facts.shared_bytes += NUMBER(a);
        break;
    }
#undef NUMBER
}

struct vulkan_module_facts vulkan_read_module(const uint8_t *code, uint64_t bytes, struct arena *a)
{
    const uint64_t count = bytes / sizeof(uint32_t);
    uint32_t *words = arena_new(a, uint32_t, count + 1);
    struct module m = {0};

    memcpy(words, code, bytes);
    if (count < HEADER_WORDS)
        return m.facts;
    m.bound = words[BOUND_AT];
    m.number = arena_new(a, uint64_t, (uint64_t)m.bound + 1);
    for (uint64_t at = HEADER_WORDS, size; at < count; at += size) {
        size = words[at] >> 16;
        if (size == 0 || size > count - at)
            break;
        read_instruction(&m, words + at, (uint32_t)size);
    }
    return m.facts;
}

/* ---- for reports ---- */

static void matmul_tile(const struct kernel_matmul *k, struct text *out)
{
    const uint32_t columns = k->tile_groups * ROW_GROUP / (k->gated ? 2 : 1);

    if (k->experts != 0)
        text_add(out, "%u columns of an expert", columns);
    else
        text_add(out, "%u x %u", k->row_tile, columns);
}

static void tile(const struct lir_kernel *k, struct text *out)
{
    switch (k->kind) {
    case KERNEL_matmul:
        matmul_tile(&k->matmul, out);
        return;
    case KERNEL_norm_quant:
        text_add(out, "%u x %u", k->norm_quant.format.tile_rows, k->norm_quant.k);
        return;
    case KERNEL_attention:
        text_add(out, "%u x %s keys, a head", k->attention.tile_rows,
                 k->attention.chunk != 0 ? arena_printf(out->arena, "%u", k->attention.chunk)
                                         : "all");
        return;
    case KERNEL_map:
        text_add(out, "1 x %u", k->map.tile_columns != 0 ? k->map.tile_columns : k->map.n);
        return;
    case KERNEL_scan:
    case KERNEL_conv:
        text_add(out, "16 columns of a sequence");
        return;
    case KERNEL_sort:
        text_add(out, "all");
        return;
    default:
        text_add(out, lir_shape(k) != NULL || k->kind == KERNEL_rope ? "a row of a head" : "a row");
    }
}

const char vulkan_columns[] = "threads  shared  quads  tile                      ";

void vulkan_describe(const struct lir_kernel *k, const uint8_t *code, uint64_t bytes,
                     struct text *out)
{
    const struct vulkan_module_facts f = vulkan_read_module(code, bytes, out->arena);
    struct text of_tile = {.arena = out->arena};

    if (k->tail != 0) {
        text_add(out, "%7s  %6s  %-5s  %-24s  ", "-", "-", "-", "all, after another");
        return;
    }
    tile(k, &of_tile);
    text_add(out, "%7u  %6u  %-5s  %-24s  ", f.threads, (uint32_t)f.shared_bytes,
             f.has_quads ? "yes" : "no", of_tile.data);
}
