#!/bin/sh
# Installs the packages of Debian 12 that building and testing need and this machine lacks. Does
# nothing if all are installed. With the argument `all`, also those for the other builds of
# tests/run.sh, and for tests only. On other systems, it says what is missing.
set -eu

packages="gcc libc6-dev binutils cmake ninja-build pkg-config gzip
          libjansson-dev libutf8proc-dev libxxhash-dev libcmocka-dev libpcre2-dev
          glslang-dev spirv-tools libstdc++-12-dev libvulkan-dev"
llvm_versions="22 21 20 19"
# g++: for C++ programs that use the library; groff-base: for manual pages; compilers for aarch64 and
# riscv64, make and qemu-user: for models as C source (tests/source/machines.sh); mesa-vulkan-drivers
# and vulkan-validationlayers: a Vulkan device without a GPU (lavapipe), and its checks; lld: quick links.
[ "${1:-}" = all ] && packages="$packages clang libclang-rt-14-dev clang-format lld llvm-19-dev g++ groff-base
    make gcc-aarch64-linux-gnu libc6-dev-arm64-cross gcc-riscv64-linux-gnu libc6-dev-riscv64-cross qemu-user
    mesa-vulkan-drivers vulkan-validationlayers"

# The same without a package manager: programs, and libraries known to pkg-config.
missing_here() {
    for program in cc:gcc ld:binutils cmake ninja:ninja-build pkg-config gzip; do
        command -v "${program%:*}" >/dev/null || echo "${program#*:}"
    done
    for library in jansson libutf8proc:utf8proc libxxhash:xxhash cmocka libpcre2-8:pcre2 glslang SPIRV-Tools vulkan; do
        pkg-config --exists "${library%:*}" 2>/dev/null || echo "${library#*:}"
    done
    for version in $llvm_versions; do
        command -v "llvm-config-$version" >/dev/null && return
    done
    echo "LLVM 22 (or 19 to 21) with its headers and llvm-config-22"
}
if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    missing=$(missing_here | sed '$!s/$/,/')
    [ -z "$missing" ] && exit 0
    {
        echo "setup: this is not Debian (no dpkg-query or apt-get). Install these, with the headers"
        echo "and, of xxhash, glslang and SPIRV-Tools, the static libraries:" $missing
        echo "On Debian 12 the packages are:" $packages llvm-22-dev
    } >&2
    exit 1
fi

installed() {
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing=
for package in $packages; do
    installed "$package" || missing="$missing $package"
done
has_llvm=
for version in $llvm_versions; do
    installed "llvm-$version-dev" && has_llvm=yes
done
[ -z "$missing" ] && [ -n "$has_llvm" ] && exit 0

root=
if [ "$(id -u)" != 0 ]; then
    root=sudo
    command -v sudo >/dev/null || {
        [ -n "$has_llvm" ] || missing="$missing llvm-22-dev"
        echo "setup: these packages are needed, but this user is not root and has no sudo:$missing" >&2
        exit 1
    }
fi
export DEBIAN_FRONTEND=noninteractive
$root apt-get -qq update
if [ -z "$has_llvm" ]; then
    # LLVM 22 comes with Debian 12's security updates, 19 with the release itself; either works.
    llvm=llvm-19-dev
    apt-cache show llvm-22-dev >/dev/null 2>&1 && llvm=llvm-22-dev
    missing="$missing $llvm"
fi
echo "setup: installing$missing"
# shellcheck disable=SC2086
$root apt-get -qq install -y --no-install-recommends $missing >/dev/null
