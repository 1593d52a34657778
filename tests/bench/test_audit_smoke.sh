#!/bin/bash
# The benchmark of the audit, over 20 files and once, prints every row with its numbers. No number is judged.
set -u
here=$(cd "$(dirname "$0")" && pwd)
table=$(BENCH_TINY=1 "$here/audit.sh" 1)
status=$?
echo "$table"
[ "$status" = 0 ] || exit "$status"
for row in libyaml-1 libyaml-2 json text json-1; do
    grep -Eq "^$row +([0-9]+\.[0-9]+ *){4}$" <<<"$table" || { echo "FAILED: no row $row"; exit 1; }
done
grep -Eq '^one manifest, start to exit: [0-9.]+ ms' <<<"$table" || { echo "FAILED: no row of one manifest"; exit 1; }
[ "$(grep -Ec '^memory, [0-9]+ manifests of few findings: [0-9.]+ MiB' <<<"$table")" = 2 ] ||
    { echo "FAILED: no rows of memory"; exit 1; }
grep -Eq '^memory does not depend on their number \(bar 16 MiB\): (holds|misses)$' <<<"$table" ||
    { echo "FAILED: no row of the memory bar"; exit 1; }
