/* The formats of activations, which are what norm_quant makes and products read
 * (compiler/lir/kernel_kinds.def says how each is rounded). */
#ifndef RLXC_ACT_H
#define RLXC_ACT_H

#define ACT_WORDS(W) W(f32) W(bf16) W(i16) W(i8) W(i8_row)

enum act {
#define W(name) ACT_##name,
    ACT_WORDS(W)
#undef W
        ACT_COUNT
};

extern const char *const act_names[ACT_COUNT];

static inline int act_is_integer(enum act act)
{
    return act == ACT_i16 || act == ACT_i8 || act == ACT_i8_row;
}

/* The greatest integer of a format of integers. */
static inline float act_max(enum act act)
{
    return act == ACT_i16 ? 32639.0f : 127.0f;
}

enum {
    ACT_BLOCK = 32,         /* columns that share a scale, but of i8_row */
    ACT_ROW_MAX = 1u << 17, /* columns of i8_row at most: 127 * 128 * 2^17 is below 2^31 */
};

/* Of k columns, how many share a scale: of i8_row all of them. */
static inline uint32_t act_block(enum act act, uint32_t k)
{
    return act == ACT_i8_row ? k : ACT_BLOCK;
}

#endif
