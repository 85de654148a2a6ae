/* Packs a vocabulary and its pipeline into the TOKENIZER section. In: struct vocabulary. Out: the
 * bytes of rlx/tokenizer_format.h. This file assembles the section; pack_*.c make the tables.
 *
 * If the two sources differ, each is read as its own programs read it. A byte without a token: in a
 * GGUF file it separates its neighbours while they merge and is dropped then; in a tokenizer.json
 * it is dropped first. Overlapping added tokens: in a GGUF file the longest wins, in a
 * tokenizer.json the leftmost. Two tokens with the same text, two merges of the same pair: in a
 * GGUF file the last token and the first merge count. Added tokens decode to their text in a GGUF
 * file, and go through the decoder in a tokenizer.json.
 */
#include "compiler/import/tokenizer/text_steps.h"
#include "compiler/tokenizer/pack_parts.h"

#include <string.h>

void packing_set_table(struct packing *p, enum rlx_tokenizer_table_kind kind, const void *data,
                       uint64_t count, size_t element_bytes)
{
    p->tables[kind].data = data;
    p->tables[kind].bytes = count * element_bytes;
    p->tables[kind].count = (uint32_t)count;
}

static enum rlx_tokenizer_model model_of(const struct vocabulary *v)
{
    switch (v->pipeline.model) {
    case MODEL_bpe:
        return RLX_MODEL_BPE;
    case MODEL_unigram:
        return RLX_MODEL_UNIGRAM;
    case MODEL_wordpiece:
        return RLX_MODEL_WORDPIECE;
    case MODEL_word_level:
        return RLX_MODEL_WORD_LEVEL;
    }
    unreachable("an unknown model of a tokenizer");
}

static struct rlx_tokenizer_header make_header(const struct packing *p)
{
    const struct vocabulary *v = p->vocabulary;
    struct rlx_tokenizer_header h = {.magic = RLX_TOKENIZER_MAGIC,
                                     .version = RLX_TOKENIZER_VERSION,
                                     .table_count = RLX_TABLE_COUNT,
                                     .needed_tables = RLX_TABLE_COUNT};
    h.flags = (p->byte_level ? 0u : RLX_TOKENIZER_CHARACTERS) |
              (v->whole_words ? RLX_TOKENIZER_WHOLE_WORDS : 0u) |
              (v->fuse_unknown ? RLX_TOKENIZER_FUSE_UNKNOWN : 0u) |
              (v->from_gguf ? RLX_TOKENIZER_LONGEST_SPECIAL : 0u) |
              (p->each_byte ? RLX_TOKENIZER_EACH_BYTE : 0u);
    h.model = model_of(v);
    h.token_count = p->token_count;
    h.symbol_count = p->symbol_count;
    h.unknown = v->unknown < p->token_count ? v->unknown : RLX_NO_SYMBOL;
    h.start = p->start;
    h.max_covered = max_covered(p);
    h.word_characters = v->pipeline.max_word_characters;
    return h;
}

static bool assemble(struct packing *p, struct arena *a, uint8_t **section, uint64_t *bytes)
{
    struct rlx_tokenizer_header h = make_header(p);
    uint64_t end = sizeof h;
    for (uint32_t i = 0; i < RLX_TABLE_COUNT; i++) {
        end = round_up(end, 8);
        h.tables[i] = (struct rlx_tokenizer_table){(uint32_t)end, p->tables[i].count};
        end += p->tables[i].bytes;
        if (end > UINT32_MAX)
            return diag_error(p->diags, p->place,
                              "expected a vocabulary whose tables take less than 4 GiB");
    }
    h.bytes = *bytes = round_up(end, 8);
    *section = arena_alloc(a, *bytes, 64);
    memcpy(*section, &h, sizeof h);
    for (uint32_t i = 0; i < RLX_TABLE_COUNT; i++)
        if (p->tables[i].bytes)
            memcpy(*section + h.tables[i].offset, p->tables[i].data, p->tables[i].bytes);
    return true;
}

static bool pack_all(struct packing *p)
{
    const struct pipeline *pipeline = &p->vocabulary->pipeline;
    p->byte_level =
        steps_have_bytes(&pipeline->normalizers) || steps_have_bytes(&pipeline->pre_tokenizers);
    pack_symbols(p);
    if (!pack_merges(p) || !pack_model(p) || !pack_text(p) || !pack_steps(p) || !pack_decoded(p) ||
        !pack_specials(p))
        return false;
    pack_words(p);
    pack_token_flags(p);
    return true;
}

bool tokenizer_pack(const struct model *m, struct arena *a, uint8_t **section, uint64_t *bytes,
                    struct diags *d)
{
    *section = NULL;
    *bytes = 0;
    if (!m->vocabulary)
        return true;
    struct arena scratch = {0};
    struct packing p = {.model = m,
                        .vocabulary = m->vocabulary,
                        .arena = &scratch,
                        .diags = d,
                        .place = {.file = m->vocabulary->file}};
    strings_init(&p.strings, &scratch);
    bool good = pack_all(&p) && assemble(&p, a, section, bytes);
    arena_free(&scratch);
    return good;
}
