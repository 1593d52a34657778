#!/bin/bash
# The AppArmor kernel against profgen's evaluator: every profile of a directory is asked about every path of its file "paths"
# with every access, in one guest, and by apparmor_policy_evaluate. The verdicts must be the same.
#
#   test_evaluate.sh TRY VERDICTS [DIRECTORY]
#
# TRY is the program that asks in the guest, VERDICTS the one that asks the evaluator.
set -u
here=$(cd "$(dirname "$0")" && pwd)
directory=${3:-$here/evaluate}
try=${1:?the aa_try program}
verdicts=${2:?the aa_verdicts program}
if why=$("$here/vm.sh" missing); then
    echo "SKIPPED: $why"
    exit 77
fi
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

profiles=()
for file in "$directory"/*; do
    [[ $(basename "$file") == paths ]] || profiles+=("$(basename "$file")")
done

cases()
{
    local profile path access owner
    for profile in "${profiles[@]}"; do
        while read -r path; do
            for owner in owner other; do
                [[ $owner == owner || $profile == owners || $path == /data/one/a ]] || continue
                for access in r w a k m x; do
                    # A directory can only be listed.
                    [[ $path != */ || $access == r ]] && echo "$profile $access $owner $path"
                done
            done
        done <"$directory/paths"
    done
}

cases >"$work/cases"
options=()
for profile in "${profiles[@]}"; do options+=(--profile "$directory/$profile"); done
"$here/vm.sh" run "${options[@]}" --file "$try:/aa_try" --file "$work/cases:/cases" \
    --command '/aa_try </cases' >"$work/kernel"
status=$?
asked=$(wc -l <"$work/cases")
answered=$(grep -c -E ' (allowed|refused)$' "$work/kernel")
allowed=$(grep -c ' allowed$' "$work/kernel")
echo "$asked cases, the kernel allowed $allowed and refused $((answered - allowed))"
if ((status != 0 || answered != asked || allowed == 0 || allowed == asked)); then
    echo "FAIL: guest status $status; not every case has a verdict:"
    grep -v -E ' (allowed|refused)$' "$work/kernel" | head -20
    exit 1
fi
"$verdicts" "$directory" <"$work/cases" >"$work/evaluator" || { echo 'FAIL: the evaluator could not answer' && exit 1; }
if ! diff "$work/kernel" "$work/evaluator" >"$work/diff"; then
    echo "FAIL: $(grep -c '^<' "$work/diff") verdicts differ (< kernel, > evaluator):"
    head -60 "$work/diff"
    exit 1
fi
echo 'the evaluator agrees with the kernel on every case'
