#!/bin/bash
# trace -> emit -> verify: what was recorded is clean under what was emitted; one call less is named, from the
# recording and from life; the workload runs unharmed and its own status is passed through.
set -u
. "$(dirname "$0")/lib.sh"

need timeout python3
need_profgen
"$PROFGEN" verify --help >/dev/null 2>&1 || skip "this profgen has no verify command"
make_scratch
cd "$scratch" || exit 1
problems=0

# without NAME FILE: the emitted profile without that call.
without() {
    python3 - "$1" >"$2" <<'PYTHON'
import json, sys
profile = json.load(open("seccomp.json"))
for rule in profile["syscalls"]:
    rule["names"] = [name for name in rule["names"] if name != sys.argv[1]]
profile["syscalls"] = [rule for rule in profile["syscalls"] if rule["names"]]
print(json.dumps(profile))
PYTHON
}

# expect STATUS WORDS COMMAND…: profgen verify's status, and what its report must hold ("" for nothing).
expect() {
    local wanted=$1 words=$2 seen
    shift 2
    timeout -k 5 60 "$PROFGEN" verify "$@" </dev/null >out 2>err
    seen=$?
    if [ "$seen" != "$wanted" ]; then
        echo "verify $*: status $seen, not $wanted"
        cat out err
        problems=1
    elif [ -n "$words" ] && ! cat out err | grep -q "$words"; then
        echo "verify $*: nothing of $words in:"
        cat out err
        problems=1
    fi
}

workload=(sh -c 'mkdir d && echo x >d/f && rm d/f && rmdir d && ls / >/dev/null; echo done')
timeout -k 5 60 "$PROFGEN" trace -q -o rec.json -- "${workload[@]}" >out 2>err || { cat err; fail "trace"; }
"$PROFGEN" emit --seccomp --apparmor rec.json 2>err || { cat err; fail "emit"; }
"$PROFGEN" emit --apparmor=allow.profile --apparmor-mode=allow --generalise=none rec.json 2>err || fail "emit"

expect 0 CLEAN -s seccomp.json -a apparmor.profile rec.json
expect 0 CLEAN -s seccomp.json -a allow.profile rec.json
expect 0 CLEAN --runtime crun --capabilities all -s seccomp.json rec.json
expect 0 CLEAN -s seccomp.json -- "${workload[@]}"

without rmdir less.json
expect 1 '^  rmdir (.*) fails with' -s less.json rec.json
expect 1 '^  rmdir (.*) fails with' -s less.json -- "${workload[@]}"
[ "$(cat out)" = "done" ] || { echo "the workload was not unharmed: $(cat out)"; problems=1; }
grep -q '"names": \["rmdir"\], "action": "SCMP_ACT_ALLOW"' err || { echo "no rule is proposed:"; cat err; problems=1; }
grep -v '/d/f' allow.profile >less.profile
expect 1 'w on .*/d/f: no rule allows it' -a less.profile rec.json

# The workload's own status comes first; the report can go to a file.
expect 3 'rmdir' -s less.json -- sh -c 'mkdir e; rmdir e; exit 3'
expect 143 '' -s less.json -- sh -c 'kill $$; sleep 5'
expect 1 '' -s less.json --format json -o report.json -- "${workload[@]}"
python3 -c 'import json; r = json.load(open("report.json")); assert r["schema"] == "profgen-verify/1", r
assert [d["syscall"] for d in r["denials"] if d["outcome"] == "denied"] == ["rmdir"], r' || problems=1
[ ! -s err ] || { echo "with -o there is something on standard error:"; cat err; problems=1; }
expect 127 '' -s seccomp.json -- no-such-program-anywhere
expect 125 '' -s no-such-profile.json -- true

[ "$problems" = 0 ] || fail "verify"
