/* GGUF: header and metadata. In: a mapped file; out: typed values that point into it, with every
 * length and count checked.
 *
 * Source: the GGUF specification (ggml-org/ggml, docs/gguf.md), versions 2 and 3, little-endian.
 */
#include "compiler/import/import.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_VALUES = 1 << 16,
    MAX_TENSORS = 1 << 20,
    MAX_KEY_BYTES = 65535,
    MAX_ARRAY_DEPTH = 4,
    DEFAULT_ALIGNMENT = 32,
    MIN_ALIGNMENT = 8,
    MAX_ALIGNMENT = 1 << 20,
    MIN_VALUE_BYTES = 8 + 1 + 4 + 1,          /* length, key, type, value */
    MIN_TENSOR_BYTES = 8 + 1 + 4 + 8 + 4 + 8, /* length, name, rank, one size, type, offset */
};

/* By type; 0 if the size is not fixed. */
static const uint8_t type_bytes[GGUF_TYPE_COUNT] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
static const char *const type_name[GGUF_TYPE_COUNT] = {
    "u8", "i8", "u16", "i16", "u32", "i32", "f32", "bool", "string", "array", "u64", "i64", "f64"};

struct reader {
    const struct file *file;
    uint64_t at;
    const char *key; /* the key being read, or NULL */
    struct diags *d;
};

static struct place here(const struct reader *r)
{
    return (struct place){.file = r->file->path, .offset = r->at, .object = r->key};
}

/* The next bytes; NULL and an error if the file ends first. */
static const uint8_t *take(struct reader *r, uint64_t bytes, const char *what)
{
    if (!range_inside(r->at, bytes, r->file->bytes)) {
        diag_error(r->d, here(r),
                   "expected %" PRIu64 " bytes of %s, found the end of the file after %" PRIu64,
                   bytes, what, r->file->bytes - r->at);
        return NULL;
    }
    r->at += bytes;
    return r->file->data + (r->at - bytes);
}

static bool take_u32(struct reader *r, const char *what, uint32_t *out)
{
    const uint8_t *from = take(r, 4, what);

    if (from != NULL)
        memcpy(out, from, 4);
    return from != NULL;
}

static bool take_u64(struct reader *r, const char *what, uint64_t *out)
{
    const uint8_t *from = take(r, 8, what);

    if (from != NULL)
        memcpy(out, from, 8);
    return from != NULL;
}

static bool take_type(struct reader *r, enum gguf_type *out)
{
    uint32_t number;

    if (!take_u32(r, "a value's type", &number))
        return false;
    if (number >= GGUF_TYPE_COUNT)
        return diag_error(r->d, here(r), "expected a value type from 0 to %d, found %u",
                          GGUF_TYPE_COUNT - 1, number);
    *out = (enum gguf_type)number;
    return true;
}

static bool skip_value(struct reader *r, enum gguf_type type, struct gguf_value *v, uint32_t depth);

static bool skip_array(struct reader *r, struct gguf_value *v, uint32_t depth)
{
    uint64_t bytes;

    if (depth > MAX_ARRAY_DEPTH)
        return diag_error(r->d, here(r), "expected arrays nested at most %d deep, found more",
                          MAX_ARRAY_DEPTH);
    if (!take_type(r, &v->element) || !take_u64(r, "an array's length", &v->count))
        return false;
    v->offset = r->at;
    if (type_bytes[v->element] != 0) {
        if (!checked_mul(v->count, type_bytes[v->element], &bytes))
            return diag_error(r->d, here(r),
                              "expected an array inside the file, found %" PRIu64 " elements",
                              v->count);
        return take(r, bytes, "an array") != NULL;
    }
    for (uint64_t i = 0; i < v->count; i++) {
        struct gguf_value inner;
        if (!skip_value(r, v->element, &inner, depth + 1))
            return false;
    }
    return true;
}

/* Records where the value is, and skips it. */
static bool skip_value(struct reader *r, enum gguf_type type, struct gguf_value *v, uint32_t depth)
{
    uint64_t bytes;

    *v = (struct gguf_value){.type = type, .offset = r->at};
    if (type == GGUF_array)
        return skip_array(r, v, depth);
    if (type == GGUF_string)
        return take_u64(r, "a string's length", &bytes) && take(r, bytes, "a string") != NULL;
    return take(r, type_bytes[type], "a value") != NULL;
}

static bool read_value(struct reader *r, struct gguf *g)
{
    struct gguf_value value;
    enum gguf_type type = GGUF_u8;
    uint64_t bytes;

    r->key = NULL;
    if (!take_u64(r, "a key's length", &bytes))
        return false;
    if (bytes == 0 || bytes > MAX_KEY_BYTES)
        return diag_error(r->d, here(r), "expected a key of 1 to %d bytes, found %" PRIu64,
                          MAX_KEY_BYTES, bytes);
    const char *key = (const char *)take(r, bytes, "a key");
    if (key == NULL)
        return false;
    if (memchr(key, 0, bytes) != NULL)
        return diag_error(r->d, here(r), "expected a key of text, found a zero byte in it");
    str_id id = str_intern(g->model->strings, key, bytes);
    r->key = str_text(g->model->strings, id);
    if (!take_type(r, &type) || !skip_value(r, type, &value, 1))
        return false;
    value.key = id;
    g->values[g->value_count++] = value;
    return true;
}

