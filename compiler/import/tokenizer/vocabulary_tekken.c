/* tekken.json, as Mistral publishes it. In: {"config": {"pattern", "default_vocab_size",
 * "default_num_special_tokens"}, "vocab": [{"rank", "token_bytes"}], "special_tokens": [{"rank",
 * "token_str"}]}; token_bytes is base64. Out: a tokenizer.json that means the same. Special tokens
 * have the first ids, and the id of any other token is its rank and their number.
 *
 * Two neighbours merge if their bytes together are a token, and the lowest rank first. As merges,
 * those are all pairs of tokens that make a token; among the pairs of one token, those of lower
 * ranks come first, as transformers 5.24 orders them. */
#include "compiler/import/tokenizer/vocabulary_files.h"

#include "compiler/base/base64.h"
#include "compiler/import/tokenizer/text_steps.h"
#include "runtime/base/utf8.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_BYTES = 4096, /* of a token */
    MAX_SPECIAL = 1 << 16,
};
static const uint64_t max_work = 1ull << 32; /* the sum of the squares of all lengths */

struct tekken {
    const char *path;
    struct diags *diags;
    struct arena arena;
    struct strings texts; /* bytes of the tokens */
    uint32_t *ranks;      /* of those texts */
    str_id *tokens;       /* by rank */
    uint32_t *lengths;    /* by rank */
    uint32_t token_count, rank_count, rank_capacity, special_count;
};

struct split {
    uint32_t left, right, left_bytes; /* ranks */
};

static bool refuse(struct tekken *t, const char *object, const char *expected, const json_t *found)
{
    return diag_error(t->diags, (struct place){.file = t->path, .object = object},
                      "expected %s, found %s", expected, json_found(t->diags->arena, found));
}

static const char *nth(struct tekken *t, const char *list, size_t i, const char *key)
{
    return arena_printf(t->diags->arena, "%s[%zu].%s", list, i, key);
}

/* A number of config; `absent` if there is none. */
static bool read_size(struct tekken *t, const json_t *root, const char *key, uint32_t absent,
                      uint32_t min, uint32_t max, uint32_t *out)
{
    const json_t *value = json_object_get(json_object_get(root, "config"), key);
    json_int_t number = json_integer_value(value);

    *out = absent;
    if (value == NULL || json_is_null(value))
        return true;
    *out = (uint32_t)number;
    return (json_is_integer(value) && number >= min && number <= max) ||
           refuse(t, arena_printf(t->diags->arena, "config.%s", key),
                  arena_printf(t->diags->arena, "a number of tokens from %u to %u", min, max),
                  value);
}

/* ---- special tokens ---- */

/* Older files do not list them. From mistral-common. */
static const char *const older_special[] = {
    "<unk>",
    "<s>",
    "</s>",
    "[INST]",
    "[/INST]",
    "[AVAILABLE_TOOLS]",
    "[/AVAILABLE_TOOLS]",
    "[TOOL_RESULTS]",
    "[/TOOL_RESULTS]",
    "[TOOL_CALLS]",
    "[IMG]",
    "<pad>",
    "[IMG_BREAK]",
    "[IMG_END]",
    "[PREFIX]",
    "[MIDDLE]",
    "[SUFFIX]",
    "[SYSTEM_PROMPT]",
    "[/SYSTEM_PROMPT]",
    "[TOOL_CONTENT]",
};

/* By rank. */
static bool listed_special(struct tekken *t, const json_t *list, const json_t **texts)
{
    size_t count = json_array_size(list);

    for (size_t i = 0; i < count; i++) {
        const json_t *token = json_array_get(list, i), *text = json_object_get(token, "token_str");
        const json_t *rank = json_object_get(token, "rank");
        json_int_t value = json_integer_value(rank);
        if (!json_is_integer(rank) || value < 0 || value >= (json_int_t)count || texts[value])
            return refuse(t, nth(t, "special_tokens", i, "rank"),
                          "ranks from 0 on, each of them once", rank);
        if (!json_is_string(text) || json_string_length(text) == 0)
            return refuse(t, nth(t, "special_tokens", i, "token_str"), "a text", text);
        texts[value] = text;
    }
    return true;
}

