/* The checked reader of artifacts. In: the bytes of a file that may be hostile. Out: its sections,
 * each checked. */
#include "compiler/pack/inspect.h"

#include "runtime/base/carried.h"

#include <string.h>
#include <xxhash.h>

enum { MAX_SECTIONS = 64, MAX_ENTRY_BYTES = 4096, MAX_LINES = 100000, MAX_STRING = 300 };

static struct place place_of(const struct inspected *in, const char *object)
{
    return (struct place){.file = in->name, .object = object};
}

static bool find_payload(struct inspected *in, const uint8_t *data, uint64_t bytes)
{
    struct carried c;

    in->data = data;
    in->bytes = bytes;
    if (bytes >= 8 && memcmp(data, RLX_MAGIC, 8) == 0)
        return true;
    if (!carried_find(data, min_u64(bytes, CARRIED_FIRST_BYTES), &c))
        return diag_error(in->diags, place_of(in, NULL),
                          "expected an artifact or a program made by rlxc, found neither");
    if (c.offset % RLX_PAGE != 0 || !range_inside(c.offset, c.bytes, bytes))
        return diag_error(
            in->diags, place_of(in, "program header of the model"),
            "expected an artifact inside the file of %llu bytes, found offset %llu and %llu bytes",
            (unsigned long long)bytes, (unsigned long long)c.offset, (unsigned long long)c.bytes);
    in->data = data + c.offset;
    in->bytes = c.bytes;
    in->payload_offset = c.offset;
    return true;
}

static bool read_header(struct inspected *in)
{
    struct place at = place_of(in, "header");
    struct rlx_header *h = &in->header;
    uint64_t table_bytes;

    if (in->bytes < sizeof *h || memcmp(in->data, RLX_MAGIC, 8) != 0)
        return diag_error(
            in->diags, at,
            "expected 64 bytes that begin with the magic of an artifact, found something else");
    memcpy(h, in->data, sizeof *h);
    if (h->major != RLX_MAJOR)
        return diag_error(in->diags, at, "expected version %u, found %u.%u", RLX_MAJOR, h->major,
                          h->minor);
    if (h->file_bytes != in->bytes)
        return diag_error(in->diags, at, "expected %llu bytes in the file, found %llu",
                          (unsigned long long)h->file_bytes, (unsigned long long)in->bytes);
    if (h->section_count > MAX_SECTIONS || h->section_entry_bytes < sizeof(struct rlx_section) ||
        h->section_entry_bytes > MAX_ENTRY_BYTES)
        return diag_error(
            in->diags, at,
            "expected at most %u sections with entries of %zu to %u bytes, found %u of %u",
            MAX_SECTIONS, sizeof(struct rlx_section), MAX_ENTRY_BYTES, h->section_count,
            h->section_entry_bytes);
    table_bytes = (uint64_t)h->section_count * h->section_entry_bytes;
    if (!range_inside(h->section_offset, table_bytes, in->bytes))
        return diag_error(in->diags, at,
                          "the table of sections is not inside the file: offset %llu, %llu bytes",
                          (unsigned long long)h->section_offset, (unsigned long long)table_bytes);
    return true;
}

static bool read_section(struct inspected *in, uint32_t index)
{
    struct rlx_section s;
    const char *name = arena_printf(in->diags->arena, "section %u", index);

    memcpy(&s,
           in->data + in->header.section_offset + (uint64_t)index * in->header.section_entry_bytes,
           sizeof s);
    if (!range_inside(s.offset, s.bytes, in->bytes))
        return diag_error(in->diags, place_of(in, name),
                          "it is not inside the file of %llu bytes: offset %llu, %llu bytes",
                          (unsigned long long)in->bytes, (unsigned long long)s.offset,
                          (unsigned long long)s.bytes);
    if (s.entry_bytes > MAX_ENTRY_BYTES || (uint64_t)s.count * s.entry_bytes > s.bytes ||
        (s.count != 0 && s.entry_bytes == 0))
        return diag_error(in->diags, place_of(in, name),
                          "%u entries of %u bytes do not fit in its %llu bytes", s.count,
                          s.entry_bytes, (unsigned long long)s.bytes);
    if (s.kind == 0 || s.kind >= INSPECT_KINDS) {
        if (s.flags & RLX_SECTION_REQUIRED)
            return diag_error(in->diags, place_of(in, name),
                              "its kind %u is required and unknown to this version", s.kind);
        return true;
    }
    if (in->sections[s.kind].kind != 0)
        return diag_error(in->diags, place_of(in, name),
                          "expected one section of kind %u, found another", s.kind);
    in->sections[s.kind] = s;
    return true;
}

