/* A set of texts as a double array: a table of nodes that the compiler writes and the runtime walks
 * in place, a byte of text at a time.
 *
 * Node 0 is the root. The child of a node under byte c is the node at index base ^ c, if its label
 * is c and it is in use; otherwise there is no such child. No two nodes have the same base, so the
 * label is enough to tell whose child a node is. An index beyond the table is no child either. */
#ifndef RLX_TRIE_FORMAT_H
#define RLX_TRIE_FORMAT_H

#include <stdint.h>

struct rlx_trie_node {
    uint32_t base; /* RLX_TRIE_LEAF where no text goes on */
    uint32_t mark; /* value << 8 | label. Value 0: not in use, as the root; 1: no text ends here;
                      from 2 on: a text ends here, whose number is the value - 2 */
};

#define RLX_TRIE_LEAF 0xffffff00u
enum { RLX_TRIE_MAX_NUMBER = (1 << 24) - 3 };

#endif
