/* WordPiece and word level. In: a word. Out: ids. WordPiece takes the longest piece that the word
 * begins with, then the longest that continues it, and so on; if any of the word is left, all of it
 * is unknown. At word level the whole word has an id or is unknown.
 */
#include "runtime/tokenizer/tokenize_parts.h"

/* In a byte-level vocabulary each byte counts: a character spells it. */
static bool is_too_long(const struct rlx_tokenizer_header *h, const char *word, size_t bytes)
{
    size_t characters = 0, max = h->word_characters;
    if (max == 0 || bytes <= max)
        return false;
    if (!(h->flags & RLX_TOKENIZER_CHARACTERS))
        return true;
    for (size_t i = 0; i < bytes && characters <= max; i++)
        characters += ((uint8_t)word[i] & 0xc0) != 0x80;
    return characters > max;
}

void encode_word_wordpiece(struct encoding *e, const char *word, size_t bytes)
{
    const struct rlx_tokenizer_header *h = e->tokenizer->header;
    struct trie pieces = trie_of(e->tokenizer);
    struct trie_at from = trie_root(&pieces);
    size_t before = e->count;
    bool known = !is_too_long(h, word, bytes);
    for (size_t at = 0; at < bytes && known;) {
        uint32_t id = 0;
        size_t length = trie_longest(&pieces, from, word, bytes, at, &id);
        known = length != 0 && id < h->token_count;
        emit_id(e, id);
        from = (struct trie_at){model_of(e->tokenizer)->continuing, 0};
        at += length;
    }
    if (known)
        return;
    e->count = before;
    e->work.recent_count = 0;
    emit_unknown(e);
}

void encode_word_level(struct encoding *e, const char *word, size_t bytes)
{
    uint32_t id = find_word(e->tokenizer, word, bytes);
    if (id < e->tokenizer->header->token_count)
        emit_id(e, id);
    else
        emit_unknown(e);
}
