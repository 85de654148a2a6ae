/* Matches of scanners for the steps that normalize text. In: a text, and the number of an
 * expression. Out: its matches, one per call. */
#include "runtime/tokenizer/match.h"

bool matcher_match(void *context, uint32_t expression, const char *text, size_t bytes, size_t from,
                   size_t *start, size_t *end)
{
    struct matcher *m = context;
    if (from == 0 && !scan_start(&m->scan, m->tables, expression, text, bytes, false, &m->memory))
        m->no_memory = true;
    return !m->no_memory && scan_next(&m->scan, start, end);
}
