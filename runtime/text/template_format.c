/* Formatting in chat templates: "%5.2f" % value and "{:>8}".format(value), with Python's meaning.
 * In: a format and values; out: text. Widths and precisions are bounded.
 */
#include "runtime/text/template_text.h"

#include "runtime/base/utf8.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { WIDTH_MAX = 100000, PRECISION_MAX = 100 };

struct style {
    struct text fill;
    char align; /* '<', '>', '^', '='; 0: by type */
    char sign;  /* '+', ' ' or '-' */
    bool alternate, zero;
    char grouping;            /* ',' or '_' or 0 */
    int64_t width, precision; /* precision -1: none */
    char type;                /* 0: by value */
};

static const struct style plain = {
    .fill = {.data = " ", .bytes = 1, .points = 1}, .sign = '-', .precision = -1};

/* ---- numbers ---- */

/* Writes digits with their groups of `size`. */
static void add_grouped(struct builder *b, const char *digits, size_t count, char grouping,
                        size_t size)
{
    for (size_t i = 0; i < count; i++) {
        if (grouping != 0 && i != 0 && (count - i) % size == 0)
            builder_add(b, &grouping, 1);
        builder_add(b, digits + i, 1);
    }
}

static size_t digits_of(uint64_t value, unsigned base, bool upper, char out[65])
{
    char reversed[65];
    size_t count = 0;

    do
        reversed[count++] = (upper ? "0123456789ABCDEF" : "0123456789abcdef")[value % base];
    while ((value /= base) != 0);
    for (size_t i = 0; i < count; i++)
        out[i] = reversed[count - 1 - i];
    return count;
}

/* A number's sign, prefix and digits become a padded field. */
static void add_number(struct builder *b, const struct style *s, bool negative, const char *prefix,
                       const struct text *digits)
{
    const char sign = negative ? '-' : s->sign;
    int64_t length = (sign != '-' || negative) + (int64_t)strlen(prefix) + (int64_t)digits->bytes;
    int64_t pad = s->width > length ? s->width - length : 0;
    char align = s->align != 0 ? s->align : s->zero ? '=' : '>';
    int64_t left = align == '>' ? pad : align == '^' ? pad / 2 : 0;
    const struct text zero = {.data = "0", .bytes = 1, .points = 1};
    const struct text *fill = s->zero && s->align == 0 ? &zero : &s->fill;

    for (int64_t i = 0; i < left; i++)
        builder_add_text(b, fill);
    if (sign != '-' || negative)
        builder_add(b, &sign, 1);
    builder_add(b, prefix, strlen(prefix));
    for (int64_t i = 0; align == '=' && i < pad; i++)
        builder_add_text(b, fill);
    builder_add_text(b, digits);
    for (int64_t i = left; align != '=' && i < pad; i++)
        builder_add_text(b, fill);
}

static void add_integer(struct builder *b, const struct style *s, int64_t value)
{
    struct builder digits = {.render = b->render};
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    char type = s->type, text[65];
    unsigned base = type == 'x' || type == 'X' ? 16 : type == 'o' ? 8 : type == 'b' ? 2 : 10;
    const char *prefix = !s->alternate ? ""
                         : type == 'x' ? "0x"
                         : type == 'X' ? "0X"
                         : type == 'o' ? "0o"
                         : type == 'b' ? "0b"
                                       : "";
    size_t count = digits_of(magnitude, base, type == 'X', text);

    for (int64_t i = (int64_t)count; i < s->precision; i++)
        builder_add(&digits, "0", 1);
    add_grouped(&digits, text, count, s->grouping, base == 10 ? 3 : 4);
    add_number(b, s, value < 0, prefix, builder_value(&digits).as.text);
}

