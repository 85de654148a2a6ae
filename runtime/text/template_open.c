/* The TEMPLATE section, checked once. In: bytes of a file that anybody may have written; out: views
 * of its tables, with every offset, count, jump and number in range. */
#include "runtime/text/template.h"

#include "runtime/base/error.h"

static const size_t entry_bytes[RLX_TEMPLATE_TABLE_COUNT] = {
    [RLX_TEMPLATE_TEXT] = 1,
    [RLX_TEMPLATE_CONSTANTS] = sizeof(struct rlx_template_constant),
    [RLX_TEMPLATE_NAMES] = sizeof(struct rlx_template_text),
    [RLX_TEMPLATE_CODE] = sizeof(struct rlx_template_instruction),
    [RLX_TEMPLATE_LINES] = sizeof(uint32_t),
    [RLX_TEMPLATE_MACROS] = sizeof(struct rlx_template_macro),
    [RLX_TEMPLATE_PARAMETERS] = sizeof(uint32_t),
    [RLX_TEMPLATE_VARIABLES] = sizeof(struct rlx_template_variable),
    [RLX_TEMPLATE_CLASSES] = sizeof(struct rlx_template_class_range),
    [RLX_TEMPLATE_CASES] = sizeof(struct rlx_template_case),
};

static rlx_status damaged(rlx_error *error, const char *what)
{
    return rlx_fail(error, RLX_ERROR_BAD_FILE, "the chat template is damaged: %s", what);
}

static bool text_inside(const struct rlx_template_header *h, uint32_t offset, uint32_t bytes)
{
    uint32_t room = h->tables[RLX_TEMPLATE_TEXT].count;

    return offset <= room && bytes <= room - offset;
}

static uint32_t count_of(const struct template *t, enum rlx_template_table_kind kind)
{
    return t->header->tables[kind].count;
}

static rlx_status check_tables(const struct rlx_template_header *h, size_t bytes, rlx_error *error)
{
    if (bytes < sizeof *h || h->magic != RLX_TEMPLATE_MAGIC || h->bytes != bytes)
        return damaged(error, "its header does not fit");
    if (h->version != RLX_TEMPLATE_VERSION)
        return rlx_fail(error, RLX_ERROR_WRONG_VERSION,
                        "the chat template has version %u; this runtime reads %d", h->version,
                        RLX_TEMPLATE_VERSION);
    if (h->needed_tables > RLX_TEMPLATE_TABLE_COUNT)
        return rlx_fail(error, RLX_ERROR_WRONG_VERSION,
                        "the chat template needs %u tables, and this program knows %d: a newer rlx "
                        "is needed",
                        h->needed_tables, RLX_TEMPLATE_TABLE_COUNT);
    if (h->table_count < RLX_TEMPLATE_TABLE_COUNT)
        return damaged(error, "it has too few tables");
    for (int i = 0; i < RLX_TEMPLATE_TABLE_COUNT; i++) {
        const struct rlx_template_table *table = &h->tables[i];
        if (table->offset % 8 != 0 || table->offset > bytes ||
            table->count > (bytes - table->offset) / entry_bytes[i])
            return damaged(error, "a table lies outside of it");
    }
    if (!text_inside(h, h->refusal.offset, h->refusal.bytes))
        return damaged(error, "its refusal lies outside of it");
    return RLX_OK;
}

static rlx_status check_texts(const struct template *t, rlx_error *error)
{
    for (uint32_t i = 0; i < count_of(t, RLX_TEMPLATE_CONSTANTS); i++) {
        const struct rlx_template_constant *c = &t->constants[i];
        if (c->kind > RLX_CONSTANT_FLOAT ||
            (c->kind == RLX_CONSTANT_TEXT &&
             (c->value > UINT32_MAX || !text_inside(t->header, (uint32_t)c->value, c->bytes))))
            return damaged(error, "a constant");
    }
    for (uint32_t i = 0; i < t->name_count; i++)
        if (!text_inside(t->header, t->names[i].offset, t->names[i].bytes))
            return damaged(error, "a name");
    for (uint32_t i = 0; i < t->variable_count; i++)
        if (!text_inside(t->header, t->variables[i].name.offset, t->variables[i].name.bytes) ||
            !text_inside(t->header, t->variables[i].value.offset, t->variables[i].value.bytes))
            return damaged(error, "a variable");
    return RLX_OK;
}

static bool is_name(const struct template *t, uint32_t name)
{
    return name < t->name_count;
}

static bool is_constant_text(const struct template *t, uint32_t constant)
{
    return constant < count_of(t, RLX_TEMPLATE_CONSTANTS) &&
           t->constants[constant].kind == RLX_CONSTANT_TEXT;
}

