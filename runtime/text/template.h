/* Chat templates: the TEMPLATE section of an artifact (rlx/template_format.h), opened and run. The
 * section is used where it lies; opening checks it once and allocates nothing. Rendering allocates
 * working memory, within limits, and frees it before it returns.
 */
#ifndef RLX_TEMPLATE_H
#define RLX_TEMPLATE_H

#include "runtime/base/marked_text.h"
#include "runtime/text/value.h"

/* Views into the section; immutable after template_open, shared by any number of threads. */
struct template
{
    const struct rlx_template_header *header; /* NULL: not open */
    const char *text;
    const struct rlx_template_constant *constants;
    const struct rlx_template_text *names;
    const struct rlx_template_instruction *code;
    const uint32_t *lines;
    const struct rlx_template_macro *macros;
    const uint32_t *parameters;
    const struct rlx_template_variable *variables;
    const struct rlx_template_class_range *classes;
    const struct rlx_template_case *cases;
    uint32_t name_count, code_count, variable_count, class_count, case_count;
};

/* `section` must be aligned to 8 bytes and outlive `t`. RLX_ERROR_BAD_FILE where any table does not
 * hold together. */
rlx_status template_open(struct template *t, const void *section, size_t bytes, rlx_error *error);

/* Runs the template over variables of the caller's: a dict whose names hide the template's own.
 * False where it fails; render->error says why. `out` is the render's memory. */
bool template_run(struct render *r, const struct dict *variables, struct builder *out);

/* ---- between the files template_*.c ---- */

enum template_global {
    GLOBAL_range,
    GLOBAL_dict,
    GLOBAL_namespace,
    GLOBAL_cycler,
    GLOBAL_joiner,
    GLOBAL_raise_exception,
    GLOBAL_strftime_now,
    GLOBAL_COUNT
};

/* What stands in the parentheses of a call. */
struct arguments {
    const struct value *values;
    size_t count;
    const struct dict_entry *keywords; /* keys are texts */
    size_t keyword_count;
};
const struct value *find_keyword(const struct arguments *a, const char *name); /* NULL: not given */
/* Puts values and keywords into the places that `parameters` ("width first blank") names; what was
 * not given is absent. False and an error that names `callee` where they do not fit. */
bool bind_arguments(struct render *r, const char *callee, const char *parameters,
                    const struct arguments *a, struct value *places, size_t capacity);
/* Numbers, texts and truths from places; defaults where absent. An error where they are of another
 * type. */
int64_t integer_argument(struct render *r, struct value v, int64_t otherwise);
int64_t times_argument(struct render *r, struct value v); /* -1, for any number, where negative */
bool truth_argument(struct value v, bool otherwise);
const struct text *text_argument(struct render *r, struct value v); /* NULL: absent or none */

/* An error with the message that an undefined value has. */
struct value fail_undefined(struct render *r, struct value v);

/* object.name and object[key]; undefined where there is none. */
struct value template_attribute(struct render *r, struct value object, struct value name);
struct value template_item(struct render *r, struct value object, struct value key);
struct value template_slice(struct render *r, struct value object, struct value from,
                            struct value to, struct value step);
struct value template_binary(struct render *r, enum rlx_template_binary op, struct value a,
                             struct value b);
struct value template_unary(struct render *r, enum rlx_template_unary op, struct value v);
bool template_compare(struct render *r, enum rlx_template_compare op, struct value a,
                      struct value b);
/* The path of attributes that map, sort and others take: "a.b.0". */
struct value template_path(struct render *r, struct value object, struct value path);

struct value call_global(struct render *r, enum template_global which, const struct arguments *a);
struct value call_method(struct render *r, const struct method *m, const struct arguments *a);
struct value text_method(struct render *r, const struct text *t, uint32_t number,
                         const struct arguments *a);
struct value call_filter(struct render *r, uint32_t filter, struct value input,
                         const struct arguments *a);
bool call_test(struct render *r, uint32_t test, struct value input, const struct arguments *a);
/* By name, as map and select take them; an error where there is none. */
bool find_filter(struct render *r, struct value name, uint32_t *filter);
bool find_test(struct render *r, struct value name, uint32_t *test);
bool is_filter_name(const struct text *name);

/* "…" % value, and "…".format(…). */
struct value format_percent(struct render *r, const struct text *format, struct value value);
struct value format_braces(struct render *r, const struct text *format, const struct arguments *a);
/* strftime of `moment` (ISO 8601 text), or of now in local time where it is NULL. */
struct value format_time(struct render *r, const struct text *format, const struct text *moment);

struct method {
    struct value object;
    uint32_t number; /* in the table of its type */
};

struct loop {
    const struct sequence *items;
    size_t index;      /* of the item at hand; SIZE_MAX before the first */
    struct value seen; /* by changed() */
    bool completed;    /* the body came to its end once: what decides about `else` */
    uint32_t depth, code;
    struct scope *outer;
    struct loop *below;
};

struct macro {
    const struct rlx_template_macro *description;
    struct scope *scope;
};

#endif
