#!/bin/sh
# Tokenizers from a user's view: what stands around a text, reports, and what is refused. In: the
# folder of the programs.
. tests/support/expect.sh
unset RLX_CACHE_DIR # the reports below are those of a tokenizer that is made, not found

folder=$work/words
mkdir "$folder"
cat > "$folder/tokenizer.json" <<'end'
{"normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,
  "strip_accents":null,"lowercase":true},
 "pre_tokenizer":{"type":"BertPreTokenizer"},
 "post_processor":{"type":"TemplateProcessing",
  "single":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},
            {"SpecialToken":{"id":"[SEP]","type_id":0}}],"pair":[],
  "special_tokens":{"[CLS]":{"id":"[CLS]","ids":[1],"tokens":["[CLS]"]},
                    "[SEP]":{"id":"[SEP]","ids":[2],"tokens":["[SEP]"]}}},
 "decoder":{"type":"WordPiece","prefix":"##","cleanup":true},
 "added_tokens":[{"id":1,"content":"[CLS]","special":true,"normalized":false},
                 {"id":2,"content":"[SEP]","special":true,"normalized":false}],
 "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##",
  "max_input_chars_per_word":100,
  "vocab":{"[UNK]":0,"[CLS]":1,"[SEP]":2,"caf":3,"##e":4,"s":5,",":6}}}
end
compiled=$work/words.rlx
expect 0 '' rlxc build "$folder" -q --tokenizer-only -o "$compiled"

# By tokenizers 0.23.3.
equal "nothing added" "$(printf 'Café, SÉ' | rlx tokenize "$compiled")" "3,4,6,5,4"
equal "in front and behind" "$(printf 'Café, SÉ' | rlx tokenize "$compiled" --add-bos)" \
    "1,3,4,6,5,4,2"
equal "of no text" "$(printf '' | rlx tokenize "$compiled" --add-bos)" "1,2"
equal "decoded" "$(echo 1,3,4,6,5,4,2 | rlx tokenize "$compiled" --decode)" "[CLS] cafe, se [SEP]"
equal "decoded without control tokens" \
    "$(echo 1,3,4,6,5,4,2 | rlx tokenize "$compiled" --decode --skip-special)" "cafe, se"

# What the compiler made of it.
expect 0 '^tokenizer  *WordPiece, 7 tokens, 2 of them added' rlx info "$compiled"
expect 0 'with --add-bos: before a text 1 "\[CLS\]"; after it 2 "\[SEP\]"$' rlx info "$compiled"
expect 0 '^  *compared with a plain reading of its description$' rlx info "$compiled"
expect 0 '  split at /.s/: removed$' rlxc inspect "$compiled"
expect 0 '^tokenizer$' rlxc build "$model" -q --report=tokenizer
expect 0 '' rlxc build "$folder" -q --tokenizer-only --no-check-tokenizer -o "$work/unchecked.rlx"

# Without the check only the manifest differs, which says so; the section of the tokenizer does not.
expect 0 'not compared with a plain reading' rlx info "$work/unchecked.rlx"
section() { # FILE
    rlxc inspect "$1" | awk '$4 == "tokenizer" { print $1, $2 }' |
        { read -r offset bytes && tail -c +$((offset + 1)) "$1" | head -c "$bytes"; }
}
section "$compiled" > "$work/section"
[ -s "$work/section" ] || fail "no section of the tokenizer in $compiled"
section "$work/unchecked.rlx" > "$work/unchecked"
expect 0 '' cmp "$work/section" "$work/unchecked"

# What cannot be exact is refused, with its place.
sed 's/"decoder":.*/"decoder":{"type":"CTC"},/' "$folder/tokenizer.json" > "$work/tokenizer.json"
mkdir "$work/refused"
mv "$work/tokenizer.json" "$work/refused"
expect 1 "decoder.*CTC" rlxc build "$work/refused" -q --tokenizer-only -o "$work/refused.rlx"
finish tokenizer
