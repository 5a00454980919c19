#!/usr/bin/env bash
# Checks datasets in object stores with Azurite and with the S3 server of moto: the same days have the same bytes as in a
# folder, a second writer is refused, and a lost connection leaves the previous days. Their own clients compare the
# objects, and no output has a key.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/tools/install.sh"
need_python dataset
need_node dataset

cargo build --quiet --package partner-center-cli --features object-store
partner_center=$debug/partner-center
for name in $(env | sed -n 's/^\(\(PARTNER_CENTER\|AWS\|AZURE\)_[A-Z_]*\)=.*/\1/p'); do unset "$name"; done
folder=$work/dataset-places
rm -rf "$folder" && mkdir -p "$folder" && touch "$folder/stderr"
trap 'kill $(jobs -p) 2> /dev/null || true' EXIT

fail() { echo "dataset: $1" >&2; tail -n 20 "$folder/stderr" >&2; exit 1; }
store() { PYTHONDONTWRITEBYTECODE=1 "$python_bin/python" tests/third_party/dataset/stores.py "$@"; }
random_key() { head -c 48 /dev/urandom | base64 --wrap=0; }

# Waits for the URL that a server prints, and sets $url.
url_in() {
  for _ in $(seq 300); do
    url=$(grep --only-matching --max-count=1 'http://127.0.0.1:[1-9][0-9]*' "$1") && return
    sleep 0.1
  done
  fail "no server: $(cat "$1")"
}

# Runs `partner-center history` with the exit code $1. Its stdout is in $folder/stdout.
history() {
  local expected=$1 code=0
  shift
  "$partner_center" --emulator history "$@" > "$folder/stdout" 2> "$folder/stderr" || code=$?
  cat "$folder/stdout" "$folder/stderr" >> "$folder/all-output"
  [ "$code" = "$expected" ] || fail "exit $code instead of $expected: history $*"
}

start_azurite() {
  : > "$folder/azurite.log"
  node "$node_bin/azurite-blob" --location "$folder/azurite" --blobHost 127.0.0.1 --blobPort "$1" --silent \
    --skipApiVersionCheck --disableTelemetry > "$folder/azurite.log" 2>&1 &
  azurite=$!
  for _ in $(seq 300); do
    grep --quiet 'successfully listens' "$folder/azurite.log" && break
    sleep 0.1
  done
  url=$(grep 'successfully listens' "$folder/azurite.log" | grep --only-matching 'http://.*') || fail 'no azurite'
}

# Telemetry of the servers and of their clients stays off, and no request leaves this machine.
export AZURE_STORAGE_ACCOUNT_NAME=standin AZURE_ALLOW_HTTP=true AWS_ALLOW_HTTP=true NO_PROXY=127.0.0.1
AZURE_STORAGE_ACCOUNT_KEY=$(random_key)
AWS_SECRET_ACCESS_KEY=$(random_key)
wrong_key=$(random_key)
export AZURE_STORAGE_ACCOUNT_KEY AWS_SECRET_ACCESS_KEY AWS_ACCESS_KEY_ID=AKIASTANDIN
export AZURITE_ACCOUNTS=standin:$AZURE_STORAGE_ACCOUNT_KEY STORE_AZURE_KEY=$AZURE_STORAGE_ACCOUNT_KEY
start_azurite 0
export STORE_AZURE=$url/standin
"$python_bin/moto_server" --host 127.0.0.1 --port 0 > "$folder/moto.log" 2>&1 &
url_in "$folder/moto.log"
export STORE_S3=$url
export AZURE_STORAGE_ENDPOINT=$STORE_AZURE AWS_ENDPOINT=$STORE_S3
store create azure
store create s3

day=2026-08-02
declare -A places=(
  [folder]=$folder/local
  [azure]=az://container/licenses/history
  [s3]=s3://bucket/licenses/history
)
results() {
  for arguments in 'list --format json' 'diff --format csv' 'trend --format csv' 'trend --by product --format csv'; do
    # shellcheck disable=SC2086
    history 0 $arguments --dataset "$1"
    cat "$folder/stdout"
  done
}

for kind in folder azure s3; do
  history 0 record --dataset "${places[$kind]}" --date "$day"
  history 0 record --dataset "${places[$kind]}"
  results "${places[$kind]}" > "$folder/$kind.results"
done
for kind in azure s3; do
  files=$(store compare $kind "$folder/local")
  cmp "$folder/folder.results" "$folder/$kind.results"
done

for kind in azure s3; do
  place=${places[$kind]}
  store put $kind .lock
  history 2 record --dataset "$place"
  grep --quiet "it holds $place/.lock" "$folder/stderr" || fail 'the lock is not named'
  store delete $kind .lock

  # The first requests open the dataset. Then files are staged, the old manifest is removed, and files are moved.
  port=STORE_${kind^^}
  port=${!port#http://127.0.0.1:}
  for requests in 0 3 5 9 12 16; do
    rm -f "$folder/port" && mkfifo "$folder/port"
    PYTHONDONTWRITEBYTECODE=1 python3 tests/third_party/dataset/lossy.py "${port%/*}" "$requests" > "$folder/port" &
    read -r lossy < "$folder/port"
    AWS_ENDPOINT=http://127.0.0.1:$lossy AZURE_STORAGE_ENDPOINT=http://127.0.0.1:$lossy/standin \
      history 8 record --dataset "$place" --date "$day"
    # The other day is as it was, and the recorded one is too or is unfinished.
    history 0 trend --dataset "$place" --last 1 --format csv
    cp "$folder/stdout" "$folder/last"
    history 0 trend --dataset "${places[folder]}" --last 1 --format csv
    cmp "$folder/last" "$folder/stdout"
    store delete $kind .lock
    history 0 record --dataset "$place" --date "$day"
    results "$place" | cmp - "$folder/folder.results"
  done
  store compare $kind "$folder/local" > /dev/null
done

# A wrong key: Azurite checks signatures, and moto whether the key is that of a user.
curl --silent --fail --output "$folder/reset" --header 'Content-Type: text/plain' --data 0 "$STORE_S3/moto-api/reset-auth"
for kind in azure s3; do
  for arguments in list 'record --date 2026-08-03'; do
    # shellcheck disable=SC2086
    AZURE_STORAGE_ACCOUNT_KEY=$wrong_key AWS_SECRET_ACCESS_KEY=$wrong_key \
      history 8 $arguments --dataset "${places[$kind]}"
    grep --quiet '403 Forbidden' "$folder/stderr" || fail 'the reason is not named'
  done
done

# A server that is gone, and comes back.
kill $azurite && wait $azurite 2> /dev/null || true
history 8 list --dataset "${places[azure]}"
history 8 record --dataset "${places[azure]}"
port=${STORE_AZURE#http://127.0.0.1:}
start_azurite "${port%/*}"
results "${places[azure]}" | cmp - "$folder/folder.results"

for key in "$AZURE_STORAGE_ACCOUNT_KEY" "$AWS_SECRET_ACCESS_KEY" "$wrong_key" AKIASTANDIN; do
  if grep --quiet --fixed-strings "$key" "$folder/all-output"; then fail 'an output has a key'; fi
done
if grep --quiet --ignore-case 'signature=\|sig=\|stringtosign' "$folder/all-output"; then fail 'an output has a signature'; fi
echo "dataset: $files files have the same bytes in a folder, in Azurite and in moto, and survive lost connections"
