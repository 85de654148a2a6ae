/* JSON of model files: a value, which written again reads as the same value, or a fault and its
 * place. An input that begins with 'S' is read by the strict rules.
 */
#include "compiler/import/import.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void expect(bool holds)
{
    if (!holds)
        abort();
}

static char *write(const json_t *value, size_t *bytes)
{
    const size_t flags = JSON_ENCODE_ANY | JSON_REAL_PRECISION(17);
    char *text = NULL;

    *bytes = json_dumpb(value, NULL, 0, flags);
    expect(*bytes != 0 && (text = malloc(*bytes)) != NULL);
    expect(json_dumpb(value, text, *bytes, flags) == *bytes);
    return text;
}

static void read_again(const json_t *value, bool strict)
{
    struct json_report report;
    size_t bytes, same;
    char *text = write(value, &bytes);
    json_t *again = json_parse(text, bytes, strict, &report);

    expect(again != NULL && report.repeated_at == 0);
    char *copy = write(again, &same);
    expect(same == bytes && memcmp(copy, text, bytes) == 0);
    json_decref(again);
    free(copy);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct json_report report;
    bool strict = bytes != 0 && data[0] == 'S';
    char *exact = malloc(bytes + 1 - strict); /* so that a sanitizer sees what is behind it */

    expect(exact != NULL);
    if (bytes != strict)
        memcpy(exact, data + strict, bytes - strict);
    json_t *value = json_parse(exact, bytes - strict, strict, &report);
    expect((value == NULL) == (report.fault != NULL));
    expect(value != NULL || report.at <= bytes);
    if (value != NULL)
        read_again(value, strict);
    json_decref(value);
    free(exact);
    return 0;
}
