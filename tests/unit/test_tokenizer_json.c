/* What each component of a tokenizer.json becomes, and what is refused. The components mean
 * what they mean in tokenizers 0.23.3. */
#include "compiler/import/import.h"
#include "compiler/import/vocabulary.h"

#include "tests/support/describe_pipeline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define MARK "\xe2\x96\x81" /* U+2581 */
#define WORD_LEVEL \
    "{\"type\":\"WordLevel\",\"vocab\":{\"a\":0,\"[U]\":1,\"b\":2},\"unk_token\":\"[U]\"}"

struct import {
    struct arena arena;
    struct diags diags;
    struct vocabulary vocabulary;
    json_t *root;
    bool good;
};

/* Components that are not given are null; ' stands for ". */
static void read_text(struct import *i, const char *text)
{
    char *copy = strdup(text);
    struct file file = {.path = "tokenizer.json", .bytes = strlen(text)};

    memset(i, 0, sizeof *i);
    i->diags.arena = &i->arena;
    for (char *at = copy; (at = strchr(at, '\'')) != NULL;)
        *at = '"';
    file.data = (const uint8_t *)copy;
    i->root = json_read_object(&file, &i->diags);
    assert_non_null(i->root);
    i->good = tokenizer_json_read(file.path, i->root, &i->vocabulary, &i->arena, &i->diags);
    assert_int_equal(i->good, i->diags.error_count == 0);
    free(copy);
}

static void read_member(struct import *i, const char *member, const char *value)
{
    char text[4096];

    if (strcmp(member, "model") == 0)
        snprintf(text, sizeof text, "{\"model\":%s}", value);
    else
        snprintf(text, sizeof text, "{\"%s\":%s,\"model\":%s}", member, value, WORD_LEVEL);
    read_text(i, text);
}

static void done(struct import *i)
{
    json_decref(i->root);
    arena_free(&i->arena);
}

static bool said(const struct import *i, const char *object, const char *text)
{
    for (const struct diag *d = i->diags.first; d != NULL; d = d->next)
        if (d->severity == DIAG_ERROR && strstr(d->text, text) != NULL && d->place.object != NULL &&
            strcmp(d->place.object, object) == 0)
            return true;
    fprintf(stderr, "no error about '%s' says '%s'; said was:\n", object, text);
    diags_print(&i->diags, stderr);
    return false;
}

struct step_case {
    const char *json, *steps;
};

static void check_steps(const char *member, const struct step_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct import import;
        struct described d;
        read_member(&import, member, cases[i].json);
        diags_print(&import.diags, stderr);
        assert_true(import.good);
        describe_steps(&d, strcmp(member, "normalizer") == 0
                               ? &import.vocabulary.pipeline.normalizers
                               : &import.vocabulary.pipeline.pre_tokenizers);
        assert_string_equal(d.text, cases[i].steps);
        done(&import);
    }
}

