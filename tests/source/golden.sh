# Models that rlxc wrote as C source, against what other implementations computed. In: the folder of
# the programs; `all` after it: every fixture in every way of compiling, instead of one way each and
# a few in all.
. tests/support/expect.sh
. tests/source/written.sh
all=${2:-}
[ -n "$all" ] || runtime_compiler=gcc runtime_flags="-O0 $strict" # the models are tested here

[ -d "$shared/golden" ] || {
    echo "skipped: no golden data at $shared/golden"
    exit 0
}
have gcc "models as C source" && have make "models as C source" || exit 0
command -v clang > /dev/null || {
    echo "skipped: compiling with clang: no clang"
    ways="gcc-O0 gcc-O3" ways_in_turn="gcc-O0 gcc-O3 gcc-O1"
}

# The way of fixture number $1: they take turns.
way_of() {
    set -- $1 $ways_in_turn
    shift $(($1 % ($# - 1) + 1))
    echo "$1"
}

# Exact arithmetic: every fixture.
number=0
for fixture in $fixtures; do
    paths_of "$fixture"
    number=$((number + 1))
    case $all$fixture in
    all* | llama-f32 | gguf/llama-Q4_1) turns="$ways gcc-threads" ;;
    *) turns=$(way_of $number) ;;
    esac
    runs=
    [ "$fixture" != mistral-swa-f32 ] || runs=--variants=decode=1,prefill=32 # its windows are rings
    write "$model" --exact $runs || continue
    for way in $turns; do
        compiled "$way" && echo "$way:" && checked golden exact "$expected" "$work/folder/model"
    done
done

# All other fixtures that the compiler builds.
for expected in "$shared"/golden/*/expected.safetensors "$shared"/golden/gguf/*.expected.safetensors; do
    [ -n "$all" ] || break
    fixture=${expected#"$shared/golden/"} fixture=${fixture%?expected.safetensors}
    paths_of "$fixture"
    case " $(echo $fixtures) " in
    *" $fixture "*) continue ;;
    esac
    rlxc build --emit=c -q --exact -o "$work/other" "$model" > /dev/null 2>&1 || continue
    rm -rf "$work/folder" && mv "$work/other" "$work/folder"
    compiled gcc-O0 && checked golden exact "$expected" "$work/folder/model"
done

# Other types of numbers: each format of weights. Attention knows none, so the two caches take turns, and
# so do the two types of activations, which test_kernels has with each format.
number=0
for fixture in $formats; do
    paths_of "$fixture"
    number=$((number + 1))
    way=$(way_of $number)
    caches=$([ $((number % 2)) = 0 ] && echo q8 || echo f16)
    integers=$([ $((number / 2 % 2)) = 0 ] && echo i8 || echo i16)
    [ -z "$all" ] || caches="f16 q8" integers="i8 i16"
    for numbers in $caches $integers; do
        case $numbers:$fixture in
        f16:*) options= ;;
        q8:*) options=--kv=q8 ;;
        *:*F32 | *:*F16) continue ;; # products with these weights read f32 all the same
        *) options="--activations=$numbers --kv=f32" ;;
        esac
        write "$model" $options && compiled "$way" && echo "$way $options:" &&
            checked golden $numbers "$expected" "$work/folder/model"
    done
done

# Trained models: their own texts and logits.
stories=$shared/models/stories-3m name=stories-3m
for form in gguf hf; do
    model=$stories/hf
    [ $form = gguf ] && model=$stories/stories-3m.Q8_0.gguf
    for options in --exact ""; do
        numbers=f16
        [ -n "$options" ] && numbers=exact
        write "$model" $options && compiled gcc-native &&
            checked cases $numbers "$stories/expected.json" --form=$form "$work/folder/model"
    done
done
smollm2=$shared/models/smollm2-135m-instruct name=smollm2-135m
write "$smollm2"/*.gguf --exact --context=1024 && compiled gcc-native &&
    checked cases exact "$smollm2/expected.json" --cases=$([ -n "$all" ] && echo 9 || echo 2) \
        --logits="$smollm2/logits.safetensors" "$work/folder/model"

finish "models as C source"
