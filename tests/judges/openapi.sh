#!/usr/bin/env bash
# Judges the contract: whether it is OpenAPI 3.0 to the letter, and whether it keeps to the style of openapi/.spectral.yaml,
# examples included.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/tools/install.sh"
need_python
need_node
need_contract

"$python_bin/openapi-spec-validator" --schema 3.0 openapi/partner-center.yaml
# Once more with the examples written out: that is another document.
"$python_bin/openapi-spec-validator" --schema 3.0 "$contract"
"$node_bin/spectral" lint --ruleset openapi/.spectral.yaml --fail-severity hint "$contract"
echo "openapi: the contract is valid OpenAPI 3.0 and keeps to its style"
