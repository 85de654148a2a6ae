/* embed: rows of a packed weight. The function unpacks the group that has the row and takes one of
 * its 16 lanes. */
#include "targets/c/c.h"

void c_print_embed(const struct lir_kernel *kernel, struct c_body *b)
{
    const struct kernel_embed *k = &kernel->embed;
    const bool is_short = k->k % LAYOUT_BLOCK != 0;

    text_add(b->comment, "out[r][k] = weight[tokens[r]][k]; r < rows, k < %u, %u tokens. ", k->k,
             k->n);
    c_layout_comment((enum layout)k->layout, b->comment);
    c_stored_norms_comment(kernel, b->comment);
    c_parallel(b->code, " if (rows > 1)");
    text_add(b->code, "    for (size_t r = 0; r < rows; r++) {\n"
                      "        const size_t token = (size_t)tokens[r], group = token / 16;\n"
                      "        const uint8_t *const packed = ");
    c_group_address((enum layout)k->layout, k->k, "weight", "group", b->code);
    text_add(b->code, ";\n        for (size_t k = 0; k < %u; k += 32) {\n", k->k);
    if (is_short)
        text_add(b->code, "            const size_t count = %u - k < 32 ? %u - k : 32;\n", k->k,
                 k->k);
    text_add(b->code, "            float w[32][16];\n            ");
    c_unpack_call((enum layout)k->layout, "packed", "k", is_short ? "count" : "32", b->code);
    text_add(b->code,
             ";\n"
             "            for (size_t i = 0; i < %s; i++)\n"
             "                out[r * %u + k + i] = w[i][token %% 16];\n"
             "        }\n"
             "    }\n",
             is_short ? "count" : "32", kernel->stride[EMBED_out]);
    c_print_stored_norms(kernel, b->code);
}
