/* `rlx info FILE.rls`. In: a saved session. Out: its messages and tokens, and the model. */
#include "runtime/base/amount.h"
#include "runtime/base/printable.h"
#include "runtime/tool/chat_json.h"
#include "runtime/tool/chat_note.h"
#include "runtime/tool/command.h"

#include <stdlib.h>
#include <string.h>

static const char *system_of(const struct chat_note *note)
{
    bool there = note->count != 0 && strcmp(note->messages[0].role, "system") == 0;

    return there ? note->messages[0].content : NULL;
}

static void print_line(const char *label, const char *text)
{
    printf("%-14s ", label);
    printable_write(text, stdout);
    putchar('\n');
}

static void print_text(const rlx_saved_info *info, const struct chat_note *note)
{
    char bytes[AMOUNT_BYTES];

    print_line("session of", note->model != NULL ? note->model : "a model that it does not name");
    printf("%-14s %016llx\n", "compilation", (unsigned long long)info->model_digest);
    printf("%-14s %zu\n", "messages", note->count);
    if (system_of(note) != NULL)
        print_line("system", system_of(note));
    printf("%-14s %llu, %llu of them in the KV cache\n", "tokens", (unsigned long long)info->tokens,
           (unsigned long long)info->past);
    printf("%-14s %s\n", "file", amount_of_bytes((double)info->file_bytes, bytes));
}

static void print_json(const rlx_saved_info *info, const struct chat_note *note)
{
    char digest[20];
    struct json_out out = {.file = stdout, .indented = true};

    snprintf(digest, sizeof digest, "%016llx", (unsigned long long)info->model_digest);
    json_out_open(&out, NULL, '{');
    if (note->model != NULL)
        json_out_string(&out, "model", note->model);
    else
        json_out_verbatim(&out, "model", "null");
    json_out_string(&out, "compilation", digest);
    json_out_integer(&out, "tokens", (int64_t)info->tokens);
    json_out_integer(&out, "cached_tokens", (int64_t)info->past);
    json_out_integer(&out, "file_bytes", (int64_t)info->file_bytes);
    chat_json_messages(&out, note->messages, note->count);
    json_out_close(&out, '}');
    putchar('\n');
}

/* A session that another program saved may have another kind of note, or none. */
int command_info_session(const struct command_options *o)
{
    rlx_saved_info info = {.struct_bytes = sizeof info};
    struct chat_note note = {0};
    rlx_error error;
    void *bytes;
    size_t count;

    if (rlx_saved_read(o->model_path, &info, &bytes, &count, &error) != RLX_OK)
        return command_failed(&error);
    if (bytes != NULL && chat_note_read(bytes, count, &note, &error) != RLX_OK)
        fprintf(stderr, "%s: %s: no messages of rlx chat: %s\n", program_name, o->model_path,
                error.text);
    if (o->json)
        print_json(&info, &note);
    else
        print_text(&info, &note);
    chat_note_free(&note);
    free(bytes);
    return 0;
}
