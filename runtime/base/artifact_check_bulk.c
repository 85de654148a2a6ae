/* Compares the digests of an artifact's large sections. In: an artifact whose tables hold. Out: the
 * first tensor, code image or section that is damaged. */
#include "runtime/base/artifact_check_parts.h"

#include <xxhash.h>

/* `left`: hostile tables could name the same bytes many times. */
static rlx_status check_bytes(const struct check *c, const char *what, const char *name,
                              uint64_t offset, uint64_t bytes, uint64_t digest, uint64_t *left)
{
    if (bytes > *left)
        return check_failed(c, "the tables name more bytes than the file has, so some of them "
                               "twice");
    *left -= bytes;
    uint64_t found = XXH3_64bits(c->artifact->data + offset, bytes);
    if (found == digest)
        return RLX_OK;
    return check_failed(c, "%s '%s' is damaged: expected digest %016llx, found %016llx", what, name,
                        (unsigned long long)digest, (unsigned long long)found);
}

/* Levels may have one image: it is the same as that of an earlier one. */
static bool has_image_before(const struct artifact *a, uint32_t level)
{
    const struct rlx_level *l = table_at(&a->levels, level);

    for (uint32_t i = 0; i < level; i++) {
        const struct rlx_level *other = table_at(&a->levels, i);
        if (other->image_offset == l->image_offset && other->image_bytes == l->image_bytes &&
            other->image_digest == l->image_digest)
            return true;
    }
    return false;
}

rlx_status artifact_check_bulk(const char *name, const struct artifact *a, rlx_error *error)
{
    const struct check c = {name, a, error, false};
    uint64_t left = 2 * a->header->file_bytes;
    rlx_status status = RLX_OK;
    for (uint32_t i = 0; i < a->tensors.count && status == RLX_OK; i++) {
        const struct rlx_tensor *t = table_at(&a->tensors, i);
        status = check_bytes(&c, "tensor", artifact_string(a, t->name),
                             a->weights.offset + t->offset, t->bytes, t->digest, &left);
    }
    for (uint32_t i = 0; i < a->levels.count && status == RLX_OK; i++) {
        const struct rlx_level *l = table_at(&a->levels, i);
        if (l->image_bytes == 0 || /* the digest is that of its source */
            has_image_before(a, i))
            continue;
        status = check_bytes(&c, "the code of level", artifact_string(a, l->name), l->image_offset,
                             l->image_bytes, l->image_digest, &left);
    }
    if (status == RLX_OK && a->weights.data != NULL)
        status = check_bytes(&c, "section", "weights", a->weights.offset, a->weights.bytes,
                             a->info->weight_digest, &left);
    return status;
}
