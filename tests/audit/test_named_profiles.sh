#!/bin/bash
# A pod is judged by the profile that it names, wherever in the input that stands: in an earlier or a later file, in the same List, in standard
# input; for any number of threads with the same bytes; and what had no room is said.
set -u
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
PROFGEN=${PROFGEN:-$here/../../build/profgen}
command -v python3 >/dev/null || { echo "SKIPPED: python3 is missing"; exit 77; }
scratch=$(mktemp -d "${TMPDIR:-/tmp}/profgen-named.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
failed=0

fail() {
    echo "FAILED: $*"
    failed=1
}

make() {
    python3 "$here/named_profiles.py" "$@"
}

# run ARGUMENT…: the findings in `out`
run() {
    "$PROFGEN" audit --no-config --fail-on never --format json "$@" >out 2>err || { cat err; fail "profgen audit $*: status $?"; }
}

for order in forth back mixed; do
    mkdir "$order"
    make write "$order" "$order"
    for jobs in 1 7; do
        run --jobs "$jobs" "$order"
        make check out || fail "in the order $order with $jobs jobs"
        cp out "$order.$jobs"
    done
    cmp -s "$order.1" "$order.7" || fail "another result with 7 jobs in the order $order"
done

# One List; the same as a stream; and pods in standard input or a pipe, whose profiles are in files.
make list list.json
run list.json
make check out || fail "in one List"
run - <list.json
make check out || fail "in standard input"
mkdir pods objects
make write all forth
mv all/0/000.json all/1/001.json pods
mv all/*/*.json objects
run - objects < <(cat pods/*.json)
make check out || fail "pods in standard input, profiles in files"
run <(cat pods/*.json) objects
make check out || fail "pods in a pipe, profiles in files"
run pods - < <(cat objects/*.json)
make check out || fail "pods in files, profiles in standard input"
run pods
[ "$(grep -o '"PG30[56]"' out | sort | uniq -c | tr -s ' \n' ' ')" = ' 5 "PG305" 3 "PG306" ' ] || fail "without the profiles all are missing"

# A thousand pods that name the same one.
mkdir many
make many many 1000
run --only PG305,PG331 --jobs 2 many
for rule in PG331 PG305; do
    [ "$(grep -c "\"$rule\"" out)" = 1000 ] || fail "of 1000 pods not each has $rule"
done

# What had no room is said, by name and place; what had is judged.
mkdir full
make full full
for jobs in 1 7; do
    run --only PG305,PG331 --jobs "$jobs" full
    cp out "full.$jobs"
    [ "$(grep -c '"PG331"' out)" = 1 ] || fail "the first of many profiles is not judged"
    grep -q 'bring more than 16 MiB of profiles' out || fail "that one was not kept is not said"
done
cmp -s full.1 full.7 || fail "another result with 7 jobs where there is no room"
exit "$failed"
