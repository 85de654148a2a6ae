/* SentencePiece's models. In: the bytes of a tokenizer.model, a message ModelProto of Protocol
 * Buffers. Out: a vocabulary with its pipeline. What SentencePiece 0.2.3 refuses is refused here.
 * Source of the fields: sentencepiece_model.proto. */
#include "compiler/import/tokenizer/sentencepiece.h"

#include "compiler/base/str.h"
#include "compiler/import/tokenizer/protobuf.h"
#include "compiler/import/tokenizer/text_steps.h"

#include <math.h>
#include <string.h>

/* Numbers of the fields, by message. */
enum {
    MODEL_pieces = 1,
    MODEL_trainer = 2,
    MODEL_normalizer = 3,
    MODEL_denormalizer = 5,
    PIECE_text = 1,
    PIECE_score = 2,
    PIECE_type = 3,
    TRAINER_model_type = 3,
    TRAINER_suffix = 24, /* treat_whitespace_as_suffix */
    TRAINER_byte_fallback = 35,
    TRAINER_unknown_surface = 44,
    TRAINER_end_piece = 47,
    NORMALIZER_charsmap = 2,
    NORMALIZER_prefix = 3,
    NORMALIZER_remove_spaces = 4,
    NORMALIZER_escape_spaces = 5,
};

enum model_type { TYPE_unigram = 1, TYPE_bpe, TYPE_word, TYPE_char };

struct model_file {
    struct vocabulary *vocabulary;
    struct arena *arena;
    struct diags *diags;
    struct place place;
    struct strings texts; /* of the pieces */
    uint64_t type;
    bool suffix, denormalizes;
    struct step_text unknown_surface, end_piece;
    struct sentencepiece_normalizer normalizer;
};

static bool fail(struct model_file *m, const char *object, const char *expected)
{
    struct place place = m->place;
    place.object = object;
    return diag_error(m->diags, place, "expected %s", expected);
}

static bool sound(struct model_file *m, const struct protobuf *p)
{
    if (p->fault == NULL)
        return true;
    return diag_error(m->diags, m->place,
                      "expected a model of SentencePiece, found a message that %s", p->fault);
}

static struct step_text copy(struct model_file *m, const struct protobuf_field *f)
{
    return step_text_of(m->arena, (const char *)f->data, (size_t)f->bytes);
}

bool sentencepiece_names_byte(const char *text, size_t bytes)
{
    static const char digits[] = "0123456789ABCDEF";

    return bytes == 6 && memcmp(text, "<0x", 3) == 0 && text[5] == '>' &&
           memchr(digits, text[3], 16) != NULL && memchr(digits, text[4], 16) != NULL;
}

/* ---- pieces ---- */

static bool check_piece(struct model_file *m, const struct vocabulary_token *t, bool is_kind)
{
    const char *object = arena_printf(m->arena, "pieces[%u]", m->vocabulary->token_count);

    if (t->bytes == 0)
        return fail(m, object, "a piece that is not empty");
    if (!is_kind)
        return fail(m, object, "a type from 1 to 6");
    if (memchr(t->text, 0, t->bytes) != NULL)
        return fail(m, object, "a piece without U+0000");
    if (!isfinite(t->score))
        return fail(m, object, "a finite score");
    if (t->kind == TOKEN_byte && !sentencepiece_names_byte(t->text, t->bytes))
        return fail(m, object, "the name of a byte, such as <0x0A>");
    if (str_find(&m->texts, t->text, t->bytes) != 0)
        return fail(m, object, "a piece that no other is equal to");
    if (m->vocabulary->token_count == VOCABULARY_MAX_TOKENS)
        return fail(m, object, "at most 4194304 pieces");
    return true;
}

static bool read_piece(struct model_file *m, struct protobuf message)
{
    struct vocabulary *v = m->vocabulary;
    struct vocabulary_token t = {.text = "", .kind = TOKEN_normal};
    struct protobuf_field f;
    bool is_kind = true;

    while (protobuf_next(&message, &f)) {
        if (f.number == PIECE_text && f.wire == PROTOBUF_bytes) {
            if (f.bytes > VOCABULARY_MAX_TEXT)
                return fail(m, arena_printf(m->arena, "pieces[%u]", v->token_count),
                            "at most 65536 bytes");
            t.text = copy(m, &f).text;
            t.bytes = (uint32_t)f.bytes;
        } else if (f.number == PIECE_score && f.wire == PROTOBUF_32) {
            t.score = protobuf_float(&f);
        } else if (f.number == PIECE_type && f.wire == PROTOBUF_varint) {
            is_kind = f.value >= TOKEN_normal && f.value <= TOKEN_byte;
            t.kind = is_kind ? (enum token_kind)f.value : TOKEN_normal;
        }
    }
    if (!sound(m, &message) || !check_piece(m, &t, is_kind))
        return false;
    str_intern(&m->texts, t.text, t.bytes);
    ARENA_PUSH(m->arena, v->tokens, v->token_count, v->token_capacity) = t;
    return true;
}

