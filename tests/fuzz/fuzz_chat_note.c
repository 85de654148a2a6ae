/* The note of a saved conversation on hostile bytes. Accepted notes must have texts that end inside
 * the note, and must be written as the same bytes; a refusal says why. */
#include "runtime/tool/chat_note.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void expect(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    const char *note = (const char *)data;
    struct chat_note found;
    rlx_error error = {0};
    size_t again;

    if (chat_note_read(note, bytes, &found, &error) != RLX_OK) {
        expect(error.status == RLX_ERROR_BAD_FILE && error.text[0] != 0 && found.messages == NULL);
        return 0;
    }
    expect(found.model == NULL || (found.model > note && found.model < note + bytes));
    for (size_t i = 0; i < found.count; i++)
        expect(found.messages[i].content > note && found.messages[i].content < note + bytes);
    char *written = chat_note_write(found.model, found.messages, found.count, &again);
    expect(written != NULL && again == bytes && memcmp(written, data, bytes) == 0);
    free(written);
    chat_note_free(&found);
    return 0;
}
