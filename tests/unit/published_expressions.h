/* The expressions of published tokenizers, and how PCRE2 spells them where its dialect differs: `$`
 * and `^` need PCRE2_MULTILINE, `\w` is another set there, && is not known, {1,3}+ is possessive.
 * */
#ifndef TESTS_PUBLISHED_EXPRESSIONS_H
#define TESTS_PUBLISHED_EXPRESSIONS_H

#define CASED_U "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]"
#define CASED_L "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]"
#define CONTRACTION "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
#define CASED "[^\\r\\n\\p{L}\\p{N}]?" CASED_U "*" CASED_L "+"
#define CASED_UPPER "[^\\r\\n\\p{L}\\p{N}]?" CASED_U "+" CASED_L "*"
#define SPACES "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
#define WORDS "[^\\r\\n\\p{L}\\p{N}]?\\p{L}+"
#define SIGNS " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|"
#define ASCII_SIGN "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~]"
#define HAN_U "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}&&[^\\p{Han}]]"
#define HAN_L "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}&&[^\\p{Han}]]"
#define HAN_U_PCRE2 "(?:(?!\\p{sc:Han})" CASED_U ")"
#define HAN_L_PCRE2 "(?:(?!\\p{sc:Han})" CASED_L ")"
#define KIMI(han, u, l)                                                                            \
    "[" han "]+|[^\\r\\n\\p{L}\\p{N}]?" u "*" l "+" CONTRACTION "?|[^\\r\\n\\p{L}\\p{N}]?" u "+" l \
    "*" CONTRACTION "?|\\p{N}{1,3}|" SIGNS SPACES
#define WORD_PCRE2 "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}"
#define OUTER_WORD_PCRE2 WORD_PCRE2 "\\x{b2}\\x{b3}\\x{b9}\\x{bc}-\\x{be}"

