/* A made-up model with a state of every class, several entries and symbols of its own, as
 * tiny_artifact.h builds it in memory: its kernels are C functions of the test. Context 200.
 *
 * Entry main, after tokens t[0..n-1]: S = total + window + scan + cross, where
 *   total   sum of t[p] * (p + 1)                              (state "all", class rows)
 *   window  sum of t[p] * (n - p) over the newest WINDOW       (state "newest", class ring)
 *   scan    h = (3 h + t[p]) mod 1009 from 0, in order, twice: element 1 adds 5 (state "memory",
 *           class carried)
 *   cross   sum of the rows of state "cross"
 * and logits[v] = (7 S + 13 v) mod 101.
 *
 * Entry encode: input "mel" [FRAMES, 4]; outputs "hidden" [FRAMES, 4] = 2 mel, "half"
 * [(FRAMES / 2), 4] = every second row of it.
 * Entry embed: tokens; output "sums" [ROWS, 1]: of each segment, the sum of its tokens so far.
 * Entry fill: input "mel"; writes row i of state "cross" as the sum of row i of mel, 4 times. */
#ifndef TINY_MIXED_H
#define TINY_MIXED_H

#include "tests/support/tiny_artifact.h"

#include <stdatomic.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum {
    MIXED_CONTEXT = 200,
    MIXED_RING = 64,
    MIXED_WINDOW = 60, /* so a run has at most 5 rows */
    MIXED_ROWS = 12,
    MIXED_FRAMES = 8,
    MIXED_BATCH = 4,
    MIXED_FRAMES_SLOT = 6,
    MIXED_CROSS_SLOT = 7,
    MIXED_HALF_SLOT = 8,
    MIXED_SYMBOLS = 9,
    MIXED_KERNELS = 7,
    MIXED_VARIANTS = 8,
    MIXED_IO = 4 + 3 + 3 + 1,
    MIXED_MODULUS = 1009,
    /* the input home */
    MIXED_MEL_AT = 0,
    MIXED_TOKENS_AT = 512,
    MIXED_POSITIONS_AT = 640,
    MIXED_OUT_ROWS_AT = 768,
    MIXED_ROW_SEGMENTS_AT = 832,
    MIXED_SEGMENTS_AT = 960,
    MIXED_INPUT_BYTES = 960 + 5 * 64,
    /* the output home */
    MIXED_HALF_AT = 1024,
    MIXED_OUTPUT_BYTES = 2048,
    /* the home STATE */
    MIXED_ALL_BYTES = 256 * 16 * 4,
    MIXED_RING_AT = MIXED_ALL_BYTES,
    MIXED_RING_BYTES = MIXED_RING * 16 * 4,
    MIXED_CROSS_AT = MIXED_RING_AT + MIXED_RING_BYTES,
    MIXED_CROSS_BYTES = 64 * 16 * 4,
};

static const char mixed_strings[] =
    "\0mixed\0main\0encode\0embed\0fill\0all\0newest\0memory\0cross\0tokens\0positions\0out_rows\0"
    "logits\0mel\0hidden\0half\0sums\0BATCH\0SEQ\0ROWS\0PAST_SEQ\0OUT_ROWS\0KEYS\0FRAMES\0"
    "CROSS\0(FRAMES / 2)\0cpu\0variant\0c";

static inline uint32_t mixed_string(const char *text)
{
    const size_t bytes = strlen(text) + 1;
    for (uint32_t i = 1; i + bytes <= sizeof mixed_strings; i++)
        if (mixed_strings[i - 1] == 0 && memcmp(mixed_strings + i, text, bytes) == 0)
            return i;
    abort();
}

/* ---- kernels ---- */

static atomic_uint mixed_rows;    /* rows of tokens written: shows what was computed */
static atomic_uint mixed_scanned; /* rows scanned */

static inline const struct rlx_segment *mixed_segment(const void *table, const void *rows,
                                                      uint64_t row)
{
    return (const struct rlx_segment *)table + ((const int32_t *)rows)[row];
}

static inline float *mixed_state(void *home, int64_t offset)
{
    return (float *)(void *)((uint8_t *)home + offset);
}

