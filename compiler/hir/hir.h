/* The high-level graph: what to compute. Nodes are ids in one array, operands before their readers,
 * memory in one arena. Ops are tables (hir_ops.def, map_ops.def); a node is its one result; state
 * is an edge. The text form (hir_text.c) is the dump, the input of `rlxc opt` and the test form.
 */
#ifndef RLXC_HIR_H
#define RLXC_HIR_H

#include "compiler/base/diag.h"
#include "compiler/base/dtype.h"
#include "compiler/base/out.h"
#include "compiler/base/str.h"
#include "compiler/hir/act.h"
#include "compiler/hir/dim.h"
#include "compiler/hir/layout.h"
#include "compiler/hir/scalar.h"

typedef uint32_t hir_id;   /* index in graph->nodes; 0 is "none" */
typedef uint32_t shape_id; /* interned (rank, dims); 0 is the scalar */

enum { HIR_MAX_RANK = 5, HIR_MAX_OPERANDS = 11, HIR_MAX_ENTRIES = 64 };
#define HIR_ALL_ENTRIES UINT32_MAX /* in place of the index of an entry */

enum hir_op {
    HIR_none,
#define HIR_OP(name, ...) HIR_##name,
#include "compiler/hir/hir_ops.def"
#undef HIR_OP
#define MAP_OP(name, ...) HIR_##name,
#include "compiler/hir/map_ops.def"
#undef MAP_OP
    HIR_OP_COUNT
};

/* Ordered: how hard a node is to merge. */
enum fusion {
    FUSE_leaf,     /* no work: inputs, weights, numbers */
    FUSE_view,     /* no data moves */
    FUSE_map,      /* elementwise: merges into anything */
    FUSE_gather,   /* indexed read */
    FUSE_row,      /* reduces the last axis */
    FUSE_contract, /* matmul, attention: takes a map after it */
    FUSE_state,    /* writes state: keeps its order */
};

enum attr_kind {
    ATTR_none,
#define ATTR_KIND(kind) ATTR_##kind,
#define ATTR(kind, type, always, name, member, range)
#define ATTR_END(kind)
#include "compiler/hir/attrs.def"
#undef ATTR_KIND
#undef ATTR
#undef ATTR_END
};

/* How the shape of a result follows from the operands: a rule_NAME each (shape_rules.h). */
#define SHAPE_RULES(R) \
    R(declared)        \
    R(scalar)          \
    R(reshape)         \
    R(slice)           \
    R(transpose)       \
    R(stack)           \
    R(concat)          \
    R(pack)            \
    R(embed)           \
    R(rows)            \
    R(columns)         \
    R(unfold)          \
    R(reduce)          \
    R(norm)            \
    R(norm_add)        \
    R(norm_quant)      \
    R(broadcast)       \
    R(formula)         \
    R(matmul)          \
    R(gated)           \
    R(route)           \
    R(expert)          \
    R(gated_expert)    \
    R(expert_mix)      \
    R(rope)            \
    R(append)          \
    R(kv_write)        \
    R(written)         \
    R(attention)       \
    R(scan)            \
    R(conv)

enum shape_rule {
#define R(name) SHAPE_##name,
    SHAPE_RULES(R)
#undef R
};

struct hir_op_info {
    const char *name;
    uint8_t min, max;               /* operands */
    uint8_t attr;                   /* enum attr_kind */
    uint8_t shape_rule;             /* enum shape_rule */
    uint8_t fusion;                 /* enum fusion */
    uint8_t writes;                 /* how many states, the first operands, it writes over */
    const struct scalar_code *code; /* formula of an elementwise op; else NULL */
};
extern const struct hir_op_info hir_op_info[HIR_OP_COUNT];

/* Attributes that go by a name: the words of the text form, in the order of their values. */
#define HIR_ROPE_WORDS(W) W(default) W(linear) W(llama3) W(yarn) W(still)
#define MASK_WORDS(W) W(none) W(causal)
#define SCORE_WORDS(W) W(softmax) W(sigmoid)
#define WRITTEN_WORDS(W) W(key) W(value) W(state)
#define INPUT_ROLE_WORDS(W) W(data) W(tokens) W(positions) W(out_rows)
#define OUTPUT_ROLE_WORDS(W) W(data) W(logits) W(state)
#define STATE_CLASS_WORDS(W) W(rows) W(ring) W(carried) W(cross) W(scratch)
#define STATE_ROLE_WORDS(W) W(data) W(key) W(value)

enum hir_rope_scaling {
#define W(name) HIR_ROPE_##name,
    HIR_ROPE_WORDS(W)
#undef W
};
enum mask {
#define W(name) MASK_##name,
    MASK_WORDS(W)
#undef W
};
enum score {
#define W(name) SCORE_##name,
    SCORE_WORDS(W)
#undef W
};
enum written {
#define W(name) WRITTEN_##name,
    WRITTEN_WORDS(W)
#undef W
};
/* What the runtime fills by itself; data: what the caller gives, by name. */
enum input_role {
#define W(name) INPUT_##name,
    INPUT_ROLE_WORDS(W)
#undef W
};
enum output_role {
#define W(name) OUTPUT_##name,
    OUTPUT_ROLE_WORDS(W)
#undef W
};
/* How a state keeps what was written (HIR.md). */
enum state_class {
#define W(name) STATE_##name,
    STATE_CLASS_WORDS(W)
#undef W
};
enum state_role {
#define W(name) STATE_ROLE_##name,
    STATE_ROLE_WORDS(W)
#undef W
};

