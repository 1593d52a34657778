#!/bin/bash
# The container bed itself: what a command prints and returns comes through, capabilities, user and no_new_privs are what was
# asked for, a Docker profile becomes what dockerd would make of it, and crun refuses names it does not know.
#
#   test_container.sh RUNTIME
# shellcheck disable=SC2016  # the shell in the container expands them
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/runtime/container.sh
source "$here/container.sh"
runtime=${1:?a runtime}
if why=$(container_missing "$runtime"); then
    echo "SKIPPED: $why"
    exit 77
fi
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
failed=0

# check WHAT WANTED-STATUS WANTED-OUTPUT OPTION... -- CMD...: the output is a pattern for [[ == ]].
check()
{
    local what=$1 want=$2 pattern=$3 got status
    shift 3
    got=$(container_run --runtime "$runtime" "$@" 2>"$work/err")
    status=$?
    # shellcheck disable=SC2053  # the pattern is meant as one
    if [[ $status != "$want" || $got != $pattern ]]; then
        echo "FAIL: $what: status $status (wanted $want), output '$got' (wanted '$pattern'); $(tail -1 "$work/err")"
        failed=1
    fi
}

docker()
{
    jq -n --argjson rules "$1" '{defaultAction: "SCMP_ACT_ALLOW", archMap: [{architecture: "SCMP_ARCH_X86_64",
        subArchitectures: ["SCMP_ARCH_X86"]}], syscalls: $rules}' >"$work/docker.json"
}

check 'the exit status' 7 '' -- sh -c 'exit 7'
check 'a signal' 137 '' -- sh -c 'sh -c "kill -9 \$\$"; exit $?'
check 'standard output' 0 'one two' -- echo one two
check 'the user' 0 '1000 1001' --user 1000:1001 -- sh -c 'echo $(id -u) $(id -g)'
check 'no capability' 0 '*0000000000000000' -- grep CapBnd /proc/self/status
check 'one capability' 0 '*0000000000000400' --caps CAP_NET_BIND_SERVICE -- grep CapEff /proc/self/status
check 'no_new_privs' 0 '*1' --no-new-privs -- grep NoNewPrivs /proc/self/status
check 'no no_new_privs' 0 '*0' -- grep NoNewPrivs /proc/self/status
check 'a terminal' 0 '*/dev/pts/*' --tty -- tty
check 'a host root is read-only' 1 '' -- sh -c 'touch /usr/profgen-probe 2>/dev/null'
check 'an empty /tmp' 0 '' -- ls /tmp
echo bound >"$work/file"
check 'a bind mount' 0 bound --bind "$work/file:/tmp/file:ro" -- cat /tmp/file
check 'an environment variable' 0 here --env WHERE=here -- sh -c 'echo $WHERE'

mkdir -p "$work/root/bin" && cp "$(command -v busybox)" "$work/root/bin/busybox"
check 'a root of one program' 0 'bin*' --root "$work/root" -- /bin/busybox ls /

refuse_chroot='{"names": ["chroot"], "action": "SCMP_ACT_ERRNO", "errnoRet": 95'
attempt='chroot / true 2>&1'
docker "[$refuse_chroot}]"
check 'a rule refuses' 125 '*not supported*' --caps all --seccomp "$work/docker.json" -- sh -c "$attempt"
docker "[$refuse_chroot, \"includes\": {\"caps\": [\"CAP_SYS_CHROOT\"]}}]"
check 'includes.caps holds' 125 '*not supported*' --caps all --seccomp "$work/docker.json" -- sh -c "$attempt"
check 'includes.caps does not hold' 125 '*not permitted*' --seccomp "$work/docker.json" -- sh -c "$attempt"
docker "[$refuse_chroot, \"excludes\": {\"arches\": [\"amd64\"]}}]"
check 'excludes.arches' 0 '' --caps all --seccomp "$work/docker.json" -- sh -c "$attempt"
docker "[$refuse_chroot, \"includes\": {\"minKernel\": \"99.0\"}}]"
check 'includes.minKernel' 0 '' --caps all --seccomp "$work/docker.json" -- sh -c "$attempt"

docker '[{"names": ["no_such_call"], "action": "SCMP_ACT_ERRNO"}]'
check 'unknown names, lenient' 0 '' --lenient --seccomp "$work/docker.json" -- true
if [[ $runtime == crun ]]; then
    check 'unknown names, strict' 1 '' --seccomp "$work/docker.json" -- true
fi
((failed)) || echo "$runtime: every container was as asked for"
exit "$failed"
