/* The TOKENIZER section by way of the build cache (base/cache.h). In: a model's vocabulary; out:
 * its section, found or packed. The key is a digest of everything that packing reads, so it does
 * not depend on the kind of file that the vocabulary came from. */
#include "compiler/tokenizer/pack.h"

#include <string.h>
#include <utf8proc.h>

static void mix_text(struct cache_mixer *mixer, const char *text, uint64_t bytes)
{
    cache_mix(mixer, &bytes, sizeof bytes);
    if (bytes != 0)
        cache_mix(mixer, text, bytes);
}

static void mix_token(struct cache_mixer *mixer, const struct vocabulary_token *t)
{
    const uint32_t flags = (uint32_t)(t->text != NULL) | (uint32_t)t->added << 1 |
                           (uint32_t)t->left_strip << 2 | (uint32_t)t->right_strip << 3 |
                           (uint32_t)t->single_word << 4 | (uint32_t)t->normalized << 5 |
                           (uint32_t)t->ends_generation << 6 | (uint32_t)t->unmerged << 7;
    uint32_t all[5] = {t->bytes, t->kind, flags};

    memcpy(&all[3], &t->score, sizeof t->score);
    cache_mix(mixer, all, sizeof all);
    if (t->text != NULL && t->bytes != 0)
        cache_mix(mixer, t->text, t->bytes);
}

static void mix_merge(struct cache_mixer *mixer, const struct vocabulary_merge *m)
{
    const uint32_t bytes[2] = {m->left_bytes, m->right_bytes};

    cache_mix(mixer, bytes, sizeof bytes);
    cache_mix(mixer, m->left, m->left_bytes);
    cache_mix(mixer, m->right, m->right_bytes);
}

static void mix_rules(struct cache_mixer *mixer, const struct vocabulary *v)
{
    const struct word_split *s = &v->split;
    const uint32_t rules[] = {
        v->kind,          v->token_count, v->merge_count,  v->by_score,     v->from_gguf,
        v->nfc,           v->whole_words, v->fuse_unknown, v->strip_space,  v->ascii_strip,
        v->prefix,        v->unknown,     v->front_count,  s->words,        s->any_case,
        s->contractions,  s->long_s,      s->prefix_any,   s->newlines,     s->number_space,
        s->numbers_first, s->spaces,      s->digits,       v->marks_spaces, s->cased,
        s->slashes,
    };

    cache_mix(mixer, rules, sizeof rules);
    cache_mix(mixer, v->front, v->front_count * sizeof *v->front);
}

/* Unicode's tables come from a library outside the program. */
static struct cache_key section_key(const struct cache *cache, const struct model *m)
{
    struct cache_mixer mixer = cache_mix_begin(cache, "tokenizer");
    const struct vocabulary *v = m->vocabulary;

    mix_text(&mixer, utf8proc_version(), strlen(utf8proc_version()));
    mix_text(&mixer, utf8proc_unicode_version(), strlen(utf8proc_unicode_version()));
    cache_mix(&mixer, &m->hyper.vocabulary, sizeof m->hyper.vocabulary);
    mix_rules(&mixer, v);
    for (uint32_t i = 0; i < v->token_count; i++)
        mix_token(&mixer, &v->tokens[i]);
    for (uint32_t i = 0; i < v->merge_count; i++)
        mix_merge(&mixer, &v->merges[i]);
    return cache_mix_end(&mixer);
}

bool tokenizer_pack_cached(const struct model *m, struct cache *cache, struct arena *a,
                           uint8_t **section, uint64_t *bytes, struct diags *d)
{
    if (cache == NULL || m->vocabulary == NULL)
        return tokenizer_pack(m, a, section, bytes, d);
    struct cache_key key = section_key(cache, m);
    *section = cache_take(cache, &key, a, bytes);
    if (*section != NULL)
        return true;
    if (!tokenizer_pack(m, a, section, bytes, d))
        return false;
    cache_store(cache, &key, *section, *bytes);
    return true;
}
