/* Smoothing of activations. Contract: smooth.h. */
#include "compiler/smooth.h"

#include "compiler/base/threads.h"
#include "compiler/hir/rows.h"
#include "compiler/pack/expression.h"
#include "compiler/passes/match.h"

#include <math.h>
#include <stdlib.h>

enum { CHUNK_ROWS = 16, EXPONENT_MAX = 20 };

/* A value that is smoothed. */
struct site {
    hir_id x;
    hir_id product;          /* the matmul whose rows are divided; 0: x is one with a vector */
    hir_id vector, bias;     /* else what is divided; bias 0: none */
    const float *importance; /* of its columns */
    float *factors;          /* s */
    str_id name;             /* of s as a weight; 0: it is none yet */
    float *largest;          /* of the weights that read a column */
};

struct smoother {
    struct hir_graph *graph;
    struct model *model;
    const struct type_choice *types;
    struct smoothing *out;
    struct diags *diags;
    bool *made;      /* by node: only weights make it */
    uint32_t *reads; /* by node: how many matmuls read it as their rows */
    struct site *all;
    uint32_t count, capacity;
    struct expression *trees; /* by matmul: that of its weights */
    uint32_t *site_of;        /* by matmul: 1 + the index of the site that it reads; 0: none */
    _Atomic uint32_t next;    /* site to measure */
    uint32_t named;           /* names of s that were tried */
};

/* ---- what can be smoothed ---- */

/* A matrix that nothing else reads and that becomes one with a scale per row, and is none yet. */
static bool is_row_matrix(const struct smoother *s, hir_id weight)
{
    const struct hir_graph *g = s->graph;
    const struct hir_node *n = hir_at(g, weight);

    return s->made[weight] && n->name != 0 && hir_shape_of(g, weight)->rank == 2 &&
           n->use_count == 1 && !dtype_scales_rows((enum dtype)n->dtype) &&
           type_fits_rows(DTYPE_i8_row, hir_width(g, weight)) &&
           dtype_scales_rows(
               type_wanted(s->types, str_text(g->strings, n->name), (enum dtype)n->dtype));
}

static bool is_row_product(const struct smoother *s, hir_id id)
{
    return match_product(s->graph, id) && is_row_matrix(s, hir_operand(s->graph, id, 1)) &&
           !match_is_scored(s->graph, id);
}

static bool is_vector(const struct smoother *s, hir_id id, hir_id x)
{
    return s->made[id] && hir_shape_of(s->graph, id)->rank == 1 &&
           hir_at(s->graph, id)->use_count == 1 &&
           hir_width(s->graph, id) == hir_width(s->graph, x);
}

/* mul(y, vector) or mul(y, a product that nothing else reads). */
static bool find_factor(const struct smoother *s, hir_id mul, struct site *site)
{
    const struct hir_graph *g = s->graph;

    for (uint32_t i = 0; match_is(g, mul, HIR_mul) && i < 2; i++) {
        hir_id factor = hir_operand(g, mul, 1 - i);
        if (is_vector(s, factor, mul)) {
            site->vector = factor;
            return true;
        }
        if (hir_at(g, factor)->use_count == 1 && is_row_product(s, factor) &&
            hir_at(g, hir_operand(g, mul, i))->shape == hir_at(g, mul)->shape) {
            site->product = factor;
            return true;
        }
    }
    return false;
}

static bool find_site(const struct smoother *s, hir_id x, struct site *site)
{
    const struct hir_graph *g = s->graph;

    *site = (struct site){.x = x};
    if (find_factor(s, x, site))
        return true;
    for (uint32_t i = 0; match_is(g, x, HIR_add) && i < 2; i++) {
        hir_id bias = hir_operand(g, x, i), mul = hir_operand(g, x, 1 - i);
        if (is_vector(s, bias, x) && match_single(g, mul) && find_factor(s, mul, site) &&
            site->vector != 0) {
            site->bias = bias;
            return true;
        }
    }
    return false;
}

/* The importance of the columns of some tensor of the tree whose columns stand in order. */
static const float *importance_of(const struct expression *tree, uint64_t columns)
{
    for (uint32_t i = 0; i < tree->count; i++) {
        const struct tensor *t = tree->ops[i].tensor;
        if (tree->ops[i].op == HIR_weight && t->order == 0 && t->importance != NULL &&
            t->importance_matrices == 1 && tensor_width(t) == columns)
            return t->importance;
    }
    return NULL;
}

