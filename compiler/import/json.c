/* JSON from outside. In: bytes of a file; out: a jansson object, or an error with line and column.
 * Depth is bounded before the parser, which recurses, sees the text.
 */
#include "compiler/import/import.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 64, MAX_JSON_BYTES = 100000000 };

/* The deepest nesting of brackets outside strings; counts, does not check the grammar. */
static uint64_t depth_of(const char *text, uint64_t bytes)
{
    uint64_t depth = 0, deepest = 0;
    bool in_string = false;

    for (uint64_t i = 0; i < bytes; i++) {
        char c = text[i];
        if (in_string && c == '\\')
            i++;
        else if (c == '"')
            in_string = !in_string;
        else if (!in_string && (c == '{' || c == '['))
            deepest = max_u64(deepest, ++depth);
        else if (!in_string && (c == '}' || c == ']') && depth != 0)
            depth--;
    }
    return deepest;
}

static size_t count_of(const char *text, uint64_t bytes, const char *accepted)
{
    size_t count = 0;

    while (count < bytes && text[count] != 0 && strchr(accepted, text[count]) != NULL)
        count++;
    return count;
}

/* Python writes integers of any size (1000000000000000019884624838656 for "no limit"); here those
 * that 64 bits may not hold become reals. A copy with ".0" behind each integer of 19 digits or
 * more; the caller frees it. */
static char *large_integers_as_reals(const char *text, uint64_t bytes, uint64_t *copy_bytes)
{
    char *copy = malloc(bytes + bytes / 19 * 2 + 2);
    uint64_t at = 0;
    bool in_string = false;

    if (copy == NULL)
        return NULL;
    for (uint64_t i = 0; i < bytes; i++) {
        char c = copy[at++] = text[i];
        if (in_string && c == '\\' && i + 1 < bytes) {
            copy[at++] = text[++i];
        } else if (c == '"') {
            in_string = !in_string;
        } else if (!in_string && c >= '0' && c <= '9') {
            size_t rest = count_of(text + i + 1, bytes - i - 1, "0123456789.eE+-");
            size_t digits = 1 + count_of(text + i + 1, rest, "0123456789");
            memcpy(copy + at, text + i + 1, rest);
            at += rest;
            i += rest;
            if (digits == 1 + rest && digits >= 19) {
                copy[at++] = '.';
                copy[at++] = '0';
            }
        }
    }
    *copy_bytes = at;
    return copy;
}

static json_t *parse(const char *text, uint64_t bytes, json_error_t *error)
{
    json_t *root = json_loadb(text, bytes, JSON_REJECT_DUPLICATES, error);
    uint64_t copy_bytes;

    if (root != NULL || json_error_code(error) != json_error_numeric_overflow)
        return root;
    char *copy = large_integers_as_reals(text, bytes, &copy_bytes);
    if (copy != NULL)
        root = json_loadb(copy, copy_bytes, JSON_REJECT_DUPLICATES, error);
    free(copy);
    return root;
}

json_t *json_read_object(const struct file *f, uint64_t offset, uint64_t bytes, struct diags *d)
{
    struct place at = {.file = f->path, .offset = offset};
    json_error_t error;

    if (bytes == 0 || bytes > MAX_JSON_BYTES) {
        diag_error(d, at, "expected 1 to %d bytes of JSON, found %" PRIu64, MAX_JSON_BYTES, bytes);
        return NULL;
    }
    const char *text = (const char *)f->data + offset;
    uint64_t depth = depth_of(text, bytes);
    if (depth > MAX_DEPTH) {
        diag_error(d, at, "expected JSON of at most %d nested levels, found %" PRIu64, MAX_DEPTH,
                   depth);
        return NULL;
    }
    json_t *root = parse(text, bytes, &error);
    if (root == NULL) {
        if (offset == 0 && error.line > 0) {
            at.line = (uint32_t)error.line;
            at.column = error.column > 0 ? (uint32_t)error.column : 1;
        } else if (error.position > 0) {
            at.offset = offset + (uint64_t)error.position;
        }
        diag_error(d, at, "expected a JSON object, found what is none: %s", error.text);
        return NULL;
    }
    if (!json_is_object(root)) {
        diag_error(d, at, "expected a JSON object, found %s", json_found(d->arena, root));
        json_decref(root);
        return NULL;
    }
    return root;
}

json_t *json_read_file(const char *path, struct diags *d)
{
    struct file file;

    if (!file_map(path, &file, d))
        return NULL;
    json_t *root = json_read_object(&file, 0, file.bytes, d);
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
