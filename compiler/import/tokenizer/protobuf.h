/* Reads messages in the wire format of Protocol Buffers, field by field. In: bytes that nobody has
 * checked. Out: fields whose bounds are checked. Source of the format: protobuf.dev, "Encoding". */
#ifndef RLXC_PROTOBUF_H
#define RLXC_PROTOBUF_H

#include "compiler/base/base.h"

struct protobuf {
    const uint8_t *at, *end; /* of the message */
    const char *fault;       /* NULL until something is wrong with the bytes */
};

enum protobuf_wire { PROTOBUF_varint = 0, PROTOBUF_64 = 1, PROTOBUF_bytes = 2, PROTOBUF_32 = 5 };

struct protobuf_field {
    uint32_t number;
    enum protobuf_wire wire;
    uint64_t value; /* of numbers */
    const uint8_t *data;
    uint64_t bytes; /* of PROTOBUF_bytes, in place */
};

/* The next field. False at the end, and on a fault. */
bool protobuf_next(struct protobuf *p, struct protobuf_field *field);
/* The message in a field of bytes. */
struct protobuf protobuf_inner(const struct protobuf_field *field);
/* A field of 32 bits as a float. */
float protobuf_float(const struct protobuf_field *field);

#endif
