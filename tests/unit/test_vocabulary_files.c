/* Directories whose tokens are in vocab.json and merges.txt, in vocab.txt or in tekken.json. They
 * mean what AutoTokenizer of transformers 5.24 makes of them with tokenizers 0.23.3. */
#include "compiler/import/tokenizer/vocabulary_files.h"

#include "tests/support/describe_pipeline.h"
#include "tests/support/importing.h"
#include "tests/support/temporary_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { MAX_FILES = 4 };

/* A file of the directory; ' stands for " in JSON. */
struct by_hand {
    const char *name, *text;
};

static void write_files(const struct by_hand *files)
{
    for (size_t i = 0; i < MAX_FILES && files[i].name; i++) {
        char *text = strdup(files[i].text);
        if (strstr(files[i].name, ".json"))
            for (char *at = text; (at = strchr(at, '\'')) != NULL;)
                *at = '"';
        temporary_write(&test_folder, files[i].name, text, strlen(text));
        free(text);
    }
}

static bool read_files(struct importing *i, const struct by_hand *files)
{
    write_files(files);
    bool good = importing_read(i, test_folder.path, true);
    for (size_t k = 0; k < MAX_FILES && files[k].name; k++)
        unlink(temporary_path(&test_folder, files[k].name));
    return good;
}

static bool warned(const struct importing *i, const char *text)
{
    for (const struct diag *d = i->diags.first; d != NULL; d = d->next)
        if (d->severity == DIAG_WARNING && strstr(d->text, text) != NULL)
            return true;
    diags_print(&i->diags, stderr);
    return false;
}

/* Texts of tokens by id, separated by spaces; a gap is "-". */
static void check_tokens(const struct vocabulary *v, const char *expected)
{
    char text[512] = "";

    for (uint32_t i = 0; i < v->token_count; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i ? " " : "",
                 v->tokens[i].text ? v->tokens[i].text : "-");
    assert_string_equal(text, expected);
}

static void check_ids(const uint32_t *ids, uint32_t count, const char *digits)
{
    assert_int_equal(count, strlen(digits));
    for (uint32_t i = 0; i < count; i++)
        assert_int_equal(ids[i], digits[i] - '0');
}

#define GPT2_VOCAB                                    \
    "{'<|endoftext|>':0,'\xc4\xa0':1,'a':2,'\xc4\xa0" \
    "a':3}"
#define GPT2_MERGES "#version: 0.2\n\xc4\xa0 a\n"
#define GPT2_SPLIT "split /'s|'t|'re|'ve|'m|'ll...p{N}]+|\\s+(?!\\S)|\\s+/ isolated; bytes"

static void merges(void **state)
{
    static const struct {
        struct by_hand files[MAX_FILES];
        const char *normalizers, *pre_tokenizers, *front, *back, *tokens, *decoders;
    } cases[] = {
        {{{"vocab.json", GPT2_VOCAB},
          {"merges.txt", GPT2_MERGES},
          {"tokenizer_config.json", "{'tokenizer_class':'GPT2Tokenizer'}"}},
         "",
         GPT2_SPLIT,
         "",
         "",
         "<|endoftext|> \xc4\xa0 a \xc4\xa0"
         "a",
         "bytes"},
        {{{"vocab.json", GPT2_VOCAB},
          {"merges.txt", GPT2_MERGES},
          {"tokenizer_config.json",
           "{'add_bos_token':true,'add_eos_token':true,'add_prefix_space':true}"},
          {"config.json", "{'model_type':'opt'}"}},
         "",
         "prefix ' ' each; " GPT2_SPLIT,
         "0",
         "0",
         "<|endoftext|> \xc4\xa0 a \xc4\xa0"
         "a",
         "bytes"},
        {{{"vocab.json", "{'<s>':0,'</s>':1,'<unk>':2,'<pad>':3,'<mask>':4,'a':5}"},
          {"merges.txt", ""},
          {"tokenizer_config.json", "{'tokenizer_class':'RobertaTokenizerFast'}"}},
         "",
         GPT2_SPLIT,
         "0",
         "1",
         "<s> </s> <unk> <pad> <mask> a",
         "bytes"},
        {{{"vocab.json", GPT2_VOCAB},
          {"merges.txt", GPT2_MERGES},
          {"config.json", "{'model_type':'qwen3'}"}},
         "form NFC",
         "split /(?i:'s|'t|'re|'ve|'m...\\r\\n]+|\\s+(?!\\S)|\\s+/ isolated; bytes",
         "",
         "",
         "<|endoftext|> \xc4\xa0 a \xc4\xa0"
         "a",
         "bytes"},
        {{{"vocab.json", "{'<|startoftext|>':0,'<|endoftext|>':1,'a</w>':2,'a':3,'aa</w>':4}"},
          {"merges.txt", "a a</w>\r\n"},
          {"tokenizer_config.json", "{'tokenizer_class':'CLIPTokenizer'}"}},
         "form NFC; replace /\\s+/ by ' '; lowercase",
         "split /<\\|startoftext\\|>|<\\...N}]|[^\\s\\p{L}\\p{N}]+/ inverted removed; " GPT2_SPLIT,
         "0",
         "1",
         "<|startoftext|> <|endoftext|> a</w> a aa</w>",
         "suffix '\xc4\xa0' '</w>'; bytes"},
    };

    (void)state;
    for (size_t i = 0; i < countof(cases); i++) {
        struct importing import;
        struct described d;
        assert_true(read_files(&import, cases[i].files));
        assert_int_equal(import.diags.warning_count, 0);
        const struct vocabulary *v = import.model.vocabulary;
        describe_steps(&d, &v->pipeline.normalizers);
        assert_string_equal(d.text, cases[i].normalizers);
        describe_steps(&d, &v->pipeline.pre_tokenizers);
        assert_string_equal(d.text, cases[i].pre_tokenizers);
        check_ids(v->front, v->front_count, cases[i].front);
        check_ids(v->back, v->back_count, cases[i].back);
        check_tokens(v, cases[i].tokens);
        describe_decoders(&d, &v->pipeline.decoders);
        assert_string_equal(d.text, cases[i].decoders);
        importing_close(&import);
    }
}

