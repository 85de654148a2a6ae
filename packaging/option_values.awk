# Shared by the three generators of completions. In: the table that help_table.awk prints. Out: the
# values that an option takes. "q8_0|q4_0" lists the values themselves. FILE and DIR stand for files
# and directories, PASS for a pass of the compiler (the variable `passes` lists all of them). An
# argument that ends with "..." is a list separated by commas.
function is_list(argument) { return argument ~ /\.\.\.\]?$/ }
function words_of(argument,    count, i, part, words) {
    sub(/,\.\.\.$/, "", argument)
    count = split(argument, part, "|")
    for (i = 1; i <= count; i++)
        if (part[i] == "PASS")
            words = words " " passes
        else if (part[i] ~ /^[a-z][a-z0-9_-]*$/)
            words = words " " part[i]
    return substr(words, 2)
}
# "file", "directory", or "" for anything else.
function files_of(argument) {
    return argument ~ /(^|\|)(FILE|PATH|OUT)(\||\.|$)/ ? "file" : argument == "DIR" ? "directory" : ""
}
# The suffix of the files that a command takes, from its usage: ".rlx", ".hir", or "" for any.
function ending_of(usage) {
    return match(usage, /(MODEL|GRAPH)\.[a-z]+/) ? substr(usage, RSTART + 5, RLENGTH - 5) : ""
}
# Several lines of the help may describe one option, one value each ("--way=block", "--way=steps").
function remember_option(command, letter, word, argument, text,    key) {
    key = command SUBSEP word
    if (key in argument_of) {
        if (letter != "-")
            letter_of[key] = letter
        argument_of[key] = argument_of[key] "|" argument
        return
    }
    letter_of[key] = letter == "-" ? "" : letter
    argument_of[key] = argument == "-" ? "" : argument
    text_of[key] = text
    word_at[command, ++option_count[command]] = word
}
# "-h, --help, -v": every command takes these, even if its own help does not list them.
function remember_everywhere(list,    count, i, letter, part) {
    count = split(list, part, ", | and ")
    for (i = 1; i <= count; i++) {
        if (part[i] ~ /^--/) {
            everywhere[++everywhere_count] = substr(part[i], 3)
            everywhere_letter[everywhere_count] = letter
            letter = ""
        } else
            letter = substr(part[i], 2)
    }
}
function add_everywhere(command,    i) {
    for (i = 1; i <= everywhere_count; i++)
        if (!((command SUBSEP everywhere[i]) in argument_of))
            remember_option(command, everywhere_letter[i], everywhere[i], "-", everywhere[i])
}
# The first part of an option's text, which is its summary.
function description(text) {
    sub(/; .*/, "", text)
    gsub(/\\/, "", text)
    return text
}
BEGIN { FS = "\t" }
$1 == "program" { program = $2 }
$1 == "everywhere" { remember_everywhere($2) }
$1 == "command" { command = $2; command_at[++command_count] = command; summary_of[command] = $3 }
$1 == "usage" && command != "" { usage_of[command] = $2 }
$1 == "option" { remember_option(command, $2, $3, $4, $5) }