static void add_real(struct builder *b, const struct style *s, double real)
{
    struct builder digits = {.render = b->render};
    char text[512], type = s->type;
    double magnitude = fabs(real);

    if (type == 0 && s->precision < 0) {
        builder_add_float(&digits, magnitude);
    } else {
        char print = type == '%' ? 'f' : type == 0 || type == 'n' ? 'g' : type;
        int precision = s->precision < 0 ? 6 : (int)s->precision;
        const char format[] = {'%', '#', '.', '*', print, 0}, plainly[] = {'%', '.', '*', print, 0};
        size_t count = print_real(text, sizeof text, s->alternate ? format : plainly, precision,
                                  type == '%' ? magnitude * 100 : magnitude);
        size_t whole = strspn(text, "0123456789");
        add_grouped(&digits, text, whole, s->grouping, 3);
        builder_add(&digits, text + whole, count - whole);
        if (type == 0 && memchr(text, '.', count) == NULL && memchr(text, 'e', count) == NULL &&
            isfinite(real))
            builder_add(&digits, ".0", 2);
        if (type == '%')
            builder_add(&digits, "%", 1);
    }
    add_number(b, s, signbit(real) && !isnan(real), "", builder_value(&digits).as.text);
}

/* ---- texts ---- */

static void add_field(struct builder *b, const struct style *s, const struct text *t)
{
    struct text cut = *t;

    if (s->precision >= 0) {
        cut.bytes = text_offset(b->render, t, (size_t)s->precision);
        cut.points = SIZE_MAX;
    }
    int64_t pad = s->width - (int64_t)text_points(b->render, &cut);
    int64_t left = s->align == '>' ? pad : s->align == '^' ? pad / 2 : 0;
    for (int64_t i = 0; i < left && !b->render->failed; i++)
        builder_add_text(b, &s->fill);
    builder_add_text(b, &cut);
    for (int64_t i = left < 0 ? 0 : left; i < pad && !b->render->failed; i++)
        builder_add_text(b, &s->fill);
}

static void add_character(struct builder *b, const struct style *s, struct value v)
{
    int64_t point;
    char out[4];

    if (is_text(v) && text_points(b->render, v.as.text) == 1) {
        add_field(b, s, v.as.text);
        return;
    }
    if (!is_integer(v, &point) || point < 0 || point > 0x10ffff) {
        render_fail(b->render, "%%c requires an int in range(0x110000) or a character");
        return;
    }
    /* Marked: nobody knows where the number came from, and any text can be spelled this way. */
    const struct text t = {.data = out,
                           .bytes = utf8_write((uint32_t)point, out),
                           .points = SIZE_MAX,
                           .marking = MARK_ALL};
    add_field(b, s, &t);
}

static const struct text *repr_text(struct render *r, struct value v)
{
    struct builder b = {.render = r};

    builder_add_repr(&b, v, 0);
    return builder_value(&b).as.text;
}

/* ---- "%…" % value ---- */

struct percent {
    struct render *render;
    const struct text *format;
    size_t at;
    struct value values; /* a tuple, a dict, or one value */
    size_t next;         /* value to take */
    struct builder out;
};

static struct value next_value(struct percent *p)
{
    if (p->values.kind == VALUE_TUPLE && p->next < p->values.as.sequence->count)
        return p->values.as.sequence->items[p->next++];
    if (p->values.kind != VALUE_TUPLE && p->next == 0) {
        p->next++;
        return p->values;
    }
    return render_fail(p->render, "not enough arguments for format string");
}

static char peek(const struct percent *p)
{
    return p->at < p->format->bytes ? p->format->data[p->at] : 0;
}

/* Digits, or a star that takes a value. */
static int64_t read_count(struct percent *p, int64_t otherwise, int64_t max)
{
    int64_t count = otherwise;

    if (peek(p) == '*') {
        p->at++;
        count = integer_argument(p->render, next_value(p), 0);
    } else {
        for (count = peek(p) >= '0' && peek(p) <= '9' ? 0 : otherwise;
             peek(p) >= '0' && peek(p) <= '9' && count <= max; p->at++)
            count = count * 10 + (peek(p) - '0');
    }
    if (count > max || count < -max)
        render_fail(p->render, "a width or precision of a format is larger than %lld",
                    (long long)max);
    return count;
}

