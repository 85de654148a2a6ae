/* Parts of source text that several kinds of kernels print. */
#include "targets/c/c.h"

#include <stdarg.h>
#include <string.h>

enum { LINE_WIDTH = 100 };

void c_float(struct text *out, float value)
{
    uint32_t from = out->bytes;

    float_text(out, value);
    text_add(out, strpbrk(out->data + from, ".e") != NULL ? "f" : ".0f");
}

void c_comment(struct text *out, const char *sentences)
{
    size_t column = 2;

    text_add(out, "/*");
    for (const char *at = sentences + strspn(sentences, " "); *at != 0;) {
        const size_t bytes = strcspn(at, " ");
        const char *next = at + bytes + strspn(at + bytes, " ");
        const size_t end = *next == 0 ? 3 : 0; /* of the comment */
        if (column + 1 + bytes + end > LINE_WIDTH) {
            text_add(out, "\n *");
            column = 2;
        }
        text_add(out, " %.*s", (int)bytes, at);
        column += 1 + bytes;
        at = next;
    }
    text_add(out, " */\n");
}

void c_code_line(struct text *out, uint32_t depth, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    const char *line = arena_vprintf(out->arena, format, arguments);
    va_end(arguments);
    c_statement(out, 4 * depth, line);
}

void c_statement(struct text *out, uint32_t indent, const char *statement)
{
    enum { DEEPER = 4 };
    size_t column = indent;

    text_add(out, "%*s", (int)indent, "");
    for (const char *at = statement; *at != 0;) {
        const size_t space = *at == ' ', bytes = space + strcspn(at + space, " ");
        if (space != 0 && column + bytes > LINE_WIDTH) {
            text_add(out, "\n%*s", (int)indent + DEEPER, "");
            column = indent + DEEPER;
            at += space;
            continue;
        }
        text_add_bytes(out, at, bytes);
        column += bytes;
        at += bytes;
    }
    text_add(out, "\n");
}

void c_parallel(struct text *out, const char *clauses)
{
    text_add(out, "#ifdef _OPENMP\n#pragma omp parallel for%s\n#endif\n", clauses);
}
