/* What the model of a tokenizer needs besides its merges and words. In: the vocabulary. Out: tables
 * MODEL, TRIE, SCORES and AFFIXES (rlx/model_format.h).
 *
 * Which tokens are pieces, and their scores, follow the programs that publish such files. In a
 * SentencePiece model, control, unknown, byte and unused pieces never match text, and the score of
 * a user-defined one is 0.1 for each of its bytes but the first. In a tokenizer.json every entry of
 * the model's vocabulary is a piece. In a GGUF file, user-defined pieces have the score 0. The
 * score of an unknown character is the lowest one less 10. */
#include "compiler/tokenizer/pack_parts.h"
#include "compiler/tokenizer/pack_trie.h"
#include "runtime/tokenizer/trie.h"

#include "rlx/model_format.h"

#include <float.h>
#include <string.h>

enum {
    MAX_TEXT = 1 << 28, /* bytes of all pieces together */
    MAX_PIECE = 1 << 8, /* bytes of a piece that is matched before merging: see model_window.c */
};

struct pieces {
    struct trie_text *all;
    uint32_t count;
    uint64_t bytes;
};

/* Where a vocabulary comes from, for a model that is not BPE. */
enum source { SOURCE_sentencepiece, SOURCE_json, SOURCE_gguf };

static enum source source_of(const struct vocabulary *v)
{
    return v->pipeline.float32_scores ? SOURCE_sentencepiece
           : v->from_gguf             ? SOURCE_gguf
                                      : SOURCE_json;
}

static bool is_piece(const struct vocabulary *v, const struct vocabulary_token *t)
{
    if (!t->text || !t->bytes || t->unmerged)
        return false;
    if (v->pipeline.model == MODEL_bpe)
        return !v->from_gguf && !t->added && t->kind == TOKEN_user_defined;
    if (v->pipeline.model != MODEL_unigram || source_of(v) == SOURCE_json)
        return true;
    return t->kind == TOKEN_normal || t->kind == TOKEN_user_defined ||
           (t->kind == TOKEN_unused && source_of(v) == SOURCE_gguf);
}

static bool pack_pieces(struct packing *p, struct rlx_model *m)
{
    const struct vocabulary *v = p->vocabulary;
    struct pieces pieces = {arena_new(p->arena, struct trie_text, max_u64(v->token_count, 1)), 0,
                            0};
    for (uint32_t i = 0; i < v->token_count; i++) {
        const struct vocabulary_token *t = &v->tokens[i];
        if (!is_piece(v, t))
            continue;
        const struct symbol *in_words = &p->symbols[i];
        if (in_words->bytes > RLX_MODEL_MAX_BYTES)
            return diag_error(p->diags, p->place, "token %u: expected at most %d bytes, found %u",
                              i, RLX_MODEL_MAX_BYTES, in_words->bytes);
        pieces.all[pieces.count++] = (struct trie_text){in_words->text, in_words->bytes, i};
        pieces.bytes += in_words->bytes;
        m->longest = (uint32_t)max_u64(m->longest, in_words->bytes);
    }
    if (pieces.bytes > MAX_TEXT)
        return diag_error(p->diags, p->place, "expected tokens of at most %d MiB together",
                          MAX_TEXT >> 20);
    uint32_t count;
    struct rlx_trie_node *nodes = trie_build(p->arena, pieces.all, pieces.count, &count);
    packing_set_table(p, RLX_TABLE_TRIE, nodes, count, sizeof *nodes);
    return true;
}

static bool has_score(const struct vocabulary *v, const struct vocabulary_token *t)
{
    return is_piece(v, t) && (source_of(v) == SOURCE_json || t->kind == TOKEN_normal);
}

static double score_of(const struct vocabulary *v, const struct vocabulary_token *t)
{
    if (source_of(v) == SOURCE_json || t->kind != TOKEN_user_defined)
        return t->score;
    return source_of(v) == SOURCE_gguf ? 0 : (float)(0.1 * t->bytes - 0.1);
}

