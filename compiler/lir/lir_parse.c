/* Reads the text form of a program (lir_words.h shows it). In: foreign bytes; out: a program whose
 * ids are all in range, or errors with line and column; whether it makes sense is lir_verify's
 * question.
 *
 * After an error the parser goes on with the next line. A kernel or buffer whose line had an error
 * keeps its number, and steps of such a kernel are not read, so that each mistake is reported once.
 */
#include "compiler/lir/lir_parse_parts.h"

enum { MAX_BUFFERS = 1 << 20, MAX_TEXT = 1 << 28 };

/* ---- words and ids ---- */

bool take_key(struct lexer *l, const char *name)
{
    const char *start = lexer_here(l);

    if (lexer_take_word(l, name) && lexer_take(l, "="))
        return true;
    l->at = start;
    return false;
}

bool require_key(struct lexer *l, const char *name)
{
    return lexer_require_word(l, name) && lexer_require(l, "=");
}

bool require_count(struct lexer *l, const char *name, uint32_t max, uint32_t *out)
{
    return require_key(l, name) && lexer_count_u32(l, max, out);
}

int take_symbol(struct lexer *l)
{
    for (uint32_t i = 0; i < SYMBOL_MAX; i++)
        if (lexer_take_word(l, symbol_name(i)))
            return (int)i;
    return -1;
}

bool parse_id(struct lexer *l, char letter, uint32_t end, uint32_t *out)
{
    const char *start = lexer_here(l);
    const bool is_buffer = letter == 'b';

    if (!lexer_sees(l, letter) || start + 1 == l->end || start[1] < '0' || start[1] > '9')
        return lexer_expected(l, is_buffer ? "a buffer (b1, b2, ...)" : "a kernel (k0, k1, ...)");
    l->at++;
    if (!lexer_count_u32(l, UINT32_MAX, out))
        return false;
    if (*out < end && (!is_buffer || *out != 0))
        return true;
    return lexer_error(l, start, "%c%u is not declared before this line", letter, *out);
}

bool parse_next(struct lexer *l, char letter, uint32_t next)
{
    const char *start = lexer_here(l);
    uint32_t found = 0;

    if (lexer_sees(l, letter)) {
        l->at++;
        if (!lexer_count_u32(l, UINT32_MAX, &found))
            return false;
        if (found == next)
            return true;
    }
    l->at = start;
    return lexer_error(l, start, "expected %c%u, since numbers follow each other, found %s", letter,
                       next, lexer_found(l));
}

bool parse_name(struct parser *p, str_id *out)
{
    char name[LEXER_MAX_NAME + 1];

    if (!lexer_name(&p->lexer, name))
        return false;
    *out = str_of(p->program->strings, name);
    return true;
}

/* ---- buffers ---- */

static bool parse_buffer_home(struct parser *p, struct lir_buffer *b)
{
    struct lexer *l = &p->lexer;

    if (!b->is_view) {
        int home = lexer_word_index(l, home_words, HOME_COUNT);
        b->home = (uint8_t)(home < 0 ? 0 : home);
        return home >= 0 || lexer_expected(l, "a home");
    }
    if (!lexer_require_word(l, "in"))
        return false;
    const char *start = lexer_here(l);
    if (!parse_id(l, 'b', p->program->buffer_count, &b->inside))
        return false;
    if (p->program->buffers[b->inside].is_view)
        return lexer_error(l, start, "expected a buffer that is no view, found b%u", b->inside);
    b->home = p->program->buffers[b->inside].home;
    return true;
}

static bool parse_buffer_rest(struct parser *p, struct lir_buffer *b)
{
    struct lexer *l = &p->lexer;

    if (p->program->buffer_count >= MAX_BUFFERS)
        return lexer_error(l, lexer_here(l), "expected at most %d buffers", MAX_BUFFERS);
    if (!parse_next(l, 'b', p->program->buffer_count) || !parse_buffer_home(p, b) ||
        !lexer_count(l, MAX_BYTES, &b->bytes) || !lexer_require(l, "@") ||
        !lexer_count(l, MAX_BYTES, &b->offset) || !lexer_require_word(l, "live") ||
        !lexer_count_u32(l, UINT32_MAX, &b->first) || !lexer_require(l, "..") ||
        !lexer_count_u32(l, UINT32_MAX, &b->last))
        return false;
    if (take_key(l, "source") && !lexer_count_u32(l, UINT32_MAX, &b->source))
        return false;
    if (lexer_sees(l, '"') && !parse_name(p, &b->name))
        return false;
    return lexer_require_line_end(l);
}

