/* Walks over JSON that json_check accepted. In: a place in the text; out: the places of members and
 * elements, and what texts and integers say. Contract: json_in.h. */
#include "runtime/base/json_in.h"

#include "runtime/base/utf8.h"

#include <stdlib.h>
#include <string.h>

static const char *skip_space(const char *at)
{
    return at + strspn(at, " \t\r\n");
}

/* Behind the text that begins at this quote. */
static const char *skip_text(const char *at)
{
    for (at++; *at != '"'; at++)
        at += *at == '\\';
    return at + 1;
}

static const char *skip_value(const char *at)
{
    size_t depth = 0;

    do {
        at = skip_space(at);
        switch (*at) {
        case '"':
            at = skip_text(at);
            break;
        case '{':
        case '[':
            depth++;
            at++;
            break;
        case '}':
        case ']':
            depth--;
            at++;
            break;
        default: /* numbers and words, and between values , and : */
            at += strcspn(at, "\"{}[], \t\r\n");
            at += depth != 0 && *at == ',';
        }
    } while (depth != 0);
    return at;
}

const char *json_in_root(const char *text)
{
    return skip_space(text);
}

/* ---- texts ---- */

static uint32_t read_unit(const char **at)
{
    const char copy[5] = {(*at)[0], (*at)[1], (*at)[2], (*at)[3], 0};

    *at += 4;
    return (uint32_t)strtoul(copy, NULL, 16);
}

/* Reads a byte, or what an escape stands for; returns its length. */
static uint32_t read_part(const char **at, char out[4])
{
    static const char letters[] = "bfnrt", meanings[] = "\b\f\n\r\t";

    if (**at != '\\') {
        out[0] = *(*at)++;
        return 1;
    }
    const char letter = (*at)[1], *found = strchr(letters, letter);
    *at += 2;
    if (letter == 'u') {
        uint32_t point = read_unit(at);
        if (point >= 0xd800 && point < 0xdc00) {
            *at += 2;
            point = 0x10000 + ((point - 0xd800) << 10 | (read_unit(at) - 0xdc00));
        }
        return utf8_write(point, out);
    }
    out[0] = found != NULL ? meanings[found - letters] : letter;
    return 1;
}

static bool text_is(const char *at, const char *name)
{
    char part[4];

    for (at++; *at != '"';) {
        uint32_t bytes = read_part(&at, part);
        if (strncmp(part, name, bytes) != 0)
            return false;
        name += bytes;
    }
    return *name == 0;
}

char *json_in_text(const char *text, size_t *bytes)
{
    const char *at = text + 1, *end = skip_text(text);
    char *out = malloc((size_t)(end - at)); /* no escape is shorter than what it stands for */

    *bytes = 0;
    while (out != NULL && *at != '"') {
        char part[4];
        uint32_t length = read_part(&at, part);
        memcpy(out + *bytes, part, length);
        *bytes += length;
    }
    if (out != NULL)
        out[*bytes] = 0;
    return out;
}

bool json_in_integer(const char *value, int64_t *integer)
{
    char *end;

    if (value == NULL || (*value != '-' && (*value < '0' || *value > '9')))
        return false;
    *integer = strtoll(value, &end, 10);
    return *end != '.' && *end != 'e' && *end != 'E';
}

/* ---- members and elements ---- */

const char *json_in_member(const char *object, const char *name)
{
    const char *found = NULL;

    if (!json_in_is(object, '{'))
        return NULL;
    for (const char *at = skip_space(object + 1); *at != '}';) {
        bool same = text_is(at, name);
        at = skip_space(skip_text(at)); /* the colon */
        at = skip_space(at + 1);
        found = same ? at : found;
        at = skip_space(skip_value(at));
        at = *at == ',' ? skip_space(at + 1) : at;
    }
    return found;
}

const char *json_in_first(const char *array)
{
    if (!json_in_is(array, '['))
        return NULL;
    array = skip_space(array + 1);
    return *array == ']' ? NULL : array;
}

const char *json_in_next(const char *element)
{
    const char *at = skip_space(skip_value(element));

    return *at == ',' ? skip_space(at + 1) : NULL;
}
