# Writes completions for fish. In: the table that help_table.awk prints; needs option_values.awk.
# Out: a script.
function quoted(text) {
    gsub(/'/, "\\'", text)
    return text
}
function print_option(command, word,    argument, files, key, words) {
    key = command SUBSEP word
    argument = argument_of[key]
    words = words_of(argument)
    files = files_of(argument)
    printf "complete -c %s -n '__fish_seen_subcommand_from %s' -l %s", program, command, word
    printf "%s", letter_of[key] == "" ? "" : " -s " letter_of[key]
    if (argument != "")
        printf " %s", files == "file" ? "-rF" : "-x"
    if (files == "directory")
        printf " -a '(__fish_complete_directories)'"
    if (words != "")
        printf is_list(argument) ? " -a '(__fish_append , %s)'" : " -a '%s'", words
    printf " -d '%s'\n", quoted(description(text_of[key]))
}
END {
    printf "# Completions of %s for fish, generated from its help.\n", program
    for (i = 1; i <= command_count; i++)
        commands = commands command_at[i] " "
    printf "complete -c %s -n __fish_use_subcommand -f\n", program
    for (i = 1; i <= command_count; i++)
        printf "complete -c %s -n __fish_use_subcommand -a %s -d '%s'\n", program, command_at[i], \
            quoted(description(summary_of[command_at[i]]))
    printf "complete -c %s -n __fish_use_subcommand -a help -d 'print the help of a command'\n", program
    printf "complete -c %s -n '__fish_seen_subcommand_from help' -xa '%s'\n", program, commands
    for (i = 1; i <= command_count; i++) {
        add_everywhere(command_at[i])
        for (j = 1; j <= option_count[command_at[i]]; j++)
            print_option(command_at[i], word_at[command_at[i], j])
    }
}
