/* Reads the lines `kernel` and `step` of a program. In: the words after the first; out: a kernel of
 * the level, or a step of the program with its launch values. */
#include "compiler/lir/lir_parse_parts.h"

#include <float.h>
#include <math.h>
#include <string.h>

static const struct kernel_field rows_symbol = {.name = "rows_symbol",
                                                .offset = offsetof(struct lir_kernel, rows_symbol),
                                                .type = FIELD_symbol};

/* ---- kernels ---- */

static bool parse_real(struct lexer *l, float *out)
{
    const char *start = lexer_here(l);
    double value;

    if (!lexer_number(l, &value))
        return false;
    *out = (float)value;
    if (fabs(value) > FLT_MAX || *out == 0)
        return lexer_error(l, start, "expected a number that f32 holds and that is not 0");
    return true;
}

static bool parse_word(struct lexer *l, const struct kernel_field *f, uint32_t *out)
{
    for (*out = 0; field_word(f->type, *out) != NULL; ++*out)
        if (lexer_take_word(l, field_word(f->type, *out)))
            return true;
    return lexer_error(l, l->at, "expected a word for %s, found %s", f->name, lexer_found(l));
}

static bool parse_value(struct lexer *l, struct lir_kernel *k, const struct kernel_field *f)
{
    uint8_t *at = (uint8_t *)k + f->offset;
    uint32_t value = 0;
    struct scalar_code code = {0};
    float real = 0;
    bool good = f->type == FIELD_code   ? scalar_parse(l, &code)
                : f->type == FIELD_real ? parse_real(l, &real)
                : f->type == FIELD_number || f->type == FIELD_flag
                    ? lexer_count_u32(l, INT32_MAX, &value)
                    : parse_word(l, f, &value);

    if (f->type == FIELD_code)
        memcpy(at, &code, sizeof code);
    else
        memcpy(at, f->type == FIELD_real ? (const void *)&real : &value, sizeof value);
    return good;
}

/* FIELD=value ..., up to what is no field of this kind. */
static bool parse_fields(struct lexer *l, struct lir_kernel *k)
{
    const struct kernel_field *fields = kernel_kind_info[k->kind].fields;
    uint64_t seen = 0;

    while (!lexer_line_ends(l) && !lexer_sees(l, '(')) {
        const char *start = lexer_here(l);
        const struct kernel_field *f = fields;
        bool is_rows = take_key(l, rows_symbol.name);
        while (!is_rows && f->name != NULL && !take_key(l, f->name))
            f++;
        if (!is_rows && f->name == NULL)
            return lexer_expected(l, "a field of this kind of kernel, or its arguments");
        uint64_t bit = (uint64_t)1 << (is_rows ? 63 : f - fields);
        if ((seen & bit) != 0)
            return lexer_error(l, start, "expected each field once");
        seen |= bit;
        if (!parse_value(l, k, is_rows ? &rows_symbol : f))
            return false;
    }
    return true;
}

/* The next argument of a direction by name, of those in `open`; -1: none. */
static int take_argument(struct lexer *l, const struct lir_kernel *k, uint32_t open, bool is_output)
{
    for (uint32_t i = 0; i < kernel_kind_info[k->kind].max_arguments; i++)
        if ((open >> i & 1) != 0 && lir_is_output(k, i) == is_output &&
            lexer_take_word(l, argument_info(k, i)->name))
            return (int)i;
    return -1;
}

/* (NAME, NAME:stride, ...): what is present. */
static bool parse_signature(struct lexer *l, struct lir_kernel *k, bool is_output)
{
    if (!lexer_require(l, "("))
        return false;
    if (lexer_take(l, ")"))
        return true;
    do {
        int i = take_argument(l, k, ~k->present, is_output);
        if (i < 0)
            return lexer_expected(l, is_output ? "another output of this kind of kernel"
                                               : "another input of this kind of kernel");
        k->present |= 1u << i;
        if (lexer_take(l, ":") && !lexer_count_u32(l, INT32_MAX, &k->stride[i]))
            return false;
    } while (lexer_take(l, ","));
    return lexer_require(l, ")");
}

/* A kernel of an earlier line: its key. */
static bool parse_then(struct parser *p, struct lir_kernel *k)
{
    uint32_t number;

    if (!parse_id(&p->lexer, 'k', p->kernel_count, &number))
        return false;
    if (p->kernels[number] == UINT32_MAX) /* said already */
        return false;
    k->then = lir_kernel_key(&p->program->kernels->all[p->kernels[number]]);
    return true;
}

static bool parse_kernel_rest(struct parser *p, struct lir_kernel *k)
{
    struct lexer *l = &p->lexer;

    if (!parse_next(l, 'k', p->kernel_count))
        return false;
    k->tail = lexer_take_word(l, "tail");
    while (k->kind < KERNEL_KIND_COUNT && !lexer_take_word(l, kernel_kind_info[k->kind].name))
        k->kind++;
    if (k->kind == KERNEL_KIND_COUNT)
        return lexer_expected(l, "a kind of kernel");
    if (lexer_take_word(l, "then") && !parse_then(p, k))
        return false;
    return parse_fields(l, k) && parse_signature(l, k, false) && lexer_require(l, "->") &&
           parse_signature(l, k, true) && lexer_require_line_end(l);
}

