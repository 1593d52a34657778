#!/bin/bash
# The scripts in completions/ are what the program prints. --update writes them anew.
set -euo pipefail
cd "$1/completions"
profgen=$2/profgen
declare -A file=([bash]=profgen.bash [zsh]=_profgen [fish]=profgen.fish)
bad=0
for shell in "${!file[@]}"; do
    if [[ ${3:-} == --update ]]; then
        "$profgen" completions "$shell" >"${file[$shell]}"
    elif ! diff -u "${file[$shell]}" <("$profgen" completions "$shell"); then
        echo "completions/${file[$shell]} is out of date: build the target update-completions"
        bad=1
    fi
done
exit "$bad"
