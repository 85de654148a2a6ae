/* Classes of tokenizers whose files hold only tokens and merges. In: tokenizer_config.json and
 * config.json. Out: the components that such a class has, as a tokenizer.json. The classes
 * are in tokenizer_classes.def. */
#include "compiler/import/tokenizer/vocabulary_files.h"

#include "compiler/base/words.h"

#include <string.h>

#define SUFFIXES "'s|'t|'re|'ve|'m|'ll|'d"
#define ANY_CASE "(?i:" SUFFIXES ")|"
#define LINES_AND_SPACES "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"

static const char qwen2_words[] = ANY_CASE "[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
                                           "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*" LINES_AND_SPACES,
                  qwen3_5_words[] =
                      ANY_CASE "[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}"
                               "| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*" LINES_AND_SPACES,
                  clip_words[] = "<\\|startoftext\\|>|<\\|endoftext\\|>|" SUFFIXES
                                 "|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";

enum casing { CASE_configured, CASE_lower, CASE_kept }; /* of a BertNormalizer */

struct tokenizer_class {
    const char *classes;     /* without "Fast" at the end, separated by spaces */
    const char *model_types; /* of config.json */
    enum class_files files;
    const char *form;  /* of normalization; NULL: none */
    const char *words; /* an expression that splits text before ByteLevel, which then does not */
    bool digits_apart; /* splits single digits first */
    bool prefix;       /* add_prefix_space, if not configured */
    bool bert;         /* BertNormalizer and BertPreTokenizer */
    enum casing casing;
    const char *suffix; /* at the end of a word */
    bool has_unknown;   /* the model knows unk_token */
    bool surrounds;     /* with cls_token and sep_token, or bos_token and eos_token */
    bool ends;          /* puts eos_token after a text */
    uint32_t extra_ids; /* if not configured */
    bool mask_strips;   /* mask_token takes the white space before it */
    const char *tokens; /* special tokens by name, if not configured: "eos_token </s> ..." */
};

static const struct tokenizer_class classes[] = {
#include "compiler/import/tokenizer/tokenizer_classes.def"
};

/* Classes that have such files and do more than their files say. */
static const char programs[] =
    "BartphoTokenizer BertJapaneseTokenizer BertweetTokenizer BioGptTokenizer "
    "BlenderbotSmallTokenizer ClvpTokenizer CpmAntTokenizer CTRLTokenizer EsmTokenizer "
    "EsmcTokenizer FastSpeech2ConformerTokenizer FlaubertTokenizer FSMTTokenizer "
    "GPTNeoXJapaneseTokenizer LukeTokenizer M2M100Tokenizer MarianTokenizer MarkupLMTokenizer "
    "MgpstrTokenizer NougatTokenizer PhobertTokenizer ProphetNetTokenizer RoCBertTokenizer "
    "RoFormerTokenizer Speech2TextTokenizer TapasTokenizer VitsTokenizer Wav2Vec2CTCTokenizer "
    "Wav2Vec2PhonemeCTCTokenizer XLMTokenizer";

/* The class, and its length without "Fast". */
static const char *class_of(const json_t *config, const json_t *model, size_t *bytes)
{
    static const char fast[] = "Fast";
    const char *name = json_string_value(json_object_get(config, "tokenizer_class"));

    if (name == NULL)
        name = json_string_value(json_object_get(model, "tokenizer_class"));
    *bytes = name ? strlen(name) : 0;
    if (*bytes > sizeof fast - 1 && strcmp(name + *bytes - (sizeof fast - 1), fast) == 0)
        *bytes -= sizeof fast - 1;
    return name ? name : "";
}

const struct tokenizer_class *class_find(const json_t *config, const json_t *model,
                                         enum class_files files)
{
    size_t bytes;
    const char *name = class_of(config, model, &bytes);
    const char *type = json_string_value(json_object_get(model, "model_type"));

    for (size_t i = 0; i < countof(classes); i++)
        if (classes[i].files == files && words_have(classes[i].classes, name, bytes))
            return &classes[i];
    for (size_t i = 0; type && i < countof(classes); i++)
        if (classes[i].files == files && words_have(classes[i].model_types, type, strlen(type)))
            return &classes[i];
    return NULL;
}