bool parse_kernel(struct parser *p)
{
    struct lir_kernel k = {0};
    bool good = parse_kernel_rest(p, &k);

    ARENA_PUSH(p->program->arena, p->kernels, p->kernel_count, p->kernel_capacity) =
        good ? lir_kernel_intern(p->program->kernels, &k) : UINT32_MAX;
    return good;
}

/* ---- steps ---- */

/* (NAME=bN, ...): a buffer for each argument of the kernel. */
static bool parse_arguments(struct parser *p, const struct lir_kernel *k, bool is_output,
                            buf_id *out)
{
    struct lexer *l = &p->lexer;
    uint32_t open = k->present;

    if (!lexer_require(l, "("))
        return false;
    if (!lexer_sees(l, ')'))
        do {
            int i = take_argument(l, k, open, is_output);
            if (i < 0)
                return lexer_expected(l, is_output ? "another output of this kernel"
                                                   : "another input of this kernel");
            open &= ~(1u << i);
            if (!lexer_require(l, "=") || !parse_id(l, 'b', p->program->buffer_count, &out[i]))
                return false;
        } while (lexer_take(l, ","));
    for (uint32_t i = 0; i < lir_argument_count(k); i++)
        if ((open >> i & 1) != 0 && lir_is_output(k, i) == is_output)
            return lexer_error(l, lexer_here(l), "expected the argument '%s' too, found %s",
                               argument_info(k, i)->name, lexer_found(l));
    return lexer_require(l, ")");
}

static bool parse_tiles(struct lexer *l, struct lir_step *s)
{
    if (!require_count(l, "tiles", UINT32_MAX, &s->tiles))
        return false;
    if (!lexer_take(l, "*"))
        return true;
    int symbol = take_symbol(l);
    if (symbol < 0)
        return lexer_expected(l, "a symbol");
    s->tile_symbol = (uint8_t)symbol;
    if (!lexer_require(l, "/"))
        return false;
    const char *start = lexer_here(l);
    if (!lexer_count_u32(l, UINT32_MAX, &s->tile_unit))
        return false;
    return s->tile_unit != 0 || lexer_error(l, start, "expected a unit above 0");
}

static bool parse_launch_values(struct lexer *l, const struct lir_kernel *k, struct lir_step *s)
{
    for (uint32_t i = 0; i < value_field_count; i++) {
        const struct value_field *f = &value_fields[i];
        uint8_t *at = (uint8_t *)&s->values + f->offset;
        uint32_t value = 0;
        float real = 0;
        if (f->kind != k->kind || !take_key(l, f->name))
            continue;
        if (!(f->type == FIELD_real ? parse_real(l, &real)
                                    : lexer_count_u32(l, UINT32_MAX, &value)))
            return false;
        memcpy(at, f->type == FIELD_real ? (const void *)&real : &value, sizeof value);
    }
    return lexer_require_line_end(l);
}

bool parse_step(struct parser *p)
{
    struct lir_program *program = p->program;
    struct lir_step s = {.first_arg = program->arg_count};
    struct lexer *l = &p->lexer;
    buf_id args[LIR_MAX_ARGS] = {0};
    uint32_t number = 0;

    if (!parse_name(p, &s.name) || !parse_id(l, 'k', p->kernel_count, &number))
        return false;
    s.kernel = p->kernels[number];
    if (s.kernel == UINT32_MAX) /* said already */
        return false;
    const struct lir_kernel *k = step_kernel(program, &s);
    s.tile_symbol = (uint8_t)k->rows_symbol;
    if (!parse_arguments(p, k, false, args) || !lexer_require(l, "->") ||
        !parse_arguments(p, k, true, args) || !parse_tiles(l, &s))
        return false;
    if (lexer_take_word(l, "barrier"))
        s.flags |= STEP_barrier;
    if (lexer_take_word(l, "replicated"))
        s.flags |= STEP_replicated;
    else if (!lexer_take_word(l, "own"))
        s.flags |= STEP_shared;
    if (lexer_take_word(l, "replay"))
        s.flags |= STEP_replay;
    if (lexer_take_word(l, "scattered"))
        s.flags |= STEP_scattered;
    if (lexer_take_word(l, "tail"))
        s.flags |= STEP_tail;
    if (take_key(l, "counter") && !parse_id(l, 'b', program->buffer_count, &s.counter))
        return false;
    if (!parse_launch_values(l, k, &s))
        return false;
    for (uint32_t i = 0; i < lir_argument_count(k); i++)
        ARENA_PUSH(program->arena, program->args, program->arg_count, program->arg_capacity) =
            args[i];
    ARENA_PUSH(program->arena, program->steps, program->step_count, program->step_capacity) = s;
    return true;
}
