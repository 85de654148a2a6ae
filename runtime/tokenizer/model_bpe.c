/* BPE: a word becomes ids by merging. In: its text. Out: ids. The alphabet is bytes or characters;
 * a character without a symbol becomes the symbols of its bytes, or is unknown. What is left when
 * nothing merges any more becomes ids (model_merge.c merges, model_window.c divides long words). */
#include "runtime/tokenizer/tokenize_parts.h"

#include <string.h>

enum {
    LONG_WORD = 1 << 13,  /* bytes, from which on it is encoded in windows */
    MAX_HALVED = 1 << 11, /* bytes; no token is that long: see RLX_DETOKENIZE_MAX */
    MAX_COMPOSED = 4 + 2 * RLX_MODEL_MAX_AFFIX,
};

/* A character as the vocabulary spells it. */
struct spelled {
    const char *text;
    size_t bytes;
};

static void add_part(struct encoding *e, uint32_t symbol, size_t start)
{
    struct model_work *w = &e->work;
    if (!grow((void **)&w->parts, &w->part_capacity, w->part_count + 1, sizeof *w->parts)) {
        e->no_memory = true;
        return;
    }
    int32_t at = (int32_t)w->part_count++;
    w->parts[at] = (struct part){symbol, at - 1, at + 1, (uint32_t)start};
}

/* With what the vocabulary puts before every character but the first, and after the last. */
static struct spelled compose(const struct tokenizer *t, struct spelled s, bool first, bool last,
                              char room[MAX_COMPOSED])
{
    const struct rlx_model *m = model_of(t);
    const char *affixes = tokenizer_table(t, RLX_TABLE_AFFIXES);
    size_t used = 0;
    if (!(m->flags & RLX_MODEL_AFFIXES))
        return s;
    if (!first) {
        memcpy(room, affixes, m->prefix_bytes);
        used = m->prefix_bytes;
    }
    memcpy(room + used, s.text, s.bytes);
    used += s.bytes;
    if (last) {
        memcpy(room + used, affixes + m->prefix_bytes, m->suffix_bytes);
        used += m->suffix_bytes;
    }
    return (struct spelled){room, used};
}

static uint32_t symbol_of(const struct tokenizer *t, struct spelled s)
{
    const uint32_t *bytes = tokenizer_table(t, RLX_TABLE_BYTES);
    if (s.bytes == 1 && !(t->header->flags & RLX_TOKENIZER_CHARACTERS))
        return bytes[(uint8_t)s.text[0]];
    return find_word(t, s.text, s.bytes);
}

static bool add_bytes(struct encoding *e, struct spelled s, size_t start)
{
    const uint32_t *bytes = tokenizer_table(e->tokenizer, RLX_TABLE_BYTES);
    if (!(e->tokenizer->header->flags & RLX_TOKENIZER_CHARACTERS))
        return false;
    for (size_t i = 0; i < s.bytes; i++)
        if (bytes[(uint8_t)s.text[i]] == RLX_NO_SYMBOL)
            return false;
    for (size_t i = 0; i < s.bytes; i++)
        add_part(e, bytes[(uint8_t)s.text[i]], start);
    return true;
}

/* Unknown characters that wait for what follows: they may become one. As in the tokenizers library,
 * the bytes of a character that has those come before them. */
struct waiting {
    bool any;
    size_t start;
};

static void add_waiting(struct encoding *e, struct waiting *w)
{
    if (w->any)
        add_part(e, e->tokenizer->header->unknown, w->start);
    w->any = false;
}

static void add_character(struct encoding *e, struct spelled s, size_t start, struct waiting *w)
{
    const struct rlx_tokenizer_header *h = e->tokenizer->header;
    uint32_t symbol = symbol_of(e->tokenizer, s);
    if (symbol != RLX_NO_SYMBOL) {
        add_waiting(e, w);
        add_part(e, symbol, start);
    } else if (!add_bytes(e, s, start) && h->unknown != RLX_NO_SYMBOL) {
        if (w->any && (h->flags & RLX_TOKENIZER_FUSE_UNKNOWN))
            return;
        add_waiting(e, w);
        *w = (struct waiting){true, start};
    }
}

static bool is_joined(const uint32_t rows[256][8], char before, char behind)
{
    return rows[(uint8_t)before][(uint8_t)behind / 32] >> (uint8_t)behind % 32 & 1;
}

/* The character at `at` of word[begin, end), if its bytes merge to one symbol whatever is around
 * them: its length, else 0. Merging then begins with characters, which are a third of the bytes in
 * Chinese. */
static size_t whole_character(const struct tokenizer *t, const char *word, size_t begin, size_t end,
                              size_t at, uint32_t *symbol)
{
    const struct rlx_fragments *f = tokenizer_table(t, RLX_TABLE_FRAGMENTS);
    uint32_t point;
    if ((uint8_t)word[at] < 0xc2 || !tokenizer_table_count(t, RLX_TABLE_FRAGMENTS))
        return 0;
    size_t length = utf8_read(word, end, at, &point);
    if (length == 1 || (at > begin && is_joined(f->after, word[at - 1], word[at])) ||
        (at + length < end && is_joined(f->before, word[at + length - 1], word[at + length])))
        return 0;
    *symbol = find_symbol(t, RLX_TABLE_CHARACTERS, word + at, length);
    return *symbol == RLX_NO_SYMBOL ? 0 : length;
}

