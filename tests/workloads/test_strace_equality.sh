#!/bin/bash
# usage: test_strace_equality.sh [NAME…]
# The set of `ABI NAME` that profgen records of a real program equals what strace -f sees of the same workload, and
# the recording is complete. Programs of many threads do not make the same calls each time: both sides are run up to
# six times and united until they are equal. Prints one row a workload. METHOD is trace's --method.
set -u
. "$(dirname "$0")/lib.sh"

need strace timeout setpriv
need_profgen
[ -n "$PYTHON" ] || skip "python3 is not installed"
make_scratch
copy_real

# traced SIDE NAME COMMAND…: runs the workload under the tracer; fails with its output when it did not do its work.
traced() {
    local side=$1 name=$2 status
    shift 2
    as_its_user "$name" timeout -k 5 "${LIMIT:-150}" "$@" "$scratch/real/$name.sh" run </dev/null >"$scratch/out" 2>&1
    status=$?
    [ "$status" = 0 ] && return 0
    [ "$status" = 77 ] && skip "$(tail -1 "$scratch/out")"
    echo "$name under $side: status $status"
    tail -20 "$scratch/out"
    return 1
}

# Two calls are a matter of the moment and not compared; hostile/ holds the tracer to them. restart_syscall is made by
# the kernel whenever a signal without a handler, or a stop of the tracer's, interrupts a sleep; sched_yield by spinning
# locks (libuv's, for one) when their holder happens to be stopped.
settled() {
    LC_ALL=C sort -u "$1" | grep -Ev ' (restart_syscall|sched_yield)$'
}

# One more run of each; leaves the unions in $scratch/{strace,profgen}.set.
round() {
    local name=$1
    rm -rf "$scratch/logs"
    install -d -m 777 "$scratch/logs"
    traced strace "$name" strace -f -n -o "$scratch/logs/strace" -- || return 1
    traced profgen "$name" "$scratch/profgen" trace --method "${METHOD:-auto}" -o "$scratch/logs/recording" -- || return 1
    "$PYTHON" "$here/strace_calls.py" "$scratch/logs/strace" >>"$scratch/strace.all" || return 1
    "$PROFGEN" show --syscalls "$scratch/logs/recording" >>"$scratch/profgen.all" || return 1
    local side
    for side in strace profgen; do
        settled "$scratch/$side.all" >"$scratch/$side.set"
    done
}

losses() {
    "$PYTHON" -c 'import json, sys
recording = json.load(open(sys.argv[1], encoding="utf-8"))
print("complete" if recording["complete"] else " ".join(l["cause"] + ":" + l.get("example", "") for l in recording["losses"]) or "incomplete")' "$1"
}

compare() {
    local name=$1 round complete=complete
    rm -f "$scratch"/*.all
    for round in 1 2 3 4 5 6; do
        round "$name" || return 1
        complete=$(losses "$scratch/logs/recording")
        cmp -s "$scratch/strace.set" "$scratch/profgen.set" && break
    done
    printf '%-12s %6d %8d %6d   %s\n' "$name" "$(wc -l <"$scratch/strace.set")" "$(wc -l <"$scratch/profgen.set")" "$round" \
        "$complete"
    local only
    only=$(LC_ALL=C comm -23 "$scratch/strace.set" "$scratch/profgen.set" | tr '\n' ';')
    [ -z "$only" ] || echo "    only strace:  $only"
    only=$(LC_ALL=C comm -13 "$scratch/strace.set" "$scratch/profgen.set" | tr '\n' ';')
    [ -z "$only" ] || echo "    only profgen: $only"
    [ "$complete" = complete ] && cmp -s "$scratch/strace.set" "$scratch/profgen.set"
}

[ $# -gt 0 ] || mapfile -t names < <(real_names)
[ $# = 0 ] || names=("$@")
printf '%-12s %6s %8s %6s   %s\n' workload strace profgen rounds recording
failed=()
for name in "${names[@]}"; do
    compare "$name" || failed+=("$name")
done
[ ${#failed[@]} = 0 ] || fail "not equal or not complete: ${failed[*]}"
