/* Packs a vocabulary into the TOKENIZER section. In: struct vocabulary. Out: the bytes of
 * rlx/tokenizer_format.h. This file makes the symbols and assembles the section; tokenizer_*.c make
 * the larger tables.
 *
 * If the two sources differ, each is read as its own programs read it. A byte without a token: in a
 * GGUF file it separates its neighbours while they merge and is dropped then; in a tokenizer.json
 * it is dropped first. Overlapping special tokens: in a GGUF file the longest wins, in a
 * tokenizer.json the leftmost. Two tokens with the same text, two merges of the same pair: in a
 * GGUF file the last token and the first merge count.
 */
#include "compiler/tokenizer/pack_parts.h"

#include <string.h>

void packing_set_table(struct packing *p, enum rlx_tokenizer_table_kind kind, const void *data,
                       uint64_t count, size_t element_bytes)
{
    p->tables[kind].data = data;
    p->tables[kind].bytes = count * element_bytes;
    p->tables[kind].count = (uint32_t)count;
}

uint32_t packing_find(const struct packing *p, const char *text, size_t bytes)
{
    str_id id = bytes ? str_find(&p->strings, text, bytes) : 0;
    return id && id < p->by_string_count ? p->by_string[id] : RLX_NO_SYMBOL;
}

static void remember(struct packing *p, const char *text, size_t bytes, uint32_t symbol)
{
    str_id id = str_intern(&p->strings, text, bytes);
    while (p->by_string_count <= id)
        ARENA_PUSH(p->arena, p->by_string, p->by_string_count, p->by_string_capacity) =
            RLX_NO_SYMBOL;
    p->by_string[id] = symbol;
}

uint32_t packing_add(struct packing *p, const char *text, size_t bytes, struct symbol decoded)
{
    ARENA_PUSH(p->arena, p->symbols, p->symbol_count, p->symbol_capacity) = decoded;
    remember(p, text, bytes, p->symbol_count - 1);
    return p->symbol_count - 1;
}

uint32_t character_bytes(const char *text, size_t bytes)
{
    const uint8_t *t = (const uint8_t *)text;
    uint32_t count = t[0] >= 0xf0 && t[0] < 0xf5   ? 4
                     : t[0] >= 0xe0 && t[0] < 0xf0 ? 3
                     : t[0] >= 0xc2 && t[0] < 0xe0 ? 2
                                                   : 1;
    if (count > bytes)
        return 1;
    for (uint32_t i = 1; i < count; i++)
        if ((t[i] & 0xc0) != 0x80)
            return 1;
    bool invalid = (t[0] == 0xe0 && t[1] < 0xa0) || (t[0] == 0xed && t[1] > 0x9f) ||
                   (t[0] == 0xf0 && t[1] < 0x90) || (t[0] == 0xf4 && t[1] > 0x8f);
    return invalid ? 1 : count;
}

/* GPT-2's spelling of bytes: printable Latin-1 stands for itself, the other 68 bytes are U+0100 and
 * up. */
static uint32_t byte_point(uint8_t byte)
{
    static const struct {
        uint8_t first, last;
    } hidden[] = {{0, 32}, {127, 160}, {173, 173}};
    uint32_t before = 0;
    for (size_t i = 0; i < countof(hidden); i++) {
        if (byte >= hidden[i].first && byte <= hidden[i].last)
            return 256 + before + byte - hidden[i].first;
        before += hidden[i].last - hidden[i].first + 1u;
    }
    return byte;
}

/* The character that spells a byte: 1 or 2 bytes and a NUL. */
static void spell_byte(uint8_t byte, char spelled[3])
{
    uint32_t point = byte_point(byte);
    spelled[0] = (char)(point < 0x80 ? point : 0xc0 | point >> 6);
    spelled[1] = (char)(point < 0x80 ? 0 : 0x80 | (point & 0x3f));
    spelled[2] = 0;
}

/* A text with any other character is not a spelling of bytes and stands for itself. */
static struct symbol decode_bytes(struct packing *p, const char *text, size_t bytes)
{
    char *out = arena_alloc(p->arena, bytes + 1, 1);
    uint32_t used = 0;
    for (size_t i = 0; i < bytes;) {
        const uint8_t *t = (const uint8_t *)text + i;
        uint32_t length = character_bytes(text + i, bytes - i);
        uint32_t point = length == 1   ? t[0]
                         : length == 2 ? (t[0] & 0x1fu) << 6 | (t[1] & 0x3fu)
                                       : UINT32_MAX;
        if (point >= countof(p->spelled) || p->spelled[point] < 0 || (length == 1 && t[0] >= 0x80))
            return (struct symbol){text, (uint32_t)bytes};
        out[used++] = (char)p->spelled[point];
        i += length;
    }
    return (struct symbol){out, used};
}

