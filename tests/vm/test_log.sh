#!/bin/bash
# The loop from a kernel's log back to a profile: a program does more than was recorded of it, under an AppArmor profile that
# enforces and one that complains, and under a seccomp filter that logs and one that kills. What a real kernel writes about it
# goes through profgen verify --log, its recording is merged into the first one, profiles are emitted again, and with them the
# same program works, the kernel has nothing to say, and verify --log finds nothing.
#
# PROFGEN_LOG_KEEP=DIR keeps the kernel's lines there.
set -u
here=$(cd "$(dirname "$0")" && pwd)
profgen=$(realpath "${PROFGEN:-$here/../../build/profgen}")
skip() { echo "SKIPPED: $1" && exit 77; }
PATH=$PATH:/usr/sbin:/sbin
for program in jq busybox; do
    command -v "$program" >/dev/null || skip "$program is not installed"
done
if why=$("$here/vm.sh" missing); then skip "$why"; fi
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
failed=0
fail() { echo "FAIL: $*" && failed=1; }

# What was recorded, on this machine.
small='busybox cat /etc/passwd >/dev/null'
# What it does in the guest. A line may fail and the rest still runs; /result gets a word for each that worked.
cat >wide.sh <<'WIDE'
busybox cat /etc/passwd >/dev/null
busybox cat /etc/group >/dev/null && echo group
busybox cat "/srv/odd name" >/dev/null && echo odd
echo made >/srv/made && echo made
busybox mkdir /srv/directory && echo mkdir
busybox rmdir /srv/directory && echo rmdir
busybox mv /srv/made /srv/moved && echo moved
busybox ln /srv/moved /srv/linked && echo linked
busybox chown 1:1 /srv/moved && echo chown
busybox rm /srv/moved /srv/linked && echo removed
busybox ifconfig lo >/dev/null && echo socket
busybox mount -t tmpfs -o nosuid some /srv/mounted && echo mount
busybox umount /srv/mounted && echo umount
busybox kill -CONT $outside && echo signal
busybox cat /proc/$outside/environ >/dev/null && echo ptrace
busybox hostname renamed && echo hostname
true
WIDE
works='group odd made mkdir rmdir moved linked chown removed socket mount umount signal ptrace hostname'

# emit RECORDING...: apparmor.profile, and seccomp.json and the forms of it that log and kill.
emit()
{
    "$profgen" emit --force --apparmor --seccomp --apparmor-mode=allow --name=logged "$@" 2>emit.err || {
        cat emit.err
        fail 'nothing was emitted'
        exit 1
    }
    jq '.defaultAction = "SCMP_ACT_LOG" | del(.defaultErrnoRet) | .syscalls |= map(select(.action == "SCMP_ACT_ALLOW"))' \
        seccomp.json >log.json
    jq '.defaultAction = "SCMP_ACT_KILL_PROCESS"' log.json >kill.json
    sed 's/^profile logged/profile complaining/; s/"logged"/"complaining"/g; s/flags=(/flags=(complain,/' \
        apparmor.profile >complain.profile
}

