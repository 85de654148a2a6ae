/* GGUF files (versions 2 and 3): metadata as typed values over the mapped bytes, and tensor
 * directory. Every length, count and offset is checked when the file is opened; after that, callers
 * may read the values without further checks.
 */
#ifndef RLXC_GGUF_H
#define RLXC_GGUF_H

#include "compiler/import/model.h"

enum gguf_type {
    GGUF_u8,
    GGUF_i8,
    GGUF_u16,
    GGUF_i16,
    GGUF_u32,
    GGUF_i32,
    GGUF_f32,
    GGUF_bool,
    GGUF_string,
    GGUF_array,
    GGUF_u64,
    GGUF_i64,
    GGUF_f64,
    GGUF_TYPE_COUNT,
};

struct gguf_value {
    str_id key;
    enum gguf_type type;    /* GGUF_array: of `element`s */
    enum gguf_type element; /* of arrays; gguf_array_* reads no arrays of arrays */
    uint64_t count;         /* elements of an array */
    uint64_t offset;        /* of the value's first byte (string: of its length; array: of its first
                        element) in the file */
};

struct gguf {
    struct model *model;
    const struct file *file; /* of the first part */
    uint32_t version;
    struct gguf_value *values;
    uint32_t value_count;
    uint32_t file_index;   /* of `file` in model->files */
    uint64_t tensor_count; /* entries of the tensor directory */
    uint64_t directory;    /* its offset */
    uint64_t alignment;    /* of tensor data */
};

const struct gguf_value *gguf_find(const struct gguf *g, const char *key); /* NULL if absent */
/* Scalars, converted; false if absent, or of another kind (an error). */
bool gguf_get_u64(const struct gguf *g, const char *key, uint64_t *out, struct diags *d);
bool gguf_get_f64(const struct gguf *g, const char *key, double *out, struct diags *d);
bool gguf_get_bool(const struct gguf *g, const char *key, bool *out, struct diags *d);
bool gguf_get_string(const struct gguf *g, const char *key, const char **text, uint64_t *bytes,
                     struct diags *d); /* not NUL-terminated */
/* The same for a value that is known to be a number or bool, and for one that is a string. */
double gguf_number(const struct gguf *g, const struct gguf_value *v);
void gguf_text(const struct gguf *g, const struct gguf_value *v, const char **text,
               uint64_t *bytes);
/* Arrays of strings: calls `each` for every element in order; stops when it returns false. */
bool gguf_each_string(const struct gguf *g, const struct gguf_value *v,
                      bool (*each)(void *context, uint64_t index, const char *text, uint64_t bytes),
                      void *context);
double gguf_array_number(const struct gguf *g, const struct gguf_value *v,
                         uint64_t index); /* an element of a numeric or bool array */

#endif
