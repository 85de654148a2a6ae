/* Classes of code points by table. */
#include "runtime/tokenizer/tokenize_parts.h"

/* The four bits of a code point in a table of pages. */
static uint32_t page_value(const struct tokenizer *t, enum rlx_tokenizer_table_kind index_kind,
                           enum rlx_tokenizer_table_kind pages_kind, uint32_t point)
{
    const uint8_t *index = tokenizer_table(t, index_kind), *pages = tokenizer_table(t, pages_kind);
    size_t at =
        point / 256 < RLX_CLASS_PAGES ? index[point / 256] * 128u + point % 256 / 2 : SIZE_MAX;
    if (at >= t->header->tables[pages_kind].count)
        return 0;
    return pages[at] >> (point % 2 * 4) & 15;
}

uint32_t point_class(const struct tokenizer *t, uint32_t point)
{
    return page_value(t, RLX_TABLE_CLASS_INDEX, RLX_TABLE_CLASS_PAGES, point);
}

uint32_t point_case(const struct tokenizer *t, uint32_t point)
{
    return page_value(t, RLX_TABLE_CASE_INDEX, RLX_TABLE_CASE_PAGES, point);
}