static void pack_scores(struct packing *p, struct rlx_model *m)
{
    const struct vocabulary *v = p->vocabulary;
    double lowest = DBL_MAX;
    double *wide = arena_new(p->arena, double, max_u64(p->token_count, 1));
    float *narrow = arena_new(p->arena, float, max_u64(p->token_count, 1));
    bool exact = true;
    for (uint32_t i = 0; i < v->token_count; i++) {
        if (!has_score(v, &v->tokens[i]))
            continue;
        lowest = v->tokens[i].score < lowest ? v->tokens[i].score : lowest;
    }
    for (uint32_t i = 0; i < v->token_count; i++) {
        wide[i] = score_of(v, &v->tokens[i]);
        narrow[i] = (float)wide[i];
        exact = exact && (double)narrow[i] == wide[i];
    }
    m->unknown_score = source_of(v) == SOURCE_json ? lowest - 10 : (double)((float)lowest - 10.0f);
    if (exact) {
        packing_set_table(p, RLX_TABLE_SCORES, narrow, p->token_count, sizeof *narrow);
        return;
    }
    m->flags |= RLX_MODEL_WIDE_SCORES;
    packing_set_table(p, RLX_TABLE_SCORES, wide, p->token_count, sizeof *wide);
}

static void set_continuing(struct packing *p, struct rlx_model *m)
{
    const struct step_text *prefix = &p->vocabulary->pipeline.continuing_prefix;
    struct trie pieces = {p->tables[RLX_TABLE_TRIE].data, p->tables[RLX_TABLE_TRIE].count};
    struct trie_at at = trie_root(&pieces);
    for (uint32_t i = 0; i < prefix->bytes && at.base != RLX_TRIE_LEAF; i++)
        if (!trie_step(&pieces, &at, (uint8_t)prefix->text[i]))
            at.base = RLX_TRIE_LEAF;
    m->continuing = at.base;
}

static bool pack_affixes(struct packing *p, struct rlx_model *m)
{
    const struct pipeline *l = &p->vocabulary->pipeline;
    const struct step_text *prefix = &l->continuing_prefix, *suffix = &l->end_suffix;
    if (prefix->bytes > RLX_MODEL_MAX_AFFIX || suffix->bytes > RLX_MODEL_MAX_AFFIX)
        return diag_error(p->diags, p->place,
                          "expected a prefix and a suffix of parts of words of at most %d bytes",
                          RLX_MODEL_MAX_AFFIX);
    char *affixes = arena_alloc(p->arena, (size_t)prefix->bytes + suffix->bytes + 1, 1);
    if (prefix->bytes)
        memcpy(affixes, prefix->text, prefix->bytes);
    if (suffix->bytes)
        memcpy(affixes + prefix->bytes, suffix->text, suffix->bytes);
    m->prefix_bytes = prefix->bytes;
    m->suffix_bytes = suffix->bytes;
    if (prefix->bytes + suffix->bytes)
        m->flags |= RLX_MODEL_AFFIXES | RLX_MODEL_WHOLE;
    packing_set_table(p, RLX_TABLE_AFFIXES, affixes, prefix->bytes + suffix->bytes, 1);
    return true;
}

static const char mark[] = "\xe2\x96\x81"; /* U+2581 */

static bool is_mark(const char *text, uint32_t bytes)
{
    return bytes >= 3 && memcmp(text, mark, 3) == 0;
}

static void join(struct rlx_model *m, uint8_t before, uint8_t after)
{
    m->joined[before][after / 32] |= 1u << after % 32;
}

