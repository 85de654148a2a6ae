/* Errors and names of statuses. In: a status and a format; out: the caller's rlx_error. A message
 * is formatted directly into the caller's structure, so that a failure allocates nothing. */
#include "runtime/base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Makes room for the dots, and never cuts inside a UTF-8 character. */
static void cut(char *text, size_t capacity)
{
    size_t end = capacity - 4;
    while (end > 0 && ((unsigned char)text[end] & 0xC0) == 0x80)
        end--;
    memcpy(text + end, "...", 4);
}

rlx_status rlx_fail(rlx_error *error, rlx_status status, const char *format, ...)
{
    if (!error)
        return status;
    error->status = status;
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    if (length < 0)
        error->text[0] = 0;
    else if ((size_t)length >= sizeof error->text)
        cut(error->text, sizeof error->text);
    return status;
}

rlx_status rlx_fail_null(rlx_error *error, const char *function, const char *argument)
{
    return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, "%s: %s must not be NULL", function, argument);
}

const char *rlx_status_name(rlx_status status)
{
    static const char *const names[] = {
        [RLX_OK] = "ok",
        [RLX_ERROR_BAD_ARGUMENT] = "bad argument",
        [RLX_ERROR_NO_MEMORY] = "no memory",
        [RLX_ERROR_BAD_FILE] = "bad file",
        [RLX_ERROR_NO_MODEL] = "no model",
        [RLX_ERROR_WRONG_VERSION] = "wrong version",
        [RLX_ERROR_NO_DEVICE] = "no device",
        [RLX_ERROR_CONTEXT_FULL] = "context full",
        [RLX_ERROR_NO_VARIANT] = "no variant",
        [RLX_ERROR_NO_TOKENIZER] = "no tokenizer",
        [RLX_ERROR_NO_TEMPLATE] = "no template",
        [RLX_ERROR_STOPPED] = "stopped",
        [RLX_ERROR_IO] = "input or output failed",
        [RLX_ERROR_INTERNAL] = "internal error",
        [RLX_ERROR_TEMPLATE_FAILED] = "template failed",
        [RLX_ERROR_NOT_NUMBERS] = "not numbers",
    };
    size_t index = (size_t)status;
    return index < sizeof names / sizeof names[0] ? names[index] : "unknown status";
}

#define NUMBER_TEXT(number) #number
#define VERSION_TEXT(major, minor, patch) \
    NUMBER_TEXT(major) "." NUMBER_TEXT(minor) "." NUMBER_TEXT(patch)

const char *rlx_version(void)
{
    return VERSION_TEXT(RLX_VERSION_MAJOR, RLX_VERSION_MINOR, RLX_VERSION_PATCH);
}
