/* Classes of tokenizers whose files hold only tokens and merges. In: tokenizer_config.json and
 * config.json. Out: the components that such a class has, as a tokenizer.json. The table follows
 * AutoTokenizer of transformers 5.24, which was asked for each class's components. */
#include "compiler/import/tokenizer/vocabulary_files.h"

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

struct family {
    const char *classes;     /* without "Fast" at the end, separated by spaces */
    const char *model_types; /* of config.json */
    enum family_files files;
    const char *form;  /* of normalization; NULL: none */
    const char *words; /* an expression that splits text before ByteLevel, which then does not */
    bool digits_apart; /* splits single digits first */
    bool prefix;       /* add_prefix_space, if not configured */
    bool bert;         /* BertNormalizer and BertPreTokenizer */
    enum casing casing;
    const char *suffix; /* at the end of a word */
    bool has_unknown;   /* the model knows unk_token */
    bool surrounds;     /* with cls_token and sep_token, or bos_token and eos_token */
    bool ends;          /* puts eos_token behind a text */
    uint32_t extra_ids; /* if not configured */
    bool mask_strips;   /* mask_token takes the white space in front of it */
    const char *tokens; /* special tokens by name, if not configured: "eos_token </s> ..." */
};

#define ROBERTA_TOKENS                                                                           \
    "bos_token <s> eos_token </s> unk_token <unk> sep_token </s> pad_token <pad> cls_token <s> " \
    "mask_token <mask>"
#define BERT_TOKENS \
    "unk_token [UNK] sep_token [SEP] pad_token [PAD] cls_token [CLS] mask_token [MASK]"
#define GPT2_TOKENS "bos_token <|endoftext|> eos_token <|endoftext|> unk_token <|endoftext|>"
#define QWEN2_TOKENS "eos_token <|endoftext|> unk_token <|endoftext|> pad_token <|endoftext|>"

