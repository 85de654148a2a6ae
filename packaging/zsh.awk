# Writes completions for zsh. In: the table that help_table.awk prints; needs option_values.awk.
# Out: a script.
function quoted(text) { # inside '[' and ']', and inside ''
    gsub(/\[/, "(", text)
    gsub(/\]/, ")", text)
    gsub(/'/, "'\\''", text)
    return text
}
function action(argument,    words, files) {
    words = words_of(argument)
    files = files_of(argument)
    if (words != "" && files != "")
        return " _alternative \"words\\:\\:(" words ")\" \"files\\:\\:_files\""
    if (words != "")
        return is_list(argument) ? "_values -s , value " words : "(" words ")"
    return files == "file" ? "_files" : files == "directory" ? "_files -/" : ""
}
function print_option(command, word,    argument, key, names, value) {
    key = command SUBSEP word
    argument = argument_of[key]
    if (argument != "")
        value = ":value:" action(argument)
    names = letter_of[key] == "" ? "'*--" word (argument == "" ? "" : "=") : \
        "'*'{-" letter_of[key] (argument == "" ? "" : "+") ",--" word (argument == "" ? "" : "=") "}'"
    printf "        %s[%s]%s' \\\n", names, quoted(description(text_of[key])), value
}
function print_command(command,    ending, i) {
    add_everywhere(command)
    ending = ending_of(usage_of[command])
    printf "    %s)\n        _arguments -s -S \\\n", command
    for (i = 1; i <= option_count[command]; i++)
        print_option(command, word_at[command, i])
    printf "        '*:file:_files%s' ;;\n", ending == "" ? "" : " -g \"*" ending "\""
}
END {
    printf "#compdef %s\n# Completions of %s for zsh, generated from its help.\n", program, program
    print "local -a commands\ncommands=("
    for (i = 1; i <= command_count; i++)
        printf "    '%s:%s'\n", command_at[i], quoted(summary_of[command_at[i]])
    print "    'help:print the help of a command'\n)"
    print "if ((CURRENT == 2)); then\n    _describe command commands\n    return\nfi"
    print "local command=$words[2]\nshift words\n((CURRENT--))\ncase $command in"
    for (i = 1; i <= command_count; i++)
        print_command(command_at[i])
    print "    help) _describe command commands ;;\nesac"
}