static void normalizers(void **state)
{
    static const struct step_case cases[] = {
        {"null", ""},
        {"{'type':'NFC'}", "form NFC"},
        {"{'type':'NFD'}", "form NFD"},
        {"{'type':'NFKC'}", "form NFKC"},
        {"{'type':'NFKD'}", "form NFKD"},
        {"{'type':'Lowercase'}", "lowercase"},
        {"{'type':'Strip','strip_left':true,'strip_right':false}", "strip left"},
        {"{'type':'Strip','strip_left':false,'strip_right':true}", "strip right"},
        {"{'type':'StripAccents'}",
         "replace /[\\x{300}-\\x{36F}\\x{4...\\x{E0100}-\\x{E01EF}]/ by ''"},
        {"{'type':'BertNormalizer','clean_text':true,'handle_chinese_chars':true,"
         "'strip_accents':null,'lowercase':true}",
         "replace /[\\x{0}-\\x{8}\\x{B}-\\x...{100000}-\\x{10FFFD}]/ by ''; replace /\\s/ by ' '; isolate "
         "ideographs; form NFD; replace /[\\x{300}-\\x{36F}\\x{4...\\x{E0100}-\\x{E01EF}]/ by ''; lowercase"},
        {"{'type':'BertNormalizer','clean_text':false,'handle_chinese_chars':false,"
         "'strip_accents':false,'lowercase':true}",
         "lowercase"},
        {"{'type':'BertNormalizer','clean_text':false,'handle_chinese_chars':true,"
         "'strip_accents':null,'lowercase':false}",
         "isolate ideographs"},
        {"{'type':'Replace','pattern':{'String':'.'},'content':'x'}", "replace '.' by 'x'"},
        {"{'type':'Replace','pattern':{'Regex':' {2,}'},'content':' '}", "replace / {2,}/ by ' '"},
        {"{'type':'Prepend','prepend':'" MARK "'}", "prepend '" MARK "'"},
        {"{'type':'Prepend','prepend':''}", ""},
        {"{'type':'Precompiled','precompiled_charsmap':'YWJj'}", "charsmap by graphemes 'abc'"},
        {"{'type':'Nmt'}", "replace /[\\x{1}-\\x{8}\\x{B}\\x{...}\\x{7F}\\x{8F}\\x{9F}]/ by ''; "
                           "replace /[\\x{9}\\x{A}\\x{C}\\x{D...81}\\x{FEFF}\\x{FFFD}]/ by ' '"},
        {"{'type':'ByteLevel'}", "bytes"},
        {"{'type':'Sequence','normalizers':[{'type':'NFC'},{'type':'Sequence','normalizers':"
         "[{'type':'Lowercase'}]},{'type':'NFD'}]}",
         "form NFC; lowercase; form NFD"},
    };

    (void)state;
    check_steps("normalizer", cases, countof(cases));
}

static void pre_tokenizers(void **state)
{
    static const struct step_case cases[] = {
        {"{'type':'ByteLevel','add_prefix_space':false,'trim_offsets':true}",
         "split /'s|'t|'re|'ve|'m|'ll...p{N}]+|\\s+(?!\\S)|\\s+/ isolated; bytes"},
        {"{'type':'ByteLevel','add_prefix_space':true,'trim_offsets':true,'use_regex':false}",
         "prefix ' ' each; bytes"},
        {"{'type':'Split','pattern':{'Regex':'[0-9]'},'behavior':'Isolated','invert':false}",
         "split /[0-9]/ isolated"},
        {"{'type':'Split','pattern':{'String':' '},'behavior':'Removed','invert':true}",
         "split ' ' inverted removed"},
        {"{'type':'Split','pattern':{'String':' '},'behavior':'MergedWithPrevious'}",
         "split ' ' with previous"},
        {"{'type':'Split','pattern':{'String':' '},'behavior':'MergedWithNext'}",
         "split ' ' with next"},
        {"{'type':'Split','pattern':{'String':' '},'behavior':'Contiguous'}",
         "split ' ' contiguous"},
        {"{'type':'Metaspace','replacement':'" MARK "','prepend_scheme':'always','split':true}",
         "replace ' ' by '" MARK "'; prefix '" MARK "' each; split '" MARK "' with next"},
        {"{'type':'Metaspace','replacement':'_','prepend_scheme':'first','split':false}",
         "replace ' ' by '_'; prefix '_' first"},
        {"{'type':'Metaspace','replacement':'_','prepend_scheme':'never'}",
         "replace ' ' by '_'; split '_' with next"},
        {"{'type':'Metaspace','replacement':'_','str_rep':'_','add_prefix_space':true}",
         "replace ' ' by '_'; prefix '_' each; split '_' with next"},
        {"{'type':'Digits','individual_digits':true}", "split /\\p{N}/ isolated"},
        {"{'type':'Digits','individual_digits':false}", "split /\\p{N}/ contiguous"},
        {"{'type':'Punctuation'}",
         "split /[\\x{21}-\\x{2F}\\x{3A}...\\x{1DA87}-\\x{1DA8B}]/ isolated"},
        {"{'type':'Punctuation','behavior':'Contiguous'}",
         "split /[\\x{21}-\\x{2F}\\x{3A}...\\x{1DA87}-\\x{1DA8B}]/ contiguous"},
        {"{'type':'Whitespace'}",
         "split /[\\x{30}-\\x{39}\\x{41}...E0100}-\\x{E01EF}\\s]+/ inverted removed"},
        {"{'type':'WhitespaceSplit'}", "split /\\s/ removed"},
        {"{'type':'BertPreTokenizer'}",
         "split /\\s/ removed; split /[\\x{21}-\\x{2F}\\x{3A}...\\x{1DA87}-\\x{1DA8B}]/ isolated"},
        {"{'type':'CharDelimiterSplit','delimiter':'.'}", "split '.' removed"},
        {"{'type':'FixedLength','length':3}", "split /(?m:.{1,3})/ isolated"},
        {"{'type':'FixedLength'}", "split /(?m:.{1,5})/ isolated"},
        {"{'type':'Sequence','pretokenizers':[{'type':'ByteLevel','add_prefix_space':false,"
         "'trim_offsets':true,'use_regex':false},{'type':'Digits','individual_digits':false}]}",
         "bytes; split /\\p{N}/ contiguous"},
    };

    (void)state;
    check_steps("pre_tokenizer", cases, countof(cases));
}

