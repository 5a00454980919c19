#!/usr/bin/env bash
# Prints what the changelog says of a version, such as `.github/release-notes.sh 0.1.0`. Fails if it says nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
awk -v version="$1" '
  /^## / { inside = $2 == version || $2 == "[" version "]"; next }
  inside { print; if (/[^ ]/) found = 1 }
  END { if (!found) { print "CHANGELOG.md has no section for " version > "/dev/stderr"; exit 1 } }
' CHANGELOG.md
