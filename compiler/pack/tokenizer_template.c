/* Chat templates are recognized by their text. In: the Jinja source. Out: its number, where the
 * runtime renders it (runtime/text/chat.c). A template that a file ends with a newline is the one
 * without: Jinja drops it.
 */
#include "compiler/pack/tokenizer_parts.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

static const struct {
    uint64_t hash; /* XXH3-64 */
    enum rlx_chat_template number;
} templates[] = {
    {0x4c6e807ee5fe9f4a, RLX_CHAT_CHATML},  /* as many ChatML models publish it */
    {0x3e848b9d1628d81e, RLX_CHAT_CHATML},  /* stories-3m */
    {0x99ab995e9629dacd, RLX_CHAT_SMOLLM2}, /* SmolLM2-135M-Instruct */
    {0x0283f874ff58d644, RLX_CHAT_QWEN3},   /* Qwen3 */
    {0x2469c9508f79506e, RLX_CHAT_QWEN25},  /* Qwen2.5-Instruct */
    {0x20f20c2b5139eaee, RLX_CHAT_QWEN2},   /* Qwen2-Instruct */
};

uint32_t pack_recognize_template(const char *text, uint32_t bytes, uint64_t *hash)
{
    if (bytes && text[bytes - 1] == '\n')
        bytes--;
    *hash = XXH3_64bits(text, bytes);
    for (size_t i = 0; i < countof(templates); i++)
        if (templates[i].hash == *hash)
            return templates[i].number;
    return RLX_CHAT_NONE;
}
