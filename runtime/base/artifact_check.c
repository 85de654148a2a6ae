/* Checks the artifact's header and sections: magic, version, the section table, the place of each
 * section, the digest of the tables. In: the bytes of a file. Out: struct artifact, whose tables
 * artifact_check_tables.c and artifact_check_level.c then check entry by entry. */
#include "runtime/base/artifact_check_parts.h"

#include "runtime/base/error.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#define XXH_STATIC_LINKING_ONLY /* a hash state that needs no allocation */
#include <xxhash.h>

enum { MAX_SECTIONS = 256, MAX_ENTRY_BYTES = 4096 };

/* By kind. `entry`: bytes of an entry in format 2.0; 0: not a table. `alignment` 0: this version
 * only reserves the kind. `at`: where struct artifact has the table or span; 0: nowhere. */
static const struct section_rule {
    const char *name;
    uint32_t entry, alignment;
    size_t at;
} section_rules[RLX_SECTION_KINDS] = {
#define BYTES(KIND, name, alignment) \
    [RLX_SECTION_##KIND] = {#name, 0, alignment, offsetof(struct artifact, name)}
#define TABLE(KIND, name, entry) \
    [RLX_SECTION_##KIND] = {#name, sizeof(struct entry), 8, offsetof(struct artifact, name)}
    BYTES(STRINGS, strings, 1),
    [RLX_SECTION_INFO] = {"info", sizeof(struct rlx_info), 8, 0},
    BYTES(MANIFEST, manifest, 1),
    TABLE(LEVELS, levels, rlx_level),
    BYTES(CODE, code, RLX_PAGE),
    TABLE(KERNELS, kernels, rlx_kernel),
    TABLE(ENTRIES, entries, rlx_entry),
    TABLE(USES, uses, rlx_use),
    TABLE(SYMBOLS, symbols, rlx_symbol),
    TABLE(VARIANTS, variants, rlx_variant_entry),
    TABLE(IO, io, rlx_io),
    TABLE(STEPS, steps, rlx_step),
    TABLE(ARGS, args, rlx_arg),
    BYTES(VALUES, values, 8),
    TABLE(STATES, states, rlx_state_entry),
    BYTES(WEIGHTS, weights, RLX_PAGE),
    TABLE(TENSORS, tensors, rlx_tensor),
    BYTES(TOKENIZER, tokenizer, 8),
    BYTES(TEMPLATE, template, 8),
    TABLE(SAMPLING, sampling, rlx_sampling_entry),
    BYTES(LICENSE, license, 1),
    [RLX_SECTION_GRAMMAR] = {"grammar", 0, 0, 0},
    [RLX_SECTION_ADAPTERS] = {"adapters", 0, 0, 0},
    [RLX_SECTION_SELF_TEST] = {"self-test", 0, 0, 0},
#undef BYTES
#undef TABLE
};

rlx_status check_failed(const struct check *c, const char *format, ...)
{
    char sentence[sizeof c->error->text];
    const struct rlx_header *h = c->artifact->header;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    if (c->contents && h->minor > RLX_MINOR)
        return rlx_fail(c->error, RLX_ERROR_WRONG_VERSION,
                        "%s: %s (a file of format %u.%u; this program is older and reads %u.%u)",
                        c->name, sentence, h->major, h->minor, RLX_MAJOR, RLX_MINOR);
    return rlx_fail(c->error, RLX_ERROR_BAD_FILE, "%s: %s", c->name, sentence);
}

static rlx_status check_header(const struct check *c, const uint8_t *data, uint64_t bytes)
{
    const struct rlx_header *h = (const struct rlx_header *)data;
    if (bytes < sizeof *h)
        return check_failed(
            c, "expected an artifact of rlx with a header of 64 bytes, found %llu bytes",
            (unsigned long long)bytes);
    if (memcmp(h->magic, RLX_MAGIC, sizeof h->magic) != 0)
        return check_failed(c, "not an artifact of rlx: its first 8 bytes are not \\x89RLX…");
    if (h->major != RLX_MAJOR)
        return rlx_fail(c->error, RLX_ERROR_WRONG_VERSION,
                        "%s: it was built by %s rlxc (format %u): %s", c->name,
                        h->major < RLX_MAJOR ? "an older" : "a newer", h->major,
                        h->major < RLX_MAJOR ? "build it again" : "a newer rlx is needed");
    if (h->header_bytes != sizeof *h)
        return check_failed(c, "header: expected header_bytes 64, found %u", h->header_bytes);
    if (h->file_bytes != bytes)
        return check_failed(c, "expected %llu bytes, found %llu: the file is %s",
                            (unsigned long long)h->file_bytes, (unsigned long long)bytes,
                            bytes < h->file_bytes ? "truncated" : "too long");
    static const uint8_t zeros[sizeof h->reserved];
    if (h->minor <= RLX_MINOR && memcmp(h->reserved, zeros, sizeof zeros) != 0)
        return check_failed(c, "header: reserved bytes are not zero");
    if (h->section_count == 0 || h->section_count > MAX_SECTIONS)
        return check_failed(c, "header: expected 1 to %u sections, found %u", MAX_SECTIONS,
                            h->section_count);
    if (h->section_entry_bytes < sizeof(struct rlx_section) ||
        h->section_entry_bytes > MAX_ENTRY_BYTES || h->section_entry_bytes % 8 != 0)
        return check_failed(c,
                            "header: section_entry_bytes is %u, expected a multiple of 8 from 32",
                            h->section_entry_bytes);
    uint64_t table_bytes = (uint64_t)h->section_count * h->section_entry_bytes;
    if (h->section_offset % 8 != 0 || h->section_offset < sizeof *h || h->section_offset > bytes ||
        table_bytes > bytes - h->section_offset)
        return check_failed(c,
                            "header: the section table at offset %llu with %llu bytes is not "
                            "inside the file of %llu bytes",
                            (unsigned long long)h->section_offset, (unsigned long long)table_bytes,
                            (unsigned long long)bytes);
    return RLX_OK;
}

const char *artifact_section_name(uint32_t kind)
{
    return kind < RLX_SECTION_KINDS && kind != 0 ? section_rules[kind].name : "unknown";
}

static bool is_known(uint32_t kind)
{
    return kind < RLX_SECTION_KINDS && section_rules[kind].alignment != 0;
}

static rlx_status check_section(const struct check *c, uint32_t index, const struct rlx_section *s,
                                uint64_t file_bytes)
{
    const char *name = artifact_section_name(s->kind);
    if (s->offset < sizeof(struct rlx_header) || s->offset > file_bytes ||
        s->bytes > file_bytes - s->offset)
        return check_failed(c,
                            "section %u (%s): offset %llu with %llu bytes is not inside the "
                            "file of %llu bytes",
                            index, name, (unsigned long long)s->offset,
                            (unsigned long long)s->bytes, (unsigned long long)file_bytes);
    if (!is_known(s->kind)) {
        if (s->flags & RLX_SECTION_REQUIRED)
            return rlx_fail(c->error, RLX_ERROR_WRONG_VERSION,
                            "%s: section %u of kind %u is required and unknown to this version: a "
                            "newer rlx is needed",
                            c->name, index, s->kind);
        return RLX_OK;
    }
    const struct section_rule *rule = &section_rules[s->kind];
    if (s->offset % rule->alignment != 0)
        return check_failed(c, "section %u (%s): offset %llu is not a multiple of %u", index, name,
                            (unsigned long long)s->offset, rule->alignment);
    if (rule->entry == 0)
        return RLX_OK;
    if (s->entry_bytes < rule->entry || s->entry_bytes > MAX_ENTRY_BYTES || s->entry_bytes % 8 != 0)
        return check_failed(c, "section %u (%s): entry_bytes is %u, expected at least %u", index,
                            name, s->entry_bytes, rule->entry);
    if ((uint64_t)s->count * s->entry_bytes != s->bytes)
        return check_failed(c, "section %u (%s): %u entries of %u bytes are not %llu bytes", index,
                            name, s->count, s->entry_bytes, (unsigned long long)s->bytes);
    return RLX_OK;
}

static void keep_section(struct artifact *a, const struct rlx_section *s)
{
    const struct section_rule *rule = &section_rules[s->kind];
    const struct table table = {a->data + s->offset, s->count, s->entry_bytes};
    const struct span span = {a->data + s->offset, s->offset, s->bytes};
    if (s->kind == RLX_SECTION_INFO && s->count == 1)
        a->info = (const struct rlx_info *)(a->data + s->offset);
    else if (rule->at != 0 && rule->entry != 0)
        memcpy((uint8_t *)a + rule->at, &table, sizeof table);
    else if (rule->at != 0)
        memcpy((uint8_t *)a + rule->at, &span, sizeof span);
}

static rlx_status check_sections(const struct check *c, struct artifact *out)
{
    bool seen[RLX_SECTION_KINDS] = {false};
    for (uint32_t i = 0; i < out->sections.count; i++) {
        const struct rlx_section *s = table_at(&out->sections, i);
        rlx_status status = check_section(c, i, s, out->header->file_bytes);
        if (status != RLX_OK)
            return status;
        if (!is_known(s->kind))
            continue;
        if (seen[s->kind])
            return check_failed(c, "section %u (%s): the file has a second one of this kind", i,
                                artifact_section_name(s->kind));
        seen[s->kind] = true;
        keep_section(out, s);
    }
    if (out->strings.data == NULL)
        return check_failed(c, "the section 'strings' is missing");
    if (out->info == NULL)
        return check_failed(c, "the section 'info' is missing, or has not one entry");
    return RLX_OK;
}

rlx_status artifact_read(const char *name, const uint8_t *data, uint64_t bytes,
                         struct artifact *out, rlx_error *error)
{
    *out = (struct artifact){.data = data};
    struct check c = {name, out, error, false};
    rlx_status status = check_header(&c, data, bytes);
    if (status != RLX_OK)
        return status;
    out->header = (const struct rlx_header *)data;
    out->sections = (struct table){data + out->header->section_offset, out->header->section_count,
                                   out->header->section_entry_bytes};
    return check_sections(&c, out);
}

uint64_t artifact_table_digest(const struct artifact *a)
{
    const struct table *table = &a->sections;
    XXH3_state_t hash;
    XXH3_64bits_reset(&hash);
    for (uint32_t i = 0; i < table->count; i++) {
        const struct rlx_section *s = table_at(table, i);
        if (!(s->flags & RLX_SECTION_BULK))
            XXH3_64bits_update(&hash, a->data + s->offset, s->bytes);
    }
    XXH3_64bits_update(&hash, table->base, (uint64_t)table->count * table->entry_bytes);
    return XXH3_64bits_digest(&hash);
}

rlx_status artifact_check_digest(const char *name, const struct artifact *a, rlx_error *error)
{
    const struct check c = {name, a, error, false};
    uint64_t digest = artifact_table_digest(a);
    if (digest == a->header->table_digest)
        return RLX_OK;
    return check_failed(&c, "the tables are damaged: expected digest %016llx, found %016llx",
                        (unsigned long long)a->header->table_digest, (unsigned long long)digest);
}

rlx_status artifact_check(const char *name, const uint8_t *data, uint64_t bytes,
                          struct artifact *out, rlx_error *error)
{
    rlx_status status = artifact_read(name, data, bytes, out, error);
    if (status == RLX_OK)
        status = artifact_check_digest(name, out, error);
    return status == RLX_OK ? artifact_check_tables(name, out, error) : status;
}

uint32_t artifact_find_entry(const struct artifact *a, const char *name)
{
    for (uint32_t i = 0; i < a->entries.count; i++) {
        const struct rlx_entry *e = table_at(&a->entries, i);
        if (strcmp(artifact_string(a, e->name), name) == 0)
            return i;
    }
    return RLX_NO_SLOT;
}