/* Types of attributes; from `layout` on they go by a name. */
#define ATTR_TYPES(T)                                    \
    T(number, double)                                    \
    T(count, uint32_t)                                   \
    T(flag, uint32_t) /* 0 or 1 */                       \
    T(size, dim_id)                                      \
    T(code, struct scalar_code)                          \
    T(layout, uint32_t)                                  \
    T(map_op, uint32_t) /* an elementwise enum hir_op */ \
    T(scaling, uint32_t)                                 \
    T(mask, uint32_t)                                    \
    T(score, uint32_t)                                   \
    T(act, uint32_t)                                     \
    T(which, uint32_t)       /* enum written */          \
    T(input_role, uint32_t)  /* enum input_role */       \
    T(state_class, uint32_t) /* enum state_class */      \
    T(state_role, uint32_t)  /* enum state_role */
#define T(name, c_type) typedef c_type attr_##name;
ATTR_TYPES(T)
#undef T

/* A node's attributes. Unused bytes are zero, so that equal attributes are equal bytes. Which
 * member holds is the op's attr_kind. */
struct hir_attr {
    union {
#define ATTR_KIND(kind) struct {
#define ATTR(kind, type, always, name, member, range) attr_##type member;
#define ATTR_END(kind) \
    }                  \
    kind;
#include "compiler/hir/attrs.def"
#undef ATTR_KIND
#undef ATTR
#undef ATTR_END
    };
};

struct hir_node { /* a node is its one result */
    uint16_t op;
    uint8_t dtype;
    uint8_t operand_count;
    uint32_t operands; /* first one in graph->edges */
    shape_id shape;
    uint32_t attr;      /* index in graph->attrs; 0 is "none" */
    uint32_t use_count; /* readers, and 1 for each time it is an output; kept by hir_count_uses */
    str_id name;   /* "layers.3.q", for people; inputs, weights and states: what it is known by */
    str_id from;   /* the pass or family that made it */
    uint32_t mark; /* scratch of the running pass */
};
_Static_assert(sizeof(struct hir_node) == 32, "two nodes a cache line");

struct hir_shape {
    uint32_t rank;
    dim_id dims[HIR_MAX_RANK]; /* outermost first */
};

struct hir_output { /* logits; data; every state after its last write, under its name */
    str_id name;
    hir_id node;
    uint32_t role; /* enum output_role */
};

/* One thing that a graph can do: what its outputs need is what runs. */
struct hir_entry {
    str_id name; /* "main" where the graph names none */
    uint32_t first_output, output_count;
};

struct hir_graph {
    struct arena *arena; /* owns all that follows */
    struct strings *strings;
    str_id name;
    struct dims dims;
    struct hir_node *nodes; /* nodes[0] is unused; operands have lower ids than their readers */
    uint32_t node_count, node_capacity;
    hir_id *edges;
    uint32_t edge_count, edge_capacity;
    struct hir_attr *attrs;
    uint32_t attr_count, attr_capacity;
    struct hir_shape *shapes;
    uint32_t shape_count, shape_capacity;
    struct hir_output *outputs; /* those of the first entry, then of the next, ... */
    uint32_t output_count, output_capacity;
    struct hir_entry *entries; /* at least one */
    uint32_t entry_count, entry_capacity;
    /* By node, in a graph that was made from another (hir_copy_begin): which node of that graph it
     * stands for, 0 where a pass made it. NULL in all other graphs. */
    hir_id *origins;
    uint32_t origin_capacity;
    bool joins_tails; /* late form: small steps may be tails (join-tails) */
};

void hir_init(struct hir_graph *g, struct arena *a, struct strings *s, const char *name);

shape_id hir_shape(struct hir_graph *g, uint32_t rank, const dim_id *dims);
/* A leaf, or another node whose shape is declared (reshape, slice). */
hir_id hir_declare(struct hir_graph *g, enum hir_op op, enum dtype dtype, shape_id shape,
                   const char *name, const struct hir_attr *attr, const hir_id *operands,
                   uint32_t count);
/* A node whose shape and dtype follow from its operands by the op's rule. `attr` may be NULL where
 * the op has none, or none that must be given. A shape that does not fit is our own mistake here
 * (families build right graphs); text input is checked by hir_verify. */
hir_id hir_add(struct hir_graph *g, enum hir_op op, const struct hir_attr *attr,
               const hir_id *operands, uint32_t count);
