#!/usr/bin/env bash
# Checks the pages in a browser: with hostile names no script runs, no request leaves and the console stays empty. The
# pages are the samples of the page tests; screenshots and printed pages are left in target/third_party/pages.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/tools/install.sh"
need_python
if ! command -v chromium > /dev/null; then
  sudo=$([ "$(id -u)" = 0 ] || echo sudo)
  $sudo apt-get update --quiet
  $sudo apt-get install --yes --quiet --no-install-recommends chromium fonts-dejavu-core
fi

pages=$PWD/$work/pages
rm -rf "$pages" && mkdir -p "$pages"
PAGE_SAMPLES=$pages cargo test --quiet --package partner-center-cli --bin partner-center page::
PYTHONDONTWRITEBYTECODE=1 "$python_bin/python" tests/third_party/browser/check.py "$pages"
