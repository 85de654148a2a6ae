# For scripts of tests/command_line that run the blocks of a document; source it after expect.sh: `.
# tests/support/document.sh`. Defines run_document and run.
#
# Blocks run in order, in $work. Every command of a `console` block runs, and its output must be
# what the block shows. Every line of a `sh` block runs, unless not_here, a function of the script,
# says that something else replaces it. A block with a file name becomes that file.
PATH="$bin:$PATH"

not_here() { return 1; }

# Splits DOCUMENT into $work/blocks/NUMBER.LANGUAGE; blocks with a name become $work/NAME.
cut_blocks() { # DOCUMENT
    rm -rf "$work/blocks" && mkdir "$work/blocks"
    awk -v folder="$work" '
        /^```/ && !inside {
            inside = 1
            file = $2 == "" ? sprintf("%s/blocks/%02d.%s", folder, ++count, substr($1, 4)) \
                            : folder "/" $2
            next
        }
        /^```/ { inside = 0; close(file); next }
        inside { print > file }' "$1"
}

# The output must be that of the file EXPECTED, if there is one.
run() { # COMMAND EXPECTED
    (cd "$work" && sh -c "$1") > "$printed/found" 2>&1 < /dev/null || fail "$1: status $?"
    [ -z "$2" ] || cmp -s "$2" "$printed/found" ||
        fail "$1: other output than shown: $(diff "$2" "$printed/found")"
}

run_console() { # BLOCK
    command=
    while IFS= read -r line; do
        case $line in
        '$ '*)
            [ -z "$command" ] || run "$command" "$printed/shown"
            command=${line#"$ "}
            : > "$printed/shown"
            ;;
        *) printf '%s\n' "$line" >> "$printed/shown" ;;
        esac
    done < "$1"
    run "$command" "$printed/shown"
}

run_lines() { # BLOCK
    while IFS= read -r line; do
        not_here "$line" || run "$line" ''
    done < "$1"
}

run_document() { # DOCUMENT
    cut_blocks "$1"
    for block in "$work"/blocks/*; do
        case $block in
        *.console) run_console "$block" ;;
        *.sh) run_lines "$block" ;;
        *) fail "$1: a block that nothing runs: $(head -n 1 "$block")" ;;
        esac
    done
}
