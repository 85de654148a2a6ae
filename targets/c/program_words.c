/* Names in written code. In: names of the graph, kernels, sizes; out: identifiers that a reader
 * recognizes, each in use once. */
#include "targets/c/program.h"

#include <ctype.h>
#include <string.h>

enum { WORD_BYTES_MAX = 120 };

/* Words of C11, and names that a local variable must not hide: those of types and functions that
 * written code uses, and `main`, of which compilers expect a function. */
static const char *const reserved[] = {
    "auto",      "break",   "case",      "char",          "const",
    "continue",  "default", "do",        "double",        "else",
    "enum",      "extern",  "float",     "for",           "goto",
    "if",        "inline",  "int",       "long",          "register",
    "restrict",  "return",  "short",     "signed",        "sizeof",
    "static",    "struct",  "switch",    "typedef",       "union",
    "unsigned",  "void",    "volatile",  "while",         "asm",
    "typeof",    "bool",    "true",      "false",         "nullptr",
    "constexpr", "alignas", "alignof",   "static_assert", "thread_local",
    "NULL",      "main",    "run",       "int8_t",        "int16_t",
    "int32_t",   "int64_t", "uint8_t",   "uint16_t",      "uint32_t",
    "uint64_t",  "size_t",  "ptrdiff_t", "intptr_t",      "uintptr_t",
    "linux",     "unix",    "NAN",       "INFINITY",      "HUGE_VAL",
};

void c_words_init(struct c_words *w, struct arena *a, const struct c_words *outer)
{
    *w = (struct c_words){.arena = a, .outer = outer};
    strings_init(&w->taken, a);
    if (outer != NULL)
        return;
    for (uint32_t i = 0; i < countof(reserved); i++)
        str_of(&w->taken, reserved[i]);
}

/* Whether a header that written code reads has a macro of this name: limits of stdint.h. */
static bool is_limit(const char *word)
{
    static const char *const types[] = {"INT",         "UINT",   "SIZE_", "PTRDIFF_",
                                        "SIG_ATOMIC_", "WCHAR_", "WINT_"};
    const char *end = strrchr(word, '_');
    bool found = false;

    if (end == NULL ||
        (strcmp(end, "_MAX") != 0 && strcmp(end, "_MIN") != 0 && strcmp(end, "_WIDTH") != 0))
        return false;
    for (uint32_t i = 0; i < countof(types); i++)
        found = found || strncmp(word, types[i], strlen(types[i])) == 0;
    return found;
}

static bool is_taken(const struct c_words *w, const char *word)
{
    if (is_limit(word))
        return true;
    for (; w != NULL; w = w->outer)
        if (str_find(&w->taken, word, strlen(word)) != 0)
            return true;
    return false;
}

/* Letters and digits stay, all else becomes one underscore between them. */
static char *identifier(struct arena *a, const char *text)
{
    char *word = arena_alloc(a, WORD_BYTES_MAX + 2, 1);
    size_t bytes = 0;

    if (!isalpha((unsigned char)text[0]))
        word[bytes++] = 'x';
    for (; *text != 0 && bytes < WORD_BYTES_MAX; text++) {
        bool plain = isascii((unsigned char)*text) && isalnum((unsigned char)*text);
        if (plain)
            word[bytes++] = *text;
        else if (bytes == 0 || word[bytes - 1] != '_')
            word[bytes++] = '_';
    }
    while (bytes > 1 && word[bytes - 1] == '_')
        bytes--;
    word[bytes] = 0;
    return word;
}

static char *identifier_in(int (*letter_case)(int), struct arena *a, const char *text)
{
    char *word = identifier(a, text);

    for (char *c = word; *c != 0; c++)
        *c = (char)letter_case((unsigned char)*c);
    return word;
}

const char *c_word(struct c_words *w, const char *text)
{
    const char *plain = identifier(w->arena, text), *word = plain;

    for (uint32_t i = 2; is_taken(w, word); i++)
        word = arena_printf(w->arena, "%s_%u", plain, i);
    str_of(&w->taken, word);
    return word;
}

/* ---- sizes ---- */

