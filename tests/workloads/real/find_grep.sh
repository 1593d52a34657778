#!/bin/bash
# find, grep, sort, sed, awk, xargs: a pipeline over a tree of its own.
. "$(dirname "$0")/common.sh"
programs=(find grep xargs)

run() {
    local i
    mkdir -p tree/{a,b,c,d}/{1,2,3}
    for i in {1..120}; do
        printf 'number %d\nneedle%d\n' "$i" "$((i % 3))" >"tree/$(printf %s abcd | cut -c $((i % 4 + 1)))/$((i % 3 + 1))/file$i"
    done
    want found "$(find tree -type f -name 'file*' -size -1k -o -type f -name 'file1?' | wc -l)" 10
    want needles "$(find tree -type f -print0 | xargs -0 -n 10 -P 2 grep -l needle0 | sort | wc -l)" 40
    want recursive "$(grep -rc needle1 tree | awk -F: '{ sum += $2 } END { print sum }')" 40
    want newest "$(find tree -type d -newer tree/a | sort | sed -n '$p')" "$(find tree -type d -newer tree/a | LC_ALL=C sort | tail -n 1)"
    find tree -name 'file*9' -delete
    want left "$(find tree -type f | wc -l)" 108
    want executed "$(find tree -type f -name 'file11*' -exec sh -c 'wc -l <"$1"' sh '{}' ';' | sort -u)" 2
}
workload "$@"