static void read_flags(struct percent *p, struct style *s)
{
    for (; peek(p) != 0; p->at++) {
        switch (peek(p)) {
        case '-':
            s->align = '<';
            break;
        case '+':
            s->sign = '+';
            break;
        case ' ':
            s->sign = s->sign == '+' ? '+' : ' ';
            break;
        case '#':
            s->alternate = true;
            break;
        case '0':
            s->zero = true;
            break;
        default:
            return;
        }
    }
}

static void add_percent_value(struct percent *p, struct style *s, struct value v)
{
    double real;
    int64_t integer;

    if (p->render->failed)
        return;
    if (strchr("sra", s->type) != NULL) {
        s->align = s->align == '<' ? '<' : '>';
        add_field(&p->out, s, s->type == 's' ? value_str(p->render, v) : repr_text(p->render, v));
        return;
    }
    if (s->type == 'c') {
        s->align = s->align == '<' ? '<' : '>';
        add_character(&p->out, s, v);
        return;
    }
    if (!is_number(v, &real)) {
        render_fail(p->render, "%%%c format: a real number is required, not %s", s->type,
                    value_type_name(v));
        return;
    }
    if (strchr("diuxXo", s->type) == NULL) {
        add_real(&p->out, s, real);
    } else if (is_integer(v, &integer) || (strchr("diu", s->type) != NULL && fabs(real) < 9e18)) {
        if (v.kind == VALUE_FLOAT)
            integer = (int64_t)real;
        add_integer(&p->out, s, integer);
    } else {
        render_fail(p->render, "%%%c format: an integer is required, not %s", s->type,
                    value_type_name(v));
    }
}

/* After the %: one conversion. */
static void read_percent(struct percent *p)
{
    struct style s = plain;
    struct value v = value_absent;

    if (peek(p) == '(') {
        const char *end = memchr(p->format->data + p->at, ')', p->format->bytes - p->at);
        if (end == NULL || p->values.kind != VALUE_DICT) {
            render_fail(p->render,
                        end == NULL ? "incomplete format key" : "format requires a mapping");
            return;
        }
        size_t to = (size_t)(end - p->format->data);
        struct value key = text_part(p->render, p->format, p->at + 1, to);
        const struct value *found = dict_get(p->render, p->values.as.dict, key);
        v = found != NULL ? *found : render_fail(p->render, "a format's key is not in the mapping");
        p->at = to + 1;
    }
    read_flags(p, &s);
    s.width = read_count(p, 0, WIDTH_MAX);
    if (s.width < 0 && !p->render->failed) {
        s.align = '<';
        s.width = -s.width;
    }
    if (peek(p) == '.') {
        p->at++;
        s.precision = read_count(p, 0, PRECISION_MAX);
    }
    while (peek(p) != 0 && strchr("hlL", peek(p)) != NULL)
        p->at++;
    s.type = peek(p);
    if (s.type == '%') {
        builder_add(&p->out, "%", 1);
    } else if (s.type == 0 || strchr("sradiuxXoeEfFgGc", s.type) == NULL) {
        render_fail(p->render,
                    s.type == 0 ? "incomplete format" : "unsupported format character '%c'",
                    s.type);
    } else {
        add_percent_value(p, &s, is_given(v) ? v : next_value(p));
    }
    p->at++;
}

struct value format_percent(struct render *r, const struct text *format, struct value value)
{
    struct percent p = {.render = r, .format = format, .values = value, .out = {.render = r}};