/* "FRAMES_PLUS_1_BY_2" for (FRAMES + 1) / 2. */
static void derived(struct arena *a, const char *of, const struct dim_slot_info *info,
                    const char **name, const char **formula)
{
    struct text n = {.arena = a}, f = {.arena = a};
    const long long add = (long long)(info->add < 0 ? -info->add : info->add);

    if (info->multiply != 1)
        text_add(&n, "%lldx_", (long long)info->multiply);
    text_add(&n, "%s", of);
    if (info->add != 0)
        text_add(&n, "_%s_%lld", info->add < 0 ? "MINUS" : "PLUS", add);
    if (info->divide != 1)
        text_add(&n, "_BY_%lld", (long long)info->divide);
    if (info->divide != 1)
        text_add(&f, "(");
    if (info->multiply != 1)
        text_add(&f, "%lld * ", (long long)info->multiply);
    text_add(&f, "%s", of);
    if (info->add != 0)
        text_add(&f, " %c %lld", info->add < 0 ? '-' : '+', add);
    if (info->divide != 1)
        text_add(&f, ") / %lld", (long long)info->divide);
    *name = n.data;
    *formula = f.data;
}

/* Those of the graph's own symbols are called as these. */
static const char *const variables[SYMBOL_FIRST_FREE] = {
    [SYMBOL_BATCH] = "segment_count", [SYMBOL_SEQ] = "seq",
    [SYMBOL_ROWS] = "rows",           [SYMBOL_PAST_SEQ] = "past",
    [SYMBOL_KEYS] = "key_count",      [SYMBOL_OUT_ROWS] = "out_row_count",
};

/* A program that was parsed has no graph: the symbols of its own are S6 and so on. Sizes are in
 * capitals: functions of a library and of kernels.c are not. */
static void name_sizes(struct c_sizes *s, const struct lir_program *p, struct c_words *w)
{
    const struct hir_graph *g = p->graph;
    const uint32_t symbols = g == NULL ? SYMBOL_MAX : g->dims.symbol_count;

    s->count = g == NULL ? SYMBOL_MAX : dims_slot_count(&g->dims);
    for (uint32_t i = 0; i < symbols; i++)
        if (p->slots[i].divide == 0)
            s->names[i] =
                c_word(w, identifier_in(toupper, w->arena,
                                        g == NULL ? symbol_name(i) : dim_symbol_name(&g->dims, i)));
    for (uint32_t i = 0; i < s->count; i++) {
        const char *name, *of = p->slots[i].divide == 0 ? "" : s->names[p->slots[i].symbol];
        if (p->slots[i].divide == 0)
            continue;
        derived(w->arena, of != NULL ? of : symbol_name(p->slots[i].symbol), &p->slots[i], &name,
                &s->formulas[i]);
        s->names[i] = c_word(w, name);
    }
}

void c_sizes_init(struct c_sizes *s, const struct lir_program *p, struct c_words *w)
{
    *s = (struct c_sizes){0};
    name_sizes(s, p, w);
    for (uint32_t i = 0; i < s->count; i++) {
        const char *variable = identifier_in(tolower, w->arena, s->names[i]);
        s->variables[i] =
            c_word(w, i < SYMBOL_FIRST_FREE     ? variables[i]
                      : p->slots[i].divide == 0 ? arena_printf(w->arena, "%s_count", variable)
                                                : variable);
    }
}

/* ---- kernels ---- */

static void add_formula(const struct lir_kernel *k, struct text *out)
{
    enum { OPS_SHOWN = 3 };
    const struct scalar_code *code = lir_formula(k);
    uint32_t ops = 0;

    for (uint32_t i = 0; code != NULL && i < code->bytes; i++) {
        i += code->code[i] == S_NUMBER;
        ops += code->code[i] > S_NUMBER;
    }
    if (ops > OPS_SHOWN)
        text_add(out, "_formula");
    for (uint32_t i = 0; ops != 0 && ops <= OPS_SHOWN && i < code->bytes; i++) {
        if (code->code[i] == S_NUMBER)
            i++;
        else if (code->code[i] > S_NUMBER)
            text_add(out, "_%s", scalar_words[code->code[i]]);
    }
}

/* "q8_0" of "q8_0_r16": how rows are packed is no part of the name. */
static void add_layout(enum layout layout, struct text *out)
{
    text_add(out, "_%s", dtype_info[layout_info[layout].dtype].name);
}

static void add_act(uint32_t act, struct text *out)
{
    if (act != ACT_f32)
        text_add(out, "_%s", act_names[act]);
}