/* U+2581 becomes a space. */
static struct symbol decode_spaces(struct packing *p, const char *text, size_t bytes)
{
    char *out = arena_alloc(p->arena, bytes + 1, 1);
    uint32_t used = 0;
    for (size_t i = 0; i < bytes;) {
        bool mark = bytes - i >= 3 && memcmp(text + i, "\xe2\x96\x81", 3) == 0;
        out[used++] = mark ? ' ' : text[i];
        i += mark ? 3 : 1;
    }
    return (struct symbol){out, used};
}

struct symbol decode_text(struct packing *p, const char *text, size_t bytes)
{
    return p->vocabulary->kind == VOCABULARY_byte_level ? decode_bytes(p, text, bytes)
                                                        : decode_spaces(p, text, bytes);
}

static int hexadecimal(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

/* <0x0A>; -1 for any other text. */
static int named_byte(const struct vocabulary_token *t)
{
    if (t->bytes != 6 || memcmp(t->text, "<0x", 3) != 0 || t->text[5] != '>')
        return -1;
    int high = hexadecimal(t->text[3]), low = hexadecimal(t->text[4]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

static struct symbol decode_token(struct packing *p, const struct vocabulary_token *t)
{
    if (!t->text)
        return (struct symbol){"", 0};
    int byte =
        t->kind == TOKEN_byte && p->vocabulary->kind == VOCABULARY_characters ? named_byte(t) : -1;
    if (byte >= 0) {
        char *one = arena_alloc(p->arena, 2, 1);
        one[0] = (char)byte;
        return (struct symbol){one, 1};
    }
    if (t->added && p->vocabulary->from_gguf)
        return (struct symbol){t->text, t->bytes};
    return decode_text(p, t->text, t->bytes);
}

/* The symbols that are tokens. Ids of the model beyond the vocabulary decode to nothing. */
static void add_tokens(struct packing *p)
{
    const struct vocabulary *v = p->vocabulary;
    p->token_count = (uint32_t)max_u64(v->token_count,
                                       min_u64(p->model->hyper.vocabulary, VOCABULARY_MAX_TOKENS));
    p->symbol_count = p->token_count;
    p->symbols =
        arena_grow(p->arena, NULL, 0, &p->symbol_capacity, p->token_count, sizeof *p->symbols);
    for (uint32_t i = 0; i < p->token_count; i++) {
        p->symbols[i] = (struct symbol){"", 0};
        if (i >= v->token_count)
            continue;
        const struct vocabulary_token *t = &v->tokens[i];
        p->symbols[i] = decode_token(p, t);
        if (t->text && t->bytes && !t->unmerged &&
            (v->from_gguf || packing_find(p, t->text, t->bytes) == RLX_NO_SYMBOL))
            remember(p, t->text, t->bytes, i);
    }
}

static void add_bytes(struct packing *p)
{
    const struct vocabulary *v = p->vocabulary;
    for (uint32_t b = 0; b < 256; b++) {
        char spelled[8];
        bool byte_level = v->kind == VOCABULARY_byte_level;
        if (byte_level)
            spell_byte((uint8_t)b, spelled);
        else
            snprintf(spelled, sizeof spelled, "<0x%02X>", b);
        p->bytes[b] = packing_find(p, spelled, strlen(spelled));
        if (p->bytes[b] == RLX_NO_SYMBOL && byte_level && v->from_gguf)
            p->bytes[b] = packing_add(
                p, spelled, strlen(spelled),
                decode_text(p, arena_text(p->arena, spelled, strlen(spelled)), strlen(spelled)));
        bool is_byte = byte_level || v->from_gguf || p->bytes[b] >= v->token_count ||
                       v->tokens[p->bytes[b]].kind == TOKEN_byte;
        if (!is_byte)
            p->bytes[b] = RLX_NO_SYMBOL;
    }
    packing_set_table(p, RLX_TABLE_BYTES, p->bytes, 256, sizeof *p->bytes);
}

/* A streaming decoder writes at most three bytes per byte of a token, so RLX_DETOKENIZE_MAX of
 * rlx.h is enough for any token. */
enum { MOST_DECODED = 1360 };

static bool pack_text(struct packing *p)
{
    uint32_t *ends = arena_new(p->arena, uint32_t, p->symbol_count + 1);
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < p->symbol_count; i++) {
        if (p->symbols[i].bytes > MOST_DECODED)
            return diag_error(p->diags, p->place, "token %u: expected at most %d bytes, found %u",
                              i, MOST_DECODED, p->symbols[i].bytes);
        bytes += p->symbols[i].bytes;
        if (bytes > INT32_MAX)
            return diag_error(p->diags, p->place, "expected tokens of less than 2 GiB together");
        ends[i + 1] = (uint32_t)bytes;
    }
    p->text_bytes = (uint32_t)bytes;
    pack_specials(p);
    char *text = arena_alloc(p->arena, (size_t)bytes + p->special_text_bytes + 1, 1);
    for (uint32_t i = 0; i < p->symbol_count; i++)
        memcpy(text + ends[i], p->symbols[i].text, p->symbols[i].bytes);
    if (p->special_text_bytes)
        memcpy(text + bytes, p->special_text, p->special_text_bytes);
    packing_set_table(p, RLX_TABLE_TEXT, text, bytes + p->special_text_bytes, 1);
    packing_set_table(p, RLX_TABLE_ENDS, ends, p->symbol_count + 1, sizeof *ends);
    return true;
}

static void pack_token_flags(struct packing *p)
{
    const struct vocabulary *v = p->vocabulary;
    uint8_t *flags = arena_alloc(p->arena, p->token_count, 1);
    for (uint32_t i = 0; i < v->token_count; i++) {
        const struct vocabulary_token *t = &v->tokens[i];
        bool control = t->kind == TOKEN_control || (v->from_gguf && t->kind == TOKEN_unknown);
        flags[i] =
            (uint8_t)((control ? RLX_TOKEN_CONTROL : 0) | (t->ends_generation ? RLX_TOKEN_END : 0));
    }
    packing_set_table(p, RLX_TABLE_TOKEN_FLAGS, flags, p->token_count, 1);
    packing_set_table(p, RLX_TABLE_PREFIX, v->front, v->front_count, sizeof *v->front);
}

static uint32_t split_flags(const struct word_split *s)
{
    return (s->words ? RLX_SPLIT_WORDS : 0u) | (s->contractions ? RLX_SPLIT_CONTRACTIONS : 0u) |
           (s->any_case ? RLX_SPLIT_ANY_CASE : 0u) | (s->long_s ? RLX_SPLIT_LONG_S : 0u) |
           (s->prefix_any ? RLX_SPLIT_PREFIX_ANY : 0u) |
           (s->number_space ? RLX_SPLIT_NUMBER_SPACE : 0u) |
           (s->newlines ? RLX_SPLIT_NEWLINES : 0u) |
           (s->numbers_first ? RLX_SPLIT_NUMBERS_FIRST : 0u) | (s->spaces ? RLX_SPLIT_SPACES : 0u) |
           (s->cased ? RLX_SPLIT_CASED : 0u) | (s->slashes ? RLX_SPLIT_SLASHES : 0u);
}

static uint32_t prefix_of(enum space_prefix prefix)
{
    switch (prefix) {
    case PREFIX_none:
        return RLX_PREFIX_NONE;
    case PREFIX_stretch:
        return RLX_PREFIX_STRETCH;
    case PREFIX_unless_space:
        return RLX_PREFIX_UNLESS_SPACE;
    case PREFIX_first:
        return RLX_PREFIX_FIRST;
    }
    unreachable("an unknown prefix");
}

static uint32_t model_number(enum vocabulary_model model)
{
    switch (model) {
    case MODEL_bpe:
        return RLX_MODEL_BPE;
    case MODEL_unigram:
        return RLX_MODEL_UNIGRAM;
    case MODEL_wordpiece:
        return RLX_MODEL_WORDPIECE;
    case MODEL_word_level:
        return RLX_MODEL_WORD_LEVEL;
    }
    unreachable("an unknown model");
}

static struct rlx_tokenizer_header make_header(const struct packing *p)
{
    const struct vocabulary *v = p->vocabulary;
    struct rlx_tokenizer_header h = {.magic = RLX_TOKENIZER_MAGIC,
                                     .version = RLX_TOKENIZER_VERSION};
    h.flags = (v->kind == VOCABULARY_characters ? RLX_TOKENIZER_CHARACTERS : 0u) |
              (v->nfc ? RLX_TOKENIZER_NFC : 0u) |
              (v->whole_words ? RLX_TOKENIZER_WHOLE_WORDS : 0u) |
              (v->fuse_unknown ? RLX_TOKENIZER_FUSE_UNKNOWN : 0u) |
              (v->from_gguf ? RLX_TOKENIZER_LONGEST_SPECIAL : 0u) |
              (v->strip_space ? RLX_TOKENIZER_STRIP_SPACE : 0u);
    h.prefix = prefix_of(v->prefix);
    h.split = split_flags(&v->split);
    h.split_digits = v->split.digits;
    h.model = model_number(v->pipeline.model);
    h.word_characters = v->pipeline.max_word_characters;
    h.token_count = p->token_count;
    h.symbol_count = p->symbol_count;
    h.unknown = v->unknown < p->token_count ? v->unknown : RLX_NO_SYMBOL;
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
    memset(p.spelled, 0xff, sizeof p.spelled);
    for (int byte = 0; byte < 256; byte++)
        p.spelled[byte_point((uint8_t)byte)] = (int16_t)byte;
    add_tokens(&p);
    add_bytes(&p);
    bool good = pack_merges(&p) && pack_model(&p) && pack_text(&p);
    if (good) {
        pack_words(&p);
        pack_token_flags(&p);
        pack_classes(&p);
        if (p.vocabulary->nfc)
            pack_nfc(&p);
        good = assemble(&p, a, section, bytes);
    }
    arena_free(&scratch);
    return good;
}
