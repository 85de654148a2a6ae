/* Compares compiled tables with the plain reading: see check.h. Every text of the sample becomes
 * ids twice, and the ids become text twice. */
#include "compiler/tokenizer/check.h"

#include "compiler/base/out.h"
#include "compiler/tokenizer/reading.h"
#include "runtime/tokenizer/tokenize.h"

#include <string.h>

enum { SHOWN_IDS = 12, SHOWN_BYTES = 80 };

struct check {
    const struct vocabulary *vocabulary;
    struct reading *reading;
    struct tokenizer tokenizer;
    struct arena *arena;
    bool *compared;
    struct diags *diags;
    struct place place;
};

static bool refuse(struct check *c, const rlx_error *error)
{
    return diag_error(c->diags, c->place, "the compiled tokenizer fails: %s", error->text);
}

/* A few of a list, from a little before `first` on. */
static const char *show_ids(struct arena *a, const uint32_t *ids, uint32_t count, uint32_t first)
{
    struct text out = {.arena = a};
    uint32_t start = first > SHOWN_IDS / 2 ? first - SHOWN_IDS / 2 : 0;
    uint32_t end = (uint32_t)min_u64(count, start + SHOWN_IDS);
    text_add(&out, "%s", start ? "... " : "");
    for (uint32_t i = start; i < end; i++)
        text_add(&out, "%s%u", i > start ? " " : "", ids[i]);
    text_add(&out, "%s", end < count ? " ..." : "");
    return out.data;
}

static const char *show_text(struct arena *a, struct step_text text)
{
    struct text out = {.arena = a};
    uint32_t shown = (uint32_t)min_u64(text.bytes, SHOWN_BYTES);
    text_add_bytes(&out, "", 0);
    for (uint32_t i = 0; i < shown; i++) {
        uint8_t byte = (uint8_t)text.text[i];
        text_add(&out, byte < ' ' || byte == 0x7f || byte == '\\' ? "\\x%02x" : "%c", byte);
    }
    text_add(&out, "%s", shown < text.bytes ? "..." : "");
    return out.data;
}

/* False with an error where the ids differ; *ids are those of the tables. */
static bool compare_ids(struct check *c, struct step_text text, uint32_t flags,
                        const struct reading_ids *expected, struct reading_ids *ids)
{
    rlx_error error = {0};
    size_t count;
    ids->capacity = text.bytes * 4 + 4096;
    ids->all = arena_new(c->arena, uint32_t, ids->capacity);
    if (tokenizer_encode(&c->tokenizer, text.text, text.bytes, flags, (int32_t *)ids->all,
                         ids->capacity, &count, &error) != RLX_OK)
        return refuse(c, &error);
    ids->count = (uint32_t)min_u64(count, ids->capacity);
    uint32_t first = 0;
    while (first < ids->count && first < expected->count && ids->all[first] == expected->all[first])
        first++;
    if (first == ids->count && first == expected->count)
        return true;
    diag_error(c->diags, c->place,
               "the compiled tokenizer differs from its description: the text \"%s\" becomes %u "
               "ids instead of %u, and number %u is the first that differs",
               show_text(c->diags->arena, text), (unsigned)count, expected->count, first);
    diag_note(c->diags, "by the tables: %s",
              show_ids(c->diags->arena, ids->all, ids->count, first));
    diag_note(c->diags, "by the description: %s",
              show_ids(c->diags->arena, expected->all, expected->count, first));
    return false;
}

/* As they arrive, one by one. */
static bool stream(struct check *c, const struct reading_ids *ids, struct step_text *out)
{
    rlx_detokenizer state = {0};
    rlx_error error = {0};
    struct text text = {.arena = c->arena};
    char piece[RLX_DETOKENIZE_MAX];
    size_t bytes;
    for (uint32_t i = 0; i <= ids->count; i++) {
        rlx_status status =
            i < ids->count
                ? detokenizer_step(&c->tokenizer, &state, (int32_t)ids->all[i], piece, sizeof piece,
                                   &bytes, &error)
                : detokenizer_flush(&c->tokenizer, &state, piece, sizeof piece, &bytes, &error);
        if (status != RLX_OK)
            return refuse(c, &error);
        text_add_bytes(&text, piece, bytes);
    }
    *out = (struct step_text){text.data, text.bytes};
    return true;
}

/* Of a run of byte tokens that is no text as a whole, the library shows no character; decoding as
 * ids arrive shows those that are whole. */