/* tokens, positions, segments, row_segments, all, newest */
static inline void mixed_write(const struct rlx_launch *l, uint64_t first, uint64_t end)
{
    for (uint64_t r = first; r < end; r++) {
        const struct rlx_segment *s = mixed_segment(l->args[2], l->args[3], r);
        const int32_t position = ((const int32_t *)l->args[1])[r];
        const float token = (float)((const int32_t *)l->args[0])[r];
        mixed_state(l->args[4], s->state)[position * 16] = token;
        mixed_state(l->args[5], s->state)[position % MIXED_RING * 16] = token;
        atomic_fetch_add(&mixed_rows, 1);
    }
}

/* tokens, segments, memory before, memory after, scanned; one tile per segment and element */
static inline void mixed_scan(const struct rlx_launch *l, uint64_t first, uint64_t end)
{
    for (uint64_t tile = first; tile < end; tile++) {
        const struct rlx_segment *s = (const struct rlx_segment *)l->args[1] + tile / 2;
        const uint64_t element = tile % 2;
        float h = mixed_state(l->args[2], s->carried_in)[element];
        for (uint32_t r = 0; r < s->rows; r++) {
            const int32_t token = ((const int32_t *)l->args[0])[s->first_row + r];
            h = (float)(((int32_t)h * 3 + token + (element != 0 ? 5 : 0)) % MIXED_MODULUS);
            ((float *)l->args[4])[(s->first_row + r) * 2 + element] = h;
        }
        mixed_state(l->args[3], s->carried_out)[element] = h;
        atomic_fetch_add(&mixed_scanned, element == 0 ? s->rows : 0);
    }
}

/* all, newest, cross, scanned, segments, row_segments, hidden */
static inline void mixed_sum(const struct rlx_launch *l, uint64_t first, uint64_t end)
{
    for (uint64_t r = first; r < end; r++) {
        const struct rlx_segment *s = mixed_segment(l->args[4], l->args[5], r);
        const uint32_t last = s->past + (uint32_t)r - s->first_row;
        const float *scanned = (const float *)l->args[3] + r * 2;
        float sum = scanned[0] + scanned[1];
        for (uint32_t p = 0; p <= last; p++)
            sum += mixed_state(l->args[0], s->state)[p * 16] * (float)(p + 1);
        for (uint32_t p = last + 1 > MIXED_WINDOW ? last + 1 - MIXED_WINDOW : 0; p <= last; p++)
            sum += mixed_state(l->args[1], s->state)[p % MIXED_RING * 16] * (float)(last + 1 - p);
        for (int64_t i = 0; i < l->dims[MIXED_CROSS_SLOT] * 4; i++)
            sum += mixed_state(l->args[2], s->state)[i / 4 * 16 + i % 4];
        ((float *)l->args[6])[r] = sum;
    }
}

/* hidden, out_rows, logits */
static inline void mixed_head(const struct rlx_launch *l, uint64_t first, uint64_t end)
{
    for (uint64_t r = first; r < end; r++)
        for (int32_t i = 0; i < TINY_VOCABULARY; i++)
            ((float *)l->args[2])[r * TINY_STRIDE + (uint64_t)i] =
                (float)(((int64_t)((const float *)l->args[0])[((const int32_t *)l->args[1])[r]] *
                             7 +
                         i * 13) %
                        101);
}

/* mel, hidden, half */
static inline void mixed_encode(const struct rlx_launch *l, uint64_t first, uint64_t end)
{
    for (uint64_t r = first; r < end; r++)
        for (uint64_t c = 0; c < 4; c++) {
            float value = 2 * ((const float *)l->args[0])[r * 16 + c];
            ((float *)l->args[1])[r * 16 + c] = value;
            if (r % 2 == 0 && (int64_t)(r / 2) < l->dims[MIXED_HALF_SLOT])
                ((float *)l->args[2])[r / 2 * 16 + c] = value;
        }
}

/* tokens, segments, sums; one tile per segment */
static inline void mixed_embed(const struct rlx_launch *l, uint64_t first, uint64_t end)
{
    for (uint64_t tile = first; tile < end; tile++) {
        const struct rlx_segment *s = (const struct rlx_segment *)l->args[1] + tile;
        float sum = 0;
        for (uint32_t r = s->first_row; r < s->first_row + s->rows; r++)
            ((float *)l->args[2])[r * 16] = sum += (float)((const int32_t *)l->args[0])[r];
    }
}