/* The entries of "added_tokens". Ranks without a token have a made-up name. */
static bool add_special(struct tekken *t, const json_t *root, json_t *added)
{
    const json_t *list = json_object_get(root, "special_tokens");
    bool older = list == NULL || json_is_null(list);
    uint32_t count =
        (uint32_t)min_u64(older ? countof(older_special) : json_array_size(list), MAX_SPECIAL);
    const json_t **texts = arena_new(&t->arena, const json_t *, count);

    if (json_array_size(list) > MAX_SPECIAL || (!older && !json_is_array(list)))
        return refuse(t, "special_tokens", "a list of at most 65536 tokens", list);
    if ((!older && !listed_special(t, list, texts)) ||
        !read_size(t, root, "default_num_special_tokens", count, count, MAX_SPECIAL,
                   &t->special_count))
        return false;
    for (uint32_t i = 0; i < t->special_count; i++) {
        const char *made_up = arena_printf(&t->arena, "<SPECIAL_%u>", i);
        json_t *text = i >= count ? json_string(made_up)
                       : older    ? json_string(older_special[i])
                                  : json_incref((json_t *)texts[i]);
        json_array_append_new(
            added, json_pack("{s:i, s:o, s:b}", "id", (int)i, "content", text, "special", true));
    }
    return true;
}

/* ---- tokens ---- */

static bool add_token(struct tekken *t, uint32_t rank, const json_t *token)
{
    const json_t *base64 = json_object_get(token, "token_bytes");
    const json_t *said = json_object_get(token, "rank");
    size_t bytes = json_string_length(base64), used;
    uint8_t decoded[MAX_BYTES / 3 * 4 + 8];

    if (said && (!json_is_integer(said) || json_integer_value(said) != rank))
        return refuse(t, nth(t, "vocab", rank, "rank"), "tokens in the order of their ranks", said);
    if (!json_is_string(base64) || bytes == 0 || bytes > MAX_BYTES / 3 * 4 ||
        !base64_decode(json_string_value(base64), bytes, decoded, &used))
        return refuse(t, nth(t, "vocab", rank, "token_bytes"), "base64 of at most 4096 characters",
                      base64);
    str_id text = t->tokens[rank] = str_intern(&t->texts, (const char *)decoded, used);
    t->lengths[rank] = (uint32_t)used;
    while (t->rank_count <= text)
        ARENA_PUSH(&t->arena, t->ranks, t->rank_count, t->rank_capacity) = UINT32_MAX;
    if (t->ranks[text] != UINT32_MAX)
        return refuse(t, nth(t, "vocab", rank, "token_bytes"), "other bytes in each token", base64);
    t->ranks[text] = rank;
    return true;
}

/* default_vocab_size cuts the list. */
static bool read_tokens(struct tekken *t, const json_t *root)
{
    const json_t *list = json_object_get(root, "vocab");
    uint32_t listed = (uint32_t)min_u64(json_array_size(list), VOCABULARY_MAX_TOKENS), size;
    uint64_t work = 0;

    if (listed == 0 || json_array_size(list) > listed)
        return refuse(t, "vocab", "a list of at most 4194304 tokens", list);
    if (!read_size(t, root, "default_vocab_size", listed + t->special_count, t->special_count + 1,
                   listed + t->special_count, &size))
        return false;
    t->token_count = size - t->special_count;
    t->tokens = arena_new(&t->arena, str_id, t->token_count);
    t->lengths = arena_new(&t->arena, uint32_t, t->token_count);
    for (uint32_t i = 0; i < t->token_count; i++) {
        if (!add_token(t, i, json_array_get(list, i)))
            return false;
        work += (uint64_t)t->lengths[i] * t->lengths[i];
    }
    return work <= max_work || refuse(t, "vocab", "shorter tokens", list);
}

/* The text of a token in GPT-2's spelling of bytes, two bytes each at most. Returns its length. */
static size_t spell(const char *text, size_t bytes, char *out)
{
    size_t used = 0;

    for (size_t i = 0; i < bytes; i++) {
        char spelled[4];
        uint32_t length = utf8_write(gpt2_spelling((uint8_t)text[i]), spelled);
        memcpy(out + used, spelled, length);
        used += length;
    }
    return used;
}

static json_t *spelled(const char *text, size_t bytes)
{
    char out[2 * MAX_BYTES];
    size_t used = spell(text, bytes, out);

    return json_stringn_nocheck(out, used);
}