    while (p.at < format->bytes && render_charge(r, 1)) {
        const char *percent = memchr(format->data + p.at, '%', format->bytes - p.at);
        size_t to = percent == NULL ? format->bytes : (size_t)(percent - format->data);
        builder_add_part(&p.out, format, p.at, to);
        p.at = to + 1;
        if (percent == NULL)
            break;
        size_t start = p.out.count;
        read_percent(&p);
        if (text_marked(format, to, p.at < format->bytes ? p.at : format->bytes))
            builder_mark(&p.out, start); /* who wrote the format chose fill, sign and prefix */
    }
    bool left = value.kind == VALUE_TUPLE
                    ? p.next < value.as.sequence->count
                    : value.kind != VALUE_DICT && value.kind != VALUE_LIST && p.next == 0;
    if (left && !r->failed)
        return render_fail(r, "not all arguments converted during string formatting");
    return builder_value(&p.out);
}

/* ---- "{…}".format(…) ---- */

static bool is_align(char c)
{
    return c != 0 && strchr("<>^=", c) != NULL;
}

/* "[[fill]align][sign][#][0][width][,][.precision][type]"; false where it is none. */
static bool read_style(const struct text *t, struct style *s)
{
    size_t at = 0;
    uint32_t point;

    *s = plain;
    size_t first = t->bytes == 0 ? 0 : utf8_read(t->data, t->bytes, 0, &point);
    if (first < t->bytes && is_align(t->data[first])) {
        s->fill = (struct text){.data = t->data, .bytes = first, .points = 1};
        s->align = t->data[first];
        at = first + 1;
    } else if (t->bytes != 0 && is_align(t->data[0])) {
        s->align = t->data[at++];
    }
#define PEEK (at < t->bytes ? t->data[at] : 0)
    if (PEEK == '+' || PEEK == ' ' || PEEK == '-')
        s->sign = t->data[at++];
    if (PEEK == '#')
        s->alternate = at++ < t->bytes;
    if (PEEK == '0')
        s->zero = at++ < t->bytes;
    for (; PEEK >= '0' && PEEK <= '9' && s->width <= WIDTH_MAX; at++)
        s->width = s->width * 10 + (PEEK - '0');
    if (PEEK == ',' || PEEK == '_')
        s->grouping = t->data[at++];
    if (PEEK == '.') {
        at++;
        for (s->precision = 0; PEEK >= '0' && PEEK <= '9' && s->precision <= PRECISION_MAX; at++)
            s->precision = s->precision * 10 + (PEEK - '0');
    }
    if (PEEK != 0)
        s->type = t->data[at++];
#undef PEEK
    return at == t->bytes && s->width <= WIDTH_MAX && s->precision <= PRECISION_MAX;
}

static void add_styled(struct builder *b, struct value v, const struct text *style)
{
    struct style s;
    double real;
    int64_t integer;
    bool good = read_style(style, &s);

    if (style->bytes == 0) {
        builder_add_str(b, v);
    } else if (good && is_text(v) && (s.type == 0 || s.type == 's') && s.align != '=') {
        if (s.zero && s.align == 0)
            s.fill = (struct text){.data = "0", .bytes = 1, .points = 1};
        add_field(b, &s, v.as.text);
    } else if (good && v.kind != VALUE_FLOAT && is_integer(v, &integer) &&
               (s.type == 0 || strchr("dxXobn", s.type) != NULL) && s.precision < 0) {
        add_integer(b, &s, integer);
    } else if (good && s.type == 'c' && is_integer(v, &integer)) {
        add_character(b, &s, v);
    } else if (good && is_number(v, &real) && (s.type == 0 || strchr("eEfFgGn%", s.type) != NULL)) {
        add_real(b, &s, real);
    } else {
        render_fail(b->render, "the format '%.*s' does not fit a %s",
                    (int)(style->bytes < 40 ? style->bytes : 40), style->data, value_type_name(v));
    }
}

struct braces {
    struct render *render;
    const struct arguments *arguments;
    size_t next;
    bool numbered, automatic;
};

