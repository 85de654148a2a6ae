# Writes completions for bash. In: the table that help_table.awk prints; needs option_values.awk.
# Out: a script.
function values_line(command, word,    key, words, files) {
    key = command SUBSEP word
    words = words_of(argument_of[key])
    files = files_of(argument_of[key])
    if (words != "")
        printf "            _%s_words%s '%s'\n", program, is_list(argument_of[key]) ? "_of_list" : "", words
    if (files != "")
        printf "            _%s_files '%s'\n", program, files
}
function print_command(command,    i, key, options, word) {
    add_everywhere(command)
    printf "    %s)\n        case $option in\n", command
    for (i = 1; i <= option_count[command]; i++) {
        word = word_at[command, i]
        key = command SUBSEP word
        options = options " --" word (argument_of[key] == "" ? "" : "=") (letter_of[key] == "" ? "" : " -" letter_of[key])
        if (argument_of[key] == "")
            continue
        printf "        %s--%s)\n", letter_of[key] == "" ? "" : "-" letter_of[key] "|", word
        values_line(command, word)
        print "            return ;;"
    }
    printf "        esac\n        options='%s' ending='%s' ;;\n", substr(options, 2), ending_of(usage_of[command])
}
function print_helpers() {
    printf "# Completions of %s for bash, generated from its help.\n", program
    printf "_%s_words() {\n    COMPREPLY+=($(compgen -W \"$1\" -- \"$word\"))\n}\n", program
    printf "_%s_words_of_list() {\n    local before=\n", program
    print "    [[ $word == *,* ]] && before=${word%,*},"
    print "    compopt -o nospace 2>/dev/null"
    print "    COMPREPLY+=($(compgen -P \"$before\" -W \"$1\" -- \"${word##*,}\"))\n}"
    printf "_%s_files() { # file, directory, or a suffix of files\n", program
    print "    compopt -o filenames -o bashdefault -o default 2>/dev/null"
    print "    local IFS=$'\\n'"
    print "    if [[ $1 == .* ]]; then"
    print "        COMPREPLY+=($(compgen -f -X \"!*$1\" -- \"$word\") $(compgen -d -- \"$word\"))"
    print "    else"
    print "        COMPREPLY+=($(compgen -A \"$1\" -- \"$word\"))"
    print "    fi\n}"
}
END {
    for (i = 1; i <= command_count; i++)
        commands = commands command_at[i] " "
    print_helpers()
    printf "_%s() {\n", program
    print "    local word=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD - 1]} options= ending="
    print "    COMPREPLY=()"
    print "    [[ $option == = ]] && option=${COMP_WORDS[COMP_CWORD - 2]} # bash splits --option=value"
    print "    [[ $word == = ]] && word="
    print "    if ((COMP_CWORD == 1)); then"
    printf "        _%s_words '%shelp --help --version'\n        return\n    fi\n", program, commands
    print "    case ${COMP_WORDS[1]} in"
    for (i = 1; i <= command_count; i++)
        print_command(command_at[i])
    printf "    help)\n        _%s_words '%s'\n        return ;;\n    *)\n        return ;;\n    esac\n", program, commands
    print "    if [[ $word == -* ]]; then"
    printf "        _%s_words \"$options\"\n", program
    print "        [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null"
    printf "    else\n        _%s_files \"${ending:-file}\"\n    fi\n}\n", program
    printf "complete -F _%s %s\n", program, program
}