/* White space at the end of a line is no part of the token; the last of two equal lines counts. */
static void words(void **state)
{
    static const char vocab[] =
        "[PAD]\n[UNK]\r\n[CLS]\n[SEP]\n[MASK]\na \nb\xe2\x80\x83\n##b\n\nb\n c\nlast";
    static const struct by_hand plain[MAX_FILES] = {{"vocab.txt", vocab},
                                                    {"config.json", "{'model_type':'bert'}"}};
    static const struct by_hand cased[MAX_FILES] = {
        {"vocab.txt", vocab},
        {"tokenizer_config.json", "{'tokenizer_class':'ElectraTokenizerFast','do_lower_case':false,"
                                  "'tokenize_chinese_chars':false,'cls_token':'a'}"}};
    struct importing i;
    struct described d;

    (void)state;
    assert_true(read_files(&i, plain));
    const struct vocabulary *v = i.model.vocabulary;
    check_tokens(v, "[PAD] [UNK] [CLS] [SEP] [MASK] a - ##b  b  c last");
    check_ids(v->front, v->front_count, "2");
    check_ids(v->back, v->back_count, "3");
    assert_int_equal(v->pipeline.model, MODEL_wordpiece);
    assert_int_equal(v->unknown, 1);
    assert_true(v->tokens[4].added && v->tokens[4].kind == TOKEN_control && !v->tokens[5].added);
    describe_decoders(&d, &v->pipeline.decoders);
    assert_string_equal(d.text, "word piece '##' cleanup");
    describe_steps(&d, &v->pipeline.normalizers);
    assert_non_null(strstr(d.text, "isolate ideographs; form NFD; "));
    assert_non_null(strstr(d.text, "; lowercase"));
    importing_close(&i);
    assert_true(read_files(&i, cased));
    describe_steps(&d, &i.model.vocabulary->pipeline.normalizers);
    assert_null(strstr(d.text, "ideographs"));
    assert_null(strstr(d.text, "NFD"));
    assert_null(strstr(d.text, "lowercase"));
    check_ids(i.model.vocabulary->front, i.model.vocabulary->front_count, "5");
    importing_close(&i);
}

/* Base64: IA== is a space, YQ== a, Yg== b, YWI= ab, YWJi abb, YmI= bb, yA== the byte C8. */
#define TEKKEN(config, special)                                                      \
    "{'config':{'pattern':'x+'" config "},'vocab':[{'rank':0,'token_bytes':'IA=='}," \
    "{'rank':1,'token_bytes':'YQ=='},{'rank':2,'token_bytes':'Yg=='},"               \
    "{'rank':3,'token_bytes':'YmI='},{'rank':4,'token_bytes':'YWI='},"               \
    "{'rank':5,'token_bytes':'YWJi'},{'rank':6,'token_bytes':'yA=='}]" special "}"
#define SPECIAL                                                                        \
    ",'special_tokens':[{'rank':0,'token_str':'<unk>'},{'rank':2,'token_str':'</s>'}," \
    "{'rank':1,'token_str':'<s>'}]"

