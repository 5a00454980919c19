#!/usr/bin/env bash
# Checks that the SQL of docs/sql, run by DuckDB over a dataset, has the figures of `history diff` and `history trend`,
# and that a day whose recording is killed is the old day, the new one or no day. HISTORY_KILLS is the number of kills.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/tools/install.sh"
need_python totals

need_partner_center
for name in $(env | sed -n 's/^\(PARTNER_CENTER_[A-Z_]*\)=.*/\1/p'); do unset "$name"; done
datasets=$work/history
rm -rf "$datasets" && mkdir -p "$datasets"
PYTHONDONTWRITEBYTECODE=1 "$python_bin/python" tests/third_party/history/check.py \
  "$debug/partner-center" "$datasets" duckdb "${HISTORY_KILLS:-3}"