static void decoders(void **state)
{
    static const struct step_case cases[] = {
        {"null", "word piece '\\xff'"},
        {"{'type':'ByteLevel','add_prefix_space':true,'trim_offsets':true}", "bytes"},
        {"{'type':'WordPiece','prefix':'##','cleanup':true}", "word piece '##' cleanup"},
        {"{'type':'Metaspace','replacement':'_','prepend_scheme':'first','split':true}",
         "metaspace '_' 1 0"},
        {"{'type':'Metaspace','replacement':'_','prepend_scheme':'never'}", "metaspace '_'"},
        {"{'type':'BPEDecoder','suffix':'</w>'}", "suffix '</w>'"},
        {"{'type':'Sequence','decoders':[{'type':'Replace','pattern':{'Regex':'" MARK
         "'},'content':' '},{'type':'ByteFallback'},{'type':'Fuse'},{'type':'Strip','content':' ',"
         "'start':1,'stop':0}]}",
         "replace '" MARK "' by ' '; byte fallback; fuse; strip ' ' 1 0"},
    };

    (void)state;
    for (size_t i = 0; i < countof(cases); i++) {
        struct import import;
        struct described d;
        read_member(&import, "decoder", cases[i].json);
        assert_true(import.good);
        describe_decoders(&d, &import.vocabulary.pipeline.decoders);
        assert_string_equal(d.text, cases[i].steps);
        done(&import);
    }
}

#define TEMPLATE(single)                            \
    "{'type':'TemplateProcessing','single':" single \
    ",'pair':[],'special_tokens':{'x':{'id':'x','ids':[2,0],'tokens':['b','a']}}}"
#define SPECIAL "{'SpecialToken':{'id':'x','type_id':0}}"
#define TEXT "{'Sequence':{'id':'A','type_id':0}}"

static void post_processors(void **state)
{
    static const struct {
        const char *json, *front, *back; /* ids as digits */
    } cases[] = {
        {"null", "", ""},
        {"{'type':'BertProcessing','sep':['a',0],'cls':['b',2]}", "2", "0"},
        {"{'type':'RobertaProcessing','sep':['a',0],'cls':['b',2],'trim_offsets':true,"
         "'add_prefix_space':true}",
         "2", "0"},
        {"{'type':'ByteLevel','add_prefix_space':true,'trim_offsets':true}", "", ""},
        {TEMPLATE("[" TEXT "]"), "", ""},
        {TEMPLATE("[" SPECIAL "," TEXT "," SPECIAL "," SPECIAL "]"), "20", "2020"},
        {"{'type':'Sequence','processors':[{'type':'ByteLevel','add_prefix_space':true,"
         "'trim_offsets':true}," TEMPLATE("[" SPECIAL "," TEXT "]") "]}",
         "20", ""},
    };

    (void)state;
    for (size_t i = 0; i < countof(cases); i++) {
        struct import import;
        read_member(&import, "post_processor", cases[i].json);
        assert_true(import.good);
        const struct vocabulary *v = &import.vocabulary;
        assert_int_equal(v->front_count, strlen(cases[i].front));
        assert_int_equal(v->back_count, strlen(cases[i].back));
        for (uint32_t k = 0; k < v->front_count; k++)
            assert_int_equal(v->front[k], cases[i].front[k] - '0');
        for (uint32_t k = 0; k < v->back_count; k++)
            assert_int_equal(v->back[k], cases[i].back[k] - '0');
        done(&import);
    }
}

