/* Chooses the types that matrices are packed in. In: the model's tensors; out: the same with new
 * types. Norms and biases (rank 1) never change: they are small, and read as f32. */
#include "compiler/pack/requantize.h"

#include "compiler/base/out.h"

#include <string.h>

bool is_embedding_or_head(const struct model *m, const struct tensor *t)
{
    const char *name = str_text(m->strings, t->name);

    return strcmp(name, "model.embed_tokens.weight") == 0 || strcmp(name, "lm_head.weight") == 0;
}

static bool is_quantized(enum dtype dtype)
{
    return dtype_info[dtype].block > 1;
}

/* Few bits hurt embedding and head most, and a tied one twice. So they take a type of fewer than 6
 * bits only if the user chose it for them. If they are already quantized they keep their type,
 * because no type restores what they lost; otherwise they become q8_0. */
static enum dtype head_type(const struct quant_choice *choice, enum dtype stored)
{
    const struct dtype_info *info = &dtype_info[choice->matrices];

    if (choice->head_given)
        return choice->head;
    if (choice->matrices == DTYPE_none || info->bytes * 8 >= info->block * 6)
        return choice->matrices;
    return is_quantized(stored) ? stored : DTYPE_q8_0;
}

/* The type that the tensor should have, if its rows allow it. */
static enum dtype wanted_type(const struct model *m, const struct tensor *t,
                              const struct quant_choice *choice)
{
    enum dtype wanted = is_embedding_or_head(m, t) ? head_type(choice, t->dtype) : choice->matrices;

    return t->rank != 2 || t->dtype == DTYPE_i32 || wanted == DTYPE_none ? t->dtype : wanted;
}

static void warn_of_kept(const struct model *m, const struct tensor *first, enum dtype wanted,
                         uint32_t count, struct diags *d)
{
    diag_warning(
        d, (struct place){.file = m->path, .object = str_text(m->strings, first->source_name)},
        "%u matrices keep their type: rows must be a multiple of %u elements for %s, but these "
        "have %llu",
        count, dtype_info[wanted].block, dtype_info[wanted].name,
        (unsigned long long)first->shape[1]);
}

/* `lossy`: by type, the number of quantized matrices that change to another type. */
static void warn_of_loss(const struct model *m, const uint32_t lossy[DTYPE_COUNT], struct diags *d)
{
    struct text types = {.arena = d->arena};

    for (uint32_t i = 0; i < DTYPE_COUNT; i++)
        if (lossy[i] != 0)
            text_add(&types, "%s%u of %s", types.bytes == 0 ? "" : ", ", lossy[i],
                     dtype_info[i].name);
    if (types.bytes != 0)
        diag_warning(
            d, (struct place){.file = m->path},
            "matrices that are already quantized (%s) are rounded again and lose precision twice; "
            "use the original in F16, BF16 or F32, or --quant=keep",
            types.data);
}

void requantize(struct model *m, const struct quant_choice *choice, const struct tensor **stored,
                struct diags *d)
{
    struct tensor *copy = arena_new(m->arena, struct tensor, m->tensor_count + 1);
    const struct tensor *first_kept = NULL;
    enum dtype not_possible = DTYPE_none;
    uint32_t kept = 0, lossy[DTYPE_COUNT] = {0};

    if (m->tensor_count != 0)
        memcpy(copy, m->tensors, m->tensor_count * sizeof *copy);
    *stored = copy;
    for (uint32_t i = 0; i < m->tensor_count; i++) {
        struct tensor *t = &m->tensors[i];
        enum dtype wanted = wanted_type(m, t, choice);
        if (wanted == t->dtype)
            continue;
        if (t->shape[1] % dtype_info[wanted].block == 0) {
            lossy[t->dtype] += is_quantized(t->dtype);
            t->dtype = wanted;
        } else if (kept++ == 0) {
            first_kept = t;
            not_possible = wanted;
        }
    }
    if (kept != 0)
        warn_of_kept(m, first_kept, not_possible, kept, d);
    warn_of_loss(m, lossy, d);
}
