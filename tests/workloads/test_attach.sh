#!/bin/bash
# Attaching to a running process of many threads, and letting go by SIGINT, SIGTERM and --timeout: the process is
# recorded, is not disturbed, and bears no trace afterwards. What it did before is a loss with a name.
set -u
. "$(dirname "$0")/lib.sh"

need timeout
need_profgen
[ -n "$PYTHON" ] || skip "python3 is not installed"
make_scratch
cd "$scratch" || exit 1
problems=0

# No thread of $1 and its children is traced or stopped.
untouched() {
    local status
    for status in /proc/"$1"/task/*/status; do
        awk -v file="$status" '/^State:/ { state = $2 } /^TracerPid:/ { tracer = $2 }
            END { if (tracer != 0 || state ~ /[tT]/) { print file ": state " state ", tracer " tracer; exit 1 } }' "$status" ||
            return 1
    done
}

# held HOW COMMAND…: attached while COMMAND decides how long.
held() {
    local how=$1 pid status
    shift
    rm -rf work recording
    mkdir work
    (cd work && PROFGEN_TEST=$scratch exec timeout -k 5 60 "$HOSTILE/attached" >../out 2>&1) &
    local workload=$!
    for _ in {1..100}; do
        [ ! -e work/ready ] || break
        sleep 0.1
    done
    pid=$(pgrep -P "$workload" -x attached | head -1)
    "$@" "$PROFGEN" trace -o recording -p "$pid" --quiet ${extra[@]+"${extra[@]}"} 2>err
    status=$?
    [ "$status" = 0 ] || { echo "$how: profgen ended with $status: $(cat err)"; problems=1; }
    untouched "$pid" || problems=1
    touch work/stop
    wait "$workload" || { echo "$how: the workload ended with $?"; problems=1; }
    printf 'child: exited 3\nspurious: 0\n' | diff - out || { echo "$how: the workload was disturbed"; problems=1; }
    none_left "$scratch" 5 || problems=1
    cat >expectations <<EXPECT
call x86_64 getpriority
call x86_64 openat
path create $scratch/work/by-a-thread || path write $scratch/work/by-a-thread
loss attached-late
may-lose cut-short
EXPECT
    "$PYTHON" "$here/check_recording.py" expectations recording || { echo "($how)"; problems=1; }
}

[ "$(uname -m)" = x86_64 ] || skip "the expectations are for x86-64"
need pgrep
extra=()
held SIGINT timeout --preserve-status -s INT 1
held SIGTERM timeout --preserve-status -s TERM 1
extra=(--timeout 1s)
held --timeout env
[ "$problems" = 0 ] || fail "attach"
