#!/bin/bash
# A real server, recorded by profgen under load, works under the AppArmor profile that profgen emits, in a kernel that
# enforces it; and what it never did is refused to it there.
#
#   test_servers.sh nginx|redis [deny|allow|operator|PROFILE]
#
# The server is recorded on this machine, in namespaces of its own, and the profile emitted from that as a deny-list (the
# default), an allow-list, or the profile that the Security Profiles Operator makes of the AppArmorProfile object; the file PROFILE takes
# the place of them all. In
# the guest the same server does the same work confined by aa-exec; then each probe of the "files" layer, and those calls for
# which AppArmor has rules of its own (mounts, sockets, capabilities), run unconfined, where they must work, and in the
# server's confinement, where they must not.
set -u
here=$(cd "$(dirname "$0")" && pwd)
name=${1:?nginx or redis}
mode=${2:-deny}
given=
[[ $mode == deny || $mode == allow || $mode == operator ]] || given=$mode
profgen=${PROFGEN:-$here/../../build/profgen}
probes=${PROBES:-$here/../../build/tests/runtime/probes}
server=$here/../runtime/server.sh
# A probe that works even under a profile that names no file at all is one that this kernel's AppArmor does not mediate (Debian
# 12's kernel lets anybody connect to a UNIX socket), so no profile can refuse it; it is skipped with that reason.
# These must run unconfined, or the test proves nothing; the others are skipped where the guest has no such thing.
required='shadow-read sa-token-read runtime-socket shell-exec proc-sys-write sys-write usr-bin-write'
# Calls that no web server and no data base makes.
calls='mount umount2 pivot_root chroot raw-socket packet-socket sethostname settimeofday reboot swapon acct syslog
    open_by_handle_at delete_module kexec_load iopl'

skip() { echo "SKIPPED: $1" && exit 77; }

read -ra programs <<<"$("$server" needs "$name")"
((EUID == 0)) || skip 'namespaces and servers need root here'
PATH=$PATH:/usr/sbin:/sbin
for program in "${programs[@]}" ip unshare; do
    command -v "$program" >/dev/null || skip "$program is not installed"
done
[[ $mode != operator ]] || python3 -c 'import yaml' 2>/dev/null || skip 'python3-yaml is not installed'
if why=$("$here/vm.sh" missing); then skip "$why"; fi
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

record_and_emit()
{
    "$server" record "$name" "$work/recording" "$profgen" >"$work/recorded" 2>&1 || {
        echo "FAIL: $name did not work while it was recorded:"
        cat "$work/recorded"
        return 1
    }
    if [[ $mode == operator ]]; then
        "$profgen" emit --apparmor-mode=allow --format spo="$work/objects" "$work/recording" &&
            python3 "$here/../runtime/fitted.py" operator "$work/objects" >"$work/profile"
        return
    fi
    "$profgen" emit --apparmor-mode="$mode" --apparmor="$work/profile" "$work/recording" || {
        echo "FAIL: no AppArmor profile could be emitted from $name's recording"
        return 1
    }
}

chosen_probes() { awk -v calls=" ${calls//[[:space:]]/ } " '$2 == "files" || index(calls, " " $1 " ") { print $1 }' "$work/probes"; }

# What runs in the guest. The lines that begin with "unconfined" and "confined" are judged here.
guest_commands()
{
    cat <<GUEST
mkdir -p /run/secrets/kubernetes.io/serviceaccount
echo token >/run/secrets/kubernetes.io/serviceaccount/token
/probes --listen /run/docker.sock &
sh /server.sh lay $name
echo "profgen-test: the server begins" >/dev/kmsg
sh /server.sh drive $name aa-exec -p '$profile_name' --
echo "server \$?"
echo "profgen-test: the probes begin" >/dev/kmsg
for probe in $(chosen_probes | tr '\n' ' '); do
    /probes --direct \$probe; echo "unconfined \$probe \$?"
    aa-exec -p profgen-test-nothing -- /probes --direct \$probe; echo "nothing \$probe \$?"
    aa-exec -p '$profile_name' -- /probes --direct \$probe; echo "confined \$probe \$?"
done
GUEST
}

# The outcome of a probe: 0 worked, 20 + errno refused; anything from 120 on is aa-exec or the shell.
judge_probes()
{
    local probe free bound nothing failed=0 denied=0
    while read -r probe; do
        free=$(awk -v p="$probe" '$1 == "unconfined" && $2 == p { print $3 }' "$work/out")
        nothing=$(awk -v p="$probe" '$1 == "nothing" && $2 == p { print $3 }' "$work/out")
        bound=$(awk -v p="$probe" '$1 == "confined" && $2 == p { print $3 }' "$work/out")
        if [[ $free != 0 && " $required " != *" $probe "* ]]; then
            echo "SKIPPED $probe: unconfined it gives status ${free:-none} in the guest"
        elif [[ $free != 0 ]]; then
            echo "FAIL: $probe does not even work unconfined (status ${free:-none})"
            failed=1
        elif [[ $bound == 33 || $bound == 21 ]]; then
            denied=$((denied + 1))
        elif [[ $nothing == 0 ]]; then
            echo "SKIPPED $probe: this kernel's AppArmor does not mediate it, an empty profile allows it too"
        else
            echo "FAIL: $probe is not refused to $name: status ${bound:-none}"
            failed=1
        fi
    done < <(chosen_probes)
    echo "$name: $denied probes refused by the profile, and they work unconfined"
    return "$failed"
}

main()
{
    local failed=0 profile_name status program
    local -a options=()
    "$probes" --list >"$work/probes" || return 1
    if [[ -n $given ]]; then cp "$given" "$work/profile"; else record_and_emit || return 1; fi
    profile_name=$(sed -n -E 's/^profile "?([^" ]+).*/\1/p' "$work/profile" | head -1)
    [[ -n $profile_name ]] || { echo 'FAIL: the profile has no name' && return 1; }
    printf 'abi <abi/3.0>,\nprofile profgen-test-nothing flags=(attach_disconnected) {\n  /probes mrix,\n  network,\n  capability,\n}\n' \
        >"$work/nothing"
    for program in "${programs[@]}"; do options+=(--tree "$program"); done
    [[ -e /etc/nginx ]] && options+=(--dir /etc/nginx:/etc/nginx)
    "$here/vm.sh" run "${options[@]}" --file "$probes:/probes" --file "$server:/server.sh" --profile "$work/profile" --profile "$work/nothing" \
        --dmesg "$work/dmesg" --command "$(guest_commands)" >"$work/out"
    status=$?
    if ((status != 0)) || ! grep -qx 'server 0' "$work/out"; then
        echo "FAIL: $name does not work confined by its own profile (guest status $status):"
        grep -v -E '^((un)?confined|nothing) ' "$work/out"
        failed=1
    else
        echo "$name: works confined, $(grep -c ': as expected$' "$work/out") checks"
    fi
    # A complete recording leaves nothing to refuse: worth knowing, even where the server gets by without.
    sed -n '/the server begins/,/the probes begin/p' "$work/dmesg" | grep 'apparmor="DENIED"' |
        sed -E 's/.*(operation=)/refused while serving: \1/' | sort | uniq -c
    judge_probes || failed=1
    return "$failed"
}

main
