#!/usr/bin/env bash
# Checks the files that the command line writes with third-party readers: csv with Python's csv module, ndjson with jq
# and parquet with DuckDB must have the same totals.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/tools/install.sh"
need_python

need_partner_center
for name in $(env | sed -n 's/^\(PARTNER_CENTER_[A-Z_]*\)=.*/\1/p'); do unset "$name"; done
books=$work/interop
mkdir -p "$books"
partner_center=$debug/partner-center
rm -f "$books/url" && mkfifo "$books/url"
"$partner_center" --quiet emulator --customers 400 --seed 7 > "$books/url" &
trap 'kill $!' EXIT
read -r PARTNER_CENTER_BASE_URL < "$books/url"
export PARTNER_CENTER_BASE_URL PARTNER_CENTER_ACCESS_TOKEN=any

for rows in deployment usage funnel; do
  for source in classic commercial; do
    for format in csv ndjson parquet json; do
      "$partner_center" --quiet licenses "$rows" --all-customers --source "$source" --concurrency 32 \
        --output "$books/$rows-$source.$format"
    done
  done
done
PYTHONDONTWRITEBYTECODE=1 "$python_bin/python" tests/third_party/interop/totals.py "$books"
