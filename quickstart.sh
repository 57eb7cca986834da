#!/usr/bin/env bash
# ./quickstart.sh [MODEL_DIR]: installs what is needed, builds, then seals a model to this machine's TPM, opens it again,
# and shows what is refused. Everything it makes lies in build/quickstart, and is made anew each time.
set -euo pipefail
cd "$(dirname "$0")"
source scripts/setup.sh

[ $# -le 1 ] || { echo "usage: ./quickstart.sh [MODEL_DIR]" >&2; exit 2; }
model=${1:-}
[ -z "$model" ] || [ -d "$model" ] || { echo "quickstart: $model is not a directory" >&2; exit 2; }
[ -z "$model" ] || model=$(realpath "$model")

install_packages run
build_preset release

exec scripts/demonstrate.sh "$PWD/build/release" "$PWD/build/quickstart" "$model"
