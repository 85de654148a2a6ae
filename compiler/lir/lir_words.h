/* The words of the text form, shared by the printer and the parser. A program reads
 *
 *     program "decode-b1-s1"
 *       variant phase=decode batch=1 seq=1 past=128
 *       upper BATCH=1 SEQ=1 ROWS=1 PAST_SEQ=8192 OUT_ROWS=1
 *       homes scratch=8448 thread=640
 *       kernel k0 matmul rows_symbol=ROWS layout=q8_0_r16 act=i16 ... (x, weight) -> (out:1536)
 *       buffer b3 scratch 6144 @0 live 0..3 "hidden.0"
 *       view b5 in b3 2304 @256 live 0..3 "layers.0.k"
 *       io input tokens "tokens" i32 [ROWS] b1:1
 *       io output logits "logits" f32 [OUT_ROWS, 500] b9:512
 *       segments b10
 *       step "layers.0.qkv" k0 (x=b3, weight=b4) -> (out=b5) tiles=96 barrier
 *       lm_head
 *       step "lm_head.act" k7 (x=b6) -> (out=b8) tiles=1*OUT_ROWS/1 barrier replicated
 *
 * Launch values (window=512 scale=0.125) end the line of a step.
 * An input or an output is: its role, name, element type, shape, buffer, and the elements between its
 * rows. The printer leaves out numbers that are 0. A kernel names the arguments that are present, with
 * the elements between the rows of each, and a step gives each of them its buffer. Steps after
 * `lm_head` make logits. LIR.md explains every word.
 */
#ifndef RLXC_LIR_WORDS_H
#define RLXC_LIR_WORDS_H

#include "compiler/lir/lir.h"

enum field_type {
    FIELD_number,
    FIELD_flag,
    FIELD_layout,
    FIELD_act,
    FIELD_dtype,
    FIELD_mask,
    FIELD_class,
    FIELD_symbol,
    FIELD_real, /* these two are no u32 */
    FIELD_code
};

struct kernel_field {
    const char *name;
    const char *label; /* precedes the value in the kernel's name; NULL: not part of it */
    uint32_t offset;   /* in struct lir_kernel */
    enum field_type type;
    double min, max;
};
/* The value of a field; 0 where it has another type. */
uint32_t field_number(const struct lir_kernel *k, const struct kernel_field *f);
struct value_field { /* a launch value */
    const char *name;
    uint32_t offset; /* in struct lir_values */
    enum field_type type;
    uint8_t kind, index; /* enum kernel_kind; place in rlx_launch.values */
};
extern const struct value_field value_fields[];
extern const uint32_t value_field_count;

float field_real(const struct lir_kernel *k, const struct kernel_field *f); /* 0: another type */

extern const char *const home_words[HOME_COUNT];
extern const char *const phase_words[4];

/* "tokens", "logits"; NULL from the end on. */
const char *io_role_word(bool is_output, uint32_t role);
/* The name of an enumerated field's value; NULL where there is none. */
const char *field_word(enum field_type type, uint32_t value);

#endif
