/* Inputs and outputs of a program: that each has a buffer with room for it, in its home. In: a
 * program whose ids are in range; out: every violation, by name. */
#include "compiler/lir/verify.h"

#include <rlx/kernel.h>

static bool verify_bytes(const struct lir_program *p, buf_id buffer, uint64_t bytes, enum home home,
                         const char *name, struct diags *d)
{
    const struct lir_buffer *b = &p->buffers[buffer];

    if (b->home != home)
        return diag_error(d, (struct place){.object = name}, "stands in a home that does not fit");
    return b->bytes >= bytes ||
           diag_error(d, (struct place){.object = name}, "expected at least %llu bytes, found %llu",
                      (unsigned long long)bytes, (unsigned long long)b->bytes);
}

/* Rows of what the text form may say are multiplied without overflow. */
static bool verify_shape(const struct lir_io *io, const char *name, struct diags *d)
{
    uint64_t width = 1;

    for (uint32_t i = 1; i < io->rank && width <= INT32_MAX; i++)
        width = io->dims[i].slot == LIR_FIXED ? width * io->dims[i].size : UINT64_MAX;
    if (width == 0 || width > INT32_MAX)
        return diag_error(d, (struct place){.object = name},
                          "expected rows of 1 to %d elements, of fixed sizes", INT32_MAX);
    return io->stride >= width || diag_error(d, (struct place){.object = name},
                                             "expected a stride of at least %llu, found %u",
                                             (unsigned long long)width, io->stride);
}

static bool verify_one(const struct lir_program *p, const struct lir_io *io, struct diags *d)
{
    const char *name = str_text(p->strings, io->name);
    const bool is_index = !io->is_output && io->role != INPUT_data;

    if (!verify_shape(io, name, d))
        return false;
    if (io->element != DTYPE_f32 && (io->element != DTYPE_i32 || io->is_output))
        return diag_error(d, (struct place){.object = name}, "expected numbers of f32");
    if (is_index && (io->rank != 1 || io->element != DTYPE_i32 || io->stride != 1))
        return diag_error(d, (struct place){.object = name}, "expected a list of i32");
    return verify_bytes(p, io->buffer, lir_io_bytes(p, io),
                        io->is_output ? HOME_output : HOME_input, name, d);
}

bool verify_io(const struct lir_program *p, struct diags *d)
{
    bool good = true;

    for (uint32_t i = 0; i < p->io_count; i++)
        good = verify_one(p, &p->io[i], d) && good;
    if (p->segments != 0)
        good = verify_bytes(p, p->segments,
                            (uint64_t)p->upper[SYMBOL_BATCH] * sizeof(struct rlx_segment),
                            HOME_input, "segments", d) &&
               good;
    if (p->row_segments != 0)
        good = verify_bytes(p, p->row_segments, (uint64_t)p->upper[SYMBOL_ROWS] * 4, HOME_input,
                            "row_segments", d) &&
               good;
    return good;
}
