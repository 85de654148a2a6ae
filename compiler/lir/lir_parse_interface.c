/* Reads what a program is for: the lines variant, upper, homes, slot, io, segments and
 * row_segments. In: the words after the first; out: the program's variant, sizes, homes, inputs and
 * outputs. */
#include "compiler/lir/lir_parse_parts.h"

enum { MAX_IO = 1 << 12 };

static bool parse_entry(struct parser *p, struct variant *v)
{
    str_id name = 0;

    if (!take_key(&p->lexer, "entry"))
        return true;
    if (!parse_name(p, &name))
        return false;
    v->entry_name = str_text(p->program->strings, name);
    return true;
}

bool parse_variant(struct parser *p)
{
    struct variant *v = &p->program->variant;
    struct lexer *l = &p->lexer;
    int symbol;

    if (!parse_entry(p, v) || !require_key(l, "phase"))
        return false;
    int phase = lexer_word_index(l, phase_words, countof(phase_words));
    if (phase < 0)
        return lexer_expected(l, "a phase");
    v->phase = (enum phase)phase;
    if (!require_count(l, "batch", INT32_MAX, &v->batch) ||
        !require_count(l, "seq", INT32_MAX, &v->seq))
        return false;
    v->has_past = take_key(l, "past");
    if (v->has_past && !lexer_count_u32(l, INT32_MAX, &v->past_seq))
        return false;
    while ((symbol = take_symbol(l)) >= 0) {
        uint32_t size = 0;
        if (v->extra_count == VARIANT_MAX_EXTRA)
            return lexer_expected(l, "fewer extra sizes");
        if (!lexer_require(l, "=") || !lexer_count_u32(l, INT32_MAX, &size))
            return false;
        *v = variant_with_extra(*v, (uint32_t)symbol, size);
    }
    return lexer_require_line_end(l);
}

bool parse_upper(struct parser *p)
{
    struct lexer *l = &p->lexer;
    int symbol;

    while ((symbol = take_symbol(l)) >= 0) {
        uint64_t size = 0;
        if (!lexer_require(l, "=") || !lexer_count(l, INT32_MAX, &size))
            return false;
        p->program->upper[symbol] = (int64_t)size;
    }
    return lexer_require_line_end(l);
}

bool parse_homes(struct parser *p)
{
    struct lexer *l = &p->lexer;
    int home;

    while ((home = lexer_word_index(l, home_words, HOME_COUNT)) >= 0)
        if (!lexer_require(l, "=") || !lexer_count(l, MAX_BYTES, &p->program->home_bytes[home]))
            return false;
    return lexer_require_line_end(l);
}

static bool require_symbol(struct lexer *l, uint32_t *out)
{
    int symbol = take_symbol(l);

    *out = (uint32_t)symbol;
    return symbol >= 0 || lexer_expected(l, "a symbol");
}

/* S7 = (1*S6 - 3) / 2 */
bool parse_slot(struct parser *p)
{
    struct dim_slot_info info = {0};
    struct lexer *l = &p->lexer;
    uint32_t slot, multiply, add, divide;

    if (!require_symbol(l, &slot) || !lexer_require(l, "=") || !lexer_require(l, "(") ||
        !lexer_count_u32(l, INT32_MAX, &multiply) || !lexer_require(l, "*") ||
        !require_symbol(l, &info.symbol))
        return false;
    bool negative = lexer_take(l, "-");
    if ((!negative && !lexer_require(l, "+")) || !lexer_count_u32(l, INT32_MAX, &add) ||
        !lexer_require(l, ")") || !lexer_require(l, "/") || !lexer_count_u32(l, INT32_MAX, &divide))
        return false;
    if (slot <= info.symbol || slot < SYMBOL_FIRST_FREE || divide == 0)
        return lexer_expected(l, "a size after its symbol's, divided by a number above 0");
    info.multiply = multiply;
    info.add = negative ? -(int64_t)add : add;
    info.divide = divide;
    p->program->slots[slot] = info;
    return lexer_require_line_end(l);
}

/* ---- inputs and outputs ---- */

/* input tokens, output logits */
static bool parse_direction(struct lexer *l, struct lir_io *io)
{
    io->is_output = lexer_take_word(l, "output");
    if (!io->is_output && !lexer_require_word(l, "input"))
        return false;
    for (uint8_t role = 0; io_role_word(io->is_output, role) != NULL; role++)
        if (lexer_take_word(l, io_role_word(io->is_output, role))) {
            io->role = role;
            return true;
        }
    return lexer_expected(l, "a role");
}

static bool parse_element(struct lexer *l, struct lir_io *io)
{
    io->element = lexer_take_word(l, "i32") ? DTYPE_i32 : DTYPE_f32;
    return io->element == DTYPE_i32 || lexer_take_word(l, "f32") || lexer_expected(l, "f32 or i32");
}

/* [ROWS, 64] */
static bool parse_dims(struct lexer *l, struct lir_io *io)
{
    if (!lexer_require(l, "["))
        return false;
    do {
        uint32_t size = 0;
        if (io->rank == HIR_MAX_RANK)
            return lexer_expected(l, "fewer dimensions");
        int symbol = take_symbol(l);
        if (symbol < 0 && !lexer_count_u32(l, INT32_MAX, &size))
            return false;
        io->dims[io->rank].slot = symbol < 0 ? LIR_FIXED : (uint32_t)symbol;
        io->dims[io->rank++].size = size;
    } while (lexer_take(l, ","));
    return lexer_require(l, "]");
}

bool parse_io(struct parser *p)
{
    struct lir_program *program = p->program;
    struct lexer *l = &p->lexer;
    struct lir_io io = {0};

    if (program->io_count == MAX_IO)
        return lexer_error(l, lexer_here(l), "expected at most %d inputs and outputs", MAX_IO);
    if (!parse_direction(l, &io) || !parse_name(p, &io.name) || !parse_element(l, &io) ||
        !parse_dims(l, &io) || !parse_id(l, 'b', program->buffer_count, &io.buffer) ||
        !lexer_require(l, ":") || !lexer_count_u32(l, INT32_MAX, &io.stride) ||
        !lexer_require_line_end(l))
        return false;
    ARENA_PUSH(program->arena, program->io, program->io_count, program->io_capacity) = io;
    return true;
}

bool parse_segments(struct parser *p, buf_id *out)
{
    return parse_id(&p->lexer, 'b', p->program->buffer_count, out) &&
           lexer_require_line_end(&p->lexer);
}
