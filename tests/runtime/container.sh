#!/bin/bash
# Runs a command in a container made by a real OCI runtime, with a given seccomp profile and capabilities.
#
#   container.sh [OPTIONS] -- CMD [ARG...]
#
#   --runtime crun|runc    which runtime (default crun)
#   --root DIR|host|exact  its root file system; "host" (the default) is the host's own / read-only, with an empty
#                          /tmp, /var/tmp, /run and a fresh /dev, /proc and /sys; "exact" is the same without the
#                          empty ones
#   --seccomp FILE         a seccomp profile, Docker's form or the OCI object; none: unconfined
#   --caps all|none|LIST   capabilities, CAP_X,CAP_Y,... ("all": what this process may give); default none
#   --user UID:GID         default 0:0
#   --no-new-privs         set no_new_privs
#   --tty                  with a terminal (stdout and stderr become one stream)
#   --bind SRC:DEST[:ro]   a bind mount; --tmpfs DIR an empty directory; --env K=V; --cwd DIR
#   --memory BYTES         at most so much memory; --pids N at most so many tasks
#   --host-pid             no process namespace: the numbers are this machine's
#   --private-net          a network namespace of its own, with nothing in it
#   --apparmor NAME        process.apparmorProfile
#   --lenient              let crun ignore unknown system call names; it refuses them otherwise
#   --wrap CMD             put CMD (words, split at blanks) in front of the runtime, e.g. strace
#   --timeout SECONDS      default 60; the status is 124 when it ran out
#   --print                print config.json and run nothing
#
# Prints what the command prints and returns its status. Other scripts can source this file: container_run takes the
# same words, container_missing RUNTIME prints why that runtime cannot be used here and returns 0, or returns 1.
#
# shellcheck disable=SC2016  # jq programs hold dollar signs

