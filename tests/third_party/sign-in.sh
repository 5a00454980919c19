#!/usr/bin/env bash
# Checks the sign-in in a real browser, with the commands that the emulator prints and no variables: `login` at the
# emulator's page, what the browser shows, asks for and keeps, and runs with the profile and the stored sign-in in a new
# environment. The user accepts once, and declines once.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/tools/install.sh"
if ! command -v chromium > /dev/null; then
  sudo=$([ "$(id -u)" = 0 ] || echo sudo)
  $sudo apt-get update --quiet
  $sudo apt-get install --yes --quiet --no-install-recommends chromium fonts-dejavu-core
fi

need_partner_center
PYTHONDONTWRITEBYTECODE=1 python3 tests/third_party/sign-in/check.py "$debug/partner-center"