/* Notes the trees of all matmuls that read the site's value. False: `d` says why. */
static bool add_site(struct smoother *s, struct site *site)
{
    struct hir_graph *g = s->graph;
    const uint64_t columns = hir_width(g, site->x);

    for (hir_id id = site->x + 1; id < g->node_count; id++) {
        if (!match_is(g, id, HIR_matmul) || hir_operand(g, id, 0) != site->x)
            continue;
        struct expression *tree = &s->trees[id];
        uint32_t root;
        tree->model = s->model;
        if (!expression_add(tree, g, hir_operand(g, id, 1), g->arena, &root, s->diags))
            return false;
        s->site_of[id] = s->count + 1;
        if (site->importance == NULL)
            site->importance = importance_of(tree, columns);
    }
    if (site->importance == NULL) {
        for (hir_id id = site->x + 1; id < g->node_count; id++)
            s->site_of[id] = s->site_of[id] == s->count + 1 ? 0 : s->site_of[id];
        return true;
    }
    site->factors = arena_new(s->model->arena, float, columns);
    site->largest = arena_new(g->arena, float, columns);
    ARENA_PUSH(g->arena, s->all, s->count, s->capacity) = *site;
    return true;
}

static bool find_sites(struct smoother *s)
{
    struct hir_graph *g = s->graph;
    struct site site;

    for (hir_id id = 1; id < g->node_count; id++)
        s->reads[hir_at(g, id)->operand_count > 1 ? hir_operand(g, id, 0) : 0] +=
            is_row_product(s, id);
    for (hir_id id = 1; id < g->node_count; id++)
        if (s->reads[id] != 0 && s->reads[id] == hir_at(g, id)->use_count &&
            find_site(s, id, &site) && !add_site(s, &site))
            return false;
    return true;
}

/* ---- the factors ---- */

static void drop(void *context, const struct file *f, uint64_t offset, uint64_t bytes)
{
    (void)context;
    file_drop(f, offset, bytes);
}

/* The largest weights of each column. */
static void measure_tree(const struct expression *tree, float *largest)
{
    const uint32_t root = tree->count - 1;
    const uint64_t rows = tree->ops[root].rows, columns = tree->ops[root].width;
    float *values = malloc(CHUNK_ROWS * columns * sizeof *values);

    if (values == NULL)
        out_of_memory(CHUNK_ROWS * columns * sizeof *values);
    for (uint64_t row = 0, count; row < rows; row += count) {
        count = min_u64(CHUNK_ROWS, rows - row);
        expression_values(tree, root, (struct region){row, count, 0, columns, values, columns});
        for (uint64_t i = 0; i < count; i++)
            for (uint64_t j = 0; j < columns; j++) {
                const float size = fabsf(values[i * columns + j]);
                largest[j] = size > largest[j] ? size : largest[j];
            }
    }
    free(values);
    expression_visit(tree, root, 0, rows, drop, NULL);
}

/* Their logarithms have the mean 0; 1 for columns that are 0 on a side. */
static void set_factors(struct site *site, uint64_t columns, double alpha)
{
    double sum = 0;
    uint64_t count = 0;

    for (int pass = 0; pass < 2; pass++)
        for (uint64_t i = 0; i < columns; i++) {
            const double a = sqrt((double)site->importance[i]), b = (double)site->largest[i];
            site->factors[i] = 1;
            if (!(a > 0 && b > 0))
                continue;
            const double log = alpha * log2(a) - (1 - alpha) * log2(b);
            sum += pass == 0 ? log : 0;
            count += pass == 0;
            const double exponent = log - sum / (double)count;
            site->factors[i] = (float)exp2(fmin(fmax(exponent, -EXPONENT_MAX), EXPONENT_MAX));
        }
}

static void measure(void *context)
{
    struct smoother *s = context;
    uint32_t i;

    while ((i = atomic_fetch_add(&s->next, 1)) < s->count) {
        struct site *site = &s->all[i];
        for (hir_id id = site->x + 1; id < s->graph->node_count; id++)
            if (s->site_of[id] == i + 1)
                measure_tree(&s->trees[id], site->largest);
        set_factors(site, hir_width(s->graph, site->x), (double)s->out->alpha);
    }
}

/* ---- the graph ---- */

/* The vector s becomes a weight of the model, by a name that no tensor of its files has. */
static void name_factors(struct smoother *s, struct site *site, uint64_t columns)
{
    struct tensor t = {.dtype = DTYPE_f32, .rank = 1, .shape = {columns}};

    do
        t.name = str_printf(s->model->strings, "smooth.%u", s->named++);
    while (model_tensor(s->model, t.name) != NULL);
    model_add_memory(s->model, t, (const uint8_t *)site->factors);
    site->name = t.name;
}

