#!/bin/bash
# A file of src/ holds at most 500 lines and a function at most 60; the longest of both are listed.
set -euo pipefail
cd "$1"

# FILE or FILE:FUNCTION, and why it may be longer.
declare -A excepted=(
)

# Prints "LINES FILE:FUNCTION". A function's body stands between a brace in the first column and the next.
functions()
{
    # shellcheck disable=SC2016 # awk's
    find src -name '*.c' -print0 | xargs -0 awk '
        FNR == 1 { open = 0 }
        /^\{/ && head ~ /\)[^;]*$/ { open = FNR; name = title }
        /^\}/ && open { print FNR - open - 1, FILENAME ":" name; open = 0 }
        !open && /^[A-Za-z_].*\(/ { title = $0; sub(/\(.*/, "", title); sub(/.*[ *]/, "", title) }
        { head = $0 }'
}

files()
{
    find src -name '*.[ch]' -print0 | xargs -0 wc -l | awk '$2 != "total" { print $1, $2 }'
}

bad=0
# too_long WHAT LIMIT AIM < "LINES NAME"...
too_long()
{
    local what=$1 limit=$2 aim=$3 lines name total=0 over=0
    while read -r lines name; do
        total=$((total + 1))
        ((lines <= aim)) || over=$((over + 1))
        if ((lines > limit)) && [[ -z ${excepted[$name]:-} ]]; then
            echo "$name has $lines lines; the limit of a $what is $limit"
            bad=1
        fi
    done
    echo "$total ${what}s, $over above the aim of $aim lines"
    ((total > 0)) || bad=1
}

too_long file 500 250 < <(files)
too_long function 60 20 < <(functions)
echo 'The longest:'
# Not head: it would end sort with a signal while that still writes.
{ files | sort -rn | sed -n '1,5p'; functions | sort -rn | sed -n '1,10p'; } | awk '{ printf "%6d %s\n", $1, $2 }'
exit "$bad"