/* GPT-2's character for a space, or the continuation of a word. */
static bool speaks_for(const char *text, enum class_files files)
{
    static const char space[] = "\xc4\xa0", continuation[] = "##";

    return files == CLASS_merges ? strncmp(text, space, sizeof space - 1) == 0
                                 : strncmp(text, continuation, sizeof continuation - 1) == 0;
}

const struct tokenizer_class *class_guess(const json_t *vocab, enum class_files files)
{
    const char *text;
    json_t *id;
    size_t i = 0;

    if (files == CLASS_words && json_object_get(vocab, "[UNK]") == NULL)
        return NULL;
    while (classes[i].files != files)
        i++;
    if (files == CLASS_pieces)
        return &classes[i];
    json_object_foreach((json_t *)vocab, text, id)
    {
        if (speaks_for(text, files))
            return &classes[i];
    }
    return NULL;
}

const char *class_program(const json_t *config, const json_t *model)
{
    size_t bytes;
    const char *name = class_of(config, model, &bytes);

    return words_have(programs, name, bytes) ? name : NULL;
}

const char *class_name(const struct tokenizer_class *c)
{
    return c->files == CLASS_words ? "BERT" : "GPT-2";
}

void class_name_tokens(const struct tokenizer_class *c, const json_t *vocab, json_t *config)
{
    const char *at = c->tokens, *name, *text;
    size_t name_bytes, bytes;

    while ((name = words_next(&at, &name_bytes)) != NULL &&
           (text = words_next(&at, &bytes)) != NULL) {
        bool mask = name_bytes == 10 && memcmp(name, "mask_token", name_bytes) == 0;
        if (json_object_getn(config, name, name_bytes) != NULL ||
            (vocab && json_object_getn(vocab, text, bytes) == NULL))
            continue;
        json_object_setn_new(config, name, name_bytes,
                             mask && c->mask_strips
                                 ? json_pack("{s:s%, s:b, s:b}", "content", text, bytes, "lstrip",
                                             true, "special", true)
                                 : json_stringn(text, bytes));
    }
}

/* ---- components ---- */

static bool flag(const json_t *config, const char *key, bool absent)
{
    const json_t *value = json_object_get(config, key);

    return json_is_boolean(value) ? json_is_true(value) : absent;
}

static json_t *bert_normalizer(const struct tokenizer_class *c, const json_t *config)
{
    bool lower = c->casing == CASE_lower ||
                 (c->casing == CASE_configured && flag(config, "do_lower_case", true));
    bool strip = c->casing == CASE_configured ? flag(config, "strip_accents", lower) : lower;

    return json_pack("{s:s, s:b, s:b, s:b, s:b}", "type", "BertNormalizer", "clean_text", true,
                     "handle_chinese_chars",
                     c->casing != CASE_configured || flag(config, "tokenize_chinese_chars", true),
                     "strip_accents", strip, "lowercase", lower);
}

static json_t *normalizer(const struct tokenizer_class *c, const json_t *config)
{
    if (c->bert)
        return bert_normalizer(c, config);
    if (c->words == clip_words)
        return json_pack("{s:s, s:[{s:s}, {s:s, s:{s:s}, s:s}, {s:s}]}", "type", "Sequence",
                         "normalizers", "type", c->form, "type", "Replace", "pattern", "Regex",
                         "\\s+", "content", " ", "type", "Lowercase");
    return c->form ? json_pack("{s:s}", "type", c->form) : json_null();
}

static json_t *pre_tokenizer(const struct tokenizer_class *c, const json_t *config)
{
    bool clip = c->words == clip_words;
    json_t *list = json_array();

    if (c->bert)
        json_array_append_new(list, json_pack("{s:s}", "type", "BertPreTokenizer"));
    if (c->digits_apart)
        json_array_append_new(list,
                              json_pack("{s:s, s:b}", "type", "Digits", "individual_digits", true));
    if (c->words)
        json_array_append_new(list, json_pack("{s:s, s:{s:s}, s:s, s:b}", "type", "Split",
                                              "pattern", "Regex", c->words, "behavior",
                                              clip ? "Removed" : "Isolated", "invert", clip));
    if (!c->bert)
        json_array_append_new(
            list, json_pack("{s:s, s:b, s:b, s:b}", "type", "ByteLevel", "add_prefix_space",
                            !clip && flag(config, "add_prefix_space", c->prefix), "trim_offsets",
                            true, "use_regex", clip || !c->words));
    return json_pack("{s:s, s:o}", "type", "Sequence", "pretokenizers", list);
}

