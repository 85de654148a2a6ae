/* Normalizing a stretch of text by the tables of rlx/normal_format.h. In: a block of tables, and
 * text, which need not be UTF-8. Out: the normalized text: the same pointer where nothing changed.
 */
#ifndef RLX_NORMAL_H
#define RLX_NORMAL_H

#include "rlx/normal_format.h"
#include "runtime/base/bytes.h"
#include "runtime/tokenizer/scan.h"

#include <stdbool.h>

/* A view; immutable after normal_open, shared by any number of threads. */
struct normal {
    const uint8_t *block;
    const struct rlx_normal_step *steps;
    uint32_t step_count;
    const struct scan_tables *scanners;
};

/* `block` must be aligned to 8 bytes; it and the scanners, which may be NULL where no step needs
 * any, outlive `n`. False where the tables do not hold together. Zero bytes are a block without
 * steps. */
bool normal_open(struct normal *n, const void *block, size_t bytes,
                 const struct scan_tables *scanners);

/* Memory that a caller keeps from text to text. All zeros at first. */
struct normal_work {
    struct bytes buffers[2];
    struct scan_memory scan;
};
void normal_work_free(struct normal_work *w);

enum normal_failure { NORMAL_done, NORMAL_no_memory, NORMAL_too_long };

struct normal_text {
    const char *text; /* in the input, or in `work` */
    size_t bytes;
    bool front_lost; /* what the input begins with has no part in the result: see normal.c */
    enum normal_failure failure; /* too long: beyond RLX_NORMAL_GROWTH */
};

/* All steps, in order. The result is good until the next call; the input must not be an earlier
 * result. */
struct normal_text normal_apply(const struct normal *n, const char *text, size_t bytes,
                                struct normal_work *work);

#endif
