#!/usr/bin/env bash
# Runs every example program of the SDK against the emulator, without a token, and looks for the line that shows that it
# succeeded.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
unset PARTNER_CENTER_ACCESS_TOKEN
cargo build --quiet --package partner-center --examples
cargo build --quiet --package partner-center-azure-credential

shown() {
  case $1 in
    one_customer) echo 'EXCHANGE ONLINE (PLAN 1): 0 of 5 deployed' ;;
    blocking) echo '8 licenses sold, 25 customers' ;;
    all_customers) echo '25 customers: 23 with rows, 1 empty, 1 skipped, 0 failed' ;;
    funnel) echo '80 rows of the funnel from 78 of deployment' ;;
    commercial_query) echo 'deployment: 78 of 78 rows' ;;
    custom_credential) echo '8 rows with the second token' ;;
    own_mock) echo '8 licenses sold, as expected, after 3 requests' ;;
    partner-center-azure-credential) echo '5 rows of usage, 8 of all customers' ;;
    tracing_setup) echo '8 rows after 2 attempts' ;;
    *) echo "(no expected output of $1 in $0)" ;;
  esac
}

for program in crates/partner-center/examples/*.rs partner-center-azure-credential; do
  example=$(basename "$program" .rs)
  # The examples of the crate, or a program of its own.
  printed=$(case $program in *.rs) "target/debug/examples/$example" ;; *) "target/debug/$example" ;; esac)
  if ! grep --fixed-strings --quiet -- "$(shown "$example")" <<< "$printed"; then
    printf '%s printed this instead of "%s":\n%s\n' "$example" "$(shown "$example")" "$printed"
    exit 1
  fi
done
echo "examples: every example program succeeds"
