/* The file of a saved session, version 3. Stands alone.
 *
 * Little-endian; nothing in between and nothing after:
 *   rlx_saved_header
 *   i32 [tokens]                      the history
 *   rlx_saved_state [state_count]     in the order of the model's STATES section; none if no state
 *                                     holds rows (with past 0, only cross states may)
 *   rows                              of each state `rows` rows of [heads * width] in its own element
 *                                     (RLX_Q8: of each head the integers, then its f16 scale)
 *   f32 [logits]                      those after the last token; none, or one per vocabulary entry
 *   u8 [note_bytes]                   the caller's own
 * model_digest is the artifact's: it determines the states, their sizes, and what their values mean.
 */
#ifndef RLX_STATE_FORMAT_H
#define RLX_STATE_FORMAT_H

#include <stdint.h>

#define RLX_STATE_MAGIC \
    "\x89RLS\r\n\x1a\n" /* 8 bytes; text tools that convert line ends break it */
enum { RLX_STATE_VERSION = 3 };

struct rlx_saved_header {
    char magic[8];
    uint32_t version, header_bytes; /* 80 */
    uint64_t file_bytes;
    uint64_t digest; /* XXH3-64 of the whole file, with zero here */
    uint64_t model_digest;
    uint32_t tokens, past;
    uint64_t note_bytes;
    uint32_t state_count, state_entry_bytes; /* 16 */
    uint32_t logits;                         /* 0 unless past == tokens */
    uint32_t reserved[3];                    /* 0 */
};
_Static_assert(sizeof(struct rlx_saved_header) == 80, "fixed by the format");

struct rlx_saved_state {
    uint32_t class_; /* rlx_state_class */
    uint32_t first;  /* ring: position of the first row; else 0 */
    uint32_t rows;
    uint32_t reserved; /* 0 */
};
_Static_assert(sizeof(struct rlx_saved_state) == 16, "fixed by the format");

#endif
