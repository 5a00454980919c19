#!/usr/bin/env bash
# Checks the workflows, the issue forms and the Dockerfile: their schemas, and what zizmor and hadolint find.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/tools/install.sh"
need_python workflows

"$python_bin/check-jsonschema" --builtin-schema vendor.github-workflows .github/workflows/*.yml
"$python_bin/check-jsonschema" --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
for form in .github/ISSUE_TEMPLATE/*.yml; do
  [ "${form##*/}" = config.yml ] || "$python_bin/check-jsonschema" --builtin-schema vendor.github-issue-forms "$form"
done
# Without requests to GitHub, which would need a token.
"$python_bin/zizmor" --offline --quiet --no-progress .github/workflows
"$python_bin/hadolint" Dockerfile
echo "workflows: workflows, issue forms and Dockerfile are valid"
