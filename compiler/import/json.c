/* JSON of files. In: bytes; out: a jansson object, or an error with line and column. json_parse.c
 * parses it. */
#include "compiler/import/import.h"

#include <inttypes.h>

enum { MAX_JSON_BYTES = 100000000 };

/* Line and column if the whole file is JSON, else the offset. */
static struct place place_in(const struct file *f, uint64_t offset, uint64_t at)
{
    struct place place = {.file = f->path, .offset = offset + at};

    if (offset != 0)
        return place;
    place = (struct place){.file = f->path, .line = 1, .column = 1};
    for (uint64_t i = 0; i < at; i++) {
        place.column++;
        if (f->data[i] == '\n') {
            place.line++;
            place.column = 1;
        }
    }
    return place;
}

static json_t *read_object(const struct file *f, uint64_t offset, uint64_t bytes, bool strict,
                           struct diags *d)
{
    struct place at = {.file = f->path, .offset = offset};
    struct json_report report;

    if (bytes == 0 || bytes > MAX_JSON_BYTES) {
        diag_error(d, at, "expected 1 to %d bytes of JSON, found %" PRIu64, MAX_JSON_BYTES, bytes);
        return NULL;
    }
    json_t *root = json_parse((const char *)f->data + offset, bytes, strict, &report);
    if (root == NULL) {
        diag_error(d, place_in(f, offset, report.at), "expected a JSON object, found a fault: %s",
                   report.fault);
        return NULL;
    }
    if (!json_is_object(root)) {
        diag_error(d, at, "expected a JSON object, found %s", json_found(d->arena, root));
        json_decref(root);
        return NULL;
    }
    if (report.repeated_at != 0)
        diag_warning(d, place_in(f, offset, report.repeated_at),
                     "the name occurs twice in one object; its last value counts");
    return root;
}

json_t *json_read_header(const struct file *f, uint64_t offset, uint64_t bytes, struct diags *d)
{
    return read_object(f, offset, bytes, true, d);
}

json_t *json_read_object(const struct file *f, struct diags *d)
{
    return read_object(f, 0, f->bytes, false, d);
}

json_t *json_read_file(const char *path, struct diags *d)
{
    struct file file;

    if (!file_map(path, &file, d))
        return NULL;
    json_t *root = json_read_object(&file, d);
    file_unmap(&file);
    return root;
}

const char *json_found(struct arena *a, const json_t *value)
{
    switch (value == NULL ? JSON_NULL : json_typeof(value)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return arena_printf(a, "an array of %zu", json_array_size(value));
    case JSON_STRING:
        return arena_printf(a, "'%.60s'", json_string_value(value));
    case JSON_INTEGER:
        return arena_printf(a, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    case JSON_REAL:
        return arena_printf(a, "%g", json_real_value(value));
    case JSON_TRUE:
        return "true";
    case JSON_FALSE:
        return "false";
    case JSON_NULL:
        break;
    }
    return value == NULL ? "nothing" : "null";
}