static void tekken(void **state)
{
    static const struct by_hand files[MAX_FILES] = {
        {"tekken.json",
         TEKKEN(",'default_num_special_tokens':4,'default_vocab_size':11", SPECIAL)}};
    static const char *const pairs[][2] = {{"b", "b"}, {"a", "b"}, {"a", "bb"}, {"ab", "b"}};
    struct importing i;
    struct described d;

    (void)state;
    assert_true(read_files(&i, files));
    assert_int_equal(i.diags.warning_count, 0);
    const struct vocabulary *v = i.model.vocabulary;
    check_tokens(v, "<unk> <s> </s> <SPECIAL_3> \xc4\xa0 a b bb ab abb \xc3\x88");
    assert_int_equal(v->merge_count, countof(pairs));
    for (size_t k = 0; k < countof(pairs); k++) {
        assert_string_equal(v->merges[k].left, pairs[k][0]);
        assert_string_equal(v->merges[k].right, pairs[k][1]);
    }
    for (uint32_t k = 0; k < v->token_count; k++)
        assert_int_equal(v->tokens[k].kind, k < 4 ? TOKEN_control : TOKEN_normal);
    assert_true(v->whole_words);
    check_ids(v->front, v->front_count, "1");
    describe_steps(&d, &v->pipeline.pre_tokenizers);
    assert_string_equal(d.text, "split /x+/ isolated; bytes");
    importing_close(&i);
}

/* Padding is cut off, and older files have 20 special tokens. */
static void older_tekken(void **state)
{
    static const struct by_hand files[MAX_FILES] = {
        {"tekken.json", TEKKEN(",'default_vocab_size':25", "")}};
    struct importing i;

    (void)state;
    assert_true(read_files(&i, files));
    assert_int_equal(i.model.vocabulary->token_count, 25);
    assert_string_equal(i.model.vocabulary->tokens[19].text, "[TOOL_CONTENT]");
    assert_string_equal(i.model.vocabulary->tokens[24].text, "ab");
    importing_close(&i);
}

static void refused(void **state)
{
    static const struct {
        struct by_hand files[MAX_FILES];
        const char *object, *says;
        uint32_t line;
    } cases[] = {
        {{{"vocab.json", GPT2_VOCAB}, {"merges.txt", "#version: 0.2\na b\n\na c\n"}},
         NULL,
         "expected two tokens with one space between, found",
         3},
        {{{"vocab.json", GPT2_VOCAB}, {"merges.txt", "a b c\n"}},
         NULL,
         "expected two tokens with one space between, found",
         1},
        {{{"vocab.json", GPT2_VOCAB}, {"merges.txt", "a  b\n"}},
         NULL,
         "expected two tokens with one space between, found",
         1},
        {{{"vocab.json", GPT2_VOCAB}, {"merges.txt", "a\n"}},
         NULL,
         "expected two tokens with one space between, found",
         1},
        {{{"vocab.json", GPT2_VOCAB}, {"merges.txt", "a \xff\n"}},
         NULL,
         "expected a line of UTF-8",
         1},
        {{{"vocab.txt", "[UNK]\n\xc3\n"}}, NULL, "expected a line of UTF-8", 2},
        {{{"tekken.json", "{'config':{},'vocab':[]}"}},
         "config.pattern",
         "expected a regular expression, found nothing",
         0},
        {{{"tekken.json", "{'config':{'pattern':'x'},'vocab':[]}"}},
         "vocab",
         "expected a list of at most",
         0},
        {{{"tekken.json", "{'config':{'pattern':'x'},'vocab':[{'token_bytes':'YQ'}]}"}},
         "vocab[0].token_bytes",
         "expected base64",
         0},
        {{{"tekken.json", "{'config':{'pattern':'x'},'vocab':[{'rank':1,'token_bytes':'YQ=='}]}"}},
         "vocab[0].rank",
         "in the order of their ranks, found 1",
         0},
        {{{"tekken.json", "{'config':{'pattern':'x'},'vocab':[{'token_bytes':'YQ=='},"
                          "{'token_bytes':'YQ=='}]}"}},
         "vocab[1].token_bytes",
         "expected other bytes in each token",
         0},
        {{{"tekken.json", TEKKEN(",'default_num_special_tokens':2", SPECIAL)}},
         "config.default_num_special_tokens",
         "from 3 to 65536, found 2",
         0},
        {{{"tekken.json", TEKKEN(",'default_vocab_size':28", "")}},
         "config.default_vocab_size",
         "from 21 to 27, found 28",
         0},
        {{{"tekken.json", TEKKEN("", ",'special_tokens':[{'rank':1,'token_str':'<s>'}]")}},
         "special_tokens[0].rank",
         "each of them once, found 1",
         0},
        {{{"tekken.json", TEKKEN("", ",'special_tokens':[{'rank':0,'token_str':''}]")}},
         "special_tokens[0].token_str",
         "expected a text",
         0},
    };

    (void)state;
    for (size_t i = 0; i < countof(cases); i++) {
        struct importing import;
        assert_false(read_files(&import, cases[i].files));
        assert_true(importing_said(&import, cases[i].object, cases[i].says));
        assert_int_equal(import.diags.first->place.line, cases[i].line);
        importing_close(&import);
    }
}