static void models(void **state)
{
    static const struct {
        const char *json;
        enum vocabulary_model model;
        uint32_t unknown, merges, characters;
        const char *prefix, *suffix;
        bool fallback, whole, fused;
    } cases[] = {
        {"{'type':'BPE','vocab':{'a':0,'b':1,'ab':2},'merges':['#version: 0.2','a b']}", MODEL_bpe,
         UINT32_MAX, 1, 0, "", "", false, false, false},
        {"{'vocab':{'a':0,'b':1,'ab':2},'merges':[['a','b']],'dropout':0.0,'unk_token':'b',"
         "'fuse_unk':true,'ignore_merges':true,'byte_fallback':true,"
         "'continuing_subword_prefix':'##','end_of_word_suffix':'</w>'}",
         MODEL_bpe, 1, 1, 0, "##", "</w>", true, true, true},
        {"{'type':'BPE','vocab':{'a':0},'merges':[],'unk_token':'none'}", MODEL_bpe, UINT32_MAX, 0,
         0, "", "", false, false, false},
        {"{'type':'Unigram','vocab':[['a',0],['b',-1.5]],'unk_id':1,'byte_fallback':true}",
         MODEL_unigram, 1, 0, 0, "", "", true, false, false},
        {"{'vocab':[['a',0],['b',-1.5]]}", MODEL_unigram, UINT32_MAX, 0, 0, "", "", false, false,
         false},
        {"{'type':'WordPiece','vocab':{'a':0,'[U]':1},'unk_token':'[U]',"
         "'continuing_subword_prefix':'##','max_input_chars_per_word':100}",
         MODEL_wordpiece, 1, 0, 100, "##", "", false, false, false},
        {"{'vocab':{'a':0,'[U]':1},'unk_token':'[U]','continuing_subword_prefix':'@@',"
         "'max_input_chars_per_word':7}",
         MODEL_wordpiece, 1, 0, 7, "@@", "", false, false, false},
        {"{'vocab':{'a':0,'[U]':1},'unk_token':'[U]'}", MODEL_word_level, 1, 0, 0, "", "", false,
         false, false},
    };

    (void)state;
    for (size_t i = 0; i < countof(cases); i++) {
        struct import import;
        read_member(&import, "model", cases[i].json);
        diags_print(&import.diags, stderr);
        assert_true(import.good);
        const struct vocabulary *v = &import.vocabulary;
        const struct pipeline *p = &v->pipeline;
        assert_int_equal(p->model, cases[i].model);
        assert_int_equal(v->unknown, cases[i].unknown);
        assert_int_equal(v->merge_count, cases[i].merges);
        assert_int_equal(p->max_word_characters, cases[i].characters);
        assert_string_equal(p->continuing_prefix.text ? p->continuing_prefix.text : "",
                            cases[i].prefix);
        assert_string_equal(p->end_suffix.text ? p->end_suffix.text : "", cases[i].suffix);
        assert_int_equal(p->byte_fallback, cases[i].fallback);
        assert_int_equal(v->whole_words, cases[i].whole);
        assert_int_equal(v->fuse_unknown, cases[i].fused);
        done(&import);
    }
}

