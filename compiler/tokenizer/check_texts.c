/* The sample of texts on which compiled tables are compared with the plain reading. In: a
 * vocabulary. Out: texts. */
#include "compiler/base/out.h"
#include "compiler/tokenizer/check.h"
#include "compiler/tokenizer/reading.h"

#include <string.h>

#define TEXT(text)             \
    {                          \
        text, sizeof(text) - 1 \
    }

static const struct step_text samples[] = {
    TEXT(""),
    TEXT(" "),
    TEXT("\n"),
    TEXT("a"),
    TEXT("  "),
    TEXT("\t\t x\r\n\r\n  y \n\n\n z   "),
    TEXT("Hello, world! It's a test; isn't it?"),
    TEXT(" Leading and trailing spaces  "),
    TEXT("I'm you're he's we'd they'll I've can't 'tis o'clock 'S 'T 'RE 'VE 'M 'LL 'D I'M YOU'RE"),
    TEXT("don\xe2\x80\x99t \xe2\x80\x98quoted\xe2\x80\x99 '\xc5\xbf it'\xc5\xbf "
         "\xe2\x84\xaa"),
    TEXT("camelCase PascalCase HTTPServer XMLHttpRequest iPhone eBay McDonald ABCdef ABC123def"),
    TEXT("0 12 345 6789 01234567890123456789 3.14 1,000,000 1e-9 0x1F 2024-01-31 12:30"),
    TEXT("\xd9\xa0\xd9\xa1\xd9\xa2\xd9\xa3 \xe0\xa5\xa7\xe0\xa5\xa8\xe0\xa5\xa9 "
         "\xc2\xb2\xc2\xb3\xc2\xb9\xc2\xbc\xc2\xbd \xe2\x85\xa3\xe2\x85\xa7 \xe2\x91\xa0"
         "\xe2\x91\xa9 \xef\xbc\x91\xef\xbc\x92"),
    TEXT("a1b2c3 x1000y 1st 2nd 10% $5.00 #1 @user user@example.org"),
    TEXT("https://example.org/a/b?c=d&e=f#g//h \\path\\to\\file ../x/y.tar.gz"),
    TEXT("for (int i = 0; i < n; i++) {\n    a[i] += b->c * *d;\n\tif (!x) return \"y\";\n}\n"),
    TEXT("def f(x):\n    \"\"\"Doc.\"\"\"\n    return {k: v for k, v in x.items() if v is not "
         "None}\n\n\n"),
    TEXT("<p class=\"a\">&nbsp;&amp;</p><!-- c --> <|x|> [INST] {{y}} <0x41> <0xE2>"),
    TEXT("!!! ??? ... --- === +++ *** ((())) [[]] ;;; ,,, ``` ''' \"\"\" ~~~ ^^^ ___ ### %%% $$$"),
    TEXT("a.b,c;d:e!f?g(h)i[j]k{l}m<n>o/p\\q|r'd\"s`t~u@v#w$x%y^z&a*b-c_d=e+f"),
    TEXT("_snake_case __init__ a__b _1 1_ x_"),
    TEXT("\xc3\x84rger \xc3\xa9t\xc3\xa9 na\xc3\xafve \xc5\x81\xc3\xb3\x64\xc5\xba "
         "\xc4\xb0stanbul \xc4\xb1\xc4\xb1 STRASSE stra\xc3\x9f\x65 \xe1\xba\x9e"),
    TEXT("e\xcc\x81 a\xcc\x8a\xcc\xa3 q\xcc\xa3\xcc\x87 \xcc\x81x \xe1\xba\x9b\xcc\xa3 "
         "\xc3\x85 \xe2\x84\xab \xcd\x84 \xe0\xa5\x98"),
    TEXT("\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82, \xd0\xbc\xd0\xb8\xd1\x80! "
         "\xd0\x81\xd0\xbb\xd0\xba\xd0\xb0 \xd0\xb8\xcc\x86"),
    TEXT("\xce\x9a\xce\xb1\xce\xbb\xce\xb7\xce\xbc\xce\xad\xcf\x81\xce\xb1 "
         "\xce\xba\xcf\x8c\xcf\x83\xce\xbc\xce\xb5\xcf\x82 \xce\x91\xce\xa3 \xe1\xbd\x88"),
    TEXT("\xe4\xbd\xa0\xe5\xa5\xbd\xef\xbc\x8c\xe4\xb8\x96\xe7\x95\x8c\xe3\x80\x82"
         "\xe4\xb8\xad\xe6\x96\x87"
         "abc\xe6\xb7\xb7"
         "123\xe5\x90\x88"),
    TEXT("\xe3\x81\x93\xe3\x82\x93\xe3\x81\xab\xe3\x81\xa1\xe3\x81\xaf\xe3\x80\x81\xe4\xb8\x96"
         "\xe7\x95\x8c \xe3\x82\xab\xe3\x82\xbf\xe3\x82\xab\xe3\x83\x8a\xe3\x83\xbc "
         "\xef\xbd\xb6\xef\xbe\x9e\xe3\x81\x8b\xe3\x82\x99"),
    TEXT("\xec\x95\x88\xeb\x85\x95\xed\x95\x98\xec\x84\xb8\xec\x9a\x94 "
         "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab"),
    TEXT("\xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7 "
         "\xd8\xa8\xd9\x90\xd8\xb3\xd9\x92\xd9\x85\xd9\x90 \xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d "
         "\xd7\xa9\xd6\xb8\xd7\x81"),
    TEXT("\xe0\xa4\xa8\xe0\xa4\xae\xe0\xa4\xb8\xe0\xa5\x8d\xe0\xa4\xa4\xe0\xa5\x87 "
         "\xe0\xae\xb5\xe0\xae\xa3\xe0\xae\x95\xe0\xaf\x8d\xe0\xae\x95\xe0\xae\xae\xe0\xaf\x8d "
         "\xe0\xb8\xaa\xe0\xb8\xa7\xe0\xb8\xb1\xe0\xb8\xaa\xe0\xb8\x94\xe0\xb8\xb5\xe0\xb8\xb3"),
    TEXT("\xf0\x9f\x98\x80\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd \xf0\x9f\x91\xa8\xe2\x80\x8d"
         "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7 \xf0\x9f\x87\xa9\xf0\x9f\x87\xaa "
         "\xe2\x9d\xa4\xef\xb8\x8f x\xe2\x83\xa3 1\xef\xb8\x8f\xe2\x83\xa3"),
    TEXT(
        "\xf0\x9d\x94\x98\xf0\x9d\x94\xab\xf0\x9d\x94\xa6 \xf0\xa0\x80\x80 \xef\xac\x81\xef\xac\x83 "
        "\xe2\x84\xa2 \xc2\xbd \xef\xbc\xa1\xef\xbd\x82 \xe3\x8d\xbf \xc7\x85"),
    TEXT("\xe2\x88\x91 \xe2\x88\xab \xe2\x89\xa4 \xe2\x86\x92 \xe2\x82\xac \xc2\xa3 \xc2\xa7 "
         "\xe2\x80\xa6 \xe2\x80\x94\xe2\x80\x93 \xc2\xab\xc2\xbb \xc2\xbf\xc2\xa1 \xe2\x80\xa2"),
    TEXT("a\xc2\xa0"
         "b\xe3\x80\x80"
         "c\xe2\x80\x89"
         "d\xe2\x80\x8b"
         "e\xe1\x9a\x80"
         "f\xe2\x80\xa8"
         "g\xe2\x80\xa9h\xc2\x85i\xe1\xa0\x8ej\xef\xbb\xbfk\xe2\x80\xaf l\xe2\x81\x9f"),
    TEXT("\xc2\xa0 \xc2\xa0x\xe3\x80\x80\xe3\x80\x80 \n\xc2\xa0\n\x0b\x0c\x1c\x1d\x1e\x1f y"),
    TEXT("\x01\x02\x03\x07\x08\x0e\x1b\x7f\xc2\x80\xc2\x9f\xc2\xad\xe2\x80\x8e\xe2\x81\xa0"),
    TEXT("nul \0 in the midst \0\0."),
    TEXT("\xef\xbf\xbd \xef\xbf\xbe \xee\x80\x80 \xf4\x8f\xbf\xbf \xf3\xa0\x81\xa1"),
    TEXT("\xe2\x96\x81"),
    TEXT("\xe2\x96\x81\xe2\x96\x81"
         "a \xe2\x96\x81"
         "b\xe2\x96\x81 c\xe2\x96\x81\xe2\x96\x81\xe2\x96\x81"),
    TEXT("   many      spaces       between        words         "),
    TEXT("\n\n\n\nlines\n\n \n  \nend\n"),
    TEXT("\r\n\r\r\n\n\r x\r"),
    TEXT(
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
    TEXT("abababababababababababababababababababab ================================ -------------"),
    TEXT("antidisestablishmentarianism pneumonoultramicroscopicsilicovolcanoconiosis"),
    TEXT("The quick brown fox jumps over the lazy dog. THE QUICK BROWN FOX. The Quick Brown Fox."),
    TEXT("In 1998, the committee (which had met 12 times) agreed: \"No further action.\" Then, "
         "nothing."),
    TEXT("Zwei Gr\xc3\xb6\xc3\x9f\x65n \xc3\xbc\x62\x65r Fl\xc3\xbcsse; l'\xc3\xa9t\xc3\xa9 "
         "d'apr\xc3\xa8s, qu'il aille \xc3\xa0 No\xc3\xabl; ma\xc3\xb1\x61na ser\xc3\xa1"),
    TEXT("x\xe4\xb8\xadx \xe4\xb8\xad x\xe4\xb8\xad \xe3\x80\x87\xf0\xab\xa4\xa0\xef\xa4\x80"),
    TEXT("``quoted'' ''two'' n't do not can not ' s ' ve . ? ! , 's 'm 're"),
    TEXT("\xd8\xa1\xe2\x81\xa7\xe2\x81\xa6 \xe2\x80\xab\xe2\x80\xac mixed \xd7\x90"
         "b\xd7\x92"
         "d"),
};

enum {
    RANDOM_TEXTS = 24,
    RANDOM_TOKENS = 16, /* of one text, at most */
    MAX_BYTES = 400,
    MAX_ADDED = 32 /* tokens that texts are made for */
};

static void add(struct arena *a, struct check_texts *out, struct step_text text)
{
    ARENA_PUSH(a, out->all, out->count, out->capacity) = text;
}

/* Each of some added tokens stands between other text, at the ends, twice, and next to another. */
static void add_added(const struct vocabulary *v, uint64_t *random, struct arena *a,
                      struct check_texts *out)
{
    uint32_t *added = arena_new(a, uint32_t, v->token_count), count = 0;
    for (uint32_t i = 0; i < v->token_count; i++)
        if (v->tokens[i].added && v->tokens[i].text && v->tokens[i].bytes <= MAX_BYTES / 4)
            added[count++] = i;
    for (uint32_t i = 0; i < count && i < MAX_ADDED; i++) {
        uint32_t chosen = count <= MAX_ADDED ? i : check_draw(random, count);
        const struct vocabulary_token *t = &v->tokens[added[chosen]],
                                      *other = &v->tokens[added[check_draw(random, count)]];
        struct text text = {.arena = a};
        text_add_bytes(&text, t->text, t->bytes);
        text_add(&text, i % 2 ? " \n a" : "b");
        text_add_bytes(&text, t->text, t->bytes);
        text_add_bytes(&text, other->text, other->bytes);
        text_add(&text, i % 3 ? "  x  " : "\xe4\xb8\xad 1");
        text_add_bytes(&text, other->text, other->bytes);
        text_add(&text, i % 5 ? "" : " ");
        add(a, out, (struct step_text){text.data, text.bytes});
    }
}

/* What random tokens decode to. */
static void add_random(const struct vocabulary *v, const struct reading *r, uint64_t *random,
                       struct arena *a, struct check_texts *out)
{
    for (uint32_t i = 0; i < RANDOM_TEXTS && v->token_count; i++) {
        uint32_t ids[RANDOM_TOKENS], count = 1 + check_draw(random, RANDOM_TOKENS);
        for (uint32_t k = 0; k < count; k++)
            ids[k] = check_draw(random, v->token_count);
        struct step_text text = reading_decode(r, ids, count, a);
        if (text.bytes <= MAX_BYTES)
            add(a, out, text);
    }
}

void check_texts_make(const struct vocabulary *v, const struct reading *r, struct arena *a,
                      struct check_texts *out)
{
    uint64_t random = 0x9e3779b97f4a7c15u;
    for (size_t i = 0; i < countof(samples); i++)
        add(a, out, samples[i]);
    add_added(v, &random, a, out);
    add_random(v, r, &random, a, out);
}
