# Turns the help of a program into a table. In: the output of the program's --help, then for each
# command a line "@ COMMAND" and the output of its --help. Out: lines with these fields, separated
# by tabs, in the order of the help:
#
#     program NAME | everywhere OPTIONS | status TEXT | command NAME SUMMARY | usage TEXT | text TEXT
#     option LETTER WORD ARGUMENT TEXT       (an empty field is "-")
function flush_entry() {
    if (entry != "")
        print entry (text == "" ? "-" : text)
    else if (text ~ /^Exit status:/) {
        if (command == "")
            print "status\t" substr(text, 14)
    } else if (text != "") {
        if (text ~ /^Every command takes/ && match(text, /-.*[a-z]/))
            print "everywhere\t" substr(text, RSTART, RLENGTH)
        print "text\t" text
    }
    entry = text = ""
}
function begin_option(line,    argument, at, letter, others, word) {
    letter = "-"
    sub(/^ +/, "", line)
    if (line ~ /^-[A-Za-z], /) {
        letter = substr(line, 2, 1)
        line = substr(line, 5)
    }
    for (others = 1; others; ) { # "--presence-penalty=P, --frequency-penalty=P"
        match(line, /^[^ ]+/)
        word = substr(line, 3, RLENGTH - 2)
        line = substr(line, RLENGTH + 1)
        sub(/^ +/, "", line)
        others = sub(/,$/, "", word)
        argument = "-"
        if ((at = index(word, "=")) > 0) {
            argument = substr(word, at + 1)
            word = substr(word, 1, at - 1)
        }
        entry = "option\t" letter "\t" word "\t" argument "\t"
        if (others)
            shared[++shared_count] = entry
    }
    text = line
}
function flush_option(    i) {
    for (i = 1; i <= shared_count; i++)
        print shared[i] text
    shared_count = 0
    flush_entry()
}
/^@ / { flush_option(); command = $2; print "command\t" command "\t" summary[command]; next }
/^usage: / {
    flush_option()
    if (command == "")
        print "program\t" $2
    print "usage\t" substr($0, 8)
    next
}
/^$/ { flush_option(); next }
/^(  -[A-Za-z], |      )--[a-z]/ { flush_option(); begin_option($0); next }
command == "" && /^  [a-z]+  +[a-z]/ { word = $1; sub(/^ *[a-z]+ +/, ""); summary[word] = $0; next }
{ sub(/^ +/, ""); text = text (text == "" ? "" : " ") $0 }
END { flush_option() }