static int by_key(const void *a, const void *b)
{
    str_id x = *(const str_id *)a, y = *(const str_id *)b;

    return x < y ? -1 : x > y;
}

static bool check_keys(const struct gguf *g, struct diags *d)
{
    uint32_t before = d->error_count;
    str_id *keys = arena_new(g->model->arena, str_id, g->value_count);

    for (uint32_t i = 0; i < g->value_count; i++)
        keys[i] = g->values[i].key;
    qsort(keys, g->value_count, sizeof *keys, by_key);
    for (uint32_t i = 1; i < g->value_count; i++)
        if (keys[i] == keys[i - 1])
            diag_error(d,
                       (struct place){.file = g->file->path,
                                      .object = str_text(g->model->strings, keys[i])},
                       "expected each key once, found it again");
    return d->error_count == before;
}

static bool read_alignment(struct gguf *g, struct diags *d)
{
    const char *key = "general.alignment";
    uint32_t before = d->error_count;

    g->alignment = DEFAULT_ALIGNMENT;
    gguf_get_u64(g, key, &g->alignment, d);
    if (d->error_count != before)
        return false;
    if (g->alignment < MIN_ALIGNMENT || g->alignment > MAX_ALIGNMENT ||
        (g->alignment & (g->alignment - 1)) != 0)
        return diag_error(d, (struct place){.file = g->file->path, .object = key},
                          "expected a power of two from %d to %d, found %" PRIu64, MIN_ALIGNMENT,
                          MAX_ALIGNMENT, g->alignment);
    return true;
}

static bool check_count(const struct reader *r, const char *what, uint64_t count, uint64_t max,
                        uint64_t min_bytes)
{
    uint64_t room = (r->file->bytes - r->at) / min_bytes;

    if (count > min_u64(max, room))
        return diag_error(r->d, here(r), "expected at most %" PRIu64 " %s (%s), found %" PRIu64,
                          min_u64(max, room), what,
                          room < max ? "the file cannot hold more" : "the limit of rlx", count);
    return true;
}

static bool read_header(struct reader *r, struct gguf *g, uint64_t *value_count)
{
    const uint8_t *magic = take(r, 4, "the magic number");

    if (magic == NULL)
        return false;
    if (memcmp(magic, "GGUF", 4) != 0)
        return diag_error(r->d, here(r),
                          "expected the magic number 'GGUF', found %02x %02x %02x %02x", magic[0],
                          magic[1], magic[2], magic[3]);
    if (!take_u32(r, "the version", &g->version))
        return false;
    if (g->version != 2 && g->version != 3)
        return diag_error(r->d, here(r), "expected GGUF version 2 or 3, found %u%s", g->version,
                          (g->version & 0xffff) == 0 ? " (a big-endian file?)" : "");
    if (!take_u64(r, "the number of tensors", &g->tensor_count) ||
        !take_u64(r, "the number of values", value_count))
        return false;
    return check_count(r, "values", *value_count, MAX_VALUES, MIN_VALUE_BYTES) &&
           check_count(r, "tensors", g->tensor_count, MAX_TENSORS, MIN_TENSOR_BYTES);
}

bool gguf_open(struct gguf *g, struct model *m, uint32_t file, struct diags *d)
{
    uint64_t value_count = 0;

    *g = (struct gguf){.model = m, .file = &m->files[file], .file_index = file};
    struct reader r = {.file = g->file, .d = d};
    if (!read_header(&r, g, &value_count))
        return false;
    g->values = arena_new(m->arena, struct gguf_value, value_count);
    for (uint64_t i = 0; i < value_count; i++)
        if (!read_value(&r, g))
            return false;
    g->directory = r.at;
    return check_keys(g, d) && read_alignment(g, d);
}

const struct gguf_value *gguf_find(const struct gguf *g, const char *key)
{
    str_id id = str_find(g->model->strings, key, strlen(key));

    for (uint32_t i = 0; id != 0 && i < g->value_count; i++)
        if (g->values[i].key == id)
            return &g->values[i];
    return NULL;
}

static bool wrong_type(const struct gguf *g, const struct gguf_value *v, const char *expected,
                       struct diags *d)
{
    struct place at = {
        .file = g->file->path, .offset = v->offset, .object = str_text(g->model->strings, v->key)};

    return diag_error(d, at, "expected %s, found a value of type %s", expected, type_name[v->type]);
}

/* A number or bool at `from`. Returns signed integers in `i`, other integers and bools in `u`,
 * floats in `f` only. */
struct scalar {
    bool negative;
    uint64_t u;
    double f;
};

