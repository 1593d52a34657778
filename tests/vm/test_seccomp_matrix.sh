#!/bin/bash
# Hundreds of generated profiles loaded into a kernel, and thousands of calls made under them through x86-64, i386 and x32: each
# is answered as the evaluator says.
#
#   test_seccomp_matrix.sh here|guest PROFILES MATRIX TRY
#
# here: by the kernel of this machine; guest: by one that serves x32 calls.
set -u
here=$(cd "$(dirname "$0")" && pwd)
where=${1:?here or guest}
profiles=${2:?how many profiles}
matrix=${3:?the seccomp_matrix program}
try=${4:?the seccomp_try program}
if [[ $where == guest ]] && why=$("$here/vm.sh" missing x32); then
    echo "SKIPPED: $why"
    exit 77
fi
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
"$matrix" make "$profiles" >"$work/cases" || exit 2
x32=-
if [[ $where == guest ]]; then
    "$here/vm.sh" run --kernel x32 --file "$try:/try" --file "$work/cases:/cases" --command '/try /cases' >"$work/answers"
    status=$?
    x32=x32
else
    "$try" "$work/cases" >"$work/answers"
    status=$?
    [[ $(cat /sys/module/syscall/parameters/x32 2>/dev/null) != Y ]] || x32=x32
fi
if ((status != 0)); then
    tail -5 "$work/answers"
    echo "FAIL: the calls were not made to the end: status $status"
    exit 1
fi
"$matrix" check "$profiles" "$x32" "$work/answers"
