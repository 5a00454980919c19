#!/usr/bin/env bash
# Checks the emulator against the contract: schemathesis sends requests that the contract allows, and invalid ones.
# Arguments are passed to schemathesis.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/tools/install.sh"
need_python

cargo build --quiet --package partner-center-emulator --example serve
export JUDGE_TOKEN=judge JUDGE_URL
rm -f "$work/url" && mkfifo "$work/url"
"$debug/examples/serve" "$JUDGE_TOKEN" > "$work/url" &
trap 'kill $!' EXIT
read -r JUDGE_URL < "$work/url"

# Without this variable, Python would write bytecode next to the hooks.
PYTHONDONTWRITEBYTECODE=1 "$python_bin/schemathesis" --config-file tests/third_party/schemathesis/schemathesis.toml \
  run --url "$JUDGE_URL" "$@" openapi/partner-center.yaml
echo "schemathesis: the emulator's responses match the contract"
