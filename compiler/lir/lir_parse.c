/* Reads the text form of a program (lir_words.h shows it). In: foreign bytes; out: a program whose
 * ids are all in range; whether it makes sense is lir_verify's question. Stops at the first line
 * that it does not understand.
 */
#include "compiler/lir/arguments.h"
#include "compiler/lir/lir_words.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BUFFERS = 1 << 20, MOST_TEXT = 1 << 28 };

struct parser {
    struct lir_program *program;
    struct diags *diags;
    const char *path, *at; /* the text ends with a NUL */
    uint32_t line, ends_line;
    uint32_t *kernels; /* by number in the text: index in program->kernels */
    uint32_t kernel_count, kernel_capacity;
};

/* ---- words ---- */

static void skip_space(struct parser *r)
{
    for (; *r->at == ' ' || *r->at == '\n' || *r->at == '\t' || *r->at == '\r'; r->at++)
        r->line += *r->at == '\n';
}

static bool expected(struct parser *r, const char *what)
{
    char found[24];
    size_t length = 0;

    skip_space(r);
    for (; length < sizeof found - 1 && r->at[length] != 0 && r->at[length] != '\n' &&
           r->at[length] != ' ';
         length++)
        found[length] = r->at[length];
    found[length] = 0;
    return diag_error(r->diags, (struct place){.file = r->path, .line = r->line, .column = 1},
                      "expected %s, found '%s'", what, length == 0 ? "the end" : found);
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static size_t word_length(const struct parser *r)
{
    size_t length = 0;

    while (is_word(r->at[length]))
        length++;
    return length;
}

static bool take_text(struct parser *r, const char *text)
{
    skip_space(r);
    if (strncmp(r->at, text, strlen(text)) != 0)
        return false;
    r->at += strlen(text);
    return true;
}

static bool take_word(struct parser *r, const char *word)
{
    skip_space(r);
    size_t length = word_length(r);
    if (length != strlen(word) || memcmp(r->at, word, length) != 0)
        return false;
    r->at += length;
    return true;
}

static bool want(struct parser *r, const char *text)
{
    return take_text(r, text) || expected(r, text);
}

static bool number(struct parser *r, uint64_t most, uint64_t *out)
{
    char *end;

    skip_space(r);
    errno = 0;
    if (*r->at < '0' || *r->at > '9')
        return expected(r, "a number");
    *out = strtoull(r->at, &end, 10);
    if (errno != 0 || *out > most)
        return expected(r, "a smaller number");
    r->at = end;
    return true;
}

static bool number_u32(struct parser *r, uint32_t most, uint32_t *out)
{
    uint64_t value = 0;
    bool good = number(r, most, &value);

    *out = (uint32_t)value;
    return good;
}

/* b12, k3: one of `count` that were declared. */
static bool id(struct parser *r, char letter, uint32_t count, uint32_t *out)
{
    const char *what = letter == 'b' ? "a buffer that was declared" : "a kernel that was declared";

    skip_space(r);
    const char *start = r->at;
    if (*r->at != letter)
        return expected(r, what);
    r->at++;
    if (!number_u32(r, UINT32_MAX, out))
        return false;
    if (*out >= count) {
        r->at = start;
        return expected(r, what);
    }
    return true;
}

/* The next one: numbers follow each other. */
static bool next_id(struct parser *r, char letter, uint32_t count)
{
    const char *what = letter == 'b' ? "buffers in the order of their numbers"
                                     : "kernels in the order of their numbers";
    uint32_t found = 0;

    skip_space(r);
    const char *start = r->at;
    if (*r->at != letter)
        return expected(r, what);
    r->at++;
    if (!number_u32(r, UINT32_MAX, &found))
        return false;
    r->at = found == count ? r->at : start;
    return found == count || expected(r, what);
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool quoted(struct parser *r, str_id *out)
{
    struct arena scratch = {0};
    struct text text = {.arena = &scratch};

    if (!want(r, "\""))
        return false;
    text_add_bytes(&text, "", 0);
    while (*r->at != '"' && *r->at != 0 && *r->at != '\n') {
        char c = *r->at++;
        if (c == '\\' && (*r->at == '"' || *r->at == '\\')) {
            c = *r->at++;
        } else if (c == '\\') {
            int high = r->at[0] == 'x' ? hex_digit(r->at[1]) : -1,
                low = high < 0 ? -1 : hex_digit(r->at[2]);
            if (low < 0 || high * 16 + low == 0)
                break;
            c = (char)(high * 16 + low);
            r->at += 3;
        }
        text_add_bytes(&text, &c, 1);
    }
    *out = str_intern(r->program->strings, text.data, text.bytes);
    arena_free(&scratch);
    return want(r, "\"");
}

static int word_index(struct parser *r, const char *const *words, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (words[i] != NULL && take_word(r, words[i]))
            return (int)i;
    return -1;
}

static int symbol(struct parser *r)
{
    for (uint32_t i = 0; i < SYMBOL_MAX; i++)
        if (take_word(r, symbol_name(i)))
            return (int)i;
    return -1;
}

/* ---- kernels ---- */

static bool real_number(struct parser *r, float *out)
{
    char *end;

    skip_space(r);
    if (*r->at != '-' && !(*r->at >= '0' && *r->at <= '9'))
        return expected(r, "a number");
    *out = strtof(r->at, &end);
    if (end == r->at || !isfinite(*out) || *out == 0)
        return expected(r, "a finite number that is not 0");
    r->at = end;
    return true;
}

static bool code(struct parser *r, struct hir_code *k);

static bool field_value(struct parser *r, struct lir_kernel *k, const struct kernel_field *f)
{
    uint8_t *at = (uint8_t *)k + f->offset;
    uint32_t value = 0;
    float real = 0;

    if (f->type == FIELD_code) {
        struct hir_code *formula = (struct hir_code *)(void *)at;
        return formula->bytes != 0 ? expected(r, "one formula") : code(r, formula);
    }
    if (f->type == FIELD_real) {
        bool good = real_number(r, &real);
        memcpy(at, &real, sizeof real);
        return good;
    }
    if (f->type == FIELD_number || f->type == FIELD_flag) {
        if (!number_u32(r, INT32_MAX, &value))
            return false;
    } else {
        while (field_word(f->type, value) != NULL && !take_word(r, field_word(f->type, value)))
            value++;
        if (field_word(f->type, value) == NULL)
            return expected(r, f->name);
    }
    memcpy(at, &value, sizeof value);
    return true;
}

static bool code(struct parser *r, struct hir_code *k)
{
    if (!want(r, "["))
        return false;
    while (!take_text(r, "]")) {
        uint32_t operand = 0;
        if (k->bytes + 2 >= SCALAR_MAX_CODE)
            return expected(r, "a shorter formula");
        int op = word_index(r, scalar_words, S_MIN + 1);
        if (op >= 0) {
            k->code[k->bytes++] = (uint8_t)op;
        } else if (take_text(r, "x")) {
            if (!number_u32(r, SCALAR_MAX_OPERANDS - 1, &operand))
                return false;
            k->code[k->bytes++] = (uint8_t)(S_X + operand);
        } else if (take_text(r, "c")) {
            if (!number_u32(r, SCALAR_CONSTANT_gelu_cubic, &operand))
                return false;
            k->code[k->bytes++] = S_K;
            k->code[k->bytes++] = (uint8_t)operand;
        } else {
            return expected(r, "a scalar op");
        }
    }
    return true;
}

/* The first argument of this name and direction that has no row in `present` yet. */
static int argument_of(struct parser *r, const struct lir_kernel *k, uint32_t present,
                       bool is_output)
{
    for (uint32_t i = 0; i < kernel_kind_info[k->kind].max_arguments; i++) {
        const struct argument_info *info = argument_info(k, i);
        if ((present >> i & 1) == 0 && info->is_output == is_output && take_word(r, info->name))
            return (int)i;
    }
    return -1;
}

/* The arguments of one direction: (q:1536, table). */
static bool signature(struct parser *r, struct lir_kernel *k, bool is_output)
{
    if (!want(r, "("))
        return false;
    if (take_text(r, ")"))
        return true;
    do {
        int i = argument_of(r, k, k->present, is_output);
        if (i < 0)
            return expected(r, "another argument of this kind of kernel");
        k->present |= 1u << i;
        if (take_text(r, ":") && !number_u32(r, INT32_MAX, &k->stride[i]))
            return false;
    } while (take_text(r, ","));
    return want(r, ")");
}

static bool kernel_fields_of(struct parser *r, struct lir_kernel *k)
{
    static const struct kernel_field rows_symbol = {
        "rows_symbol", NULL, offsetof(struct lir_kernel, rows_symbol), FIELD_symbol, 0, 0};

    for (;;) {
        const struct kernel_field *f = kernel_kind_info[k->kind].fields;
        if (take_word(r, rows_symbol.name)) {
            f = &rows_symbol;
        } else {
            while (f->name != NULL && !take_word(r, f->name))
                f++;
        }
        if (f->name == NULL)
            return true;
        if (!want(r, "=") || !field_value(r, k, f))
            return false;
    }
}

static bool kernel(struct parser *r)
{
    struct lir_program *p = r->program;
    struct lir_kernel k = {0};
    int kind = -1;

    if (!next_id(r, 'k', r->kernel_count))
        return false;
    for (uint32_t i = 0; i < KERNEL_KIND_COUNT && kind < 0; i++)
        if (take_word(r, kernel_kind_info[i].name))
            kind = (int)i;
    if (kind < 0)
        return expected(r, "a kind of kernel");
    k.kind = (uint8_t)kind;
    if (!kernel_fields_of(r, &k) || !signature(r, &k, false) || !want(r, "->") ||
        !signature(r, &k, true))
        return false;
    ARENA_PUSH(p->arena, r->kernels, r->kernel_count, r->kernel_capacity) =
        lir_kernel_intern(p->kernels, &k);
    return true;
}

/* ---- buffers and steps ---- */

static bool buffer(struct parser *r, bool is_view)
{
    struct lir_program *p = r->program;
    struct lir_buffer b = {.is_view = is_view};
    uint64_t bytes, offset;

    if (p->buffer_count >= MOST_BUFFERS)
        return expected(r, "fewer buffers");
    if (!next_id(r, 'b', p->buffer_count))
        return false;
    if (is_view) {
        if (!want(r, "in") || !id(r, 'b', p->buffer_count, &b.inside))
            return false;
        if (b.inside == 0 || p->buffers[b.inside].is_view)
            return expected(r, "a view inside a buffer that is none");
        b.home = p->buffers[b.inside].home;
    } else {
        int home = word_index(r, home_words, HOME_COUNT);
        if (home < 0)
            return expected(r, "a home");
        b.home = (uint8_t)home;
    }
    if (!number(r, (uint64_t)1 << 50, &bytes) || !want(r, "@") ||
        !number(r, (uint64_t)1 << 50, &offset) || !want(r, "live") ||
        !number_u32(r, UINT32_MAX, &b.first) || !want(r, "..") ||
        !number_u32(r, UINT32_MAX, &b.last))
        return false;
    b.bytes = bytes;
    b.offset = offset;
    if (take_word(r, "source") && (!want(r, "=") || !number_u32(r, UINT32_MAX, &b.source)))
        return false;
    skip_space(r);
    if (*r->at == '"' && !quoted(r, &b.name))
        return false;
    ARENA_PUSH(p->arena, p->buffers, p->buffer_count, p->buffer_capacity) = b;
    return true;
}

/* The buffers of one direction: (x=b3, weight=b4), one for each argument of the kernel. */
static bool arguments(struct parser *r, const struct lir_kernel *k, bool is_output, buf_id *out)
{
    uint32_t given = ~k->present;

    if (!want(r, "("))
        return false;
    if (!take_text(r, ")")) {
        do {
            int i = argument_of(r, k, given, is_output);
            if (i < 0)
                return expected(r, "another argument of this kernel");
            given |= 1u << i;
            if (!want(r, "=") || !id(r, 'b', r->program->buffer_count, &out[i]))
                return false;
            if (out[i] == 0)
                return expected(r, "a buffer that was declared");
        } while (take_text(r, ","));
        if (!want(r, ")"))
            return false;
    }
    for (uint32_t i = 0; i < lir_argument_count(k); i++)
        if ((given >> i & 1) == 0 && lir_is_output(k, i) == is_output)
            return expected(r, argument_info(k, i)->name);
    return true;
}

static bool launch_values(struct parser *r, struct lir_step *s)
{
    const uint32_t kind = step_kernel(r->program, s)->kind;

    for (;;) {
        uint32_t i = 0;
        while (i < value_field_count &&
               (value_fields[i].kind != kind || !take_word(r, value_fields[i].name)))
            i++;
        if (i == value_field_count)
            return true;
        uint8_t *at = (uint8_t *)&s->values + value_fields[i].offset;
        uint32_t value = 0;
        float real = 0;
        bool is_real = value_fields[i].type == FIELD_real;
        if (!want(r, "=") || !(is_real ? real_number(r, &real) : number_u32(r, UINT32_MAX, &value)))
            return false;
        memcpy(at, is_real ? (const void *)&real : &value, sizeof value);
    }
}

static bool step(struct parser *r)
{
    struct lir_program *p = r->program;
    struct lir_step s = {.first_arg = p->arg_count};
    uint32_t own = 0;

    if (!quoted(r, &s.name) || !id(r, 'k', r->kernel_count, &own))
        return false;
    s.kernel = r->kernels[own];
    const struct lir_kernel *k = step_kernel(p, &s);
    s.tile_symbol = k->rows_symbol;
    buf_id args[LIR_MAX_ARGS] = {0};
    if (!arguments(r, k, false, args) || !want(r, "->") || !arguments(r, k, true, args) ||
        !want(r, "tiles") || !want(r, "=") || !number_u32(r, UINT32_MAX, &s.tiles))
        return false;
    if (take_text(r, "*")) {
        int which = symbol(r);
        if (which < 0)
            return expected(r, "a symbol");
        s.tile_symbol = (uint8_t)which;
        if (!want(r, "/"))
            return false;
        const char *start = r->at;
        if (!number_u32(r, UINT32_MAX, &s.tile_unit))
            return false;
        if (s.tile_unit == 0) {
            r->at = start;
            return expected(r, "a unit above 0");
        }
    }
    for (uint32_t i = 0; i < lir_argument_count(k); i++)
        ARENA_PUSH(p->arena, p->args, p->arg_count, p->arg_capacity) = args[i];
    if (take_word(r, "barrier"))
        s.flags |= STEP_barrier;
    if (take_word(r, "replicated"))
        s.flags |= STEP_replicated;
    else if (!take_word(r, "own"))
        s.flags |= STEP_shared;
    if (!launch_values(r, &s))
        return false;
    ARENA_PUSH(p->arena, p->steps, p->step_count, p->step_capacity) = s;
    return true;
}

/* ---- the head lines ---- */

static bool variant(struct parser *r)
{
    struct variant *v = &r->program->variant;
    int which;

    if (!want(r, "phase") || !want(r, "="))
        return false;
    int phase = word_index(r, phase_words, countof(phase_words));
    if (phase < 0)
        return expected(r, "a phase");
    v->phase = (enum phase)phase;
    if (!want(r, "batch") || !want(r, "=") || !number_u32(r, INT32_MAX, &v->batch) ||
        !want(r, "seq") || !want(r, "=") || !number_u32(r, INT32_MAX, &v->seq))
        return false;
    v->has_past = take_word(r, "past");
    if (v->has_past && (!want(r, "=") || !number_u32(r, INT32_MAX, &v->past_seq)))
        return false;
    while ((which = symbol(r)) >= 0) {
        uint32_t size = 0;
        if (v->extra_count == VARIANT_MAX_EXTRA)
            return expected(r, "fewer extra sizes");
        if (!want(r, "=") || !number_u32(r, INT32_MAX, &size))
            return false;
        *v = variant_with_extra(*v, (uint32_t)which, size);
    }
    return true;
}

static bool upper(struct parser *r)
{
    int which;

    while ((which = symbol(r)) >= 0) {
        uint64_t size = 0;
        if (!want(r, "=") || !number(r, INT32_MAX, &size))
            return false;
        r->program->upper[which] = (int64_t)size;
    }
    return true;
}

static bool homes(struct parser *r)
{
    int which;

    while ((which = word_index(r, home_words, HOME_COUNT)) >= 0)
        if (!want(r, "=") || !number(r, (uint64_t)1 << 50, &r->program->home_bytes[which]))
            return false;
    return true;
}

/* This line precedes the buffers that it names, so they are checked at the end. */
static bool ends(struct parser *r)
{
    struct lir_program *p = r->program;
    const struct {
        const char *name;
        buf_id *id;
    } known[] = {{"tokens", &p->tokens},
                 {"positions", &p->positions},
                 {"out_rows", &p->out_rows},
                 {"row_states", &p->row_states},
                 {"logits", &p->logits}};

    r->ends_line = r->line;
    for (uint32_t i = 0; i < countof(known); i++)
        if (take_word(r, known[i].name) &&
            (!want(r, "=") || !id(r, 'b', MOST_BUFFERS, known[i].id)))
            return false;
    return want(r, "logits_stride") && want(r, "=") && number_u32(r, INT32_MAX, &p->logits_stride);
}

static bool ends_exist(struct parser *r)
{
    const struct lir_program *p = r->program;
    const buf_id known[] = {p->tokens, p->positions, p->out_rows, p->row_states, p->logits};

    for (uint32_t i = 0; i < countof(known); i++)
        if (known[i] >= p->buffer_count)
            return diag_error(
                r->diags, (struct place){.file = r->path, .line = r->ends_line, .column = 1},
                "b%u is not declared: expected a buffer below b%u", known[i], p->buffer_count);
    return true;
}

static bool statements(struct parser *r)
{
    struct lir_program *p = r->program;
    bool good = true, has_head = false;

    while (good && (skip_space(r), *r->at != 0)) {
        if (take_word(r, "kernel"))
            good = kernel(r);
        else if (take_word(r, "buffer"))
            good = buffer(r, false);
        else if (take_word(r, "view"))
            good = buffer(r, true);
        else if (take_word(r, "step"))
            good = step(r);
        else if (take_word(r, "head")) {
            good = !has_head || expected(r, "one head");
            has_head = true;
            p->head_step = p->step_count;
        } else
            good = expected(r, "kernel, buffer, view, step or head");
    }
    if (!has_head)
        p->head_step = p->step_count;
    return good && ends_exist(r);
}

bool lir_parse(struct lir_program *p, struct lir_kernels *kernels, struct arena *a,
               struct strings *s, const char *path, const char *data, size_t bytes, struct diags *d)
{
    struct parser r = {.program = p, .diags = d, .path = path, .line = 1};
    str_id name = 0;

    *p = (struct lir_program){.arena = a, .strings = s, .kernels = kernels};
    if (bytes > MOST_TEXT)
        return diag_error(d, (struct place){.file = path}, "expected at most %d bytes of text",
                          MOST_TEXT);
    if (memchr(data, 0, bytes) != NULL)
        return diag_error(d, (struct place){.file = path}, "expected text, found a zero byte");
    r.at = arena_text(a, data, bytes);
    ARENA_PUSH(a, p->buffers, p->buffer_count, p->buffer_capacity) = (struct lir_buffer){0};
    if (!want(&r, "program") || !quoted(&r, &name))
        return false;
    p->name = str_text(s, name);
    return want(&r, "variant") && variant(&r) && want(&r, "upper") && upper(&r) &&
           want(&r, "homes") && homes(&r) && want(&r, "ends") && ends(&r) && statements(&r);
}
