/* Finds functions of libm in C source. Contract: source_libm.h. */
#include "compiler/pack/source_libm.h"

#include <ctype.h>
#include <string.h>

/* By what they take and give; '%' stands for double, or float in a name that ends with f. */
static const struct {
    const char *names, *result, *parameters;
} functions[] = {
    {" acos asin atan cos sin tan acosh asinh atanh cosh sinh tanh exp exp2 expm1 log log10 log1p "
     "log2 logb fabs cbrt sqrt erf erfc lgamma tgamma ceil floor nearbyint rint round trunc ",
     "%", "%"},
    {" pow atan2 fmod remainder copysign fdim fmax fmin hypot nextafter ", "%", "%, %"},
    {" fma ", "%", "%, %, %"},
    {" ldexp scalbn ", "%", "%, int"},
    {" lrint lround ", "long", "%"},
    {" llrint llround ", "long long", "%"},
    {" ilogb ", "int", "%"},
};

static const struct {
    const char *name, *definition;
} macros[] = {
    {"INFINITY", "INFINITY (__builtin_inff())"},
    {"NAN", "NAN (__builtin_nanf(\"\"))"},
    {"HUGE_VALF", "HUGE_VALF (__builtin_inff())"},
    {"isnan", "isnan(x) (__builtin_isnan(x))"},
    {"isinf", "isinf(x) (__builtin_isinf(x))"},
    {"isfinite", "isfinite(x) (__builtin_isfinite(x))"},
    {"signbit", "signbit(x) (__builtin_signbit(x))"},
};

/* Index in `functions`, and whether it takes floats; -1: it is none of them. */
static int find_function(const char *name, size_t length, bool *is_float)
{
    char word[16];

    for (*is_float = false; length + 3 <= sizeof word; *is_float = true, length--) {
        snprintf(word, sizeof word, " %.*s ", (int)length, name);
        for (uint32_t i = 0; i < countof(functions); i++)
            if (strstr(functions[i].names, word) != NULL)
                return (int)i;
        if (*is_float || length < 2 || name[length - 1] != 'f')
            break;
    }
    return -1;
}

static void add_name(struct libm_names *names, const char *name, size_t length)
{
    uint32_t at = 0;
    bool is_float;

    for (uint32_t i = 0; i < countof(macros); i++)
        if (strlen(macros[i].name) == length && memcmp(macros[i].name, name, length) == 0)
            names->macros |= 1u << i;
    if (find_function(name, length, &is_float) < 0)
        return;
    char word[16];
    snprintf(word, sizeof word, "%.*s", (int)length, name);
    while (at < names->count && strcmp(names->name[at], word) < 0)
        at++;
    if (at < names->count && strcmp(names->name[at], word) == 0)
        return;
    assert(names->count < LIBM_MAX);
    memmove(names->name[at + 1], names->name[at], (names->count++ - at) * sizeof word);
    memcpy(names->name[at], word, sizeof word);
}

/* The end of a comment, a string or a character that begins at `at`; `at` itself: there is none. */
static const char *skip_text(const char *at, const char *end)
{
    if (end - at >= 2 && at[0] == '/' && at[1] == '*') {
        for (at += 2; end - at >= 2 && !(at[0] == '*' && at[1] == '/');)
            at++;
        return end - at >= 2 ? at + 2 : end;
    }
    if (end - at >= 2 && at[0] == '/' && at[1] == '/') {
        const char *line = memchr(at, '\n', (size_t)(end - at));
        return line == NULL ? end : line;
    }
    if (*at == '"' || *at == '\'') {
        const char quote = *at++;
        while (at < end && *at != quote)
            at += *at == '\\' && end - at >= 2 ? 2 : 1;
        return at < end ? at + 1 : end;
    }
    return at;
}

void libm_find(const char *source, size_t bytes, struct libm_names *names)
{
    const char *end = source + bytes;

    for (const char *at = source; at < end;) {
        const char *start = at;
        at = skip_text(at, end);
        if (at != start)
            continue;
        while (at < end && (isalnum((unsigned char)*at) || *at == '_'))
            at++;
        if (at == start)
            at++;
        else if (!isdigit((unsigned char)*start))
            add_name(names, start, (size_t)(at - start));
    }
}

/* "%, %" with the type. */
static void add_typed(struct text *out, const char *pattern, const char *type)
{
    for (; *pattern != 0; pattern++) {
        if (*pattern == '%')
            text_add(out, "%s", type);
        else
            text_add_bytes(out, pattern, 1);
    }
}

void libm_header(const struct libm_names *names, struct text *out)
{
    text_add(out,
             "/* What the model needs of math.h: functions of libm, which the program that it is\n"
             " * linked into must have where the compiler has no instruction for them. */\n"
             "#ifndef MODEL_MATH_H\n#define MODEL_MATH_H\n\n");
    for (uint32_t i = 0; i < countof(macros); i++)
        if ((names->macros >> i & 1) != 0)
            text_add(out, "#define %s\n", macros[i].definition);
    for (uint32_t i = 0; i < names->count; i++) {
        bool is_float;
        int f = find_function(names->name[i], strlen(names->name[i]), &is_float);
        const char *type = is_float ? "float" : "double";
        assert(f >= 0);
        add_typed(out, functions[f].result, type);
        text_add(out, " %s(", names->name[i]);
        add_typed(out, functions[f].parameters, type);
        text_add(out, ");\n");
    }
    text_add(out, "%s#endif\n", names->count != 0 || names->macros != 0 ? "\n" : "");
}