/* That weight in the new graph. */
static hir_id add_factors(struct smoother *s, struct hir_rewrite *r, uint32_t index)
{
    struct hir_graph *g = r->graph;
    struct site *site = &s->all[index];
    const uint64_t columns = hir_width(&r->old, site->x);
    const dim_id dims[] = {dim_const(&g->dims, (int64_t)columns)};

    if (site->name == 0)
        name_factors(s, site, columns);
    return hir_declare(g, HIR_weight, DTYPE_f32, hir_shape(g, 1, dims),
                       str_text(s->model->strings, site->name), NULL, NULL, 0);
}

/* What takes the place of a weight goes by its name. */
static void replace(struct hir_rewrite *r, hir_id old, enum hir_op op, hir_id factors)
{
    hir_id id = hir_add2(r->graph, op, r->translated[old], factors);

    hir_at(r->graph, id)->name = hir_at(&r->old, old)->name;
    r->translated[old] = id;
}

/* s as a column, for rows of a matrix. */
static hir_id as_column(struct hir_rewrite *r, hir_id factors)
{
    struct hir_graph *g = r->graph;
    const dim_id dims[] = {hir_shape_of(g, factors)->dims[0], dim_const(&g->dims, 1)};

    return hir_declare(g, HIR_reshape, DTYPE_f32, hir_shape(g, 2, dims), NULL, NULL, &factors, 1);
}

/* By old node: 1 + the site by whose factors it is multiplied, divided, or divided by rows. */
struct changes {
    uint32_t *multiplied, *divided, *divided_rows;
};

static struct changes list_changes(const struct smoother *s)
{
    const struct hir_graph *g = s->graph;
    struct changes c = {arena_new(g->arena, uint32_t, g->node_count),
                        arena_new(g->arena, uint32_t, g->node_count),
                        arena_new(g->arena, uint32_t, g->node_count)};

    for (hir_id id = 1; id < g->node_count; id++)
        if (s->site_of[id] != 0)
            c.multiplied[hir_operand(g, id, 1)] = s->site_of[id];
    for (uint32_t i = 0; i < s->count; i++) {
        const struct site *site = &s->all[i];
        if (site->product != 0)
            c.divided_rows[hir_operand(g, site->product, 1)] = i + 1;
        else
            c.divided[site->vector] = c.divided[site->bias] = i + 1;
    }
    return c;
}

static void rewrite(struct smoother *s)
{
    const struct changes c = list_changes(s);
    struct hir_rewrite r;

    hir_rewrite_begin(&r, s->graph, "smooth");
    for (hir_id id = 1; id < r.old.node_count; id++) {
        hir_rewrite_node(&r, id);
        if (c.multiplied[id] != 0)
            replace(&r, id, HIR_mul, add_factors(s, &r, c.multiplied[id] - 1));
        if (c.divided[id] != 0)
            replace(&r, id, HIR_div, add_factors(s, &r, c.divided[id] - 1));
        if (c.divided_rows[id] != 0)
            replace(&r, id, HIR_div, as_column(&r, add_factors(s, &r, c.divided_rows[id] - 1)));
    }
    hir_rewrite_end(&r);
}

bool smooth_activations(struct hir_graph *g, struct model *m, const struct type_choice *types,
                        struct smoothing *out, struct diags *d)
{
    struct smoother s = {.graph = g,
                         .model = m,
                         .types = types,
                         .out = out,
                         .diags = d,
                         .made = arena_new(g->arena, bool, g->node_count),
                         .reads = arena_new(g->arena, uint32_t, g->node_count),
                         .trees = arena_new(g->arena, struct expression, g->node_count),
                         .site_of = arena_new(g->arena, uint32_t, g->node_count)};

    match_begin(g);
    hir_mark_weights(g, s.made);
    if (!find_sites(&s))
        return false;
    if (s.count == 0)
        return diag_error(
            d, (struct place){.file = m->path, .object = "--smooth"},
            "expected a value that nothing but products with matrices of %s read, and "
            "of which the file of --imatrix knows; found none",
            dtype_info[DTYPE_i8_row].name);
    threads_run(measure, &s, out->threads);
    for (uint32_t i = 0; i < s.count; i++)
        ++*(s.all[i].product != 0 ? &out->products : &out->norms);
    rewrite(&s);
    return hir_verify(g, d);
}
