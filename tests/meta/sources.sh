#!/bin/bash
# Every table of facts says in its header where they come from.
set -euo pipefail
cd "$1"
bad=0
checked=0
for table in profiles/*.csv; do
    checked=$((checked + 1))
    header=$(awk '/^#/ { print; next } { exit }' "$table")
    if ! grep -qiE '\b(sources?|facts?|from|measured|verified|judgement)\b' <<<"$header"; then
        echo "$table: the comment before the first row does not name the source of the facts"
        bad=1
    fi
done
echo "$checked tables looked at"
((checked > 0)) || exit 1
exit "$bad"
