#!/usr/bin/env bash
# Checks the contract with another generator: openapi-typescript generates types from the unchanged file, and the
# TypeScript compiler checks code that uses them.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/tools/install.sh"
need_node

rm -rf "$work/second-client" && mkdir "$work/second-client"
cp tests/third_party/second-client/licenses.ts "$work/second-client"
"$node_bin/openapi-typescript" openapi/partner-center.yaml --output "$work/second-client/contract.d.ts"
"$node_bin/tsc" --noEmit --strict --noUncheckedIndexedAccess --skipLibCheck false \
  "$work/second-client/licenses.ts" "$work/second-client/contract.d.ts"
echo "second-client: types generated from the contract compile, and reject wrong uses"
