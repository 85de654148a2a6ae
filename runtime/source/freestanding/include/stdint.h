/* What the model needs of stdint.h, from the compiler's own names for it: the header that comes
 * with a compiler may read the one of a libc, and there may be none. */
#ifndef MODEL_STDINT_H
#define MODEL_STDINT_H

typedef __INT8_TYPE__ int8_t;
typedef __INT16_TYPE__ int16_t;
typedef __INT32_TYPE__ int32_t;
typedef __INT64_TYPE__ int64_t;
typedef __UINT8_TYPE__ uint8_t;
typedef __UINT16_TYPE__ uint16_t;
typedef __UINT32_TYPE__ uint32_t;
typedef __UINT64_TYPE__ uint64_t;

#define UINT64_C(value) ((uint64_t)value##ULL)

#endif
