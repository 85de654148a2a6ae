/* Programs grow: buffers, views and steps. In: a program, whose first buffer is "none"; out: the
 * program with one more. */
#include "compiler/lir/arguments.h"

static buf_id add(struct lir_program *p, struct lir_buffer b)
{
    if (p->buffer_count == 0)
        ARENA_PUSH(p->arena, p->buffers, p->buffer_count, p->buffer_capacity) =
            (struct lir_buffer){0};
    ARENA_PUSH(p->arena, p->buffers, p->buffer_count, p->buffer_capacity) = b;
    return p->buffer_count - 1;
}

buf_id lir_add_buffer(struct lir_program *p, enum home home, uint64_t bytes, str_id name,
                      hir_id source)
{
    return add(p, (struct lir_buffer){
                      .name = name, .home = (uint8_t)home, .bytes = bytes, .source = source});
}

/* A view of a view stands inside what that one does. */
buf_id lir_add_view(struct lir_program *p, buf_id inside, uint64_t offset, uint64_t bytes,
                    str_id name)
{
    const struct lir_buffer *b = &p->buffers[inside];

    return add(p, (struct lir_buffer){.name = name,
                                      .home = b->home,
                                      .is_view = true,
                                      .inside = b->is_view ? b->inside : inside,
                                      .offset = b->is_view ? b->offset + offset : offset,
                                      .bytes = bytes});
}

void lir_add_step(struct lir_program *p, const struct lir_kernel *k, const buf_id *args,
                  const struct lir_values *values, str_id name)
{
    struct lir_step step = {.name = name,
                            .kernel = lir_kernel_intern(p->kernels, k),
                            .first_arg = p->arg_count,
                            .values = *values};

    kernel_tiles(k, &step);
    for (uint32_t i = 0; i < lir_argument_count(k); i++)
        ARENA_PUSH(p->arena, p->args, p->arg_count, p->arg_capacity) = args[i];
    ARENA_PUSH(p->arena, p->steps, p->step_count, p->step_capacity) = step;
}

buf_id lir_add_zeros(struct lir_program *p, uint32_t columns, str_id name)
{
    const uint32_t stride = (uint32_t)round_up(columns, 16);
    const uint64_t bytes = (uint64_t)p->upper[SYMBOL_ROWS] * stride * 4;
    const struct lir_kernel k = {
        .kind = KERNEL_map,
        .rows_symbol = SYMBOL_ROWS,
        .present = 1u << MAP_out,
        .stride = {[MAP_out] = stride},
        .map = {.n = columns, .code = {.bytes = 2, .code = {S_NUMBER, 0}}}};
    const buf_id zeros = lir_add_buffer(p, HOME_scratch, bytes, name, 0);

    lir_add_step(p, &k, (buf_id[LIR_MAX_ARGS]){[MAP_out] = zeros}, &(struct lir_values){0}, name);
    return zeros;
}
