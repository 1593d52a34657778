#!/bin/bash
# What profgen run loads is what a container runtime loads: attack probes have the same outcome under both, for profiles
# whose rules hang on capabilities, kernels, arguments and machines, with all capabilities and with none.
#
#   test_run.sh [crun|runc]...
#
# Both sides run in a container of that runtime, the one under the runtime's own seccomp, the other under profgen run, so that
# nothing else differs. x86-64 only.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/runtime/container.sh
source "$here/container.sh"
probes=${PROBES:-$CONTAINER_SOURCE_DIR/build/tests/runtime/probes}
profgen=${PROFGEN:-$CONTAINER_SOURCE_DIR/build/profgen}
runtimes=("$@")
((${#runtimes[@]} > 0)) || runtimes=(crun runc)

names=(keyctl add_key unshare-user userfaultfd bpf raw-socket kcmp i386-call x32-call mseal)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What a container cannot do without, as a list of JSON strings.
startup=$(awk -F, '!/^#/ && NF > 2 && $1 != "runtime" { print $3 }' "$CONTAINER_SOURCE_DIR/profiles/startup.csv" |
    sort -u | jq -R . | jq -sc '. + ["exit", "exit_group", "execve"] - ["socket"] | unique')

# Refuses by default; the errno is the runtime's, so that runc's stub answers what is newer than all that is named.
jq -n --argjson startup "$startup" '{defaultAction: "SCMP_ACT_ERRNO",
    archMap: [{architecture: "SCMP_ARCH_X86_64", subArchitectures: ["SCMP_ARCH_X86"]}],
    syscalls: [{names: $startup, action: "SCMP_ACT_ALLOW"},
        {names: ["keyctl"], action: "SCMP_ACT_ALLOW", includes: {caps: ["CAP_SYS_ADMIN"]}},
        {names: ["add_key"], action: "SCMP_ACT_ALLOW", excludes: {caps: ["CAP_SYS_ADMIN"]}},
        {names: ["add_key"], action: "SCMP_ACT_ERRNO", errnoRet: 22, includes: {caps: ["CAP_SYS_ADMIN"]}},
        {names: ["unshare"], action: "SCMP_ACT_ALLOW", args: [{index: 0, value: 268435456, valueTwo: 0, op: "SCMP_CMP_MASKED_EQ"}]},
        {names: ["userfaultfd"], action: "SCMP_ACT_ALLOW", includes: {minKernel: "4.8"}},
        {names: ["bpf"], action: "SCMP_ACT_ALLOW", includes: {minKernel: "99.1"}},
        {names: ["socket"], action: "SCMP_ACT_ALLOW", args: [{index: 0, value: 2, op: "SCMP_CMP_NE"}]},
        {names: ["kcmp"], action: "SCMP_ACT_KILL_PROCESS", includes: {arches: ["amd64"]}}]}' >"$work/refusing.json"

# Allows by default, with errno values, a trap and a kill. No flags: runc before 1.1.5 takes none.
jq -n '{defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
    syscalls: [{names: ["keyctl", "add_key"], action: "SCMP_ACT_ERRNO", errnoRet: 38},
        {names: ["unshare"], action: "SCMP_ACT_ERRNO", args: [{index: 0, value: 268435456, valueTwo: 268435456, op: "SCMP_CMP_MASKED_EQ"}]},
        {names: ["socket"], action: "SCMP_ACT_ERRNO", errnoRet: 97, args: [{index: 0, value: 2, op: "SCMP_CMP_EQ"}, {index: 1, value: 3, op: "SCMP_CMP_EQ"}]},
        {names: ["userfaultfd"], action: "SCMP_ACT_TRAP"},
        {names: ["bpf"], action: "SCMP_ACT_KILL"}]}' >"$work/allowing.json"

# outcome RUNTIME CAPS OPTIONS... -- COMMAND...: the exit status, or what the runtime said of itself.
outcome()
{
    local status options=(--runtime "$1" --caps "$2" --timeout 30 --bind "$probes:/tmp/probes:ro"
        --bind "$profgen:/tmp/profgen:ro" --bind "$work:/tmp/work:ro")
    shift 2
    container_run "${options[@]}" "$@" >"$work/said" 2>&1 </dev/null
    status=$?
    if [[ -s $work/said ]]; then
        echo "$status:$(tr '\n ' '__' <"$work/said" | cut -c1-160)"
    else
        echo "$status"
    fi
}

compared=0
failed=0
refused=0
for runtime in "${runtimes[@]}"; do
    if why=$(container_missing "$runtime"); then
        echo "SKIPPED: $why"
        continue
    fi
    for profile in refusing allowing; do
        for caps in all none; do
            for name in "${names[@]}"; do
                wanted=$(outcome "$runtime" "$caps" --seccomp "$work/$profile.json" -- /tmp/probes --direct "$name")
                got=$(outcome "$runtime" "$caps" -- /tmp/profgen run -q --runtime "$runtime" --seccomp "/tmp/work/$profile.json" -- \
                    /tmp/probes --direct "$name")
                compared=$((compared + 1))
                [[ $wanted == 0 ]] || refused=$((refused + 1))
                if [[ $got != "$wanted" || $wanted == *:* ]]; then
                    echo "FAIL: $name, $profile profile, capabilities $caps: $wanted under $runtime, $got under profgen run"
                    failed=1
                fi
            done
        done
    done
done
((compared > 0)) || exit 77
echo "$compared probes compared, $refused of them refused"
((refused > 0 && refused < compared)) || failed=1
exit "$failed"
