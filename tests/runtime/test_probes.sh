#!/bin/bash
# What was not recorded is refused: runs every attack probe of the seccomp layer in a container under a profile and
# compares what happens with what the profile's maker promised.
#
#   test_probes.sh --profile SECCOMP.json --recorded CALLS [--runtime=crun|runc]... [--only NAME]... [--allow NAME]...
#                  [--verbose]
#   test_probes.sh --hand                  the same with profiles written here, to show that the bed can tell
#
# CALLS is a file of the system calls that were recorded, "NAME" or "ABI NAME" a line (what profgen show --syscalls
# prints). For each probe, with all capabilities, so that nothing but the filter refuses:
#   * unconfined it must work or reach the kernel function; where this kernel cannot, it is SKIPPED with the errno;
#   * its call was not recorded: it must be refused with ENOSYS where the profile names it so or where it is newer than
#     Linux 5.19 (libc 2.36 and every runtime's libseccomp of that time know nothing of it), else with EPERM;
#   * calls of another ABI (i386, x32) must be killed with SIGSYS unless that ABI was recorded;
#   * its call was recorded: that is reported as "allowed by the recording", unless only the arguments make the attack
#     (a raw socket, a clone with namespaces): then it must be refused all the same, unless --allow names the probe.
# Exit status 0: every probe as promised under every runtime; 77: nothing could be run; 1: a promise was broken.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/runtime/container.sh
source "$here/container.sh"
probes=${PROBES:-$CONTAINER_SOURCE_DIR/build/tests/runtime/probes}
STATUS_BASE=20
STATUS_SIGSYS=159
# Calls that glibc 2.36 (Linux 5.19) could not know. Only those that are probed.
newer_calls=" mseal lsm_list_modules "

# run_probe RUNTIME NAME [SECCOMP]: ok, an errno number, SIGSYS, or the status in words. A probe prints nothing, so
# anything on stderr is the runtime's own failure.
run_probe()
{
    local status
    local -a options=(--runtime "$1" --caps all --timeout 20 --bind "$probes:/tmp/probes:ro")
    [[ -n ${3:-} ]] && options+=(--seccomp "$3")
    container_run "${options[@]}" -- /tmp/probes --direct "$2" >"$work/said" 2>&1
    status=$?
    if [[ -s $work/said ]]; then
        echo "runtime-failed:$(tr '\n ' '__' <"$work/said" | cut -c1-120)"
    elif ((status == 0)); then
        echo ok
    elif ((status == STATUS_SIGSYS)); then
        echo SIGSYS
    elif ((status > STATUS_BASE && status < STATUS_BASE + 134)); then
        errno_name $((status - STATUS_BASE))
    else
        echo "status-$status"
    fi
}

errno_name()
{
    case $1 in
    1) echo EPERM ;;
    13) echo EACCES ;;
    22) echo EINVAL ;;
    38) echo ENOSYS ;;
    97) echo EAFNOSUPPORT ;;
    *) echo "ERRNO-$1" ;;
    esac
}

was_recorded() { awk -v call="$1" '$NF == call { found = 1 } END { exit !found }' "$recorded"; }
abi_was_recorded() { awk -v abi="$1" 'NF > 1 && $1 == abi { found = 1 } END { exit !found }' "$recorded"; }

named_enosys()
{
    jq -e --arg call "$1" 'any((.syscalls // [])[]; ((.names // [.name]) | index($call))
        and .action == "SCMP_ACT_ERRNO" and .errnoRet == 38)' "$profile" >/dev/null
}

# promise NAME CALL WHAT: an errno name, SIGSYS, or "allowed".
promise()
{
    local name=$1 call=$2 what=$3
    if [[ " ${allowed[*]} " == *" $name "* ]]; then
        echo allowed
    elif [[ $call == i386 || $call == x32 ]]; then
        if abi_was_recorded "$call"; then echo allowed; else echo SIGSYS; fi
    elif named_enosys "$call"; then
        echo ENOSYS
    elif was_recorded "$call" && [[ $what == call ]]; then
        echo allowed
    elif [[ $newer_calls == *" $call "* ]]; then
        echo ENOSYS
    else
        echo EPERM
    fi
}

# run_together RUNTIME SECCOMP NAME...: "NAME OUTCOME" lines from one container, for the probes that could run in a child
# there; a profile that grants no clone, wait4 or write leaves them out.
run_together()
{
    local runtime=$1 seccomp=$2
    local -a options=(--runtime "$runtime" --caps all --timeout 30 --bind "$probes:/tmp/probes:ro")
    [[ -n $seccomp ]] && options+=(--seccomp "$seccomp")
    shift 2
    container_run "${options[@]}" -- /tmp/probes "$@" 2>/dev/null </dev/null | awk 'NF > 1 && $2 !~ /^NO-/ { print $1, $2 }'
}

