#!/bin/sh
# Installs what building and testing need and this machine lacks: packages of Debian 12, nothing
# else. Does nothing when all is there. With the argument `all` also what the other builds of
# tests/run.sh need.
set -eu

packages="gcc libc6-dev binutils cmake ninja-build pkg-config gzip
          libjansson-dev libutf8proc-dev libxxhash-dev libcmocka-dev libpcre2-dev"
[ "${1:-}" = all ] && packages="$packages clang libclang-rt-14-dev clang-format llvm-19-dev"

installed() {
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing=
for package in $packages; do
    installed "$package" || missing="$missing $package"
done
has_llvm=
for version in 22 19; do
    installed "llvm-$version-dev" && has_llvm=yes
done
[ -z "$missing" ] && [ -n "$has_llvm" ] && exit 0

root=
if [ "$(id -u)" != 0 ]; then
    root=sudo
    command -v sudo >/dev/null || {
        echo "setup: these packages are needed, and there is neither root nor sudo:$missing" \
            "llvm-22-dev" >&2
        exit 1
    }
fi
export DEBIAN_FRONTEND=noninteractive
$root apt-get -qq update
if [ -z "$has_llvm" ]; then
    # LLVM 22 comes with Debian 12's security updates, 19 with the release itself; either serves.
    llvm=llvm-19-dev
    apt-cache show llvm-22-dev >/dev/null 2>&1 && llvm=llvm-22-dev
    missing="$missing $llvm"
fi
echo "setup: installing$missing"
# shellcheck disable=SC2086
$root apt-get -qq install -y --no-install-recommends $missing >/dev/null
