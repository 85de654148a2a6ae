/* Buffers as local pointers. In: the steps of one function; out: declarations of the pointers and
 * sizes that its calls name, each with the shape of what it points to. */
#include "targets/c/program.h"

#include <string.h>

/* ---- names ---- */

/* The name of the input or output that a buffer is; NULL: it is none. */
static const char *io_name(const struct lir_program *p, buf_id id)
{
    for (uint32_t i = 0; i < p->io_count; i++)
        if (p->io[i].buffer == id)
            return str_text(p->strings, p->io[i].name);
    return NULL;
}

/* A weight that is computed from others has no name: it gets that of the first step that reads it.
 */
static void name_buffer(struct c_program *c, const struct lir_step *s, uint32_t argument)
{
    const struct lir_program *p = c->program;
    const buf_id id = p->args[s->first_arg + argument];
    const struct lir_buffer *b = &p->buffers[id];
    const char *io = io_name(p, id), *name = io != NULL ? io : str_text(p->strings, b->name);

    if (id == 0 || c->buffers[id] != NULL)
        return;
    if (name[0] == 0)
        name = arena_printf(c->arena, "%s_%s", str_text(p->strings, s->name),
                            c_parameter_name(step_kernel(p, s), argument));
    else if (b->home == HOME_carried_out)
        name = arena_printf(c->arena, "%s_after", name);
    c->buffers[id] = c_word(&c->words, name);
}

void c_name_buffers(struct c_program *c)
{
    const struct lir_program *p = c->program;

    c->buffers = arena_new(c->arena, const char *, p->buffer_count);
    for (uint32_t i = 0; i < p->step_count; i++) {
        const struct lir_kernel *k = step_kernel(p, &p->steps[i]);
        for (uint32_t j = 0; j < lir_argument_count(k); j++)
            if (lir_has(k, j))
                name_buffer(c, &p->steps[i], j);
    }
}

/* ---- shapes ---- */

static void matrix_text(const char *rows, uint64_t width, uint32_t stride, struct text *out)
{
    text_add(out, "[%s][%llu]", rows, (unsigned long long)width);
    if (stride > width)
        text_add(out, ", rows %u apart", stride);
}

/* The format alone: how rows are packed is what kernels.c says. */
static void weight_text(const struct lir_kernel *k, struct text *out)
{
    switch (k->kind) {
    case KERNEL_embed:
        text_add(out, "%s [%u][%u]", c_format_name((enum layout)k->embed.layout), k->embed.n,
                 k->embed.k);
        break;
    case KERNEL_conv:
        text_add(out, "%s [%u][%u]", c_format_name((enum layout)k->conv.layout), k->conv.n,
                 k->conv.k);
        break;
    case KERNEL_matmul:
        text_add(out, "%s %s", c_format_name((enum layout)k->matmul.layout),
                 k->matmul.gated ? "gate and up " : "");
        if (k->matmul.experts != 0)
            text_add(out, "[%u]", k->matmul.experts);
        text_add(out, "[%u][%u]", k->matmul.n, k->matmul.k);
        break;
    default:
        text_add(out, "packed");
        break;
    }
}

static void state_text(const struct lir_kernel *k, bool is_value, struct text *out)
{
    const struct head_shape *s = lir_shape(k);

    text_add(out, "%s of %u heads, %s [%u][%u]", is_value ? "values" : "keys", s->kv_heads,
             dtype_info[s->kv].name, s->context, s->head_dim);
}

void c_shape_text(const struct c_program *c, const struct lir_step *s, uint32_t argument,
                  struct text *out)
{
    const struct lir_kernel *k = step_kernel(c->program, s);
    const struct argument a = lir_argument(c->program, s, argument);
    const uint32_t each = argument_rows(k, argument);
    const char *rows = c->sizes->names[k->rows_symbol];

    if (each != 1)
        rows = arena_printf(out->arena, "%u %s", each, rows);

    switch (a.role) {
    case ROLE_index:
    case ROLE_row_segments:
        text_add(out, "[%s]", rows);
        break;
    case ROLE_segments:
        text_add(out, "[%s]", c->sizes->names[SYMBOL_BATCH]);
        break;
    case ROLE_weight:
        weight_text(k, out);
        break;
    case ROLE_vector:
    case ROLE_columns:
    case ROLE_carried:
        text_add(out, "[%llu]", (unsigned long long)a.width);
        break;
    case ROLE_activation:
        if (lir_format(k)->act == ACT_f32)
            matrix_text(rows, a.width, (uint32_t)round_up(a.width, 16), out);
        else
            text_add(out, "[%s][%llu] as %s", rows, (unsigned long long)a.width,
                     act_names[lir_format(k)->act]);
        break;
    case ROLE_table:
        text_add(out, "[position][%llu]", (unsigned long long)a.width);
        break;
    case ROLE_keys:
    case ROLE_values:
        state_text(k, a.role == ROLE_values, out);
        break;
    case ROLE_chosen:
        text_add(out, "[%s][%llu]", rows, (unsigned long long)a.width);
        break;
    case ROLE_order:
        text_add(out, "by expert");
        break;
    case ROLE_padded:
        text_add(out, "[%u + %s + %u][%llu]", k->unfold.pad, rows, k->unfold.pad,
                 (unsigned long long)a.width);
        break;
    default:
        matrix_text(k->kind == KERNEL_gather_rows && argument == GATHER_ROWS_x
                        ? c->sizes->names[k->gather_rows.from_symbol]
                        : rows,
                    a.width, k->stride[argument], out);
        break;
    }
}