static struct scalar signed_scalar(int64_t value)
{
    return (struct scalar){value < 0, (uint64_t)value, (double)value};
}

static struct scalar unsigned_scalar(uint64_t value)
{
    return (struct scalar){false, value, (double)value};
}

static struct scalar scalar_at(enum gguf_type type, const uint8_t *from)
{
    union {
        uint8_t u8;
        int8_t i8;
        uint16_t u16;
        int16_t i16;
        uint32_t u32;
        int32_t i32;
        uint64_t u64;
        int64_t i64;
        float f32;
        double f64;
    } bits;

    memcpy(&bits, from, type_bytes[type]);
    switch (type) {
    case GGUF_bool:
        return unsigned_scalar(bits.u8 != 0);
    case GGUF_u8:
        return unsigned_scalar(bits.u8);
    case GGUF_u16:
        return unsigned_scalar(bits.u16);
    case GGUF_u32:
        return unsigned_scalar(bits.u32);
    case GGUF_u64:
        return unsigned_scalar(bits.u64);
    case GGUF_i8:
        return signed_scalar(bits.i8);
    case GGUF_i16:
        return signed_scalar(bits.i16);
    case GGUF_i32:
        return signed_scalar(bits.i32);
    case GGUF_i64:
        return signed_scalar(bits.i64);
    case GGUF_f32:
        return (struct scalar){.f = (double)bits.f32};
    case GGUF_f64:
        return (struct scalar){.f = bits.f64};
    case GGUF_string:
    case GGUF_array:
    case GGUF_TYPE_COUNT:
        break;
    }
    unreachable("a scalar that is none");
}

static bool is_integer(enum gguf_type type)
{
    return type_bytes[type] != 0 && type != GGUF_f32 && type != GGUF_f64 && type != GGUF_bool;
}

bool gguf_get_u64(const struct gguf *g, const char *key, uint64_t *out, struct diags *d)
{
    const struct gguf_value *v = gguf_find(g, key);

    if (v == NULL)
        return false;
    if (!is_integer(v->type))
        return wrong_type(g, v, "an integer", d);
    struct scalar value = scalar_at(v->type, g->file->data + v->offset);
    if (value.negative)
        return diag_error(d,
                          (struct place){.file = g->file->path, .offset = v->offset, .object = key},
                          "expected an integer of at least 0, found %" PRId64, (int64_t)value.u);
    *out = value.u;
    return true;
}

bool gguf_get_f64(const struct gguf *g, const char *key, double *out, struct diags *d)
{
    const struct gguf_value *v = gguf_find(g, key);

    if (v == NULL)
        return false;
    if (type_bytes[v->type] == 0 || v->type == GGUF_bool)
        return wrong_type(g, v, "a number", d);
    *out = scalar_at(v->type, g->file->data + v->offset).f;
    return true;
}

bool gguf_get_bool(const struct gguf *g, const char *key, bool *out, struct diags *d)
{
    const struct gguf_value *v = gguf_find(g, key);

    if (v == NULL)
        return false;
    if (v->type != GGUF_bool)
        return wrong_type(g, v, "a bool", d);
    *out = g->file->data[v->offset] != 0;
    return true;
}

/* The string whose length is at `at`; moves `at` past it. */
static const char *string_at(const struct gguf *g, uint64_t *at, uint64_t *bytes)
{
    memcpy(bytes, g->file->data + *at, 8);
    const char *text = (const char *)g->file->data + *at + 8;
    *at += 8 + *bytes;
    return text;
}

bool gguf_get_string(const struct gguf *g, const char *key, const char **text, uint64_t *bytes,
                     struct diags *d)
{
    const struct gguf_value *v = gguf_find(g, key);

    if (v == NULL)
        return false;
    if (v->type != GGUF_string)
        return wrong_type(g, v, "a string", d);
    gguf_text(g, v, text, bytes);
    return true;
}

double gguf_number(const struct gguf *g, const struct gguf_value *v)
{
    return scalar_at(v->type, g->file->data + v->offset).f;
}

void gguf_text(const struct gguf *g, const struct gguf_value *v, const char **text, uint64_t *bytes)
{
    uint64_t at = v->offset;

    *text = string_at(g, &at, bytes);
}

bool gguf_each_string(const struct gguf *g, const struct gguf_value *v,
                      bool (*each)(void *context, uint64_t index, const char *text, uint64_t bytes),
                      void *context)
{
    uint64_t at = v->offset, bytes;

    if (v->type != GGUF_array || v->element != GGUF_string)
        return false;
    for (uint64_t i = 0; i < v->count; i++) {
        const char *text = string_at(g, &at, &bytes);
        if (!each(context, i, text, bytes))
            return false;
    }
    return true;
}

double gguf_array_number(const struct gguf *g, const struct gguf_value *v, uint64_t index)
{
    assert(v->type == GGUF_array && type_bytes[v->element] != 0 && index < v->count);
    return scalar_at(v->element, g->file->data + v->offset + index * type_bytes[v->element]).f;
}
