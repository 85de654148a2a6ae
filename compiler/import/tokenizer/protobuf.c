/* The wire format of Protocol Buffers. In: bytes. Out: their fields, or a fault. */
#include "compiler/import/tokenizer/protobuf.h"

#include <string.h>

static bool fault(struct protobuf *p, const char *what)
{
    p->fault = what;
    return false;
}

/* Seven bits a byte, low ones first. */
static bool read_varint(struct protobuf *p, uint64_t *value)
{
    *value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
        if (p->at == p->end)
            return fault(p, "ends within a number");
        uint8_t byte = *p->at++;
        if (shift == 63 && byte > 1)
            return fault(p, "has a number of more than 64 bits");
        *value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return true;
    }
    return fault(p, "has a number of more than 64 bits");
}

static bool read_fixed(struct protobuf *p, unsigned bytes, uint64_t *value)
{
    if ((size_t)(p->end - p->at) < bytes)
        return fault(p, "ends within a number");
    *value = 0;
    for (unsigned i = 0; i < bytes; i++)
        *value |= (uint64_t)*p->at++ << 8 * i;
    return true;
}

static bool read_bytes(struct protobuf *p, struct protobuf_field *field)
{
    if (!read_varint(p, &field->bytes))
        return false;
    if (field->bytes > (uint64_t)(p->end - p->at))
        return fault(p, "ends within a field");
    field->data = p->at;
    p->at += field->bytes;
    return true;
}

bool protobuf_next(struct protobuf *p, struct protobuf_field *field)
{
    uint64_t key;

    *field = (struct protobuf_field){0};
    if (p->fault != NULL || p->at == p->end || !read_varint(p, &key))
        return false;
    if (key >> 3 == 0 || key >> 3 > 0x1fffffff)
        return fault(p, "has a field without a number");
    field->number = (uint32_t)(key >> 3);
    switch (key & 7) {
    case PROTOBUF_varint:
        field->wire = PROTOBUF_varint;
        return read_varint(p, &field->value);
    case PROTOBUF_64:
        field->wire = PROTOBUF_64;
        return read_fixed(p, 8, &field->value);
    case PROTOBUF_32:
        field->wire = PROTOBUF_32;
        return read_fixed(p, 4, &field->value);
    case PROTOBUF_bytes:
        field->wire = PROTOBUF_bytes;
        return read_bytes(p, field);
    }
    return fault(p, "has a field of an unknown type");
}

struct protobuf protobuf_inner(const struct protobuf_field *field)
{
    return (struct protobuf){.at = field->data, .end = field->data + field->bytes};
}

float protobuf_float(const struct protobuf_field *field)
{
    uint32_t bits = (uint32_t)field->value;
    float value;

    memcpy(&value, &bits, sizeof value);
    return value;
}
