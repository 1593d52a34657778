#!/bin/bash
# mandoc has nothing to say about the manual pages.
set -euo pipefail
cd "$1/man"
command -v mandoc >/dev/null || { echo 'SKIPPED: mandoc is missing (package mandoc)'; exit 77; }
# How long the source lines are and which other packages are installed is not asked, but mandoc's exit status
# counts both.
said=$(mandoc -T lint -- *.[1-8] 2>&1 | grep -vE 'referenced manual not found|outdated mandoc\.db|input text line longer' || true)
[[ -z $said ]] || { echo "$said"; exit 1; }
