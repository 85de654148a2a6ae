/* Tokens that are recognized as a whole in text. In: the vocabulary's added tokens. Out: tables
 * SPECIALS, SPECIAL_TEXTS and SPECIAL_TRIE. */
#include "compiler/tokenizer/pack_parts.h"
#include "compiler/tokenizer/pack_trie.h"

#include <stdlib.h>
#include <string.h>

struct special {
    const char *text;
    uint32_t bytes, id, flags;
};

static int compare(const void *a, const void *b)
{
    const struct special *x = a, *y = b;
    int order = memcmp(x->text, y->text, min_u64(x->bytes, y->bytes));
    if (order != 0 || x->bytes != y->bytes)
        return order != 0 ? order : x->bytes < y->bytes ? -1 : 1;
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

/* The text as normalized text contains it. */
static bool normalize(struct packing *p, struct special *s)
{
    struct step_text text = {s->text, s->bytes};
    if (!normal_token_text(&p->normal, text, p->arena, &text))
        return diag_error(p->diags, p->place,
                          "token %u: expected a text that normalization makes "
                          "at most %d times as long",
                          s->id, RLX_NORMAL_GROWTH);
    s->text = text.text;
    s->bytes = text.bytes;
    return true;
}

static void add_tables(struct packing *p, const struct special *list, uint32_t count)
{
    struct rlx_tokenizer_special *table =
        arena_new(p->arena, struct rlx_tokenizer_special, max_u64(count, 1));
    struct trie_text *texts = arena_new(p->arena, struct trie_text, max_u64(count, 1));
    struct text bytes = {.arena = p->arena};
    uint32_t text_count = 0, node_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct special *s = &list[i];
        bool same = i > 0 && s->bytes == s[-1].bytes && memcmp(s->text, s[-1].text, s->bytes) == 0;
        table[i] = (struct rlx_tokenizer_special){
            s->id, s->flags, same ? table[i - 1].offset : bytes.bytes, s->bytes};
        if (same)
            continue;
        text_add_bytes(&bytes, s->text, s->bytes);
        texts[text_count++] = (struct trie_text){s->text, s->bytes, i};
    }
    const struct rlx_trie_node *nodes = trie_build(p->arena, texts, text_count, &node_count);
    packing_set_table(p, RLX_TABLE_SPECIALS, table, count, sizeof *table);
    packing_set_table(p, RLX_TABLE_SPECIAL_TEXTS, bytes.data, bytes.bytes, 1);
    packing_set_table(p, RLX_TABLE_SPECIAL_TRIE, nodes, node_count, sizeof *nodes);
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
        if (t->normalized && !normalize(p, &list[count]))
            return false;
        count += list[count].bytes != 0;
    }
    qsort(list, count, sizeof *list, compare);
    add_tables(p, list, count);
    return true;
}
