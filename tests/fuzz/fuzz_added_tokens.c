/* The files beside tokenizer.json, with zero bytes between them: a vocabulary whose tokens all have
 * a text, or errors; never a crash.
 */
#include "compiler/import/import.h"
#include "compiler/import/vocabulary.h"

#include "tests/support/fuzzing.h"
#include "tests/support/temporary_files.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static const char *const names[] = {"tokenizer_config.json", "special_tokens_map.json",
                                    "added_tokens.json",     "generation_config.json",
                                    "chat_template.jinja",   "config.json"};

static void close_folder(void)
{
    for (size_t i = 0; i < countof(names); i++)
        unlink(temporary_path(&test_folder, names[i]));
    unlink(temporary_path(&test_folder, "tokenizer.json"));
    temporary_close(&test_folder);
}

static void open_folder(void)
{
    static const char tokenizer[] =
        "{\"pre_tokenizer\":{\"type\":\"ByteLevel\"},"
        "\"added_tokens\":[{\"id\":2,\"content\":\"<s>\",\"special\":true}],"
        "\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"b\":1},\"merges\":[]}}";

    if (test_folder.path[0] != 0)
        return;
    if (access("/dev/shm", W_OK | X_OK) == 0) /* a disk would take all the time */
        setenv("TMPDIR", "/dev/shm", 1);
    temporary_open(&test_folder);
    temporary_write(&test_folder, "tokenizer.json", tokenizer, strlen(tokenizer));
    atexit(close_folder);
}

/* An empty part is a file that is not there. */
static void write_parts(const uint8_t *data, size_t bytes)
{
    for (size_t i = 0; i < countof(names); i++) {
        const uint8_t *end = bytes == 0 ? NULL : memchr(data, 0, bytes);
        size_t part = end == NULL ? bytes : (size_t)(end - data);
        if (part == 0)
            unlink(temporary_path(&test_folder, names[i]));
        else
            temporary_write(&test_folder, names[i], data, part);
        data += part + (end != NULL);
        bytes -= part + (end != NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct importing i;

    open_folder();
    write_parts(data, bytes);
    if (importing_read(&i, test_folder.path, true)) {
        const struct vocabulary *v = i.model.vocabulary;
        volatile uint8_t sum = 0;
        for (uint32_t t = 0; t < v->token_count; t++)
            for (uint32_t at = 0; at < v->tokens[t].bytes; at++)
                sum = (uint8_t)(sum + (uint8_t)v->tokens[t].text[at]);
        if (v->token_count < 3)
            abort();
    }
    importing_close(&i);
    return 0;
}
