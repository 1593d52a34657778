#!/bin/bash
# usage: test_traps.sh PROFGEN TESTDATA/traps
#
# Manifests that well-known linters judge wrongly. Each says in comments ("finds:", "lacks:") which
# rules must speak and which must not.
set -euo pipefail
profgen=$1
directory=$2
failed=0
count=0

# said FILE WORD: the rules behind "# WORD:" (in JSON, behind an annotation of that name)
said()
{
    sed -n "s/^# $2: *//p; s/.*\"$2\": \"\([^\"]*\)\".*/\1/p" "$1"
}

complain()
{
    echo "$1"
    failed=1
}

for file in "$directory"/*; do
    count=$((count + 1))
    found=$("$profgen" audit --no-config --fail-on never --format json "$file" |
        python3 -c 'import json, sys; print(" ".join({f["rule"] for f in json.load(sys.stdin)["findings"]}))')
    [[ -n $(said "$file" finds)$(said "$file" lacks) ]] || complain "$file: says nothing about what it should give"
    for rule in $(said "$file" finds); do
        [[ " $found " == *" $rule "* ]] || complain "$file: $rule is missing among: $found"
    done
    for rule in $(said "$file" lacks); do
        [[ " $found " != *" $rule "* ]] || complain "$file: $rule is wrong here"
    done
done
echo "$count manifests judged"
((count >= 40)) || complain "only $count manifests found"
exit "$failed"