/* The digest covers the small sections in the order of the table, then the table. */
static bool digest_holds(struct inspected *in)
{
    XXH3_state_t *hash = XXH3_createState();
    struct rlx_section s;

    if (hash == NULL)
        out_of_memory(0);
    XXH3_64bits_reset(hash);
    const uint8_t *table = in->data + in->header.section_offset;
    for (uint32_t i = 0; i < in->header.section_count; i++) {
        memcpy(&s, table + (uint64_t)i * in->header.section_entry_bytes, sizeof s);
        if ((s.flags & RLX_SECTION_BULK) == 0)
            XXH3_64bits_update(hash, in->data + s.offset, s.bytes);
    }
    XXH3_64bits_update(hash, table,
                       (uint64_t)in->header.section_count * in->header.section_entry_bytes);
    uint64_t digest = XXH3_64bits_digest(hash);
    XXH3_freeState(hash);
    if (digest != in->header.table_digest)
        return diag_error(in->diags, place_of(in, "header"),
                          "the digest of the tables is wrong: expected %016llx, found %016llx",
                          (unsigned long long)in->header.table_digest, (unsigned long long)digest);
    return true;
}

bool inspect_open(struct inspected *in, const char *name, const uint8_t *data, uint64_t bytes,
                  struct diags *d)
{
    bool good;

    *in = (struct inspected){.name = name, .diags = d, .lines_left = MAX_LINES};
    if (!find_payload(in, data, bytes) || !read_header(in))
        return false;
    good = true;
    for (uint32_t i = 0; i < in->header.section_count; i++)
        good = read_section(in, i) && good;
    if (!good)
        return false;
    digest_holds(in);
    const struct rlx_section *strings = &in->sections[RLX_SECTION_STRINGS];
    if (strings->kind == 0 || strings->bytes == 0 ||
        in->data[strings->offset + strings->bytes - 1] != 0)
        return diag_error(d, place_of(in, "strings"),
                          "expected a section that ends with a NUL, found none");
    if (in->sections[RLX_SECTION_INFO].kind == 0)
        return diag_error(d, place_of(in, "info"), "expected this section, found none");
    return true;
}

uint32_t inspect_count(const struct inspected *in, enum rlx_section_kind kind)
{
    return in->sections[kind].count;
}

bool inspect_entry(const struct inspected *in, enum rlx_section_kind kind, uint64_t index,
                   void *entry, size_t bytes)
{
    const struct rlx_section *s = &in->sections[kind];

    memset(entry, 0, bytes);
    if (index >= s->count)
        return false;
    memcpy(entry, in->data + s->offset + index * s->entry_bytes, min_u64(bytes, s->entry_bytes));
    return true;
}

const char *inspect_string(const struct inspected *in, uint32_t offset)
{
    const struct rlx_section *s = &in->sections[RLX_SECTION_STRINGS];
    struct text out = {.arena = in->diags->arena};

    if (offset >= s->bytes) {
        diag_error(in->diags, place_of(in, "strings"),
                   "a string at %u is not inside the section of %llu bytes", offset,
                   (unsigned long long)s->bytes);
        return "(bad string)";
    }
    const char *text = (const char *)in->data + s->offset + offset;
    text_add_printable(&out, arena_text(in->diags->arena, text, strnlen(text, MAX_STRING)));
    return out.data;
}

const char *inspect_manifest(const struct inspected *in, uint64_t *bytes)
{
    const struct rlx_section *s = &in->sections[RLX_SECTION_MANIFEST];

    *bytes = s->bytes;
    return s->kind == 0 ? NULL : (const char *)in->data + s->offset;
}

static bool compare(struct inspected *in, const char *what, uint64_t offset, uint64_t bytes,
                    uint64_t digest)
{
    if (!range_inside(offset, bytes, in->bytes))
        return diag_error(in->diags, place_of(in, what), "it is not inside the file");
    if (bytes > in->bytes_to_hash)
        return diag_error(in->diags, place_of(in, what),
                          "the tables name more bytes than the file has, so some of them twice");
    in->bytes_to_hash -= bytes;
    uint64_t found = XXH3_64bits(in->data + offset, bytes);
    if (found != digest)
        return diag_error(in->diags, place_of(in, what),
                          "the digest is wrong: expected %016llx, found %016llx",
                          (unsigned long long)digest, (unsigned long long)found);
    return true;
}

bool inspect_verify(struct inspected *in)
{
    const struct rlx_section *weights = &in->sections[RLX_SECTION_WEIGHTS];
    struct rlx_info info;
    struct rlx_level level;
    struct rlx_tensor tensor;
    bool good = true;

    in->bytes_to_hash = 2 * in->bytes;
    inspect_entry(in, RLX_SECTION_INFO, 0, &info, sizeof info);
    for (uint32_t i = 0; inspect_entry(in, RLX_SECTION_LEVELS, i, &level, sizeof level); i++)
        good = compare(in, inspect_string(in, level.name), level.image_offset, level.image_bytes,
                       level.image_digest) &&
               good;
    for (uint32_t i = 0; inspect_entry(in, RLX_SECTION_TENSORS, i, &tensor, sizeof tensor); i++) {
        if (!range_inside(tensor.offset, tensor.bytes, weights->bytes))
            good = diag_error(in->diags, place_of(in, inspect_string(in, tensor.name)),
                              "it is not inside the weights");
        else
            good = compare(in, inspect_string(in, tensor.name), weights->offset + tensor.offset,
                           tensor.bytes, tensor.digest) &&
                   good;
    }
    if (weights->kind != 0)
        good = compare(in, "weights", weights->offset, weights->bytes, info.weight_digest) && good;
    return good;
}
