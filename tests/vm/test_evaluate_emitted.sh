#!/bin/bash
# The AppArmor kernel against profgen's evaluator on the profiles that profgen itself emits for a recorded server, in both
# forms, deny-list and allow-list: with the complement patterns and generalisations that nobody writes by hand.
#
#   test_evaluate_emitted.sh TRY VERDICTS nginx|redis
set -u
here=$(cd "$(dirname "$0")" && pwd)
profgen=${PROFGEN:-$here/../../build/profgen}
try=${1:?the aa_try program}
verdicts=${2:?the aa_verdicts program}
name=${3:?nginx or redis}
server=$here/../runtime/server.sh

skip() { echo "SKIPPED: $1" && exit 77; }

PATH=$PATH:/usr/sbin:/sbin
((EUID == 0)) || skip 'namespaces and servers need root here'
read -ra programs <<<"$("$server" needs "$name")"
for program in "${programs[@]}" ip unshare; do
    command -v "$program" >/dev/null || skip "$program is not installed"
done
if why=$("$here/vm.sh" missing); then skip "$why"; fi
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
mkdir "$work/directory"
cp "$here/evaluate_emitted/paths" "$work/directory/paths"
if ! "$server" record "$name" "$work/recording" "$profgen" >"$work/said" 2>&1; then
    echo "FAIL: $name did not work while it was recorded:"
    cat "$work/said"
    exit 1
fi
for mode in deny allow; do
    "$profgen" emit --name "$mode" --apparmor-mode="$mode" --apparmor="$work/directory/$mode" "$work/recording" ||
        { echo "FAIL: no $mode-list was emitted" && exit 1; }
done
"$here/test_evaluate.sh" "$try" "$verdicts" "$work/directory"