static const struct {
    const char *member, *json, *object, *says;
} refusals[] = {
    {"normalizer", "{'type':'Sequence','normalizers':[{'type':'NFC'},{'type':'nfc'}]}",
     "normalizer.normalizers[1].type", "expected one of Sequence, NFC, NFD"},
    {"normalizer", "{'type':'Sequence'}", "normalizer.normalizers", "expected a list"},
    {"normalizer", "'NFC'", "normalizer", "expected an object with a type"},
    {"normalizer", "{'type':'Lowercase','locale':'tr'}", "normalizer.locale",
     "expected no such member, whose meaning is unknown here, found 'tr'"},
    {"normalizer", "{'type':'Strip','strip_left':1,'strip_right':true}", "normalizer.strip_left",
     "expected true or false, found 1"},
    {"normalizer", "{'type':'Strip','strip_left':true}", "normalizer.strip_right", "found nothing"},
    {"normalizer", "{'type':'Replace','pattern':' ','content':''}", "normalizer.pattern",
     "expected an object with a String or a Regex"},
    {"normalizer", "{'type':'Replace','pattern':{'String':''},'content':''}",
     "normalizer.pattern.String", "not empty"},
    {"normalizer", "{'type':'Replace','pattern':{'Regex':'a'},'content':null}",
     "normalizer.content", "expected a text"},
    {"normalizer", "{'type':'Precompiled','precompiled_charsmap':'YWJ'}",
     "normalizer.precompiled_charsmap", "expected base64, found 'YWJ'"},
    {"normalizer", "{'type':'Precompiled','precompiled_charsmap':'YW=j'}",
     "normalizer.precompiled_charsmap", "expected base64"},
    {"normalizer",
     "{'type':'Sequence','normalizers':[{'type':'ByteLevel'},"
     "{'type':'ByteLevel'}]}",
     "normalizer.normalizers[1].type", "expected one ByteLevel"},
    {"pre_tokenizer", "{'type':'UnicodeScripts'}", "pre_tokenizer.type", "found 'UnicodeScripts'"},
    {"pre_tokenizer", "{'type':'Split','pattern':{'Regex':'a'},'behavior':'isolated'}",
     "pre_tokenizer.behavior", "expected Isolated, Removed"},
    {"pre_tokenizer", "{'type':'Metaspace','replacement':'ab'}", "pre_tokenizer.replacement",
     "expected one character, found 'ab'"},
    {"pre_tokenizer", "{'type':'Metaspace','replacement':'_','prepend_scheme':'last'}",
     "pre_tokenizer.prepend_scheme", "expected always, first or never, found 'last'"},
    {"pre_tokenizer",
     "{'type':'Metaspace','replacement':'_','prepend_scheme':'first','add_prefix_space':false}",
     "pre_tokenizer.add_prefix_space", "expected true, as prepend_scheme says"},
    {"pre_tokenizer", "{'type':'FixedLength','length':0}", "pre_tokenizer.length",
     "expected at least 1"},
    {"pre_tokenizer",
     "{'type':'Sequence','pretokenizers':[{'type':'Sequence','pretokenizers':"
     "[{'type':'Digits'}]}]}",
     "pre_tokenizer.pretokenizers[0].pretokenizers[0].individual_digits", "found nothing"},
    {"decoder", "{'type':'CTC','pad_token':'a','word_delimiter_token':'b','cleanup':true}",
     "decoder.type", "found 'CTC'"},
    {"decoder", "{'type':'Replace','pattern':{'Regex':'a+'},'content':''}", "decoder.pattern.Regex",
     "expected a text without special characters, found 'a+'"},
    {"decoder", "{'type':'Strip','content':' ','start':-1,'stop':0}", "decoder.start",
     "expected a number from 0"},
    {"post_processor", "{'type':'BertProcessing','sep':['a',0],'cls':['b',9]}",
     "post_processor.cls", "expected an id of the vocabulary, found 9"},
    {"post_processor", TEMPLATE("[" SPECIAL "]"), "post_processor.single",
     "expected a list with the Sequence A"},
    {"post_processor", TEMPLATE("[" TEXT "," TEXT "]"), "post_processor.single[1]",
     "expected a SpecialToken, or once the Sequence A"},
    {"post_processor", TEMPLATE("[{'SpecialToken':{'id':'y'}}," TEXT "]"),
     "post_processor.single[0].SpecialToken", "expected the id of an entry of special_tokens"},
    {"post_processor",
     TEMPLATE("[" SPECIAL "," SPECIAL "," SPECIAL "," SPECIAL "," SPECIAL "," TEXT "]"),
     "post_processor.single[4]", "at most 8 tokens"},
    {"post_processor",
     "{'type':'Sequence','processors':[" TEMPLATE(
         "[" TEXT "]") ","
                       "{'type':'BertProcessing','sep':['a',0],'cls':['b',2]}]}",
     "post_processor.processors[1].type", "expected one processor that adds tokens"},
    {"model", "{'type':'BPE','vocab':{'a':0},'merges':[],'dropout':0.1}", "model.dropout",
     "expected 0 or null, found 0.1"},
    {"model", "{'type':'BPE','vocab':{'a':0},'merges':['a b c']}", "model.merges",
     "merge 0: expected two texts, found 'a b c'"},
    {"model", "{'type':'BPE','vocab':{'a':0},'merges':[['a']]}", "model.merges",
     "merge 0: expected two texts"},
    {"model", "{'type':'BPE','vocab':{'a':0}}", "model.merges", "expected a list of pairs"},
    {"model", "{'type':'BPE','vocab':{'a':0},'merges':[],'cache_capacity':1}",
     "model.cache_capacity", "meaning is unknown"},
    {"model", "{'type':'BPE','vocab':{'a':'0'},'merges':[]}", "model.vocab", "expected an id"},
    {"model", "{'type':'Unigram','vocab':[['a',0],['b']]}", "model.vocab[1]",
     "expected a text and a score"},
    {"model", "{'type':'Unigram','vocab':[['a',0]],'unk_id':1}", "model.unk_id",
     "expected a number from 0 to 0, found 1"},
    {"model", "{'type':'Unigram','vocab':[]}", "model.vocab", "expected a list of texts"},
    {"model",
     "{'type':'WordPiece','vocab':{'a':0},'unk_token':'u','continuing_subword_prefix':'##',"
     "'max_input_chars_per_word':100}",
     "model.unk_token", "expected a token of the vocabulary, found 'u'"},
    {"model", "{'type':'WordLevel','vocab':{'a':0}}", "model.unk_token", "expected a text"},
    {"model", "{'type':'Markov'}", "model.type", "found 'Markov'"},
    {"model", "[]", "model", "expected an object"},
};