hir_id hir_add1(struct hir_graph *g, enum hir_op op, hir_id a);
hir_id hir_add2(struct hir_graph *g, enum hir_op op, hir_id a, hir_id b);
hir_id hir_number(struct hir_graph *g, double value);
void hir_name(struct hir_graph *g, hir_id id, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Begins another entry: the outputs that follow are its. The first takes the place of "main". */
void hir_entry(struct hir_graph *g, const char *name);
/* An output of the last entry. A state has the role of one, whatever `role` says. */
void hir_output(struct hir_graph *g, const char *name, hir_id id, enum output_role role);

static inline struct hir_node *hir_at(const struct hir_graph *g, hir_id id)
{
    assert(id < g->node_count);
    return &g->nodes[id];
}

static inline hir_id hir_operand(const struct hir_graph *g, hir_id id, uint32_t i)
{
    assert(i < hir_at(g, id)->operand_count);
    return g->edges[hir_at(g, id)->operands + i];
}

static inline const struct hir_attr *hir_attr(const struct hir_graph *g, hir_id id)
{
    assert(hir_at(g, id)->attr < g->attr_count);
    return &g->attrs[hir_at(g, id)->attr];
}

static inline const struct hir_shape *hir_shape_of(const struct hir_graph *g, hir_id id)
{
    assert(hir_at(g, id)->shape < g->shape_count);
    return &g->shapes[hir_at(g, id)->shape];
}

/* The last axis, which is always a known number for f32 rows. */
uint64_t hir_width(const struct hir_graph *g, hir_id id);
hir_id hir_find(const struct hir_graph *g, const char *name); /* by name; 0 where absent */
/* By role or name; 0 where absent. HIR_ALL_ENTRIES where no entry has the name. */
hir_id hir_find_input(const struct hir_graph *g, enum input_role role);
hir_id hir_find_output(const struct hir_graph *g, uint32_t entry, enum output_role role);
uint32_t hir_find_entry(const struct hir_graph *g, const char *name);

/* Where the operands of a kv_write stand that not every one has; 0: absent. Before them stand K
 * state, V state, q, k, v and positions. `count`: how many the node has; in the answer: how many it
 * must have. */
struct kv_write_operands {
    uint32_t table, k_table, q_norm, k_norm, v_norm, count;
};
struct kv_write_operands kv_write_operands(const struct hir_attr *attr, uint32_t count);

/* The operands of an attention that not every one has; 0: absent. Indices are positions. */
struct attention_operands {
    uint32_t positions, sinks; /* places among its operands */
};
struct attention_operands attention_operands(const struct hir_graph *g, const hir_id *operands,
                                             uint32_t count);
hir_id hir_attention_positions(const struct hir_graph *g, hir_id attention);
hir_id hir_attention_sinks(const struct hir_graph *g, hir_id attention);

/* A number of rows that is known: after the route of a product by expert, biases [experts, n]. */
bool hir_is_expert_bias(const struct hir_graph *g, hir_id id);

/* Whether the value of a node is a state, before or after a write. */
bool hir_is_state(const struct hir_graph *g, hir_id id);
/* The operand that `written` names after the write of `writer`; 0 where it writes no such state. */
hir_id hir_written_operand(const struct hir_graph *g, hir_id writer, enum written which);
/* The leaf of which a state value is a version; 0 where a graph that is not verified breaks off. */
hir_id hir_state_leaf(const struct hir_graph *g, hir_id id);

/* Passes change a graph by rewriting: begin, visit old nodes in order and add new ones, end.
 * `hir_rewrite_node` copies an old node with its operands translated; `translated[old]` is the new
 * id. hir_rewrite_end puts the outputs in place. */
struct hir_rewrite {
    struct hir_graph *graph;
    struct hir_graph old; /* what was there before, read-only */
    hir_id *translated;
    str_id from; /* stamped on every node that is added */
};
void hir_rewrite_begin(struct hir_rewrite *r, struct hir_graph *g, const char *pass);
hir_id hir_rewrite_node(struct hir_rewrite *r, hir_id old);
void hir_rewrite_end(struct hir_rewrite *r);
/* The same from one graph into another, `to`, which is new, has the same sizes, strings and arena
 * `a`, and knows of each node which one it stands for (origins). `from` stays as it is. */
void hir_copy_begin(struct hir_rewrite *r, struct hir_graph *to, struct arena *a,
                    const struct hir_graph *from, const char *pass);
void hir_count_uses(struct hir_graph *g);

/* Companions. hir_text prints; hir_parse reads what hir_text printed, from foreign bytes;
 * hir_verify checks every rule that the tables state (arity, attribute, shape, order, one write per
 * state value). */
void hir_text(const struct hir_graph *g, struct text *out);
bool hir_parse(struct hir_graph *g, const char *path, const char *data, size_t bytes,
               struct diags *d);
bool hir_verify(const struct hir_graph *g, struct diags *d);

/* Row `position` of a rope table: n_rot/2 cosines, then n_rot/2 sines; angles in f64, rounded once.
 * `divisors` may be NULL. */
void hir_rope_row(const struct hir_attr *table, uint32_t n_rot, const float *divisors,
                  uint64_t position, float *out);

#endif
