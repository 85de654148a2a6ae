/* A compiled template as bytes. In: Jinja source and variables; out: the TEMPLATE section, with
 * code, or with the reason why there is none.
 */
#include "compiler/template/emit.h"
#include "compiler/template/unicode.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <string.h>

struct table {
    const void *data;
    uint32_t count;
    size_t entry_bytes;
};

/* Texts of the section, one after the other. */
struct text_table {
    struct arena *arena;
    char *bytes;
    uint32_t count, capacity;
};

static struct rlx_template_text add_text(struct text_table *t, const char *text, size_t bytes)
{
    struct rlx_template_text place = {t->count, (uint32_t)bytes};

    t->bytes = arena_grow(t->arena, t->bytes, t->count, &t->capacity, (uint32_t)bytes, 1);
    if (bytes != 0)
        memcpy(t->bytes + t->count, text, bytes);
    t->count += (uint32_t)bytes;
    return place;
}

/* The statements of one template; NULL where there are none, or after a refusal. */
static struct node *parse(struct program *p, const char *text, size_t bytes)
{
    struct tokens tokens = {0};

    if (emit_refused(p) || !template_lex(text, bytes, p->arena, &tokens, p->refusal))
        return NULL;
    struct parser parser = {
        .arena = p->arena, .tokens = tokens.all, .count = tokens.count, .refusal = p->refusal};
    return parse_template(&parser);
}

/* {% if tools is not none %} the one {% else %} the other {% endif %} */
static struct node *choose_by_tools(struct program *p, struct node *with, struct node *without)
{
    struct node *nodes = arena_new(p->arena, struct node, 3), *name = &nodes[0], *none = &nodes[1],
                *choice = &nodes[2];

    *name = (struct node){.kind = NODE_name, .line = 1, .text = "tools", .bytes = 5};
    *none = (struct node){.kind = NODE_test, .line = 1, .a = name, .text = "none", .bytes = 4};
    *choice = (struct node){
        .kind = NODE_if, .line = 1, .text = "", .a = none, .body = without, .other = with};
    return choice;
}

static bool compile(struct program *p, const struct template_source *source)
{
    struct node *statements = parse(p, source->text, source->bytes);

    if (source->tool_text != NULL)
        statements =
            choose_by_tools(p, parse(p, source->tool_text, source->tool_bytes), statements);
    return !emit_refused(p) && template_emit(p, statements);
}

/* Constants and names refer to texts by place from here on. */
static void place_texts(struct program *p, struct text_table *texts,
                        struct rlx_template_text *names)
{
    for (uint32_t i = 0; i < p->constant_count; i++) {
        struct rlx_template_constant *c = &p->constants[i];
        if (c->kind == RLX_CONSTANT_TEXT)
            c->value = add_text(texts, str_text(&p->texts, (str_id)c->value), c->bytes).offset;
    }
    for (uint32_t i = 0; i < p->name_count; i++) {
        const char *name = str_text(&p->texts, p->names[i]);
        names[i] = add_text(texts, name, strlen(name));
    }
}

static void assemble(struct rlx_template_header *h, const struct table *tables, struct arena *a,
                     uint8_t **section, uint64_t *bytes)
{
    uint64_t end = sizeof *h;

    for (int i = 0; i < RLX_TEMPLATE_TABLE_COUNT; i++) {
        end = round_up(end, 8);
        h->tables[i] = (struct rlx_template_table){(uint32_t)end, tables[i].count};
        end += tables[i].count * tables[i].entry_bytes;
    }
    h->bytes = *bytes = round_up(end, 8);
    *section = arena_alloc(a, *bytes, 64);
    memcpy(*section, h, sizeof *h);
    for (int i = 0; i < RLX_TEMPLATE_TABLE_COUNT; i++)
        if (tables[i].count != 0)
            memcpy(*section + h->tables[i].offset, tables[i].data,
                   tables[i].count * tables[i].entry_bytes);
}

bool template_compile(const struct template_source *source, struct arena *a, uint8_t **section,
                      uint64_t *bytes, struct template_refusal *refusal)
{
    struct arena scratch = {0};
    struct program *p = arena_new(&scratch, struct program, 1);
    struct template_unicode unicode = {0};
    struct text_table texts = {.arena = &scratch};
    struct rlx_template_header h = {.magic = RLX_TEMPLATE_MAGIC,
                                    .version = RLX_TEMPLATE_VERSION,
                                    .table_count = RLX_TEMPLATE_TABLE_COUNT,
                                    .needed_tables = RLX_TEMPLATE_TABLE_COUNT,
                                    .hash = XXH3_64bits(source->text, source->bytes),
                                    .source_bytes = (uint32_t)source->bytes};

    *refusal = (struct template_refusal){0};
    *p = (struct program){.arena = &scratch, .refusal = refusal};
    strings_init(&p->texts, &scratch);
    strings_init(&p->numbers, &scratch);
    bool good = compile(p, source);
    if (good) {
        template_unicode_make(&scratch, &unicode);
    } else {
        const char *reason = arena_printf(a, "line %u: %s", refusal->line, refusal->reason);
        refusal->reason = arena_text(a, refusal->reason, strlen(refusal->reason));
        h.refusal = add_text(&texts, reason, strlen(reason));
        p->code_count = p->line_count = p->constant_count = p->name_count = 0;
        p->macro_count = p->parameter_count = 0;
    }
    struct rlx_template_text *names =
        arena_new(&scratch, struct rlx_template_text, p->name_count + 1);
    struct rlx_template_variable *variables =
        arena_new(&scratch, struct rlx_template_variable, source->variable_count + 1);
    place_texts(p, &texts, names);
    for (uint32_t i = 0; i < source->variable_count; i++) {
        const struct template_variable *v = &source->variables[i];
        variables[i].name = add_text(&texts, v->name, strlen(v->name));
        variables[i].value = add_text(&texts, v->value, strlen(v->value));
    }
    const struct table tables[RLX_TEMPLATE_TABLE_COUNT] = {
        [RLX_TEMPLATE_TEXT] = {texts.bytes, texts.count, 1},
        [RLX_TEMPLATE_CONSTANTS] = {p->constants, p->constant_count, sizeof *p->constants},
        [RLX_TEMPLATE_NAMES] = {names, p->name_count, sizeof *names},
        [RLX_TEMPLATE_CODE] = {p->code, p->code_count, sizeof *p->code},
        [RLX_TEMPLATE_LINES] = {p->lines, p->line_count, sizeof *p->lines},
        [RLX_TEMPLATE_MACROS] = {p->macros, p->macro_count, sizeof *p->macros},
        [RLX_TEMPLATE_PARAMETERS] = {p->parameters, p->parameter_count, sizeof *p->parameters},
        [RLX_TEMPLATE_VARIABLES] = {variables, source->variable_count, sizeof *variables},
        [RLX_TEMPLATE_CLASSES] = {unicode.classes, unicode.class_count, sizeof *unicode.classes},
        [RLX_TEMPLATE_CASES] = {unicode.cases, unicode.case_count, sizeof *unicode.cases},
    };
    assemble(&h, tables, a, section, bytes);
    arena_free(&scratch);
    return good;
}
