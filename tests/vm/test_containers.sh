#!/bin/bash
# crun and runc with AppArmor and seccomp in one container, in the guest: the runtimes make no start-up call that
# profiles/startup.csv lacks when AppArmor is there too, a container starts under a profile of exactly those calls, and
# both layers refuse in it.
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/runtime/container.sh
source "$here/../runtime/container.sh"
probes=${PROBES:-$here/../../build/tests/runtime/probes}
table=$CONTAINER_SOURCE_DIR/profiles/startup.csv
skip() { echo "SKIPPED: $1" && exit 77; }
for program in crun runc strace jq busybox; do
    command -v "$program" >/dev/null || skip "$program is not installed"
done
if why=$("$here/vm.sh" missing); then skip "$why"; fi
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

# The workload is one probe without libc, so the start-up and base calls are all that a container needs here.
prepare()
{
    local runtime
    mkdir -p "$work/in/profiles" || return
    jq -n '{defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["swapon"], action: "SCMP_ACT_ERRNO"}]}' >"$work/open.json"
    cat >"$work/in/profiles/contained" <<'PROFILE'
abi <abi/3.0>,
profile contained flags=(attach_disconnected,mediate_deleted) {
  / r,
  /** rwlkm,
  /** ix,
  deny /etc/shadow rwl,
  capability,
  network,
  mount,
  umount,
  pivot_root,
  ptrace,
  signal,
}
PROFILE
    for runtime in crun runc; do
        awk -F, -v r="$runtime" '!/^#/ && $1 == r { print $3 }' "$table" | sort -u >"$work/table.$runtime"
        jq -nR '{defaultAction: "SCMP_ACT_ERRNO", architectures: ["SCMP_ARCH_X86_64"],
            syscalls: [{names: ([inputs] + ["exit_group", "rt_sigreturn"]), action: "SCMP_ACT_ALLOW"}]}' \
            <"$work/table.$runtime" >"$work/exact.$runtime"
        # The longest start-up and the shortest one.
        configure "$runtime" user --user 1000:1000 && configure "$runtime" no-new-privs --no-new-privs || return
    done
}

configure()
{
    local runtime=$1 name=$2
    shift 2
    container_run --print --root /tmp --apparmor contained --caps all --seccomp "$work/open.json" "$@" -- /probes --direct personality >"$work/in/$runtime.$name.open" &&
        container_run --print --root /tmp --apparmor contained --caps all --seccomp "$work/exact.$runtime" "$@" -- /probes --direct personality >"$work/in/$runtime.$name.exact" &&
        container_run --print --root /tmp --apparmor contained --caps all --seccomp "$work/open.json" "$@" -- /probes --direct shadow-read >"$work/in/$runtime.$name.shadow"
}

read -r -d '' guest <<'GUEST'
busybox mount -t cgroup2 cgroup2 /sys/fs/cgroup
for config in /in/crun.* /in/runc.*; do
    name=${config#/in/}
    runtime=${name%%.*}
    bundle=/tmp/$name
    mkdir -p $bundle/rootfs/etc $bundle/rootfs/proc $bundle/rootfs/dev $bundle/state
    cp /probes $bundle/rootfs/
    cp /etc/shadow $bundle/rootfs/etc/
    chmod 644 $bundle/rootfs/etc/shadow
    cp $config $bundle/config.json
    cd $bundle
    trace=
    [ $runtime = crun ] && options=--cgroup-manager=disabled || options=
    case $name in *.open) trace="strace -f -o /tmp/trace" ;; esac
    $trace $runtime --root $bundle/state $options run -b $bundle id
    echo "status $name $?"
    case $name in *.open) awk -f /calls_under_filter.awk /tmp/trace | sed "s/^/call $name /" ;; esac
done
GUEST

check()
{
    local failed=0 name runtime want got call
    for name in "$work"/in/*runc.* "$work"/in/crun.*; do
        name=$(basename "$name")
        runtime=${name%%.*}
        case $name in
        *.open) want=0 ;;
        *.exact) want=21 ;;  # 20 + EPERM: the filter
        *.shadow) want=33 ;; # 20 + EACCES: AppArmor
        esac
        got=$(awk -v n="$name" '$1 == "status" && $2 == n { print $3 }' "$work/out")
        [[ $got == "$want" ]] || { echo "FAIL: $name ended with ${got:-nothing}, not $want" && failed=1; }
        while read -r call; do
            grep -qx "$call" "$work/table.$runtime" || { echo "FAIL: with AppArmor $runtime makes $call, which $table lacks" && failed=1; }
        done < <(awk -v n="$name" '$1 == "call" && $2 == n { print $3 }' "$work/out")
    done
    for runtime in crun runc; do
        grep -q "^call $runtime.*execve\$" "$work/out" || { echo "FAIL: $runtime's start-up was not seen" && failed=1; }
    done
    return "$failed"
}

prepare || exit 2
"$here/vm.sh" run --tree crun --tree runc --tree strace --file "$probes:/probes" --dir "$work/in:/in" \
    --file "$here/../runtime/calls_under_filter.awk:/calls_under_filter.awk" --profile "$work/in/profiles/contained" \
    --command "$guest" >"$work/out"
if ! check; then
    cat "$work/out"
    exit 1
fi
echo "$(grep -c '^status' "$work/out") containers with AppArmor and seccomp did as they should"
