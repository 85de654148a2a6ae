/* Walks every function of headers of rlx.h. In: the headers, and a table with one call per
 * function. Each call is made with NULL in every set of its pointers and with wrong struct_bytes:
 * each must be a refusal that names the argument and changes nothing, or what the header allows.
 * The walk reads functions, pointers and structures from the headers, so that no new one is left
 * out. */
#ifndef RLX_TESTS_SUPPORT_API_WALK_H
#define RLX_TESTS_SUPPORT_API_WALK_H

#include "tests/support/compiled.h"

#include <ctype.h>

enum { MAX_POINTERS = 8 };

/* The pointer, or NULL where its bit is set; pointers are counted as they stand in the header. */
#define P(index, pointer) ((null >> (index)&1) != 0 ? NULL : (pointer))
/* Of functions that give no status: that of a refusal where what they give is 0. */
#define GIVES(value) ((value) ? RLX_OK : RLX_ERROR_BAD_ARGUMENT)
#define CALL(name) static rlx_status call_##name(unsigned null, rlx_error *error)

/* A structure of the caller, with the struct_bytes that the walk tries. */
static enum { SIZE_RIGHT, SIZE_0, SIZE_1, SIZE_SHORT, SIZE_HUGE, SIZES } walk_size;
static inline void walk_resize(uint32_t *struct_bytes)
{
    const uint32_t sizes[SIZES] = {*struct_bytes, 0, 1, *struct_bytes - 1, UINT32_MAX};
    *struct_bytes = sizes[walk_size];
}
#define SIZED(type, name)         \
    type name = type##_default(); \
    walk_resize(&name.struct_bytes)

/* `allowed`: arguments that may be NULL, each between blanks, besides error and context. */
struct walk_entry {
    const char *name, *allowed;
    rlx_status (*call)(unsigned null, rlx_error *error);
};
#define ENTRY(name, allowed)                              \
    {                                                     \
#name, " error context " allowed " ", call_##name \
    }

struct walk {
    const char *const *headers; /* below runtime/include, ends with NULL */
    const struct walk_entry *entries;
    unsigned count;
    void (*prepare)(void);   /* before each call */
    void (*unchanged)(void); /* after each refusal: nothing changed */
};

/* All that rlx.h includes. */
static const char *const walk_all[] = {"rlx/base.h",  "rlx/device.h", "rlx/instance.h",
                                       "rlx/model.h", "rlx/saved.h",  "rlx/session.h",
                                       "rlx/text.h"};

/* A function as the header declares it. */
struct declared {
    char name[64], pointers[MAX_POINTERS][32];
    unsigned count;
    bool has_error, has_status, has_structure;
};

/* Types with struct_bytes: "rlx_timings *". */
static struct {
    char names[24][48];
    unsigned count;
} walk_structures;

/* The last word of [from, to). */
static inline void last_word(const char *from, const char *to, char word[], size_t capacity)
{
    while (to > from && !isalnum((unsigned char)to[-1]) && to[-1] != '_')
        to--;
    const char *start = to;
    while (start > from && (isalnum((unsigned char)start[-1]) || start[-1] == '_'))
        start--;
    assert_true((size_t)(to - start) < capacity);
    memcpy(word, start, (size_t)(to - start));
    word[to - start] = 0;
}

static inline bool is_within(const char *from, const char *to, const char *text)
{
    const char *found = strstr(from, text);
    return found != NULL && found < to;
}

static inline bool is_structure(const char *from, const char *to)
{
    for (unsigned i = 0; i < walk_structures.count; i++)
        if (is_within(from, to, walk_structures.names[i]))
            return true;
    return false;
}

/* Reads the declaration at `text`, which ends with a semicolon. */
static inline struct declared read_declaration(const char *text)
{
    struct declared d = {0};
    const char *open = strchr(text, '('), *end = strchr(text, ';');
    assert_true(open != NULL && end != NULL && open < end);
    last_word(text, open, d.name, sizeof d.name);
    d.has_status = is_within(text, open, "rlx_status ");
    for (const char *at = open + 1; at < end;) {
        const char *comma = at + strcspn(at, ",;");
        d.has_structure = d.has_structure || is_structure(at, comma);
        if (is_within(at, comma, "*") || is_within(at, comma, "_fn ")) {
            assert_true(d.count < MAX_POINTERS);
            last_word(at, comma, d.pointers[d.count], sizeof d.pointers[0]);
            d.has_error = d.has_error || strcmp(d.pointers[d.count], "error") == 0;
            d.count++;
        }
        at = comma + 1;
    }
    return d;
}

static inline bool is_allowed(const struct walk_entry *e, const struct declared *d, unsigned null,
                              unsigned i)
{
    char word[40];
    snprintf(word, sizeof word, " %s ", d->pointers[i]);
    if (strcmp(e->name, "rlx_saved_read") == 0 && (null & 12) == 12 && (i == 2 || i == 3))
        return true; /* a note and its length go together */
    return strstr(e->allowed, word) != NULL;
}

