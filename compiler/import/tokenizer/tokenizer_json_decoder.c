/* The decoders of a tokenizer.json. In: the member "decoder". Out: steps. */
#include "compiler/import/tokenizer/tokenizer_json.h"

#include <string.h>

static struct decoder_step *add(struct tokenizer_reading *r, enum decoder_step_kind kind)
{
    return step_add_decoder(&r->vocabulary->pipeline.decoders, r->arena, kind);
}

static bool read_byte_level(struct tokenizer_reading *r, const char *at, const json_t *p)
{
    (void)at;
    (void)p;
    add(r, DECODE_byte_level);
    return true;
}

static bool read_byte_fallback(struct tokenizer_reading *r, const char *at, const json_t *p)
{
    (void)at;
    (void)p;
    add(r, DECODE_byte_fallback);
    return true;
}

static bool read_fuse(struct tokenizer_reading *r, const char *at, const json_t *p)
{
    (void)at;
    (void)p;
    add(r, DECODE_fuse);
    return true;
}

static bool read_word_piece(struct tokenizer_reading *r, const char *at, const json_t *p)
{
    struct step_text prefix;
    bool cleanup;

    if (!json_text(r, at, p, "prefix", &prefix) || !json_flag(r, at, p, "cleanup", -1, &cleanup))
        return false;
    struct decoder_step *step = add(r, DECODE_word_piece);
    step->content = prefix;
    step->cleanup = cleanup;
    return true;
}

/* Whether a regular expression is a plain text. */
static bool is_plain(struct step_text expression)
{
    for (uint32_t i = 0; i < expression.bytes; i++)
        if (expression.text[i] == 0 || strchr("\\^$.|?*+()[]{}", expression.text[i]))
            return false;
    return true;
}

static bool read_replace(struct tokenizer_reading *r, const char *at, const json_t *p)
{
    struct step_text expression, content;
    bool literal;

    if (!json_pattern(r, at, p, &expression, &literal) || !json_text(r, at, p, "content", &content))
        return false;
    if (!literal && !is_plain(expression))
        return json_refuse(r, at, "pattern.Regex", "a text without special characters",
                           json_object_get(json_object_get(p, "pattern"), "Regex"));
    struct decoder_step *step = add(r, DECODE_replace);
    step->expression = expression;
    step->content = content;
    return true;
}

static bool read_strip(struct tokenizer_reading *r, const char *at, const json_t *p)
{
    enum { MAX = 1 << 16 };
    struct step_text content;
    uint32_t start, stop;

    if (!json_character(r, at, p, "content", &content) ||
        !json_count(r, at, p, "start", MAX, &start) || !json_count(r, at, p, "stop", MAX, &stop))
        return false;
    struct decoder_step *step = add(r, DECODE_strip);
    step->content = content;
    step->start = start;
    step->stop = stop;
    return true;
}

static bool read_metaspace(struct tokenizer_reading *r, const char *at, const json_t *p)
{
    struct step_text mark;
    enum metaspace_scheme scheme;

    if (!json_metaspace(r, at, p, &mark, &scheme))
        return false;
    struct decoder_step *step = add(r, DECODE_metaspace);
    step->expression = mark;
    step->start = scheme != METASPACE_never;
    return true;
}

static bool read_suffix(struct tokenizer_reading *r, const char *at, const json_t *p)
{
    struct step_text suffix;

    if (!json_text(r, at, p, "suffix", &suffix))
        return false;
    if (suffix.bytes == 0)
        return json_refuse(r, at, "suffix", "a text that is not empty",
                           json_object_get(p, "suffix"));
    add(r, DECODE_suffix)->content = suffix;
    return true;
}

bool tokenizer_json_decoder(struct tokenizer_reading *r, const json_t *root)
{
    static const struct component kinds[] = {
        {"ByteLevel", "add_prefix_space trim_offsets use_regex", read_byte_level},
        {"WordPiece", "prefix cleanup", read_word_piece},
        {"Metaspace", metaspace_keys, read_metaspace},
        {"ByteFallback", "", read_byte_fallback},
        {"Fuse", "", read_fuse},
        {"Strip", "content start stop", read_strip},
        {"Replace", "pattern content", read_replace},
        {"BPEDecoder", "suffix", read_suffix},
    };
    const json_t *decoder = json_object_get(root, "decoder");

    if (decoder && !json_is_null(decoder))
        return component_read(r, "decoder", decoder, kinds, countof(kinds), "decoders");
    /* Without a decoder, the library puts a space between tokens. No text begins with this byte,
     * so that none counts as the continuation of a word. */
    add(r, DECODE_word_piece)->content = step_text_literal("\xff");
    return true;
}