/* ---- settings ---- */

static bool read_trainer(struct model_file *m, struct protobuf message)
{
    struct protobuf_field f;

    while (protobuf_next(&message, &f)) {
        if (f.number == TRAINER_model_type && f.wire == PROTOBUF_varint)
            m->type = f.value;
        else if (f.number == TRAINER_suffix && f.wire == PROTOBUF_varint)
            m->suffix = f.value != 0;
        else if (f.number == TRAINER_byte_fallback && f.wire == PROTOBUF_varint)
            m->vocabulary->pipeline.byte_fallback = f.value != 0;
        else if (f.number == TRAINER_unknown_surface && f.wire == PROTOBUF_bytes)
            m->unknown_surface = copy(m, &f);
        else if (f.number == TRAINER_end_piece && f.wire == PROTOBUF_bytes)
            m->end_piece = copy(m, &f);
    }
    return sound(m, &message);
}

static bool read_normalizer(struct model_file *m, struct protobuf message)
{
    struct sentencepiece_normalizer *n = &m->normalizer;
    struct protobuf_field f;

    while (protobuf_next(&message, &f)) {
        if (f.number == NORMALIZER_charsmap && f.wire == PROTOBUF_bytes) {
            if (f.bytes > INT32_MAX)
                return fail(m, n->object, "less than 2 GiB");
            n->charsmap = copy(m, &f);
        } else if (f.number == NORMALIZER_prefix && f.wire == PROTOBUF_varint) {
            n->prefix = f.value != 0;
        } else if (f.number == NORMALIZER_remove_spaces && f.wire == PROTOBUF_varint) {
            n->remove_spaces = f.value != 0;
        } else if (f.number == NORMALIZER_escape_spaces && f.wire == PROTOBUF_varint) {
            n->spaces_stay = f.value == 0;
        }
    }
    n->removes_marks = !n->spaces_stay;
    return sound(m, &message);
}

/* What maps decoded text back. */
static bool read_denormalizer(struct model_file *m, struct protobuf message)
{
    struct protobuf_field f;

    while (protobuf_next(&message, &f))
        m->denormalizes |=
            f.number == NORMALIZER_charsmap && f.wire == PROTOBUF_bytes && f.bytes > 0;
    return sound(m, &message);
}

static bool read_model(struct model_file *m, struct protobuf message)
{
    struct protobuf_field f;

    while (protobuf_next(&message, &f)) {
        bool good = true;
        if (f.wire != PROTOBUF_bytes)
            continue;
        if (f.number == MODEL_pieces)
            good = read_piece(m, protobuf_inner(&f));
        else if (f.number == MODEL_trainer)
            good = read_trainer(m, protobuf_inner(&f));
        else if (f.number == MODEL_normalizer)
            good = read_normalizer(m, protobuf_inner(&f));
        else if (f.number == MODEL_denormalizer)
            good = read_denormalizer(m, protobuf_inner(&f));
        if (!good)
            return false;
    }
    return sound(m, &message);
}

/* ---- the whole ---- */

static bool check_settings(struct model_file *m)
{
    if (m->type != TYPE_unigram && m->type != TYPE_bpe && m->type != TYPE_char)
        return fail(m, "trainer_spec.model_type", "1 (unigram), 2 (BPE) or 4 (characters)");
    if (m->suffix)
        return fail(m, "trainer_spec.treat_whitespace_as_suffix",
                    "false: spaces in front of words");
    if (m->denormalizes)
        return fail(m, "denormalizer_spec.precompiled_charsmap",
                    "none: decoded text is not mapped");
    return true;
}

