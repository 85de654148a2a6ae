/* The symbols of a section: the tokens, and what else exists while words merge. In: the
 * vocabulary's tokens. Out: struct packing's symbols, found by their published texts, and the
 * tables TEXT, ENDS, BYTES, TOKEN_FLAGS, FRONT and BACK.
 *
 * Where the two kinds of source differ, see pack.c.
 */
#include "compiler/import/tokenizer/text_steps.h"
#include "compiler/tokenizer/pack_parts.h"
#include "runtime/base/utf8.h"

#include <string.h>

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
    uint32_t point;
    return bytes == 0 ? 1 : utf8_read(text, bytes, 0, &point);
}

/* The character that spells a byte: 1 or 2 bytes and a NUL. */
static void spell_byte(uint8_t byte, char spelled[3])
{
    char out[4];
    uint32_t bytes = utf8_write(gpt2_spelling(byte), out);
    memcpy(spelled, out, bytes);
    spelled[bytes] = 0;
}

/* A text with any other character is not a spelling of bytes and stands for itself. */
struct symbol spelled_bytes(struct packing *p, const char *text, size_t bytes)
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

struct symbol word_text(struct packing *p, const char *text, size_t bytes)
{
    return p->byte_level ? spelled_bytes(p, text, bytes) : (struct symbol){text, (uint32_t)bytes};
}

/* The symbols that are tokens. Ids of the model beyond the vocabulary have no text. */
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
        p->symbols[i] = t->text ? word_text(p, t->text, t->bytes) : (struct symbol){"", 0};
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
        if (p->byte_level)
            spell_byte((uint8_t)b, spelled);
        else
            snprintf(spelled, sizeof spelled, "<0x%02X>", b);
        p->bytes[b] = packing_find(p, spelled, strlen(spelled));
        if (p->bytes[b] == RLX_NO_SYMBOL && p->byte_level && v->from_gguf)
            p->bytes[b] = packing_add(
                p, spelled, strlen(spelled),
                word_text(p, arena_text(p->arena, spelled, strlen(spelled)), strlen(spelled)));
        if (!p->byte_level && !v->pipeline.byte_fallback)
            p->bytes[b] = RLX_NO_SYMBOL;
    }
    packing_set_table(p, RLX_TABLE_BYTES, p->bytes, 256, sizeof *p->bytes);
}

void pack_symbols(struct packing *p)
{
    memset(p->spelled, 0xff, sizeof p->spelled);
    for (int byte = 0; byte < 256; byte++)
        p->spelled[gpt2_spelling((uint8_t)byte)] = (int16_t)byte;
    add_tokens(p);
    add_bytes(p);
}

bool pack_text(struct packing *p)
{
    uint32_t *ends = arena_new(p->arena, uint32_t, (size_t)p->symbol_count + 1);
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < p->symbol_count; i++) {
        bytes += p->symbols[i].bytes;
        if (bytes > INT32_MAX)
            return diag_error(p->diags, p->place, "expected tokens of less than 2 GiB together");
        ends[i + 1] = (uint32_t)bytes;
    }
    char *text = arena_alloc(p->arena, (size_t)bytes + 1, 1);
    for (uint32_t i = 0; i < p->symbol_count; i++)
        memcpy(text + ends[i], p->symbols[i].text, p->symbols[i].bytes);
    packing_set_table(p, RLX_TABLE_TEXT, text, bytes, 1);
    packing_set_table(p, RLX_TABLE_ENDS, ends, (uint64_t)p->symbol_count + 1, sizeof *ends);
    return true;
}

void pack_token_flags(struct packing *p)
{
    const struct vocabulary *v = p->vocabulary;
    uint8_t *flags = arena_alloc(p->arena, p->token_count, 1);
    for (uint32_t i = 0; i < v->token_count; i++) {
        const struct vocabulary_token *t = &v->tokens[i];
        bool control = t->kind == TOKEN_control || (v->from_gguf && t->kind == TOKEN_unknown);
        flags[i] =
            (uint8_t)((control ? RLX_TOKEN_CONTROL : 0) | (t->ends_generation ? RLX_TOKEN_END : 0) |
                      (decoded_has_space(p, t) ? RLX_TOKEN_SPACE : 0));
    }
    packing_set_table(p, RLX_TABLE_TOKEN_FLAGS, flags, p->token_count, 1);
    packing_set_table(p, RLX_TABLE_FRONT, v->front, v->front_count, sizeof *v->front);
    packing_set_table(p, RLX_TABLE_BACK, v->back, v->back_count, sizeof *v->back);
}