/* Without a known class: the tokens speak, or the model works with ids only, which this import of
 * nothing but a vocabulary refuses. */
static void unknown_classes(void **state)
{
    static const struct {
        struct by_hand files[MAX_FILES];
        const char *warning;
        bool good;
    } cases[] = {
        {{{"vocab.json", GPT2_VOCAB}, {"merges.txt", GPT2_MERGES}}, "reading text as GPT-2", true},
        {{{"vocab.txt", "[UNK]\n##a\na\n"},
          {"tokenizer_config.json", "{'tokenizer_class':'FooTokenizer'}"}},
         "reading text as BERT",
         true},
        {{{"vocab.json", "{'a':0}"}, {"merges.txt", ""}}, "with ids only", false},
        {{{"vocab.txt", "a\nb\n"}}, "with ids only", false},
        {{{"vocab.json", GPT2_VOCAB}}, "no merges.txt beside it", false},
        {{{"vocab.txt", "[UNK]\n##a\n"},
          {"tokenizer_config.json", "{'tokenizer_class':'BertJapaneseTokenizer'}"},
          {"config.json", "{'model_type':'bert'}"}},
         "the tokenizer class BertJapaneseTokenizer is a program",
         false},
    };

    (void)state;
    for (size_t i = 0; i < countof(cases); i++) {
        struct importing import;
        assert_int_equal(read_files(&import, cases[i].files), cases[i].good);
        assert_true(warned(&import, cases[i].warning));
        assert_int_equal(import.model.vocabulary != NULL, cases[i].good);
        importing_close(&import);
    }
}

/* tokenizer.json counts, and it alone says what stands around a text. */
static void tokenizer_json_first(void **state)
{
    static const struct by_hand files[MAX_FILES] = {
        {"tokenizer.json", "{'pre_tokenizer':{'type':'ByteLevel'},'model':{'type':'BPE','vocab':"
                           "{'a':0,'<s>':1},'merges':[]}}"},
        {"vocab.json", "{'b':0}"},
        {"merges.txt", ""},
        {"tokenizer_config.json",
         "{'tokenizer_class':'GPT2Tokenizer','add_bos_token':true,'bos_token':'<s>'}"}};
    struct importing i;

    (void)state;
    assert_true(read_files(&i, files));
    check_tokens(i.model.vocabulary, "a <s>");
    assert_int_equal(i.model.vocabulary->front_count, 0);
    importing_close(&i);
}

/* ---- models of SentencePiece: an empty trainer_spec of BPE, then pieces ---- */

static size_t put_piece(uint8_t *out, const char *text, uint8_t type)
{
    uint8_t bytes = (uint8_t)strlen(text), used = 0;

    out[used++] = 0x0a; /* pieces */
    out[used++] = (uint8_t)(bytes + 9);
    out[used++] = 0x0a; /* piece */
    out[used++] = bytes;
    memcpy(out + used, text, bytes);
    used = (uint8_t)(used + bytes);
    out[used++] = 0x15; /* score */
    memset(out + used, 0, 4);
    used = (uint8_t)(used + 4);
    out[used++] = 0x18; /* type */
    out[used++] = type;
    return used;
}

static void write_pieces(const char *name)
{
    static const char *const texts[] = {"<unk>", "<s>", "</s>", "<c>", "\xe2\x96\x81", "a"};
    static const uint8_t types[] = {TOKEN_unknown, TOKEN_control, TOKEN_control,
                                    TOKEN_control, TOKEN_normal,  TOKEN_normal},
                         trainer[] = {0x12, 2, 0x18, 2}; /* model_type: BPE */
    uint8_t data[256];
    size_t used = 0;

    for (size_t i = 0; i < countof(texts); i++)
        used += put_piece(data + used, texts[i], types[i]);
    memcpy(data + used, trainer, sizeof trainer);
    temporary_write(&test_folder, name, data, used + sizeof trainer);
}

