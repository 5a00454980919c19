#!/usr/bin/env bash
# Checks the emulator with the Python client that was generated from Microsoft's own description of the API. It calls
# every classic operation for every customer, and reads the errors.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/tools/install.sh"
# Apart from the other Python tools, because its dependencies are old.
need_python microsoft-client

cargo build --quiet --package partner-center-emulator --example serve
rm -f "$work/microsoft-client-url" && mkfifo "$work/microsoft-client-url"
# The first response is an error of the service, and the second one of its gateway.
"$debug/examples/serve" judge '#1 500; #2 503(body=gateway)' > "$work/microsoft-client-url" &
trap 'kill $!' EXIT
read -r url < "$work/microsoft-client-url"
PYTHONDONTWRITEBYTECODE=1 "$python_bin/python" tests/third_party/microsoft-client/calls.py "$url"
