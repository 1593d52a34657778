#!/bin/bash
# A workload that kills its tracer with SIGKILL: what is on disk is the last checkpoint, whole and marked as cut
# short, and no process of the workload stays behind, stopped or not.
set -u
. "$(dirname "$0")/lib.sh"

need timeout
need_profgen
[ -n "$PYTHON" ] || skip "python3 is not installed"
make_scratch
export RECORDING=$scratch/recording.json PROFGEN_TEST=$scratch
mkdir "$scratch/work"
cd "$scratch/work" || exit 1

problems=0
timeout -k 5 90 "$PROFGEN" trace -o "$RECORDING" -- "$HOSTILE/kill_tracer" </dev/null >"$scratch/out" 2>&1
status=$?
[ "$status" = 137 ] || { echo "the tracer ended with $status and not by SIGKILL"; cat "$scratch/out"; problems=1; }
stopped=$(processes_of "$scratch" | awk '$2 ~ /[Tt]/')
if [ -n "$stopped" ]; then
    sleep 1 # a stop may be passing
    stopped=$(processes_of "$scratch" | awk '$2 ~ /[Tt]/')
    [ -z "$stopped" ] || { echo "stays stopped: $stopped"; problems=1; }
fi
none_left "$scratch" 20 || problems=1
[ -s "$RECORDING" ] || fail "no checkpoint was written in 30 seconds"
"$PROFGEN" show "$RECORDING" >/dev/null || { echo "show does not read the checkpoint"; problems=1; }
"$PYTHON" - "$RECORDING" <<'PYTHON' || problems=1
import json, sys
recording = json.load(open(sys.argv[1], encoding="utf-8"))
run = recording["runs"][0]
print("end:", run["end"], "complete:", recording["complete"])
sys.exit(run["end"] != "running" or recording["complete"])
PYTHON
[ "$problems" = 0 ] || fail "killed tracer"
