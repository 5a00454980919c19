#!/usr/bin/env bash
# Judges the contract by another reader of it: openapi-typescript makes types of the file as it stands, and the compiler
# checks a use of them.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/tools/install.sh"
need_node

rm -rf "$work/second-client" && mkdir "$work/second-client"
cp tests/judges/second-client/licenses.ts "$work/second-client"
"$node_bin/openapi-typescript" openapi/partner-center.yaml --output "$work/second-client/contract.d.ts"
"$node_bin/tsc" --noEmit --strict --noUncheckedIndexedAccess --skipLibCheck false \
  "$work/second-client/licenses.ts" "$work/second-client/contract.d.ts"
echo "second-client: types made from the contract compile, and are used as meant"