/* Texts and ids. A special token takes the text of another token, as in transformers. */
static json_t *vocabulary_of(const struct tekken *t, const json_t *added)
{
    json_t *vocab = json_object(), *special;
    size_t k;

    for (uint32_t i = 0; i < t->token_count; i++) {
        char out[2 * MAX_BYTES];
        size_t used = spell(str_text(&t->texts, t->tokens[i]), t->lengths[i], out);
        json_object_setn_new_nocheck(vocab, out, used,
                                     json_integer((json_int_t)i + t->special_count));
    }
    json_array_foreach(added, k, special)
    {
        const json_t *text = json_object_get(special, "content");
        json_object_setn_new_nocheck(vocab, json_string_value(text), json_string_length(text),
                                     json_integer((json_int_t)k));
    }
    return vocab;
}

/* ---- merges ---- */

static uint32_t rank_of(const struct tekken *t, const char *text, size_t bytes)
{
    str_id id = str_find(&t->texts, text, bytes);

    return id ? t->ranks[id] : UINT32_MAX;
}

static int compare_splits(const void *a, const void *b)
{
    const struct split *x = a, *y = b;

    return x->left != y->left ? (x->left > y->left) - (x->left < y->left)
                              : (x->right > y->right) - (x->right < y->right);
}

static void add_merges(const struct tekken *t, uint32_t rank, json_t *merges)
{
    struct split splits[MAX_BYTES];
    const char *text = str_text(&t->texts, t->tokens[rank]);
    uint32_t bytes = t->lengths[rank], count = 0;

    for (uint32_t i = 1; i < bytes; i++) {
        struct split s = {rank_of(t, text, i), rank_of(t, text + i, bytes - i), i};
        if (s.left != UINT32_MAX && s.right != UINT32_MAX)
            splits[count++] = s;
    }
    qsort(splits, count, sizeof *splits, compare_splits);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t left = splits[i].left_bytes;
        json_array_append_new(
            merges, json_pack("[o, o]", spelled(text, left), spelled(text + left, bytes - left)));
    }
}

static bool merge_all(struct tekken *t, json_t *merges)
{
    for (uint32_t i = 0; i < t->token_count; i++) {
        add_merges(t, i, merges);
        if (json_array_size(merges) > VOCABULARY_MAX_MERGES)
            return refuse(t, "vocab", "fewer pairs of tokens", NULL);
    }
    return true;
}

/* ---- all together ---- */

/* <s> comes before a text, as in mistral-common. */
static json_t *post_processor(json_t *vocab)
{
    static const char begin[] = "<s>";
    json_t *id = json_object_get(vocab, begin);

    return id ? json_pack("{s:s, s:[{s:{s:s}}, {s:{s:s}}], s:{s:{s:[O]}}}", "type",
                          "TemplateProcessing", "single", "SpecialToken", "id", begin, "Sequence",
                          "id", "A", "special_tokens", begin, "ids", id)
              : json_null();
}

static json_t *describe(json_t *pattern, json_t *added, json_t *vocab, json_t *merges)
{
    json_t *split = json_pack("{s:s, s:{s:O}, s:s, s:b}", "type", "Split", "pattern", "Regex",
                              pattern, "behavior", "Isolated", "invert", false);
    json_t *bytes = json_pack("{s:s, s:b, s:b, s:b}", "type", "ByteLevel", "add_prefix_space",
                              false, "trim_offsets", true, "use_regex", false);

    return json_pack("{s:{s:s, s:[o, o]}, s:{s:s}, s:O, s:o, s:{s:s, s:b, s:O, s:O}}",
                     "pre_tokenizer", "type", "Sequence", "pretokenizers", split, bytes, "decoder",
                     "type", "ByteLevel", "added_tokens", added, "post_processor",
                     post_processor(vocab), "model", "type", "BPE", "ignore_merges", true, "vocab",
                     vocab, "merges", merges);
}

json_t *vocabulary_from_tekken(const char *path, json_t *root, struct diags *d)
{
    struct tekken t = {.path = path, .diags = d};
    json_t *pattern = json_object_get(json_object_get(root, "config"), "pattern");
    json_t *added = json_array(), *merges = json_array(), *description = NULL;

    strings_init(&t.texts, &t.arena);
    if (!json_is_string(pattern) || json_string_length(pattern) == 0) {
        refuse(&t, "config.pattern", "a regular expression", pattern);
    } else if (add_special(&t, root, added) && read_tokens(&t, root) && merge_all(&t, merges)) {
        json_t *vocab = vocabulary_of(&t, added);
        description = describe(pattern, added, vocab, merges);
        json_decref(vocab);
    }
    json_decref(added);
    json_decref(merges);
    arena_free(&t.arena);
    return description;
}
