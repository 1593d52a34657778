#!/bin/bash
# mandoc has nothing to say about the manual pages.
set -euo pipefail
cd "$1/man"
command -v mandoc >/dev/null || { echo 'SKIPPED: mandoc is missing (package mandoc)'; exit 77; }
# A reference to a page of another package is right, even where that is not installed.
if mandoc -T lint -- *.[1-8] | grep -v 'referenced manual not found'; then
    exit 1
fi