static void add_shape(const struct head_shape *s, struct text *out)
{
    static const char *const classes[] = {
#define W(name) [STATE_##name] = #name,
        STATE_CLASS_WORDS(W)
#undef W
    };
    text_add(out, "_%s", dtype_info[s->kv].name);
    if (s->class != STATE_rows)
        text_add(out, "_%s", classes[s->class]);
}

static void add_matmul(const struct kernel_matmul *m, const struct lir_kernel *k, struct text *out)
{
    text_add(out, m->gated          ? "gated_matmul"
                  : m->mixed        ? "expert_mix"
                  : m->experts != 0 ? "expert_matmul"
                                    : "matmul");
    add_layout((enum layout)m->layout, out);
    add_act(m->format.act, out);
    if (m->experts != 0)
        text_add(out, "_%u", m->experts);
    text_add(out, "%s%ux%u", m->experts != 0 ? "x" : "_", m->n, m->k);
    if (!m->gated)
        add_formula(k, out);
}

static void add_norm_quant(const struct lir_kernel *k, struct text *out)
{
    const struct kernel_norm_quant *n = &k->norm_quant;

    text_add(out, lir_has(k, NORM_QUANT_residual) ? "norm_add"
                  : lir_has(k, NORM_QUANT_weight) ? "rms_norm"
                  : n->format.act == ACT_f32      ? "copy_rows"
                                                  : "round");
    add_act(n->format.act, out);
    text_add(out, "_%u", n->k);
}

static void add_attention(const struct kernel_attention *t, struct text *out)
{
    text_add(out, "attention");
    add_shape(&t->shape, out);
    add_act(t->act, out);
    text_add(out, "_%ux%ux%u%s%s", t->shape.heads, t->shape.kv_heads, t->shape.head_dim,
             t->windowed ? "_windowed" : "", t->capped ? "_capped" : "");
}

const char *c_kernel_word(struct arena *a, const struct lir_kernel *k)
{
    struct text out = {.arena = a};

    switch (k->kind) {
    case KERNEL_embed:
        text_add(&out, "embed");
        add_layout((enum layout)k->embed.layout, &out);
        text_add(&out, "_%ux%u", k->embed.n, k->embed.k);
        break;
    case KERNEL_norm_quant:
        add_norm_quant(k, &out);
        break;
    case KERNEL_matmul:
        add_matmul(&k->matmul, k, &out);
        break;
    case KERNEL_kv_write:
        text_add(&out, "kv_write");
        add_shape(&k->kv_write.shape, &out);
        text_add(&out, "_%ux%ux%u", k->kv_write.shape.heads, k->kv_write.shape.kv_heads,
                 k->kv_write.shape.head_dim);
        break;
    case KERNEL_attention:
        add_attention(&k->attention, &out);
        break;
    case KERNEL_append:
        text_add(&out, "append_%s", k->append.is_value ? "values" : "keys");
        add_shape(&k->append.shape, &out);
        text_add(&out, "_%ux%u", k->append.shape.kv_heads, k->append.shape.head_dim);
        break;
    case KERNEL_rope:
        text_add(&out, "%s_%ux%u",
                 k->rope.n_rot != 0      ? "rope"
                 : lir_has(k, ROPE_norm) ? "head_norm"
                                         : "hadamard",
                 k->rope.heads, k->rope.head_dim);
        break;
    case KERNEL_map:
        text_add(&out, "map_%u", k->map.n);
        add_formula(k, &out);
        break;
    case KERNEL_route:
        text_add(&out, "route_%ux%u", k->route.experts, k->route.slots);
        break;
    case KERNEL_sort:
        text_add(&out, "sort_%ux%u", k->sort.experts, k->sort.slots);
        break;
    case KERNEL_mean:
        text_add(&out, "mean_%u", k->mean.k);
        break;
    case KERNEL_gather_rows:
        text_add(&out, "gather_rows_%u", k->gather_rows.k);
        break;
    case KERNEL_gather_columns:
        text_add(&out, "gather_columns_%u", k->gather_columns.k);
        break;
    case KERNEL_unfold:
        text_add(&out, "unfold_%u", k->unfold.n);
        break;
    case KERNEL_scan:
        text_add(&out, "scan_%u", k->scan.n);
        break;
    case KERNEL_conv:
        text_add(&out, "conv_%ux%u", k->conv.n, k->conv.k);
        break;
    default:
        break;
    }
    return out.bytes != 0 ? out.data : kernel_kind_info[k->kind].name;
}
