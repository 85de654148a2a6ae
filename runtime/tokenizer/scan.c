/* The search for matches. In: tables of a scanner, and text, or symbols with marks. Out: matches.
 * */
#include "runtime/tokenizer/scan.h"
#include "runtime/tokenizer/scan_parts.h"
#include "runtime/base/utf8.h"

enum { NO_MATCH_STATE = 0 };
#define NO_MATCH SIZE_MAX

/* ---- opening ---- */

static bool check_pass(const struct scan_tables *t, const struct rlx_scanner_pass *p)
{
    if (p->rows_log2 < 1 || p->rows_log2 > 15 || p->stride_log2 > 8)
        return false;
    uint32_t count = 1u << (p->rows_log2 + p->stride_log2);
    return count <= t->transition_count && p->transitions <= t->transition_count - count;
}

bool scan_tables_check(const struct scan_tables *t)
{
    for (uint32_t i = 0; i < t->scanner_count; i++) {
        const struct rlx_scanner *s = &t->scanners[i];
        bool only_marked = s->flags & RLX_SCANNER_ONLY_MARKED;
        if (s->mark_count > RLX_SCAN_MARKS || s->mark_count < only_marked || s->edge > 255)
            return false;
        for (uint32_t k = 0; k <= s->mark_count; k++)
            if (!check_pass(t, &s->passes[k]))
                return false;
    }
    for (uint32_t i = 0; i < RLX_SCAN_PAGES; i++)
        if (t->class_index[i] >= t->class_page_count)
            return false;
    return true;
}

struct scan_rows scan_rows(const struct scan_tables *t, const struct rlx_scanner_pass *p)
{
    return (struct scan_rows){t->transitions + p->transitions, (1u << p->rows_log2) - 1,
                              (1u << p->stride_log2) - 1, p->stride_log2};
}

bool scan_start(struct scan *s, const struct scan_tables *tables, uint32_t number, const char *text,
                size_t bytes, bool spelled, struct scan_memory *memory)
{
    const struct rlx_scanner *scanner = &tables->scanners[number];
    *s = (struct scan){.tables = tables,
                       .scanner = scanner,
                       .byte_symbols = spelled ? scanner->spelled_symbols : scanner->byte_symbols,
                       .text = text,
                       .bytes = bytes,
                       .rows = scan_rows(tables, &scanner->passes[scanner->mark_count]),
                       .edge = scanner->edge << scanner->mark_count,
                       .end = NO_MATCH};
    s->start = scan_entry(&s->rows, RLX_SCAN_START, s->edge) & s->rows.state_mask;
    return scanner->mark_count == 0 || bytes == 0 || scan_mark(s, memory);
}

/* ---- one match ---- */

/* The symbol of a byte that is not ASCII, and the length of its character. */
static uint32_t wide_symbol(const struct scan *s, size_t at, uint32_t *width)
{
    uint32_t point;
    *width = utf8_read(s->text, s->bytes, at, &point);
    return s->scanner->columns[scan_class(s->tables, point)];
}

/* The end of the match that begins at `at`, in state `state`. */
static size_t match_text(const struct scan *s, size_t at, uint32_t state)
{
    const struct scan_rows rows = s->rows;
    const uint8_t *symbols = s->byte_symbols;
    const char *text = s->text;
    size_t bytes = s->bytes, end = NO_MATCH;
    while (at < bytes) {
        uint32_t symbol = symbols[(uint8_t)text[at]], width = 1;
        if (symbol == RLX_SCAN_WIDE)
            symbol = wide_symbol(s, at, &width);
        uint32_t entry = scan_entry(&rows, state, symbol);
        if (entry & RLX_SCAN_MATCH)
            end = at;
        state = entry & rows.state_mask;
        if (state == NO_MATCH_STATE)
            return end;
        at += width;
    }
    return scan_entry(&rows, state, s->edge) & RLX_SCAN_MATCH ? bytes : end;
}

static size_t next_symbol(const struct scan *s, size_t at)
{
    do
        at++;
    while (at < s->bytes && s->symbols[at] == RLX_SCAN_WIDE);
    return at;
}

static size_t match_symbols(const struct scan *s, size_t at, uint32_t state)
{
    size_t end = NO_MATCH;
    for (; at <= s->bytes && state != NO_MATCH_STATE; at = next_symbol(s, at)) {
        uint32_t entry = scan_entry(&s->rows, state, s->symbols[at]);
        if (entry & RLX_SCAN_MATCH)
            end = at;
        state = entry & s->rows.state_mask;
    }
    return end;
}

/* ---- where matches begin ---- */

/* The symbol of the character before `at`. */
static uint32_t symbol_before(const struct scan *s, size_t at)
{
    if (at == 0)
        return s->edge;
    if (s->symbols != NULL) {
        while (--at > 0 && s->symbols[at] == RLX_SCAN_WIDE)
            continue;
        return s->symbols[at];
    }
    uint32_t symbol = s->byte_symbols[(uint8_t)s->text[at - 1]], width;
    if (symbol != RLX_SCAN_WIDE)
        return symbol;
    for (size_t back = 4; back > 1; back--)
        if (back <= at) {
            symbol = wide_symbol(s, at - back, &width);
            if (width == back)
                return symbol;
        }
    return wide_symbol(s, at - 1, &width);
}

static uint32_t start_state(const struct scan *s, size_t at)
{
    if (!(s->scanner->flags & RLX_SCANNER_BEFORE))
        return s->start;
    return scan_entry(&s->rows, RLX_SCAN_START, symbol_before(s, at)) & s->rows.state_mask;
}

/* The end of the character at `at`. */
static size_t next_position(const struct scan *s, size_t at)
{
    uint32_t width = 1;
    if (at >= s->bytes)
        return at + 1;
    if (s->symbols != NULL)
        return next_symbol(s, at);
    if (s->byte_symbols[(uint8_t)s->text[at]] == RLX_SCAN_WIDE)
        wide_symbol(s, at, &width);
    return at + width;
}

/* Over ASCII characters with which no match begins. */
static size_t skip_hopeless(const struct scan *s, size_t at)
{
    const uint16_t *row = s->rows.entries + ((size_t)s->start << s->rows.shift);
    while (at < s->bytes) {
        uint32_t symbol = s->byte_symbols[(uint8_t)s->text[at]];
        if (symbol == RLX_SCAN_WIDE || row[symbol & s->rows.symbol_mask] != 0)
            break;
        at++;
    }
    return at;
}

static size_t match_at(struct scan *s, size_t *at)
{
    if (s->symbols == NULL) {
        if (!(s->scanner->flags & RLX_SCANNER_BEFORE))
            *at = skip_hopeless(s, *at);
        return match_text(s, *at, start_state(s, *at));
    }
    if (s->scanner->flags & RLX_SCANNER_ONLY_MARKED)
        while (*at < s->bytes && !(s->symbols[*at] >> (s->scanner->mark_count - 1) & 1))
            *at = next_symbol(s, *at);
    return match_symbols(s, *at, start_state(s, *at));
}

bool scan_next(struct scan *s, size_t *start, size_t *end)
{
    if (s->bytes == 0)
        return false;
    for (; s->at <= s->bytes; s->at = next_position(s, s->at)) {
        size_t found = match_at(s, &s->at);
        if (found == NO_MATCH || (found == s->at && found == s->end))
            continue;
        *start = s->at;
        *end = s->at = s->end = found;
        return true;
    }
    return false;
}