# guest NAME: one boot. NAME.PART gets the kernel's lines of a part of it, NAME.PART.works what worked.
guest()
{
    local name=$1
    local -a parts=(enforce complain log kill)
    cat >guest.sh <<GUEST
run="$profgen run"
chmod 755 /profiles /profiles/*
outside=\$(sleep 1000 >/dev/null 2>&1 & echo \$!)
export outside
part()
{
    name=\$1
    shift
    rm -rf /srv && mkdir -p /srv/mounted && echo odd >"/srv/odd name"
    sleep 0.3
    dmesg -c >/dev/null
    "\$@" busybox sh -c "\$(cat /wide.sh)" >/tmp/works 2>/tmp/errors
    echo "\$name status \$?" >>/tmp/errors
    sleep 0.5
    dmesg -c | sed "s/^/=\$name kernel /"
    sed "s/^/=\$name works /" /tmp/works
    sed "s/^/=\$name errors /" /tmp/errors
}
part enforce \$run --apparmor logged --
part complain \$run --apparmor complaining --
part log \$run --seccomp /profiles/log.json --
part kill \$run --seccomp /profiles/kill.json --
GUEST
    "$here/vm.sh" run --tree "$profgen" --file wide.sh:/wide.sh --file log.json:/profiles/log.json \
        --file kill.json:/profiles/kill.json --profile apparmor.profile --profile complain.profile \
        --command "$(cat guest.sh)" >"$name.out" || { cat "$name.out"; fail "the guest of $name ended with $?"; exit 1; }
    for part in "${parts[@]}"; do
        sed -n "s/^=$part kernel //p" "$name.out" >"$name.$part"
        sed -n "s/^=$part works //p" "$name.out" >"$name.$part.works"
        [[ -z ${PROFGEN_LOG_KEEP:-} ]] || cp "$name.$part" "$PROFGEN_LOG_KEEP/"
    done
}

# verify WANTED NAME OPTION...: said as text in NAME.said and as JSON in NAME.report
verify()
{
    local wanted=$1 name=$2 got
    shift 2
    "$profgen" verify "$@" >"$name.said"
    got=$?
    "$profgen" verify --format json "$@" >"$name.report"
    [[ $got == "$wanted" ]] || { cat "$name.said"; fail "verify of $name ends with $got, not $wanted"; }
}
# holds NAME FILTER: of the JSON report
holds() { jq -e "$2" "$1.report" >/dev/null || { cat "$1.said"; fail "$1: not $2"; }; }

PATH=/usr/bin:/bin "$profgen" trace -q -o first.json -- busybox sh -c "$small" || fail 'the program did not work while it was recorded'
emit first.json
guest first

# Of the real lines none is left unread, and each is explained by the profile that was loaded.
verify 1 enforce --log first.enforce --apparmor apparmor.profile --save enforce.rec.json
verify 1 complain --log first.complain --apparmor complain.profile --save complain.rec.json
verify 1 log --log first.log --seccomp log.json --save log.rec.json
verify 1 kill --log first.kill --seccomp kill.json --save kill.rec.json
for part in enforce complain log kill; do
    holds "$part" '.troubles == []'
    holds "$part" '.standings.explained + .standings.unknown == .summary.denials and .standings.explained > 0'
    # Rules for signals and tracing are judged by their keyword; of all else it is known.
    holds "$part" '[.groups[].denials[] | select(.standing == "unknown").words] - ["signal", "ptrace"] == []'
done
holds enforce '[.groups[].denials[].fate] | unique == ["denied"]'
holds complain '[.groups[].denials[].fate] | unique == ["complain"]'
holds complain '[.groups[].denials[].kind] | unique == ["capability", "file", "network", "other"]'
holds complain '[.groups[].denials[] | select(.kind == "other").words] | unique == ["mount", "ptrace", "signal", "umount"]'
holds complain '[.groups[].denials[].path] | index("/srv/odd name") and index("/srv/directory/")'
holds log '[.groups[].denials[].action] | unique == ["SCMP_ACT_LOG"]'
holds log '[.groups[].denials[].syscall] | index("mkdir") and index("mount") and index("sethostname")'
holds log '[.groups[].denials[].program] | unique == ["/usr/bin/busybox"]'
holds kill '[.groups[].denials[].action] | unique == ["SCMP_ACT_KILL_PROCESS"]'

# Back into the recording, and out again.
"$profgen" merge -o merged.json first.json enforce.rec.json complain.rec.json log.rec.json kill.rec.json || fail 'not merged'
jq -e '.complete == false' merged.json >/dev/null || fail 'a recording with a log in it is complete'
emit merged.json
guest second
for part in enforce complain log kill; do
    for what in $works; do
        grep -qx "$what" "second.$part.works" || fail "$what does not work under the second profiles ($part)"
    done
    verify 0 "second $part" --log "second.$part"
    holds "second $part" '.summary.denials == 0 and .troubles == []'
done
((failed == 0)) || { cat second.out emit.err && exit 1; }
echo "closed: $(jq -s 'map(.summary.denials) | add' enforce.report complain.report log.report kill.report) distinct things of" \
    "$(cat first.enforce first.complain first.log first.kill | grep -c 'type=1[34]') lines of a real kernel's log, none under the profiles emitted again"
