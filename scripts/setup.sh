# Sourced by quickstart.sh and test.sh: installs Debian packages and builds, saying which stage it is in. Does nothing twice.

say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
[ -t 1 ] || say() { printf '\n== %s\n' "$*"; }

BUILD_PACKAGES=(g++ cmake ninja-build ccache pkg-config libssl-dev libsodium-dev libzstd-dev libisal-dev libutf8proc-dev libtss2-dev
  libboost1.81-dev zlib1g-dev libcli11-dev nlohmann-json3-dev libtomlplusplus-dev libfmt-dev libbenchmark-dev)
RUN_PACKAGES=(swtpm swtpm-tools libtss2-tcti-swtpm0 libtss2-tcti-device0 age zstd)
TEST_PACKAGES=(libgtest-dev libgmock-dev tpm2-tools python3 git strace openssl chromium chromium-driver)

# install_packages run|test: the packages that the build needs, and those that running or testing needs besides.
install_packages() {
  local wanted=("${BUILD_PACKAGES[@]}" "${RUN_PACKAGES[@]}") missing=() as_root=()
  # Intel's library exists on x86-64 alone; without it OpenSSL does the work.
  [ "$(dpkg --print-architecture)" != amd64 ] || wanted+=(libipsec-mb-dev)
  [ "$1" != test ] || wanted+=("${TEST_PACKAGES[@]}")
  for package in "${wanted[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  say "Installing ${#missing[@]} Debian packages: ${missing[*]}"
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "run as root, or install sudo: packages are missing" >&2; exit 1; }
    as_root=(sudo)
  fi
  mkdir -p build
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >build/apt.log 2>&1 ||
    { tail -n 20 build/apt.log >&2; echo "apt-get failed; the whole output is in build/apt.log" >&2; exit 1; }
}

# build_preset NAME: configures and builds build/NAME.
build_preset() {
  export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros
  if [ ! -e "build/$1/build.ninja" ]; then
    say "Configuring build/$1"
    mkdir -p build
    cmake --preset "$1" >"build/configure-$1.log" 2>&1 || { cat "build/configure-$1.log" >&2; exit 1; }
  fi
  say "Building build/$1 with $(nproc) cores"
  local started=$SECONDS
  cmake --build --preset "$1" || exit 1
  echo "built in $((SECONDS - started)) s; build/$1 takes $(du -sh "build/$1" | cut -f1)"
}