/* Notes that a text goes across from the end of one to the start of another. */
static void note_joined(const struct packing *p, struct rlx_model *m, struct symbol left,
                        struct symbol right)
{
    if (left.bytes == 0 || right.bytes == 0)
        return;
    uint8_t before = (uint8_t)left.text[left.bytes - 1], after = (uint8_t)right.text[0];
    if (!p->byte_level && left.bytes >= 3 && is_mark(left.text + left.bytes - 3, 3))
        before = RLX_MODEL_MARK;
    if (!p->byte_level && is_mark(right.text, right.bytes))
        after = RLX_MODEL_MARK;
    join(m, before, after);
}

void packing_note_merge(struct packing *p, struct symbol left, struct symbol right)
{
    note_joined(p, &p->joins, left, right);
}

static uint32_t known_bytes(const struct packing *p)
{
    uint32_t known = 0;
    for (uint32_t i = 0; i < 256; i++)
        known += p->bytes[i] != RLX_NO_SYMBOL;
    return known;
}

/* Joins everything with what begins with that byte. */
static void join_column(struct rlx_model *m, uint8_t after)
{
    for (uint32_t before = 0; before < 256; before++)
        join(m, (uint8_t)before, after);
}

/* Pieces that are matched before merging go across characters. A space that is no token joins its
 * neighbours in other ways; so does any character that is dropped, or that is unknown together with
 * its neighbour. */
static void set_joined(struct packing *p, struct rlx_model *m)
{
    const struct vocabulary *v = p->vocabulary;
    bool known = known_bytes(p) == 256, drops = !known && v->unknown >= p->token_count;
    memcpy(m->joined, p->joins.joined, sizeof m->joined);
    for (uint32_t i = 0; i < v->token_count; i++)
        for (uint32_t cut = 1; is_piece(v, &v->tokens[i]) && cut < p->symbols[i].bytes; cut++)
            note_joined(p, m, (struct symbol){p->symbols[i].text, cut},
                        (struct symbol){p->symbols[i].text + cut, p->symbols[i].bytes - cut});
    uint32_t space = p->byte_level ? p->bytes[' '] : packing_find(p, " ", 1);
    for (uint32_t after = 0; after < 256; after++) {
        bool is_space = after == ' ' || after == RLX_MODEL_MARK;
        bool is_token =
            after == ' ' ? space < p->token_count : packing_find(p, mark, 3) < p->token_count;
        if (drops || (is_space && !p->byte_level ? !is_token : !known && v->fuse_unknown))
            join_column(m, (uint8_t)after);
    }
}

static bool finish_bpe(struct packing *p, struct rlx_model *m)
{
    const struct vocabulary *v = p->vocabulary;
    if (!pack_affixes(p, m))
        return false;
    set_joined(p, m);
    m->flags |= p->joins.flags;
    if (v->by_score && v->fuse_unknown)
        m->flags |= RLX_MODEL_FUSE_IDS;
    /* Where some bytes have a token and others do not, the tokenizers library changes the order of
     * parts. */
    uint32_t known = known_bytes(p);
    if (m->longest > MAX_PIECE || (known > 0 && known < 256))
        m->flags |= RLX_MODEL_WHOLE;
    return true;
}

bool pack_model(struct packing *p)
{
    const struct vocabulary *v = p->vocabulary;
    struct rlx_model *m = arena_new(p->arena, struct rlx_model, 1);
    m->continuing = RLX_TRIE_LEAF;
    packing_set_table(p, RLX_TABLE_MODEL, m, 1, sizeof *m);
    if (v->pipeline.model == MODEL_word_level)
        return true;
    if (!pack_pieces(p, m))
        return false;
    if (v->pipeline.model == MODEL_bpe)
        return finish_bpe(p, m);
    if (!v->pipeline.byte_fallback)
        memset(p->bytes, 0xff, sizeof p->bytes);
    if (v->pipeline.model == MODEL_wordpiece)
        set_continuing(p, m);
    else
        pack_scores(p, m);
    if (v->pipeline.float32_scores)
        m->flags |= RLX_MODEL_NARROW_SUMS;
    return true;
}