/* CLIP's class turns the ends of words into spaces, and takes the last one away: class_finish. */
static json_t *decoder(const struct tokenizer_class *c)
{
    if (c->files == CLASS_words)
        return json_pack("{s:s, s:s, s:b}", "type", "WordPiece", "prefix", "##", "cleanup", true);
    if (c->bert)
        return json_pack("{s:s, s:s}", "type", "BPEDecoder", "suffix", c->suffix);
    if (c->suffix)
        return json_pack("{s:s, s:[{s:s, s:s}, {s:s}]}", "type", "Sequence", "decoders", "type",
                         "BPEDecoder", "suffix", c->suffix, "type", "ByteLevel");
    return json_pack("{s:s}", "type", "ByteLevel");
}

static const json_t *token_text(const json_t *config, const char *name)
{
    const json_t *value = json_object_get(config, name);

    return json_is_object(value) ? json_object_get(value, "content") : value;
}

json_t *class_describe(const struct tokenizer_class *c, const json_t *config, json_t *vocab,
                       json_t *merges)
{
    enum { LONGEST_WORD = 100 };
    const json_t *unknown = token_text(config, "unk_token");
    json_t *model = json_pack("{s:s, s:o}", "type", merges ? "BPE" : "WordPiece", "vocab", vocab);

    if (merges)
        json_object_set_new(model, "merges", merges);
    if (merges && c->suffix)
        json_object_set_new(model, "end_of_word_suffix", json_string(c->suffix));
    if (!merges) {
        json_object_set_new(model, "continuing_subword_prefix", json_string("##"));
        json_object_set_new(model, "max_input_chars_per_word", json_integer(LONGEST_WORD));
    }
    if (c->has_unknown && json_is_string(unknown))
        json_object_set(model, "unk_token", (json_t *)unknown);
    return json_pack("{s:o, s:o, s:o, s:o}", "normalizer", normalizer(c, config), "pre_tokenizer",
                     pre_tokenizer(c, config), "decoder", decoder(c), "model", model);
}

/* ---- around a text ---- */

static void add_named(const json_t *config, const char *name, const struct vocabulary *v,
                      uint32_t *ids, uint32_t *count)
{
    const json_t *text = token_text(config, name);
    uint32_t id = json_is_string(text)
                      ? vocabulary_find(v, json_string_value(text), json_string_length(text))
                      : UINT32_MAX;

    if (id != UINT32_MAX && *count < countof(v->front))
        ids[(*count)++] = id;
}

uint32_t class_extra_ids(const struct tokenizer_class *c, const json_t *config)
{
    enum { MAX = 4096 };
    const json_t *count = json_object_get(config, "extra_ids");
    json_int_t value = json_integer_value(count);

    return c->extra_ids && json_is_integer(count) && value >= 0 && value <= MAX ? (uint32_t)value
                                                                                : c->extra_ids;
}

/* A space that ByteLevel, the next step, reads as one. */
static void spell_spaces(struct decoder_steps *decoders)
{
    for (uint32_t i = 0; i < decoders->count; i++)
        if (decoders->all[i].kind == DECODE_suffix)
            decoders->all[i].expression = (struct step_text){"\xc4\xa0", 2};
}

static void surround(const struct tokenizer_class *c, const json_t *config, struct vocabulary *v)
{
    uint32_t *back = v->back, *back_count = &v->back_count;
    bool by_ends = c->words == clip_words;

    if (c->surrounds) {
        add_named(config, by_ends ? "bos_token" : "cls_token", v, v->front, &v->front_count);
        add_named(config, by_ends ? "eos_token" : "sep_token", v, back, back_count);
        return;
    }
    if (!c->ends && flag(config, "add_bos_token", false))
        add_named(config, "bos_token", v, v->front, &v->front_count);
    if (c->ends || flag(config, "add_eos_token", false))
        add_named(config, "eos_token", v, back, back_count);
}

void class_finish(const struct tokenizer_class *c, const json_t *config, struct vocabulary *v)
{
    surround(c, config, v);
    if (c->suffix && !c->bert)
        spell_spaces(&v->pipeline.decoders);
}
