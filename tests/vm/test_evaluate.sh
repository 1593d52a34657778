#!/bin/bash
# The AppArmor kernel against profgen's evaluator: every profile of evaluate/ is asked about every path of evaluate/paths
# with every access, in one guest, and by apparmor_policy_evaluate. The verdicts must be the same.
#
#   test_evaluate.sh TRY VERDICTS
#
# TRY is the program that asks in the guest, VERDICTS the one that asks the evaluator; "none" compares nothing and only
# checks what is known of the kernel's answers.
set -u
here=$(cd "$(dirname "$0")" && pwd)
try=${1:?the aa_try program}
verdicts=${2:?the aa_verdicts program or none}
if why=$("$here/vm.sh" missing); then
    echo "SKIPPED: $why"
    exit 77
fi
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

profiles=()
for file in "$here"/evaluate/*; do
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
        done <"$here/evaluate/paths"
    done
}

cases >"$work/cases"
options=()
for profile in "${profiles[@]}"; do options+=(--profile "$here/evaluate/$profile"); done
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
if [[ $verdicts == none ]]; then
    echo 'SKIPPED: there is no evaluator to compare with'
    exit 77
fi
"$verdicts" "$here/evaluate" <"$work/cases" >"$work/evaluator" || { echo 'FAIL: the evaluator could not answer' && exit 1; }
if ! diff "$work/kernel" "$work/evaluator" >"$work/diff"; then
    echo "FAIL: $(grep -c '^<' "$work/diff") verdicts differ (< kernel, > evaluator):"
    head -60 "$work/diff"
    exit 1
fi
echo 'the evaluator agrees with the kernel on every case'
