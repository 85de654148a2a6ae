#!/bin/sh
# Installs into an empty prefix. The programs must run from there; the example must build with
# pkg-config and with CMake, as C and as C++, shared and static; the libraries must export what rlx.h
# declares; manual pages and completions must have every option. In: the folder of the programs.
. tests/support/expect.sh

build=$(cd "$bin/.." && pwd)
if grep -q '^RLX_SANITIZE:[A-Z]*=.' "$build/CMakeCache.txt"; then
    echo "skipped: installing: this build has sanitizers, and nobody installs that"
    exit 0
fi
if ! [ -f "$build/librlx.a" ] || ! [ -f "$build/librlx.so" ] || ! [ -x "$bin/rlx-static" ]; then
    fail "installing needs the whole build: cmake --build $build"
    finish install
fi

# The prefix is moved afterwards, because nothing in it may depend on where it was installed.
mkdir -p "$work/empty place/nothing"
cmake --install "$build" --prefix "$work/installed" > "$work/log" 2>&1 || fail "cmake --install: $(cat "$work/log")"
mv "$work/installed" "$work/empty place/prefix"
prefix="$work/empty place/prefix"
lib=$(dirname "$(find "$prefix" -name librlx.a)")
share=$prefix/share
compiled=$work/stories.rlx

installed() { # PROGRAM ARGUMENTS...: runs the program of the prefix
    program=$1
    shift
    env -i PATH="$prefix/bin:/usr/bin:/bin" RLX_CACHE_DIR="${RLX_CACHE_DIR:-$work/cache}" "$program" "$@"
}

# ---- programs ------------------------------------------------------------------------------------
small="--level=native --variants=decode=1,prefill=32"
expect 0 '' installed rlxc build "$model" -q $small -o "$compiled"
expect 0 '' installed rlxc build "$model" -q $small --emit=exe -o "$work/stories"
expect 0 '' installed rlx run "$compiled" -q --raw -p "Once upon a time" -n 8 --temp 0
expected=$(cat "$printed/out")
expect 0 "$expected" "$work/stories" run --raw -p "Once upon a time" -n 8 --temp 0
rm -r "$prefix/libexec" # the runtime of executables: the message says what is missing, and what to do
expect 1 'libexec/rlx/rlx-static.*is missing' installed rlxc build "$model" -q $small --emit=exe -o "$work/none"
grep -q 'name another place with --runtime=PATH' "$printed/err" || fail "no advice where the runtime is missing"

# ---- libraries: the names of rlx.h, all of them and no other -------------------------------------
cat "$prefix"/include/rlx/*.h > "$work/headers"
sed -n 's/^RLX_API .*[ *]\(rlx_[a-z_0-9]*\)(.*/\1/p' "$work/headers" | sort > "$work/header"
equal "functions of the header" "$(wc -l < "$work/header")" "$(grep -c '^RLX_API' "$work/headers")"
equal "headers" "$(cd "$prefix/include" && echo *) $(cd "$prefix/include/rlx" && echo *.h)" \
    "rlx base.h device.h instance.h model.h rlx.h saved.h session.h text.h"
names() { # LIBRARY NM-OPTION
    nm "$2" --defined-only "$1" | awk 'NF == 3 { print $3 }' | sort | comm -3 - "$work/header"
}
equal "names of librlx.so that the header lacks, or the other way round" "$(names "$lib/librlx.so" -D)" ""
equal "names of librlx.a that the header lacks, or the other way round" "$(names "$lib/librlx.a" -g)" ""
equal "files of librlx.a that -flto of a distribution would leave all names of" \
    "$(grep '"command": .*rlx_objects' "$build/compile_commands.json" | grep -vc -e '-fno-lto')" 0
grep -q '"command": .*rlx_objects' "$build/compile_commands.json" || fail "no commands of librlx.a"
expect 0 'soname: \[librlx.so.1\]' readelf -d "$lib/librlx.so"

