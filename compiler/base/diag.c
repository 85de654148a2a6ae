/* Collects and prints diagnostics. They may quote a file, so printing escapes control bytes. */
#include "compiler/base/diag.h"

#include "runtime/base/printable.h"

enum { DEFAULT_MAX = 20 };

/* The number of diagnostics that are kept, per severity. */
static uint32_t max_of(const struct diags *d)
{
    return d->max == 0 ? DEFAULT_MAX : d->max;
}

static void record(struct diags *d, enum severity severity, struct place at, const char *format,
                   va_list arguments)
{
    char text[1024]; /* a file may hold names of any length */

    vsnprintf(text, sizeof text, format, arguments);
    struct diag *diag = arena_new(d->arena, struct diag, 1);
    diag->severity = severity;
    diag->place = at;
    diag->text = arena_printf(d->arena, "%s", text);
    if (at.file != NULL)
        diag->place.file = arena_printf(d->arena, "%s", at.file);
    if (at.object != NULL)
        diag->place.object = arena_printf(d->arena, "%s", at.object);
    if (d->last == NULL)
        d->first = diag;
    else
        d->last->next = diag;
    d->last = diag;
}

bool diag_verror(struct diags *d, struct place at, const char *format, va_list arguments)
{
    if (d->error_count++ < max_of(d))
        record(d, DIAG_ERROR, at, format, arguments);
    return false;
}

bool diag_error(struct diags *d, struct place at, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    diag_verror(d, at, format, arguments);
    va_end(arguments);
    return false;
}

void diag_warning(struct diags *d, struct place at, const char *format, ...)
{
    va_list arguments;

    if (d->warning_count++ < max_of(d)) {
        va_start(arguments, format);
        record(d, DIAG_WARNING, at, format, arguments);
        va_end(arguments);
    }
}

void diag_note(struct diags *d, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    record(d, DIAG_NOTE, (struct place){0}, format, arguments);
    va_end(arguments);
}

void diags_print(const struct diags *d, FILE *out)
{
    static const char *const word[] = {"  note: ", "warning: ", ""};
    uint32_t shown[] = {0, 0, 0};

    for (const struct diag *i = d->first; i != NULL; i = i->next) {
        if (i->place.file != NULL) {
            printable_write(i->place.file, out);
            if (i->place.line != 0 && i->place.column != 0)
                fprintf(out, ":%u:%u", i->place.line, i->place.column);
            else if (i->place.line != 0)
                fprintf(out, ":%u", i->place.line);
            else if (i->place.offset != 0)
                fprintf(out, ": byte %llu", (unsigned long long)i->place.offset);
            fputs(": ", out);
        } else if (i->severity != DIAG_NOTE) {
            fputs("rlxc: ", out);
        }
        fputs(word[i->severity], out);
        if (i->place.object != NULL) {
            printable_write(i->place.object, out);
            fputs(": ", out);
        }
        printable_write(i->text, out);
        fputc('\n', out);
        shown[i->severity]++;
    }
    if (d->warning_count > shown[DIAG_WARNING])
        fprintf(out, "rlxc: and %u more warnings\n", d->warning_count - shown[DIAG_WARNING]);
    if (d->error_count > shown[DIAG_ERROR])
        fprintf(out, "rlxc: and %u more errors\n", d->error_count - shown[DIAG_ERROR]);
}
