/* A word becomes ids. In: its text. Out: ids, by the model of the section. Long words of BPE are
 * first cut where no merge can cross. Short words are remembered with their ids, because most words
 * of a text come again; the memory for that is only taken once a text has many words.
 */
#include "runtime/tokenizer/tokenize_parts.h"

#include <stdlib.h>
#include <string.h>

enum {
    WORD_CACHE_SLOTS = 1 << 14,
    WORD_CACHE_AFTER = 256, /* words; a shorter text is done before the memory would pay */
};

const struct rlx_model *model_of(const struct tokenizer *t)
{
    static const struct rlx_model none = {.flags = RLX_MODEL_WHOLE, .continuing = RLX_TRIE_LEAF};
    return tokenizer_table_count(t, RLX_TABLE_MODEL) ? tokenizer_table(t, RLX_TABLE_MODEL) : &none;
}

struct trie trie_of(const struct tokenizer *t)
{
    return (struct trie){tokenizer_table(t, RLX_TABLE_TRIE),
                         tokenizer_table_count(t, RLX_TABLE_TRIE)};
}

void model_work_free(struct model_work *w)
{
    free(w->parts);
    free(w->heap);
    free(w->windows[0].parts);
    free(w->windows[1].parts);
    free(w->halves);
    free(w->lengths);
    free(w->sums);
    free(w->word_cache);
    *w = (struct model_work){0};
}

void emit_id(struct encoding *e, uint32_t id)
{
    struct model_work *w = &e->work;
    if (e->count < e->capacity)
        e->ids[e->count] = (int32_t)id;
    e->count++;
    if (w->recent_count < CACHED_IDS)
        w->recent[w->recent_count] = id;
    w->recent_count++;
    w->last_unknown = false;
}

void emit_unknown(struct encoding *e)
{
    uint32_t unknown = e->tokenizer->header->unknown;
    bool fuse = model_of(e->tokenizer)->flags & RLX_MODEL_FUSE_IDS;
    if (unknown == RLX_NO_SYMBOL || (e->work.last_unknown && fuse))
        return;
    emit_id(e, unknown);
    e->work.last_unknown = true;
}

static void run_model(struct encoding *e, const char *word, size_t bytes)
{
    e->work.recent_count = 0;
    e->work.last_unknown = false;
    switch (e->tokenizer->header->model) {
    case RLX_MODEL_UNIGRAM:
        encode_word_unigram(e, word, bytes);
        break;
    case RLX_MODEL_WORDPIECE:
        encode_word_wordpiece(e, word, bytes);
        break;
    case RLX_MODEL_WORD_LEVEL:
        encode_word_level(e, word, bytes);
        break;
    default:
        encode_word_bpe(e, word, bytes);
    }
}

static uint64_t load(const char *text, size_t bytes)
{
    uint64_t value = 0;
    memcpy(&value, text, bytes);
    return value;
}

/* Texts of the same length have the same key only if they are equal. The length is in the key. */
static void make_key(uint64_t key[4], const char *word, size_t bytes)
{
    key[0] = key[1] = key[2] = 0;
    key[3] = (uint64_t)bytes << 56;
    if (bytes >= 16) {
        key[0] = load(word, 8);
        key[1] = load(word + 8, 8);
        key[2] = bytes > 24 ? load(word + 16, 8) : load(word + bytes - 8, 8);
        if (bytes > 24)
            key[3] |= load(word + bytes - 8, 8) >> 8;
    } else if (bytes >= 8) {
        key[0] = load(word, 8);
        key[1] = load(word + bytes - 8, 8);
    } else if (bytes >= 4) {
        key[0] = load(word, 4) | load(word + bytes - 4, 4) << 32;
    } else {
        key[0] = (uint8_t)word[0] | (uint64_t)(uint8_t)word[bytes / 2] << 8 |
                 (uint64_t)(uint8_t)word[bytes - 1] << 16;
    }
}

