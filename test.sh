#!/usr/bin/env bash
# ./test.sh [CTEST_ARGUMENT...]: installs what is needed, builds, and runs every test. STRONGROOM_CORPUS may name a folder of
# artefacts from outside; tests that need it are skipped without.
set -euo pipefail
cd "$(dirname "$0")"
source scripts/setup.sh

install_packages test
build_preset dev
say "Testing"
exec ctest --preset dev --parallel "$(nproc)" "$@"
