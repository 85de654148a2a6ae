/* The formats of activations, which are what norm_quant makes and products read
 * (compiler/lir/kernel_kinds.def says how each is rounded). */
#ifndef RLXC_ACT_H
#define RLXC_ACT_H

#define ACT_WORDS(W) W(f32) W(bf16) W(i16) W(i8)

enum act {
#define W(name) ACT_##name,
    ACT_WORDS(W)
#undef W
        ACT_COUNT
};

extern const char *const act_names[ACT_COUNT];

static inline int act_is_integer(enum act act)
{
    return act == ACT_i16 || act == ACT_i8;
}

#endif
