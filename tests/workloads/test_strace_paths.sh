#!/bin/bash
# usage: test_strace_paths.sh [NAME…]
# Every file that a real workload opens, as the kernel names the descriptor to strace -y, is in the recording of
# another run. Names that hold chance are made alike; up to three recordings are united.
set -u
. "$(dirname "$0")/lib.sh"

need strace timeout setpriv
need_profgen
[ -n "$PYTHON" ] || skip "python3 is not installed"
make_scratch
copy_real
install -d -m 777 "$scratch/logs"

run_under() {
    local name=$1 status
    shift
    as_its_user "$name" timeout -k 5 100 "$@" "$scratch/real/$name.sh" run </dev/null >"$scratch/out" 2>&1
    status=$?
    [ "$status" != 77 ] || skip "$(tail -1 "$scratch/out")"
    [ "$status" = 0 ] || { tail -5 "$scratch/out"; return 1; }
}

compare() {
    local name=$1 round
    local -a recordings=()
    run_under "$name" strace -f -y -s 4096 -e trace=open,openat,openat2,creat -o "$scratch/logs/$name.strace" -- || return 1
    for round in 1 2 3; do
        run_under "$name" "$scratch/profgen" trace -q -o "$scratch/logs/$name.$round" -- || return 1
        recordings+=("$scratch/logs/$name.$round")
        "$PROFGEN" merge --force -o "$scratch/logs/$name.all" "${recordings[@]}" || return 1
        "$PYTHON" "$here/strace_paths.py" "$scratch/logs/$name.strace" "$scratch/logs/$name.all" >"$scratch/result" &&
            break
    done
    printf '%-12s ' "$name"
    cat "$scratch/result"
    grep -q ' 0 not recorded$' "$scratch/result"
}

[ $# -gt 0 ] || mapfile -t names < <(real_names)
[ $# = 0 ] || names=("$@")
failed=()
for name in "${names[@]}"; do
    compare "$name" || failed+=("$name")
done
[ ${#failed[@]} = 0 ] || fail "opened and not recorded: ${failed[*]}"