# ---- the example ---------------------------------------------------------------------------------
told=
speaks() { # PROGRAM: its answer with the same seed equals the first one
    expect 0 '' env LD_LIBRARY_PATH="$lib" "$1" "$compiled" "Once upon a time"
    told=${told:-$(cat "$printed/out")}
    [ "$(wc -w < "$printed/out")" -gt 20 ] || fail "$1 says nothing"
    equal "what $1 says" "$(cat "$printed/out")" "$told"
}
cp examples/generate.c "$work/generate.c"
export PKG_CONFIG_PATH="$lib/pkgconfig"
cxx=
command -v g++ > /dev/null && cxx=g++
[ -n "$cxx" ] || echo "skipped: the example as C++: no g++"
by_pkg_config() { # PROGRAM COMPILER [--static]
    options=${3:-}
    expect 0 '' eval "$2 $(pkg-config --cflags rlx) $work/generate.c -x none -o $work/$1" \
        "${options:+-static} $(pkg-config $options --libs rlx)"
    speaks "$work/$1"
}
by_pkg_config shared "cc -std=c99 -pedantic-errors -x c"
by_pkg_config static "cc -std=c99 -pedantic-errors -x c" --static
expect 0 'librlx.so.1' readelf -d "$work/shared"
if [ -n "$cxx" ]; then
    by_pkg_config shared_cxx "g++ -std=c++11 -pedantic-errors -x c++"
    by_pkg_config static_cxx "g++ -std=c++11 -pedantic-errors -x c++" --static
fi

# Both languages and both libraries in one project.
by_cmake() { # FOLDER [OPTIONS OF CMAKE]
    folder=$1
    shift
    expect 0 '' cmake -S "$folder" -B "$folder/build" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" "$@" &&
        expect 0 '' cmake --build "$folder/build"
}
mkdir "$work/project" "$work/alone"
cat > "$work/project/CMakeLists.txt" << END
cmake_minimum_required(VERSION 3.25)
project(user LANGUAGES C ${cxx:+CXX})
find_package(rlx 1.0 REQUIRED COMPONENTS static shared)
foreach(language C ${cxx:+CXX})
    file(COPY_FILE "$work/generate.c" generate_\${language}.c)
    set_source_files_properties(generate_\${language}.c PROPERTIES LANGUAGE \${language})
    foreach(kind shared static rlx)
        add_executable(\${language}_\${kind} generate_\${language}.c)
        target_link_libraries(\${language}_\${kind} PRIVATE rlx::\${kind})
    endforeach()
endforeach()
END
by_cmake "$work/project"
for program in C_shared C_static C_rlx ${cxx:+CXX_shared CXX_static CXX_rlx}; do
    speaks "$work/project/build/$program"
done
linked() { # PROGRAM: whether it needs the shared library
    readelf -d "$1" | grep -c 'NEEDED.*librlx.so.1'
}
equal "rlx::shared needs librlx.so" "$(linked "$work/project/build/C_shared")" 1
equal "rlx::static needs no librlx.so" "$(linked "$work/project/build/C_static")" 0
equal "the first component is rlx::rlx" "$(linked "$work/project/build/C_rlx")" 0

