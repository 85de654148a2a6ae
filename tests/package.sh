#!/bin/sh
# Tests the Debian packages; run it by hand, as root. It builds them, installs them in an empty
# Debian 12, compiles and runs a model there, builds a program with the library, removes the
# packages, and checks that no file is left. It needs debootstrap, dpkg-dev, the network, 1.5 GB and
# four minutes.
#
#     sh tests/package.sh [FOLDER]        the packages stay in FOLDER (default: build/package/debian)
set -eu
cd "$(dirname "$0")/.."

mirror=${MIRROR:-http://deb.debian.org}
out=$(mkdir -p "${1:-build/package/debian}" && cd "${1:-build/package/debian}" && pwd)
root=$out/root
[ "$(id -u)" = 0 ] || { echo "package: root is needed, for chroot" >&2; exit 1; }
for program in debootstrap dpkg-shlibdeps; do
    command -v $program >/dev/null || { echo "package: no $program: apt install debootstrap dpkg-dev" >&2; exit 1; }
done

say() {
    printf '\n== %s\n' "$*"
}
inside() {
    chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
}
fail() {
    echo "package: FAILED: $*" >&2
    exit 1
}
files() { # all files that packages can install, without the caches of the linker and man
    (cd "$root" && find usr etc opt -xdev ! -path 'etc/ld.so.cache' ! -path 'usr/share/man/cat*' | sort)
}

say "the packages"
cmake --preset package >/dev/null
cmake --build --preset package --parallel "$(nproc)" >"$out/build.log" || { tail -n 40 "$out/build.log"; exit 1; }
rm -f "$out"/*.deb
(cd build/package && cpack -G DEB -B "$out" >"$out/cpack.log" 2>&1) || { cat "$out/cpack.log"; exit 1; }
for package in "$out"/*.deb; do
    dpkg-deb --field "$package" Package Version Depends Description
done

say "an empty Debian 12 in $root"
rm -rf "$root"
debootstrap --variant=minbase bookworm "$root" "$mirror/debian" >"$out/debootstrap.log" || { tail "$out/debootstrap.log"; exit 1; }
cat >"$root/etc/apt/sources.list" <<END
deb $mirror/debian bookworm main
deb $mirror/debian bookworm-updates main
deb $mirror/debian-security bookworm-security main
END
mount -t proc proc "$root/proc"
trap 'umount "$root/proc"' EXIT
inside apt-get -qq update
# Dependencies are installed before the packages and stay, so that only the packages' own files
# differ.
dependencies=$(for package in "$out"/*.deb; do dpkg-deb --field "$package" Depends; done |
    tr ',' '\n' | sed 's/(.*//; s/ //g' | grep -v '^librlx' | sort -u)
inside apt-get -qq install -y --no-install-recommends $dependencies gcc libc6-dev pkg-config >"$out/apt.log" 2>&1 ||
    { tail "$out/apt.log"; exit 1; }
files >"$out/before"

say "install"
mkdir "$root/tmp/packages"
cp "$out"/*.deb "$root/tmp/packages"
inside sh -c 'apt-get -qq install -y --no-install-recommends /tmp/packages/*.deb' >>"$out/apt.log" 2>&1 ||
    { tail "$out/apt.log"; exit 1; }
files >"$out/installed"
comm -13 "$out/before" "$out/installed"
grep -qx usr/bin/rlx "$out/installed" || fail "no usr/bin/rlx"

say "use"
mkdir "$root/tmp/work"
cp examples/stories-3m.Q8_0.gguf examples/generate.c "$root/tmp/work"
inside sh -euc '
    cd /tmp/work
    rlxc build stories-3m.Q8_0.gguf -q -o stories.rlx
    rlx run stories.rlx "Tell me a story about a fox." -n 40 --temp 0 -q
    rlxc build stories-3m.Q8_0.gguf -q --emit=exe -o stories
    ./stories "Tell me a story about a fox." -n 40 --temp 0 -q
    gcc generate.c -o shared $(pkg-config --cflags --libs rlx)
    gcc -static generate.c -o static $(pkg-config --static --cflags --libs rlx)
    ./shared stories.rlx "Once upon a time"
    ./static stories.rlx "Once upon a time"
    ldd shared | grep librlx.so.1
' || fail "use"

say "a machine that only runs models"
inside apt-get -qq purge -y rlxc librlx-dev >>"$out/apt.log" 2>&1
inside rlx run /tmp/work/stories.rlx "Tell me a story." -n 5 -q || fail "rlx without rlxc"
inside /tmp/work/shared /tmp/work/stories.rlx "Once upon a time" || fail "a program without librlx-dev"

say "remove"
inside apt-get -qq purge -y rlx librlx1 >>"$out/apt.log" 2>&1
files >"$out/after"
diff "$out/before" "$out/after" || fail "what is above was left behind, or went with the packages"
inside dpkg -l | grep -E '^.. +(lib)?rlx' && fail "dpkg still knows them"
umount "$root/proc"
trap - EXIT
rm -rf "$root"
echo "nothing is left; the packages are in $out"