/* mel, cross: a kernel of one segment, whose offset is 0 */
static inline void mixed_fill(const struct rlx_launch *l, uint64_t first, uint64_t end)
{
    for (uint64_t r = first; r < end; r++) {
        const float *row = (const float *)l->args[0] + r * 16;
        for (uint64_t c = 0; c < 4; c++)
            ((float *)l->args[1])[r * 16 + c] = row[0] + row[1] + row[2] + row[3];
    }
}

/* ---- the truth ---- */

static inline int64_t mixed_true_sum(const int32_t *t, size_t n, int64_t cross)
{
    int64_t sum = cross, h = 0, g = 0;
    for (size_t p = 0; p < n; p++) {
        sum += t[p] * (int64_t)(p + 1);
        sum += p + MIXED_WINDOW >= n ? t[p] * (int64_t)(n - p) : 0;
        h = (h * 3 + t[p]) % MIXED_MODULUS;
        g = (g * 3 + t[p] + 5) % MIXED_MODULUS;
    }
    return sum + h + g;
}

static inline float mixed_true_logit(const int32_t *t, size_t n, int64_t cross, int32_t id)
{
    return (float)((mixed_true_sum(t, n, cross) * 7 + id * 13) % 101);
}

static inline int32_t mixed_true_next(const int32_t *t, size_t n, int64_t cross)
{
    int32_t best = 0;
    for (int32_t id = 1; id < TINY_VOCABULARY; id++)
        if (mixed_true_logit(t, n, cross, id) > mixed_true_logit(t, n, cross, best))
            best = id;
    return best;
}

/* ---- the artifact ---- */

static inline void mixed_symbols(struct rlx_symbol *symbols)
{
    static const char *const names[] = {"BATCH", "SEQ",    "ROWS",  "PAST_SEQ",    "OUT_ROWS",
                                        "KEYS",  "FRAMES", "CROSS", "(FRAMES / 2)"};
    for (uint32_t i = 0; i < MIXED_SYMBOLS; i++)
        symbols[i] = (struct rlx_symbol){
            .name = mixed_string(names[i]), .symbol = i, .multiply = 1, .divide = 1, .max = 256};
    symbols[MIXED_FRAMES_SLOT].min = 1;
    symbols[MIXED_FRAMES_SLOT].max = MIXED_FRAMES;
    symbols[MIXED_CROSS_SLOT].max = 64;
    symbols[MIXED_HALF_SLOT].symbol = MIXED_FRAMES_SLOT;
    symbols[MIXED_HALF_SLOT].divide = 2;
}

static inline struct rlx_io mixed_io_of(const char *name, uint32_t direction, uint32_t role,
                                        uint64_t offset, uint32_t slot, uint32_t rows,
                                        uint32_t width, uint32_t stride)
{
    bool is_i32 = direction == RLX_INPUT && role != RLX_ROLE_DATA;
    return (struct rlx_io){.name = mixed_string(name),
                           .direction = direction,
                           .role = role,
                           .element = is_i32 ? RLX_I32 : RLX_F32,
                           .home = direction == RLX_INPUT ? RLX_HOME_INPUT : RLX_HOME_OUTPUT,
                           .rank = width == 0 ? 1 : 2,
                           .offset = offset,
                           .bytes = (uint64_t)rows * stride * 4,
                           .stride = stride,
                           .dims = {{slot, 0}, {width == 0 ? 0 : RLX_NO_SLOT, width}}};
}

