/* Writes JSON. In: names and values; out: text on a stream. Contract: json_out.h. */
#include "runtime/base/json_out.h"

#include "runtime/base/utf8.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void end_line(struct json_out *o)
{
    fputc('\n', o->file);
    for (uint32_t i = 0; i < o->depth; i++)
        fputc(' ', o->file);
}

/* What stands before a value. */
static void begin(struct json_out *o, const char *name)
{
    if (o->begun)
        fputs(o->indented || o->compact ? "," : ", ", o->file);
    if (o->indented && o->depth != 0)
        end_line(o);
    if (name != NULL)
        fprintf(o->file, "\"%s\":%s", name, o->compact ? "" : " ");
    o->begun = true;
}

void json_out_open(struct json_out *o, const char *name, char bracket)
{
    begin(o, name);
    fputc(bracket, o->file);
    o->depth++;
    o->begun = false;
}

void json_out_close(struct json_out *o, char bracket)
{
    o->depth--;
    if (o->indented && o->begun)
        end_line(o);
    fputc(bracket, o->file);
    o->begun = true;
}

static void put_escape(const struct json_out *o, uint32_t point)
{
    static const char special[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    const char *found = point != 0 && point < 0x80 ? strchr(special, (int)point) : NULL;

    if (found != NULL)
        fprintf(o->file, "\\%c", letters[found - special]);
    else if (point < 0x10000)
        fprintf(o->file, "\\u%04" PRIX32, point);
    else
        fprintf(o->file, "\\u%04" PRIX32 "\\u%04" PRIX32, 0xd800 + ((point - 0x10000) >> 10),
                0xdc00 + ((point - 0x10000) & 0x3ff));
}

void json_out_text(struct json_out *o, const char *name, const char *text, size_t bytes)
{
    uint32_t point, length;
    char character[4];

    begin(o, name);
    fputc('"', o->file);
    for (size_t at = 0; at < bytes; at += length) {
        length = utf8_read(text, bytes, at, &point);
        if (point < 0x20 || point == '"' || point == '\\' || (point >= 0x80 && o->ascii))
            put_escape(o, point);
        else
            fwrite(character, 1, utf8_write(point, character), o->file);
    }
    fputc('"', o->file);
}

void json_out_string(struct json_out *o, const char *name, const char *text)
{
    json_out_text(o, name, text, strlen(text));
}

void json_out_integer(struct json_out *o, const char *name, int64_t value)
{
    begin(o, name);
    fprintf(o->file, "%" PRId64, value);
}

/* So many significant digits. */
static void put_real(struct json_out *o, const char *name, double value, int count)
{
    char digits[32];

    snprintf(digits, sizeof digits, "%.*g", count, value);
    if (strpbrk(digits, ".e") == NULL)
        strcat(digits, ".0");
    char *exponent = strchr(digits, 'e'), *from;
    if (exponent != NULL) { /* 1e+08 is 1e8 */
        exponent += 1 + (exponent[1] == '-');
        from = exponent + strspn(exponent, "+0");
        memmove(exponent, from, strlen(from) + 1);
    }
    json_out_verbatim(o, name, isfinite(value) ? digits : "null");
}

void json_out_real(struct json_out *o, const char *name, double value)
{
    put_real(o, name, value, 6);
}

void json_out_exact(struct json_out *o, const char *name, double value)
{
    char digits[32];
    int count = 6;

    for (; count < 17; count++) {
        snprintf(digits, sizeof digits, "%.*g", count, value);
        if (strtod(digits, NULL) == value)
            break;
    }
    put_real(o, name, value, count);
}

void json_out_verbatim(struct json_out *o, const char *name, const char *json)
{
    begin(o, name);
    fputs(json, o->file);
}