/* "0", "name" or "" and then ".attribute" and "[key]". */
static struct value field_value(struct braces *f, const struct text *name)
{
    struct render *r = f->render;
    size_t end = 0;
    int64_t index;
    bool big;
    struct value v = value_absent;

    while (end < name->bytes && name->data[end] != '.' && name->data[end] != '[')
        end++;
    if (end == 0) {
        index = (int64_t)f->next++;
        f->automatic = true;
    } else if (!text_to_integer(name->data, end, 10, &index, &big) || big) {
        index = -1;
        render_charge(r, f->arguments->keyword_count / 16);
        for (size_t i = 0; i < f->arguments->keyword_count; i++) {
            const struct text *key = f->arguments->keywords[i].key.as.text;
            if (key->bytes == end && memcmp(key->data, name->data, end) == 0)
                v = f->arguments->keywords[i].value;
        }
    } else {
        f->numbered = true;
    }
    if (f->automatic && f->numbered)
        return render_fail(r, "cannot switch between manual and automatic field numbering");
    if (index >= 0 && (uint64_t)index < f->arguments->count)
        v = f->arguments->values[index];
    if (!is_given(v))
        return render_fail(r, "a format's field has no argument");
    while (end < name->bytes && !r->failed) {
        bool item = name->data[end++] == '[';
        size_t from = end;
        while (end < name->bytes &&
               (item ? name->data[end] != ']' : name->data[end] != '.' && name->data[end] != '['))
            end++;
        struct value key = text_part(r, name, from, end);
        end += item;
        if (item && text_to_integer(key.as.text->data, key.as.text->bytes, 10, &index, &big))
            key = value_integer(index);
        v = item ? template_item(r, v, key) : template_attribute(r, v, key);
    }
    return v;
}

/* What is between { and }. */
static void add_replacement(struct braces *f, struct builder *out, const struct text *field)
{
    struct render *r = f->render;
    size_t name = 0;

    for (bool inside = false; name < field->bytes; name++) {
        char c = field->data[name];
        if (!inside && (c == '!' || c == ':'))
            break;
        inside = c == '[' || (inside && c != ']');
    }
    struct value v = field_value(f, text_part(r, field, 0, name).as.text);
    size_t at = name;
    if (at + 1 < field->bytes && field->data[at] == '!') {
        char conversion = field->data[at + 1];
        v = value_of_text(conversion == 's' ? value_str(r, v) : repr_text(r, v));
        at += 2;
    }
    if (at < field->bytes && field->data[at] != ':')
        render_fail(r, "expected ':' after conversion specifier");
    const struct text *style = text_part(r, field, at + 1, field->bytes).as.text;
    if (!r->failed)
        add_styled(out, v, style);
}

struct value format_braces(struct render *r, const struct text *format, const struct arguments *a)
{
    struct braces f = {.render = r, .arguments = a};
    struct builder out = {.render = r};

    for (size_t at = 0; at < format->bytes && render_charge(r, 1);) {
        char c = format->data[at];
        if (c != '{' && c != '}') {
            builder_add_part(&out, format, at, at + 1);
            at++;
        } else if (at + 1 < format->bytes && format->data[at + 1] == c) {
            builder_add_part(&out, format, at, at + 1);
            at += 2;
        } else {
            const char *end = memchr(format->data + at, '}', format->bytes - at);
            if (c == '}' || end == NULL)
                return render_fail(r, "Single '%c' encountered in format string", c);
            size_t to = (size_t)(end - format->data);
            if (memchr(format->data + at + 1, '{', to - at - 1) != NULL)
                return render_fail(r, "a format inside of a format is not supported");
            size_t start = out.count;
            add_replacement(&f, &out, text_part(r, format, at + 1, to).as.text);
            if (text_marked(format, at, to + 1))
                builder_mark(&out, start);
            at = to + 1;
        }
    }
    return builder_value(&out);
}
