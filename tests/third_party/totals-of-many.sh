#!/usr/bin/env bash
# Checks that every format has the same totals for 100,000 customers.
TOTALS_BUILD=release exec bash "$(dirname "${BASH_SOURCE[0]}")/totals.sh" 100000
