#!/usr/bin/env bash
# scripts/fuzz.sh [SECONDS [FORMAT...]]: builds the fuzz targets and runs each for SECONDS (600), two at a time on two cores and so on. What they
# grow stays in build/fuzz/grown; a finding is left in build/fuzz/findings and makes the exit status 1. Needs clang-19 and libclang-rt-19-dev.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh
seconds=${1:-600}
shift || true
build_preset fuzz
mkdir -p build/fuzz/grown build/fuzz/findings
formats=("$@")
[ ${#formats[@]} -gt 0 ] || mapfile -t formats < <(ls fuzz/*_fuzz.cc | sed 's|fuzz/\(.*\)_fuzz.cc|\1|')

fuzz_one() {
  local seconds=$1 format=$2 log=build/fuzz/$2.log
  mkdir -p "build/fuzz/grown/$format"
  if "build/fuzz/fuzz/${format}_fuzz" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/findings/$format-" "build/fuzz/grown/$format" "fuzz/corpus/$format" >"$log" 2>&1; then
    printf '%-18s %s runs, no finding\n' "$format" "$(sed -n 's/^stat::number_of_executed_units: //p' "$log")"
  else
    printf '%-18s FINDING: see %s\n' "$format" "$log"
    return 1
  fi
}
export -f fuzz_one
say "Fuzzing ${#formats[@]} formats for $seconds s each"
printf '%s\n' "${formats[@]}" | xargs -P "$(nproc)" -I{} bash -c 'fuzz_one "$0" "$1"' "$seconds" {}