static const struct {
    const char *name, *expression, *pcre2; /* pcre2 NULL: the same */
} published[] = {
    {"gpt2", "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
     NULL},
    {"p50k",
     "'(?:[sdmt]|ll|ve|re)| ?\\p{L}++| ?\\p{N}++| ?[^\\s\\p{L}\\p{N}]++|\\s++$|\\s+(?!\\S)|\\s",
     NULL},
    {"cl100k",
     "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}++|\\p{N}{1,3}+| ?[^\\s\\p{L}\\p{N}]++"
     "[\\r\\n]*+|\\s++$|\\s*[\\r\\n]|\\s+(?!\\S)|\\s",
     "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}++|(?:\\p{N}{1,3})+| "
     "?[^\\s\\p{L}\\p{N}]++[\\r\\n]*+|\\s++$|\\s*[\\r\\n]|\\s+(?!\\S)|\\s"},
    {"o200k",
     CASED CONTRACTION "?|" CASED_UPPER CONTRACTION
                       "?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|" SPACES,
     NULL},
    {"tekken", CASED "|" CASED_UPPER "|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|" SPACES, NULL},
    {"llama3", CONTRACTION "|" WORDS "|\\p{N}{1,3}|" SIGNS SPACES, NULL},
    {"qwen2", CONTRACTION "|" WORDS "|\\p{N}|" SIGNS SPACES, NULL},
    {"qwen3.5",
     CONTRACTION "|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+"
                 "[\\r\\n]*|" SPACES,
     NULL},
    {"ufakzeka", WORDS "|\\p{N}|" SIGNS SPACES, NULL},
    {"minicpm5", CONTRACTION "|" WORDS "|\\p{N}+|" SIGNS SPACES, NULL},
    {"jais2",
     CONTRACTION "|" WORDS "|\\p{N}{1,3}|" SIGNS
                 "\\s*[\\r\\n]+|\\s{512}(?!\\S)|\\s{256}(?!\\S)|\\s{128}(?!\\S)|\\s{64}(?!\\S)|"
                 "\\s{32}(?!\\S)|\\s{16}(?!\\S)|\\s{8}(?!\\S)|\\s{4}(?!\\S)|\\s{1,2}(?!\\S)|\\s{1}",
     NULL},
    {"bailing",
     "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|"
     "\\s*[\\r\\n]|\\s+(?!\\S)|\\s+",
     NULL},
    {"seed-coder",
     CONTRACTION "|" WORDS "|\\p{N}{1}| ?[^\\s\\p{L}\\p{N}\r\n]+|\\s*[\r\n]+|\\s+(?!\\S)|\\s+",
     NULL},
    {"exaone-moe",
     CONTRACTION "|[^\\r\\n\\p{L}\\p{N}]?(?:\\p{L}\\p{M}*(?: \\p{L}\\p{M}*)*)+|\\p{N}| "
                 "?[^\\s\\p{L}\\p{N}]+[\\r\\n/]?|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+",
     NULL},
    {"kimi-k2", KIMI("\\p{Han}", HAN_U, HAN_L), KIMI("\\p{sc:Han}", HAN_U_PCRE2, HAN_L_PCRE2)},
    {"deepseek-llm words",
     "\\s?[A-Za-z\\x{b5}\\x{c0}-\\x{d6}\\x{d8}-\\x{f6}\\x{f8}-\\x{1ba}\\x{1bc}-\\x{1bf}\\x{1c4}-"
     "\\x{293}\\x{295}-\\x{2af}\\x{370}-\\x{373}\\x{376}\\x{377}\\x{37b}-\\x{37d}\\x{37f}\\x{386}"
     "\\x{388}-\\x{38a}\\x{38c}\\x{38e}-\\x{3a1}\\x{3a3}-\\x{3f5}\\x{3f7}-\\x{481}\\x{48a}-"
     "\\x{52f}\\x{531}-\\x{556}\\x{10a0}-\\x{10c5}\\x{13a0}-\\x{13f5}\\x{13f8}-\\x{13fd}\\x{1c90}-"
     "\\x{1cba}\\x{1cbd}-\\x{1cbf}\\x{1d00}-\\x{1d2b}\\x{1d6b}-\\x{1d77}\\x{1d79}-\\x{1d9a}"
     "\\x{1e00}-\\x{1f15}\\x{1f18}-\\x{1f1d}\\x{1f20}-\\x{1f45}\\x{1f48}-\\x{1f4d}\\x{1f50}-"
     "\\x{1f57}\\x{1f59}\\x{1f5b}\\x{1f5d}\\x{1f5f}-\\x{1f7d}\\x{1f80}-\\x{1fb4}\\x{1fb6}-"
     "\\x{1fbc}\\x{1fbe}\\x{1fc2}-\\x{1fc4}\\x{1fc6}-\\x{1fcc}\\x{1fd0}-\\x{1fd3}\\x{1fd6}-"
     "\\x{1fdb}\\x{1fe0}-\\x{1fec}\\x{1ff2}-\\x{1ff4}\\x{1ff6}-\\x{1ffc}\\x{2102}\\x{2107}"
     "\\x{210a}-\\x{2113}\\x{2115}\\x{2119}-\\x{211d}\\x{2124}\\x{2126}\\x{2128}\\x{212a}-"
     "\\x{212d}\\x{212f}-\\x{2134}\\x{2139}\\x{213c}-\\x{213f}\\x{2145}-\\x{2149}\\x{214e}"
     "\\x{2183}\\x{2184}\\x{2c00}-\\x{2c7b}\\x{2c7e}-\\x{2ce4}\\x{2ceb}-\\x{2cee}\\x{2cf2}"
     "\\x{2cf3}\\x{a640}-\\x{a66d}\\x{a680}-\\x{a69b}\\x{a722}-\\x{a76f}\\x{a771}-\\x{a787}"
     "\\x{a78b}-\\x{a78e}\\x{ab70}-\\x{abbf}\\x{fb00}-\\x{fb06}\\x{fb13}-\\x{fb17}\\x{ff21}-"
     "\\x{ff3a}\\x{ff41}-\\x{ff5a}\\x{10400}-\\x{1044f}\\x{104b0}-\\x{104d3}\\x{104d8}-\\x{104fb}"
     "\\x{10c80}-\\x{10cb2}\\x{10cc0}-\\x{10cf2}\\x{118a0}-\\x{118df}\\x{1e900}-\\x{1e943}]+",
     NULL},
    {"deepseek-llm signs", "\\s?[!-/:-~！-／：-～‘-‟　-。]+", NULL},
    {"deepseek-llm ends", "\\s+$", NULL},
    {"deepseek-llm scripts", "[一-龥ࠀ-一가-퟿]+", NULL},
    {"deepseek-v3",
     ASCII_SIGN "[A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| "
                "?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+",
     NULL},
    {"spark",
     ASCII_SIGN "[A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| "
                "?[\\p{P}\\p{S}]+|[\r\n]|\\s+(?!\\S)|\\s+",
     NULL},
    {"deepseek-v3 kana", "[一-龥぀-ゟ゠-ヿ]+", NULL},
    {"youtu scripts",
     "[가-힣ㄱ-ㆎ]+|[！…“”‘’—：；，、-〿︰-﹏]+|[ㄅ-ㄯ]+|[一-龥぀-ゟ゠-ヿ]+",
     NULL},
    {"deepseek-coder", "\\s?\\p{L}+", NULL},
    {"deepseek-coder signs", "\\s?\\p{P}+", NULL},
    {"digits", "\\p{N}", NULL},
    {"digits in threes", "\\p{N}{1,3}", NULL},
    {"digit runs", "\\p{N}+", NULL},
    {"ascii threes", "[0-9][0-9][0-9]", NULL},
    {"falcon signs", "[\\p{P}\\$\\+<=>\\^~\\|`]+", NULL},
    {"bloom", " ?[^(\\s|.,!?…。，、।۔،)]+", NULL},
    {"chameleon sentinels", "<sentinel:[0-9]+>", NULL},
    {"chameleon images", "(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z", NULL},
    {"chameleon spaces", "([\\t\\n]|    |  )", NULL},
    {"chameleon signs", "[\\p{P}!-/:-@\\[-`{-~]", NULL},
    {"tiny-aya digits", "\\d{1,3}(?=(?:\\d{3})*\\b)",
     "\\d{1,3}(?=(?:\\d{3})*(?:(?<=[" OUTER_WORD_PCRE2 "])(?![" OUTER_WORD_PCRE2
     "])|(?<![" OUTER_WORD_PCRE2 "])(?=[" OUTER_WORD_PCRE2 "])))"},
    {"superbpe digits", "(?=(\\d{3})+(?!\\d))", NULL},
    {"gemma lines", "[^\\n]+|[\\n]+", NULL},
    {"white space", "\\S+", NULL},
    {"words and signs", "\\w+|[^\\w\\s]+", "[" OUTER_WORD_PCRE2 "]+|[^" WORD_PCRE2 "\\s]+"},
    {"line starts", "(?:^|(?<=\\s))\\S+", NULL},
};

#endif
