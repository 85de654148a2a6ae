/* Reads the text form of a graph (hir_text.c). In: foreign bytes; out: a graph in which every node
 * fits its operands, or errors with line and column.
 *
 * After an error the parser goes on with the next line. It ignores lines that read a node that
 * failed, so that each mistake is reported once. Numbers of nodes may have gaps but rise. `#`
 * starts a comment.
 */
#include "compiler/hir/attr.h"
#include "compiler/hir/shape.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_NODES = 4000000,
    MAX_SIZES = 4096, /* different sizes in the text */
    MAX_SHAPES = 1024,
    MAX_NESTING = 40, /* parentheses in a size */
    MAX_NAME = 500,   /* bytes of a name */
    MAX_DIGITS = 40,  /* characters of a number */
};

static const uint64_t MAX_SIZE = (uint64_t)1 << 40;

struct parser {
    struct hir_graph *graph;
    struct diags *diags;
    const char *path;
    const char *at, *end, *line_start;
    uint32_t line;
    struct {
        uint32_t number;
        hir_id id; /* 0: its line had an error */
    } * defined;   /* by rising number */
    uint32_t defined_count, defined_capacity;
};

/* ---- characters ---- */

static bool error_at(struct parser *p, const char *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool error_at(struct parser *p, const char *at, const char *format, ...)
{
    char text[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    uint32_t column = (uint32_t)min_u64((uint64_t)(at - p->line_start) + 1, UINT32_MAX);
    struct place place = {.file = p->path, .line = p->line, .column = column};
    return diag_error(p->diags, place, "%s", text);
}

static void skip_spaces(struct parser *p)
{
    while (p->at < p->end && (*p->at == ' ' || *p->at == '\t' || *p->at == '\r'))
        p->at++;
    if (p->at < p->end && *p->at == '#')
        while (p->at < p->end && *p->at != '\n')
            p->at++;
}

static bool line_ends(const struct parser *p)
{
    return p->at == p->end || *p->at == '\n';
}

static void next_line(struct parser *p)
{
    while (!line_ends(p))
        p->at++;
    if (p->at < p->end)
        p->at++;
    p->line_start = p->at;
    p->line++;
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* What stands here, for a message. */
static const char *found(struct parser *p)
{
    const char *end = p->at;

    if (line_ends(p))
        return p->at == p->end ? "the end of the file" : "the end of the line";
    while (end < p->end && end - p->at < 32 && is_word(*end))
        end++;
    end += end == p->at;
    return arena_printf(p->diags->arena, "'%.*s'", (int)(end - p->at), p->at);
}

static bool expected(struct parser *p, const char *what)
{
    return error_at(p, p->at, "expected %s, found %s", what, found(p));
}

static bool take(struct parser *p, const char *text)
{
    size_t bytes = strlen(text);

    skip_spaces(p);
    if ((size_t)(p->end - p->at) < bytes || memcmp(p->at, text, bytes) != 0)
        return false;
    p->at += bytes;
    return true;
}

static bool demand(struct parser *p, const char *text)
{
    char what[16];

    if (take(p, text))
        return true;
    snprintf(what, sizeof what, "'%s'", text);
    return expected(p, what);
}

/* A run of letters, digits and underscores; empty where there is none. */
static size_t take_word(struct parser *p, const char **word)
{
    skip_spaces(p);
    *word = p->at;
    while (p->at < p->end && is_word(*p->at))
        p->at++;
    return (size_t)(p->at - *word);
}

static bool word_is(const char *word, size_t bytes, const char *text)
{
    return strlen(text) == bytes && memcmp(word, text, bytes) == 0;
}

static bool parse_count(struct parser *p, uint64_t most, uint64_t *out)
{
    const char *start;

    skip_spaces(p);
    start = p->at;
    *out = 0;
    while (p->at < p->end && isdigit((unsigned char)*p->at) && *out <= most)
        *out = *out * 10 + (uint64_t)(*p->at++ - '0');
    if (p->at == start)
        return expected(p, "a number");
    if (*out > most || (p->at < p->end && isalnum((unsigned char)*p->at))) {
        p->at = start;
        return error_at(p, start, "expected a number of at most %llu, found %s",
                        (unsigned long long)most, found(p));
    }
    return true;
}

static bool parse_number(struct parser *p, double *out)
{
    char digits[MAX_DIGITS + 1];
    size_t length = 0;
    char *end;

    skip_spaces(p);
    while (p->at + length < p->end && length < MAX_DIGITS &&
           (isdigit((unsigned char)p->at[length]) || strchr("+-.e", p->at[length]) != NULL) &&
           p->at[length] != 0)
        length++;
    memcpy(digits, p->at, length);
    digits[length] = 0;
    *out = strtod(digits, &end);
    if (length == 0 || *end != 0 || !isfinite(*out))
        return expected(p, "a finite decimal number");
    p->at += length;
    return true;
}

static int hex_digit(char c)
{
    const char *digits = "0123456789abcdef", *at = strchr(digits, c);
    return c == 0 || at == NULL ? -1 : (int)(at - digits);
}

/* One character of a quoted name, with its escape undone; 0 where it is wrong. */
static char parse_character(struct parser *p)
{
    const char *c = p->at;

    if (*c != '\\') {
        p->at++;
        return (unsigned char)*c < 0x20 ? 0 : *c;
    }
    if (p->end - c >= 2 && (c[1] == '"' || c[1] == '\\')) {
        p->at += 2;
        return c[1];
    }
    if (p->end - c < 4 || c[1] != 'x' || hex_digit(c[2]) < 0 || hex_digit(c[3]) < 0)
        return 0;
    p->at += 4;
    return (char)(hex_digit(c[2]) * 16 + hex_digit(c[3]));
}

static bool parse_quoted(struct parser *p, char name[MAX_NAME + 1])
{
    const char *start;
    size_t length = 0;

    skip_spaces(p);
    start = p->at;
    if (!take(p, "\""))
        return expected(p, "a name in quotes");
    while (!line_ends(p) && *p->at != '"') {
        const char *at = p->at;
        char c = parse_character(p);
        if (c == 0)
            return error_at(p, at, "expected a printable character or \\\", \\\\ or \\xHH");
        if (length == MAX_NAME)
            return error_at(p, start, "expected a name of at most %d bytes", MAX_NAME);
        name[length++] = c;
    }
    name[length] = 0;
    return take(p, "\"") || error_at(p, start, "expected a closing quote on the same line");
}

/* ---- sizes and shapes ---- */

static bool parse_symbol(struct parser *p, uint32_t *symbol)
{
    const char *word;
    size_t bytes = take_word(p, &word);

    for (*symbol = 0; *symbol < SYMBOL_MAX; (*symbol)++)
        if (word_is(word, bytes, symbol_name(*symbol)))
            return true;
    p->at = word;
    return expected(p, "a symbol (BATCH, SEQ, ROWS, PAST_SEQ, OUT_ROWS)");
}

/* A number, a symbol, or (a + b), (a * b). The nesting is bounded, so this may call itself. */
static bool parse_size(struct parser *p, uint32_t nesting, dim_id *out)
{
    struct dims *dims = &p->graph->dims;
    uint64_t value;
    uint32_t symbol;
    dim_id a, b;

    skip_spaces(p);
    const char *start = p->at;
    if (dims->count >= MAX_SIZES || nesting > MAX_NESTING)
        return error_at(p, start,
                        dims->count >= MAX_SIZES ? "too many different sizes"
                                                 : "a size is nested too deeply");
    if (!line_ends(p) && isdigit((unsigned char)*p->at)) {
        if (!parse_count(p, MAX_SIZE, &value))
            return false;
        *out = dim_const(dims, (int64_t)value);
        return true;
    }
    if (!take(p, "(")) {
        if (line_ends(p) || !isalpha((unsigned char)*p->at))
            return expected(p, "a size");
        if (!parse_symbol(p, &symbol))
            return false;
        *out = dim_symbol(dims, symbol);
        return true;
    }
    if (!parse_size(p, nesting + 1, &a))
        return false;
    bool sum = take(p, "+");
    if (!sum && !take(p, "*"))
        return expected(p, "'+' or '*'");
    if (!parse_size(p, nesting + 1, &b) || !demand(p, ")"))
        return false;
    *out = sum ? dim_add(dims, a, b) : dim_mul(dims, a, b);
    return *out != 0 || error_at(p, start, "a size is too large");
}

static bool parse_shape(struct parser *p, struct hir_shape *shape)
{
    *shape = (struct hir_shape){0};
    if (!demand(p, "["))
        return false;
    if (take(p, "]"))
        return true;
    do {
        skip_spaces(p);
        if (shape->rank == HIR_MAX_RANK)
            return error_at(p, p->at, "expected at most %d axes", HIR_MAX_RANK);
        if (!parse_size(p, 0, &shape->dims[shape->rank++]))
            return false;
    } while (take(p, ","));
    return demand(p, "]");
}

static bool parse_dtype(struct parser *p, enum dtype *dtype)
{
    const char *word;
    size_t bytes = take_word(p, &word);

    *dtype = dtype_from_name(word, bytes);
    p->at = *dtype == DTYPE_none ? word : p->at;
    return *dtype != DTYPE_none || expected(p, "a type");
}

/* ---- attributes ---- */

static bool parse_named_value(struct parser *p, const struct attr_field *field, uint32_t *out)
{
    const char *word, *name;
    size_t bytes = take_word(p, &word);

    for (*out = 0; (name = attr_word((enum attr_type)field->type, *out)) != NULL; (*out)++)
        if (word_is(word, bytes, name))
            return true;
    p->at = word;
    return error_at(p, word, "%s: expected a known name, found %s", field->name, found(p));
}

/* One op of postfix text: a word, an operand x0 …, a constant c0 …. */
static bool parse_code_op(struct parser *p, struct hir_code *code)
{
    const char *word;
    size_t bytes = take_word(p, &word);
    bool indexed = bytes == 2 && (*word == 'x' || *word == 'c') && isdigit((unsigned char)word[1]);
    uint32_t index = indexed ? (uint32_t)(word[1] - '0') : 0, op = 0;

    while (!indexed && op <= S_MIN &&
           (scalar_words[op] == NULL || !word_is(word, bytes, scalar_words[op])))
        op++;
    if (indexed && *word == 'c' && index < SCALAR_CONSTANT_COUNT) {
        code->code[code->bytes++] = S_K;
        code->code[code->bytes++] = (uint8_t)index;
    } else if (indexed && *word == 'x' && index < SCALAR_MAX_OPERANDS) {
        code->code[code->bytes++] = (uint8_t)(S_X + index);
    } else if (!indexed && op <= S_MIN) {
        code->code[code->bytes++] = (uint8_t)op;
    } else {
        p->at = word;
        return expected(p, "a scalar op");
    }
    return true;
}

/* [x0 neg exp c1 add] */
static bool parse_code(struct parser *p, struct hir_code *code)
{
    if (!demand(p, "["))
        return false;
    while (!take(p, "]")) {
        if (code->bytes + 2 >= SCALAR_MAX_CODE)
            return error_at(p, p->at, "expected a formula of at most %d bytes",
                            SCALAR_MAX_CODE - 1);
        if (!parse_code_op(p, code))
            return false;
    }
    return true;
}

static bool parse_field(struct parser *p, const struct attr_field *field, struct hir_attr *attr)
{
    char *to = (char *)attr + field->offset;
    uint64_t count;
    uint32_t value;
    double number;

    switch (field->type) {
    case ATTR_TYPE_code:
        return parse_code(p, (struct hir_code *)(void *)to);
    case ATTR_TYPE_number:
        if (!parse_number(p, &number))
            return false;
        memcpy(to, &number, sizeof number);
        return true;
    case ATTR_TYPE_count:
    case ATTR_TYPE_flag:
        if (!parse_count(p, field->type == ATTR_TYPE_flag ? 1 : UINT32_MAX, &count))
            return false;
        value = (uint32_t)count;
        break;
    case ATTR_TYPE_size:
        if (!parse_size(p, 0, &value))
            return false;
        break;
    default:
        if (!parse_named_value(p, field, &value))
            return false;
    }
    memcpy(to, &value, sizeof value);
    return true;
}

/* Attributes and name, up to the end of the line, in any order. */
static bool parse_rest(struct parser *p, enum hir_op op, struct hir_attr *attr,
                       char name[MAX_NAME + 1])
{
    uint64_t seen = 0;
    uint32_t kind = hir_op_info[op].attr, i;

    for (skip_spaces(p); !line_ends(p); skip_spaces(p)) {
        const char *word;
        if (*p->at == '"') {
            if (name[0] != 0)
                return expected(p, "one name");
            if (!parse_quoted(p, name))
                return false;
            continue;
        }
        size_t bytes = take_word(p, &word);
        for (i = 0; i < ATTR_FIELD_COUNT; i++)
            if (attr_fields[i].kind == kind && word_is(word, bytes, attr_fields[i].name))
                break;
        if (i == ATTR_FIELD_COUNT || (seen >> i & 1) != 0) {
            p->at = word;
            return error_at(p, word, "expected %s of %s or a name in quotes, found %s",
                            i == ATTR_FIELD_COUNT ? "an attribute" : "a further attribute",
                            hir_op_info[op].name, found(p));
        }
        seen |= (uint64_t)1 << i;
        if (!demand(p, "=") || !parse_field(p, &attr_fields[i], attr))
            return false;
    }
    for (i = 0; i < ATTR_FIELD_COUNT; i++)
        if (attr_fields[i].kind == kind && attr_fields[i].always && (seen >> i & 1) == 0)
            return error_at(p, p->at, "expected %s=", attr_fields[i].name);
    return true;
}

/* ---- lines ---- */

/* `%12`: where it stands in the list of what was defined; the count where it is not there. */
static bool parse_reference(struct parser *p, hir_id *id)
{
    uint64_t number;
    uint32_t low = 0, high = p->defined_count;
    const char *start;

    skip_spaces(p);
    start = p->at;
    if (!demand(p, "%") || !parse_count(p, UINT32_MAX, &number))
        return false;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (p->defined[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == p->defined_count || p->defined[low].number != number)
        return error_at(p, start, "expected a node that stands before, found %%%llu",
                        (unsigned long long)number);
    *id = p->defined[low].id;
    return true;
}

static bool parse_op(struct parser *p, enum hir_op *op)
{
    const char *word;
    size_t bytes = take_word(p, &word);

    for (uint32_t i = HIR_none + 1; i < HIR_OP_COUNT; i++)
        if (word_is(word, bytes, hir_op_info[i].name)) {
            *op = (enum hir_op)i;
            return true;
        }
    p->at = word;
    return expected(p, "an op");
}

struct line {
    enum hir_op op;
    hir_id operands[HIR_MAX_OPERANDS];
    uint32_t count;
    bool reads_failed; /* an operand's line had an error */
    enum dtype dtype;
    struct hir_shape shape;
    struct hir_attr attr;
    char name[MAX_NAME + 1];
};

static bool parse_operands(struct parser *p, struct line *line)
{
    for (skip_spaces(p); !line_ends(p) && *p->at == '%'; skip_spaces(p)) {
        if (line->count == HIR_MAX_OPERANDS)
            return error_at(p, p->at, "expected at most %d operands", HIR_MAX_OPERANDS);
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
        error_at(p, start, "%s: %s", info->name, why);
        return 0;
    }
    if (g->shape_count >= MAX_SHAPES || g->node_count > MAX_NODES ||
        g->dims.count > 2 * MAX_SIZES) {
        error_at(p, start,
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
    struct line line = {0};

    if (!demand(p, "="))
        return 0;
    skip_spaces(p);
    const char *start = p->at;
    if (!parse_op(p, &line.op) || !parse_operands(p, &line) || !parse_dtype(p, &line.dtype) ||
        !parse_shape(p, &line.shape) || !parse_rest(p, line.op, &line.attr, line.name))
        return 0;
    return line.reads_failed ? 0 : build(p, start, &line);
}

static void parse_node(struct parser *p)
{
    uint64_t number;
    const char *start = p->at;

    if (!demand(p, "%") || !parse_count(p, UINT32_MAX, &number))
        return;
    uint32_t last = p->defined_count == 0 ? 0 : p->defined[p->defined_count - 1].number;
    if (number <= last) {
        error_at(p, start, "expected a number above %u, found %llu", last,
                 (unsigned long long)number);
        return;
    }
    hir_id id = parse_definition(p);
    p->defined = arena_grow(p->graph->arena, p->defined, p->defined_count, &p->defined_capacity, 1,
                            sizeof *p->defined);
    p->defined[p->defined_count].number = (uint32_t)number;
    p->defined[p->defined_count++].id = id;
}

static void parse_output(struct parser *p)
{
    char name[MAX_NAME + 1];
    hir_id id;

    if (!parse_quoted(p, name) || !parse_reference(p, &id))
        return;
    skip_spaces(p);
    if (!line_ends(p))
        expected(p, "the end of the line");
    else if (p->graph->output_count >= MAX_NODES)
        error_at(p, p->at, "too many outputs");
    else if (id != 0)
        hir_output(p->graph, name, id);
}

/* graph "llama" (SEQ in 1..512, PAST_SEQ in 0..8191) */
static void parse_head(struct parser *p)
{
    char name[MAX_NAME + 1];
    uint64_t min, max;
    uint32_t symbol;

    if (!demand(p, "graph") || !parse_quoted(p, name))
        return;
    p->graph->name = str_of(p->graph->strings, name);
    if (take(p, "(")) {
        do {
            if (!parse_symbol(p, &symbol) || !demand(p, "in") || !parse_count(p, INT32_MAX, &min) ||
                !demand(p, "..") || !parse_count(p, INT32_MAX, &max))
                return;
            if (min > max) {
                error_at(p, p->at, "expected a range, found %llu..%llu", (unsigned long long)min,
                         (unsigned long long)max);
                return;
            }
            dim_bound(&p->graph->dims, symbol, (int64_t)min, (int64_t)max);
        } while (take(p, ","));
        if (!demand(p, ")"))
            return;
    }
    skip_spaces(p);
    if (!line_ends(p))
        expected(p, "the end of the line");
}

bool hir_parse(struct hir_graph *g, const char *path, const char *data, size_t bytes,
               struct diags *d)
{
    struct parser p = {.graph = g, .diags = d, .path = path, .line = 1};
    uint32_t before = d->error_count;
    bool has_head = false;

    p.at = p.line_start = data;
    p.end = data + bytes;
    for (; p.at < p.end; next_line(&p)) {
        skip_spaces(&p);
        if (line_ends(&p))
            continue;
        if (!has_head) {
            parse_head(&p);
            has_head = true;
        } else if (take(&p, "output")) {
            parse_output(&p);
        } else if (*p.at == '%') {
            parse_node(&p);
        } else {
            expected(&p, "'%', 'output' or a comment");
        }
    }
    if (!has_head)
        error_at(&p, p.at, "expected 'graph', found the end of the file");
    return d->error_count == before;
}