# The probes of the seccomp layer that this kernel can run, as "NAME CALL WHAT" lines.
usable_probes()
{
    local name layer call what outcome
    local -a names
    mapfile -t names < <("$probes" --list | awk '$2 == "seccomp" { print $1 }')
    run_together "$1" '' "${names[@]}" >"$work/unconfined"
    while read -r name layer call what; do
        [[ $layer == seccomp ]] || continue
        ((${#only[@]} == 0)) || [[ " ${only[*]} " == *" $name "* ]] || continue
        outcome=$(awk -v name="$name" '$1 == name { print $2 }' "$work/unconfined")
        # A kernel without x32 says ENOSYS; that still differs from the SIGSYS that is promised.
        if [[ $outcome == ok || $name == x32-call && $outcome == ENOSYS ]]; then
            echo "$name $call $what"
        else
            echo "SKIPPED $name: unconfined it gives ${outcome:-nothing} here" >&2
        fi
    done < <("$probes" --list)
}

# check_runtime RUNTIME: compares each usable probe's outcome with the promise.
check_runtime()
{
    local runtime=$1 name call what want got failed=0 denied=0 granted=0
    local -a names
    mapfile -t names < <(cut -d' ' -f1 "$work/usable")
    run_together "$runtime" "$profile" "${names[@]}" >"$work/together"
    while read -r name call what; do
        want=$(promise "$name" "$call" "$what")
        got=$(awk -v name="$name" '$1 == name { print $2 }' "$work/together")
        [[ -n $got ]] || got=$(run_probe "$runtime" "$name" "$profile" </dev/null)
        if [[ $want == allowed ]]; then
            granted=$((granted + 1))
            echo "$runtime $name: allowed by the recording ($got)"
        elif [[ $got == "$want" ]]; then
            denied=$((denied + 1))
            if ((verbose)); then echo "$runtime $name: refused with $got"; fi
        else
            echo "FAIL: $runtime $name ($call): promised $want, got $got"
            failed=1
        fi
    done <"$work/usable"
    echo "$runtime: $denied probes refused as promised, $granted allowed by the recording"
    ((denied > 0)) || failed=1
    return "$failed"
}

# Profiles written by hand whose verdicts are known: start-up and base calls with nothing else, the same with a few calls
# granted, refused with ENOSYS, or granted for some arguments. A bed that cannot tell fails here.
hand_profile()
{
    local -a calls
    mapfile -t calls < <(awk -F, '!/^#/ && NF > 2 && $1 != "runtime" { print $3 }' "$CONTAINER_SOURCE_DIR/profiles/startup.csv" | sort -u)
    jq -n '{defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 38, architectures: ["SCMP_ARCH_X86_64"], syscalls: [
        {names: ($ARGS.positional + ["exit", "exit_group", "keyctl", "ptrace"]), action: "SCMP_ACT_ALLOW"},
        {names: ["clone3", "io_uring_setup"], action: "SCMP_ACT_ERRNO", errnoRet: 38},
        {names: ["socket"], action: "SCMP_ACT_ALLOW", args: [{index: 0, value: 1, op: "SCMP_CMP_EQ"}]},
        {names: ["socket"], action: "SCMP_ACT_ERRNO", errnoRet: 1, args: [{index: 0, value: 1, op: "SCMP_CMP_NE"}]},
        {names: $known, action: "SCMP_ACT_ERRNO", errnoRet: 1}]}' \
        --argjson known "$(known_calls "${calls[@]}")" --args "${calls[@]}" >"$work/hand.json"
    printf '%s\n' "${calls[@]}" keyctl ptrace >"$work/hand.recorded"
}

# The probed calls that a profile refuses with EPERM by name: all but the newer ones and those the hand profile treats
# in its own way.
known_calls()
{
    "$probes" --list | awk '$2 == "seccomp" { print $3 }' | sort -u |
        grep -vxE 'i386|x32|mseal|lsm_list_modules|clone3|io_uring_setup|socket|keyctl|ptrace' |
        grep -vxF "$(printf '%s\n' "$@")" | jq -R . | jq -sc .
}

main()
{
    local profile='' recorded='' verbose=0 hand=0 runtime why ran=0 failed=0
    local -a runtimes=() only=() allowed=()
    while (($#)); do
        case $1 in
        --profile) profile=$2 && shift ;;
        --recorded) recorded=$2 && shift ;;
        --runtime=*) runtimes+=("${1#*=}") ;;
        --only) only+=("$2") && shift ;;
        --allow) allowed+=("$2") && shift ;;
        --hand) hand=1 ;;
        --verbose) verbose=1 ;;
        *) echo "test_probes: unknown option $1" >&2 && return 2 ;;
        esac
        shift
    done
    ((${#runtimes[@]})) || runtimes=(crun runc)
    work=$(mktemp -d) || return 2
    trap 'rm -rf "$work"' EXIT
    for runtime in "${runtimes[@]}"; do
        if why=$(container_missing "$runtime"); then
            echo "SKIPPED: $why"
            continue
        fi
        if ((hand)); then
            hand_profile && profile=$work/hand.json recorded=$work/hand.recorded
        fi
        [[ -r $profile && -r $recorded ]] || { echo 'test_probes: --profile and --recorded are needed' >&2 && return 2; }
        # What the kernel can do does not depend on the runtime.
        [[ -s $work/usable ]] || usable_probes "$runtime" >"$work/usable"
        check_runtime "$runtime" || failed=1
        ran=1
    done
    ((ran)) || return 77
    return "$failed"
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
    main "$@"
fi