static inline void mixed_io(struct rlx_io *io)
{
    const struct rlx_io all[MIXED_IO] = {
        mixed_io_of("tokens", RLX_INPUT, RLX_ROLE_TOKENS, MIXED_TOKENS_AT, RLX_DIM_ROWS, MIXED_ROWS,
                    0, 1),
        mixed_io_of("positions", RLX_INPUT, RLX_ROLE_POSITIONS, MIXED_POSITIONS_AT, RLX_DIM_ROWS,
                    MIXED_ROWS, 0, 1),
        mixed_io_of("out_rows", RLX_INPUT, RLX_ROLE_OUT_ROWS, MIXED_OUT_ROWS_AT, RLX_DIM_OUT_ROWS,
                    3, 0, 1),
        mixed_io_of("logits", RLX_OUTPUT, RLX_ROLE_LOGITS, 0, RLX_DIM_OUT_ROWS, 3, TINY_VOCABULARY,
                    TINY_STRIDE),
        mixed_io_of("mel", RLX_INPUT, RLX_ROLE_DATA, MIXED_MEL_AT, MIXED_FRAMES_SLOT, MIXED_FRAMES,
                    4, 16),
        mixed_io_of("hidden", RLX_OUTPUT, RLX_ROLE_DATA, 0, MIXED_FRAMES_SLOT, MIXED_FRAMES, 4, 16),
        mixed_io_of("half", RLX_OUTPUT, RLX_ROLE_DATA, MIXED_HALF_AT, MIXED_HALF_SLOT,
                    MIXED_FRAMES / 2, 4, 16),
        mixed_io_of("tokens", RLX_INPUT, RLX_ROLE_TOKENS, MIXED_TOKENS_AT, RLX_DIM_ROWS, MIXED_ROWS,
                    0, 1),
        mixed_io_of("positions", RLX_INPUT, RLX_ROLE_POSITIONS, MIXED_POSITIONS_AT, RLX_DIM_ROWS,
                    MIXED_ROWS, 0, 1),
        mixed_io_of("sums", RLX_OUTPUT, RLX_ROLE_DATA, 0, RLX_DIM_ROWS, MIXED_ROWS, 1, 16),
        mixed_io_of("mel", RLX_INPUT, RLX_ROLE_DATA, MIXED_MEL_AT, MIXED_FRAMES_SLOT, MIXED_FRAMES,
                    4, 16),
    };
    memcpy(io, all, sizeof all);
}

static inline struct rlx_variant_entry mixed_variant(uint32_t entry, uint32_t phase, uint32_t batch,
                                                     uint32_t first, uint32_t last)
{
    static const uint32_t first_step[] = {0, 4, 5, 6}, steps[] = {4, 1, 1, 1},
                          first_io[] = {0, 4, 7, 10}, io[] = {4, 3, 3, 1};
    struct rlx_variant_entry v = {.key = entry * 1000 + batch * 100 + first,
                                  .name = mixed_string("variant"),
                                  .entry = entry,
                                  .phase = phase,
                                  .batch = batch,
                                  .seq = batch == 1 && last != 0 ? last : 1,
                                  .first_rows = first,
                                  .last_rows = last,
                                  .first_step = first_step[entry],
                                  .step_count = steps[entry],
                                  .lm_head_step = entry == 0 ? 3 : steps[entry],
                                  .lm_head_rows = entry == 0 ? 3 : 0,
                                  .first_io = first_io[entry],
                                  .io_count = io[entry],
                                  .segments = MIXED_SEGMENTS_AT,
                                  .row_segments = MIXED_ROW_SEGMENTS_AT,
                                  .home_bytes = {[RLX_HOME_SCRATCH] = 256,
                                                 [RLX_HOME_INPUT] = MIXED_INPUT_BYTES,
                                                 [RLX_HOME_OUTPUT] = MIXED_OUTPUT_BYTES}};
    v.upper[RLX_DIM_BATCH] = batch;
    if (entry == 0 || entry == 2) {
        v.upper[RLX_DIM_SEQ] = v.upper[RLX_DIM_ROWS] = last;
        v.upper[RLX_DIM_PAST_SEQ] = v.upper[RLX_DIM_KEYS] = MIXED_CONTEXT;
    }
    if (entry == 0) {
        v.upper[RLX_DIM_OUT_ROWS] = 3;
        v.upper[MIXED_CROSS_SLOT] = 64;
    } else if (entry != 2) {
        v.upper[MIXED_FRAMES_SLOT] = MIXED_FRAMES;
        v.upper[MIXED_HALF_SLOT] = MIXED_FRAMES / 2;
    }
    return v;
}

