#!/usr/bin/env bash
# Checks the command line behind a real proxy: calls and sign-in over TLS, every variable, passwords, hosts without a
# proxy, and a certificate that is not trusted. The service is the emulator, behind a TLS front with a certificate made
# for this run; its names are known to the proxy alone.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/tools/install.sh"
for tool in squid openssl; do
  if ! command -v "$tool" > /dev/null; then
    sudo=$([ "$(id -u)" = 0 ] || echo sudo)
    $sudo apt-get update --quiet
    $sudo apt-get install --yes --quiet --no-install-recommends squid openssl
  fi
done

need_partner_center
PYTHONDONTWRITEBYTECODE=1 python3 tests/third_party/proxy/check.py "$debug/partner-center"
