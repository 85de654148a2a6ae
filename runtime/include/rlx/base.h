/* What all headers of the library share: its version, statuses, errors and what callbacks return.
 * Include <rlx/rlx.h>. */
#ifndef RLX_BASE_H
#define RLX_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The version of these headers: the only place that says it. Within one major version, programs
 * that were built with older headers run with a newer library. */
#define RLX_VERSION_MAJOR 1
#define RLX_VERSION_MINOR 0
#define RLX_VERSION_PATCH 0

#ifdef __cplusplus
extern "C" {
#endif

#define RLX_API __attribute__((visibility("default")))

/* TYPE_default(): the structure with its struct_bytes set and all other fields zero. */
#define RLX_DEFAULT_IS_ZERO(type)                \
    static __inline__ type type##_default(void)  \
    {                                            \
        type made;                               \
        __builtin_memset(&made, 0, sizeof made); \
        made.struct_bytes = sizeof made;         \
        return made;                             \
    }

typedef struct rlx_model rlx_model;
typedef struct rlx_session rlx_session;
typedef struct rlx_instance rlx_instance;

typedef enum {
    RLX_OK,
    RLX_ERROR_BAD_ARGUMENT,
    RLX_ERROR_NO_MEMORY,
    RLX_ERROR_BAD_FILE, /* damaged, truncated, or not an artifact */
    RLX_ERROR_NO_MODEL, /* a program that carries no artifact */
    RLX_ERROR_WRONG_VERSION,
    RLX_ERROR_NO_DEVICE,    /* the machine lacks what the code needs */
    RLX_ERROR_CONTEXT_FULL, /* more tokens than the context has room for */
    RLX_ERROR_NO_VARIANT,   /* no compiled variant serves this */
    RLX_ERROR_NO_TOKENIZER,
    RLX_ERROR_NO_TEMPLATE, /* the model has no chat template, or one that could not be compiled */
    RLX_ERROR_STOPPED,     /* a callback asked to stop */
    RLX_ERROR_IO,
    RLX_ERROR_INTERNAL,
    RLX_ERROR_TEMPLATE_FAILED, /* the chat template refuses the conversation, or fails on it */
    RLX_ERROR_NOT_NUMBERS /* a logit is NaN, or all are minus infinity: no token can be drawn */
} rlx_status;

typedef struct {
    rlx_status status;
    char text[240]; /* one sentence, NUL-terminated */
} rlx_error;

/* What every callback returns. */
typedef enum { RLX_GO_ON, RLX_GO_STOP } rlx_go;

RLX_API const char *rlx_status_name(rlx_status status); /* "context full" */
/* The version of the library: "1.0.0". */
RLX_API const char *rlx_version(void);

#ifdef __cplusplus
}
#endif

#endif