static inline struct rlx_state_entry mixed_state_of(const char *name, uint32_t class_,
                                                    uint32_t width, uint32_t capacity,
                                                    uint64_t offset, uint64_t bytes)
{
    bool is_carried = class_ == RLX_CLASS_CARRIED;
    return (struct rlx_state_entry){
        .name = mixed_string(name),
        .class_ = class_,
        .role = is_carried ? RLX_STATE_DATA : RLX_STATE_VALUE,
        .element = RLX_F32,
        .layout = is_carried ? RLX_LAYOUT_PLAIN : RLX_LAYOUT_VALUES,
        .heads = 1,
        .width = width,
        .capacity = capacity,
        .rows_slot = class_ == RLX_CLASS_CROSS ? MIXED_CROSS_SLOT : RLX_NO_SLOT,
        .home = is_carried ? RLX_HOME_CARRIED_IN : RLX_HOME_STATE,
        .window = class_ == RLX_CLASS_RING ? MIXED_WINDOW : 0,
        .offset = offset,
        .bytes = bytes,
    };
}

static inline void mixed_program(struct tiny *t, struct rlx_section *table)
{
    struct rlx_kernel kernels[MIXED_KERNELS];
    struct rlx_symbol symbols[MIXED_SYMBOLS];
    struct rlx_io io[MIXED_IO];
    const uint64_t rows = MIXED_ROWS * 4, segments = 5 * 64;
    const struct rlx_entry entries[] = {{mixed_string("main"), 0, 0, 4},
                                        {mixed_string("encode"), 0, 4, 0},
                                        {mixed_string("embed"), 0, 4, 0},
                                        {mixed_string("fill"), 0, 4, 1}};
    const struct rlx_use uses[] = {{0, RLX_READS | RLX_WRITES, RLX_NO_SLOT, 0},
                                   {1, RLX_READS | RLX_WRITES, RLX_NO_SLOT, 0},
                                   {2, RLX_READS | RLX_WRITES, RLX_NO_SLOT, 0},
                                   {3, RLX_READS, RLX_NO_SLOT, 0},
                                   {3, RLX_WRITES, MIXED_FRAMES_SLOT, 0}};
    const struct rlx_variant_entry variants[MIXED_VARIANTS] = {
        mixed_variant(0, RLX_PHASE_DECODE, 1, 1, 1),
        mixed_variant(0, RLX_PHASE_DECODE, 1, 2, 4),
        mixed_variant(0, RLX_PHASE_PREFILL, 1, 5, MIXED_ROWS),
        mixed_variant(0, RLX_PHASE_DECODE, MIXED_BATCH, 2, MIXED_BATCH),
        mixed_variant(1, RLX_PHASE_ENCODER, 1, 0, 0),
        mixed_variant(2, RLX_PHASE_ENCODER, 1, 1, 4),
        mixed_variant(2, RLX_PHASE_ENCODER, MIXED_BATCH, 1, MIXED_ROWS),
        mixed_variant(3, RLX_PHASE_ENCODER, 1, 0, 0),
    };
    const struct rlx_step steps[] = {
        {.kernel = 0,
         .first_arg = 0,
         .arg_count = 6,
         .tile_symbol = RLX_DIM_ROWS,
         .tile_unit = 1,
         .tiles = 1},
        {.kernel = 1,
         .first_arg = 6,
         .arg_count = 5,
         .flags = RLX_STEP_REPLAY,
         .tile_symbol = RLX_DIM_BATCH,
         .tile_unit = 1,
         .tiles = 2},
        {.kernel = 2,
         .first_arg = 11,
         .arg_count = 7,
         .flags = RLX_STEP_BARRIER,
         .tile_symbol = RLX_DIM_ROWS,
         .tile_unit = 1,
         .tiles = 1},
        {.kernel = 3,
         .first_arg = 18,
         .arg_count = 3,
         .flags = RLX_STEP_BARRIER,
         .tile_symbol = RLX_DIM_OUT_ROWS,
         .tile_unit = 1,
         .tiles = 1},
        {.kernel = 4,
         .first_arg = 21,
         .arg_count = 3,
         .tile_symbol = MIXED_FRAMES_SLOT,
         .tile_unit = 1,
         .tiles = 1},
        {.kernel = 5,
         .first_arg = 24,
         .arg_count = 3,
         .tile_symbol = RLX_DIM_BATCH,
         .tile_unit = 1,
         .tiles = 1},
        {.kernel = 6,
         .first_arg = 27,
         .arg_count = 2,
         .tile_symbol = MIXED_FRAMES_SLOT,
         .tile_unit = 1,
         .tiles = 1},
    };
    const struct rlx_arg args[] = {
        {MIXED_TOKENS_AT, rows, RLX_HOME_INPUT, 0},
        {MIXED_POSITIONS_AT, rows, RLX_HOME_INPUT, 0},
        {MIXED_SEGMENTS_AT, segments, RLX_HOME_INPUT, 0},
        {MIXED_ROW_SEGMENTS_AT, rows, RLX_HOME_INPUT, 0},
        {0, MIXED_ALL_BYTES, RLX_HOME_STATE, 0},
        {MIXED_RING_AT, MIXED_RING_BYTES, RLX_HOME_STATE, 0},
        {MIXED_TOKENS_AT, rows, RLX_HOME_INPUT, 0}, /* scan */
        {MIXED_SEGMENTS_AT, segments, RLX_HOME_INPUT, 0},
        {0, 8, RLX_HOME_CARRIED_IN, 0},
        {0, 8, RLX_HOME_CARRIED_OUT, 0},
        {64, 2 * rows, RLX_HOME_SCRATCH, 0},
        {0, MIXED_ALL_BYTES, RLX_HOME_STATE, 0}, /* sum */
        {MIXED_RING_AT, MIXED_RING_BYTES, RLX_HOME_STATE, 0},
        {MIXED_CROSS_AT, MIXED_CROSS_BYTES, RLX_HOME_STATE, 0},
        {64, 2 * rows, RLX_HOME_SCRATCH, 0},
        {MIXED_SEGMENTS_AT, segments, RLX_HOME_INPUT, 0},
        {MIXED_ROW_SEGMENTS_AT, rows, RLX_HOME_INPUT, 0},
        {0, rows, RLX_HOME_SCRATCH, 0},
        {0, rows, RLX_HOME_SCRATCH, 0}, /* head */
        {MIXED_OUT_ROWS_AT, 12, RLX_HOME_INPUT, 0},
        {0, 3 * TINY_STRIDE * 4, RLX_HOME_OUTPUT, 0},
        {MIXED_MEL_AT, MIXED_FRAMES * 64, RLX_HOME_INPUT, 0}, /* encode */
        {0, MIXED_FRAMES * 64, RLX_HOME_OUTPUT, 0},
        {MIXED_HALF_AT, MIXED_FRAMES * 32, RLX_HOME_OUTPUT, 0},
        {MIXED_TOKENS_AT, rows, RLX_HOME_INPUT, 0}, /* embed */
        {MIXED_SEGMENTS_AT, segments, RLX_HOME_INPUT, 0},
        {0, MIXED_ROWS * 64, RLX_HOME_OUTPUT, 0},
        {MIXED_MEL_AT, MIXED_FRAMES * 64, RLX_HOME_INPUT, 0}, /* fill */
        {MIXED_CROSS_AT, MIXED_CROSS_BYTES, RLX_HOME_STATE, 0},
    };
    const struct rlx_state_entry states[] = {
        mixed_state_of("all", RLX_CLASS_ROWS, 1, 256, 0, MIXED_ALL_BYTES),
        mixed_state_of("newest", RLX_CLASS_RING, 1, MIXED_RING, MIXED_RING_AT, MIXED_RING_BYTES),
        mixed_state_of("memory", RLX_CLASS_CARRIED, 2, 1, 0, 8),
        mixed_state_of("cross", RLX_CLASS_CROSS, 4, 64, MIXED_CROSS_AT, MIXED_CROSS_BYTES),
    };
    for (uint32_t i = 0; i < MIXED_KERNELS; i++)
        kernels[i] = (struct rlx_kernel){.key = i, .entry = i * 16, .code_bytes = 16};
    mixed_symbols(symbols);
    mixed_io(io);
    tiny_add(t, table, RLX_SECTION_KERNELS, kernels, MIXED_KERNELS, sizeof kernels[0]);
    tiny_add(t, table, RLX_SECTION_ENTRIES, entries, 4, sizeof entries[0]);
    tiny_add(t, table, RLX_SECTION_USES, uses, 5, sizeof uses[0]);
    tiny_add(t, table, RLX_SECTION_SYMBOLS, symbols, MIXED_SYMBOLS, sizeof symbols[0]);
    tiny_add(t, table, RLX_SECTION_VARIANTS, variants, MIXED_VARIANTS, sizeof variants[0]);
    tiny_add(t, table, RLX_SECTION_IO, io, MIXED_IO, sizeof io[0]);
    tiny_add(t, table, RLX_SECTION_STEPS, steps, sizeof steps / sizeof steps[0], sizeof steps[0]);
    tiny_add(t, table, RLX_SECTION_ARGS, args, sizeof args / sizeof args[0], sizeof args[0]);
    tiny_add(t, table, RLX_SECTION_STATES, states, 4, sizeof states[0]);
    tiny_add(t, table, RLX_SECTION_VALUES, "", 0, sizeof(uint32_t));
}

