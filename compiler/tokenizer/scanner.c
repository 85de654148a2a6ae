/* Compiles expressions to the tables of scanners. In: trees of expressions and a partition of all
 * code points. Out: what rlx/scanner_format.h describes. */
#include "compiler/import/tokenizer/text_steps.h"
#include "compiler/tokenizer/scanner_parts.h"

#include <string.h>

/* ---- classes ---- */

/* The number of a page, which is added unless there is one like it. */
static uint32_t page_number(struct scanners *s, const uint8_t *page, uint32_t *capacity)
{
    uint32_t same = 0;
    while (same < s->class_page_count &&
           memcmp(s->class_pages + same * RLX_SCAN_PAGE, page, RLX_SCAN_PAGE) != 0)
        same++;
    if (same == s->class_page_count) {
        s->class_pages =
            arena_grow(s->arena, s->class_pages, same * RLX_SCAN_PAGE, capacity, RLX_SCAN_PAGE, 1);
        memcpy(s->class_pages + same * RLX_SCAN_PAGE, page, RLX_SCAN_PAGE);
        s->class_page_count++;
    }
    return same;
}

static void make_class_tables(struct scanners *s)
{
    uint32_t capacity = 0;
    s->class_index = arena_new(s->arena, uint16_t, RLX_SCAN_PAGES);
    for (uint32_t i = 0; i < RLX_SCAN_PAGES; i++) {
        const uint8_t *page = s->partition.of + i * RLX_SCAN_PAGE;
        bool repeated = i > 0 && memcmp(page, page - RLX_SCAN_PAGE, RLX_SCAN_PAGE) == 0;
        s->class_index[i] =
            repeated ? s->class_index[i - 1] : (uint16_t)page_number(s, page, &capacity);
    }
}

bool scanners_start(struct scanners *s, struct point_partition partition, struct arena *a,
                    struct place place, struct diags *d)
{
    *s = (struct scanners){.arena = a, .partition = partition};
    if (!point_partition_finish(&s->partition))
        return diag_error(
            d, place, "the tokenizer's expressions tell apart more than %d classes of characters",
            POINT_CLASSES);
    make_class_tables(s);
    return true;
}

/* ---- columns ---- */

/* Splits the columns of which the set has some classes, but not all. Returns their number. */
static uint32_t split_columns(const struct columns *set, uint32_t classes, uint8_t column[256],
                              uint32_t count)
{
    uint32_t inside[256] = {0}, all[256] = {0}, moved[256], before = count;
    for (uint32_t c = 0; c < classes; c++) {
        all[column[c]]++;
        inside[column[c]] += columns_have(set, c);
    }
    for (uint32_t k = 0; k < before; k++)
        moved[k] = inside[k] == 0 || inside[k] == all[k] ? k : count++;
    for (uint32_t c = 0; c < classes; c++)
        if (columns_have(set, c))
            column[c] = (uint8_t)moved[column[c]];
    return count;
}

/* Classes that no set of the expression tells apart share a column. */
static void make_columns(struct building *b, const struct scanners *s)
{
    struct alphabet *x = &b->alphabet;
    uint32_t sets = b->e->set_count, classes = s->partition.count;
    struct columns *of_set = arena_new(b->arena, struct columns, sets);
    x->count = 1;
    for (uint32_t i = 0; i < sets; i++) {
        point_partition_classes(&s->partition, &b->e->sets[i], of_set[i].bits);
        x->count = split_columns(&of_set[i], classes, x->of, x->count);
    }
    x->sets = arena_new(b->arena, struct columns, sets);
    for (uint32_t i = 0; i < sets; i++)
        for (uint32_t c = 0; c < classes; c++)
            if (columns_have(&of_set[i], c))
                x->sets[i].bits[x->of[c] / 64] |= (uint64_t)1 << x->of[c] % 64;
}

/* ---- passes ---- */

static bool make_pass(struct building *b, uint32_t node, bool backward, bool marks,
                      struct automaton *out)
{
    struct program program;
    if (!program_make(b, node, backward, marks, &program) || !automaton_make(b, &program, out))
        return false;
    automaton_minimize(out, b->arena);
    return true;
}

/* passes[alphabet.mark_count] finds the matches. */
static bool make_passes(struct building *b, struct automaton *passes)
{
    struct alphabet *x = &b->alphabet;
    x->mark_count = b->look_count + b->only_marked;
    if (x->mark_count > RLX_SCAN_MARKS) {
        b->problem = "it has too many lookarounds of several characters";
        return false;
    }
    if ((x->count + 1) << x->mark_count > (uint32_t)SYMBOLS_MAX) {
        b->problem = "it tells apart too many classes of characters";
        return false;
    }
    x->symbol_count = (x->count + 1) << x->mark_count;
    for (uint32_t k = 0; k < b->look_count; k++)
        if (!make_pass(b, b->e->nodes[b->looks[k].node].first, !b->looks[k].behind, true,
                       &passes[k]))
            return false;
    if (b->only_marked && !make_pass(b, b->e->root, true, true, &passes[b->look_count]))
        return false;
    return make_pass(b, b->e->root, false, false, &passes[x->mark_count]);
}

