/* The file of a saved session, version 2. Stands alone.
 *
 * Little-endian: a 64-byte header, `tokens` ids of the history as i32, then for each state in the
 * order of the model's STATES section `past` rows of [kv_head][head_dim] values in the state's own
 * element, then `note_bytes` bytes of the caller's own. There is nothing in between and nothing
 * after. A file without a note has version 1, which is older than notes. model_digest is the
 * artifact's: it determines the states, their sizes, and what their values mean.
 */
#ifndef RLX_STATE_FORMAT_H
#define RLX_STATE_FORMAT_H

#include <stdint.h>

#define RLX_STATE_MAGIC \
    "\x89RLS\r\n\x1a\n" /* 8 bytes; text tools that convert line ends break
                                               it */
enum { RLX_STATE_VERSION = 2 };

struct rlx_saved_header {
    char magic[8];
    uint32_t version, header_bytes; /* 64 */
    uint64_t file_bytes;
    uint64_t digest; /* XXH3-64 of the whole file, with zero here */
    uint64_t model_digest;
    uint32_t tokens, past;
    uint64_t note_bytes;
    uint8_t reserved[8]; /* zero */
};
_Static_assert(sizeof(struct rlx_saved_header) == 64, "fixed by the format");

#endif