# The capabilities in this process's bounding set, as a JSON array. Names are looked up in profiles/capabilities.csv.
container_all_caps()
{
    local mask table=${CONTAINER_SOURCE_DIR:?}/profiles/capabilities.csv
    mask=$((16#$(awk '$1 == "CapBnd:" { print $2 }' /proc/self/status)))
    local name number rest
    while IFS=, read -r name number rest; do
        if [[ $name == CAP_* ]] && ((mask >> number & 1)); then
            echo "$name"
        fi
    done <"$table" | jq -R . | jq -sc .
}

# A Docker profile becomes what dockerd would put into config.json: archMap flattened for x86-64, includes and excludes
# decided for the capabilities given. The OCI object passes unchanged.
container_seccomp()
{
    local file=$1 caps=$2
    jq -c --argjson caps "$caps" --arg kernel "$(uname -r)" '
        def version: [scan("[0-9]+") | tonumber][0:2];
        def holds($c): (($c.arches // []) | length == 0 or any(. == "amd64"))
            and (($c.caps // []) - $caps == [])
            and ($c.minKernel == null or ($kernel | version) >= ($c.minKernel | version));
        def excluded($c): (($c.arches // []) | any(. == "amd64"))
            or (($c.caps // []) | any(. as $n | $caps | index($n)))
            or ($c.minKernel != null and ($kernel | version) >= ($c.minKernel | version));
        {defaultAction}
        + (if .defaultErrnoRet == null then {} else {defaultErrnoRet} end)
        + {architectures: ((.architectures // []) + [(.archMap // [])[]
              | select(.architecture == "SCMP_ARCH_X86_64") | .architecture, (.subArchitectures // [])[]])}
        + (if .flags == null then {} else {flags} end)
        + {syscalls: [(.syscalls // [])[]
              | select(holds(.includes // {}) and (excluded(.excludes // {}) | not))
              | .names = (.names // [.name]) | del(.name, .includes, .excludes)]}' "$file"
}

# Prints config.json from the caller's option variables.
container_config()
{
    local caps seccomp=null
    case $opt_caps in
    all) caps=$(container_all_caps) || return ;;
    none) caps='[]' ;;
    *) caps=$(jq -cn --arg list "$opt_caps" '$list | split(",")') ;;
    esac
    if [[ -n $opt_seccomp ]]; then
        seccomp=$(container_seccomp "$opt_seccomp" "$caps") || return
    fi
    jq -n --argjson caps "$caps" --argjson seccomp "$seccomp" --arg user "$opt_user" --argjson nnp "$opt_nnp" \
        --argjson tty "$opt_tty" --arg cwd "$opt_cwd" --arg apparmor "$opt_apparmor" --arg strict "$opt_strict" \
        --argjson net "$opt_private_net" --argjson pid "$opt_private_pid" --argjson readonly "$opt_readonly" \
        --argjson env "$(container_json "${opt_env[@]}")" --argjson binds "$(container_json "${opt_binds[@]}")" \
        --argjson tmpfs "$(container_json "${opt_tmpfs[@]}")" --argjson memory "$opt_memory" --argjson pids "$opt_pids" --args '
        def scratch($where): {destination: $where, type: "tmpfs", source: "tmpfs", options: ["nosuid", "nodev", "mode=1777"]};
        {
            ociVersion: "1.0.2",
            annotations: (if $strict == "" then {} else {"run.oci.seccomp_fail_unknown_syscall": $strict} end),
            root: {path: "rootfs", readonly: $readonly},
            hostname: "profgen",
            process: {
                terminal: $tty,
                user: ($user | split(":") | {uid: (.[0] | tonumber), gid: (.[1] | tonumber)}),
                args: $ARGS.positional,
                env: (["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/", "TERM=dumb"] + $env),
                cwd: $cwd,
                noNewPrivileges: $nnp,
                capabilities: {bounding: $caps, effective: $caps, permitted: $caps, inheritable: $caps, ambient: $caps}
            },
            mounts: ([
                {destination: "/proc", type: "proc", source: "proc"},
                {destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid", "strictatime", "mode=755"]},
                {destination: "/dev/pts", type: "devpts", source: "devpts",
                 options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"]},
                {destination: "/dev/shm", type: "tmpfs", source: "shm", options: ["nosuid", "noexec", "nodev", "mode=1777"]}
            ] + [$tmpfs[] | scratch(.)]
              + [$binds[] | split(":") | {destination: .[1], type: "bind", source: .[0],
                 options: ["rbind", (if .[2] == "ro" then "ro" else "rw" end)]}]),
            linux: ({
                namespaces: ([{type: "mount"}, {type: "ipc"}, {type: "uts"}]
                    + (if $pid then [{type: "pid"}] else [] end)
                    + (if $net then [{type: "network"}] else [] end))
            } + (if $seccomp == null then {} else {seccomp: $seccomp} end)
              + (if $memory == null and $pids == null then {} else {resources:
                    ((if $memory == null then {} else {memory: {limit: $memory}} end)
                    + (if $pids == null then {} else {pids: {limit: $pids}} end))} end))
        }
        | if $apparmor == "" then . else .process.apparmorProfile = $apparmor end' -- "$@"
}

container_json()
{
    if (($# == 0)); then
        echo '[]'
    else
        jq -nc '$ARGS.positional' --args -- "$@"
    fi
}

# Runs in a mount namespace of its own, so that every mount made here goes away with it. crun refuses a mixed cgroup
# tree (version 1 controllers with a "unified" mount), so that mount is hidden from it.
container_enter='
    bundle=$1 root=$2 runtime=$3 id=$4 manager=$5
    shift 5
    if mountpoint -q /sys/fs/cgroup/unified; then umount /sys/fs/cgroup/unified || exit 125; fi
    mount --bind "$root" "$bundle/rootfs" || exit 125
    cd "$bundle" || exit 125
    case $runtime in
    crun) exec "$@" crun --root "$bundle/state" --cgroup-manager="$manager" run -b "$bundle" "$id" ;;
    *) exec "$@" "$runtime" --root "$bundle/state" run -b "$bundle" "$id" ;;
    esac'

container_execute()
{
    local bundle=$1
    local id=profgen-$$-${bundle##*.}
    local manager=disabled
    [[ $opt_memory$opt_pids == nullnull ]] || manager=cgroupfs
    local -a command=(unshare -m --propagation private bash -c "$container_enter" container "$bundle" "$opt_root"
        "$opt_runtime" "$id" "$manager")
    if [[ -n $opt_wrap ]]; then
        local -a wrap
        read -ra wrap <<<"$opt_wrap"
        command+=("${wrap[@]}")
    fi
    if [[ $opt_tty == true ]]; then
        # The runtime wants a terminal of its own; script(1) gives it one.
        timeout --foreground -k 5 "$opt_timeout" env SHELL=/bin/bash script -qec "${command[*]@Q}" /dev/null </dev/null
    else
        timeout --foreground -k 5 "$opt_timeout" "${command[@]}"
    fi
}

container_run()
{
    local opt_runtime=crun opt_root=host opt_seccomp='' opt_caps=none opt_user=0:0 opt_nnp=false opt_tty=false
    local opt_cwd=/ opt_private_net=false opt_apparmor='' opt_strict=1 opt_wrap='' opt_timeout=60 opt_print=false
    local opt_readonly=false opt_private_pid=true opt_memory=null opt_pids=null
    local -a opt_binds=() opt_tmpfs=() opt_env=()
    while (($#)); do
        case $1 in
        --runtime) opt_runtime=$2 && shift ;;
        --root) opt_root=$2 && shift ;;
        --seccomp) opt_seccomp=$2 && shift ;;
        --caps) opt_caps=$2 && shift ;;
        --user) opt_user=$2 && shift ;;
        --no-new-privs) opt_nnp=true ;;
        --tty) opt_tty=true ;;
        --bind) opt_binds+=("$2") && shift ;;
        --tmpfs) opt_tmpfs+=("$2") && shift ;;
        --env) opt_env+=("$2") && shift ;;
        --cwd) opt_cwd=$2 && shift ;;
        --memory) opt_memory=$2 && shift ;;
        --pids) opt_pids=$2 && shift ;;
        --host-pid) opt_private_pid=false ;;
        --private-net) opt_private_net=true ;;
        --apparmor) opt_apparmor=$2 && shift ;;
        --lenient) opt_strict='' ;;
        --wrap) opt_wrap=$2 && shift ;;
        --timeout) opt_timeout=$2 && shift ;;
        --print) opt_print=true ;;
        --) shift && break ;;
        *) echo "container: unknown option $1" >&2 && return 125 ;;
        esac
        shift
    done
    (($#)) || { echo 'container: no command' >&2 && return 125; }
    if [[ $opt_root == host ]]; then
        opt_root=/ opt_readonly=true
        opt_tmpfs=(/tmp /var/tmp /run "${opt_tmpfs[@]}")
    fi
    if [[ $opt_root == exact ]]; then
        opt_root=/ opt_readonly=true
    fi
    local bundle status
    bundle=$(mktemp -d "${TMPDIR:-/tmp}/profgen-bundle.XXXXXXXX") || return 125
    mkdir "$bundle/rootfs" "$bundle/state"
    if ! container_config "$@" >"$bundle/config.json"; then
        status=125
    elif [[ $opt_print == true ]]; then
        cat "$bundle/config.json"
        status=0
    else
        container_execute "$bundle"
        status=$?
    fi
    rm -rf --one-file-system "$bundle"
    return "$status"
}

# Why containers cannot be run here, on stdout; fails when they can.
container_missing()
{
    local runtime=$1
    if ((EUID != 0)); then
        echo 'containers need root here'
    elif ! command -v "$runtime" >/dev/null; then
        echo "$runtime is not installed"
    elif ! command -v jq >/dev/null; then
        echo 'jq is not installed'
    elif ! unshare -m true 2>/dev/null; then
        echo 'mount namespaces cannot be made here'
    else
        return 1
    fi
}

CONTAINER_SOURCE_DIR=${CONTAINER_SOURCE_DIR:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
PATH=$PATH:/usr/sbin:/sbin

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
    container_run "$@"
fi
