#!/usr/bin/env bash
# Reads what the command line writes with programs that nobody here wrote: csv with Python's csv module, ndjson with jq,
# parquet with DuckDB. All must come to the same totals. Needs Python 3.9 or newer; jq and DuckDB are installed below
# target/interop, in the versions that requirements.txt pins with their hashes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
work=target/interop
pins=tests/interop/requirements.txt
mkdir -p "$work"

if ! cmp --quiet "$pins" "$work/python/installed-from"; then
  rm -rf "$work/python"
  python3 -m venv "$work/python"
  "$work/python/bin/pip" install --quiet --disable-pip-version-check --require-hashes --requirement "$pins"
  cp "$pins" "$work/python/installed-from"
fi

cargo build --quiet --package partner-center-cli --features parquet
for name in $(env | sed -n 's/^\(PARTNER_CENTER_[A-Z_]*\)=.*/\1/p'); do unset "$name"; done
partner_center=target/debug/partner-center
rm -f "$work/url" && mkfifo "$work/url"
"$partner_center" --quiet emulator --customers 400 --seed 7 > "$work/url" &
trap 'kill $!' EXIT
read -r PARTNER_CENTER_BASE_URL < "$work/url"
export PARTNER_CENTER_BASE_URL PARTNER_CENTER_ACCESS_TOKEN=any

for rows in deployment usage funnel; do
  for source in classic commercial; do
    for format in csv ndjson parquet json; do
      "$partner_center" --quiet licenses "$rows" --all-customers --source "$source" --concurrency 32 \
        --output "$work/$rows-$source.$format"
    done
  done
done
PYTHONDONTWRITEBYTECODE=1 "$work/python/bin/python" tests/interop/totals.py "$work"