static bool has_broken_bytes(const struct vocabulary *v, struct step_text decoded)
{
    for (uint32_t i = 0; i < v->pipeline.decoders.count; i++)
        if (v->pipeline.decoders.all[i].kind == DECODE_byte_fallback)
            return decoded.bytes && memmem(decoded.text, decoded.bytes, "\xef\xbf\xbd", 3);
    return false;
}

static bool compare_decoded(struct check *c, const struct reading_ids *ids)
{
    struct step_text expected = reading_decode(c->reading, ids->all, ids->count, c->arena),
                     found = {0};
    if (has_broken_bytes(c->vocabulary, expected))
        return true;
    if (!stream(c, ids, &found))
        return false;
    if (found.bytes == expected.bytes &&
        (found.bytes == 0 || memcmp(found.text, expected.text, found.bytes) == 0))
        return true;
    diag_error(c->diags, c->place,
               "the compiled tokenizer differs from its description: the ids %s become another "
               "text",
               show_ids(c->diags->arena, ids->all, ids->count, 0));
    diag_note(c->diags, "by the tables: \"%s\"", show_text(c->diags->arena, found));
    diag_note(c->diags, "by the description: \"%s\"", show_text(c->diags->arena, expected));
    return false;
}

/* 1: alike; 0: not; -1: the reading gave up. */
static int compare(struct check *c, struct step_text text, bool specials, bool ends)
{
    struct reading_ids expected = {0}, found = {0};
    uint32_t flags =
        (specials ? RLX_TOKENIZE_PARSE_SPECIAL : 0) | (ends ? RLX_TOKENIZE_ADD_BOS : 0);
    if (!reading_encode(c->reading, text.text, text.bytes, specials, ends, c->arena, &expected))
        return -1;
    return compare_ids(c, text, flags, &expected, &found) && compare_decoded(c, &found);
}

static void give_up(struct check *c, const char *why)
{
    *c->compared = false;
    diag_warning(c->diags, c->place,
                 "the compiled tokenizer was not compared with its description: %s", why);
}

static bool compare_all(struct check *c)
{
    struct check_texts texts = {0};
    check_texts_make(c->vocabulary, c->reading, c->arena, &texts);
    for (uint32_t i = 0; i < texts.count; i++) {
        struct step_text text = texts.all[i];
        struct arena_mark mark = arena_mark(c->arena);
        if (reading_is_too_new(c->reading, text.text, text.bytes))
            continue;
        int result = compare(c, text, i % 4 != 3, i % 4 == 1);
        arena_release(c->arena, mark);
        if (result == 0)
            return false;
        if (result < 0) {
            give_up(c, "a text takes the plain reading too many steps");
            return true;
        }
    }
    return true;
}

/* Sequences of any tokens, of which some become texts that no text's ids are. */
static bool compare_random_ids(struct check *c)
{
    enum { SEQUENCES = 96, MAX_IDS = 24 };
    uint64_t random = 0x9e3779b97f4a7c15u;
    for (uint32_t i = 0; i < SEQUENCES && c->vocabulary->token_count; i++) {
        struct arena_mark mark = arena_mark(c->arena);
        struct reading_ids ids = {arena_new(c->arena, uint32_t, MAX_IDS), 0, MAX_IDS};
        ids.count = 1 + check_draw(&random, MAX_IDS);
        for (uint32_t k = 0; k < ids.count; k++)
            ids.all[k] = check_draw(&random, c->vocabulary->token_count);
        bool good = compare_decoded(c, &ids);
        arena_release(c->arena, mark);
        if (!good)
            return false;
    }
    return true;
}

bool tokenizer_check(const struct vocabulary *v, const uint8_t *section, uint64_t bytes,
                     bool *compared, struct diags *d)
{
    struct arena arena = {0};
    struct check c = {.vocabulary = v,
                      .arena = &arena,
                      .compared = compared,
                      .diags = d,
                      .place = {.file = v->file}};
    rlx_error error = {0};
    const char *why = "";
    bool good = true;
    *compared = true;
    if (tokenizer_open(&c.tokenizer, section, bytes, &error) != RLX_OK) {
        good = refuse(&c, &error);
    } else if ((c.reading = reading_open(v, &arena, &why)) == NULL) {
        give_up(&c, why);
    } else {
        good = compare_all(&c) && compare_random_ids(&c);
        reading_close(c.reading);
    }
    arena_free(&arena);
    return good;
}
