/* What the words say: what the device is, and which calls fail. */
#include "tests/support/fake_vulkan/parts.h"

#include <stdio.h>

enum { WORDS_BYTES = 512, WORD_BYTES = 80, NAMES_MAX = 64 };

static char words[WORDS_BYTES];
pthread_mutex_t fake_lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
    const char *name;
    uint32_t calls;
} counts[NAMES_MAX];

EXPORT void fake_vulkan_set(const char *text)
{
    pthread_mutex_lock(&fake_lock);
    snprintf(words, sizeof words, " %s ", text);
    memset(counts, 0, sizeof counts);
    pthread_mutex_unlock(&fake_lock);
}

__attribute__((constructor)) static void begin(void)
{
    const char *text = getenv("RLX_FAKE_VULKAN");
    fake_vulkan_set(text == NULL ? "" : text);
}

/* What follows " NAME" in the words; NULL: it is not there. */
static const char *after(const char *name)
{
    char wanted[2 * WORD_BYTES];
    snprintf(wanted, sizeof wanted, " %s", name);
    const char *at = strstr(words, wanted);
    return at == NULL ? NULL : at + strlen(wanted);
}

bool has_word(const char *word)
{
    const char *rest = after(word);
    return rest != NULL && *rest == ' ';
}

bool has_value(const char *name, const char *value)
{
    char word[WORD_BYTES];
    snprintf(word, sizeof word, "%s=%s", name, value);
    return has_word(word);
}

uint64_t amount(const char *name, uint64_t otherwise)
{
    const char *rest = after(name);
    return rest == NULL || *rest != '=' ? otherwise : strtoull(rest + 1, NULL, 10) * MIB;
}

uint32_t version(const char *name)
{
    const char *rest = after(name);
    return rest == NULL ? VK_API_VERSION_1_3
                        : VK_MAKE_API_VERSION(0, 1, (uint32_t)atoi(rest + 3), 0);
}

bool shares_memory(void)
{
    return has_word("integrated") || has_word("software");
}

_Noreturn void broken(const char *what)
{
    fprintf(stderr, "fake vulkan:%s: %s\n", words, what);
    abort();
}

/* ---- calls that fail ---- */

static VkResult wanted_result(const char *text)
{
    static const struct {
        const char *word;
        VkResult result;
    } results[] = {{"lost ", VK_ERROR_DEVICE_LOST},
                   {"host-memory ", VK_ERROR_OUT_OF_HOST_MEMORY},
                   {"device-memory ", VK_ERROR_OUT_OF_DEVICE_MEMORY},
                   {"map ", VK_ERROR_MEMORY_MAP_FAILED},
                   {"shader ", VK_ERROR_INVALID_SHADER_NV},
                   {"no-driver ", VK_ERROR_INCOMPATIBLE_DRIVER},
                   {"failed ", VK_ERROR_INITIALIZATION_FAILED}};
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++)
        if (strncmp(text, results[i].word, strlen(results[i].word)) == 0)
            return results[i].result;
    return VK_ERROR_UNKNOWN;
}

/* "@3=lost" or "@3+=lost" after the name: call 3 fails, or 3 and all that follow. */
static VkResult injected(const char *rest, uint32_t call)
{
    char *end;
    if (rest == NULL || *rest != '@')
        return VK_SUCCESS;
    const uint32_t at = (uint32_t)strtoul(rest + 1, &end, 10);
    const bool goes_on = *end == '+';
    return call == at || (goes_on && call > at) ? wanted_result(end + 1 + goes_on) : VK_SUCCESS;
}

static uint32_t *count_of(const char *name)
{
    uint32_t i = 0;
    while (counts[i].name != NULL && strcmp(counts[i].name, name) != 0)
        i++;
    counts[i].name = name;
    return &counts[i].calls;
}

VkResult call(const char *name)
{
    pthread_mutex_lock(&fake_lock);
    const VkResult result = injected(after(name), ++*count_of(name));
    pthread_mutex_unlock(&fake_lock);
    return result;
}

EXPORT uint32_t fake_vulkan_calls(const char *function)
{
    pthread_mutex_lock(&fake_lock);
    const uint32_t calls = *count_of(function);
    pthread_mutex_unlock(&fake_lock);
    return calls;
}
