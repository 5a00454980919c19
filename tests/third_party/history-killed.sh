#!/usr/bin/env bash
# Checks the same as `history`, with 50 kills.
HISTORY_KILLS=50 exec bash "$(dirname "${BASH_SOURCE[0]}")/history.sh"
