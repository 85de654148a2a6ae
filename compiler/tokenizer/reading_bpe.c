/* Byte-pair encoding. In: a piece. Out: its ids. The piece is taken apart into characters; then, as
 * long as there is one, the best pair of neighbours merges, of equally good pairs the leftmost:
 * the pair that the list of merges has first, or the one whose joint text is the token of the
 * highest score. */
#include "compiler/import/tokenizer/text_steps.h"
#include "compiler/tokenizer/reading_parts.h"

#include <string.h>

struct symbol {
    struct step_text text; /* as the model's tokens spell it */
    double badness;        /* of the pair with the next symbol; HUGE: they do not merge */
    bool whole;            /* a user-defined piece, which merges with nothing */
};

#define HUGE 1e300

struct symbols {
    struct symbol *all;
    uint32_t count, capacity;
};

/* How an unused token was made, which comes apart again in the end (SentencePiece). */
struct making {
    struct step_text whole, left;
};

struct makings {
    struct making *all;
    uint32_t count, capacity;
};

struct bpe {
    const struct reading *r;
    struct arena *arena;
    struct symbols symbols;
    struct makings makings;
    bool unknown_waits;
};

static struct step_text join(struct arena *a, struct step_text left, struct step_text right)
{
    struct text whole = {.arena = a};
    text_add_bytes(&whole, left.text, left.bytes);
    text_add_bytes(&whole, right.text, right.bytes);
    return view(&whole);
}

static void add_symbol(struct bpe *b, struct step_text text)
{
    ARENA_PUSH(b->arena, b->symbols.all, b->symbols.count, b->symbols.capacity) =
        (struct symbol){.text = text, .badness = HUGE};
}

static struct step_text token_text(const struct reading *r, uint32_t id)
{
    return (struct step_text){r->vocabulary->tokens[id].text, r->vocabulary->tokens[id].bytes};
}

static void flush_unknown(struct bpe *b)
{
    if (b->unknown_waits)
        add_symbol(b, token_text(b->r, b->r->vocabulary->unknown));
    b->unknown_waits = false;
}

/* Not a token: its bytes, if all of them have tokens; else unknown, which waits so that the next
 * unknown one can join it. (Bytes do not end the wait: so it is in the tokenizers library.) */
static void add_no_token(struct bpe *b, struct step_text text)
{
    const struct vocabulary *v = b->r->vocabulary;
    struct reading_ids bytes = {0};
    if (v->pipeline.byte_fallback && model_add_bytes(b->r, text, b->arena, &bytes)) {
        for (uint32_t i = 0; i < bytes.count; i++)
            add_symbol(b, token_text(b->r, bytes.all[i]));
    } else if (v->unknown != NO_ID) {
        if (!v->fuse_unknown)
            flush_unknown(b);
        b->unknown_waits = true;
    } else if (v->from_gguf && steps_have_bytes(&v->pipeline.pre_tokenizers)) {
        add_symbol(b, text); /* a byte: separates its neighbours, and is dropped in the end */
    }
}

/* The longest user-defined piece that the text begins with; 0: none. In SentencePiece's models,
 * such pieces are found in text before anything merges. */
static uint32_t user_defined(const struct bpe *b, struct step_text text)
{
    const struct vocabulary *v = b->r->vocabulary;
    if (!v->by_score || v->from_gguf)
        return 0;
    for (uint32_t bytes = (uint32_t)min_u64(text.bytes, b->r->longest_token); bytes; bytes--) {
        uint32_t id = model_find(b->r, text.text, bytes);
        if (id != NO_ID && v->tokens[id].kind == TOKEN_user_defined && !v->tokens[id].added)
            return bytes;
    }
    return 0;
}

static void take_apart(struct bpe *b, struct step_text piece)
{
    const struct pipeline *p = &b->r->vocabulary->pipeline;
    for (uint32_t at = 0, point; at < piece.bytes;) {
        uint32_t bytes = user_defined(b, (struct step_text){piece.text + at, piece.bytes - at});
        if (bytes) {
            add_symbol(b, (struct step_text){piece.text + at, bytes});
            b->symbols.all[b->symbols.count - 1].whole = true;
            at += bytes;
            continue;
        }
        bytes = character_at(piece, at, &point);
        struct step_text text = {piece.text + at, bytes};
        if (at > 0 && p->continuing_prefix.bytes)
            text = join(b->arena, p->continuing_prefix, text);
        if (at + bytes == piece.bytes && p->end_suffix.bytes)
            text = join(b->arena, text, p->end_suffix);
        at += bytes;
        if (model_find(b->r, text.text, text.bytes) == NO_ID && !b->r->vocabulary->by_score) {
            add_no_token(b, text);
            continue;
        }
        flush_unknown(b);
        add_symbol(b, text);
    }
    flush_unknown(b);
}

