/* Cuts a text at the matches of a scanner. In: matches. Out: pieces, one at a time. */
#include "runtime/tokenizer/scan.h"

/* The next match, or what lies in front of it, in the order of the text. */
static bool next_item(struct scan_pieces *p, struct scan_item *item)
{
    if (!p->has_match) {
        p->has_match = scan_next(&p->scan, &p->match.start, &p->match.end);
        if (!p->has_match)
            p->match.start = p->scan.bytes;
    }
    if (p->position < p->match.start) {
        *item = (struct scan_item){p->position, p->match.start, p->invert};
        p->position = p->match.start;
        return true;
    }
    if (!p->has_match)
        return false;
    *item = (struct scan_item){p->match.start, p->match.end, !p->invert};
    p->position = p->match.end;
    p->has_match = false;
    return true;
}

bool scan_pieces_start(struct scan_pieces *p, const struct scan_tables *tables, uint32_t number,
                       const char *text, size_t bytes, bool spelled,
                       enum rlx_split_behavior behavior, bool invert, struct scan_memory *memory)
{
    *p = (struct scan_pieces){.behavior = behavior, .invert = invert};
    if (!scan_start(&p->scan, tables, number, text, bytes, spelled, memory))
        return false;
    p->has_next = next_item(p, &p->next);
    return true;
}

/* Whether two neighbours make one piece. */
static bool joins(enum rlx_split_behavior behavior, bool match, bool next_match)
{
    switch (behavior) {
    case RLX_SPLIT_MERGED_WITH_PREVIOUS:
        return !match && next_match;
    case RLX_SPLIT_MERGED_WITH_NEXT:
        return match && !next_match;
    case RLX_SPLIT_CONTIGUOUS:
        return match == next_match;
    default:
        return false;
    }
}

bool scan_pieces_next(struct scan_pieces *p, size_t *start, size_t *end)
{
    while (p->has_next) {
        struct scan_item item = p->next;
        p->has_next = next_item(p, &p->next);
        while (p->has_next && joins(p->behavior, item.match, p->next.match)) {
            item.end = p->next.end;
            p->has_next = next_item(p, &p->next);
            if (p->behavior != RLX_SPLIT_CONTIGUOUS)
                break;
        }
        if (item.start == item.end || (p->behavior == RLX_SPLIT_REMOVED && item.match))
            continue;
        *start = item.start;
        *end = item.end;
        return true;
    }
    return false;
}
