/* The note of a saved conversation on hostile bytes. What is accepted must be texts that end inside
 * the note, and written again must be the same bytes; what is refused says why.
 */
#include "runtime/tool/chat_note.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

enum { MOST = 8 }; /* few, so that mutations of a seed reach the limit */

static void expect(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    const char *note = (const char *)data;
    rlx_message messages[MOST];
    rlx_error error = {0};
    size_t count = 0, again;

    if (chat_note_read(note, bytes, messages, MOST, &count, &error) != RLX_OK) {
        expect(error.status == RLX_BAD_FILE && error.text[0] != 0 && count == 0);
        return 0;
    }
    expect(count <= MOST);
    for (size_t i = 0; i < count; i++)
        expect(messages[i].content > note && messages[i].content < note + bytes);
    char *written = chat_note_write(messages, count, &again);
    expect(written != NULL && again == bytes && memcmp(written, data, bytes) == 0);
    free(written);
    return 0;
}
