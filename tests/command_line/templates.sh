#!/bin/sh
# Chat templates from the command line: --chat-template, --template-args, --render, and models whose
# template cannot be compiled. In: the folder of the programs.
. tests/support/expect.sh

template=$work/template.jinja
made=$work/made.rlx
compile() { rlxc build "$model" -q --tokenizer-only --chat-template="$template" -o "$made"; }
render() { printf '%s\n' "$1" | rlx chat "$made" --render 2> "$work/err"; }

# ---- the user's own template, with everything that a conversation may have ----
cat > "$template" << 'END'
{{ eos_token }}{% for m in messages %}[{{ m.role }}|{{ m.content | trim }}]{% endfor %}
{%- if tools %}{{ tools | tojson }}{% endif %}{% if documents %}{{ documents[0].title }}{% endif %}
{%- if mood is defined %}<{{ mood }}>{% endif %}{% if add_generation_prompt %}:{% endif %}
{%- if messages | length > 2 %}{{ raise_exception('at most ' ~ 2 ~ ' messages') }}{% endif %}
END
compile || fail "a template of one's own"
equal "messages" "$(render '{"messages":[{"role":"user","content":" hé "}]}')" \
    '{"text": "<|im_end|>[user|h\u00E9]"}'
equal "all else" "$(render '{"messages":[],"tools":[{"name":"f"}],"documents":[{"title":"t"}],"variables":{"mood":"good","eos_token":"E"},"add_generation_prompt":true}')" \
    '{"text": "E[{\"name\": \"f\"}]t<good>:"}'
equal "names that mean nothing else" "$(render '{"messages":[],"mood":"bad"}')" '{"text": "<|im_end|><bad>"}'
equal "the template's own error" "$(render '{"messages":[{"role":"a"},{"role":"b"},{"role":"c"}]}')" \
    '{"error": "at most 2 messages"}'
equal "a NUL" "$(render '{"messages":[{"role":"u","content":"a\u0000b"}]}')" '{"text": "<|im_end|>[u|a\u0000b]"}'
printf '%s\n' '{"messages":[]}' 'no' '{"messages":[]}' | rlx chat "$made" --render > "$work/out" 2> "$work/err"
equal "status of a line that is no conversation" "$?" 1
equal "lines go on after it" "$(wc -l < "$work/out")" 3
grep -q "line 2 of standard input: JSON, byte 1" "$work/err" || fail "no number of the line: $(cat "$work/err")"
printf '{{ raise_exception("é" * 400) }}' > "$template"
compile
equal "a long error, whole" "$(render '{"messages":[]}' | grep -o 'u00E9' | wc -l)" 400
printf 'a\303' > "$template"
compile 2> "$work/err" && fail "a template that is not UTF-8"
grep -q "1: chat template: a byte that is not UTF-8" "$work/err" || fail "not UTF-8: $(cat "$work/err")"
printf '{{ strftime_now("%%Y") }}' > "$template"
compile
equal "the moment" "$(render '{"messages":[],"now":"2031-05-06T07:08:09"}')" '{"text": "2031"}'
equal "today" "$(render '{"messages":[]}')" "{\"text\": \"$(date +%Y)\"}"

# ---- variables at run time ----
cat > "$template" << 'END'
{% for m in messages %}{{ m.content }}{% endfor %}{% if long %}{{ ' and on' * 40 }}{% endif %}
END
rlxc build "$model" -q --level=x86-64-v3 --variants=decode=1 --chat-template="$template" -o "$made"
prompt() { rlx run "$made" hello -n 1 -v "$@" 2>&1 < /dev/null | sed -n 's/.*prompt: \([0-9]*\) tokens.*/\1/p'; }
[ "$(prompt --template-args='{"long":true}')" -gt "$(($(prompt) + 40))" ] || fail "--template-args changes nothing"
expect 2 "template-args: expected a JSON object" rlx run "$made" hello --template-args='[1]'
expect 2 "template-args: expected a JSON object" rlx chat "$made" --template-args='{'

# ---- templates that cannot be compiled: an error if the user named it, else a warning and an error later ----
printf 'a\n{%% for x in messages %%}\n{{ x. }}\n' > "$template"
expect 1 "template.jinja:3: chat template: expected a name" \
    rlxc build "$model" --tokenizer-only --chat-template="$template" -o "$work/none.rlx"
expect 1 "no-such-file" rlxc build "$model" --tokenizer-only --chat-template=no-such-file -o "$work/none.rlx"
[ -e "$work/none.rlx" ] && fail "something was written"
hf=${RLX_SHARED:-../shared}/models/stories-3m/hf
if [ -e "$hf/config.json" ]; then
    cp -r "$hf" "$work/hf"
    chmod -R u+w "$work/hf"
    cp "$template" "$work/hf/chat_template.jinja"
    expect 0 "warning: chat template: cannot be compiled.*expected a name" \
        rlxc build "$work/hf" --level=x86-64-v3 --variants=decode=1 -o "$made"
    expect 1 "could not be compiled: line 3: expected a name.*--raw" rlx run "$made" hello
    expect 1 "could not be compiled: line 3: expected a name.*--raw" rlx chat "$made"
    expect 0 '' rlx run "$made" "Once upon a time" --raw -n 2

    # two templates, of which one is for tools
    rm "$work/hf/chat_template.jinja"
    sed 's/"chat_template": *"[^"]*"/"chat_template": [{"name":"default","template":"plain"},{"name":"tool_use","template":"tools {{ tools[0].n }}"}]/' \
        "$hf/tokenizer_config.json" > "$work/hf/tokenizer_config.json"
    grep -q tool_use "$work/hf/tokenizer_config.json" ||
        echo '{"chat_template":[{"name":"default","template":"plain"},{"name":"tool_use","template":"tools {{ tools[0].n }}"}]}' > "$work/hf/tokenizer_config.json"
    rlxc build "$work/hf" -q --tokenizer-only -o "$made"
    equal "without tools" "$(render '{"messages":[]}')" '{"text": "plain"}'
    equal "with tools" "$(render '{"messages":[],"tools":[{"n":5}]}')" '{"text": "tools 5"}'
else
    echo "skipped: a model whose template is broken: no $hf (RLX_SHARED)"
fi

finish templates
