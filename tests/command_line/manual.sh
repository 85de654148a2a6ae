#!/bin/sh
# The pages of compiler/IR.md are correct and complete: their blocks run, each graph verifies and computes the same
# before and after the passes, and every word of the tables is in them. In: the folder of the
# programs.
. tests/support/expect.sh
. tests/support/document.sh

hir="compiler/hir/HIR.md compiler/hir/OPS.md"
passes="compiler/passes/PASSES.md compiler/late/LATE.md"
lir="compiler/lir/LIR.md compiler/lir/KERNELS.md"
ln -s "$PWD/examples" "$work/examples"
pages="$hir $passes $lir"
for page in $pages; do # later ones use graphs of earlier ones
    run_document $page
done
for graph in "$work"/*.hir; do
    [ "$(basename "$graph")" = wrong.hir ] && continue
    expect 0 '' rlxc opt --no-passes "$graph" -o "$work/printed"
    expect 0 '' rlxc opt --no-passes "$work/printed" -o "$work/again"
    cmp -s "$work/printed" "$work/again" || fail "$graph: printed, read and printed again"
    expect 0 '' rlxc opt --check "$graph" -o "$work/after"
done

# explained WHERE PAGES WORD...: each word is in a table or list of these pages.
explained() {
    where=$1 page=$2
    shift 2
    [ $# -gt 0 ] || fail "$where: no words found"
    for word in "$@"; do
        grep -h '^[|-]' $page | grep -q "\`$word\`" || fail "$page does not explain $word of $where"
    done
}
first_words() { sed -n "s/^ *$2(\([a-z0-9_]*\),.*/\1/p" "$1"; } # FILE MACRO
explained hir_ops.def "$hir" $(first_words compiler/hir/hir_ops.def HIR_OP)
explained map_ops.def "$hir" $(first_words compiler/hir/map_ops.def MAP_OP)
explained kernel_kinds.def "$lir" $(first_words compiler/lir/kernel_kinds.def KERNEL)
explained attributes "$hir" $(sed -n 's/^ATTR(.*, "\([a-z_]*\)",.*/\1/p' compiler/hir/attrs.def)
kinds=compiler/lir/kernel_kinds.def
explained "fields of kernels" "$lir" rows_symbol $(sed -n 's/^FIELD(\w*, \w*, \(\w*\),.*/\1/p; s/^PART(\w*, \w*, \w*, \(\w*\),.*/\1/p' $kinds)
explained "values of launches" "$lir" $(sed -n 's/^VALUE(\w*, \w*, \w*, \(\w*\).*/\1/p' $kinds)
explained "arguments of kernels" "$lir" $(sed -n 's/^\(ARG\|LIST\)(\w*, \(\w*\),.*/\2/p' $kinds)

# Every kind of kernel and every op has an example.
for kind in $(first_words compiler/lir/kernel_kinds.def KERNEL); do
    grep -q "^  kernel k[0-9]* $kind " $pages || fail "$lir: no example of the kind $kind"
done
for op in $(first_words compiler/hir/hir_ops.def HIR_OP) $(first_words compiler/hir/map_ops.def MAP_OP); do
    grep -q "^  %[0-9]* = $op " $pages || fail "$hir: no example of the op $op"
done

# So has every attribute, field, argument and pass.
for name in $(sed -n 's/^ATTR(.*, "\([a-z_]*\)",.*/\1/p' compiler/hir/attrs.def); do
    grep -q "\(^\| \)$name=" $pages || fail "$hir: no example of the attribute $name"
done
for name in $(sed -n 's/^FIELD(\w*, \w*, \(\w*\),.*/\1/p; s/^PART(\w*, \w*, \w*, \(\w*\),.*/\1/p' $kinds); do
    grep -q "\(^\| \)$name=" $lir || fail "$lir: no example of the field $name"
done
for name in $(sed -n 's/^\(ARG\|LIST\)(\w*, \(\w*\),.*/\2/p; s/^VALUE(\w*, \w*, \w*, \(\w*\).*/\1/p' $kinds); do
    grep -q "\(^\|[ (]\)$name=" $pages || fail "$lir: no example of the argument $name"
done
for name in $(rlxc opt --list | sed 's/ .*//'); do
    grep -q "^\$ rlxc opt .*-p [a-z,-]*$name" $passes || fail "$passes: no example of the pass $name"
done

finish manual
