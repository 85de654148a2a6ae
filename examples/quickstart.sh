#!/bin/sh
# Goes from a fresh clone to a talking program: installs missing packages, builds rlx, compiles the
# bundled model and runs it.
set -eu
cd "$(dirname "$0")/.."

sh tests/setup.sh
if [ ! -x build/release/bin/rlxc ] || [ ! -x build/release/bin/rlx-static ]; then
    echo "building rlx (about a minute)"
fi
cmake --preset release >/dev/null
cmake --build --preset release --target rlxc rlx rlx-static -- --quiet >build/build.log || {
    cat build/build.log
    exit 1
}

build/release/bin/rlxc build examples/stories-3m.Q8_0.gguf --emit=exe -o build/stories
rm -f build/talk # keeps the conversation between the questions
for question in "Tell me a story about a fox and a blue lantern." "What is the moral?"; do
    printf '\n> %s\n' "$question"
    build/stories "$question" --session=build/talk
done
printf '\nRun build/stories in a terminal to hold a conversation.\n'
