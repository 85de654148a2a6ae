/* The date and time of a chat template. In: a format of strftime and a moment; out: text, in the C
 * locale. A moment has no time zone, as Python's datetime.now() has none.
 */
#include "runtime/text/template.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct moment {
    struct tm when;
    long microseconds;
};

/* Reads two or more digits at *at. */
static bool read_number(const char **at, int digits, int *out)
{
    *out = 0;
    for (int i = 0; i < digits; i++, (*at)++) {
        if (**at < '0' || **at > '9')
            return false;
        *out = *out * 10 + (**at - '0');
    }
    return true;
}

/* 2025-03-09T14:05:06.123456, of which the time, its seconds and their fraction may be missing. */
static bool read_moment(const struct text *text, struct moment *m)
{
    char copy[40];
    const char *at = copy;
    int year, month, day, hour = 0, minute = 0, second = 0, digit;

    if (text->bytes >= sizeof copy)
        return false;
    memcpy(copy, text->data, text->bytes);
    copy[text->bytes] = 0;
    if (!read_number(&at, 4, &year) || *at++ != '-' || !read_number(&at, 2, &month) ||
        *at++ != '-' || !read_number(&at, 2, &day))
        return false;
    if ((*at == 'T' || *at == ' ') &&
        (at++, !read_number(&at, 2, &hour) || *at++ != ':' || !read_number(&at, 2, &minute)))
        return false;
    if (*at == ':' && (at++, !read_number(&at, 2, &second)))
        return false;
    long unit = 100000;
    m->microseconds = 0;
    if (*at == '.')
        for (at++; read_number(&at, 1, &digit); unit /= 10)
            m->microseconds += digit * unit;
    m->when = (struct tm){.tm_year = year - 1900,
                          .tm_mon = month - 1,
                          .tm_mday = day,
                          .tm_hour = hour,
                          .tm_min = minute,
                          .tm_sec = second,
                          .tm_isdst = -1};
    struct tm check = m->when;
    timegm(&check); /* the day of the week and of the year */
    m->when.tm_wday = check.tm_wday;
    m->when.tm_yday = check.tm_yday;
    return *at == 0 && month >= 1 && month <= 12 && check.tm_mday == day && hour < 24 &&
           minute < 60 && second < 60;
}

static void now(struct moment *m)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    localtime_r(&t.tv_sec, &m->when);
    m->microseconds = t.tv_nsec / 1000;
}

/* One conversion, "%" with its flags and letter: those that strftime does not have, and the missing
 * time zone. */
static void add_conversion(struct builder *b, const char *conversion, const struct moment *m,
                           locale_t c)
{
    char out[128];
    char letter = conversion[strlen(conversion) - 1];

    if (letter == 'f')
        builder_printf(b, "%06ld", m->microseconds);
    else if (letter != 'z' && letter != 'Z')
        builder_add(b, out, strftime_l(out, sizeof out, conversion, &m->when, c));
}

struct value format_time(struct render *r, const struct text *format, const struct text *moment)
{
    struct builder b = {.render = r};
    struct moment m;

    if (moment == NULL)
        now(&m);
    else if (!read_moment(moment, &m))
        return render_fail(r, "now: expected a moment such as 2025-03-09T14:05:06, found '%.*s'",
                           (int)(moment->bytes < 40 ? moment->bytes : 40), moment->data);
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (c == (locale_t)0)
        return render_fail(r, "no memory for a locale");
    for (size_t at = 0; at < format->bytes && !r->failed;) {
        char conversion[8] = "%";
        size_t length = 1;
        if (format->data[at] != '%') {
            builder_add_part(&b, format, at, at + 1);
            at++;
            continue;
        }
        while (at + length < format->bytes && length < 6 &&
               strchr("-_0^#", format->data[at + length]) != NULL)
            length++;
        length += at + length < format->bytes;
        memcpy(conversion, format->data + at, length);
        size_t start = b.count;
        if (length == 1)
            builder_add(&b, "%", 1);
        else
            add_conversion(&b, conversion, &m, c);
        if (text_marked(format, at, at + length))
            builder_mark(&b, start);
        at += length;
    }
    freelocale(c);
    return builder_value(&b);
}
