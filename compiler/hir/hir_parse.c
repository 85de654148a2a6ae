/* Reads the text form of a graph (hir_text.c). In: foreign bytes; out: a graph in which every node
 * fits its operands, or errors with line and column.
 *
 * After an error the parser goes on with the next line. It ignores lines that read a node that
 * failed, so that each mistake is reported once. Numbers of nodes may have gaps but rise.
 */
#include "compiler/hir/attr.h"
#include "compiler/hir/parse_parts.h"
#include "compiler/hir/shape.h"

#include <ctype.h>

enum { MAX_NODES = 4000000, MAX_SHAPES = 1024, MAX_SYMBOL_BYTES = 64 };

struct parser {
    struct lexer lexer;
    struct hir_graph *graph;
    struct {
        uint32_t number;
        hir_id id; /* 0: its line had an error */
    } * defined;   /* by rising number */
    uint32_t defined_count, defined_capacity;
    bool has_entry; /* a line of one was seen */
};

/* `%12`: the node that has this number in the text. */
static bool parse_reference(struct parser *p, hir_id *id)
{
    const char *start = lexer_here(&p->lexer);
    uint32_t number, low = 0, high = p->defined_count;

    if (!lexer_require(&p->lexer, "%") || !lexer_count_u32(&p->lexer, UINT32_MAX, &number))
        return false;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (p->defined[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == p->defined_count || p->defined[low].number != number)
        return lexer_error(&p->lexer, start, "expected a node that stands before, found %%%u",
                           number);
    *id = p->defined[low].id;
    return true;
}

static bool parse_op(struct lexer *l, enum hir_op *op)
{
    const char *word;
    size_t bytes = lexer_word(l, &word);

    for (uint32_t i = HIR_none + 1; i < HIR_OP_COUNT; i++)
        if (lexer_word_is(word, bytes, hir_op_info[i].name)) {
            *op = (enum hir_op)i;
            return true;
        }
    l->at = word;
    return lexer_expected(l, "an op");
}

struct line {
    enum hir_op op;
    hir_id operands[HIR_MAX_OPERANDS];
    uint32_t count;
    bool reads_failed; /* an operand's line had an error */
    enum dtype dtype;
    struct hir_shape shape;
    struct hir_attr attr;
    char name[LEXER_MAX_NAME + 1];
};

static bool parse_operands(struct parser *p, struct line *line)
{
    while (lexer_sees(&p->lexer, '%')) {
        if (line->count == HIR_MAX_OPERANDS)
            return lexer_error(&p->lexer, p->lexer.at, "expected at most %d operands",
                               HIR_MAX_OPERANDS);
        if (!parse_reference(p, &line->operands[line->count]))
            return false;
        line->reads_failed |= line->operands[line->count++] == 0;
    }
    return true;
}

/* Adds the node if it obeys the rules of its op. */
static hir_id build(struct parser *p, const char *start, const struct line *line)
{
    struct hir_graph *g = p->graph;
    const struct hir_op_info *info = &hir_op_info[line->op];
    const char *why = NULL;
    struct shape_question q = {g,           &g->dims,    g->arena,
                               line->op,    &line->attr, line->operands,
                               line->count, line->shape, line->dtype};
    hir_id id;

    if (!hir_check_node(&q, &line->shape, line->dtype, &why)) {
        lexer_error(&p->lexer, start, "%s: %s", info->name, why);
        return 0;
    }
    if (g->shape_count >= MAX_SHAPES || g->node_count > MAX_NODES ||
        g->dims.count > 2 * PARSE_MAX_SIZES) {
        lexer_error(&p->lexer, start,
                    g->node_count > MAX_NODES ? "too many nodes" : "too many different shapes");
        return 0;
    }
    if (hir_is_declared(line->op))
        id = hir_declare(g, line->op, line->dtype, hir_shape(g, line->shape.rank, line->shape.dims),
                         NULL, &line->attr, line->operands, line->count);
    else
        id = hir_add(g, line->op, &line->attr, line->operands, line->count);
    hir_at(g, id)->name = str_of(g->strings, line->name);
    return id;
}

/* What follows the number: = matmul %5 %6   f32 [ROWS, 576]   "q". 0 where there is an error, here
 * or in a line that it reads. */
static hir_id parse_definition(struct parser *p)
{
    struct lexer *l = &p->lexer;
    struct dims *dims = &p->graph->dims;
    struct line line = {0};

    if (!lexer_require(l, "="))
        return 0;
    const char *start = lexer_here(l);
    if (!parse_op(l, &line.op) || !parse_operands(p, &line) || !parse_dtype(l, &line.dtype) ||
        !parse_shape(l, dims, &line.shape) || !parse_rest(l, dims, line.op, &line.attr, line.name))
        return 0;
    return line.reads_failed ? 0 : build(p, start, &line);
}

static void parse_node(struct parser *p)
{
    const char *start = lexer_here(&p->lexer);
    uint32_t number, last = 0;

    if (!lexer_require(&p->lexer, "%") || !lexer_count_u32(&p->lexer, UINT32_MAX, &number))
        return;
    if (p->defined_count != 0)
        last = p->defined[p->defined_count - 1].number;
    if (number <= last) {
        lexer_error(&p->lexer, start, "expected a number above %u, found %u", last, number);
        return;
    }
    hir_id id = parse_definition(p);
    p->defined = arena_grow(p->graph->arena, p->defined, p->defined_count, &p->defined_capacity, 1,
                            sizeof *p->defined);
    p->defined[p->defined_count].number = number;
    p->defined[p->defined_count++].id = id;
}

/* Nothing, or role=logits. */
static bool parse_output_role(struct lexer *l, enum output_role *role)
{
    *role = OUTPUT_data;
    if (lexer_line_ends(l))
        return true;
    if (!lexer_require_word(l, "role") || !lexer_require(l, "="))
        return false;
    if (lexer_take_word(l, output_role_names[OUTPUT_logits]))
        *role = OUTPUT_logits;
    else if (!lexer_take_word(l, output_role_names[OUTPUT_data]))
        return lexer_expected(l, "'data' or 'logits'");
    return lexer_require_line_end(l);
}

/* output "logits" %20 role=logits */
static void parse_output(struct parser *p)
{
    char name[LEXER_MAX_NAME + 1];
    enum output_role role;
    hir_id id;

    if (!lexer_name(&p->lexer, name) || !parse_reference(p, &id) ||
        !parse_output_role(&p->lexer, &role))
        return;
    if (p->graph->output_count >= MAX_NODES)
        lexer_error(&p->lexer, p->lexer.at, "too many outputs");
    else if (id != 0)
        hir_output(p->graph, name, id, role);
}

/* entry "encode" */
static void parse_entry(struct parser *p)
{
    struct hir_graph *g = p->graph;
    char name[LEXER_MAX_NAME + 1];

    if (!lexer_name(&p->lexer, name) || !lexer_require_line_end(&p->lexer))
        return;
    if (p->has_entry && g->entries[g->entry_count - 1].output_count == 0)
        lexer_error(&p->lexer, p->lexer.at, "expected outputs of the entry before");
    else if (!p->has_entry && g->output_count != 0)
        lexer_error(&p->lexer, p->lexer.at, "expected an entry before the first output");
    else if (g->entry_count >= HIR_MAX_ENTRIES)
        lexer_error(&p->lexer, p->lexer.at, "expected at most %d entries", HIR_MAX_ENTRIES);
    else
        hir_entry(g, name);
    p->has_entry = true;
}

/* The symbol that a bound is of; a name that is not known declares one of the graph's own. */
static bool parse_bounded(struct lexer *l, struct dims *dims, uint32_t *symbol)
{
    const char *start = lexer_here(l), *word;
    size_t bytes = lexer_word(l, &word);

    if (bytes == 0 || bytes > MAX_SYMBOL_BYTES || !isalpha((unsigned char)word[0])) {
        l->at = start;
        return lexer_expected(l, "the name of a symbol");
    }
    *symbol = dims_find(dims, word, bytes);
    if (*symbol == SYMBOL_MAX)
        *symbol = dims_declare(dims, word, bytes);
    return *symbol != SYMBOL_MAX ||
           lexer_error(l, start, "expected at most %d symbols of the graph's own",
                       SYMBOL_MAX - SYMBOL_FIRST_FREE);
}

/* SEQ in 1..512. `bounded`: a bit for each symbol that has bounds already. */
static bool parse_bounds(struct lexer *l, struct dims *dims, uint32_t *bounded)
{
    const char *start = lexer_here(l);
    uint32_t symbol = 0, min, max;

    if (!parse_bounded(l, dims, &symbol))
        return false;
    if ((*bounded >> symbol & 1) != 0)
        return lexer_error(l, start, "expected bounds of a symbol once, found '%s' again",
                           dim_symbol_name(dims, symbol));
    *bounded |= 1u << symbol;
    if (!lexer_require_word(l, "in") || !lexer_count_u32(l, INT32_MAX, &min) ||
        !lexer_require(l, "..") || !lexer_count_u32(l, INT32_MAX, &max))
        return false;
    if (min > max)
        return lexer_error(l, l->at, "expected a range, found %u..%u", min, max);
    dim_bound(dims, symbol, min, max);
    return true;
}

/* graph "llama" (SEQ in 1..512, PAST_SEQ in 0..8191) */
static void parse_head(struct parser *p)
{
    struct lexer *l = &p->lexer;
    char name[LEXER_MAX_NAME + 1];
    uint32_t bounded = 0;

    if (!lexer_require_word(l, "graph") || !lexer_name(l, name))
        return;
    p->graph->name = str_of(p->graph->strings, name);
    if (lexer_take(l, "(")) {
        do {
            if (!parse_bounds(l, &p->graph->dims, &bounded))
                return;
        } while (lexer_take(l, ","));
        if (!lexer_require(l, ")"))
            return;
    }
    lexer_require_line_end(l);
}

bool hir_parse(struct hir_graph *g, const char *path, const char *data, size_t bytes,
               struct diags *d)
{
    struct parser p = {.graph = g};
    bool has_head = false;

    lexer_open(&p.lexer, path, data, bytes, d);
    while (lexer_next_line(&p.lexer)) {
        if (!has_head) {
            parse_head(&p);
            has_head = true;
        } else if (lexer_take_word(&p.lexer, "output")) {
            parse_output(&p);
        } else if (lexer_take_word(&p.lexer, "entry")) {
            parse_entry(&p);
        } else if (lexer_sees(&p.lexer, '%')) {
            parse_node(&p);
        } else {
            lexer_expected(&p.lexer, "'%', 'entry', 'output' or a comment");
        }
    }
    if (!has_head)
        lexer_require_word(&p.lexer, "graph");
    return p.lexer.error_count == 0;
}