void take_apart(struct encoding *e, const char *word, size_t begin, size_t end)
{
    const struct tokenizer *t = e->tokenizer;
    struct trie whole = trie_of(t);
    struct waiting waiting = {0};
    char room[MAX_COMPOSED];
    e->work.part_count = 0;
    for (size_t at = begin; at < end && !e->no_memory;) {
        uint32_t point, symbol;
        size_t length = whole.count
                            ? trie_longest(&whole, trie_root(&whole), word, end, at, &symbol)
                            : whole_character(t, word, begin, end, at, &symbol);
        if (length) {
            add_waiting(e, &waiting);
            add_part(e, symbol, at - begin);
        } else {
            length =
                t->header->flags & RLX_TOKENIZER_CHARACTERS ? utf8_read(word, end, at, &point) : 1;
            struct spelled s = {word + at, length};
            s = compose(t, s, at == 0, at + length == end, room);
            add_character(e, s, at - begin, &waiting);
        }
        at += length;
    }
    add_waiting(e, &waiting);
    if (e->work.part_count && !e->no_memory)
        e->work.parts[e->work.part_count - 1].behind = -1;
}

/* The two that an unused token was made of, if both are real parts of it; damaged tables may say
 * otherwise. */
static bool halves_of(const struct encoding *e, uint32_t symbol, uint32_t halves[2])
{
    size_t bytes[3];
    if (symbol >= e->work.halves_capacity / 2)
        return false;
    for (uint32_t i = 0; i < 2; i++) {
        halves[i] = e->work.halves[2 * (size_t)symbol + i];
        if (halves[i] == RLX_NO_SYMBOL)
            return false;
        symbol_text(e->tokenizer, halves[i], &bytes[i]);
    }
    symbol_text(e->tokenizer, symbol, &bytes[2]);
    return bytes[0] && bytes[1] && bytes[0] + bytes[1] == bytes[2] && bytes[2] <= MAX_HALVED;
}

/* A symbol that is no token ends as the tokens of its bytes; a byte that has none either is
 * unknown, or dropped. */
static void emit_bytes(struct encoding *e, uint32_t symbol)
{
    const struct tokenizer *t = e->tokenizer;
    const uint32_t *bytes = tokenizer_table(t, RLX_TABLE_BYTES);
    size_t count;
    const uint8_t *text = (const uint8_t *)symbol_text(t, symbol, &count);
    for (size_t i = 0; i < count; i++) {
        if (bytes[text[i]] < t->header->token_count)
            emit_id(e, bytes[text[i]]);
        else
            emit_unknown(e);
    }
}

void emit_symbol(struct encoding *e, uint32_t symbol)
{
    uint32_t halves[2];
    while (halves_of(e, symbol, halves)) {
        emit_symbol(e, halves[0]);
        symbol = halves[1];
    }
    if (symbol == e->tokenizer->header->unknown)
        emit_unknown(e);
    else if (symbol < e->tokenizer->header->token_count)
        emit_id(e, symbol);
    else
        emit_bytes(e, symbol);
}

/* Forgets what unused tokens were made of in the last word. */
static void clear_halves(struct encoding *e)
{
    struct model_work *w = &e->work;
    size_t count = 2 * (size_t)e->tokenizer->header->symbol_count;
    if (!grow((void **)&w->halves, &w->halves_capacity, count, sizeof *w->halves)) {
        e->no_memory = true;
        return;
    }
    memset(w->halves, 0xff, w->halves_capacity * sizeof *w->halves);
}

void encode_word_bpe(struct encoding *e, const char *word, size_t bytes)
{
    const struct rlx_tokenizer_header *h = e->tokenizer->header;
    const struct rlx_model *m = model_of(e->tokenizer);
    uint32_t whole =
        h->flags & RLX_TOKENIZER_WHOLE_WORDS ? find_word(e->tokenizer, word, bytes) : RLX_NO_SYMBOL;
    if (whole < h->token_count) {
        emit_id(e, whole);
        return;
    }
    if (bytes >= LONG_WORD && !(m->flags & RLX_MODEL_WHOLE) && encode_in_windows(e, word, bytes))
        return;
    if (bytes >= INT32_MAX) {
        e->no_memory = true;
        return;
    }
    if (m->flags & RLX_MODEL_TAKES_APART)
        clear_halves(e);
    take_apart(e, word, 0, bytes);
    merge_parts(e);
    if (e->work.part_count == 0)
        return;
    for (int32_t i = 0; i >= 0 && !e->no_memory; i = e->work.parts[i].behind)
        emit_symbol(e, e->work.parts[i].symbol);
}