static bool parse_buffer(struct parser *p, bool is_view)
{
    struct lir_program *program = p->program;
    struct lir_buffer b = {.is_view = is_view};
    bool good = parse_buffer_rest(p, &b);

    if (program->buffer_count < MAX_BUFFERS)
        ARENA_PUSH(program->arena, program->buffers, program->buffer_count,
                   program->buffer_capacity) = b;
    return good;
}

/* ---- lines ---- */

static bool parse_program(struct parser *p)
{
    str_id name = 0;

    if (!parse_name(p, &name))
        return false;
    p->program->name = str_text(p->program->strings, name);
    return lexer_require_line_end(&p->lexer);
}

static bool parse_lm_head(struct parser *p)
{
    if (p->has_lm_head)
        return lexer_error(&p->lexer, p->lexer.at, "expected one lm_head");
    p->has_lm_head = true;
    p->program->lm_head_step = p->program->step_count;
    return lexer_require_line_end(&p->lexer);
}

static bool parse_statement(struct parser *p)
{
    struct lexer *l = &p->lexer;

    if (lexer_take_word(l, "kernel"))
        return parse_kernel(p);
    if (lexer_take_word(l, "buffer"))
        return parse_buffer(p, false);
    if (lexer_take_word(l, "view"))
        return parse_buffer(p, true);
    if (lexer_take_word(l, "slot"))
        return parse_slot(p);
    if (lexer_take_word(l, "io"))
        return parse_io(p);
    if (lexer_take_word(l, "segments"))
        return parse_segments(p, &p->program->segments);
    if (lexer_take_word(l, "row_segments"))
        return parse_segments(p, &p->program->row_segments);
    if (lexer_take_word(l, "step"))
        return parse_step(p);
    if (lexer_take_word(l, "lm_head"))
        return parse_lm_head(p);
    return lexer_expected(l, "slot, kernel, buffer, view, io, segments, row_segments, step or "
                             "lm_head");
}

/* The first lines stand in this order; where one is missing, or its word is wrong, the others are
 * read all the same. */
static bool parse_first_lines(struct parser *p, bool *more)
{
    static const char *const words[] = {"program",      "variant", "upper",  "homes", "slot",
                                        "kernel",       "buffer",  "view",   "io",    "segments",
                                        "row_segments", "step",    "lm_head"};
    static bool (*const parse[])(struct parser * p) = {parse_program, parse_variant, parse_upper,
                                                       parse_homes};
    struct lexer *l = &p->lexer;
    bool good = true;

    for (uint32_t i = 0; i < countof(parse); i++) {
        if (lexer_require_word(l, words[i])) {
            good = parse[i](p) && good;
            *more = lexer_next_line(l);
            continue;
        }
        good = false;
        if (i == 0 || !*more) /* another kind of text, or its end */
            return false;
        const char *start = lexer_here(l);
        if (lexer_word_index(l, words + i + 1, countof(words) - i - 1) < 0)
            *more = lexer_next_line(l);
        else
            l->at = start;
    }
    return good;
}

static bool parse_lines(struct parser *p)
{
    bool more = lexer_next_line(&p->lexer), good = parse_first_lines(p, &more);

    if (!good && p->program->name == NULL)
        return false;
    while (more) {
        good = parse_statement(p) && good;
        more = lexer_next_line(&p->lexer);
    }
    return good;
}

bool lir_parse(struct lir_program *p, struct lir_kernels *kernels, struct arena *a,
               struct strings *s, const char *path, const char *data, size_t bytes, struct diags *d)
{
    struct parser parser = {.program = p};

    *p = (struct lir_program){.arena = a, .strings = s, .kernels = kernels};
    if (bytes > MAX_TEXT)
        return diag_error(d, (struct place){.file = path}, "expected at most %d bytes of text",
                          MAX_TEXT);
    ARENA_PUSH(a, p->buffers, p->buffer_count, p->buffer_capacity) = (struct lir_buffer){0};
    lexer_open(&parser.lexer, path, data, bytes, d);
    bool good = parse_lines(&parser);
    if (!parser.has_lm_head)
        p->lm_head_step = p->step_count;
    return good && parser.lexer.error_count == 0;
}
