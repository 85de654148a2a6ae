# The whole matrix of models as C source, by hand; the suite runs a part of it. In: the folder of the
# programs (default: build/release/bin).
set -eu
cd "$(dirname "$0")/../.."
bin=${1:-$PWD/build/release/bin}
for script in golden sanitizers machines; do
    sh tests/source/$script.sh "$bin" all
done
