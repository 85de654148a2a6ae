/* A graph of the user's own in the place of a published model. In: a graph in text form, a file of
 * weights and a tokenizer; out: the graph, and a model that has the weights it reads and what the
 * graph itself says: its name, its vocabulary, its context. Every mistake is found in one run.
 */
#include "compiler/unit.h"

#include "compiler/hir/rows.h"
#include "compiler/import/vocabulary.h"

#include <inttypes.h>
#include <string.h>

static bool ends_with(const char *path, const char *suffix)
{
    size_t bytes = strlen(path), suffix_bytes = strlen(suffix);

    return bytes >= suffix_bytes && strcmp(path + bytes - suffix_bytes, suffix) == 0;
}

bool has_user_graph(const struct compile_options *o)
{
    return o->weights != NULL || o->vocabulary != NULL || ends_with(o->input, ".hir");
}

/* An entry that advances a carried state keeps it. */
static void check_advanced(struct unit *u, uint32_t entry)
{
    const struct hir_graph *g = &u->graph;
    bool *needed = arena_new(&u->arena, bool, g->node_count);
    bool *kept = arena_new(&u->arena, bool, g->node_count);

    hir_mark_needed(g, entry, needed);
    for (hir_id id = 1; id < g->node_count; id++)
        if (needed[id] && hir_at(g, id)->op == HIR_written)
            kept[hir_operand(g, id, 0)] = true;
    for (hir_id id = 1; id < g->node_count; id++) {
        const hir_id state = hir_written_operand(g, id, WRITTEN_state);
        if (!needed[id] || state == 0 || kept[id])
            continue;
        const char *name = str_text(g->strings, hir_at(g, hir_state_leaf(g, state))->name);
        diag_error(u->diags, (struct place){.file = u->options->input, .object = name},
                   "entry '%s' advances this state: expected it among the outputs of the entry",
                   str_text(g->strings, g->entries[entry].name));
    }
}

static bool read_graph(struct unit *u)
{
    enum { LOOKED_AT = 4096 }; /* else a binary file has an error in each of its lines */
    const char *path = u->options->input;
    struct file file;

    hir_init(&u->graph, &u->arena, &u->strings, "");
    if (!file_map(path, &file, u->diags))
        return false;
    const char *text = (const char *)file.data;
    bool is_text = file.bytes == 0 || memchr(text, 0, min_u64(file.bytes, LOOKED_AT)) == NULL;
    bool good = is_text ? hir_parse(&u->graph, path, text, file.bytes, u->diags) &&
                              hir_verify(&u->graph, u->diags)
                        : diag_error(u->diags, (struct place){.file = path},
                                     "expected a graph as text, because of --weights or "
                                     "--tokenizer; found a binary file");
    file_unmap(&file);
    if (good && u->graph.output_count == 0)
        return diag_error(u->diags, (struct place){.file = path},
                          "expected outputs, found a graph of %u nodes without any",
                          u->graph.node_count - 1);
    const uint32_t before = u->diags->error_count;
    for (uint32_t i = 0; good && i < u->graph.entry_count; i++)
        check_advanced(u, i);
    return good && u->diags->error_count == before;
}

/* ---- weights ---- */

static const char *shape_words(struct arena *a, const uint64_t *sizes, uint32_t rank)
{
    struct text text = {.arena = a};

    text_add(&text, "[");
    for (uint32_t i = 0; i < rank; i++)
        text_add(&text, "%s%" PRIu64, i == 0 ? "" : ", ", sizes[i]);
    text_add(&text, "]");
    return text.data;
}

/* A weight by the name that the compiler gives it, else by the name in its file, which it then goes
 * by. */
static const struct tensor *find_tensor(struct model *m, str_id name)
{
    const struct tensor *t = model_tensor(m, name);

    if (t != NULL)
        return t;
    struct tensor *by_source = model_source_tensor(m, name);
    if (by_source != NULL)
        by_source->name = name;
    return by_source;
}

/* What columns are read by has each number once. */
static void check_order(struct unit *u, hir_id id)
{
    const str_id name = hir_at(&u->graph, id)->name;
    const struct tensor *t = model_tensor(&u->model, name);
    const uint64_t count = tensor_width(t);
    bool *found = arena_new(u->diags->arena, bool, count);
    int32_t number;

    for (uint64_t i = 0; i < count; i++) {
        memcpy(&number, model_row(&u->model, t, 0, NULL) + i * sizeof number, sizeof number);
        if (number >= 0 && (uint64_t)number < count && !found[number]) {
            found[number] = true;
            continue;
        }
        diag_error(
            u->diags,
            (struct place){.file = u->model.path, .object = str_text(u->graph.strings, name)},
            "expected each number from 0 to %" PRIu64 " once, found %d %s", count - 1, number,
            number >= 0 && (uint64_t)number < count ? "twice" : "among them");
        return;
    }
}

