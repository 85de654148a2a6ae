# Writes the tables of carried_sources.h. In: LIST, a file of lines "TABLE PATH FILE": the table, the path in the folder, and the file
# whose bytes they are. Out: the C file OUT, whose assembler reads the files themselves.
cmake_minimum_required(VERSION 3.25)
file(STRINGS ${LIST} lines)
set(text "/* Written by carried_sources.cmake. */\n#include \"compiler/pack/carried_sources.h\"\n")
set(number 0)
foreach(line ${lines})
    string(REGEX MATCH "^([^ ]+) ([^ ]+) (.+)$" match "${line}")
    set(table ${CMAKE_MATCH_1})
    set(path "${CMAKE_MATCH_2}")
    set(file "${CMAKE_MATCH_3}")
    file(SIZE "${file}" bytes)
    string(APPEND text "\n__asm__(\".pushsection .rodata.carried, \\\"a\\\"\\n\"\n        \".hidden carried_${number}\\n\"\n"
        "        \".globl carried_${number}\\n\"\n        \"carried_${number}: .incbin \\\"${file}\\\"\\n\"\n        \".byte 0\\n\"\n"
        "        \".popsection\\n\");\nextern const char carried_${number}[];\n")
    string(APPEND rows_${table} "    {\"${path}\", carried_${number}, ${bytes}},\n")
    list(APPEND tables ${table})
    math(EXPR number "${number} + 1")
endforeach()
list(REMOVE_DUPLICATES tables)
foreach(table ${tables})
    string(APPEND text "\nconst struct carried_source ${table}s[] = {\n${rows_${table}}};\n"
        "const size_t ${table}_count = sizeof ${table}s / sizeof ${table}s[0];\n")
endforeach()
file(WRITE ${OUT} "${text}")