/* The joint text lacks the second one's continuing prefix. */
static struct step_text merged(struct bpe *b, uint32_t i)
{
    struct step_text right = b->symbols.all[i + 1].text;
    uint32_t prefix = b->r->vocabulary->pipeline.continuing_prefix.bytes;
    if (prefix <= right.bytes) {
        right.text += prefix;
        right.bytes -= prefix;
    }
    return join(b->arena, b->symbols.all[i].text, right);
}

static void judge(struct bpe *b, uint32_t i)
{
    if (i + 1 >= b->symbols.count)
        return;
    const struct vocabulary *v = b->r->vocabulary;
    struct symbol *left = &b->symbols.all[i], *right = left + 1;
    left->badness = HUGE;
    if (left->whole || right->whole)
        return;
    if (!v->by_score) {
        uint32_t rank = model_find_merge(b->r, left->text, right->text);
        left->badness = rank == NO_ID ? HUGE : rank;
        return;
    }
    struct step_text whole = merged(b, i);
    uint32_t id = model_find(b->r, whole.text, whole.bytes);
    if (id == NO_ID ||
        (!v->from_gguf && v->tokens[id].kind != TOKEN_normal && v->tokens[id].kind != TOKEN_unused))
        return;
    left->badness = -(double)v->tokens[id].score;
    if (v->tokens[id].kind == TOKEN_unused && !v->from_gguf)
        ARENA_PUSH(b->arena, b->makings.all, b->makings.count, b->makings.capacity) =
            (struct making){whole, left->text};
}

static void merge_all(struct bpe *b)
{
    struct symbol *all = b->symbols.all;
    for (uint32_t i = 0; i + 1 < b->symbols.count; i++)
        judge(b, i);
    for (;;) {
        uint32_t best = 0;
        for (uint32_t i = 1; i + 1 < b->symbols.count; i++)
            if (all[i].badness < all[best].badness)
                best = i;
        if (b->symbols.count < 2 || all[best].badness >= HUGE)
            return;
        all[best].text = merged(b, best);
        all[best].badness = HUGE;
        memmove(&all[best + 1], &all[best + 2], (b->symbols.count - best - 2) * sizeof *all);
        b->symbols.count--;
        if (best > 0)
            judge(b, best - 1);
        judge(b, best);
    }
}

/* A symbol that is no token: its bytes in a SentencePiece vocabulary, the characters that spell
 * its bytes in the others; what has no token either is unknown, or dropped. */
static void emit_parts(struct bpe *b, struct step_text text, struct reading_ids *out)
{
    const struct vocabulary *v = b->r->vocabulary;
    if (v->pipeline.byte_fallback && model_add_bytes(b->r, text, b->arena, out))
        return;
    if (v->by_score || v->unknown != NO_ID) {
        bool again = v->fuse_unknown && out->count && out->all[out->count - 1] == v->unknown;
        if (v->unknown != NO_ID && !again)
            add_id(b->arena, out, v->unknown);
        return;
    }
    for (uint32_t at = 0, point, bytes; at < text.bytes; at += bytes) {
        bytes = character_at(text, at, &point);
        uint32_t id = model_find(b->r, text.text + at, bytes);
        if (id != NO_ID)
            add_id(b->arena, out, id);
    }
}

static const struct making *made(const struct bpe *b, struct step_text whole)
{
    for (uint32_t i = b->makings.count; i > 0; i--) { /* the last one counts */
        const struct making *m = &b->makings.all[i - 1];
        if (m->whole.bytes == whole.bytes && memcmp(m->whole.text, whole.text, whole.bytes) == 0)
            return m;
    }
    return NULL;
}

static void emit(struct bpe *b, struct step_text text, struct reading_ids *out)
{
    uint32_t id = model_find(b->r, text.text, text.bytes);
    const struct making *m =
        id != NO_ID && b->r->vocabulary->tokens[id].kind == TOKEN_unused ? made(b, text) : NULL;
    if (m && m->left.bytes < text.bytes) {
        emit(b, m->left, out);
        emit(b, (struct step_text){text.text + m->left.bytes, text.bytes - m->left.bytes}, out);
    } else if (id != NO_ID) {
        add_id(b->arena, out, id);
    } else {
        emit_parts(b, text, out);
    }
}

void bpe_encode(const struct reading *r, struct step_text piece, struct arena *a,
                struct reading_ids *out)
{
    struct bpe b = {.r = r, .arena = a};
    uint32_t whole = r->vocabulary->whole_words ? model_find(r, piece.text, piece.bytes) : NO_ID;
    if (whole != NO_ID) {
        add_id(a, out, whole);
        return;
    }
    take_apart(&b, piece);
    merge_all(&b);
    for (uint32_t i = 0; i < b.symbols.count; i++)
        emit(&b, b.symbols.all[i].text, out);
}
