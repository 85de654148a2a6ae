/* Tokens that are recognized as a whole in text. In: the vocabulary's added tokens. Out: tables
 * SPECIALS, sorted for search by first byte and descending length, SPECIAL_TEXTS and
 * SPECIAL_STARTS. */
#include "compiler/tokenizer/pack_parts.h"

#include <stdlib.h>
#include <string.h>

struct special {
    const char *text;
    uint32_t bytes, id, flags;
};

static int compare(const void *a, const void *b)
{
    const struct special *x = a, *y = b;
    uint8_t first_x = (uint8_t)x->text[0], first_y = (uint8_t)y->text[0];
    if (first_x != first_y)
        return first_x < first_y ? -1 : 1;
    if (x->bytes != y->bytes)
        return x->bytes > y->bytes ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

static uint32_t flags_of(const struct vocabulary *v, const struct vocabulary_token *t)
{
    uint32_t flags = t->kind == TOKEN_control || t->kind == TOKEN_unknown ? RLX_SPECIAL_CONTROL : 0;
    if (t->left_strip)
        flags |= RLX_SPECIAL_LEFT;
    if (t->right_strip)
        flags |= RLX_SPECIAL_RIGHT;
    if (t->single_word)
        flags |= RLX_SPECIAL_WORD;
    if (t->normalized)
        flags |= RLX_SPECIAL_NORMALIZED;
    if (v->ascii_strip)
        flags |= RLX_SPECIAL_ASCII_SPACE;
    return flags;
}

bool pack_specials(struct packing *p)
{
    const struct vocabulary *v = p->vocabulary;
    struct special *list = arena_new(p->arena, struct special, v->token_count);
    uint32_t count = 0;
    for (uint32_t i = 0; i < v->token_count; i++) {
        const struct vocabulary_token *t = &v->tokens[i];
        if (!t->added || !t->text || !t->bytes)
            continue;
        list[count] = (struct special){t->text, t->bytes, i, flags_of(v, t)};
        if ((list[count].flags & RLX_SPECIAL_NORMALIZED) &&
            !normalize(p, &list[count].text, &list[count].bytes))
            return false;
        count += list[count].bytes != 0;
    }
    qsort(list, count, sizeof *list, compare);

    struct rlx_tokenizer_special *table =
        arena_new(p->arena, struct rlx_tokenizer_special, max_u64(count, 1));
    uint32_t *starts = arena_new(p->arena, uint32_t, 257);
    struct text texts = {.arena = p->arena};
    for (uint32_t i = 0; i < count; i++) {
        table[i] =
            (struct rlx_tokenizer_special){list[i].id, list[i].flags, texts.bytes, list[i].bytes};
        text_add_bytes(&texts, list[i].text, list[i].bytes);
        starts[(uint8_t)list[i].text[0] + 1] = i + 1;
    }
    for (uint32_t i = 1; i < 257; i++)
        starts[i] = (uint32_t)max_u64(starts[i], starts[i - 1]);
    packing_set_table(p, RLX_TABLE_SPECIALS, table, count, sizeof *table);
    packing_set_table(p, RLX_TABLE_SPECIAL_TEXTS, texts.data, texts.bytes, 1);
    packing_set_table(p, RLX_TABLE_SPECIAL_STARTS, starts, 257, sizeof *starts);
    return true;
}
