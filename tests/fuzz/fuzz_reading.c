/* The plain reading of hostile descriptions. In: a byte that says which part, the length of an
 * expression or of a map of characters, that, and text. The expression is rewritten and matched;
 * the map is applied. */
#include "compiler/tokenizer/reading_parts.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void match(struct step_text expression, struct step_text text, struct arena *a)
{
    struct pattern e;
    struct matches found = {0}, cut = {0};
    const char *why = NULL;
    if (!pattern_open(&e, expression, false, a, &why)) {
        if (why == NULL)
            abort();
        return;
    }
    bool good = pattern_find(&e, text, a, &found);
    for (uint32_t i = 0, end = 0; good && i < found.count; i++) {
        if (found.all[i].start != end || found.all[i].end < end || found.all[i].end > text.bytes)
            abort();
        end = found.all[i].end;
    }
    for (int behavior = SPLIT_isolated; good && behavior <= SPLIT_contiguous; behavior++)
        split_matches(&found, (enum split_behavior)behavior, behavior % 2, a, &cut);
    pattern_close(&e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct arena a = {0};
    if (bytes < 2)
        return 0;
    uint32_t first = (uint32_t)min_u64(data[1], bytes - 2), all = (uint32_t)(bytes - 2);
    char *copy = malloc(all + 1); /* so that a sanitizer sees its ends */
    if (copy == NULL)
        return 0;
    memcpy(copy, data + 2, all);
    struct step_text head = {copy, first}, tail = {copy + first, all - first};
    if (data[0] % 4 != 0) {
        match(head, tail, &a);
    } else {
        struct text_step step = {
            .kind = STEP_charsmap, .content = tail, .by_graphemes = data[0] & 4};
        charsmap_apply(&step, head, &a);
    }
    free(copy);
    arena_free(&a);
    return 0;
}
