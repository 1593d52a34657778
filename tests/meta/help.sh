#!/bin/bash
# Every command explains itself on standard output, within 80 columns, in plain text.
set -euo pipefail
profgen=$2/profgen
bad=0

# check NAME ARGUMENT...
check()
{
    local name=$1 text error
    shift
    if ! text=$("$profgen" "$@" 2>/dev/null); then
        echo "$name: profgen $* does not exit with 0"
        bad=1
    fi
    error=$("$profgen" "$@" 2>&1 >/dev/null)
    [[ -z $error ]] || { echo "$name: profgen $* writes to standard error: $error"; bad=1; }
    [[ $text == Usage:* ]] || { echo "$name: the help does not start with Usage:"; bad=1; }
    if LC_ALL=C grep -nE '.{81}| $' <<<"$text"; then
        echo "$name: these lines are wider than 80 columns or end in a blank"
        bad=1
    fi
    if LC_ALL=C grep -n '[^ -~]' <<<"$text"; then
        echo "$name: these lines hold more than plain ASCII"
        bad=1
    fi
}

mapfile -t commands < <("$profgen" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\).*/\1/p')
((${#commands[@]} > 1)) || { echo 'profgen --help lists no commands'; exit 1; }
check profgen --help
check profgen -h
check profgen help
for command in "${commands[@]}"; do
    check "$command" "$command" --help
    check "$command" help "$command"
    cmp <("$profgen" "$command" --help) <("$profgen" help "$command") || bad=1
done
echo "${#commands[@]} commands looked at"
exit "$bad"
