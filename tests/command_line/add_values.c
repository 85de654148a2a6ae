/* For scripts: a GGUF file with more metadata. add_values IN.gguf OUT.gguf KEY=NUMBER... */
#include "tests/support/gguf_values.h"

#include <stdbool.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    static struct gguf_values values;
    static uint8_t file[1 << 26];
    FILE *in = argc < 3 ? NULL : fopen(argv[1], "rb");
    if (in == NULL)
        return 1;
    size_t bytes = fread(file, 1, sizeof file, in);
    fclose(in);
    for (int i = 3; i < argc; i++) {
        char *equals = strchr(argv[i], '=');
        if (equals == NULL)
            return 1;
        *equals = 0;
        gguf_values_number(&values, argv[i], strtod(equals + 1, NULL));
    }
    uint8_t *more = gguf_values_insert(&values, file, &bytes);
    FILE *out = fopen(argv[2], "wb");
    bool written = out != NULL && fwrite(more, 1, bytes, out) == bytes;
    free(more);
    return out == NULL || fclose(out) != 0 || !written;
}
