#!/bin/bash
# profgen run enforces: under the emitted profile the workload works, with one call less that call fails with the errno
# that verify promised; the surroundings and the exit status are the command's own.
set -u
. "$(dirname "$0")/lib.sh"

need timeout python3
need_profgen
"$PROFGEN" run --help >/dev/null 2>&1 || skip "this profgen has no run command"
make_scratch
chmod 755 "$scratch"
cd "$scratch" || exit 1
problems=0

# expect STATUS WORDS COMMAND…: the status of a command, and what it must print ("" for nothing at all on stderr).
expect() {
    local wanted=$1 words=$2 seen
    shift 2
    timeout -k 5 60 "$@" </dev/null >out 2>err
    seen=$?
    if [ "$seen" != "$wanted" ]; then
        echo "$*: status $seen, not $wanted"
        cat out err
        problems=1
    elif [ -z "$words" ] && [ -s err ]; then
        echo "$*: on standard error:"
        cat err
        problems=1
    elif [ -n "$words" ] && ! cat out err | grep -q -- "$words"; then
        echo "$*: nothing of $words in:"
        cat out err
        problems=1
    fi
}

# change EXPRESSION FILE: the emitted profile after a line of Python on it.
change() {
    python3 - "$1" >"$2" <<'PYTHON'
import json, sys
profile = json.load(open("seccomp.json"))
def without(name):
    for rule in profile["syscalls"]:
        rule["names"] = [other for other in rule["names"] if other != name]
    profile["syscalls"] = [rule for rule in profile["syscalls"] if rule["names"]]
exec(sys.argv[1])
print(json.dumps(profile))
PYTHON
}

work='import os; os.mkdir("d"); os.rmdir("d"); print("done")'
timeout -k 5 60 "$PROFGEN" trace -q -o rec.json -- python3 -c "$work" >out 2>err || { cat err; fail "trace"; }
# Python, killed or refused, must still be able to say so.
timeout -k 5 60 "$PROFGEN" trace -q -o failed.json -- python3 -c 'import os; os.rmdir("none")' >out 2>err
"$PROFGEN" emit --seccomp rec.json failed.json 2>err || { cat err; fail "emit"; }

expect 0 '' "$PROFGEN" run -s seccomp.json -- python3 -c "$work"
[ "$(cat out)" = "done" ] || { echo "under the emitted profile: $(cat out)"; problems=1; }
expect 0 '' "$PROFGEN" run --runtime crun -s seccomp.json -- python3 -c "$work"

# What verify promises of a profile happens under it.
change 'without("rmdir"); profile["defaultErrnoRet"] = 38; profile["syscalls"].append({"names": ["rmdir"], "action": "SCMP_ACT_ERRNO", "errnoRet": 84})' odd.json
expect 1 'rmdir (.*) fails with EILSEQ' "$PROFGEN" verify -s odd.json rec.json
expect 1 'OSError: \[Errno 84\]' "$PROFGEN" run -s odd.json -- python3 -c "$work"
rmdir d
change 'without("rmdir"); profile["syscalls"].append({"names": ["rmdir"], "action": "SCMP_ACT_KILL_PROCESS"})' kill.json
expect 1 'rmdir (.*) kills the process' "$PROFGEN" verify -s kill.json rec.json
expect 159 '' "$PROFGEN" run -s kill.json -- python3 -c "$work"
rmdir d
change 'without("rmdir")' less.json
expect 1 'rmdir (.*) fails with ENOSYS' "$PROFGEN" verify -s less.json rec.json
expect 1 'Function not implemented' "$PROFGEN" run -s less.json -- python3 -c "$work"
rmdir d

# The capabilities of this process decide.
change 'without("rmdir"); profile["syscalls"].append({"names": ["rmdir"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_SYS_ADMIN"]}})' caps.json
if [ "$(id -u)" = 0 ]; then
    expect 0 '' "$PROFGEN" run -s caps.json -- python3 -c "$work"
    if command -v setpriv >/dev/null && setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin true 2>/dev/null; then
        expect 1 'Function not implemented' setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin "$PROFGEN" run -s caps.json -- python3 -c "$work"
        rmdir d
        install -m 755 "$PROFGEN" "$scratch/profgen"
        # Without the right to load a filter otherwise, no_new_privs is set; with it, it is not.
        change 'profile["defaultAction"] = "SCMP_ACT_ALLOW"; profile["syscalls"] = []' all.json
        chmod 644 all.json
        expect 0 'NoNewPrivs:.1' setpriv --reuid=65534 --regid=65534 --clear-groups "$scratch/profgen" run -s all.json -- grep NoNewPrivs /proc/self/status
        expect 0 'NoNewPrivs:.0' "$PROFGEN" run -s all.json -- grep NoNewPrivs /proc/self/status
    else
        echo "not tried: a root without CAP_SYS_ADMIN"
    fi
else
    expect 1 'Function not implemented' "$PROFGEN" run -s caps.json -- python3 -c "$work"
    rmdir d
fi

# Statuses, and what cannot be run.
change 'profile["defaultAction"] = "SCMP_ACT_ALLOW"; profile["syscalls"] = [{"names": ["kcmp"], "action": "SCMP_ACT_ERRNO"}]' open.json
expect 3 '' "$PROFGEN" run -s open.json -- sh -c 'exit 3'
expect 137 '' "$PROFGEN" run -s open.json -- sh -c 'kill -9 $$'
expect 127 'no such command' "$PROFGEN" run -s open.json -- no-such-program-anywhere
touch not-executable
expect 126 'Permission denied' "$PROFGEN" run -s open.json -- ./not-executable
printf 'echo by the shell\n' >no-header
chmod 755 no-header
expect 0 'by the shell' "$PROFGEN" run -s open.json -- ./no-header
change 'without("execve")' noexec.json
expect 126 'does not allow execve' "$PROFGEN" run -s noexec.json -- true
expect 125 'No such file' "$PROFGEN" run -s no-such.json -- true
expect 125 'nothing to run' "$PROFGEN" run -s seccomp.json
expect 125 'no profile' "$PROFGEN" run -- true
change 'profile["syscalls"].append({"names": ["mount"], "action": "SCMP_ACT_NOTIFY"})' notify.json
expect 125 'SCMP_ACT_NOTIFY' "$PROFGEN" run -s notify.json -- true
change 'profile["syscalls"][0]["names"].append("no_such_call")' unknown.json
expect 0 "no system call is called 'no_such_call'" "$PROFGEN" run -s unknown.json -- python3 -c "$work"
expect 0 '' "$PROFGEN" run -q -s unknown.json -- python3 -c "$work"
expect 125 "no system call is called 'no_such_call'" "$PROFGEN" run --strict -s unknown.json -- python3 -c "$work"
if [ -d /sys/kernel/security/apparmor ]; then
    expect 125 'no AppArmor profile no-such-profile-anywhere is loaded' "$PROFGEN" run -a no-such-profile-anywhere -- true
else
    expect 125 'AppArmor' "$PROFGEN" run -a some-profile -- true
fi

[ "$problems" = 0 ] || fail "run"