static const struct family families[] = {
    /* The first of each kind of files is what an unknown family may be. */
    {.classes = "GPT2Tokenizer CodeGenTokenizer",
     .model_types = "gpt2 gpt_neo gptj codegen opt phi starcoder2 dbrx emu3 blip-2 instructblip "
                    "jais2 hyperclovax_vision_v2",
     .tokens = GPT2_TOKENS},
    {.classes = "BertTokenizer DistilBertTokenizer ElectraTokenizer ConvBertTokenizer "
                "SqueezeBertTokenizer MobileBertTokenizer LayoutLMTokenizer LayoutLMv2Tokenizer "
                "LxmertTokenizer RetriBertTokenizer RealmTokenizer DPRQuestionEncoderTokenizer "
                "DPRContextEncoderTokenizer DPRReaderTokenizer",
     .model_types = "bert distilbert electra convbert squeezebert mobilebert layoutlm layoutlmv2 "
                    "lxmert retribert realm dpr nomic_bert ernie megatron-bert nezha qdqbert "
                    "visual_bert vilt bros",
     .files = FAMILY_words,
     .bert = true,
     .has_unknown = true,
     .surrounds = true,
     .tokens = BERT_TOKENS},
    {.classes = "LlamaTokenizer",
     .model_types = "",
     .files = FAMILY_pieces,
     .tokens = "bos_token <s> eos_token </s> unk_token <unk>"},
    {.classes = "T5Tokenizer",
     .model_types = "t5 mt5 umt5 switch_transformers",
     .files = FAMILY_pieces,
     .ends = true,
     .extra_ids = 100,
     .tokens = "eos_token </s> unk_token <unk> pad_token <pad>"},
    {.classes = "SplinterTokenizer",
     .model_types = "splinter",
     .files = FAMILY_words,
     .bert = true,
     .has_unknown = true,
     .surrounds = true,
     .tokens = BERT_TOKENS " question_token [QUESTION]"},
    {.classes = "MPNetTokenizer",
     .model_types = "mpnet",
     .files = FAMILY_words,
     .bert = true,
     .has_unknown = true,
     .surrounds = true,
     .mask_strips = true,
     .tokens = "bos_token <s> eos_token </s> sep_token </s> cls_token <s> unk_token [UNK] "
               "pad_token <pad> mask_token <mask>"},
    {.classes = "FunnelTokenizer",
     .model_types = "funnel",
     .files = FAMILY_words,
     .bert = true,
     .has_unknown = true,
     .surrounds = true,
     .tokens = "bos_token <s> eos_token </s> unk_token <unk> sep_token <sep> pad_token <pad> "
               "cls_token <cls> mask_token <mask>"},
    {.classes = "GPTNeoXTokenizer",
     .model_types = "gpt_neox mamba mamba2 mpt olmo olmoe rwkv falcon_mamba xlstm",
     .form = "NFC",
     .tokens = GPT2_TOKENS " pad_token <|padding|>"},
    {.classes = "CohereTokenizer",
     .model_types = "cohere cohere2 aya_vision",
     .form = "NFC",
     .digits_apart = true,
     .tokens = "bos_token <BOS_TOKEN> eos_token <|END_OF_TURN_TOKEN|> unk_token <UNK> "
               "pad_token <PAD> cls_token <CLS> sep_token <SEP> mask_token <MASK_TOKEN>"},
    {.classes = "Qwen2Tokenizer",
     .model_types = "qwen2 qwen2_moe qwen3 qwen3_moe qwen3_next qwen2_vl qwen2_5_vl qwen2_5_omni "
                    "qwen2_audio qwen3_vl qwen3_vl_moe qwen3_omni_moe qwen3_asr colqwen2 internvl",
     .form = "NFC",
     .words = qwen2_words,
     .tokens = QWEN2_TOKENS},
    {.classes = "Qwen3_5Tokenizer",
     .model_types = "qwen3_5 qwen3_5_moe qwen3_5_moe_text qwen3_5_text",
     .form = "NFC",
     .words = qwen3_5_words,
     .tokens = QWEN2_TOKENS},
    {.classes = "RobertaTokenizer BartTokenizer LEDTokenizer LongformerTokenizer MvpTokenizer",
     .model_types = "roberta roberta-prelayernorm bart led longformer mvp ibert data2vec-text "
                    "bridgetower clap lilt mega mra",
     .surrounds = true,
     .tokens = ROBERTA_TOKENS},
    {.classes = "LayoutLMv3Tokenizer",
     .model_types = "layoutlmv3",
     .prefix = true,
     .surrounds = true,
     .tokens = ROBERTA_TOKENS},
    {.classes = "BlenderbotTokenizer",
     .model_types = "blenderbot",
     .prefix = true,
     .mask_strips = true,
     .tokens = ROBERTA_TOKENS},
    {.classes = "DebertaTokenizer",
     .model_types = "deberta",
     .surrounds = true,
     .tokens = "bos_token [CLS] eos_token [SEP] " BERT_TOKENS},
    {.classes = "CLIPTokenizer",
     .model_types = "clip clipseg groupvit owlvit owlv2 omdet-turbo oneformer sam3 xclip aimv2",
     .form = "NFC",
     .words = clip_words,
     .suffix = "</w>",
     .has_unknown = true,
     .surrounds = true,
     .tokens = "bos_token <|startoftext|> " QWEN2_TOKENS},
    {.classes = "OpenAIGPTTokenizer",
     .model_types = "openai-gpt",
     .bert = true,
     .casing = CASE_lower,
     .suffix = "</w>",
     .has_unknown = true,
     .tokens = "unk_token <unk>"},
    {.classes = "HerbertTokenizer",
     .model_types = "herbert",
     .bert = true,
     .casing = CASE_kept,
     .suffix = "</w>",
     .has_unknown = true,
     .surrounds = true,
     .tokens = "cls_token <s> unk_token <unk> pad_token <pad> mask_token <mask> sep_token </s>"},
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

static bool has_word(const char *words, const char *word, size_t bytes)
{
    for (const char *at = words; bytes > 0 && *at; at += strcspn(at, " "), at += strspn(at, " "))
        if (strcspn(at, " ") == bytes && memcmp(at, word, bytes) == 0)
            return true;
    return false;
}

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

const struct family *family_find(const json_t *config, const json_t *model, enum family_files files)
{
    size_t bytes;
    const char *name = class_of(config, model, &bytes);
    const char *type = json_string_value(json_object_get(model, "model_type"));

    for (size_t i = 0; i < countof(families); i++)
        if (families[i].files == files && has_word(families[i].classes, name, bytes))
            return &families[i];
    for (size_t i = 0; type && i < countof(families); i++)
        if (families[i].files == files && has_word(families[i].model_types, type, strlen(type)))
            return &families[i];
    return NULL;
}

/* GPT-2's character for a space, or the continuation of a word. */
static bool speaks_for(const char *text, enum family_files files)
{
    static const char space[] = "\xc4\xa0", continuation[] = "##";

    return files == FAMILY_merges ? strncmp(text, space, sizeof space - 1) == 0
                                  : strncmp(text, continuation, sizeof continuation - 1) == 0;
}

const struct family *family_guess(const json_t *vocab, enum family_files files)
{
    const char *text;
    json_t *id;
    size_t i = 0;

    if (files == FAMILY_words && json_object_get(vocab, "[UNK]") == NULL)
        return NULL;
    while (families[i].files != files)
        i++;
    if (files == FAMILY_pieces)
        return &families[i];
    json_object_foreach((json_t *)vocab, text, id)
    {
        if (speaks_for(text, files))
            return &families[i];
    }
    return NULL;
}

const char *family_program(const json_t *config, const json_t *model)
{
    size_t bytes;
    const char *name = class_of(config, model, &bytes);

    return has_word(programs, name, bytes) ? name : NULL;
}

const char *family_name(const struct family *f)
{
    return f->files == FAMILY_words ? "BERT" : "GPT-2";
}

/* The next word of a list; NULL at the end. */
static const char *next_word(const char **at, size_t *bytes)
{
    const char *word = *at;

    *bytes = strcspn(word, " ");
    *at += *bytes + (word[*bytes] == ' ');
    return *bytes ? word : NULL;
}

void family_name_tokens(const struct family *f, const json_t *vocab, json_t *config)
{
    const char *at = f->tokens, *name, *text;
    size_t name_bytes, bytes;

    while ((name = next_word(&at, &name_bytes)) != NULL &&
           (text = next_word(&at, &bytes)) != NULL) {
        bool mask = name_bytes == 10 && memcmp(name, "mask_token", name_bytes) == 0;
        if (json_object_getn(config, name, name_bytes) != NULL ||
            (vocab && json_object_getn(vocab, text, bytes) == NULL))
            continue;
        json_object_setn_new(config, name, name_bytes,
                             mask && f->mask_strips
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

static json_t *bert_normalizer(const struct family *f, const json_t *config)
{
    bool lower = f->casing == CASE_lower ||
                 (f->casing == CASE_configured && flag(config, "do_lower_case", true));
    bool strip = f->casing == CASE_configured ? flag(config, "strip_accents", lower) : lower;

    return json_pack("{s:s, s:b, s:b, s:b, s:b}", "type", "BertNormalizer", "clean_text", true,
                     "handle_chinese_chars",
                     f->casing != CASE_configured || flag(config, "tokenize_chinese_chars", true),
                     "strip_accents", strip, "lowercase", lower);
}

static json_t *normalizer(const struct family *f, const json_t *config)
{
    if (f->bert)
        return bert_normalizer(f, config);
    if (f->words == clip_words)
        return json_pack("{s:s, s:[{s:s}, {s:s, s:{s:s}, s:s}, {s:s}]}", "type", "Sequence",
                         "normalizers", "type", f->form, "type", "Replace", "pattern", "Regex",
                         "\\s+", "content", " ", "type", "Lowercase");
    return f->form ? json_pack("{s:s}", "type", f->form) : json_null();
}

static json_t *pre_tokenizer(const struct family *f, const json_t *config)
{
    bool clip = f->words == clip_words;
    json_t *list = json_array();

    if (f->bert)
        json_array_append_new(list, json_pack("{s:s}", "type", "BertPreTokenizer"));
    if (f->digits_apart)
        json_array_append_new(list,
                              json_pack("{s:s, s:b}", "type", "Digits", "individual_digits", true));
    if (f->words)
        json_array_append_new(list, json_pack("{s:s, s:{s:s}, s:s, s:b}", "type", "Split",
                                              "pattern", "Regex", f->words, "behavior",
                                              clip ? "Removed" : "Isolated", "invert", clip));
    if (!f->bert)
        json_array_append_new(
            list, json_pack("{s:s, s:b, s:b, s:b}", "type", "ByteLevel", "add_prefix_space",
                            !clip && flag(config, "add_prefix_space", f->prefix), "trim_offsets",
                            true, "use_regex", clip || !f->words));
    return json_pack("{s:s, s:o}", "type", "Sequence", "pretokenizers", list);
}

/* CLIP's class turns the ends of words into spaces, and takes the last one away. */
static json_t *decoder(const struct family *f)
{
    if (f->files == FAMILY_words)
        return json_pack("{s:s, s:s, s:b}", "type", "WordPiece", "prefix", "##", "cleanup", true);
    if (f->bert)
        return json_pack("{s:s, s:s}", "type", "BPEDecoder", "suffix", f->suffix);
    if (f->suffix)
        return json_pack("{s:s, s:[{s:s}, {s:s, s:{s:s}, s:s}, {s:s, s:s, s:i, s:i}]}", "type",
                         "Sequence", "decoders", "type", "ByteLevel", "type", "Replace", "pattern",
                         "String", f->suffix, "content", " ", "type", "Strip", "content", " ",
                         "start", 0, "stop", 1);
    return json_pack("{s:s}", "type", "ByteLevel");
}

static const json_t *token_text(const json_t *config, const char *name)
{
    const json_t *value = json_object_get(config, name);

    return json_is_object(value) ? json_object_get(value, "content") : value;
}

json_t *family_describe(const struct family *f, const json_t *config, json_t *vocab, json_t *merges)
{
    enum { LONGEST_WORD = 100 };
    const json_t *unknown = token_text(config, "unk_token");
    json_t *model = json_pack("{s:s, s:o}", "type", merges ? "BPE" : "WordPiece", "vocab", vocab);

    if (merges)
        json_object_set_new(model, "merges", merges);
    if (merges && f->suffix)
        json_object_set_new(model, "end_of_word_suffix", json_string(f->suffix));
    if (!merges) {
        json_object_set_new(model, "continuing_subword_prefix", json_string("##"));
        json_object_set_new(model, "max_input_chars_per_word", json_integer(LONGEST_WORD));
    }
    if (f->has_unknown && json_is_string(unknown))
        json_object_set(model, "unk_token", (json_t *)unknown);
    return json_pack("{s:o, s:o, s:o, s:o}", "normalizer", normalizer(f, config), "pre_tokenizer",
                     pre_tokenizer(f, config), "decoder", decoder(f), "model", model);
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

uint32_t family_extra_ids(const struct family *f, const json_t *config)
{
    enum { MOST = 4096 };
    const json_t *count = json_object_get(config, "extra_ids");
    json_int_t value = json_integer_value(count);

    return f->extra_ids && json_is_integer(count) && value >= 0 && value <= MOST ? (uint32_t)value
                                                                                 : f->extra_ids;
}

void family_surround(const struct family *f, const json_t *config, struct vocabulary *v)
{
    uint32_t *back = v->back, *back_count = &v->back_count;
    bool by_ends = f->words == clip_words;

    if (f->surrounds) {
        add_named(config, by_ends ? "bos_token" : "cls_token", v, v->front, &v->front_count);
        add_named(config, by_ends ? "eos_token" : "sep_token", v, back, back_count);
        return;
    }
    if (!f->ends && flag(config, "add_bos_token", false))
        add_named(config, "bos_token", v, v->front, &v->front_count);
    if (f->ends || flag(config, "add_eos_token", false))
        add_named(config, "eos_token", v, back, back_count);
}
