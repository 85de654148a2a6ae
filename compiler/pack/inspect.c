/* Opens artifacts to show them. In: the bytes of a file that may be hostile. Out: its sections, and
 * an error for whatever the checker finds wrong. */
#include "compiler/pack/inspect.h"

#include "runtime/base/carried.h"

#include <string.h>

enum { MAX_LINES = 100000, MAX_STRING = 300 };

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

/* The checker's sentence begins with the name that it was given, here none. */
static bool holds(struct inspected *in, rlx_status status, const rlx_error *error)
{
    return status == RLX_OK || diag_error(in->diags, place_of(in, NULL), "%s", error->text + 2);
}

static bool check_tables(struct inspected *in)
{
    const struct artifact *a = &in->artifact;
    rlx_error error;
    bool good = holds(in, artifact_check_tables("", a, &error), &error);

    for (uint32_t i = 0; good && i < a->levels.count; i++)
        in->tables_hold =
            holds(in, artifact_check_level("", a, i, &error), &error) && in->tables_hold;
    return good && in->tables_hold;
}

bool inspect_open(struct inspected *in, const char *name, const uint8_t *data, uint64_t bytes,
                  struct diags *d)
{
    rlx_error error;

    *in =
        (struct inspected){.name = name, .diags = d, .lines_left = MAX_LINES, .tables_hold = true};
    if (!find_payload(in, data, bytes) ||
        !holds(in, artifact_read("", in->data, in->bytes, &in->artifact, &error), &error))
        return false;
    for (uint32_t i = 0; i < in->artifact.sections.count; i++) {
        const struct rlx_section *s = table_at(&in->artifact.sections, i);
        if (s->kind < INSPECT_KINDS)
            in->sections[s->kind] = *s;
    }
    holds(in, artifact_check_digest("", &in->artifact, &error), &error);
    in->tables_hold = check_tables(in);
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

    if (offset >= s->bytes)
        return "(bad string)";
    const char *text = (const char *)in->data + s->offset + offset;
    text_add_printable(&out, arena_text(in->diags->arena, text,
                                        strnlen(text, min_u64(s->bytes - offset, MAX_STRING))));
    return out.data;
}

const char *inspect_manifest(const struct inspected *in, uint64_t *bytes)
{
    const struct rlx_section *s = &in->sections[RLX_SECTION_MANIFEST];

    *bytes = s->bytes;
    return s->kind == 0 ? NULL : (const char *)in->data + s->offset;
}

bool inspect_verify(struct inspected *in)
{
    rlx_error error;

    return in->tables_hold && holds(in, artifact_check_bulk("", &in->artifact, &error), &error);
}
