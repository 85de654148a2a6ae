/* The passes that note where lookarounds hold. In: text. Out: one symbol for each character. */
#include "runtime/tokenizer/scan_parts.h"
#include "runtime/base/utf8.h"

#include <stdlib.h>
#include <string.h>

void scan_memory_free(struct scan_memory *m)
{
    free(m->symbols);
    *m = (struct scan_memory){0};
}

static bool reserve(struct scan_memory *m, size_t count)
{
    if (count <= m->capacity)
        return true;
    size_t wanted = count > SIZE_MAX / 2 ? count : count + count / 2;
    uint8_t *grown = realloc(m->symbols, wanted);
    if (grown == NULL)
        return false;
    *m = (struct scan_memory){grown, wanted};
    return true;
}

/* At the first byte of each character its symbol without marks, RLX_SCAN_WIDE at the others. */
static void write_symbols(const struct scan *s, uint8_t *symbols)
{
    for (size_t i = 0; i < s->bytes;) {
        uint32_t symbol = s->byte_symbols[(uint8_t)s->text[i]], width = 1, point;
        if (symbol == RLX_SCAN_WIDE) {
            width = utf8_read(s->text, s->bytes, i, &point);
            symbol = (uint32_t)s->scanner->columns[scan_class(s->tables, point)]
                     << s->scanner->mark_count;
            memset(symbols + i, RLX_SCAN_WIDE, width);
        }
        symbols[i] = (uint8_t)symbol;
        i += width;
    }
    symbols[s->bytes] = (uint8_t)s->edge;
}

static void mark_backward(const struct scan *s, const struct scan_rows *rows, uint8_t mark,
                          uint8_t *symbols)
{
    uint32_t state = scan_entry(rows, RLX_SCAN_START, symbols[s->bytes]);
    for (size_t at = s->bytes, before = at;; at = before) {
        while (before > 0 && symbols[--before] == RLX_SCAN_WIDE)
            continue;
        uint32_t entry = scan_entry(rows, state, at == 0 ? s->edge : symbols[before]);
        if (entry & RLX_SCAN_MATCH)
            symbols[at] |= mark;
        if (at == 0)
            return;
        state = entry;
    }
}

static void mark_forward(const struct scan *s, const struct scan_rows *rows, uint8_t mark,
                         uint8_t *symbols)
{
    uint32_t state = scan_entry(rows, RLX_SCAN_START, s->edge);
    for (size_t at = 0; at <= s->bytes; at++) {
        if (symbols[at] == RLX_SCAN_WIDE)
            continue;
        state = scan_entry(rows, state, symbols[at]);
        if (state & RLX_SCAN_MATCH)
            symbols[at] |= mark;
    }
}

bool scan_mark(struct scan *s, struct scan_memory *memory)
{
    if (s->bytes == SIZE_MAX || !reserve(memory, s->bytes + 1))
        return false;
    write_symbols(s, memory->symbols);
    for (uint32_t k = 0; k < s->scanner->mark_count; k++) {
        struct scan_rows rows = scan_rows(s->tables, &s->scanner->passes[k]);
        if (s->scanner->passes[k].backward)
            mark_backward(s, &rows, (uint8_t)(1u << k), memory->symbols);
        else
            mark_forward(s, &rows, (uint8_t)(1u << k), memory->symbols);
    }
    s->symbols = memory->symbols;
    return true;
}