/* ---- declarations ---- */

void c_pointers_init(struct c_pointers *p, const struct c_program *c)
{
    *p = (struct c_pointers){.c = c, .declarations = {.arena = c->arena}};
    p->types = arena_new(c->arena, const char *, c->program->buffer_count);
}

void c_add_size(struct c_pointers *p, uint32_t slot, struct text *out)
{
    const struct c_sizes *sizes = p->c->sizes;

    assert(slot < sizes->count);
    if (!p->sizes[slot])
        text_add(&p->declarations, "    const size_t %s = (size_t)run->dims[%s];\n",
                 sizes->variables[slot], sizes->names[slot]);
    p->sizes[slot] = true;
    text_add(out, "%s", sizes->variables[slot]);
}

/* "float" of "const float *". */
static const char *element_type(struct arena *a, const char *type)
{
    if (strncmp(type, "const ", 6) == 0)
        type += 6;
    return arena_printf(a, "%.*s", (int)strcspn(type, "*") - 1, type);
}

/* "(float *)(run->scratch + 256)" */
static void place_text(const struct c_program *c, buf_id id, const char *type, bool is_const,
                       struct text *out)
{
    static const char *const homes[HOME_COUNT] = {
        [HOME_weight] = "weights",        [HOME_state] = "state",
        [HOME_scratch] = "scratch",       [HOME_thread] = "scratch",
        [HOME_input] = "input",           [HOME_output] = "output",
        [HOME_carried_in] = "carried_in", [HOME_carried_out] = "carried_out",
    };
    const struct lir_buffer *b = &c->program->buffers[id];
    const bool is_bytes = strcmp(type, "uint8_t") == 0;
    uint64_t offset = b->offset;
    uint8_t home = b->home;

    if (b->is_view) {
        offset += c->program->buffers[b->inside].offset;
        home = c->program->buffers[b->inside].home;
    }
    if (home == HOME_thread)
        offset += c->program->home_bytes[HOME_scratch];
    if (!is_bytes)
        text_add(out, "(%s%s *)(", is_const ? "const " : "", type);
    text_add(out, "run->%s + %llu%s", homes[home], (unsigned long long)offset, is_bytes ? "" : ")");
}

static bool is_read_only(const struct c_program *c, buf_id id)
{
    const enum home home = (enum home)c->program->buffers[root_of(c->program, id)].home;

    return home == HOME_weight || home == HOME_input || home == HOME_carried_in;
}

/* A part of what this function has a pointer to stands some elements after it. */
static bool inside_text(const struct c_pointers *p, buf_id id, const char *type, struct text *out)
{
    const struct lir_buffer *b = &p->c->program->buffers[id];

    if (!b->is_view || p->types[b->inside] == NULL || strcmp(type, "float") != 0 ||
        strcmp(p->types[b->inside], type) != 0 || b->offset % sizeof(float) != 0)
        return false;
    text_add(out, "%s + %llu", p->c->buffers[b->inside],
             (unsigned long long)(b->offset / sizeof(float)));
    return true;
}

static void declare(struct c_pointers *p, buf_id id, const char *type, const struct lir_step *s,
                    uint32_t argument)
{
    const struct c_program *c = p->c;
    const bool is_const = is_read_only(c, id);
    struct text start = {.arena = c->arena}, value = {.arena = c->arena},
                shape = {.arena = c->arena};
    struct text *out = &p->declarations;

    text_add(&start, "    %s%s *const %s =", is_const ? "const " : "", type, c->buffers[id]);
    if (!inside_text(p, id, type, &value))
        place_text(c, id, type, is_const, &value);
    c_shape_text(c, s, argument, &shape);
    const bool breaks = start.bytes + value.bytes + shape.bytes + 9 > C_LINE_WIDTH;
    text_add(out, breaks ? "%s\n        %s; /* %s */\n" : "%s %s; /* %s */\n", start.data,
             value.data, shape.data);
    p->types[id] = type;
}

void c_add_argument(struct c_pointers *p, const struct lir_step *s,
                    const struct c_parameter *parameter, struct text *out)
{
    const struct lir_program *program = p->c->program;
    const buf_id id = program->args[s->first_arg + parameter->index];
    const char *type = element_type(p->c->arena, parameter->type);

    if (p->types[id] == NULL)
        declare(p, id, type, s, parameter->index);
    if (strcmp(p->types[id], type) != 0) /* read in another form: as bytes, for example */
        text_add(out, "(%s%s *)", is_read_only(p->c, id) ? "const " : "", type);
    text_add(out, "%s", p->c->buffers[id]);
}
