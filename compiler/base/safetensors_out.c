/* The writer of safetensors files. In: tensors in memory; out: one file, in the order they were
 * added. */
#include "compiler/base/safetensors_out.h"

#include <string.h>

void safetensors_add(struct safetensors_out *s, const char *name, enum dtype dtype, uint32_t rank,
                     const uint64_t *shape, const void *data)
{
    struct safetensors_tensor t = {.dtype = dtype, .rank = rank, .data = data};

    assert(rank <= SAFETENSORS_MAX_RANK && dtype_info[dtype].safetensors[0] != 0);
    for (uint32_t i = 0; i < s->tensor_count; i++)
        assert(strcmp(s->tensors[i].name, name) != 0);
    t.name = arena_printf(s->arena, "%s", name);
    for (uint32_t i = 0; i < rank; i++)
        t.shape[i] = shape[i];
    ARENA_PUSH(s->arena, s->tensors, s->tensor_count, s->tensor_capacity) = t;
}

static uint64_t tensor_bytes(const struct safetensors_tensor *t)
{
    uint64_t bytes = dtype_info[t->dtype].bytes;

    for (uint32_t i = 0; i < t->rank; i++)
        bytes *= t->shape[i];
    return bytes;
}

static void quote(struct text *out, const char *text)
{
    text_add_bytes(out, "\"", 1);
    for (const char *c = text; *c != 0; c++) {
        if (*c == '"' || *c == '\\')
            text_add(out, "\\%c", *c);
        else if ((unsigned char)*c < 0x20)
            text_add(out, "\\u%04x", (unsigned)*c);
        else
            text_add_bytes(out, c, 1);
    }
    text_add_bytes(out, "\"", 1);
}

static void header(const struct safetensors_out *s, struct text *out)
{
    uint64_t offset = 0;

    text_add_bytes(out, "{", 1);
    for (uint32_t i = 0; i < s->tensor_count; i++) {
        const struct safetensors_tensor *t = &s->tensors[i];
        uint64_t end = offset + tensor_bytes(t);
        text_add(out, "%s", i == 0 ? "" : ",");
        quote(out, t->name);
        text_add(out, ":{\"dtype\":\"%s\",\"shape\":[", dtype_info[t->dtype].safetensors);
        for (uint32_t j = 0; j < t->rank; j++)
            text_add(out, "%s%llu", j == 0 ? "" : ",", (unsigned long long)t->shape[j]);
        text_add(out, "],\"data_offsets\":[%llu,%llu]}", (unsigned long long)offset,
                 (unsigned long long)end);
        offset = end;
    }
    text_add_bytes(out, "}", 1);
    while (out->bytes % 8 != 0)
        text_add_bytes(out, " ", 1);
}

bool safetensors_write(const struct safetensors_out *s, const char *path, struct diags *d)
{
    struct text json = {.arena = s->arena};
    uint8_t length[8];
    struct out o;

    header(s, &json);
    for (uint32_t i = 0; i < 8; i++)
        length[i] = (uint8_t)((uint64_t)json.bytes >> (8 * i));
    if (!out_open(&o, path, d))
        return false;
    out_write(&o, length, sizeof length);
    out_write(&o, json.data, json.bytes);
    for (uint32_t i = 0; i < s->tensor_count; i++)
        out_write(&o, s->tensors[i].data, tensor_bytes(&s->tensors[i]));
    return out_commit(&o, false);
}