static void refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(refusals); i++) {
        struct import import;
        read_member(&import, refusals[i].member, refusals[i].json);
        assert_false(import.good);
        assert_true(said(&import, refusals[i].object, refusals[i].says));
        done(&import);
    }
}

/* Ids of added tokens follow on the model's tokens, also where those are a list. */
static void added_tokens(void **state)
{
    struct import i;

    (void)state;
    read_text(&i, "{'model':{'type':'Unigram','vocab':[['a',0],['b',-1.5]]},'added_tokens':["
                  "{'id':0,'content':'a','special':true},{'id':2,'content':'<x>','lstrip':true}]}");
    assert_true(i.good);
    const struct vocabulary_token *t = i.vocabulary.tokens;
    assert_int_equal(i.vocabulary.token_count, 3);
    assert_true(t[0].added && !t[0].unmerged && t[0].kind == TOKEN_control);
    assert_true(!t[1].added && t[1].score == -1.5);
    assert_true(t[2].added && t[2].unmerged && t[2].left_strip && t[2].kind == TOKEN_user_defined);
    done(&i);
    read_text(&i, "{'model':" WORD_LEVEL ",'added_tokens':[{'id':3,'content':7}]}");
    assert_true(said(&i, "added_tokens[0].content", "expected a text, found 7"));
    done(&i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(normalizers),  cmocka_unit_test(pre_tokenizers),
        cmocka_unit_test(decoders),     cmocka_unit_test(post_processors),
        cmocka_unit_test(models),       cmocka_unit_test(refused),
        cmocka_unit_test(added_tokens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
