/* Experts in MXFP4 as directories have them: NAME_blocks, u8 [experts, out, in / 32, 16], and
 * NAME_scales, u8 [experts, out, in / 32]. In: a model with all its tensors, and those of bytes, which
 * no other model reads. Out: one tensor NAME.weight, mxfp4 [experts, out, in], whose rows are made
 * where they are read (model_row). Byte j of a block has elements 2 j and 2 j + 1; in a block of mxfp4
 * it is elements j and 16 + j.
 *
 * Source: the GptOssForCausalLM checkpoints and integrations/mxfp4.py of Hugging Face transformers. */
#include "compiler/import/import.h"

#include <inttypes.h>
#include <string.h>

static const struct byte_tensor *find(const struct model *m, const char *name)
{
    for (uint32_t i = 0; i < m->byte_tensor_count; i++)
        if (strcmp(str_text(m->strings, m->byte_tensors[i].name), name) == 0)
            return &m->byte_tensors[i];
    return NULL;
}

static void drop_unread(struct model *m, str_id name)
{
    for (uint32_t i = 0; i < m->unread_count; i++)
        if (m->unread[i].name == name)
            m->unread[i--] = m->unread[--m->unread_count];
}

/* Their shapes, and that their bytes are as many. */
static bool fits(const struct byte_tensor *blocks, const struct byte_tensor *scales)
{
    uint64_t count = 1;

    for (uint32_t i = 0; i < 3; i++)
        if (blocks->rank != 4 || scales->rank != 3 || blocks->shape[i] != scales->shape[i] ||
            !checked_mul(count, blocks->shape[i], &count))
            return false;
    return blocks->shape[3] == MXFP4_BLOCK_BYTES && scales->bytes == count &&
           checked_mul(count, MXFP4_BLOCK_BYTES, &count) && blocks->bytes == count;
}

static bool join(struct model *m, const struct byte_tensor *blocks, size_t name_bytes,
                 struct diags *d)
{
    const char *name = str_text(m->strings, blocks->name);
    const char *wanted = arena_printf(m->arena, "%.*s_scales", (int)name_bytes, name);
    const struct byte_tensor *scales = find(m, wanted);
    struct place at = {.file = m->files[blocks->file].path, .object = name};

    if (scales == NULL)
        return diag_error(d, at, "expected its scales, '%s', found none", wanted);
    if (!fits(blocks, scales))
        return diag_error(d, at,
                          "expected blocks [experts, out, in / 32, 16] and scales [experts, out, "
                          "in / 32], found %u axes of %" PRIu64 " bytes and %u of %" PRIu64,
                          blocks->rank, blocks->bytes, scales->rank, scales->bytes);
    struct mxfp4_pair *pair = arena_new(m->arena, struct mxfp4_pair, 1);
    *pair = (struct mxfp4_pair){*blocks, *scales};
    model_add_mxfp4(
        m,
        (struct tensor){
            .name = str_printf(m->strings, "%.*s.weight", (int)name_bytes, name),
            .source_name = blocks->name,
            .dtype = DTYPE_mxfp4,
            .rank = 3,
            .shape = {blocks->shape[0], blocks->shape[1], blocks->shape[2] * MXFP4_BLOCK}},
        pair);
    drop_unread(m, blocks->name);
    drop_unread(m, scales->name);
    return true;
}

bool import_join_mxfp4(struct model *m, struct diags *d)
{
    static const char suffix[] = "_blocks";
    bool good = true;

    for (uint32_t i = 0; i < m->byte_tensor_count; i++) {
        const char *name = str_text(m->strings, m->byte_tensors[i].name);
        size_t bytes = strlen(name), end = strlen(suffix);
        if (bytes <= end || strcmp(name + bytes - end, suffix) != 0)
            continue;
        good = join(m, &m->byte_tensors[i], bytes - end, d) && good;
        m->hyper.experts_turned = false;
    }
    return good;
}
