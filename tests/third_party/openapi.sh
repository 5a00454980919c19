#!/usr/bin/env bash
# Checks that the contract is valid OpenAPI 3.0 and follows the style of openapi/.spectral.yaml, including its examples.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/tools/install.sh"
need_python
need_node
need_contract

"$python_bin/openapi-spec-validator" --schema 3.0 openapi/partner-center.yaml
# Once more with the examples embedded, because that is a different document.
"$python_bin/openapi-spec-validator" --schema 3.0 "$contract"
"$node_bin/spectral" lint --ruleset openapi/.spectral.yaml --fail-severity hint "$contract"
echo "openapi: the contract is valid OpenAPI 3.0 and follows its style"
