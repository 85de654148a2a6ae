/* Values of chat templates: what JSON can say, and what Python has besides. They live in the memory
 * of one rendering, which ends with it.
 *
 * Texts know their origin. A byte of a text is *marked* if somebody wrote it in a message, a tool
 * or a document; the template's own text is not. Every operation carries the marks along, so that
 * nobody can spell a control token from inside a message.
 *
 * An operation that fails says so once (render_fail) and gives an undefined value; callers go on
 * and the machine stops at the next instruction.
 */
#ifndef RLX_VALUE_H
#define RLX_VALUE_H

#include "rlx/rlx.h"
#include "rlx/template_format.h"

#include <setjmp.h>

enum value_kind {
    VALUE_ABSENT, /* an argument that was not given */
    VALUE_UNDEFINED,
    VALUE_NONE,
    VALUE_BOOL,
    VALUE_INTEGER,
    VALUE_BIG, /* an integer beyond 64 bits: its digits */
    VALUE_FLOAT,
    VALUE_TEXT,
    VALUE_LIST,
    VALUE_TUPLE,
    VALUE_RANGE,
    VALUE_VIEW,      /* keys, values or items of a dict */
    VALUE_GENERATOR, /* gives its items once */
    VALUE_DICT,
    VALUE_NAMESPACE,
    VALUE_MACRO,
    VALUE_FUNCTION, /* number: template_global */
    VALUE_METHOD,   /* bound to an object */
    VALUE_LOOP,
    VALUE_CYCLER,
    VALUE_JOINER,
};

enum marking { MARK_NONE, MARK_ALL, MARK_MIXED };

struct text {
    const char *data; /* UTF-8, as it came: invalid bytes count as characters of one byte */
    size_t bytes;
    size_t points;        /* characters; SIZE_MAX: not counted yet */
    const uint8_t *marks; /* MARK_MIXED: 0 or 1 for each byte */
    enum marking marking;
};

struct value;
struct sequence {
    struct value *items;
    size_t count, capacity;
    bool consumed;      /* a generator that has given its items */
    const char *prefix; /* of a view: "dict_items"; of a tuple that groupby made: its type */
};
struct dict {
    struct dict_entry *entries; /* in order of insertion */
    size_t count, capacity;
    uint32_t *slots; /* hash table of entry + 1; NULL while few */
    size_t slot_count;
};
struct method;
struct macro;
struct loop;
struct cycle { /* a cycler, or a joiner with one text */
    struct sequence *items;
    size_t at;
};

struct value {
    uint8_t kind;    /* value_kind */
    bool safe;       /* a text that HTML escaping leaves as it is (Python's Markup) */
    bool named;      /* undefined: `why` is a whole sentence rather than the name of a variable */
    uint32_t number; /* a function */
    union {
        bool truth;
        int64_t integer;
        double real;
        const struct text *text;
        struct sequence *sequence;
        struct dict *dict;
        const struct method *method;
        const struct macro *macro;
        struct loop *loop;
        struct cycle *cycle;
        const struct text *why; /* undefined: its name, or a sentence; may be NULL */
    } as;
};

struct dict_entry {
    struct value key, value;
};

/* ---- one rendering: its memory, its limits, its error ---- */

enum {
    RENDER_DEPTH = 128,              /* of nested values, and of nested calls */
    RENDER_MEMORY = 256 << 20,       /* bytes, and 32 for each byte of the conversation */
    RENDER_STEPS = 40 * 1000 * 1000, /* instructions, items and bytes of text, 16 or 64 of them for
                                      * one step; and 1 for each byte of the conversation */
};

struct render_chunk;
struct template;
struct render {
    const struct template *template;
    struct render_chunk *chunks;
    char *at, *end;
    size_t memory, memory_limit;
    uint64_t steps, step_limit;
    const struct text *now; /* of strftime_now, ISO 8601; NULL: the clock's local time */
    uint32_t line;          /* of the template, at the instruction that runs; 0: none runs */
    bool failed;
    const struct text *raised; /* the whole message of raise_exception; NULL: it was not called */
    rlx_status status;
    rlx_error error;
    jmp_buf *way_out; /* of render_try; NULL outside of it */
};

void render_free(struct render *r);
/* Calls work(r, context). Whatever allocates does so in there: beyond the limit, or without memory,
 * work ends where it is, with an error. So it may hold nothing that must be given back. */
void render_try(struct render *r, void (*work)(struct render *r, void *context), void *context);
/* Aligned to 16 bytes, zeroed; never NULL. Does not come back where there is no memory. */
void *render_alloc(struct render *r, size_t bytes);
/* Counts work; false (and an error) when there was too much. */
bool render_charge(struct render *r, uint64_t steps);
/* To call before a look at the members of a value that is nested `depth` deep: counts a step; false
 * (and an error) where it is deeper than RENDER_DEPTH. */
