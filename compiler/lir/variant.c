/* Variants: the sizes that they bind, and their key and name on disk. The rules are at the head of
 * variant.h. */
#include "compiler/lir/variant.h"

#include "compiler/base/out.h"
#include "compiler/lir/lir.h"

#include <ctype.h>
#include <string.h>

#define XXH_STATIC_LINKING_ONLY /* a hash state that needs no allocation */
#include <xxhash.h>

enum { ENCODER_BATCH_MAX = 1 << 16, VARIANT_ROWS_MAX = 1 << 24 };

struct variant variant_prefill(uint32_t batch, uint32_t seq)
{
    return (struct variant){.phase = PHASE_prefill, .batch = batch, .seq = seq};
}

struct variant variant_decode(uint32_t batch, uint32_t past_seq, uint32_t new_tokens)
{
    return (struct variant){.phase = PHASE_decode,
                            .batch = batch,
                            .seq = new_tokens,
                            .has_past = true,
                            .past_seq = past_seq};
}

struct variant variant_encoder(uint32_t batch, uint32_t seq)
{
    return (struct variant){.phase = PHASE_encoder, .batch = batch, .seq = seq};
}

struct variant variant_with_extra(struct variant v, uint32_t symbol, uint32_t size)
{
    assert(v.extra_count < VARIANT_MAX_EXTRA && symbol < SYMBOL_MAX);
    v.extra[v.extra_count].symbol = symbol;
    v.extra[v.extra_count].size = size;
    v.extra_count++;
    return v;
}

bool variant_is_main(const struct variant *v)
{
    return v->entry_name == NULL || strcmp(v->entry_name, MAIN_ENTRY) == 0;
}

bool variant_is_served(const struct variant *v, struct diags *d)
{
    const bool is_encoder = v->phase == PHASE_encoder;
    const uint32_t max = is_encoder ? ENCODER_BATCH_MAX : SHORT_RUN_MAX;
    struct place at = {.object = variant_name(d->arena, v)};

    if (v->batch == 0 || v->batch > max)
        return diag_error(d, at, "a batch of %u is not served: expected 1 to %u", v->batch, max);
    if (!is_encoder && v->batch != 1 && (v->phase != PHASE_decode || v->seq != 1))
        return diag_error(d, at, "a batch is served for decoding 1 new token each alone");
    if ((uint64_t)v->batch * v->seq > VARIANT_ROWS_MAX)
        return diag_error(d, at, "expected at most %d rows in a run, found %u x %u",
                          VARIANT_ROWS_MAX, v->batch, v->seq);
    return v->seq != 0 || diag_error(d, at, "expected at least 1 new token");
}

void variant_bind(const struct variant *v, int64_t symbols[SYMBOL_MAX])
{
    for (uint32_t i = 0; i < SYMBOL_MAX; i++)
        symbols[i] = -1;
    symbols[SYMBOL_BATCH] = v->batch;
    if (v->phase == PHASE_decode && v->has_past)
        symbols[SYMBOL_PAST_SEQ] = v->past_seq;
    else
        symbols[SYMBOL_SEQ] = v->seq;
    if (v->phase == PHASE_decode)
        symbols[SYMBOL_SEQ] = v->seq;
    if (v->phase == PHASE_encoder)
        symbols[SYMBOL_SEQ] = (int64_t)v->batch * v->seq;
    symbols[SYMBOL_ROWS] = (int64_t)v->batch * v->seq;
    for (uint32_t i = 0; i < v->extra_count; i++)
        symbols[v->extra[i].symbol] = v->extra[i].size;
}

static uint8_t *put_u32(uint8_t *at, uint32_t value)
{
    for (uint32_t i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (8 * i));
    return at + 4;
}

/* The entry's name by its own bytes: "main" is not written, so that its keys are as old as variants.
 */
uint64_t variant_key(const struct variant *v)
{
    uint8_t bytes[4 * (6 + 2 * VARIANT_MAX_EXTRA)], *at = bytes;
    XXH3_state_t hash;

    at = put_u32(at, v->phase);
    at = put_u32(at, v->batch);
    at = put_u32(at, v->seq);
    at = put_u32(at, v->has_past);
    at = put_u32(at, v->has_past ? v->past_seq : 0);
    at = put_u32(at, v->extra_count);
    for (uint32_t i = 0; i < v->extra_count; i++) {
        at = put_u32(at, v->extra[i].symbol);
        at = put_u32(at, v->extra[i].size);
    }
    XXH3_64bits_reset(&hash);
    XXH3_64bits_update(&hash, bytes, (size_t)(at - bytes));
    if (!variant_is_main(v))
        XXH3_64bits_update(&hash, v->entry_name, strlen(v->entry_name));
    return XXH3_64bits_digest(&hash);
}

static void add_entry_name(struct text *name, const char *entry)
{
    for (; *entry != 0; entry++) {
        bool plain = isalnum((unsigned char)*entry) || *entry == '-' || *entry == '_';
        text_add(name, "%c", plain ? *entry : '_');
    }
    text_add(name, ".");
}

const char *variant_name(struct arena *a, const struct variant *v)
{
    static const char *const phase[] = {"prefill", "decode", "encoder", "inference"};
    struct text name = {.arena = a};

    if (!variant_is_main(v))
        add_entry_name(&name, v->entry_name);
    text_add(&name, "%s-b%u-s%u", phase[v->phase], v->batch, v->seq);
    if (v->has_past)
        text_add(&name, "-p%u", v->past_seq);
    for (uint32_t i = 0; i < v->extra_count; i++)
        text_add(&name, "-x%u-%u", v->extra[i].symbol, v->extra[i].size);
    return name.data;
}