static inline void expect_refusal(const struct walk_entry *e, const struct declared *d,
                                  unsigned null, rlx_status status, const rlx_error *error)
{
    bool named = false;
    if (status != RLX_ERROR_BAD_ARGUMENT)
        fail_msg("%s with NULLs %#x: %s", e->name, null, rlx_status_name(status));
    if (!d->has_error || (null >> (d->count - 1) & 1) != 0)
        return;
    for (unsigned i = 0; i < d->count; i++)
        named = named || ((null >> i & 1) != 0 && strstr(error->text, d->pointers[i]) != NULL);
    if (!named || strstr(error->text, "must not be NULL") == NULL)
        fail_msg("%s with NULLs %#x: %s", e->name, null, error->text);
}

static inline void walk_nulls(const struct walk *w, const struct walk_entry *e,
                              const struct declared *d)
{
    for (unsigned null = 0; null < 1u << d->count; null++) {
        rlx_error error = {0};
        bool refused = false;
        for (unsigned i = 0; i < d->count; i++)
            refused = refused || ((null >> i & 1) != 0 && !is_allowed(e, d, null, i));
        w->prepare();
        rlx_status status = e->call(null, &error);
        if (refused) {
            expect_refusal(e, d, null, status, &error);
            w->unchanged();
        } else if (d->has_error && strstr(error.text, "NULL") != NULL) {
            fail_msg("%s with NULLs %#x: %s", e->name, null, error.text);
        }
    }
}

/* A call that does not give the walk's size to its structure succeeds, and fails here. */
static inline void walk_sizes(const struct walk *w, const struct walk_entry *e,
                              const struct declared *d)
{
    for (walk_size = SIZE_0; d->has_structure && walk_size < SIZES; walk_size++) {
        rlx_error error = {0};
        w->prepare();
        rlx_status status = e->call(0, &error);
        if (status != RLX_ERROR_BAD_ARGUMENT ||
            (d->has_error && strstr(error.text, "struct_bytes") == NULL))
            fail_msg("%s with the wrong size %d: %s, '%s'", e->name, (int)walk_size,
                     rlx_status_name(status), error.text);
        w->unchanged();
    }
    walk_size = SIZE_RIGHT;
}

static inline void add_structure(const char *from, const char *to)
{
    unsigned i = walk_structures.count++;
    assert_true(i < sizeof walk_structures.names / sizeof walk_structures.names[0]);
    last_word(from, to, walk_structures.names[i], sizeof walk_structures.names[0]);
    strcat(walk_structures.names[i], " *");
}

/* Types that have a TYPE_default. */
static inline void read_structures(const char *header)
{
    static const char macro[] = "\nRLX_DEFAULT_IS_ZERO(", function[] = "\nstatic __inline__ rlx_";
    for (const char *at = header; (at = strstr(at, macro)) != NULL; at++)
        add_structure(at, strchr(at, ')'));
    for (const char *at = header; (at = strstr(at, function)) != NULL; at++)
        add_structure(at, strchr(at + sizeof function, ' '));
}

static inline char *read_header(const char *name)
{
    enum { CAPACITY = 1 << 16 };
    char path[64], *header = malloc(CAPACITY);
    snprintf(path, sizeof path, "runtime/include/%s", name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(header);
    header[fread(header, 1, CAPACITY - 1, file)] = 0;
    assert_true(feof(file));
    fclose(file);
    return header;
}

static inline void walk_headers(const struct walk *w)
{
    unsigned seen = 0, included = 0;
    char *umbrella = read_header("rlx/rlx.h");
    for (const char *at = umbrella; (at = strstr(at, "\n#include <")) != NULL; at++)
        included++;
    assert_int_equal(included, sizeof walk_all / sizeof walk_all[0]);
    free(umbrella);
    for (size_t i = 0; i < sizeof walk_all / sizeof walk_all[0]; i++) {
        char *header = read_header(walk_all[i]);
        read_structures(header);
        free(header);
    }
    for (const char *const *name = w->headers; *name != NULL; name++) {
        char *header = read_header(*name);
        for (char *at = header; (at = strstr(at, "\nRLX_API ")) != NULL; at++) {
            struct declared d = read_declaration(at + 1);
            unsigned i = 0;
            while (i < w->count && strcmp(w->entries[i].name, d.name) != 0)
                i++;
            if (i == w->count)
                fail_msg("%s of %s is not tested here", d.name, *name);
            walk_nulls(w, &w->entries[i], &d);
            walk_sizes(w, &w->entries[i], &d);
            seen++;
        }
        free(header);
    }
    assert_int_equal(seen, w->count);
}

#endif
