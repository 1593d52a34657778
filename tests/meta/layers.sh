#!/bin/bash
# A directory of src/ includes only itself and what stands to its left in
# base -> model -> trace | emit | audit | report -> cli.
set -euo pipefail
cd "$1/src"

# The layers that each directory may include, itself among them.
declare -A may=(
    [base]='base'
    [model]='base model'
    [trace]='base model trace'
    [emit]='base model emit'
    [audit]='base model audit'
    [report]='base model report'
    [cli]='base model trace emit audit report cli'
)

bad=0
checked=0
while IFS=: read -r file line text; do
    from=${file%%/*}
    [[ $text =~ \"([a-z0-9_]+)/ ]] || continue
    to=${BASH_REMATCH[1]}
    checked=$((checked + 1))
    if [[ -z ${may[$from]:-} ]]; then
        echo "src/$file:$line: the directory $from is in no layer"
        bad=1
    elif [[ " ${may[$from]} " != *" $to "* ]]; then
        echo "src/$file:$line: $from must not know $to"
        bad=1
    fi
done < <(grep -rnE --include='*.[ch]' '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' -- *)

while IFS=: read -r file line text; do
    echo "src/$file:$line: an include is written from src/ on: $text"
    bad=1
done < <(grep -rnE --include='*.[ch]' '^[[:space:]]*#[[:space:]]*include[[:space:]]*"(\.|[^/]*")' -- * |
    grep -vE '"(data|syscall_table|rule_files)\.h"')

echo "$checked includes looked at"
((checked > 0)) && exit "$bad"
echo "found no include at all"
exit 1