bool render_descend(struct render *r, uint32_t depth);
/* Gives an undefined value. The first failure counts. The template's line is put in front. */
struct value render_fail(struct render *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* ---- making ---- */

extern const struct value value_undefined, value_none, value_absent;
struct value value_bool(bool truth);
struct value value_integer(int64_t integer);
struct value value_float(double real);
struct value value_text(struct render *r, const char *data, size_t bytes, enum marking marking);
struct value value_literal(struct render *r, const char *text); /* a C string, not marked */
struct value value_of_text(const struct text *text);
/* An undefined value that knows its name, or the sentence that its use fails with. */
struct value value_undefined_name(struct render *r, const char *name, size_t bytes);
struct value value_undefined_because(struct render *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
struct value value_sequence(struct render *r, enum value_kind kind, size_t capacity);
bool sequence_add(struct render *r, struct sequence *s, struct value item);
struct value value_dict(struct render *r, enum value_kind kind);
bool dict_set(struct render *r, struct dict *d, struct value key, struct value value);
const struct value *dict_get(struct render *r, const struct dict *d, struct value key); /* NULL */
const struct value *dict_find(const struct dict *d, const char *key);
struct dict *dict_copy(struct render *r, const struct dict *d);

/* ---- asking ---- */

static inline bool is_text(struct value v)
{
    return v.kind == VALUE_TEXT;
}
static inline bool is_given(struct value v)
{
    return v.kind != VALUE_ABSENT;
}
bool is_integer(struct value v, int64_t *out); /* bool counts, as in Python */
bool is_number(struct value v, double *out);
bool is_sequence(
    struct value v); /* list, tuple, range: has an order and a length, can be indexed */
const char *value_type_name(struct value v); /* Python's, for messages */
bool value_truth(struct value v);
bool value_equal(struct render *r, struct value a, struct value b);
/* -1, 0, 1; an error where they have no order. */
int value_compare(struct render *r, struct value a, struct value b, const char *operator);
/* Sorts by the keys; equal ones keep their order, also where the greatest comes first. */
void sort_entries(struct render *r, struct dict_entry *entries, size_t count, bool reverse);
bool value_contains(struct render *r, struct value container, struct value item);
uint64_t value_hash(struct render *r, struct value v); /* an error where it has none */
/* len(); -1 and an error where there is none. */
int64_t value_length(struct render *r, struct value v);
/* The items that iteration gives: of a list itself, of a text its characters, of a dict its keys. A
 * generator gives them once. NULL and an error where it has none. */
struct sequence *value_items(struct render *r, struct value v);

/* ---- texts ---- */

struct builder {
    struct render *render;
    char *data;
    uint8_t *marks; /* NULL while nothing is marked */
    size_t count, capacity;
};
void builder_add(struct builder *b, const char *data, size_t bytes); /* not marked */
void builder_add_marked(struct builder *b, const char *data, size_t bytes, bool marked);
void builder_add_text(struct builder *b, const struct text *t);
/* Bytes from..to of a text. */
void builder_add_part(struct builder *b, const struct text *t, size_t from, size_t to);
/* Marks what was added since there were `from` bytes. */
void builder_mark(struct builder *b, size_t from);
void builder_printf(struct builder *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
struct value builder_value(struct builder *b);

/* Every pass over a text counts, so that the limit of steps bounds the time. */
size_t text_points(struct render *r, const struct text *t);
/* Of a character; `bytes` at the end. */
size_t text_offset(struct render *r, const struct text *t, size_t point);
bool text_marked_at(const struct text *t, size_t byte);
bool text_marked(const struct text *t, size_t from, size_t to); /* any byte of it */
bool text_is(const struct text *t, const char *other);
struct value text_part(struct render *r, const struct text *t, size_t from, size_t to); /* bytes */
/* First place of `what` in bytes from..to, or SIZE_MAX. */
size_t text_find(struct render *r, const struct text *t, const struct text *what, size_t from,
                 size_t to);
size_t text_find_last(struct render *r, const struct text *t, const struct text *what, size_t from,
                      size_t to);
bool point_is_space(uint32_t point); /* as Python's str.isspace */
struct value text_strip(struct render *r, const struct text *t, const struct text *chars, bool left,
                        bool right);
struct value text_replace(struct render *r, const struct text *t, const struct text *old,
                          const struct text *new, int64_t max);
enum text_case { CASE_UPPER, CASE_LOWER, CASE_TITLE, CASE_FOLDED };
void builder_add_point_case(struct builder *b, const struct text *t, size_t at, enum text_case to);
struct value text_change_case(struct render *r, const struct text *t, enum text_case to);
uint32_t point_bits(const struct template *t, uint32_t point); /* rlx_template_class */

/* ---- printing ---- */

/* str() and repr(). */
const struct text *value_str(struct render *r, struct value v);
void builder_add_str(struct builder *b, struct value v);
void builder_add_repr(struct builder *b, struct value v, uint32_t depth);
void builder_add_float(struct builder *b, double real);
/* snprintf of a format such as "%.*f", with "." for the point whatever locale is set. */
size_t print_real(char *out, size_t room, const char *format, int precision, double real);
void builder_add_escaped(struct builder *b, const struct text *t); /* & < > ' " as HTML */
/* A number from text, by Python's float(): false where it is none. */
bool text_to_float(const char *data, size_t bytes, double *out);
/* int(text, base): false where it is none; *big where it does not fit. */
bool text_to_integer(const char *data, size_t bytes, int base, int64_t *out, bool *big);

/* ---- JSON ---- */

/* Reads one JSON text into a value; its texts are marked. Depth and size are bounded. False and an
 * error, with the place, where it is none. */
bool json_read(struct render *r, const char *data, size_t bytes, struct value *out);
struct json_style {
    bool ascii, sort_keys;
    const struct text *indent;             /* NULL: all on one line */
    const struct text *item_end, *key_end; /* NULL: ", " and ": " */
};
void json_write(struct builder *b, struct value v, const struct json_style *style, uint32_t depth);

#endif
