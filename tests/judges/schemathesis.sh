#!/usr/bin/env bash
# Judges the emulator by the contract: schemathesis asks it everything the contract allows, and much that it does not.
# Arguments are schemathesis's own.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/tools/install.sh"
need_python

cargo build --quiet --package partner-center-emulator --example serve
export JUDGE_TOKEN=judge JUDGE_URL
rm -f "$work/url" && mkfifo "$work/url"
target/debug/examples/serve "$JUDGE_TOKEN" > "$work/url" &
trap 'kill $!' EXIT
read -r JUDGE_URL < "$work/url"

# Python would keep what it made of the hooks beside them.
PYTHONDONTWRITEBYTECODE=1 "$python_bin/schemathesis" --config-file tests/judges/schemathesis/schemathesis.toml \
  run --url "$JUDGE_URL" "$@" openapi/partner-center.yaml
echo "schemathesis: the emulator answers as the contract says"
