/* The TOKENIZER section by way of the build cache (base/build_cache.h). In: a model's vocabulary;
 * out: its section, found or packed. The key is a digest of everything that packing reads, so it
 * does not depend on the kind of file that the vocabulary came from. */
#include "compiler/tokenizer/check.h"
#include "compiler/tokenizer/pack.h"

#include <string.h>
#include <utf8proc.h>

static void mix_text(struct build_cache_mixer *mixer, const char *text, uint64_t bytes)
{
    build_cache_mix(mixer, &bytes, sizeof bytes);
    if (bytes != 0)
        build_cache_mix(mixer, text, bytes);
}

static void mix_token(struct build_cache_mixer *mixer, const struct vocabulary_token *t)
{
    const uint32_t flags = (uint32_t)(t->text != NULL) | (uint32_t)t->added << 1 |
                           (uint32_t)t->left_strip << 2 | (uint32_t)t->right_strip << 3 |
                           (uint32_t)t->single_word << 4 | (uint32_t)t->normalized << 5 |
                           (uint32_t)t->ends_generation << 6 | (uint32_t)t->unmerged << 7;
    const uint32_t all[3] = {t->bytes, t->kind, flags};

    build_cache_mix(mixer, all, sizeof all);
    build_cache_mix(mixer, &t->score, sizeof t->score);
    if (t->text != NULL && t->bytes != 0)
        build_cache_mix(mixer, t->text, t->bytes);
}

static void mix_merge(struct build_cache_mixer *mixer, const struct vocabulary_merge *m)
{
    const uint32_t bytes[2] = {m->left_bytes, m->right_bytes};

    build_cache_mix(mixer, bytes, sizeof bytes);
    build_cache_mix(mixer, m->left, m->left_bytes);
    build_cache_mix(mixer, m->right, m->right_bytes);
}

static void mix_steps(struct build_cache_mixer *mixer, const struct text_steps *steps)
{
    build_cache_mix(mixer, &steps->count, sizeof steps->count);
    for (uint32_t i = 0; i < steps->count; i++) {
        const struct text_step *s = &steps->all[i];
        const uint32_t all[] = {s->kind,         s->literal, s->invert,   s->left,  s->right,
                                s->by_graphemes, s->form,    s->behavior, s->prefix};

        build_cache_mix(mixer, all, sizeof all);
        mix_text(mixer, s->expression.text, s->expression.bytes);
        mix_text(mixer, s->content.text, s->content.bytes);
    }
}

static void mix_decoders(struct build_cache_mixer *mixer, const struct decoder_steps *steps)
{
    build_cache_mix(mixer, &steps->count, sizeof steps->count);
    for (uint32_t i = 0; i < steps->count; i++) {
        const struct decoder_step *s = &steps->all[i];
        const uint32_t all[] = {s->kind, s->start, s->stop, s->cleanup};

        build_cache_mix(mixer, all, sizeof all);
        mix_text(mixer, s->expression.text, s->expression.bytes);
        mix_text(mixer, s->content.text, s->content.bytes);
    }
}

static void mix_rules(struct build_cache_mixer *mixer, const struct vocabulary *v)
{
    const struct pipeline *p = &v->pipeline;
    const uint32_t rules[] = {
        v->token_count,    v->merge_count,         v->by_score,    v->from_gguf,
        v->whole_words,    v->fuse_unknown,        v->ascii_strip, v->unknown,
        v->front_count,    v->back_count,          p->model,       p->byte_fallback,
        p->float32_scores, p->max_word_characters,
    };

    build_cache_mix(mixer, rules, sizeof rules);
    build_cache_mix(mixer, v->front, v->front_count * sizeof *v->front);
    build_cache_mix(mixer, v->back, v->back_count * sizeof *v->back);
    mix_text(mixer, p->continuing_prefix.text, p->continuing_prefix.bytes);
    mix_text(mixer, p->end_suffix.text, p->end_suffix.bytes);
    mix_steps(mixer, &p->normalizers);
    mix_steps(mixer, &p->pre_tokenizers);
    mix_decoders(mixer, &p->decoders);
}

/* Unicode's tables come from a library outside the program. */
static struct build_cache_key section_key(const struct build_cache *build_cache,
                                          const struct model *m)
{
    struct build_cache_mixer mixer = build_cache_mix_begin(build_cache, "tokenizer");
    const struct vocabulary *v = m->vocabulary;

    mix_text(&mixer, utf8proc_version(), strlen(utf8proc_version()));
    mix_text(&mixer, utf8proc_unicode_version(), strlen(utf8proc_unicode_version()));
    build_cache_mix(&mixer, &m->hyper.vocabulary, sizeof m->hyper.vocabulary);
    mix_rules(&mixer, v);
    for (uint32_t i = 0; i < v->token_count; i++)
        mix_token(&mixer, &v->tokens[i]);
    for (uint32_t i = 0; i < v->merge_count; i++)
        mix_merge(&mixer, &v->merges[i]);
    return build_cache_mix_end(&mixer);
}

static bool pack_checked(const struct model *m, bool *checked, struct arena *a, uint8_t **section,
                         uint64_t *bytes, struct diags *d)
{
    return tokenizer_pack(m, a, section, bytes, d) &&
           (!*checked || *section == NULL ||
            tokenizer_check(m->vocabulary, *section, *bytes, checked, d));
}

bool tokenizer_pack_cached(const struct model *m, struct build_cache *build_cache, bool *checked,
                           struct arena *a, uint8_t **section, uint64_t *bytes, struct diags *d)
{
    if (build_cache == NULL || m->vocabulary == NULL)
        return pack_checked(m, checked, a, section, bytes, d);
    struct build_cache_key key = section_key(build_cache, m);
    *section = build_cache_take(build_cache, &key, a, bytes);
    if (*section != NULL) {
        *checked = true;
        return true;
    }
    if (!pack_checked(m, checked, a, section, bytes, d))
        return false;
    if (*checked) /* what the build cache has passed */
        build_cache_store(build_cache, &key, *section, *bytes);
    return true;
}