/* Free data. */
static inline struct tiny mixed_make(void)
{
    static const rlx_kernel_fn kernels[MIXED_KERNELS] = {
        mixed_write, mixed_scan, mixed_sum, mixed_head, mixed_encode, mixed_embed, mixed_fill};
    struct tiny t = {.data = calloc(1, TINY_CAPACITY), .bytes = TINY_TABLES};
    struct rlx_section table[24] = {{0}};
    if (t.data == NULL)
        abort();
    for (uint32_t i = 0; i < MIXED_KERNELS; i++) {
        uint8_t *at = t.data + TINY_CODE + i * 16;
        memcpy(at, "\x48\xb8", 2);
        memcpy(at + 2, &kernels[i], 8);
        memcpy(at + 10, "\xff\xe0", 2);
    }
    const uint32_t code = MIXED_KERNELS * 16;
    const struct rlx_info info = {
        .name = mixed_string("mixed"),
        .vocabulary = TINY_VOCABULARY,
        .layers = 1,
        .context = MIXED_CONTEXT,
        .short_run_max = 4,
        .lm_head_rows_max = 3,
        .state_bytes = MIXED_CROSS_AT + MIXED_CROSS_BYTES,
        .carried_bytes = 64,
        .model_digest = 4711,
        .weight_digest = XXH3_64bits(t.data + TINY_WEIGHTS, RLX_PAGE),
    };
    const struct rlx_level level = {.name = mixed_string("cpu"),
                                    .target = mixed_string("cpu"),
                                    .machine = EM_X86_64,
                                    .image_offset = TINY_CODE,
                                    .image_bytes = code,
                                    .kernel_count = MIXED_KERNELS,
                                    .variant_count = MIXED_VARIANTS,
                                    .image_digest = XXH3_64bits(t.data + TINY_CODE, code)};
    tiny_add_page(&t, table, RLX_SECTION_CODE, TINY_CODE);
    tiny_add_page(&t, table, RLX_SECTION_WEIGHTS, TINY_WEIGHTS);
    tiny_add(&t, table, RLX_SECTION_INFO, &info, 1, sizeof info);
    tiny_add(&t, table, RLX_SECTION_LEVELS, &level, 1, sizeof level);
    mixed_program(&t, table);
    tiny_add(&t, table, RLX_SECTION_TENSORS, "", 0, sizeof(struct rlx_tensor));
    tiny_add(&t, table, RLX_SECTION_STRINGS, mixed_strings, 1, sizeof mixed_strings);
    tiny_add(&t, table, RLX_SECTION_MANIFEST, "{}", 1, 2);
    tiny_end(&t, table);
    return t;
}

/* ---- for the tests of a program ---- */

static rlx_model *mixed;
static rlx_error error;

static void must(rlx_status status)
{
    if (status != RLX_OK)
        fail_msg("%s", error.text);
}

/* The model of all tests: setup and teardown of the group. */
static int open_mixed(void **state)
{
    struct tiny t = mixed_make();
    (void)state;
    rlx_status status = tiny_open(&t, &mixed, &error);
    free(t.data);
    if (status != RLX_OK)
        print_message("%s\n", error.text);
    return status == RLX_OK ? 0 : -1;
}

static int close_mixed(void **state)
{
    (void)state;
    rlx_model_close(mixed);
    return 0;
}

#endif
