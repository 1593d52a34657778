#!/bin/bash
# mandoc has nothing to say about the manual pages.
set -euo pipefail
cd "$1/man"
command -v mandoc >/dev/null || { echo 'SKIPPED: mandoc is missing (package mandoc)'; exit 77; }
# Its exit status counts what is only a matter of which packages are installed: that is left out, with
# mandoc's own list of pages.
said=$(mandoc -T lint -- *.[1-8] 2>&1 | grep -vE 'referenced manual not found|outdated mandoc\.db' || true)
[[ -z $said ]] || { echo "$said"; exit 1; }
