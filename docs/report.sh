#!/usr/bin/env bash
# Renders docs/report.png: the top of the page that `report` writes for the sample data of the emulator. Needs Chromium.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cargo run --quiet -- --emulator --quiet report --prices docs/prices.csv --output "$work/report.html"
chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
  --disable-component-update --disable-sync --hide-scrollbars --user-data-dir="$work/profile" \
  --window-size=1280,1240 --screenshot="$PWD/docs/report.png" "file://$work/report.html" 2> /dev/null
