#!/usr/bin/env bash
# Checks the sign-in in a real browser: `login` against the emulator's page, what the browser shows, asks for and keeps,
# and a run with the stored sign-in. The user accepts once, and declines once.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/tools/install.sh"
if ! command -v chromium > /dev/null; then
  sudo=$([ "$(id -u)" = 0 ] || echo sudo)
  $sudo apt-get update --quiet
  $sudo apt-get install --yes --quiet --no-install-recommends chromium fonts-dejavu-core
fi

cargo build --quiet --package partner-center-cli
PYTHONDONTWRITEBYTECODE=1 python3 tests/third_party/sign-in/check.py "$debug/partner-center"