static rlx_status check_macros(const struct template *t, rlx_error *error)
{
    uint32_t parameters = count_of(t, RLX_TEMPLATE_PARAMETERS);

    for (uint32_t i = 0; i < count_of(t, RLX_TEMPLATE_MACROS); i++) {
        const struct rlx_template_macro *m = &t->macros[i];
        if (m->code >= t->code_count || m->parameter_count > 255 ||
            m->first_parameter > parameters ||
            m->parameter_count > parameters - m->first_parameter ||
            (m->name != UINT32_MAX && !is_constant_text(t, m->name)) ||
            ((m->flags & RLX_MACRO_EXTRA) && !is_name(t, m->extra)) ||
            ((m->flags & RLX_MACRO_EXTRA_KEYWORDS) && !is_name(t, m->extra_keywords)) ||
            ((m->flags & RLX_MACRO_CALLER) && !is_name(t, m->caller)))
            return damaged(error, "a macro");
    }
    for (uint32_t i = 0; i < parameters; i++)
        if (!is_name(t, t->parameters[i]))
            return damaged(error, "a parameter");
    return RLX_OK;
}

static bool instruction_fits(const struct template *t, const struct rlx_template_instruction *i)
{
    switch ((enum rlx_template_op)i->op) {
    case RLX_OP_CONSTANT:
        return i->arg < count_of(t, RLX_TEMPLATE_CONSTANTS);
    case RLX_OP_TEXT:
    case RLX_OP_STORE_ATTRIBUTE:
    case RLX_OP_ATTRIBUTE:
    case RLX_OP_FAIL:
        return is_constant_text(t, i->arg);
    case RLX_OP_LOAD:
    case RLX_OP_STORE:
        return is_name(t, i->arg);
    case RLX_OP_FILTER:
        return i->arg < RLX_FILTER_COUNT;
    case RLX_OP_TEST:
        return i->arg < RLX_TEST_COUNT;
    case RLX_OP_UNARY:
        return i->arg < RLX_UNARY_COUNT;
    case RLX_OP_BINARY:
        return i->arg < RLX_BINARY_COUNT;
    case RLX_OP_COMPARE:
        return i->arg < RLX_COMPARE_COUNT;
    case RLX_OP_CHAIN:
        return i->flags < RLX_COMPARE_COUNT && i->arg < t->code_count;
    case RLX_OP_JUMP:
    case RLX_OP_JUMP_IF_FALSE:
    case RLX_OP_AND:
    case RLX_OP_OR:
    case RLX_OP_NEXT:
    case RLX_OP_DONE:
    case RLX_OP_JUMP_IF_BOUND:
        return i->arg < t->code_count;
    case RLX_OP_MACRO:
        return i->arg < count_of(t, RLX_TEMPLATE_MACROS);
    default:
        return i->op < RLX_OP_COUNT;
    }
}

static rlx_status check_code(const struct template *t, rlx_error *error)
{
    if (t->code_count == 0)
        return t->header->refusal.bytes != 0 ? RLX_OK : damaged(error, "it has no code");
    if (count_of(t, RLX_TEMPLATE_LINES) != t->code_count ||
        t->code[t->code_count - 1].op != RLX_OP_END)
        return damaged(error, "its code has no end");
    for (uint32_t i = 0; i < t->code_count; i++)
        if (!instruction_fits(t, &t->code[i]))
            return damaged(error, "an instruction");
    return RLX_OK;
}

static const void *table(const struct rlx_template_header *h, enum rlx_template_table_kind kind)
{
    return (const uint8_t *)h + h->tables[kind].offset;
}

rlx_status template_open(struct template *t, const void *section, size_t bytes, rlx_error *error)
{
    const struct rlx_template_header *h = section;
    rlx_status status = check_tables(h, bytes, error);

    *t = (struct template){0};
    if (status != RLX_OK)
        return status;
    struct template views = {
        .header = h,
        .text = table(h, RLX_TEMPLATE_TEXT),
        .constants = table(h, RLX_TEMPLATE_CONSTANTS),
        .names = table(h, RLX_TEMPLATE_NAMES),
        .code = table(h, RLX_TEMPLATE_CODE),
        .lines = table(h, RLX_TEMPLATE_LINES),
        .macros = table(h, RLX_TEMPLATE_MACROS),
        .parameters = table(h, RLX_TEMPLATE_PARAMETERS),
        .variables = table(h, RLX_TEMPLATE_VARIABLES),
        .classes = table(h, RLX_TEMPLATE_CLASSES),
        .cases = table(h, RLX_TEMPLATE_CASES),
        .name_count = h->tables[RLX_TEMPLATE_NAMES].count,
        .code_count = h->tables[RLX_TEMPLATE_CODE].count,
        .variable_count = h->tables[RLX_TEMPLATE_VARIABLES].count,
        .class_count = h->tables[RLX_TEMPLATE_CLASSES].count,
        .case_count = h->tables[RLX_TEMPLATE_CASES].count,
    };
    if ((status = check_texts(&views, error)) != RLX_OK ||
        (status = check_macros(&views, error)) != RLX_OK ||
        (status = check_code(&views, error)) != RLX_OK)
        return status;
    *t = views;
    return RLX_OK;
}
