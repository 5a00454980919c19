#!/usr/bin/env bash
# Checks that every format has the same totals, to the license and the cent: rows and groups in csv, json and ndjson, a
# workbook read by openpyxl, parquet read by DuckDB and a page read by an HTML parser. The arguments are the numbers of
# customers.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/tools/install.sh"
need_python totals
[ $# -gt 0 ] || set -- 25 2000

build=${TOTALS_BUILD:-debug}
if [ "$build" = release ]; then
  # The packages of the benchmarks, so that one build serves both.
  cargo build --quiet --release --package partner-center-benches --package partner-center-cli
else
  need_partner_center
fi
partner_center=${debug%/*}/$build/partner-center
for name in $(env | sed -n 's/^\(PARTNER_CENTER_[A-Z_]*\)=.*/\1/p'); do unset "$name"; done
export PARTNER_CENTER_ACCESS_TOKEN=any
trap 'kill $(jobs -p) 2> /dev/null || true' EXIT

for customers in "$@"; do
  book=$work/totals-$customers
  rm -rf "$book" && mkdir -p "$book"
  mkfifo "$book/url"
  "$partner_center" --quiet emulator --customers "$customers" --seed 11 > "$book/url" &
  read -r PARTNER_CENTER_BASE_URL < "$book/url"
  export PARTNER_CENTER_BASE_URL
  # Two currencies, and products without a price.
  cat > "$book/prices.csv" <<'PRICES'
product,price,currency,per
EXCHANGE*,3.705,EUR,month
MICROSOFT 365*,247.20,EUR,year
OFFICE 365*,1001,JPY,month
PRICES
  funnel() {
    "$partner_center" --quiet licenses funnel --all-customers --source commercial --prices "$book/prices.csv" "$@"
  }
  funnel --output "$book/rows.csv"
  funnel --output "$book/rows.parquet"
  funnel --output "$book/rows.xlsx"
  funnel --by customer --output "$book/customer.json"
  funnel --by product --output "$book/product.csv"
  funnel --by product --output "$book/product.parquet"
  funnel --by customer --output "$book/customer.xlsx"
  "$partner_center" --quiet report --source commercial --prices "$book/prices.csv" --output "$book/report.html"
  kill %+ && wait %+ 2> /dev/null || true
  PYTHONDONTWRITEBYTECODE=1 "$python_bin/python" tests/third_party/totals/totals.py "$book"
done