/* Once more with a mark where matches begin, if only that makes the time linear. */
static enum linearity make_marked_passes(struct building *b, struct automaton *passes)
{
    b->only_marked = false;
    if (!building_find_looks(b) || !make_passes(b, passes))
        return LINEAR_never;
    enum linearity linearity = scanner_linearity(b, passes);
    if (linearity != LINEAR_where_marked)
        return linearity;
    b->only_marked = true;
    return make_passes(b, passes) ? scanner_linearity(b, passes) : LINEAR_never;
}

/* And once more with guarded alternatives. `e`: the expression of `b`. */
static bool make_linear_passes(struct building *b, struct expression *e, struct automaton *passes)
{
    enum linearity linearity = make_marked_passes(b, passes);
    if (linearity == LINEAR_never && b->problem == NULL && building_guard(b, e))
        linearity = make_marked_passes(b, passes);
    if (linearity == LINEAR_never && b->problem == NULL)
        b->problem = "on some texts, finding its matches would take quadratic time";
    return b->problem == NULL;
}

/* ---- the tables ---- */

/* The smallest power of two that is not less. */
static uint8_t log2_up(uint32_t count)
{
    uint8_t log2 = 0;
    while (1u << log2 < count)
        log2++;
    return log2;
}

static void write_pass(struct scanners *s, const struct automaton *m, struct rlx_scanner_pass *out)
{
    *out = (struct rlx_scanner_pass){.transitions = s->transition_count,
                                     .rows_log2 = log2_up(m->state_count),
                                     .stride_log2 = log2_up(m->symbol_count),
                                     .backward = m->backward};
    uint32_t count = 1u << (out->rows_log2 + out->stride_log2);
    s->transitions = arena_grow(s->arena, s->transitions, s->transition_count,
                                &s->transition_capacity, count, sizeof *s->transitions);
    uint16_t *rows = s->transitions + s->transition_count;
    memset(rows, 0, count * sizeof *rows);
    for (uint32_t state = 0; state < m->state_count; state++)
        memcpy(rows + ((size_t)state << out->stride_log2),
               m->entries + (size_t)state * m->symbol_count, m->symbol_count * sizeof *rows);
    s->transition_count += count;
}

static void write_scanner(struct scanners *s, const struct building *b,
                          const struct automaton *passes, struct rlx_scanner *out)
{
    const struct alphabet *x = &b->alphabet;
    *out = (struct rlx_scanner){.mark_count = x->mark_count, .edge = x->count};
    if (passes[x->mark_count].needs_before)
        out->flags |= RLX_SCANNER_BEFORE;
    if (b->only_marked)
        out->flags |= RLX_SCANNER_ONLY_MARKED;
    for (uint32_t k = 0; k <= x->mark_count; k++)
        write_pass(s, &passes[k], &out->passes[k]);
    memcpy(out->columns, x->of, sizeof out->columns);
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t spelled = x->of[s->partition.of[gpt2_spelling((uint8_t)i)]];
        uint32_t symbol = i < 0x80 ? (uint32_t)x->of[s->partition.of[i]] << x->mark_count : 0;
        out->byte_symbols[i] = (uint8_t)(i < 0x80 ? symbol : RLX_SCAN_WIDE);
        out->spelled_symbols[i] = (uint8_t)(spelled << x->mark_count);
    }
}

bool scanners_add(struct scanners *s, const struct expression *e, struct place place,
                  struct diags *d, uint32_t *number)
{
    struct arena scratch = {0};
    struct expression copy = *e; /* its nodes may change */
    copy.nodes = arena_new(&scratch, struct node, e->node_count);
    copy.node_capacity = e->node_count;
    memcpy(copy.nodes, e->nodes, e->node_count * sizeof *e->nodes);
    struct building b = {.e = &copy, .arena = &scratch, .place = place, .diags = d};
    struct automaton passes[RLX_SCAN_MARKS + 1];
    make_columns(&b, s);
    bool good = make_linear_passes(&b, &copy, passes);
    if (good) {
        *number = s->count;
        struct rlx_scanner *out = &ARENA_PUSH(s->arena, s->all, s->count, s->capacity);
        write_scanner(s, &b, passes, out);
    } else {
        diag_error(d, place, "the regular expression \"%.*s\" cannot be compiled: %s",
                   (int)min_u64(e->bytes, 200), e->text, b.problem);
    }
    arena_free(&scratch);
    return good;
}

struct scan_tables scanners_view(const struct scanners *s)
{
    return (struct scan_tables){.scanners = s->all,
                                .transitions = s->transitions,
                                .class_index = s->class_index,
                                .class_pages = s->class_pages,
                                .scanner_count = s->count,
                                .transition_count = s->transition_count,
                                .class_page_count = s->class_page_count};
}
