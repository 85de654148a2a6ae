/* Reads JSON (RFC 8259) without memory of its own: json_check looks at a whole text once, and then
 * the other functions walk over it. In: texts from anywhere; out: whether they are JSON, and the
 * values in them. */
#ifndef RLX_JSON_IN_H
#define RLX_JSON_IN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room for a sentence, and how many values may lie inside each other. */
enum { JSON_WHY_BYTES = 160, JSON_IN_DEPTH = 2048 };

/* Whether a text is one JSON object or array; if not, `why` says what is wrong. A byte 0 follows
 * the text. Integers fit an int64_t and reals a double; names have no \u0000, and texts only with
 * `nul_allowed`. */
bool json_check(const char *text, size_t bytes, bool nul_allowed, char why[JSON_WHY_BYTES]);

/* The functions below take and return the first byte of a value inside a text that json_check
 * accepted; NULL: none. That byte tells the kind: { [ " t f n, and otherwise a number. */
static inline bool json_in_is(const char *value, char kind)
{
    return value != NULL && *value == kind;
}

const char *json_in_root(const char *text);
/* The value of a name in an object, the last one if the name is repeated. No such name, or no
 * object: NULL. */
const char *json_in_member(const char *object, const char *name);
/* The elements of an array, in turn, then NULL; NULL at once if it is no array. */
const char *json_in_first(const char *array);
const char *json_in_next(const char *element);

/* A text, malloc'd, with a NUL at its end; NULL: no memory. */
char *json_in_text(const char *text, size_t *bytes);
/* False if the value is no integer. */
bool json_in_integer(const char *value, int64_t *integer);

#endif
