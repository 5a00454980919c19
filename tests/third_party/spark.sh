#!/usr/bin/env bash
# Checks that the SQL of docs/sql, run by Spark over a dataset, has the figures of `history diff` and `history trend`.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/tools/install.sh"
need_python spark
need_java

need_partner_center
for name in $(env | sed -n 's/^\(PARTNER_CENTER_[A-Z_]*\)=.*/\1/p'); do unset "$name"; done
datasets=$work/spark-datasets
rm -rf "$datasets" && mkdir -p "$datasets"
PYTHONDONTWRITEBYTECODE=1 "$python_bin/python" tests/third_party/history/check.py \
  "$debug/partner-center" "$PWD/$datasets" spark 0
