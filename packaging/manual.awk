# Writes a manual page. In: the table that help_table.awk prints, and the variables version, date
# and other (the program in SEE ALSO). Out: the page in the man format.
function escaped(text) {
    gsub(/\\/, "\\e", text)
    gsub(/-/, "\\-", text)
    gsub(/~/, "\\(ti", text)
    gsub(/\^/, "\\(ha", text)
    gsub(/'/, "\\(aq", text)
    gsub(/`/, "\\(ga", text)
    return text
}
# Lines of at most 80 bytes. None begins with a dot, which would make it a request.
function lines_of(text,    count, i, line, lines, word) {
    count = split(escaped(text), word, " ")
    for (i = 1; i <= count; i++) {
        if (line != "" && length(line) + 1 + length(word[i]) > 78) {
            lines = lines line "\n"
            line = ""
        }
        if (line == "" && word[i] ~ /^[.]/)
            line = "\\&"
        line = line (line == "" || line == "\\&" ? "" : " ") word[i]
    }
    return lines line
}
function upper(text) { return toupper(substr(text, 1, 1)) substr(text, 2) }
function option_line(letter, word, argument) {
    letter = letter == "-" ? "" : "\\fB\\-" letter "\\fR, "
    argument = argument == "-" ? "" : "=\\fI" escaped(argument) "\\fR"
    return letter "\\fB\\-\\-" escaped(word) "\\fR" argument
}
BEGIN { FS = "\t" }
$1 == "program" {
    program = $2
    printf ".\\\" Made from the help of %s.\n", program
    printf ".TH %s 1 %s \"rlx %s\" \"User Commands\"\n", toupper(program), date, version
    print ".nh\n.ad l"
}
$1 == "usage" && command == "" { synopsis = substr($2, length(program) + 2) }
$1 == "text" && command == "" && !named {
    named = 1
    text = tolower(substr($2, 1, 1)) substr($2, 2)
    sub(/\.$/, "", text)
    printf ".SH NAME\n%s \\- %s\n", program, escaped(text)
    printf ".SH SYNOPSIS\n\\fB%s\\fR %s\n.SH DESCRIPTION\n%s\n", program, escaped(synopsis), lines_of($2)
    next
}
$1 == "text" { print ".PP\n" lines_of($2) }
$1 == "status" { status = $2 }
$1 == "command" {
    if (command == "")
        print ".SH COMMANDS"
    command = $2
    summary = $3
}
$1 == "usage" && command != "" {
    printf ".SS %s\n", command
    printf "\\fB%s\\fR %s\n", escaped(program " " command), escaped(substr($2, length(program " " command) + 2))
}
$1 == "option" { printf ".TP\n%s\n%s\n", option_line($2, $3, $4), lines_of($5) }
END {
    printf ".SH EXIT STATUS\n%s\n", lines_of(upper(status))
    printf ".SH SEE ALSO\n\\fB%s\\fR(1)\n", other
}