/* A model of characters merges nothing. */
static bool check_characters(struct model_file *m)
{
    const struct vocabulary *v = m->vocabulary;

    for (uint32_t i = 0; i < v->token_count && m->type == TYPE_char; i++) {
        const struct vocabulary_token *t = &v->tokens[i];
        uint32_t characters = 0;
        for (uint32_t k = 0; k < t->bytes; k++)
            characters += ((uint8_t)t->text[k] & 0xc0) != 0x80;
        if (t->kind == TOKEN_normal && characters != 1)
            return fail(m, arena_printf(m->arena, "pieces[%u]", i),
                        "one character, as the model is one of characters");
    }
    return true;
}

/* Exactly one unknown piece; all bytes, or none. */
static bool check_pieces(struct model_file *m)
{
    struct vocabulary *v = m->vocabulary;
    uint32_t bytes = 0, unknown = 0;

    for (uint32_t i = 0; i < v->token_count; i++) {
        bytes += v->tokens[i].kind == TOKEN_byte;
        if (v->tokens[i].kind != TOKEN_unknown)
            continue;
        unknown++;
        v->unknown = i;
    }
    if (unknown != 1)
        return fail(m, "pieces", "one piece of type 2 (unknown)");
    if (bytes != (v->pipeline.byte_fallback ? 256u : 0u))
        return fail(m, "pieces",
                    v->pipeline.byte_fallback
                        ? "a piece for each byte, as trainer_spec.byte_fallback is true"
                        : "no pieces for bytes, as trainer_spec.byte_fallback is false");
    return check_characters(m);
}

/* User-defined pieces are never normalized. */
static void keep_user_defined(struct model_file *m)
{
    const struct vocabulary *v = m->vocabulary;
    struct step_text *kept = NULL;
    uint32_t count = 0, capacity = 0;

    for (uint32_t i = 0; i < v->token_count; i++)
        if (v->tokens[i].kind == TOKEN_user_defined)
            ARENA_PUSH(m->arena, kept, count, capacity) =
                (struct step_text){v->tokens[i].text, v->tokens[i].bytes};
    if (count != 0 && m->normalizer.charsmap.bytes != 0)
        m->normalizer.charsmap = sentencepiece_keep(m->normalizer.charsmap, kept, count, m->arena);
}

/* The first token loses the space that the normalizer put in front of it, or may have. */
static void add_decoders(struct model_file *m)
{
    const struct vocabulary_token *unknown = &m->vocabulary->tokens[m->vocabulary->unknown];
    struct decoder_steps *decoders = &m->vocabulary->pipeline.decoders;
    struct decoder_step *step = step_add_decoder(decoders, m->arena, DECODE_marks);

    step->expression = step_text_literal("\u2581");
    step->start = m->normalizer.prefix || m->normalizer.remove_spaces;
    step = step_add_decoder(decoders, m->arena, DECODE_replace);
    step->expression = step_text_of(m->arena, unknown->text, unknown->bytes);
    step->content = m->unknown_surface;
    step_add_decoder(decoders, m->arena, DECODE_byte_fallback);
    step_add_decoder(decoders, m->arena, DECODE_fuse);
}

static void set_pipeline(struct model_file *m)
{
    struct vocabulary *v = m->vocabulary;
    struct pipeline *p = &v->pipeline;

    p->model = m->type == TYPE_unigram ? MODEL_unigram : MODEL_bpe;
    p->float32_scores = m->type == TYPE_unigram;
    v->by_score = m->type != TYPE_unigram;
    v->fuse_unknown = true;
    sentencepiece_add_normalizer(p, m->arena, &m->normalizer);
    add_decoders(m);
    uint32_t end = vocabulary_find(v, m->end_piece.text, m->end_piece.bytes);
    if (end != UINT32_MAX && v->tokens[end].kind == TOKEN_control)
        v->tokens[end].ends_generation = true;
}

bool sentencepiece_read(const char *path, const uint8_t *data, size_t bytes, struct vocabulary *v,
                        struct arena *a, struct diags *d)
{
    struct model_file m = {
        .vocabulary = v,
        .arena = a,
        .diags = d,
        .place = {.file = path},
        .type = TYPE_unigram,
        .unknown_surface = step_text_literal(" \u2047 "),
        .end_piece = step_text_literal("</s>"),
        .normalizer = {.prefix = true,
                       .remove_spaces = true,
                       .removes_marks = true,
                       .object = "normalizer_spec.precompiled_charsmap"},
    };

    strings_init(&m.texts, a);
    v->file = path;
    if (!read_model(&m, (struct protobuf){.at = data, .end = data + bytes}) ||
        !check_settings(&m) || !check_pieces(&m))
        return false;
    keep_user_defined(&m);
    set_pipeline(&m);
    return true;
}
