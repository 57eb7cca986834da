#!/usr/bin/env bash
# demonstrate.sh BUILD_DIR WORK_DIR [MODEL_DIR]: the main job and the refusals, narrated with real output. Called by quickstart.sh.
set -euo pipefail
build=$1 work=$2 model=${3:-}
top=$PWD
rm -rf "$work"
mkdir -p "$work"
cd "$work"
export STRONGROOM_HOME=$work/home PATH=$build/tools/strongroom:$build/tools/sample_model:$PATH
bold=$'\033[1m' plain=$'\033[0m'
[ -t 1 ] || bold= plain=

step() { printf '\n%s== %s%s\n' "$bold" "$*" "$plain"; }

# run EXPECTED_EXIT COMMAND...: shows the command, its output and how long it took; stops unless it ends as expected.
run() {
  local expected=$1 started status=0 shown
  shift
  shown="$*"
  printf '%s$ %s%s\n' "$bold" "${shown//"$work/"/}" "$plain"
  started=$(date +%s%N)
  "$@" || status=$?
  printf '(exit %d, %s s)\n' "$status" "$(awk -v a="$started" -v b="$(date +%s%N)" 'BEGIN { printf "%.2f", (b - a) / 1e9 }')"
  [ "$status" -eq "$expected" ] || { echo "quickstart: expected exit $expected" >&2; exit 1; }
}

# Two neighbouring free ports on loopback: swtpm takes commands on the first, control on the second.
free_ports() {
  local port
  for port in $(shuf -i 20000-59998 -n 200); do
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && ! (exec 3<>"/dev/tcp/127.0.0.1/$((port + 1))") 2>/dev/null; then
      echo "$port"
      return
    fi
  done
  echo "quickstart: no free port on loopback" >&2
  exit 1
}

start_software_tpm() {
  local dir=$work/swtpm port
  mkdir -p "$dir/state" "$dir/ca"
  printf '%s\n' "statedir = $dir/ca" "signingkey = $dir/ca/signkey.pem" "issuercert = $dir/ca/issuercert.pem" \
    "certserial = $dir/ca/certserial" >"$dir/localca.conf"
  printf '%s\n' "--platform-manufacturer Strongroom" "--platform-version 1.0" "--platform-model Quickstart" >"$dir/localca.options"
  printf '%s\n' "create_certs_tool = $(command -v swtpm_localca)" "create_certs_tool_config = $dir/localca.conf" \
    "create_certs_tool_options = $dir/localca.options" "active_pcr_banks = sha256" >"$dir/setup.conf"
  swtpm_setup --tpm2 --tpmstate "dir://$dir/state" --config "$dir/setup.conf" --create-ek-cert --create-platform-cert --lock-nvram \
    --pcr-banks sha256 --overwrite >"$dir/setup.log" 2>&1 || { tail "$dir/setup.log" >&2; exit 1; }
  port=$(free_ports)
  swtpm socket --tpm2 --tpmstate "dir=$dir/state" --server "type=tcp,port=$port,bindaddr=127.0.0.1" \
    --ctrl "type=tcp,port=$((port + 1)),bindaddr=127.0.0.1" --flags not-need-init,startup-clear --pid "file=$dir/pid" \
    --log "file=$dir/log,level=1" --daemon
  trap 'kill "$(cat "$work/swtpm/pid")" 2>/dev/null || true' EXIT
  export STRONGROOM_TCTI=swtpm:host=127.0.0.1,port=$port
}

step "The TPM"
if [ -e /dev/tpmrm0 ] && [ -r /dev/tpmrm0 ] && [ -w /dev/tpmrm0 ]; then
  echo "This machine's TPM, /dev/tpmrm0."
else
  start_software_tpm
  echo "No usable /dev/tpmrm0 here: a software TPM (swtpm) stands in for the hardware. It shows how everything works and"
  echo "protects nothing: who is root on this machine can read its state from $work/swtpm."
fi

if [ -z "$model" ]; then
  step "A model: 1 GiB of BF16 weights, distributed as trained ones are"
  model=$work/model
  run 0 strongroom-sample-model "$model" --size 1GiB
else
  step "The model: $model"
fi
du -sh "$model"

step "A home for this machine's keys, trust and log; it says where the machine stands and who operates it"
run 0 strongroom init --country US --operator "Example Lab" --operator-hq US

step "Seal: compress, encrypt, shard; the key goes to the TPM and to an offline passphrase"
cat >facts.toml <<'END'
[model]
label = "quickstart"
weights = "closed"
training_ops = "2.1e26"
eccn = "4E091"
origin = "US"
owner_hq = "US"
END
cat facts.toml
run 0 strongroom seal "$model" -o model.bundle --facts facts.toml --policy allied-nations --to tpm --to recovery:passphrase.txt \
  --generate-recovery --parity 4/1
ls -l model.bundle model.bundle/shards

step "What anyone may know of it, without a key"
run 0 strongroom inspect model.bundle

step "Every byte checked, without a key"
run 0 strongroom verify model.bundle

step "Open: the policy is asked, the access stands in the log, then the TPM gives the key"
run 0 strongroom open model.bundle -o opened --via tpm
run 0 diff -r "$model" opened
echo "every byte is as it was"
rm -r opened

step "One flipped byte is refused, and repaired from parity"
shard=model.bundle/shards/00000.shard
offset=$(($(stat -c %s "$shard") / 2))
byte=$(od -An -tu1 -j "$offset" -N 1 "$shard" | tr -d ' ')
printf "$(printf '\\x%02x' $((byte ^ 1)))" | dd of="$shard" bs=1 seek="$offset" conv=notrunc status=none
run 3 strongroom verify model.bundle
run 3 strongroom open model.bundle -o opened --via tpm
[ ! -e opened ] || { echo "quickstart: plaintext under a final name" >&2; exit 1; }
run 0 strongroom repair model.bundle
run 0 strongroom verify model.bundle

step "A place that the policy forbids"
run 0 sed -i 's/^country = .*/country = "CN"/' home/node.toml
run 5 strongroom open model.bundle -o opened --via tpm
sed -i 's/^country = .*/country = "US"/' home/node.toml

step "The log: each access and each refusal, and the proof that nothing was changed"
run 0 strongroom log show
run 0 strongroom log verify

step "Next, with your own model"
cat <<END
  ./quickstart.sh /path/to/model            this demonstration on your own files

  export PATH=$build/tools/strongroom:\$PATH
  strongroom init --country CC --operator NAME --operator-hq CC
  edit facts.toml (an example is in the home), then
  strongroom seal MODEL -o MODEL.bundle --facts facts.toml --policy allied-nations --to tpm --to recovery:FILE --generate-recovery
  strongroom open MODEL.bundle -o DIR

Keep the recovery passphrase offline: a bundle sealed to a TPM alone is lost with it.
\`strongroom doctor\` says what this machine can do, \`strongroom bench\` how fast. Everything of this run is in ${work#"$top"/}.
END
