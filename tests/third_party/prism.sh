#!/usr/bin/env bash
# Checks the client against the contract: Prism serves the contract, validates every request of the client, and responds
# first with the examples, then with data generated from the schemas.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/tools/install.sh"
need_node
need_contract
cargo build --quiet --package partner-center-tests --example prism-calls

# Serves the contract with Prism, which gets the arguments, and makes all calls.
judge() {
  local log=$work/prism.log
  : > "$log" # removes the address of the previous Prism
  # `--errors`: Prism responds with an error to a request that violates the contract.
  "$node_bin/prism" mock --port 0 --errors "$@" "$contract" > "$log" 2>&1 &
  local prism=$!
  # shellcheck disable=SC2064 # this Prism, not a later one
  trap "kill $prism 2> /dev/null || true" EXIT
  local url
  until url=$(grep --only-matching --max-count 1 'listening on http://[0-9.:]*' "$log"); do
    kill -0 "$prism" 2> /dev/null || { cat "$log"; return 1; }
    sleep 0.1
  done
  if ! "$debug/examples/prism-calls" "${url#listening on }"; then
    echo "Prism, serving with: ${*:-the examples}"
    grep -B 2 -A 2 --max-count 5 'Violation' "$log" || true
    return 1
  fi
  kill "$prism"
  wait "$prism" 2> /dev/null || true
}

judge
# Each seed generates one response per operation.
for seed in 1 2 3; do
  judge --dynamic --seed "$seed"
done
echo "prism: every request matches the contract, and the client decodes the responses that it allows"
