/* Checks the artifact's header and sections: magic, version, the section table, the place of each
 * section, the digest of the tables. In: the bytes of a file. Out: struct artifact, whose tables
 * load_tables.c then checks entry by entry. Format: rlx/artifact.h. */
#include "runtime/core/load.h"

#include "runtime/base/error.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#define XXH_STATIC_LINKING_ONLY /* a hash state that needs no allocation */
#include <xxhash.h>

enum { MAX_SECTIONS = 256, MAX_ENTRY_BYTES = 4096 };

/* By kind. `entry` is the smallest size that an entry ever had; 0: not a table. */
static const struct section_rule {
    const char *name;
    uint32_t entry;
    uint32_t alignment;
} section_rules[] = {
    [RLX_SECTION_STRINGS] = {"strings", 0, 1},
    [RLX_SECTION_INFO] = {"info", sizeof(struct rlx_info), 8},
    [RLX_SECTION_MANIFEST] = {"manifest", 0, 1},
    [RLX_SECTION_LEVELS] = {"levels", sizeof(struct rlx_level), 8},
    [RLX_SECTION_CODE] = {"code", 0, RLX_PAGE},
    [RLX_SECTION_KERNELS] = {"kernels", sizeof(struct rlx_kernel), 8},
    [RLX_SECTION_VARIANTS] = {"variants", sizeof(struct rlx_variant_entry), 8},
    [RLX_SECTION_STEPS] = {"steps", offsetof(struct rlx_step, first_value), 8},
    [RLX_SECTION_ARGS] = {"args", sizeof(struct rlx_arg), 8},
    [RLX_SECTION_STATES] = {"states", sizeof(struct rlx_state_entry), 8},
    [RLX_SECTION_WEIGHTS] = {"weights", 0, RLX_PAGE},
    [RLX_SECTION_TENSORS] = {"tensors", sizeof(struct rlx_tensor), 8},
    [RLX_SECTION_TOKENIZER] = {"tokenizer", 0, 8},
    [RLX_SECTION_LICENSE] = {"license", 0, 1},
    [RLX_SECTION_TEMPLATE] = {"template", 0, 8},
    [RLX_SECTION_SAMPLING] = {"sampling", sizeof(struct rlx_sampling_entry), 8},
    [RLX_SECTION_VALUES] = {"values", 0, 8},
};
enum { KNOWN_KINDS = sizeof section_rules / sizeof section_rules[0] };

rlx_status check_failed(const struct check *c, const char *format, ...)
{
    char sentence[sizeof c->error->text];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
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
                        "%s: format version %u.%u, but this program reads version %u: compile "
                        "the model again with a compiler of the same version",
                        c->name, h->major, h->minor, RLX_MAJOR);
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

static const char *section_name(uint32_t kind)
{
    return kind < KNOWN_KINDS && section_rules[kind].name ? section_rules[kind].name : "unknown";
}