# The folder of examples alone.
cp examples/CMakeLists.txt examples/*.c "$work/alone"
by_cmake "$work/alone" -DBUILD_SHARED_LIBS=OFF
speaks "$work/alone/build/example-generate"
equal "BUILD_SHARED_LIBS=OFF needs no librlx.so" "$(linked "$work/alone/build/example-generate")" 0

# ---- manual pages and completions ----------------------------------------------------------------
completed() { # WORDS...: the completions of bash for the last word
    bash -c 'source "$1/bash-completion/completions/$2"; shift; COMP_WORDS=("$@")
        COMP_CWORD=$(($# - 1)); "_$1"; printf "%s\n" "${COMPREPLY[@]}"' bash "$share" "$@"
}
lacks() { # WHERE: fails for options in $work/options that are not on standard input
    missing=$(sort -u | comm -23 "$work/options" -)
    [ -z "$missing" ] || fail "$1: lacks $(echo $missing)"
}
# The program takes every value that is offered, and if it lists its values, the offer is complete.
check_values() { # PROGRAM COMMAND OPTION
    values=$(cd "$work/empty place/nothing" && completed "$1" "$2" "$3" = "")
    [ -n "$values" ] || fail "completions: no value of $1 $2 $3"
    known=$("$1" "$2" "$3=@" 2>&1 | sed -n 's/.*expected one of \(.*\), found.*/\1/p' | tr -d ' ' | tr ',' '\n' | sort)
    [ -z "$known" ] || equal "values of $1 $2 $3" "$(echo "$values" | sort)" "$known"
    for value in $values; do
        "$1" "$2" "$3=$value" > "$work/out" 2>&1
        grep -q -e "$3: expected" "$work/out" && fail "$1 $2 $3=$value: $(cat "$work/out")"
    done
}
check_command() { # PROGRAM COMMAND
    "$1" "$2" --help > "$work/help"
    grep -o -e '^  -[a-z], --[a-z-]*' -e '^      --[a-z-]*' -e ', --[a-z-]*=' "$work/help" |
        grep -o -e '--[a-z-]*' -e '-[a-z]' | sort -u > "$work/options"
    [ "$(wc -l < "$work/options")" -gt 2 ] || fail "$1 $2: no options in the help"
    sed 's/\\f[BIR]//g; s/\\-/-/g' "$share/man/man1/$1.1" | awk -v name=".SS $2" '
        /^\.SS/ { on = $0 == name } on && before == ".TP" { print } { before = $0 }' |
        grep -o -e '--[a-z-]*' -e '^-[a-z]' | lacks "$1.1, $2"
    completed "$1" "$2" - | sed 's/=$//' | lacks "completions for bash, $1 $2"
    sed -n "s/.*from $2' -l \([a-z-]*\) *\(-s [a-z]\)\?.*/--\1\n\2/p" "$share/fish/vendor_completions.d/$1.fish" |
        sed 's/^-s /-/' | lacks "completions for fish, $1 $2"
    sed -n "/^    $2)/,/;;/s/^ *'\*\('{\(-[a-z]\)[+]\?,\)\?\(--[a-z-]*\).*/\2\n\3/p" "$share/zsh/site-functions/_$1" |
        lacks "completions for zsh, $1 $2"
    for option in $(sed -n 's/^ *\(-[a-z], \)\?\(--[a-z-]*\)=[a-z].*/\2/p' "$work/help" | sort -u); do
        check_values "$1" "$2" "$option"
    done
}
for name in rlx rlxc; do
    page=$share/man/man1/$name.1
    if command -v groff > /dev/null; then
        equal "warnings of groff about $name.1" "$(groff -man -Tutf8 -ww -z "$page" 2>&1)" ""
    else
        echo "skipped: rendering $name.1: no groff"
    fi
    expect 0 '' bash -n "$share/bash-completion/completions/$name"
    if command -v zsh > /dev/null; then expect 0 '' zsh -n "$share/zsh/site-functions/_$name"; fi
    if command -v fish > /dev/null; then expect 0 '' fish -n "$share/fish/vendor_completions.d/$name.fish"; fi
    commands=$("$name" --help | sed -n 's/^  \([a-z]*\)  .*/\1/p')
    equal "commands of $name" "$(completed "$name" "" | grep -v -e '^-' -e '^help$' | tr '\n' ' ')" "$(echo $commands) "
    for command in $commands; do
        check_command "$name" "$command"
    done
done
equal "values of a list" "$(completed rlxc build --emit = exe,l | tr '\n' ' ')" "exe,lir exe,ll "
equal "a value after a letter" "$(completed rlxc opt -x fuse-q)" "fuse-qkv"
equal "the model of rlx run" "$(cd "$work" && completed rlx run stor | sort | tr '\n' ' ')" "stories.rlx "

# ---- before anything is built --------------------------------------------------------------------
# Without Debian, the set-up says what is missing; it says nothing if nothing is missing.
mkdir "$work/programs"
for program in sh sed; do
    ln -s "$(command -v $program)" "$work/programs/$program"
done
expect 1 'not Debian.*Install these' env -i PATH="$work/programs" sh tests/setup.sh
expect 1 'ninja-build, pkg-config' env -i PATH="$work/programs" sh tests/setup.sh
for program in cc ld cmake ninja pkg-config gzip llvm-config-22 llvm-config-21 llvm-config-20 llvm-config-19; do
    found=$(command -v $program) && ln -s "$found" "$work/programs/$program"
done
expect 0 '' env -i PATH="$work/programs" sh tests/setup.sh

expect 0 '' cmake -S . -B "$work/plain" -G Ninja -DRLX_TESTS=OFF
expect 0 'CMAKE_BUILD_TYPE:STRING=Release' grep CMAKE_BUILD_TYPE "$work/plain/CMakeCache.txt"
expect 1 'not everything is built yet' cmake --install "$work/plain" --prefix "$work/none"
[ -e "$work/none" ] && fail "half an installation"

finish install