static struct cached_word *word_cache_slot(struct encoding *e, const uint64_t key[4])
{
    uint64_t hash = (key[0] ^ key[3]) * 0x9e3779b97f4a7c15u;
    hash = (hash ^ hash >> 32 ^ key[1]) * 0xbf58476d1ce4e5b9u;
    hash = (hash ^ hash >> 32 ^ key[2]) * 0x94d049bb133111ebu;
    return &e->work.word_cache[hash >> 50];
}
_Static_assert(WORD_CACHE_SLOTS == 1 << (64 - 50), "a hash of 64 bits is shifted to a slot");

static void encode_cached(struct encoding *e, const char *word, size_t bytes)
{
    uint64_t key[4];
    make_key(key, word, bytes);
    struct cached_word *slot = word_cache_slot(e, key);
    if (memcmp(slot->key, key, sizeof key) == 0) {
        for (uint32_t i = 0; i < slot->count; i++, e->count++)
            if (e->count < e->capacity)
                e->ids[e->count] = (int32_t)slot->ids[i];
        return;
    }
    run_model(e, word, bytes);
    if (e->work.recent_count > CACHED_IDS || e->no_memory)
        return;
    memcpy(slot->key, key, sizeof key);
    slot->count = (uint32_t)e->work.recent_count;
    memcpy(slot->ids, e->work.recent, sizeof slot->ids);
}

static void encode_uncut(struct encoding *e, const char *word, size_t bytes)
{
    struct model_work *w = &e->work;
    if (!w->word_cache && ++w->words >= WORD_CACHE_AFTER) {
        w->word_cache = calloc(WORD_CACHE_SLOTS, sizeof *w->word_cache);
        w->words = 0; /* without memory, asks again later */
    }
    if (w->word_cache && bytes <= CACHED_BYTES)
        encode_cached(e, word, bytes);
    else
        run_model(e, word, bytes);
}

static bool is_mark(const char *text)
{
    return memcmp(text, "\xe2\x96\x81", 3) == 0; /* U+2581 */
}

struct cutting {
    struct encoding *e;
    const struct rlx_model *model;
    const char *word;
    size_t bytes;
    bool characters;
};

/* Whether no text of the vocabulary goes across `at`. `spaces`: asks only before spaces. */
static inline bool may_cut(const struct cutting *c, size_t at, bool spaces)
{
    const char *here = c->word + at;
    uint8_t before = (uint8_t)here[-1], after = (uint8_t)*here;
    if (c->characters && (after & 0xc0) == 0x80)
        return false;
    if (c->characters && after == 0xe2 && c->bytes - at >= 3 && is_mark(here))
        after = RLX_MODEL_MARK;
    if (spaces && after != ' ' && after != RLX_MODEL_MARK)
        return false;
    if (c->characters && before == 0x81 && at >= 3 && is_mark(here - 3))
        before = RLX_MODEL_MARK;
    return !(c->model->joined[before][after / 32] >> after % 32 & 1);
}

/* Words between spaces come again, so these are cut first; what is still long is cut further. */
static void encode_cut(struct cutting c, bool spaces)
{
    size_t start = 0;
    for (size_t at = 1; at <= c.bytes && !c.e->no_memory; at++) {
        if (at < c.bytes && !may_cut(&c, at, spaces))
            continue;
        struct cutting part = c;
        part.word = c.word + start;
        part.bytes = at - start;
        if (spaces && part.bytes > CACHED_BYTES)
            encode_cut(part, false);
        else
            encode_uncut(c.e, part.word, part.bytes);
        start = at;
    }
}

void encode_word(struct encoding *e, const char *word, size_t bytes)
{
    const struct rlx_tokenizer_header *h = e->tokenizer->header;
    const struct rlx_model *m = model_of(e->tokenizer);
    if (bytes == 0)
        return;
    if (bytes <= CACHED_BYTES || h->model != RLX_MODEL_BPE ||
        h->flags & RLX_TOKENIZER_WHOLE_WORDS || m->flags & RLX_MODEL_WHOLE)
        encode_uncut(e, word, bytes);
    else
        encode_cut((struct cutting){e, m, word, bytes, h->flags & RLX_TOKENIZER_CHARACTERS}, true);
}