/* Control pieces are found in text, and names have defaults, if a file says what the pieces are
 * for. BOS only if the configuration asks for it. T5 has further tokens, and one after a text. */
static void pieces(void **state)
{
    static const struct {
        const char *name, *config, *front, *back;
        bool roles;
        uint32_t tokens, last;
        const char *last_text;
    } cases[] = {
        {"tokenizer.model", "{'tokenizer_class':'PreTrainedTokenizerFast'}", "", "", false, 6, 5,
         "a"},
        {"tokenizer.model", "{'tokenizer_class':'LlamaTokenizer'}", "", "", true, 6, 5, "a"},
        {"tokenizer.model", "{'bos_token':'<s>','add_bos_token':true}", "1", "", true, 6, 5, "a"},
        {"tokenizer.model",
         "{'tokenizer_class':'LlamaTokenizer','add_bos_token':true,'add_eos_token':true}", "1", "2",
         true, 6, 5, "a"},
        {"spiece.model", "{'tokenizer_class':'T5Tokenizer','extra_ids':3}", "", "2", true, 9, 8,
         "<extra_id_0>"},
    };

    (void)state;
    for (size_t i = 0; i < countof(cases); i++) {
        const struct by_hand config[MAX_FILES] = {{"tokenizer_config.json", cases[i].config}};
        struct importing import;
        write_pieces(cases[i].name);
        bool good = read_files(&import, config);
        unlink(temporary_path(&test_folder, cases[i].name));
        diags_print(&import.diags, stderr);
        assert_true(good);
        const struct vocabulary *v = import.model.vocabulary;
        check_ids(v->front, v->front_count, cases[i].front);
        check_ids(v->back, v->back_count, cases[i].back);
        assert_int_equal(v->token_count, cases[i].tokens);
        assert_int_equal(v->tokens[3].added, cases[i].roles);
        assert_int_equal(v->tokens[2].ends_generation, true);
        assert_false(v->tokens[4].added);
        assert_string_equal(v->tokens[cases[i].last].text, cases[i].last_text);
        importing_close(&import);
    }
}

static void other_models(void **state)
{
    static const struct by_hand tiktoken[MAX_FILES] = {{"tokenizer.model", "IQ== 0\nIg== 1\n"}},
                                albert[MAX_FILES] = {{"spiece.model", "x"},
                                                     {"tokenizer_config.json",
                                                      "{'tokenizer_class':'AlbertTokenizer'}"}},
                                broken[MAX_FILES] = {{"tokenizer.model", "\x0a\x7f"}};
    struct importing i;

    (void)state;
    assert_false(read_files(&i, tiktoken));
    assert_true(warned(&i, "it has tiktoken's form"));
    importing_close(&i);
    assert_false(read_files(&i, albert));
    assert_true(warned(&i, "only for the tokenizer class T5Tokenizer"));
    importing_close(&i);
    assert_false(read_files(&i, broken));
    assert_int_equal(i.diags.warning_count, 0);
    importing_close(&i);
}

/* In an alphabet of bytes, no word becomes a token that is no spelling. */
static void unspelled(void **state)
{
    static const struct by_hand files[MAX_FILES] = {
        {"tokenizer.json",
         "{'pre_tokenizer':{'type':'ByteLevel'},'model':{'type':'BPE','vocab':{'a':0,"
         "'\xe2\x96\x81':1,'\xc4\xa0':2,' ':3,'\xc2\xa0':4,'\xc5\x83':5,'\xc5\x84':6},"
         "'merges':[]},'added_tokens':[{'id':7,'content':'<x>'}]}"}};
    static const bool expected[] = {false, true, false, true, true, false, true, true};
    struct importing i;

    (void)state;
    assert_true(read_files(&i, files));
    assert_int_equal(i.model.vocabulary->token_count, countof(expected));
    for (size_t k = 0; k < countof(expected); k++)
        assert_int_equal(i.model.vocabulary->tokens[k].unmerged, expected[k]);
    importing_close(&i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(merges),
        cmocka_unit_test(words),
        cmocka_unit_test(tekken),
        cmocka_unit_test(older_tekken),
        cmocka_unit_test(refused),
        cmocka_unit_test(unknown_classes),
        cmocka_unit_test(tokenizer_json_first),
        cmocka_unit_test(pieces),
        cmocka_unit_test(other_models),
        cmocka_unit_test(unspelled),
    };
    return cmocka_run_group_tests(tests, temporary_set_up, temporary_tear_down);
}