static rlx_status check_section(const struct check *c, uint32_t index, const struct rlx_section *s,
                                uint64_t file_bytes)
{
    const char *name = section_name(s->kind);
    if (s->offset < sizeof(struct rlx_header) || s->offset > file_bytes ||
        s->bytes > file_bytes - s->offset)
        return check_failed(c,
                            "section %u (%s): offset %llu with %llu bytes is not inside the "
                            "file of %llu bytes",
                            index, name, (unsigned long long)s->offset,
                            (unsigned long long)s->bytes, (unsigned long long)file_bytes);
    if (s->kind >= KNOWN_KINDS || !section_rules[s->kind].name) {
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
    /* An info section may be a table with one entry or a plain structure. */
    bool plain = s->kind == RLX_SECTION_INFO && s->count == 0 && s->entry_bytes == 0;
    if (plain) {
        if (s->bytes < rule->entry)
            return check_failed(c, "section %u (info): expected %u bytes, found %llu", index,
                                rule->entry, (unsigned long long)s->bytes);
        return RLX_OK;
    }
    if (s->entry_bytes < rule->entry || s->entry_bytes > MAX_ENTRY_BYTES || s->entry_bytes % 8 != 0)
        return check_failed(c, "section %u (%s): entry_bytes is %u, expected at least %u", index,
                            name, s->entry_bytes, rule->entry);
    if ((uint64_t)s->count * s->entry_bytes != s->bytes)
        return check_failed(c, "section %u (%s): %u entries of %u bytes are not %llu bytes", index,
                            name, s->count, s->entry_bytes, (unsigned long long)s->bytes);
    return RLX_OK;
}

static void keep_section(struct artifact *a, const uint8_t *data, const struct rlx_section *s)
{
    struct table table = {data + s->offset, s->count, s->entry_bytes};
    struct span span = {data + s->offset, s->offset, s->bytes};
    switch (s->kind) {
    case RLX_SECTION_STRINGS:
        a->strings = span;
        break;
    case RLX_SECTION_INFO:
        a->info = (const struct rlx_info *)(data + s->offset);
        break;
    case RLX_SECTION_MANIFEST:
        a->manifest = span;
        break;
    case RLX_SECTION_LEVELS:
        a->levels = table;
        break;
    case RLX_SECTION_CODE:
        a->code = span;
        break;
    case RLX_SECTION_KERNELS:
        a->kernels = table;
        break;
    case RLX_SECTION_VARIANTS:
        a->variants = table;
        break;
    case RLX_SECTION_STEPS:
        a->steps = table;
        break;
    case RLX_SECTION_ARGS:
        a->args = table;
        break;
    case RLX_SECTION_STATES:
        a->states = table;
        break;
    case RLX_SECTION_WEIGHTS:
        a->weights = span;
        break;
    case RLX_SECTION_TENSORS:
        a->tensors = table;
        break;
    case RLX_SECTION_TOKENIZER:
        a->tokenizer = span;
        break;
    case RLX_SECTION_LICENSE:
        a->license = span;
        break;
    case RLX_SECTION_SAMPLING:
        a->sampling = table;
        break;
    case RLX_SECTION_TEMPLATE:
        a->template = span;
        break;
    case RLX_SECTION_VALUES:
        a->values = span;
        break;
    default:
        break;
    }
}

static rlx_status check_sections(const struct check *c, const uint8_t *data, struct artifact *out)
{
    bool seen[KNOWN_KINDS] = {false};
    for (uint32_t i = 0; i < out->sections.count; i++) {
        const struct rlx_section *s = table_at(&out->sections, i);
        rlx_status status = check_section(c, i, s, out->header->file_bytes);
        if (status != RLX_OK)
            return status;
        if (s->kind < KNOWN_KINDS && seen[s->kind])
            return check_failed(c, "section %u (%s): the file has a second one of this kind", i,
                                section_name(s->kind));
        if (s->kind < KNOWN_KINDS)
            seen[s->kind] = true;
        keep_section(out, data, s);
    }
    static const uint32_t needed[] = {RLX_SECTION_STRINGS, RLX_SECTION_INFO};
    for (uint32_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        if (!seen[needed[i]])
            return check_failed(c, "the section '%s' is missing", section_name(needed[i]));
    }
    return RLX_OK;
}

uint64_t artifact_table_digest(const uint8_t *data, const struct rlx_header *header)
{
    XXH3_state_t hash;
    XXH3_64bits_reset(&hash);
    for (uint32_t i = 0; i < header->section_count; i++) {
        uint64_t at = header->section_offset + (uint64_t)i * header->section_entry_bytes;
        const struct rlx_section *s = (const struct rlx_section *)(data + at);
        if (!(s->flags & RLX_SECTION_BULK))
            XXH3_64bits_update(&hash, data + s->offset, s->bytes);
    }
    XXH3_64bits_update(&hash, data + header->section_offset,
                       (uint64_t)header->section_count * header->section_entry_bytes);
    return XXH3_64bits_digest(&hash);
}

/* An unknown value in the tables may come from a newer compiler, because the digest shows that the
 * file is intact. */
static rlx_status newer_format(const struct check *c, const struct rlx_header *h)
{
    char sentence[sizeof c->error->text];
    if (c->error != NULL)
        memcpy(sentence, c->error->text, sizeof sentence);
    return rlx_fail(c->error, RLX_ERROR_WRONG_VERSION,
                    "%s (a file of format %u.%u; this program is older and reads %u.%u)",
                    c->error != NULL ? sentence : "", h->major, h->minor, RLX_MAJOR, RLX_MINOR);
}

rlx_status artifact_check(const char *name, const uint8_t *data, uint64_t bytes,
                          struct artifact *out, rlx_error *error)
{
    *out = (struct artifact){0};
    struct check c = {name, out, error};
    rlx_status status = check_header(&c, data, bytes);
    if (status != RLX_OK)
        return status;
    out->header = (const struct rlx_header *)data;
    out->sections = (struct table){data + out->header->section_offset, out->header->section_count,
                                   out->header->section_entry_bytes};
    status = check_sections(&c, data, out);
    if (status != RLX_OK)
        return status;
    uint64_t digest = artifact_table_digest(data, out->header);
    if (digest != out->header->table_digest)
        return check_failed(&c, "the tables are damaged: expected digest %016llx, found %016llx",
                            (unsigned long long)out->header->table_digest,
                            (unsigned long long)digest);
    status = check_tables(&c);
    return status == RLX_ERROR_BAD_FILE && out->header->minor > RLX_MINOR
               ? newer_format(&c, out->header)
               : status;
}