static void check_weight(struct unit *u, hir_id id)
{
    const struct hir_graph *g = &u->graph;
    const struct hir_node *n = hir_at(g, id);
    const struct tensor *t = find_tensor(&u->model, n->name);
    struct place at = {.file = u->model.path, .object = str_text(g->strings, n->name)};
    uint64_t sizes[HIR_MAX_RANK];
    uint32_t rank = hir_shape_of(g, id)->rank;

    for (uint32_t i = 0; i < rank; i++)
        sizes[i] = hir_size(g, id, i);
    const char *wanted = shape_words(u->diags->arena, sizes, rank);
    const char *type = dtype_info[n->dtype].name;
    const struct unread_tensor *unread = model_unread(&u->model, n->name);
    if (t == NULL && unread != NULL)
        diag_error(u->diags, at, "expected %s %s, found %s, which rlx does not read", type, wanted,
                   unread->type != NULL ? unread->type : unread->shape);
    else if (t == NULL)
        diag_error(u->diags, at, "expected %s %s, found no tensor of this name", type, wanted);
    else if (t->dtype != n->dtype || t->rank != rank ||
             memcmp(t->shape, sizes, rank * sizeof *sizes) != 0)
        diag_error(u->diags, at, "expected %s %s, found %s %s", type, wanted,
                   dtype_info[t->dtype].name, shape_words(u->diags->arena, t->shape, t->rank));
    else if (t->dtype == DTYPE_i32)
        check_order(u, id);
}

/* Those that no output needs are not looked for. */
static bool read_weights(struct unit *u)
{
    const struct hir_graph *g = &u->graph;
    bool *needed = arena_new(&u->arena, bool, g->node_count);
    uint32_t count = 0, before = u->diags->error_count;

    hir_mark_needed(g, HIR_ALL_ENTRIES, needed);
    for (hir_id id = 1; id < g->node_count; id++)
        count += needed[id] && hir_at(g, id)->op == HIR_weight;
    if (u->options->weights == NULL)
        return count == 0 ||
               diag_error(u->diags, (struct place){.file = u->options->input},
                          "expected the file of its %u weights: --weights=FILE.safetensors", count);
    if (!import_weights(u->options->weights, &u->model, u->diags))
        return false;
    for (hir_id id = 1; id < g->node_count; id++)
        if (needed[id] && hir_at(g, id)->op == HIR_weight)
            check_weight(u, id);
    return u->diags->error_count == before;
}

/* ---- what the graph says of itself ---- */

/* The positions that a node of entry main holds or has angles for; 0: any. */
static uint64_t positions_of(const struct hir_graph *g, hir_id id, bool in_main)
{
    if (hir_at(g, id)->op == HIR_rope_table)
        return in_main ? hir_size(g, id, 0) : 0;
    return hir_attr(g, id)->state.class == STATE_rows ? hir_size(g, id, 1) : 0;
}

/* Its layers, and the positions that the shortest of its states and tables holds; 0: none has a
 * number of positions. */
static void describe_states(struct unit *u, struct hyper_parameters *h)
{
    const struct hir_graph *g = &u->graph;
    const uint32_t entry = hir_find_entry(g, "main");
    bool *in_main = arena_new(&u->arena, bool, g->node_count);

    if (entry != HIR_ALL_ENTRIES)
        hir_mark_needed(g, entry, in_main);
    for (hir_id id = 1; id < g->node_count; id++) {
        const enum hir_op op = hir_at(g, id)->op;
        if (op != HIR_state && op != HIR_rope_table)
            continue;
        const uint64_t rows = positions_of(g, id, in_main[id]);
        if (rows != 0 && (h->context == 0 || rows < h->context))
            h->context = (uint32_t)rows;
        const struct hir_attr *attr = hir_attr(g, id);
        if (op == HIR_state && attr->state.layer >= h->layers && attr->state.layer != UINT32_MAX)
            h->layers = attr->state.layer + 1;
    }
}

static void describe_model(struct unit *u)
{
    struct model *m = &u->model;
    const struct hir_graph *g = &u->graph;

    m->name = str_text(g->strings, g->name);
    if (m->path == NULL)
        m->path = u->options->input;
    describe_states(u, &m->hyper);
    for (uint32_t i = 0; i < g->output_count; i++) {
        hir_id id = g->outputs[i].node;
        uint32_t rank = hir_shape_of(g, id)->rank;
        if (g->outputs[i].role == OUTPUT_logits && rank != 0)
            m->hyper.vocabulary = hir_size(g, id, rank - 1);
    }
}

static bool check_options(const struct unit *u)
{
    if (u->options->context == 0)
        return true;
    return diag_error(u->diags, (struct place){.file = u->options->input, .object = "--context"},
                      "expected none, because the states of a graph say how much they hold");
}

/* ---- tokenizer ---- */

static bool read_tokenizer(struct unit *u)
{
    const char *path = u->options->vocabulary;
    struct model *from = &u->vocabulary_model, *m = &u->model;
    const struct import_options options = {.vocabulary_only = true,
                                           .pre_tokenizer = u->options->pre_tokenizer};

    if (path == NULL)
        return true;
    *from = (struct model){.arena = &u->arena, .strings = &u->strings};
    if (!import_model(path, &options, from, u->diags))
        return false;
    m->vocabulary = from->vocabulary;
    m->chat_template = from->chat_template;
    m->chat_template_bytes = from->chat_template_bytes;
    m->tool_template = from->tool_template;
    m->tool_template_bytes = from->tool_template_bytes;
    m->sampling = from->sampling;
    memcpy(m->special_tokens, from->special_tokens, sizeof m->special_tokens);
    m->special_token_count = from->special_token_count;
    vocabulary_check_rows(m, u->diags);
    return true;
}

bool import_user_graph(struct unit *u)
{
    bool good = check_options(u);

    if (!read_graph(u))
        return false;
    good = read_weights(u) && good;
    describe_model(u);
    good = read_tokenizer(u) && good;
    if (!u->options->kv_given && u->options->types.kv != DTYPE_f32)
        u->types.kv = DTYPE_none; /* states have the types that the graph gives them */
    return good;
}
